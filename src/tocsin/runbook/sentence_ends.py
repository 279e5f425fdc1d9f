"""Where a sentence ends, or one of its clauses: behind the mark, but for the point of a word that is cut short."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.grammar import pattern, phrases


@pattern
def sentence_ends() -> str:
    """Between two sentences, to be split at: behind ".", "!" or "?" and a blank, or behind "。", "！" or "？"."""
    return rf"(?<=[.!?]){cut_short()}\s+|(?<=[。！？])\s*"


@pattern
def clause_ends() -> str:
    """The same, and behind a semicolon."""
    return rf"(?<=[.!?;]){cut_short()}\s+|(?<=[。；！？])\s*"


@cache
def cut_short() -> str:
    """A pattern, behind the one for a point, that passes over the points of words cut short: "e.g.", "z. B."."""
    words = (re.escape(one).replace(r"\ ", r"\s") for one in phrases("cut_short"))
    return "".join(rf"(?<!\b{one}\.)" for one in words)
