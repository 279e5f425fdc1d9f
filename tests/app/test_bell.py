"""The bell that loops sleep on: nothing that rings is slept through, and what was known to come is not late."""

from __future__ import annotations

import threading
import time

from tocsin.app.bell import Bell


def test_a_ring_ends_the_sleep_and_is_heard_once() -> None:
    """A ring before the wait ends it at once; the next wait sleeps."""
    bell = Bell()
    bell.ring()
    began = time.monotonic()
    assert bell.wait(30.0)
    assert time.monotonic() - began < 15
    assert not bell.wait(0.02)
    assert time.monotonic() - began >= 0.02


def test_rings_that_follow_at_once_are_gathered() -> None:
    """What rings while others are gathered is answered with them: the next wait sleeps."""
    bell = Bell()
    bell.ring()
    later = threading.Timer(0.01, bell.ring)
    later.start()
    bell.wait(30.0, gather=0.2)
    later.join()
    began = time.monotonic()
    bell.wait(0.05)
    assert time.monotonic() - began >= 0.05


def test_gathering_keeps_nothing_waiting_that_was_known_to_come() -> None:
    """It ends with the seconds that the sleep was to take at most."""
    bell = Bell()
    bell.ring()
    began = time.monotonic()
    bell.wait(0.01, gather=30.0)
    assert time.monotonic() - began < 15
