"""The README shows what happens: its excerpt is the runbook's, and its timeline is played by the real process."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.stage.child import eventually
from tests.stage.process import Tocsin, tocsin

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
RUNBOOK = ROOT / "examples" / "runbooks" / "harbour-booking.md"
TEAM = f"""\
version = 1
catch_all = ["ana"]
[server]
[service.booking]
runbook = "{RUNBOOK}"
[people.ana]
name = "Ana"
ways = [{{ kind = "phone" }}]
[people.bo]
name = "Bo"
ways = [{{ kind = "phone" }}]
[people.imani]
name = "Imani"
ways = [{{ kind = "phone" }}]
[roles]
"Duty engineer" = ["ana"]
"Second engineer" = ["bo"]
"Head of platform" = ["imani"]
"Managing director" = ["imani"]
[integration.monitor]
source = "alertmanager"
service = "booking"
"""
SLACK = 8.0
"""Seconds that a busy machine may add between two acts."""


def block(kind: str) -> list[str]:
    """The lines of the README's one block of a kind."""
    (text,) = re.findall(rf"^```{kind}\n(.*?)^```", README, re.M | re.S)
    return [line for line in str(text).splitlines() if line]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a timeline: seconds since its first line, what it says, and the line of the runbook."""

    at: float
    says: str
    runbook_line: int | None


def shown() -> list[Line]:
    """The timeline of the README."""
    found = []
    for line in block("text"):
        parts = re.fullmatch(r"(\d\d):(\d\d):(\d\d)  (.*?)(?:  \[runbook line (\d+)\])?", line)
        assert parts, line
        seconds = int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3])
        found.append(Line(seconds, plain(parts[4]), int(parts[5]) if parts[5] else None))
    return [Line(one.at - found[0].at, one.says, one.runbook_line) for one in found]


def plain(says: str) -> str:
    """A sentence without the figures that depend on the second and on the day."""
    says = re.sub(r"\d+ min \d+ s before", "… before", says)
    return re.sub(r"due at (\d{4}-\d\d-\d\d )?\d\d:\d\d UTC", "due at …", says)


def play(running: Tocsin) -> list[Line]:
    """The alert, Ana's answer by her page's link, one step, and half an hour; the timeline as it was recorded."""
    path = running.api("/integrations/monitor")["url"].removeprefix(running.url)
    began = datetime.fromisoformat(running.now())

    def at(offset: float) -> None:
        left = began + timedelta(seconds=offset) - datetime.fromisoformat(running.now())
        running.advance(max(0.0, left.total_seconds()))
        time.sleep(0.5)
        running.settle()

    alert = {
        "status": "firing",
        "fingerprint": "1",
        "startsAt": began.astimezone(UTC).isoformat(),
        "labels": {"alertname": "DuplicateBookings", "severity": "critical"},
        "annotations": {"summary": "berths are booked twice"},
    }
    assert running.deliver(path, {"version": "4", "status": "firing", "alerts": [alert]}).status == 202
    assert eventually(lambda: running.api("/incidents"), 20)
    running.settle()
    at(147)
    page = running.api("/phone")[0]["link"].removeprefix(running.url)
    form = re.search(r'name="csrf" value="([^"]+)"', running.get(page).body.decode())
    assert form
    assert running.form(f"{page}/acknowledge", csrf=form[1]).status == 303
    at(207)
    steps = running.api("/incidents/INC-1/steps")["steps"]
    step = next(one["id"] for one in steps if one["title"] == "Stop taking bookings")
    assert running.form(f"{page}/step/{step}", csrf=form[1], outcome="done").status == 303
    at(901)
    at(1801)
    facts = running.api("/incidents/INC-1/timeline")
    first = datetime.fromisoformat(facts[0]["at"])
    return [
        Line((datetime.fromisoformat(one["at"]) - first).total_seconds(), plain(one["text"]), one["line"])
        for one in facts
    ]


def test_the_languages_are_those_that_are_read() -> None:
    """As many as there are vocabularies."""
    said = re.search(r"In ([\w\s,]+), also mixed\.", README)
    assert said is not None
    vocabularies = [*(ROOT / "src" / "tocsin" / "runbook" / "vocabulary").glob("*.toml")]
    assert len(re.split(r",\s+|\s+and\s+", said[1])) == len(vocabularies)


def test_the_excerpt_is_the_runbooks() -> None:
    """Every line of the excerpt stands in the example, in that order."""
    lines = iter(RUNBOOK.read_text("utf-8").splitlines())
    assert [line for line in block("markdown") if line not in lines] == []


def test_the_second_quickstart_works_as_it_is_pasted() -> None:
    """From a clone, with the environment that the first one makes."""
    (pasted,) = re.findall(r"```console\n(runbook=.*?)```", README, re.DOTALL)
    commands = pasted.replace(".venv/bin/tocsin", str(Path(sys.executable).with_name("tocsin")))
    done = subprocess.run(["sh", "-c", commands], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    for said in ("SEV1", "Level 1 (Duty engineer) paged", "TOC"):
        assert said in done.stdout


def test_the_timeline_of_the_readme_is_what_happens(tmp_path: Path) -> None:
    """Every line is a fact that the real process records, with its sentence, its line of the runbook, and its time."""
    with tocsin(tmp_path / "tocsin", TEAM, movable_clock=True) as running:
        played = play(running)
    rest = iter(played)
    for wanted in shown():
        found = next((one for one in rest if (one.says, one.runbook_line) == (wanted.says, wanted.runbook_line)), None)
        assert found, f"{wanted} is not in the timeline, or not there: {played}"
        assert abs(found.at - wanted.at) <= SLACK, (wanted, found)
