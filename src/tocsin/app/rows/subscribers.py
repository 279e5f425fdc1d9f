"""What is kept of people outside who asked to hear each public update: by mail, or through a program of theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

OUTLET = "subscriber:"
"""Begins the outlet of what goes to a subscriber; their id follows. An address would stay in the outbox for ever."""


class SubscriberWay(StrEnum):
    """How a subscriber is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    SLACK = "slack"


class SubscriberState(StrEnum):
    """How a subscription stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who hears public updates, or has asked to. Their address is folded: with each ``url`` it is there once.

    ``components`` are the keys of what they hear about, ``wanted`` of what they asked for last: a stranger who writes
    somebody's address into a form changes nothing of what that person gets. Empty: everything. ``origin`` says how they
    came. ``asked_at`` is their newest wish, of which a mail asks whether it is theirs; ``mail_at`` is when a mail about
    the subscription itself may be sent, None when there is none to send; claiming one moves it into the future.

    ``language`` is the code of the language that they hear it in, ``wanted_language`` that of the page on which they
    asked last; empty, or none of the page's any more: its first.

    ``url`` is where a program is told, empty for mail; ``address`` then is who is written to about it. ``missed`` are
    the updates in a row that could not be delivered, since ``missed_since``; ``ended_why`` says why we ended it.
    """

    id: str
    address: str
    origin: str
    asked_at: datetime
    wanted: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    mail_at: datetime | None = None
    attempts: int = 0
    way: SubscriberWay = SubscriberWay.MAIL
    url: str = ""
    missed: int = 0
    missed_since: datetime | None = None
    ended_at: datetime | None = None
    ended_why: str = ""
    wanted_language: str = ""
    language: str = ""

    @property
    def outlet(self) -> str:
        """Where what goes to them is sent, in the outbox."""
        return f"{OUTLET}{self.id}"

    @property
    def state(self) -> SubscriberState:
        """How the subscription stands."""
        if self.ended_at is not None:
            return SubscriberState.ENDED
        return SubscriberState.ASKED if self.confirmed_at is None else SubscriberState.CONFIRMED

    @property
    def host(self) -> str:
        """The host of the program that is told; all that is shown of an address whose rest is a secret."""
        return self.url.removeprefix("https://").removeprefix("http://").partition("/")[0]

    def hears(self, components: Collection[str]) -> bool:
        """Whether they hear of what touches these components; of what names none everybody hears."""
        return not self.components or not components or any(key in components for key in self.components)


Place = tuple[str, str]
"""Where a subscriber stands in the list: by address, then by url."""


class Subscribers(Protocol):
    """The subscribers in a store."""

    def ask(self, subscriber: Subscriber) -> None:
        """Insert, or replace the wish of the one with that id; what was confirmed stays as it is.

        One that was ended begins anew. Raises Conflict when address and url are another's.
        """
        ...

    def get(self, id: str) -> Subscriber | None:
        """One of them."""
        ...

    def of_address(self, address: str) -> Sequence[Subscriber]:
        """All with this address, as it is kept, the one for mail first."""
        ...

    def told_at(self, url: str) -> Subscriber | None:
        """Who has confirmed that updates go to this url."""
        ...

    def remove(self, id: str) -> bool:
        """Forget one; false when there is none."""
        ...

    def confirm(self, id: str, asked_at: datetime, at: datetime) -> bool:
        """Their newest wish is theirs: they hear what they wanted. False when this wish is not the newest."""
        ...

    def claim(self, now: datetime, until: datetime) -> Subscriber | None:
        """Take the one whose mail has waited longest; it comes again at ``until`` unless ``mail`` says otherwise.

        No two callers get the same one before then. None: no mail is due.
        """
        ...

    def mail(self, id: str, asked_at: datetime, at: datetime | None) -> None:
        """When the mail about this wish may be sent again; None: it was sent. A newer wish has a mail of its own."""
        ...

    def confirmed(self, until: datetime, after: str, limit: int) -> Sequence[Subscriber]:
        """Those who confirmed at or before an instant and whose id follows ``after``, by id."""
        ...

    def missed(self, id: str, at: datetime) -> Subscriber | None:
        """An update could not be delivered to them; they as they stand now, None when they have left or were ended."""
        ...

    def reached(self, id: str) -> None:
        """An update was delivered to them: what was missed before counts no more."""
        ...

    def end(self, id: str, at: datetime, why: str, mail_at: datetime | None) -> bool:
        """End a confirmed one: it hears nothing more, and is kept for a while. ``mail_at``: tell them then."""
        ...

    def listed(self, after: Place, limit: int, text: str = "") -> Sequence[Subscriber]:
        """All that follow a place, by address and url; with ``text`` those in whose address or url it stands."""
        ...

    def counts(self) -> Mapping[tuple[SubscriberWay, SubscriberState], int]:
        """How many there are of each; what there is none of is absent."""
        ...

    def forget(self, before: datetime, ended: datetime) -> int:
        """Remove those who asked last before an instant and never confirmed, and who ended before another; how many."""
        ...
