"""`tocsin fake`: the stand-ins in the hands of a team that drills."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.waking.house import mill, soon
from tests.waking.test_twilio import ANA, CALL
from tocsin.cli.standins import KINDS, obeyed, settings_for
from tocsin.fakes.twilio import FakeTwilio


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_it_prints_can_be_pasted(kind: str) -> None:
    """The settings of each stand-in are TOML, and secrets go into the environment."""
    with KINDS[kind](0) as one:
        said = settings_for(one, "http://127.0.0.1:8080")
        assert "export" in said
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
