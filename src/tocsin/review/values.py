"""What an incident's record can say into a blank. What it cannot know stays away: impact, cause, prevention, ETA."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.incident.facts import (
    Acknowledged,
    Actor,
    ActorKind,
    CustomersNotified,
    Declared,
    Mitigated,
    Recorded,
    Reopened,
    Resolved,
    RoleTaken,
    SeverityAssessed,
    StatusUpdated,
)
from tocsin.incident.step_facts import StepFinished, StepOutcome, StepTicked, is_question
from tocsin.review.times import Times, times_of
from tocsin.review.vocabulary import Known, bind_label
from tocsin.review.wording import instant, span

MessageValues = Mapping[Known, str]
"""What is known, in words, by what it means."""

_COMMANDERS = ("incident commander", "commander", "ic", "incident lead")


def values_of(
    facts: Sequence[Recorded],
    *,
    reference: str,
    now: datetime,
    zone: str = "UTC",
    service: str = "",
    components: Mapping[str, str] | None = None,
    postmortem_due: datetime | None = None,
) -> dict[Known, str]:
    """The values of one incident as of ``now``; what has not happened or is not known is absent.

    ``reference`` is its name ("INC-42"), ``service`` the name of its service, ``components`` the public names of
    components by key. Raises ValueError when the facts do not begin with its declaration.
    """
    times = times_of(facts)
    declared = facts[0].fact
    assert isinstance(declared, Declared)
    said = _Said(declared)
    for one in facts[1:]:
        said.hear(one)
    number = re.search(r"(\d+)\D*$", reference)
    affected = [(components or {}).get(key, key) for key in said.components]
    found = {
        Known.REFERENCE: reference,
        Known.NUMBER: number.group(1) if number else "",
        Known.TITLE: declared.title,
        Known.SUMMARY: declared.summary,
        Known.SERVICE: service or declared.service,
        Known.SEVERITY: said.severity,
        Known.STATUS: said.status,
        Known.NOW: instant(now, zone),
        Known.AFFECTED: ", ".join(affected) or service or declared.service,
        Known.RESPONDER: said.responder,
        Known.COMMANDER: said.commander,
        Known.DETECTED_BY: _detected_by(declared, facts[0].by),
        Known.UPDATE: said.update,
        Known.IMPACT: said.impact,
        Known.ACTIONS_TAKEN: "; ".join(steps_done(facts)),
        Known.POSTMORTEM_AT: f"due {instant(postmortem_due, zone)}" if postmortem_due else "",
        **_time_values(times, now, zone),
    }
    return {known: text for known, text in found.items() if text.strip()}


def steps_done(facts: Sequence[Recorded]) -> tuple[str, ...]:
    """The titles of the steps that were done or ran well, each once, in the order they first were."""
    done: dict[str, str] = {}
    for one in facts:
        match one.fact:
            case (
                StepTicked(step=step, title=title, outcome=StepOutcome.DONE, answers=False)
                | StepFinished(step=step, title=title, outcome=StepOutcome.SUCCEEDED)
            ) if not is_question(title):
                done.setdefault(step, title)
            case _:
                pass
    return tuple(done.values())


class _Said:
    """What was said last about each thing."""

    def __init__(self, declared: Declared) -> None:
        self.severity = ""
        self.status = "Investigating"
        self.responder = ""
        self.commander = ""
        self.update = ""
        self.components: tuple[str, ...] = ()
        self.impact = ""

    def hear(self, one: Recorded) -> None:
        match one.fact:
            case SeverityAssessed(severity=severity):
                self.severity = severity
            case Acknowledged(person=person):
                self.responder = person
            case RoleTaken(role=role, person=person) if role.casefold() in _COMMANDERS:
                self.commander = person
            case StatusUpdated(text=text, status=status):
                self.update = text
                self.status = status or self.status
            case CustomersNotified(status=status, components=components):
                self.status = status.value.capitalize()
                self.components = components or self.components
            case StepTicked(title=title, note=note, answers=True) if bind_label(title) is Known.IMPACT:
                self.impact = note
            case Mitigated():
                self.status = "Monitoring"
            case Resolved():
                self.status = "Resolved"
            case Reopened():
                self.status = "Investigating"
            case _:
                pass


def _detected_by(declared: Declared, by: Actor) -> str:
    if declared.source == "alert" or by.kind is ActorKind.MONITOR:
        return f"an alert from {by.name}" if by.kind is ActorKind.MONITOR else "an alert"
    return f"a report by {by.name}" if by.kind is ActorKind.PERSON else ""


def _time_values(times: Times, now: datetime, zone: str) -> dict[Known, str]:
    instants = {
        Known.STARTED_AT: times.began_at,
        Known.DETECTED_AT: times.declared_at,
        Known.ACKNOWLEDGED_AT: times.acknowledged_at,
        Known.MITIGATED_AT: times.mitigated_at,
        Known.RESOLVED_AT: times.resolved_at,
    }
    spans = {
        Known.DETECTION_TIME: times.detection,
        Known.RESPONSE_TIME: times.response,
        Known.MITIGATION_TIME: times.mitigation,
        Known.RESOLUTION_TIME: times.resolution,
        Known.DURATION: (times.resolved_at or now) - times.began_at,
        Known.DOWNTIME: times.downtime,
    }
    return {
        **{known: instant(at, zone) for known, at in instants.items() if at is not None},
        **{known: span(length) for known, length in spans.items() if length is not None},
    }
