"""What the comments of a shell block say: titles of commands, conditions, alternatives, things to do by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.runbook.command.shell import Comment
from tocsin.runbook.document.inline import has_ordinal, without_ordinal
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.procedure.ways import way_in


@pattern
def _term() -> str:
    return rf"^(?P<label>{any_of('term')})\s*[:.)–—-]\s*(?P<title>.*)$"


@pattern
def _if() -> str:
    begun = rf"(?!{any_of('no_if')}){any_of('if', 'upon')}"
    return rf"^(?P<condition>{begun}.*?)(?:[,，]\s*(?:{any_of('then')}\s+)?(?P<title>[^,，].+)|[:：]?)$"


@pattern
def _otherwise() -> str:
    return rf"^(?P<condition>{any_of('otherwise')})(?:\W*|[\s,:，：]+(?P<title>\w.*))$"


@pattern
def _for() -> str:
    return rf"^{any_of('for_which')}\s*\S.*[:：]?$"


@pattern
def _by_hand() -> str:
    clause = r"[\u3041-\u9fff]{3}"  # 队列已满: in a script without blanks a word before a colon may be a sentence
    return rf"^{any_of('by_hand')}|^{any_of('look')}\s.*\s(?:dashboard|tab)\b|^(?!{clause})\S+:\s+\S"


_DISABLED = re.compile(r"^[A-Z]{3,}\s+.*;$|^[\w.$-]+\s*[{=]|^[{}]|^\S+\s+\S+;\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Said:
    """A group of comment lines understood."""

    title: str
    condition: str | None = None
    alternative: str | None = None
    numbered: bool = False
    details: tuple[str, ...] = ()
    sticky: bool = False
    other: bool = False  # than what stands above: "# or"


def understand(group: list[Comment]) -> Said:
    """What a group of adjacent comment lines says about the statements after it, or asks to do by hand."""
    lines = [comment.text for comment in group if re.search(r"\w", comment.text)]
    if not lines:
        return Said("")
    first, *others = lines
    numbered = has_ordinal(first) and not first.startswith(("-", "*"))
    first = without_ordinal(first)
    condition = alternative = None
    other = False
    title = first
    if match := _term().match(first):
        alternative, title = match["label"].strip(), match["title"].strip() or match["label"].strip()
    elif (way := way_in(lines[0])) is not None:
        alternative, other, title = way.label, way.other, way.title
        if not title and others:
            title, *others = others
    elif match := _if().match(first):
        condition = match["condition"].strip(" :：")
        title = (match["title"] or "").strip() or first.strip(" :：")
    elif match := _otherwise().match(first):
        condition, title = match["condition"], (match["title"] or "").strip() or first.strip(" :：")
    elif _for().match(first) and len(first) <= 60:
        alternative, title = first.strip(" :："), first.strip(" :：")
    sticky = condition is not None and title == condition and bool(others)
    if sticky:
        numbered = has_ordinal(others[0])
        title, others = without_ordinal(others[0]), others[1:]
    details = tuple(without_ordinal(line) for line in others)
    return Said(title.rstrip(":："), condition, alternative, numbered, details, sticky, other)


def is_by_hand(text: str) -> bool:
    """Whether a comment between two commands is something to do, not a title of the second one."""
    return bool(_by_hand().match(text)) and not text.endswith((":", "：")) and way_in(text) is None


def is_disabled_code(text: str) -> bool:
    """Whether a comment is code that somebody switched off: it stays text and is never a step to run."""
    return bool(_DISABLED.match(text))
