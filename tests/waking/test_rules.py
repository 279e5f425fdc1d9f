"""How a person wants to be paged: at once by push, after two minutes by SMS, after five by a call; and quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.incident.world import ANA, ROSTER, START, Story
from tests.waking.test_settings import read, refused
from tocsin.errors import BadSettings
from tocsin.incident.commands import Acknowledge, RecordPage
from tocsin.incident.facts import TOCSIN, Fact, Paged
from tocsin.incident.pending import Coming, pending
from tocsin.oncall.people import Person, Quiet, Rule, Turn, Way, WayKind
from tocsin.oncall.roster import Roster

MINUTE = timedelta(minutes=1)
WAYS = (
    Way(WayKind.NTFY, "https://ntfy.example/t", "push"),
    Way(WayKind.SMS, "+4915112345678"),
    Way(WayKind.CALL, "+4915112345678"),
)
IN_STEPS = Rule((Turn("push"), Turn("sms", 2 * MINUTE), Turn("call", 5 * MINUTE)))
CALL_AT_ONCE = Rule((Turn("call"), Turn("push", MINUTE)), ("P0",))
NIGHT = Quiet(time(22), time(7), "Europe/Berlin", ("push",))


def roster(*rules: Rule, quiet: Quiet | None = None) -> Roster:
    """The roster of the stories, whose Ana has rules."""
    ana = Person("ana", "Ana", WAYS, rules, quiet)
    return replace(ROSTER, people=(ana, *ROSTER.people[1:]))


def to_ana(facts: Sequence[Fact]) -> list[str]:
    """The ways by which Ana was paged."""
    return [fact.way for fact in facts if isinstance(fact, Paged) and fact.person == "ana"]


def test_a_page_goes_on_by_the_persons_rule_until_somebody_answers() -> None:
    """Arrived is not answered: at once push, after 2 min SMS, after 5 min a call, each at its minute and not before."""
    story = Story(roster=roster(IN_STEPS))
    assert to_ana(story.latest) == ["push"]
    story.when(0.1, RecordPage("INC-1/c1/l1/ana/push", "delivered"), TOCSIN)
    assert to_ana(story.wait(1.9)) == []
    assert to_ana(story.wait(2.1)) == ["sms"]
    story.when(2.2, RecordPage("INC-1/c1/l1/ana/sms", "delivered"), TOCSIN)
    assert to_ana(story.wait(4.9)) == []
    assert "call" in to_ana(story.wait(5.1))


def test_an_acknowledgement_ends_the_rule() -> None:
    """R6: nobody is rung by the steps that were still to come."""
    story = Story(roster=roster(IN_STEPS))
    story.when(0.1, RecordPage("INC-1/c1/l1/ana/push", "delivered"), TOCSIN)
    story.when(1, Acknowledge("ana"), ANA)
    assert not [one for one in pending(story.incident) if one.kind is Coming.NEXT_WAY]
    assert to_ana(story.wait(10)) == []


def test_a_way_that_fails_gives_place_at_once_and_the_rest_keeps_its_minute() -> None:
    """Failover does not wait for the rule, and does not make the later steps earlier."""
    story = Story(roster=roster(IN_STEPS))
    failed = story.when(0.2, RecordPage("INC-1/c1/l1/ana/push", "failed", "refused"), TOCSIN)
    assert to_ana(failed) == ["sms"]
    story.when(0.4, RecordPage("INC-1/c1/l1/ana/sms", "delivered"), TOCSIN)
    assert to_ana(story.wait(4.9)) == []
    assert "call" in to_ana(story.wait(5.1))


def test_a_rule_for_a_severity_goes_before_the_general_one() -> None:
    """P0 rings at once by call; what has no rule of its own takes the general one."""
    ana = roster(IN_STEPS, CALL_AT_ONCE).people[0]
    assert [turn.way for turn in ana.turns("P0", START, top=True)] == ["call", "push"]
    assert [turn.way for turn in ana.turns("P2", START, top=False)] == ["push", "sms", "call"]


def test_quiet_hours_never_hold_for_the_top_severity_or_the_unassessed() -> None:
    """03:00 in UTC is 04:00 in Berlin: a P2 rings by push only, a P0 by everything."""
    ana = roster(IN_STEPS, quiet=NIGHT).people[0]
    assert [turn.way for turn in ana.turns("P2", START, top=False)] == ["push"]
    assert len(ana.turns("P0", START, top=True)) == 3
    assert to_ana(Story("P0", roster=roster(CALL_AT_ONCE, IN_STEPS, quiet=NIGHT)).latest) == ["call"]
    assert to_ana(Story(None, roster=roster(IN_STEPS, quiet=replace(NIGHT, ways=("sms",)))).latest) == ["push"]
    assert to_ana(Story("P2", roster=roster(IN_STEPS, quiet=replace(NIGHT, ways=("sms",)))).latest) == ["sms"]


def test_quiet_hours_make_nobody_unreachable() -> None:
    """A rule that has none of the allowed ways gives place to them; the first rings at once."""
    calls_only = roster(Rule((Turn("call"),)), quiet=NIGHT).people[0]
    assert calls_only.turns("P2", START, top=False) == (Turn("push"),)
    late = replace(NIGHT, ways=("call",))
    assert roster(IN_STEPS, quiet=late).people[0].turns("P2", START, top=False) == (Turn("call"),)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("20:59", False), ("21:00", True), ("23:30", True), ("05:59", True), ("06:00", False), ("12:00", False)],
)
def test_quiet_hours_span_midnight_in_the_persons_own_zone(at: str, quiet: bool) -> None:
    """22:00 to 07:00 in Berlin is 21:00 to 06:00 UTC in winter; the end is not quiet any more."""
    hour, minute = map(int, at.split(":"))
    assert NIGHT.holds(datetime(2026, 1, 10, hour, minute, tzinfo=UTC)) is quiet


def test_a_rule_that_rings_nobody_at_once_is_refused() -> None:
    """R5: the first page waits for nothing."""
    with pytest.raises(BadSettings, match="at once"):
        roster(Rule((Turn("sms", MINUTE),)))
    with pytest.raises(BadSettings, match="longer span"):
        roster(Rule((Turn("push"), Turn("sms", 2 * MINUTE), Turn("call", MINUTE))))


RULED = """
[[people.ana.ways]]
kind = "phone"
label = "desk phone"
[[people.ana.ways]]
kind = "email"
address = "ana@example.org"
[[people.ana.rules]]
severities = ["P0"]
steps = ["desk phone", "after 90 s email"]
[people.ana.quiet]
since = "22:00"
until = "07:00"
ways = ["email"]
"""


def test_rules_are_read_as_people_write_them() -> None:
    """A step is a way's name with a span before it; quiet hours are the person's own."""
    (ana,) = (one for one in read(RULED).team.roster.people if one.handle == "ana")
    assert ana.rules == (Rule((Turn("desk phone"), Turn("email", timedelta(seconds=90))), ("P0",)),)
    assert ana.quiet == Quiet(time(22), time(7), "UTC", ("email",))


def test_a_step_that_names_no_way_says_which_there_are() -> None:
    """A slip of the pen is found when the file is read."""
    assert "ends with no way of this person; there are: desk phone, email" in refused(
        RULED.replace("after 90 s email", "after 90 s mail")
    )
    assert "write a number with its unit" in refused(RULED.replace("after 90 s email", "soon email"))
    assert "no way called 'pager'" in refused(RULED.replace('ways = ["email"]', 'ways = ["pager"]'))


def test_quiet_hours_that_end_when_they_begin_are_refused() -> None:
    """They would never hold, and whoever wrote them may have meant the whole day."""
    assert "it would never be quiet" in refused(RULED.replace('until = "07:00"', 'until = "22:00"'))
