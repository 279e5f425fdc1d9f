"""How long a person at a terminal waits: `tocsin --help`, and `tocsin ack` against a running server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure, Goal
from benchmarks.house import PROGRAM, House, house
from benchmarks.paging import our_request
from benchmarks.plan import Plan
from tests.stage.child import eventually

GOAL = Goal(150.0)
ONCE = re.compile(rb"/login/once\S*?([A-Za-z0-9_-]{40,})")


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds of wall time from the command to its end."""
    yield Figure("tocsin --help", "ms", tuple(call([PROGRAM, "--help"], {}) for _ in range(plan.calls)), GOAL)
    made = house(plan.within("commands"))
    with made.running():
        environment = {"TOCSIN_URL": made.url, "TOCSIN_TOKEN": token(made)}
        incidents = declared(made, plan.calls)
        times = [call([PROGRAM, "ack", incident], environment) for incident in incidents]
    yield Figure("tocsin ack", "ms", tuple(times), GOAL)


def call(command: Sequence[str], environment: dict[str, str]) -> float:
    """Run a command to its end; milliseconds. RuntimeError when it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, env={**os.environ, **environment}, timeout=30, check=False)
    took = (time.perf_counter() - began) * 1000
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed: {done.stderr[-300:].decode(errors='replace')}")
    return took


def token(made: House) -> str:
    """A token of the first administrator, by the link that the first start prints."""
    log = made.folder / "tocsin.log"
    assert eventually(lambda: ONCE.search(log.read_bytes()), 10.0), "the first start printed no link"
    found = ONCE.search(log.read_bytes())
    assert found is not None
    body = json.dumps({"once": found[1].decode()}).encode()
    status, answer = made.ask("POST", "/api/v1/login", body, {"Content-Type": "application/json"})
    if status not in (200, 201):
        raise RuntimeError(f"signing in was answered with {status}: {answer[:200]!r}")
    return str(json.loads(answer)["token"])


def declared(made: House, count: int) -> list[str]:
    """Incidents that wait to be acknowledged."""
    before = made.count("SELECT count(*) FROM incidents")
    for number in range(1, count + 1):
        path, body, headers = our_request(number)
        status, _ = made.ask("POST", path, body, headers)
        assert status == 202, status
    assert eventually(lambda: made.count("SELECT count(*) FROM incidents") >= before + count, 10.0)
    return [f"INC-{before + number}" for number in range(1, count + 1)]
