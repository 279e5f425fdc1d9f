"""The tables in memory: plain dicts of frozen rows, copied only when a transaction first changes them.

A transaction works on a draft. What it never touches it shares with everybody; what it changes it copies once.
To commit is to publish the draft, to roll back is to forget it, and a reader keeps what it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Generic, TypeVar

from tocsin.adapters.storable import require_storable
from tocsin.alerts.silence import Silence
from tocsin.app.rows.duties import DutyRecord
from tocsin.app.rows.handsets import PushDevice
from tocsin.app.rows.records import (
    AlertState,
    ApiToken,
    AuditEntry,
    Delivery,
    Document,
    EnabledStep,
    OutboxEntry,
    OverrideRow,
    PhoneMessage,
    PresentAlert,
    QuietedAlert,
    Session,
    SilencedAlert,
    User,
)
from tocsin.app.rows.runners import AttemptRow, RunnerRow
from tocsin.app.rows.subscribers import Subscriber
from tocsin.app.rows.way_tests import WayTest
from tocsin.errors import BadInput, TocsinError
from tocsin.incident.facts import Recorded
from tocsin.incident.summary import IncidentSummary

K = TypeVar("K")
V = TypeVar("V")


class Table(Generic[K, V]):
    """One table of a draft or of what is committed."""

    __slots__ = ("_mine", "_rows", "_writing")

    def __init__(self, rows: dict[K, V] | None = None, *, writing: bool = False) -> None:
        self._rows: dict[K, V] = {} if rows is None else rows
        self._writing = writing
        self._mine = False

    @property
    def rows(self) -> Mapping[K, V]:
        """The rows, to look at."""
        return self._rows

    def change(self) -> dict[K, V]:
        """The rows, to change: a copy that is this transaction's own. RuntimeError when it may only read."""
        if not self._writing:
            raise RuntimeError("nothing can be written here: open a transaction with transact() and write within it")
        if not self._mine:
            self._rows = dict(self._rows)
            self._mine = True
        return self._rows

    def shared(self, *, writing: bool) -> Table[K, V]:
        """The same rows for another transaction."""
        return Table(self._rows, writing=writing)

    def close(self) -> None:
        """Let nobody change these rows any more."""
        self._writing = False


@dataclass(frozen=True, slots=True)
class Queued:
    """An outbox entry with its place in the queue."""

    place: int
    entry: OutboxEntry


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that a store in memory holds, as of one transaction."""

    counters: Table[str, int] = field(default_factory=Table)
    facts: Table[str, tuple[Recorded, ...]] = field(default_factory=Table)
    incidents: Table[str, IncidentSummary] = field(default_factory=Table)
    numbers: Table[int, str] = field(default_factory=Table)
    unresolved: Table[str, None] = field(default_factory=Table)
    due: Table[str, datetime] = field(default_factory=Table)
    outbox: Table[str, Queued] = field(default_factory=Table)
    claimable: Table[str, datetime] = field(default_factory=Table)
    deliveries: Table[int, Delivery] = field(default_factory=Table)
    delivery_keys: Table[tuple[str, str], int] = field(default_factory=Table)
    unread: Table[int, None] = field(default_factory=Table)
    alerts: Table[tuple[str, str], AlertState] = field(default_factory=Table)
    silences: Table[str, Silence] = field(default_factory=Table)
    silenced: Table[tuple[str, str], SilencedAlert] = field(default_factory=Table)
    quieted: Table[tuple[str, str, str], QuietedAlert] = field(default_factory=Table)
    present: Table[tuple[str, str], PresentAlert] = field(default_factory=Table)
    texts: Table[tuple[str, str], bytes] = field(default_factory=Table)
    current: Table[str, tuple[str, str]] = field(default_factory=Table)
    replaced: Table[str, tuple[str, datetime]] = field(default_factory=Table)
    users: Table[str, User] = field(default_factory=Table)
    sessions: Table[str, Session] = field(default_factory=Table)
    tokens: Table[str, ApiToken] = field(default_factory=Table)
    audit: Table[int, AuditEntry] = field(default_factory=Table)
    permissions: Table[tuple[str, str], EnabledStep] = field(default_factory=Table)
    overrides: Table[str, OverrideRow] = field(default_factory=Table)
    runners: Table[str, RunnerRow] = field(default_factory=Table)
    attempts: Table[str, AttemptRow] = field(default_factory=Table)
    runner_words: Table[tuple[str, str], datetime] = field(default_factory=Table)
    documents: Table[tuple[str, str, int], Document] = field(default_factory=Table)
    phone: Table[str, PhoneMessage] = field(default_factory=Table)
    devices: Table[str, PushDevice] = field(default_factory=Table)
    duties: Table[str, DutyRecord] = field(default_factory=Table)
    way_tests: Table[str, WayTest] = field(default_factory=Table)
    subscribers: Table[str, Subscriber] = field(default_factory=Table)
    keep: Table[str, str] = field(default_factory=Table)
    doomed: list[TocsinError] = field(default_factory=list)

    def draft(self, *, writing: bool) -> Tables:
        """The same tables for one transaction."""
        tables: dict[str, Any] = {name: self._table(name).shared(writing=writing) for name in _NAMES}
        return Tables(**tables)

    def close(self) -> None:
        """End the transaction: nothing can be changed through these tables any more."""
        for name in _NAMES:
            self._table(name).close()

    def doom(self, error: TocsinError) -> TocsinError:
        """The error to raise; whoever swallows it still cannot commit what was half done."""
        self.doomed.append(error)
        return error

    def require_storable(self, *values: object) -> None:
        """Raise BadInput when a text cannot be stored."""
        try:
            require_storable(values)
        except BadInput as error:
            raise self.doom(error) from None

    def take_number(self, counter: str) -> int:
        """The next number of a counter, from 1."""
        counters = self.counters.change()
        counters[counter] = counters.get(counter, 0) + 1
        return counters[counter]

    def _table(self, name: str) -> Table[Any, Any]:
        table: Table[Any, Any] = getattr(self, name)
        return table


_NAMES = tuple(f.name for f in fields(Tables) if f.name != "doomed")
