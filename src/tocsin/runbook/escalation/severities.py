"""Which severities something is for, by the heading that it stands under or by its first words."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Row
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.grammar import BRACKET, any_of, pattern
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.words import normal


def named_by(section: Section, scale: Scale) -> tuple[str, ...]:
    """The severities that a list is for, by the headings that it stands under; "" for all."""
    return next((names for one in section.path() if (names := scale.mentioned(one.title.text))), ("",))


def whom_by_severity(text: str, scale: Scale) -> dict[str, tuple[str, ...]]:
    """Whom a step calls at each severity, of "CTO + security lead (P1) / manager (P2)" or "P1: CTO, P2: manager".

    Empty for any other; a time may stand behind the last one.
    """
    found: dict[str, tuple[str, ...]] = {}
    brackets = list(BRACKET.finditer(text))
    if len(brackets) < _FEWEST:
        return _behind_colons(text, scale)
    end = 0
    for bracket in brackets:
        names = scale.mentioned(bracket["inside"]) or scale.worded(bracket[0])
        who = _between().sub("", text[end : bracket.start()]).strip()
        end = bracket.end()
        if not names or not who or len(bracket["inside"].split()) > _LONGEST or not found.keys().isdisjoint(names):
            return {}
        found |= dict.fromkeys(names, people(who))
    behind = text[end:].strip(" .,;。，；")
    return found if len(found) >= _FEWEST and (not behind or target(behind) is not None) else {}


def _behind_colons(text: str, scale: Scale) -> dict[str, tuple[str, ...]]:
    parts = _PART.split(text) if text.count(":") + text.count("：") >= _FEWEST else []
    found: dict[str, tuple[str, ...]] = {}
    for part in parts:
        label, _colon, who = part.replace("：", ":").partition(":")
        names = scale.mentioned(label)
        if not names or len(label.split()) > _LONGEST or not is_somebody(who) or not found.keys().isdisjoint(names):
            return {}
        found |= dict.fromkeys(names, people(who.strip()))
    return found if len(found) >= _FEWEST else {}


_PART = re.compile(r"\s{0,4}[,;/，；、]\s{0,4}(?=[^,;:/，；：、]{1,20}[:：])")
_FEWEST = 2
_LONGEST = 4
"""Words of the severities in a bracket: "SEV1 and SEV2 only"."""


@pattern
def _between() -> str:
    return rf"^(?:[\s/,;+|&、，；]|{any_of('or', 'and')}\s)+"


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
    if name is None:
        return None
    defined = _MARK.match(bare.partition(name.name)[2]) is not None  # "SEV1 — all mills stand"
    return begins_with(text, scale) if defined or len(BRACKET.sub(" ", name.rest).split()) <= _FEW else None


_MARK = re.compile(r"\s*(?:[–—:|]|-\s)\s*\S")
_FEW = 2
"""Words behind a level without a mark between: "SEV1 incidents"."""


def severities_of(row: Row, scale: Scale) -> tuple[str, ...]:
    """Every level that the first cell names and nothing else, "SEV3-SEV4", "P3 / P4": the row holds for each."""
    name = severity_of(row, scale)
    several = scale.mentioned(row.cells[0].text)
    return several if name is not None and name in several else (name,) if name is not None else ()
