"""When a recurring duty is next due, and by which key it is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.review.duties import LONGEST_KEY, RHYTHMS, key_of, next_due
from tocsin.runbook.words import vocabulary

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "day"),
    [
        ("daily", date(2026, 3, 3)),
        ("weekly", date(2026, 3, 9)),
        ("biweekly", date(2026, 3, 16)),
        ("monthly", date(2026, 4, 2)),
        ("quarterly", date(2026, 6, 2)),
        ("semiannually", date(2026, 9, 2)),
        ("annually", date(2027, 3, 2)),
    ],
)
def test_a_rhythm_counts_days_or_calendar_months_from_the_day_it_was_done(every: str, day: date) -> None:
    """Days for days and weeks, calendar months for everything longer."""
    due = next_due(every, NOON, BERLIN)
    assert due is not None
    assert due.on == day


@pytest.mark.parametrize(
    ("every", "done", "day"),
    [
        ("monthly", date(2026, 1, 31), date(2026, 2, 28)),
        ("monthly", date(2028, 1, 30), date(2028, 2, 29)),
        ("quarterly", date(2026, 11, 30), date(2027, 2, 28)),
        ("semiannually", date(2026, 8, 31), date(2027, 2, 28)),
        ("annually", date(2028, 2, 29), date(2029, 2, 28)),
        ("monthly", date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_a_shorter_month_ends_sooner(every: str, done: date, day: date) -> None:
    """The last day of a month is that of the next one too, and the years go on behind December."""
    due = next_due(every, datetime.combine(done, time(12), UTC), BERLIN)
    assert due is not None
    assert due.on == day


@pytest.mark.parametrize("every", [None, "", "continuously", "after each deploy", "every 45 days", "Monthly"])
def test_no_other_word_is_ever_due(every: str | None) -> None:
    """Without a rhythm that sets a day nothing is invented; the words are those of the compiler, as it writes them."""
    assert next_due(every, NOON, BERLIN) is None


def test_every_rhythm_that_the_compiler_reads_has_its_days() -> None:
    """A new word of the vocabulary has to be thought of here; what goes on all the time has no day."""
    cadence = vocabulary().cadence
    assert {*cadence.spaced.values(), *cadence.unspaced.values()} - RHYTHMS == {"continuously"}


def test_the_day_is_that_of_the_teams_clocks() -> None:
    """Half past eleven in the evening in UTC is the next day in Berlin, and the day before in New York."""
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    days = {name: next_due("daily", late, ZoneInfo(name)) for name in ("UTC", "Europe/Berlin", "America/New_York")}
    assert [due.on.day for due in days.values() if due] == [3, 4, 3]
    early = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert [due.on.day for name in days if (due := next_due("daily", early, ZoneInfo(name)))] == [3, 3, 2]


def test_the_whole_day_counts_on_both_sides_of_a_change_of_the_clocks() -> None:
    """In spring and autumn the day ends at midnight by the wall, an hour of UTC off the week before."""
    ends = [next_due("weekly", datetime(2026, *day, 12, tzinfo=UTC), BERLIN) for day in ((3, 22), (3, 21), (10, 18))]
    assert [due.over_at for due in ends if due] == [
        datetime(2026, 3, 29, 22, tzinfo=UTC),
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    ]


def test_a_day_that_begins_at_one_o_clock_begins_when_the_clocks_leap() -> None:
    """Where midnight is leapt over (Beirut, 29 March 2026), the day before ends at that instant; where it comes twice
    (Havana, 1 November 2026), at the first."""
    beirut = next_due("daily", datetime(2026, 3, 27, 12, tzinfo=UTC), ZoneInfo("Asia/Beirut"))
    assert beirut is not None
    assert beirut.over_at == datetime(2026, 3, 28, 22, tzinfo=UTC)
    havana = next_due("daily", datetime(2026, 10, 30, 16, tzinfo=UTC), ZoneInfo("America/Havana"))
    assert havana is not None
    assert havana.over_at == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_what_was_done_at_the_last_moment_is_due_as_what_was_done_in_the_morning() -> None:
    """The hour does not count, so a weekly duty does not creep forward."""
    done = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (0, 9, 23)]
    assert len({next_due("weekly", at, ZoneInfo("UTC")) for at in done}) == 1
    due = next_due("weekly", done[0], ZoneInfo("UTC"))
    assert due is not None
    assert due.over_at - done[0] == timedelta(days=8)


def test_a_key_is_of_the_words_alone() -> None:
    """Marks, case and spaces do not count; other words do; letters of any script are kept."""
    assert (
        key_of("**Test** the restore (Monthly)") == key_of("test the   restore: monthly") == "test-the-restore-monthly"
    )
    assert key_of("Test the restore") != key_of("Test the restart")
    assert key_of("毎月の復旧訓練") == "毎月の復旧訓練"


def test_a_long_key_is_cut_and_stays_its_own() -> None:
    """Two long titles that differ at their end only have two keys that fit an address."""
    one, other = (key_of(f"{'Look through the dashboards ' * 12}{last}") for last in ("today", "tomorrow"))
    assert one != other
    assert max(len(one), len(other)) <= LONGEST_KEY
