"""Who is on call at an instant, over changes of the clocks too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import BadSettings
from tocsin.oncall.calendar import (
    MONDAY,
    SATURDAY,
    SUNDAY,
    WORKDAYS,
    Calendar,
    Opening,
    Restriction,
    opening,
)
from tocsin.oncall.rotation import Rotation
from tocsin.oncall.schedule import (
    Override,
    Schedule,
    Shift,
    on_call,
    shifts,
)
from tocsin.oncall.survey import Overlap, gaps, overlaps

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Scoresbysund",
    "Europe/London",
    "Europe/Dublin",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Asia/Beirut",
    "Asia/Gaza",
    "Africa/Cairo",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "Asia/Jerusalem",
)
CHANGED_LAST = {"America/Sao_Paulo": 2020, "Pacific/Apia": 2022, "Asia/Kathmandu": 1987}
"""Zones whose clocks are not changed any more: the year after the last change. UTC never had one."""
SWEPT = ZONES[:9]
WEEKDAYS = frozenset(range(5))


def at(zone: str, *wall: int, fold: int = 0) -> datetime:
    return datetime(*wall, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def weekly(*members: str, zone: str = "Europe/Berlin", handoff: time = time(9)) -> Schedule:
    return Schedule("primary", zone, (Rotation(members, date(2026, 1, 5), handoff=handoff),))


def test_members_take_turns_by_the_wall_clock() -> None:
    """A weekly rotation hands over every Monday at nine, in its own zone."""
    schedule = weekly("ada", "ben", "cem")
    assert on_call(schedule, at("Europe/Berlin", 2026, 1, 5, 9)).people == ("ada",)
    assert on_call(schedule, at("Europe/Berlin", 2026, 1, 12, 8, 59)).people == ("ada",)
    assert on_call(schedule, at("Europe/Berlin", 2026, 1, 12, 9)).people == ("ben",)
    assert on_call(schedule, at("Europe/Berlin", 2026, 1, 26, 9)).people == ("ada",)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 23, 167), (10, 19, 169)])
def test_a_week_with_a_change_of_the_clocks_is_still_a_week(month: int, day: int, hours: int) -> None:
    """The hand-over stays at nine by the wall clock; the shift is an hour shorter in spring and longer in autumn."""
    shift = on_call(weekly("ada", "ben"), at("Europe/Berlin", 2026, month, day, 12))
    assert shift.since == at("Europe/Berlin", 2026, month, day, 9)
    assert shift.since is not None
    assert shift.until is not None
    assert shift.until - shift.since == timedelta(hours=hours)


def test_a_hand_over_in_the_gap_happens_when_the_gap_ends() -> None:
    """02:30 does not exist on the day the clocks go forward: the turn passes on at 03:00, once (F27)."""
    schedule = Schedule(
        "nights", "Europe/Berlin", (Rotation(("a", "b"), date(2026, 3, 28), timedelta(days=1), time(2, 30)),)
    )
    change = at("Europe/Berlin", 2026, 3, 29, 3)
    assert on_call(schedule, change - timedelta(seconds=1)).people == ("a",)
    assert on_call(schedule, change) == Shift(
        ("b",), change, at("Europe/Berlin", 2026, 3, 30, 2, 30), "the rotation of nights"
    )


def test_a_hand_over_that_comes_twice_happens_the_first_time() -> None:
    """02:30 comes twice on the day the clocks go back: the turn passes on at the first (F27)."""
    schedule = Schedule(
        "nights", "Europe/Berlin", (Rotation(("a", "b"), date(2026, 10, 24), timedelta(days=1), time(2, 30)),)
    )
    first = at("Europe/Berlin", 2026, 10, 25, 2, 30)
    second = at("Europe/Berlin", 2026, 10, 25, 2, 30, fold=1)
    assert second - first == timedelta(hours=1)
    assert on_call(schedule, first - timedelta(seconds=1)).people == ("a",)
    assert on_call(schedule, first).people == ("b",)
    assert on_call(schedule, second - timedelta(minutes=20)).people == ("b",)  # 02:10 again
    assert on_call(schedule, second).people == ("b",)


def test_lord_howe_changes_by_half_an_hour() -> None:
    """Where the clocks move by thirty minutes, a hand-over inside the gap is at its end (F27)."""
    zone = "Australia/Lord_Howe"
    schedule = Schedule("island", zone, (Rotation(("a", "b"), date(2026, 10, 3), timedelta(days=1), time(2, 10)),))
    shift = on_call(schedule, at(zone, 2026, 10, 4, 12))
    assert shift.people == ("b",)
    assert shift.since == at(zone, 2026, 10, 4, 2, 30)


def test_a_day_that_a_country_skipped_belongs_to_nobody_else() -> None:
    """Samoa had no 30 December 2011: its turn has no length, and the next one begins at once."""
    zone = "Pacific/Apia"
    schedule = Schedule("p", zone, (Rotation(("a", "b", "c"), date(2011, 12, 29), timedelta(days=1), time(0)),))
    assert on_call(schedule, at(zone, 2011, 12, 29, 23, 59)).people == ("a",)
    assert on_call(schedule, at(zone, 2011, 12, 31, 0)).people == ("c",)


def test_before_a_rotation_starts_nobody_is_on_call() -> None:
    """A gap is nobody, until its end, and says so."""
    shift = on_call(weekly("ada"), at("Europe/Berlin", 2026, 1, 5, 8))
    assert shift.people == ()
    assert shift.until == at("Europe/Berlin", 2026, 1, 5, 9)
    assert "nobody is on call in primary" in shift.why


def test_a_rotation_without_members_is_said_to_be_so() -> None:
    """Nobody is reached through an empty rotation, and the reason names it (F34)."""
    shift = on_call(weekly(), at("Europe/Berlin", 2026, 2, 1, 8))
    assert shift.people == ()
    assert "no members" in shift.why


def test_one_member_is_on_call_without_end() -> None:
    """A rotation of one never hands over."""
    shift = on_call(weekly("ada"), at("Europe/Berlin", 2030, 2, 1, 8))
    assert shift == Shift(("ada",), at("Europe/Berlin", 2026, 1, 5, 9), None, "the rotation of primary")


def test_restrictions_leave_the_rest_of_the_week_to_the_next_rotation() -> None:
    """The first rotation that covers an instant decides."""
    office = Rotation(
        ("ada",), date(2026, 1, 5), restrictions=(Restriction(WEEKDAYS, time(9), time(17)),), name="office"
    )
    schedule = Schedule("primary", "Europe/Berlin", (office, Rotation(("zoe",), date(2026, 1, 5))))
    assert on_call(schedule, at("Europe/Berlin", 2026, 6, 5, 16, 59)).people == ("ada",)
    weekend = on_call(schedule, at("Europe/Berlin", 2026, 6, 6, 12))
    assert weekend.people == ("zoe",)
    assert weekend.since == at("Europe/Berlin", 2026, 6, 5, 17)
    assert weekend.until == at("Europe/Berlin", 2026, 6, 8, 9)


def test_a_restriction_may_pass_midnight() -> None:
    """From 22:00 to 06:00 belongs to the day on which it begins."""
    nights = Rotation(("owl",), date(2026, 1, 5), restrictions=(Restriction(frozenset({SATURDAY}), time(22), time(6)),))
    schedule = Schedule("nights", "Europe/Berlin", (nights,))
    assert on_call(schedule, at("Europe/Berlin", 2026, 6, 7, 5, 59)).people == ("owl",)
    assert on_call(schedule, at("Europe/Berlin", 2026, 6, 7, 6)).people == ()
    assert on_call(schedule, at("Europe/Berlin", 2026, 6, 6, 5)).people == ()


def test_an_override_replaces_whoever_would_be_on_call() -> None:
    """From its beginning, not at its end; of two, the one entered last holds."""
    since, until = at("Europe/Berlin", 2026, 6, 6, 8), at("Europe/Berlin", 2026, 6, 6, 20)
    first = Override(("kim",), since, until, "wedding")
    second = Override(("lee",), since + timedelta(hours=2), until)
    schedule = Schedule("primary", "Europe/Berlin", weekly("ada", "ben").rotations, (first, second))
    assert on_call(schedule, since - timedelta(seconds=1)).people == ("ben",)
    shift = on_call(schedule, since)
    assert shift == Shift(("kim",), since, since + timedelta(hours=2), "an override 'wedding' of primary")
    assert on_call(schedule, since + timedelta(hours=2)).people == ("lee",)
    assert on_call(schedule, until).people == ("ben",)


def test_a_calendar_has_no_holes() -> None:
    """The shifts of a span follow each other without a gap between them."""
    year = shifts(weekly("ada", "ben"), at("UTC", 2026, 1, 5, 8), at("UTC", 2027, 1, 4))
    assert len(year) == 52
    assert all(a.until == b.since for a, b in pairwise(year))
    assert [one.people[0] for one in year[:3]] == ["ada", "ben", "ada"]


def test_hours_are_counted_on_the_wall_clock() -> None:
    """Twelve-hour turns hand over at eight and at twenty on every day of the year."""
    schedule = Schedule(
        "p", "Europe/Berlin", (Rotation(("day", "night"), date(2026, 1, 1), timedelta(hours=12), time(8)),)
    )
    for month in range(1, 13):
        assert on_call(schedule, at("Europe/Berlin", 2026, month, 9, 8)).people == ("day",)
        assert on_call(schedule, at("Europe/Berlin", 2026, month, 9, 19, 59)).people == ("day",)
        assert on_call(schedule, at("Europe/Berlin", 2026, month, 9, 20)).people == ("night",)


rotations = st.builds(
    Rotation,
    members=st.lists(st.sampled_from(["a", "b", "c", "d", "a+e", "nobody"]), min_size=1, max_size=5).map(tuple),
    starts_on=st.dates(date(2025, 11, 1), date(2025, 12, 30)),
    period=st.sampled_from([timedelta(hours=h) for h in (1, 7, 8, 12, 24, 36, 168, 336)]),
    handoff=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    restrictions=st.lists(
        st.builds(
            Restriction,
            days=st.frozensets(st.integers(MONDAY, SUNDAY), min_size=1),
            since=st.sampled_from([time(0), time(2, 30), time(9), time(22)]),
            until=st.sampled_from([time(0), time(2, 15), time(6), time(17)]),
        ),
        max_size=2,
    ).map(tuple),
    periods=st.lists(st.sampled_from([timedelta(hours=h) for h in (5, 24, 72, 96)]), max_size=3).map(tuple),
    calendar=st.none()
    | st.builds(
        Calendar,
        name=st.just("office"),
        zone=st.sampled_from(ZONES),
        holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=8),
    ),
)


@given(
    zone=st.sampled_from(ZONES),
    several=st.lists(rotations, min_size=1, max_size=3).map(tuple),
    instant=st.integers(0, 353 * 86400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    span=st.timedeltas(timedelta(hours=1), timedelta(days=3)),
)
@settings(max_examples=60, deadline=None)
def test_every_instant_has_one_answer_that_holds_to_its_end(
    zone: str, several: tuple[Rotation, ...], instant: datetime, span: timedelta
) -> None:
    """Any instant of a shift gives the same people, and the instant of its end is outside of it (F27)."""
    schedule = Schedule("s", zone, several)
    shift = on_call(schedule, instant)
    assert shift.since is None or shift.since <= instant
    assert shift.until is None or instant < shift.until
    for probe in (shift.since, instant + span, shift.until and shift.until - timedelta(microseconds=1)):
        if probe is not None and (shift.until is None or probe < shift.until):
            assert on_call(schedule, probe).people == shift.people
    assert shift.people in {(), ("a", "e"), *((one,) for one in "abcd")}


@pytest.mark.parametrize("zone", SWEPT)
@pytest.mark.parametrize("handoff", [time(0), time(2, 15), time(2, 30), time(9)])
def test_a_swept_year_gives_each_member_each_turn_once(zone: str, handoff: time) -> None:
    """Over a year of daily turns, the members follow each other without a skipped or a double turn (F27)."""
    members = ("a", "b", "c", "d", "e")
    schedule = Schedule("s", zone, (Rotation(members, date(2026, 1, 1), timedelta(days=1), handoff),))
    begin = at(zone, 2026, 1, 1, handoff.hour, handoff.minute)
    year = shifts(schedule, begin, begin + timedelta(days=365), limit=500)
    assert "".join(one.people[0] for one in year[:365]) == "".join(members) * 73
    lengths = {one.until - one.since for one in year if one.until and one.since}
    assert all(timedelta(hours=22) < length < timedelta(hours=26) for length in lengths)
    for one in year[:365]:
        assert one.since is not None
        local = one.since.astimezone(ZoneInfo(zone))
        skipped = local.replace(tzinfo=None) != datetime.combine(local.date(), handoff)
        assert not skipped or not _exists(datetime.combine(local.date(), handoff), zone)


def _exists(wall: datetime, zone: str) -> bool:
    aware = wall.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


def transitions(zone: str, since: datetime, until: datetime) -> list[datetime]:
    """Every instant at which the clocks of a zone are changed, to the second."""
    found, at_ = [], since
    local = ZoneInfo(zone)
    while at_ < until:
        later = at_ + timedelta(hours=6)
        if at_.astimezone(local).utcoffset() != later.astimezone(local).utcoffset():
            low, high = at_, later
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) // 2).replace(microsecond=0)
                changed = middle.astimezone(local).utcoffset() != at_.astimezone(local).utcoffset()
                low, high = (low, middle) if changed else (middle, high)
            found.append(high)
        at_ = later
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_at_every_change_of_the_clocks_exactly_one_is_on_call(zone: str) -> None:
    """Hand-overs around and within each gap and overlap of three years: one person, each turn once (R10, F27)."""
    local, until = ZoneInfo(zone), CHANGED_LAST.get(zone, 2028)
    changes = transitions(zone, datetime(until - 3, 1, 1, tzinfo=UTC), datetime(until, 1, 1, tzinfo=UTC))
    assert changes or zone == "UTC"
    for change in changes:
        before = (change - timedelta(seconds=1)).astimezone(local)
        for minutes in (-90, -30, -15, 0, 10, 15, 30, 45, 60, 90):
            handoff = (before.replace(tzinfo=None) + timedelta(seconds=1, minutes=minutes)).time()
            rotation = Rotation(("a", "b", "c"), before.date() - timedelta(days=3), timedelta(days=1), handoff)
            schedule = Schedule("s", zone, (rotation,))
            planned = shifts(schedule, change - timedelta(days=2), change + timedelta(days=2))
            assert all(len(one.people) == 1 for one in planned), (change, handoff)
            assert all(x.until == y.since for x, y in pairwise(planned)), (change, handoff)
            order = "".join(one.people[0] for one in planned)
            assert order in "abcabcabcabc", (change, handoff, order)
            probe = change - timedelta(hours=2, minutes=15)
            while probe < change + timedelta(hours=2, minutes=15):
                shown = on_call(schedule, probe)
                assert shown in planned, (change, handoff, probe)
                probe += timedelta(minutes=15)


@pytest.mark.parametrize("zone", ZONES)
def test_no_change_of_the_clocks_since_1990_skips_or_doubles_a_turn(zone: str) -> None:
    """Every one that its rules know, until they end in 2037: some came by decree, and some are of 30 minutes (F27)."""
    local = ZoneInfo(zone)
    for change in transitions(zone, datetime(1990, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)):
        before = (change - timedelta(seconds=1)).astimezone(local)
        for minutes in (-30, 15, 45):
            handoff = (before.replace(tzinfo=None) + timedelta(seconds=1, minutes=minutes)).time()
            rotation = Rotation(("a", "b", "c"), before.date() - timedelta(days=3), timedelta(days=1), handoff)
            schedule = Schedule("s", zone, (rotation,))
            planned = shifts(schedule, change - timedelta(days=2), change + timedelta(days=2))
            assert all(x.until == y.since for x, y in pairwise(planned)), (change, handoff)
            assert "".join("+".join(one.people) for one in planned) in "abcabcabcabc", (change, handoff)


def test_a_slot_of_nobody_leaves_the_time_to_the_next_rotation() -> None:
    """A free slot is no gap when another rotation covers it, and a declared one when none does."""
    daily = Rotation(("ada", "nobody"), date(2026, 1, 5), timedelta(days=1), name="days")
    alone = Schedule("p", "Europe/Berlin", (daily,))
    free = on_call(alone, at("Europe/Berlin", 2026, 1, 6, 12))
    assert (free.people, free.declared) == ((), True)
    assert "as planned" in free.why
    backed = Schedule("p", "Europe/Berlin", (daily, Rotation(("zoe",), date(2026, 1, 5))))
    assert on_call(backed, at("Europe/Berlin", 2026, 1, 6, 12)).people == ("zoe",)
    assert on_call(backed, at("Europe/Berlin", 2026, 1, 7, 12)).people == ("ada",)


def test_two_people_share_a_slot() -> None:
    """Handles joined by + are on call together."""
    schedule = weekly("ada+ben", "cem")
    assert on_call(schedule, at("Europe/Berlin", 2026, 1, 6, 12)).people == ("ada", "ben")
    assert on_call(schedule, at("Europe/Berlin", 2026, 1, 13, 12)).people == ("cem",)


def test_turns_may_have_lengths_of_their_own() -> None:
    """Four days, then three: the week is split the same way for ever."""
    split = Rotation(("ada", "ben"), date(2026, 1, 5), handoff=time(9), periods=(timedelta(days=4), timedelta(days=3)))
    schedule = Schedule("p", "Europe/Berlin", (split,))
    for week in (0, 1, 20, 45):
        monday = date(2026, 1, 5) + timedelta(weeks=week)
        for days, who in ((0, "ada"), (3, "ada"), (4, "ben"), (6, "ben")):
            day = monday + timedelta(days=days)
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Berlin"))
            shift = on_call(schedule, noon)
            assert shift.people == (who,), noon
            friday = monday + timedelta(days=4)
            ends = friday if who == "ada" else monday + timedelta(weeks=1)
            assert shift.until == at("Europe/Berlin", ends.year, ends.month, ends.day, 9), noon


def test_a_weekend_takes_nobodys_turn_when_only_covered_turns_count() -> None:
    """Daily turns on workdays: whoever follows Friday's has Monday, as if there were no weekend (goalert#55)."""
    office = Restriction(WORKDAYS, time(9), time(9))
    members = ("ada", "ben", "cem")
    rota = Rotation(members, date(2026, 1, 5), timedelta(days=1), time(9), (office,), counts_covered=True)
    schedule = Schedule("p", "Europe/Berlin", (rota,))
    seen = [on_call(schedule, at("Europe/Berlin", 2026, 1, day, 12)).people for day in range(5, 17)]
    names = [people[0] if people else "-" for people in seen]
    assert names == ["ada", "ben", "cem", "ada", "ben", "-", "-", "cem", "ada", "ben", "cem", "ada"]
    plain = replace(schedule, rotations=(replace(rota, counts_covered=False),))
    assert on_call(plain, at("Europe/Berlin", 2026, 1, 12, 12)).people == ("ben",)  # seven turns on, not five


