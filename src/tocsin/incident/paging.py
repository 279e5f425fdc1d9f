"""Who is paged, why, and by which way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import (
    TOCSIN,
    Actor,
    Citation,
    EscalationExhausted,
    LevelPaged,
    LevelSkipped,
    Paged,
    Reminded,
    WantedUntil,
)
from tocsin.incident.incident import NO_LEVEL, PageState
from tocsin.incident.pending import next_level
from tocsin.incident.plan import Awaits, PlannedLevel, PlannedTrigger
from tocsin.oncall.calendar import opening
from tocsin.oncall.people import Person, WayKind

REMINDER = -1
"""The level number of reminders, so that none is taken for the next way of a page that wakes somebody."""


def page_level(
    d: Deliberation,
    level: PlannedLevel,
    reason: str,
    *,
    repeat: int = 0,
    by: Actor = TOCSIN,
    cite: Citation | None = None,
) -> bool:
    """Page everybody of a level; one with nobody to page is skipped aloud (False) and the next one is due at once.

    ``by`` is whoever asked for it before its turn, ``cite`` the line that asks for it if that is not the ladder's.
    """
    people, whys = _people(d, level.targets)
    cycle, source = d.incident.round.cycle, cite or level.cite
    if not people:
        why = "; ".join(whys) or "nobody is bound to it"
        skipped = LevelSkipped(level=level.number, cycle=cycle, targets=level.targets, reason=why, cite=source)
        d.record(skipped, by)
        return False
    d.record(
        LevelPaged(
            level=level.number,
            cycle=cycle,
            targets=level.targets,
            people=tuple(p.handle for p in people),
            reason=reason,
            repeat=repeat,
            assumed=level.assumed and cite is None,
            cite=source,
        ),
        by,
    )
    wanted = WantedUntil.RESOLVED if _sent_although_acknowledged(d, level) else WantedUntil.ACKNOWLEDGED
    _page_people(d, people, level.number, reason, repeat, wanted, source)
    return True


def page_upwards(d: Deliberation, reason: str, by: Actor = TOCSIN, cite: Citation | None = None) -> None:
    """Page the next level that reaches anybody, whether or not the incident is acknowledged; else the catch-all."""
    while (level := next_level(d.incident)) is not None:
        if page_level(d, level, reason, by=by, cite=cite):
            return
    page_catch_all(d, reason, by, cite)


def page_for(d: Deliberation, trigger: PlannedTrigger, reason: str, by: Actor = TOCSIN) -> None:
    """Page whom a line of the runbook calls for its case; the next level where it names nobody who can be reached."""
    people, whys = _people(d, trigger.targets)
    if not people:
        why = "; ".join(whys) or f"nobody is bound to {', '.join(trigger.targets)}"
        page_upwards(d, f"{reason}; {why}", by, trigger.cite)
        return
    repeat = sum(1 for page in d.incident.pages.values() if page.level == NO_LEVEL)
    _page_people(d, people, NO_LEVEL, reason, repeat, WantedUntil.RESOLVED, trigger.cite)


def page_again(d: Deliberation) -> None:
    """Nobody has answered: page the same level again, or the catch-all when the ladder has ended."""
    current = d.incident.round
    levels = d.incident.severity_plan.levels
    if any(level.number > current.last_level for level in levels):
        level = next((x for x in reversed(levels) if x.number in current.paged), None)
        if level is not None:
            repeat = current.repeats.get(level.number, 0) + 1
            page_level(d, level, "nobody has acknowledged", repeat=repeat)
            return
    page_catch_all(d, "nobody on the ladder has answered")


def page_catch_all(d: Deliberation, reason: str, by: Actor = TOCSIN, cite: Citation | None = None) -> None:
    """The ladder has ended: page those who are called when nobody else answers.

    ``by`` and ``cite`` say who asked for it before its turn, and by which line.
    """
    current = d.incident.round
    people = tuple(d.roster.last_resort(d.now).people)
    handles, rounds = tuple(p.handle for p in people), current.catch_all_rounds + 1
    d.record(EscalationExhausted(cycle=current.cycle, round=rounds, people=handles, cite=cite), by)
    wanted = WantedUntil.ACKNOWLEDGED if d.incident.acknowledged_by is None else WantedUntil.RESOLVED
    _page_people(d, people, NO_LEVEL, reason, rounds, wanted, cite)


def page_next_way(d: Deliberation, page: PageState) -> None:
    """Page a person by the next of their ways: the last one failed, or showed no sign of delivery."""
    way, *others = page.others
    failed = f"no sign of delivery by {page.way}"
    if page.failed_at:
        failed = f"{page.way} failed: {page.failure}"
    elif page.delivered_at:
        failed = f"no answer by {page.way}"
    d.conclude(
        Paged(
            page=_key(d, page.cycle, page.level, page.person, way, _repeat_of(page)),
            person=page.person,
            way=way,
            level=page.level,
            cycle=page.cycle,
            reason=failed,
            others=tuple(others),
            wanted_until=page.wanted_until,
            others_at=page.others_at[1:],
        )
    )


def page_by_name(d: Deliberation, target: str, reason: str) -> list[Person]:
    """Page a person, role or schedule by name; the people who are paged, empty when nobody answers to it."""
    people = list(d.roster.who(target, d.now).people)
    repeat = sum(1 for p in d.incident.pages.values() if p.level == NO_LEVEL)
    _page_people(d, people, NO_LEVEL, reason, repeat, WantedUntil.RESOLVED, None)
    return people


def page_quietly(d: Deliberation, handle: str, reason: str, cite: Citation | None) -> None:
    """Remind a person by the first of their ways that is no call; nobody who has no other is called for it."""
    person = d.roster.person(handle)
    if person is None or not person.reachable:
        return
    severity = d.incident.severity
    turns = person.turns(severity, d.now, top=d.incident.plan.is_top(severity))
    kinds = {way.name: way.kind for way in person.ways}
    found = (turn.way for turn in turns if kinds[turn.way] is not WayKind.CALL)
    way = next(found, None)
    if way is None:
        return
    cycle = d.incident.round.cycle
    d.conclude(
        Reminded(
            page=_key(d, cycle, REMINDER, handle, way, 0),
            person=handle,
            way=way,
            level=REMINDER,
            cycle=cycle,
            reason=reason,
            cite=cite,
        )
    )


def _people(d: Deliberation, targets: Sequence[str]) -> tuple[list[Person], list[str]]:
    """The people of several targets, each once and only those who can be reached, and why others are missing."""
    found: dict[str, Person] = {}
    whys: list[str] = []
    for target in _available(d, targets, whys):
        reached = d.roster.who(target, d.now)
        if not reached.people:
            whys.append(f"{target}: {reached.why}")
        for person in reached.people:
            found.setdefault(person.handle, person)
    return list(found.values()), whys


def _available(d: Deliberation, targets: Sequence[str], whys: list[str]) -> Iterator[str]:
    """The targets that the runbook lists for this time of day; ``whys`` gets the others ("Business hours")."""
    plan = d.incident.plan
    limited = {word.casefold() for word in plan.only_business}
    shown = opening(plan.business_hours, d.now) if plan.business_hours and limited else None
    if shown is None or shown.open:
        yield from targets
        return
    until = f", again from {shown.until:%a %Y-%m-%d %H:%M} UTC" if shown.until else ""
    for target in targets:
        parts = [part.strip() for part in re.split(r"[/,;&+]|\band\b|\bor\b", target) if part.strip()]
        away = [part for part in parts if part.casefold() in limited]
        whys += [f"{part} is there in business hours only{until}" for part in away]
        yield from ([part for part in parts if part not in away] if away else [target])


def _page_people(
    d: Deliberation,
    people: Sequence[Person],
    level: int,
    reason: str,
    repeat: int,
    wanted: WantedUntil,
    cite: Citation | None,
) -> None:
    severity = d.incident.severity
    top, cycle = d.incident.plan.is_top(severity), d.incident.round.cycle
    for person in people:
        turns = person.turns(severity, d.now, top=top)
        ways = tuple(turn.way for turn in turns)
        if not ways:
            continue
        by_rule = any(turn.after for turn in turns)
        d.conclude(
            Paged(
                page=_key(d, cycle, level, person.handle, ways[0], repeat),
                person=person.handle,
                way=ways[0],
                level=level,
                cycle=cycle,
                reason=reason,
                others=ways[1:],
                wanted_until=wanted,
                others_at=tuple(d.now + turn.after for turn in turns[1:]) if by_rule else (),
                cite=cite,
            )
        )


def _key(d: Deliberation, cycle: int, level: int, person: str, way: str, repeat: int) -> str:
    """The key of a new page (R7), never one that was used before: the outbox would not send it again."""
    place = "reminder" if level == REMINDER else f"l{level}"
    stem = f"{d.incident.id}/c{cycle}/{place}/{person}/{way}"
    while (key := f"{stem}/r{repeat}" if repeat else stem) in d.incident.pages:
        repeat += 1
    return key


def _repeat_of(page: PageState) -> int:
    tail = page.page.rsplit("/r", 1)
    return int(tail[1]) if len(tail) == 2 and tail[1].isdigit() else 0


def _sent_although_acknowledged(d: Deliberation, level: PlannedLevel) -> bool:
    return level.awaits is Awaits.RESOLUTION or d.incident.acknowledged_by is not None
