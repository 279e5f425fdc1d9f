"""Clocks that a text names by labels of their own: "Response: 15 min / Updates: hourly", "Response – 10 minutes"."""

from __future__ import annotations

import re

from tocsin.runbook.document.inline import plain
from tocsin.runbook.durations import spans, target
from tocsin.runbook.levels.titles import clock_named, clock_of


def clocks_in(text: str, line: int) -> list[tuple[str, str]]:
    """The labels and values of a text that is nothing but several clocks; none of any other."""
    parts = _PARTS.split(text) if _MAY_BE_CLOCKS.search(text) else []
    pieces = [_clock_in(piece, line) for piece in parts]
    labelled = [piece for piece in pieces if piece is not None]
    return labelled if len(labelled) == len(pieces) > 1 and any(clock_of(*one) for one in labelled) else []


def _clock_in(piece: str, line: int) -> tuple[str, str] | None:
    """The label and the value of a piece, also without a colon: "TTA 5 min"."""
    labelled = plain(piece, line).labelled
    span = next(spans(piece, line), None) if labelled is None else None
    if span is None or piece[span.end :].strip(" .。"):
        return labelled
    label = piece[: span.start].strip()
    return (label, piece[span.start :]) if clock_named(label) is not None else None


_MAY_BE_CLOCKS = re.compile(r"[:：·|]|\d[^,;、，；/]{0,40}[,;、，；/][^\d]{0,40}\d")
_PARTS = re.compile(r"\s*[,;|·、，；]\s*|\s+/\s+|\s*／\s*")


def dashed_clock(text: str) -> tuple[str, str] | None:
    """The clock and the time of "Response – 10 minutes"."""
    label, dash, value = (*_DASH.split(text[:_LONGEST_CLOCK], maxsplit=1), "", "")[:3]
    return (label, value) if dash and clock_named(label) is not None and target(value) is not None else None


_DASH = re.compile(r"\s([–—-])\s")
_LONGEST_CLOCK = 80
"""Characters."""
