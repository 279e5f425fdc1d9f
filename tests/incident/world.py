"""A small team, a plan and a clock, for tests of the decider: no fixtures, no I/O, milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.incident.commands import Advance, Command, Declare, Refusal, SeverityReading
from tocsin.incident.decide import decide, declare
from tocsin.incident.deliberation import Decided
from tocsin.incident.facts import TOCSIN, Actor, ActorKind, Citation, Fact, Recorded, Via
from tocsin.incident.incident import Incident
from tocsin.incident.pending import pending
from tocsin.incident.plan import (
    Awaits,
    Check,
    PlannedCadence,
    PlannedLevel,
    PlannedTarget,
    ResponsePlan,
    SeverityPlan,
)
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

ANA = Actor(ActorKind.PERSON, "ana", Via.WEB)
BO = Actor(ActorKind.PERSON, "bo", Via.CLI)
MONITOR = Actor(ActorKind.MONITOR, "prometheus", Via.MONITOR)


def at(minutes: float) -> datetime:
    """An instant this many minutes after the start."""
    return START + timedelta(minutes=minutes)


def minutes(count: float) -> timedelta:
    """A span."""
    return timedelta(minutes=count)


def person(handle: str, *ways: WayKind) -> Person:
    """Somebody with these ways, a phone unless said."""
    return Person(
        handle, handle.title(), tuple(Way(kind, f"{handle}@{kind.value}") for kind in ways or (WayKind.PHONE,))
    )


ROSTER = Roster(
    people=(person("ana", WayKind.PHONE, WayKind.EMAIL), person("bo"), person("chloe")),
    bindings=(
        Binding("On-Call Engineer", people=("ana",)),
        Binding("Team Lead", people=("bo",)),
        Binding("CTO", people=("chloe",)),
        Binding("Nobody", people=()),
    ),
    catch_all=("chloe",),
)


def level(number: int, target: str, after: float = 0, awaits: Awaits = Awaits.ACKNOWLEDGEMENT) -> PlannedLevel:
    """A level of a ladder."""
    awaits = Awaits.NOTHING if number == 1 else awaits
    return PlannedLevel(number, (target,), minutes(after), awaits, Citation(300 + number, 300 + number, target))


LADDER = (level(1, "On-Call Engineer"), level(2, "Team Lead", 5), level(3, "CTO", 60, Awaits.RESOLUTION))

P0 = SeverityPlan(
    "P0",
    0,
    "Critical",
    response=PlannedTarget(minutes(15), Citation(18, 18, "15 minutes")),
    acknowledge=PlannedTarget(minutes(10), Citation(19, 19, "10 minutes")),
    resolution=PlannedTarget(minutes(120), Citation(20, 20, "2 hours")),
    levels=LADDER,
)
P2 = SeverityPlan("P2", 1, "Minor", response=PlannedTarget(minutes(240)), levels=LADDER[:1], repeats_every=minutes(60))
P3 = SeverityPlan("P3", 2, "Backlog", pages=False)


def plan(**changes: object) -> ResponsePlan:
    """The plan of the tests, with fields changed."""
    fields: dict[str, object] = {
        "id": "plan-1",
        "playbook": "playbook-1",
        "service": "shop",
        "severities": (P0, P2, P3),
        "unassessed": SeverityPlan("", 3, levels=LADDER),
        "lapses_after": minutes(30),
        "confirm_within": minutes(1),
        "cadences": (PlannedCadence(minutes(30), ("P0",), None, Citation(133, 133, "every 30 minutes")),),
        "checks": (Check("check-1", "Health checks pass"), Check("check-2", "No error spikes")),
        "postmortem": PlannedTarget(timedelta(hours=48), Citation(229, 229, "Within 48 hours")),
    }
    fields.update(changes)
    return ResponsePlan(**fields)  # type: ignore[arg-type]


class Story:
    """One incident that is told what happens; remembers its facts."""

    def __init__(self, severity: str | None = "P0", *, of: ResponsePlan | None = None, roster: Roster = ROSTER) -> None:
        self.roster = roster
        reading = SeverityReading(severity, "said so", suggested=False) if severity else None
        command = Declare(title="API down", service="shop", source="alert", severity=reading)
        decided = declare("INC-1", of or plan(), command, now=START, by=MONITOR, roster=roster)
        self.incident: Incident = decided.incident
        self.facts: list[Recorded] = list(decided.facts)
        self.latest: list[Fact] = [r.fact for r in decided.facts]

    def when(self, minute: float, command: Command, by: Actor = ANA) -> list[Fact]:
        """Give a command at a minute; the facts that it led to. Raises AssertionError on a refusal."""
        answer = self.ask(minute, command, by)
        assert isinstance(answer, Decided), answer
        self.incident = answer.incident
        self.facts += answer.facts
        self.latest = [r.fact for r in answer.facts]
        return self.latest

    def ask(self, minute: float, command: Command, by: Actor = ANA) -> Decided | Refusal:
        """Ask and change nothing."""
        return decide(self.incident, command, now=at(minute), by=by, roster=self.roster)

    def wait(self, minute: float) -> list[Fact]:
        """Let time pass up to a minute, doing what is due at its instant; the facts that it brought."""
        brought: list[Fact] = []
        while (due := pending(self.incident)) and due[0].at <= at(minute):
            offset = (due[0].at - START) / timedelta(minutes=1)
            brought += self.when(offset, Advance(), TOCSIN)
        self.latest = brought
        return brought
