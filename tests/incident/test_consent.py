"""Whose consent a step needs, how it is given, and what voids it."""

from __future__ import annotations

import pytest

from tests.incident.world import ANA, BO, Story, at
from tocsin.incident.commands import (
    ApproveStep,
    CancelStep,
    Command,
    DeclineStep,
    FinishStep,
    MatchProcedure,
    ProcedureReading,
    Refusal,
    Resolve,
    StartStep,
)
from tocsin.incident.consent import Environment, consent_for
from tocsin.incident.effects import NEWS
from tocsin.incident.facts import TOCSIN, Actor, ActorKind, Fact, Via
from tocsin.incident.pending import Coming, pending
from tocsin.incident.step_facts import (
    EvidenceGathered,
    GlassBroken,
    StepApprovalExpired,
    StepApproved,
    StepCancelRequested,
    StepOutcome,
    StepProposed,
    StepStarted,
)
from tocsin.incident.step_phase import StepPhase
from tocsin.runbook.instructions import Effect

PROGRAM = Actor(ActorKind.TOKEN, "bo", Via.API)
DIGEST = "d1"


def refused(story: Story, minute: float, command: Command, by: Actor = ANA) -> Refusal:
    """The refusal of a command; fails when it is not refused."""
    answer = story.ask(minute, command, by)
    assert isinstance(answer, Refusal), answer
    return answer


def start(run: str = "r1", effect: Effect = Effect.DESTRUCTIVE, **given: object) -> StartStep:
    """The wish to run a step on prod-1, with everything given that one person can give."""
    wish: dict[str, object] = {"confirmed": True, "typed": "prod-1", "target": "prod-1", "digest": DIGEST, **given}
    return StartStep(run, "s", "Flush the cache", "redis-cli FLUSHALL", "node-1", effect=effect, **wish)  # type: ignore[arg-type]


def approve(run: str = "r1", digest: str = DIGEST, now_digest: str = DIGEST) -> ApproveStep:
    """The approval of a run."""
    return ApproveStep(run, digest, now_digest, "node-1")


def asked() -> Story:
    """An incident in which Ana asks for approval."""
    story = Story()
    story.when(1, start())
    return story


def of(facts: list[Fact], kind: type[Fact]) -> list[Fact]:
    """Those of one kind."""
    return [one for one in facts if isinstance(one, kind)]


@pytest.mark.parametrize(
    ("effect", "environment", "pages", "wanted"),
    [
        (Effect.READ_ONLY, Environment.PRODUCTION, True, ""),
        (Effect.MUTATING, Environment.PRODUCTION, True, "confirmation"),
        (Effect.UNKNOWN, Environment.PRODUCTION, True, "confirmation"),
        (Effect.MUTATING, Environment.STAGING, False, "confirmation"),
        (Effect.DESTRUCTIVE, Environment.PRODUCTION, True, "confirmation typed_target second_person break_glass"),
        (Effect.DESTRUCTIVE, Environment.PRODUCTION, False, "confirmation typed_target second_person"),
        (Effect.DESTRUCTIVE, Environment.STAGING, True, "confirmation typed_target"),
        (Effect.DESTRUCTIVE, Environment.DEVELOPMENT, False, "confirmation typed_target"),
    ],
)
def test_consent_follows_from_effect_severity_and_environment(
    effect: Effect, environment: Environment, pages: bool, wanted: str
) -> None:
    """The table, line by line; what may change counts as changing."""
    consent = consent_for(effect, pages=pages, environment=environment)
    needs = ("confirmation", "typed_target", "second_person", "break_glass")
    assert [name for name in needs if getattr(consent, name)] == wanted.split()


def test_what_only_looks_starts_at_once() -> None:
    """No question before a look."""
    assert of(Story().when(1, start(effect=Effect.READ_ONLY, confirmed=False, typed="")), StepStarted)


def test_what_changes_is_confirmed_by_whoever_runs_it() -> None:
    """Without the confirmation nothing starts, and the refusal says what to do."""
    refusal = refused(Story(), 1, start(effect=Effect.MUTATING, confirmed=False))
    assert refusal.reason == "confirm"
    assert of(Story().when(1, start(effect=Effect.MUTATING, typed="")), StepStarted)


