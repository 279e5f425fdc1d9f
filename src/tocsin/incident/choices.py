"""The team's answers to what their runbook leaves open, and the questions that are still open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.incident.facts import Citation
from tocsin.incident.plan import Assumption, Awaits, PlannedLevel
from tocsin.oncall.calendar import Calendar, Restriction
from tocsin.runbook.answers.hours import Hours
from tocsin.runbook.stated import Lines, WorkingUnit

ESCALATE_AFTER = timedelta(minutes=5)
IMMEDIATE_MEANS = timedelta(minutes=5)
LAPSES_AFTER = timedelta(minutes=30)
REPEATS_EVERY = timedelta(minutes=5)
CONFIRM_WITHIN = timedelta(minutes=1)
FIRST_RESPONDER = "On-Call"
NO_PAGE = "assume.no_page"
"""The key of the answer that says which severities wake nobody."""
ANY_HOUR = "they are paged at any hour"
ANY_CLOCK = "its clocks run day and night"
"""What holds while nobody has said which hours are business hours."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers of the `[assume]` table of `tocsin.toml`, then of the runbook; None: nobody has answered yet.

    ``escalate_after``: from one level to the next where the runbook names no window. ``strictest``: where two
    lines contradict each other about a window, whether the shorter one holds. ``no_page``: severities that are
    recorded and wake nobody. ``first_responder``: who is paged first where the runbook does not say.
    ``business_hours``: what the runbook means by these words beside a contact. ``cites``: where the runbook itself
    answers, by the name of the setting.
    """

    escalate_after: timedelta | None = None
    immediate_means: timedelta | None = None
    lapses_after: timedelta | None = None
    repeats_every: timedelta | None = None
    confirm_within: timedelta | None = None
    strictest: bool | None = None
    no_page: tuple[str, ...] | None = None
    first_responder: str | None = None
    business_hours: Calendar | None = None
    cites: Mapping[str, Citation] = field(default_factory=dict)

    def cite(self, setting: str, otherwise: Citation | None = None) -> Citation | None:
        """The line of the runbook that answers a setting, or that raises the question."""
        return self.cites.get(setting, otherwise)


@dataclass(slots=True)
class Questions:
    """Collects the open questions of one plan, each once."""

    asked: dict[str, Assumption] = field(default_factory=dict)

    def ask(
        self, key: str, question: str, answer: str, *, accepted: bool = False, source: Citation | None = None
    ) -> None:
        """Ask once; the first asker's citation is kept."""
        self.asked.setdefault(key, Assumption(key, question, answer, accepted, source))

    def span(
        self,
        key: str,
        chosen: timedelta | None,
        meanwhile: timedelta,
        question: str,
        source: Citation | None = None,
    ) -> timedelta:
        """The chosen span, or the one that holds until somebody answers."""
        span = chosen if chosen is not None else meanwhile
        self.ask(key, question, words(span), accepted=chosen is not None, source=source)
        return span


def cite(lines: Lines | None, text: str = "") -> Citation | None:
    """The citation of some lines of the document."""
    return Citation(lines.first, lines.last, text) if lines else None


def calendar_of(hours: Hours) -> Calendar:
    """The calendar that hours in words mean."""
    return Calendar("business hours", hours.zone, (Restriction(hours.days, hours.since, hours.until),))


def calendar_words(calendar: Calendar) -> str:
    """A calendar's hours in short words.

    >>> calendar_words(Calendar("business hours", "UTC"))
    'Mon, Tue, Wed, Thu, Fri 09:00 to 17:00 UTC'
    """
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    spans = [
        f"{', '.join(names[day] for day in sorted(one.days))} {one.since:%H:%M} to {one.until:%H:%M}"
        for one in calendar.hours
    ]
    return f"{'; '.join(spans)} {calendar.zone}"


def words(span: timedelta) -> str:
    """A span in short words.

    >>> words(timedelta(minutes=90)), words(timedelta(days=2)), words(timedelta(seconds=45))
    ('1 h 30 min', '2 d', '45 s')
    """
    left = round(span.total_seconds())
    parts: list[str] = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2]) or "0 s"


def counted(span: timedelta, unit: WorkingUnit | None) -> str:
    """A span in short words, with the hours of business in which it is counted.

    >>> counted(timedelta(hours=4), WorkingUnit.HOUR), counted(timedelta(days=2), WorkingUnit.DAY)
    ('4 h of business hours', '2 business days')
    """
    if unit is WorkingUnit.DAY:
        days = math.ceil(span / timedelta(days=1))
        return f"{days} business day{'' if days == 1 else 's'}"
    return f"{words(span)} of business hours" if unit is WorkingUnit.HOUR else words(span)


def when_paged(level: PlannedLevel) -> str:
    """When a level of a ladder is paged, in short words.

    >>> when_paged(PlannedLevel(2, ("Ada",), timedelta(minutes=5), Awaits.ACKNOWLEDGEMENT))
    'after 5 min without an acknowledgement'
    >>> when_paged(PlannedLevel(2, ("Ada",), timedelta(0), Awaits.ACKNOWLEDGEMENT))
    'at once'
    """
    if not level.after:
        return "at once"
    after = f"after {counted(level.after, level.unit)}"
    return {
        Awaits.NOTHING: after,
        Awaits.ACKNOWLEDGEMENT: f"{after} without an acknowledgement",
        Awaits.RESOLUTION: f"{after} unless resolved",
    }[level.awaits]
