"""Evidence first: when a procedure is opened, what of it only looks and is enabled runs by itself, once, side by side.

The wish is a row of the outbox, committed with the fact that opened the procedure; its key is of the incident and the
procedure, so that opening the same one again looks at nothing again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from tocsin.app.desk import Asked
from tocsin.app.execution.halting import halted
from tocsin.app.execution.ordering import order
from tocsin.app.execution.runners import reaches
from tocsin.app.execution.starting import Given, start_command
from tocsin.app.execution.views import is_enabled
from tocsin.app.office import Office
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.store import Transaction
from tocsin.incident.facts import TOCSIN
from tocsin.incident.incident import Incident
from tocsin.runbook.command.runnable import run_effect
from tocsin.runbook.instructions import Effect, Step

AT_MOST = 12
"""Steps that run by themselves for one procedure; the rest wait for a person."""


def before_the_first_change(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that investigate: those after the first change, and those that verify, look at what it did.

    What the document puts under a condition, "only by night", waits for a person who says that it holds.
    """
    looks = takewhile(lambda s: s.command is None or run_effect(s.command) is Effect.READ_ONLY, steps)
    return tuple(step for step in looks if step.section != "verification" and step.condition is None)


@dataclass(slots=True)
class EvidenceCarrier:
    """Starts what only looks; the courier then runs it like any step."""

    office: Office
    node: str
    new_run: Callable[[], str] = field(default=lambda: secrets.token_hex(4))

    def sweep(self) -> None:
        """Nothing is left behind: the lease of a lost entry runs out and it is claimed again."""

    def carry(self, entry: OutboxEntry) -> None:
        """Start the evidence of one procedure, all in one commit with the end of the entry."""
        office, incident_id = self.office, entry.effect.incident_id
        with office.store.transact() as tx:
            if not tx.outbox.finish(entry.effect.key, entry.token, office.clock.now()):
                return
            incident = office.desk.one(tx, incident_id)
            asked = self._wanted(tx, incident, entry.effect.ref)
            office.desk.decide_all(tx, asked, office.clock.now(), {incident_id: incident})
        office.desk.changed([incident_id] if asked else [])

    def _wanted(self, tx: Transaction, incident: Incident, procedure: str) -> list[Asked]:
        """The starts; none while execution is off, for a resolved incident, or for a step that somebody did already."""
        office, team = self.office, self.office.team()
        if not incident.is_open or not team.commands_enabled or halted(tx) is not None:
            return []
        opened = office.playbooks.pinned(tx, incident.playbook).procedure(procedure)
        enabled = tx.steps.enabled(incident.service)
        asked: list[Asked] = []
        for step in before_the_first_change(opened.steps if opened else ()):
            if step.command is None or step.id in incident.steps:
                continue
            if not is_enabled(step, enabled) or len(asked) >= AT_MOST:
                continue
            wanted = order(team, incident.service, incident.playbook, step, {})
            if isinstance(wanted, str):
                continue
            if any(one.why_not for one in reaches(tx, office.clock.now(), wanted.target.labels).values()):
                continue  # a run that nobody could carry out would be a failure that says nothing of the incident
            run = f"{incident.id}/{step.id}/{self.new_run()}"
            command = start_command(run, wanted, self.node, Given(), evidence=True)
            asked.append(Asked(incident.id, command, TOCSIN))
        return asked
