"""Which incidents are public, and what of them: only what a person approved for customers.

An incident is public from its first ``CustomersNotified`` on, and never when it is a drill. Of the rest of its
facts only the instants of ``Resolved`` and ``Reopened`` show, because a page that says "investigating" about a
resolved incident, or "resolved" about an open one, would not be true. Titles, alerts, names, notes and
severities of the inside stay inside (reliability.md, B9 and F85).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.incident.facts import CustomersNotified, Declared, PublicStatus, Recorded, Reopened, Resolved
from tocsin.statuspage.page import Component, Impact, PublicIncident, PublicUpdate, Span, public_id

OVER = "This incident is over."
OPEN_AGAIN = "This incident is open again."
DISRUPTION = ": service disruption"
"""Ends the title of an incident that nobody gave one."""
LONGEST_TITLE = 80
OFFLINE = "offline:"
"""Begins the ids, inside, of what was published by hand on the files; after it comes the public id (``offline.py``)."""


def public_incidents(
    facts: Mapping[str, Sequence[Recorded]],
    components: Sequence[Component],
    *,
    titles: Mapping[str, str] | None = None,
    impacts: Mapping[str, Impact] | None = None,
) -> tuple[PublicIncident, ...]:
    """The public incidents among these timelines (by incident id), the newest first.

    ``titles`` are public titles that a person gave, by incident id; ``impacts`` the worst impact of each, minor
    where nothing is said.
    """
    found = [
        public_incident(
            timeline,
            components,
            title=(titles or {}).get(incident_id),
            impact=(impacts or {}).get(incident_id, Impact.MINOR),
        )
        for incident_id, timeline in facts.items()
    ]
    return tuple(sorted((one for one in found if one), key=lambda one: (one.created_at, one.id), reverse=True))


def public_incident(
    timeline: Sequence[Recorded],
    components: Sequence[Component],
    *,
    title: str | None = None,
    impact: Impact = Impact.MINOR,
) -> PublicIncident | None:
    """What the public sees of one incident; None for a drill and for one that customers were never told of."""
    if not timeline or not isinstance(timeline[0].fact, Declared) or timeline[0].fact.drill:
        return None
    telling = _Telling(timeline[0], timeline[0].fact, components)
    for one in timeline[1:]:
        telling.hear(one)
    if not telling.updates:
        return None
    given = clean(title or "", one_line=True)
    heading, updates = _headed(telling.updates, telling.declared.service, components)
    if given:
        heading, updates = given, tuple(telling.updates)
    return PublicIncident(
        id=incident_id(timeline[0].incident_id),
        title=heading,
        impact=impact,
        status=telling.status,
        components=tuple(dict.fromkeys(key for one in updates for key in one.components)),
        updates=tuple(reversed(updates)),
        started_at=telling.spans[0].start,
        resolved_at=telling.spans[-1].end,
        spans=tuple(telling.spans),
    )


@dataclass(slots=True)
class _Telling:
    """The fold: what customers have been told so far."""

    first: Recorded
    declared: Declared
    offered: Sequence[Component]
    updates: list[PublicUpdate] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    status: PublicStatus = PublicStatus.INVESTIGATING
    over: bool = False  # inside: resolved and not reopened

    def hear(self, one: Recorded) -> None:
        match one.fact:
            case CustomersNotified(update=update, status=status, text=text, components=components):
                offline = update.startswith(OFFLINE)
                id = update.removeprefix(OFFLINE) if offline else public_id("update", one.incident_id, update)
                self._tell(id, status, clean(text), one.at, components, offline=offline)
            case Resolved():
                self.over = True
                if self.updates and self.status is not PublicStatus.RESOLVED:
                    self._tell(_own_id(one), PublicStatus.RESOLVED, OVER, one.at)
            case Reopened():
                if self.updates and self.over and self.status is PublicStatus.RESOLVED:
                    self._tell(_own_id(one), PublicStatus.INVESTIGATING, OPEN_AGAIN, one.at)
                self.over = False
            case _:
                pass

    def _tell(
        self,
        id: str,
        status: PublicStatus,
        text: str,
        at: datetime,
        named: tuple[str, ...] = (),
        *,
        offline: bool = False,
    ) -> None:
        before = self.updates[-1].components if self.updates else self._of_the_service()
        self.updates.append(PublicUpdate(id, status, text, at, tuple(dict.fromkeys(named)) or before, offline))
        self.status = status
        if not self.spans:
            self.spans.append(Span(min(self.declared.started_at or self.first.at, at), None))
        elif self.spans[-1].end is not None and status is not PublicStatus.RESOLVED:
            self.spans.append(Span(at, None))
        if status is PublicStatus.RESOLVED and self.spans[-1].end is None:
            self.spans[-1] = Span(self.spans[-1].start, at)

    def _of_the_service(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.offered if self.declared.service in one.services)


def incident_id(inside: str) -> str:
    """The public id of an incident."""
    return inside.removeprefix(OFFLINE) if inside.startswith(OFFLINE) else public_id("incident", inside)


def _own_id(one: Recorded) -> str:
    return public_id("update", one.incident_id, f"fact {one.seq}")


def _headed(
    updates: Sequence[PublicUpdate], service: str, components: Iterable[Component]
) -> tuple[str, tuple[PublicUpdate, ...]]:
    """The title, and the updates without the line that became it.

    The first line of the first update is the title when it reads like one: short, no salutation. Where it is all
    that the update says it stays there too.
    """
    first, *later = updates
    line, _, rest = first.text.partition("\n")
    heading = line.removeprefix("Subject:").strip().rstrip(".:")
    if not heading or len(heading) > LONGEST_TITLE or heading.endswith((",", ";")):
        name = next((one.name for one in components if service in one.services), service)
        return clean(f"{name}{DISRUPTION}", one_line=True), tuple(updates)
    if rest.strip():
        first = replace(first, text=rest.strip())
    return heading, (first, *later)


def clean(text: str, *, one_line: bool = False) -> str:
    """The text without characters that XML forbids or that turn other text around; newlines are kept or joined.

    >>> clean("a\\x00\\r\\nb\\u202e", one_line=True)
    'a b'
    """
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(ch for ch in whole if ch in "\n\t" or not _unprintable(ord(ch)))
    return " ".join(kept.split()) if one_line else kept.strip()


def _unprintable(code: int) -> bool:
    control = code < 0x20 or 0x7F <= code < 0xA0
    turning = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return control or turning or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE
