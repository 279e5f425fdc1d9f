"""The published form of a playbook: its keys, its schema, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.runbook.conftest import compiled
from tocsin.errors import BadInput
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Command, Parameter, Phase, Procedure, Step
from tocsin.runbook.json import SCHEMA, playbook_from_json, playbook_json
from tocsin.runbook.playbook import (
    Cadence,
    Channel,
    Contact,
    EscalationLevel,
    EscalationRule,
    Finding,
    Link,
    Playbook,
    PostmortemPolicy,
    Review,
    Role,
    Severity,
    Source,
    Template,
)
from tocsin.runbook.stated import Duration
from tools import playbook_schema

EXAMPLES = sorted((ROOT / "examples" / "runbooks").glob("*.md"))
GOLDEN = Path(__file__).parent / "golden"

for value in (
    Severity,
    EscalationLevel,
    EscalationRule,
    Role,
    Contact,
    Step,
    Procedure,
    Phase,
    Template,
    Cadence,
    Channel,
):
    st.register_type_strategy(value, st.deferred(lambda value=value: st.builds(value)))
for value in (Command, Duration, Finding, Link, Parameter, PostmortemPolicy, Review, Source):
    st.register_type_strategy(value, st.deferred(lambda value=value: st.builds(value)))


@settings(max_examples=60, deadline=None)
@given(st.builds(Playbook))
def test_whatever_a_playbook_holds_comes_back_from_its_json(playbook: Playbook) -> None:
    """The way back loses nothing: the playbook is kept by the hash of its words and pinned to incidents."""
    written = json.loads(json.dumps(playbook_json(playbook)))
    assert playbook_from_json(written) == playbook


@settings(max_examples=40, deadline=None)
@given(st.builds(Playbook))
def test_whatever_a_playbook_holds_fits_the_schema(playbook: Playbook) -> None:
    """The schema describes every value that the types allow."""
    jsonschema_rs.validate(playbook_schema.schema(), json.loads(json.dumps(playbook_json(playbook))))


def test_the_five_real_runbooks_come_back(seeds: list[Playbook]) -> None:
    """The way back on real documents, and the schema on them."""
    schema = playbook_schema.schema()
    for seed in seeds:
        written = json.loads(json.dumps(playbook_json(seed)))
        assert playbook_from_json(written) == seed
        jsonschema_rs.validate(schema, written)


def test_the_schema_in_the_documentation_is_the_one_of_the_code() -> None:
    """docs/playbook.schema.json is written by tools/playbook_schema.py and not by hand."""
    assert playbook_schema.FILE.read_text("utf-8") == playbook_schema.text()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_our_own_runbooks_read_as_recorded(path: Path) -> None:
    """Golden files: a change of the reading is seen in review. Rewrite them with tests/runbook/golden/record.py."""
    playbook = compiled(path)
    recorded = (GOLDEN / f"{path.stem}.json").read_text("utf-8")
    assert json.dumps(playbook_json(playbook), ensure_ascii=False, indent=1) + "\n" == recorded


def test_published_keys_are_there(cookcam: Playbook) -> None:
    """The keys that tools outside the project read."""
    written = playbook_json(cookcam)
    assert written["schema"] == SCHEMA
    assert set(written) >= {
        "schema", "id", "title", "service", "source", "severities", "escalation_levels", "escalation_by_severity",
        "roles",
        "contacts", "phases", "procedures", "templates", "cadences", "channel_pattern", "postmortem", "duties", "links",
        "review", "stats", "findings",
    }  # fmt: skip
    assert written["id"].startswith("sha256:")
    assert written["source"] == {"path": "cookcam.md", "sha256": cookcam.source.sha256, "lines": 423}
    assert written["stats"] == {"blocks": 38, "understood": 38, "commands": 64}


def test_published_severity(cookcam: Playbook) -> None:
    """A severity with its target, as it is written."""
    written = playbook_json(cookcam)["severities"][1]
    assert {key: written[key] for key in ("name", "aliases", "label", "rank", "criteria", "actions", "lines")} == {
        "name": "P1",
        "aliases": ["P1 - High"],
        "label": "High",
        "rank": 1,
        "criteria": [
            "Partial service outage",
            "Significant performance degradation",
            "Authentication system issues",
            "Payment processing errors",
        ],
        "actions": [],
        "lines": [16, 20],
    }
    target = {"seconds": 900, "text": "< 15 minutes", "kind": "elapsed", "lines": [16, 16]}
    assert (written["response_target"], written["acknowledge_target"]) == (target, None)


def test_published_step_is_flat(cookcam: Playbook) -> None:
    """A step shows its command's text, effect and termination at its own level; the rest is under "shell"."""
    procedure = next(one for one in playbook_json(cookcam)["procedures"] if one["title"] == "API Not Responding")
    assert (procedure["kind"], procedure["commands"], procedure["lines"]) == ("incident", 7, [143, 170])
    step = procedure["steps"][1]
    assert {
        key: step[key]
        for key in ("title", "kind", "section", "command", "effect", "termination", "parameters", "lines")
    } == {
        "title": "Check port binding",
        "kind": "command",
        "section": "investigation",
        "command": "sudo netstat -tlnp | grep 3000",
        "effect": "read_only",
        "termination": "bounded",
        "parameters": [],
        "lines": [153, 153],
    }
    assert step["shell"]["pipeline"] == [["sudo", "netstat", "-tlnp"], ["grep", "3000"]]


