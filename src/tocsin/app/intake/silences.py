"""Silences as people and their tools make, change and end them, and what each keeps quiet.

There is one kind: what somebody makes on the web, on the command line or over the API, and what `amtool` makes at the
address of an integration, are rows of one table. A silence ends by itself, is always somebody's, and says why. It keeps
alerts from becoming incidents; it never ends the paging of an incident that is open.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tocsin.alerts.silence import NOT_EVERYTHING, Matcher, Silence, narrow, shared_by
from tocsin.app.access import Caller, Permission
from tocsin.app.incidents import Incidents
from tocsin.app.rows.records import AuditEntry, PresentAlert, QuietCount, QuietedAlert
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock, earlier
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from tocsin.incident.commands import Acknowledge
from tocsin.incident.facts import Via
from tocsin.incident.summary import IncidentState

SHOWN_AFTER = timedelta(days=5)
"""How long a silence that has ended is still listed; Alertmanager's own keeps them as long."""
LONGEST = timedelta(days=92)
"""How long a silence may last that a person makes: what is to be quiet for longer is better not sent."""
FURTHEST = timedelta(days=366)
MOST = 5000
MOST_SHOWN = 200
LONGEST_REASON = 500
NONE = QuietCount(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """A silence, and how much it has kept quiet."""

    silence: Silence
    count: QuietCount


@dataclass(frozen=True, slots=True)
class Shown:
    """A silence with the alerts that it has kept quiet: those it holds first, at most MOST_SHOWN."""

    silence: Silence
    count: QuietCount
    alerts: Sequence[QuietedAlert]


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a silence over alerts of an incident would be about. ``titles`` are those of the alerts that fire;
    ``pages``: nobody has the incident, so it goes on paging although its alerts are quiet."""

    matchers: tuple[Matcher, ...]
    service: str
    integration: str
    titles: tuple[str, ...]
    pages: bool


@dataclass(slots=True)
class Silences:
    """Makes, changes, ends and lists silences. Each act is audited."""

    store: Store
    clock: Clock
    team: TeamInForce
    incidents: Incidents

    # --- people ---------------------------------------------------------------------------------------------------

    def listed(self, caller: Caller, *, ended: bool = True) -> Sequence[Counted]:
        """All silences, soonest end first; with ``ended`` those of the last five days too."""
        caller.require(Permission.READ)
        now = self.clock.now()
        with self.store.read() as tx:
            found = tx.silences.ending_after(now - SHOWN_AFTER if ended else now)
            counts = tx.silences.counts([one.id for one in found])
        return [Counted(one, counts.get(one.id, NONE)) for one in found]

    def show(self, caller: Caller, id: str) -> Shown:
        """One silence, however long ago it ended, with what it kept quiet. Raises NotFound."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            silence = _known(tx, id)
            count = tx.silences.counts([id]).get(id, NONE)
            return Shown(silence, count, tx.silences.tallied(id, MOST_SHOWN))

    def make(
        self,
        caller: Caller,
        matchers: Sequence[Matcher],
        *,
        until: datetime | None,
        why: str,
        lasts: timedelta | None = None,
        service: str = "",
        integration: str = "",
        since: datetime | None = None,
        acknowledge: Sequence[str] = (),
    ) -> Silence:
        """Keep alerts quiet from ``since`` (now) until ``until``, or for as long as it ``lasts``.

        The incidents that ``acknowledge`` names are taken.

        Those go on paging otherwise; taken, they page as every other that somebody has. Raises NotFound for an unknown
        service, integration or incident, BadInput for a span or a reason that makes no sense.
        """
        caller.require(Permission.RESPOND)
        now = self.clock.now()
        begins = max(now, since.astimezone(UTC)) if since else now
        if (until is None) is (lasts is None):
            raise BadInput("say either until when or for how long: a silence ends by itself, nobody has to remember it")
        ends = until.astimezone(UTC) if until else begins + (lasts or timedelta(0))
        _require_span(begins, ends, now)
        self._require_known(service, integration)
        by = caller.actor.name
        silence = Silence(str(uuid.uuid4()), integration, tuple(matchers), begins, ends, by, _reason(why), now, service)
        with self.store.transact() as tx:
            states = {id: row.state for id, row in tx.incidents.summaries(acknowledge).items()}
            if unknown := [id for id in acknowledge if id not in states]:
                raise NotFound(f"there is no incident {unknown[0]}")
            tx.silences.save(silence)
            tx.audit.record(self._entry(caller, "silence", silence, f"until {ends:%Y-%m-%d %H:%M} UTC: {why}"))
        for id in acknowledge:
            if states[id] is IncidentState.TRIGGERED:
                self._acknowledge(caller, id)
        return silence

    def suggest(self, caller: Caller, incident_id: str, fingerprint: str = "") -> Suggested:
        """What would keep the alerts of an incident quiet: what they share, or all labels of one of them.

        Raises NotFound for an unknown incident or alert.
        """
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            row = tx.incidents.summaries([incident_id]).get(incident_id)
            alerts = tx.alerts.of_incident(incident_id, MOST_SHOWN)
        if row is None:
            raise NotFound(f"there is no incident {incident_id}")
        meant = [one for one in alerts if one.fingerprint == fingerprint] if fingerprint else alerts
        if fingerprint and not meant:
            raise NotFound(f"{incident_id} has no such alert; open the incident and choose one of its list")
        firing = [one for one in meant if one.firing] or meant
        sources = {one.integration for one in firing}
        return Suggested(
            shared_by([(one.labels, one.title) for one in firing]),
            row.service,
            sources.pop() if len(sources) == 1 else "",
            tuple(one.title for one in firing),
            row.state is IncidentState.TRIGGERED,
        )

    def prolong(self, caller: Caller, id: str, until: datetime) -> Silence:
        """Let a silence that has not ended end at another time. Raises NotFound, Conflict, BadInput."""
        caller.require(Permission.RESPOND)
        now, ends = self.clock.now(), until.astimezone(UTC)
        with self.store.transact() as tx:
            old = _running(tx, id, now)
            _require_span(max(now, old.starts_at), ends, now)
            changed = replace(old, ends_at=ends, updated_at=now)
            tx.silences.save(changed)
            tx.audit.record(self._entry(caller, "silence prolong", changed, f"until {ends:%Y-%m-%d %H:%M} UTC"))
        return changed

    def lift(self, caller: Caller, id: str) -> Silence:
        """End a silence now, whoever made it: what it holds is heard within seconds. Raises NotFound, Conflict."""
        caller.require(Permission.RESPOND)
        now = self.clock.now()
        with self.store.transact() as tx:
            ended = _ended(_running(tx, id, now), now)
            tx.silences.save(ended)
            tx.audit.record(self._entry(caller, "silence end", ended, ended.comment))
        return ended

    def _acknowledge(self, caller: Caller, incident_id: str) -> None:
        try:
            self.incidents.act(caller, incident_id, Acknowledge(caller.actor.name))
        except Refused:  # somebody else was faster, or it is over: nobody is paged for it either way
            return

    def _require_known(self, service: str, integration: str) -> None:
        team = self.team()
        for word, known, given in (("service", team.services, service), ("source", team.voices, integration)):
            if given and given not in known:
                raise NotFound(f"there is no {word} {given!r}; there are: {', '.join(known) or 'none'}")

    def _entry(self, caller: Caller, verb: str, silence: Silence, detail: str) -> AuditEntry:
        said = f"{silence.id} {detail}"[:500]
        return AuditEntry(
            self.clock.now(), caller.actor.name, caller.actor.via.value, verb, silence.scope[:200] or "all", said
        )

    # --- Alertmanager's API at the address of an integration: whoever has its key may, and for it alone -----------

    def all(self, integration: str) -> Sequence[Silence]:
        """The silences that can be about an integration's alerts, those that ended lately included."""
        service = self.service_of(integration)
        with self.store.read() as tx:
            found = tx.silences.ending_after(self.clock.now() - SHOWN_AFTER)
        return [one for one in found if one.concerns(integration, service)]

    def service_of(self, integration: str) -> str:
        """The key of the service that an integration or a probe is of."""
        known = self.team().voice(integration)
        return known.service if known else ""

    def get(self, integration: str, id: str) -> Silence:
        """One silence that can be about the integration's alerts. Raises NotFound."""
        with self.store.read() as tx:
            silence = _known(tx, id)
        if not silence.concerns(integration, self.service_of(integration)):
            raise NotFound(_UNKNOWN.format(id[:64]))
        return silence

    def keep(
        self,
        integration: str,
        matchers: Sequence[Matcher],
        since: datetime,
        until: datetime,
        *,
        by: str,
        why: str,
        id: str = "",
    ) -> Silence:
        """Make a silence of an integration, or change the one of that id. Raises BadInput, NotFound, NotAllowed.

        One whose conditions change, or that has begun or ended, is ended and made anew, so that what was once in
        force stays to be read.
        """
        now = self.clock.now()
        if until <= now:
            raise BadInput("the silence ends in the past")
        if not narrow(matchers):
            raise BadInput(NOT_EVERYTHING)
        silence = Silence("", integration, tuple(matchers), max(since, now), until, by, why, now)
        with self.store.transact() as tx:
            old = _own(tx, integration, id) if id else None
            if old is not None and old.matchers == silence.matchers and old.state(now) != "expired":
                started = old.starts_at if old.state(now) == "active" else silence.starts_at
                silence = replace(silence, id=old.id, starts_at=started)
            else:
                if old is not None and old.state(now) != "expired":
                    tx.silences.save(_ended(old, now))
                silence = replace(silence, id=str(uuid.uuid4()))
            tx.silences.save(silence)
            detail = f"{silence.id} until {until:%Y-%m-%d %H:%M} UTC: {why}"
            tx.audit.record(AuditEntry(now, by, Via.MONITOR.value, "silence", silence.scope[:200], detail[:500]))
        return silence

    def end(self, integration: str, id: str, *, by: str) -> None:
        """End a silence of an integration now. Raises NotFound, NotAllowed, BadInput when it has ended already."""
        now = self.clock.now()
        with self.store.transact() as tx:
            old = _own(tx, integration, id)
            if old.state(now) == "expired":
                raise BadInput(f"the silence {id} has ended already")
            tx.silences.save(_ended(old, now))
            tx.audit.record(AuditEntry(now, by, Via.MONITOR.value, "silence end", old.scope[:200], id))

    def present(self, integration: str) -> Sequence[PresentAlert]:
        """What the integration says is there now."""
        now = earlier(self.clock)
        with self.store.read() as tx:
            return [one for one in tx.present.of(integration, MOST) if one.believed_until > now]


_UNKNOWN = "there is no silence {0!r}; `tocsin silence` lists them"


def _known(tx: Transaction, id: str) -> Silence:
    silence = tx.silences.get(id)
    if silence is None:
        raise NotFound(_UNKNOWN.format(id[:64]))
    return silence


def _own(tx: Transaction, integration: str, id: str) -> Silence:
    """A silence that the key of this integration may change."""
    silence = _known(tx, id)
    if not silence.integration:
        raise NotAllowed(f"the silence {id[:64]} is about other sources too: change it in Tocsin")
    if silence.integration != integration:
        raise NotFound(_UNKNOWN.format(id[:64]))
    return silence


def _running(tx: Transaction, id: str, now: datetime) -> Silence:
    silence = _known(tx, id)
    if silence.state(now) == "expired":
        raise Conflict(f"the silence {id[:64]} has ended already; make a new one")
    return silence


def _ended(silence: Silence, now: datetime) -> Silence:
    return replace(silence, starts_at=min(silence.starts_at, now), ends_at=now, updated_at=now)


def _reason(said: str) -> str:
    why = " ".join(said.split())
    if not why:
        raise BadInput("say why: whoever wonders at night why it is quiet reads it")
    if len(why) > LONGEST_REASON or not why.isprintable():
        raise BadInput(f"a reason is one line of at most {LONGEST_REASON} characters")
    return why


def _require_span(since: datetime, until: datetime, now: datetime) -> None:
    if until <= since:
        raise BadInput("a silence ends after it begins, and in the future")
    if until - since > LONGEST or since > now + FURTHEST:
        raise BadInput(
            f"a silence lasts at most {LONGEST.days} days and begins within a year: "
            "what is to be quiet for longer is better not sent at all"
        )
