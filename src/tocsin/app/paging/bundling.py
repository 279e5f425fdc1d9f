"""Storms: many incidents for one person become one SMS or one call, not one for each (R9, F35).

Between two messages to a person by the same way some time passes. What comes meanwhile waits and goes out together;
nothing is dropped, and the first page of the top severity waits for no lesser one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.app.ports import PageMessage
from tocsin.app.wording import lead, one_line, spoken
from tocsin.incident.facts import WantedUntil
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.pending import still_wanted
from tocsin.oncall.people import WayKind

TOGETHER = "in one message with "
"""The receipt of a page that went out with another one; that one's name follows."""
SPACING: Mapping[WayKind, timedelta] = {WayKind.SMS: timedelta(seconds=30), WayKind.CALL: timedelta(seconds=45)}
"""Shorter than ``confirm_within``, so that a page that waits here is not taken for one that does not arrive."""
NAMED = 3
"""How many of the incidents a message names."""

Pages = Sequence[tuple[Incident, PageState]]


def bundle_of(page: str, pages: Iterable[PageState]) -> list[PageState]:
    """The pages that went out in the message of this one."""
    return [one for one in pages if one.receipt == f"{TOGETHER}{page}"]


@dataclass(slots=True)
class Spacing:
    """When a person was last written to or called by a way; in memory, because forgetting it costs one message."""

    _last: dict[tuple[str, str, bool], datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, page: PageState, kind: WayKind, now: datetime, *, top: bool) -> timedelta:
        """How long this page has to wait; zero: it goes now, and its turn is taken."""
        spacing = SPACING.get(kind)
        if spacing is None:
            return timedelta(0)
        with self._lock:
            befores = [
                self._last.get((page.person, page.way, of_top)) for of_top in ((True,) if top else (True, False))
            ]
            latest = max((one for one in befores if one is not None and one <= now), default=None)
            if latest is not None and now - latest < spacing:
                return latest + spacing - now
            self._last[page.person, page.way, top] = now
            return timedelta(0)

    def give_back(self, page: PageState, *, top: bool) -> None:
        """It was not sent after all: the next try need not wait."""
        with self._lock:
            self._last.pop((page.person, page.way, top), None)


def waiting_with(page: PageState, incidents: Iterable[Incident]) -> Pages:
    """The pages to the same person by the same way that wait to be sent, the most severe first."""
    found = [
        (incident, one)
        for incident in incidents
        for one in incident.pages.values()
        if (one.person, one.way) == (page.person, page.way)
        and one.page != page.page
        and (one.wanted_until is WantedUntil.UPDATED) == (page.wanted_until is WantedUntil.UPDATED)
        and one.sent_at is None
        and one.failed_at is None
        and still_wanted(incident, one)
    ]
    return sorted(found, key=lambda pair: (_rank(pair[0]), pair[1].at))


def bundled(message: PageMessage, own: Incident, mates: Pages) -> PageMessage:
    """The message for all of them: how many, the worst by name, and that 4 is for all."""
    several = list({one.id: one for one in (own, *(mate for mate, _ in mates))}.values())
    several.sort(key=_rank)
    if len(several) < 2:
        return message
    named = ", ".join(f"{lead(one)} {one_line(one.title)}" for one in several[:NAMED])
    return replace(
        message,
        lead=f"{len(several)} incidents:",
        title=named + (" and more" if len(several) > NAMED else ""),
        due=f"4 acks all {len(several)}.",
        spoken=spoken_for_all(several),
    )


def spoken_for_all(several: Sequence[Incident]) -> str:
    """What a voice says of many incidents."""
    worst = min(several, key=_rank)
    return f"{len(several)} incidents. The worst is: {spoken(worst)} Press 4 to acknowledge all {len(several)}."


def _rank(incident: Incident) -> int:
    return -1 if incident.severity is None else incident.severity_plan.rank
