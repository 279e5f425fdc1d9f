"""Whom the duties of a severity call: "Escalation: notify the CTO at once", "Page the founder and the lead"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.people.ours import is_written_down
from tocsin.runbook.escalation.sentences.calling import told_to
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time, named_beside
from tocsin.runbook.escalation.sentences.prose import read_words
from tocsin.runbook.escalation.sentences.told import tells, told_at_once
from tocsin.runbook.escalation.sentences.verbs_of_calling import ends_called
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import is_waiting, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import is_told_column, says_escalation
from tocsin.runbook.grammar import any_of, guarded
from tocsin.runbook.playbook import EscalationLevel, Severity, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary


def called_by(duty: str, lines: Lines, scale: Scale) -> list[EscalationLevel]:
    """The levels of one duty: whom it calls at once, and who has a time; none where it calls in a case only."""
    label, said = labelled(duty)
    if _is_by_mail(said) or len(at_arrows(said)) > 1:
        return []
    if label and not (says_escalation(label) or is_told_column(label)):
        return []
    escalates = bool(label) and says_escalation(label) and not vocabulary().says("notify", label)
    tells_only = not escalates and (is_told_column(label) if label else vocabulary().begins_with("notify", said, 1))
    if starts_with_if(said) or (tells_only and not vocabulary().says("immediate", said)):
        return []  # who is told of it, beside a path, is not woken
    if not (label or tells(said) or told_to(said)):
        return []
    named = bool(label) and is_told_column(label)
    levels = each_at_a_time(said, lines, (), named=named) or read_words(said, lines, scale)
    levels = [one for one in levels if one.trigger is not Trigger.CONDITION]
    if levels and levels[0].after is None and _only_if(said):
        return []
    first = levels[0] if levels and levels[0].after is None else None
    if (first or not levels) and (who := told_at_once(said, named=named)):
        together = tuple(dict.fromkeys((*(first.targets if first else ()), *who)))
        levels = [EscalationLevel(1, together, lines, trigger=Trigger.START, condition=said), *levels[1:]]
    return levels or (_named(said, lines) if label else [])


def calls_no_one(duty: str) -> bool:
    """Whether a duty says that nobody is called: "Escalation: not needed"."""
    label, said = labelled(duty)
    return bool(label) and says_escalation(label) and vocabulary().is_a("none", said, _SURELY)


def pages_no_one(severity: Severity) -> bool:
    """Whether what is said of a severity says that nobody is called for it: "Minor. Ticket only."."""
    if any(map(calls_no_one, severity.actions)):
        return True
    return any(_no_page().search(said) is not None for said in (*severity.actions, *severity.criteria))


@guarded("no_page")
def _no_page() -> str:
    """At the end of a clause: "no page at night" is for some hours only."""
    return rf"{any_of('no_page')}(?:\s+{any_of('for')}\s+\w+)?(?=\s*(?:[.,;:)）。，、；!]|[–—-]\s|$))"


def only_files(severity: Severity) -> bool:
    """Whether all that a severity asks for is to write it down somewhere: "Ticket", "Response: Jira"."""
    return bool(severity.actions) and all(is_written_down(labelled(duty)[1]) for duty in severity.actions)


def calls_somebody(severity: Severity) -> bool:
    """Whether a duty of a severity calls somebody: "Page the miller"."""
    return any(tells(labelled(duty)[1]) or told_to(labelled(duty)[1]) for duty in severity.actions)


def waits_of(severity: Severity) -> Iterator[tuple[Duration, Trigger]]:
    """The waits of duties that name nobody: "Escalation: if not resolved in 1 hour", after which the next one comes."""
    for duty in severity.actions:
        label, said = labelled(duty)
        after = target(said, severity.lines.first) if label and says_escalation(label) and is_waiting(said) else None
        if after is not None and after.seconds and not without_times(said):
            yield after, waited_for(said)


def _named(said: str, lines: Lines) -> list[EscalationLevel]:
    """The levels of names alone, with a time or "at once"; without either it is not said when: "Escalation: CTO"."""
    levels = named_beside(said, lines, ())
    if vocabulary().says("immediate", said) or ends_called(said) or any(one.after for one in levels):
        return levels
    return [replace(one, trigger=Trigger.UNSTATED) for one in levels]


def _only_if(said: str) -> bool:
    """Whether somebody is called in a case only, "Page the backup if needed"."""
    case = condition_in(said.rstrip(" .:"))
    return case is not None and not vocabulary().says("immediate", said)


def _is_by_mail(said: str) -> bool:
    """Whether a duty sends a mail, "Email to the committee": who gets one reads it in the morning."""
    return vocabulary().column("email", said.partition(" ")[0]) >= _SURELY


_SURELY = 0.9


def labelled(duty: str) -> tuple[str, str]:
    """A duty as its label and what is said behind it; an empty label where it has none."""
    label, colon, said = duty.partition(": ") if _LABELLED.match(duty) else ("", "", duty)
    return (label, said) if colon else ("", duty)


_LABELLED = re.compile(r"[^\W\d][\w /&-]{0,30}: ")
