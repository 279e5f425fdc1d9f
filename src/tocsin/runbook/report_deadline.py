"""When the report of an incident is due, or its review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tocsin.runbook.document.blocks import ItemList, Table
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, guarded, pattern
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import clause_ends, cut_short
from tocsin.runbook.span_forms import Span
from tocsin.runbook.stated import Duration
from tocsin.runbook.wording import of_other_work
from tocsin.runbook.words import vocabulary


def report_due(everything: Iterable[Leaf], scale: Scale) -> tuple[Duration | None, int]:
    """The deadline of the report or the review, with its line. Where levels differ, the highest severity's.

    That of the text comes before that of the meeting being called, and both before that of another thing done by then;
    that of the final text before that of its draft. What a chapter on what comes after an incident says comes before
    what another one says, of one incident, of a check.
    """
    words = vocabulary()
    for one in scale.stated:
        if one.what == "review" and one.severity == scale.highest and one.duration.seconds:
            return one.duration, one.duration.lines.first if one.duration.lines else 1
    elsewhere: tuple[Duration, int] | None = None
    called: tuple[Duration, int] | None = None
    drafted: tuple[Duration, int] | None = None
    timed: tuple[Duration, int] | None = None  # "24 hours: the data are kept": one of the things done by then
    section: Section | None = None
    rows: dict[int, str] = {}
    for leaf in everything:
        path = leaf.section.abouts
        upkeep = "upkeep" in path and "postmortem" not in path  # "Review schedule" may be that of the report
        if upkeep or "links" in path:
            continue
        about = words.says_of("postmortem_word", leaf.text, leaf.under)
        chapter = not AFTERWARDS.isdisjoint(path)
        inside = leaf.section.about in ("postmortem", "postmortem_template") or _leads_to_skeleton(leaf.section)
        if not about and not inside and not (chapter and leaf.form in ("heading", "text", "cell")):
            continue
        if words.says("code_review", leaf.section.title.text) or (leaf.form == "cell" and _is_of_an_alert(leaf)):
            continue
        text = leaf.section.title.raw if leaf.form == "heading" else leaf.text
        if leaf.form == "heading" and _asks_for_one(leaf.section):
            text = _window(leaf.section) or text
        elif leaf.form == "heading" and not about and "postmortem" not in path and not _leads_to_skeleton(leaf.section):
            continue
        if leaf.form == "cell" and leaf.section is not section:
            section, rows = leaf.section, _rows_of(leaf.section)
        named = words.says("postmortem_word", rows.get(id(leaf.inline), text) if leaf.form == "cell" else text)
        if leaf.form == "cell" and not (named or inside):
            continue
        for due in _stated(text, leaf, scale):
            if named or (leaf.form != "cell" and not _begins_with_a_time(text)):
                if drafted is not None and not _final().search(text):
                    continue
                if _is_of_a_draft(text, leaf.under) and drafted is None:
                    drafted = due, leaf.line
                    continue
                if not _schedules().match(text):
                    if chapter or inside or scale.highest in scale.mentioned(leaf.section.title.text):
                        return due, leaf.line
                    elsewhere = elsewhere or (due, leaf.line)
                    continue
                called = called or (due, leaf.line)
            timed = timed or (due, leaf.line)
    return drafted or elsewhere or called or timed or (None, 1)


def _is_of_a_draft(text: str, under: str) -> bool:
    """Whether a line says when the draft of the report is due: what it says of the final one comes before."""
    return not _final().search(text) and _draft().search(text) is not None and _draft().search(under) is None


@guarded("draft_of_report")
def _draft() -> str:
    return any_of("draft_of_report")


@guarded("final_report")
def _final() -> str:
    return any_of("final_report")


def _leads_to_skeleton(section: Section) -> bool:
    """Whether a line only leads to the skeleton of a report below it, "It is due within two days:"."""
    above = section.parent
    return section.level == LABEL_LEVEL and above is not None and above.about == "postmortem_template"


def deadlines_said(everything: Iterable[Leaf], scale: Scale) -> Iterator[tuple[Duration, int]]:
    """The deadlines of sentences that name the whole report of any incident, with their lines.

    Not those of one severity, nor of a draft, of a meeting on it, or of its publication.
    """
    words = vocabulary()
    for leaf in everything:
        if leaf.form not in ("item", "text") or not words.says_of("postmortem_word", leaf.text, ""):
            continue
        if "upkeep" in leaf.section.abouts or scale.mentioned(leaf.text) or scale.worded(leaf.text):
            continue
        for sentence in _ends().split(leaf.text):
            if len(sentence) > _LONGEST_SAID or not words.says("postmortem_word", sentence):
                continue
            if words.says("stage_of_report", sentence) or words.says("call", sentence):
                continue
            if _schedules().match(sentence) or not _is_of_report(sentence):
                continue
            due = _deadline(sentence, leaf.line, scale) if len(list(spans(sentence))) == 1 else None
            if due is not None:
                yield due, leaf.line


@pattern
def _ends() -> str:
    return rf"(?<=[.!?。]){cut_short()}\s*|[;；]\s*"


_LONGEST_SAID = 300
"""Characters of a sentence that says when the report is due."""


def _rows_of(section: Section) -> dict[int, str]:
    """For each cell of a section, by its identity, its row and the title of its column: "3 days" stands beside what is
    done by then."""
    return {
        id(cell): " | ".join([*(head.text for head in table.header[n : n + 1]), *(one.text for one in row.cells)])
        for table in section.blocks
        if isinstance(table, Table)
        for row in table.rows
        for n, cell in enumerate(row.cells)
    }


def _stated(text: str, leaf: Leaf, scale: Scale) -> Iterator[Duration]:
    """The deadlines of a line that are the report's; that of the item above it where it has none: "Within 5 days:"."""
    words = vocabulary()
    named = words.says("postmortem_word", text)
    sentences = clause_ends().split(text)
    if named:
        sentences.sort(key=lambda one: not words.says("postmortem_word", one))  # its own first
    found = False
    for sentence in sentences:
        if len(sentence) > _LONGEST:
            continue
        for said in _parts(sentence) if named else (sentence,):
            if _is_of_report(said) and (due := _deadline(said, leaf.line, scale)) is not None:
                found = True
                yield due
    if not named or found or not _is_of_report(text):
        return
    line = leaf.inline.lines.first
    if _begins_with_a_time(f"{leaf.under.rstrip(' :：')}:") and (due := _deadline(leaf.under, line, scale)) is not None:
        yield due
    elif leaf.form in ("item", "text") and len(text) <= _LONGEST_DEED and _only_planned().search(text) is None:
        yield from _at_its_point(text, leaf, scale)


