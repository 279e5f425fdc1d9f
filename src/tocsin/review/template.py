"""The team's own post-mortem template, filled without changing anything else in it.

The lines that ask for times under a timeline become the real timeline in the template's own form; lists of
blank steps become the steps that were done; blanks that the record can answer are answered. All the rest is
the team's, and is left as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.review.blanks import BOLD_HEADING, EMPTY_LABEL, HEADING, nothing_follows, prose
from tocsin.review.filling import fill_line
from tocsin.review.record import Entry, ReviewRecord
from tocsin.review.vocabulary import bind_label, is_time, is_timeline, words_of
from tocsin.review.wording import literal

_STEPS = re.compile(r"\b(?:resolution steps|steps taken|actions taken|steps to resolution|resolution)\b")
_FOR_PEOPLE = re.compile(r"\b(?:action|actions|lesson|lessons|prevention|preventive|improvements?|follow)\b")
_MARKER = r"\s*(?:[-*+]|\d+[.)])\s+"
_TIMED = re.compile(rf"^({_MARKER})?([^\w\[|]*)\[([^\[\]]+)\](.*?)(?=[^\W_]|\[|$)(.*)$")
_BLANK_ITEM = re.compile(rf"^({_MARKER})\[[^\[\]]+\]\s*$")
_BLANK_ALONE = re.compile(r"^\s*\[([^\[\]]+)\]\s*$")
_BARE_TIME = re.compile(r"(?<![\[\w])(?:HH:MM(?::SS)?|hh:mm(?::ss)?|XX:XX)(?![\w\]])")
_ROW = re.compile(r"^\s*\|\s*\[([^\[\]]+)\]\s*\|(.*)\|\s*$")
_EMPTY_ROW = re.compile(r"^(\s*\|\s*([^|\[\]]+?)\s*\|)\s*(\|\s*)$")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the template with the plain words of the heading above it; ``code`` lines are left alone."""

    text: str
    heading: str
    code: bool
    is_heading: bool


def fill_template(template: str, record: ReviewRecord) -> str:
    """The template with everything filled in that the record knows."""
    lines = _read(template)
    has_timeline = any(one.is_heading and is_timeline(one.text) for one in lines)
    done: list[str] = []
    told = False
    index = 0
    while index < len(lines):
        taken = _timeline(lines, index, record, anywhere=not has_timeline) if not told else None
        if taken is None:
            taken = _steps(lines, index, record)
        elif taken[0]:
            told = True
        if taken is not None:
            done += taken[1]
            index += taken[0]
            continue
        done.append(_filled(lines[index], record))
        index += 1
    if record.entries and not told:
        done = _with_timeline(done, record)
    return "\n".join(done).rstrip("\n") + "\n"


def _read(template: str) -> list[_Line]:
    texts = template.splitlines()
    outside = dict(prose(texts))
    heading = ""
    lines: list[_Line] = []
    for index, text in enumerate(texts):
        title = _heading(texts, index) if index in outside else None
        if title:
            heading = words_of(title.group(title.lastindex or 0))
        lines.append(_Line(text, heading, index not in outside, bool(title)))
    return lines


def _heading(texts: list[str], index: int) -> re.Match[str] | None:
    """A heading, or a line in bold that introduces what stands below it."""
    bold = BOLD_HEADING.match(texts[index])
    if bold and EMPTY_LABEL.match(texts[index]) and nothing_follows(texts, index):
        return None
    return HEADING.match(texts[index]) or bold


Taken = tuple[int, list[str]]
"""How many lines of the template were taken, and what stands in their place."""


def _timeline(lines: list[_Line], index: int, record: ReviewRecord, *, anywhere: bool) -> Taken | None:
    """A run of lines that ask for times, replaced by the real timeline in the form of the first of them."""
    here = is_timeline(lines[index].heading)
    if not record.entries or not (here or anywhere):
        return None
    shape = _shape(lines[index], here)
    if shape is None:
        return None
    end = index + 1
    while end < len(lines) and _shape(lines[end], here) is not None:
        end += 1
    return end - index, [shape(number, entry) for number, entry in enumerate(record.entries, 1)]


Shape = Callable[[int, Entry], str]


def _shape(line: _Line, here: bool) -> Shape | None:
    """How this line writes a time and an event; None when it does not ask for one."""
    if line.code or line.is_heading:
        return None
    text = _BARE_TIME.sub(r"[\g<0>]", line.text, count=1) if here else line.text  # "- HH:MM - Detected"
    row = _ROW.match(text)
    if row and is_time(row.group(1)):
        more = "  |" * row.group(2).count("|")
        return lambda _, entry: f"| {entry.at} | {literal(entry.sentence)} |{more}"
    alone = _BLANK_ALONE.match(text)
    if alone and is_timeline(alone.group(1)):
        return lambda _, entry: f"- {entry.at} - {literal(entry.sentence)}"
    timed = _TIMED.match(text)
    if timed and timed.group(1) and (is_time(timed.group(3)) or (here and _BLANK_ITEM.match(text))):
        marker, opening, _, closing, _ = timed.groups()
        between = closing if closing.strip() or closing == " " else " - "
        return lambda number, entry: (
            f"{_numbered(marker or '', number)}{opening}{entry.at}{between}{literal(entry.sentence)}"
        )
    return None


def _steps(lines: list[_Line], index: int, record: ReviewRecord) -> Taken | None:
    """A list of nothing but blanks under a heading for the resolution, replaced by the steps that were done."""
    line = lines[index]
    asked = _STEPS.search(line.heading) and "time" not in line.heading.split()
    if not record.steps or line.code or line.is_heading or not asked:
        return None
    end = index
    while end < len(lines) and _BLANK_ITEM.match(lines[end].text):
        end += 1
    item = _BLANK_ITEM.match(line.text)
    if item is None:
        return None
    written = [f"{_numbered(item.group(1), number)}{literal(step)}" for number, step in enumerate(record.steps, 1)]
    return end - index, written


def _numbered(marker: str, number: int) -> str:
    return re.sub(r"\d+", str(number), marker)


def _filled(line: _Line, record: ReviewRecord) -> str:
    """One line with its blanks answered; sections for people's judgement are theirs."""
    if line.code or (_FOR_PEOPLE.search(line.heading) and not line.is_heading):
        return line.text
    values = record.literals()
    label = EMPTY_LABEL.match(line.text)
    if label and not line.is_heading:
        known = bind_label(label.group(1))
        return f"{line.text.rstrip()} {values[known]}" if known in values else line.text
    row = _EMPTY_ROW.match(line.text)
    if row:
        known = bind_label(row.group(2))
        return f"{row.group(1)} {values[known]} {row.group(3)}" if known in values else line.text
    return fill_line(line.text, values, label="" if line.is_heading else line.heading)


def _with_timeline(done: list[str], record: ReviewRecord) -> list[str]:
    """The timeline at the end of its section, or of the document where it has none: it is never lost."""
    entries = [f"- {entry.at} - {literal(entry.sentence)}" for entry in record.entries]
    lines = _read("\n".join(done))
    start = next((i for i, one in enumerate(lines) if one.is_heading and is_timeline(one.text)), None)
    if start is None:
        return [*done, "", "## Timeline", "", *entries]
    end = next((i for i in range(start + 1, len(lines)) if lines[i].is_heading), len(lines))
    while end > start + 1 and not done[end - 1].strip():
        end -= 1
    return [*done[:end], "", *entries, *done[end:]]
