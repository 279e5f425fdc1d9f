"""Several labelled fields on one line, "**Level:** P1 | **Symptoms:** no bread", taken apart.

So are the parts of a procedure that follow each other without a bar: "**Symptom:** no bread **Fix:** relight it".
"""

from __future__ import annotations

import re

from tocsin.runbook.document.inline import Inline, Run
from tocsin.runbook.words import vocabulary

_BAR = re.compile(r"\s*(?:[|·•]|\s/)\s*$")


def fields(line: Inline) -> tuple[Inline, ...]:
    """The fields of a line whose labels are bold, with a bar or a dot before all but the first; else the line."""
    parts = _parts(line)
    return parts if len(parts) > 1 else _barred(line)


def _barred(line: Inline) -> tuple[Inline, ...]:
    pieces: list[list[Run]] = [[]]
    for run in line.runs:
        before = pieces[-1][-1] if pieces[-1] else None
        if run.strong and before is not None and not before.strong and _BAR.search(before.text):
            pieces[-1][-1] = before._replace(text=_BAR.sub("", before.text))
            pieces.append([])
        pieces[-1].append(run)
    return (line,) if len(pieces) == 1 else tuple(Inline(tuple(runs), line.lines) for runs in pieces)


def _parts(line: Inline) -> tuple[Inline, ...]:
    """The parts of a procedure on one line, each behind its name: where the line begins with one, and holds another."""
    if line.labelled is None or not _names_part(line.labelled[0]):
        return (line,)
    pieces: list[list[Run]] = [[]]
    for n, run in enumerate(line.runs):
        text = run.text
        if run.strong and not run.code:
            behind = line.runs[n + 1].text if n + 1 < len(line.runs) else ""
            named = text.rstrip().endswith(_COLONS) or behind.lstrip().startswith(_COLONS)
            if pieces[-1] and named and _names_part(text):
                pieces.append([])
            pieces[-1].append(run)
            continue
        begin = 0
        for match in () if run.code else _SENTENCE.finditer(text):
            if match.start() and _names_part(match["label"]):
                pieces[-1].append(run._replace(text=text[begin : match.start()].rstrip()))
                pieces.append([])
                begin = match.start("label")
        pieces[-1].append(run._replace(text=text[begin:]))
    return tuple(Inline(tuple(runs), line.lines) for runs in pieces)


_COLONS = (":", "：")
_SENTENCE = re.compile(r"(?<=[.;。；!！])\s*(?P<label>[^\W\d_][^:：.;,。；，!?]{1,28})[:：]")
"""What begins a sentence and stands before a colon."""


def _names_part(label: str) -> bool:
    part = vocabulary().part(label.strip(" :：*"))
    return part is not None and part.kind in _PARTS


_PARTS = frozenset(["symptoms", "causes", "investigation", "resolution", "verification"])
