"""The real server on PostgreSQL: the same file with one more line."""

from __future__ import annotations

from pathlib import Path

from tests.api.house import RUNBOOK
from tests.cli.test_server import SETTINGS, run
from tests.stage.child import eventually
from tests.stage.postgresql import Database
from tests.stage.process import tocsin


def test_the_server_runs_on_postgresql(tmp_path: Path, postgresql_database: Database) -> None:
    """Declared, paged, acknowledged, restarted: facts, accounts and addresses live in the database."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    settings = SETTINGS.replace("[server]\n", '[server]\ndatabase = { env = "SHOP_DATABASE" }\n')
    environment = {"SHOP_DATABASE": postgresql_database.url.replace("+psycopg", "")}
    with tocsin(tmp_path, settings, environment=environment) as running:
        id = running.api("/incidents", {"title": "x", "severity": "P0"})["incident"]["id"]
        assert eventually(lambda: "RINGING" in run(running, "phone").stdout, 10)
        url = running.api("/integrations/am")["url"]
        running.stop()
        running.start()
        assert "acknowledged" in run(running, "ack").stdout
        assert running.api(f"/incidents/{id}")["acknowledged_by"] == "ana"
        assert running.api("/integrations/am")["url"] == url
        assert not (tmp_path / "data" / "tocsin.db").exists()
