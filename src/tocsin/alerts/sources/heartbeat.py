"""Heartbeats that others send here: a job knocks while it is well, and its silence is the alert.

A beat may be any request with any body, so the door keeps it in a form of its own, which nobody outside can forge: what
was said behind `beat`, and what Tocsin tells itself (``app/intake/beats.py``) behind `silence` and `ended`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import storable
from tocsin.alerts.source import TEST_TITLE, Place, Source, secret_hint
from tocsin.errors import BadPayload

BEAT, SILENCE, ENDED = b"beat\n", b"silence\n", b"ended\n"
KEPT = 10_000
"""Bytes of what a job says with its beat that are kept."""
TOLD_AGAIN = timedelta(hours=1)
"""The least between two tellings of one silence."""
_FINGERPRINT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a heartbeat comes, and how late it may be. ``severity`` is the runbook's word for its silence."""

    every: timedelta
    grace: timedelta
    severity: str = ""

    @property
    def allowed(self) -> timedelta:
        """How long it may be silent."""
        return self.every + self.grace


class Missed(msgspec.Struct, frozen=True):
    """A silence: whose, since when (aware UTC), and what was expected, in words. ``test`` names a mere test.

    Not ``beaten`` when no beat came since it was declared.
    """

    name: str
    last_at: datetime
    expected: str = ""
    severity: str = ""
    test: str = ""
    beaten: bool = True


@dataclass(frozen=True, slots=True)
class Pulse:
    """What came last of a heartbeat: a beat, or that its silence was told. ``id`` is that delivery's, 0 without one.

    Not ``beaten`` when it was only declared, at ``last_at``, or is not declared any more.
    """

    id: int
    at: datetime
    last_at: datetime
    told: bool = False
    beaten: bool = True
    since: datetime | None = None
    """Since when it is waited for as it is now, if that is known: what came before says nothing of this rhythm."""

    def due_at(self, rhythm: Rhythm) -> datetime:
        """When its silence is to be told unless a beat comes: for the first time, or once more.

        Once more, because a person may have resolved the incident while the job stayed silent.
        """
        if self.told:
            return self.at + max(rhythm.allowed, TOLD_AGAIN)
        return max(self.last_at, self.since or self.last_at) + rhythm.allowed


def beat(said: bytes) -> bytes:
    """A beat as it is kept."""
    return BEAT + said[:KEPT]


def silence(missed: Missed) -> bytes:
    """A silence as it is kept."""
    return SILENCE + msgspec.json.encode(missed)


def ended(service: str) -> bytes:
    """That nobody waits for a heartbeat of this service any more, as it is kept."""
    return ENDED + service.encode()


def pulse(id: int, body: bytes, at: datetime) -> Pulse | None:
    """What a kept delivery says of its heartbeat; None for a test."""
    if not body.startswith(SILENCE):
        return Pulse(id, at, at, beaten=not body.startswith(ENDED))
    missed = _missed(body)
    return None if missed.test else Pulse(id, at, missed.last_at, told=True, beaten=missed.beaten)


def read_heartbeat(body: bytes, received_at: datetime) -> Heard:
    """A beat ends the silence, whatever was said with it. BadPayload for what was not written here."""
    if body.startswith((BEAT, ENDED)):
        title = "A beat came" if body.startswith(BEAT) else "It is not waited for any more"
        over = Alert(_FINGERPRINT, AlertStatus.RESOLVED, title, "heartbeat", received_at)
        return Heard((over,))
    missed = _missed(body)
    name = storable(missed.name)
    return Heard(
        (
            Alert(
                fingerprint=f"{_FINGERPRINT}/{missed.test}" if missed.test else _FINGERPRINT,
                status=AlertStatus.FIRING,
                title=TEST_TITLE if missed.test else f"No heartbeat from {name}",
                source="heartbeat",
                received_at=received_at,
                summary=f"{_since(missed)} {missed.last_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
                + (f"; expected: {storable(missed.expected)}." if missed.expected else "."),
                labels={"heartbeat": name},
                group_key=f"heartbeat/{name}",
                severity_hint=storable(missed.severity) or None,
            ),
        )
    )


def _since(missed: Missed) -> str:
    return "The last beat came" if missed.beaten else "No beat came since it was declared,"


def _missed(body: bytes) -> Missed:
    if not body.startswith(SILENCE):
        raise BadPayload("this is no beat as it is kept here")
    try:
        return msgspec.json.decode(body[len(SILENCE) :], type=Missed)
    except msgspec.MsgspecError as error:
        raise BadPayload(f"this is no silence as it is kept here: {error}") from error


def _set_up(place: Place) -> str:
    knock = f"curl -fsS -m 10 --retry 5 -o /dev/null{place.curl_proof} -X POST {place.url}"
    return (
        "# in the crontab: the beat comes only when the job went well (with your own times and job)\n"
        f"15 3 * * *  /usr/local/bin/nightly-job && {knock}\n\n"
        "# or at the end of a script\n"
        f"{knock}\n\n"
        "# what pings Opsgenie's heartbeats: change the host, the name is the integration's\n"
        f"curl -fsS -X POST -H 'Authorization: GenieKey {place.key}' {place.base}/v2/heartbeats/NAME/ping\n"
        f"# at Atlassian's path: {place.base}/jsm/ops/integration/v2/heartbeats/NAME/ping\n\n"
        "# tocsin.toml\n"
        '# every = "1 d"      how often it comes\n'
        '# grace = "2 h"      how late it may be (by local time: more than an hour, for when the clocks go back)\n'
        '# severity = "P2"    how severe its silence is, in the word of the runbook\n'
    ) + ("" if place.curl_proof else secret_hint(place))


def _sample(_place: Place, now: datetime) -> bytes:
    return silence(Missed("test", now, test=now.isoformat()))


HEARTBEAT = Source(
    name="heartbeat",
    title="Whatever has to happen regularly",
    documentation="https://docs.opsgenie.com/docs/heartbeat-api",
    sends="A request of any kind while all is well (GET, HEAD, POST, PUT, PATCH): its silence is the alert. Opsgenie's "
    "heartbeats too.",
    joins="The heartbeat. It is waited for from its declaration on.",
    ends="The next beat, or the end of its declaration.",
    retries="Whatever the sender does. A silence that goes on is told again, at most once an hour.",
    proofs=(AuthKind.KEY, AuthKind.BEARER, AuthKind.BASIC, AuthKind.HEADER),
    read=read_heartbeat,
    set_up=_set_up,
    sample=_sample,
    dated=False,
)
