"""`tocsin duties`: what is due and overdue, and saying that something is done, against a real server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.house import RUNBOOK
from tests.cli.test_server import SETTINGS, run
from tests.stage.process import Tocsin, tocsin

DUTIES = """
## Maintenance

- Rehearse the restore monthly
- Rehearse the failover quarterly
- Look at the disks weekly
- Keep the dependencies updated
"""
LINE = (RUNBOOK + DUTIES).splitlines().index("- Rehearse the restore monthly") + 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tocsin]:
    """One running server with two services that have the same runbook."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "shop.md").write_text(RUNBOOK + DUTIES)
    bar = SETTINGS.replace("[people.ana]", '[service.bar]\nrunbook = "shop.md"\n[people.ana]', 1)
    with tocsin(folder, bar) as running:
        yield running


def rows(server: Tocsin, *words: str, status: int = 0) -> list[dict[str, Any]]:
    """What is listed, for programs."""
    found: list[dict[str, Any]] = json.loads(run(server, "duties", *words, "--json", status=status).stdout)
    return found


def test_a_duty_is_listed_done_and_shown(server: Tocsin) -> None:
    """Nobody has recorded it; somebody does, by a word of its title; then it says who did it and when it is due."""
    listed = run(server, "duties", "--service", "bar").stdout.splitlines()
    assert listed[0].split("  ")[0] == "SERVICE"
    assert " ".join(listed[0].split()) == "SERVICE HOW OFTEN LAST DONE NEXT DUE LINE WHAT"
    assert " ".join(listed[1].split()) == f"bar monthly not recorded yet - {LINE} Rehearse the restore monthly"
    done = run(server, "duties", "done", "RESTORE", "--service", "bar", "--note", "12 minutes").stdout
    assert done.startswith("Rehearse the restore monthly: done ")
    assert " by ana; next due " in done
    assert "recorded already" in run(server, "duties", "done", "restore", "--service", "bar").stdout
    (record,) = json.loads(run(server, "duties", "show", str(LINE), "--service", "bar", "--json").stdout)["records"]
    assert (record["by"], record["note"]) == ("ana", "12 minutes")
    shown = run(server, "duties", "show", str(LINE), "--service", "bar").stdout
    assert "12 minutes" in shown
    assert ", ana" in run(server, "duties", "--service", "bar").stdout.splitlines()[1]


def test_the_overdue_alone_are_listed_and_are_a_failure_for_cron(server: Tocsin) -> None:
    """Exit 0 and nothing but the head without any; 1 with some, and only those, for people and for programs."""
    assert len(run(server, "duties", "--overdue").stdout.splitlines()) == 1
    assert rows(server, "--overdue") == []
    run(server, "duties", "done", "disks", "--service", "shop", "--at", "2026-01-31 10:00")
    text = run(server, "duties", "--overdue", status=1).stdout
    assert "2026-02-07, overdue" in text
    assert len(text.splitlines()) == 2
    assert [(one["service"], one["title"]) for one in rows(server, "--overdue", status=1)] == [
        ("shop", "Look at the disks weekly")
    ]
    assert "overdue" in run(server, "duties").stdout
    run(server, "duties", "done", "disks", "--service", "shop")
    assert rows(server, "--overdue") == []


def test_what_fits_several_duties_is_not_guessed(server: Tocsin) -> None:
    """Two duties with the word, or the same line of two services: both are named, and nothing is recorded."""
    trouble = run(server, "duties", "done", "rehearse", "--service", "shop", status=2).stderr
    assert f"line {LINE}  Rehearse the restore monthly" in trouble
    assert f"line {LINE + 1}  Rehearse the failover quarterly" in trouble
    assert "--service" in run(server, "duties", "done", str(LINE + 1), status=2).stderr
    assert [one["last"] for one in rows(server, "--service", "shop") if one["line"] <= LINE + 1] == [None, None]
    assert "no runbook has a duty" in run(server, "duties", "done", "plants", status=3).stderr
    assert "words of its title" in run(server, "duties", "done", status=2).stderr
    assert "tocsin duties done" in run(server, "duties", "list", "disks", status=2).stderr


def test_a_whole_title_or_key_names_a_duty(server: Tocsin) -> None:
    """Options may stand anywhere between its words."""
    for named in ("rehearse the --service shop failover quarterly", "rehearse-the-failover-quarterly --service bar"):
        assert "Rehearse the failover quarterly: done" in run(server, "duties", "done", *named.split()).stdout


def test_a_day_alone_is_left_to_the_server(server: Tocsin) -> None:
    """It is a day of the team's zone, whatever this machine's is."""
    words = ("duties", "done", "failover", "--service", "shop", "--at", "2026-01-31", "--json")
    here = {"PATH": os.environ["PATH"], "HOME": str(server.folder), "TZ": "Pacific/Auckland"}
    there = here | {"TOCSIN_URL": server.url, "TOCSIN_TOKEN": server.admin}
    found = json.loads(run(server, *words, environ=there).stdout)
    assert found["recorded"]["done_at"].startswith("2026-01-31T00:00:00")


def test_what_is_still_to_come_and_what_is_no_time_is_refused(server: Tocsin) -> None:
    """By the server and by the command line, in words."""
    words = ("duties", "done", "dependencies", "--service", "shop", "--at")
    assert "still to come" in run(server, *words, "2199-01-01 10:00", status=2).stderr
    assert "is no time" in run(server, *words, "soon", status=2).stderr
