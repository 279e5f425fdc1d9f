"""From what a runbook states, and what it leaves open, to a plan: nothing invented, nobody left asleep."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.incident.world import minutes
from tocsin.incident.choices import Choices
from tocsin.incident.plan import Awaits, PlannedLevel, ResponsePlan
from tocsin.incident.planning import plan_bytes, plan_from_bytes, plan_response
from tocsin.runbook.instructions import Procedure, ProcedureKind, Step, StepKind
from tocsin.runbook.playbook import (
    Cadence,
    Contact,
    ContactChannel,
    ContactKind,
    EscalationLevel,
    EscalationRule,
    Playbook,
    PostmortemPolicy,
    Severity,
    Source,
    Trigger,
)
from tocsin.runbook.stated import Duration, DurationKind, Lines

AT = Lines(1, 1)


def after(span: timedelta, text: str = "stated", line: int = 50) -> Duration:
    """A stated span."""
    return Duration(int(span.total_seconds()), text, lines=Lines(line, line))


def book(**fields: object) -> Playbook:
    """A playbook with one severity, P0, that answers within 15 minutes unless said."""
    made: dict[str, object] = {
        "id": "sha256:book",
        "title": "Runbook",
        "source": Source("RUNBOOK.md", "0", 10),
        "severities": (Severity("P0", 0, Lines(11, 11), "Critical", response_target=after(minutes(15), line=18)),),
    }
    made.update(fields)
    return Playbook(**made)  # type: ignore[arg-type]


def chain(*levels: EscalationLevel) -> tuple[EscalationLevel, ...]:
    """An escalation chain."""
    return levels


def ladder(plan: ResponsePlan) -> list[tuple[tuple[str, ...], float, Awaits]]:
    """The ladder of the first severity: targets, minutes, what each level awaits."""
    return [(x.targets, x.after / minutes(1), x.awaits) for x in plan.severities[0].levels]


def open_keys(plan: ResponsePlan) -> set[str]:
    """The questions that nobody has answered."""
    return {a.key for a in plan.assumptions if not a.accepted}


ON_CALL = EscalationLevel(1, ("On-call",), Lines(320, 320))
LEAD = EscalationLevel(2, ("Team Lead",), Lines(321, 321))
MANAGEMENT = EscalationLevel(3, ("Management",), Lines(322, 322))


def test_an_order_without_times_is_spread_over_the_response_target_and_asked() -> None:
    """F2: three levels within 15 minutes are five minutes apart; that is ours, so it is a question."""
    plan = plan_response(book(escalation_levels=chain(ON_CALL, LEAD, MANAGEMENT)), "shop")
    assert [(t, m) for t, m, _ in ladder(plan)] == [(("On-call",), 0), (("Team Lead",), 5), (("Management",), 10)]
    assert [level.assumed for level in plan.severities[0].levels] == [False, True, True]
    assert "assume.escalate_after.P0" in open_keys(plan)


def test_the_teams_own_window_is_no_question_any_more() -> None:
    """Asked once: the answer of tocsin.toml holds, and nothing is marked as assumed."""
    playbook = book(escalation_levels=chain(ON_CALL, LEAD))
    plan = plan_response(playbook, "shop", Choices(escalate_after=minutes(8)))
    assert [m for _, m, _ in ladder(plan)] == [0, 8]
    assert "assume.escalate_after.P0" not in open_keys(plan)
    assert not any(level.assumed for level in plan.severities[0].levels)


def test_the_teams_word_on_paging_again_holds_before_anybody_has_judged_the_severity_too() -> None:
    """An incident without a severity is paged again as often as the team said, by default every five minutes."""
    choices = Choices(repeats_every=minutes(30))
    assert plan_response(book(), "shop", choices).unassessed.repeats_every == minutes(30)
    assert plan_response(book(severities=()), "shop", choices).unassessed.repeats_every == minutes(30)
    assert plan_response(book(), "shop", Choices()).unassessed.repeats_every == minutes(5)


def test_a_stated_window_on_being_unresolved_awaits_resolution() -> None:
    """F4, F5: "if unresolved in 1 hour" is not stopped by an acknowledgement; it cites its line."""
    lead = EscalationLevel(
        2, ("Team Lead",), Lines(241, 241), after=after(minutes(60), "1 hour", 241), trigger=Trigger.UNRESOLVED
    )
    plan = plan_response(book(escalation_levels=chain(ON_CALL, lead)), "shop")
    assert ladder(plan)[1] == (("Team Lead",), 60, Awaits.RESOLUTION)
    level: PlannedLevel = plan.severities[0].levels[1]
    assert level.cite is not None
    assert level.cite.first == 241


def test_no_level_is_planned_before_the_one_below_it() -> None:
    """A window that is shorter than the one before it begins with that one: else the level between would be passed."""
    lead = replace(LEAD, after=after(minutes(30)), trigger=Trigger.UNACKNOWLEDGED)
    management = replace(MANAGEMENT, after=after(minutes(10)), trigger=Trigger.UNACKNOWLEDGED)
    plan = plan_response(book(escalation_levels=chain(ON_CALL, lead, management)), "shop")
    assert [m for _, m, _ in ladder(plan)] == [0, 30, 30]


def test_unacknowledged_within_response_time_uses_the_severitys_own_target() -> None:
    """F6: "Incident not acknowledged within response time"."""
    rule = EscalationRule("not acknowledged within response time", Lines(288, 288), Trigger.UNACKNOWLEDGED)
    plan = plan_response(book(escalation_levels=chain(ON_CALL, LEAD), escalation_rules=(rule,)), "shop")
    assert ladder(plan)[1] == (("Team Lead",), 15, Awaits.ACKNOWLEDGEMENT)
    assert "assume.escalate_after.P0" not in open_keys(plan)


def test_of_two_contradicting_windows_the_levels_own_holds_until_the_team_says_otherwise() -> None:
    """D16: 30 minutes in one line, an hour in another; both are named in the question."""
    lead = EscalationLevel(2, ("Team Lead",), Lines(241, 241), after=after(minutes(60)), trigger=Trigger.UNRESOLVED)
    rule = EscalationRule("P0 not resolved in 30 minutes", Lines(234, 234), Trigger.UNRESOLVED, after(minutes(30)))
    playbook = book(escalation_levels=chain(ON_CALL, lead), escalation_rules=(rule,))
    plan = plan_response(playbook, "shop")
    assert ladder(plan)[1][1] == 60
    (question,) = [a for a in plan.assumptions if a.key == "assume.strictest.P0"]
    assert "234" in question.question
    assert "241" in question.question
    assert ladder(plan_response(playbook, "shop", Choices(strictest=True)))[1][1] == 30


def test_a_chain_that_begins_above_the_one_on_call_gets_a_first_responder_and_a_question() -> None:
    """The text names managers only; somebody must be paged first, and the team is asked who."""
    plan = plan_response(book(escalation_levels=chain(LEAD, MANAGEMENT)), "shop")
    assert ladder(plan)[0][0] == ("On-Call",)
    assert "assume.first_responder" in open_keys(plan)
    answered = plan_response(book(escalation_levels=chain(LEAD)), "shop", Choices(first_responder="Primary"))
    assert ladder(answered)[0][0] == ("Primary",)


@pytest.mark.parametrize(
    "who",
    ["On-Call Engineer", "Ingeniera de guardia", "Plantonista", "Rufbereitschaft", "Дежурный инженер", "值班工程师"],
)
def test_whoever_is_on_call_begins_the_ladder_in_any_language(who: str) -> None:
    """The chain has its first responder, though nothing says that it starts; nobody is asked."""
    first = EscalationLevel(1, (who,), AT, trigger=Trigger.UNACKNOWLEDGED)
    plan = plan_response(book(escalation_levels=chain(first, LEAD)), "shop")
    assert ladder(plan)[0][0] == (who,)
    assert "assume.first_responder" not in open_keys(plan)


def test_a_first_level_that_is_called_in_on_a_condition_is_not_the_first_responder() -> None:
    """ "For technical escalations": somebody else has the incident first, and the team is asked who."""
    manager = EscalationLevel(
        1, ("Engineering Manager",), AT, trigger=Trigger.START, condition="For technical escalations"
    )
    plan = plan_response(book(escalation_levels=chain(manager)), "shop")
    assert [t for t, _, _ in ladder(plan)] == [("On-Call",), ("Engineering Manager",)]


def test_who_comes_when_the_one_before_does_not_answer_is_not_the_first() -> None:
    """Nobody is named before the second on-call, and somebody is called 15 minutes before that one all the same."""
    quarter = Duration(900, "15 minutes")
    second = EscalationLevel(2, ("Second on-call",), AT, after=quarter, trigger=Trigger.UNACKNOWLEDGED)
    plan = plan_response(book(escalation_levels=chain(second)), "shop")
    assert [(targets, minute) for targets, minute, _ in ladder(plan)] == [(("On-Call",), 0), (("Second on-call",), 15)]


def test_a_severity_is_no_condition_of_whom_a_sentence_pages_at_once() -> None:
    """ "Page the stones immediately for P0" puts them first at P0."""
    said = "Page the stones immediately for P0 alerts"
    level = EscalationLevel(1, ("Stones",), AT, severities=("P0",), trigger=Trigger.START, condition=said)
    plan = plan_response(book(escalation_levels=chain(level)), "shop")
    assert ladder(plan)[0][0] == ("Stones",)


def test_contacts_outside_stand_in_for_no_ladder() -> None:
    """A police station, an authority and a form to fill in are told by somebody; nobody pages them."""
    contacts = (
        Contact("Miller", ContactKind.ROLE, Lines(1, 1), (ContactChannel("phone", "555 0101"),)),
        Contact("County Police", ContactKind.ROLE, Lines(2, 2), (ContactChannel("phone", "555 0102"),)),
        Contact("Grain Board", ContactKind.ROLE, Lines(3, 3), (ContactChannel("url", "https://grain.example"),)),
        Contact("Polizei", ContactKind.ROLE, Lines(4, 4)),
    )
    plan = plan_response(book(contacts=contacts), "shop")
    assert [targets for targets, _, _ in ladder(plan)] == [("On-Call",), ("Miller",)]


def test_what_is_nobody_and_has_no_address_stands_in_for_no_ladder() -> None:
    """A line of a chapter of contacts that names a thing, and says in words where to look, is paged by nobody."""
    contacts = (
        Contact("Sacks and scales", ContactKind.ROLE, Lines(1, 1), (ContactChannel("other", "their consoles"),)),
        Contact("Insurance", ContactKind.ROLE, Lines(2, 2)),
        Contact("Owner", ContactKind.ROLE, Lines(3, 3), (ContactChannel("other", "in the white house"),)),
        Contact("Ledger", ContactKind.ROLE, Lines(4, 4), unfilled=True),
        Contact("Grain store", ContactKind.ROLE, Lines(5, 5), (ContactChannel("phone", "555 0103"),)),
    )
    plan = plan_response(book(contacts=contacts), "shop")
    assert [targets for targets, _, _ in ladder(plan)] == [("On-Call",), ("Owner",), ("Ledger",), ("Grain store",)]


def test_a_full_name_without_an_address_is_paged_and_who_is_left_out_is_named_in_the_question() -> None:
    """Paging fails open: a person who is listed with no more than a name is somebody; nobody is left out silently."""
    contacts = (
        Contact("Ada Grindstone", ContactKind.ROLE, Lines(1, 1)),
        Contact("Insurance", ContactKind.ROLE, Lines(2, 2)),
        Contact("Miller", ContactKind.ROLE, Lines(3, 3), (ContactChannel("phone", "555 0104"),)),
    )
    plan = plan_response(book(contacts=contacts), "shop")
    assert [targets for targets, _, _ in ladder(plan)] == [("On-Call",), ("Ada Grindstone",), ("Miller",)]
    (asked,) = (one.question for one in plan.assumptions if one.key == "assume.escalation.P0")
    assert asked.endswith("Not among them, by their names alone: Insurance.")


def test_nobody_is_waked_who_is_only_told_or_sits_at_the_desk_of_another_firm() -> None:
    """Of contacts without an order, lawyers and help desks are no responders; one on call is, whatever the word."""
    mail = (ContactChannel("email", "support@sackhosting.example"),)
    contacts = (
        Contact("Miller", ContactKind.ROLE, Lines(1, 1), (ContactChannel("phone", "555 0104"),)),
        Contact("Legal", ContactKind.ROLE, Lines(2, 2), (ContactChannel("email", "legal@mill.example"),)),
        Contact("Sackhosting", ContactKind.ROLE, Lines(3, 3), mail),
        Contact("Öffentlichkeitsarbeit", ContactKind.ROLE, Lines(4, 4), unfilled=True),
        Contact("Legal on-call", ContactKind.ROTATION, Lines(5, 5), (ContactChannel("phone", "555 0105"),)),
        Contact("Duty team", ContactKind.TEAM, Lines(6, 6), (ContactChannel("email", "support@mill.example"),)),
    )
    plan = plan_response(book(contacts=contacts), "shop")
    assert [targets for targets, _, _ in ladder(plan)] == [("Legal on-call",), ("Miller",), ("Duty team",)]
    (asked,) = (one.question for one in plan.assumptions if one.key == "assume.escalation.P0")
    assert asked.endswith("Not among them, by their names alone: Legal, Sackhosting, Öffentlichkeitsarbeit.")


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("Page the stones at once", ("Stones",)),
        ("Page the stones", ("On-Call",)),
        ("Page the stones immediately if one burns", ("On-Call",)),
    ],
)
def test_whom_a_sentence_pages_at_once_is_the_first(said: str, first: tuple[str, ...]) -> None:
    """ "Page the stones at once" leaves nobody to be put before them; with an "if" they are called in later."""
    level = EscalationLevel(1, ("Stones",), Lines(320, 320), trigger=Trigger.START, condition=said)
    plan = plan_response(book(escalation_levels=chain(level)), "shop")
    assert ladder(plan)[0][0] == first


def test_without_any_escalation_the_contacts_stand_in_those_on_call_first_and_vendors_never() -> None:
    """B: no ladder at all in the text; R11 wants somebody all the same."""
    contacts = (
        Contact("Hosting Support", ContactKind.VENDOR, AT),
        Contact("Engineering Manager", ContactKind.ROLE, AT),
        Contact("Primary On-Call", ContactKind.ROTATION, AT),
    )
    plan = plan_response(book(contacts=contacts), "shop")
    assert [t for t, _, _ in ladder(plan)] == [("Primary On-Call",), ("Engineering Manager",)]
    assert "assume.escalation.P0" in open_keys(plan)


def test_a_document_that_says_nothing_still_pages_the_one_on_call() -> None:
    """Paging fails open: an empty runbook gives a ladder of one, and questions."""
    plan = plan_response(book(severities=()), "shop")
    assert [level.targets for level in plan.unassessed.levels] == [("On-Call",)]
    assert plan.severity(None) is plan.unassessed


def test_immediate_is_a_target_of_nothing_that_nobody_can_meet_so_it_is_asked() -> None:
    """B4: the playbook keeps its 0 seconds; the plan needs a span, and says whose it is."""
    immediate = Duration(0, "Immediate", DurationKind.IMMEDIATE, Lines(9, 9))
    plan = plan_response(book(severities=(Severity("P0", 0, AT, response_target=immediate),)), "shop")
    target = plan.severities[0].response
    assert target is not None
    assert target.within == minutes(5)
    assert "assume.immediate_means" in open_keys(plan)


def test_what_the_text_does_not_state_is_no_clock() -> None:
    """Absent targets stay absent; "best effort" has no length and is none either."""
    severity = Severity("SEV1", 0, AT, response_target=Duration(None, "best effort", DurationKind.BEST_EFFORT))
    plan = plan_response(book(severities=(severity,)), "shop")
    assert (plan.severities[0].response, plan.severities[0].resolution, plan.postmortem) == (None, None, None)


def test_a_level_is_for_the_severities_that_it_names() -> None:
    """ "(P0)" behind a level: the others' ladders end before it."""
    cto = EscalationLevel(2, ("CTO",), AT, severities=("P0",))
    severities = (Severity("P0", 0, AT), Severity("P1", 1, AT))
    plan = plan_response(book(severities=severities, escalation_levels=chain(ON_CALL, cto)), "shop")
    assert [len(s.levels) for s in plan.severities] == [2, 1]


