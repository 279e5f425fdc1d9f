"""What stands in a chain and is paged by nobody: authorities, the press, a level of severity, a deadline to report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.runbook.escalation.deadlines import deadlines_in
from tocsin.runbook.escalation.people.ours import is_no_person, is_outside
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import level_name
from tocsin.runbook.words import vocabulary


def is_severity(who: str) -> bool:
    """Whether a name is that of a level of severity and no more: "escalate to SEV1" calls nobody of that name."""
    found = level_name(who)
    return found is not None and not found.rest


def _is_heading(who: str) -> bool:
    """Whether a name says what a list is of, "Escalation policy": a rule stands behind it, and nobody."""
    return len(who.split()) > 1 and speaks_of_escalating(who) and vocabulary().is_a("not_contact", who, 0.99)


def without_unpaged(chain: Sequence[EscalationLevel]) -> list[EscalationLevel]:
    """A chain without those whom nobody pages; none where one line leads to them and passes only one of ours."""
    deadlines = frozenset(deadlines_in(chain))
    kept = [
        replace(level, targets=inside)
        for level in chain
        if level not in deadlines
        and (
            inside := tuple(
                who
                for who in level.targets
                if not (is_outside(who) or is_severity(who) or _is_heading(who) or is_no_person(who))
            )
        )
    ]
    if sum(len(level.targets) for level in kept) == sum(len(level.targets) for level in chain):
        return list(chain)
    of_severity = any(level.severities for level in chain)  # "P1 | head miller, customers"
    if len(kept) < 2 and len({level.lines.first for level in chain}) == 1 and not of_severity:
        return []  # "DPO → authority": a way of reporting
    if kept and kept[0].after is None and chain[0].trigger is Trigger.START:
        kept[0] = replace(kept[0], trigger=Trigger.START)  # "Self-service → help desk"
    numbered = [level.level for level in chain] == list(range(1, len(chain) + 1))
    return [replace(level, level=n) for n, level in enumerate(kept, 1)] if numbered else kept
