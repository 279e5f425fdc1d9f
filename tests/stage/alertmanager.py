"""A real Alertmanager that sends to a webhook at once."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import Child, answers, child, free_port
from tests.stage.presence import require


class Alertmanager:
    """A running Alertmanager."""

    def __init__(self, url: str, process: Child) -> None:
        self.url = url
        self.process = process

    def post(self, alerts: Sequence[Mapping[str, object]]) -> None:
        """Send alerts as Prometheus does (API v2: ``labels``, ``annotations``, ``startsAt``, ``endsAt``)."""
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts",
            data=json.dumps(alerts).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            assert response.status == 200

    def alerts(self) -> list[dict[str, object]]:
        """The alerts that it holds now."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=5) as response:
            held: list[dict[str, object]] = json.load(response)
        return held


@contextmanager
def alertmanager(
    directory: Path,
    webhook: str,
    *,
    headers: Mapping[str, str] | None = None,
    group_by: Sequence[str] = ("alertname",),
    group_wait: str = "0s",
    group_interval: str = "1s",
    repeat_interval: str = "1h",
    others: Mapping[str, object] | None = None,
) -> Iterator[Alertmanager]:
    """Run Alertmanager with one receiver; ``headers`` may hold an ``Authorization`` such as ``Bearer …``.

    ``others`` are more of the receiver's configurations, like ``pagerduty_configs``.
    """
    program = require("alertmanager")
    port = free_port()
    webhook_config: dict[str, object] = {"url": webhook, "send_resolved": True}
    if authorization := (headers or {}).get("Authorization"):
        kind, _, credentials = authorization.partition(" ")
        webhook_config["http_config"] = {"authorization": {"type": kind, "credentials": credentials}}
    config = directory / "alertmanager.yml"
    # JSON is YAML, and needs no library to be written correctly.
    config.write_text(
        json.dumps(
            {
                "route": {
                    "receiver": "tocsin",
                    "group_by": list(group_by),
                    "group_wait": group_wait,
                    "group_interval": group_interval,
                    "repeat_interval": repeat_interval,
                },
                "receivers": [{"name": "tocsin", "webhook_configs": [webhook_config], **(others or {})}],
            }
        ),
        encoding="utf-8",
    )
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={directory / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    url = f"http://127.0.0.1:{port}"
    with child(command, log=directory / "alertmanager.log", ready=lambda: answers(f"{url}/-/ready")) as process:
        yield Alertmanager(url, process)
