"""How people are woken: level after level, by way after way, until somebody answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.incident.world import ANA, BO, P0, P2, ROSTER, Story, at, level, person, plan
from tocsin.incident.commands import (
    Acknowledge,
    AddNote,
    Advance,
    AssessSeverity,
    Command,
    Escalate,
    Mitigate,
    PagePerson,
    RecordPage,
    Refusal,
    Reopen,
    Resolve,
    SeverityReading,
)
from tocsin.incident.facts import (
    TOCSIN,
    Acknowledged,
    AcknowledgementLapsed,
    Actor,
    ActorKind,
    EscalationExhausted,
    Fact,
    LevelPaged,
    LevelSkipped,
    Paged,
    SeverityAssessed,
    TargetClock,
    TargetMet,
    TargetMissed,
    Via,
    WantedUntil,
)
from tocsin.incident.fold import fold
from tocsin.incident.pending import Coming, pending, still_wanted
from tocsin.incident.plan import Awaits, PlannedLevel
from tocsin.incident.timeline import sentence
from tocsin.oncall.people import WayKind
from tocsin.oncall.roster import Binding, Roster


def levels(facts: Sequence[Fact]) -> list[tuple[int, int]]:
    """The levels paged among these facts, with their repeat."""
    return [(x.level, x.repeat) for x in facts if isinstance(x, LevelPaged)]


def pages(facts: Sequence[Fact]) -> list[tuple[str, str]]:
    """Who was paged by which way among these facts."""
    return [(x.person, x.way) for x in facts if isinstance(x, Paged)]


def test_a_declared_incident_pages_the_first_level_at_once() -> None:
    """The first level waits for nothing, and the page cites the runbook's line."""
    story = Story()
    (paged,) = [x for x in story.latest if isinstance(x, Paged)]
    assert (paged.person, paged.way, paged.page) == ("ana", "phone", "INC-1/c1/l1/ana/phone")
    assert paged.cite is not None
    assert paged.cite.first == 301


def test_a_level_that_does_not_answer_gives_place_to_the_next() -> None:
    """Unacknowledged for its window: the next level is paged, at its instant, with the reason."""
    story = Story()
    facts = story.wait(5)
    (second,) = [x for x in facts if isinstance(x, LevelPaged) and x.level == 2]
    assert second.reason == "nobody has acknowledged"
    assert ("bo", "phone") in pages(facts)
    assert story.incident.round.paged[2] == at(5)


def test_an_acknowledgement_stops_what_awaits_one_and_not_what_awaits_resolution() -> None:
    """Level 2 (unacknowledged) is off; level 3 (unresolved for an hour) still comes."""
    story = Story()
    facts = story.when(2, Acknowledge("ana"))
    assert [x for x in facts if isinstance(x, Acknowledged)]
    coming = [p for p in pending(story.incident) if p.kind is Coming.LEVEL]
    assert [(p.level, p.at) for p in coming] == [(3, at(60))]


def test_the_unresolved_level_is_paged_although_somebody_acknowledged() -> None:
    """Its page is wanted until the incident is resolved, not until somebody acknowledges."""
    story = Story()
    story.when(2, Acknowledge("ana"))
    for minute in (25, 50):
        story.when(minute, AddNote("still looking"))
    facts = story.wait(60)
    (page,) = [x for x in facts if isinstance(x, Paged)]
    assert (page.person, page.wanted_until) == ("chloe", WantedUntil.RESOLVED)
    assert still_wanted(story.incident, story.incident.pages[page.page])


def test_no_page_is_wanted_after_the_acknowledgement() -> None:
    """R6: the check just before sending says no once somebody has it."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    assert not still_wanted(story.incident, story.incident.pages["INC-1/c1/l1/ana/phone"])


def test_acknowledging_twice_changes_nothing() -> None:
    """The second click of the same person, and of somebody else who does not take over, is no news."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    assert story.when(2, Acknowledge("ana")) == []
    assert story.when(3, Acknowledge("bo"), BO) == []
    assert story.incident.acknowledged_by == "ana"


