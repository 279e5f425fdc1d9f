"""The time that a runbook gives its phases: said once when it is over and the phase is not, and nobody is woken."""

from __future__ import annotations

from datetime import timedelta
from textwrap import dedent

import pytest

from tests.incident.world import ANA, Story, at, minutes, plan
from tocsin.incident.choices import Choices
from tocsin.incident.commands import Acknowledge, Mitigate, Reopen, Resolve, TickStep
from tocsin.incident.facts import Citation, Fact, Paged, PhaseOverran
from tocsin.incident.fold import fold
from tocsin.incident.pending import Coming, pending
from tocsin.incident.plan import ResponsePlan, TimeBox
from tocsin.incident.planning import plan_bytes, plan_from_bytes, plan_response
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.timeline import sentence
from tocsin.runbook.compile import compile_runbook

FIRST = TimeBox("First look", minutes(10), steps=("look", "ask"), cite=Citation(30, 30, "10 minutes"))
SEARCH = TimeBox("Investigation", minutes(15), ("P0",), (), since_acknowledged=True, cite=Citation(40, 40, "15 min"))
BOXES = plan(time_boxes=(FIRST, SEARCH))


def overran(facts: list[Fact]) -> list[PhaseOverran]:
    """The phases among facts whose time was over."""
    return [one for one in facts if isinstance(one, PhaseOverran)]


def test_a_phase_that_is_not_over_in_its_time_is_said_once() -> None:
    """At 10 minutes one of two steps is done: the timeline says so with the line, once, and nobody is paged."""
    story = Story(of=BOXES)
    story.when(1, Acknowledge("ana"))
    story.when(2, TickStep("look", "Look at the graphs", StepOutcome.DONE))
    assert [one.at for one in pending(story.incident) if one.kind is Coming.TIME_BOX] == [at(10), at(16)]
    assert not overran(story.wait(9.9))
    facts = story.wait(10)
    said = PhaseOverran(phase="First look", deadline=at(10), done=1, steps=2, cite=FIRST.cite)
    assert overran(facts) == [said]
    assert not any(isinstance(one, Paged) for one in facts)
    told = next(one for one in story.facts if one.fact == said)
    assert sentence(told) == "First look was to be over at 2026-11-21 03:10 UTC; 1 of its 2 steps are done"
    later = story.wait(200)
    assert [one.phase for one in overran(later)] == ["Investigation"]
    silent = next(one for one in story.facts if one.fact in later and isinstance(one.fact, PhaseOverran))
    assert sentence(silent) == "Investigation was to be over at 2026-11-21 03:16 UTC"


def test_a_phase_whose_steps_have_all_ended_is_over() -> None:
    """However they ended: done, skipped."""
    story = Story(of=BOXES)
    story.when(1, TickStep("look", "Look at the graphs", StepOutcome.DONE))
    story.when(2, TickStep("ask", "Ask support", StepOutcome.SKIPPED, "nobody is there"))
    assert not overran(story.wait(15))


def test_an_investigation_counts_from_when_somebody_has_it() -> None:
    """Nobody investigates before the acknowledgement at minute 7; its quarter of an hour is over at 22."""
    story = Story(of=BOXES)
    assert [one.phase for one in pending(story.incident) if one.kind is Coming.TIME_BOX] == ["First look"]
    story.when(7, Acknowledge("ana"))
    assert [one.deadline for one in overran(story.wait(30))] == [at(10), at(22)]


def test_a_phase_without_steps_at_the_beginning_is_over_when_somebody_responds() -> None:
    """ "Initial response (< 5 minutes)" and nothing below it: the acknowledgement is the response."""
    of = plan(time_boxes=(TimeBox("Initial response", minutes(5)),))
    story = Story(of=of)
    story.when(4, Acknowledge("ana"))
    assert not overran(story.wait(10))
    assert [one.phase for one in overran(Story(of=of).wait(10))] == ["Initial response"]


