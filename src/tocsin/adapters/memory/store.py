"""The store in memory, with the faults that a real one has: a commit may fail, or succeed and not say so."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from tocsin.adapters.memory.devices import MemoryPushDevices
from tocsin.adapters.memory.duties import MemoryDutyRecords
from tocsin.adapters.memory.incidents import MemoryIncidentLog
from tocsin.adapters.memory.intake import MemoryAlertBook, MemoryDeliveryLog
from tocsin.adapters.memory.outbox import MemoryOutbox
from tocsin.adapters.memory.overrides import MemoryOverrides
from tocsin.adapters.memory.people import MemoryAccounts, MemoryAuditTrail, MemoryPhoneInbox, MemoryStepPermissions
from tocsin.adapters.memory.runners import MemoryRunners
from tocsin.adapters.memory.silences import MemoryPresentAlerts, MemorySilences
from tocsin.adapters.memory.subscribers import MemorySubscribers
from tocsin.adapters.memory.tables import Tables
from tocsin.adapters.memory.texts import MemoryDocuments, MemoryKeep, MemoryLibrary
from tocsin.adapters.memory.way_tests import MemoryWayTests
from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import NESTED
from tocsin.errors import TocsinError, Unavailable

PATIENCE_SECONDS = 5.0


class MemoryTransaction:
    """Everything of the store, as of one transaction."""

    __slots__ = (
        "accounts",
        "alerts",
        "audit",
        "deliveries",
        "devices",
        "documents",
        "duties",
        "incidents",
        "keep",
        "library",
        "outbox",
        "overrides",
        "phone",
        "present",
        "runners",
        "silences",
        "steps",
        "subscribers",
        "way_tests",
    )

    def __init__(self, tables: Tables) -> None:
        self.incidents = MemoryIncidentLog(tables)
        self.outbox = MemoryOutbox(tables)
        self.deliveries = MemoryDeliveryLog(tables)
        self.alerts = MemoryAlertBook(tables)
        self.silences = MemorySilences(tables)
        self.present = MemoryPresentAlerts(tables)
        self.library = MemoryLibrary(tables)
        self.accounts = MemoryAccounts(tables)
        self.audit = MemoryAuditTrail(tables)
        self.steps = MemoryStepPermissions(tables)
        self.overrides = MemoryOverrides(tables)
        self.runners = MemoryRunners(tables)
        self.documents = MemoryDocuments(tables)
        self.phone = MemoryPhoneInbox(tables)
        self.duties = MemoryDutyRecords(tables)
        self.devices = MemoryPushDevices(tables)
        self.way_tests = MemoryWayTests(tables)
        self.subscribers = MemorySubscribers(tables)
        self.keep = MemoryKeep(tables)


class MemoryStore:
    """Keeps what was committed, as long as the process lives."""

    def __init__(self, committed: Tables | None = None) -> None:
        self._committed = committed or Tables()
        self._view = MemoryTransaction(self._committed)
        self._turn = threading.Lock()
        self._writer: int | None = None
        self._gone = ""
        self._fail: list[bool] = []

    @contextmanager
    def transact(self) -> Iterator[MemoryTransaction]:
        """A write transaction, one at a time."""
        me = threading.get_ident()
        if self._writer == me:
            raise RuntimeError(NESTED)
        self._require_open()
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise Unavailable("another transaction has been open for too long; try again in a moment")
        self._writer = me
        draft = self._committed.draft(writing=True)
        try:
            yield MemoryTransaction(draft)
            self._commit(draft)
        finally:
            draft.close()
            self._writer = None
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[MemoryTransaction]:
        """A consistent view for reading."""
        self._require_open()
        # What is committed never changes: the next commit puts other tables in its place.
        yield self._view

    def writable(self) -> bool:
        """Whether a write would succeed now."""
        try:
            with self.transact() as tx:
                tx.keep.put("writable", "yes")
        except TocsinError:
            return False
        return True

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """As they are."""
        return deliveries

    def tidy(self) -> None:
        """Nothing: memory has nothing to put off."""

    def now(self) -> datetime | None:
        """It has no clock but that of this machine."""
        return None

    def close(self) -> None:
        """Refuse everything from now on."""
        self._gone = "the store is closed"

    def fail_next_commit(self, *, after: bool) -> None:
        """Let the next commit raise Unavailable: before anything is kept, or after all of it is (F91)."""
        self._fail.append(after)

    def crash(self) -> MemoryStore:
        """Lose the process: what was committed goes on in the store given back, this one refuses everything.

        A transaction that is open now can no longer commit.
        """
        self._gone = "the process was killed"
        return MemoryStore(self._committed)

    def _commit(self, draft: Tables) -> None:
        if draft.doomed:
            raise draft.doomed[0]
        self._require_open()
        after = self._fail.pop(0) if self._fail else None
        if after is False:
            raise Unavailable("the commit failed; try again in a moment")
        self._committed, self._view = draft, MemoryTransaction(draft)
        if after is True:
            raise Unavailable("the connection was lost during the commit; read again to see whether it holds")

    def _require_open(self) -> None:
        if self._gone:
            raise Unavailable(self._gone)
