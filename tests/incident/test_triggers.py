"""What calls for the next level besides time: a raised severity, a topic, and people who say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from tests.incident.world import ANA, BO, P0, P2, Story, level, plan
from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident.choices import Choices
from tocsin.incident.facts import Citation, WantedUntil
from tocsin.incident.plan import Occasion, PlannedTrigger, ResponsePlan
from tocsin.incident.planning import plan_bytes, plan_from_bytes, plan_response
from tocsin.incident.triggers import TOPICS
from tocsin.oncall.calendar import WORKDAYS, Calendar, Restriction
from tocsin.runbook.compile import compile_runbook

RAISED = PlannedTrigger("line-289", Occasion.RAISED, "Incident severity increases", cite=Citation(289, 289))
LOSS = PlannedTrigger("line-238", Occasion.TOPIC, "Data loss incidents", (), TOPICS["data loss"], Citation(238, 238))
BLOCKED_TEXT = "Resolution blocked by external dependencies"
BLOCKED = PlannedTrigger("line-290", Occasion.JUDGED, BLOCKED_TEXT, ("P0",), (), Citation(290, 290))
LADDER = (level(1, "On-Call Engineer"), level(2, "Team Lead", 30), level(3, "CTO", 60))


def with_triggers(*triggers: PlannedTrigger, **changes: object) -> ResponsePlan:
    """The plan of the tests with half an hour between its levels, and these triggers."""
    severities = (replace(P0, levels=LADDER), replace(P2, levels=LADDER))
    return plan(severities=severities, triggers=triggers, **changes)


def paged(facts: list[f.Fact]) -> list[str]:
    """Whom these facts page above the first level."""
    return [fact.person for fact in facts if isinstance(fact, f.Paged) and fact.level != 1]


def test_a_raised_severity_pages_the_next_level_at_once() -> None:
    """Where the runbook lists it, a raise does not wait for the window; the page cites the line (F7)."""
    story = Story("P2", of=with_triggers(RAISED))
    facts = story.when(3, c.AssessSeverity(c.SeverityReading("P0", "worse", suggested=False)))
    assert paged(facts) == ["bo"]
    (told,) = [fact for fact in facts if isinstance(fact, f.LevelPaged)]
    assert (told.level, told.cite) == (2, RAISED.cite)
    assert told.reason == "Incident severity increases: P2 became P0"


def test_a_lowered_severity_and_a_first_one_page_nobody_more() -> None:
    """Only a raise of a severity that somebody had set calls for the next level."""
    story = Story("P0", of=with_triggers(RAISED))
    assert paged(story.when(3, c.AssessSeverity(c.SeverityReading("P2", "better", suggested=False)))) == []
    story = Story(None, of=with_triggers(RAISED))
    assert paged(story.when(1, c.AssessSeverity(c.SeverityReading("P0", "bad", suggested=False)))) == []


def test_a_topic_named_by_an_alert_pages_the_next_level_once() -> None:
    """An alert that speaks of data loss is a data loss incident, also when somebody has it; twice it is not (F10)."""
    story = Story("P0", of=with_triggers(LOSS))
    story.when(1, c.Acknowledge("ana"))
    alert = c.JoiningAlert("f2", "Backup: DATA LOSS on shard 3")
    facts = story.when(2, c.JoinAlerts((alert,), 2), BO)
    assert paged(facts) == ["bo"]
    assert [fact.wanted_until for fact in facts if isinstance(fact, f.Paged)] == [WantedUntil.RESOLVED]
    assert paged(story.when(3, c.JoinAlerts((replace(alert, fingerprint="f3"),), 3), BO)) == []


def test_a_topic_that_is_named_at_the_ladders_end_pages_the_catch_all_once() -> None:
    """The line has called then: the next alert of the same topic wakes nobody again, and the page cites the line."""
    story = Story("P0", of=replace(with_triggers(LOSS), severities=(replace(P0, levels=LADDER[:1]),)))
    story.when(1, c.Acknowledge("ana"))
    facts = story.when(2, c.JoinAlerts((c.JoiningAlert("f2", "Data loss on shard 3"),), 2), BO)
    (ended,) = [fact for fact in facts if isinstance(fact, f.EscalationExhausted)]
    assert (ended.cite, paged(facts)) == (LOSS.cite, ["chloe"])
    assert paged(story.when(3, c.JoinAlerts((c.JoiningAlert("f3", "Data loss on shard 4"),), 3), BO)) == []


def test_a_line_that_names_whom_it_calls_pages_that_one_and_no_level() -> None:
    """ "CTO (immediately if data is lost)": its case wakes the CTO, once, and the ladder goes on as before."""
    story = Story("P0", of=with_triggers(replace(LOSS, targets=("CTO",))))
    facts = story.when(2, c.JoinAlerts((c.JoiningAlert("f2", "Data loss on shard 3"),), 2), BO)
    (page,) = [fact for fact in facts if isinstance(fact, f.Paged) and fact.level != 1]
    assert (page.person, page.cite, page.wanted_until) == ("chloe", LOSS.cite, WantedUntil.RESOLVED)
    assert paged(story.when(3, c.JoinAlerts((c.JoiningAlert("f3", "Data loss on shard 4"),), 3), BO)) == []
    assert paged(story.when(4, c.Escalate("worse"))) == ["bo"]


def test_a_line_that_names_nobody_who_can_be_reached_pages_the_next_level() -> None:
    """Paging fails open: a case whose person is not bound to anybody wakes whoever comes next, who reads why."""
    story = Story("P0", of=with_triggers(replace(BLOCKED, targets=("Registrar",))))
    facts = story.when(5, c.Escalate("waiting for the registrar", trigger="line-290"))
    assert paged(facts) == ["bo"]
    (level,) = [fact for fact in facts if isinstance(fact, f.LevelPaged)]
    assert "Registrar" in level.reason.partition("waiting for the registrar")[2]


def test_somebody_says_that_the_case_of_one_person_is_there() -> None:
    """A case that no word tells is for a person to say, and calls whom its line names."""
    story = Story("P0", of=with_triggers(replace(BLOCKED, targets=("CTO",))))
    assert paged(story.when(5, c.Escalate("it is", trigger="line-290"))) == ["chloe"]


def test_a_plan_keeps_whom_a_case_calls() -> None:
    """The plan takes the people of the runbook's case, and its topic by any word of it."""
    text = "# M\n\n## Escalation\n\n1. On-call\n2. Lead (15 min)\n3. CTO (immediately on a data breach)\n"
    (trigger,) = plan_response(compile_runbook(text), "m", Choices()).triggers
    assert (trigger.targets, trigger.occasion) == (("CTO",), Occasion.TOPIC)