_LONGEST_DEED = 120
"""Characters of what is done at a point of a timeline."""


def _at_its_point(text: str, leaf: Leaf, scale: Scale) -> Iterator[Duration]:
    """When the report is done on a timeline, by the mark of its line or of its chapter: "T+5 days: Review published".

    A mark of less than a day is when somebody looks at the incident; from a day on it is the report's.
    """
    title = leaf.section.title.raw
    if _begins_with_a_time(f"{title}:") and (due := _deadline(title, leaf.line, scale)) is not None:
        yield due
        return
    for said in (text, title):
        first = next(spans(said, leaf.line), None)
        if first is None or (first.duration.seconds or 0) < _LONGER_THAN_A_MEETING:
            continue
        if _POINT.fullmatch(said[: first.start].strip()) is not None:
            yield first.duration
            return


_LONGEST = 1000
"""Characters of a sentence: what stands before and behind is looked at for each time in it."""


def _parts(sentence: str) -> tuple[str, ...]:
    """Where to look in a sentence of a line that names the report: what stands before its colon or ends with its
    bracket, "Within 5 days, write a post-mortem: action items, …"; its own clause; and all of it.

    Nothing of a sentence, or all of it but the report's clause, that states other clocks: "Answer within 2 hours, fix
    within 8, a post-mortem is required".
    """
    words = vocabulary()
    if not words.says("postmortem_word", sentence):
        return () if _has_another_clock(_as_begun(sentence)) else (sentence,)
    end = re.search(r":\s|[)）]\s", sentence)
    head = sentence[: end.end()] if end is not None else ""
    heads = (head,) if head and words.says("postmortem_word", head) else ()
    clauses = re.split(r"[,，、]\s*", sentence)
    if len(clauses) < 2:
        return (*heads, sentence)
    own = tuple(one for one in clauses if words.says("postmortem_word", one))
    others = [one for one in clauses if one not in own]
    return (*heads, *own) if any(map(_has_another_clock, others)) else (*heads, *own, sentence)


