"""Findings as text, JSON, SARIF and GitHub annotations. Strings only: whoever calls writes them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tocsin.runbook.findings import catalogue
from tocsin.runbook.playbook import Finding, FindingSeverity, Playbook

DOCUMENTATION = "https://github.com/tocsin/tocsin/blob/main/docs/findings/{code}.md"
_SARIF_LEVEL = {FindingSeverity.ERROR: "error", FindingSeverity.WARNING: "warning", FindingSeverity.INFO: "note"}
_GITHUB_LEVEL = {FindingSeverity.ERROR: "error", FindingSeverity.WARNING: "warning", FindingSeverity.INFO: "notice"}


def render_text(playbook: Playbook) -> str:
    """One line per finding like a compiler's, the fix below it, and a closing line with the numbers."""
    path = playbook.source.path
    lines = []
    for one in playbook.findings:
        lines.append(f"{path}:{one.line}:{one.column}: {one.code} {one.severity} {one.message}")
        if one.fix:
            lines.append(f"    fix: {one.fix}")
    lines.append(summary(playbook))
    return "\n".join(lines) + "\n"


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


def render_json(playbook: Playbook) -> str:
    """The findings with their documentation, for programs."""
    stats = playbook.stats
    body = {
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
                "url": DOCUMENTATION.format(code=one.code),
            }
            for one in playbook.findings
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def render_sarif(playbook: Playbook) -> str:
    """SARIF 2.1.0, as code-scanning services read it."""
    used = sorted({one.code for one in playbook.findings})
    entries = catalogue()
    rules = [
        {
            "id": code,
            "shortDescription": {"text": entries[code].title},
            "fullDescription": {"text": entries[code].why},
            "helpUri": DOCUMENTATION.format(code=code),
            "defaultConfiguration": {"level": _SARIF_LEVEL[entries[code].severity]},
        }
        for code in used
    ]
    results = [_sarif_result(one, playbook.source.path, used.index(one.code)) for one in playbook.findings]
    driver = {"name": "tocsin", "informationUri": "https://github.com/tocsin/tocsin", "rules": rules}
    body = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _sarif_result(one: Finding, path: str, index: int) -> dict[str, Any]:
    message = f"{one.message}. {one.fix}" if one.fix else one.message
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": _SARIF_LEVEL[one.severity],
        "message": {"text": message},
        "locations": [_location(path, one.line, one.column)],
    }
    if one.related:
        result["relatedLocations"] = [_location(path, line, 1) for line in one.related]
    return result


def _location(path: str, line: int, column: int) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": column}
    return {"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}}


def render_github(playbook: Playbook) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    lines = []
    for one in playbook.findings:
        where = f"file={_property(playbook.source.path)},line={one.line},col={one.column},title={one.code}"
        text = f"{one.message} ({one.fix})" if one.fix else one.message
        lines.append(f"::{_GITHUB_LEVEL[one.severity]} {where}::{_data(text)}")
    return "\n".join(lines) + ("\n" if lines else "")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