def test_somebody_takes_over() -> None:
    """A second acknowledgement that takes over names whom it follows."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    (fact,) = story.when(4, Acknowledge("bo", take_over=True), BO)
    assert fact == Acknowledged(person="bo", took_over_from="ana")


def test_an_acknowledgement_that_nobody_follows_up_lapses_and_paging_begins_anew() -> None:
    """F36: half an hour without a sign of life; round 2 pages level 1 again."""
    story = Story()
    story.when(2, Acknowledge("ana"))
    facts = story.wait(32)
    assert [x for x in facts if isinstance(x, AcknowledgementLapsed)]
    assert levels(facts) == [(1, 0)]
    assert story.incident.round.cycle == 2
    assert "INC-1/c2/l1/ana/phone" in story.incident.pages


def test_any_work_of_a_person_keeps_the_acknowledgement_alive() -> None:
    """The lapse counts from the last sign of life."""
    story = Story()
    story.when(2, Acknowledge("ana"))
    story.when(30, AddNote("restarting"))
    (lapse,) = [p for p in pending(story.incident) if p.kind is Coming.LAPSE]
    assert lapse.at == at(60)


def test_an_empty_level_is_said_aloud_and_the_next_one_is_paged_at_once() -> None:
    """R11: nobody bound to the second level; the third does not wait for its hour."""
    ladder = (level(1, "On-Call Engineer"), level(2, "Nobody", 5), level(3, "CTO", 60))
    story = Story(of=plan(severities=(replace(P0, levels=ladder),)))
    facts = story.wait(5)
    assert [x.level for x in facts if isinstance(x, LevelSkipped)] == [2]
    assert (3, 0) in levels(facts)
    assert story.incident.round.paged[3] == at(5)


def test_the_end_of_the_ladder_pages_the_catch_all_and_goes_on_doing_so() -> None:
    """R4, R11: nobody answers; the catch-all is paged every few minutes for as long as it takes."""
    story = Story(of=plan(severities=(replace(P0, levels=LADDER_OF_TWO),)))
    facts = story.wait(40)
    rounds = [x.round for x in facts if isinstance(x, EscalationExhausted)]
    assert rounds[:3] == [1, 2, 3]
    assert [p.kind for p in pending(story.incident) if p.kind is Coming.REPEAT]


LADDER_OF_TWO = (level(1, "On-Call Engineer"), level(2, "Team Lead", 5))


def test_with_nobody_bound_at_all_the_catch_all_is_paged_at_once() -> None:
    """A ladder whose every level is empty ends immediately at the catch-all."""
    ladder = (level(1, "Nobody"), level(2, "Nobody", 5))
    story = Story(of=plan(severities=(replace(P0, levels=ladder),)))
    assert [x.level for x in story.latest if isinstance(x, LevelSkipped)] == [1, 2]
    assert ("chloe", "phone") in pages(story.latest)


def test_a_page_without_a_sign_of_delivery_is_followed_by_the_next_way() -> None:
    """R8: sent is not delivered; after a minute without proof the person's next way is tried."""
    story = Story()
    story.when(0.1, RecordPage("INC-1/c1/l1/ana/phone", "sent"), TOCSIN)
    facts = story.wait(1)
    assert pages(facts) == [("ana", "email")]


def test_more_due_work_than_one_wake_does_is_finished_by_the_next_ones() -> None:
    """Paging fails open: a level of hundreds of people keeps nobody waiting for ever, it takes several wakes."""
    crowd = tuple(person(f"p{n}", WayKind.PHONE, WayKind.EMAIL) for n in range(250))
    everybody = Binding("Everybody", people=tuple(one.handle for one in crowd))
    ladder = (level(1, "Everybody"), level(2, "Everybody", 30))
    roster = Roster(people=crowd, bindings=(everybody,), catch_all=("p0",))
    story = Story(of=plan(severities=(replace(P0, levels=ladder),)), roster=roster)
    first = story.when(2, Advance(), TOCSIN)
    second = story.when(2, Advance(), TOCSIN)
    assert len(pages(first)) < 250
    assert {who for who, _ in pages(first) + pages(second)} == {one.handle for one in crowd}


