"""When a post-mortem is due, what it holds, and the team's own template for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tocsin.runbook.document.blocks import Block, Fence, ItemList, Table
from tocsin.runbook.document.checklist import checklist
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import PostmortemPolicy
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
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
    due, line = _due(everything, scale)
    if template is None and not chapters and due is None:
        return None
    first = chapters[0].lines if chapters else None
    lines = first or (template[1] if template else Lines(line, line))
    return PostmortemPolicy(
        lines=lines,
        due=due,
        sections=tuple(_sections(chapters, template)),
        template=template[0] if template else None,
        template_lines=template[1] if template else None,
        required_for=_required(everything, scale),
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
        found = [text for one in section.walk() for block in one.blocks for text in _items(block)]
        tasks = sum(bool(_task().search(text)) for text in found)
        if found and tasks <= len(found) / 2:
            yield from found
            return


def _items(block: Block) -> Iterator[str]:
    match block:
        case ItemList():
            for item in block.items:
                yield (item.inline.lead or item.inline.text).rstrip(":")
        case Fence() if (inner := checklist(block)) is not None:
            for child in inner:
                yield from _items(child)
        case _:
            pass


def _due(everything: Iterable[Leaf], scale: Scale) -> tuple[Duration | None, int]:
    """The deadline of the report or the review. Where levels differ, the highest severity's."""
    words = vocabulary()
    for one in scale.stated:
        if one.what == "review" and one.severity == scale.highest and one.duration.seconds:
            return one.duration, one.duration.lines.first if one.duration.lines else 1
    timed: tuple[Duration, int] | None = None  # "24 hours: the data are kept": one of the things done by then
    for leaf in everything:
        path = leaf.section.abouts
        upkeep = "upkeep" in path and "postmortem" not in path  # "Review schedule" may be that of the report
        if upkeep or "links" in path:
            continue
        about = words.says_of("postmortem_word", leaf.text, leaf.under)
        chapter = not AFTERWARDS.isdisjoint(path)
        inside = leaf.section.about == "postmortem"
        if not about and not (chapter and leaf.form in ("heading", "text")) and not inside:
            continue
        if words.says("code_review", leaf.section.title.text) or (leaf.form == "cell" and _is_of_an_alert(leaf)):
            continue
        text = leaf.section.title.raw if leaf.form == "heading" else leaf.text
        if leaf.form == "heading" and not about and "postmortem" not in path and not _asks_for_one(leaf.section):
            continue
        for sentence in re.split(r"(?<=[.!?。])\s+", text):
            for said in _with_its_head(sentence):
                if _is_of_report(said) and (due := _deadline(said, leaf.line, scale)) is not None:
                    if words.says("postmortem_word", text) or not _begins_with_a_time(text):
                        return due, leaf.line
                    timed = timed or (due, leaf.line)
    return timed or (None, 1)


def _begins_with_a_time(text: str) -> bool:
    """Whether a line is a point of a timeline and what is done then: "24 hours: the data are kept"."""
    first = next(spans(text), None)
    return first is not None and first.start == 0 and text[first.end :].lstrip()[:1] in (":", "：", "-", "–", "—", "→")


def _with_its_head(sentence: str) -> tuple[str, ...]:
    """A sentence, and before it what stands before its colon or ends with its bracket: "Within 5 days, write a
    post-mortem: action items, …", "Post-mortem (within 5 days) with action items"."""
    end = re.search(r":\s|[)）]\s", sentence)
    head = sentence[: end.end()] if end is not None else ""
    return (head, sentence) if head and vocabulary().says("postmortem_word", head) else (sentence,)


def _is_of_an_alert(leaf: Leaf) -> bool:
    """Whether a cell says what to do about an alert: "Review within 4 hours" is no review of an incident there."""
    tables = (one for one in leaf.section.blocks if isinstance(one, Table) and one.header)
    here = (one for one in tables if one.lines.first <= leaf.line <= one.lines.last)
    return any(vocabulary().column("alert", one.header[0].text) >= 0.99 for one in here)


def _is_of_report(sentence: str) -> bool:
    """Whether a deadline is the report's: not that of what is done because of it, of a change's review, or of telling
    an authority, "Notify, remediate, review (the commissioner within 72 hours)"."""
    words = vocabulary()
    if words.begins_with("call", _NUMBERED.sub("", sentence), 1) and not words.says("postmortem_word", sentence):
        return False  # "Inform the team within a day"; "Call a retrospective within two" is the report's again
    return not any(words.says(name, sentence) for name in ("action_item", "code_review", "law", "authority"))


_NUMBERED = re.compile(r"^[^\W\d_]*\s*\d{1,2}\s*[.:)–—-]\s*")
"""The number of a heading: "Phase 4: "."""


def _asks_for_one(section: Section) -> bool:
    """Whether what is to be done in a last phase is the report: its time box is the deadline then,
    and so is that of a part, "Within 48 hours"."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    said = any(vocabulary().says("postmortem_word", item.inline.text) or _tells_why(item.inline.text) for item in items)
    above = section.parent.about if section.parent is not None and not section.about else section.about
    return said and above == "phase:post_incident"


def _tells_why(text: str) -> bool:
    """Whether an item of what is to be done in the end is to find the cause, "Root cause found": that is the review."""
    found = vocabulary().parts.best(text)
    return found is not None and found.kind == "causes" and len(found.phrase.split()) > 1


def _deadline(text: str, line: int, scale: Scale) -> Duration | None:
    """The deadline that a sentence states: the first one, or the one beside the most severe level."""
    first: Duration | None = None
    for span in spans(text, line):
        before = text[max(0, span.start - 24) : span.start]
        most = re.search(r"[<≤]\s*$", text[: span.start]) or text[span.start] in "<≤"
        if not span.duration.seconds or span.duration.seconds < 3600 or _MARK.match(span.duration.text):
            continue
        beside = re.split(r"[(（,;，；]", before)[-1]
        if first is not None and scale.highest and scale.mentioned(beside) == (scale.highest,):
            return span.duration
        if first is None and (most or _is_within(before.casefold(), text[span.end :])):
            first = span.duration
    return first


_MARK = re.compile(r"T\s?\+", re.IGNORECASE)
"""A point of a timeline, "T+60: the on-call reviews the ticket", and no deadline."""


def _is_within(before: str, after: str) -> bool:
    """Whether a span is a deadline: after "within", or before "of the incident"."""
    bare = _of().sub(" ", before)
    if _within().search(before) or _within().search(bare):
        return True
    return bool(re.match(rf"\s*{any_of('after_span')}", after, re.IGNORECASE)) or not before.strip(" (（:：,-")


@pattern
def _of() -> str:
    return rf"\s+(?:{any_of('of')}|{any_of('article')})\s*$"


@cache
def _within() -> re.Pattern[str]:
    """A word such as "within" at the end of a text."""
    words = (
        rf"(?<!\w){re.escape(word)}" if word.isascii() else re.escape(word) for word in vocabulary().durations["within"]
    )
    return re.compile(rf"(?:{'|'.join(words)})\W*$")


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
            return names
    always = {name for names, every_one in listed for name in names if every_one}
    return tuple(one.name for one in scale.severities if one.name in always)


@pattern
def _if() -> str:
    return any_of("if")