def test_severities_that_the_team_wants_recorded_only_do_not_page() -> None:
    """D11: an answer of the team, by any spelling of the name."""
    plan = plan_response(book(), "shop", Choices(no_page=("p-0",)))
    assert not plan.severities[0].pages


def test_the_plan_keeps_who_says_that_a_severity_wakes_nobody() -> None:
    """D11: the answer stands among the accepted ones, with the runbook's own names; without one nothing is said."""
    said = [one for one in plan_response(book(), "shop", Choices(no_page=("p-0", "P9"))).assumptions if one.accepted]
    assert [(one.key, one.answer, one.cite) for one in said] == [("assume.no_page", "P0", None)]
    for nothing in (Choices(), Choices(no_page=()), Choices(no_page=("P9",))):
        assert not any(one.key == "assume.no_page" for one in plan_response(book(), "shop", nothing).assumptions)


def test_a_cadence_inside_a_procedure_holds_for_that_procedure() -> None:
    """B6: "every 30 minutes" is written under one incident and says nothing about others."""
    outage = Procedure("outage", "Complete Outage", ProcedureKind.INCIDENT, Lines(126, 134))
    cadence = Cadence("status_update", after(minutes(30), "every 30 minutes"), Lines(133, 133))
    plan = plan_response(book(procedures=(outage,), cadences=(cadence,)), "shop")
    assert [(c.every, c.procedure) for c in plan.cadences] == [(minutes(30), "outage")]