def test_no_page_has_the_key_of_another() -> None:
    """Whom somebody paged by name is paged again as one of the catch-all: the outbox sends a key only once (R7)."""
    story = Story(of=plan(severities=(replace(P0, levels=(level(1, "On-Call Engineer"),)),)))
    for minute in (1, 2, 3):
        story.when(minute, PagePerson("CTO", "I need help"), BO)
    story.wait(60)
    keys = [recorded.fact.page for recorded in story.facts if isinstance(recorded.fact, Paged)]
    assert len([key for key in keys if "/l0/chloe/" in key]) > 6
    assert len(keys) == len(set(keys))


def test_a_delivered_page_needs_no_other_way() -> None:
    """Proof of delivery ends the search for a way; only an acknowledgement ends the paging."""
    story = Story()
    story.when(0.1, RecordPage("INC-1/c1/l1/ana/phone", "delivered"), TOCSIN)
    assert not [p for p in pending(story.incident) if p.kind is Coming.NEXT_WAY]
    assert [p for p in pending(story.incident) if p.kind is Coming.LEVEL]


def test_a_failed_page_is_followed_by_the_next_way_at_once_and_then_by_the_next_level() -> None:
    """Every way of everybody on the level failed: the next level does not wait for its window."""
    story = Story()
    facts = story.when(0.2, RecordPage("INC-1/c1/l1/ana/phone", "failed", "no signal"), TOCSIN)
    assert pages(facts) == [("ana", "email")]
    facts = story.when(0.5, RecordPage("INC-1/c1/l1/ana/email", "failed", "bounced"), TOCSIN)
    assert levels(facts) == [(2, 0)]


def test_an_unanswered_level_is_paged_again_when_the_next_is_far_away() -> None:
    """The same people are paged every few minutes; that never moves the next level later."""
    story = Story(of=plan(severities=(replace(P0, levels=(level(1, "On-Call Engineer"), level(2, "CTO", 30))),)))
    story.when(0.1, RecordPage("INC-1/c1/l1/ana/phone", "delivered"), TOCSIN)
    facts = story.wait(29)
    assert levels(facts) == [(1, n) for n in range(1, 6)]
    assert levels(story.wait(30)) == [(2, 0)]


def test_after_a_long_pause_one_level_is_paged_and_the_next_gets_its_full_window() -> None:
    """Overdue work is looked at again, not replayed: no burst at a restart."""
    story = Story()
    facts = story.when(200, Advance(), TOCSIN)
    assert levels(facts) == [(2, 0)]
    following = next(p for p in pending(story.incident) if p.kind is Coming.LEVEL)
    assert (following.level, following.at) == (3, at(200 + 55))
    missed = [x.clock for x in facts if isinstance(x, TargetMissed)]
    assert missed.count(TargetClock.UPDATE) == 1
    assert set(missed) == {TargetClock.RESPONSE, TargetClock.ACKNOWLEDGE, TargetClock.RESOLUTION, TargetClock.UPDATE}


def test_severity_raised_after_the_new_deadline_misses_the_target_at_once() -> None:
    """Clocks count from the declaration, whatever the severity was then."""
    story = Story("P2")
    facts = story.when(20, AssessSeverity(SeverityReading("P0", "payments too", suggested=False)))
    missed = {x.clock: x.deadline for x in facts if isinstance(x, TargetMissed)}
    assert missed[TargetClock.RESPONSE] == at(15)
    assert missed[TargetClock.ACKNOWLEDGE] == at(10)


def test_severity_raised_pages_the_levels_that_its_ladder_already_calls_for() -> None:
    """P2 has one level; as P0 the second one is overdue and is paged at once."""
    story = Story("P2")
    facts = story.when(20, AssessSeverity(SeverityReading("P0", "payments too", suggested=False)))
    assert levels(facts) == [(2, 0)]


