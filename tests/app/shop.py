"""A small installation for tests of the application: a store in memory, a clock that is moved by hand, fakes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tocsin.adapters.fakes import FakeChat, FakeMailer, FakePager, FakeStepRunner
from tocsin.adapters.memory.store import MemoryStore
from tocsin.adapters.waking.phone import PhonePager
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.app.access import Role, person
from tocsin.app.accounts.links import Links
from tocsin.app.assessment import Assessment
from tocsin.app.courier import Courier
from tocsin.app.customers.approving import Approvals
from tocsin.app.customers.audiences import Audiences
from tocsin.app.customers.publishing import Publishing
from tocsin.app.desk import Desk
from tocsin.app.duties import Duties
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.evidence import EvidenceCarrier
from tocsin.app.execution.halting import Halting
from tocsin.app.execution.outputs import Outputs
from tocsin.app.execution.runs import Runs
from tocsin.app.execution.steps import Steps
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.intake.hearing import Hearing
from tocsin.app.masking import Masker
from tocsin.app.news import chat_carrier, mail_carrier
from tocsin.app.office import Office
from tocsin.app.paging.page_carrier import PageCarrier
from tocsin.app.paging.phone import Phone
from tocsin.app.playbooks import Playbooks, plan_for
from tocsin.app.ports import Pager
from tocsin.app.postmortems import Postmortems
from tocsin.app.rows.records import Delivery, NewDelivery, OutboxEntry
from tocsin.app.store import Store
from tocsin.app.team import Integration, PublicComponent, ServiceSettings, Team
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import MovableClock
from tocsin.incident.effects import EffectKind, Outlets
from tocsin.incident.facts import Fact, Via
from tocsin.incident.incident import Incident
from tocsin.incident.planning import plan_bytes
from tocsin.incident.summary import IncidentSummary
from tocsin.incident.target import TargetKind
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_json

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

RUNBOOK = b"""# Harbour Shop Incident Runbook

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: 15 minutes

### P2 - Medium
- Minor feature issues
- **Response Time**: 4 hours

## Escalation Matrix

| Level | Role | Time |
|-------|------|------|
| 1 | On-Call Engineer | Immediate |
| 2 | Team Lead | 10 minutes |

## Common Incidents

### Checkout Down

**Symptoms:**
- Checkout returns 502 errors

**Investigation:**
```bash
uptime
tail -f /var/log/shop.log
psql -h <db-host> -c "SELECT 1"
```

**Resolution:**
```bash
systemctl restart checkout
redis-cli FLUSHALL
nano /etc/shop.conf
curl https://api.yourdomain.com/health
for i in 1 2; do uptime; done
```

```bash
ssh shop-server
df -h
```
1. Call the payment provider

## Communication Templates

### Customer Notification

```
We are investigating a problem with [SERVICE].
Workaround: [WORKAROUND]
```

### Customer Resolution

```
The problem with the shop is resolved.
```

## Post-Mortem

Write a post-mortem within 48 hours after the incident is resolved.

### Template

