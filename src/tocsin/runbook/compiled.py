"""A document half way: what the rules look at beside the playbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.runbook.chains import Escalation
from tocsin.runbook.corrections import Corrections
from tocsin.runbook.leaves import Leaf
from tocsin.runbook.neighbours import Look
from tocsin.runbook.outline import Section
from tocsin.runbook.scale import Scale
from tocsin.runbook.source import Document


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
