"""Whom a chain names for one case only, "Only page the owner if flour is lost": a reason to call, and no level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.reasons import rule_of
from tocsin.runbook.escalation.times.cases import hurried_case
from tocsin.runbook.grammar import any_of, beginning, pattern
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary


def set_exceptions_apart(found: Escalation, scale: Scale) -> None:
    """Take those out of the chains in which somebody else is called without a time and without such a case."""
    for name, chain in list(found.chains.items()):
        apart = [
            level for n, level in enumerate(chain) if _is_exception(level, scale, first=n == 0 and _answered(chain))
        ]
        kept = [level for level in chain if level not in apart]
        found.rules += [rule for rule in _hurried(chain, name, scale) if rule not in found.rules]
        if len(kept) < _LEAST and any(map(_is_hurried, apart)):
            continue  # nobody else would come when the first one does not answer
        if not apart or not any(level.after is None for level in kept):
            continue
        rules = {rule.text for rule in found.rules}
        said = [(level.condition or "", level.lines) for level in apart if not _is_hurried(level)]
        found.rules += [rule_of(text, lines, scale) for text, lines in said if text not in rules]
        found.chains[name] = list(_counted(kept))


def _hurried(chain: Sequence[EscalationLevel], name: str, scale: Scale) -> Iterator[EscalationRule]:
    """The reasons to call at once whom a level calls else at its time, or not: "CTO: immediately if data is lost"."""
    for level in chain[1:]:
        if _is_hurried(level) and not scale.mentioned(level.condition or ""):
            text = f"{' + '.join(level.targets)}: {hurried_case(level.condition or '')}"
            severities = level.severities or ((name,) if name else ())
            yield EscalationRule(text, level.lines, Trigger.CONDITION, None, severities, level.targets)


def _is_hurried(level: EscalationLevel) -> bool:
    """Whether a level says of a case in which somebody is called at once, and of nothing else that is for one only."""
    said = level.condition or ""
    return said != "" and hurried_case(said) == said


_LEAST = 2
"""Levels that are left when those of one case are taken out."""


def _counted(levels: Sequence[EscalationLevel]) -> list[EscalationLevel]:
    """The levels with their numbers; whoever is the first now is called at once, unless there is a time."""
    counted = [replace(level, level=n) for n, level in enumerate(levels, 1)]
    first = counted[0]
    return [replace(first, trigger=Trigger.START) if first.after is None else first, *counted[1:]]


def _is_exception(level: EscalationLevel, scale: Scale, *, first: bool) -> bool:
    """Whether a level is for a case only that no clock and no severity tells.

    Of the ``first`` one, before whoever answers every time, a mere "if" says so: "If flour is lost, page the owner".
    """
    if level.condition is None or level.after is not None or scale.mentioned(level.condition):
        return False
    if _is_hurried(level):
        return True
    if first and any(vocabulary().says(name, level.condition) for name in ("unacknowledged", "unresolved")):
        return False  # a turn of the ladder, too early: too early beats never
    case = _only_if().search(level.condition) or (_if().match(level.condition) if first else None)
    return case is not None and not any(map(_first_responder().match, level.targets))


def _answered(chain: Sequence[EscalationLevel]) -> bool:
    """Whether the second level of a chain is whoever answers every time, without a time and without a case."""
    then = chain[1] if len(chain) > 1 else None
    return (
        then is not None
        and then.after is None
        and any(map(_first_responder().match, then.targets))
        and _if().match(then.condition or "") is None
    )


@pattern
def _if() -> str:
    return rf"\W*{any_of('if')}\s"


@pattern
def _only_if() -> str:
    """ "Page the owner only if flour is lost", "Only page the owner when flour is lost"."""
    return rf"{any_of('only')}\s+(?:[^.;,]{{1,60}}\s)?{any_of('if')}\s"


@pattern
def _first_responder() -> str:
    return beginning("first_responder")
