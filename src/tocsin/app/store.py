"""The store: what is kept, and what may be relied on. What is done to the world: :mod:`tocsin.app.ports`.

One write transaction at a time per SQLite file, any number on PostgreSQL.

Contracts, held by one suite over memory, SQLite and PostgreSQL (``tests/contracts``):
a transaction commits as a whole when its block ends and leaves nothing behind when it raises; commits are
durable when ``transact`` returns; rows come back equal to what was put in, instants to the microsecond in UTC.
An error that a store raised within a transaction dooms it: whoever swallows the error gets it again at the end
of the block, and nothing is kept. Text with a NUL or a lone surrogate is BadInput; within facts and labels a NUL
is fine. When the commit itself raises Unavailable nobody knows whether it holds: read again (F91).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.alerts.silence import Silence
from tocsin.app.rows.accounts import Accounts, AuditTrail
from tocsin.app.rows.duties import DutyRecords
from tocsin.app.rows.handsets import PhoneInbox, PushDevices
from tocsin.app.rows.outbox import Outbox
from tocsin.app.rows.records import (
    AlertCount,
    AlertState,
    Appending,
    Delivery,
    DeliveryState,
    Document,
    EnabledStep,
    IncidentQuery,
    NewDelivery,
    OverrideRow,
    PresentAlert,
    QuietCount,
    QuietedAlert,
    SilencedAlert,
    Swept,
)
from tocsin.app.rows.runners import Runners
from tocsin.app.rows.subscribers import Subscribers
from tocsin.app.rows.way_tests import WayTests
from tocsin.incident.facts import Recorded
from tocsin.incident.summary import IncidentSummary

HOLDING_SINCE = "holding_since"
"""The name in ``Keep`` of the instant of the backup that was restored; empty once a person has released it (R24)."""

NESTED = "transactions do not nest: this thread has one open already; use that one"
"""What ``Store.transact`` raises (RuntimeError) within another ``transact`` of the same thread."""


class IncidentLog(Protocol):
    """The facts of all incidents, and the index rows over them."""

    def next_number(self) -> int:
        """The next unused n of ``INC-n``; taken for good even if the incident is never appended."""
        ...

    def append(self, batch: Sequence[Appending]) -> None:
        """Append facts, replace index rows and queue effects (due at once).

        Raises Conflict when any (incident, seq) exists already, when an index row of a greater ``last_seq`` is
        there, or when the number is another incident's: somebody else was faster, nothing is written.
        Facts can never be changed or removed, but for those of canaries. An effect's ``created_at`` is the instant of
        the last fact (without facts: of the summary); a key that was ever queued is not queued again.
        """
        ...

    def reindex(self, summaries: Sequence[IncidentSummary]) -> None:
        """Replace index rows whatever they say now (rebuilding from facts; everybody else uses ``append``)."""
        ...

    def forget(self, incident_ids: Sequence[str]) -> int:
        """Remove canaries with all that belongs to them; how many facts. What is no canary stays."""
        ...

    def all_ids(self) -> Iterable[str]:
        """The ids of all incidents that have facts, each once, in order; read in pieces, not all into memory."""
        ...

    def facts(self, incident_ids: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        """All facts of these incidents in order of seq; ids without facts are absent."""
        ...

    def facts_after(self, incident_id: str, seq: int) -> Sequence[Recorded]:
        """The facts of one incident with a greater seq, in order."""
        ...

    def facts_of_type(self, type_name: str, since: datetime) -> Sequence[Recorded]:
        """Facts of one type recorded at or after an instant, oldest first."""
        ...

    def summaries(self, incident_ids: Sequence[str]) -> Mapping[str, IncidentSummary]:
        """The index rows of these incidents; unknown ids are absent."""
        ...

    def search(self, query: IncidentQuery) -> Sequence[IncidentSummary]:
        """Index rows that fit, newest number first."""
        ...

    def open_in_groups(self, group_keys: Sequence[str]) -> Mapping[str, IncidentSummary]:
        """For each group key, its newest incident that is not resolved; the empty key has none."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Incidents whose ``next_due_at`` is at or before ``now``, soonest first.

        Within a write transaction on PostgreSQL the rows are locked and rows locked by others are skipped.
        """
        ...

    def next_due_at(self) -> datetime | None:
        """The soonest ``next_due_at`` of all incidents."""
        ...

    def unattended(self, now: datetime, slack: timedelta) -> Sequence[str]:
        """Invariant R4 as one SQL query: open, unacknowledged, paging incidents with no deadline at hand.

        That is: ``next_due_at`` is null or lies more than ``slack`` in the past, and no page is queued or claimed.
        Incidents that are held back after a restore are left out: that they wake nobody is said elsewhere.
        """
        ...


class DeliveryLog(Protocol):
    """What sources sent, raw."""

    def accept(self, batch: Sequence[NewDelivery]) -> Sequence[int]:
        """Store deliveries; one id each. A known (integration, key) is counted as a copy and gives its old id."""
        ...

    def undigested(self, limit: int) -> Sequence[Delivery]:
        """Deliveries nobody has read yet, oldest first.

        Within a write transaction on PostgreSQL only one node at a time gets any.
        """
        ...

    def unread(self, limit: int) -> Sequence[int]:
        """The ids that ``undigested`` would give."""
        ...

    def settle(self, states: Mapping[int, tuple[DeliveryState, str]]) -> None:
        """Record what became of deliveries: state and trouble, by id; unknown ids are passed over."""
        ...

    def get(self, delivery_id: int) -> Delivery | None:
        """One delivery."""
        ...

    def latest(self, integration: str, limit: int) -> Sequence[Delivery]:
        """The newest deliveries of an integration, newest first."""
        ...

    def waiting(self) -> int:
        """How many deliveries nobody has read yet."""
        ...

    def sweep(self, before: datetime, after: int, limit: int, keep: int) -> Swept:
        """Look at the ``limit`` deliveries that follow the id ``after``, and remove what nothing stands on any more.

        That is: read, received before an instant, not quarantined, not kept quiet by a silence, not what an alert of
        an open incident was heard in last, and not among the newest ``keep`` of its integration.
        """
        ...


class AlertBook(Protocol):
    """Where each alert stands."""

    def states(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], AlertState]:
        """The states of alerts by (service, fingerprint); unknown ones are absent."""
        ...

    def save(self, states: Sequence[AlertState]) -> None:
        """Insert or replace states by (service, fingerprint)."""
        ...

    def touch(self, states: Sequence[AlertState]) -> int:
        """Write only ``last_delivery``, ``last_at`` and ``events`` of rows that exist; how many did. No key twice."""
        ...

    def counts(self, incident_ids: Sequence[str]) -> Mapping[str, AlertCount]:
        """The alert counts of incidents; incidents without alerts are absent."""
        ...

    def of_incident(self, incident_id: str, limit: int) -> Sequence[AlertState]:
        """The alerts of an incident, firing first, newest first."""
        ...

    def latest(self, limit: int) -> Sequence[AlertState]:
        """The alerts that were heard last."""
        ...

    def of_integration(
        self, integration: str, limit: int, offset: int = 0, firing: bool | None = None
    ) -> Sequence[AlertState]:
        """The alerts of an integration, heard last first; all of them, or those that fire, or those that are over."""
        ...


class Silences(Protocol):
    """Who keeps which alerts quiet, and what is kept quiet now."""

    def save(self, silence: Silence) -> None:
        """Insert or replace a silence by its id."""
        ...

    def get(self, id: str) -> Silence | None:
        """One silence, however long ago it ended."""
        ...

    def ending_after(self, at: datetime) -> Sequence[Silence]:
        """The silences of all integrations that end after an instant, soonest end first."""
        ...

    def hold(self, alerts: Sequence[SilencedAlert]) -> None:
        """Remember what was kept quiet, by (integration, fingerprint): of an alert the newest delivery counts."""
        ...

    def held(self, limit: int, besides: Sequence[str] = ()) -> Sequence[SilencedAlert]:
        """What is kept quiet by others than these silences, by integration and fingerprint."""
        ...

    def of_alert(self, integration: str, fingerprint: str) -> SilencedAlert | None:
        """What is kept quiet of one alert."""
        ...

    def let_go(self, keys: Sequence[tuple[str, str, int]]) -> None:
        """Forget what was kept quiet, by (integration, fingerprint, delivery): what a newer delivery says stays kept,
        and unknown ones are passed over."""
        ...

    def tally(self, alerts: Sequence[QuietedAlert]) -> None:
        """Count what was kept quiet, by (silence, integration, fingerprint): ``times`` are added up, ``first_at`` of
        the first and everything else of the last holds. No key twice."""
        ...

    def tallied(self, silence: str, limit: int) -> Sequence[QuietedAlert]:
        """What a silence has kept quiet: what it holds first, then what was said last."""
        ...

    def counts(self, silences: Sequence[str]) -> Mapping[str, QuietCount]:
        """The counts of silences by their ids; those that kept nothing quiet are absent."""
        ...


class PresentAlerts(Protocol):
    """What senders that repeat themselves say is there now."""

    def say(self, alerts: Mapping[tuple[str, str], PresentAlert | None]) -> None:
        """Replace what is there by (integration, fingerprint); None: it is over."""
        ...

    def of(self, integration: str, limit: int) -> Sequence[PresentAlert]:
        """What is there by an integration, by fingerprint."""
        ...

    def over(self, now: datetime, limit: int) -> Sequence[PresentAlert]:
        """What was believed until ``now`` or before, soonest first."""
        ...


class Library(Protocol):
    """Texts by their content hash: playbooks and plans, as JSON. What is pinned is never removed."""

    def put(self, kind: str, id: str, body: bytes) -> None:
        """Keep a text; putting the same again changes nothing."""
        ...

    def get(self, kind: str, id: str) -> bytes | None:
        """The text of that hash."""
        ...

    def set_current(
        self, service: str, playbook: str, plan: str, at: datetime, *, instead_of: str | None = None
    ) -> None:
        """Say which playbook and plan new incidents of a service pin.

        ``instead_of``: the playbook that this one takes over from at ``at``; None leaves what was said of it before.
        """
        ...

    def current(self) -> Mapping[str, tuple[str, str]]:
        """By service: the ids of its present playbook and plan."""
        ...

    def replaced(self, service: str) -> tuple[str, datetime] | None:
        """The playbook that a present one took over from, and when; None while nobody has said of one."""
        ...


class StepPermissions(Protocol):
    """Which steps a maintainer has enabled, by content."""

    def enable(self, step: EnabledStep) -> None:
        """Insert or replace the permission of (service, step)."""
        ...

    def disable(self, service: str, step: str) -> bool:
        """Take it back. False when there was none."""
        ...

    def enabled(self, service: str) -> Mapping[str, EnabledStep]:
        """The permissions of a service by step id."""
        ...


class Overrides(Protocol):
    """Overrides and swaps of the schedules that people made by hand. Rows are ended, never removed."""

    def add(self, row: OverrideRow) -> None:
        """Keep an override. Raises Conflict when its id exists."""
        ...

    def get(self, id: str) -> OverrideRow | None:
        """One override."""
        ...

    def end(self, id: str, at: datetime, by: str) -> bool:
        """End one. False when it is unknown or was ended already."""
        ...

    def after(self, at: datetime) -> Sequence[OverrideRow]:
        """Those whose span ends after an instant, ended ones too, in the order in which they were made."""
        ...


class Documents(Protocol):
    """Texts that people edit, every version kept."""

    def save(self, document: Document) -> None:
        """Keep a version. Raises Conflict when (incident, kind, version) exists."""
        ...

    def newest(self, incident_id: str, kind: str) -> Document | None:
        """The newest version."""
        ...


class Keep(Protocol):
    """Small values of the installation: the signing secret, the node's own id, the last backup."""

    def get(self, name: str) -> str | None:
        """The value."""
        ...

    def put(self, name: str, value: str) -> None:
        """Insert or replace the value."""
        ...

    def put_if_absent(self, name: str, value: str) -> str:
        """Insert the value unless there is one; gives back the value that holds."""
        ...

    def take_turn(self, name: str) -> None:
        """Wait until no other transaction has this turn; it is ours until this one ends.

        Whoever reads a value to write it changed takes its turn first: on several nodes the second would else undo what
        the first has just written.
        """
        ...