def test_words_that_only_look_like_a_topic_call_nobody() -> None:
    """Whole words count: a glossary of breaches is not a breach."""
    story = Story("P0", of=with_triggers(replace(LOSS, words=("breach",))))
    assert paged(story.when(2, c.JoinAlerts((c.JoiningAlert("f2", "Breaches-report is late"),), 2), BO)) == []


def test_somebody_says_that_a_line_holds_and_why() -> None:
    """ "Blocked by a vendor" is for a person to say; whoever is paged reads the line and the reason (F8, F9)."""
    story = Story("P0", of=with_triggers(BLOCKED))
    story.when(1, c.Acknowledge("ana"))
    facts = story.when(5, c.Escalate("waiting for the registrar", trigger="line-290"))
    (told,) = [fact for fact in facts if isinstance(fact, f.LevelPaged)]
    assert told.reason == "Resolution blocked by external dependencies: waiting for the registrar"
    assert (told.cite, paged(facts)) == (BLOCKED.cite, ["bo"])
    assert paged(story.when(6, c.Escalate("still", trigger="line-290"))) == ["chloe"]
    assert paged(story.when(7, c.Escalate("still", trigger="line-290"))) == ["chloe"]


@pytest.mark.parametrize(
    ("trigger", "reason", "refused"), [("line-1", "x", "no_trigger"), ("line-290", " ", "reason_missing")]
)
def test_a_line_that_is_not_there_and_an_empty_reason_are_refused(trigger: str, reason: str, refused: str) -> None:
    """A refusal names the lines there are; nobody is paged without a why."""
    answer = Story("P0", of=with_triggers(BLOCKED)).ask(1, c.Escalate(reason, trigger=trigger), ANA)
    assert isinstance(answer, c.Refusal)
    assert answer.reason == refused


