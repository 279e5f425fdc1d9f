"""Findings as text, JSON, SARIF and GitHub annotations. Strings only: whoever calls writes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from tocsin.runbook.findings import catalogue
from tocsin.runbook.playbook import Finding, FindingSeverity, Playbook

EXPLAINED = "https://github.com/tocsin/tocsin/tree/main/docs/findings"
DOCUMENTATION = "https://github.com/tocsin/tocsin/blob/main/docs/findings/{code}.md"
_SARIF_LEVEL = {FindingSeverity.ERROR: "error", FindingSeverity.WARNING: "warning", FindingSeverity.INFO: "note"}
_GITHUB_LEVEL = {FindingSeverity.ERROR: "error", FindingSeverity.WARNING: "warning", FindingSeverity.INFO: "notice"}


def render_text(playbooks: Sequence[Playbook]) -> str:
    """One line per finding like a compiler's, the lines it compares and the fix below it, then the numbers.

    Of each document the worst come first, by line among themselves: who reads the first screen has read what cannot
    work. What mends several findings of a document alike is said below the first of them, and of many that are alike
    the first ones stand for all.
    """
    lines = []
    for playbook in playbooks:
        path = playbook.source.path
        said: set[str] = set()
        for one in _folded(sorted(playbook.findings, key=_gravity)):
            lines.append(f"{path}:{one.line}:{one.column}: {one.code} {one.severity} {one.message}")
            lines += [f"    {number:>5} | {text}" for number, _, text in (q.partition(": ") for q in one.quotes)]
            if one.fix and one.fix not in said:
                lines.append(f"    fix: {one.fix}".replace("\n", f"\n{' ' * 9}"))
                said.add(one.fix)
        lines.append(summary(playbook))
    return "\n".join(lines) + "\n" if lines else ""


_SHOWN, _MANY = 3, 5
"""Of how many findings that are alike, the first so many stand for all; a few more are shown as they are."""
_ALIKE = 12
"""Characters of a fix by which warnings of one code are mended alike: "use: curl -f"."""


def _folded(findings: Sequence[Finding]) -> list[Finding]:
    """The findings to be read by people: what is said six times and more is said three times, with the other lines.

    No error is left out; programs get all of them.
    """
    alike: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        alike.setdefault(_kind(one), []).append(one)
    shown = []
    for one in findings:
        same = alike[_kind(one)]
        if len(same) <= _MANY or one.severity is FindingSeverity.ERROR or any(one is first for first in same[:_SHOWN]):
            shown.append(one)
        elif one is same[_SHOWN]:
            rest = same[_SHOWN:]
            lines = ", ".join(str(line) for line in dict.fromkeys(other.line for other in rest))
            said = f"and {len(rest)} more like the ones above: lines {lines}"
            shown.append(replace(one, message=said, fix="", related=(), quotes=()))
    return shown


def _kind(one: Finding) -> tuple[str, str]:
    return one.code, "" if one.severity is FindingSeverity.INFO else one.fix[:_ALIKE]


def _gravity(one: Finding) -> int:
    """Where a finding stands among others of its document: errors, then warnings, then the rest."""
    return list(FindingSeverity).index(one.severity)


def _place_of_notice(one: Finding) -> tuple[int, bool]:
    """Where a finding stands among ten: the worst first, and of the lightest those of the whole document last."""
    return _gravity(one), one.severity is FindingSeverity.INFO and one.line == 1


def summary(playbook: Playbook) -> str:
    """How much was understood and how many findings there are, in one line."""
    stats = playbook.stats
    counts = Counter(one.severity for one in playbook.findings)
    said = [_counted(counts[severity], severity.value) for severity in FindingSeverity if counts[severity]]
    found = ", ".join(said) if said else "nothing to report"
    commands = _counted(stats.commands, "command")
    return f"{playbook.source.path}: {stats.understood} of {stats.blocks} blocks understood, {commands}; {found}"


def _counted(number: int, noun: str) -> str:
    plural = "" if number == 1 or noun == "info" else "s"
    return f"{number} {noun}{plural}"


def render_json(playbooks: Sequence[Playbook]) -> str:
    """The findings with their documentation, for programs: an object for one document, else a list of them."""
    bodies = [_json(one) for one in playbooks]
    return json.dumps(bodies[0] if len(bodies) == 1 else bodies, ensure_ascii=False, indent=2) + "\n"


def _json(playbook: Playbook) -> dict[str, Any]:
    stats = playbook.stats
    return {
        "path": playbook.source.path,
        "stats": {"blocks": stats.blocks, "understood": stats.understood, "commands": stats.commands},
        "findings": [
            {
                "code": one.code,
                "severity": one.severity.value,
                "line": one.line,
                "column": one.column,
                "message": one.message,
                "fix": one.fix,
                "related": list(one.related),
                "quotes": list(one.quotes),
                "url": DOCUMENTATION.format(code=one.code),
            }
            for one in playbook.findings
        ],
    }


def render_sarif(playbooks: Sequence[Playbook]) -> str:
    """SARIF 2.1.0, as code-scanning services read it: one run for all documents, since they refuse several."""
    used = sorted({one.code for playbook in playbooks for one in playbook.findings})
    entries = catalogue()
    rules = [
        {
            "id": code,
            "shortDescription": {"text": entries[code].title},
            "fullDescription": {"text": entries[code].why},
            "help": {"text": entries[code].fix},
            "helpUri": DOCUMENTATION.format(code=code),
            "defaultConfiguration": {"level": _SARIF_LEVEL[entries[code].severity]},
        }
        for code in used
    ]
    results = [
        _sarif_result(one, playbook.source.path, used.index(one.code))
        for playbook in playbooks
        for one in playbook.findings
    ]
    driver = {"name": "tocsin", "informationUri": "https://github.com/tocsin/tocsin", "rules": rules}
    body = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        # Columns count characters as Python does, not UTF-16 units, which are SARIF's default.
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _sarif_result(one: Finding, path: str, index: int) -> dict[str, Any]:
    message = f"{one.message}. {one.fix}" if one.fix else one.message
    texts = dict(quote.split(": ", 1) for quote in one.quotes)
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": _SARIF_LEVEL[one.severity],
        "message": {"text": message},
        "locations": [_location(path, one.line, one.column)],
    }
    if one.related:
        result["relatedLocations"] = [
            {**_location(path, line, 1), "id": n, "message": {"text": texts.get(str(line), "the other line")}}
            for n, line in enumerate(one.related, 1)
        ]
    return result


def _location(path: str, line: int, column: int) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": column}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, "region": region}}


def _uri(path: str) -> str:
    """A path as SARIF wants it: relative to the checkout where it is relative, percent-encoded."""
    bare = path.replace("\\", "/")
    return f"file://{quote(bare)}" if bare.startswith("/") else quote(bare.removeprefix("./"))


def render_github(playbooks: Sequence[Playbook]) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request.

    It shows ten notices of a run: those that a line can mend come before what the whole document lacks, and of many
    that are alike the first ones stand for all.
    """
    lines = []
    for playbook in playbooks:
        path = _property(playbook.source.path)
        for one in _folded(sorted(playbook.findings, key=_place_of_notice)):
            where = f"file={path},line={one.line},col={one.column},title={one.code}"
            said = [
                one.message,
                *(f"line {quoted}" for quoted in one.quotes),
                *([f"fix: {one.fix}"] if one.fix else []),
            ]
            lines.append(f"::{_GITHUB_LEVEL[one.severity]} {where}::{_data(chr(10).join(said))}")
    return "\n".join(lines) + ("\n" if lines else "")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
