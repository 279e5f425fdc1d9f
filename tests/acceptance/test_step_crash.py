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
from tests.stage.child import eventually
from tests.stage.living import living
from tests.stage.postgresql import Database
from tests.stage.sshd import sshd
from tocsin.errors import Refused
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.target import SshHost

TOML = """
version = 1
catch_all = ["ana"]
[server]
data = "data"
{database}
[service.shop]
runbook = "RUNBOOK.md"
target = "{target}"
[people.ana]
ways = [{{ kind = "phone" }}]
"""

SSH = """
[target.production]
kind = "ssh"
address = "{host.address}"
port = {host.port}
user = "{host.user}"
identity = "{host.identity}"
host_keys = ["{key}"]
directory = "{folder}"
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

MAKEFILE = "send-held-jobs:\n\t@echo sent >> effects\n\t@sh -c 'sleep {seconds}; :' {mark}\n"


@dataclass
class Crashes:
    """Has processes killed, one after the other; they share what loading the product costs."""

    nursery: subprocess.Popen[str]
    empty: Path

    def crash(self, folder: Path, point: str, database: str = "", host: SshHost | None = None) -> None:
        """A process ordered the step there, and was killed at that point."""
        if not database:
            shutil.copytree(self.empty, folder, dirs_exist_ok=True)
        written(folder, database, seconds=30 if point == "running" else 0, host=host)
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{folder} {point}\n")
        self.nursery.stdin.flush()
        assert self.nursery.stdout.readline() == f"{-signal.SIGKILL.value}\n"


def written(folder: Path, database: str = "", seconds: int = 0, host: SshHost | None = None) -> None:
    """The files of an installation whose step takes so long after its effect, here or on a host."""
    said = TOML.format(
        database=f'database = "{database}"' if database else "", target="production" if host else "local"
    )
    if host is not None:
        said += SSH.format(host=host, key=host.host_keys[0], folder=folder)
    (folder / "tocsin.toml").write_text(said)
    (folder / "RUNBOOK.md").write_text(RUNBOOK)
    (folder / "Makefile").write_text(MAKEFILE.format(seconds=seconds, mark=folder))


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
    """The next life: what was never claimed runs once, what was recorded stays; all else is unknown, and waits for a
    person. Nothing of the first life runs on, so that what it has not done by then it never does."""
    assert eventually(lambda: living(str(folder)) == [], 30.0), living(str(folder))
    with closing(installation(folder)) as at:
        application, step = at.application, step_of(at)
        courier = application.courier
        for carrier in courier.carriers.values():
            carrier.sweep()
        while courier.carry():
            pass
        state = application.incidents.view(ROOT, "INC-1").incident.steps[step]
        if point in ("ordered", "recorded"):
            assert (state.outcome, effects(folder)) == (StepOutcome.SUCCEEDED, 1)
            return
        assert (state.phase, state.running) == (StepPhase.UNKNOWN, False)
        possible = {"claimed": (0,), "begun": (0, 1)}.get(point, (1,))
        assert effects(folder) in possible
        with pytest.raises(Refused, match="its last run was lost half-way"):
            application.steps.run(ROOT, "INC-1", step)
        application.steps.tick(ROOT, "INC-1", step, StepOutcome.DONE, "it had happened")
        while courier.carry():
            pass
        assert effects(folder) in possible


@pytest.mark.parametrize("point", POINTS)
def test_a_step_that_was_killed_at_any_point_has_its_effect_at_most_once(
    tmp_path: Path, crashes: Crashes, point: str
) -> None:
    """F40, R14, R15, on SQLite: before the claim it is still to run; from the claim on it never runs again."""
    crashes.crash(tmp_path, point)
    check(tmp_path, point)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    """Another host, as `tocsin.toml` describes it."""
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        key = " ".join((running.key.parent / "ssh_host_key.pub").read_text().split()[:2])
        yield SshHost("127.0.0.1", running.user, running.port, str(running.key), (key,))


@pytest.mark.component("sshd")
@pytest.mark.parametrize("point", POINTS)
def test_a_step_on_another_host_that_was_killed_at_any_point_has_its_effect_at_most_once(
    tmp_path: Path, crashes: Crashes, host: SshHost, point: str
) -> None:
    """F40, R14, R15, over ssh: the same, and what the first life left there is ended by the host."""
    crashes.crash(tmp_path, point, host=host)
    check(tmp_path, point)


def test_a_step_that_was_killed_while_it_ran_never_runs_again_on_postgresql(
    tmp_path: Path, crashes: Crashes, postgresql_database: Database
) -> None:
    """F40, R14, R15: the database that several nodes share keeps the same promise."""
    crashes.crash(tmp_path, "running", postgresql_database.url)
    check(tmp_path, "running")
