"""Corrections of a reading, in a file beside the runbook, so that the team's Markdown stays untouched.

``RUNBOOK.md`` has its corrections in ``RUNBOOK.overrides.toml``, one table for each step by its id. An id is made of
where a step stands and what it runs: when the command changes, the correction of the old one no longer applies, and
says so.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath
from typing import Any, TypeVar

from tocsin.errors import BadDocument
from tocsin.runbook.instructions import Command, Effect, Step, StepKind, Termination
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.procedure.course import ties_of

LARGEST = 256 * 1024
"""Bytes of a side file."""

_E = TypeVar("_E", bound=StrEnum)
_KEYS = ("effect", "termination", "kind", "command", "title")


@dataclass(frozen=True, slots=True)
class Correction:
    """What the team says of one step; None where the reading stands. ``command`` false: it is nothing to run."""

    line: int
    effect: Effect | None = None
    termination: Termination | None = None
    kind: StepKind | None = None
    command: bool = True
    title: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what is corrected."""
        said = (self.effect, self.termination, self.kind, None if self.command else False, self.title)
        return tuple(name for name, value in zip(_KEYS, said, strict=True) if value is not None)


@dataclass(frozen=True, slots=True)
class Corrections:
    """A side file: its name, the hash of its words, and its corrections by step id."""

    path: str
    sha256: str
    steps: Mapping[str, Correction]

    def unused(self, playbook: Playbook) -> Iterator[tuple[str, int]]:
        """(id, line in the side file) of every correction whose step is not in the runbook."""
        there = playbook.steps()
        yield from ((key, one.line) for key, one in self.steps.items() if key not in there)


def side_file(runbook: str) -> str:
    """The name of the side file of a runbook's file name.

    >>> side_file("RUNBOOK.md")
    'RUNBOOK.overrides.toml'
    """
    return f"{PurePath(runbook).stem}.overrides.toml"


def read_corrections(data: bytes, path: str) -> Corrections:
    """The corrections of a side file. Raises BadDocument with what is wrong and where."""
    if len(data) > LARGEST:
        raise BadDocument(f"{path} has {len(data):,} bytes; corrections may have {LARGEST:,}.")
    try:
        text = data.decode()
        body = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadDocument(f"{path} is no TOML: {wrong}.") from wrong
    steps = body.pop("step", {})
    if body or not isinstance(steps, dict):
        raise BadDocument(f"{path} may hold tables [step.ID] only; `tocsin show --steps` lists the ids.")
    found = {key: _correction(key, one, _line(text, key), path) for key, one in steps.items()}
    return Corrections(path, hashlib.sha256(data).hexdigest(), found)


def corrected(playbook: Playbook, corrections: Corrections) -> Playbook:
    """The playbook as the team reads it."""

    def each(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(_applied(one, corrections.steps[one.id]) if one.id in corrections.steps else one for one in steps)

    return replace(
        playbook,
        phases=tuple(replace(one, steps=each(one.steps)) for one in playbook.phases),
        procedures=tuple(replace(one, steps=each(one.steps)) for one in playbook.procedures),
    )


def _applied(step: Step, said: Correction) -> Step:
    command: Command | None = step.command if said.command else None
    if command is not None and (said.effect or said.termination):
        command = replace(
            command,
            effect=said.effect or command.effect,
            termination=said.termination or command.termination,
            reason="the team says so" if said.effect else command.reason,
        )
    kind = said.kind or (StepKind.MANUAL if step.command is not None and command is None else step.kind)
    found = replace(step, title=said.title or step.title, kind=kind, command=command, corrected=said.fields)
    return replace(found, ties=ties_of(found))


def _correction(key: str, said: Any, line: int, path: str) -> Correction:
    where = f"{path}:{line}: [step.{key}]"
    if not isinstance(said, dict):
        raise BadDocument(f"{where} has to be a table.")
    if unknown := sorted(said.keys() - set(_KEYS)):
        raise BadDocument(f"{where} has no {unknown[0]!r}; there are {', '.join(_KEYS)}.")
    title, command = said.get("title"), said.get("command", True)
    if title is not None and not (isinstance(title, str) and title.strip()):
        raise BadDocument(f"{where} title has to be a text.")
    if not isinstance(command, bool):
        raise BadDocument(f"{where} command has to be true or false.")
    return Correction(
        line,
        effect=_one_of(Effect, said.get("effect"), f"{where} effect"),
        termination=_one_of(Termination, said.get("termination"), f"{where} termination"),
        kind=_one_of(StepKind, said.get("kind"), f"{where} kind"),
        command=command,
        title=title,
    )


def _one_of(kind: type[_E], value: object, where: str) -> _E | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in list(kind):
        raise BadDocument(f"{where} has to be one of {', '.join(kind)}.")
    return kind(value)


def _line(text: str, key: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if key in line), 1)