def test_a_program_may_look_and_no_more() -> None:
    """A token of a program gives no consent, whatever it sends."""
    assert of(Story().when(1, start(effect=Effect.READ_ONLY), PROGRAM), StepStarted)
    assert refused(Story(), 1, start(effect=Effect.MUTATING), PROGRAM).reason == "no_person"


@pytest.mark.parametrize("typed", ["", "prod-2", "PROD-1", "prod-1 "])
def test_a_destructive_step_wants_the_targets_name_as_it_is(typed: str) -> None:
    """Who types it has read where it runs."""
    assert refused(Story(), 1, start(typed=typed)).reason == "type_target"


def test_a_destructive_step_waits_for_a_second_person() -> None:
    """It is proposed, nothing starts, and it becomes void by itself after fifteen minutes."""
    story = Story()
    facts = story.when(1, start())
    (proposed,) = of(facts, StepProposed)
    assert isinstance(proposed, StepProposed)
    assert (proposed.digest, proposed.expires_at) == (DIGEST, at(16))
    assert of(facts, StepStarted) == []
    assert story.incident.steps["s"].phase is StepPhase.AWAITING_APPROVAL
    assert [p.at for p in pending(story.incident) if p.kind is Coming.APPROVAL] == [at(16)]


def test_a_second_persons_approval_starts_exactly_what_was_asked_for() -> None:
    """R14: approved and started in one breath; the record names both."""
    story = asked()
    facts = story.when(5, approve(), BO)
    (started,) = of(facts, StepStarted)
    assert isinstance(started, StepStarted)
    assert of(facts, StepApproved)
    assert (started.run, started.digest, started.approved_by) == ("r1", DIGEST, "bo")
    state = story.incident.steps["s"]
    assert (state.by, state.approved_by, state.phase) == ("ana", "bo", StepPhase.RUNNING)


def test_nobody_approves_their_own_request() -> None:
    """F44: by whichever way they come; neither does a program of somebody else."""
    for actor in (ANA, Actor(ActorKind.PERSON, "ana", Via.CLI)):
        assert refused(asked(), 2, approve(), actor).reason == "own_request"
    assert refused(asked(), 2, approve(), PROGRAM).reason == "no_person"


def test_an_approval_is_used_once() -> None:
    """F41, F43: the second of two approvers, and a replay after the end, start nothing."""
    story = asked()
    story.when(2, approve(), BO)
    assert refused(story, 2, approve(), Actor(ActorKind.PERSON, "chloe", Via.WEB)).reason == "used"
    story.when(3, FinishStep("r1", StepOutcome.SUCCEEDED, (0,), "OK"), TOCSIN)
    assert refused(story, 4, approve(), BO).reason == "used"


def test_an_approval_of_another_incident_or_of_something_else_starts_nothing() -> None:
    """F43: the run is not known here; the digest is not the one that was asked for."""
    assert refused(asked(), 2, approve(run="INC-9/s/r1"), BO).reason == "no_request"
    assert refused(asked(), 2, approve(digest="d2"), BO).reason == "other_request"


def test_a_change_after_the_request_voids_it() -> None:
    """F42: the runbook, the target or the answers changed: what would run is not what was asked for."""
    assert refused(asked(), 2, approve(now_digest="d2"), BO).reason == "changed"


def test_a_request_becomes_void_after_fifteen_minutes() -> None:
    """The world it was asked for is another one by then."""
    story = asked()
    assert of(story.wait(17), StepApprovalExpired)
    assert refused(story, 17, approve(), BO).reason == "no_request"
    assert story.incident.steps["s"].phase is StepPhase.PENDING
    assert of(story.when(18, start("r2")), StepProposed)


def test_a_request_at_its_last_instant_is_void() -> None:
    """Open ends: fifteen minutes are over when they are over."""
    assert refused(asked(), 16, approve(), BO).reason in ("expired", "no_request")


def test_a_request_can_be_declined_and_taken_back() -> None:
    """A no ends it, and it can be asked for again."""
    for actor in (BO, ANA):
        story = asked()
        story.when(2, DeclineStep("r1", "not now"), actor)
        assert refused(story, 3, approve(), BO).reason == "no_request"
        assert of(story.when(4, start("r2")), StepProposed)


