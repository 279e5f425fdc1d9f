"""A runbook in a file, compiled with what lies beside it.

Apart from the settings and from what a plan is made of, which whoever only reads a runbook never loads: that is a third
of the time that `tocsin check` takes in an editor or before a commit.
"""

from __future__ import annotations

from pathlib import Path

from tocsin.cli.surroundings import surroundings
from tocsin.clock import SystemClock
from tocsin.errors import BadDocument, BadInput
from tocsin.runbook.answers.corrections import Corrections, read_corrections, side_file
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


def compiled(path: Path) -> Playbook:
    """The runbook of a file. Raises BadDocument, BadInput."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    try:
        return compile_runbook(
            data,
            path=str(path),
            today=SystemClock().now().date(),
            look=surroundings(path),
            corrections=corrections_beside(path),
        )
    except BadDocument as error:
        raise BadDocument(f"{path}: {error.message}") from error


def corrections_beside(path: Path) -> Corrections | None:
    """The corrections in the side file of a runbook. Raises BadDocument when it has one that cannot be read."""
    beside = path.with_name(side_file(path.name))
    try:
        data = beside.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadDocument(f"{beside} cannot be read: {error.strerror}") from error
    return read_corrections(data, str(beside))
