"""A runner that is killed at one point of a run: `python -m tests.acceptance.runner_crash SERVER STATE POINT`.

Its parts are the real ones, put together as `tocsin runner` does; only the point at which it dies is put in, around its
journal.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from tocsin.adapters.execution.local import LocalSteps
from tocsin.clock import SystemClock
from tocsin.runner.asking import Asking
from tocsin.runner.connection import Connection
from tocsin.runner.errands import Errands
from tocsin.runner.identity import identity_in
from tocsin.runner.journal import Journal, Report
from tocsin.runner.permitting import Permits

POINTS = {
    "taken": ("failed", 0),
    "begun": ("unknown", 0),
    "ended": ("unknown", 1),
    "kept": ("succeeded", 1),
}
"""Where it dies, and what becomes of the run and how often its effect is there: written down that it has it; told to
begin, with nothing started; after the end of the command; with its report written and not told."""


def die() -> None:
    """As when the power fails."""
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(Journal):
    """A journal that takes the whole process with it at one point."""

    point = ""

    def take(self, attempt: str, run: str) -> bool:
        """Write down that it was seen."""
        done = super().take(attempt, run)
        if self.point == "taken":
            die()
        return done

    def start(self, attempt: str, run: str) -> None:
        """Write down that it begins."""
        super().start(attempt, run)
        if self.point == "begun":
            die()

    def end(self, run: str, report: Report) -> None:
        """Write down how it ended."""
        if self.point == "ended":
            die()
        super().end(run, report)
        die()


def main() -> None:
    """Ask for work, and die."""
    server, state, point = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    clock, stop = SystemClock(), threading.Event()
    identity = identity_in(state, Connection(server, clock), None)
    at = Connection(server, clock, identity.name, identity.key)
    journal = Dying(state)
    journal.point = point
    permits = Permits(("read_only", "mutating", "unknown"))
    errands = Errands(at, journal, LocalSteps(own_home=True), permits, turned_away=lambda _why: None)
    Asking(errands, identity, 1, stop).run()


if __name__ == "__main__":
    main()
