"""Processes that start a step's run and are killed at one point of it: `python -m tests.acceptance.step_crash`.

What is killed is the real installation: its store, its courier, its runners. Only the point at which it dies is
put in, around the port of the runner. The modules are loaded once: each line on standard input (`FOLDER POINT`) is a
process of its own, forked from one that has opened nothing and started no thread, and its exit status is a line of
the answer.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tocsin.app.access import Role, person
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.starting import Given
from tocsin.app.ports import Execution, Hear, Job, StepRunner
from tocsin.bootstrap import Installation, build
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import Via
from tocsin.incident.target import TargetKind
from tocsin.settings.loading import load

ROOT = person("root", Role.ADMIN, Via.CLI)
POINTS = ("ordered", "claimed", "begun", "running", "ended", "recorded")
"""Where it dies: the order is committed and nobody has claimed it; claimed and nothing started; the warden (or ssh) is
started, and what it has done is not known; while the command runs and has had its effect; after its end, before its
result is stored; right after that."""


@dataclass
class Dying:
    """A runner that takes the whole process with it at one point."""

    inner: StepRunner
    point: str
    effects: Path

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        """Run it, as far as we come."""
        if self.point == "claimed":
            die()

        def look() -> bool:
            if self.point == "begun" or (self.point == "running" and self.effects.exists()):
                die()
            return cancelled()

        execution = self.inner.run(job, hear=hear, cancelled=look)
        if self.point == "ended":
            die()
        return execution


def die() -> None:
    """As when the power fails."""
    os.kill(os.getpid(), signal.SIGKILL)


def installation(folder: Path) -> Installation:
    """The installation of that folder."""
    return build(load(folder / "tocsin.toml"))


def step_of(at: Installation) -> str:
    """The one step with a command."""
    steps = at.application.playbooks.of("shop").playbook.steps().values()
    return next(step.id for step in steps if step.command is not None)


def crash(folder: Path, point: str) -> None:
    """Declare, order the step, and die."""
    at = installation(folder)
    application, step = at.application, step_of(at)
    application.steps.enable(ROOT, "shop", step)
    id = application.incidents.declare(ROOT, "Jobs pile up", "shop", severity="P0").incident.id
    application.steps.run(ROOT, id, step, Given(confirmed=True, typed="local"))
    if point == "ordered":
        die()
    carrier = application.courier.carriers[EffectKind.STEP]
    assert isinstance(carrier, StepCarrier)
    for kind in (TargetKind.LOCAL, TargetKind.SSH):
        carrier.runners = {**carrier.runners, kind: Dying(carrier.runners[kind], point, folder / "effects")}
    while True:
        application.courier.carry()
        if point == "recorded" and not application.incidents.view(ROOT, id).incident.steps[step].running:
            die()


def main() -> None:
    """Fork a process for each line, until nobody has another one."""
    for line in sys.stdin:
        folder, _, point = line.rstrip("\n").rpartition(" ")
        child = os.fork()
        if not child:
            try:
                crash(Path(folder), point)
            finally:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
