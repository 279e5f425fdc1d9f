"""Whatever the chains of an escalation lack and another place of the document says: times, severities, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.deadlines import deadline_rules
from tocsin.runbook.escalation.everybody import call_everybody
from tocsin.runbook.escalation.exceptions import set_exceptions_apart
from tocsin.runbook.escalation.one_wait import give_one_wait, one_waits
from tocsin.runbook.escalation.ranks import counted_level, level_number
from tocsin.runbook.escalation.sentences.judged import decisions
from tocsin.runbook.escalation.severities import whom_by_severity
from tocsin.runbook.escalation.times.waits import called_at_once_at
from tocsin.runbook.escalation.unpaged import is_severity
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.words import vocabulary

TabulatedWaits = dict[str, dict[int, tuple[Duration, Trigger]]]
"""When each later level of a severity comes, by the severity's name and the level's number, from 1."""


def complete(
    found: Escalation, tabulated: TabulatedWaits, waits: dict[int, Duration], escalating: Sequence[Leaf], scale: Scale
) -> None:
    """Give the chains that were read their severities, times and rules.

    ``tabulated`` are the waits of a table of severities, ``waits`` those of "When to escalate to L3" by the number of
    the level, ``escalating`` the lines of the chapters about escalating.
    """
    _part_by_severity(found)
    call_everybody(scale, found)
    _take_apart(found, scale)
    if not found.chains:  # of whoever is assumed, the second one comes when the table says
        found.rules += [
            EscalationRule(f"{name}: {after.text}", after.lines or Lines(1, 1), trigger, after, (name,))
            for name, levels in tabulated.items()
            for number, (after, trigger) in levels.items()
            if number == 2
        ]
    _give_times(found, tabulated)
    give_one_wait(found, list(one_waits(escalating, scale)))
    told = {rule.lines for rule in found.rules}
    found.rules += (rule for rule in decisions(escalating, scale) if rule.lines not in told)
    _give_up(found)
    _give_waits(found, waits)
    found.rules += [
        EscalationRule(level.condition, level.lines, Trigger.SEVERITY, level.after, (name,) if name else ())
        for name, chain in found.chains.items()
        for level in chain
        if level.condition and all(map(is_severity, level.targets))
    ]
    found.rules += _within_targets(found)
    set_exceptions_apart(found, scale)
    found.rules += deadline_rules(found.chains)


def _part_by_severity(found: Escalation) -> None:
    """Give each severity whom one chain calls for it alone: "CTO + lead (SEV1)" above "Manager (SEV2)"."""
    shared = found.chains.get("", [])
    names = [name for level in shared for name in level.severities]
    alone = len(shared) > 1 and all(level.severities and level.after is None for level in shared)
    if not alone or len(set(names)) < len(names):
        return
    del found.chains[""]
    for level in shared:
        for name in level.severities:
            own = replace(level, level=1, severities=(name,), trigger=Trigger.START, condition=None)
            found.chains.setdefault(name, [own])


def _take_apart(found: Escalation, scale: Scale) -> None:
    """Give each severity a chain of its own where a level says two windows: "after 15 min (P1) or an hour (P2)".

    Or where it says whom it calls at which: "CTO (P1) / team lead (P2)".
    """
    shared = found.chains.get("", [])
    said = [_times_of(one.condition or "", scale, one.lines.first) for one in shared]
    whom = [whom_by_severity(one.condition or "", scale) for one in shared]
    for name in [one.name for one in scale.severities if any(whom) or any(one.name in times for times in said)]:
        own = [
            replace(
                level,
                after=times.get(name, level.after),
                severities=(name,),
                targets=called.get(name, level.targets),
                condition=None if called else level.condition,
            )
            for level, times, called in zip(shared, said, whom, strict=True)
            if (not level.severities or name in level.severities) and (not called or name in called)
        ]
        own = list(_sooner(own, [one for one in shared if not one.severities or name in one.severities]))
        if own:
            found.chains.setdefault(name, [replace(level, level=n) for n, level in enumerate(own, 1)])


def _sooner(own: Sequence[EscalationLevel], shared: Sequence[EscalationLevel]) -> Iterator[EscalationLevel]:
    """The levels of one severity, of which those wait less that wait for somebody who is called sooner at it."""
    saved = 0
    for n, level in enumerate(own):
        before = shared[n].after if len(own) == len(shared) else None
        waits = level.after is not None and level.trigger is Trigger.UNACKNOWLEDGED and level.after.seconds
        if level.after is not None and saved and waits and waits > saved:
            level = replace(level, after=replace(level.after, seconds=waits - saved))
        elif before is not None and before.seconds and level.after is not None and level.after.seconds == 0:
            saved = before.seconds
        yield level


def _times_of(condition: str, scale: Scale, line: int) -> dict[str, Duration]:
    return times_by_severity(condition, scale, line) or called_at_once_at(condition, scale, line)


def _give_times(found: Escalation, waits: TabulatedWaits) -> None:
    """Let the later levels of each severity come when the table of the severities says, where its chain does not."""
    for name, times in waits.items():
        chain = found.chains.get(name) or found.chains.get("", [])
        own = [
            replace(one, after=times[n][0], trigger=times[n][1]) if n in times and _waits_for_a_time(one) else one
            for n, one in enumerate(chain, 1)
        ]
        if own != chain:
            found.chains[name] = own


def _waits_for_a_time(level: EscalationLevel) -> bool:
    """Whether a level comes after some time, "if nobody answers", and does not say after how long."""
    open_ended = (Trigger.UNSTATED, Trigger.UNRESOLVED, Trigger.UNACKNOWLEDGED)
    return level.after is None and level.trigger in open_ended


def _within_targets(found: Escalation) -> list[EscalationRule]:
    """The reasons to call the next one when a target is over, "no answer within the SLA": each severity has its own."""
    return [
        EscalationRule(level.condition, level.lines, Trigger.UNACKNOWLEDGED, None, (name,) if name else ())
        for name, chain in found.chains.items()
        for level in chain[1:]
        if level.after is None and level.trigger is Trigger.UNACKNOWLEDGED and level.condition
        if vocabulary().says("response_target", level.condition)
    ]


def _give_up(found: Escalation) -> None:
    """Let a level come when a reason says that the one below it gives up: "L2 cannot solve it in an hour"."""
    limits: dict[int, Duration] = {}
    for rule in found.rules:
        tier = counted_level().match(rule.text)
        if tier is not None and rule.after is not None and rule.after.seconds:
            limits.setdefault(level_number(tier), rule.after)
    for name, chain in found.chains.items():
        own: list[EscalationLevel] = []
        for level in chain:
            limit = limits.get(own[-1].level) if own else None
            if limit is not None and _waits_for_a_time(level):
                spent = own[-1].after
                seconds = (limit.seconds or 0) + ((spent.seconds or 0) if spent else 0)
                level = replace(level, after=replace(limit, seconds=seconds), trigger=Trigger.UNRESOLVED)
            own.append(level)
        found.chains[name] = own


def _give_waits(found: Escalation, waits: dict[int, Duration]) -> None:
    """Let a level that says no time itself come when its own reasons to escalate say."""
    for name, chain in found.chains.items():
        found.chains[name] = [
            replace(level, after=waits[level.level], trigger=Trigger.UNRESOLVED)
            if level.level in waits and _waits_for_a_time(level)
            else level
            for level in chain
        ]
