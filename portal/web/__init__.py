"""What all pages share: who may open what, headers, refusals, error pages, filters."""

from flask import Flask

from portal.web import bodies, errors, filters, gate, headers, needs, notice, site


def init_app(app: Flask) -> None:
    bodies.init_app(app)  # Before anything reads a body.
    gate.init_app(app)
    needs.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    notice.init_app(app)
    app.register_blueprint(site.bp)
