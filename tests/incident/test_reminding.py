"""Somebody is reminded of a status update before it is due, by a way that wakes nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from tests.incident.world import BO, ROSTER, START, Story, at, minutes, person, plan
from tocsin.app.heartbeat import reached_nobody
from tocsin.incident.commands import (
    Acknowledge,
    Advance,
    AssessSeverity,
    Mitigate,
    PostUpdate,
    RecordPage,
    SeverityReading,
    TakeRole,
    TellAudience,
)
from tocsin.incident.facts import (
    TOCSIN,
    Audience,
    Citation,
    Fact,
    LevelPaged,
    Paged,
    Reminded,
    TargetMissed,
    UpdateReminded,
    WantedUntil,
)
from tocsin.incident.fold import fold
from tocsin.incident.pending import Coming, pending, still_wanted
from tocsin.incident.plan import PlannedCadence
from tocsin.incident.withdrawing import withdrawals
from tocsin.oncall.people import Quiet, WayKind
from tocsin.oncall.roster import Binding, Roster

CADENCE = Citation(133, 133, "every 30 minutes")


def reminders(facts: list[Fact]) -> list[UpdateReminded]:
    """The reminders among facts."""
    return [one for one in facts if isinstance(one, UpdateReminded)]


def quiet_pages(facts: list[Fact]) -> list[Paged]:
    """The pages among facts that only remind."""
    return [one for one in facts if isinstance(one, Paged) and one.wanted_until is WantedUntil.UPDATED]


def test_the_one_who_has_it_is_reminded_five_minutes_before_the_update_is_due() -> None:
    """Every 30 minutes, says line 133: at 25 it is said, at 30 it is missed, and at 55 it is said again."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    (coming,) = [one for one in pending(story.incident) if one.kind is Coming.REMINDER]
    assert (coming.at, coming.cite) == (at(25), CADENCE)
    assert not reminders(story.wait(24.9))
    facts = story.wait(25)
    assert reminders(facts) == [UpdateReminded(deadline=at(30), person="ana", cite=CADENCE)]
    (page,) = quiet_pages(facts)
    assert (page.person, page.way, page.reason, page.others, page.cite) == (
        "ana",
        "phone",
        "a status update is due in 5 min",
        (),
        CADENCE,
    )
    assert not reminders(story.wait(29.9))
    assert [one.deadline for one in story.wait(30) if isinstance(one, TargetMissed)][-1:] == [at(30)]
    assert [one.deadline for one in reminders(story.wait(55))] == [at(60)]


