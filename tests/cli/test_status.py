"""`tocsin status`: the public page from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tocsin.cli.main import main
from tocsin.statuspage.badges import component_name

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
