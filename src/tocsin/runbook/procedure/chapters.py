"""What a chapter holds, by what stands below its title: ways, stretches of time, incidents, work."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.document.timed import stretch
from tocsin.runbook.durations import target
from tocsin.runbook.instructions import Procedure
from tocsin.runbook.procedure.below_titles import parts_of
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.procedure.criteria import is_criteria
from tocsin.runbook.procedure.habits import is_work
from tocsin.runbook.procedure.incident_tables import WORKING
from tocsin.runbook.procedure.recognition import inner_procedures
from tocsin.runbook.procedure.ways import ways_below
from tocsin.runbook.scale import level_name
from tocsin.runbook.trouble import is_alert_name, says_what_fails


def restores(section: Section) -> bool:
    """Whether a chapter "Procedure" or "Steps" of a document on recovery is what is to be done then."""
    above, part = section.parent, section.part
    if above is None or not above.is_title or part is None or part.kind != "resolution" or part.coverage < _SURE:
        return False
    told = above.kind is not None and above.kind.kind == "recovery" and above.kind.coverage >= _MOSTLY
    lists = (block for block in section.blocks if isinstance(block, ItemList) and block.ordered)
    return told and any(len(one.items) > 1 for one in lists) and all(c.level == LABEL_LEVEL for c in section.children)


_SURE, _MOSTLY = 0.99, 0.5
"""Of a title."""


def holds_work(section: Section) -> bool:
    """Whether a chapter only tells how to do and undo some work: "Rebuild images", "Roll the mill", then "Rollback"."""
    parts = [one for one in section.children if one.part is not None and one.part.kind in WORKING]
    return all(one.about == "rollback" for one in parts) and any(is_work(one.title.text) for one in section.children)


def holds_chapters(section: Section) -> bool:
    """Whether chapters of other kinds stand below a title for commands: "Quick reference", then "Common problems"."""
    kinds = {one.about for one in section.children if one.level != LABEL_LEVEL}
    return not kinds.isdisjoint(("incidents", "rollback", "recovery", "process", "escalation"))


def tells_what_fails(section: Section) -> bool:
    """Whether two chapters or more of one on recovery say what has failed: "Mill down", "Sieve torn"."""
    return sum(says_what_fails(one.title.text) for one in chapters_of(section)) > 1


def chapters_of(section: Section) -> list[Section]:
    """What stands below a title: its chapters, or the lines that are titles where it has none."""
    return [child for child in section.children if child.level != LABEL_LEVEL] or section.children


def are_ways(section: Section, chapters: list[Section]) -> bool:
    """Whether the chapters below a title are ways of which one is taken, "Option A", beside parts: "Verification"."""
    ways = ways_below(section)
    others = [one for one in chapters if one.lines.first not in ways]
    return len(chapters) - len(others) > 1 and all(one.part is not None or is_criteria(one) for one in others)


def confirms(child: Section) -> bool:
    """Whether a step of the process has but a word of the title of a foreword: "Confirm the scope"."""
    found = child.kind
    return child.about == "overview" and found is not None and found.coverage < 0.99 and has_commands(child)


def with_row(chapter: Procedure, row: Procedure) -> Procedure:
    """A procedure with what a row of a table says of it as well."""
    said = {step.title for step in chapter.steps}
    steps = (*(step for step in row.steps if step.title not in said), *chapter.steps)
    symptoms = chapter.symptoms or tuple(one for one in row.symptoms if one.text != row.title)
    return replace(chapter, steps=steps, symptoms=symptoms)


def comes_before_all(section: Section) -> bool:
    """Whether a chapter stands before the first one of those that are counted: "0. Before all else".

    What is done at any incident stands there, or what to look at first, and no incident.
    """
    if section.level < 2 or not section.title.raw.lstrip(_MARKS).startswith("0") or "symptoms" in parts_of(section):
        return False
    return _ZEROTH.match(section.title.raw.lstrip(_MARKS)) is not None


_MARKS = "*_# "
_ZEROTH = re.compile(r"0(?:\s?bis)?[.):–—-]\s")


def is_timed(section: Section) -> bool:
    """Whether the headings below a section are stretches of time: "Notice (0-5 min)", "Size it up (5-15 min)"."""
    inner = [child for child in section.children if child.level != LABEL_LEVEL]
    said = (one.of_phase.qualifier or stretch(one.title.text) for one in inner)
    boxes = [span for one in said if one and (span := target(one)) and span.seconds]
    named = {one.phase.kind for one in inner if one.phase is not None and one.phase.coverage >= 0.99}
    enough = len(boxes) >= 2 or (boxes and len(named) >= 2)
    return len(inner) >= 3 and bool(enough) and not any(level_name(one.title.text) for one in inner)


def holds_named(section: Section) -> bool:
    """Whether incidents stand below a title by their names: "Alert response", then "Alert: oven cold"."""
    inner = inner_procedures(section)
    return any(one.title.prefix is not None or is_alert_name(one.title.text) for one in inner)


def is_phase(section: Section) -> bool:
    """Whether a title is mostly the name of a phase, or nothing but a stretch of time."""
    phase = section.phase
    return (phase is not None and phase.coverage >= 0.5) or bool(stretch(section.title.text))
