"""The process that runs steps near the systems: a runner with this host's machinery, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tocsin.adapters.alone import alone_in
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.output_masks import output_masks
from tocsin.app.masking import Masker
from tocsin.clock import SystemClock
from tocsin.errors import NotSignedIn
from tocsin.runner.asking import Asking
from tocsin.runner.connection import Connection, checked
from tocsin.runner.errands import Errands
from tocsin.runner.identity import Identity, identity_in
from tocsin.runner.journal import Journal
from tocsin.runner.permitting import ALLOWING, Permits


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """How a runner is started. ``allowed`` are words for effects, ``programs`` those that may be called (none: any),
    ``variables`` those of its environment that are lent to steps; ``room`` is how many runs it carries at a time,
    ``zone`` becomes TZ of its steps."""

    server: str
    state: Path
    token: str | None
    allowed: tuple[str, ...] = ("read_only",)
    programs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    room: int = 4
    plain_http: bool = False
    zone: str = "UTC"


def masker_of(identity: Identity, permits: Permits, environment: Mapping[str, str]) -> Masker:
    """Masks, before it leaves this host, what is lent to steps, and the key of the runner: steps can read its file."""
    return Masker([identity.key, *(environment.get(name, "") for name in permits.variables)])


def run(options: RunnerOptions) -> int:
    """Ask for work and carry it out until SIGTERM or SIGINT; the exit status.

    Raises BadSettings, NotSignedIn when the server does not know it (any more), Conflict when another one works in its
    folder.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    clock, stop, server = SystemClock(), threading.Event(), checked(options.server, plain_http=options.plain_http)
    effects = dict.fromkeys(effect for word in options.allowed for effect in ALLOWING[word])
    permits = Permits(tuple(effects), options.programs, options.variables)
    with alone_in(options.state):
        identity = identity_in(options.state, Connection(server, clock), options.token)
        masks = output_masks(masker_of(identity, permits, os.environ))
        runner = LocalSteps(zone=options.zone, masks=lambda: masks, own_home=True)
        at = Connection(server, clock, identity.name, identity.key)
        errands = Errands(at, Journal(options.state), runner, permits, turned_away=lambda _why: None)
        asking = Asking(errands, identity, options.room, stop)
        errands.turned_away = asking.turn_away

        def end(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        # A request that waits for work cannot be interrupted: it ends with the process.
        threading.Thread(target=asking.run, name="asking", daemon=True).start()
        stop.wait()
        asking.finish()
    if asking.refused:
        raise NotSignedIn(asking.refused)
    return 0