def test_a_raised_severity_never_moves_the_escalation_later() -> None:
    """F37: the earlier of the old and the new instant holds."""
    quick = replace(P0, name="P1", rank=1, levels=(level(1, "On-Call Engineer"), level(2, "Team Lead", 3)))
    slow = replace(P0, levels=(level(1, "On-Call Engineer"), level(2, "Team Lead", 30)))
    story = Story("P1", of=plan(severities=(slow, quick)))
    (fact, *_) = story.when(1, AssessSeverity(SeverityReading("P0", "worse", suggested=False)))
    assert isinstance(fact, SeverityAssessed)
    assert fact.escalate_by == at(3)
    assert next(p for p in pending(story.incident) if p.kind is Coming.LEVEL).at == at(3)


def test_an_incident_that_nobody_assessed_climbs_the_most_severe_ladder() -> None:
    """Paging fails open: no severity means the top ladder, and no clock that nobody has started."""
    story = Story(None)
    assert levels(story.latest) == [(1, 0)]
    kinds = {p.kind for p in pending(story.incident)}
    assert Coming.TARGET not in kinds
    assert Coming.LEVEL in kinds


def test_a_severity_that_wakes_nobody_is_recorded_and_pages_nobody() -> None:
    """ "Add to team backlog": no page, no ladder."""
    story = Story("P3")
    assert pages(story.latest) == []
    assert not [p for p in pending(story.incident) if p.kind in (Coming.LEVEL, Coming.REPEAT)]


def test_a_mitigated_incident_wakes_nobody_any_more() -> None:
    """The impact is over: the ladder stands still, the resolution clock runs on."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    story.when(3, Mitigate("rolled back"))
    assert {p.kind for p in pending(story.incident)} == {Coming.TARGET, Coming.REMINDER}


def test_escalating_by_hand_needs_a_reason_and_pages_the_next_level() -> None:
    """The reason is what the people who are paged will read."""
    story = Story()
    refusal = story.ask(0.5, Escalate(" "))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "reason_missing"
    facts = story.when(0.5, Escalate("need a database person"))
    assert levels(facts) == [(2, 0)]
    assert [x.reason for x in facts if isinstance(x, Paged)] == ["need a database person"]


def test_paging_somebody_by_a_name_that_nobody_answers_to_is_refused_with_the_reason() -> None:
    """Nothing is recorded, and the answer says what is missing."""
    story = Story()
    refusal = story.ask(1, PagePerson("The Plumber", "water"))
    assert isinstance(refusal, Refusal)
    assert "Plumber" in refusal.message


def test_a_late_acknowledgement_is_measured_as_late() -> None:
    """When the process slept through the deadline, the acknowledgement itself records the miss."""
    story = Story()
    facts = story.when(12, Acknowledge("ana"))
    assert [x.deadline for x in facts if isinstance(x, TargetMissed) and x.clock is TargetClock.ACKNOWLEDGE] == [at(10)]
    assert [x.clock for x in facts if isinstance(x, TargetMet)] == [TargetClock.RESPONSE]
    assert levels(facts) == []


def test_the_fold_of_the_facts_is_the_incident() -> None:
    """Two folds over the same facts are equal, whatever path led to them."""
    story = Story()
    story.wait(7)
    story.when(8, Acknowledge("bo"), BO)
    story.when(20, Resolve(confirmed=("check-1", "check-2")), BO)
    assert fold(story.incident.plan, story.facts) == story.incident


def test_deciding_changes_nothing_that_was_handed_in() -> None:
    """The incident that was asked about is the same afterwards."""
    story = Story()
    before = story.incident.copy()
    story.ask(30, Acknowledge("ana"), ANA)
    story.ask(30, Advance(), TOCSIN)
    assert story.incident == before


def test_what_is_pending_is_never_in_the_past_after_time_was_advanced() -> None:
    """The engine's row always lies ahead: after `Advance` at an instant nothing due at it is left."""
    story = Story()
    for minute in range(0, 300, 7):
        story.when(minute, Advance(), TOCSIN)
        assert all(p.at > at(minute) for p in pending(story.incident))


