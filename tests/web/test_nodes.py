"""Two nodes on one PostgreSQL: what a command prints on one is seen on the page that is open on the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.stage.child import eventually
from tests.stage.postgresql import Database
from tests.web.house import ADMIN, House, Visitor
from tests.web.house import house as open_house
from tocsin.app.execution.starting import Given
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.streams import Stream

pytestmark = pytest.mark.component("postgresql")

RUNBOOK = """# Print Shop Runbook

## Severity Levels

### P0 - Critical
- Complete service outage

### P2 - Medium
- Minor trouble

## Common Incidents

### API Not Responding

**Symptoms:**
- API not responding
- 502/503 errors

**Investigation:**
```bash
make jobs
```
"""
MAKEFILE = """\
jobs:
\t@echo three jobs wait
\t@echo the tray is empty >&2
\t@until test -e go; do sleep 0.05; done
\t@echo printed
"""
PATIENCE = 20.0


@pytest.fixture
def nodes(tmp_path: Path, migrated_postgresql: Database) -> Iterator[tuple[House, House]]:
    """Two running nodes with the same runbook in folders of their own."""
    places = tmp_path / "one", tmp_path / "other"
    for place in places:
        place.mkdir()
        (place / "Makefile").write_text(MAKEFILE)
    dsn = migrated_postgresql.url
    with (
        open_house(places[0], runbook=RUNBOOK, running=True, database=dsn) as one,
        open_house(places[1], runbook=RUNBOOK, running=True, database=dsn, people=False) as other,
    ):
        yield one, other


def test_what_a_command_prints_on_one_node_is_shown_on_the_other(nodes: tuple[House, House], tmp_path: Path) -> None:
    """While it runs, by its streams, within a second or so; and gone from there when it has ended."""
    application = nodes[0].application
    nodes[0].declare()
    step = next(v for v in application.steps.list(ADMIN, "INC-1").steps if v.step.title == "make jobs").step.id
    application.steps.enable(ADMIN, "shop", step)
    application.steps.run(ADMIN, "INC-1", step, Given(confirmed=True))
    marked = re.compile(r'three jobs wait\n<span class="err"[^>]*>the tray is empty')
    for reader in [node.visitor() for node in nodes]:
        assert eventually(partial(_shows, reader, marked), PATIENCE)
    for place in ("one", "other"):
        (tmp_path / place / "go").touch()
    for node in nodes:
        assert eventually(partial(_has_ended, node, step), PATIENCE)
        state = node.application.incidents.view(ADMIN, "INC-1").incident.steps[step]
        assert [one.stream for one in state.printed] == [Stream.STDOUT, Stream.STDERR, Stream.STDOUT]


def _shows(reader: Visitor, wanted: re.Pattern[str]) -> bool:
    return wanted.search(reader.get("/i/INC-1").text) is not None


def _has_ended(node: House, step: str) -> bool:
    outcome = node.application.incidents.view(ADMIN, "INC-1").incident.steps[step].outcome
    return outcome is StepOutcome.SUCCEEDED and not node.application.outputs.running("INC-1")
