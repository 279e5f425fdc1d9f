"""A real blackbox exporter: Prometheus asks it whether an address answers, and it looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import answers, child, free_port
from tests.stage.presence import require

# What the probed program does not answer within this time is down, so that a test need not wait for long.
MODULES = {"modules": {"http_2xx": {"prober": "http", "timeout": "2s", "http": {"preferred_ip_protocol": "ip4"}}}}


@contextmanager
def blackbox(directory: Path) -> Iterator[str]:
    """Run the exporter with its module `http_2xx`; gives the ``host:port`` where it is asked."""
    program = require("blackbox")
    port = free_port()
    config = directory / "blackbox.yml"
    config.write_text(json.dumps(MODULES), encoding="utf-8")
    command = [program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
    with child(command, log=directory / "blackbox.log", ready=lambda: answers(f"http://127.0.0.1:{port}/-/healthy")):
        yield f"127.0.0.1:{port}"


def looking_at(exporter: str, *urls: str) -> dict[str, object]:
    """The job by which Prometheus has the exporter look at these addresses, as its manual says."""
    return {
        "job_name": "blackbox",
        "metrics_path": "/probe",
        "params": {"module": ["http_2xx"]},
        "static_configs": [{"targets": list(urls)}],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": exporter},
        ],
    }
