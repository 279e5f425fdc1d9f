"""Lists of people of whom each item says for which severity: "CTO + team lead (SEV1)", "Manager for SEV2"."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary


def read_for_severities(section: Section, scale: Scale, found: Escalation) -> None:
    """Call whom such a list names when an incident of that severity begins; every item has to be one of that form.

    A list without an order: several items of one severity are called together.
    """
    for block in section.blocks:
        if not isinstance(block, ItemList) or block.ordered:
            continue
        told = [_told(item, scale) for item in block.items]
        called: dict[str, tuple[list[str], Lines]] = {}
        for item, (names, severities) in zip(block.items, told, strict=True):
            for one in severities:
                called.setdefault(one, ([], item.lines))[0].extend(names)
        if len(block.items) < _FEWEST or not all(severities for _names, severities in told):
            continue
        for name, (who, lines) in called.items():
            level = EscalationLevel(1, tuple(dict.fromkeys(who)), lines, (name,), trigger=Trigger.START)
            found.chains.setdefault(name, [level])


_FEWEST = 2
"""Items of such a list."""


def _told(item: Item, scale: Scale) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(people, severities) of an item that is nothing else; empty for any other."""
    match = _for().fullmatch(item.inline.text.rstrip(" .。;；"))
    if match is None or item.children:
        return (), ()
    said = match["bracket"] or match["behind"]
    severities = scale.mentioned(said) or scale.worded(said)
    names = people(match["who"])
    named = all(len(one.split()) <= LONGEST_NAME and is_somebody(one) for one in names)
    if not severities or not named or len(said.split()) > _LONGEST or vocabulary().says("vendor", match["who"]):
        return (), ()
    return names, severities


_LONGEST = 6
"""Words of the severities behind a name: "SEV1 and SEV2 only"."""


@pattern
def _for() -> str:
    behind = rf"\s(?:{any_of('for')}|[–—-])\s+(?P<behind>[^()]{{1,40}})"
    return rf"(?P<who>\S[^()（）:：]{{1,80}}?)(?:\s*[(（](?P<bracket>[^()（）]{{1,40}})[)）]|{behind})"
