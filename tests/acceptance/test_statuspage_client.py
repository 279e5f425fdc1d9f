"""A program that was written for Statuspage reads our page, with nothing changed but its address."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_without_database import SAID, house
from tests.stage.child import eventually
from tests.stage.presence import require
from tools.components import component

ASK = """
const { Statuspage } = require("statuspage.io");
const page = new Statuspage("ours");
page.setApiUrl(process.argv[2]);
const { api } = page;
(async () => console.log(JSON.stringify({
  Summary: await api.getSummary(),
  Status: await api.getStatus(),
  Components: await api.getComponents(),
  Incidents: await api.incidents.getAll(),
  Unresolved: await api.incidents.getUnresolved(),
  ScheduledMaintenances: await api.scheduledMaintenances.getUpcoming(),
})))();
"""
NAMED = {"incidents": "Incident", "incident_updates": "IncidentUpdate", "components": "Component", "page": "Page"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, Any], Path]:
    """What the client has read of a page with an incident and with work ahead, and where its package lies."""
    node = require("node")
    require("statuspage-client")
    package = component("statuspage-client").folder() / "node_modules"
    folder = tmp_path_factory.mktemp("client")
    (folder / "ask.js").write_text(ASK, encoding="utf-8")
    with house(folder / "house") as server:
        starts_at = datetime.now(UTC) + timedelta(hours=20)
        work = {
            "title": "Move to a larger database",
            "text": "Orders wait for a few minutes.",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
            "components": ["checkout"],
        }
        server.api("/maintenances", work)
        assert eventually(lambda: b"larger database" in server.get("/status/").body, 30)
        done = subprocess.run(
            [node, str(folder / "ask.js"), f"{server.url}/status"],
            env={"NODE_PATH": str(package), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), package / "statuspage.io"


def test_a_client_of_statuspage_reads_how_things_stand(told: tuple[Mapping[str, Any], Path]) -> None:
    """The component, the open incident with its words, and the work that is planned."""
    answers, _ = told
    summary = answers["Summary"]
    assert summary["status"] == answers["Status"]["status"]
    assert summary["status"]["indicator"] == "critical"
    (part,) = answers["Components"]["components"]
    assert (part["name"], part["status"]) == ("Checkout", "major_outage")
    (incident,) = answers["Unresolved"]["incidents"]
    assert answers["Incidents"]["incidents"] == [incident]
    assert (incident["status"], incident["incident_updates"][0]["body"]) == ("identified", SAID)
    (work,) = answers["ScheduledMaintenances"]["scheduled_maintenances"]
    assert summary["scheduled_maintenances"] == [work]
    assert (work["name"], work["status"]) == ("Move to a larger database", "scheduled")
    assert work["components"][0]["id"] == part["id"]


def test_an_exporter_for_statuspage_turns_it_into_metrics(tmp_path: Path) -> None:
    """A program of others, in Python: the whole is down, the component is, and the incident has its name and impact."""
    require("statuspage-exporter")
    exporter = component("statuspage-exporter").location()
    assert exporter is not None
    with house(tmp_path / "house") as server:
        page = {"url": f"{server.url}/status/api/v2/summary.json", "name": "Ours"}
        (tmp_path / "services.json").write_text(json.dumps({"ours": page}), encoding="utf-8")
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "RUN_MODE": "once",
            "SERVICES_JSON_PATH": str(tmp_path / "services.json"),
            "METRICS_TEXTFILE_PATH": str(tmp_path / "found.prom"),
        }
        done = subprocess.run(
            [exporter], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    found = (tmp_path / "found.prom").read_text(encoding="utf-8")
    for line in (
        'statuspage_probe_check{service_name="Ours"} 1.0',
        'statuspage_service_status{service_name="Ours"} 0.0',
        'statuspage_component_status{component_name="Checkout",service_name="Ours"} 0.0',
    ):
        assert line in found
    (incident,) = re.findall(r"^statuspage_incident_info{(.*)} 1.0$", found, re.MULTILINE)
    for said in ('affected_components="Checkout"', 'impact="critical"', f'incident_name="{SAID.removesuffix(".")}"'):
        assert said in incident


def test_every_field_that_the_client_declares_is_there_and_of_its_type(told: tuple[Mapping[str, Any], Path]) -> None:
    """Held against the client's own declarations in TypeScript, for the objects of every answer."""
    answers, package = told
    declared = _declared((package / "dist" / "interfaces" / "Result.d.ts").read_text("utf-8"))
    assert {"Incident", "IncidentUpdate", "Component"} <= declared.keys()
    found = list(_objects(answers, ""))
    assert {kind for kind, _ in found} >= {"Incident", "IncidentUpdate", "Component"}
    wrong = [
        f"{kind}.{name}: {one.get(name)!r} is no {type_}"
        for kind, one in found
        for name, type_ in declared.get(kind, {}).items()
        if name not in one or not _is(one[name], type_)
    ]
    assert not wrong


def _declared(text: str) -> dict[str, dict[str, str]]:
    """The fields with their types of each interface, those of objects within objects left out."""
    bodies = re.findall(r"export interface (\w+)[^{]*\{(.*?)\n\}", text, re.DOTALL)
    return {name: dict(re.findall(r"^ {4}(\w+): ([^;{]+);", body, re.MULTILINE)) for name, body in bodies}


def _objects(value: Any, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object of the answers whose kind its place tells."""
    if isinstance(value, list):
        for one in value:
            yield from _objects(one, kind)
    elif isinstance(value, dict):
        if kind:
            yield kind, value
        for name, inner in value.items():
            yield from _objects(inner, NAMED.get(name, ""))


def _is(value: Any, type_: str) -> bool:
    """Whether a value is of a type of TypeScript; what the client itself declares elsewhere counts by its form."""
    options = [one.strip() for one in type_.split("|")]
    if value is None:
        return "null" in options
    for one in options:
        if one.endswith("[]") and isinstance(value, list):
            return True
        if (one == "boolean") == isinstance(value, bool) and (
            (one == "number" and isinstance(value, int)) or one == "boolean" or isinstance(value, str)
        ):
            return True
    return False
