"""Who is called for a severity that is named beside them: "CTO + team lead (SEV1)", "If SEV1, page the lead"."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.escalation.people.ours import is_outside
from tocsin.runbook.escalation.sentences.calling import called_in, forbids, without_hurry
from tocsin.runbook.escalation.sentences.prose import inlines_of
from tocsin.runbook.escalation.sentences.scopes import scopes
from tocsin.runbook.escalation.sentences.told import told_at_once
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


def read_steps_for_severities(root: Section, scale: Scale, found: Escalation) -> None:
    """Call at once whom a step names that holds for a severity, in any chapter: "If SEV1, page the duty lead"."""
    for section in root.walk():
        if not AFTERWARDS.isdisjoint(section.abouts) or not _NOT_FOR_ALL.isdisjoint(section.abouts):
            continue
        for inline in inlines_of(section):
            if not scale.mentioned(inline.text):
                continue
            for one in scopes([(inline.text, inline.lines)], scale):
                said = without_hurry(one.text.strip(" ,:–—-"))
                called = called_in(said) if one.names and one.text != one.whole else None
                if called is None or forbids(said):
                    continue
                behind_verb = (who for who in people(called[0]) if is_somebody(who) and not is_outside(who))
                if who := told_at_once(said, named=False) or tuple(behind_verb):
                    for name in one.names or ():
                        level = EscalationLevel(1, who, inline.lines, (name,), trigger=Trigger.START)
                        found.chains.setdefault(name, [level])


_NOT_FOR_ALL = frozenset(("incidents", "templates", "postmortem_template", "communication"))
"""What chapters are about whose steps are those of one fault, or words for somebody to send."""


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
