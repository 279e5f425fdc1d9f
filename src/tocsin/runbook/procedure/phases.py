"""A phase of the response process: its time box, the severities it is for, its steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.document.timed import stretch
from tocsin.runbook.durations import every, is_measured, spans, target
from tocsin.runbook.instructions import Phase, Step
from tocsin.runbook.procedure.assessed import asking
from tocsin.runbook.procedure.cases import in_case
from tocsin.runbook.procedure.course import is_way_back, undoing
from tocsin.runbook.procedure.headed import below, case_of_title
from tocsin.runbook.procedure.notes import gates_of, under_uses, uses_in
from tocsin.runbook.procedure.place import Place
from tocsin.runbook.procedure.preconditions import without_safeguard
from tocsin.runbook.procedure.provisos import all_under
from tocsin.runbook.procedure.sentences import heading_steps
from tocsin.runbook.procedure.steps import read_steps
from tocsin.runbook.procedure.ways import before_another, chooses_one, chosen_below, first_of_last, on_way, ways_below
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration
from tocsin.runbook.wording import watched


def read_phase(section: Section, key: str, scale: Scale) -> Phase:
    """The phase that a section describes with everything below it."""
    titled = section.of_phase
    qualifier = titled.qualifier or ""
    steps = sorted(_steps(section, Place(key or "response")), key=lambda step: step.lines.first)
    return Phase(
        title=titled.text,
        lines=section.lines,
        key=key,
        target=_target(section, qualifier),
        severities=scale.mentioned(_first_time(qualifier)) or _severities(section, scale),
        steps=tuple(asking(without_safeguard(step), key) for step in steps),
    )


def _target(section: Section, qualifier: str) -> Duration | None:
    line = section.lines.first
    title = section.title.text
    said = qualifier or stretch(title) or _first_minutes(title)
    if not said or every(said) is not None or watched(said) is not None or is_measured(said):
        return None  # "every 15 minutes", "wait 10 minutes between steps", "outages over 4 hours" say of no end
    found = target(said, line)
    return found if found is not None and found.seconds is not None else None


def _severities(section: Section, scale: Scale) -> tuple[str, ...]:
    """The severities that a title is for, its own or one above it: "SEV-1 response procedure", then "Triage"."""
    titles = (one.title.text for one in section.path() if not one.is_title)
    return next(filter(None, map(scale.mentioned, titles)), ())


def _first_time(qualifier: str) -> str:
    """What a bracket says up to the first of several times, each for severities of its own: "P0: 15 min, P1: 1 h"."""
    lengths = [span.start for span in spans(qualifier)]
    if len(lengths) < 2:
        return qualifier
    return next((part for part in _CLAUSES.split(qualifier) if next(spans(part), None) is not None), qualifier)


_CLAUSES = re.compile(r"[,;|，；、]|\s/\s")


def _first_minutes(title: str) -> str:
    """ "First 15 Minutes" is a time box without a bracket."""
    return title if re.search(r"\bfirst\b.*(?:\d|minutes?|hours?)", title, re.IGNORECASE) else ""


def _section(child: Section, default: str) -> str:
    """The section that the steps below a sub-heading of a phase belong to."""
    phase, part = child.phase, child.part
    if phase is not None and phase.coverage >= 0.9 and phase.kind in ("investigation", "mitigation", "communication"):
        return phase.kind
    if part is not None and part.coverage >= 0.9 and part.kind in ("verification", "communication"):
        return part.kind
    return default


def _steps(section: Section, place: Place) -> Iterator[Step]:
    gates = (gate for child in section.children for gate in gates_of(child))
    yield from under_uses(_own_steps(section, place), [*uses_in(section.blocks), *gates])


def _own_steps(section: Section, place: Place) -> list[Step]:
    steps = list(read_steps(section.blocks, place))
    ways, above = ways_below(section), first_of_last(section.blocks, steps, 0)
    for child in section.children:
        title, way, begun = child.title.text, ways.get(child.lines.first), len(steps)
        told = below(child, place)
        said = told.condition if told.condition != place.condition else None  # holds for what is run, not for people
        told = replace(told, condition=place.condition)
        if way is not None and not way.other:
            inside = replace(told, alternative=way.label)
        elif child.level == LABEL_LEVEL and said is not None:
            inside = told
        else:
            inside = replace(told, section=_section(child, place.section), group=title)
        steps += all_under(heading_steps(child, told), said)
        steps += all_under(in_case(_steps(child, inside), case_of_title(child)), said)
        if chooses_one(child.title.raw):
            steps[begun:] = chosen_below(child, steps[begun:])
        elif way is not None:
            steps[above:begun] = before_another(steps[above:begun]) if way.other else steps[above:begun]
            steps[begun:] = on_way(steps[begun:], way)
        elif is_way_back(title):
            steps[begun:] = undoing(steps[begun:])
        above = begun
    return steps
