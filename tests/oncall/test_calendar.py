"""Spans that count only while a calendar is open: so many business hours, so many business days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.oncall.calendar import WORKDAYS, Calendar, Restriction, after_days, after_hours

OSLO = ZoneInfo("Europe/Oslo")
CHRISTMAS = frozenset({date(2026, 12, 25)})
OFFICE = Calendar("office", "Europe/Oslo", (Restriction(WORKDAYS, time(8), time(16)),), CHRISTMAS)
TWO_PARTS = Calendar(
    "shop", "UTC", (Restriction(WORKDAYS, time(8), time(12)), Restriction(WORKDAYS, time(13), time(17)))
)
NEVER = Calendar(
    "closed",
    "UTC",
    (Restriction(frozenset({6}), time(8), time(9)),),
    frozenset(date(2026, 1, 4) + timedelta(weeks=n) for n in range(200)),
)


def _oslo(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        ("2026-11-27 15:00", 4, "2026-11-30 11:00"),  # over a weekend
        ("2026-11-27 15:00", 1, "2026-11-27 16:00"),  # up to the last minute
        ("2026-11-28 10:00", 1, "2026-11-30 09:00"),  # from a closed day on
        ("2026-11-27 03:00", 2, "2026-11-27 10:00"),
        ("2026-11-26 12:00", 24, "2026-12-01 12:00"),  # three days of eight hours
        ("2026-12-24 15:30", 1, "2026-12-28 08:30"),  # over a holiday and a weekend
        ("2026-03-27 15:00", 2, "2026-03-30 09:00"),  # over a change of the clocks
    ],
)
def test_business_hours_count_while_somebody_works(since: str, hours: int, due: str) -> None:
    """Nights, weekends and holidays stop the clock, in the zone of the calendar."""
    assert after_hours(OFFICE, _oslo(since), timedelta(hours=hours)) == _oslo(due)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-11-27 15:00", 1, "2026-11-30 15:00"),
        ("2026-11-25 09:30", 3, "2026-11-30 09:30"),
        ("2026-11-28 10:00", 1, "2026-12-01 08:00"),  # begins when it opens, on Monday
        ("2026-11-27 18:00", 2, "2026-12-02 08:00"),
        ("2026-12-24 09:00", 1, "2026-12-28 09:00"),
        ("2026-10-23 15:00", 1, "2026-10-26 15:00"),  # the same time of day over a change of the clocks
    ],
)
def test_business_days_end_at_the_same_time_of_day(since: str, days: int, due: str) -> None:
    """So many open days later; what begins while nobody works begins when somebody does."""
    assert after_days(OFFICE, _oslo(since), days) == _oslo(due)


def test_a_day_with_a_break_is_counted_without_it() -> None:
    """Two parts of a day are one day and eight hours."""
    start = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    assert after_hours(TWO_PARTS, start, timedelta(hours=2)) == start + timedelta(hours=3)
    assert after_hours(TWO_PARTS, start, timedelta(hours=8)) == start + timedelta(days=1)
    assert after_days(TWO_PARTS, start, 1) == start + timedelta(days=1)


def test_a_day_that_closes_earlier_ends_the_span() -> None:
    """A day from Thursday at three is over on Friday when it closes, at two."""
    hours = (Restriction(frozenset({0, 1, 2, 3}), time(8), time(16)), Restriction(frozenset({4}), time(8), time(14)))
    short = Calendar("short", "Europe/Oslo", hours)
    assert after_days(short, _oslo("2026-11-26 15:00"), 1) == _oslo("2026-11-27 14:00")


def test_hours_over_midnight_are_of_the_day_they_begin_on() -> None:
    """A night is one day: what begins after midnight is not due before what began earlier in the same night."""
    night = Calendar("night", "Europe/Oslo", (Restriction(WORKDAYS, time(22), time(6)),))
    assert after_days(night, _oslo("2026-11-27 23:57"), 1) == _oslo("2026-11-30 23:57")
    assert after_days(night, _oslo("2026-11-28 04:00"), 1) == _oslo("2026-12-01 04:00")
    assert after_days(night, _oslo("2026-11-28 12:00"), 1) == _oslo("2026-12-01 22:00")
    begins = [_oslo("2026-11-25 00:00") + timedelta(minutes=17 * n) for n in range(700)]
    ends = [after_days(night, at, 1) for at in begins]
    assert ends == sorted(ends)


def test_a_calendar_that_never_opens_stops_no_clock() -> None:
    """Whatever is wrong with the hours, a target ends."""
    start = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    assert after_hours(NEVER, start, timedelta(hours=2)) > start
    assert after_days(NEVER, start, 1) > start
    assert after_hours(Calendar("all day", "UTC", ()), start, timedelta(hours=30)) == start + timedelta(hours=30)
