"""The rows that are no facts: deliveries, alert states, outbox entries, accounts, documents.

All instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import msgspec

from tocsin.app.access import Role
from tocsin.incident.effects import Effect
from tocsin.incident.facts import Recorded
from tocsin.incident.summary import IncidentState, IncidentSummary
from tocsin.oncall.schedule import Override


class NewDelivery(msgspec.Struct, frozen=True, gc=False):
    """What a source sent, before anybody has read it. ``key`` makes a repeated delivery one row.

    ``trouble`` says why the body cannot be read as it is (cut at the size limit, wrong charset). ``packed`` is the body
    as the store is to keep it, where the store has made it shorter (`Store.pack`); empty: as it came.
    """

    integration: str
    key: str
    received_at: datetime
    content_type: str
    body: bytes
    trouble: str = ""
    packed: bytes = b""


class DeliveryState(StrEnum):
    """What became of a delivery."""

    NEW = "new"
    DIGESTED = "digested"
    QUARANTINED = "quarantined"


REFUSED = "refused: "
"""Begins the trouble of a delivery that was read and understood, and whose request came to nothing."""


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A stored delivery. ``id`` grows in the order of arrival; ``copies`` counts how often it came."""

    id: int
    integration: str
    key: str
    received_at: datetime
    content_type: str
    body: bytes
    state: DeliveryState
    trouble: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look at old deliveries came to. ``last`` is the id up to which was looked; None: there are no more as
    old as that."""

    removed: int
    last: int | None


# A dataclass of so many fields takes five times as long to make.
class AlertState(msgspec.Struct, frozen=True, gc=False):
    """Where one alert stands: its newest event wins, whatever order they came in (R3).

    ``labels`` are never changed.
    """

    service: str
    fingerprint: str
    incident_id: str
    firing: bool
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    last_delivery: int
    first_at: datetime
    last_at: datetime
    events: int = 1
    integration: str = ""
    labels: dict[str, str] = {}
    link: str | None = None


@dataclass(frozen=True, slots=True)
class SilencedAlert:
    """A firing alert that a silence kept quiet, with the newest delivery that said it; heard when the silence ends."""

    integration: str
    fingerprint: str
    delivery_id: int
    silence: str


@dataclass(frozen=True, slots=True)
class QuietedAlert:
    """What a silence kept quiet of one alert: how often it was said, and when first and last.

    ``held``: it fires still as far as we heard, and is heard when the silence ends. Stores look that up themselves.
    """

    silence: str
    integration: str
    fingerprint: str
    service: str
    title: str
    first_at: datetime
    last_at: datetime
    times: int = 1
    held: bool = False


@dataclass(frozen=True, slots=True)
class QuietCount:
    """How many distinct alerts a silence has kept quiet, how many of them it holds still, and how often they were
    said."""

    distinct: int
    held: int
    times: int


@dataclass(frozen=True, slots=True)
class PresentAlert:
    """An alert that its sender repeats while it fires, as it was posted; over unless repeated by ``believed_until``."""

    integration: str
    fingerprint: str
    believed_until: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class AlertCount:
    """How many distinct alerts an incident has, and how many of them still fire."""

    distinct: int
    firing: int


@dataclass(frozen=True, slots=True)
class Appending:
    """New facts of one incident with its rebuilt index row and the effects they cause: one commit."""

    facts: tuple[Recorded, ...]
    summary: IncidentSummary
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentQuery:
    """A filter of the incident list; empty fields filter nothing. ``before`` is a cursor: an incident number.

    ``text`` fits when each of its words stands somewhere in ``searchable``, whatever the case. ``canaries``: only
    those, which are in no other list.
    """

    states: tuple[IncidentState, ...] = ()
    services: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    text: str = ""
    before: int | None = None
    limit: int = 50
    canaries: bool = False


def searchable(summary: IncidentSummary) -> str:
    """The text of an incident that ``IncidentQuery.text`` is looked for in, casefolded."""
    return f"inc-{summary.number} {summary.title} {summary.service} {summary.procedure or ''}".casefold()


class OutboxState(StrEnum):
    """Where an outbox entry stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An effect on its way. ``token`` is the fencing token of the present claim: a stale one changes nothing."""

    effect: Effect
    state: OutboxState
    due_at: datetime
    attempts: int = 0
    token: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = None
    last_error: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. ``handle`` is also the name of the person who is paged."""

    handle: str
    name: str
    role: Role
    password_hash: str
    disabled: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. Only the hash of its token is kept."""

    token_hash: str
    handle: str
    created_at: datetime
    expires_at: datetime
    csrf: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token of the API: scoped, expiring, shown once; only its hash is kept.

    ``personal`` ones are made by signing in at a terminal and stand for their owner; the others are for programs.
    """

    id: str
    secret_hash: str
    name: str
    owner: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A privileged act, committed with its effect."""

    at: datetime
    who: str
    via: str
    verb: str
    object: str
    detail: str = ""
    allowed: bool = True
    seq: int = 0


@dataclass(frozen=True, slots=True)
class EnabledStep:
    """A maintainer allowed a step's command, exactly as it reads, to be run."""

    service: str
    step: str
    command_hash: str
    enabled_by: str
    enabled_at: datetime


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An override that somebody made by hand; never changed but ended, once. ``override.id`` is its own."""

    schedule: str
    override: Override
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def holds(self) -> Override | None:
        """What is left of it: all of it, the part before it was ended, or nothing when that was before it began."""
        if self.ended_at is None:
            return self.override
        if self.ended_at <= self.override.since:
            return None
        return replace(self.override, until=min(self.override.until, self.ended_at))


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a text that people write: ``kind`` is `postmortem`."""

    incident_id: str
    kind: str
    version: int
    body: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A page on the built-in phone: ``link`` is the signed address that it opens."""

    id: str
    person: str
    incident_id: str
    text: str
    link: str
    at: datetime
    seen_at: datetime | None = None
    stopped: bool = False
