"""What a section of a document is about."""

from __future__ import annotations

from tocsin.runbook.outline import Section


def kind_of(section: Section) -> str:
    """What a section is about: a kind of the vocabulary, "phase:<key>", or "" when its title says nothing."""
    if section.level == 0:
        return ""
    kind, phase = section.kind, section.phase
    if kind is not None and kind.coverage >= 0.5 and (phase is None or kind.coverage >= phase.coverage):
        if section.level == 1 and kind.kind != "incidents":
            return ""
        return kind.kind
    if phase is not None and phase.coverage >= 0.5 and section.level > 1:
        return f"phase:{phase.kind}"
    return ""
