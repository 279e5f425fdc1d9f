"""`tocsin subscribers`: who hears public updates, as a table, CSV or JSON; and out with somebody who asks for it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.adapters.database.opening import open_store
from tocsin.app.rows.subscribers import Subscriber
from tocsin.cli.main import main
from tocsin.settings.loading import load

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TOML = """
version = 1
catch_all = ["ana"]
[server]
data = "data"
[people.ana]
ways = [{ kind = "phone" }]
[service.shop]
runbook = "shop.md"
"""


@pytest.fixture
def tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the verb over a database with two subscribers; gives status, output and what it chats."""
    config = tmp_path / "tocsin.toml"
    config.write_text(TOML)
    (tmp_path / "shop.md").write_text("# Shop\\n\\n## Escalation\\n1. **ana**\\n")
    settings = load(config)
    settings.data.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.database)
    with store.transact() as tx:
        tx.subscribers.ask(Subscriber("a", "ana@example.org", "form", AT, ("api", "checkout")))
        tx.subscribers.confirm("a", AT, AT)
        tx.subscribers.ask(Subscriber("b", "bo@example.org", "form", AT))
    store.close()

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["subscribers", *words, "--config", str(config)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def test_subscribers_are_listed_and_exported(tell: Callable[..., tuple[int, str, str]]) -> None:
    """Each with its state and its components, for people and for programs."""
    _, listed, _ = tell("list")
    assert "ana@example.org" in listed
    assert "api checkout" in listed
    rows = list(csv.DictReader(io.StringIO(tell("export")[1])))
    assert [(row["address"], row["state"]) for row in rows] == [
        ("ana@example.org", "confirmed"),
        ("bo@example.org", "asked"),
    ]
    assert [{k: str(v) for k, v in row.items()} for row in json.loads(tell("list", "--json")[1])] == rows


@pytest.mark.parametrize("address", ["=1+2@x.example", "+49@x.example", "-x@x.example", "@x.example"])
def test_no_spreadsheet_computes_an_address(
    address: str, tell: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """Everybody can subscribe with an address that begins like a formula; in the CSV it is text, elsewhere itself."""
    store = open_store(load(tmp_path / "tocsin.toml").database)
    with store.transact() as tx:
        tx.subscribers.ask(Subscriber("c", address, "form", AT))
    store.close()
    rows = csv.DictReader(io.StringIO(tell("export")[1]))
    assert f"'{address}" in [row["address"] for row in rows]
    assert address in [one["address"] for one in json.loads(tell("--json")[1])]


def test_a_subscriber_is_removed_on_request(tell: Callable[..., tuple[int, str, str]]) -> None:
    """Their address is forgotten; who is no subscriber is said to be none."""
    status, _, said = tell("remove", "Bo@example.org")
    assert (status, "is forgotten" in said) == (0, True)
    assert "bo@example.org" not in tell()[1]
    status, _, said = tell("remove", "bo@example.org")
    assert status != 0
    assert "is no subscriber" in said
    assert tell("remove")[0] != 0
