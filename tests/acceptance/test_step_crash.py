"""kill -9 at each point of a step's run: its effect is there at most once, and nobody is told what nobody knows."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.step_crash import POINTS, ROOT, installation, step_of
from tests.stage.postgresql import Database
from tocsin.errors import Refused
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.step_phase import StepPhase

TOML = """
version = 1
catch_all = ["ana"]
[server]
data = "data"
{database}
[service.shop]
runbook = "RUNBOOK.md"
[people.ana]
ways = [{{ kind = "phone" }}]
"""

RUNBOOK = """# Ferry Booking Runbook

## Severity Levels

### P0 - Critical
- Complete service outage

### P2 - Medium
- Minor trouble

## Initial Response

```bash
# Send the held jobs
make send-held-jobs
```
"""

MAKEFILE = "send-held-jobs:\n\t@echo sent >> effects\n\t@sleep {seconds}\n"


@dataclass
class Crashes:
    """Has processes killed, one after the other; they share what loading the product costs."""

    nursery: subprocess.Popen[str]
    empty: Path

    def crash(self, folder: Path, point: str, database: str = "") -> None:
        """A process ordered the step there, and was killed at that point."""
        if not database:
            shutil.copytree(self.empty, folder, dirs_exist_ok=True)
        written(folder, database, seconds=30 if point == "running" else 0)
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{folder} {point}\n")
        self.nursery.stdin.flush()
        assert self.nursery.stdout.readline() == f"{-signal.SIGKILL.value}\n"


def written(folder: Path, database: str = "", seconds: int = 0) -> None:
    """The files of an installation whose step takes so long after its effect."""
    (folder / "tocsin.toml").write_text(TOML.format(database=f'database = "{database}"' if database else ""))
    (folder / "RUNBOOK.md").write_text(RUNBOOK)
    (folder / "Makefile").write_text(MAKEFILE.format(seconds=seconds))


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashes]:
    """The process that has others die, and a database on which nothing has happened yet."""
    command = [sys.executable, "-m", "tests.acceptance.step_crash"]
    empty = tmp_path_factory.mktemp("empty")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        written(empty)
        installation(empty).close()
        yield Crashes(nursery, empty)
        assert nursery.stdin is not None
        nursery.stdin.close()


def effects(folder: Path) -> int:
    """How often the step had its effect."""
    file = folder / "effects"
    return len(file.read_text().splitlines()) if file.exists() else 0


def check(folder: Path, point: str) -> None:
    """The next life: what was never claimed runs once; all else is unknown, and waits for a person."""
    with closing(installation(folder)) as at:
        application, step = at.application, step_of(at)
        courier = application.courier
        for carrier in courier.carriers.values():
            carrier.sweep()
        while courier.carry():
            pass
        state = application.incidents.view(ROOT, "INC-1").incident.steps[step]
        if point == "ordered":
            assert (state.outcome, effects(folder)) == (StepOutcome.SUCCEEDED, 1)
            return
        assert (state.phase, state.running) == (StepPhase.UNKNOWN, False)
        assert effects(folder) == (0 if point == "claimed" else 1)
        with pytest.raises(Refused, match="its last run was lost half-way"):
            application.steps.run(ROOT, "INC-1", step)
        application.steps.tick(ROOT, "INC-1", step, StepOutcome.DONE, "it had happened")
        while courier.carry():
            pass
        assert effects(folder) == (0 if point == "claimed" else 1)


@pytest.mark.parametrize("point", POINTS)
def test_a_step_that_was_killed_at_any_point_has_its_effect_at_most_once(
    tmp_path: Path, crashes: Crashes, point: str
) -> None:
    """F40, R14, R15, on SQLite: before the claim it is still to run; from the claim on it never runs again."""
    crashes.crash(tmp_path, point)
    check(tmp_path, point)


def test_a_step_that_was_killed_while_it_ran_never_runs_again_on_postgresql(
    tmp_path: Path, crashes: Crashes, postgresql_database: Database
) -> None:
    """F40, R14, R15: the database that several nodes share keeps the same promise."""
    crashes.crash(tmp_path, "running", postgresql_database.url)
    check(tmp_path, "running")
