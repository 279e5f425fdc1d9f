"""How long a step may take, and how much it may use: by what its programs are for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from tocsin.app.execution.ordering import Order
from tocsin.app.ports import Limits
from tocsin.runbook.command.connecting import says_how_long
from tocsin.runbook.command.wrappers import name_of, unwrapped
from tocsin.runbook.instructions import Effect

LOOKING = Limits(total=timedelta(seconds=60), connect=timedelta(seconds=20))
"""What has two addresses to ask, as a cluster's does, tries each for 15 s and may reach the second: it is not cut."""
CHANGING = Limits(total=timedelta(minutes=5), connect=timedelta(minutes=1))
"""A change may wait until a host that it restarted is back, and that one answers nobody meanwhile."""
BUILDING = Limits(
    total=timedelta(minutes=30),
    idle=timedelta(minutes=10),
    connect=timedelta(minutes=2),
    memory=4 * 1024**3,
    processes=512,
)
MOVING = Limits(total=timedelta(hours=6), connect=timedelta(minutes=2), memory=4 * 1024**3, processes=512)
"""Restores, dumps and migrations say nothing for as long as they work, and one that is cut off half-way has dropped
what it had not brought back yet: there is no bound on their silence."""

_BUILDS = re.compile(
    r"(?:npm (?:ci|install|t\b|test|run)|npx|yarn|pnpm|make|mvn|gradle|cargo|go (?:build|test)|pip|bundle|pytest|tox"
    r"|docker(?:-compose| compose)? (?:build|pull))\b"
)
_MOVES = re.compile(
    r"(?:pg_(?:restore|dump|dumpall|basebackup)|mysqldump|mongo(?:dump|restore)|rsync|alembic|flyway|liquibase"
    r"|supabase (?:db|migration)|aws s3 (?:cp|sync|mv)|psql\b.* (?:-f|--file))\b"
)
_CHANGES_BY_MOVING = re.compile(r".*\b(?:migrate|migration|restore)\b")
_STATEMENTS = re.compile(r"[;&|\n({]+|\b(?:do|then|else)\b")


def limits_of(wanted: Order) -> Limits:
    """A look has a minute, a change five, builds and tests half an hour, what moves data six hours.

    Where a command says itself how long it waits for a host, that holds: what it does then is part of it.
    """
    limits = _class_of(wanted)
    return replace(limits, connect=None) if any(map(says_how_long, _stages(wanted))) else limits


def _class_of(wanted: Order) -> Limits:
    said = list(_programs(wanted))
    looks = wanted.effect is Effect.READ_ONLY
    if any(_MOVES.match(one) or (not looks and _CHANGES_BY_MOVING.match(one)) for one in said):
        return MOVING
    if any(_BUILDS.match(one) for one in said):
        return BUILDING
    return LOOKING if looks else CHANGING


def _programs(wanted: Order) -> Iterator[str]:
    """Each program with its words, without its folder and what stands around it, such as `sudo`."""
    for stage in _stages(wanted):
        _around, argv = unwrapped(stage)
        if argv:
            yield " ".join((name_of(argv[0]), *argv[1:]))


def _stages(wanted: Order) -> Sequence[tuple[str, ...]]:
    if wanted.shell is None:
        return wanted.pipeline
    return [tuple(one.split()) for one in _STATEMENTS.split(wanted.text)]