```markdown
# Post-Mortem: [Title]

## Summary
[Brief description]

## Timeline

## Root Cause
```
"""

ANA = person("ana", Role.RESPONDER, Via.WEB)
BO = person("bo", Role.MAINTAINER, Via.CLI)
EVA = person("eva", Role.VIEWER, Via.WEB)
SECRET = "hunter2-of-the-shop"

PLAYBOOK = compile_runbook(RUNBOOK, path="RUNBOOK.md", today=START.date())
STEPS = {step.title: step.id for step in PLAYBOOK.steps().values()}
SETTINGS = ServiceSettings(
    "shop",
    "Harbour Shop",
    Path("RUNBOOK.md"),
    Outlets(chat=("room",), subscribers=("customer@example.org",)),
    components=(PublicComponent("checkout", "Checkout"),),
)
ROSTER = Roster(
    people=(
        Person("ana", "Ana", (Way(WayKind.WEBHOOK, "https://pager.example.org/ana"), Way(WayKind.PHONE, "ana"))),
        Person("bo", "Bo", (Way(WayKind.EMAIL, "bo@example.org"),)),
    ),
    bindings=(Binding("On-Call Engineer", people=("ana",)), Binding("Team Lead", people=("bo",))),
    catch_all=("bo",),
)


def _team() -> Team:
    auth = IntegrationAuth(AuthKind.KEY, ("a-key-of-many-characters",))
    sources = {"prometheus": "alertmanager", "script": "generic"}
    return Team(
        services={"shop": SETTINGS},
        roster=ROSTER,
        integrations={name: Integration(name, source, "shop", f"key-{name}", auth) for name, source in sources.items()},
    )


class Shop:
    """The application, put together by hand; in memory, or as one of several nodes on a store."""

    def __init__(self, runbook: bytes = RUNBOOK, store: Store | None = None) -> None:
        playbook = PLAYBOOK if runbook is RUNBOOK else compile_runbook(runbook, path="RUNBOOK.md", today=START.date())
        self.store = store or MemoryStore()
        self.clock = clock = MovableClock(START)
        self.team = _team()
        self.desk = Desk(lambda: self.team, Masker([SECRET]))
        shelved = plan_for(SETTINGS, playbook, runbook.decode())
        self.playbooks = Playbooks(self.store, lambda: self.team, compile_runbook, shelf={"shop": shelved})
        with self.store.transact() as tx:
            tx.library.put("playbook", playbook.id, msgspec.json.encode(playbook_json(playbook)))
            tx.library.put("plan", shelved.plan.id, plan_bytes(shelved.plan))
        self.incidents = Incidents(self.store, clock, self.desk, self.playbooks)
        self.steps = Steps(self.store, clock, lambda: self.team, self.desk, self.playbooks, self.incidents, "one")
        self.assessment = Assessment(self.store, self.desk, self.playbooks, self.steps)
        self.halting, self.outputs = Halting(self.store, clock), Outputs()
        self.runs = Runs(self.store, self.desk)
        rooms = (self.store, clock, lambda: self.team, self.desk, self.playbooks, self.incidents)
        self.postmortems = Postmortems(*rooms)
        self.duties = Duties(*rooms[:-1])
        self.publishing = Publishing(*rooms)
        self.audiences = Audiences(*rooms)
        self.approvals = Approvals(self.incidents, self.publishing, self.audiences)
        self.phone = Phone(self.store, clock, self.desk)
        self.links = Links(b"a secret of the tests", clock, "https://tocsin.example.org")
        self.hearing = Hearing(self.store, clock, self.desk, self.playbooks, lambda: self.team)
        self.timekeeper = Timekeeper(self.store, clock, self.desk)
        self.webhook, self.email = FakePager(clock), FakePager(clock)
        self.chat, self.mailer, self.runner = FakeChat(clock), FakeMailer(clock), FakeStepRunner(clock)
        self.courier = self.courier_of("one")

    def courier_of(self, node: str) -> Courier:
        """A courier as the process of that name has it; all share the store."""
        office = Office(
            self.store, self.clock, self.desk, self.playbooks, lambda: self.team, self.links, jitter=lambda: 0.5
        )
        pagers: dict[str, Pager] = {"webhook": self.webhook, "email": self.email, "phone": PhonePager(self.store)}
        return Courier(
            self.store,
            self.clock,
            {
                EffectKind.PAGE: PageCarrier(office, pagers),
                EffectKind.CHAT: chat_carrier(office, {"room": self.chat}),
                EffectKind.MAIL: mail_carrier(office, self.mailer),
                EffectKind.STEP: StepCarrier(office, {TargetKind.LOCAL: self.runner}, self.clock, node, self.outputs),
                EffectKind.EVIDENCE: EvidenceCarrier(office, node),
            },
            node,
        )

    def declare(self, severity: str | None = "P0", *, drill: bool = False) -> Acted:
        """Somebody declares an incident."""
        return self.incidents.declare(ANA, "Checkout is down", "shop", severity=severity, drill=drill)

    def hear(self, *bodies: bytes, integration: str = "prometheus", at_once: bool = False) -> None:
        """Deliveries arrive and are read, each alone or all in one batch."""
        for body in bodies:
            key = hashlib.sha256(body).hexdigest()
            with self.store.transact() as tx:
                tx.deliveries.accept([NewDelivery(integration, key, self.clock.now(), "application/json", body)])
            if not at_once:
                self.hearing.digest()
        while self.hearing.digest():
            pass

    def pass_time(self, span: timedelta) -> None:
        """Let time pass second by second: keep time and carry."""
        until = self.clock.now() + span
        while self.clock.now() < until:
            self.clock.move_by(min(SECOND, until - self.clock.now()))
            self.work()

    def work(self) -> None:
        """Do what is due now."""
        self.timekeeper.wake()
        while self.courier.carry():
            pass

    def incident(self, id: str = "INC-1") -> Incident:
        """An incident as it stands."""
        with self.store.read() as tx:
            return self.desk.one(tx, id)

    def facts(self, id: str = "INC-1") -> list[Fact]:
        """What happened to it."""
        with self.store.read() as tx:
            return [one.fact for one in tx.incidents.facts([id]).get(id, ())]

    def rows(self) -> list[IncidentSummary]:
        """All incidents, oldest first."""
        with self.store.read() as tx:
            ids = list(tx.incidents.all_ids())
            return sorted(tx.incidents.summaries(ids).values(), key=lambda row: row.number)

    def entries(self, kind: EffectKind, id: str = "INC-1") -> list[OutboxEntry]:
        """What lies in the outbox."""
        with self.store.read() as tx:
            return [e for e in tx.outbox.entries(id) if e.effect.kind is kind]

    def delivery(self, id: int = 1) -> Delivery:
        """One delivery as it is stored."""
        with self.store.read() as tx:
            found = tx.deliveries.get(id)
        assert found is not None
        return found

    def enable(self, title: str) -> str:
        """A maintainer allows a step; its id."""
        self.steps.enable(BO, "shop", STEPS[title])
        return STEPS[title]

    def enable_step(self, step: str) -> None:
        """A maintainer allows the step of that id."""
        self.steps.enable(BO, "shop", step)

    def change_team(self, **changes: Any) -> None:
        """The configuration is reloaded."""
        self.team = replace(self.team, **changes)


@dataclass(frozen=True)
class Said:
    """One alert of a notification."""

    name: str = "CheckoutDown"
    since: datetime | None = START - MINUTE
    until: datetime | None = None
    instance: str = "a"


def notification(*said: Said, key: str = "{}:{alertname}") -> bytes:
    """An Alertmanager's notification of these alerts."""
    return json.dumps(
        {
            "version": "4",
            "groupKey": key,
            "status": "firing",
            "alerts": [_alert(one) for one in said],
        }
    ).encode()


def _alert(one: Said) -> dict[str, object]:
    return {
        "status": "resolved" if one.until else "firing",
        "labels": {"alertname": one.name, "instance": one.instance},
        "annotations": {"summary": "Checkout returns 502 errors"},
        "startsAt": one.since.isoformat() if one.since else "0001-01-01T00:00:00Z",
        "endsAt": one.until.isoformat() if one.until else "0001-01-01T00:00:00Z",
        "fingerprint": hashlib.sha256(f"{one.name}/{one.instance}".encode()).hexdigest()[:16],
    }


def types(facts: Iterable[Fact]) -> list[str]:
    """Their names."""
    return [type(fact).__name__ for fact in facts]
