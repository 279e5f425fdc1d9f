"""What only Mattermost has: tokens instead of signatures, questions before a press, answers by direct message."""

from __future__ import annotations

import json
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.waking.chats import OfMattermost, opened
from tests.waking.house import Mill, soon
from tests.waking.test_chat_contract import facts
from tocsin.adapters.chat.mattermost_cards import Cards, Tokens
from tocsin.app.chat.ports import Button, Card
from tocsin.cli.mattermost_setup import set_up
from tocsin.errors import BadSettings
from tocsin.fakes.mattermost import FakeMattermost
from tocsin.fakes.push import FakePushover
from tocsin.incident.facts import Acknowledged, LevelPaged, StatusUpdated
from tocsin.settings.loading import Settings, settings_of


@pytest.fixture
def side() -> Iterator[OfMattermost]:
    """Mattermost."""
    with FakeMattermost() as one:
        yield OfMattermost(one)


@pytest.fixture
def house(tmp_path: Path, side: OfMattermost) -> Iterator[Mill]:
    """INC-1 has its channel."""
    with opened(tmp_path, side) as one:
        one.declare()
        one.work()
        yield one


def status(house: Mill, body: bytes, kind: str = "application/json") -> int:
    """What a request is answered that says to come from Mattermost."""
    url = f"{house.url}/callback/mattermost"
    request = urllib.request.Request(url, body, {"Content-Type": kind}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_only_what_carries_our_token_is_believed(house: Mill, side: OfMattermost) -> None:
    """B2: no token, another action, another incident, another key, or no such command token: 401, and nothing done."""
    board = side.board(side.room())
    context = board.buttons()["Acknowledge"]["integration"]["context"]
    said = {"user_id": side.ana, "channel_id": side.room().id, "trigger_id": "t1"}
    other = Tokens(b"another key").of("press", "ack", "INC-1", "Acknowledge", "")
    for forged in (
        {},
        {**context, "token": ""},
        {**context, "token": None},
        {**context, "action": "escalate"},
        {**context, "value": "INC-2"},
        {**context, "confirm": "sure?"},
        {**context, "token": other},
    ):
        assert status(house, json.dumps({**said, "context": forged}).encode()) == 401, forged
    form = b"application/x-www-form-urlencoded".decode()
    for token in ("", "another", "²³"):
        typed = {"token": token, "command": "/incident", "text": "ack", **said}
        assert status(house, urlencode(typed).encode(), form) == 401, token
    assert status(house, b"[1]") == 401
    assert status(house, b"{") == 401
    assert facts(house, Acknowledged) == []
    assert status(house, json.dumps({**said, "context": context}).encode()) == 200
    assert soon(lambda: facts(house, Acknowledged))


def test_b8_a_command_is_answered_at_our_own_server_wherever_it_says_to_come_from(
    house: Mill, side: OfMattermost
) -> None:
    """B8: of the address that came with it only the place is taken; whoever knows the token aims us at nobody."""
    with FakePushover() as elsewhere:
        typed = {
            "token": side.far.command_token,
            "command": "/incident",
            "text": "status",
            "user_id": side.ana,
            "channel_id": side.room().id,
            "response_url": f"{elsewhere.url}/hooks/commands/{side.ana}",
        }
        assert status(house, urlencode(typed).encode(), "application/x-www-form-urlencoded") == 200
        assert soon(lambda: any(one.path == f"/hooks/commands/{side.ana}" for one in side.far.requests))
        assert elsewhere.requests == []


def test_a_form_is_taken_from_the_person_before_whom_it_was_opened(house: Mill, side: OfMattermost) -> None:
    """Its state is bound to them, to the button and to the incident; a form that is closed does nothing."""
    side.press(side.ana, side.room(), side.board(side.room()), "Update")
    assert soon(lambda: side.forms() == 1)
    dialog = side.far.dialogs[-1]
    state = json.loads(dialog["state"])
    said = {
        "callback_id": "update",
        "user_id": side.ana,
        "channel_id": side.room().id,
        "state": dialog["state"],
        "submission": {"text": "forged"},
    }
    for changed in (
        {**said, "user_id": side.bo},
        {**said, "callback_id": "resolve"},
        {**said, "state": json.dumps({**state, "value": "INC-2"})},
        {**said, "state": json.dumps({**state, "kind": "sure"})},
        {**said, "state": ""},
    ):
        assert status(house, json.dumps(changed).encode()) == 401, changed
    side.far.submit(side.ana, "never mind", side.room(), cancelled=True)
    side.fill(side.ana, side.room(), "The disk is full")
    assert soon(lambda: facts(house, StatusUpdated))
    assert [one.text for one in facts(house, StatusUpdated)] == ["The disk is full"]


def test_a_button_that_is_confirmed_does_nothing_before_somebody_says_yes(house: Mill, side: OfMattermost) -> None:
    """Mattermost asks nothing by itself, so a dialog does; closed, nobody is paged."""
    before = len(facts(house, LevelPaged))
    side.far.press(side.ana, side.room(), side.board(side.room()), "Escalate")
    assert "Page the next level" in side.far.dialogs[-1]["introduction_text"]
    side.far.submit(side.ana, room=side.room(), cancelled=True)
    assert len(facts(house, LevelPaged)) == before
    side.far.submit(side.ana, room=side.room())
    assert soon(lambda: len(facts(house, LevelPaged)) == before + 1)


def test_an_answer_to_a_press_is_seen_by_its_person_alone(house: Mill, side: OfMattermost) -> None:
    """In the channel where the bot may do that, else by direct message; never where others read it."""
    side.far.ephemeral_allowed = True
    side.press(side.ana, side.room(), side.board(side.room()), "Next step")
    assert soon(lambda: side.far.whispers)
    assert side.far.whispers[0][0] == side.ana
    side.far.ephemeral_allowed = False
    side.press(side.bo, side.room(), side.board(side.room()), "Next step")
    assert soon(lambda: side.far.direct(side.bo).messages)
    assert len(side.far.whispers) == 1
    assert side.said(side.room()) == []


def test_a_stranger_is_told_the_line_that_binds_them(house: Mill, side: OfMattermost) -> None:
    """With their own user ID, which Mattermost shows nobody."""
    side.far.people[side.stranger] = "stranger"
    side.far.press(side.stranger, side.room(), side.board(side.room()), "Acknowledge")
    assert soon(lambda: side.told(side.stranger))
    assert f'mattermost = "{side.stranger}"' in side.told(side.stranger)[-1].shown()


def test_a_literal_keeps_what_would_end_its_block() -> None:
    """What would run is read as it is, whatever fences it holds."""
    made = Cards(Tokens(b"k"), "http://x").post(Card("Next", (), "```\ncurl x\n````", (Button("run", "Run it"),)))
    assert made["message"].splitlines()[1:] == ["`````", "```", "curl x", "````", "`````"]


def settings(text: str) -> Settings:
    """The settings of a file with one service."""
    whole = f'version = 1\n[service.shop]\nrunbook = "r.md"\nchat = ["mattermost"]\n{text}'
    environ = {"MATTERMOST_TOKEN": "t1", "MATTERMOST_COMMAND": "t2"}
    return settings_of(tomllib.loads(whole), Path("tocsin.toml"), environ=environ, flags={})


def test_what_is_printed_to_paste_is_read_as_settings() -> None:
    """The lines of the set-up, as they stand, give a Mattermost with channels, buttons and a command."""
    text = set_up("https://tocsin.example.org", private=True)
    assert "https://tocsin.example.org/callback/mattermost" in text
    pasted = text[text.index("[mattermost]") : text.index("7. tocsin doctor")]
    read = settings(pasted.replace("[service.YOURS]\n", "[service.x]\nrunbook = 'x.md'\n"))
    assert read.mattermost.hears
    assert (read.mattermost.token, read.mattermost.command_token) == ("t1", "t2")
    assert [(one.name, one.kind, one.private) for one in read.rooms] == [("mattermost", "mattermost", True)]
    assert read.team.roster.people[0].member_of("mattermost") == "c1jb4dt4wpdqz8e6pxy9a4jpoh"
    assert "t1" not in repr(read)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[chat.mattermost]\nkind = "mattermost"\n', "mattermost.token: is missing"),
        ('[mattermost]\nteam = "ops"\n[chat.mattermost]\nkind = "mattermost"\n', "mattermost.url: is missing"),
        ('[people.ana]\nmattermost = "ana"\n[chat.mattermost]\nkind = "mattermost"\n', "must be the user ID"),
        (
            '[chat.mattermost]\nkind = "mattermost"\nurl = { env = "MATTERMOST_TOKEN" }\n',
            "uses the app of [mattermost]",
        ),
        (
            '[people.ana]\n[[people.ana.ways]]\nkind = "mattermost"\n[chat.mattermost]\nkind = "mattermost"\n',
            "set people.….mattermost",
        ),
    ],
)
def test_half_of_a_set_up_is_named(text: str, said: str) -> None:
    """What is missing, and where it is found."""
    with pytest.raises(BadSettings) as refused:
        settings(text)
    assert said in str(refused.value)
