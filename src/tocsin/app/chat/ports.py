"""The port to a team chat in which every incident has a channel of its own, and people answer there.

What is said is a :class:`Card`: words and buttons, in no chat's own markup. Slack and Mattermost implement it. All of
its methods may be called again after a doubt: ``key`` names a message for ever. In what people write, somebody who is
named stands as ``<@id>``, by their id in the chat.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.app.ports import Delivered, GiveUp, TryAgain


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that can be pressed: ``action`` is our word for it, ``value`` what comes back with it.

    With ``url`` it leads there and does nothing else. ``confirm`` is asked before it acts; ``asks`` opens a form with
    one field of that name before it does: for words, or for one of the ``choices``, each a value and its label, of
    which ``chosen`` is the value that stands there at first.
    """

    action: str
    label: str
    value: str = ""
    style: str = ""  # primary, danger, or neither
    confirm: str = ""
    url: str = ""
    asks: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: a label, and text that came from anywhere (never markup)."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A message. ``headline`` alone is a plain one; ``literal`` is shown as it was printed.

    ``calls`` are the ids in the chat of people whom it names so that the chat tells them.
    """

    headline: str
    lines: tuple[Line, ...] = ()
    literal: str = ""
    buttons: tuple[Button, ...] = ()
    calls: tuple[str, ...] = field(default=(), repr=False)  # what stands on a board is told by its repr


@dataclass(frozen=True, slots=True)
class Form:
    """A form that opens at once, and what is said where the chat does not open it."""

    button: Button
    otherwise: Card


@dataclass(frozen=True, slots=True)
class Opening:
    """A channel that is wanted. ``names`` are tried in order; ``mark`` is what tells our own from another's later."""

    names: tuple[str, ...]
    mark: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the chat: its id there, which stays when somebody renames it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The channel is not there any more, or the message alone (``channel`` is False): make another one."""

    reason: str
    channel: bool = True


@dataclass(frozen=True, slots=True)
class Shut:
    """This one channel takes nothing until people open it again: it was archived, or we were taken out of it."""

    reason: str


Trouble = TryAgain | GiveUp | Gone | Shut
"""What a chat may say instead of yes. TryAgain is of the whole chat; GiveUp is of this one message."""


class ChatRooms(Protocol):
    """The channels of one chat. Nothing here raises for what the chat does."""

    longest_name: int
    """So many characters a channel's name may have: small letters, digits, dashes and underscores."""

    def open(self, wanted: Opening, *, doubtful: bool) -> Channel | TryAgain | GiveUp:
        """Make the channel, or find the one that was made in vain before when it is ``doubtful``."""
        ...

    def post(
        self, channel: str, key: str, card: Card, *, thread: str = "", pinned: bool = False, doubtful: bool = False
    ) -> Delivered | Trouble:
        """Post a message, once per key: the receipt is its id. ``doubtful``: it may be there already."""
        ...

    def edit(self, channel: str, message: str, card: Card) -> Delivered | Trouble:
        """Put another text in the place of a message."""
        ...

    def furnish(self, channel: str, topic: str, members: Collection[str]) -> Sequence[str] | Trouble:
        """Set the topic and invite people, by their ids in the chat; what could not be done, in words."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever said something in the chat: their id there, where they said it, and where an answer to them goes.

    ``trigger`` opens a form before their eyes, for a few seconds.
    """

    member: str
    channel: str = ""
    answer_to: str = ""
    trigger: str = ""


class ChatReplies(Protocol):
    """Answers to one person, which nobody else sees, and what stands in a channel.

    Lost answers are lost: what was asked for has happened.
    """

    def whisper(self, to: Asker, card: Card) -> None:
        """Say it to them alone."""
        ...

    def ask(self, to: Asker, button: Button, otherwise: Card | None = None) -> None:
        """Open the form of a button; ``otherwise`` is whispered where that cannot be."""
        ...

    def read(self, channel: str, message: str) -> tuple[str, str] | None:
        """Who wrote a message, by their id, and its text; None when it cannot be had. Raises Unavailable: ask later."""
        ...