def test_an_update_in_time_is_not_asked_for_and_moves_the_next_reminder() -> None:
    """Who tells the team at 20 hears nothing at 25; the next one is due at 50."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    story.when(20, PostUpdate("looking"))
    assert [one.deadline for one in reminders(story.wait(45))] == [at(50)]


@pytest.mark.parametrize(
    ("roles", "bound", "expected"),
    [
        ({"Communications Lead": "chloe", "Incident Commander": "bo"}, False, ("chloe", "Communications Lead")),
        ({"Communication lead": "chloe"}, False, ("chloe", "Communication lead")),
        ({"Incident Commander": "bo"}, True, ("dan", "Communications Lead")),
        ({"Communications Lead": "chloe"}, True, ("chloe", "Communications Lead")),
        ({"Incident Commander": "bo"}, False, ("bo", "Incident Commander")),
        ({}, False, ("ana", "")),
    ],
)
def test_communications_are_asked_first(roles: dict[str, str], bound: bool, expected: tuple[str, str]) -> None:
    """Who holds the role, else whom the team has bound to it, else the commander, else whoever acknowledged."""
    roster = replace(ROSTER, people=(*ROSTER.people, person("dan")))
    if bound:
        roster = replace(roster, bindings=(*roster.bindings, Binding("Communications Lead", people=("dan",))))
    story = Story(roster=roster)
    story.when(1, Acknowledge("ana"))
    for role, who in roles.items():
        story.when(2, TakeRole(role, who), BO)
    facts = story.wait(25)
    (said,) = reminders(facts)
    assert (said.person, said.role) == expected
    assert [page.person for page in quiet_pages(facts)] == [expected[0]]


def test_while_nobody_has_it_the_channels_alone_are_told_and_the_pages_go_on_as_they_would() -> None:
    """A reminder is no page: it puts off nobody who is to be woken."""
    bound = replace(ROSTER, bindings=(*ROSTER.bindings, Binding("Communications Lead", people=("bo",))))
    ordered: list[list[tuple[int, tuple[str, ...]]]] = []
    for roster in (ROSTER, bound):
        story = Story(roster=roster)
        facts = story.wait(58)
        assert [one.person for one in reminders(facts)] == (["", ""] if roster is ROSTER else ["bo", "bo"])
        paged = [(one.at, one.fact) for one in story.facts if isinstance(one.fact, LevelPaged)]
        ordered.append([(round((when - START) / minutes(1)), one.people) for when, one in paged])
    assert ordered[0] == ordered[1]


def test_nobody_is_called_for_it() -> None:
    """It goes by the first way that is no call; a person who has nothing else is left to the channels."""
    ringing = person("ana", WayKind.CALL, WayKind.SMS)
    for who, ways in ((ringing, ["sms"]), (person("ana", WayKind.CALL), [])):
        story = Story(roster=Roster((who, person("bo")), (), ROSTER.bindings[:2], ("bo",)))
        story.when(1, Acknowledge("ana"))
        facts = story.wait(25)
        assert [one.person for one in reminders(facts)] == ["ana"]
        assert [page.way for page in quiet_pages(facts)] == ways


def test_quiet_hours_hold_for_a_reminder_and_what_wakes_nobody_reminds_by_no_way() -> None:
    """In quiet hours only their ways are used; a severity that pages nobody is told to the channels alone."""
    asleep = replace(person("ana", WayKind.SMS, WayKind.EMAIL), quiet=Quiet(time(0), time(23, 59), "UTC", ("email",)))
    roster = Roster((asleep, person("bo")), (), ROSTER.bindings[:2], ("bo",))
    often = plan(cadences=(PlannedCadence(minutes(30), (), None, CADENCE),))
    for severity, ways in (("P0", ["sms"]), ("P2", ["email"]), ("P3", [])):
        story = Story(severity, of=often, roster=roster)
        story.when(1, Acknowledge("ana"))
        facts = story.wait(25)
        assert len(reminders(facts)) == 1
        assert [page.way for page in quiet_pages(facts)] == ways


def test_an_overdue_reminder_is_left_out() -> None:
    """After a pause the miss is told and the reminder is not: it would ask for what is late already."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    facts = story.when(29, Advance(), TOCSIN)
    assert len(reminders(facts)) == 1
    late = Story()
    late.when(1, Acknowledge("ana"))
    facts = late.when(31, Advance(), TOCSIN)
    assert not reminders(facts)
    assert at(30) in [one.deadline for one in facts if isinstance(one, TargetMissed)]
    assert pending(late.incident)[0].at > at(31)


def test_a_raised_severity_with_a_shorter_cadence_reminds_anew() -> None:
    """P2 asks for an update every hour, P0 every half hour: the reminder moves with the deadline."""
    both = (PlannedCadence(minutes(60), ("P2",), None, None), PlannedCadence(minutes(30), ("P0",), None, CADENCE))
    story = Story("P2", of=plan(cadences=both))
    story.when(1, Acknowledge("ana"))
    facts = story.when(26, AssessSeverity(SeverityReading("P0", "worse", suggested=False)))
    assert [one.deadline for one in reminders(facts)] == [at(30)]


