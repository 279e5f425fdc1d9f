"""`tocsin oncall import`: shown first, written when told, never over what is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.cli.main import main
from tocsin.settings.loading import load

TOML = """version = 1
catch_all = ["ana"]

[people.ana]
name = "Ana"

[[people.ana.ways]]
kind = "email"
address = "ana@example.com"

[service.shop]
runbook = "shop.md"
"""
SCHEDULE = {
    "data": [
        {
            "id": "s",
            "name": "Ops Team",
            "timezone": "Europe/Berlin",
            "rotations": [
                {
                    "id": "r",
                    "name": "Weekly",
                    "startDate": "2026-01-05T08:00:00Z",
                    "type": "weekly",
                    "participants": [
                        {"type": "user", "username": "ana@example.com"},
                        {"type": "user", "username": "cem.aydin@example.com"},
                    ],
                    "timeRestriction": {
                        "type": "time-of-day",
                        "restriction": {"startHour": 8, "startMin": 0, "endHour": 20, "endMin": 0},
                    },
                }
            ],
        }
    ]
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tocsin.toml").write_text(TOML)
    (tmp_path / "shop.md").write_text("# Shop\n")
    (tmp_path / "opsgenie.json").write_text(json.dumps(SCHEDULE))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> int:
    return main(["oncall", "import", *words])


def test_an_import_only_shows_until_it_is_told_to_write(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The difference is shown, and the file stays as it is."""
    assert run("opsgenie.json", "--add-people") == 0
    shown = capsys.readouterr()
    assert "+[schedules.ops-team]" in shown.out
    assert '+members = ["ana", "cem-aydin"]' in shown.out
    assert "--write does it" in shown.err
    assert (folder / "tocsin.toml").read_text() == TOML


def test_what_is_written_is_read_by_the_server(folder: Path) -> None:
    """The file loads with the schedule and the new people, and what stood there stands there still."""
    assert run("opsgenie.json", "--add-people", "--write", "--as", "primary") == 0
    assert (folder / "tocsin.toml").read_text().startswith(TOML)
    roster = load(folder / "tocsin.toml", need_secrets=False).team.roster
    schedule = roster.schedule("primary")
    assert schedule is not None
    assert schedule.rotations[0].members == ("ana", "cem-aydin")
    added = roster.person("cem-aydin")
    assert added is not None
    assert added.ways[0].address == "cem.aydin@example.com"


def test_a_schedule_that_is_there_is_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second import of the same name is refused, and says what to do."""
    assert run("opsgenie.json", "--add-people", "--write") == 0
    once = (folder / "tocsin.toml").read_text()
    assert run("opsgenie.json", "--write") == 5
    assert "another name with --as" in capsys.readouterr().err
    assert (folder / "tocsin.toml").read_text() == once


def test_unknown_people_keep_it_from_being_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A schedule that names nobody's handle would not load: the person is named, with what to type."""
    assert run("opsgenie.json", "--write") == 1
    told = capsys.readouterr().err
    assert "--person 'cem.aydin@example.com=HANDLE'" in told
    assert "data[0].rotations[0].participants[1]" in told
    assert (folder / "tocsin.toml").read_text() == TOML
    assert run("opsgenie.json", "--write", "--person", "cem.aydin@example.com=ana") == 0
    assert 'members = ["ana", "ana"]' in (folder / "tocsin.toml").read_text()


def test_what_is_left_out_keeps_it_from_being_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A team that takes turns cannot be said here: it is named, and only --partial writes the rest."""
    source = json.loads(json.dumps(SCHEDULE))
    rotations = source["data"][0]["rotations"]
    rotations.append({**rotations[0], "id": "r2", "participants": [{"type": "team", "name": "Second line"}]})
    (folder / "opsgenie.json").write_text(json.dumps(source))
    assert run("opsgenie.json", "--add-people", "--write") == 1
    told = capsys.readouterr().err
    assert "LEFT OUT  opsgenie.json: data[0].rotations[1].participants[0]: the team 'Second line'" in told
    assert (folder / "tocsin.toml").read_text() == TOML
    assert run("opsgenie.json", "--add-people", "--write", "--partial") == 0


def test_people_who_are_on_call_together_become_schedules_for_one_role(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two rotations of Opsgenie at once are two schedules, and the role that names both is printed."""
    source = json.loads(json.dumps(SCHEDULE))
    rotations = source["data"][0]["rotations"]
    rotations.append({**rotations[0], "id": "r2", "participants": [{"type": "user", "username": "ana@example.com"}]})
    (folder / "opsgenie.json").write_text(json.dumps(source))
    assert run("opsgenie.json", "--add-people") == 0
    assert '["schedule:ops-team", "schedule:ops-team-2"]' in capsys.readouterr().err


def test_a_file_that_is_none_is_said_to_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file costs an error with its line, and a missing one its name."""
    (folder / "bad.json").write_text('{"schedule":\n [}')
    assert run("bad.json") == 2
    assert "bad.json:2:3: this is no JSON" in capsys.readouterr().err
    assert run("missing.json") == 1
    assert "missing.json" in capsys.readouterr().err


def test_programs_get_data(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json says the same: the text, who is unknown, and whether it was written."""
    assert run("opsgenie.json", "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["schedules"] == ["ops-team"]
    assert [one["handle"] for one in answer["unknown"]] == ["cem-aydin"]
    assert answer["written"] is False


def test_every_part_of_a_schedule_survives_the_text(folder: Path) -> None:
    """Bounds, restrictions, odd lengths and overrides are read from the file as they were meant."""
    layer = {
        "name": 'Nights "and" days',
        "start": "2199-01-01T00:00:00Z",
        "end": "2199-06-01T00:00:00Z",
        "rotation_virtual_start": "2026-01-02T17:00:30+01:00",
        "rotation_turn_length_seconds": 5430,
        "users": [{"user": {"summary": "Ana"}}, {"user": {"summary": "Ana"}}],
        "restrictions": [
            {
                "type": "weekly_restriction",
                "start_day_of_week": 5,
                "start_time_of_day": "17:00:00",
                "duration_seconds": 226_800,
            }
        ],
    }
    override = {"start": "2198-12-24T00:00:00Z", "end": "2198-12-26T00:00:00Z", "user": {"summary": "Ana"}}
    source = {"name": "P", "time_zone": "Europe/Berlin", "schedule_layers": [layer]}
    (folder / "pd.json").write_text(
        json.dumps({"schedule": {**source, "overrides_subschedule": {"rendered_schedule_entries": [override]}}})
    )
    assert run("pd.json", "--write") == 0
    schedule = load(folder / "tocsin.toml", need_secrets=False).team.roster.schedule("p")
    assert schedule is not None
    (rotation,) = schedule.rotations
    assert rotation.name == 'Nights "and" days'
    assert rotation.since == datetime(2199, 1, 1, tzinfo=UTC)
    assert rotation.until == datetime(2199, 6, 1, tzinfo=UTC)
    assert rotation.period == timedelta(seconds=5430)
    assert len(rotation.restrictions) == 3
    assert schedule.overrides[0].people == ("ana",)
