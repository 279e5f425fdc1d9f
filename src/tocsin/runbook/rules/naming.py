"""How a command stands in a line: by itself, as what a sentence ends with, or only mentioned."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache


class Naming(Enum):
    """How inline code is used by the words around it; it matters for a bare name, "kubectl rollout undo"."""

    NONE = auto()
    """It stands by itself or behind a colon, and is to be run as it is: "Go back: `kubectl rollout undo`"."""
    SENTENCE = auto()
    """Words tell what to use, "Go back with `kubectl rollout undo`", or for what. Whoever reads it adds the rest."""
    MENTIONED = auto()
    """In a remark, "(`git revert`)", or with the sentence going on: "the id that `docker run` returned"."""


@lru_cache(maxsize=64)
def naming_of(text: str, lines: tuple[str, ...]) -> Naming:
    """How the inline code ``text`` is used in these lines.

    >>> naming_of("git revert", ("1. Go back with `git revert`.",))
    <Naming.SENTENCE: 2>
    """
    naming = Naming.NONE
    for line in lines:
        before, *parts = line.split("`")
        for code, after in zip(parts[::2], parts[1::2], strict=False):
            if code == text and (_GOES_ON.match(after) or _is_remark(before, after)):
                return Naming.MENTIONED
            if code == text and (_SAID.search(before) or _TOLD_WHY.match(after)):
                naming = Naming.SENTENCE
            before = after
    return naming


def _is_remark(before: str, after: str) -> bool:
    return _OPENED.search(before) is not None and _CLOSED.match(after) is not None


_OPENED = re.compile(r"[(（][^()（）]*$")
_CLOSED = re.compile(r"[^()（）]*[)）]")
_GOES_ON = re.compile(r"[*_]{0,3}\s*(?:[+&]\s*)?(?=[^\W\d_])")
_TOLD_WHY = re.compile(r"[*_]{0,3}\s{0,2}(?:→|⇒|->|=>|—|–|-)\s{0,2}[*_]{0,3}[^\W\d_]")
"""Behind a name, what it is for: "`kubectl logs` → find the row"."""
_SAID = re.compile(r"[^\W\d_][\s*_,，]{0,8}$")
