"""A copy of an incident and the original share what neither has changed, and never what one of them changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.incident.world import Story
from tocsin.incident import step_facts as s
from tocsin.incident.facts import (
    TOCSIN,
    Fact,
    Mitigated,
    PageDelivered,
    PageFailed,
    PageSent,
    Recorded,
    Reopened,
    Resolved,
)
from tocsin.incident.fold import fold, take_in
from tocsin.incident.incident import Incident
from tocsin.incident.step_facts import StepOutcome, Verdict

STEP = {"step": "step-1", "title": "Look"}


def later(incident: Incident, fact: Fact) -> Recorded:
    """A fact that comes next."""
    assert incident.updated_at is not None
    at = incident.updated_at + timedelta(seconds=1)
    return Recorded(incident_id=incident.id, seq=incident.last_seq + 1, at=at, by=TOCSIN, fact=fact)


def busy() -> tuple[Story, list[Recorded]]:
    """An incident with pages, a step that runs as ``run-1`` and one that is waited for; and its facts."""
    story = Story()
    story.wait(1)
    facts = list(story.facts)
    for fact in (
        s.StepStarted(**STEP, run="run-1", command="true", node="one"),
        s.WaitStarted(step="step-2", title="Wait", until=facts[-1].at + timedelta(minutes=2)),
    ):
        incident = fold(story.incident.plan, facts)
        facts.append(later(incident, fact))
    return story, facts


@pytest.mark.parametrize(
    "fact",
    [
        lambda page: PageSent(page=page, receipt="r"),
        lambda page: PageDelivered(page=page),
        lambda page: PageFailed(page=page, reason="nobody there"),
        lambda page: s.StepTicked(**STEP, outcome=StepOutcome.DONE),
        lambda page: s.StepFinished(**STEP, run="run-1", outcome=StepOutcome.SUCCEEDED),
        lambda page: s.StepOutcomeUnknown(**STEP, run="run-1", reason="lost"),
        lambda page: s.ChangeVerified(**STEP, check="Look again", run="run-1", verdict=Verdict.VERIFIED),
        lambda page: s.WaitEnded(step="step-2", title="Wait"),
        lambda page: Mitigated(),
        lambda page: Resolved(summary="over"),
        lambda page: Reopened(reason="not over"),
    ],
)
@pytest.mark.parametrize("changed", ["the copy", "the original"])
def test_what_one_takes_in_the_other_does_not(fact: Callable[[str], Fact], changed: str) -> None:
    """Each is what its own facts make, whichever of both goes on: an open page holds one while another decides."""
    story, facts = busy()
    plan = story.incident.plan
    original = fold(plan, facts)
    copied = original.copy()
    one, other = (copied, original) if changed == "the copy" else (original, copied)
    recorded = later(one, fact(next(iter(one.pages))))
    take_in(one, recorded)
    assert one == fold(plan, [*facts, recorded])
    assert other == fold(plan, facts)