def test_the_verification_list_comes_from_the_validation_procedure() -> None:
    """L1, L7: each line once, with its place in the text."""
    steps = tuple(
        Step(f"s{n}", t, StepKind.MANUAL, "verification", Lines(166 + n, 166 + n))
        for n, t in enumerate(("Verify all health checks pass", "Confirm application functionality"))
    )
    validation = Procedure("validation", "Recovery Validation", ProcedureKind.VALIDATION, Lines(164, 171), steps=steps)
    plan = plan_response(book(procedures=(validation,)), "shop")
    assert [check.text for check in plan.checks] == [
        "Verify all health checks pass",
        "Confirm application functionality",
    ]


def test_the_postmortem_deadline_is_the_documents() -> None:
    """B7: within 48 hours, counted from the resolution."""
    policy = PostmortemPolicy(AT, due=after(timedelta(hours=48)))
    plan = plan_response(book(postmortem=policy), "shop")
    assert plan.postmortem is not None
    assert plan.postmortem.within == timedelta(hours=48)


def test_a_plan_survives_the_store_and_its_id_is_its_content() -> None:
    """Pinned by hash: the same words make the same plan, other words another one."""
    plan = plan_response(book(escalation_levels=chain(ON_CALL, LEAD)), "shop")
    assert plan_from_bytes(plan_bytes(plan)) == plan
    assert plan_response(book(escalation_levels=chain(ON_CALL, LEAD)), "shop").id == plan.id
    assert plan_response(book(escalation_levels=chain(ON_CALL)), "shop").id != plan.id


