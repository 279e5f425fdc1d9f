"""Labels that call somebody in the cases below them, "Escalate to the lead if any of these hold:"."""

from __future__ import annotations

from tocsin.runbook.document.inline import Inline
from tocsin.runbook.escalation.people.names import people
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.calling import called_in, forbids, says_somebody
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE
from tocsin.runbook.grammar import any_of, beginning, guarded, may_hold, pattern


def called_in_cases(label: str) -> tuple[str, ...]:
    """Whom a label calls in the cases that stand below it: "Escalate to the site owner if:"; empty for others.

    >>> called_in_cases("Page the head miller if any of these hold:"), called_in_cases("Page Marta if:")
    (('head miller',), ('Marta',))
    >>> called_in_cases("Page the head miller at once."), called_in_cases("Notify customers if:")
    ((), ())
    """
    called = _called_by(label) if _precedes_cases(label) else None
    return people(called) if called is not None and _is_somebody(called, label) else ()


def called_in_told_cases(inline: Inline) -> tuple[tuple[str, ...], str] | None:
    """Whom a label calls, and the cases that stand behind it: "Page the lead if: the kiln is off, or data is lost"."""
    label, cases = inline.labelled or ("", "")
    who = called_in_cases(label) if cases else ()
    return (who, cases) if who else None


def announces_cases(label: str) -> bool:
    """Whether a label says that somebody is called, or that an incident is escalated, in the cases below it.

    >>> announces_cases("Escalate at once if:"), announces_cases("Escalate to L2 when you:")
    (True, True)
    >>> announces_cases("Escalate to L2"), announces_cases("Do not page the head miller for any of these:")
    (False, False)
    """
    if not _precedes_cases(label) or forbids(label):
        return False
    called = _called_by(label)
    if called is None:
        return begins_to_escalate(label)
    return counted_level().match(called) is not None or bool(called_in_cases(label))


def begins_to_escalate(sentence: str) -> bool:
    """Whether a sentence begins with "escalate" or "page", and not with whom else it tells: "Notify customers"."""
    return _escalates().match(sentence) is not None


@pattern
def _escalates() -> str:
    return rf"\W*(?:{beginning('escalates')}|{any_of('wakes')})"


def _called_by(label: str) -> str | None:
    """Whom a label calls, without the words for the cases below it: "CTO" of "Appeler le CTO dans les cas suivants"."""
    said = label.rstrip(" :：")
    called = called_in(_cases_below().sub(" ", said).rstrip() if may_hold(label, "any_case") else said)
    return called[0] if called is not None else None


@pattern
def _cases_below() -> str:
    return rf"{any_of('any_case')}(?:(?:\s+[^\W\d_]+){{0,3}}$)?"


def _precedes_cases(label: str) -> bool:
    return len(label) <= LONGEST_SENTENCE and _before_cases().search(label) is not None


def _is_somebody(who: str, label: str) -> bool:
    """Whether a label calls somebody, be it by a name without a word for anybody where it says "page" or "wake"."""
    return says_somebody(who) or (is_name(who) and _wakes().match(label) is not None)


@pattern
def _wakes() -> str:
    return rf"\W*{any_of('wakes')}"


@guarded(("if", "any_case"))
def _before_cases() -> str:
    """At the end of a label "if", "if you"; anywhere "any of the following"."""
    return rf"{any_of('if')}(?:\s+{any_of('who_has_it')})?\W*$|{any_of('any_case')}"
