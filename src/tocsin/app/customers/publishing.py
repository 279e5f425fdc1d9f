"""What customers are told: prepared from the runbook's templates, approved by a person, rendered to files.

Publishing fails closed: nothing leaves with a blank unfilled, nothing from a drill, nothing without an explicit
act of somebody who may.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.customers.maintenances import kept_maintenances
from tocsin.app.customers.offline import Offline, kept_offline
from tocsin.app.customers.words import page_language
from tocsin.app.deciding import Decision, decided, decision_of, post, reply
from tocsin.app.desk import Desk
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Outcome, StatusPublisher
from tocsin.app.rota import roster_in_force
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Team, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, Refused
from tocsin.incident.commands import NotifyCustomers
from tocsin.incident.facts import PublicStatus
from tocsin.incident.incident import Incident
from tocsin.incident.pending import cadence_of, later
from tocsin.review.blanks import message_blanks
from tocsin.review.filling import fill
from tocsin.review.values import values_of
from tocsin.review.wording import instant
from tocsin.runbook.playbook import Playbook, Template
from tocsin.statuspage.incidents import OFFLINE, public_incidents
from tocsin.statuspage.offline import with_posts
from tocsin.statuspage.page import Component, StatusPage, impact_of_rank, worse
from tocsin.statuspage.render import render

HISTORY = timedelta(days=90)

_KEYS = {
    PublicStatus.INVESTIGATING: ("customer_initial", "initial"),
    PublicStatus.IDENTIFIED: ("customer_update", "update"),
    PublicStatus.MONITORING: ("customer_update", "update"),
    PublicStatus.RESOLVED: ("customer_resolved", "resolved"),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text for customers as the runbook words it. ``unfilled`` blanks block sending.

    ``template`` is the name of the runbook's template, None when it has none for this. ``decision`` says who
    decides it, where the runbook says so; ``post`` and ``reply`` are what was told last, for social media and for
    support tickets, to be copied ("" while nobody was told).
    """

    status: PublicStatus
    text: str
    unfilled: tuple[str, ...]
    template: str | None
    subject: str | None = None
    decision: Decision | None = None
    post: str = ""
    reply: str = ""