def test_mitigation_ends_the_hurry_and_a_reopening_gives_the_time_again() -> None:
    """What no longer burns is not hurried; the phases of what burns again at 60 are over at 70 and 75."""
    story = Story(of=BOXES)
    story.when(1, Acknowledge("ana"))
    story.when(3, Mitigate("rolled back"))
    assert not overran(story.wait(20))
    story.when(30, Resolve("done", confirmed=("check-1", "check-2")))
    assert not overran(story.when(60, Reopen("it is back")))
    assert [one.deadline for one in overran(story.wait(90))] == [at(70), at(75)]


@pytest.mark.parametrize(
    ("severity", "phases"), [("P2", ["First look"]), ("P3", []), (None, ["First look", "Investigation"])]
)
def test_it_holds_for_its_severities_and_for_what_nobody_has_assessed(severity: str | None, phases: list[str]) -> None:
    """A box of P0 says nothing at P2; P3 wakes nobody and is not hurried; unassessed counts as the most severe."""
    story = Story(severity, of=BOXES)
    story.when(1, Acknowledge("ana"), by=ANA)
    assert [one.phase for one in overran(story.wait(30))] == phases


def test_the_facts_alone_say_what_was_said() -> None:
    """After a restart nothing is said twice."""
    story = Story(of=BOXES)
    story.when(1, Acknowledge("ana"))
    story.wait(40)
    again = fold(BOXES, story.facts)
    assert again.overran == {"First look", "Investigation"}
    assert not [one for one in pending(again) if one.kind is Coming.TIME_BOX]


def planned(text: str) -> ResponsePlan:
    """The plan of a runbook."""
    return plan_response(compile_runbook(dedent(text)), "shop", Choices())


def test_what_a_runbook_gives_its_phases_is_planned_with_its_line() -> None:
    """A window is on the incident's own clock, a length of a later phase counts from the acknowledgement."""
    found = planned(
        """\
        # Incident response

        ## Severity levels

        | Level | Meaning | Response |
        |---|---|---|
        | P0 | Nobody can pay | 5 minutes |
        | P1 | Some cannot pay | 30 minutes |

        ## Response process

        ### Phase 1: Triage (0-10 min)

        - Look at the graphs
        - Ask support

        ### Phase 2: Investigation (P0: < 20 minutes)

        - Read the logs

        ### Phase 3: Mitigation (30-60 min)

        - Roll back

        ### Phase 4: Post-mortem (within 48 hours)

        - Write it
        """
    )
    boxes = [
        (one.phase, one.within, one.severities, len(one.steps), one.since_acknowledged) for one in found.time_boxes
    ]
    assert boxes == [
        ("Triage", timedelta(minutes=10), (), 2, False),
        ("Investigation", timedelta(minutes=20), ("P0",), 1, True),
        ("Mitigation", timedelta(hours=1), (), 1, False),
    ]
    assert [one.cite.first for one in found.time_boxes if one.cite] == [12, 17, 21]
    assert plan_from_bytes(plan_bytes(found)) == found


def test_a_runbook_that_gives_its_phases_no_time_hurries_nobody() -> None:
    """Nothing is invented."""
    assert planned("# Response\n\n## Investigation\n\n- Read the logs\n").time_boxes == ()


@pytest.mark.parametrize("said", ["every 15 minutes", "wait 10 minutes between steps", "outages over 4 hours"])
def test_a_time_that_ends_nothing_hurries_nobody(said: str) -> None:
    """A rhythm, a wait and a length that is measured stand in brackets as well and say nothing of an end."""
    playbook = compile_runbook(
        f"# Kiln\n\n## Phase 1: Response\n\n- Look\n\n## Phase 2: Mitigation ({said})\n\n- Act\n"
    )
    assert plan_response(playbook, "kiln", Choices()).time_boxes == ()


def test_a_time_is_for_the_severity_that_it_stands_with() -> None:
    """ "P1: 15 minutes, P2: 2 hours": nobody says of a P2 after 15 minutes that it takes too long."""
    scale = "# Kiln\n\n## Severity\n\n- P1: kiln cold\n- P2: kiln slow\n\n"
    playbook = compile_runbook(f"{scale}## Phase 1: Investigation (P1: 15 minutes, P2: 2 hours)\n\n- Look\n")
    (box,) = plan_response(playbook, "kiln", Choices()).time_boxes
    assert (box.within, box.severities) == (minutes(15), ("P1",))
