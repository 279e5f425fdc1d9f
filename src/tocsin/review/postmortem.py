"""The draft of a post-mortem: the team's own template, or the sections it names, filled with what is on record.

The timeline, the times and the steps that were done come from the facts. Impact, causes and lessons are for
people: they stay blanks, and a draft with blanks is published only against an explicit override.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.incident.facts import (
    Declared,
    PageDelivered,
    PageLeftStanding,
    PageSent,
    PageWithdrawn,
    Recorded,
    TargetClock,
    TargetMet,
    TargetMissed,
)
from tocsin.review.blanks import Blank, blanks_of
from tocsin.review.outline import outline
from tocsin.review.record import Entry, ReviewRecord
from tocsin.review.template import fill_template
from tocsin.review.times import times_of
from tocsin.review.values import steps_done, values_of
from tocsin.review.wording import instant
from tocsin.runbook.playbook import Playbook

Sentences = Callable[[Recorded], str]
"""Puts a fact into one sentence; an empty one leaves it out."""

# The order of a page and what came of it say enough.
_NOT_TOLD = (PageSent, PageDelivered, PageWithdrawn, PageLeftStanding)


@dataclass(frozen=True, slots=True)
class ReviewDetails:
    """What the facts of an incident do not hold. ``reference`` is its name ("INC-42").

    ``components`` are the public names of components by key; ``changes`` are what was changed beside it, and when.
    """

    reference: str = ""
    components: dict[str, str] = field(default_factory=dict)
    postmortem_due: datetime | None = None
    changes: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A post-mortem in Markdown, and what people have yet to write in it."""

    markdown: str
    blanks: tuple[Blank, ...]


def draft_postmortem(
    facts: Sequence[Recorded],
    playbook: Playbook,
    sentences: Sentences,
    zone: str = "UTC",
    details: ReviewDetails | None = None,
) -> Draft:
    """Draft the post-mortem of one incident, all times in ``zone``.

    The team's template where the playbook has one, else its sections, else a short outline of ours. Raises
    ValueError when the facts do not begin with the incident's declaration.
    """
    record = _record(facts, sentences, zone, details or ReviewDetails())
    policy = playbook.postmortem
    if policy is not None and policy.template:
        markdown = fill_template(policy.template, record)
    else:
        markdown = outline(policy.sections if policy else (), record)
    return Draft(markdown, blanks_of(markdown))


def _record(facts: Sequence[Recorded], sentences: Sentences, zone: str, details: ReviewDetails) -> ReviewRecord:
    times = times_of(facts)
    declared = facts[0].fact
    assert isinstance(declared, Declared)
    told = [one for one in facts if not isinstance(one.fact, _NOT_TOLD)]
    spoken = [(one.at, " ".join(sentences(one).split())) for one in told]
    spoken = sorted((*details.changes, *spoken), key=lambda one: one[0]) if details.changes else spoken
    reference = details.reference or facts[0].incident_id
    return ReviewRecord(
        times=times,
        values=values_of(
            facts,
            reference=reference,
            now=facts[-1].at,
            zone=zone,
            components=details.components,
            postmortem_due=details.postmortem_due,
        ),
        entries=tuple(Entry(instant(at, zone, seconds=True), sentence) for at, sentence in spoken if sentence),
        steps=steps_done(facts),
        targets=_targets(facts, zone),
        zone=zone,
        drill=declared.drill,
        is_over=times.resolved_at is not None,
    )


_CLOCKS = {
    TargetClock.RESPONSE: "Response target",
    TargetClock.ACKNOWLEDGE: "Acknowledgement target",
    TargetClock.RESOLUTION: "Resolution target",
}


def _targets(facts: Sequence[Recorded], zone: str) -> tuple[str, ...]:
    """The last word on each of the runbook's clocks for the response."""
    said: dict[TargetClock, str] = {}
    for one in facts:
        match one.fact:
            case TargetMet(clock=clock, deadline=deadline) if clock in _CLOCKS:
                said[clock] = f"met (it was {instant(deadline, zone, seconds=True)})"
            case TargetMissed(clock=clock, deadline=deadline) if clock in _CLOCKS:
                said[clock] = f"missed (it was {instant(deadline, zone, seconds=True)})"
            case _:
                pass
    return tuple(f"{_CLOCKS[clock]}: {words}" for clock, words in said.items())
