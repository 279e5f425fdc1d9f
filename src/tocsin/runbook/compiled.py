"""A document half way: what the rules look at beside the playbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.runbook.answers.corrections import Corrections
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.neighbours import Look
from tocsin.runbook.document.sections import Section
from tocsin.runbook.document.source import Document
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.scale import Scale


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text, its outline and leaves, and what was read on the way. ``refused`` is a line of bad front matter."""

    document: Document
    root: Section
    leaves: tuple[Leaf, ...]
    scale: Scale
    escalation: Escalation
    refused: int | None
    today: date | None
    look: Look | None = None
    corrections: Corrections | None = None