def test_an_open_unacknowledged_incident_always_has_something_pending_within_the_hour() -> None:
    """R4: whatever happened, somebody will be woken again."""
    story = Story()
    for minute in range(1, 240):
        story.wait(minute)
        soonest = min(p.at for p in pending(story.incident) if p.kind in (Coming.LEVEL, Coming.REPEAT))
        assert soonest <= at(minute) + timedelta(hours=1)


def test_a_ladder_that_ends_at_nobody_pages_the_catch_all_at_once() -> None:
    """R11: the last level is empty; the catch-all does not wait until the people below it are paged again."""
    ladder = (level(1, "On-Call Engineer"), level(2, "Nobody", 5))
    story = Story(of=plan(severities=(replace(P0, levels=ladder, repeats_every=timedelta(minutes=20)),)))
    facts = story.wait(5)
    assert [x.level for x in facts if isinstance(x, LevelSkipped)] == [2]
    assert [x.people for x in facts if isinstance(x, EscalationExhausted)] == [("chloe",)]
    assert not [x for x in story.wait(24) if isinstance(x, EscalationExhausted)]
    assert [x.round for x in story.wait(25) if isinstance(x, EscalationExhausted)] == [2]


def test_whoever_is_paged_again_is_paged_by_all_their_ways_again() -> None:
    """R8: that a way was tried an hour ago says nothing of this time."""
    ladder = (level(1, "On-Call Engineer"), level(2, "Team Lead", 120))
    story = Story(of=plan(severities=(replace(P0, levels=ladder, repeats_every=timedelta(minutes=29)),)))
    assert pages(story.wait(29)) == [("ana", "email")]
    assert pages(story.wait(31)) == [("ana", "phone"), ("ana", "email")]


def test_a_ladder_that_ends_at_nobody_anew_pages_the_catch_all_anew() -> None:
    """R11: raised to a severity with further levels that reach nobody either, it does not wait for the next repeat."""
    lone = replace(P2, levels=(level(1, "Nobody"),), repeats_every=timedelta(minutes=20))
    taller = replace(P0, levels=(level(1, "Nobody"), level(2, "Nobody", 5)), repeats_every=timedelta(minutes=20))
    story = Story("P2", of=plan(severities=(taller, lone)))
    assert [x.round for x in story.latest if isinstance(x, EscalationExhausted)] == [1]
    raised = story.when(3, AssessSeverity(SeverityReading("P0", "worse than it looked", suggested=False)))
    assert [x.level for x in raised if isinstance(x, LevelSkipped)] == [2]
    assert [x.round for x in raised if isinstance(x, EscalationExhausted)] == [2]


def test_what_awaits_resolution_counts_from_the_declaration_in_every_round() -> None:
    """An acknowledgement that lapsed begins a round; "if unresolved in an hour" still means an hour of the incident."""
    late = PlannedLevel(1, ("CTO",), timedelta(hours=1), Awaits.RESOLUTION)
    story = Story(of=plan(severities=(replace(P0, levels=(late,)),)))
    story.when(2, Acknowledge("ana"))
    assert [x.person for x in story.wait(32) if isinstance(x, AcknowledgementLapsed)] == ["ana"]
    assert [(p.level, p.at) for p in pending(story.incident) if p.kind is Coming.LEVEL] == [(1, at(60))]


def test_a_program_that_writes_something_down_has_not_responded() -> None:
    """The response target is met by a person's work: a token's note leaves it running."""
    story = Story()
    noted = story.when(1, AddNote("build 4711 was deployed"), Actor(ActorKind.TOKEN, "ci", Via.API))
    assert not [x for x in noted if isinstance(x, TargetMet)]
    assert [x.clock for x in story.when(2, AddNote("looking"), BO) if isinstance(x, TargetMet)] == [
        TargetClock.RESPONSE
    ]