def test_a_line_of_another_severity_does_not_count() -> None:
    """Triggers are scoped by severity like levels."""
    answer = Story("P2", of=with_triggers(BLOCKED)).ask(1, c.Escalate("x", trigger="line-290"), ANA)
    assert isinstance(answer, c.Refusal)


def test_escalating_to_nobody_moves_on_at_once_although_somebody_has_it() -> None:
    """An empty level is said aloud and passed over, to the catch-all in the end (R11)."""
    ladder = (level(1, "On-Call Engineer"), level(2, "Nobody", 30), level(3, "Nobody", 60))
    story = Story("P0", of=plan(severities=(replace(P0, levels=ladder),)))
    story.when(1, c.Acknowledge("ana"))
    facts = story.when(2, c.Escalate("help", level=2))
    assert [type(fact).__name__ for fact in facts] == ["LevelSkipped", "LevelSkipped", "EscalationExhausted", "Paged"]
    assert paged(facts) == ["chloe"]


def test_outside_of_business_hours_a_contact_that_keeps_them_is_passed_over() -> None:
    """Whoever keeps business hours is skipped aloud outside of them, and the next is paged at once (E8, B10)."""
    office = Calendar("office", "UTC", (Restriction(WORKDAYS, time(9), time(17)),))
    of = with_triggers(business_hours=office, only_business=("Team Lead",))
    story = Story("P0", of=of)
    facts = story.when(30, c.Advance())
    (skipped,) = [fact for fact in facts if isinstance(fact, f.LevelSkipped)]
    assert skipped.reason == "Team Lead is there in business hours only, again from Mon 2026-11-23 09:00 UTC"
    assert paged(facts) == ["chloe"]
    always = replace(office, hours=(Restriction(),))
    story = Story("P0", of=replace(of, business_hours=always))
    assert paged(story.when(30, c.Advance())) == ["bo"]


def test_two_targets_of_a_level_are_told_apart_by_their_hours() -> None:
    """ "CTO/Team Lead" at night is the CTO."""
    office = Calendar("office", "UTC", (Restriction(WORKDAYS, time(9), time(17)),))
    both = (level(1, "On-Call Engineer"), level(2, "CTO/Team Lead", 30))
    of = plan(severities=(replace(P0, levels=both),), business_hours=office, only_business=("Team Lead",))
    assert paged(Story("P0", of=of).when(30, c.Advance())) == ["chloe"]


RUNBOOK = """\
# Incident Response

## Severity Levels

### P0 - Critical
- Everything is down
- **Response Time**: 15 minutes

## Escalation

1. On-Call Engineer
2. Engineering Manager
3. CTO

### When to Escalate
- Incident severity increases
- Security-related incidents
- Customer complaints increase significantly

## Contacts

- **Engineering Manager**: +1-555-0199 (Business hours)
- **CTO**: +1-555-0198 (24/7)
"""


def test_the_plan_reads_triggers_and_hours_from_the_runbook() -> None:
    """Each line becomes what it is: seen by the rules, found in words, or a button; hours are asked for and kept."""
    made = plan_response(compile_runbook(RUNBOOK.encode(), path="RUNBOOK.md"), "shop")
    found = [(one.occasion, one.text) for one in made.triggers]
    assert found == [
        (Occasion.RAISED, "Incident severity increases"),
        (Occasion.TOPIC, "Security-related incidents"),
        (Occasion.JUDGED, "Customer complaints increase significantly"),
    ]
    assert made.only_business == ("Engineering Manager",)
    (asked,) = [one for one in made.assumptions if one.key == "assume.business_hours"]
    assert (asked.answer, asked.accepted, made.business_hours) == ("they are paged at any hour", False, None)
    assert plan_from_bytes(plan_bytes(made)) == made
    chosen = Choices(business_hours=Calendar("office", "Europe/Oslo", (Restriction(WORKDAYS, time(8), time(16)),)))
    answered = plan_response(compile_runbook(RUNBOOK.encode(), path="RUNBOOK.md"), "shop", chosen)
    (asked,) = [one for one in answered.assumptions if one.key == "assume.business_hours"]
    assert (asked.answer, asked.accepted) == ("Mon, Tue, Wed, Thu, Fri 08:00 to 16:00 Europe/Oslo", True)
