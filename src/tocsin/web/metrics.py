"""What `/metrics` says: counts as they happen, and the state of the store when it is asked for.

Base units, no ids in labels. Every Tocsin process has its own registry, so that several can live in one process
of a test.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tocsin import __version__
from tocsin.app.records import IncidentQuery
from tocsin.app.store import Store
from tocsin.clock import Clock
from tocsin.errors import TocsinError
from tocsin.incident.summary import IncidentState

OPEN = (IncidentState.TRIGGERED, IncidentState.ACKNOWLEDGED, IncidentState.MITIGATED)
MOST = 10_000


class Metrics:
    """Everything that is counted."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        built = Gauge("tocsin_build_info", "The version that runs.", ["version"], registry=self.registry)
        built.labels(__version__).set(1)
        self.deliveries = Counter(
            "tocsin_deliveries_total",
            "Deliveries that sources sent, by what became of them at the door.",
            ["source", "outcome"],
            registry=self.registry,
        )
        self.intake_seconds = Histogram(
            "tocsin_intake_seconds",
            "From the first byte of a delivery's body to its durable commit.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
        self.open_streams = Gauge("tocsin_live_pages", "Open event streams.", registry=self.registry)
        self.registry.register(_FromTheStore(store, clock))

    def text(self) -> bytes:
        """The exposition format. Blocks: it reads the store."""
        return generate_latest(self.registry)


class _FromTheStore(Collector):
    """Gauges that are read when somebody asks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is read when this is registered."""
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Open incidents, what waits, and how late the clock of incidents is; a store that is down says only that."""
        readable = GaugeMetricFamily("tocsin_store_readable", "Whether the store could be read just now.")
        try:
            yield from self._read()
            readable.add_metric([], 1)
        except TocsinError:
            readable.add_metric([], 0)
        yield readable

    def _read(self) -> list[GaugeMetricFamily]:
        with self._store.read() as tx:
            found = tx.incidents.search(IncidentQuery(states=OPEN, limit=MOST))
            backlog = tx.outbox.backlog()
            waiting = tx.deliveries.waiting()
            due = tx.incidents.next_due_at()
        incidents = GaugeMetricFamily(
            "tocsin_incidents_open", "Incidents that are not resolved.", labels=["severity", "state"]
        )
        tally = Tally((one.severity or "none", one.state.value) for one in found)
        for (severity, state), count in sorted(tally.items()):
            incidents.add_metric([severity, state], count)
        outbox = GaugeMetricFamily("tocsin_outbox_entries", "Effects that wait to be carried out.", labels=["kind"])
        for kind, count in sorted(backlog.items()):
            outbox.add_metric([kind.value], count)
        unread = GaugeMetricFamily("tocsin_deliveries_unread", "Stored deliveries that nobody has read yet.")
        unread.add_metric([], waiting)
        lag = GaugeMetricFamily("tocsin_timer_lag_seconds", "How long the soonest deadline has been overdue.")
        lag.add_metric([], max(0.0, (self._clock.now() - due).total_seconds()) if due else 0.0)
        return [incidents, outbox, unread, lag]
