"""The chats in which people work on incidents: what the adapters need, and what has to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tocsin.settings.reading import Place, Reading, dotted

SLACK, MATTERMOST = "slack", "mattermost"
CHATS = (SLACK, MATTERMOST)
"""The chats in which every incident can have a channel of its own."""
MEMBER = {SLACK: re.compile(r"[UW][A-Z0-9]{2,20}"), MATTERMOST: re.compile(r"[a-z0-9]{26}")}
"""The id of somebody in a chat, which never changes; a name does, and can be taken by somebody else."""
_WHERE = {
    SLACK: "must be the member ID, like U012AB3CD: in Slack, the profile's menu, Copy member ID",
    MATTERMOST: "must be the user ID, 26 letters and digits: a button of Tocsin's there tells you yours",
}


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """The Slack app; ``token`` empty: there is none.

    It hears people by Socket Mode with ``app_token`` (no address of ours is needed), or by signed HTTP with
    ``signing_secrets``; with neither it only speaks. ``keeps`` is what of the channel's talk goes to the timeline.
    """

    token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    keeps: str = "all"
    api: str = "https://slack.com/api"

    @property
    def hears(self) -> bool:
        """Whether anybody can answer in the chat."""
        return bool(self.app_token or self.signing_secrets)


@dataclass(frozen=True, slots=True)
class MattermostSettings:
    """The bot of a Mattermost; ``token`` empty: there is none. ``hears``: whether it can reach us with presses."""

    token: str = field(default="", repr=False)
    url: str = ""
    team: str = ""
    command_token: str = field(default="", repr=False)
    hears: bool = True


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """A chat in which every incident has a channel of its own."""

    name: str
    private: bool = False
    kind: str = SLACK


def slack(reading: Reading, problems: list[str]) -> SlackSettings:
    """The Slack app; half of one is a problem."""
    get, given = reading.get, reading.given
    secrets = tuple(get("slack", name) or "" for name in ("signing_secret", "old_signing_secret"))
    if not given("slack", "token"):
        if any(given("slack", name) for name in ("app_token", "signing_secret")):
            problems.append("slack.token: is missing; the app's page Install App shows it, it begins with xoxb-")
        if any(get("chat", name, "kind") == SLACK for name in reading.names("chat")):
            problems.append("slack.token: is missing; `tocsin integrations show slack` says how to get one")
        return SlackSettings()
    if (token := get("slack", "token")) and not token.startswith("xoxb-"):
        problems.append("slack.token: must be the token of the app's bot; it begins with xoxb-")
    if (token := get("slack", "app_token")) and not token.startswith("xapp-"):
        problems.append("slack.app_token: must be an app-level token with connections:write; it begins with xapp-")
    return SlackSettings(
        get("slack", "token") or "",
        get("slack", "app_token") or "",
        tuple(one for one in secrets if one),
        get("slack", "keeps"),
        get("slack", "api"),
    )


def mattermost(reading: Reading, problems: list[str]) -> MattermostSettings:
    """The bot of a Mattermost; half of one is a problem."""
    get, given = reading.get, reading.given
    needed = {
        "token": "create a bot account in Mattermost and copy its token",
        "url": "the address of your Mattermost",
        "team": "the team's name as it stands in its address",
    }
    used = any(get("chat", name, "kind") == MATTERMOST for name in reading.names("chat"))
    if not used and not any(given("mattermost", name) for name in (*needed, "command_token")):
        return MattermostSettings()
    for name, what in needed.items():
        if not given("mattermost", name):
            where = "; `tocsin integrations show mattermost` has the whole set-up"
            problems.append(f"mattermost.{name}: is missing: {what}{where}")
    return MattermostSettings(
        get("mattermost", "token") or "",
        (get("mattermost", "url") or "").rstrip("/"),
        get("mattermost", "team"),
        get("mattermost", "command_token") or "",
        get("mattermost", "buttons"),
    )


def chats(reading: Reading, problems: list[str]) -> Mapping[str, str]:
    """The channels that hear news one way: their addresses by name."""
    found: dict[str, str] = {}
    for name in reading.names("chat"):
        given = reading.given("chat", name, "url")
        if (kind := reading.get("chat", name, "kind")) in CHATS:
            if given:
                problems.append(f"{dotted(('chat', name, 'url'))}: a chat of the kind {kind} uses the app of [{kind}]")
            continue
        if not given:
            problems.append(
                f"{dotted(('chat', name, 'url'))}: is missing: the channel's address in the form of apprise"
            )
        found[name] = reading.get("chat", name, "url") or ""
    return found


def rooms(reading: Reading) -> Iterator[RoomSettings]:
    """The chats in which every incident has a channel of its own."""
    for name in reading.names("chat"):
        if (kind := reading.get("chat", name, "kind")) in CHATS:
            yield RoomSettings(name, bool(reading.get("chat", name, "private")), kind)


def member_problems(reading: Reading, handle: str) -> Iterator[str]:
    """What is wrong with who somebody is in the chats."""
    for chat in CHATS:
        place = ("people", handle, chat)
        member = reading.get(*place) or ""
        if member and not MEMBER[chat].fullmatch(member):
            yield f"{dotted(place)}: {_WHERE[chat]}"
        for other in reading.names("people"):
            if other == handle:
                break
            if member and reading.get("people", other, chat) == member:
                yield f"{dotted(place)}: {member} is {other}'s already; each person has a member ID of their own"


def way_problems(reading: Reading, place: Place, chat: str, address: str) -> Iterator[str]:
    """What is wrong with a way that is a direct message of a chat."""
    if not MEMBER[chat].fullmatch(address):
        where = f"set people.….{chat}, or an address here"
        yield f"{dotted(place)}: needs the person's ID there, which {_WHERE[chat]}; {where}"
    if not reading.given(chat, "token"):
        yield f"{dotted(place)}: a direct message goes through your own app there: fill in [{chat}]"
