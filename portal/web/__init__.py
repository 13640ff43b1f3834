"""What all pages share: who may open what, headers, refusals, error pages, filters."""

from flask import Flask

from portal.web import errors, filters, gate, headers, ids, needs, notice, record, site, sizes


def init_app(app: Flask) -> None:
    ids.init_app(app)  # Before the first path.
    sizes.init_app(app)
    gate.init_app(app)
    needs.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    notice.init_app(app)
    record.init_app(app)
    app.register_blueprint(site.bp)