def test_on_holidays_the_calendar_is_closed() -> None:
    """A rotation of office hours leaves a holiday to the next rotation, also a long one."""
    closed = frozenset(date(2026, 12, 21) + timedelta(days=n) for n in range(14))
    office = Calendar("office", "Europe/Berlin", holidays=closed)
    schedule = Schedule(
        "p",
        "Europe/Berlin",
        (Rotation(("ada",), date(2026, 1, 5), calendar=office), Rotation(("zoe",), date(2026, 1, 5))),
    )
    assert on_call(schedule, at("Europe/Berlin", 2026, 12, 18, 12)).people == ("ada",)
    away = on_call(schedule, at("Europe/Berlin", 2026, 12, 28, 12))
    assert away.people == ("zoe",)
    assert away.since == at("Europe/Berlin", 2026, 12, 18, 17)
    assert away.until == at("Europe/Berlin", 2027, 1, 4, 9)
    assert opening(office, at("Europe/Berlin", 2026, 12, 24, 12)) == Opening(
        open=False, until=at("Europe/Berlin", 2027, 1, 4, 9)
    )


def test_gaps_and_overlaps_are_found() -> None:
    """Undeclared gaps are named with their span; one person in two schedules at once is an overlap."""
    office = Rotation(("ada", "nobody"), date(2026, 1, 5), restrictions=(Restriction(WORKDAYS, time(9), time(17)),))
    primary = Schedule("primary", "Europe/Berlin", (office,))
    monday = at("Europe/Berlin", 2026, 1, 5, 0)
    found = gaps(primary, monday, monday + timedelta(days=2))
    assert [(one.since, one.until) for one in found] == [
        (monday, at("Europe/Berlin", 2026, 1, 5, 9)),
        (at("Europe/Berlin", 2026, 1, 5, 17), at("Europe/Berlin", 2026, 1, 6, 9)),
        (at("Europe/Berlin", 2026, 1, 6, 17), at("Europe/Berlin", 2026, 1, 7, 0)),
    ]
    free = gaps(primary, at("Europe/Berlin", 2026, 1, 13, 9), at("Europe/Berlin", 2026, 1, 13, 17))
    assert free == []
    secondary = weekly("ben", "ada")
    both = overlaps([primary, replace(secondary, name="secondary")], monday, monday + timedelta(days=8))
    assert both == []
    both = overlaps([primary, replace(weekly("ada", "ben"), name="second")], monday, monday + timedelta(days=1))
    assert both == [
        Overlap("ada", ("primary", "second"), at("Europe/Berlin", 2026, 1, 5, 9), at("Europe/Berlin", 2026, 1, 5, 17))
    ]


