"""How an incident ends: steps, updates, verification, resolution, reopening, post-mortem."""

from __future__ import annotations

from tests.incident.world import ANA, BO, Story, at, plan
from tocsin.incident.commands import (
    Acknowledge,
    AddNote,
    ClearAlerts,
    ConfirmCheck,
    DraftPostmortem,
    FinishStep,
    JoinAlerts,
    JoiningAlert,
    LoseStep,
    Mitigate,
    NotifyCustomers,
    PostUpdate,
    PublishPostmortem,
    Refusal,
    Reopen,
    Resolve,
    StartStep,
    TakeRole,
    TickStep,
)
from tocsin.incident.facts import (
    TOCSIN,
    AlertJoined,
    AlertsTallied,
    CheckConfirmed,
    LevelPaged,
    PublicStatus,
    Reopened,
    Resolved,
    TargetClock,
    TargetMet,
    TargetMissed,
)
from tocsin.incident.pending import deadline_of, pending
from tocsin.incident.step_facts import StepFinished, StepOutcome, StepOutcomeUnknown, StepStarted
from tocsin.incident.summary import IncidentState


def refused(story: Story, minute: float, command: object) -> Refusal:
    """The refusal of a command; fails when it is not refused."""
    answer = story.ask(minute, command)  # type: ignore[arg-type]
    assert isinstance(answer, Refusal), answer
    return answer


def test_resolving_waits_for_the_verification_list_of_the_runbook() -> None:
    """L1: nobody can just click resolve; the refusal names what is left."""
    story = Story()
    refusal = refused(story, 5, Resolve("fixed"))
    assert refusal.reason == "unverified"
    assert "Health checks pass" in refusal.message
    story.when(6, ConfirmCheck("check-1"))
    facts = story.when(7, Resolve("fixed", confirmed=("check-2",)))
    assert [x.check for x in facts if isinstance(x, CheckConfirmed)] == ["check-2"]
    assert story.incident.state is IncidentState.RESOLVED


def test_the_verification_can_be_overridden_with_a_reason_that_is_kept() -> None:
    """The override stands on the timeline with what was left open."""
    story = Story()
    (resolved,) = [x for x in story.when(5, Resolve(override="false alarm")) if isinstance(x, Resolved)]
    assert resolved.unconfirmed == ("Health checks pass", "No error spikes")
    assert resolved.override == "false alarm"


def test_resolving_in_time_meets_the_resolution_target() -> None:
    """The clock stops with the resolution."""
    story = Story()
    facts = story.when(90, Resolve(override="gone"))
    assert TargetClock.RESOLUTION in [x.clock for x in facts if isinstance(x, TargetMet)]
    assert TargetClock.RESOLUTION not in [x.clock for x in facts if isinstance(x, TargetMissed)]


def test_nothing_but_the_postmortem_is_pending_after_the_resolution() -> None:
    """It is due from the resolution on; 48 hours later it is missed once."""
    story = Story()
    story.when(30, Resolve(override="gone"))
    (due,) = pending(story.incident)
    assert (due.clock, due.at) == (TargetClock.POSTMORTEM, at(30 + 48 * 60))
    missed = [x for x in story.wait(60 * 60) if isinstance(x, TargetMissed)]
    assert [x.clock for x in missed] == [TargetClock.POSTMORTEM]
    assert pending(story.incident) == ()


