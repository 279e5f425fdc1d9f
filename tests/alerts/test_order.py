"""Which event of an alert holds, whatever order they come in."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.alerts.alert import Alert, AlertStatus, Order, newer, order

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(
    status: str, start: int | None, end: int | None = None, *, fingerprint: str = "f", received: int = 60
) -> Alert:
    at = [None if minutes is None else NOON + timedelta(minutes=minutes) for minutes in (start, end)]
    received_at = NOON + timedelta(minutes=received)
    return Alert(fingerprint, AlertStatus(status), "t", "s", received_at, starts_at=at[0], ends_at=at[1])


def newest(events: Iterable[Alert]) -> dict[str, Alert]:
    held: dict[str, tuple[int, Alert]] = {}
    for seq, alert in enumerate(events, 1):
        seq_held, known = held.get(alert.fingerprint, (0, None))
        if known is None or newer(order(alert, seq), order(known, seq_held)):
            held[alert.fingerprint] = (seq, alert)
    return {fingerprint: alert for fingerprint, (_, alert) in held.items()}


def last(*events: Alert) -> Alert:
    return newest(events)["f"]


def test_resolved_before_its_firing_stays_resolved() -> None:
    """A resolution that overtakes its own alert never leaves it firing (R3, F2)."""
    assert not last(event("resolved", 0, 5), event("firing", 0)).firing


def test_a_late_firing_of_an_older_start_reopens_nothing() -> None:
    """An old event that comes late changes nothing (R3, F4)."""
    assert not last(event("firing", 10), event("resolved", 10, 15), event("firing", 3)).firing


def test_a_new_start_fires_again() -> None:
    """Firing, resolved, firing with a later start is firing (F3)."""
    assert last(event("firing", 0), event("resolved", 0, 5), event("firing", 6)).firing


def test_a_resolution_without_a_start_counts_from_its_end() -> None:
    """What began before the end is over; what began after it is not."""
    assert not last(event("resolved", None, 5), event("firing", 4)).firing
    assert last(event("resolved", None, 5), event("firing", 6)).firing


def test_a_resolution_counts_although_its_start_was_moved_back() -> None:
    """Alertmanager keeps the earliest start of two Prometheus servers: the end still ends what began before it."""
    assert not last(event("firing", 10), event("resolved", 8, 15)).firing
    assert not last(event("resolved", 8, 15), event("firing", 10)).firing
    assert last(event("firing", 10), event("resolved", 8, 15), event("firing", 15)).firing


def test_an_end_that_is_yet_to_come_silences_nothing() -> None:
    """A resolution with an invented end counts from when it was heard: what begins later fires (F18)."""
    ended = event("resolved", 0, 60 * 24 * 365, received=5)
    assert last(event("firing", 0), ended, event("firing", 6)).firing


def test_without_any_instant_the_last_one_heard_holds() -> None:
    """Sources that name no time are taken in the order of arrival, also when our clock went back."""
    assert not last(event("firing", 0), event("resolved", None)).firing
    assert last(event("firing", None, received=60), event("resolved", None), event("firing", None, received=1)).firing


def test_the_beginning_is_never_after_the_arrival() -> None:
    """A source whose clock is ahead does not move our targets (F17)."""
    assert event("firing", 120, received=60).began_at == NOON + timedelta(minutes=60)
    assert event("firing", 10, received=60).began_at == NOON + timedelta(minutes=10)
    assert event("firing", None, received=60).began_at == NOON + timedelta(minutes=60)


def occurrence(fingerprint: str, start: int, length: int | None) -> list[Alert]:
    firing = event("firing", start, fingerprint=fingerprint)
    return [firing] if length is None else [firing, event("resolved", start, start + length, fingerprint=fingerprint)]


streams = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.none() | st.integers(0, 10)), min_size=1, max_size=8
).map(lambda seen: [alert for one in seen for alert in occurrence(*one)])


@settings(deadline=None)
@given(streams, st.randoms(use_true_random=False))
def test_shuffled_and_repeated_events_end_in_the_same_state(stream: list[Alert], chance: random.Random) -> None:
    """Any order and any number of copies of the same events give the same end (R2, R3)."""
    jumbled = [*stream, *chance.choices(stream, k=len(stream))]
    chance.shuffle(jumbled)
    assert _ends(newest(jumbled)) == _ends(newest(stream))


def _ends(state: dict[str, Alert]) -> dict[str, tuple[bool, datetime | None, datetime | None]]:
    return {name: (alert.firing, alert.starts_at, alert.ends_at) for name, alert in state.items()}


orders = st.builds(
    lambda start, end, firing, seq: order(
        event("firing" if firing else "resolved", start, None if firing else end), seq
    ),
    st.integers(0, 5),
    st.none() | st.integers(0, 5),
    st.booleans(),
    st.integers(0, 5),
)


@settings(deadline=None)
@given(orders, orders, orders)
def test_events_that_name_their_start_are_totally_ordered(a: Order, b: Order, c: Order) -> None:
    """Of two different events exactly one is newer, and newer is transitive (R3)."""
    assert newer(a, b) or newer(b, a)
    assert not (newer(a, b) and newer(b, a)) or a == b
    assert not (newer(a, b) and newer(b, c)) or newer(a, c)
