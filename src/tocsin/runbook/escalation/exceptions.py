"""Whom a chain names for one case only, "Only page the owner if flour is lost": a reason to call, and no level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.runbook.escalation.chains import Escalation, rule_of
from tocsin.runbook.grammar import any_of, beginning, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale


def set_exceptions_apart(found: Escalation, scale: Scale) -> None:
    """Take those out of the chains in which somebody else is called without a time and without such a case."""
    for name, chain in list(found.chains.items()):
        apart = [level for level in chain if _is_exception(level, scale)]
        kept = [level for level in chain if level not in apart]
        if not apart or not any(level.after is None for level in kept):
            continue
        rules = {rule.text for rule in found.rules}
        said = [(level.condition or "", level.lines) for level in apart]
        found.rules += [rule_of(text, lines, scale) for text, lines in said if text not in rules]
        found.chains[name] = list(_counted(kept))


def _counted(levels: Sequence[EscalationLevel]) -> list[EscalationLevel]:
    """The levels with their numbers; whoever is the first now is called at once, unless there is a time."""
    counted = [replace(level, level=n) for n, level in enumerate(levels, 1)]
    first = counted[0]
    return [replace(first, trigger=Trigger.START) if first.after is None else first, *counted[1:]]


def _is_exception(level: EscalationLevel, scale: Scale) -> bool:
    """Whether a level is for a case only that no clock and no severity tells."""
    if level.condition is None or level.after is not None or scale.mentioned(level.condition):
        return False
    case = _only_if().search(level.condition)
    return case is not None and not any(map(_first_responder().match, level.targets))


@pattern
def _only_if() -> str:
    """ "Page the owner only if flour is lost", "Only page the owner when flour is lost"."""
    return rf"{any_of('only')}\s+(?:[^.;,]{{1,60}}\s)?{any_of('if')}\s"


@pattern
def _first_responder() -> str:
    return beginning("first_responder")
