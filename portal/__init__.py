"""The Client Portal: one account for everything a customer has at a hosting shop, signed in with a code by SMS."""

import os
from functools import partial
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import event
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import auth, billing, clock, database, hooks, logs, profile, resources, settings, support, web
from portal.background import Background, Job
from portal.delivery import outbox
from portal.delivery.dispatcher import Dispatcher
from portal.extensions import csrf, db
from portal.orders import queue as orders_queue
from portal.orders.dispatcher import OrderDispatcher
from portal.prune import prune_some
from portal.tickets import queue as tickets_queue
from portal.tickets.dispatcher import TicketDispatcher
from portal.waking import wake_on_commit
from portal.zones.watching import Watcher

ROOT = Path(__file__).parent.parent
POLL_SECONDS = 1.0
"""How soon a text is seen that another process queued or put back."""
LOOK_SECONDS = 60.0
PRUNE_SECONDS = 3600.0
"""So that nothing is kept much longer than `portal/prune.py` says. It is cheap, in each process too: among what is kept
for good, an index finds what has had its time."""


def create_app(instance: Path | None = None, environ: dict[str, str] | None = None) -> Flask:
    """The app, its settings read and checked. Raises SettingsError. Starts no thread: see wsgi.py."""
    instance = instance or ROOT / "instance"
    app = Flask(__name__, instance_path=str(instance))
    app.config.update(settings.load(instance, os.environ if environ is None else environ))
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # as Flask documents it
    logs.init_app(app)

    db.init_app(app)
    database.prepare_engine(app)
    web.init_app(app)  # Before the CSRF check: who may not open a page is told so first.
    csrf.init_app(app)
    for part in (auth, profile, resources, billing, support, hooks):
        app.register_blueprint(part.bp)
    _add_background(app)
    return app


def _add_background(app: Flask) -> None:
    background = Background()
    dispatcher = Dispatcher(app, partial(background.wake, outbox.JOB))
    orders = OrderDispatcher(app, partial(background.wake, orders_queue.JOB))

    def run_prune() -> bool:
        with app.app_context():
            return prune_some(clock.now())

    background.add(Job(outbox.JOB, dispatcher.run_due, POLL_SECONDS))
    background.add(Job(orders_queue.JOB, orders.run_due, POLL_SECONDS))
    background.add(Job("zones", Watcher(app).look, LOOK_SECONDS))
    background.add(Job("prune", run_prune, PRUNE_SECONDS))
    if (help_desk := app.config["HELP_DESK"]) is not None:
        tickets = TicketDispatcher(app, help_desk, partial(background.wake, tickets_queue.JOB))
        background.add(Job(tickets_queue.JOB, tickets.run_due, POLL_SECONDS))
        app.extensions["tickets"] = tickets
    app.extensions |= {"background": background, "dispatcher": dispatcher, "orders": orders}


def _wake(job: str) -> None:
    current_app.extensions["background"].wake(job)


# Once, since the apps of a process share the session factory.
event.listen(db.session.session_factory, "after_commit", wake_on_commit(_wake))
