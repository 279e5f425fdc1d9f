"""The accounts by which people are woken: what the adapters need, and what has to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tocsin.app.team import CANARY, CanarySettings
from tocsin.oncall.people import Quiet, Rule, Turn, Way, WayKind
from tocsin.runbook.answers.spans import span
from tocsin.settings.reading import Place, Reading, dotted

PLACEHOLDER = re.compile(r"\{\{\s*([a-z]+)\s*\}\}")
PLACES = ("address", "person", "incident", "severity", "title", "headline", "text", "link", "code", "answer", "key")
"""What the body of a gateway may name."""
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
"""A telephone number with its country (E.164)."""


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """The Twilio account; ``account`` empty: there is none. ``callbacks`` empty: one way, nobody can answer."""

    account: str = ""
    token: str = field(default="", repr=False)
    old_token: str = field(default="", repr=False)
    number: str = ""
    callbacks: str = ""
    api: str = ""


def twilio(reading: Reading, problems: list[str]) -> TwilioSettings:
    """The Twilio account. Without an address that Twilio can reach it is used one way."""
    get, given = reading.get, reading.given
    if not given("twilio", "account"):
        if any(given("twilio", name) for name in ("token", "number")):
            problems.append("twilio.account: is missing; Twilio's console shows it beside the token")
        return TwilioSettings()
    if not given("twilio", "token"):
        problems.append("twilio.token: is missing; it stands beside the account in Twilio's console")
    number = get("twilio", "number") or ""
    if not NUMBER.fullmatch(number):
        problems.append("twilio.number: must be the number you have at Twilio, with its country, like +15005550006")
    url = get("server", "url") or ""
    two_way = get("twilio", "two_way")
    if two_way and not url:
        problems.append("twilio.two_way: needs server.url, the https address at which Twilio reaches us")
    reached = url if two_way or (two_way is None and url.startswith("https://")) else ""
    return TwilioSettings(
        get("twilio", "account"),
        get("twilio", "token") or "",
        get("twilio", "old_token") or "",
        number,
        reached,
        get("twilio", "api"),
    )


@dataclass(frozen=True, slots=True)
class PushoverSettings:
    """The application at Pushover; ``token`` empty: there is none."""

    token: str = field(default="", repr=False)
    api: str = ""


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """A way of the team's own: either ``command`` or ``url``."""

    name: str
    url: str = field(default="", repr=False)
    body: str = ""
    content_type: str = "application/json"
    authorization: str = field(default="", repr=False)
    expects: str = ""
    command: tuple[str, ...] = ()
    seconds: float = 10.0


LONGEST_COMMAND = 25.0
"""Seconds: a page's claim holds for thirty, and a command that ran on would be run again beside itself."""


def gateways(reading: Reading, problems: list[str]) -> Iterator[GatewaySettings]:
    """The team's own ways; what they lack or confuse is a problem."""
    for name in reading.names("gateway"):
        place = ("gateway", name)

        def get(what: str, place: Place = place) -> Any:
            return reading.get(*place, what)

        posts, runs = reading.given(*place, "url"), bool(get("command"))
        if posts == runs:
            problems.append(f"{dotted(place)}: needs either `url` and `body`, or `command`")
        if posts and not get("body"):
            problems.append(f"{dotted((*place, 'body'))}: is missing: what is to be sent")
        unknown = [x for x in PLACEHOLDER.findall(get("body") or "") if x not in PLACES]
        if unknown:
            problems.append(f"{dotted((*place, 'body'))}: there is no {unknown[0]!r}; there are: {', '.join(PLACES)}")
        seconds = get("within").total_seconds() if get("within") else 10.0
        if not 0 < seconds <= LONGEST_COMMAND:
            problems.append(f"{dotted((*place, 'within'))}: must be at most {LONGEST_COMMAND:g} seconds")
        yield GatewaySettings(
            name,
            get("url") or "",
            get("body") or "",
            get("content_type") or "application/json",
            get("authorization") or "",
            get("expects") or "",
            tuple(get("command") or ()),
            seconds,
        )


