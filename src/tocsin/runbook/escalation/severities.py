"""Which severities something is for, by the heading that it stands under or by its first words."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Row
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import BRACKET
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.words import normal


def named_by(section: Section, scale: Scale) -> tuple[str, ...]:
    """The severities that a list is for, by the headings that it stands under; "" for all."""
    return next((names for one in section.path() if (names := scale.mentioned(one.title.text))), ("",))


def begins_with(text: str, scale: Scale) -> str | None:
    """The level of severity that a text begins with, by its name or its label: "Critical, no answer for 15 min"."""
    if (name := level_name(text, plain=True)) is None:
        return None
    mentioned = scale.mentioned(name.name)
    if mentioned:
        return mentioned[0]
    label = normal(name.name)
    return next((one.name for one in scale.severities if label in (normal(one.name), normal(one.label or ""))), None)


def severity_of(row: Row, scale: Scale) -> str | None:
    """The level of severity that the first cell of a row names; a bracket behind it says what that is."""
    text = row.cells[0].text
    bare = BRACKET.sub(" ", text).strip(" *:")
    own = next((one.name for one in scale.severities if one.name.casefold() == bare.casefold()), None)
    if own is not None:
        return own
    name = level_name(text, plain=True)
    return None if name is None or len(BRACKET.sub(" ", name.rest).split()) > 2 else begins_with(text, scale)


def severities_of(row: Row, scale: Scale) -> tuple[str, ...]:
    """Every level that the first cell names and nothing else, "SEV3-SEV4", "P3 / P4": the row holds for each."""
    name = severity_of(row, scale)
    several = scale.mentioned(row.cells[0].text)
    return several if name is not None and name in several else (name,) if name is not None else ()
