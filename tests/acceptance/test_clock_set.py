"""F26 on the real process: whoever sets the wall clock makes no page early and none late, a kill -9 included."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.monitors import KEY, PATH, alertmanager_body
from tests.stage.child import eventually
from tests.stage.process import PROGRAM, Tocsin, tocsin
from tests.stage.webhook import Webhook, webhook

HOUR = 3600
PATIENCE = 30.0  # seconds that a busy machine may take
RUNBOOK = """# Runbook

## Severity Levels
- **P0**: nobody can order anything

## Escalation
1. **On-Call Engineer**
2. **Senior Engineer** (If unresolved in 30 minutes)
"""
TOML = """
version = 1
catch_all = ["ben"]
[server]
[service.shop]
runbook = "runbook.md"
[people.ana]
ways = [{ kind = "webhook", address = { env = "ANA" } }]
[people.ben]
ways = [{ kind = "webhook", address = { env = "BEN" } }]
[roles]
"On-Call Engineer" = ["ana"]
"Senior Engineer" = ["ben"]
[integration.monitor]
source = "alertmanager"
service = "shop"
key = { env = "KEY" }
"""


class House:
    """A server whose wall clock can be set, an incident, and who was paged for it."""

    def __init__(self, server: Tocsin, phones: Webhook) -> None:
        self.server, self._phones = server, phones

    def paged(self) -> set[str]:
        """Who was paged until now."""
        return {one.path.strip("/") for one in list(self._phones.requests)}

    def passes(self, minutes: float) -> set[str]:
        """Let minutes pass, and what is due be done; who was paged until then."""
        self.server.advance(minutes * 60)
        self.server.settle()
        return self.paged()

    def told(self) -> bool:
        """Whether it says that a clock was set, where people and programs look."""
        says = self.server.get("/readyz").body.decode()
        gauge = re.search(r"^tocsin_engine_clock_ahead_seconds (\S+)$", self.server.get("/metrics").body.decode(), re.M)
        return "Tocsin's own time" in says and gauge is not None and abs(float(gauge[1])) > HOUR - 60

    def doctor_tells(self) -> bool:
        """Whether `tocsin doctor` says that a clock is off."""
        said = self.runs("doctor", "--json", "--config", str(self.server.config))
        found = [one["fix"] for one in json.loads(said.stdout) if "Tocsin's own time" in one["what"]]
        return found == ['see "When a clock is set" in docs/operations.md']

    def runs(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The program as a process of its own, as the administrator, by the clock of this machine."""
        own = {"HOME": str(self.server.folder), "TOCSIN_URL": self.server.url, "TOCSIN_TOKEN": self.server.admin}
        environment = {**os.environ, **self.server.environment, **own}
        return subprocess.run([PROGRAM, *words], env=environment, capture_output=True, check=False, text=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A server with an incident of which the first person was told, and the second is to be in half an hour."""
    (tmp_path / "runbook.md").write_text(RUNBOOK)
    with webhook() as phones:
        environment = {"ANA": f"{phones.url}/ana", "BEN": f"{phones.url}/ben", "KEY": KEY}
        with tocsin(tmp_path, TOML, environment=environment, movable_clock=True) as server:
            assert server.deliver(PATH, alertmanager_body("Checkout")).status == 202
            made = House(server, phones)
            assert eventually(lambda: made.paged() == {"ana"}, PATIENCE)
            yield made


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_a_wall_clock_that_is_set_makes_no_page_early_and_none_late(house: House, seconds: int) -> None:
    """Half an hour lasts half an hour, give or take two percent, and it is told."""
    house.server.set_wall(seconds)
    assert eventually(house.told, PATIENCE)
    assert house.passes(29) == {"ana"}
    assert house.passes(2) == {"ana", "ben"}
    assert eventually(house.doctor_tells, PATIENCE), "half an hour passed there, and none by the clock of this machine"


def test_what_a_terminal_says_of_spans_is_counted_by_the_server(house: House) -> None:
    """Two hours of a silence, or of work that customers are told of, though the terminal is an hour off."""
    now = datetime.fromisoformat(house.server.advance(HOUR))
    for words in (
        ("silence", "add", "--service", "shop", "--reason", "new till"),
        ("maintenance", "plan", "Move", "--text", "The shop is closed."),
    ):
        ran = house.runs(*words, "--for", "2 h", "--json")
        assert ran.returncode == 0, ran.stderr
        made = json.loads(ran.stdout)
        begins, ends = (datetime.fromisoformat(made[one]) for one in ("starts_at", "ends_at"))
        assert ends - begins == timedelta(hours=2), words
        assert timedelta(0) <= begins - now < timedelta(minutes=2), words


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_a_kill_after_it_changes_nothing(house: House, seconds: int) -> None:
    """The next process goes on by the ticks of the machine, whatever its wall clock says."""
    house.server.set_wall(seconds)
    assert eventually(house.told, PATIENCE)
    house.server.kill()
    house.server.environment["TOCSIN_TEST_CLOCK"] = f"{seconds:+d}"
    house.server.start()
    assert eventually(house.told, PATIENCE)
    assert house.passes(29) == {"ana"}
    assert house.passes(2) == {"ana", "ben"}
