"""The clients that teams have, unchanged but for the address: they must not see a difference."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stage.child import eventually
from tests.stage.presence import require
from tests.stage.process import Tocsin, tocsin
from tests.stage.prometheus import prometheus

SAYS = {"summary": "It is down"}
RUNBOOK = """# Till

## Severity levels

### SEV1
- The till is down

## Escalation

1. On-call engineer
"""
SOURCES = ("prometheus",)
SETTINGS = """version = 1
catch_all = ["ana"]
[server]
[service.till]
runbook = "till.md"
[people.ana]
[[people.ana.ways]]
kind = "phone"
""" + "".join(f'[integration.{one}]\nsource = "{one}"\nservice = "till"\n' for one in SOURCES)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Tocsin]:
    """A running Tocsin with one integration for each source that is tried."""
    folder = tmp_path / "tocsin"
    folder.mkdir()
    (folder / "till.md").write_text(RUNBOOK, "utf-8")
    with tocsin(folder, SETTINGS) as running:
        yield running


def url_of(server: Tocsin, name: str) -> str:
    """The address of an integration."""
    return str(server.api(f"/integrations/{name}")["url"])


def incident(server: Tocsin, title: str) -> dict[str, Any] | None:
    """The newest incident whose title has these words."""
    return next((one for one in server.api("/incidents") if title in one["title"]), None)


def firing(server: Tocsin, title: str) -> int:
    """How many alerts of that incident fire; -1 when there is none."""
    found = incident(server, title)
    return -1 if found is None else int(server.api(f"/incidents/{found['id']}")["firing_alerts"])


@pytest.mark.serial
@pytest.mark.component("prometheus")
@pytest.mark.component("alertmanager")
def test_prometheus_and_amtool_take_tocsin_for_their_alertmanager(server: Tocsin, tmp_path: Path) -> None:
    """A rule fires and ends here, the alert and a silence are seen with amtool, and silenced it wakes nobody."""
    url = url_of(server, "prometheus")

    def amtool(*words: str) -> str:
        command = [Path(require("alertmanager")).with_name("amtool"), f"--alertmanager.url={url}", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    until = ["--duration=1h", "--author=ana", "--comment=new oven"]
    silence = amtool("silence", "add", "alertname=~Oven.*", *until).strip()
    rules = [
        {
            "alert": name,
            "expr": expression,
            "labels": {"severity": "critical"},
            "annotations": {"summary": "It is down"},
        }
        for name, expression in (("TillDown", "vector(time()) > 0"), ("OvenDown", "vector(1) > 0"))
    ]
    with prometheus(tmp_path, rules=rules, alertmanager=url) as running:
        assert eventually(lambda: firing(server, "TillDown") == 1, within=60, every=0.3)
        assert eventually(lambda: "OvenDown" in amtool("alert", "query", "--silenced"), within=60, every=0.5)
        assert "TillDown" in amtool("alert", "query", "severity=critical")
        assert "TillDown" not in amtool("alert", "query", "severity=warning")
        assert silence in amtool("silence", "query")
        assert incident(server, "OvenDown") is None
        groups = json.loads(amtool("-o", "json", "alert", "query"))
        assert groups[0]["annotations"]["summary"] == SAYS["summary"]
        (tmp_path / "rules.yml").write_text(
            json.dumps({"groups": [{"name": "test", "rules": [{**rules[0], "expr": "vector(0) > 0"}, rules[1]]}]}),
            "utf-8",
        )
        running.process.signal(1)
        assert eventually(lambda: firing(server, "TillDown") == 0, within=60, every=0.3)
        amtool("silence", "expire", silence)
        assert eventually(lambda: firing(server, "OvenDown") == 1, within=60, every=0.3)
