"""The runbook with what became of each line in its margin: understood as what, kept to read, or not understood."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from markupsafe import Markup

from tocsin.runbook.playbook import Block, BlockFate, Finding, Playbook
from tocsin.runbook.stated import Lines
from tocsin.web.markdown import Piece, pieces

_T = TypeVar("_T")

MOST_FINDINGS = 4
"""Named beside one passage; the others are counted."""

_WORDS = {
    "procedure": "steps",
    "phase": "steps of the response",
    "template": "message",
    "duty": "duties",
    "symptom": "symptoms",
    "communication": "who is told",
    "escalation rule": "when to escalate",
    "review": "date of review",
}
_SAYS = {BlockFate.REFERENCE: "kept to read", BlockFate.UNMAPPED: "not understood"}


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring blocks that became the same, with what is to be said of them. ``fate`` is None for a heading."""

    lines: Lines
    fate: BlockFate | None
    says: str
    html: Markup
    findings: tuple[tuple[int, Finding], ...] = ()
    corrected: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[tuple[int, Finding], ...]:
        """The findings that are named in the margin, by their numbers in the list."""
        return self.findings[:MOST_FINDINGS]


def passages(text: str, playbook: Playbook, corrections: Mapping[str, str]) -> tuple[Passage, ...]:
    """The document in passages. ``corrections`` says for the id of a corrected step where its correction stands."""
    margin = _Margin(playbook, corrections)
    return tuple(_joined(map(margin.passage, pieces(text))))


class _Margin:
    """What a playbook says of any line; blocks and findings come by line, and are looked up as in an index."""

    def __init__(self, playbook: Playbook, corrections: Mapping[str, str]) -> None:
        self.blocks = playbook.blocks
        self.ends = [block.lines.last for block in playbook.blocks]
        self.findings = tuple(enumerate(playbook.findings))
        steps = sorted(playbook.steps().values(), key=lambda step: step.lines)
        self.corrected = [(step.lines.first, corrections[step.id]) for step in steps if step.id in corrections]

    def passage(self, piece: Piece) -> Passage:
        """A block of the document with what is to be said of it."""
        block = None if piece.divides else self._block(piece.lines)
        return Passage(
            lines=piece.lines,
            fate=block.fate if block else None,
            says=_SAYS.get(block.fate, _WORDS.get(block.became, block.became)) if block else "",
            html=piece.html,
            findings=_within(piece.lines, self.findings, lambda one: one[1].line),
            corrected=tuple(where for _line, where in _within(piece.lines, self.corrected, lambda one: one[0])),
        )

    def _block(self, lines: Lines) -> Block | None:
        """The first block that shares a line with these."""
        at = bisect_left(self.ends, lines.first)
        return self.blocks[at] if at < len(self.blocks) and self.blocks[at].lines.first <= lines.last else None


def _within(lines: Lines, ordered: Sequence[_T], line: Callable[[_T], int]) -> tuple[_T, ...]:
    """Of what is ordered by line, what stands on these lines."""
    return tuple(ordered[bisect_left(ordered, lines.first, key=line) : bisect_right(ordered, lines.last, key=line)])


def _joined(found: Iterable[Passage]) -> Iterator[Passage]:
    """Neighbours of which the same is said are one passage."""
    held: Passage | None = None
    for one in found:
        if held is not None and held.fate is one.fate is not None and held.says == one.says:
            held = replace(
                held,
                lines=Lines(held.lines.first, one.lines.last),
                html=held.html + one.html,
                findings=held.findings + one.findings,
                corrected=held.corrected + one.corrected,
            )
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
