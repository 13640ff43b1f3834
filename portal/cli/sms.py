"""`portal sms`: try a provider, and send what waits."""

import secrets
import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import numbers, texts
from portal.delivery.metrics_server import MetricsServer
from portal.numbers import PhoneError
from portal.sms_backends.base import SmsBackend, SmsMessage, SmsRejected, SmsUnavailable


@click.group()
def sms() -> None:
    """Text messages."""


@sms.command(name="send-test")
@click.argument("number")
@click.option("--backend", "name", help="One of SMS_BACKENDS; the first by default.")
@with_appcontext
def send_test(number: str, name: str | None) -> None:
    """Send one text to NUMBER, at once and without a retry."""
    config = current_app.config
    backend = _backend(name)
    try:
        to = numbers.parse(number, config["SMS_DEFAULT_REGION"], config["SMS_ALLOWED_REGIONS"])
    except PhoneError as error:
        raise click.ClickException(str(error)) from error
    message = SmsMessage(
        to, texts.test(config["SMS_FROM"]), secrets.token_hex(16), config["SMS_SENDER"], ttl_seconds=300
    )
    try:
        accepted = backend.send(message)
    except SmsRejected as error:
        raise click.ClickException(f"{backend.name} can't reach this number: {error}") from error
    except SmsUnavailable as error:
        perhaps = " The text may have been sent all the same." if error.possible else ""
        raise click.ClickException(f"{backend.name} did not send it: {error}.{perhaps}") from error
    click.echo(f"{backend.name} took the text over; it calls it {accepted.provider_id}.")


@sms.command()
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Serve /metrics on HOST at this port, to the addresses of METRICS_ALLOWED.",
)
@with_appcontext
def dispatch(metrics_port: int | None) -> None:
    """Send the texts that wait, and carry out orders, until SIGTERM, beside the web processes that do it too."""
    host = current_app.config["HOST"]
    metrics = MetricsServer(current_app.wsgi_app, host, metrics_port) if metrics_port else None
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    background = current_app.extensions["background"]
    background.start()
    click.echo("Sending texts.")
    if metrics:
        metrics.start()
        click.echo(f"How many, and how fast, is at port {metrics_port} of {host}, under /metrics.")
    signal.sigwait(ends)
    background.stop()
    if metrics:
        metrics.stop()


def _backend(name: str | None) -> SmsBackend:
    backends: tuple[SmsBackend, ...] = current_app.config["SMS_BACKEND_OBJECTS"]
    for backend in backends:
        if name in {None, backend.name}:
            return backend
    known = ", ".join(backend.name for backend in backends)
    raise click.ClickException(f"SMS_BACKENDS has no {name}; it has {known}.")
