"""What a server holds in memory: how runbooks are read is no part of it, once they are compiled."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.api.house import SETTINGS
from tests.stage import migrated
from tocsin.settings.loading import settings_of

RUNBOOK = """# Incident Response: Shop

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: 5 minutes

## Escalation

### Level 1: Shop foreman

- External communication decisions

### Level 2: Shop owner (after 30 minutes)

- Database operations

## Contacts

| Name | Role | Phone | Hours |
|---|---|---|---|
| Ada | Shop owner | 555 0101 | business hours |

## Common Incidents

### Checkout Down

**Symptoms**:
- 502 errors

**Resolution**:

1. Restart it: `sudo systemctl restart checkout`
2. If that does not help, roll back: `make rollback`
"""

CONTACTS_ONLY = """# Incident Response: Depot

## Contacts

| Name | Role | Phone |
|---|---|---|
| Fire authority | Authority | 555 0102 |
| Bo | Depot owner | 555 0103 |
"""

PROGRAM = """
import sys, tomllib
from pathlib import Path

opened = []
sys.addaudithook(lambda name, args: opened.append(str(args[0])) if name == "open" else None)

from tocsin.app.access import Role, person
from tocsin.bootstrap import build
from tocsin.incident.facts import PublicStatus, Via
from tocsin.settings.loading import load

installation = build(load(Path(sys.argv[1]), environ={}))
app, ada = installation.application, person("ana", Role.ADMIN, Via.WEB)
declared = app.incidents.declare(ada, "Checkout is down", "shop", severity="P0", procedure="checkout-down").incident
assert len(app.steps.list(ada, declared.id).standing.course.fallbacks) == 1
assert app.publishing.prepare(ada, declared.id, PublicStatus.INVESTIGATING).decision is not None
installation.close()
readers = {"pyromark", "tocsin.runbook.compile", "tocsin.runbook.vocabulary"}
print("READ", *(readers & set(sys.modules)), *(one for one in opened if "/vocabulary/" in one))
"""


def loaded(settings: Path) -> list[str]:
    """What reads documents and was loaded by a server that starts, pages for an incident and shows its steps."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(settings)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.rpartition("READ")[2].split()


def test_a_server_that_starts_again_loads_nothing_that_reads_documents(tmp_path: Path) -> None:
    """Neither the parser nor a vocabulary, nor the patterns made of it: they are 36 MB and half a second of a start."""
    (tmp_path / "shop.md").write_text(RUNBOOK, encoding="utf-8")
    path = tmp_path / "tocsin.toml"
    (tmp_path / "depot.md").write_text(CONTACTS_ONLY, encoding="utf-8")
    settings = SETTINGS + '[service.depot]\nname = "Depot"\nrunbook = "depot.md"\n'
    path.write_text(settings, encoding="utf-8")
    migrated.furnish(settings_of(tomllib.loads(settings), path, environ={}, flags={}).data)
    assert {"pyromark", "tocsin.runbook.vocabulary"} <= set(loaded(path)), "the first start compiles"
    assert loaded(path) == []
