"""The people who can be called, and by which ways, in the order they want to be tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings


class WayKind(StrEnum):
    """The kinds of ways to reach a person."""

    PHONE = "phone"  # the built-in phone
    EMAIL = "email"
    SMS = "sms"  # through Twilio; the address is a number like +4915112345678
    CALL = "call"  # a voice that reads the page out, through Twilio
    NTFY = "ntfy"  # a topic of ntfy, with buttons
    PUSHOVER = "pushover"  # an emergency of Pushover: repeated until somebody acknowledges it
    PUSH = "push"  # notifications of the browsers in which the person said "Wake me here"
    SLACK = "slack"  # a direct message with buttons; the address is a member ID
    MATTERMOST = "mattermost"  # the same there; the address is a user ID
    WEBHOOK = "webhook"
    APPRISE = "apprise"  # any of the services that the apprise library knows, by its URL
    GATEWAY = "gateway"  # an HTTP service or a command that the team describes in `tocsin.toml`


TAKEN_BACK = frozenset({WayKind.PUSH, WayKind.SLACK, WayKind.MATTERMOST, WayKind.PUSHOVER})
"""The kinds whose pages can be taken back from a device; the others know of no such thing."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a person. ``address`` may be a secret; facts and screens use ``name``."""

    kind: WayKind
    address: str
    label: str = ""
    gateway: str = ""

    @property
    def carrier(self) -> str:
        """Who carries it: the kind, and for the team's own gateways which of them."""
        return f"{self.kind.value}:{self.gateway}" if self.gateway else self.kind.value

    @property
    def name(self) -> str:
        """The word by which the timeline calls this way; unique among the ways of a person."""
        return self.label or self.kind.value


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a person's own rule: this way, so long after the page began."""

    way: str
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a person wants to be paged for some severities (none: for all that no other rule names)."""

    turns: tuple[Turn, ...]
    severities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which only these ways may ring, for anything but the top severity. ``zone`` is a tz name."""

    since: time
    until: time
    zone: str
    ways: tuple[str, ...]

    def holds(self, at: datetime) -> bool:
        """Whether it is quiet at an aware instant; ``until`` itself is not, and hours may span midnight."""
        now = at.astimezone(ZoneInfo(self.zone)).time()
        if self.since <= self.until:
            return self.since <= now < self.until
        return now >= self.since or now < self.until


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be called. Raises BadSettings when two of the ways have the same name, or a rule names none.

    ``disabled``: their account was, so nobody pages them until it is enabled again. ``slack`` and ``mattermost`` are
    their ids there.
    """

    handle: str
    name: str
    ways: tuple[Way, ...] = ()
    rules: tuple[Rule, ...] = ()
    quiet: Quiet | None = None
    disabled: bool = False
    slack: str = ""
    mattermost: str = ""

    def member_of(self, chat: str) -> str:
        """Their id in a chat, by its word in the settings; empty where they are not bound."""
        return {"slack": self.slack, "mattermost": self.mattermost}.get(chat, "")

    def __post_init__(self) -> None:
        names = [way.name for way in self.ways]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise BadSettings(f"{self.handle} has two ways called {twice!r}; give one of them a label")
        named = [turn.way for rule in self.rules for turn in rule.turns] + list(self.quiet.ways if self.quiet else ())
        unknown = next((name for name in named if name not in names), None)
        if unknown is not None:
            raise BadSettings(f"{self.handle} has no way called {unknown!r}; there are: {', '.join(names) or 'none'}")
        for rule in self.rules:
            _check(self.handle, rule)
        if self.quiet is not None and not self.quiet.ways:
            raise BadSettings(f"{self.handle} could not be reached in quiet hours: name a way that may ring then")

    @property
    def reachable(self) -> bool:
        """Whether there is any way at all, and nothing against it."""
        return bool(self.ways) and not self.disabled

    @property
    def hindrance(self) -> str:
        """Why this person cannot be reached; empty when they can."""
        if self.disabled:
            return f"the account of {self.handle} is disabled"
        return "" if self.ways else f"{self.handle} has no way to be reached"

    def turns(self, severity: str | None, at: datetime, *, top: bool) -> tuple[Turn, ...]:
        """The ways to page this person by, in order, each with how long after the first it follows unanswered.

        Without a rule: the ways in their order, each only when the one before it failed or shows no sign of delivery.
        ``top`` is true for the top severity and for what nobody has assessed: quiet hours never hold then. They leave
        at least one way in every other case: nobody becomes unreachable by being quiet.
        """
        general = next((rule for rule in self.rules if not rule.severities), None)
        rule = next((rule for rule in self.rules if severity in rule.severities), general)
        turns = rule.turns if rule else tuple(Turn(way.name) for way in self.ways)
        if top or self.quiet is None or not self.quiet.holds(at):
            return turns
        allowed = tuple(turn for turn in turns if turn.way in self.quiet.ways)
        return _from_now(allowed or tuple(Turn(name) for name in self.quiet.ways))

    def way(self, name: str) -> Way | None:
        """The way of that name."""
        return next((way for way in self.ways if way.name == name), None)


def _check(handle: str, rule: Rule) -> None:
    """Raises BadSettings unless somebody rings at once and the steps follow one another."""
    if not rule.turns or rule.turns[0].after:
        raise BadSettings(f"a rule of {handle} lets nobody ring at once: begin it with a way alone, without a span")
    if any(later.after <= earlier.after for earlier, later in zip(rule.turns, rule.turns[1:], strict=False)):
        raise BadSettings(f"the steps of a rule of {handle} must follow one another: each with a longer span")


def _from_now(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same steps, the first of them at once."""
    return tuple(Turn(turn.way, turn.after - turns[0].after) for turn in turns)
