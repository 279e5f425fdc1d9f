"""Questions in a drawing that part its way: "P1?" with "Yes → owner" and "No → lead" calls the owner at P1 only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tocsin.runbook.document.blocks import Fence, Item, ItemList
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import ARROW
from tocsin.runbook.escalation.drawings.severities import SIGNS
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.sentences.calling import calls
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary

_MOST_LINES = 60
_LONGEST = 160
"""Characters of a line of a drawing."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A drawing at its first question: the ``question``, its line, and the drawing for either answer.

    ``severities`` are those that the question asks for; empty where it is about a matter.
    """

    question: str
    line: int
    severities: tuple[str, ...]
    yes: Fence
    no: Fence


def parted(block: Fence, scale: Scale) -> Parted | None:
    """The drawing at its first question that is about a severity, or about a matter with people behind both answers.

    That nobody answers, or that it goes on, is no matter: whoever is called then is the next one.
    """
    if len(block.body) > _MOST_LINES or any(len(line) > _LONGEST for line in block.body):
        return None
    block = replace(block, body=tuple(_CORNER.sub(r"\1└", line) for line in block.body))
    for n, line in enumerate(block.body):
        question = _words(line)
        beside = _beside().search(question)
        asked = (question[: beside.start()] if beside is not None else question).strip()
        if not asked.endswith(("?", "？")):
            continue
        if beside is not None:
            column = line.find(question) + beside.start()
            answers = _beside_it(block, n, question[beside.end() :], column)
        else:
            answers = _below(block, n)
        if answers is None:
            continue
        yes, no = answers
        names = scale.mentioned(asked)
        if len(names) == len(scale.severities):
            names = ()
        if names or (_is_matter(asked) and _names_people(yes) and _names_people(no)):
            return Parted(asked, block.first + n, names, _only(block, n, yes, no), _only(block, n, no, yes))
    return None


_CORNER = re.compile(r"^([\s|│]{0,80})`(?=-)")
"""The last branch of a tree in plain signs: "`-- no"."""


def drawn(block: ItemList) -> Fence | None:
    """A list as a drawing, where an item asks and what is nested below it are two answers; None for others."""
    if not any(_asks(item) for item in block.items) or block.lines.last - block.lines.first >= _MOST_LINES:
        return None
    body = [""] * (block.lines.last - block.lines.first + 1)
    for depth, item in _nested(block.items, 0):
        body[item.lines.first - block.lines.first] = f"{' ' * depth}├ {item.inline.text}"
    return Fence(block.lines, "", tuple(body), block.lines.first)


def _asks(item: Item) -> bool:
    nested = [one for child in item.children if isinstance(child, ItemList) for one in child.items]
    answers = len(nested) == _BOTH and all(_answer().match(one.inline.text) for one in nested)
    return answers and item.inline.text.endswith(("?", "？"))


def _nested(items: Sequence[Item], depth: int) -> Iterator[tuple[int, Item]]:
    for item in items:
        yield depth, item
        for child in item.children:
            if isinstance(child, ItemList):
                yield from _nested(child.items, depth + 1)


def _words(line: str) -> str:
    match = SIGNS.match(line)
    return (line[match.end() :] if match else line).rstrip(" │|")


def _is_matter(question: str) -> bool:
    words = vocabulary()
    goes_on = any(words.says(name, question) for name in ("unresolved", "resolve_verb", "acknowledge_verb"))
    return not goes_on and not says_silence(question) and target(question) is None


def _names_people(lines: dict[int, str]) -> bool:
    return any(is_somebody(text) or calls(_words(text)) for text in lines.values())


def _below(block: Fence, at: int) -> tuple[dict[int, str], dict[int, str]] | None:
    """The lines of either answer below a question, by their place, without the word for the answer."""
    found: dict[bool, dict[int, str]] = {}
    column, answer = -1, False
    for n in range(at + 1, len(block.body)):
        line = block.body[n]
        words = _words(line)
        indent = len(line) - len(line.lstrip(" │|├└─┬┌┐┘┴┼+\\")) if words else column + 1
        said = _answer().match(words)
        if said is not None and (column < 0 or indent == column):
            answer, column = said["yes"] is not None, indent
            if answer in found:
                break
            found[answer] = {n: f"{line[: line.find(words)]}{words[said.end() :]}"}
        elif column < 0:
            if words and not SIGNS.fullmatch(line):
                break
        elif indent > column:
            found[answer][n] = line
        else:
            break
    return (found[True], found[False]) if len(found) == _BOTH else None


_BOTH = 2


def _beside_it(block: Fence, at: int, rest: str, column: int) -> tuple[dict[int, str], dict[int, str]] | None:
    """The same where the way of "yes" leads to the side: "Flour lost? --yes--> owner", with "no" on the way down.

    What stands beside the way down, behind the end of the question, is of "yes" as well.
    """
    line = block.body[at]
    announced = rest.rstrip().endswith((":", "："))  # "Call at once:" stands above whom
    yes = {at: "" if announced else f"{line[: line.find(_words(line))]}{rest}"}
    no: dict[int, str] = {}
    denied = False
    for n in range(at + 1, len(block.body)):
        left, right = _columns(block.body[n], column)
        said = _answer().match(_words(left))
        if not denied and said is not None and said["yes"] is None:
            denied, left = True, _words(left)[said.end() :]
        elif not denied and n > at + _NEAR:
            return None
        no[n] = left
        if right and len(yes) == n - at:
            yes[n] = right
    return (yes, no) if denied else None


_NEAR = 3
"""Lines from a question to the word "no" on the way down."""


def _columns(line: str, column: int) -> tuple[str, str]:
    """What stands in a line below a question, and what stands behind a gap to the right of its end."""
    gaps = (match for match in _GAP.finditer(line) if match.end() >= column and line[: match.start()].strip())
    gap = next(gaps, None)
    return (line, "") if gap is None else (line[: gap.start()], line[gap.end() :])


_GAP = re.compile(r"\s{3,}(?=\S)")


def _only(block: Fence, at: int, kept: dict[int, str], dropped: dict[int, str]) -> Fence:
    """The drawing with one answer and without the question; the lines stay as many as they are."""
    body = [kept.get(n, "" if n == at or n in dropped else line) for n, line in enumerate(block.body)]
    return replace(block, body=tuple(body))


@pattern
def _answer() -> str:
    yes, no = any_of("yes"), any_of("no")
    mark = rf"\s*[)）\]】]?\s*(?:[:：,、]|(?:[-─━—=]{{0,6}}\s*)(?:{ARROW.pattern}|>)|[-─━—–]+|$)\s*"
    return rf"[(（\[【]?\s*(?:(?P<yes>{yes})|{no}|n(?=\s*[:：)→-])){mark}"


@pattern
def _beside() -> str:
    """Behind a question the arrow with "yes" on it."""
    yes = rf"[(（\[]?\s*{any_of('yes')}\s*[)）\]]?"
    return rf"(?<=[?？])\s*(?:[-─━—=]{{1,6}}|{ARROW.pattern})\s*{yes}\s*(?:[-─━—=]{{0,6}}(?:>|→)|[:：])\s*"
