"""Chains with arrows, "on-call → lead (15 min) → owner": their stations, and the levels that these are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.people.calls import without_long_call
from tocsin.runbook.escalation.people.names import (
    done_to,
    is_one_of_ours,
    is_somebody,
    people,
)
from tocsin.runbook.escalation.ranks import without_rank
from tocsin.runbook.escalation.times.cases import hurried_case, is_amount, stated_case
from tocsin.runbook.escalation.times.waits import (
    is_case_of_silence,
    is_promise,
    is_waiting,
    waited_for,
)
from tocsin.runbook.grammar import BRACKET, any_of, may_hold, pattern, small_words
from tocsin.runbook.measures import LIMIT
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import coded_names, level_name
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary, words_of

ARROW = re.compile(r"(?:(?<!\s)\s+)?(?:→|->|=>|➜|➔|⟶|⇒|>>|—>)\s*")


FILE = re.compile(r"\w\.(?:md|html?|pdf|docx?|ya?ml|txt|json)\b")
"""What leads to another document and calls nobody: "templates.md → Messages"."""


def at_arrows(text: str) -> list[str]:
    """A text taken apart at its arrows; most have no sign of one, and are one piece."""
    return ARROW.split(text) if _may_have_arrows(text) else [text]


def _may_have_arrows(text: str) -> bool:
    return ">" in text or not text.isascii()


def arrow_parts(text: str) -> list[str]:
    """The stations of "A → B → C", without a label before a colon."""
    labelled = (":" in text or "：" in text) and re.match(r"^[^→>]{0,40}[:：]", text)
    body = re.sub(r"^[^:：→]*[:：]\s*", "", text) if labelled else text
    if _may_have_arrows(body) and (inside := _IN_ONE_BRACKET.match(body)) is not None and ARROW.search(inside[1]):
        body = inside[1]  # "PagerDuty (on-call → lead)": by what, and whom
    body = _BEFORE_NEXT_TIME.sub(" → ", with_times_apart(body)) if _may_have_arrows(body) else body
    parts = [part.strip() for part in at_arrows(body) if part.strip()]
    if parts and _answer().fullmatch(BRACKET.sub("", parts[0]).strip(" *:")):
        return []  # "Yes → go to step 2"
    if len(parts) > 2 and LIMIT.search(parts[0]) is not None and not is_somebody(parts[0]):
        parts = parts[1:]  # "Queue age > 15 min → on-call → lead"
    if len(parts) > 1 and _is_on_screen(parts[0]):
        parts = parts[1:] if any(map(is_one_of_ours, parts[1:])) else []
    return [] if len(parts) > 2 and sum(map(_is_step, parts)) > len(parts) / 2 else parts


_IN_ONE_BRACKET = re.compile(r"^[^()（）→>]{0,80}[(（]([^()（）]{3,300})[)）][\s.。]*$")


def with_times_apart(line: str) -> str:
    """A line with the times on its arrows as stations of their own: "lead --10m--> owner"."""
    return _TIMED_ARROW.sub(r" → (\1) → ", line) if _may_have_arrows(line) else line


_TIMED_ARROW = re.compile(r"\s*[─—–-]+\s?[(（]?(\d{1,4}\s?[^\W\d_]{1,12})[)）]?\s?[─—–-]*(?:→|>)\s*")
"""An arrow with its time on it: "on-call ─5min→ lead", "on-call --(10 min)--> lead"."""


_BEFORE_NEXT_TIME = re.compile(r"\s*[;,；，]\s*(?=\d{1,3}\s?[^\W\d_]{1,12}\.?(?:\s[^→;,>()（）]{1,40})?\s?(?:→|[-=]>))")
"""Before the next time of a way that gives each of its people one: "10 min → backup; 30 min → lead"."""


@pattern
def _answer() -> str:
    return any_of("yes", "no")


def _is_on_screen(station: str) -> bool:
    """Whether a way through menus begins with a station, "Portal → Support → New request": it is nobody."""
    return vocabulary().says("screen", station) and not is_one_of_ours(station)


def _is_step(text: str) -> bool:
    """Whether a station of arrows is something done, and nobody: "Contain", "Build", "Check the logs"."""
    words = vocabulary()
    phase = words.phases.best(text)
    if phase is not None and phase.coverage >= 0.99:
        return True
    works = any(words.is_a(name, text, 0.9) for name in ("operation", "verify"))
    first = words_of(text)[:1]
    return (works or not small_words("look", "chore").isdisjoint(first)) and not is_somebody(text)


def arrow_levels(parts: list[str], lines: Lines, severities: tuple[str, ...]) -> Iterator[EscalationLevel]:
    """The levels of a chain of names; a bracket behind a name holds its window.

    What stands on the way to the next one, "(10 min)" or "no answer for 10 min", is waited for from there on.
    """
    waits: list[str] = []
    n, before = 0, 0
    for part in parts:
        inside = [*waits, *(match["inside"] for match in BRACKET.finditer(part))]
        if not BRACKET.sub("", part).strip() and inside:
            waits = inside
            continue
        if (is_waiting(part) and not is_somebody(part)) or _says_only_when(part):
            waits = [part]
            continue
        if n and is_amount(part) and not is_somebody(part):
            continue  # "over 50 errors" behind whom it calls
        why, colon, behind = part.replace("：", ":").partition(":")
        silent = bool(n and colon and behind.strip()) and is_case_of_silence(why)
        if silent:
            waits, inside, part = [*waits, why], [why, *inside], behind.strip()  # "if no ack: team lead (5 min)"
        on_the_way, waits, n = bool(waits), [], n + 1
        if n > 1 and len(inside) == 0 and len(timed := _timed_behind().split(part, maxsplit=1)) == 2:
            part, inside = timed[0], [timed[1]]
        after = next(
            (
                span
                for said in inside
                if not is_promise(said) and (span := target(said, lines.first)) and span.seconds is not None
                if span.seconds or not silent  # "if no ack: team lead (at once)": as soon as nobody answers
            ),
            None,
        )
        counts_on = bool(after and after.seconds) and n > 1 and any(map(_more().search, inside))
        if after is not None and after.seconds and ((on_the_way and after.seconds <= before) or counts_on):
            after = replace(after, seconds=before + after.seconds)
        case = next(filter(None, map(hurried_case, inside)), None) if n > 1 else None
        if case is not None and after is not None and not after.seconds:
            after = None
        if n > 1 and after is None and case is None and not silent:
            case = next(filter(None, map(_case_of, inside)), None)
        before = after.seconds or before if after is not None else before
        waiting = waited_for(" ".join(inside)) if on_the_way else Trigger.UNRESOLVED
        yield EscalationLevel(
            level=n,
            targets=people(without_long_call(BRACKET.sub(" ", without_rank(part)))),
            lines=lines,
            severities=severities,
            after=after,
            trigger=Trigger.START
            if n == 1 and not (on_the_way and after)
            else waiting
            if after or silent
            else _unstated(case),
            condition=case or _by_severity(part, inside),
        )


def _case_of(said: str) -> str | None:
    """The case that a bracket states and no clock, no silence and no severity tells: "(if flour is lost)"."""
    case = stated_case(said)
    told = case is None or is_case_of_silence(case) or may_hold(case, "if_needed") or level_name(case) is not None
    return None if told else case


def _by_severity(part: str, inside: list[str]) -> str | None:
    """What a station says of several severities: "15 min for P0, 30 min for P1", "lead (P1) / manager (P2)".

    Whoever gives each severity its chain reads it once more.
    """
    return next((said for said in (*inside, part) if len(set(coded_names(said))) > 1), None)


def _says_only_when(part: str) -> bool:
    """Whether a station of arrows is a time and nobody: "10 min" between two people, "0 min" before the first."""
    span = next(spans(part), None)
    if span is None:
        return False
    before = _waited().sub("", part[: span.start])  # "after 10 min"
    return not re.search(r"\w", f"{before}{part[span.end :]}")


@pattern
def _waited() -> str:
    return rf"(?<!\w){any_of('after')}\s*$"


@pattern
def _timed_behind() -> str:
    """Before the time at the end of a name, without a bracket: "CTO after 30 min"."""
    return rf"(?<!\s)\s+{any_of('after')}\s+(?=\d)"


@pattern
def _more() -> str:
    """In a wait that begins when the one before is over: "another 40 min", "40 min more"."""
    return any_of("further", "further_behind")


def _unstated(case: str | None) -> Trigger:
    return Trigger.UNSTATED if case is None else Trigger.CONDITION


def behind_occasion(text: str) -> str:
    """What stands behind the last arrow of a text, where that one is told: "Alert fires -> baker paged"."""
    *before, last = ARROW.split(text)
    told = bool(before) and done_to().search(last) is not None
    return last if told and not any(map(is_somebody, before)) else text
