"""Recurring duties: recorded by people, due by the runbook's rhythm, and nothing invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.app.shop import ANA, BO, EVA, MINUTE, SECOND, SECRET, START, Shop
from tocsin.app.access import link_holder
from tocsin.app.duties import LONGEST_NOTE, DutyStanding
from tocsin.errors import BadInput, NotAllowed, NotFound

DAY = timedelta(days=1)
RUNBOOK = b"""# Harbour Shop

## Severity Levels

### P0 - Critical
- Complete service outage

## Maintenance

- Rehearse the restore monthly
- Weekly look at the disks
- Keep the dependencies updated
"""
RESTORE, DISKS, UPDATES = "rehearse-the-restore-monthly", "weekly-look-at-the-disks", "keep-the-dependencies-updated"


def stands(shop: Shop, duty: str = RESTORE) -> DutyStanding:
    """How one duty stands for whoever may only look."""
    return next(one for one in shop.duties.listed(EVA) if one.duty == duty)


def kept(shop: Shop, duty: str = RESTORE) -> int:
    """How many records of a duty there are."""
    return len(shop.duties.show(EVA, "shop", duty)[1])


def test_what_nobody_has_recorded_is_neither_due_nor_overdue() -> None:
    """The runbook says it with its line and its rhythm; nothing is made up about the last time, however long it is."""
    shop = Shop(RUNBOOK)
    shop.clock.move_by(4000 * DAY)
    found = shop.duties.listed(EVA)
    assert [(one.duty, one.every, one.line) for one in found] == [
        (RESTORE, "monthly", 10),
        (DISKS, "weekly", 11),
        (UPDATES, None, 12),
    ]
    assert [(one.last, one.due, one.overdue) for one in found] == [(None, None, False)] * 3
    assert shop.duties.overdue() == {"shop": 0}


def test_a_duty_is_done_by_somebody_with_a_note_and_next_due_by_its_rhythm() -> None:
    """It says when it was last done, by whom, with what note; a month later to the day it is due."""
    shop = Shop(RUNBOOK)
    done = shop.duties.record(ANA, "shop", RESTORE, note="  12 minutes\r\nnine of them for DNS ")
    assert not done.again
    one = stands(shop)
    assert one.last is not None
    assert (one.last.done_at, one.last.by, one.last.note) == (START, "ana", "12 minutes\nnine of them for DNS")
    assert one.due is not None
    assert (one.due.on, one.overdue) == (date(2026, 12, 21), False)
    assert stands(shop, DISKS).last is None


def test_it_is_overdue_when_its_last_day_is_over_and_no_longer_when_it_is_done() -> None:
    """Until midnight it is in time; from then on it is counted, and listed among the overdue."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", DISKS)
    shop.clock.move_by(datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC) - START)
    assert not stands(shop, DISKS).overdue
    shop.clock.move_by(SECOND)
    assert stands(shop, DISKS).overdue
    assert [one.duty for one in shop.duties.listed(EVA, overdue=True)] == [DISKS]
    assert shop.duties.overdue() == {"shop": 1}
    shop.duties.record(BO, "shop", DISKS)
    assert shop.duties.overdue() == {"shop": 0}
    assert kept(shop, DISKS) == 2


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_day_alone_is_one_of_the_teams(zone: str) -> None:
    """Whoever says only on which day it was done means that day by the team's clocks, wherever the server stands."""
    shop = Shop(RUNBOOK)
    shop.team = replace(shop.team, zone=zone)
    record = shop.duties.record(ANA, "shop", DISKS, at=date(2026, 11, 1)).record
    assert record.done_at == datetime(2026, 11, 1, tzinfo=ZoneInfo(zone))
    due = stands(shop, DISKS).due
    assert due is not None
    assert due.on == date(2026, 11, 8)


def test_what_has_no_rhythm_can_be_recorded_and_is_never_due() -> None:
    """It has a last time, and that is all."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", UPDATES)
    shop.clock.move_by(4000 * DAY)
    one = stands(shop, UPDATES)
    assert (one.due, one.overdue, one.last is not None) == (None, False, True)


def test_a_time_in_the_past_counts_from_there_and_does_not_hide_a_later_one() -> None:
    """Done three weeks ago is due next week; what is recorded late of an earlier time is kept, and changes nothing."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", RESTORE, at=START - 21 * DAY)
    due = stands(shop).due
    assert due is not None
    assert due.on == date(2026, 11, 30)
    shop.duties.record(BO, "shop", RESTORE, at=START - 60 * DAY)
    assert stands(shop).due == due
    assert kept(shop) == 2


@pytest.mark.parametrize("at", [START + 6 * MINUTE, START + 400 * DAY, datetime.max.replace(tzinfo=UTC)])
def test_nothing_is_done_in_the_future(at: datetime) -> None:
    """A time that is still to come is refused in words; nothing is kept."""
    shop = Shop(RUNBOOK)
    with pytest.raises(BadInput, match="still to come"):
        shop.duties.record(ANA, "shop", RESTORE, at=at)
    assert kept(shop) == 0


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    """Two minutes ahead of ours is now: no record lies in the future."""
    shop = Shop(RUNBOOK)
    assert shop.duties.record(ANA, "shop", RESTORE, at=START + 2 * MINUTE).record.done_at == START


def test_a_time_before_all_computers_is_refused() -> None:
    """A year that somebody mistyped is no time, and no error of ours."""
    with pytest.raises(BadInput, match="too long ago"):
        Shop(RUNBOOK).duties.record(ANA, "shop", RESTORE, at=datetime.min.replace(tzinfo=UTC))


