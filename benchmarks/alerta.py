"""Another alert server that keeps its alerts in a database: alerta (https://alerta.io), on the same PostgreSQL.

It runs as its own manual says: gunicorn with two workers, loaded before they part because two that make the tables at
once stand in each other's way. Signing in is off, plugins are off: nothing is asked of it that it could do without.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import await_ready, child, free_port
from tools.components import component

WORKERS = 2
CONFIGURATION = "AUTH_REQUIRED = False\nPLUGINS = []\nSECRET_KEY = 'of-the-measurement'\n"
MISSING = "alerta is missing (python -m tools.components alerta)"


def is_here() -> bool:
    """Whether alerta is installed."""
    return component("alerta").location() is not None


@contextmanager
def running(folder: Path, database: str) -> Iterator[str]:
    """Where a running alerta takes alerts, one in each request; ``database`` is the URL of an empty PostgreSQL one."""
    folder.mkdir()
    configuration = folder / "alertad.conf"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [
        str(component("alerta").folder() / "bin" / "gunicorn"),
        *("--preload", "--workers", str(WORKERS), "--backlog", "1024", "--worker-tmp-dir", str(folder)),
        *("--bind", f"127.0.0.1:{port}", "alerta:create_app()"),
    ]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "DATABASE_URL": database,
        "ALERTA_SVR_CONF_FILE": str(configuration),
        "HOME": str(folder),  # gunicorn writes there
    }
    with child(command, log=folder / "alerta.log", environment=environment, directory=folder) as process:
        await_ready(process, lambda: _takes_alerts(url), 60.0)
        yield f"{url}/alert"


def _takes_alerts(url: str) -> bool:
    alert = {"environment": "Production", "resource": "first", "event": "Started", "service": ["shop"]}
    request = urllib.request.Request(
        f"{url}/alert", json.dumps(alert).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.status == 201)
    except (urllib.error.URLError, OSError):
        return False
