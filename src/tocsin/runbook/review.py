"""All rules over a compiled document, gathered into its findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.runbook.escalation import Escalation
from tocsin.runbook.leaves import Leaf
from tocsin.runbook.outline import Section
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.scale import Scale
from tocsin.runbook.source import Document


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the rules look at beside the playbook."""

    document: Document
    root: Section
    leaves: tuple[Leaf, ...]
    scale: Scale
    escalation: Escalation
    refused: int | None
    today: date | None


def review_findings(playbook: Playbook, compiled: Compiled) -> tuple[Finding, ...]:
    """Every finding, by line."""
    found = [*compiled.document.findings]
    return tuple(sorted(set(found), key=lambda one: (one.line, one.column, one.code, one.message)))
