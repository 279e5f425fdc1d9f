"""The team of the simulation: a runbook, who is on call, and how the runbook's ladder reads this time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import msgspec

from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.app.execution.ordering import never
from tocsin.app.execution.views import command_hash
from tocsin.app.playbooks import Shelved, plan_for
from tocsin.app.rows.records import EnabledStep
from tocsin.app.store import Store
from tocsin.app.team import Integration, ServiceSettings, Team
from tocsin.incident.effects import Outlets
from tocsin.incident.plan import Awaits, PlannedLevel, ResponsePlan
from tocsin.incident.planning import plan_bytes
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_json
from tocsin.runbook.playbook import Playbook

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SERVICE = "shop"
MONITOR = "prometheus"
SUBSCRIBER = "customer@example.org"

RUNBOOK = b"""# Harbour Shop Incident Runbook

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: 15 minutes
- **Resolution Time**: 2 hours

### P1 - High
- Major feature unavailable
- **Response Time**: 30 minutes

### P2 - Medium
- Minor feature issues
- **Response Time**: 4 hours

### P3 - Low
- Cosmetic issues

## Escalation Matrix

| Level | Role | Time |
|-------|------|------|
| 1 | On-Call Engineer | Immediate |
| 2 | Team Lead | 10 minutes |
| 3 | Engineering Manager | 30 minutes |

## Common Incidents

### Checkout Down

**Symptoms:**
- Checkout returns 502 errors

**Investigation:**
```bash
uptime
df -h /var
```

**Resolution:**
```bash
# Option A: Restart
systemctl restart checkout

# Option B: Empty the sessions
redis-cli FLUSHALL

# Monitor for 10 minutes
```

1. Tell the bank if cards were charged twice
2. Close the door: `touch /srv/shop/waiting-room`
3. To undo: `rm /srv/shop/waiting-room`

### Database Slow

**Symptoms:**
- Slow database queries

**Investigation:**
```bash
free -m
```

**Resolution:**
```bash
systemctl restart postgresql
```

## Communication

- Post a status update every 30 minutes for P0
"""

PEOPLE = (
    Person(
        "ana", "Ana", (Way(WayKind.PHONE, "ana"), Way(WayKind.WEBHOOK, "ana"), Way(WayKind.EMAIL, "ana@example.org"))
    ),
    Person("bo", "Bo", (Way(WayKind.EMAIL, "bo@example.org"), Way(WayKind.PHONE, "bo"))),
    Person("chloe", "Chloe", (Way(WayKind.WEBHOOK, "chloe"),)),
    Person("dan", "Dan", (Way(WayKind.EMAIL, "dan@example.org"), Way(WayKind.WEBHOOK, "dan"))),
    Person("eve", "Eve"),
)


@cache
def playbook() -> Playbook:
    """The runbook, compiled."""
    return compile_runbook(RUNBOOK, path="RUNBOOK.md", today=START.date())


@cache
def runnable_steps() -> tuple[str, ...]:
    """The ids of the steps that may be run: what only looks, what changes something, what destroys."""
    return tuple(step.id for step in playbook().steps().values() if step.command is not None and not never(step))


class House:
    """One team with one plan; ``rng`` draws which."""

    def __init__(self, rng: Random) -> None:
        settings = ServiceSettings(
            SERVICE,
            "Harbour Shop",
            Path("RUNBOOK.md"),
            Outlets(chat=("room",), subscribers=(SUBSCRIBER,), status_page=False),
        )
        whole = plan_for(settings, playbook(), RUNBOOK.decode())
        plan = _drawn_plan(rng, whole.plan)
        self.shelved: Shelved = replace(whole, plan=plan)
        self.plans: dict[str, ResponsePlan] = {plan.id: plan}
        auth = IntegrationAuth(AuthKind.KEY, ("a-key-of-many-characters",))
        self.team = Team(
            services={SERVICE: settings},
            roster=_drawn_roster(rng),
            integrations={
                name: Integration(name, "alertmanager", SERVICE, f"key-{name}", auth) for name in (MONITOR, "second")
            },
        )

    def reorganise(self, rng: Random) -> None:
        """The team reloads its configuration: other people are bound to the same words (F33).

        Its steps may run in another place from now on, so that whatever was asked for before is void (F42).
        """
        service = self.team.services[SERVICE]
        moved = replace(service, directory=Path(f"/srv/{rng.choice(('shop', 'elsewhere'))}"))
        self.team = replace(self.team, roster=_drawn_roster(rng), services={SERVICE: moved})

    def furnish(self, store: Store) -> None:
        """Put into an empty store what a running installation has: the playbook, the plan, the enabled steps."""
        steps = playbook().steps()
        with store.transact() as tx:
            tx.library.put("playbook", playbook().id, msgspec.json.encode(playbook_json(playbook())))
            tx.library.put("plan", self.shelved.plan.id, plan_bytes(self.shelved.plan))
            for id in runnable_steps():
                tx.steps.enable(EnabledStep(SERVICE, id, command_hash(steps[id]), "bo", START))


def _drawn_roster(rng: Random) -> Roster:
    """Who is bound to what: often everybody, sometimes nobody, or somebody who cannot be reached."""

    def bound(word: str, *usual: str) -> Binding:
        return Binding(word, people=rng.choices((usual, (), ("eve",)), (8, 1, 1))[0])

    return Roster(
        people=PEOPLE,
        bindings=(
            bound("On-Call Engineer", *rng.choice((("ana",), ("ana", "bo"), ("bo",)))),
            bound("Team Lead", "bo"),
            bound("Engineering Manager", "chloe", "dan"),
        ),
        catch_all=rng.choice((("chloe",), ("chloe",), ("dan", "Nobody"), ())),
    )


def _drawn_plan(rng: Random, plan: ResponsePlan) -> ResponsePlan:
    """The same plan with another ladder: other windows, levels that await an acknowledgement, a quiet severity."""
    first = PlannedLevel(1, ("On-Call Engineer",), timedelta(0), Awaits.NOTHING)
    second = timedelta(minutes=rng.choice((3, 5, 10)))
    third = second + timedelta(minutes=rng.choice((0, 5, 20)))
    ladder = (
        first,
        PlannedLevel(2, ("Team Lead",), second, rng.choice((Awaits.ACKNOWLEDGEMENT, Awaits.RESOLUTION))),
        PlannedLevel(3, ("Engineering Manager",), third, rng.choice((Awaits.ACKNOWLEDGEMENT, Awaits.RESOLUTION))),
    )
    severities = tuple(
        replace(
            s,
            levels=ladder[: rng.choice((1, 2, 3, 3))],
            repeats_every=timedelta(minutes=rng.choice((3, 5, 10, 20))),
            pages=s.name != "P3",
        )
        for s in plan.severities
    )
    return replace(
        plan,
        id=f"sha256:simulated-{rng.getrandbits(64):016x}",
        severities=severities,
        unassessed=replace(plan.unassessed, levels=ladder),
        lapses_after=timedelta(minutes=rng.choice((10, 30))),
        confirm_within=timedelta(seconds=rng.choice((30, 60))),
    )
