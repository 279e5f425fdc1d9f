"""Recent changes: kept by service, and shown beside incidents with how long before the first alert they came.

They stand in ``Keep``, newest first and bounded, and are written in the transaction that reads the delivery which told
of them. The commits of the runbook's own repository are looked up when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from tocsin.alerts.change import Change, beside, joined, made
from tocsin.alerts.cleaning import Notes
from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Desk
from tocsin.app.masking import Masker
from tocsin.app.ports import CommitLog
from tocsin.app.store import Store, Transaction
from tocsin.app.team import ServiceSettings, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotFound
from tocsin.incident.choices import words
from tocsin.incident.incident import Incident

_PREFIX = "changes:"
MOST_SHOWN = 20

_DECODER = msgspec.json.Decoder(tuple[Change, ...])


@dataclass(frozen=True, slots=True)
class ChangeBeside:
    """A change beside an incident, and when it came, counted from its beginning, in words."""

    change: Change
    service: str
    when: str

    @property
    def sentence(self) -> str:
        """It as a line of a timeline."""
        by = f" by {self.change.by}" if self.change.by else ""
        return f"Changed ({self.change.kind}{by}), {self.when}: {self.change.what}"


def kept_changes(tx: Transaction, service: str) -> tuple[Change, ...]:
    """The changes of a service, newest first."""
    kept = tx.keep.get(_PREFIX + service)
    return _DECODER.decode(kept) if kept else ()


def keep_changes(tx: Transaction, service: str, fresh: Iterable[Change], now: datetime, masker: Masker) -> None:
    """Keep some more, without secrets."""
    masked = [msgspec.structs.replace(one, what=masker.text(one.what), by=masker.text(one.by)) for one in fresh]
    if masked:
        found = joined(kept_changes(tx, service), masked, now)
        tx.keep.put(_PREFIX + service, msgspec.json.encode(found).decode())


def since_words(at: datetime, incident: Incident) -> str:
    """How long before or after the beginning of an incident something happened."""
    began_at = began(incident)
    what = "the first alert" if incident.alerts else "it was declared"
    if at <= began_at:
        return f"{words(began_at - at)} before {what}"
    return f"{words(at - began_at)} after {what}"


def began(incident: Incident) -> datetime:
    """When it began, as far as anybody knows."""
    return min(incident.started_at or incident.declared_at, incident.declared_at)


@dataclass(slots=True)
class Changes:
    """What is asked about recent changes."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    log: CommitLog | None = None

    def record(
        self, by: Caller, service: str, what: str, *, kind: str = "deploy", link: str = "", at: datetime | None = None
    ) -> Change:
        """Tell of a change. Raises NotFound for a service that is not there, BadInput when nothing is said."""
        by.require(Permission.SEND_ALERTS)
        self._known(service)
        if not what.strip():
            raise BadInput("say what was changed")
        now = self.clock.now()
        change = made(
            at, now, what, Notes(), kind=kind.strip()[:40] or "change", by=by.actor.name, link=link, source="tocsin"
        )
        with self.store.transact() as tx:
            keep_changes(tx, service, [change], now, self.desk.masker)
        return change

    def latest(self, by: Caller, service: str) -> tuple[Change, ...]:
        """The changes of a service that somebody told of, newest first. Raises NotFound."""
        by.require(Permission.READ)
        self._known(service)
        with self.store.read() as tx:
            return kept_changes(tx, service)

    def of_incident(self, by: Caller, incident_id: str) -> list[ChangeBeside]:
        """The newest ones that may have to do with an incident, newest first, with the runbook's own commits."""
        by.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            told = kept_changes(tx, incident.service)
        return self.among(incident, told)

    def among(self, incident: Incident, told: Sequence[Change]) -> list[ChangeBeside]:
        """The same for an incident and changes at hand."""
        service = self.team().services.get(incident.service)
        commits = self._commits(service) if service is not None else ()
        found = beside(sorted((*told, *commits), key=_at, reverse=True), began(incident), incident.resolved_at)
        return [ChangeBeside(one, incident.service, since_words(one.at, incident)) for one in found[:MOST_SHOWN]]

    def _commits(self, service: ServiceSettings) -> Sequence[Change]:
        if self.log is None:
            return ()
        mask = self.desk.masker.text
        return [msgspec.structs.replace(one, what=mask(one.what)) for one in self.log.recent(_folder(service.runbook))]

    def _known(self, service: str) -> None:
        known = self.team().services
        if service not in known:
            raise NotFound(f"there is no service {service!r}; there are: {', '.join(known) or 'none'}")


def _at(one: Change) -> datetime:
    return one.at


def _folder(runbook: Path) -> str:
    return str(runbook.absolute().parent)
