"""An installation whose people are woken through stand-ins, over real HTTP in both directions.

Time is moved by hand: ``pass_time`` lets the timekeeper and the courier work second by second, as their loops would.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.stage import migrated
from tests.stage.child import eventually, free_port
from tocsin.adapters.http_server import HttpServer, listener_on
from tocsin.app.access import Caller, Role, person
from tocsin.bootstrap import Installation, build
from tocsin.clock import MovableClock
from tocsin.incident import commands as c
from tocsin.incident.facts import Fact, Paged, Via
from tocsin.incident.incident import Incident
from tocsin.serving import make_callbacks, make_server
from tocsin.settings.loading import settings_of

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

RUNBOOK = """# Mill Runbook

## Severity Levels

### P0 - Critical
- Complete outage
- **Response Time**: 15 minutes

### P2 - Medium
- One feature is broken
- **Response Time**: 4 hours

## Escalation Matrix

| Level | Role | Time |
|-------|------|------|
| 1 | On-Call Engineer | Immediate |
| 2 | Team Lead | 10 minutes |
"""

SETTINGS = """version = 1
catch_all = ["bo"]

[server]
url = "{url}"
internal = ["127.0.0.0/8"]
data = "data"
{server}

[service.mill]
runbook = "mill.md"
{outlets}

[people.ana]
name = "Ana"
{ways}

[people.bo]
name = "Bo"
[[people.bo.ways]]
{bo}

[roles]
"On-Call Engineer" = ["ana"]
"Team Lead" = ["bo"]
"""

ADA = person("ada", Role.ADMIN, Via.WEB)


@dataclass
class Mill:
    """The installation, its clock, and where it is reached."""

    installation: Installation
    clock: MovableClock
    url: str

    def declare(self, severity: str = "P0", title: str = "API not responding") -> str:
        """Somebody declares an incident; its id. Nothing is sent yet."""
        application = self.installation.application
        return application.incidents.declare(ADA, title, "mill", severity=severity).incident.id

    def work(self) -> None:
        """Do what is due now."""
        application = self.installation.application
        application.timekeeper.wake()
        while application.courier.carry():
            pass

    def pass_time(self, span: timedelta, until: Callable[[], object] = lambda: False) -> None:
        """Let so much time pass, second by second, or until something holds."""
        self.work()
        end = self.clock.now() + span
        while self.clock.now() < end and not until():
            self.clock.move_by(SECOND)
            self.work()

    def incident(self, id: str = "INC-1") -> Incident:
        """An incident as it stands."""
        application = self.installation.application
        with application.store.read() as tx:
            return application.desk.one(tx, id)

    def facts(self, id: str = "INC-1") -> list[Fact]:
        """What happened to it."""
        with self.installation.application.store.read() as tx:
            return [one.fact for one in tx.incidents.facts([id]).get(id, ())]

    def paged(self, id: str = "INC-1") -> list[tuple[str, str]]:
        """Who was paged by which way, in order."""
        return [(fact.person, fact.way) for fact in self.facts(id) if isinstance(fact, Paged)]

    def caller(self, handle: str) -> Caller:
        """Somebody on the page."""
        return person(handle, Role.RESPONDER, Via.WEB)

    def acknowledge(self, handle: str, id: str = "INC-1") -> None:
        """Somebody acknowledges on the page."""
        self.installation.application.incidents.act(self.caller(handle), id, c.Acknowledge(handle))


@contextmanager
def mill(
    folder: Path,
    ways: str,
    more: str = "",
    environ: dict[str, str] | None = None,
    *,
    outlets: str = "",
    server: str = "",
    bo: str = 'kind = "phone"',
    members: tuple[str, str] = ("", ""),
    runbook: str = "",
    whole: bool = False,
) -> Iterator[Mill]:
    """The installation, served on a loopback port.

    ``ways`` are Ana's and ``bo`` is Bo's one; ``more`` are tables of the settings, ``outlets`` and ``server`` lines,
    ``members`` lines of Ana and of Bo; ``runbook`` follows after the runbook's text.
    ``whole``: all doors are open, not only those of the providers.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (folder / "mill.md").write_text(RUNBOOK + runbook, encoding="utf-8")
    text = SETTINGS.format(url=url, ways=ways, outlets=outlets, server=server, bo=bo) + more
    for name, line in zip(("Ana", "Bo"), members, strict=True):
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\n{line}\n')
    (folder / "tocsin.toml").write_text(text, encoding="utf-8")
    clock = MovableClock(START)
    read = settings_of(tomllib.loads(text), folder / "tocsin.toml", environ=environ or {}, flags={})
    migrated.furnish(read.data)
    installation = build(read, clock=clock)
    door = make_server(installation).app if whole else make_callbacks(installation)
    listener = listener_on("127.0.0.1", port)
    listening = threading.Event()
    server = HttpServer(door, listening.set)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    assert listening.wait(20)
    try:
        installation.door.address = url
        yield Mill(installation, clock, url)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        installation.close()


def soon(holds: Callable[[], object]) -> bool:
    """Whether something holds within a while: providers report in their own time."""
    return eventually(lambda: bool(holds()), 20)
