"""What `/metrics` says: counts as they happen, and the state of the store when it is asked for.

Base units, no ids in labels. Every Tocsin process has its own registry, so that several can live in one process
of a test.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tocsin import __version__
from tocsin.app.health import SLACK, drift
from tocsin.app.paging.canary import Flight, last_flight
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.store import Store
from tocsin.clock import Clock, EngineClock
from tocsin.errors import TocsinError
from tocsin.incident.facts import (
    Acknowledged,
    PageDelivered,
    PageFailed,
    PageSent,
    Recorded,
    Resolved,
    TargetMet,
    TargetMissed,
)
from tocsin.incident.incident import Incident
from tocsin.incident.step_facts import StepFinished, StepOutcomeUnknown
from tocsin.incident.summary import UNRESOLVED

MOST = 10_000


class Metrics:
    """Everything that is counted."""

    def __init__(self, store: Store, clock: Clock, overdue: Callable[[], Mapping[str, int]] = dict) -> None:
        """``overdue`` counts the recurring duties that are, by service."""
        self.registry = CollectorRegistry()
        built = Gauge("tocsin_build_info", "The version that runs.", ["version"], registry=self.registry)
        built.labels(__version__).set(1)
        self.deliveries = Counter(
            "tocsin_deliveries_total",
            "Deliveries that sources sent, by what became of them at the door.",
            ["source", "outcome"],
            registry=self.registry,
        )
        self._delivered: dict[tuple[str, str], Counter] = {}
        self.intake_seconds = Histogram(
            "tocsin_intake_seconds",
            "From the first byte of a delivery's body to its durable commit.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
        self.responses = Responses(self.registry)
        self.processes = Gauge(
            "tocsin_intake_processes", "Processes that take deliveries: 2 while many come.", registry=self.registry
        )
        self.processes.set(1)
        self.open_streams = Gauge("tocsin_live_pages", "Open event streams.", registry=self.registry)
        self.registry.register(_FromTheStore(store, clock, overdue))

    def delivered(self, source: str, outcome: str) -> None:
        """Count a delivery by what became of it at the door. Both words come from bounded sets."""
        counted = self._delivered.get((source, outcome))
        if counted is None:
            counted = self._delivered[source, outcome] = self.deliveries.labels(source, outcome)
        counted.inc()

    def delivered_elsewhere(self, counted: Iterable[tuple[str, str, int]], seconds: Iterable[float]) -> None:
        """Count what another process has answered: by source and outcome, and what took so many seconds."""
        for source, outcome, number in counted:
            self.deliveries.labels(source, outcome).inc(number)
        for one in seconds:
            self.intake_seconds.observe(one)

    def text(self) -> bytes:
        """The exposition format. Blocks: it reads the store."""
        return generate_latest(self.registry)


class Responses:
    """How incidents are responded to, by the facts of this node. Drills are not counted."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._acknowledged = Histogram(
            "tocsin_incident_ack_seconds",
            "From the declaration of an incident to its first acknowledgement.",
            ["severity"],
            buckets=(30, 60, 120, 300, 600, 900, 1800, 3600, 4 * 3600, 24 * 3600),
            registry=registry,
        )
        self._resolved = Histogram(
            "tocsin_incident_resolve_seconds",
            "From the declaration of an incident to its resolution; a reopened one counts each time.",
            ["severity"],
            buckets=(300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600, 7 * 24 * 3600),
            registry=registry,
        )
        self._pages = Counter(
            "tocsin_pages_total",
            "Pages by the way they took and what became of them: sent, delivered, failed.",
            ["way", "outcome"],
            registry=registry,
        )
        self._targets = Counter(
            "tocsin_targets_total",
            "Targets of the runbook that were met or missed, by clock.",
            ["severity", "clock", "outcome"],
            registry=registry,
        )
        self._runs = Counter(
            "tocsin_step_runs_total", "Runs of steps by how they ended.", ["outcome"], registry=registry
        )

    def witness(self, incident: Incident, facts: Sequence[Recorded]) -> None:
        """Count what these facts of an incident say."""
        if not incident.drill:
            for recorded in facts:
                self._count(incident, recorded)

    def _count(self, incident: Incident, recorded: Recorded) -> None:
        severity = incident.severity or "none"
        since = (recorded.at - incident.declared_at).total_seconds()
        match recorded.fact:
            case Acknowledged(took_over_from=None):
                if recorded.at == incident.first_acknowledged_at:
                    self._acknowledged.labels(severity).observe(since)
            case Resolved():
                self._resolved.labels(severity).observe(since)
            case TargetMet(clock=clock):
                self._targets.labels(severity, clock.value, "met").inc()
            case TargetMissed(clock=clock):
                self._targets.labels(severity, clock.value, "missed").inc()
            case PageSent(page=page):
                self._pages.labels(_way(incident, page), "sent").inc()
            case PageDelivered(page=page):
                self._pages.labels(_way(incident, page), "delivered").inc()
            case PageFailed(page=page):
                self._pages.labels(_way(incident, page), "failed").inc()
            case StepFinished(outcome=outcome):
                self._runs.labels(outcome.value).inc()
            case StepOutcomeUnknown():
                self._runs.labels("unknown").inc()


