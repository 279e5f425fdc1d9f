"""What probes say: deliveries in a form of their own, written by ``app/intake/probes.py`` and by nobody outside."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import MAX_TITLE_BYTES, Notes, clean, storable
from tocsin.alerts.source import TEST_TITLE, Place, Source
from tocsin.errors import BadPayload

_OWN, _ALL = "probe", "probe/all"


class Trouble(msgspec.Struct, frozen=True, tag="trouble"):
    """A probe fails, since when (aware UTC), and what it saw last. ``test`` names a mere test."""

    name: str
    what: str = ""
    says: str = ""
    counted: str = ""
    since: datetime | None = None
    severity: str = ""
    test: str = ""


class Everything(msgspec.Struct, frozen=True, tag="everything"):
    """All probes that go out by the network fail at once."""

    names: tuple[str, ...]
    since: datetime
    says: str = ""


class Good(msgspec.Struct, frozen=True, tag="good"):
    """A probe is good again; or, ``everything``, one of all probes is."""

    name: str
    everything: bool = False


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """A probe is not in the settings any more, or belongs to another service now; it was of this one."""

    name: str
    service: str


Said = Trouble | Everything | Good | Ended
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def said(one: Said) -> bytes:
    """It as it is kept."""
    return msgspec.json.encode(one)


def read_said(body: bytes) -> Said:
    """What was kept. Raises BadPayload for what was not written here."""
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError as error:
        raise BadPayload(f"this is nothing that a probe says: {error}") from error


def read_probe(body: bytes, received_at: datetime) -> Heard:
    """What a probe says, as alerts. Raises BadPayload for what was not written here."""
    match read_said(body):
        case Trouble() as trouble:
            return Heard((_trouble(trouble, received_at),))
        case Everything() as all_of_them:
            return Heard((_everything(all_of_them, received_at),))
        case Good(everything=everything):
            return Heard((_over(_ALL if everything else _OWN, "It is good again", received_at),))
        case Ended():
            return Heard(tuple(_over(one, "It is not looked at any more", received_at) for one in (_OWN, _ALL)))


def _trouble(one: Trouble, received_at: datetime) -> Alert:
    name = storable(one.name)
    title = TEST_TITLE if one.test else f"Probe {name} fails: {storable(one.says)}"
    return Alert(
        fingerprint=f"{_OWN}/{one.test}" if one.test else _OWN,
        status=AlertStatus.FIRING,
        title=clean(title, MAX_TITLE_BYTES, Notes()),
        source=_OWN,
        received_at=received_at,
        summary=f"{storable(one.what)}: {storable(one.says)}. {one.counted}" if one.what else "",
        labels={"probe": name},
        starts_at=one.since,
        group_key=f"probe/{name}",
        severity_hint=storable(one.severity) or None,
    )


def _everything(one: Everything, received_at: datetime) -> Alert:
    names = ", ".join(map(storable, one.names))
    return Alert(
        fingerprint=_ALL,
        status=AlertStatus.FIRING,
        title="All probes fail at once: it may be our own network",
        source=_OWN,
        received_at=received_at,
        summary=f"Since {one.since.astimezone(UTC):%H:%M:%S} UTC nothing answers: {names}. {storable(one.says)}. "
        "Look first whether this server still reaches the network and its name servers; one page stands for all.",
        labels={"probes": clean(names, MAX_TITLE_BYTES, Notes())},
        starts_at=one.since,
        group_key=_ALL,
    )


def _over(fingerprint: str, title: str, received_at: datetime) -> Alert:
    return Alert(fingerprint, AlertStatus.RESOLVED, title, _OWN, received_at, ends_at=received_at)


def _set_up(place: Place) -> str:
    return "Nothing has to be pasted anywhere: Tocsin looks by itself, as tocsin.toml says.\n"


def _sample(_place: Place, now: datetime) -> bytes:
    return said(Trouble("test", test=now.isoformat()))


PROBE = Source(
    name=_OWN,
    title="Tocsin's own eyes",
    documentation="https://github.com/tocsin/tocsin/blob/main/docs/probes.md",
    sends="Nothing: Tocsin looks by itself.",
    joins="The probe.",
    ends="So many good looks in a row as `recovers` says, or the end of its declaration.",
    retries="Trouble that goes on is told again, at most once an hour.",
    proofs=(AuthKind.KEY,),
    read=read_probe,
    set_up=_set_up,
    sample=_sample,
)
"""Not among those that can be connected: nobody outside speaks for a probe."""
