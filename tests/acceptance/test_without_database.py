"""The public status page of a running server whose database is gone: customers read on while it cannot work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.monitors import KEY, PATH, alertmanager_body
from tests.stage.child import eventually
from tests.stage.postgresql import postgresql
from tests.stage.process import Tocsin, tocsin

RUNBOOK = """# Runbook

## Severity Levels
- **P0**: complete outage, data loss
- **P1**: something is slow

## Escalation
1. **On-Call Engineer**
"""
TOML = """
version = 1
catch_all = ["ana"]
[server]
#database
[service.shop]
runbook = "runbook.md"
components = ["checkout"]
[component.checkout]
name = "Checkout"
[people.ana]
ways = [{ kind = "phone" }]
[roles]
"On-Call Engineer" = ["ana"]
[integration.monitor]
source = "alertmanager"
service = "shop"
key = { env = "KEY" }
"""
SAID = "We know why the checkout is slow."


@contextmanager
def house(folder: Path, database: str = "") -> Iterator[Tocsin]:
    """A running server whose status page tells of an incident."""
    folder.mkdir()
    (folder / "runbook.md").write_text(RUNBOOK)
    with tocsin(folder, TOML.replace("#database", database), environment={"KEY": KEY}) as server:
        server.api("/incidents", {"title": "Checkout is slow", "service": "shop", "severity": "P0"})
        told = {"status": "identified", "text": SAID, "components": ["checkout"]}
        server.api("/incidents/INC-1/customers", told)
        assert eventually(lambda: SAID.encode() in server.get("/status/").body, 10)
        yield server


@contextmanager
def on_sqlite(folder: Path) -> Iterator[tuple[Tocsin, Callable[[], None]]]:
    """With a file; what takes it away leaves the name without a file, and nothing readable behind open handles."""
    with house(folder) as server:

        def take_away() -> None:
            for part in sorted(server.database.parent.glob("tocsin.db*")):
                size = part.stat().st_size
                with part.open("r+b") as file:
                    file.write(b"gone" * (size // 4 + 1))
                part.rename(folder / part.name)

        yield server, take_away


@contextmanager
def on_postgresql(folder: Path) -> Iterator[tuple[Tocsin, Callable[[], None]]]:
    """With a server of its own, which is stopped."""
    with (
        postgresql() as there,
        there.database() as database,
        house(folder, f'database = "{database.dsn}"') as server,
    ):
        try:
            yield server, there.stop
        finally:
            server.kill()
            there.start()


@pytest.mark.parametrize(
    "on",
    [on_sqlite, pytest.param(on_postgresql, marks=pytest.mark.component("postgresql"))],
    ids=["sqlite", "postgresql"],
)
def test_the_status_page_answers_while_the_database_of_the_running_server_is_gone(
    on: Callable[[Path], Iterator[tuple[Tocsin, Callable[[], None]]]], tmp_path: Path
) -> None:
    """R20: customers read what was last said, as of when; probes and monitors are told that nothing can be stored."""
    with on(tmp_path / "house") as (server, take_away):  # type: ignore[attr-defined]
        before = server.get("/status/")
        take_away()
        assert eventually(lambda: server.get("/readyz").status == 503, 30)
        assert server.deliver(PATH, alertmanager_body("Down")).status == 503
        after = server.get("/status/")
        assert (after.status, after.body) == (200, before.body)
        assert SAID.encode() in after.body
        assert server.get("/status/", {"if-none-match": before.headers["etag"]}).status == 304
        assert server.get("/status/api/v2/summary.json").status == 200
        assert server.get("/healthz").status == 200