def _has_another_clock(clause: str) -> bool:
    """Whether a clause says how soon something else is done: "Acknowledge < 15 min"."""
    clocks = ("respond_verb", "acknowledge_verb", "resolve_verb", "other_clock")
    span = next(spans(clause), None)
    if span is None:
        return False
    since = re.match(rf"\s*{any_of('after_span')}", clause[span.end :], re.IGNORECASE)  # "48 hours after resolution"
    return any(vocabulary().says(name, clause[: span.end] if since else clause) for name in clocks)


@pattern
def _schedules() -> str:
    """The begin of a line by which the review is only called: "Schedule the post-mortem"."""
    return rf"\W*{any_of('schedules')}"


@pattern
def _only_planned() -> str:
    """Anywhere in what is done at a point of a timeline: "Post-mortem schedule announced" holds no review yet."""
    return any_of("schedules")


def _begins_with_a_time(text: str) -> bool:
    """Whether a line is a point of a timeline and what is done then: "24 hours: the data are kept"."""
    first = next(spans(text), None)
    if first is None or text[first.end :].lstrip()[:1] not in (":", "：", "-", "–", "—", "→"):
        return False
    before = text[: first.start].casefold()
    return not before.strip() or _within().fullmatch(before.strip()) is not None


def _is_of_an_alert(leaf: Leaf) -> bool:
    """Whether a cell says what to do about an alert: "Review within 4 hours" is no review of an incident there."""
    tables = (one for one in leaf.section.blocks if isinstance(one, Table) and one.header)
    here = (one for one in tables if one.lines.first <= leaf.line <= one.lines.last)
    return any(vocabulary().column("alert", one.header[0].text) >= 0.99 for one in here)


def _is_of_report(sentence: str) -> bool:
    """Whether a deadline is the report's: not that of what is done because of it, of a change's review, or of telling
    an authority, "Notify, remediate, review (the commissioner within 72 hours)"."""
    words = vocabulary()
    if not words.says("postmortem_word", sentence) and (
        words.begins_with("call", _NUMBERED.sub("", sentence), 1) or of_other_work().search(sentence) is not None
    ):
        return False  # "Inform the team within a day"; "Call a retrospective within two" is the report's again
    sentence = _as_begun(sentence)
    return not any(words.says(name, sentence) for name in ("action_item", "code_review", "law", "authority"))


def _as_begun(sentence: str) -> str:
    """A sentence that begins with its time without the rest of what is listed then.

    "Within three days, write down the course, the causes and the recovery actions" is no deadline of the actions.
    """
    clauses = re.split(r"(?=[,，、])", sentence, maxsplit=2)
    return "".join(clauses[:2]) if len(clauses) > 2 and next(spans(clauses[0]), None) is not None else sentence


_NUMBERED = re.compile(r"^[^\W\d_]*\s*\d{1,2}\s*[.:)–—-]\s*")
"""The number of a heading: "Phase 4: "."""


def _asks_for_one(section: Section) -> bool:
    """Whether what is to be done in a last phase is the report: its time box is the deadline then,
    and so is that of a part, "Within 48 hours"."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    said = any(vocabulary().says("postmortem_word", item.inline.text) or _tells_why(item.inline.text) for item in items)
    above = section.parent.about if section.parent is not None and not section.about else section.about
    return said and above == "phase:post_incident"


def _window(section: Section) -> str | None:
    """The bracket of a title that is nothing but a time: "Follow-up (24-72 hours)"."""
    said = section.title.qualifier or ""
    span = next(spans(said), None)
    return said if span is not None and not re.search(r"[^\W\d_]", said[: span.start] + said[span.end :]) else None


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
        if not span.duration.seconds or span.duration.seconds < 3600 or _is_the_least(text, span):
            continue
        alone = span.duration.seconds >= _LONGER_THAN_A_MEETING and _stands_alone(text, span.start, span.end)
        if _MARK.match(span.duration.text) and not alone:
            continue
        beside = re.split(r"[(（,;，；]", before)[-1]
        if first is not None and scale.highest and scale.mentioned(beside) == (scale.highest,):
            return span.duration
        labels = span.duration.seconds >= _LONGER_THAN_A_MEETING and _labelled(text[: span.start])
        named = _DAY_MARK.match(span.duration.text) is not None and vocabulary().says("postmortem_word", before)
        if first is None and (most or labels or alone or named or _is_within(before.casefold(), text[span.end :])):
            first = span.duration
    return first


def _is_the_least(text: str, span: Span) -> bool:
    """Whether a time is when something begins at the earliest, as a last phase does: "(> 4 h)", "4 h+"."""
    return text[span.start] in ">≥" or text[span.end : span.end + 1] == "+"


_DAY_MARK = re.compile(r"[JD]\s?\+\s?\d")
"""A day counted from the incident, which behind the report's name is when that is due: "post-mortem J+5 max"."""