def rules_of(reading: Reading, place: Place, ways: Sequence[str], problems: list[str]) -> Iterator[Rule]:
    """A person's rules; a step is the name of a way, with a span before it unless it is the first."""
    for n in reading.names(*place, "rules"):
        at = (*place, "rules", n, "steps")
        turns: list[Turn] = []
        for step in reading.get(*at) or ():
            try:
                turns.append(_turn(step, ways))
            except ValueError as wrong:
                problems.append(f"{dotted(at)}: {wrong}")
        if len(turns) == len(reading.get(*at) or ()):
            yield Rule(tuple(turns), tuple(reading.get(*place, "rules", n, "severities") or ()))


def _turn(step: str, ways: Sequence[str]) -> Turn:
    """One step: "sms", "2 min sms", "after 2 min sms". Raises ValueError for what names no way or no span."""
    named = max((way for way in ways if step == way or step.endswith(f" {way}")), key=len, default=None)
    if named is None:
        raise ValueError(f"{step!r} ends with no way of this person; there are: {', '.join(ways) or 'none'}")
    before = step.removesuffix(named).strip().removeprefix("after ").strip()
    return Turn(named, span(before) if before and before != "at once" else timedelta(0))


def quiet_of(reading: Reading, place: Place, problems: list[str]) -> Quiet | None:
    """A person's quiet hours; they need a beginning, an end and the ways that may ring, or are not there at all."""
    get = reading.get
    since, until, ways = (get(*place, "quiet", name) for name in ("since", "until", "ways"))
    missing = [name for name in ("since", "until", "ways") if get(*place, "quiet", name) is None]
    if missing and any(reading.given(*place, "quiet", name) for name in ("since", "until", "ways", "zone")):
        problems.append(f"{dotted((*place, 'quiet', missing[0]))}: is missing")
    if missing:
        return None
    if since == until:
        problems.append(
            f"{dotted((*place, 'quiet', 'until'))}: is the same time as `since`, so it would never be quiet; "
            'for all day but its last minute write "00:00" and "23:59", for never leave quiet out'
        )
        return None
    return Quiet(since, until, get(*place, "quiet", "zone") or get("server", "zone") or "UTC", tuple(ways))


def number_problems(reading: Reading, place: Place, *, by_reference: bool) -> Iterator[str]:
    """What is wrong with a way that is a telephone."""
    address = reading.get(*place, "address") or ""
    if not NUMBER.fullmatch(address) and not (by_reference and not address):
        yield f"{dotted((*place, 'address'))}: must be a number with its country, like +4915112345678"
    if not reading.given("twilio", "account"):
        yield f"{dotted(place)}: SMS and calls go through Twilio: fill in [twilio]"


def canary(reading: Reading, problems: list[str]) -> CanarySettings | None:
    """How often a canary flies, and to where; None: never. Its name may be nobody else's."""
    for kind in ("service", "integration", "probe", "people"):
        if CANARY in reading.names(kind):
            problems.append(f"{dotted((kind, CANARY))}: this is the name of Tocsin's own canary; take another")
    every = reading.get("server", "canary")
    if every is None:
        return None
    if every < timedelta(minutes=1):
        problems.append("server.canary: must be a minute at least")
    said, _, address = str(reading.get("server", "canary_way")).partition(":")
    kinds = [kind.value for kind in WayKind if kind not in (WayKind.PUSH, WayKind.GATEWAY)]
    if said not in kinds:
        problems.append(f"server.canary_way: must be a kind of way and its address: one of {', '.join(kinds)}")
        return None
    if (said == WayKind.PHONE) is bool(address):
        problems.append("server.canary_way: must have an address after its kind, and `phone` has none")
    return CanarySettings(every, Way(WayKind(said), address))
