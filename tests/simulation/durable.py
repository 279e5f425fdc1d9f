"""The store as one process sees it: every transaction is a point at which others may run and things may break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from tests.simulation.scheduler import Killed
from tests.simulation.witness import Claimed, Commit, Settled
from tocsin.app.rows.records import Appending, NewDelivery, OutboxEntry
from tocsin.app.store import Store, Transaction
from tocsin.errors import Conflict, Unavailable
from tocsin.incident.effects import EffectKind


class Fate(Enum):
    """What becomes of a commit."""

    HOLDS = "holds"
    REFUSED = "refused"  # nothing is kept, and the caller is told
    BEATEN = "beaten"  # somebody else was faster
    LOST_REPLY = "lost_reply"  # everything is kept, and the caller does not hear of it (F91)
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"


class Host(Protocol):
    """The process that a store is for."""

    name: str

    def breathe(self) -> None:
        """Let others run."""
        ...

    def fate(self) -> Fate:
        """Draw what becomes of the next commit."""
        ...

    def start_commit(self) -> Commit:
        """A sheet for what the transaction changes."""
        ...

    def committed(self, commit: Commit) -> None:
        """A transaction was committed."""
        ...

    def kill(self) -> None:
        """End the process."""
        ...

    def common(self) -> datetime | None:
        """What the clock of the database says, where it has one."""
        ...


class WatchedStore:
    """A process's own way to the common store."""

    def __init__(self, host: Host, inner: Store) -> None:
        self.inner = inner
        self._host = host

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """A write transaction whose commit meets its fate."""
        host = self._host
        host.breathe()
        fate = host.fate()
        commit = host.start_commit()
        with self.inner.transact() as tx:
            watched: Any = WatchedTransaction(tx, commit)
            yield watched
            match fate:
                case Fate.REFUSED:
                    raise Unavailable("the disk is busy")
                case Fate.BEATEN:
                    raise Conflict
                case Fate.KILLED_BEFORE:
                    host.kill()
                    raise Killed
                case _:
                    pass
        host.committed(commit)
        if fate is Fate.LOST_REPLY:
            raise Unavailable("the connection was lost during the commit")
        if fate is Fate.KILLED_AFTER:
            host.kill()
            raise Killed

    def read(self) -> AbstractContextManager[Transaction]:
        """A consistent view."""
        return self.inner.read()

    def writable(self) -> bool:
        """Always."""
        return True

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """As they are."""
        return deliveries

    def tidy(self) -> None:
        """Nothing is put off."""

    def now(self) -> datetime | None:
        """What the clock of the database says, where it has one."""
        return self._host.common()

    def close(self) -> None:
        """The common store stays open."""


class WatchedTransaction:
    """Passes everything on and notes what is appended and claimed."""

    __slots__ = ("__dict__", "_inner", "incidents", "outbox")

    def __init__(self, inner: Transaction, commit: Commit) -> None:
        self._inner = inner
        self.incidents = WatchedLog(inner.incidents, commit)
        self.outbox = WatchedOutbox(inner.outbox, commit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class WatchedLog:
    """The incident log, with a note of what is appended."""

    __slots__ = ("_commit", "_inner")

    def __init__(self, inner: Any, commit: Commit) -> None:
        self._inner = inner
        self._commit = commit

    def append(self, batch: Sequence[Appending]) -> None:
        """Append and note."""
        self._inner.append(batch)
        self._commit.appended += batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class WatchedOutbox:
    """The outbox, with a note of every claim and every end of one."""

    __slots__ = ("_commit", "_inner")

    def __init__(self, inner: Any, commit: Commit) -> None:
        self._inner = inner
        self._commit = commit

    def claim(
        self, kinds: Sequence[EffectKind], now: datetime, lease: timedelta, by: str, limit: int
    ) -> Sequence[OutboxEntry]:
        """Claim and note."""
        claimed: Sequence[OutboxEntry] = self._inner.claim(kinds, now, lease, by, limit)
        self._commit.outbox += [Claimed(e.effect.key, e.token, self._commit.node) for e in claimed]
        return claimed

    def finish(self, key: str, token: int, now: datetime) -> bool:
        """Finish and note."""
        return self._noted("finish", key, token, lambda: self._inner.finish(key, token, now))

    def retry(self, key: str, token: int, due_at: datetime, error: str) -> bool:
        """Put back and note."""
        return self._noted("retry", key, token, lambda: self._inner.retry(key, token, due_at, error))

    def give_up(self, key: str, token: int, error: str) -> bool:
        """Give up and note."""
        return self._noted("give_up", key, token, lambda: self._inner.give_up(key, token, error))

    def _noted(self, verb: str, key: str, token: int, act: Callable[[], bool]) -> bool:
        ok = act()
        self._commit.outbox.append(Settled(key, token, self._commit.node, verb, ok))
        return ok

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
