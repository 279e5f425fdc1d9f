"""Probes: what Tocsin looks at with its own eyes, and when what it saw is trouble.

A look is one try. So many bad ones within a span are trouble; so many good ones in a row are its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

KEPT = 60
"""Looks of one probe that are kept."""
MOST_FAILURES = 30
"""Bad looks that may be asked for: they must be among the kept ones."""
LONGEST_TIMEOUT = timedelta(minutes=1)
LEAST_EVERY = timedelta(seconds=5)
STALE = timedelta(seconds=60)
"""How long the others are waited for before a failing probe is told by itself."""


class ProbeKind(StrEnum):
    """What a probe speaks."""

    HTTP = "http"
    TCP = "tcp"
    POSTGRES = "postgres"
    REDIS = "redis"
    DNS = "dns"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe as the settings have it. ``address`` may hold a password: people are shown ``shown``.

    ``failures`` bad looks within ``within`` are trouble, ``recovers`` good ones in a row its end. ``status`` are codes
    or classes (``2xx``), ``body`` is an RE2 pattern, ``certificate`` how long the certificate must still hold.
    ``record``, ``server`` and ``expects`` are of a DNS probe: the type, who is asked (``host`` or ``host:port``; empty:
    the machine's resolver), and values that must be among the answers. ``severity`` is the runbook's word.
    """

    name: str
    service: str
    kind: ProbeKind
    address: str = field(default="", repr=False)
    every: timedelta = timedelta(minutes=1)
    timeout: timedelta = timedelta(seconds=10)
    failures: int = 3
    within: timedelta = timedelta(minutes=5)
    recovers: int = 2
    severity: str = ""
    status: tuple[str, ...] = ("2xx",)
    body: str = ""
    certificate: timedelta | None = None
    record: str = "A"
    server: str = ""
    expects: tuple[str, ...] = ()
    command: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What it looks at, for people: without user, password and query."""
        match self.kind:
            case ProbeKind.COMMAND:
                return " ".join(self.command)
            case ProbeKind.DNS:
                return f"{self.address} {self.record}" + (f" at {self.server}" if self.server else "")
            case ProbeKind.TCP:
                return self.address
            case _:
                parts = urlsplit(self.address)
                return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def host(self) -> str:
        """Whose being there it tells; empty when it does not go out by the network."""
        match self.kind:
            case ProbeKind.COMMAND:
                return ""
            case ProbeKind.DNS:
                named = host_and_port(self.server, 53)[0] if self.server else self.address
            case ProbeKind.TCP:
                named = host_and_port(self.address, 0)[0]
            case _:
                named = urlsplit(self.address).hostname or ""
        return "" if _is_near(named) else named


def host_and_port(text: str, port: int) -> tuple[str, int]:
    """A host and its port, which may be left out; ``[::1]:53`` as in addresses. ValueError for a port that is none.

    >>> host_and_port("db.example.com:5432", 0), host_and_port("[::1]", 53), host_and_port("192.0.2.1", 53)
    (('db.example.com', 5432), ('::1', 53), ('192.0.2.1', 53))
    """
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or port


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


class Look(msgspec.Struct, frozen=True, array_like=True):
    """One try: when it began (aware UTC), whether all was as expected, seconds it took, and what was wrong."""

    at: datetime
    good: bool
    took: float = 0.0
    says: str = ""


class Course(msgspec.Struct, frozen=True):
    """Where a probe stands: its newest looks, oldest first, and since when (aware UTC) it is ``failing`` or not.

    Until the first trouble that is since the first look.
    ``asked_at``: nothing that was seen before it decides whether this is told; ``told_at`` is when it was told last.
    """

    looks: tuple[Look, ...] = ()
    failing: bool = False
    since: datetime | None = None
    asked_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def last(self) -> Look | None:
        """The newest look."""
        return self.looks[-1] if self.looks else None

    def looked_since(self, at: datetime) -> bool:
        """Whether it was looked at since then."""
        return self.last is not None and self.last.at >= at

    def due_at(self, every: timedelta, now: datetime) -> datetime:
        """When it is looked at next; at once when it never was, or when the clock was set back."""
        return now if self.last is None or self.last.at > now else self.last.at + every


def after(course: Course, probe: Probe, look: Look) -> Course:
    """The course after one more look."""
    looks = (*course.looks, look)[-KEPT:]
    if course.failing:
        ends = looks[-probe.recovers :]
        if len(ends) == probe.recovers and all(one.good for one in ends):
            return Course(looks, failing=False, since=ends[0].at)
    else:
        long_ago, since = look.at - probe.within, course.since or looks[0].at
        bad = [one for one in looks if not one.good and one.at > long_ago and one.at >= since]
        if not look.good and len(bad) >= probe.failures:
            return Course(looks, failing=True, since=bad[0].at, asked_at=look.at)
    return msgspec.structs.replace(course, looks=looks, since=course.since or look.at)


class Verdict(StrEnum):
    """What is to be done about a probe that fails and was not told."""

    TELL = "tell"
    ALL = "all"
    """Whoever goes out by the network fails: it may be our own."""
    ASK = "ask"
    """The others, or itself, have to be looked at first."""


def verdict(name: str, probes: Mapping[str, Probe], courses: Mapping[str, Course], now: datetime) -> Verdict:
    """Whether the trouble of a failing probe is its own: for that the others must have been looked at since."""
    course, own = courses[name], probes[name].host
    asked_at = course.asked_at or now
    if course.last is None or course.last.good:  # it may just be coming back
        return Verdict.ASK
    if not own:
        return Verdict.TELL
    others = outward(probes, besides=own)
    if not others:
        return Verdict.TELL
    waiting = [one for one in (name, *others) if one not in courses or not courses[one].looked_since(asked_at)]
    if any(_is_good(courses.get(one), asked_at) for one in others):
        return Verdict.ASK if name in waiting else Verdict.TELL
    if waiting:
        return Verdict.TELL if now - asked_at > STALE else Verdict.ASK
    return Verdict.ALL


def outward(probes: Mapping[str, Probe], besides: str = "") -> Sequence[str]:
    """The probes that go out by the network to other hosts than this."""
    return [name for name, one in probes.items() if one.host and one.host != besides]


def _is_good(course: Course | None, since: datetime) -> bool:
    return course is not None and course.last is not None and course.last.at >= since and course.last.good
