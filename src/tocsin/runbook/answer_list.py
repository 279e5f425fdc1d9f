"""Answers written into the team's document: the section made, or set right in place. Pure: the caller writes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.errors import Conflict
from tocsin.runbook.answers.forms import HEADING
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import Written
from tocsin.runbook.playbook import Playbook

INTRODUCTION = (
    "What Tocsin asked about this runbook, and what the team answered: `tocsin init --into markdown` keeps this list."
)
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_HEADING = re.compile(rf"#{{1,6}}\s+{HEADING}[\s#]*", re.IGNORECASE)
_MARKS = re.compile(r"[*_<>\[\]\\~&|#!:$]")


def item(key: str, text: str) -> str:
    """An answer as an item of the list; what Markdown would take for a mark stands in backticks."""
    bare = " ".join(text.split())
    return f"- `{key}`: " + (f"`{bare}`" if _MARKS.search(bare) and "`" not in bare else bare)


def with_answers(file: Written, path: str, answers: Mapping[str, str]) -> Written:
    """The file with these answers: an item that could not be used is replaced, new ones go to the end of the list.

    Raises Conflict when the result would not be read as it was meant, as in a document whose last code block is never
    closed; ``path`` names the file in its text.
    """
    playbook = compile_runbook(file.data())
    lines, fresh = list(file.lines), dict(answers)
    ends = list(file.ends)
    gone: set[int] = set()
    for one in playbook.answers:
        if one.problem and one.key in fresh:
            bullet = _BULLET.match(lines[one.lines.first - 1])
            text = item(one.key, fresh.pop(one.key))
            lines[one.lines.first - 1] = (bullet[0] if bullet else "- ") + text.removeprefix("- ")
            gone |= set(range(one.lines.first, one.lines.last))
    place, before = _place(playbook, file.lines)
    added = [*before, *(item(key, text) for key, text in fresh.items())] if fresh else []
    end = next((one for one in ends if one), "\n")
    if added and ends and not ends[place - 1 if place else -1]:
        ends[-1] = end
    lines[place:place], ends[place:place] = added, [end] * len(added)
    kept = [n for n in range(len(lines)) if n not in gone]
    after = Written(tuple(lines[n] for n in kept), tuple(ends[n] for n in kept), file.mark, file.encoding)
    _read_back(after, path, answers)
    return after


def _place(playbook: Playbook, lines: tuple[str, ...]) -> tuple[int, list[str]]:
    """After how many lines new items go, and what has to stand before them."""
    listed = [block.lines.last for block in playbook.blocks if block.became == "answers"]
    if playbook.answers:
        return max(last for last in listed if last >= playbook.answers[-1].lines.last), []
    if listed:
        return max(listed), [""]
    covered = {n for block in playbook.blocks for n in range(block.lines.first, block.lines.last + 1)}
    for number, line in enumerate(lines, 1):
        if number not in covered and _HEADING.fullmatch(line):
            return number, ["", INTRODUCTION, ""]
    blank = [""] if lines and lines[-1].strip() else []
    return len(lines), [*blank, f"## {HEADING}", "", INTRODUCTION, ""]


def _read_back(after: Written, path: str, answers: Mapping[str, str]) -> None:
    read = {one.key: " ".join(one.text.split()) for one in compile_runbook(after.data()).answers if not one.problem}
    if lost := [key for key, text in answers.items() if read.get(key) != " ".join(text.split())]:
        raise Conflict(
            f"{path}: {', '.join(lost)} could not be read back from the end of the document; nothing was written. "
            "Is there a code block or a comment that is never closed? `tocsin check` names it"
        )