@pytest.mark.parametrize(
    ("first", "again", "woken"),
    [
        (Escalate("help"), Escalate("help"), False),
        (Escalate("help"), Escalate("help", level=2), False),
        (Escalate("help", level=2), Escalate("help", level=2), False),
        (PagePerson("bo", "help"), PagePerson("bo", "help"), False),
        (Escalate("help"), Escalate("help", level=3), True),
        (Escalate("help"), Escalate("still: help"), True),
        (PagePerson("bo", "help"), PagePerson("ana", "help"), True),
    ],
)
def test_a_button_that_is_pressed_twice_wakes_nobody_else(first: Command, again: Command, woken: bool) -> None:
    """A thumb that slips would have paged the third level with the second; who wants more people names them."""
    story = Story()
    story.when(1, first)
    answer = story.ask(1.1, again)
    assert isinstance(answer, Refusal) is not woken
    if isinstance(answer, Refusal):
        assert answer.reason == "asked_twice"
        assert not isinstance(story.ask(1.1, again, BO), Refusal)
        assert not isinstance(story.ask(2, again), Refusal)


def test_an_escalation_by_hand_is_recorded_as_the_persons() -> None:
    """Who asked for the next level before its turn stands in the timeline, and it counts as a sign of life."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    story.when(20, Escalate("need a database person"), BO)
    (paged,) = [r for r in story.facts if isinstance(r.fact, LevelPaged) and r.fact.level == 2]
    assert paged.by == BO
    assert sentence(paged).endswith("(need a database person), asked for by bo (command line)")
    (lapse,) = [p for p in pending(story.incident) if p.kind is Coming.LAPSE]
    assert lapse.at == at(50)


def test_whom_somebody_pages_after_the_mitigation_is_paged() -> None:
    """Mitigation ends what was ordered before it; a page that a person orders later is wanted, by every way."""
    story = Story()
    story.when(1, Escalate("need you"))
    story.when(3, Mitigate("rolled back"))
    assert not [p for p in story.incident.pages.values() if still_wanted(story.incident, p)]
    story.when(10, PagePerson("ana", "please look at the logs"))
    (wanted,) = [p for p in story.incident.pages.values() if still_wanted(story.incident, p)]
    assert (wanted.person, wanted.way) == ("ana", "phone")
    assert pages(story.wait(11)) == [("ana", "email")]


def test_whom_somebody_paged_by_name_stays_paged_when_the_acknowledgement_lapses() -> None:
    """A new round of the ladder asks others besides; a page that has not gone out yet is not lost, nor its next way."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    story.when(2, PagePerson("bo", "we need you for the database"))
    asked = next(p for p in story.incident.pages.values() if p.person == "bo")
    story.wait(40)
    assert story.incident.round.cycle == 2
    by_name = [p for p in story.incident.pages.values() if p.person == "bo" and p.cycle == 1]
    assert by_name[0].page == asked.page
    assert all(still_wanted(story.incident, p) for p in by_name)
    assert len({p.way for p in by_name}) == len(by_name), "a way was tried twice"


def test_a_page_from_before_a_resolution_is_not_wanted_again_after_the_reopening() -> None:
    """What somebody asked for until it was resolved ended then; a reopened incident pages anew."""
    story = Story()
    story.when(2, PagePerson("bo", "we need you for the database"))
    story.when(5, Resolve("done", confirmed=("check-1", "check-2")))
    story.when(9, Reopen("not done"))
    assert not [p for p in story.incident.pages.values() if p.cycle == 1 and still_wanted(story.incident, p)]


def test_a_level_that_loses_its_people_gives_place_to_the_next_when_it_should_be_paged_again() -> None:
    """F33, R11: the roster changed while they were paged; the repeat finds nobody and the ladder goes on at once.

    The engine comes a moment late, as engines do: then the repeat was due before anything that follows from it.
    """
    ladder = (level(1, "On-Call Engineer"), level(2, "Team Lead", 30))
    story = Story(of=plan(severities=(replace(P0, levels=ladder, repeats_every=timedelta(minutes=5)),)))
    story.wait(2)
    left = tuple(binding for binding in ROSTER.bindings if binding.word != "On-Call Engineer")
    story.roster = replace(ROSTER, bindings=left)
    facts = story.when(6.01, Advance(), TOCSIN)
    assert [x.level for x in facts if isinstance(x, LevelSkipped)] == [1]
    assert levels(facts) == [(2, 0)]
