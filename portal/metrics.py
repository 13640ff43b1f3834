"""What Prometheus is told. Counts are per host, summed over its web processes, and begin anew with the server."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

SIGN_INS = Counter("portal_sign_ins", "Sign-ins by what became of them.", ["outcome"])
CODES = Counter("portal_codes", "Codes typed in, by purpose and what became of them.", ["purpose", "outcome"])
TEXTS = Counter("portal_texts", "Texts that ended, by provider and outcome.", ["provider", "outcome"])
SEND_SECONDS = Histogram(
    "portal_text_seconds",
    "From queueing a text to a provider's yes.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300),
)


def page(waiting: int) -> bytes:
    """All metrics in Prometheus' text format. `waiting`: texts in the outbox that are not settled."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # published without types
        sources = [registry]
    else:
        sources = [REGISTRY]
    queue = CollectorRegistry()
    Gauge("portal_texts_waiting", "Texts in the outbox, of all hosts.", registry=queue).set(waiting)
    return b"".join(_lines([*sources, queue]))


def _lines(registries: list[CollectorRegistry]) -> Iterator[bytes]:
    for registry in registries:
        yield generate_latest(registry)
