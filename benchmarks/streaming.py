"""What a responder waits for while many commands print: a whole Tocsin runs them, and its incident is asked for."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from benchmarks.commands import token
from benchmarks.figures import Figure, Goal, percentile
from benchmarks.house import House, house
from benchmarks.plan import Plan

GOAL = Goal(1000.0)
"""Milliseconds, p99: a page that has not come by then is reloaded by whoever waits for it."""
LINE = "2026-11-21T03:09:12Z worker 17 order 4711 was refused by the payment provider, tried again\n"
PROCEDURE = "flood"
MEBIBYTE = 1024 * 1024
LONGEST = 900.0
SOON = 30.0
TRIES = 20
_LOOKED_FOR = re.compile(rb'^tocsin_outbox_entries\{kind="evidence"\} [1-9]', re.MULTILINE)


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds from the question to the answer, alone and while the steps run; seconds for all; mebibytes."""
    made = house(plan.within("streaming"))
    _write(made, plan)
    with made.running():
        desk = _Desk(made, token(made))
        incident = desk.declare()
        yield Figure("an incident is shown, p99", "ms", (percentile(desk.looks(incident, 20), 99),), GOAL)
        runs = f"{plan.streams} steps of {plan.stream_bytes / MEBIBYTE:.1f} MiB run"
        began = time.monotonic()
        desk.run_all(incident)
        late = desk.looks_until_all_have_ended(incident)
        yield Figure(f"an incident is shown while {runs}, p99", "ms", (percentile(late, 99),), GOAL)
        bad = desk.not_sound(incident)
        yield Figure(runs, "s", (time.monotonic() - began,), note=f"{len(bad)} failed" if bad else "")
        yield Figure(f"{runs}, most memory", "MB", (desk.most,))


def _write(made: House, plan: Plan) -> None:
    """A procedure whose every step prints a file; each step has a name of its own for the same file."""
    commands = []
    (made.folder / "flood.log").write_text(LINE * (plan.stream_bytes // len(LINE)), encoding="utf-8")
    for number in range(plan.streams):
        (made.folder / f"worker-{number}.log").symlink_to("flood.log")
        commands.append(f"cat worker-{number}.log")
    runbook = made.folder / "runbook.md"
    steps = "\n".join(commands)
    added = f"\n### Flood\n\n**Symptoms**: floods\n\n**Investigation**:\n\n```bash\n{steps}\n```\n"
    runbook.write_text(runbook.read_text("utf-8") + added, encoding="utf-8")


@dataclass(slots=True)
class _Desk:
    """A person at the API. ``most`` is the most memory of the process at any look, in MB."""

    made: House
    token: str
    most: float = field(default=0.0)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What is answered; RuntimeError when it is refused or nobody answers."""
        return self._asked(method, path, body)[1]

    def _asked(self, method: str, path: str, body: object = None) -> tuple[float, Any]:
        """Milliseconds to the answer, and the answer. Who is told to come again in a second does so, uncounted."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if body is not None else None
        for _ in range(TRIES):
            began = time.perf_counter()
            status, answer = self.made.ask(method, f"/api/v1{path}", sent, headers)
            took = (time.perf_counter() - began) * 1000
            if status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            time.sleep(1)
        if status not in (200, 201, 202):
            raise RuntimeError(f"{method} {path} was answered with {status}: {answer[:200]!r}")
        return took, json.loads(answer)

    def declare(self) -> str:
        """An incident with the procedure open; its steps are enabled after that, so that none runs by itself."""
        told = self.ask("POST", "/incidents", {"title": "floods", "service": "shop", "procedure": PROCEDURE})
        incident = str(told["incident"]["id"])
        deadline = time.monotonic() + SOON
        while _LOOKED_FOR.search(self.made.get("/metrics")[1]) and time.monotonic() < deadline:
            time.sleep(0.02)  # what it looks at by itself is decided on then
        for step in self.steps(incident):
            self.ask("POST", f"/services/shop/steps/{step['id']}/enable")
        return incident

    def steps(self, incident: str) -> list[dict[str, Any]]:
        """Its steps."""
        found: list[dict[str, Any]] = self.ask("GET", f"/incidents/{incident}/steps")["steps"]
        return found

    def run_all(self, incident: str) -> None:
        """Order all of them."""
        for step in self.steps(incident):
            self.ask("POST", f"/incidents/{incident}/steps/{step['id']}/run", {})

    def looks(self, incident: str, count: int) -> list[float]:
        """Milliseconds of that many looks, one after the other."""
        return [self._look(incident) for _ in range(count)]

    def looks_until_all_have_ended(self, incident: str) -> list[float]:
        """Milliseconds of all looks meanwhile, ten a second."""
        late: list[float] = []
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            late.append(self._look(incident))
            self.most = max(self.most, self.made.memory())
            if len(late) % 10 == 0 and all(step["outcome"] for step in self.steps(incident)):
                return late
            time.sleep(0.1)
        raise RuntimeError(f"the steps had not ended after {LONGEST:.0f} s")

    def _look(self, incident: str) -> float:
        return self._asked("GET", f"/incidents/{incident}")[0]

    def not_sound(self, incident: str) -> list[str]:
        """The steps that did not end well."""
        return [step["title"] for step in self.steps(incident) if step["outcome"] != "succeeded"]
