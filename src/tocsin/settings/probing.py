"""Probes as the settings have them: what Tocsin looks at with its own eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import re2

from tocsin.alerts.probe import (
    LEAST_EVERY,
    LONGEST_TIMEOUT,
    MOST_FAILURES,
    Probe,
    ProbeKind,
    host_and_port,
)
from tocsin.incident.choices import words
from tocsin.settings.reading import Place, Reading, dotted

RECORDS = ("A", "AAAA", "CNAME", "MX", "NS", "TXT", "SRV", "CAA", "PTR")
_SCHEMES = {
    ProbeKind.HTTP: ("http", "https"),
    ProbeKind.POSTGRES: ("postgresql", "postgres"),
    ProbeKind.REDIS: ("redis", "rediss"),
}
ONLY = {
    "status": (ProbeKind.HTTP,),
    "body": (ProbeKind.HTTP,),
    "certificate": (ProbeKind.HTTP,),
    "record": (ProbeKind.DNS,),
    "server": (ProbeKind.DNS,),
    "expects": (ProbeKind.DNS,),
    "command": (ProbeKind.COMMAND,),
    "address": tuple(kind for kind in ProbeKind if kind is not ProbeKind.COMMAND),
}
"""Which kinds a setting belongs to."""
_STATUS = re.compile(r"[1-5](xx|\d\d)")
_NAME = re.compile(r"[\w.-]{1,64}")


def probes(reading: Reading, problems: list[str]) -> Iterator[Probe]:
    """The probes; what they lack, confuse or cannot mean is a problem."""
    for name in reading.names("probe"):
        place = ("probe", name)
        probe = _probe(name, place, reading)
        trouble = list(_troubles(probe, place, reading))
        problems += trouble
        if not trouble:
            yield probe


def _probe(name: str, place: Place, reading: Reading) -> Probe:
    def get(what: str) -> Any:
        return reading.get(*place, what)

    every, failures = get("every"), get("failures")
    return Probe(
        name,
        get("service") or "",
        ProbeKind(get("kind")),
        get("address") or "",
        every,
        get("timeout") or min(timedelta(seconds=10), every),
        failures,
        get("within") or every * failures + timedelta(minutes=1),
        get("recovers"),
        get("severity"),
        get("status"),
        get("body"),
        get("certificate"),
        get("record").upper(),
        get("server"),
        get("expects"),
        get("command"),
    )


def _troubles(probe: Probe, place: Place, reading: Reading) -> Iterator[str]:
    def at(what: str, text: str) -> str:
        return f"{dotted((*place, what))}: {text}"

    if not _NAME.fullmatch(probe.name):
        yield f"{dotted(place)}: the name of a probe has letters, digits, dots and dashes only"
    if probe.name in reading.names("integration"):
        yield f"{dotted(place)}: an integration has this name; alerts of both could not be told apart"
    if probe.service not in reading.names("service"):
        known = ", ".join(reading.names("service")) or "none"
        yield at("service", f"there is no {probe.service!r}; there are: {known}")
    for what, kinds in ONLY.items():
        if reading.given(*place, what) and probe.kind not in kinds:
            yield at(what, f"only a probe of the kind {' or '.join(kinds)} has this")
    yield from (at(what, text) for what, text in _about(probe, secret=_is_secret(place, reading)))
    if probe.every < LEAST_EVERY:
        yield at("every", f"must be at least {words(LEAST_EVERY)}")
    if not timedelta(0) < probe.timeout <= min(LONGEST_TIMEOUT, probe.every):
        yield at("timeout", f"must be more than nothing, at most {words(LONGEST_TIMEOUT)}, and no more than `every`")
    if not 1 <= probe.failures <= MOST_FAILURES:
        yield at("failures", f"must be from 1 to {MOST_FAILURES}")
    elif probe.within < probe.every * probe.failures:
        needed = words(probe.every * probe.failures)
        yield at("within", f"{probe.failures} looks, one every {words(probe.every)}, need at least {needed}")
    if not 1 <= probe.recovers <= MOST_FAILURES:
        yield at("recovers", f"must be from 1 to {MOST_FAILURES}")


def _is_secret(place: Place, reading: Reading) -> bool:
    value = reading.values.get((*place, "address"))
    return value is not None and value.secret and not value.value


def _about(probe: Probe, *, secret: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with what it looks at; a ``secret`` address that lives elsewhere cannot be judged here."""
    if probe.kind is ProbeKind.COMMAND:
        if not probe.command:
            yield "command", 'is missing: the program and its arguments, like ["/usr/local/bin/check-queue", "orders"]'
        return
    if not probe.address and not secret:
        yield "address", f"is missing: {_EXAMPLES[probe.kind]}"
    elif probe.address and not _fits(probe):
        yield "address", f"must be like {_EXAMPLES[probe.kind]}"
    if probe.record not in RECORDS:
        yield "record", f"must be one of {', '.join(RECORDS)}"
    for one in probe.status:
        if not _STATUS.fullmatch(one):
            yield "status", f"{one!r} is no status: write 200 or 2xx"
    if probe.certificate is not None and urlsplit(probe.address).scheme == "http":
        yield "certificate", "an address that begins with http:// has no certificate"
    try:
        re2.compile(probe.body)
    except re2.error as wrong:
        yield "body", f"is no RE2 pattern: {wrong}"


_EXAMPLES = {
    ProbeKind.HTTP: "https://shop.example.com/health",
    ProbeKind.TCP: "db.example.com:5432",
    ProbeKind.POSTGRES: 'postgresql://db.example.com/shop, or with a password { env = "DATABASE_URL" }',
    ProbeKind.REDIS: 'redis://cache.example.com:6379, or with a password { env = "REDIS_URL" }',
    ProbeKind.DNS: "shop.example.com",
}


def _fits(probe: Probe) -> bool:
    try:
        parts = urlsplit(probe.address)
        match probe.kind:
            case ProbeKind.TCP:
                host, port = host_and_port(probe.address, 0)
                return bool(host and port)
            case ProbeKind.DNS:
                return "/" not in probe.address and ":" not in probe.address
            case ProbeKind.POSTGRES:
                return parts.scheme in _SCHEMES[probe.kind] and bool(parts.hostname or "host=" in parts.query)
            case _:
                return parts.scheme in _SCHEMES[probe.kind] and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
