"""The findings a document can have: their codes, what each one means, and how to make one.

The catalogue is data (``findings.toml``); ``docs/findings`` is written from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tocsin.runbook.packaged import packaged
from tocsin.runbook.playbook import Finding, FindingSeverity


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: its title, why it matters, an example of a line that has it, and the usual fix."""

    code: str
    title: str
    severity: FindingSeverity
    why: str
    example: str
    fix: str


@cache
def catalogue() -> dict[str, Entry]:
    """Every finding code there is, in order."""
    data = packaged("findings.toml")
    return {
        code: Entry(
            code=code,
            title=entry["title"],
            severity=FindingSeverity(entry["severity"]),
            why=entry["why"].strip(),
            example=entry["example"].strip("\n"),
            fix=entry["fix"].strip(),
        )
        for code, entry in sorted(data.items())
    }


def finding(
    code: str,
    line: int,
    message: str,
    *,
    fix: str = "",
    column: int = 1,
    related: tuple[int, ...] = (),
    severity: FindingSeverity | None = None,
) -> Finding:
    """A finding of that code at that line (1-based); without ``fix`` and ``severity`` it carries the catalogue's."""
    entry = catalogue()[code]
    return Finding(code, severity or entry.severity, line, message, fix or entry.fix, column, related)


def short(text: str) -> str:
    """A command in one line that fits into a message."""
    one_line = " ".join(text.replace("\\\n", " ").split())
    return one_line if len(one_line) <= 90 else one_line[:87] + "…"


def few(names: Sequence[str], most: int = 10) -> str:
    """Some of them by name, at most so many, and how many there are beside them.

    >>> few(["a", "b"]), few(["a", "b", "c", "d"], 2)
    ('a, b', 'a, b and 2 more')
    """
    named, left = ", ".join(names[:most]), len(names) - most
    return f"{named} and {left} more" if left > 0 else named


def exit_status(findings: tuple[Finding, ...]) -> int:
    """1 when there is an error among them, else 0."""
    return int(any(one.severity is FindingSeverity.ERROR for one in findings))