def _way(incident: Incident, page: str) -> str:
    state = incident.pages.get(page)
    return state.way if state else "unknown"


class _FromTheStore(Collector):
    """Gauges that are read when somebody asks."""

    def __init__(self, store: Store, clock: Clock, overdue: Callable[[], Mapping[str, int]]) -> None:
        self._store, self._clock, self._overdue = store, clock, overdue

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
            found = tx.incidents.search(IncidentQuery(states=UNRESOLVED, limit=MOST))
            backlog = tx.outbox.backlog()
            waiting = tx.deliveries.waiting()
            due = tx.incidents.next_due_at()
            unattended = len(tx.incidents.unattended(self._clock.now(), SLACK))
            flight = last_flight(tx)
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
        silent = GaugeMetricFamily(
            "tocsin_incidents_unattended", "Incidents that nobody will be woken for: anything but 0 is an alarm (R4)."
        )
        silent.add_metric([], unattended)
        clock = GaugeMetricFamily(
            "tocsin_clock_ahead_seconds",
            "How far the clock of this machine is ahead of the database's; below 0 it is behind.",
        )
        clock.add_metric([], drift(self._store).total_seconds())
        own = GaugeMetricFamily(
            "tocsin_engine_clock_ahead_seconds",
            "How far the time by which deadlines are kept is ahead of the clock that it follows, as it is after that "
            "was set (F26); below 0 it is behind.",
        )
        own.add_metric([], -self._clock.line().left if isinstance(self._clock, EngineClock) else 0)
        duties = GaugeMetricFamily(
            "tocsin_duties_overdue", "Recurring duties of the runbook that are overdue.", labels=["service"]
        )
        for service, count in sorted(self._overdue().items()):
            duties.add_metric([service], count)
        return [incidents, outbox, unread, lag, silent, clock, own, duties, *_canary(flight)]


def _canary(flight: Flight | None) -> list[GaugeMetricFamily]:
    """How the last canary went; nothing where none has ever flown."""
    if flight is None:
        return []
    failing = GaugeMetricFamily("tocsin_canary_failures", "Canaries that did not come through since one did (R25).")
    failing.add_metric([], flight.failures)
    took = GaugeMetricFamily("tocsin_canary_seconds", "How long the last canary took, from the door to its phone.")
    took.add_metric([], flight.seconds)
    arrived = GaugeMetricFamily(
        "tocsin_canary_last_success_timestamp_seconds", "When a canary last came through; 0: never yet."
    )
    arrived.add_metric([], flight.arrived_at.timestamp() if flight.arrived_at else 0)
    return [failing, took, arrived]
