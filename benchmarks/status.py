"""The public status page beside nginx: the same file, in turns, from the process that also takes the alerts."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.figures import Figure, Goal, ratios
from benchmarks.house import house
from benchmarks.load import MISSING, program
from benchmarks.plan import Plan
from tests.stage.child import eventually
from tests.stage.nginx import nginx
from tools.components import component

SHARE = Goal(0.2, 0.3, at_least=True)
REPORT = """
function done(summary, latency, requests)
  local failed = summary.errors
  local bad = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  io.write(string.format("\\n%d %d %d %d\\n", summary.requests, summary.duration, bad, latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Pages a second, and milliseconds within which 99 of 100 had come."""

    a_second: float
    p99: float


def measure(plan: Plan) -> Iterator[Figure]:
    """Pages a second and p99 in ms, of nginx and of ours, in rounds that take turns."""
    missing = "" if program() else MISSING
    missing = missing or ("" if component("nginx").location() else "nginx is missing (make components)")
    if missing:
        yield Figure("the status page, pages a second", "/s", (), note=missing)
        return
    folder = plan.within("status")
    script = folder / "report.lua"
    script.write_text(REPORT, encoding="utf-8")
    with ExitStack() as stack:
        ours = house(folder)
        stack.enter_context(ours.running())
        page = f"{ours.url}/status/index.html"
        assert eventually(lambda: ours.get("/status/index.html")[0] == 200, within=30), "no status page was published"
        served = stack.enter_context(nginx(folder, root=ours.folder / "data" / "status"))
        beside = f"{served.url}/index.html"
        assert _body(page) == _body(beside), "the two do not serve the same file"
        taken: dict[str, list[Asked]] = {page: [], beside: []}
        for number in plan.numbers:
            for url, kept in taken.items():
                asked = _ask(url, str(script), plan)
                if number >= 0:
                    kept.append(asked)
    mine, theirs = taken[page], taken[beside]
    fast, slow = [one.a_second for one in theirs], [one.a_second for one in mine]
    yield Figure("the status page, nginx with one worker", "pages/s", tuple(fast))
    yield Figure("the status page, ours", "pages/s", tuple(slow), SHARE, ratios(slow, fast))
    fast, slow = [one.p99 for one in theirs], [one.p99 for one in mine]
    yield Figure("the status page, nginx: p99", "ms", tuple(fast))
    yield Figure("the status page, ours: p99", "ms", tuple(slow), ratios=ratios(slow, fast))


def _body(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
    return body


def _ask(url: str, script: str, plan: Plan) -> Asked:
    """Ask for the page on so many connections at once for as long as the plan says; RuntimeError when any failed."""
    wrk, whole = program(), max(1, round(plan.seconds))
    assert wrk is not None
    command = [wrk, "-t1", f"-c{plan.connections}", f"-d{whole}s", "--timeout", "20s", "-s", script, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=whole + 60, check=False)
    said = done.stdout.strip().rpartition("\n")[2].split()
    if done.returncode or len(said) != 4:
        raise RuntimeError(f"wrk failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    requests, microseconds, bad, p99 = map(int, said)
    if bad:
        raise RuntimeError(f"{bad} of {requests} requests for the status page failed")
    return Asked(requests / (microseconds / 1e6), p99 / 1000)