_LONGER_THAN_A_MEETING = 86_400
"""Seconds. "Review: 1 hour" is how long it takes, "Review: 3 days" when it is due."""


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a time is all that the bracket behind the report's name says: "Post-mortem (T+48h)", "(3 to 5 days)"."""
    before, after = _led_in().sub("", _POINT.sub("", text[:start])).rstrip(), text[end:].lstrip()
    return before[-1:] in ("(", "（") and after[:1] in (")", "）") and vocabulary().says("postmortem_word", before)


@pattern
def _led_in() -> str:
    """Before a time in a bracket: "T+", "from" a range, "between 3 and"."""
    between = rf"{any_of('between')}\s+\d+\s+{any_of('and')}"
    return rf"(?:T\s?\+|{any_of('from', 'deadline', 'after')}|{between})\s*$"


def _labelled(before: str) -> bool:
    """Whether what stands before a time is the report's label, or that of a deadline: "Post-mortem: 5 days"."""
    label = re.search(r"(?P<label>[^:：.,;]+)[:：]\W*$", _POINT.sub("", before))
    if label is None:
        return False
    return vocabulary().says("postmortem_word", label["label"]) or _due().fullmatch(label["label"].strip()) is not None


@pattern
def _due() -> str:
    """A label that is nothing but a word for a deadline: "Due", "Frist"."""
    return any_of("deadline")


_POINT = re.compile(r"T\s?\+\s?$", re.IGNORECASE)
"""What makes a span a point in time: "T+48h"."""

_MARK = re.compile(r"T\s?\+", re.IGNORECASE)
"""A point of a timeline, "T+60: the on-call reviews the ticket", and no deadline."""


def _is_within(before: str, after: str) -> bool:
    """Whether a span is a deadline: after "within", or before "of the incident"."""
    bare = _of().sub(" ", before)
    if _lasting().search(before) or _OFTEN.search(before) or _again().search(before) or _again_behind().match(after):
        return False  # "kept for 7 days", "more than 3 alarms in a week", "twice in a week"
    if _within().search(before) or _within().search(bare):
        return True
    if _given().search(before):  # "the lead has five days to write it"; "we have five days of logs" is none
        return re.match(rf"\s*{any_of('of')}", after, re.IGNORECASE) is None
    return bool(re.match(rf"\s*{any_of('after_span')}", after, re.IGNORECASE)) or not before.strip(" (（:：,-")


_OFTEN = re.compile(r"(?<![\w.-])\d{1,4}\s+[^\W\d_]{3,20}\s+[^\W\d_]{2,6}\s*$")
"""How often something happens, before the time in which it does: "3 alarms in a week"."""


@pattern
def _again() -> str:
    """That something happens once more, before the time in which it does: "recurs within 30 days", "(2+ in a week)"."""
    times = rf"(?:{any_of('times_over')}|(?<!\w)\d{{1,3}}\s?[+x×])"
    return rf"{times}\s*,?\s*(?:{'|'.join(_words_within())})\W*$"


@pattern
def _again_behind() -> str:
    """The same behind the time: 一周内再次发生."""
    return rf"\W{{0,2}}(?:{'|'.join(_words_within())})?\s?{any_of('times_over_behind')}"


@pattern
def _given() -> str:
    return rf"{any_of('given')}\s*$"


@pattern
def _lasting() -> str:
    return rf"{any_of('for')}\s*$"


@pattern
def _of() -> str:
    return rf"\s+(?:{any_of('of')}|{any_of('article')})\s*$"


@cache
def _within() -> re.Pattern[str]:
    """A word such as "within" at the end of a text."""
    return re.compile(rf"(?:{'|'.join(_words_within())})\W*$")


def _words_within() -> Iterator[str]:
    words = vocabulary().durations["within"]
    return (rf"(?<!\w){re.escape(word)}" if word.isascii() else re.escape(word) for word in words)
