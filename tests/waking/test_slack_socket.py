"""Socket Mode: Slack is heard without any address of ours that it could reach. The other end is a stand-in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waking.house import Mill, mill, soon
from tests.waking.test_slack_people import facts
from tests.waking.test_slack_rooms import PHONE, app, board_of, room_of
from tocsin.adapters.chat.slack_socket import _is_slacks
from tocsin.errors import Unavailable
from tocsin.fakes.slack import FakeSlack
from tocsin.fakes.slack_socket import SocketEnd
from tocsin.fakes.standin import MENU
from tocsin.incident.facts import Acknowledged, NoteAdded

SECRET_LINE = 'signing_secret = { env = "SLACK_SECRET" }'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """The stand-in."""
    with FakeSlack() as one:
        yield one


@contextmanager
def listening(folder: Path, slack: FakeSlack) -> Iterator[Mill]:
    """An installation without a public address that listens by Socket Mode, with INC-1 in its channel."""
    settings = app(slack).replace(SECRET_LINE, 'app_token = { env = "SLACK_APP" }')
    environ = {"SLACK_TOKEN": slack.token, "SLACK_APP": slack.app_token}
    members = ('slack = "U0ANA"', 'slack = "U0BO"')
    with mill(folder, PHONE, settings, environ, outlets='chat = ["slack"]', members=members) as house:
        run = dict(house.installation.loops.runs)["slack"]
        run.__self__.first = 0.01  # type: ignore[attr-defined]  # impatient, as tests are
        stop = threading.Event()
        thread = threading.Thread(target=run, args=(stop,), daemon=True)
        thread.start()
        try:
            house.declare()
            house.work()
            yield house
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive(), "the socket did not stop"


def end_of(slack: FakeSlack) -> SocketEnd:
    """The far end, once somebody listens there."""
    assert soon(lambda: slack.socket is not None and slack.socket.is_open)
    assert slack.socket is not None
    return slack.socket


def test_presses_commands_and_talk_come_by_the_socket_and_are_acknowledged(tmp_path: Path, slack: FakeSlack) -> None:
    """The same acts as by HTTP; each envelope is acknowledged, and the address for HTTP is closed."""
    with listening(tmp_path, slack) as house:
        end = end_of(slack)
        slack.press("U0ANA", room_of(slack), board_of(slack), "Acknowledge")
        assert soon(lambda: facts(house, Acknowledged))
        slack.say("U0BO", room_of(slack), "it is the disk")
        slack.command("U0ANA", "note full since noon", room_of(slack))
        assert soon(lambda: len(facts(house, NoteAdded)) == 2)
        assert soon(lambda: len(end.acknowledged) == 3)


def test_a_connection_that_is_ended_or_cut_is_opened_anew(tmp_path: Path, slack: FakeSlack) -> None:
    """Slack ends each every few hours, and networks break; afterwards people are heard again."""
    with listening(tmp_path, slack) as house:
        end = end_of(slack)
        end.disconnect()
        assert soon(lambda: end.connections == 2 and end.is_open)
        end.cut()
        assert soon(lambda: end.connections == 3 and end.is_open)
        slack.press("U0ANA", room_of(slack), board_of(slack), "Acknowledge")
        assert soon(lambda: facts(house, Acknowledged))


def test_while_slack_is_away_it_is_tried_again_more_and_more_slowly(tmp_path: Path, slack: FakeSlack) -> None:
    """The waiting doubles, nothing else suffers, and people are heard as soon as it is back."""
    slack.refusals["apps.connections.open"] = "internal_error"
    with listening(tmp_path, slack) as house:
        assert soon(lambda: sum("connections.open" in one.path for one in slack.requests) >= 3)
        house.acknowledge("bo")
        slack.refusals.clear()
        end_of(slack)
        slack.command("U0ANA", "takeover", room_of(slack))
        assert soon(lambda: house.incident().acknowledged_by == "ana")


def test_talk_that_could_not_be_kept_is_not_acknowledged(tmp_path: Path, slack: FakeSlack) -> None:
    """Slack sends it again then, and it is kept once."""
    with listening(tmp_path, slack) as house:
        end, chatting = end_of(slack), house.installation.application.chats["slack"]
        kept = chatting.store
        away = _Away()
        chatting.store = away  # type: ignore[assignment]
        event = {"type": "message", "user": "U0BO", "text": "the disk", "channel": room_of(slack).id, "ts": "5.1"}
        end.send("events_api", "first", {"event": event})
        end.send("hello", "after", {})
        assert soon(lambda: end.acknowledged == ["after"])
        assert away.asked.wait(20)
        chatting.store = kept
        end.send("events_api", "again", {"event": event})
        end.send("events_api", "twice", {"event": event})
        assert soon(lambda: end.acknowledged == ["after", "again", "twice"])
        assert [one.text for one in facts(house, NoteAdded)] == ["the disk"]


class _Away:
    """A store whose database cannot be reached."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def read(self) -> object:
        """Say so."""
        self.asked.set()
        raise Unavailable("the database is away")


def test_what_is_no_envelope_of_ours_ends_nothing(tmp_path: Path, slack: FakeSlack) -> None:
    """Unknown kinds are acknowledged and passed over; the connection stays."""
    with listening(tmp_path, slack) as house:
        end = end_of(slack)
        end.send("workflow_step", "odd", {"event": None})
        end.send("interactive", "empty", {})
        end.send("events_api", "broken", {"event": {"type": "message", "user": 7, "text": ["x"]}})
        slack.command("U0ANA", "ack", room_of(slack))
        assert soon(lambda: facts(house, Acknowledged))
        assert {"odd", "empty", "broken"} <= set(end.acknowledged)
        assert end.connections == 1


def test_everything_else_goes_on_while_the_socket_is_down(tmp_path: Path, slack: FakeSlack) -> None:
    """Paging knows nothing of it."""
    slack.always(MENU["500"])
    with listening(tmp_path, slack) as house:
        assert ("ana", "phone") in house.paged()


@pytest.mark.parametrize(
    ("address", "api", "ours"),
    [
        ("wss://wss-primary.slack.com/link/?ticket=1", "https://slack.com/api", True),
        ("wss://slack.com.evil.example/link", "https://slack.com/api", False),
        ("ws://wss-primary.slack.com/link", "https://slack.com/api", False),
        ("ws://127.0.0.1:9/link", "https://slack.com/api", False),
        ("ws://127.0.0.1:9/link", "http://127.0.0.1:8/api", True),
        ("ws://10.0.0.1:9/link", "http://127.0.0.1:8/api", False),
        ("", "https://slack.com/api", False),
    ],
)
def test_only_slacks_own_address_is_connected_to(address: str, api: str, *, ours: bool) -> None:
    """B8: whatever an answer says, the connection goes to Slack, or to the stand-in of a drill."""
    assert _is_slacks(address, api) is ours