def test_a_severity_without_a_ladder_below_one_that_has_one_wakes_only_who_is_on_call() -> None:
    """The contacts are no ladder for a lesser severity: the director on the list is not woken for it."""
    contacts = tuple(
        Contact(name, ContactKind.ROLE, Lines(n, n), (ContactChannel("phone", f"+1 555 010{n}"),))
        for n, name in enumerate(("Director", "On-call Primary", "Team Lead"))
    )
    low = Severity("P3", 1, Lines(13, 13), "Low")
    only_p0 = replace(LEAD, severities=("P0",), after=after(minutes(30)), trigger=Trigger.UNRESOLVED)
    both = (*book().severities, low)
    plan = plan_response(book(severities=both, contacts=contacts, escalation_levels=(only_p0,)), "shop")
    assert [level.targets for level in plan.severities[1].levels] == [("On-call Primary",)]
    named = tuple(replace(one, name=name, purpose=one.name) for one, name in zip(contacts, "ABC", strict=True))
    by_role = plan_response(book(severities=both, contacts=named, escalation_levels=(only_p0,)), "shop")
    assert [level.targets for level in by_role.severities[1].levels] == [("B",)]
    written_nowhere = plan_response(book(severities=both, contacts=contacts), "shop")
    assert [level.targets for level in written_nowhere.severities[1].levels] == [
        ("On-call Primary",),
        ("Director",),
        ("Team Lead",),
    ]
