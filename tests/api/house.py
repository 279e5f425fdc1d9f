"""An installation on a fresh SQLite file with one service, four people and a movable clock."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from tests.api.asgi import Answer, call
from tests.stage import migrated
from tocsin.api.address import PREFIX
from tocsin.api.guard import Buckets
from tocsin.api.routes import make_api_site
from tocsin.app.access import Permission, Role, person
from tocsin.bootstrap import Installation, build
from tocsin.clock import MovableClock
from tocsin.incident.facts import Via
from tocsin.settings.loading import settings_of

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADMIN = person("root", Role.ADMIN, Via.WEB)
HANDLES = {Role.VIEWER: "vic", Role.RESPONDER: "ana", Role.MAINTAINER: "max", Role.ADMIN: "root"}
PASSWORD = "a horse that nobody rides"

RUNBOOK = """\
# Incident Response: Shop

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: Immediate (< 5 minutes)

### P1 - High
- Checkout is slow
- **Response Time**: < 15 minutes

## Escalation

| Level | Contact | When |
|---|---|---|
| Level 1 | On-Call Engineer | Immediately |
| Level 2 | CTO | After 30 minutes |

## Common Incidents

### API Not Responding

**Symptoms**:
- 502 errors

**Investigation**:

```bash
# Look at the disk
df -h /
```

**Resolution**:

```bash
sudo systemctl restart shop
```

## Post-Incident

### 1. Resolution Confirmation

- [ ] Checkout works

### 2. Post-Mortem

Write it within 48 hours.
"""

SETTINGS = """
version = 1
catch_all = ["ana"]
[server]
url = "https://tocsin.example.com"
data = "data"
[service.shop]
name = "Shop"
runbook = "shop.md"
components = ["api"]
[component.api]
name = "Public API"
[people.ana]
name = "Ana"
[[people.ana.ways]]
kind = "phone"
[people.max]
[[people.max.ways]]
kind = "phone"
[roles]
"On-Call Engineer" = "schedule:primary"
CTO = "max"
[[schedules.primary.rotations]]
members = ["ana"]
starts_on = 2026-01-05
[integration.am]
source = "alertmanager"
service = "shop"
[integration.pd]
source = "pagerduty"
service = "shop"
[integration.own]
source = "generic"
service = "shop"
"""


@dataclass
class House:
    """The installation and a client of its API."""

    installation: Installation
    clock: MovableClock
    site: FastAPI
    tokens: dict[str, str]

    def token(self, name: str, *scopes: str, of: str = "root") -> str:
        """A token with some scopes; made once."""
        if name not in self.tokens:
            role = next(role for role, handle in HANDLES.items() if handle == of)
            caller = person(of, role, Via.WEB)
            self.tokens[name] = self.installation.application.accounts.create_token(caller, name, scopes)[1]
        return self.tokens[name]

    def as_role(self, role: Role) -> str:
        """A token with all that a role may do."""
        scopes = [p.value for p in Permission if person("x", role, Via.WEB).may(p)]
        return self.token(role.value, *scopes, of=HANDLES[role])

    def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: str) -> Answer:
        """One request; by a responder when nothing else is said. ``more`` are headers."""
        token = self.as_role(Role.RESPONDER) if token is None else token
        headers = [("authorization", f"Bearer {token}")] if token else []
        headers += [(name.replace("_", "-"), value) for name, value in more.items()]
        return self.send(method, path, body, headers)

    def send(self, method: str, path: str, body: Any = None, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        """One request with just these headers."""
        content = b"" if body is None else json.dumps(body).encode()
        kind = [] if body is None else [("content-type", "application/json")]
        return call(self.site, method, PREFIX + path, headers=[*headers, *kind], chunks=[content])

    def declare(self, **more: Any) -> str:
        """An incident's id."""
        answer = self.ask("POST", "/incidents", {"title": "Checkout is down", "severity": "P0", **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["incident"]["id"])


@contextmanager
def house(folder: Path, settings: str = SETTINGS, runbook: str = RUNBOOK) -> Iterator[House]:
    """An installation that is closed in the end. Its loops do not run: tests call them."""
    (folder / "shop.md").write_text(runbook, encoding="utf-8")
    (folder / "tocsin.toml").write_text(settings, encoding="utf-8")
    clock = MovableClock(START)
    read = settings_of(tomllib.loads(settings), folder / "tocsin.toml", environ={}, flags={})
    migrated.furnish(read.data)
    installation = build(read, clock=clock)
    accounts = installation.application.accounts
    for role, handle in HANDLES.items():
        accounts.add_user(ADMIN, handle, handle.title(), role, PASSWORD if handle == "ana" else None)
    site = make_api_site(installation.application, Buckets(rate=1e9, burst=1e9))
    try:
        yield House(installation, clock, site, {})
    finally:
        installation.close()
