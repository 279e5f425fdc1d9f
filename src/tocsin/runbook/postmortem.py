"""When a post-mortem is due, what it holds, and the team's own template for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Text
from tocsin.runbook.document.checklist import checklist
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import BRACKET, any_of, guarded, pattern
from tocsin.runbook.playbook import PostmortemPolicy
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.report_deadline import report_due
from tocsin.runbook.report_levels import in_every_case, levels_asked
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines
from tocsin.runbook.upkeep import is_of_the_document
from tocsin.runbook.words import vocabulary


@pattern
def _task() -> str:
    """Something to be done for a report, not one of its parts."""
    return rf"^{any_of('task')}|{any_of('task_last')}\W*$"


def read_postmortem(root: Section, everything: Iterable[Leaf], scale: Scale) -> PostmortemPolicy | None:
    """The post-mortem policy; None when the document never speaks of one."""
    template = _template(root)
    chapters = [section for section in root.walk() if _is_about(section)]
    due, line = report_due(everything, scale)
    required = _required(everything, scale)
    asked, asked_in = ((), 0) if required else levels_asked(everything, scale)
    if template is None and not chapters and due is None and not asked:
        return None
    line = line if due is not None or not asked else asked_in
    first = chapters[0].lines if chapters else None
    lines = first or (template[1] if template else Lines(line, line))
    return PostmortemPolicy(
        lines=lines,
        due=due,
        sections=tuple(_sections(chapters, template)),
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


def _template(root: Section) -> tuple[str, Lines] | None:
    """A fenced Markdown skeleton below a heading about post-mortems or incident reports."""
    for section in root.walk():
        kinds = section.abouts
        if not {"postmortem", "postmortem_template"} & set(kinds):
            continue
        for block in section.blocks:
            if isinstance(block, Fence) and block.closed and any(line.startswith("#") for line in block.body):
                return "\n".join(block.body), block.lines
    return None


def _sections(chapters: list[Section], template: tuple[str, Lines] | None) -> Iterator[str]:
    if template is not None:
        for line in template[0].split("\n"):
            if re.match(r"^##\s+\S", line):
                yield line.lstrip("# ").strip()
        return
    skeletons = [one for one in chapters if one.about == "postmortem_template"]
    for section in skeletons or chapters:
        listed = [text for one in section.walk() for block in _parts_in(one) for text in _items(block)]
        found = [text for text in listed if not (_task().search(text) or _is_a_rule(text))]
        if len(found) > max(1, len(listed) / 2):
            yield from found
            return


def _is_a_rule(text: str) -> bool:
    """Whether an item says when a report is due, or how a review is held: "Within 48 hours", "Blameless"."""
    return next(spans(BRACKET.sub(" ", text)), None) is not None or _blameless().match(text) is not None


@guarded("blameless")
def _blameless() -> str:
    return rf"\W*{any_of('blameless')}"


def _parts_in(section: Section) -> Iterator[Block]:
    """The blocks of a section that may list the parts of a report, not when one is written or how one looks."""
    title = section.title.text
    if _asks_for_one().search(title) or has_commands(section):
        return
    above = ""
    for block in section.blocks:
        if isinstance(block, ItemList) and any(_blameless().match(item.inline.text) for item in block.items):
            continue  # "Blameless. Public within engineering. Action items have owners."
        if not (isinstance(block, ItemList) and above.endswith((":", "：")) and _asks_for_one().search(above)):
            yield block
        above = block.inline.text.rstrip() if isinstance(block, Text) else ""


@pattern
def _asks_for_one() -> str:
    """In the line above a list of when a report is written: "A post-mortem is required when:"."""
    return rf"{any_of('required_when')}\W*$|{any_of('if', 'upon')}\W*$"


def _items(block: Block) -> Iterator[str]:
    match block:
        case ItemList():
            for item in block.items:
                text = item.inline.lead or item.inline.text
                label, value = item.inline.labelled or (text, "")
                part = label if value and is_gap(value) else text  # "Impact: [how many users]"
                if not is_gap(_DASH.split(part)[0]):
                    yield part.rstrip(":")
        case Fence() if (inner := checklist(block)) is not None:
            for child in inner:
                yield from _items(child)
        case _:
            pass


_DASH = re.compile(r"\s[–—-]\s")


def _required(everything: Iterable[Leaf], scale: Scale) -> tuple[str, ...]:
    """The severities that a post-mortem is required for, where a sentence or heading says so."""
    words = vocabulary()
    listed: list[tuple[tuple[str, ...], bool]] = []  # below "Required for:", each with whether it is for all of them
    below: Section | None = None
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
        if words.says("postmortem_word", leaf.text) or (inside and leaf.form == "heading") or stated:
            return in_every_case(leaf.text, scale) or names
    always = {name for names, every_one in listed for name in names if every_one}
    return tuple(one.name for one in scale.severities if one.name in always)


@pattern
def _if() -> str:
    return any_of("if")
