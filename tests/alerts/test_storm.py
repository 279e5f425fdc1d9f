"""When new troubles join a storm, and when they must not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts.storm import AT_ONCE, CALM, LONGEST, TOP, WINDOW, Begun, Raging, Storm

TOP_AT_ONCE = TOP * AT_ONCE

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def takes(storm: Storm, *, top: bool = False, times: int = 1) -> list[bool]:
    return [storm.takes(top=top) for _ in range(times)]


def test_the_first_few_troubles_are_incidents_of_their_own() -> None:
    """Then the storm takes what begins; those that began within the minute before count."""
    assert takes(Storm.at(NOW, [], None), times=AT_ONCE + 2) == [False] * AT_ONCE + [True] * 2
    before = [Begun(NOW - WINDOW + SECOND, top=False)] * (AT_ONCE - 1)
    assert takes(Storm.at(NOW, before, None), times=2) == [False, True]
    long_ago = [Begun(NOW - WINDOW, top=False)] * 50
    assert takes(Storm.at(NOW, long_ago, None)) == [False]


def test_the_top_severity_is_not_swallowed() -> None:
    """It has room of its own in the middle of a storm, and what is beyond that raises the storm's own severity."""
    raging = Raging(NOW - SECOND, NOW - SECOND)
    storm = Storm.at(NOW, [], raging)
    assert takes(storm) == [True]
    assert takes(storm, top=True, times=TOP_AT_ONCE + 1) == [False] * TOP_AT_ONCE + [True]
    used = [Begun(NOW - CALM + SECOND, top=True)] * TOP_AT_ONCE
    assert takes(Storm.at(NOW, used, raging), top=True) == [True]


def test_a_storm_is_over_when_it_was_calm_or_lasted_too_long() -> None:
    """What begins afterwards is told on its own: somebody may have the old one and be asleep."""
    for since, last, rages in (
        (SECOND, SECOND, True),
        (LONGEST - SECOND, CALM - SECOND, True),
        (LONGEST - SECOND, CALM, False),
        (LONGEST, SECOND, False),
    ):
        storm = Storm.at(NOW, [], Raging(NOW - since, NOW - last))
        assert storm.raging is rages
        assert takes(storm) == [rages]


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 9), st.integers(0, 12), st.booleans())
def test_however_many_begin_the_incidents_are_few(tops: list[bool], plain: int, top: int, rages: bool) -> None:
    """A bound for each batch, whatever the order; and nothing of the top severity joins while there is room for it."""
    begun = [Begun(NOW - SECOND, top=False)] * plain + [Begun(NOW - SECOND, top=True)] * top
    storm = Storm.at(NOW, begun, Raging(NOW - SECOND, NOW - SECOND) if rages else None)
    taken = [storm.takes(top=one) for one in tops]
    own = [one for one, joined in zip(tops, taken, strict=True) if not joined]
    assert own.count(False) <= max(0, AT_ONCE - plain - top)
    assert own.count(True) == min(tops.count(True), max(0, TOP_AT_ONCE - top))
