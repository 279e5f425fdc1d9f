"""Both chats as one contract sees them: what a team pastes, what the stand-in shows, and what its people do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.waking.house import Mill, mill
from tests.waking.test_slack_rooms import PATTERN, PHONE
from tests.waking.test_slack_rooms import app as slack_app
from tocsin.adapters.chat.mattermost import MattermostRooms
from tocsin.adapters.chat.mattermost_api import MattermostApi
from tocsin.adapters.chat.mattermost_cards import Cards, Tokens
from tocsin.adapters.chat.slack import SlackRooms
from tocsin.adapters.chat.slack_api import SlackApi
from tocsin.adapters.egress.egress import Egress
from tocsin.app.chat.ports import ChatRooms
from tocsin.fakes.mattermost import FakeMattermost
from tocsin.fakes.slack import FakeSlack
from tocsin.fakes.standin import Standin

LOOPBACK = ["127.0.0.0/8"]


class Side(Protocol):
    """One chat with its stand-in."""

    kind: str
    far: Standin
    ana: str
    bo: str
    stranger: str
    settings: str
    environ: dict[str, str]

    def rooms(self, egress: Egress, token: str = "") -> ChatRooms:
        """Our end of it, without the rest of Tocsin."""
        ...

    def begin(self, house: Mill) -> None:
        """Tell the stand-in where we are."""
        ...

    def room(self, name: str = "") -> Any:
        """The channel of that name, or the only one that was made by us."""
        ...

    def said(self, room: Any) -> list[str]:
        """What was said there besides the board, and in no thread."""
        ...

    def board(self, room: Any) -> Any:
        """The only pinned message."""
        ...

    def thread(self, room: Any, message: Any) -> list[str]:
        """What is below a message."""
        ...

    def delete(self, room: Any, message: Any) -> None:
        """Somebody deletes a message."""
        ...

    def archive(self, room: Any) -> None:
        """Somebody archives a channel."""
        ...

    def vanish(self, room: Any) -> None:
        """Somebody deletes a channel for good."""
        ...

    def exclude(self, room: Any) -> None:
        """Somebody takes the bot out of a channel."""
        ...

    def press(self, who: str, room: Any, message: Any, label: str) -> None:
        """Somebody presses a button, and says yes where the chat asks once more."""
        ...

    def fill(self, who: str, room: Any, text: str) -> None:
        """Somebody fills in the form that was opened last."""
        ...

    def forms(self) -> int:
        """How many forms were opened."""
        ...

    def command(self, who: str, text: str, room: Any) -> None:
        """Somebody types a slash command."""
        ...

    def name(self, who: str) -> str:
        """How somebody is named in what is typed."""
        ...

    def told(self, who: str) -> list[Any]:
        """What somebody alone was told."""
        ...

    def pages(self, who: str) -> tuple[Any, list[Any]]:
        """The conversation of the bot with somebody, and what stands there."""
        ...


@dataclass
class OfSlack:
    """Slack."""

    far: FakeSlack
    kind = "slack"
    ana, bo, stranger = "U0ANA", "U0BO", "U0STRANGER"

    @property
    def settings(self) -> str:
        return slack_app(self.far)

    @property
    def environ(self) -> dict[str, str]:
        return {"SLACK_TOKEN": self.far.token, "SLACK_SECRET": self.far.secret}

    def rooms(self, egress: Egress, token: str = "") -> ChatRooms:
        return SlackRooms(SlackApi(egress, token or self.far.token, f"{self.far.url}/api"))

    def begin(self, house: Mill) -> None:
        self.far.now, self.far.deliver_to = house.clock.now, f"{house.url}/callback/slack"

    def room(self, name: str = "") -> Any:
        (found,) = [one for one in self.far.channels if (one.name == name or not name) and one.name]
        return found

    def said(self, room: Any) -> list[str]:
        return [one.shown() for one in room.messages if one.ts not in room.pins and not one.thread]

    def board(self, room: Any) -> Any:
        (board,) = self.far.pinned(room)
        return board

    def thread(self, room: Any, message: Any) -> list[str]:
        return [one.shown() for one in room.thread(message.ts)]

    def delete(self, room: Any, message: Any) -> None:
        room.messages.remove(message)
        if message.ts in room.pins:
            room.pins.remove(message.ts)

    def archive(self, room: Any) -> None:
        room.archived = True

    def vanish(self, room: Any) -> None:
        self.far.channels.remove(room)

    def exclude(self, room: Any) -> None:
        room.members.discard(self.far.BOT)

    def press(self, who: str, room: Any, message: Any, label: str) -> None:
        self.far.press(who, room, message, label)

    def fill(self, who: str, room: Any, text: str) -> None:
        self.far.submit(who, text)

    def forms(self) -> int:
        return len(self.far.views)

    def command(self, who: str, text: str, room: Any) -> None:
        self.far.command(who, text, room)

    def name(self, who: str) -> str:
        return f"<@{who}|somebody>"

    def told(self, who: str) -> list[Any]:
        return [one for one in self.far.whispers if one.user == who]

    def pages(self, who: str) -> tuple[Any, list[Any]]:
        room = next(one for one in self.far.channels if one.id == f"D{who[1:]}")
        return room, room.messages


@dataclass
class OfMattermost:
    """Mattermost."""

    far: FakeMattermost
    kind = "mattermost"
    ana, bo, stranger = "ana".ljust(26, "0"), "bo".ljust(26, "0"), "stranger".ljust(26, "0")

    @property
    def settings(self) -> str:
        return f"""