@dataclass(slots=True)
class Publishing:
    """Tells the public."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    playbooks: Playbooks
    incidents: Incidents

    def prepare(self, caller: Caller, incident_id: str, status: PublicStatus) -> Prepared:
        """The runbook's own words for this moment, filled from the record; empty when it has none."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            facts = tx.incidents.facts([incident_id])[incident_id]
            playbook = self.playbooks.pinned(tx, incident.playbook)
            decision = self._decision(tx, playbook)
        template = customer_template(playbook, status)
        told, address = incident.public.text if incident.public else "", self.team().status_page.url
        posts = (
            (post(told, address), reply(told, address, incident_id, page_language(self.team()))) if told else ("", "")
        )
        if template is None:
            return Prepared(status, "", (), None, None, decision, *posts)
        now, zone = self.clock.now(), self.team().zone
        service, components = self.team().names(incident.service)
        values = values_of(facts, reference=incident_id, now=now, zone=zone, service=service, components=components)
        filled = fill(template, values, promised(incident, status, now, zone))
        unfilled = tuple(field.raw for field in filled.unfilled)
        return Prepared(status, filled.body, unfilled, template.name, filled.subject, decision, *posts)

    def _decision(self, tx: Transaction, playbook: Playbook) -> Decision | None:
        now = self.clock.now()
        return decision_of(playbook, roster_in_force(tx, self.team().roster, now), now)

    def notify(
        self,
        caller: Caller,
        incident_id: str,
        status: PublicStatus,
        text: str,
        components: tuple[str, ...] = (),
        *,
        update: str | None = None,
        decided_by: str = "",
    ) -> Acted:
        """Approve a text for the public. Raises Refused while it holds an unfilled blank, and where the runbook leaves
        it to a level of which neither the caller is nor ``decided_by`` (a handle or name).

        The same ``update`` is never told twice. Without one the same words within a minute are a second click, and
        told once, or refused when another person has sent them; later they are told again.
        """
        command = self.order(caller, incident_id, status, text, components, update=update or "", decided_by=decided_by)
        return self.incidents.act_together(caller, incident_id, [command] if command else [])

    def order(
        self,
        caller: Caller,
        incident_id: str,
        status: PublicStatus,
        text: str,
        components: tuple[str, ...] = (),
        *,
        update: str = "",
        decided_by: str = "",
    ) -> NotifyCustomers | None:
        """What ``notify`` commands once all is checked; None for an update that customers were told already."""
        caller.require(Permission.PUBLISH, incident_id)
        blanks = message_blanks(text)
        if blanks:
            raise Refused(f"fill in or remove {', '.join(blanks)} first; nothing was sent", reason="unfilled")
        known = {c.key for s in self.team().services.values() for c in s.components}
        unknown = [key for key in components if key not in known]
        if unknown:
            raise Refused(
                f"there is no component {unknown[0]!r}; there are {', '.join(sorted(known))}", reason="component"
            )
        if update.startswith(OFFLINE):
            raise BadInput(f"the id of an update does not begin with {OFFLINE}")
        update = update or update_id(incident_id, status.value, text, self.clock.now())
        with self.store.read() as tx:
            facts = tx.incidents.facts([incident_id]).get(incident_id, ())
            decision = self._decision(tx, self.playbooks.pinned(tx, self.desk.one(tx, incident_id).playbook))
        decider = decided(decision, caller.actor.name, decided_by)
        if any(getattr(one.fact, "update", None) == update for one in facts):
            return None
        return NotifyCustomers(update, status, text, components, decider)

    def decider(self, tx: Transaction, incident_id: str, components: Sequence[str], asks: str, by: str) -> str:
        """Whose decision it is that customers hear of an incident, or of what touches components where none is known.

        ``by`` where no runbook leaves it to anybody. Raises Refused as ``notify`` does.
        """
        if incident_id:
            playbooks = [self.playbooks.pinned(tx, self.desk.one(tx, incident_id).playbook)]
        else:
            team = self.team()
            touched = [
                key
                for key, service in team.services.items()
                if not components or any(one.key in components for one in service.components)
            ]
            playbooks = [self.playbooks.of(key).playbook for key in touched if key in self.playbooks.shelf]
        found = [one for playbook in playbooks if (one := self._decision(tx, playbook)) is not None]
        return decided(found[0] if found else None, asks, by)

    def render(self, now: datetime) -> dict[str, bytes]:
        """The files of the public status page as of now."""
        with self.store.read() as tx:
            page = self.page(tx, now)
        return render(page)

    def page(self, tx: Transaction, now: datetime) -> StatusPage:
        """The public status page as of now."""
        team = self.team()
        told = tx.incidents.facts_of_type("CustomersNotified", now - HISTORY)
        facts = tx.incidents.facts(list(dict.fromkeys(one.incident_id for one in told)))
        components = public_components(team)
        by_hand = kept_offline(tx)
        belonging = list(dict.fromkeys(id for id in by_hand.belongs.values() if id not in facts))
        facts = {**facts, **(tx.incidents.facts(belonging) if belonging else {})}
        folded = self.desk.load(tx, facts)
        impacts = {id: impact_of_rank(i.severity_plan.rank if i.severity else None) for id, i in folded.items()}
        joined = with_posts(facts, by_hand.posts, by_hand.belongs)
        impacts |= {id: worse(impacts.get(id, one), one) for id, one in joined.impacts.items()}
        settings = team.status_page
        return StatusPage(
            title=settings.title,
            url=team.status_page_url,
            components=components,
            incidents=public_incidents(joined.facts, components, titles=joined.titles, impacts=impacts),
            as_of=now,
            zone=team.zone,
            description=settings.description,
            words=settings.words,
            languages=settings.languages,
            maintenances=tuple(one.work for one in kept_maintenances(tx)),
            subscribe=f"{team.public_url.rstrip('/')}/subscribe" if settings.subscribe and settings.ways else "",
            ways=tuple(way.value for way in settings.ways),
        )


def update_id(incident_id: str, to: str, text: str, now: datetime) -> str:
    """The id of an update that was given none: 16 letters and digits."""
    return hashlib.sha256(f"{incident_id}|{to}|{text}|{now.isoformat()}".encode()).hexdigest()[:16]


def refresh(publisher: StatusPublisher, publishing: Publishing, offline: Offline, now: datetime) -> Outcome:
    """Put the page as of now in place, once what was published there by hand is taken in: it is never lost by this."""
    found = publisher.posts()
    offline.take_in(found)
    return publisher.publish(publishing.render(now), known=frozenset(one.id for one in found))


def public_components(team: Team) -> tuple[Component, ...]:
    """The parts of the product that customers know by name, of all services."""
    return tuple(
        Component(c.key, c.name, c.group, c.description, services=(service.key,))
        for service in team.services.values()
        for c in service.components
    )


def promised(incident: Incident, status: PublicStatus, now: datetime, zone: str) -> dict[str, str]:
    """When the runbook's cadence has customers hear more if they are told now: what "[Next update]" asks for."""
    cadence = cadence_of(incident)
    if cadence is None or status is PublicStatus.RESOLVED:
        return {}
    at = instant(later(incident.plan, now, cadence.every, cadence.unit), zone)
    return dict.fromkeys(("next update", "next update time", "time of next update", "next update at"), at)


def customer_template(playbook: Playbook, status: PublicStatus) -> Template | None:
    """The runbook's template for customers at this moment, if it has one."""
    for key in _KEYS[status]:
        for template in playbook.templates:
            if template.key == key and template.audience == "customers":
                return template
    return None
