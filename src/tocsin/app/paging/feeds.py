"""Calendar feeds (RFC 5545) of schedules and of people, at signed addresses that calendar programs can poll.

A feed's address is a secret that does not end by itself: whoever holds it sees who is on call, and nothing else. It
ends with its schedule, with its person's place on the roster or account, and for all feeds with the signing secret.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.access import Caller, Permission
from tocsin.app.accounts.sealed import sealed, unsealed
from tocsin.app.paging import calendars
from tocsin.app.rota import Rota
from tocsin.clock import Clock
from tocsin.errors import NotAllowed, NotFound
from tocsin.oncall.roster import Roster

SCHEDULE, PERSON = "schedule", "person"
_FEED = b"calendar-feed:"
ENDED = "this feed is not one of ours, or has ended; copy its address anew from the page On call"


@dataclass(frozen=True, slots=True)
class Feeds:
    """Makes the addresses of feeds, and the calendars behind them."""

    rota: Rota
    clock: Clock
    secret: bytes
    base_url: str

    def address(self, caller: Caller, kind: str, name: str) -> str:
        """The address of a schedule's or a person's feed. Raises NotFound for one that does not exist."""
        caller.require(Permission.READ)
        roster = self.rota.roster()
        if not _exists(roster, kind, name):
            raise NotFound(f"there is no {kind} {name!r} to make a calendar of")
        return f"{self.base_url.rstrip('/')}/oncall/feed/{self.token(kind, name)}"

    def token(self, kind: str, name: str) -> str:
        """The signed part of the address."""
        body = f"{kind}|{name}".encode()
        return sealed(self.secret, _FEED, body)

    def calendar(self, token: str) -> bytes:
        """The calendar behind an address. Raises NotAllowed when it was altered or has ended."""
        body = unsealed(self.secret, _FEED, token)
        if body is None:
            raise NotAllowed(ENDED)
        kind, _, name = body.decode().partition("|")
        now = self.clock.now()
        roster = self.rota.roster(now - calendars.BACK)
        if not _exists(roster, kind, name):
            raise NotAllowed(ENDED)
        if kind == SCHEDULE:
            return calendars.of_schedule(roster, name, now)
        return calendars.of_person(roster, name, now)


def _exists(roster: Roster, kind: str, name: str) -> bool:
    if kind == SCHEDULE:
        return roster.schedule(name) is not None
    person = roster.person(name) if kind == PERSON else None
    return person is not None and not person.disabled
