"""`tocsin runner` as a process of its own, with a real server: killed, cut off, cancelled, removed; effects counted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.liar import SUCCESS, Liar
from tests.acceptance.runner_crash import POINTS
from tests.stage.child import Child, child, eventually, free_port
from tests.stage.nginx import nginx
from tests.stage.presence import missing, require
from tests.stage.process import PROGRAM, Tocsin, tocsin
from tests.stage.wire import Wire, wire
from tocsin.app.execution.attempts import LEASE
from tocsin.incident.streams import joined, read

PATIENCE = 40.0
CERTIFICATE = Path(__file__).parents[1] / "adapters" / "localhost.pem"
SECRET = "a-word-that-stays-on-this-host"
NUMBERS = count(1)
LISTENING = "0A"

TOML = """
version = 1
catch_all = ["ana"]
[server]
[service.shop]
runbook = "RUNBOOK.md"
target = "coast"
directory = "{folder}"
variables = ["SHOP_WORD"]
[target.coast]
kind = "runner"
runner = "web"
environment = "staging"
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
# Look at the quay
cat quay
```

```bash
# Send the held jobs
make send-held-jobs
```

```bash
# Send the slow jobs
make send-slow-jobs
```

```bash
# Print the word
make print-the-word
```
"""

MAKEFILE = """\
send-held-jobs:
\t@echo held >> effects
send-slow-jobs:
\t@echo slow >> effects
\t@echo begun
\t@while [ ! -e go ]; do sleep 0.1; done
\t@echo over
print-the-word:
\t@for n in 1 2 3 4 5 6; do echo "line $$n $$SHOP_WORD"; sleep 0.4; done
"""


@dataclass
class Place:
    """A server, the wire to it, and where the runner's steps run."""

    server: Tocsin
    wire: Wire
    folder: Path
    steps: dict[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    """Words before the runner's command."""

    def declare(self) -> str:
        """A fresh incident."""
        made = self.server.api("/incidents", {"title": f"Trouble {next(NUMBERS)}", "severity": "P0"})
        return str(made["incident"]["id"])

    def runner(self) -> dict[str, Any]:
        """The runner as the server sees it."""
        return next(one for one in self.server.api("/runners") if one["name"] == "web-1")

    def order(self, incident: str, title: str) -> str:
        """Somebody wants a step; its id."""
        step = self.steps[title]
        path = f"/api/v1/incidents/{incident}/steps/{step}"
        shown = self.server.call("POST", f"{path}/preview", {}, self.server.admin).ok()
        said = {"confirmed": True, "digest": shown["digest"], "last_run": self.step(incident, step)["run"]}
        self.server.call("POST", f"{path}/run", said, self.server.admin).ok()
        return step

    def step(self, incident: str, step: str) -> dict[str, Any]:
        """Where the step stands."""
        rows: list[dict[str, Any]] = self.server.api(f"/incidents/{incident}/steps")["steps"]
        return next(one for one in rows if one["id"] == step)

    def becomes(self, incident: str, step: str, phase: str) -> dict[str, Any]:
        """The step, once it stands there."""
        came = eventually(lambda: self.step(incident, step)["phase"] == phase, PATIENCE, 0.1)
        now = self.step(incident, step)
        assert came, f"{now['phase']}: {now['output']}; {now['reach']}\n{self.server.output()[-2000:]}"
        return self.step(incident, step)

    def settle(self, incident: str, step: str) -> None:
        """A person looked at what is unknown, and says so: the target is free again."""
        self.server.api(f"/incidents/{incident}/steps/{step}/tick", {"outcome": "done"})

    def effects(self) -> list[str]:
        """What has happened."""
        place = self.folder / "effects"
        return place.read_text().split() if place.exists() else []

    def command(self, state: Path, *more: str) -> list[str | Path]:
        """The runner's command line."""
        allowed = ("--allow", "read_only", "--allow", "mutating", "--variable", "SHOP_WORD")
        return [*self.prefix, PROGRAM, "runner", "--server", self.wire.url, "--state", state, *allowed, *more]

    @contextmanager
    def running(self, state: Path, *more: str) -> Iterator[Child]:
        """The runner, until the block ends."""
        log = state.with_name(f"runner-{next(NUMBERS)}.log")
        with child(self.command(state, *more), log=log, environment={"SHOP_WORD": SECRET, "HOME": str(state)}) as one:
            yield one

    def connected(self, runner: Child) -> None:
        """Wait until the server has seen this process."""
        assert eventually(lambda: "connected to" in runner.output(), PATIENCE), runner.output()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One server for all of them, with every step enabled."""
    folder, there = tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("coast")
    (folder / "RUNBOOK.md").write_text(RUNBOOK)
    (there / "Makefile").write_text(MAKEFILE)
    (there / "quay").write_text("two ferries\n")
    environment = {"SHOP_WORD": "x" * 12}
    with (
        tocsin(folder, TOML.format(folder=there), environment=environment, movable_clock=True) as server,
        wire(server.port) as made,
    ):
        here = Place(server, made, there)
        for one in server.api(f"/incidents/{here.declare()}/steps")["steps"]:
            if one["command"]:
                here.steps[one["title"]] = one["id"]
                server.api(f"/services/shop/steps/{one['id']}/enable", {})
        yield here


@pytest.fixture
def state(place: Place, tmp_path: Path) -> Path:
    """The folder of a runner that was invited anew; its token lies in a file."""
    for name in ("effects", "go"):
        (place.folder / name).unlink(missing_ok=True)
    token = place.server.api("/runners", {"name": "web-1", "labels": ["web"]})["token"]
    (tmp_path / "token").write_text(token)
    state = tmp_path / "state"
    with place.running(state, "--token-file", str(tmp_path / "token")) as runner:
        place.connected(runner)
    return state


def test_a_step_runs_once_where_the_runner_is_and_its_secret_never_crosses_the_wire(place: Place, state: Path) -> None:
    """R14, R19: the variable's value is the runner's own; it is masked before it is sent; chunks come in turn."""
    place.wire.sent.clear()
    with place.running(state) as runner:
        place.connected(runner)
        incident = place.declare()
        held = place.order(incident, "Send the held jobs")
        place.becomes(incident, held, "succeeded")
        looked = place.becomes(incident, place.order(incident, "Look at the quay"), "succeeded")
        assert looked["output"] == "two ferries\n"
        printed = place.becomes(incident, place.order(incident, "Print the word"), "succeeded")
    assert place.effects() == ["held"]
    assert printed["output"] == "".join(f"line {n} •••\n" for n in range(1, 7))
    sent = bytes(place.wire.sent)
    assert SECRET.encode() not in sent
    chunks = [json.loads(one) for one in re.findall(rb'\{"chunk": [^}]*\}', sent)]
    told = [one for one in chunks if "line" in one["text"]]
    assert [one["chunk"] for one in told] == list(range(1, len(told) + 1))
    assert joined(read("".join(one["text"] for one in told))) in printed["output"]
    assert len(told) > 1


def test_the_command_line_says_who_is_there(place: Place, state: Path) -> None:
    """`tocsin runners` and `tocsin doctor`, with one that is connected and one that is not; removing ends it."""

    def tocsin_says(*words: str) -> str:
        told = {"TOCSIN_URL": place.server.url, "TOCSIN_TOKEN": place.server.admin}
        done = subprocess.run([PROGRAM, *words], env={**os.environ, **told}, capture_output=True, text=True)
        return done.stdout + done.stderr

    assert "tocsin runner --server" in tocsin_says("runners", "invite", "db-1", "--label", "db")
    with place.running(state) as runner:
        place.connected(runner)
        listed = tocsin_says("runners")
        assert re.search(r"web-1 +web +connected .* read_only, mutating +any", listed), listed
        assert re.search(r"db-1 +db +invited", listed), listed
        doctor = tocsin_says("doctor", "--config", str(place.server.config))
        assert "runner web-1 is connected, for web: read_only, mutating" in doctor
        assert "runner db-1 is invited until" in doctor
    assert "db-1 is refused" in tocsin_says("runners", "remove", "db-1")
    assert "db-1" not in tocsin_says("runners")


def test_a_dry_run_shows_what_would_run_and_runs_nothing(place: Place, state: Path) -> None:
    """What, where, and whose consent it needs; the same as JSON; the step stays as it is."""
    incident = place.declare()
    with place.running(state) as runner:
        place.connected(runner)
        told = {"TOCSIN_URL": place.server.url, "TOCSIN_TOKEN": place.server.admin}
        words = [PROGRAM, "run", place.steps["Send the held jobs"], "--incident", incident, "--dry-run"]

        def says(*more: str) -> str:
            done = subprocess.run([*words, *more], env={**os.environ, **told}, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            return done.stdout

        first, where, needs = says().splitlines()
        assert first == "$ make send-held-jobs"
        assert where == f"on coast (staging), in {place.folder}"
        assert needs
        assert json.loads(says("--json"))["target"] == "coast"
        assert place.step(incident, place.steps["Send the held jobs"])["phase"] == "pending"
    assert place.effects() == []


@pytest.mark.component("nginx")
def test_a_runner_asks_over_tls_and_trusts_only_whom_its_host_trusts(place: Place, state: Path, tmp_path: Path) -> None:
    """Behind a proxy with a certificate of the team's own: known by SSL_CERT_FILE, or nothing is said to it."""
    port, folder = free_port(), tmp_path / "nginx"
    folder.mkdir()
    listens = f"listen 127.0.0.1:{port} ssl; ssl_certificate {CERTIFICATE}; ssl_certificate_key {CERTIFICATE};"
    words = place.command(state)
    words[words.index(place.wire.url)] = f"https://127.0.0.1:{port}"
    with nginx(folder, upstream=place.server.url, server=listens):
        with child(words, log=tmp_path / "stranger.log", environment={"HOME": str(state)}) as stranger:
            assert eventually(lambda: "CERTIFICATE_VERIFY_FAILED" in stranger.output(), PATIENCE), stranger.output()
        trusting = {"HOME": str(state), "SSL_CERT_FILE": str(CERTIFICATE)}
        with child(words, log=tmp_path / "trusting.log", environment=trusting) as runner:
            place.connected(runner)
            incident = place.declare()
            done = place.becomes(incident, place.order(incident, "Look at the quay"), "succeeded")
    assert done["output"] == "two ferries\n"


def test_a_killed_runner_leaves_an_unknown_run_and_never_runs_it_again(place: Place, state: Path) -> None:
    """F40, R15, R16: the effect is there once; its processes are gone; after the restart a person is asked."""
    incident = place.declare()
    with place.running(state) as runner:
        place.connected(runner)
        step = place.order(incident, "Send the slow jobs")
        assert eventually(lambda: place.effects() == ["slow"], PATIENCE)
        runner.kill()
    with place.running(state) as runner:
        place.connected(runner)
        place.becomes(incident, step, "unknown")
        assert "was restarted while it ran" in str(place.server.api(f"/incidents/{incident}/timeline"))
        (place.folder / "go").touch()
        again = place.order(place.declare(), "Look at the quay")
        assert again
    place.settle(incident, step)
    assert place.effects() == ["slow"]


@pytest.mark.parametrize("point", POINTS)
def test_a_runner_that_was_killed_at_any_point_runs_nothing_twice(place: Place, state: Path, point: str) -> None:
    """F40, R15, R16: what was not begun has not happened, what nobody saw end is a question, what was kept is told."""
    phase, times = POINTS[point]
    incident = place.declare()
    command = [sys.executable, "-m", "tests.acceptance.runner_crash", place.wire.url, state, point]
    with child(command, log=state.with_name("crash.log"), environment={"HOME": str(state)}) as dying:
        assert eventually(lambda: "connected to" in dying.output(), PATIENCE), dying.output()
        step = place.order(incident, "Send the held jobs")
        assert dying.process.wait(PATIENCE) == -signal.SIGKILL
    assert len(place.effects()) == times
    with place.running(state) as runner:
        place.connected(runner)
        place.becomes(incident, step, phase)
    assert len(place.effects()) == times
    if phase == "unknown":
        place.settle(incident, step)


def test_a_killed_server_finds_the_run_going_on(place: Place, state: Path) -> None:
    """F40: the runner goes on alone and tells the end to the next life; the effect is there once."""
    incident = place.declare()
    with place.running(state) as runner:
        place.connected(runner)
        step = place.order(incident, "Send the slow jobs")
        assert eventually(lambda: place.effects() == ["slow"], PATIENCE)
        place.server.kill()
        place.server.start()
        assert place.step(incident, step)["phase"] == "running"
        (place.folder / "go").touch()
        done = place.becomes(incident, step, "succeeded")
    assert done["output"] == "begun\nover\n"
    assert place.effects() == ["slow"]


def test_a_runner_that_was_cut_off_tells_the_end_late(place: Place, state: Path) -> None:
    """R16: unknown when its lease ends, and what it saw is recorded once it is back, also by its next life."""
    incident = place.declare()
    with place.running(state) as runner:
        place.connected(runner)
        step = place.order(incident, "Send the slow jobs")
        assert eventually(lambda: place.effects() == ["slow"], PATIENCE)
        place.wire.cut()
        (place.folder / "go").touch()
        assert eventually(lambda: list((state / "reports").glob("*.json")), PATIENCE)
        runner.kill()
    place.server.advance(LEASE.total_seconds())
    place.becomes(incident, step, "unknown")
    place.wire.heal()
    with place.running(state) as runner:
        place.connected(runner)
        place.becomes(incident, step, "succeeded")
        assert eventually(lambda: not list((state / "reports").glob("*.json")), PATIENCE)
    assert place.effects() == ["slow"]


def test_a_cancel_ends_everything_there(place: Place, state: Path) -> None:
    """R17: within seconds, and the timeline says who wanted it."""
    incident = place.declare()
    with place.running(state) as runner:
        place.connected(runner)
        step = place.order(incident, "Send the slow jobs")
        assert eventually(lambda: place.effects() == ["slow"], PATIENCE)
        run = place.step(incident, step)["run"]
        place.server.api(f"/incidents/{incident}/runs/cancel", {"run": run})
        place.becomes(incident, step, "cancelled")
        assert eventually(lambda: not _in(place.folder), PATIENCE)


@pytest.fixture
def liars(place: Place) -> Iterator[tuple[Liar, Liar]]:
    """Two runners that do what they like, and no other with their label."""
    for one in place.server.api("/runners"):
        place.server.api(f"/runners/{one['name']}", method="DELETE")
    pair = (Liar(place.server, "liar-1"), Liar(place.server, "liar-2"))
    for one in pair:
        one.enrol()
    yield pair
    for one in pair:
        place.server.api(f"/runners/{one.name}", method="DELETE")


def given(place: Place, liar: Liar, incident: str) -> tuple[str, str]:
    """A step that is ordered and taken by a liar, and its attempt."""
    step = place.order(incident, "Send the held jobs")
    assert eventually(lambda: place.step(incident, step)["phase"] != "pending", PATIENCE)
    attempts: list[str] = []
    assert eventually(lambda: attempts.extend(filter(None, [liar.take()])) or attempts, PATIENCE)
    return step, attempts[0]


def finished(place: Place, incident: str) -> list[str]:
    """How the runs of an incident ended, by its facts."""
    told = place.server.api(f"/incidents/{incident}/timeline")
    return [one["type"] for one in told if one["type"] in ("StepFinished", "StepOutcomeUnknown")]


def test_a_runner_that_lies_ends_its_own_run_once_and_no_other(place: Place, liars: tuple[Liar, Liar]) -> None:
    """F50: success claimed twice, another runner's run, a run that there is none of; markup and escapes as text."""
    liar, other = liars
    incident, before = place.declare(), place.effects()
    step, attempt = given(place, liar, incident)
    assert liar.ask(f"/attempts/{attempt}/start").ok()["go"]
    for path, body in (("start", {}), ("output", {"chunk": 1, "text": "stolen"}), ("end", {"ended": SUCCESS})):
        for whose in (attempt, "made-up-" + "x" * 24):
            answer = other.ask(f"/attempts/{whose}/{path}", **body)
            assert answer.status == 404, (path, answer.body)
    assert place.step(incident, step)["phase"] == "running"
    forged = replace(
        liar.signed(f"/attempts/{attempt}/end", {"ended": SUCCESS}), body=b'{"ended": {"exit_codes": [1]}}'
    )
    assert liar.say(forged).status == 401
    hostile = "<script>alert(1)</script>\x1b]52;c;aGk=\x07\x1b[2Jdone\n"
    liar.end(attempt, hostile).ok()
    done = place.becomes(incident, step, "succeeded")
    for text, code in (("a second time", 0), ("it failed after all", 1)):
        liar.end(attempt, text, exit_codes=[code]).ok()  # taken for the first, sent again
    assert place.step(incident, step)["output"] == done["output"] == "<script>alert(1)</script>done\n"
    assert finished(place, incident) == ["StepFinished"]
    assert not liar.ask(f"/attempts/{attempt}/start").ok()["go"]
    assert place.effects() == before


def test_a_runner_that_lies_about_time_begins_nothing_and_is_late(place: Place, liars: tuple[Liar, Liar]) -> None:
    """F49, R16: a beginning after the lease is refused; a result after it is told as late, once."""
    liar, _ = liars
    incident = place.declare()
    step, attempt = given(place, liar, incident)
    place.server.advance(LEASE.total_seconds())
    place.becomes(incident, step, "failed")
    assert not liar.ask(f"/attempts/{attempt}/start").ok()["go"]
    step, attempt = given(place, liar, incident)
    assert liar.ask(f"/attempts/{attempt}/start").ok()["go"]
    place.server.advance(LEASE.total_seconds())
    place.becomes(incident, step, "unknown")
    assert liar.ask(f"/attempts/{attempt}/output", chunk=1, text="still here\n").ok()["lost"]
    assert liar.take() is None  # what is unknown is never given to anybody again
    for _ in range(2):
        liar.end(attempt, "it went well\n").ok()
        place.becomes(incident, step, "succeeded")
    assert finished(place, incident) == ["StepFinished", "StepOutcomeUnknown", "StepFinished"]


def test_a_recorded_request_is_refused_also_by_the_servers_next_life(place: Place, liars: tuple[Liar, Liar]) -> None:
    """R16: whoever listened cannot keep a run alive, end it or take another one by saying it again."""
    liar, _ = liars
    incident = place.declare()
    step, attempt = given(place, liar, incident)
    recorded = [
        liar.signed("/work", {"version": "1", "effects": ["mutating"], "wait": 0}),
        liar.signed(f"/attempts/{attempt}/start", {}),
        liar.signed(f"/attempts/{attempt}/output", {"chunk": 1, "text": "one\n"}),
        liar.signed(f"/attempts/{attempt}/end", {"part": 1, "text": "one\n", "ended": SUCCESS}),
    ]
    for one in recorded:
        liar.say(one).ok()
    place.becomes(incident, step, "succeeded")
    place.server.kill()
    place.server.start()
    for one in recorded:
        again = liar.say(one)
        assert (again.status, again.json()["detail"]) == (401, "this request of a runner came twice")


def test_a_removed_runner_ends_what_it_runs_and_itself(place: Place, state: Path) -> None:
    """It is told with its next sign of life; nothing of it stays, and its exit status says that it may not."""
    incident = place.declare()
    with place.running(state) as runner:
        place.connected(runner)
        step = place.order(incident, "Send the slow jobs")
        assert eventually(lambda: place.effects() == ["slow"], PATIENCE)
        place.server.api("/runners/web-1", method="DELETE")
        assert runner.process.wait(PATIENCE) == 4
        assert "tocsin runners invite" in runner.output()
    assert not _in(place.folder)
    place.server.advance(LEASE.total_seconds())
    place.becomes(incident, step, "unknown")
    place.settle(incident, step)


@contextmanager
def apart() -> Iterator[tuple[str, str, str]]:
    """A network namespace with one link to this machine: its name, the link's name and address here."""
    require("iproute2")
    name, near, far, here = f"tocsin-{os.getpid()}", f"tn{os.getpid()}", f"tf{os.getpid()}", "10.213.77.1"

    def ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)

    made = ip("netns", "add", name, check=False)
    if made.returncode:
        missing(f"the kernel allows no network namespace here: {made.stderr.strip()}")
    try:
        ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        ip("addr", "add", f"{here}/30", "dev", near)
        ip("link", "set", near, "up")
        ip("-n", name, "addr", "add", "10.213.77.2/30", "dev", far)
        ip("-n", name, "link", "set", far, "up")
        yield name, near, here
    finally:
        ip("link", "del", near, check=False)
        ip("netns", "del", name, check=False)


def test_a_runner_in_a_network_that_only_goes_out_survives_a_cut(place: Place, state: Path) -> None:
    """R16: nothing listens there; the link goes down while a command runs, and comes back: the end is told, once."""
    incident = place.declare()
    with apart() as (name, link, here), wire(place.server.port, here) as made:
        there = replace(place, wire=made, prefix=("ip", "netns", "exec", name))
        with there.running(state, "--plain-http") as runner:
            there.connected(runner)
            tables = [Path(f"/proc/{runner.pid}/net/{one}").read_text() for one in ("tcp", "tcp6")]
            assert not [line for table in tables for line in table.splitlines()[1:] if line.split()[3] == LISTENING]
            step = there.order(incident, "Send the slow jobs")
            assert eventually(lambda: there.effects() == ["slow"], PATIENCE)
            subprocess.run(["ip", "link", "set", link, "down"], check=True)
            (place.folder / "go").touch()
            assert eventually(lambda: list((state / "reports").glob("*.json")), PATIENCE)
            subprocess.run(["ip", "link", "set", link, "up"], check=True)
            assert there.becomes(incident, step, "succeeded")["output"] == "begun\nover\n"
    assert place.effects() == ["slow"]


def _in(folder: Path) -> list[str]:
    """The processes that work in a folder."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (one / "cwd").resolve() == folder and "pytest" not in (one / "cmdline").read_text():
                found.append((one / "cmdline").read_text().replace("\0", " "))
    return found
