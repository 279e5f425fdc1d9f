"""The demo's folder."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.stage.child import free_port
from tocsin.demo.place import MARK, PORT, SHOP_PORT, prepared
from tocsin.errors import BadSettings, Unavailable
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect
from tocsin.runbook.playbook import FindingSeverity, Trigger
from tocsin.settings.loading import load


def test_a_folder_is_made_ready(tmp_path: Path) -> None:
    """Settings that load, a runbook, and a shop with its commands, with the ports that were found."""
    with prepared(tmp_path / "demo", port=free_port()) as place:
        settings = load(place.settings, environ={})
        assert settings.port == place.port
        assert settings.team.public_url == place.url
        assert settings.data == place.folder / "data"
        assert f"{place.shop_url}/health" in (place.folder / "runbook.md").read_text()
        assert (place.shop / "bin" / "restart").stat().st_mode & 0o100


def test_a_second_start_keeps_what_was_changed(tmp_path: Path) -> None:
    """The files are the guest's to edit; only ports that have to move are written anew."""
    first, second = free_port(), free_port()
    with prepared(tmp_path, port=first) as place:
        (place.folder / "data").mkdir()
        (place.folder / "data" / "x").write_text("kept")
        with place.settings.open("a") as file:
            file.write("# mine\n")
    with prepared(tmp_path, port=second) as place:
        text = place.settings.read_text()
        assert text.endswith("# mine\n")
        assert str(second) in text
        assert str(first) not in text
        assert load(place.settings, environ={}).port == second
        assert (place.folder / "data" / "x").read_text() == "kept"


def test_a_taken_port_makes_way(tmp_path: Path) -> None:
    """Whatever else runs on this machine, the demo finds ports, and its files name them."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        with pytest.raises(Unavailable, match="is taken"), prepared(tmp_path, port=busy):
            pass
    with prepared(tmp_path / "a") as one, prepared(tmp_path / "b") as other:
        with socket.create_server(("127.0.0.1", one.port)), prepared(tmp_path / "c") as moved:
            assert moved.port != one.port
            assert load(moved.settings, environ={}).port == moved.port
        assert PORT <= other.port < SHOP_PORT <= other.shop_port


def test_fresh_begins_anew(tmp_path: Path) -> None:
    """Everything of last time goes."""
    with prepared(tmp_path) as place:
        (place.folder / "data").mkdir()
        place.settings.write_text("broken")
    with prepared(tmp_path, fresh=True) as place:
        assert not (place.folder / "data").exists()
        load(place.settings, environ={})


@pytest.mark.parametrize("fresh", [False, True])
def test_nobody_elses_folder_is_touched(tmp_path: Path, fresh: bool) -> None:
    """A folder that holds anything else is refused, above all with --fresh."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadSettings, match="no demo's"), prepared(tmp_path, fresh=fresh):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second is told so, and --fresh does not pull the folder from under the first."""
    with prepared(tmp_path) as place:
        for fresh in (False, True):
            with pytest.raises(Unavailable, match="another demo"), prepared(tmp_path, fresh=fresh):
                pass
        assert place.settings.exists()
    with prepared(tmp_path):
        assert (tmp_path / MARK).exists()


def test_the_runbook_is_one_that_tocsin_likes(tmp_path: Path) -> None:
    """No error and no warning; clocks, ladder, steps and templates are all read, and everybody in it is known."""
    with prepared(tmp_path) as place:
        settings = load(place.settings, environ={})
        playbook = compile_runbook((place.folder / "runbook.md").read_bytes())
    assert [f for f in playbook.findings if f.severity is not FindingSeverity.INFO] == []
    assert [s.name for s in playbook.severities] == ["SEV1", "SEV2", "SEV3"]
    assert all(s.response_target for s in playbook.severities)
    assert [level.trigger for level in playbook.escalation_levels][1:] == [Trigger.UNACKNOWLEDGED] * 2
    words = {binding.word for binding in settings.team.roster.bindings}
    assert {target for level in playbook.escalation_levels for target in level.targets} <= words
    procedure = playbook.procedure("checkout-turns-customers-away")
    assert procedure is not None
    effects = [step.command.effect for step in procedure.steps if step.command]
    assert effects == [*[Effect.READ_ONLY] * 4, Effect.MUTATING, *[Effect.READ_ONLY] * 2]
    assert {t.key for t in playbook.templates} >= {"initial", "update", "customer_initial", "customer_resolved"}
    assert playbook.postmortem is not None
    assert playbook.postmortem.template
