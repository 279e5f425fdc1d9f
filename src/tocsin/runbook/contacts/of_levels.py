"""Addresses that stand in a ladder, "2. Bo Loaf, +1 415 555 0132": they reach whoever is called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tocsin.runbook.channels import channels_in
from tocsin.runbook.contacts.entry import contact_of
from tocsin.runbook.playbook import Contact, EscalationLevel
from tocsin.runbook.words import normal

_MOST = 3
"""Lines of a level: one with more has others listed below it."""
_REACH = frozenset(["phone", "email"])


def with_those_of_levels(
    contacts: tuple[Contact, ...], chains: Iterable[Sequence[EscalationLevel]], lines: Sequence[str]
) -> tuple[Contact, ...]:
    """The contacts, and those of the levels that are none of them and have an address on lines of their own.

    ``lines`` are all lines of the document. Where several are called on a line, or several numbers stand there, nobody
    knows whose they are, and the rows of a table are read by their columns.
    """
    found = {normal(one.name): one for one in contacts}
    listed = {one.lines.first for one in contacts}
    for level in _alone(chains):
        if len(level.targets) > 1 or level.lines.first in listed or level.lines.last - level.lines.first >= _MOST:
            continue
        text = " ".join(line.strip() for line in lines[level.lines.first - 1 : level.lines.last])
        who = level.targets[0]
        value = text[text.find(who) + len(who) :] if who in text else text
        kinds = Counter(one.type for one in channels_in(value))
        if not text.startswith("|") and kinds.keys() & _REACH and max(kinds[one] for one in _REACH) == 1:
            found.setdefault(normal(who), contact_of(who, value.strip(" *:：,–—-"), level.lines, "escalation", None))
    return tuple(found.values())


def _alone(chains: Iterable[Sequence[EscalationLevel]]) -> Iterator[EscalationLevel]:
    """The levels that are the only one on their line, each once, whatever severities share it."""
    called: dict[int, EscalationLevel | None] = {}
    for chain in chains:
        own = Counter(level.lines.first for level in chain)
        for level in chain:
            known = called.setdefault(level.lines.first, level)
            if own[level.lines.first] > 1 or known is None or known.targets != level.targets:
                called[level.lines.first] = None
    return (level for level in called.values() if level is not None)
