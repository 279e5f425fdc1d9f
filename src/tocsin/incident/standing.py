"""What is next in a procedure: its course as the incident's facts have it so far. Pure.

One answer for every face: the page's text, the Respond page, the command line and the API all ask here. Nothing is
passed over in silence: a step that is not next has a ``Place`` that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.incident.incident import HELPED, Incident, StepState
from tocsin.incident.step_facts import StepOutcome
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.procedure.course import Course, Fallback, Fork, Way, course_of
from tocsin.runbook.procedure.pairs import Pair, PairKind


class Place(StrEnum):
    """Where a step has its place at the moment."""

    OPEN = "open"  # in its turn
    ENDED = "ended"  # done, run, skipped, or running
    NOT_NEEDED = "not_needed"  # a fallback of what has helped
    OTHER_WAY = "other_way"  # on a way that was not taken
    DOES_NOT_APPLY = "does_not_apply"  # somebody said that its condition does not hold
    APART = "apart"  # it takes another step back, and is offered there


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a procedure stands. ``next`` is None when nothing is left to do.

    ``fork`` when a way is to be chosen first; ``tried`` are the keys of its ways that were taken in vain or left.
    ``owed`` are pairs of which the first half has happened. ``why`` says why the next step is out of its turn.
    """

    course: Course = field(default_factory=Course)
    next: Step | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    fork: Fork | None = None
    tried: frozenset[str] = frozenset()
    owed: tuple[Pair, ...] = ()
    why: str = ""


def standing(incident: Incident, steps: tuple[Step, ...]) -> Standing:
    """Where these steps of its runbook stand in an incident."""
    course = course_of(steps)
    states = incident.steps
    taken = {fork.key: _taken(incident, fork) for fork in course.forks}
    places = {step.id: _place(incident, step, course, taken) for step in steps}
    owed = tuple(pair for pair in course.pairs if _happened(states.get(pair.first)) and _untouched(states, pair.second))
    gone = [pair for pair in owed if pair.kind is PairKind.REMOVED]
    if gone:
        back = next(step for step in steps if step.id == gone[-1].second)
        first = next(step for step in steps if step.id == gone[-1].first)
        return Standing(course, back, places, owed=owed, why=f"{first.title!r} has taken something away; this follows")
    upcoming = next((s for s in steps if places[s.id] is Place.OPEN and s.kind is not StepKind.REFERENCE), None)
    fork = course.fork_of(upcoming.id) if upcoming else None
    if upcoming is None or fork is None or taken[fork.key] is not None:
        return Standing(course, upcoming, places, owed=owed)
    tried = frozenset(way.key for way in fork.ways if _is_tried(incident, way))
    return Standing(course, upcoming, places, fork, tried, owed)


def _place(incident: Incident, step: Step, course: Course, taken: Mapping[str, Way | None]) -> Place:
    state = incident.steps.get(step.id)
    if state is not None and (state.outcome is not None or state.running):
        return Place.ENDED
    if step.id in course.apart:
        return Place.APART
    fork = course.fork_of(step.id)
    if fork is not None and not _on_the_way(incident, fork, taken[fork.key], step.id):
        return Place.OTHER_WAY
    branch = course.branch_of(step.id)
    if branch is not None and incident.judged.get(branch.key) is False:
        return Place.DOES_NOT_APPLY
    fallback = course.fallback_of(step.id)
    if fallback is not None and _helped(incident, fallback, course):
        return Place.NOT_NEEDED
    return Place.OPEN


def _on_the_way(incident: Incident, fork: Fork, taken: Way | None, step: str) -> bool:
    """Whether a step is open to be done: on the way that was taken; while none is, on those that nobody has tried."""
    way = fork.way(step)
    assert way is not None
    return way == taken if taken is not None else not _is_tried(incident, way)


def _taken(incident: Incident, fork: Fork) -> Way | None:
    """The way that is being gone, or that led to the end; None while one is to be chosen, and once all were in vain."""
    chosen = incident.ways.get(fork.key)
    way = next((one for one in fork.ways if chosen is not None and one.key == chosen.way), None)
    if way is not None:
        return None if _is_tried(incident, way) else way
    return next((one for one in fork.ways if _is_begun(incident, one) and not _is_tried(incident, one)), None)


def _is_begun(incident: Incident, way: Way) -> bool:
    states = [incident.steps.get(id) for id in way.steps]
    return any(s is not None and (s.running or s.outcome not in (None, StepOutcome.SKIPPED)) for s in states)


def _is_tried(incident: Incident, way: Way) -> bool:
    """Gone in vain since it was last chosen, or left step by step."""
    states = [incident.steps.get(id) for id in way.steps]
    if all(state is not None and state.outcome is StepOutcome.SKIPPED for state in states):
        return True
    chosen = next((one for one in incident.ways.values() if one.way == way.key), None)
    since = chosen.at if chosen is not None else None
    return any(
        state is not None
        and state.looked_bad
        and not state.running
        and (since is None or state.ended_at is None or state.ended_at >= since)
        for state in states
    )


def _helped(incident: Incident, fallback: Fallback, course: Course) -> bool:
    """Whether what the fallback stands behind has ended well; what verifies it may say otherwise."""
    tried = [incident.steps.get(id) for id in fallback.after]
    if not all(state is not None and state.outcome in HELPED for state in tried):
        return False
    check = incident.steps.get(course.checks.get(fallback.after[-1], ""))
    return check is None or not check.looked_bad


def _happened(state: StepState | None) -> bool:
    """It has been done, or may have been: whoever does not know puts back all the same."""
    return state is not None and state.outcome in (*HELPED, StepOutcome.DID_NOT_HELP, StepOutcome.UNKNOWN)


def _untouched(states: Mapping[str, StepState], step: str) -> bool:
    state = states.get(step)
    return state is None or (not state.running and state.outcome not in (*HELPED, StepOutcome.SKIPPED))
