"""The case in which somebody is called, "for major incidents", "immediately if data is lost", which no clock tells."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import any_of, ending, pattern
from tocsin.runbook.words import one_of, vocabulary


def hurried_case(text: str) -> str | None:
    """What a text says of a case in which somebody is called at once, as it stands there; None where it has none.

    It has to name what only some incidents are, a loss of data, an attack. That nobody answers, an alert, and how bad
    it is ("for major outages") are no such case: whoever is called then stays in the ladder.
    """
    words = vocabulary()
    if not words.says("immediate", text) or _special().search(text) is None:
        return None
    found = _behind().search(text) or _before().search(text)
    case = found[0].strip(" ,;.。，；()（）–—-") if found is not None else ""
    waits = any(words.says(name, case) for name in ("unresolved", "unacknowledged"))
    return case if case and not waits and _special().search(case) else None


def matter_before(sentence: str) -> str | None:
    """The one matter that a label names before whom to call about it: "Data breach: page the privacy officer"."""
    label = _MATTER.match(sentence)
    return special_matter(label["matter"]) if label is not None else None


def special_matter(said: str) -> str | None:
    """A few words where they are one matter of its own, "any data loss"; None for all others."""
    return said if said and _special().search(said) is not None else None


_MATTER = re.compile(r"\W{0,8}(?P<matter>\w[^:：.。;；]{2,60}?)\s?[:：]")


@pattern
def _special() -> str:
    return any_of("special_matter")


@pattern
def _behind() -> str:
    """ "immediately if data is lost", "sofort bei Datenverlust"."""
    now = one_of(vocabulary().words["immediate"].spaced)
    return rf"(?<![\w]){now}[\s,:–—-]+{_led()}\s*[^\W\d][^;；.。]{{2,80}}"


@pattern
def _before() -> str:
    """ "if data is lost: at once", "bei Datenverlust sofort", 数据丢失时立即."""
    words = vocabulary().words["immediate"]
    now = one_of(words.spaced)
    spaced = rf"(?:^|[;,(（]\s*){_led()}\s+[^\W\d][^;；.。,，]{{2,60}}?[\s,:–—-]+{now}(?!\w)"
    case = rf"[^;；.。,，\s(（)）]{{2,40}}?(?:{any_of('if_behind')}|{ending('at_that_time')})"
    unspaced = rf"{case}(?:{ending('particle')})*[、,，：:\s]*{one_of(words.written)}"
    return rf"{spaced}|{unspaced}"


def _led() -> str:
    return any_of("if", "for", "upon", "on_occasion")


def starts_with_if(text: str) -> bool:
    """Whether a station of a chain is a condition, "if data was read": nobody is called so."""
    return _condition().match(text.strip()) is not None


def is_amount(text: str) -> bool:
    """Whether a text begins as an amount that is too much: "> 50 errors", "more than half of the ovens"."""
    return _measures().match(text) is not None


@pattern
def _measures() -> str:
    return rf"[<>≥≤]|(?:{any_of('measured')})\s"


def stated_case(text: str) -> str | None:
    """The case that a text states, besides a contact: "For major incidents" of "[number] - For major incidents"."""
    bare = re.sub(r"\[[^\]]*\]", "", text)
    parts = (part.strip(" ,–—-") for part in re.split(r",|\s[-–—]\s", bare))
    return next((part for part in parts if part and _condition().match(part)), None)


def purpose_in(said: list[str]) -> str | None:
    """The "for …" that says what somebody is called for; None when there is a time or nothing."""
    cases = (case for case in map(stated_case, said) if case is not None)
    return next((case for case in cases if not any(ch.isdigit() for ch in case)), None)


@pattern
def _condition() -> str:
    return rf"^{any_of('if', 'for')}"
