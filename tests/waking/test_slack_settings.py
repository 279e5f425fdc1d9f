"""The settings of Slack: what is missing is named, and what is printed for the set-up is what the code needs."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tocsin.cli.slack_manifest import COMMANDS, manifest, set_up
from tocsin.errors import BadSettings
from tocsin.settings.loading import Settings, settings_of

ENVIRON = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_SIGNING_SECRET": "s" * 32,
    "ROOM": "json://x",
}
TOKEN = '[slack]\ntoken = { env = "SLACK_BOT_TOKEN" }\n'
CHAT = '[chat.slack]\nkind = "slack"\n'


def settings(text: str, environ: dict[str, str] | None = None) -> Settings:
    """The settings of a file with one service."""
    whole = f'version = 1\n[service.shop]\nrunbook = "r.md"\nchat = ["slack"]\n{text}'
    known = ENVIRON if environ is None else environ
    return settings_of(tomllib.loads(whole), Path("tocsin.toml"), environ=known, flags={})


def problems(text: str, environ: dict[str, str] | None = None) -> str:
    """What is said against a file."""
    with pytest.raises(BadSettings) as refused:
        settings(text, environ)
    return str(refused.value)


def test_a_chat_of_the_kind_slack_is_a_room_and_one_with_a_url_hears_news() -> None:
    """A service names both the same way; what they are is said once."""
    read = settings(
        f'{TOKEN}{CHAT}[chat.war]\nurl = {{ env = "ROOM" }}\n[service.mill]\nrunbook = "m.md"\nchat = ["slack", "war"]'
    )
    outlets = read.team.services["mill"].outlets
    assert (outlets.rooms, outlets.chat) == (("slack",), ("war",))
    assert read.chats == {"war": "json://x"}
    assert [one.name for one in read.rooms] == ["slack"]


def test_half_of_a_slack_app_is_named() -> None:
    """What is missing, and where it is found."""
    assert "slack.token: is missing" in problems(CHAT)
    assert "slack.token: is missing" in problems(f'[slack]\napp_token = {{ env = "SLACK_APP_TOKEN" }}\n{CHAT}')
    assert "begins with xoxb-" in problems(TOKEN + CHAT, {"SLACK_BOT_TOKEN": "xapp-1"})
    swapped = f'{TOKEN}app_token = {{ env = "SLACK_BOT_TOKEN" }}\n{CHAT}'
    assert "begins with xapp-" in problems(swapped)


def test_a_chat_says_which_kind_it_is() -> None:
    """One way needs an address, the app of Slack takes none."""
    assert "chat.slack.url: is missing" in problems("[chat.slack]\n")
    assert "uses the app of [slack]" in problems(f'{TOKEN}{CHAT}url = {{ env = "ROOM" }}\n')


@pytest.mark.parametrize("member", ["@ana", "ana", "u012ab3cd", "C012AB3CD", "U012AB3CD, U1"])
def test_somebody_is_bound_by_their_member_id_and_nothing_else(member: str) -> None:
    """A display name changes and can be taken by somebody else."""
    assert "must be the member ID" in problems(f'{TOKEN}{CHAT}[people.ana]\nslack = "{member}"\n')
    read = settings(f'{TOKEN}{CHAT}[people.ana]\nslack = "U012AB3CD"\n')
    assert read.team.roster.people[0].slack == "U012AB3CD"


def test_two_people_are_not_one_member() -> None:
    """Who pressed would be a matter of their order."""
    both = f'{TOKEN}{CHAT}[people.ana]\nslack = "U012AB3CD"\n[people.bo]\nslack = "U012AB3CD"\n'
    assert "is ana's already" in problems(both)


def test_tokens_are_secrets() -> None:
    """They are masked, come by reference only, and stand in no printed settings."""
    read = settings(TOKEN + CHAT)
    assert "xoxb-1" in read.secrets
    assert "xoxb-1" not in repr(read)
    assert "slack.token" in problems('[slack]\ntoken = "xoxb-written-out"\n' + CHAT)


@pytest.mark.parametrize("url", ["", "https://tocsin.example.org/callback/slack"])
def test_what_is_printed_to_paste_is_read_as_settings(url: str) -> None:
    """The lines of the set-up, as they stand, give a Slack that hears people."""
    text = set_up(url)
    pasted = text[text.index("[slack]") : text.index("6. tocsin doctor")].replace(
        "[service.YOURS]\n", "[service.x]\nrunbook = 'x.md'\n"
    )
    assert settings(pasted).slack.hears
    exported = set(re.findall(r"export (\w+)=", text))
    assert exported == set(re.findall(r'env = "(\w+)"', text))


def test_the_manifest_asks_for_what_is_used() -> None:
    """Socket Mode by itself; with an address of ours every door leads there, and private channels cost scopes."""
    plain, by_http = manifest(), manifest("https://t.example/callback/slack", private=True)
    assert plain["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(plain)
    assert json.dumps(by_http).count("https://t.example/callback/slack") == 2 + len(COMMANDS)
    scopes = set(plain["oauth_config"]["scopes"]["bot"])
    assert {"chat:write", "channels:manage", "pins:write", "commands", "im:write"} <= scopes
    assert not any(one.startswith("groups:") for one in scopes)
    assert "groups:history" in by_http["oauth_config"]["scopes"]["bot"]
