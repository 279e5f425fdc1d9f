"""The desk where incidents are decided on: load, decide, append, in the caller's transaction.

Every face, the hearing, the timekeeper and the courier come here; nobody else appends facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from tocsin.app.masking import Masker
from tocsin.app.rota import roster_in_force
from tocsin.app.rows.records import Appending
from tocsin.app.store import Transaction
from tocsin.app.team import CANARY, TeamInForce
from tocsin.errors import NotFound, TocsinError
from tocsin.incident.commands import ClearAlerts, Command, Declare, JoinAlerts, Refusal
from tocsin.incident.decide import decide, declare
from tocsin.incident.deliberation import Decided
from tocsin.incident.effects import effects_of, told_to_stakeholders
from tocsin.incident.facts import TOCSIN, Actor, AlertsCalm, Declared, Recorded
from tocsin.incident.fold import fold
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.indexing import FLIGHT, summarise
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.planning import plan_from_bytes
from tocsin.incident.withdrawing import withdrawals
from tocsin.oncall.people import TAKEN_BACK
from tocsin.oncall.roster import Roster

FLIGHTS = "canaries"
"""The name in ``Keep`` of how many canaries there have been."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command for one incident, and who gives it."""

    incident_id: str
    command: Command
    by: Actor


Witness = Callable[[Incident, Sequence[Recorded]], None]
"""Sees the facts that were appended to an incident, and the incident after them; quick, and never raises."""


