"""What people do with incidents: one use case for each command, the same for every face."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Asked, Desk
from tocsin.app.playbooks import Playbooks
from tocsin.app.rows.records import AlertState, IncidentQuery
from tocsin.app.store import Store, Transaction
from tocsin.app.suggesting import procedure_of, severity_of
from tocsin.clock import Clock
from tocsin.errors import BadInput, Conflict, NotFound, Refused
from tocsin.incident import commands as c
from tocsin.incident.choices import cite
from tocsin.incident.commands import Command, Refusal
from tocsin.incident.deliberation import Decided
from tocsin.incident.facts import Recorded
from tocsin.incident.incident import Incident
from tocsin.incident.owing import Owed, owing
from tocsin.incident.pending import Pending, pending
from tocsin.incident.summary import IncidentSummary
from tocsin.runbook.playbook import Playbook

NEEDS: dict[type[Command], Permission] = {
    c.Declare: Permission.RESPOND,
    c.AssessSeverity: Permission.RESPOND,
    c.MatchProcedure: Permission.RESPOND,
    c.Acknowledge: Permission.RESPOND,
    c.Escalate: Permission.RESPOND,
    c.PagePerson: Permission.RESPOND,
    c.TakeRole: Permission.RESPOND,
    c.AddNote: Permission.RESPOND,
    c.TickStep: Permission.RESPOND,
    c.PostUpdate: Permission.RESPOND,
    c.TellAudience: Permission.RESPOND,
    c.Mitigate: Permission.RESPOND,
    c.ConfirmCheck: Permission.RESPOND,
    c.Resolve: Permission.RESPOND,
    c.Reopen: Permission.RESPOND,
    c.StartStep: Permission.RUN_STEP,  # and CHANGE_STEP where it does more than look: ``app/execution/steps.py``
    c.CancelStep: Permission.RUN_STEP,
    c.DeclineStep: Permission.RUN_STEP,
    c.ApproveStep: Permission.APPROVE_STEP,
    c.NotifyCustomers: Permission.PUBLISH,
    c.DraftPostmortem: Permission.RESPOND,
    c.PublishPostmortem: Permission.MAINTAIN,
}
"""What a caller needs for each command; what is not listed is for the engine alone."""

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Acted:
    """What a command did: the new facts (none: nothing was left to do) and the incident as it stands now."""

    incident: Incident
    facts: tuple[Recorded, ...]


CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clock of whoever reports may be ahead."""


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Everything that a screen shows about one incident. ``owed`` stands between here and its end."""

    incident: Incident
    timeline: tuple[Recorded, ...]
    coming: tuple[Pending, ...]
    playbook: Playbook
    alerts: tuple[AlertState, ...]
    firing: int
    owed: tuple[Owed, ...] = ()


@dataclass(slots=True)
class Incidents:
    """The use cases around incidents."""

    store: Store
    clock: Clock
    desk: Desk
    playbooks: Playbooks

    def declare(
        self,
        caller: Caller,
        title: str,
        service: str,
        *,
        severity: str | None = None,
        summary: str = "",
        procedure: str | None = None,
        started_at: datetime | None = None,
        drill: bool = False,
    ) -> Acted:
        """Declare an incident; what is not said of severity and procedure is suggested by the runbook's own words.

        Raises NotFound for an unknown service, BadInput for an unknown severity.
        """
        caller.require(Permission.RESPOND)
        shelved = self.playbooks.of(service)
        if not title.strip():
            raise BadInput("an incident needs a title: a few words on what is wrong")
        now = self.clock.now()
        if started_at is not None and started_at > now + CLOCKS_DIFFER:
            raise BadInput("the trouble cannot begin later than now; leave its beginning out if it is not known")
        said = f"{title}\n{summary}".strip()
        suggested = None if severity else severity_of(shelved.criteria.suggest(said))
        matched = None if procedure else procedure_of(shelved.symptoms.match(said))
        command = c.Declare(
            title=title.strip(),
            service=service,
            source="person",
            summary=summary,
            severity=reading(shelved.playbook, severity, f"set by {caller.actor.name}") if severity else suggested,
            procedure=procedure_reading(shelved.playbook, procedure) if procedure else matched,
            started_at=started_at,
            drill=drill,
        )
        with self.store.transact() as tx:
            decided = self.desk.begin(tx, command, shelved.plan, now, caller.actor)
            self.desk.append(tx, [(decided.incident, decided.facts)])
        self.desk.changed([decided.incident.id])
        return Acted(decided.incident, decided.facts)

    def act(self, caller: Caller, incident_id: str, command: Command) -> Acted:
        """Give a command to an incident. Raises NotAllowed, NotFound, or Refused with the incident's reason."""
        if isinstance(command, c.Resolve):
            caller.require(NEEDS[c.Resolve], incident_id)
            return self.carry_out(incident_id, lambda incident: self._with_what_is_owed(command, incident), caller)
        return self.act_together(caller, incident_id, [command])

    def act_together(self, caller: Caller, incident_id: str, commands: Sequence[Command]) -> Acted:
        """Give several commands to an incident in one commit: all are followed, or none. Raises as ``act`` does."""
        for command in commands:
            permission = NEEDS.get(type(command))
            if permission is None:
                raise NotImplementedError(f"{type(command).__name__} is for the engine alone")
            caller.require(permission, incident_id)
            if isinstance(command, c.PostUpdate):
                self._require_filled(command, incident_id)
        return self._carry_out_all(incident_id, lambda _incident: commands, caller)

    def _require_filled(self, command: c.PostUpdate, incident_id: str) -> None:
        """Raise Refused while a blank of one of the runbook's templates is left. Other brackets are the team's own."""
        if "[" not in command.text and "{" not in command.text and "<" not in command.text:
            return
        with self.store.read() as tx:
            playbook = self.playbooks.pinned(tx, self.desk.one(tx, incident_id).playbook)
        known = {one.raw for template in playbook.templates for one in template.fields}
        left = [raw for raw in sorted(known) if raw[:1] in "[{<" and raw in command.text]
        if left:
            raise Refused(f"fill in or remove {', '.join(left)} first; nothing was sent", reason="unfilled")

    def _with_what_is_owed(self, command: c.Resolve, incident: Incident) -> Command:
        with self.store.read() as tx:
            owed = owing(incident, self.playbooks.pinned(tx, incident.playbook))
        holding = tuple(one.says for one in owed if one.holds_up)
        return replace(command, owed=holding, unverified=tuple(one.says for one in owed if not one.holds_up))

    def assess(self, caller: Caller, incident_id: str, severity: str, reason: str = "") -> Acted:
        """Set the severity, by any name the runbook gives it."""
        caller.require(Permission.RESPOND, incident_id)

        def command(incident: Incident) -> Command:
            name = next((s.name for s in incident.plan.severities if s.name == severity), None)
            why = reason or f"set by {caller.actor.name}"
            if name is None:
                with self.store.read() as tx:
                    playbook = self.playbooks.pinned(tx, incident.playbook)
                return c.AssessSeverity(reading(playbook, severity, why))
            return c.AssessSeverity(c.SeverityReading(name, why, suggested=False))

        return self.carry_out(incident_id, command, caller)

    def open_procedure(self, caller: Caller, incident_id: str, procedure: str) -> Acted:
        """Open another procedure of the runbook for this incident."""
        caller.require(Permission.RESPOND, incident_id)

        def command(incident: Incident) -> Command:
            with self.store.read() as tx:
                playbook = self.playbooks.pinned(tx, incident.playbook)
            return c.MatchProcedure(procedure_reading(playbook, procedure))

        return self.carry_out(incident_id, command, caller)

    def carry_out(
        self,
        incident_id: str,
        command: Callable[[Incident], Command],
        caller: Caller,
        *,
        within: Callable[[Transaction, Decided], None] | None = None,
    ) -> Acted:
        """Decide and append, again from the start when somebody else was faster.

        ``within`` has its say in the same transaction once it is decided; what it raises undoes all.
        """
        return self._carry_out_all(incident_id, lambda incident: [command(incident)], caller, within=within)

    def _carry_out_all(
        self,
        incident_id: str,
        commands: Callable[[Incident], Sequence[Command]],
        caller: Caller,
        *,
        within: Callable[[Transaction, Decided], None] | None = None,
    ) -> Acted:
        for _ in range(ATTEMPTS):
            try:
                with self.store.transact() as tx:
                    incident = self.desk.one(tx, incident_id)
                    facts: tuple[Recorded, ...] = ()
                    asked = [Asked(incident_id, command, caller.actor) for command in commands(incident)]
                    now, loaded = self.clock.now(), {incident_id: incident}
                    for answer in self.desk.decide_all(tx, asked, now, loaded, all_or_none=True):
                        if isinstance(answer, Refusal):
                            raise Refused(answer.message, reason=answer.reason)
                        if within is not None:
                            within(tx, answer)
                        incident, facts = answer.incident, (*facts, *answer.facts)
            except Conflict:
                continue
            if facts:
                self.desk.changed([incident_id])
            return Acted(incident, facts)
        raise Conflict(f"{incident_id} is changing too fast right now; try again")

    def view(self, caller: Caller, incident_id: str) -> IncidentView:
        """Everything about one incident."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            timeline = tx.incidents.facts([incident_id]).get(incident_id)
            if timeline is None:
                raise NotFound(f"there is no incident {incident_id}; the list of incidents shows those there are")
            incident = self.desk.load(tx, [incident_id])[incident_id]
            playbook = self.playbooks.pinned(tx, incident.playbook)
            alerts = tx.alerts.of_incident(incident_id, 100)
            count = tx.alerts.counts([incident_id]).get(incident_id)
        coming = pending(incident)
        firing, owed = count.firing if count else 0, owing(incident, playbook)
        return IncidentView(incident, tuple(timeline), coming, playbook, tuple(alerts), firing, owed)

    def timeline_after(self, caller: Caller, incident_id: str, seq: int) -> Sequence[Recorded]:
        """The facts that came after one that the caller has seen."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            return tx.incidents.facts_after(incident_id, seq)

    def newest(self, caller: Caller, incident_id: str) -> int:
        """The number of the newest fact (for a live page). Raises NotFound."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            found = tx.incidents.summaries([incident_id]).get(incident_id)
        if found is None:
            raise NotFound(f"there is no incident {incident_id}; the list of incidents shows those there are")
        return found.last_seq

    def search(self, caller: Caller, query: IncidentQuery) -> Sequence[IncidentSummary]:
        """Incidents that fit, newest first."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return tx.incidents.search(query)


def reading(playbook: Playbook, severity: str, reason: str) -> c.SeverityReading:
    """A person's choice of a severity, by any of its names. Raises BadInput for one the runbook does not have."""
    found = playbook.severity(severity)
    if found is None:
        names = ", ".join(s.name for s in playbook.severities) or "none"
        raise BadInput(f"the runbook has no severity {severity!r}; it has {names}")
    return c.SeverityReading(found.name, reason, suggested=False, cite=cite(found.lines, found.label or found.name))


def procedure_reading(playbook: Playbook, key: str) -> c.ProcedureReading:
    """A person's choice of a procedure. Raises BadInput for one the runbook does not have."""
    found = playbook.procedure(key)
    if found is None:
        known = ", ".join(p.key for p in playbook.openable())
        raise BadInput(f"the runbook has no procedure {key!r}; it has {known}")
    return c.ProcedureReading(found.key, found.title, "opened by hand", cite=cite(found.lines, found.title))
