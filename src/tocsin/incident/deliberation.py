"""The table at which a decision is made: the incident so far, the facts decided on, who asks and when.

A decision takes in each fact as it is decided, so that the next question is asked of the incident as it then
stands. The incident that was handed in is copied first and never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.incident.facts import TOCSIN, Actor, Fact, Recorded, TargetClock, TargetMet, TargetMissed
from tocsin.incident.fold import take_in
from tocsin.incident.incident import Incident
from tocsin.incident.pending import deadline_of, running_clocks, target_of
from tocsin.oncall.roster import Roster


@dataclass(frozen=True, slots=True)
class Decided:
    """The facts to append, in order, and the incident as it stands with them."""

    facts: tuple[Recorded, ...]
    incident: Incident


@dataclass(slots=True)
class Deliberation:
    """One decision in the making."""

    incident: Incident
    now: datetime
    by: Actor
    roster: Roster
    facts: list[Recorded] = field(default_factory=list)

    def record(self, fact: Fact, by: Actor | None = None) -> None:
        """Decide on a fact. It is the asking actor's unless ``by`` says whose it is."""
        recorded = Recorded(self.incident.id, self.incident.last_seq + 1, self.now, by or self.by, fact)
        take_in(self.incident, recorded)
        self.facts.append(recorded)

    def conclude(self, fact: Fact) -> None:
        """Decide on a fact that follows from the rules and not from anybody's wish."""
        self.record(fact, TOCSIN)

    def stop(self, *clocks: TargetClock) -> None:
        """Stop clocks that still run: met in time, or missed if their deadline has passed."""
        running = running_clocks(self.incident)
        for clock in clocks:
            deadline = deadline_of(self.incident, clock)
            if clock not in running or deadline is None:
                continue
            target = target_of(self.incident, clock)
            cite = target.cite if target else None
            if self.now <= deadline:
                self.conclude(TargetMet(clock=clock, deadline=deadline, cite=cite))
            else:
                self.conclude(TargetMissed(clock=clock, deadline=deadline, cite=cite))
