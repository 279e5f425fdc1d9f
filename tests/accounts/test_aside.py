"""Notes that nobody waits for."""

from __future__ import annotations

import threading

from tests.stage.child import eventually
from tocsin.app.aside import Aside


def test_nobody_waits_for_a_note_and_only_one_is_written_at_a_time() -> None:
    """A note that hangs (the database is locked) keeps nobody waiting, and notes do not pile up behind it."""
    written: list[str] = []
    locked, aside = threading.Event(), Aside()

    def note(name: str) -> None:
        locked.wait(10)
        written.append(name)

    for name in ("first", "second", "third"):
        aside(lambda name=name: note(name))
    assert written == []
    locked.set()
    assert eventually(lambda: written == ["first"], 5)

    def again() -> bool:
        aside(lambda: written.append("later"))
        return "later" in written

    assert eventually(again, 5)
    assert "second" not in written


def test_a_note_that_fails_does_not_end_the_writing_of_notes() -> None:
    """After a failure the next note is written."""
    aside, written = Aside(), threading.Event()
    quiet = threading.excepthook
    threading.excepthook = lambda _: None
    try:

        def fails() -> None:
            raise RuntimeError("nobody hears this")

        aside(fails)

        def again() -> bool:
            aside(written.set)
            return written.wait(0.05)

        assert eventually(again, 5)
    finally:
        threading.excepthook = quiet
