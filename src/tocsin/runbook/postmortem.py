"""When a post-mortem is due, what it holds, and the team's own template for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import PostmortemPolicy
from tocsin.runbook.report_deadline import report_due
from tocsin.runbook.report_levels import levels_asked, where_needed
from tocsin.runbook.report_parts import report_parts, skeleton_of
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines
from tocsin.runbook.upkeep import is_of_the_document
from tocsin.runbook.words import vocabulary


def read_postmortem(
    root: Section, everything: Iterable[Leaf], scale: Scale, source: Sequence[str]
) -> PostmortemPolicy | None:
    """The post-mortem policy; None when the document never speaks of one. ``source`` has all of its lines."""
    template = skeleton_of(root, source)
    chapters = [section for section in root.walk() if _is_about(section)]
    due, line = report_due(everything, scale)
    required = _required(everything, scale) or _announced(chapters, scale)
    asked, asked_in = ((), 0) if required else levels_asked(everything, scale)
    if template is None and not chapters and due is None and not asked:
        return None
    line = line if due is not None or not asked else asked_in
    first = chapters[0].lines if chapters else None
    lines = first or (template[1] if template else Lines(line, line))
    return PostmortemPolicy(
        lines=lines,
        due=due,
        sections=report_parts(chapters, template[0] if template else None, source),
        template=template[0] if template else None,
        template_lines=template[1] if template else None,
        required_for=required or asked,
    )


def _is_about(section: Section) -> bool:
    kinds = section.abouts
    if "templates" in kinds or section.level == 0 or is_of_the_document(section):
        return False
    return section.about in ("postmortem", "postmortem_template") and not _is_of_one_incident(section)


def _is_of_one_incident(section: Section) -> bool:
    """Whether a chapter "Root cause analysis" stands beside the symptoms of one incident, and is a part of it."""
    beside = section.parent.children if section.parent is not None else []
    causes = section.part is not None and section.part.kind in ("causes", "investigation")
    return causes and any(one.part is not None and one.part.kind == "symptoms" for one in beside)


def _required(everything: Iterable[Leaf], scale: Scale) -> tuple[str, ...]:
    """The severities that a post-mortem is required for, where a sentence or heading says so."""
    words = vocabulary()
    listed: list[tuple[tuple[str, ...], bool]] = []  # below "Required for:", each with whether it is for all of them
    below: Section | None = None
    elsewhere: tuple[str, ...] = ()  # what is said of a review in other chapters may be that of one change
    for leaf in everything:
        names = scale.mentioned(leaf.text)
        if below is not None and leaf.section is not below:
            break
        if not names:
            continue
        inside = not AFTERWARDS.isdisjoint(leaf.section.abouts)
        if inside and leaf.form == "item" and words.says("required", leaf.section.title.text):
            below = leaf.section
            listed.append((names, next(spans(leaf.text), None) is None and not _if().search(leaf.text)))
            continue
        stated = leaf.section.about == "postmortem" or (leaf.section.parent or leaf.section).about == "postmortem"
        if not words.says("required", leaf.text) and not (stated and next(spans(leaf.text), None)):
            continue
        if stated or (inside and leaf.form == "heading") or words.says("postmortem_word", leaf.text):
            found = where_needed(leaf.text, scale) or names
            if inside or stated:
                return found
            elsewhere = elsewhere or found
    always = {name for names, every_one in listed for name in names if every_one}
    return tuple(one.name for one in scale.severities if one.name in always) or elsewhere


def _announced(chapters: list[Section], scale: Scale) -> tuple[str, ...]:
    """The severities in the title of a chapter on reports, or in the line with a colon right below it."""
    labels = (label for one in chapters for label in one.children if label.level == LABEL_LEVEL)
    named = (where_needed(one.title.raw, scale) for one in (*chapters, *labels))
    return next(filter(None, named), ())


@pattern
def _if() -> str:
    return any_of("if")
