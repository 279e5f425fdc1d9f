"""`tocsin fake`: the stand-ins in the hands of a team that drills."""

from __future__ import annotations

import threading
import tomllib
from pathlib import Path

import pytest

from tests.waking.house import mill, soon
from tests.waking.test_twilio import ANA, CALL
from tocsin.cli.drilling import KINDS, obeyed, settings_for
from tocsin.cli.standins import NAMES
from tocsin.fakes.slack import FakeSlack
from tocsin.fakes.twilio import FakeTwilio
from tocsin.incident.facts import StatusUpdated


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_it_prints_can_be_pasted(kind: str) -> None:
    """The settings of each stand-in are TOML, and secrets go into the environment."""
    with KINDS[kind](0) as one:
        said = settings_for(one, "http://127.0.0.1:8080")
        assert "export" in said
        assert kind in NAMES
        tomllib.loads(said)


def test_a_team_drills_a_call_line_by_line(tmp_path: Path) -> None:
    """Pick up, press a key, and see on the timeline that it counted; what cannot be done says so."""
    with FakeTwilio() as one, mill(tmp_path, CALL, settings_for(one, "http://x"), {"TWILIO_TOKEN": one.token}) as house:
        early, wrong = obeyed(one, ["pick up\n", "\n", "dance\n"])
        assert early.startswith("nothing has arrived yet")
        assert wrong.startswith("this cannot be done here")
        house.declare()
        house.work()
        assert soon(lambda: one.calls)
        answers = list(obeyed(one, ["shown", "pick up", "press 4", "press 4", "fault lies", "doubles"]))
        assert answers[0] == f"call to {ANA} (rings)"
        assert answers[1].startswith("P zero, API not responding")
        assert answers[2] == "INC-1 acknowledged."
        assert answers[3] == "the call does not wait for a key"
        assert answers[4:] == [
            "every request is met so from now on: lies",
            "every callback is delivered twice from now on",
        ]
        assert house.incident().acknowledged_by == "ana"


def test_a_slack_is_drilled_with_what_it_prints_and_what_is_typed(tmp_path: Path) -> None:
    """The printed settings are read as they stand; declaring, pressing and writing are lines, and each is answered."""
    with FakeSlack() as slack:
        printed = settings_for(slack, "http://127.0.0.1:1")
        environ = {"SLACK_BOT_TOKEN": slack.token, "SLACK_APP_TOKEN": slack.app_token}
        ways = 'slack = "U0ANA"\n[[people.ana.ways]]\nkind = "phone"\n'
        with mill(tmp_path, ways, printed, environ, outlets='chat = ["slack"]') as house:
            run = dict(house.installation.loops.runs)["slack"]
            stop = threading.Event()
            thread = threading.Thread(target=run, args=(stop,), daemon=True)
            thread.start()
            try:
                assert soon(lambda: slack.socket is not None and slack.socket.is_open)
                opened = line(slack, "command Complete outage")
                assert opened.startswith("“Complete outage”: of what, and how bad?")
                assert "  choose mill: P0" in opened
                assert "INC-1 is declared" in line(slack, "choose")
                house.work()
                assert "INC-1 is yours" in line(slack, "press Acknowledge")
                line(slack, "press Update The disk is full")
                assert soon(lambda: any(isinstance(one, StatusUpdated) for one in house.facts()))
                house.work()
                assert "updated the team: The disk is full" in line(slack, "shown")
            finally:
                stop.set()
                thread.join(10)


def line(slack: FakeSlack, typed: str) -> str:
    """What is answered to a line."""
    (answer,) = obeyed(slack, [typed])
    return answer