[mattermost]
url = "{self.far.url}"
team = "ops"
token = {{ env = "MATTERMOST_TOKEN" }}
command_token = {{ env = "MATTERMOST_COMMAND" }}

[chat.mattermost]
kind = "mattermost"
"""

    @property
    def environ(self) -> dict[str, str]:
        return {"MATTERMOST_TOKEN": self.far.token, "MATTERMOST_COMMAND": self.far.command_token}

    def rooms(self, egress: Egress, token: str = "") -> ChatRooms:
        cards = Cards(Tokens(b"a key of the tests"), "http://127.0.0.1:1/callback/mattermost")
        return MattermostRooms(MattermostApi(egress, self.far.url, token or self.far.token), cards, "ops")

    def begin(self, house: Mill) -> None:
        self.far.deliver_to = f"{house.url}/callback/mattermost"

    def room(self, name: str = "") -> Any:
        (found,) = [one for one in self.far.channels if (one.name == name or not name) and one.kind != "D"]
        return found

    def said(self, room: Any) -> list[str]:
        return [one.shown() for one in room.messages if not one.pinned and not one.root and not one.deleted]

    def board(self, room: Any) -> Any:
        (board,) = self.far.pinned(room)
        return board

    def thread(self, room: Any, message: Any) -> list[str]:
        return [one.shown() for one in room.thread(message.id)]

    def delete(self, room: Any, message: Any) -> None:
        message.deleted = True

    def archive(self, room: Any) -> None:
        room.archived = True

    def vanish(self, room: Any) -> None:
        self.far.channels.remove(room)

    def exclude(self, room: Any) -> None:
        room.members.discard(self.far.BOT)

    def press(self, who: str, room: Any, message: Any, label: str) -> None:
        before = len(self.far.dialogs)
        self.far.press(who, room, message, label)
        if len(self.far.dialogs) > before and not self.far.dialogs[-1]["elements"]:
            self.far.submit(who, room=room)

    def fill(self, who: str, room: Any, text: str) -> None:
        self.far.submit(who, text, room)

    def forms(self) -> int:
        return len([one for one in self.far.dialogs if one["elements"]])

    def command(self, who: str, text: str, room: Any) -> None:
        self.far.command(who, text, room)

    def name(self, who: str) -> str:
        return f"@{self.far.people[who]}"

    def told(self, who: str) -> list[Any]:
        direct = [
            one for room in self.far.channels if room.kind == "D" and who in room.members for one in room.messages
        ]
        return [shown for user, shown in self.far.whispers if user == who] + direct

    def pages(self, who: str) -> tuple[Any, list[Any]]:
        room = self.far.direct(who)
        return room, room.messages


@contextmanager
def side_of(kind: str) -> Iterator[Side]:
    """A chat with its stand-in."""
    if kind == "slack":
        with FakeSlack() as slack:
            yield OfSlack(slack)
    else:
        with FakeMattermost() as mattermost:
            yield OfMattermost(mattermost)


@contextmanager
def opened(folder: Path, side: Side, ways: str = PHONE, more: str = "") -> Iterator[Mill]:
    """An installation whose incidents have channels there; Ana is on call, Bo is the team lead."""
    members = (f'{side.kind} = "{side.ana}"', f'{side.kind} = "{side.bo}"')
    outlets = f'chat = ["{side.kind}"]'
    settings, environ = side.settings + more, side.environ
    with mill(folder, ways, settings, environ, outlets=outlets, members=members, runbook=PATTERN) as house:
        side.begin(house)
        yield house
