"""The people who can be called, and by which ways, in the order they want to be tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.errors import BadSettings


class WayKind(StrEnum):
    """The kinds of ways to reach a person."""

    PHONE = "phone"  # the built-in phone
    EMAIL = "email"
    SMS = "sms"  # through Twilio; the address is a number like +4915112345678
    CALL = "call"  # a voice that reads the page out, through Twilio
    NTFY = "ntfy"  # a topic of ntfy, with buttons
    PUSHOVER = "pushover"  # an emergency of Pushover: repeated until somebody acknowledges it
    WEBHOOK = "webhook"
    APPRISE = "apprise"  # any of the services that the apprise library knows, by its URL
    GATEWAY = "gateway"  # an HTTP service or a command that the team describes in `tocsin.toml`


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
class Person:
    """Somebody who can be called. Raises BadSettings when two of the ways have the same name.

    ``disabled``: their account was, so nobody pages them until it is enabled again.
    """

    handle: str
    name: str
    ways: tuple[Way, ...] = ()
    disabled: bool = False

    def __post_init__(self) -> None:
        names = [way.name for way in self.ways]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise BadSettings(f"{self.handle} has two ways called {twice!r}; give one of them a label")

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

    def way(self, name: str) -> Way | None:
        """The way of that name."""
        return next((way for way in self.ways if way.name == name), None)
