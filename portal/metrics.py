"""What Prometheus is told. Counts are per host, summed over its web processes, and begin anew with the server."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from portal.kinds import Kind

SIGN_INS = Counter("portal_sign_ins", "Sign-ins by what became of them.", ["outcome"])
CODES = Counter("portal_codes", "Codes typed in, by purpose and what became of them.", ["purpose", "outcome"])
TEXTS = Counter("portal_texts", "Texts that ended, by provider and outcome.", ["provider", "outcome"])
SEND_SECONDS = Histogram(
    "portal_text_seconds",
    "From queueing a text to a provider's yes.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300),
)
ORDERS = Counter(
    "portal_orders", "Orders that a driver or its later answer ended, by kind and outcome.", ["kind", "outcome"]
)


@dataclass(frozen=True)
class Waiting:
    """What the database holds that is not over yet, of all hosts."""

    texts: int
    """In the outbox."""
    orders: Mapping[str, int]
    """By kind. One that is missing here has none."""
    unclear: Mapping[str, int]
    """Those of them that people must look at."""


def page(waiting: Waiting) -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # published without types
        sources = [registry]
    else:
        sources = [REGISTRY]
    queue = CollectorRegistry()
    Gauge("portal_texts_waiting", "Texts in the outbox, of all hosts.", registry=queue).set(waiting.texts)
    _by_kind(
        Gauge("portal_orders_open", "Orders that are not over, of all hosts.", ["kind"], registry=queue), waiting.orders
    )
    unclear = "Open orders that may be done, and must not be twice: people must look."
    _by_kind(Gauge("portal_orders_unclear", unclear, ["kind"], registry=queue), waiting.unclear)
    return b"".join(_lines([*sources, queue]))


def _by_kind(gauge: Gauge, counts: Mapping[str, int]) -> None:
    for kind in Kind:
        gauge.labels(kind.value).set(counts.get(kind, 0))


def _lines(registries: list[CollectorRegistry]) -> Iterator[bytes]:
    for registry in registries:
        yield generate_latest(registry)