def test_a_second_click_is_recorded_once() -> None:
    """The same person within a minute: one record, and one entry of the audit; a minute later it is another time."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", RESTORE)
    shop.clock.move_by(59 * SECOND)
    assert shop.duties.record(ANA, "shop", RESTORE).again
    assert kept(shop) == 1
    with shop.store.read() as tx:
        assert len([one for one in tx.audit.latest(10) if one.verb == "duty done"]) == 1
    shop.clock.move_by(SECOND)
    assert not shop.duties.record(ANA, "shop", RESTORE).again
    assert kept(shop) == 2


def test_a_second_click_of_somebody_else_or_of_another_time_is_a_record_of_its_own() -> None:
    """Two people who did it together both say so; two days of last week are two."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", DISKS)
    assert not shop.duties.record(BO, "shop", DISKS).again
    assert not shop.duties.record(ANA, "shop", DISKS, at=START - 7 * DAY).again
    assert shop.duties.record(ANA, "shop", DISKS, at=START - 7 * DAY).again
    assert not shop.duties.record(ANA, "shop", RESTORE).again
    assert kept(shop, DISKS) == 3


def test_the_words_of_a_second_click_are_not_lost() -> None:
    """Whoever remembers the note a moment later adds it; a click without one takes nothing away."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", RESTORE)
    shop.duties.record(ANA, "shop", RESTORE, note="12 minutes")
    shop.duties.record(ANA, "shop", RESTORE)
    assert [one.note for one in shop.duties.show(EVA, "shop", RESTORE)[1]] == ["12 minutes"]


def test_a_note_has_a_length_and_no_secrets() -> None:
    """2,000 characters are kept, one more is refused; a secret is masked, here and in the audit."""
    shop = Shop(RUNBOOK)
    shop.duties.record(ANA, "shop", DISKS, note="x" * LONGEST_NOTE)
    with pytest.raises(BadInput, match="at most 2000 characters, this one has 2001"):
        shop.duties.record(ANA, "shop", RESTORE, note="x" * (LONGEST_NOTE + 1))
    shop.duties.record(ANA, "shop", RESTORE, note=f"signed in with {SECRET}")
    with shop.store.read() as tx:
        said = [one.note for one in tx.duties.newest()] + [one.detail for one in tx.audit.latest(10)]
    assert not any(SECRET in text for text in said)


def test_each_record_is_audited_with_who_and_what() -> None:
    """In the transaction that keeps it."""
    shop = Shop(RUNBOOK)
    shop.duties.record(BO, "shop", RESTORE, note="slow", at=START - DAY)
    with shop.store.read() as tx:
        entry = tx.audit.latest(1)[0]
    assert (entry.who, entry.via, entry.verb, entry.object) == ("bo", "cli", "duty done", "service shop")
    assert entry.detail == "Rehearse the restore monthly, at 2026-11-20 03:00 UTC: slow"


def test_whoever_may_look_may_not_record_and_a_link_may_neither() -> None:
    """READ lists, RESPOND records; the link of a page is for its incident."""
    shop = Shop(RUNBOOK)
    with pytest.raises(NotAllowed):
        shop.duties.record(EVA, "shop", RESTORE)
    with pytest.raises(NotAllowed):
        shop.duties.record(link_holder("ana", "INC-1"), "shop", RESTORE)
    with pytest.raises(NotAllowed):
        shop.duties.listed(link_holder("ana", "INC-1"))
    assert kept(shop) == 0


def test_only_what_the_runbook_asks_for_can_be_recorded() -> None:
    """An unknown duty or service is not found, and says where to look."""
    shop = Shop(RUNBOOK)
    with pytest.raises(NotFound, match="tocsin duties"):
        shop.duties.record(ANA, "shop", "water-the-plants")
    with pytest.raises(NotFound, match="no service 'pier'"):
        shop.duties.record(ANA, "pier", RESTORE)
    with pytest.raises(NotFound, match="no service 'pier'"):
        shop.duties.listed(EVA, "pier")


def test_a_duty_that_moves_in_the_runbook_keeps_its_history() -> None:
    """Other lines, marks and letters' case are the same duty; other words are one that nobody has recorded."""
    first = Shop(RUNBOOK)
    first.duties.record(ANA, "shop", RESTORE)
    first.duties.record(ANA, "shop", DISKS)
    moved = RUNBOOK.replace(b"## Maintenance", b"Some words.\n\n## Maintenance").replace(
        b"Rehearse the restore monthly", b"**REHEARSE** the restore, monthly"
    )
    again = Shop(moved.replace(b"at the disks", b"at the tapes"), first.store)
    one = stands(again)
    assert (one.line, one.title) == (12, "REHEARSE the restore, monthly")
    assert one.last is not None
    assert one.last.title == "Rehearse the restore monthly"
    assert stands(again, "weekly-look-at-the-tapes").last is None


def test_the_day_is_the_teams() -> None:
    """What is done at three in the night in UTC is done the evening before in Chicago."""
    shop = Shop(RUNBOOK)
    shop.team = replace(shop.team, zone="America/Chicago")
    shop.duties.record(ANA, "shop", DISKS)
    due = stands(shop, DISKS).due
    assert due is not None
    assert (due.on, due.over_at) == (date(2026, 11, 27), datetime(2026, 11, 28, 6, tzinfo=UTC))
