"""The real thing: `tocsin serve` as a process of its own, with a generated tocsin.toml and everything switched on."""

from __future__ import annotations

import http.client
import os
import re
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.stage.child import Child, await_ready, child, free_port

PROGRAM = str(Path(sys.executable).with_name("tocsin"))
INTEGRATIONS = 240
"""So many sources share the load: each alone is held to 50 deliveries a second, which is right in a team's life."""
SECRET = "a-secret-of-the-measurement-0123456789"
RUNBOOK = """\
# Shop: incident response

## Severity levels

| Severity | Description | Response time |
|---|---|---|
| P1 | Nobody can buy anything: complete outage | 15 minutes |
| P2 | Slow or partly broken: degraded performance | 1 hour |
| P3 | Nothing a customer would notice | 1 day |

## Escalation

1. On-Call Engineer: at once
2. Team Lead: after 15 minutes

## Common incidents

### Pages are slow

**Symptoms**: latency above 2 seconds, requests take too long

1. Look at the database: `pg_isready -h db.shop.internal`
2. Look at the queue: `redis-cli llen checkout`
"""


@dataclass(slots=True)
class House:
    """An installation in a folder, and its process while it runs."""

    folder: Path
    port: int
    database: str = ""
    pager: str = ""
    """The URL that pages are sent to; the built-in phone when empty."""
    environment: dict[str, str] = field(default_factory=dict)
    storm_after: int = 0
    """So many new troubles a minute are incidents of their own; 0: each, so that each is paged for."""
    process: Child | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        """Its configuration."""
        return self.folder / "tocsin.toml"

    def write(self) -> None:
        """Write the runbook and the configuration."""
        (self.folder / "runbook.md").write_text(RUNBOOK, encoding="utf-8")
        self.config.write_text(self._settings(), encoding="utf-8")
        self.environment["BENCH_SECRET"] = SECRET
        self.environment["BENCH_PAGER"] = self.pager
        self.environment |= {f"BENCH_KEY_{n}": key_of(n) for n in range(INTEGRATIONS)}

    @contextmanager
    def running(self, *, until_ready: bool = True) -> Iterator[Child]:
        """Run it until the block ends."""
        command = [PROGRAM, "serve", "--config", str(self.config)]
        log = self.folder / "tocsin.log"
        environment = {**self.environment, "TOCSIN_LOG_LEVEL": "WARNING"}
        with child(command, log=log, environment=environment, directory=self.folder) as process:
            self.process = process
            if until_ready:
                await_ready(process, self.ready, 60.0)
            yield process

    def ready(self) -> bool:
        """Whether it says that it would take and act on an alert."""
        return self.get("/readyz")[0] == 200

    def get(self, path: str) -> tuple[int, bytes]:
        """One GET; status 0 when nobody answers."""
        return self.ask("GET", path)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request on a connection of its own; status 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def unread(self) -> int:
        """How many stored deliveries it has not read yet."""
        found = re.search(rb"^tocsin_deliveries_unread (\d+)", self.get("/metrics")[1], re.MULTILINE)
        return int(found[1]) if found else -1

    def settle(self, within: float = 60.0) -> bool:
        """Wait until everything that was stored is read and acted on."""
        deadline = time.monotonic() + within
        while self.unread() != 0:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def count(self, sql: str) -> int:
        """The one number that a query of the database gives."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                return int(connection.execute(sql.encode()).fetchall()[0][0])
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return int(connection.execute(sql).fetchone()[0])

    @property
    def file(self) -> Path:
        """The SQLite file, where there is one."""
        return self.folder / "data" / "tocsin.db"

    def memory(self) -> float:
        """What the process holds in memory (resident), in MB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    def _settings(self) -> str:
        way = 'kind = "webhook"\naddress = { env = "BENCH_PAGER" }' if self.pager else 'kind = "phone"'
        database = f'database = "{self.database}"\n' if self.database else ""
        integrations = "".join(
            f'[integration.m{n}]\nsource = "alertmanager"\nservice = "shop"\nkey = {{ env = "BENCH_KEY_{n}" }}\n'
            f'[integration.m{n}.auth]\nkind = "bearer"\nsecret = {{ env = "BENCH_SECRET" }}\n'
            for n in range(INTEGRATIONS)
        )
        return (
            'version = 1\ncatch_all = ["ana"]\n'
            f'[server]\nport = {self.port}\ndata = "data"\ninternal = ["127.0.0.0/8"]\n{database}'
            f'[service.shop]\nname = "Shop"\nrunbook = "runbook.md"\nstorm_after = {self.storm_after}\n'
            f'[people.ana]\nname = "Ana"\n[[people.ana.ways]]\n{way}\n'
            '[roles]\n"On-Call Engineer" = ["ana"]\n"Team Lead" = ["ana"]\n'
            f"{integrations}"
        )


def key_of(number: int) -> str:
    """The secret part of the address of one integration."""
    return f"bench-{number:04d}-0123456789abcdef"


def house(folder: Path, *, database: str = "", pager: str = "", storm_after: int = 0) -> House:
    """A new installation; nothing runs yet. ``database`` is a URL, a SQLite file in the folder when empty."""
    made = House(folder, free_port(), database, pager, dict(os.environ), storm_after)
    made.write()
    return made
