"""The post-mortem: drafted from the record in the team's own form, edited by people, published without blanks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Asked, Desk
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.intake.changes import Changes, kept_changes
from tocsin.app.playbooks import Playbooks
from tocsin.app.rows.records import Document
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import Conflict, NotFound
from tocsin.incident.commands import DraftPostmortem, PublishPostmortem
from tocsin.incident.facts import Recorded, TargetClock
from tocsin.incident.incident import Incident
from tocsin.incident.pending import deadline_of
from tocsin.incident.timeline import sentence
from tocsin.review.blanks import blanks_of
from tocsin.review.postmortem import ReviewDetails, draft_postmortem

KIND = "postmortem"


@dataclass(frozen=True, slots=True)
class PostmortemView:
    """The text as it stands. ``version`` 0 is a draft that nobody has saved; ``blanks`` are still to be written."""

    text: str
    blanks: tuple[str, ...]
    version: int
    published_at: datetime | None
    due_at: datetime | None
    saved: bool


@dataclass(slots=True)
class Postmortems:
    """The use cases around post-mortems."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    playbooks: Playbooks
    incidents: Incidents
    changes: Changes | None = None

    def open(self, caller: Caller, incident_id: str) -> PostmortemView:
        """The newest saved text, or a fresh draft from the record."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            document = tx.documents.newest(incident_id, KIND)
            text = document.body if document else self._draft(tx, incident)
        return _view(text, document.version if document else 0, incident)

    def save(self, caller: Caller, incident_id: str, text: str, version: int) -> PostmortemView:
        """Keep a new version on top of ``version``. Raises Conflict when somebody saved another one meanwhile."""
        caller.require(Permission.RESPOND, incident_id)
        masked = self.desk.masker.text(text.replace("\r\n", "\n"))
        drafted = DraftPostmortem(_hash(masked), complete=not blanks_of(masked))
        with self.store.transact() as tx:
            newest = tx.documents.newest(incident_id, KIND)
            at_present = newest.version if newest else 0
            if at_present != version:
                raise Conflict(
                    f"{newest.author if newest else 'somebody'} saved version {at_present} while you wrote; "
                    "open it in another tab, bring your changes together, and save again"
                )
            now = self.clock.now()
            tx.documents.save(Document(incident_id, KIND, version + 1, masked, caller.actor.name, now))
            self.desk.decide_all(tx, [Asked(incident_id, drafted, caller.actor)], now)
        self.desk.changed([incident_id])
        return self.open(caller, incident_id)

    def publish(self, caller: Caller, incident_id: str) -> Acted:
        """Publish the saved text to the team. Raises Refused while blanks are left, NotFound when none is saved."""
        caller.require(Permission.MAINTAIN, incident_id)
        with self.store.read() as tx:
            document = tx.documents.newest(incident_id, KIND)
        if document is None:
            raise NotFound("nobody has saved a post-mortem yet; read the draft, complete it and save it first")
        blanks = tuple(map(str, blanks_of(document.body)))
        return self.incidents.act(caller, incident_id, PublishPostmortem(_hash(document.body), blanks))

    def _draft(self, tx: Transaction, incident: Incident) -> str:
        facts = tx.incidents.facts([incident.id])[incident.id]
        playbook = self.playbooks.pinned(tx, incident.playbook)
        service = self.team().services.get(incident.service)
        components = {c.key: c.name for c in service.components} if service else {}
        due = deadline_of(incident, TargetClock.POSTMORTEM)
        details = ReviewDetails(incident.id, components, due, self._changes(tx, incident))
        return draft_postmortem(facts, playbook, self._said, self.team().zone, details).markdown

    def _changes(self, tx: Transaction, incident: Incident) -> tuple[tuple[datetime, str], ...]:
        """What was changed beside it, as sentences of the timeline."""
        if self.changes is None:
            return ()
        found = self.changes.among(incident, kept_changes(tx, incident.service))
        return tuple((one.change.at, one.sentence) for one in found)

    def _said(self, recorded: Recorded) -> str:
        """A sentence with people's names: whoever reads a post-mortem need not know the handles."""
        roster = self.team().roster

        def name(handle: str) -> str:
            person = roster.person(handle)
            return person.name if person else handle

        return sentence(recorded, name, ZoneInfo(self.team().zone))


def _view(text: str, version: int, incident: Incident) -> PostmortemView:
    blanks = tuple(map(str, blanks_of(text)))
    due_at = deadline_of(incident, TargetClock.POSTMORTEM)
    return PostmortemView(text, blanks, version, incident.postmortem_published_at, due_at, version > 0)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
