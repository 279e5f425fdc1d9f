"""All rules over a compiled document, gathered into its findings."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.rules.answers import answer_findings
from tocsin.runbook.rules.clocks import clock_findings
from tocsin.runbook.rules.communication import communication_findings
from tocsin.runbook.rules.document import document_findings
from tocsin.runbook.rules.failing_commands import failing_findings
from tocsin.runbook.rules.leftovers import leftover_findings
from tocsin.runbook.rules.lists import list_findings
from tocsin.runbook.rules.people import people_findings
from tocsin.runbook.rules.readwords import ReadWords
from tocsin.runbook.rules.sequences import sequence_findings
from tocsin.runbook.rules.tables import table_findings
from tocsin.runbook.rules.upkeep import upkeep_findings
from tocsin.runbook.rules.vain_commands import vain_findings

MOST_QUOTES, LONGEST_QUOTE = 4, 160
"""Lines of one finding that are quoted, and characters of each."""


def review_findings(playbook: Playbook, compiled: Compiled) -> tuple[Finding, ...]:
    """Every finding, by line."""
    if not compiled.document.lines:
        return compiled.document.findings
    said = ReadWords(playbook)
    tables = list(table_findings(compiled, said))
    found = [
        *compiled.document.findings,
        *document_findings(playbook, compiled, frozenset(one.line for one in tables)),
        *failing_findings(playbook, compiled.document.lines),
        *sequence_findings(playbook),
        *vain_findings(playbook),
        *leftover_findings(playbook),
        *tables,
        *list_findings(playbook, compiled, said),
        *people_findings(playbook, compiled),
        *clock_findings(playbook, compiled),
        *communication_findings(playbook, compiled),
        *upkeep_findings(playbook, compiled),
        *answer_findings(playbook),
    ]
    found = [_quoted(_placed(one, compiled.document.lines), compiled.document.lines) for one in found]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.line, one.column, one.code, one.message)))


def _placed(one: Finding, lines: tuple[str, ...]) -> Finding:
    """The finding at the column where its line's text begins; a command in a sentence, at its opening backtick."""
    if one.column != 1 or not 0 < one.line <= len(lines):
        return one
    text = lines[one.line - 1]
    start = len(text) - len(text.lstrip(" \t>"))
    if one.code.startswith("TOC2") and "`" in text and not text.lstrip().startswith(("```", "~~~")):
        start = text.index("`") + 1
    return replace(one, column=start + 1) if start else one


def _quoted(one: Finding, lines: tuple[str, ...]) -> Finding:
    """The finding with the words of every line that it speaks of: two that disagree are read side by side."""
    if not one.related:
        return one
    numbers = [n for n in dict.fromkeys((one.line, *one.related)) if 0 < n <= len(lines)]
    return replace(one, quotes=tuple(f"{n}: {_cut(lines[n - 1])}" for n in numbers[:MOST_QUOTES]))


def _cut(line: str) -> str:
    bare = " ".join(line[: 20 * LONGEST_QUOTE].split())
    return bare if len(bare) <= LONGEST_QUOTE else bare[: LONGEST_QUOTE - 1] + "…"