def test_a_reopened_incident_pages_again_from_the_first_level() -> None:
    """It was not over: nobody has it, the checks count anew, the first level is paged."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    story.when(30, Resolve(confirmed=("check-1", "check-2")))
    refusal = refused(story, 31, Reopen(""))
    assert refusal.reason == "reason_missing"
    facts = story.when(40, Reopen("errors are back"), BO)
    assert isinstance(facts[0], Reopened)
    assert [x.level for x in facts if isinstance(x, LevelPaged)] == [1]
    assert story.incident.checks == {}
    assert story.incident.state is IncidentState.TRIGGERED


def test_status_updates_are_due_on_the_cadence_and_an_update_starts_it_anew() -> None:
    """B6: every 30 minutes; in time it is met, late it is missed once per period."""
    story = Story()
    assert deadline_of(story.incident, TargetClock.UPDATE) == at(30)
    story.when(1, Acknowledge("ana"))
    met = [x.clock for x in story.when(20, PostUpdate("looking")) if isinstance(x, TargetMet)]
    assert met == [TargetClock.UPDATE]
    assert deadline_of(story.incident, TargetClock.UPDATE) == at(50)
    story.when(45, AddNote("still"))
    missed = [x for x in story.wait(51) if isinstance(x, TargetMissed)]
    assert [x.deadline for x in missed] == [at(50)]
    assert deadline_of(story.incident, TargetClock.UPDATE) == at(80)


def test_work_before_the_acknowledgement_counts_as_a_response() -> None:
    """A note, a step, a role: somebody is there, and the response target is met."""
    for command in (AddNote("here"), TakeRole("Incident Commander", "ana"), TickStep("s", "Look", StepOutcome.DONE)):
        facts = Story().when(3, command)
        assert TargetClock.RESPONSE in [x.clock for x in facts if isinstance(x, TargetMet)]


def test_one_person_may_hold_several_roles_and_hand_one_over() -> None:
    """Roles are slots, not jobs."""
    story = Story()
    story.when(1, TakeRole("Incident Commander", "ana"))
    story.when(1, TakeRole("Communications Lead", "ana"))
    story.when(2, TakeRole("Communications Lead", "bo"), BO)
    assert story.incident.roles == {"Incident Commander": "ana", "Communications Lead": "bo"}


def test_a_run_is_started_once_and_never_again() -> None:
    """R14, R15: the same run, and a step that is running, are refused."""
    story = Story()
    start = StartStep("run-1", "s", "Check health", "curl", "node-1")
    assert isinstance(story.when(1, start)[0], TargetMet | StepStarted)
    assert refused(story, 2, start).reason == "already_run"
    assert refused(story, 2, StartStep("run-2", "s", "Check health", "curl", "node-1")).reason == "running"
    story.when(3, FinishStep("run-1", StepOutcome.SUCCEEDED, (0,), "ok"), TOCSIN)
    assert refused(story, 4, start).reason == "already_run"


def test_a_lost_run_is_unknown_until_its_late_result_comes() -> None:
    """R15, R16, F49: it may have happened or not; a late result is recorded once, not lost."""
    story = Story()
    story.when(1, StartStep("run-1", "s", "Check health", "curl", "node-1"))
    (lost,) = [x for x in story.when(2, LoseStep("run-1", "killed"), TOCSIN) if isinstance(x, StepOutcomeUnknown)]
    assert lost.step == "s"
    late = FinishStep("run-1", StepOutcome.SUCCEEDED, (0,), "ok")
    assert [x for x in story.when(3, late, TOCSIN) if isinstance(x, StepFinished)]
    assert story.when(4, late, TOCSIN) == []


def test_an_incident_cannot_be_resolved_while_a_step_runs() -> None:
    """Its end might change the picture."""
    story = Story()
    story.when(1, StartStep("run-1", "s", "Check health", "curl", "node-1"))
    assert refused(story, 2, Resolve(override="gone")).reason == "running"


def test_customers_are_never_told_of_a_drill() -> None:
    """Publishing fails closed."""
    story = Story()
    story.incident.drill = True
    assert refused(story, 2, NotifyCustomers("u1", PublicStatus.INVESTIGATING, "We look into it")).reason == "drill"


def test_joining_alerts_are_counted_and_not_appended_one_by_one() -> None:
    """Ten are facts, then only powers of ten are; a storm of 4,000 alerts is a dozen facts."""
    story = Story()
    before = len(story.facts)
    for count in range(1, 4001, 250):
        alerts = tuple(JoiningAlert(f"f{n}", f"alert {n}") for n in range(count, count + 250))
        story.when(0.5, JoinAlerts(alerts, count + 249), TOCSIN)
    facts = [r.fact for r in story.facts[before:]]
    assert len([x for x in facts if isinstance(x, AlertJoined)]) == 10
    assert [x.distinct for x in facts if isinstance(x, AlertsTallied)] == [100, 1000]


def test_cleared_alerts_do_not_stop_the_paging() -> None:
    """A source that went silent is no proof that all is well: paging fails open."""
    story = Story()
    story.when(1, ClearAlerts(1), TOCSIN)
    assert [x.level for x in story.wait(5) if isinstance(x, LevelPaged)] == [2]


def test_the_postmortem_is_published_without_blanks_only() -> None:
    """Blanks are named; a complete one stops the clock."""
    story = Story()
    assert refused(story, 5, PublishPostmortem("abc")).reason == "open"
    story.when(10, Resolve(override="gone"))
    story.when(20, DraftPostmortem("abc"))
    refusal = refused(story, 30, PublishPostmortem("abc", blanks=("[root cause]",)))
    assert "[root cause]" in refusal.message
    facts = story.when(40, PublishPostmortem("def"))
    assert [x.clock for x in facts if isinstance(x, TargetMet)] == [TargetClock.POSTMORTEM]
    assert pending(story.incident) == ()


def test_a_mitigated_incident_still_has_to_be_resolved() -> None:
    """Mitigated is not over: the verification list still stands before the end."""
    story = Story(of=plan())
    story.when(5, Mitigate("rolled back"), ANA)
    assert story.incident.state is IncidentState.MITIGATED
    assert refused(story, 6, Resolve()).reason == "unverified"


def test_what_fires_anew_long_after_the_mitigation_reopens_and_pages() -> None:
    """R4: nobody would be woken for it again; what comes within five minutes is the tail of the same trouble."""
    story = Story()
    story.when(1, Acknowledge("ana"))
    story.when(10, Mitigate("rolled back"), ANA)
    tail = story.when(14, JoinAlerts((JoiningAlert("b", "slow"),), 2), TOCSIN)
    assert not any(isinstance(x, Reopened | LevelPaged) for x in tail)
    anew = story.when(15, JoinAlerts((JoiningAlert("a", "Till is down"),), 2), TOCSIN)
    assert isinstance(anew[0], Reopened)
    assert anew[0].reason == "'Till is down' fires after it was mitigated"
    assert [x.level for x in anew if isinstance(x, LevelPaged)] == [1]
    assert story.incident.state is IncidentState.TRIGGERED
    assert not any(isinstance(x, Reopened) for x in story.when(16, JoinAlerts((JoiningAlert("c", "x"),), 3), TOCSIN))


def test_an_alert_that_fires_after_all_were_cleared_is_told_however_many_came_before() -> None:
    """R3: the tenth alert ends the telling one by one, not the truth of "cleared"."""
    story = Story()
    story.when(1, JoinAlerts(tuple(JoiningAlert(f"a{n}", "down") for n in range(12)), 12))
    story.when(2, ClearAlerts(12))
    assert story.incident.cleared_at is not None
    story.when(3, JoinAlerts((JoiningAlert("a3", "down"),), 12))
    assert story.incident.cleared_at is None
    assert story.incident.distinct_alerts == 12


def test_an_alert_that_flaps_is_one_alert() -> None:
    """Distinct alerts are counted by their fingerprint, not by how often they joined."""
    story = Story()
    for minute in (1, 3, 5):
        story.when(minute, JoinAlerts((JoiningAlert("a", "down"),), 1))
        story.when(minute + 1, ClearAlerts(1))
    assert story.incident.distinct_alerts == 1