@dataclass(slots=True)
class Desk:
    """Decides on incidents. ``listeners`` are told the ids after each commit that changed something.

    ``witnesses`` are shown the facts as well, at the same moment. They may count, not decide: a witness sees only what
    this node appended, and facts of a lost race may be shown to it once.
    """

    team: TeamInForce
    masker: Masker
    plans: dict[str, ResponsePlan] = field(default_factory=dict)
    listeners: list[Callable[[Sequence[str]], None]] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    _unseen: dict[str, list[tuple[Incident, Sequence[Recorded]]]] = field(default_factory=dict)

    def load(self, tx: Transaction, incident_ids: Iterable[str]) -> dict[str, Incident]:
        """The incidents as their facts tell them; ids without facts are absent."""
        facts = tx.incidents.facts(list(dict.fromkeys(incident_ids)))
        return {id: fold(self.plan_of(tx, recorded), recorded) for id, recorded in facts.items()}

    def one(self, tx: Transaction, incident_id: str) -> Incident:
        """One incident. Raises NotFound."""
        found = self.load(tx, [incident_id]).get(incident_id)
        if found is None:
            raise NotFound(f"there is no incident {incident_id}; `tocsin incidents` lists those there are")
        return found

    def roster(self, tx: Transaction, now: datetime) -> Roster:
        """Who can be called, as of this transaction: the settings with the overrides and accounts of the store."""
        return roster_in_force(tx, self.team().roster, now)

    def plan_of(self, tx: Transaction, recorded: Sequence[Recorded]) -> ResponsePlan:
        """The plan that was pinned when the incident was declared."""
        first = recorded[0].fact
        if not isinstance(first, Declared):
            raise TocsinError(f"the beginning of {recorded[0].incident_id} cannot be read; run `tocsin db check`")
        return self.plan(tx, first.plan)

    def plan(self, tx: Transaction, plan_id: str) -> ResponsePlan:
        """A plan by its hash. Plans never change, so they are kept in memory."""
        held = self.plans.get(plan_id)
        if held is None:
            body = tx.library.get("plan", plan_id)
            if body is None:
                raise TocsinError(f"the response plan {plan_id} is missing from the store; run `tocsin db check`")
            held = self.plans[plan_id] = plan_from_bytes(body)
        return held

    def decide_all(
        self,
        tx: Transaction,
        asked: Sequence[Asked],
        now: datetime,
        loaded: dict[str, Incident] | None = None,
        roster: Roster | None = None,
        *,
        all_or_none: bool = False,
    ) -> list[Decided | Refusal]:
        """Decide on many commands and append what follows, all in this transaction.

        Several commands for one incident are decided one after the other. ``loaded`` incidents and the ``roster`` of
        this transaction are not read again. With ``all_or_none`` nothing is appended when one of them is refused.
        Raises NotFound for an unknown incident, Conflict when somebody else was faster.
        """
        if not asked:
            return []
        incidents = dict(loaded or {})
        incidents |= self.load(tx, [a.incident_id for a in asked if a.incident_id not in incidents])
        roster = roster or self.roster(tx, now)
        answers: list[Decided | Refusal] = []
        fresh: dict[str, list[Recorded]] = {}
        for one in asked:
            incident = incidents.get(one.incident_id)
            if incident is None:
                raise NotFound(f"there is no incident {one.incident_id}; `tocsin incidents` lists those there are")
            people = self.team().roster_of(incident.service, roster)
            answer = decide(incident, self.masker.value(one.command), now=now, by=one.by, roster=people)
            answers.append(answer)
            if all_or_none and isinstance(answer, Refusal):
                return answers
            if isinstance(answer, Decided) and answer.facts:
                over = _calm_and_over(tx, one, answer)
                told = decide(answer.incident, over, now=now, by=TOCSIN, roster=people) if over else None
                after = told if isinstance(told, Decided) else answer
                incidents[one.incident_id] = after.incident
                fresh.setdefault(one.incident_id, []).extend(answer.facts)
                if after is not answer:
                    fresh[one.incident_id].extend(after.facts)
        self.append(tx, [(incidents[id], facts) for id, facts in fresh.items()])
        return answers

    def begin(
        self,
        tx: Transaction,
        command: Declare,
        plan: ResponsePlan,
        now: datetime,
        by: Actor,
        roster: Roster | None = None,
    ) -> Decided:
        """Decide on a declaration without appending it yet (``append`` does, perhaps with others)."""
        own = command.service == CANARY
        incident_id = f"{FLIGHT}{_next_flight(tx)}" if own else f"INC-{tx.incidents.next_number()}"
        self.plans.setdefault(plan.id, plan)
        roster = self.team().roster_of(command.service, roster or self.roster(tx, now))
        return declare(incident_id, plan, self.masker.value(command), now=now, by=by, roster=roster)

    def append(self, tx: Transaction, decided: Sequence[tuple[Incident, Sequence[Recorded]]]) -> None:
        """Append facts with the index rows and effects that follow from them."""
        if not decided:
            return
        team = self.team()
        batch = [
            Appending(
                tuple(facts),
                summarise(incident),
                (
                    *effects_of(
                        facts,
                        team.outlets(incident.service),
                        drill=incident.drill,
                        told=told_to_stakeholders(incident),
                    ),
                    *withdrawals(incident, facts, partial(_can_be_taken_back, team.roster)),
                ),
            )
            for incident, facts in decided
        ]
        tx.incidents.append(batch)
        if self.witnesses:
            for incident, facts in decided:
                self._unseen.setdefault(incident.id, []).append((incident, facts))

    def changed(self, incident_ids: Sequence[str]) -> None:
        """Tell whoever listens (the timekeeper, the courier, open pages) that incidents changed; after the commit."""
        if incident_ids:
            for listener in self.listeners:
                listener(incident_ids)
        for id in incident_ids:
            for incident, facts in self._unseen.pop(id, ()):
                for witness in self.witnesses:
                    witness(incident, facts)


def _can_be_taken_back(roster: Roster, page: PageState) -> bool:
    person = roster.person(page.person)
    way = person.way(page.way) if person else None
    return way is not None and way.kind in TAKEN_BACK


def _next_flight(tx: Transaction) -> int:
    """The number of the next canary: they take none of the incidents'."""
    number = int(tx.keep.get(FLIGHTS) or "0") + 1
    tx.keep.put(FLIGHTS, str(number))
    return number


def _calm_and_over(tx: Transaction, asked: Asked, answer: Decided) -> ClearAlerts | None:
    """What has to be told when alerts have stopped to come and go: that they are over, if that is how they stopped.

    While they flapped nobody was told, and what is only in the table of alerts the decider cannot know. Commands that
    are about alerts bring the newest state themselves.
    """
    if isinstance(asked.command, JoinAlerts | ClearAlerts) or not answer.incident.is_open:
        return None
    if not any(isinstance(one.fact, AlertsCalm) for one in answer.facts):
        return None
    count = tx.alerts.counts([asked.incident_id]).get(asked.incident_id)
    return ClearAlerts(count.distinct) if count and count.distinct and not count.firing else None
