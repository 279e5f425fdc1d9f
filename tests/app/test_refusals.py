"""What a source was refused for is known after a restart, and on the other node."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.intake.refusals import LONGEST, Refusals, Trouble
from tocsin.errors import Unavailable

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_the_newest_refusal_is_known_after_a_restart_and_on_the_other_node() -> None:
    """Whoever connects a source in the morning sees why it was silent, whichever process was asked."""
    store, one, other = MemoryStore(), Refusals(), Refusals()
    one.note("am", AT, "its proof is missing")
    assert one.write_down(store) == 1
    other.note("am", AT + timedelta(hours=1), "its proof is wrong")
    assert other.write_down(store) == 1
    with store.read() as tx:
        assert Refusals().last("am", tx) == one.last("am", tx) == Trouble(AT + timedelta(hours=1), "its proof is wrong")
        assert Refusals().last("pd", tx) is None


def test_an_older_refusal_never_replaces_a_newer_one() -> None:
    """A node that was slow to write down what it saw first."""
    store, slow, fast = MemoryStore(), Refusals(), Refusals()
    slow.note("am", AT, "before")
    fast.note("am", AT + timedelta(seconds=3), "after")
    fast.write_down(store)
    slow.write_down(store)
    with store.read() as tx:
        assert Refusals().last("am", tx) == Trouble(AT + timedelta(seconds=3), "after")


def test_a_thousand_knocks_are_one_small_row() -> None:
    """The database is not a stranger's to write in: what is new is written once, and bounded."""
    store, refusals = MemoryStore(), Refusals()
    for second in range(1000):
        refusals.note("am", AT + timedelta(seconds=second), "x" * 10_000)
    assert refusals.write_down(store) == 1
    assert refusals.write_down(store) == 0
    with store.read() as tx:
        kept = Refusals().last("am", tx)
    assert kept is not None
    assert len(kept.what) == LONGEST


def test_what_could_not_be_written_down_is_tried_again() -> None:
    """The database was away for a moment; away at the stop it holds up nothing, and nothing fails aloud."""

    class Away(MemoryStore):
        def transact(self):  # type: ignore[no-untyped-def]
            raise Unavailable

    refusals, store, stop = Refusals(), MemoryStore(), threading.Event()
    stop.set()
    refusals.note("am", AT, "its proof is missing")
    with pytest.raises(Unavailable):
        refusals.write_down(Away())
    refusals.run(Away(), stop)
    assert refusals.write_down(store) == 1


def test_a_stop_writes_down_what_is_new() -> None:
    """An orderly restart loses nothing."""
    store, refusals, stop = MemoryStore(), Refusals(), threading.Event()
    stop.set()
    refusals.note("am", AT, "its proof is missing")
    refusals.run(store, stop)
    with store.read() as tx:
        assert Refusals().last("am", tx) == Trouble(AT, "its proof is missing")
