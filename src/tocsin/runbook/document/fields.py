"""Several labelled fields on one line, "**Level:** P1 | **Symptoms:** no bread", taken apart."""

from __future__ import annotations

import re

from tocsin.runbook.document.inline import Inline, Run

_BAR = re.compile(r"\s*(?:[|·•]|\s/)\s*$")


def fields(line: Inline) -> tuple[Inline, ...]:
    """The fields of a line whose labels are bold, with a bar or a dot before all but the first; else the line."""
    pieces: list[list[Run]] = [[]]
    for run in line.runs:
        before = pieces[-1][-1] if pieces[-1] else None
        if run.strong and before is not None and not before.strong and _BAR.search(before.text):
            pieces[-1][-1] = before._replace(text=_BAR.sub("", before.text))
            pieces.append([])
        pieces[-1].append(run)
    return (line,) if len(pieces) == 1 else tuple(Inline(tuple(runs), line.lines) for runs in pieces)