class Transaction(Protocol):
    """Everything of the store, as of one transaction."""

    @property
    def incidents(self) -> IncidentLog: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def deliveries(self) -> DeliveryLog: ...
    @property
    def alerts(self) -> AlertBook: ...
    @property
    def silences(self) -> Silences: ...
    @property
    def present(self) -> PresentAlerts: ...
    @property
    def library(self) -> Library: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def steps(self) -> StepPermissions: ...
    @property
    def overrides(self) -> Overrides: ...
    @property
    def runners(self) -> Runners: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def phone(self) -> PhoneInbox: ...
    @property
    def devices(self) -> PushDevices: ...
    @property
    def duties(self) -> DutyRecords: ...
    @property
    def way_tests(self) -> WayTests: ...
    @property
    def subscribers(self) -> Subscribers: ...
    @property
    def keep(self) -> Keep: ...


class Store(Protocol):
    """Keeps what was committed."""

    def transact(self) -> AbstractContextManager[Transaction]:
        """A write transaction: committed durably when the block ends, rolled back when it raises.

        Raises Unavailable when the database cannot be written now (locked, full, gone); Conflict on a lost race;
        RuntimeError within another ``transact`` of the same thread.
        """
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """A consistent view for reading; writing through it is a RuntimeError. Decisions never read here.

        It sees what was committed, also within ``transact`` of the same thread.
        """
        ...

    def writable(self) -> bool:
        """Whether a write would succeed now (asked by /readyz; writes one row)."""
        ...

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """The same, with bodies packed where that is worth it: before the transaction: it keeps others waiting."""
        ...

    def tidy(self) -> None:
        """Do what later commits would have to do for these; called when nothing waits. It raises nothing."""
        ...

    def now(self) -> datetime | None:
        """What the clock of the database says, which all nodes share; None where it is the clock of this machine."""
        ...

    def close(self) -> None:
        """Give back files and connections."""
        ...
