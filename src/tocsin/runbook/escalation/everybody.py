"""Severities that tell "everyone": whoever the document names anywhere is called, for everyone is no one by itself."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.titles import is_told_column
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary

_OTHERS = ("customers", "press", "authority")
_LONGEST = 60
"""Characters of a text that tells everybody; a longer one says more."""


def tells_everybody(said: str) -> bool:
    """Whether a few words tell all there are: "Everyone at once", 全員に連絡; not "all customers".

    >>> tells_everybody("Everyone at once"), tells_everybody("All customers"), tells_everybody("Team lead")
    (True, False, False)
    """
    says = vocabulary().says
    return len(said) <= _LONGEST and says("everybody", said) and not any(says(name, said) for name in _OTHERS)


def call_everybody(scale: Scale, found: Escalation) -> None:
    """Call all who are named for any severity where a chain has "everyone" alone.

    The word stays beside them, so that a finding asks who that is.
    """
    every = (one for levels in found.chains.values() for level in levels for one in level.targets)
    named = tuple(dict.fromkeys(one for one in every if not tells_everybody(one)))
    if not named:
        return
    for name, levels in found.chains.items():
        if all(tells_everybody(who) for level in levels for who in level.targets):
            found.chains[name] = [replace(level, targets=(*named, *level.targets)) for level in levels]
    for one in scale.severities:
        told = one.name in found.everybody or any(map(_duty_to_all, one.actions))
        if told and one.name not in (*found.chains, *found.nobody):
            level = EscalationLevel(1, named, one.lines, (one.name,), trigger=Trigger.START)
            found.chains[one.name] = [level]


def _duty_to_all(duty: str) -> bool:
    """Whether a duty of a severity says that everybody is told: "Notify: everyone at once"."""
    label, colon, said = duty.partition(": ")
    return bool(colon) and is_told_column(label) and tells_everybody(said)
