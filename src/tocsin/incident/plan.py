"""The response plan: what the runbook asks of us, ready to be decided on, pinned when an incident is declared.

Values only; ``planning.py`` makes one from a playbook. Every span cites the lines it was read from; what the
text left open and somebody has to answer is an ``Assumption``, never a silent default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.incident.facts import Citation
from tocsin.oncall.calendar import Calendar
from tocsin.runbook.stated import WorkingUnit


class Awaits(StrEnum):
    """What keeps an escalation level from being paged."""

    NOTHING = "nothing"  # paged at the start
    ACKNOWLEDGEMENT = "acknowledgement"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A question that the runbook leaves open. ``key`` is where `tocsin.toml` answers it.

    ``answer`` is what holds until then (or what was accepted).
    """

    key: str
    question: str
    answer: str
    accepted: bool = False
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class PlannedLevel:
    """One level of a severity's ladder. ``after`` counts from the start of the round.

    ``unit``: of the plan's business hours; None: it runs all day.
    """

    number: int
    targets: tuple[str, ...]
    after: timedelta
    awaits: Awaits
    cite: Citation | None = None
    assumed: bool = False
    unit: WorkingUnit | None = None


class Occasion(StrEnum):
    """What calls for the next level besides time."""

    RAISED = "raised"  # the severity was raised
    TOPIC = "topic"  # what the incident is about
    JUDGED = "judged"  # a person says so


@dataclass(frozen=True, slots=True)
class PlannedTrigger:
    """A line of the runbook that calls for the next level: at once, once, and with its citation.

    ``key`` names it for people and programs; ``words`` are those by which a TOPIC is known. ``targets``: whom the line
    itself calls, instead of the next level.
    """

    key: str
    occasion: Occasion
    text: str
    severities: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    cite: Citation | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """A clock: how long, and where it is written. ``unit``: of the plan's business hours; None: it runs all day."""

    within: timedelta
    cite: Citation | None = None
    unit: WorkingUnit | None = None


@dataclass(frozen=True, slots=True)
class PlannedCadence:
    """How often an update is due, for which severities (none: all) and which procedure (None: any).

    ``unit``: of the plan's business hours; None: it runs all day.
    """

    every: timedelta
    severities: tuple[str, ...] = ()
    procedure: str | None = None
    cite: Citation | None = None
    unit: WorkingUnit | None = None


@dataclass(frozen=True, slots=True)
class TimeBox:
    """How long a phase of the response may take, and for which severities (none: all): "Investigation (P0: < 15 min)".

    ``phase`` is its title, ``steps`` are the ids of its steps. It counts from the declaration, or from the first
    acknowledgement (``since_acknowledged``). ``unit``: of the plan's business hours; None: it runs all day.
    """

    phase: str
    within: timedelta
    severities: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    since_acknowledged: bool = False
    cite: Citation | None = None
    unit: WorkingUnit | None = None


@dataclass(frozen=True, slots=True)
class SeverityPlan:
    """What one severity asks for. ``pages`` false: recorded, nobody is woken.

    ``repeats_every`` is how long a page may stay unanswered before the same people are paged again.
    """

    name: str
    rank: int
    label: str | None = None
    response: PlannedTarget | None = None
    acknowledge: PlannedTarget | None = None
    resolution: PlannedTarget | None = None
    levels: tuple[PlannedLevel, ...] = ()
    repeats_every: timedelta = timedelta(minutes=5)
    pages: bool = True
    tells_customers: bool = False
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the verification list that stands before "resolved"."""

    id: str
    text: str
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A playbook and the team's answers, as the decider reads them. ``id`` is the hash of the rest.

    ``unassessed`` holds while nobody has set a severity: the top severity's ladder without its clocks, because
    paging fails open.
    """

    id: str
    playbook: str
    service: str
    severities: tuple[SeverityPlan, ...]
    unassessed: SeverityPlan
    lapses_after: timedelta
    confirm_within: timedelta
    cadences: tuple[PlannedCadence, ...] = ()
    checks: tuple[Check, ...] = ()
    roles: tuple[str, ...] = ()
    postmortem: PlannedTarget | None = None
    postmortem_for: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    triggers: tuple[PlannedTrigger, ...] = ()
    business_hours: Calendar | None = None  # those that the team or the runbook names; None while nobody has
    time_boxes: tuple[TimeBox, ...] = ()
    only_business: tuple[str, ...] = ()  # their words, as the runbook writes them

    def triggers_of(self, severity: str | None) -> tuple[PlannedTrigger, ...]:
        """The triggers that count at a severity; all of them while nobody has set one."""
        return tuple(one for one in self.triggers if not one.severities or not severity or severity in one.severities)

    def is_top(self, severity: str | None) -> bool:
        """Whether this is the top severity; what nobody has assessed counts as that, because paging fails open."""
        most_severe = min((one.rank for one in self.severities), default=0)
        return severity is None or self.severity(severity).rank <= most_severe

    def severity(self, name: str | None) -> SeverityPlan:
        """The plan of a severity; ``unassessed`` for None or a name the plan does not know."""
        return next((s for s in self.severities if s.name == name), self.unassessed)
