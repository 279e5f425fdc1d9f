"""The whole demo, from its start to a phone that rings, a shop that is repaired, and nothing left behind."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.stage.child import Child, answers, child, eventually, free_port

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(folder: Path, port: int, break_after: float | None = None) -> Iterator[Child]:
    """A demo that says it runs; it breaks when it breaks for everybody, or after so many seconds."""
    log = folder.parent / f"{folder.name}.log"
    arguments = ["--data", folder, "--port", str(port)]
    arguments += [] if break_after is None else ["--break-after", str(break_after)]
    # The installed command: what guests type
    command = [Path(sys.executable).parent / "tocsin", "demo", *arguments]
    with child(command, log=log, ready=lambda: log.exists() and "Ctrl-C ends everything" in log.read_text()) as running:
        yield running


def described(running: Child, pattern: str) -> str:
    """What the demo said about something."""
    found = re.search(pattern, running.output())
    assert found, running.output()
    return found[1]


def relatives(folder: Path) -> list[str]:
    """The processes that name a folder on their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(str(folder).encode() in word for word in words):
                found.append(entry.name)
    return found


def alert(folder: Path) -> tuple[int, str] | None:
    """Whether the alert fires, and its incident, as the demo's database has it."""
    with sqlite3.connect(f"file:{folder / 'data' / 'tocsin.db'}?mode=ro", uri=True) as database:
        row = database.execute("select firing, incident_id from alerts").fetchone()
    return (int(row[0]), str(row[1])) if row else None


@pytest.mark.serial
@pytest.mark.slow
@pytest.mark.component("chromium")
def test_the_phone_rings_within_a_minute_and_the_runbooks_step_repairs_the_shop(
    tmp_path: Path, browser: Browser
) -> None:
    """From nothing to a ringing phone in less than a minute; answered, the runbook's own step is run from the page of
    the incident, and the shop sells again."""
    folder, began = tmp_path / "demo", time.monotonic()
    with started(folder, free_port()) as running:
        assert eventually(lambda: "ana's phone rings" in running.output(), 60), running.output()
        assert time.monotonic() - began < 60
        assert "SEV1" in described(running, r"phone rings: (.*)")
        shop = described(running, r"(http://\S+)/panel")
        assert not answers(f"{shop}/health")
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(30_000)
        page.goto(described(running, r"(http://\S+/login/once\?token=\S+)"))
        page.get_by_role("button", name="Sign in").click()
        page.goto(described(running, r"answer it: +(http://\S+/phone)"))
        page.get_by_role("button", name="Open", exact=True).click()
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.locator("#next")).to_contain_text("Replace the worker", timeout=60_000)  # what it looks at, it has
        page.locator("#next").get_by_role("link", name="Look and run it").click()
        expect(page.locator("#literal")).to_have_text("./bin/restart")
        page.get_by_role("button", name="Run it now").click()
        assert eventually(lambda: answers(f"{shop}/health"), 30), running.output()
        assert eventually(lambda: alert(folder) == (0, "INC-1"), 30), alert(folder)
        expect(page.locator("body")).to_contain_text("has taken over: 0 of", timeout=30_000)
        page.close()


@pytest.mark.slow
def test_ctrl_c_ends_everything_and_a_second_start_goes_on(tmp_path: Path) -> None:
    """No process is left, the exit is clean, and the data are there at the next start."""
    folder = tmp_path / "demo"
    with started(folder, free_port(), 600) as running:
        assert len(relatives(folder)) >= 4  # itself, the shop, its worker, the monitor
        os.kill(running.pid, signal.SIGINT)
        assert running.process.wait(15) == 0, running.output()
    assert relatives(folder) == []
    assert "Traceback" not in running.output()
    assert "Traceback" not in (folder / "demo.log").read_text()
    with started(folder, free_port(), 600) as again:
        assert "/login/once?token=" in again.output()
        another = shlex.split(described(again, r"another link, later +(.+)"))
        made = subprocess.run(another, capture_output=True, text=True, timeout=60, check=True)
        assert "/login/once?token=" in made.stdout


@pytest.mark.slow
def test_nothing_is_left_of_a_demo_that_is_killed(tmp_path: Path) -> None:
    """kill -9 of the demo ends the shop and the monitor too, and the folder can be used again."""
    folder = tmp_path / "demo"
    with started(folder, free_port(), 600) as running:
        os.kill(running.pid, signal.SIGKILL)
        running.process.wait(10)
        assert eventually(lambda: relatives(folder) == [], 10), relatives(folder)
    with started(folder, free_port(), 600):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGKILL])
def test_the_demo_ends_with_the_make_that_started_it(tmp_path: Path, ended: signal.Signals) -> None:
    """Also when make alone is interrupted, as a script does it: make tells its children nothing then, and waits."""
    folder, log = tmp_path / "demo", tmp_path / "demo.log"
    arguments = f"--data {folder} --port {free_port()} --no-break"
    # What make would install first is here already.
    installed = ["-o", ".venv/.ready-requirements.lock", f"BIN={Path(sys.executable).parent}"]
    command = ["make", "-C", ROOT, *installed, "demo", f"ARGS={arguments}"]
    # Whoever starts the tests in the background of a shell has them ignore interrupts, which a child inherits.
    interrupts = signal.signal(signal.SIGINT, signal.default_int_handler)
    with child(command, log=log, ready=lambda: log.exists() and "Ctrl-C ends everything" in log.read_text()) as running:
        signal.signal(signal.SIGINT, interrupts)
        assert relatives(folder)
        os.kill(running.pid, ended)
        running.process.wait(20)
        assert eventually(lambda: relatives(folder) == [], 20), relatives(folder)
    assert "Traceback" not in running.output()