def test_published_postmortem(cookcam: Playbook) -> None:
    """The deadline says from when it counts."""
    due = playbook_json(cookcam)["postmortem"]["due"]
    assert (due["seconds"], due["from"]) == (172_800, "resolved")


@pytest.mark.parametrize(
    "wrong",
    [{}, {"schema": "tocsin.playbook/9"}, {"schema": SCHEMA}, {"schema": SCHEMA, "id": 1, "title": [], "source": {}}],
)
def test_another_schema_is_refused(wrong: dict[str, object]) -> None:
    """What is no playbook is refused by name, not by a KeyError."""
    with pytest.raises(BadInput):
        playbook_from_json(wrong)


def test_unknown_keys_of_a_later_version_are_ignored() -> None:
    """Keys are only ever added: an older reader leaves the new ones alone."""
    playbook = compile_runbook("# A\n")
    assert playbook_from_json({**playbook_json(playbook), "added_later": 1}) == playbook


def test_how_the_steps_hang_together_is_published(cookcam: Playbook) -> None:
    """J2: the fallback of "API Not Responding", what it has to fail after, and its pair, by the ids of the steps."""
    written = next(one for one in playbook_json(cookcam)["procedures"] if one["title"] == "API Not Responding")
    said = {step["id"]: step["command"] for step in written["steps"]}
    course = written["course"]
    (fallback,) = course["fallbacks"]
    assert fallback["condition"] == "If that fails"
    assert [said[id] for id in fallback["after"]] == ["pm2 restart cookcam-api"]
    assert [said[id] for id in fallback["steps"]] == [
        "pm2 delete cookcam-api",
        "pm2 start ecosystem.config.production.js",
    ]
    (pair,) = course["pairs"]
    assert (said[pair["first"]], pair["kind"]) == ("pm2 delete cookcam-api", "removed")
    assert set(course["checks"]) <= set(said)


def test_a_question_is_written_so_that_an_older_node_can_read_it() -> None:
    """Nodes are replaced one by one: the older one pages with the playbook, and knows no step of the kind question."""
    playbook = compile_runbook("# Response\n\n## Triage\n\n- Affected services\n- Open a ticket\n")
    written = json.loads(json.dumps(playbook_json(playbook)))
    asked, told = written["phases"][0]["steps"]
    assert (asked["kind"], asked["asks"], told["kind"], "asks" in told) == ("manual", True, "manual", False)
    jsonschema_rs.validate(playbook_schema.schema(), written)
    assert playbook_from_json(written) == playbook