def test_a_lone_responder_may_break_the_glass_with_a_reason() -> None:
    """It runs at once, the reason is a fact that is news, also while a request of their own waits."""
    facts = asked().when(2, start("r2", break_glass="alone; customers cannot pay"))
    (broken,) = of(facts, GlassBroken)
    assert isinstance(broken, GlassBroken)
    assert broken.reason == "alone; customers cannot pay"
    assert of(facts, StepStarted)
    assert GlassBroken in NEWS
    assert StepProposed in NEWS


@pytest.mark.parametrize("reason", ["\u200b", "\u2060\u2060", "\x00", "...", "\u2800"])
def test_a_reason_that_says_nothing_breaks_no_glass(reason: str) -> None:
    """What nobody can read is no reason."""
    assert refused(asked(), 2, start("r2", break_glass=reason)).reason == "no_glass"


def test_there_is_no_glass_to_break_where_nobody_is_woken() -> None:
    """At such a severity there is time to find somebody; a step that needs no second person has no glass either."""
    story = Story(severity="P3")
    assert refused(story, 1, start(break_glass="hurry")).reason == "no_glass"
    assert refused(Story(), 1, start(effect=Effect.MUTATING, break_glass="hurry")).reason == "no_glass"


def test_nothing_starts_for_a_resolved_incident() -> None:
    """Whoever approves after the end approves nothing."""
    story = asked()
    story.when(2, Resolve("fixed", override="seen"), BO)
    assert refused(story, 3, approve(), BO).reason == "resolved"


def test_a_running_step_can_be_cancelled_once() -> None:
    """The wish is a fact; the end is another, and a step that ended cannot be ended."""
    story = Story()
    story.when(1, start(effect=Effect.READ_ONLY))
    assert of(story.when(2, CancelStep("r1", "wrong host"), BO), StepCancelRequested)
    assert story.when(2, CancelStep("r1"), BO) == []
    assert story.incident.steps["s"].phase is StepPhase.CANCELLING
    story.when(3, FinishStep("r1", StepOutcome.CANCELLED, (143,)), TOCSIN)
    assert story.incident.steps["s"].phase is StepPhase.CANCELLED
    assert refused(story, 4, CancelStep("r1"), BO).reason == "not_running"


def look(run: str, step: str) -> StartStep:
    """A step that runs by itself."""
    return StartStep(run, step, step, "df -h", "node-1", evidence=True)


def test_the_end_of_the_last_look_sums_up_the_evidence_once() -> None:
    """One line of news when all that ran by itself has ended, with what did not go well."""
    story = Story()
    story.when(1, MatchProcedure(ProcedureReading("api", "API down", "opened by hand")))
    for run in ("a", "b"):
        story.when(1, look(run, run), TOCSIN)
    assert of(story.when(2, FinishStep("a", StepOutcome.FAILED, (22,)), TOCSIN), EvidenceGathered) == []
    (gathered,) = of(story.when(3, FinishStep("b", StepOutcome.SUCCEEDED, (0,)), TOCSIN), EvidenceGathered)
    assert isinstance(gathered, EvidenceGathered)
    assert (gathered.looked, gathered.troubled) == (2, ("a",))
    story.when(4, start(run="c", effect=Effect.READ_ONLY))
    assert of(story.when(5, FinishStep("c", StepOutcome.SUCCEEDED, (0,)), TOCSIN), EvidenceGathered) == []


def test_nothing_that_changes_runs_by_itself() -> None:
    """Evidence only looks, whoever sends the command."""
    assert refused(Story(), 1, start(effect=Effect.MUTATING, evidence=True), TOCSIN).reason == "not_evidence"


def test_what_tocsin_looks_at_by_itself_is_no_response_of_a_person() -> None:
    """The response target waits for somebody."""
    story = Story()
    story.when(1, look("a", "a"), TOCSIN)
    assert story.incident.clocks == {}


def test_every_state_of_a_run_has_its_words() -> None:
    """The states that a step run can have, and no two that read alike."""
    words = {phase.says for phase in StepPhase}
    states = "pending, awaiting parameters, awaiting approval, dispatched, running, succeeded, failed, timed out, "
    states += "cancelled, skipped, done by hand, outcome unknown"
    assert words >= set(states.split(", "))
    assert len(words) == len(StepPhase)
