"""`tocsin status`: the public page from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stage.child import free_port
from tocsin.adapters.status_files import StatusFiles
from tocsin.cli.main import main
from tocsin.clock import SystemClock
from tocsin.statuspage.badges import component_name
from tocsin.statuspage.offline import Author
from tocsin.statuspage.page import Component, StatusPage
from tocsin.statuspage.render import render

PAGE = """version = 1
[service.shop]
runbook = "shop.md"
components = ["web", "pay"]
[component.web]
name = "Web [shop]"
[component.pay]
name = "Payments"
[people.ana]
ways = [{ kind = "phone" }]
[status_page]
title = "Bells & Ropes"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings with two components and a page without an address."""
    (tmp_path / "tocsin.toml").write_text(PAGE)
    (tmp_path / "shop.md").write_text("# Shop\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_badges_are_printed_as_markdown_to_paste(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for the page and for each component, each leading to the page; no database is needed."""
    (folder / "tocsin.toml").write_text(f'{PAGE}url = "https://status.example.com/"\n')
    assert main(["status", "badges"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "[![Bells & Ropes](https://status.example.com/badge.svg)](https://status.example.com)",
        f"[![Web \\[shop\\]](https://status.example.com/{component_name('web')}.svg)](https://status.example.com)",
        f"[![Payments](https://status.example.com/{component_name('pay')}.svg)](https://status.example.com)",
    ]
    assert main(["status", "badges", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["Bells & Ropes", "Web [shop]", "Payments"]
    assert not list(folder.glob("**/*.db"))


def test_badges_of_a_page_without_an_address_say_what_to_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Markdown link without a host would lead nowhere."""
    assert main(["status", "badges"]) == 2
    assert "set status_page.url" in capsys.readouterr().err


DECIDES = """# Shop

## Escalation Procedures

### Level 1: On-Call Engineer
- First look

### Level 2: Team Lead
- External communication decisions
"""


def gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> StatusFiles:
    """The files of a page whose server is gone, and a runbook that leaves it to the team lead what customers hear."""
    (folder / "shop.md").write_text(DECIDES)
    (folder / "tocsin.toml").write_text(f'{PAGE}[roles]\n"Team Lead" = ["ana"]\n')
    monkeypatch.setenv("TOCSIN_URL", f"http://127.0.0.1:{free_port()}")
    parts = (Component("web", "Web"), Component("pay", "Payments"))
    files = StatusFiles(folder / "status")
    files.publish(render(StatusPage(title="Bells", url="", components=parts, incidents=(), as_of=SystemClock().now())))
    return files


POST = ("status", "post", "We look into it.", "--title", "Orders fail", "--files", "status", "--yes")


@pytest.mark.parametrize(
    ("words", "status", "kept"),
    [
        (("--by", "ana"), 0, "ana"),
        (("--by", "bo"), 6, None),
        (("--by", "bo", "--decided-by", "mallory"), 6, None),
        (("--by", "bo", "--decided-by", "ana", "--component", "pay"), 0, "ana"),
        (("--by", "bo", "--undecided", "nobody answers"), 0, "nobody (nobody answers)"),
    ],
)
def test_whoever_decides_is_asked_for_by_the_files_alone(
    words: tuple[str, ...],
    status: int,
    kept: str | None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The server is gone, the runbook is here: nothing is published without somebody of that level, or a reason."""
    files = gone(folder, monkeypatch)
    got = main([*POST, *words])
    told = capsys.readouterr().err
    assert (got != 0) is (status != 0), told
    assert [one.decided_by for one in files.posts()] == ([] if kept is None else [kept])
    assert kept is not None or ("External communication decisions" in told and "--undecided" in told)
    assert "NOT CHECKED" not in told


def test_a_decision_that_cannot_be_looked_up_is_said_or_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A runbook that is gone refuses, and so does a mistake in the settings; where there are none, that is said."""
    files = gone(folder, monkeypatch)
    (folder / "shop.md").unlink()
    assert main([*POST]) != 0
    assert "cannot be read" in capsys.readouterr().err
    (folder / "tocsin.toml").write_text("[servic.shop]\n")
    assert main([*POST]) != 0
    assert "there is no such setting" in capsys.readouterr().err
    assert files.posts() == ()
    (folder / "tocsin.toml").unlink()
    assert main([*POST]) == 0
    assert "NOT CHECKED whose decision this is" in capsys.readouterr().err
    assert len(files.posts()) == 1


def test_it_is_said_before_whether_subscribers_will_be_mailed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of an incident that begins by hand nobody is, before it is adopted; that is kept beside the page."""
    files = gone(folder, monkeypatch)
    assert main([*POST, "--by", "ana"]) == 0
    assert "Nobody is mailed by this." in capsys.readouterr().err
    assert [(one.by, one.mail) for one in files.posts()] == [("ana", False)]
    assert b"ana" not in (folder / "status" / "page.json").read_bytes()


def test_the_same_words_half_an_hour_later_are_published_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that was broken off and given again tells nothing twice; an update on cadence may say the same."""
    files = gone(folder, monkeypatch)
    assert main([*POST, "--by", "ana"]) == 0
    update = ("status", "update", "We look into it.", "--files", "status", "--yes", "--by", "ana")
    assert main([*update]) == 0
    assert len(files.posts()) == 1
    late = timedelta(minutes=30)

    def earlier(page: StatusPage) -> tuple[StatusPage, dict[str, bytes]]:
        (one,) = page.incidents
        told = tuple(replace(update, at=update.at - late) for update in one.updates)
        after = replace(page, incidents=(replace(one, updates=told, started_at=one.started_at - late),))
        return after, dict(render(after))

    files.change(earlier, Author())
    assert main([*update]) == 0
    assert [one.text for one in files.posts()] == ["We look into it."] * 2
