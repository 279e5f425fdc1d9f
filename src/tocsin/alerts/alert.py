"""What a monitor says: one alert, what one delivery held, and which of two events about an alert is newer.

An alert is not an incident: it is one voice, and an incident may hear many. The text of an alert is hostile
(anybody who can make the monitored program fail may write it) and is kept raw, apart from what no database can
store; whoever renders it escapes it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from tocsin.alerts.change import Change
from tocsin.alerts.peering import PeerNews

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class AlertStatus(StrEnum):
    """Whether the source says that the trouble is there or over."""

    FIRING = "firing"
    RESOLVED = "resolved"


class Alert(msgspec.Struct, frozen=True, gc=False):
    """One event about one alert. ``fingerprint`` tells alerts of one integration apart and joins their events.

    ``starts_at`` and ``ends_at`` are the source's own words and clock (aware UTC, None when it said nothing
    usable); a firing alert has no end. For targets use ``began_at``. ``severity_hint`` is the source's word.
    ``labels`` and ``annotations`` are never changed. ``believed_until`` is for senders that repeat what fires: unless
    it is repeated by then, it is over; None for those that say once what is so. ``service`` is what it is about, by our
    key, where the team's map says so; empty: what the integration is for.
    """

    fingerprint: str
    status: AlertStatus
    title: str
    source: str
    received_at: datetime
    summary: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    group_key: str | None = None
    severity_hint: str | None = None
    link: str | None = None
    believed_until: datetime | None = None
    service: str = ""

    @property
    def firing(self) -> bool:
        """Whether the trouble is there."""
        return self.status is AlertStatus.FIRING

    @property
    def began_at(self) -> datetime:
        """When the trouble began, never later than we heard of it: a source's clock may be ahead of ours."""
        return self.received_at if self.starts_at is None else min(self.starts_at, self.received_at)


class Order(NamedTuple):
    """Where an event stands among the events of its alert; ``seq`` is the id of its delivery, in order of arrival."""

    starts_at: datetime | None
    ends_at: datetime | None
    firing: bool
    seq: int


def order(alert: Alert, seq: int) -> Order:
    """The place of an alert's event; ``seq`` grows in the order of arrival."""
    ended = heard_end(alert.starts_at, alert.ends_at, alert.received_at)
    return Order(alert.starts_at, ended, alert.firing, seq)


def heard_end(starts_at: datetime | None, ends_at: datetime | None, received_at: datetime) -> datetime | None:
    """An end that is not after we heard of it, unless the source's whole clock is ahead of ours.

    An invented end in the far future would otherwise cover, and silence, every firing before it.
    """
    if ends_at is None or (starts_at is not None and starts_at > received_at):
        return ends_at
    return min(ends_at, received_at)


def newer(a: Order, b: Order) -> bool:
    """Whether ``a`` replaces ``b`` (also true when they are equal), whatever order they came in.

    A firing event counts from its start, a resolution from its end: it ends everything that began before, so a late
    "firing" never reopens an alert, and a resolution counts although its start was moved back meanwhile (Alertmanager
    keeps the earliest start of two Prometheus servers). One that begins at that very end is new; of events with one
    start the resolution wins. When a side names no instant at all (many sources do not), the one heard later wins:
    only the order of arrival is left to go by.
    """
    if (a.starts_at or a.ends_at) is None or (b.starts_at or b.ends_at) is None:
        return a.seq >= b.seq
    return _place(a) >= _place(b)


def _place(one: Order) -> tuple[datetime, datetime, bool, datetime, int]:
    ends_at = one.ends_at or _BEFORE_ALL
    starts_at = one.starts_at or ends_at
    since = starts_at if one.firing else max(starts_at, ends_at)
    return since, starts_at, not one.firing, ends_at, one.seq


class Taken(NamedTuple):
    """An alert was acknowledged at its source: its fingerprint, by whom, and when by the source's clock, if it says."""

    fingerprint: str
    who: str = ""
    at: datetime | None = None


class Heard(msgspec.Struct, frozen=True, gc=False):
    """What one delivery held. ``truncated`` alerts were left out, by the sender or by our limit; ``left_out`` are
    those of them that fire and that our own limit cost.

    ``acknowledgements`` are alerts that somebody acknowledged at the source, ``escalations`` fingerprints whose next
    level somebody there wants paged, with the reason. ``notes`` say what was odd.
    ``changes`` are no alerts: they stand beside incidents. ``peers`` is what was done elsewhere to incidents of ours.
    ``trouble`` is why a part of it could not be read; the rest counts.
    """

    alerts: tuple[Alert, ...] = ()
    acknowledgements: tuple[Taken, ...] = ()
    truncated: int = 0
    notes: tuple[str, ...] = ()
    left_out: int = 0
    changes: tuple[Change, ...] = ()
    peers: tuple[PeerNews, ...] = ()
    escalations: tuple[tuple[str, str], ...] = ()
    trouble: str = ""
