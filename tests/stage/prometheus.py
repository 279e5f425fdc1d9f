"""A real Prometheus with short intervals, so that its rules fire within seconds."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import Child, answers, child, free_port
from tests.stage.presence import require


class Prometheus:
    """A running Prometheus."""

    def __init__(self, url: str, process: Child) -> None:
        self.url = url
        self.process = process

    def query(self, expression: str) -> list[dict[str, object]]:
        """The samples of an instant query."""
        address = f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        with urllib.request.urlopen(address, timeout=5) as response:
            result: list[dict[str, object]] = json.load(response)["data"]["result"]
        return result


@contextmanager
def prometheus(
    directory: Path,
    *,
    targets: Mapping[str, str] | None = None,
    jobs: Sequence[Mapping[str, object]] = (),
    rules: Sequence[Mapping[str, object]] = (),
    rule_files: Sequence[Path] = (),
    alertmanager: str | None = None,
) -> Iterator[Prometheus]:
    """Run Prometheus; ``targets`` are job name to ``host:port``, ``alertmanager`` is a ``host:port`` or a URL.

    ``jobs`` are scrape configurations of one's own.
    """
    program = require("prometheus")
    port = free_port()
    own_rules = directory / "rules.yml"
    own_rules.write_text(
        json.dumps({"groups": [{"name": "test", "rules": list(rules)}] if rules else []}), encoding="utf-8"
    )
    config: dict[str, object] = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"},
        "rule_files": [str(own_rules), *map(str, rule_files)],
        "scrape_configs": [
            *({"job_name": job, "static_configs": [{"targets": [at]}]} for job, at in (targets or {}).items()),
            *jobs,
        ],
    }
    if alertmanager is not None:
        address, _, prefix = alertmanager.removeprefix("http://").partition("/")
        one = {"path_prefix": f"/{prefix}", "static_configs": [{"targets": [address]}]}
        config["alerting"] = {"alertmanagers": [one]}
    config_file = directory / "prometheus.yml"
    config_file.write_text(json.dumps(config), encoding="utf-8")
    command = [
        program,
        f"--config.file={config_file}",
        f"--storage.tsdb.path={directory / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--rules.alert.resend-delay=2s",  # the first post comes before the address is known to it
    ]
    url = f"http://127.0.0.1:{port}"
    with child(command, log=directory / "prometheus.log", ready=lambda: answers(f"{url}/-/ready")) as process:
        yield Prometheus(url, process)
