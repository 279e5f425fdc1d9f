"""Telling the team, and the groups inside the company: the runbook's templates, filled, approved and sent.

The same rules as for customers: nothing leaves with a blank unfilled, nothing from a drill, nothing that no person
approved. Where an audience is told is in `tocsin.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.app.access import Caller, Permission
from tocsin.app.customers.publishing import promised, update_id
from tocsin.app.desk import Desk
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.playbooks import Playbooks
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, Refused
from tocsin.incident.choices import cite
from tocsin.incident.commands import PostUpdate, TellAudience
from tocsin.incident.effects import Outlets
from tocsin.incident.facts import Audience, AudienceTold, Citation, PublicStatus
from tocsin.incident.incident import Incident
from tocsin.review.blanks import message_blanks
from tocsin.review.filling import fill
from tocsin.review.values import values_of
from tocsin.runbook.playbook import Playbook, Template

TEAM = "internal"
"""The team itself, as the playbook calls it."""
AUDIENCES = (TEAM, *(one.value for one in Audience))

_KEYS = {
    PublicStatus.INVESTIGATING: ("initial", "other", "update"),
    PublicStatus.IDENTIFIED: ("update", "other", "initial"),
    PublicStatus.MONITORING: ("update", "other", "initial"),
    PublicStatus.RESOLVED: ("resolved", "other"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A text for an audience as the runbook words it. ``unfilled`` blanks block sending.

    ``template`` is the name of the runbook's template, None when it has none for them; ``outlets`` is where it goes.
    """

    audience: str
    status: PublicStatus
    text: str
    unfilled: tuple[str, ...]
    template: str | None
    subject: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """An audience of one incident: the duty that the runbook states, what it was told last, and where it is told."""

    audience: Audience
    duty: str
    cite: Citation | None
    told: AudienceTold | None
    told_at: datetime | None
    outlets: tuple[str, ...]


@dataclass(slots=True)
class Audiences:
    """Tells the team, stakeholders, executives and support."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    playbooks: Playbooks
    incidents: Incidents

    def prepare(self, caller: Caller, incident_id: str, audience: str, status: PublicStatus) -> Message:
        """The runbook's own words for them at this moment, filled from the record. Raises BadInput, NotFound."""
        caller.require(Permission.READ, incident_id)
        _known(audience)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            facts = tx.incidents.facts([incident_id])[incident_id]
            playbook = self.playbooks.pinned(tx, incident.playbook)
        outlets = self.team().outlets(incident.service)
        told = outlets.chat + outlets.rooms if audience == TEAM else outlets.audience(Audience(audience))
        template = template_for(playbook, audience, status)
        if template is None:
            return Message(audience, status, "", (), None, "", told)
        now, zone = self.clock.now(), self.team().zone
        service, components = self.team().names(incident.service)
        values = values_of(facts, reference=incident_id, now=now, zone=zone, service=service, components=components)
        filled = fill(template, values, promised(incident, status, now, zone))
        unfilled = tuple(field.raw for field in filled.unfilled)
        return Message(audience, status, filled.body, unfilled, template.name, filled.subject or "", told)

    def tell(
        self, caller: Caller, incident_id: str, audience: str, text: str, *, subject: str = "", update: str = ""
    ) -> Acted:
        """Approve a text for them. Raises BadInput, and Refused while it holds an unfilled blank or in a drill.

        The same ``update`` is never told twice. Without one the same words within a minute are a second click, and
        told once, or refused when another person has sent them; later they are told again, as an update that says that
        nothing has changed has to be.
        """
        command = self.order(caller, incident_id, audience, text, subject=subject, update=update)
        return self.incidents.act_together(caller, incident_id, [command] if command else [])

    def order(
        self, caller: Caller, incident_id: str, audience: str, text: str, *, subject: str = "", update: str = ""
    ) -> PostUpdate | TellAudience | None:
        """What ``tell`` commands once all is checked; None for an update that they were told already."""
        _known(audience)
        if audience == TEAM:
            return PostUpdate(text)
        caller.require(Permission.RESPOND, incident_id)
        subject = " ".join(subject.split())
        blanks = message_blanks(f"{subject}\n{text}")
        if blanks:
            raise Refused(f"fill in or remove {', '.join(blanks)} first; nothing was sent", reason="unfilled")
        with self.store.read() as tx:
            incident, facts = self.desk.one(tx, incident_id), tx.incidents.facts([incident_id])[incident_id]
        if not self.team().outlets(incident.service).audience(Audience(audience)):
            raise Refused(
                f"tocsin.toml does not say where {audience} are told: set service.{incident.service}.{audience}; "
                "nothing was sent",
                reason="nowhere",
            )
        update = update or update_id(incident_id, audience, f"{subject}|{text}", self.clock.now())
        if any(isinstance(one.fact, AudienceTold) and one.fact.update == update for one in facts):
            return None
        return TellAudience(update, Audience(audience), text, subject)


def listeners(playbook: Playbook, incident: Incident, outlets: Outlets) -> tuple[Listener, ...]:
    """The audiences of an incident: those that the runbook asks for at its severity, writes to, or that are told."""
    return tuple(_listeners(playbook, incident, outlets))


def _listeners(playbook: Playbook, incident: Incident, outlets: Outlets) -> Iterator[Listener]:
    for audience in Audience:
        duty = next(
            (
                rule
                for rule in playbook.communication
                if rule.audience == audience
                and (not rule.severities or incident.severity is None or incident.severity in rule.severities)
            ),
            None,
        )
        last = incident.told.get(audience)
        where = outlets.audience(audience)
        worded = any(one.audience == audience for one in playbook.templates)
        if duty or last or where or worded:
            cited = cite(duty.lines, duty.text) if duty else None
            yield Listener(
                audience,
                duty.text if duty else "",
                cited,
                last.fact if last else None,
                last.at if last else None,
                where,
            )


def template_for(playbook: Playbook, audience: str, status: PublicStatus) -> Template | None:
    """The runbook's template for an audience at this moment; an open incident takes what it has for them."""
    of_them = [one for one in playbook.templates if one.audience == audience]
    return next((one for key in _KEYS[status] for one in of_them if one.key == key), None)


def _known(audience: str) -> None:
    if audience not in AUDIENCES:
        raise BadInput(f"there is no audience {audience!r}; there are {', '.join(AUDIENCES)}, and customers")