def test_a_reminder_is_wanted_until_the_update_or_its_deadline_and_is_taken_back_then() -> None:
    """It is not sent after the update was given, and what stands on a phone says so."""
    for ending in (PostUpdate("looking"), None):
        story = Story()
        story.when(1, Acknowledge("ana"))
        (page,) = quiet_pages(story.wait(25))
        state = story.incident.pages[page.page]
        assert still_wanted(story.incident, state)
        story.when(25.1, RecordPage(page.page, "sent", "receipt"), TOCSIN)
        before = len(story.facts)
        if ending is not None:
            story.when(27, ending)
        else:
            story.wait(30)
        assert not still_wanted(story.incident, story.incident.pages[page.page])
        back = withdrawals(story.incident, story.facts[before:], lambda page: True)
        assert page.page in [effect.ref for effect in back]
        assert fold(story.incident.plan, story.facts) == story.incident


def test_a_reminder_by_the_same_way_is_not_taken_for_the_next_way_of_a_page() -> None:
    """The catch-all goes on to a person's next way although that way has reminded them meanwhile."""
    chloe = person("chloe", WayKind.CALL, WayKind.EMAIL)
    roster = Roster((chloe,), (), (Binding("Communications Lead", people=("chloe",)),), ("chloe",))
    story = Story(of=plan(cadences=(PlannedCadence(minutes(1.2), (), None, CADENCE),)), roster=roster)
    assert [one.way for one in story.latest if isinstance(one, Paged)] == ["call"]
    assert [one.way for one in quiet_pages(story.wait(0.9))] == ["email"]
    assert [(one.way, one.wanted_until) for one in story.wait(1.1) if isinstance(one, Paged)] == [
        ("email", WantedUntil.ACKNOWLEDGED)
    ]


def test_a_reminder_is_a_fact_of_its_own_type() -> None:
    """A node of an older version keeps it unread (R27); a known type with an unknown value would stop its pages."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    assert [type(page) for page in quiet_pages(story.wait(25))] == [Reminded]


def test_a_mitigation_does_not_end_a_reminder_and_telling_stakeholders_does() -> None:
    """The update is due after a mitigation too; what stakeholders are told counts as it."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    (page,) = quiet_pages(story.wait(25))
    story.when(25.1, RecordPage(page.page, "sent", "receipt"), TOCSIN)
    story.when(26, Mitigate("rolled back"))
    assert still_wanted(story.incident, story.incident.pages[page.page])
    before = len(story.facts)
    story.when(27, TellAudience("u1", Audience.STAKEHOLDERS, "We look into it."))
    assert not still_wanted(story.incident, story.incident.pages[page.page])
    back = withdrawals(story.incident, story.facts[before:], lambda _: True)
    assert page.page in [effect.ref for effect in back]


def test_a_reminder_that_was_sent_hides_from_nobody_that_no_page_was() -> None:
    """R25: every way that wakes fails, the quiet one works; whoever watches Tocsin is told that it reaches nobody."""
    chloe, dan = person("chloe", WayKind.CALL, WayKind.EMAIL), person("dan", WayKind.EMAIL)
    communicator = Binding("Communications Lead", people=("dan",))
    roster = Roster((chloe, dan), (), (communicator,), ("chloe",))
    story = Story(of=plan(cadences=(PlannedCadence(minutes(5), (), None, CADENCE),)), roster=roster)
    for minute in range(40):
        story.wait(minute)
        for page in list(story.incident.pages.values()):
            if page.sent_at is None and page.failed_at is None:
                quiet = page.wanted_until is WantedUntil.UPDATED
                story.when(minute + 0.01, RecordPage(page.page, "sent" if quiet else "failed", "x"), TOCSIN)
    pages = story.incident.pages.values()
    assert [one.person for one in pages if one.sent_at] != []
    assert all(one.wanted_until is WantedUntil.UPDATED for one in pages if one.sent_at)
    assert story.incident.round.catch_all_rounds > 0
    assert reached_nobody(story.incident)