def test_what_cannot_be_a_schedule_is_refused() -> None:
    """A schedule with an unknown zone, a rotation without a length, an override without an end: BadSettings."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for build in (
        lambda: Schedule("s", "Europe/Nowhere"),
        lambda: Schedule("s", "../../etc/passwd"),
        lambda: Schedule("s", ""),
        lambda: Rotation(("a",), date(2026, 1, 1), timedelta(0)),
        lambda: Rotation(("a",), date(9999, 12, 31)),
        lambda: Rotation(("a",), date(2026, 1, 1), handoff=time(9, tzinfo=UTC)),
        lambda: Restriction(frozenset({7})),
        lambda: Override(("a",), now, now),
        lambda: Override(("a",), now.replace(tzinfo=None), now),
        lambda: Override((), now, now + timedelta(hours=1)),
    ):
        with pytest.raises(BadSettings):
            build()


def test_a_naive_instant_is_refused() -> None:
    """Nobody can say who is on call at a time without a zone."""
    with pytest.raises(ValueError, match="time zone"):
        on_call(weekly("ada"), datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None))


def test_a_rotation_covers_between_its_bounds_only() -> None:
    """A roster that is planned ahead: the old rotation ends at an instant, and the next one begins there."""
    change = at("Europe/Berlin", 2026, 2, 4, 12)
    old = Rotation(("ada",), date(2026, 1, 5), until=change)
    new = Rotation(("ben",), date(2026, 1, 5), since=change)
    schedule = Schedule("primary", "Europe/Berlin", (old, new))
    before = on_call(schedule, change - timedelta(seconds=1))
    assert (before.people, before.until) == (("ada",), change)
    assert on_call(schedule, change).people == ("ben",)
    with pytest.raises(BadSettings):
        Rotation(("ada",), date(2026, 1, 5), since=change, until=change)


def test_a_rotation_hands_over_in_its_own_zone() -> None:
    """Following the sun: two rotations of one schedule, each by the clock on its own wall."""
    day = (Restriction(WEEKDAYS, time(9), time(17)),)
    schedule = Schedule(
        "sun",
        "UTC",
        (
            Rotation(("ada",), date(2026, 1, 5), restrictions=day, zone="Europe/Berlin"),
            Rotation(("ben",), date(2026, 1, 5), restrictions=day, zone="America/New_York"),
        ),
    )
    assert on_call(schedule, at("Europe/Berlin", 2026, 7, 7, 16, 59)).people == ("ada",)
    assert on_call(schedule, at("Europe/Berlin", 2026, 7, 7, 17)).people == ("ben",)
    assert on_call(schedule, at("America/New_York", 2026, 7, 7, 17)).people == ()


def test_an_override_may_leave_the_time_free_on_purpose() -> None:
    """Nobody's day, as planned: no gap, and it ends by itself."""
    since, until = at("Europe/Berlin", 2026, 12, 25), at("Europe/Berlin", 2026, 12, 26)
    schedule = replace(weekly("ada"), overrides=(Override(("nobody",), since, until, "closed"),))
    shift = on_call(schedule, since)
    assert (shift.people, shift.declared, shift.until) == ((), True, until)
    assert gaps(schedule, since, until) == []
    with pytest.raises(BadSettings):
        Override(("nobody", "ada"), since, until)
