"""``tocsin diff``: how another version of a runbook would respond differently, or another version of Tocsin to it.

Lines that moved change nothing. Either side may be a file, a file in a revision of its repository, or a playbook that
`tocsin show --json` wrote: the runbook as it was read then.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from tocsin.cli.compiling import compiled
from tocsin.cli.output import BOLD, coloured, dump, plain, say
from tocsin.cli.revisions import Revision, committed, revision_of
from tocsin.errors import BadDocument, BadInput
from tocsin.incident.differing import Change, Difference, differences, in_one_line
from tocsin.runbook.answers.corrections import read_corrections, side_file
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_from_json
from tocsin.runbook.playbook import Playbook


def diff(arguments: argparse.Namespace) -> int:
    """Print how two versions respond differently; the exit status."""
    found = differences(*_versions(arguments))
    if arguments.json:
        dump([_for_programs(one) for one in found])
    elif not found:
        say("both would respond in the same way")
    for _changes, alike in itertools.groupby(found if not arguments.json else (), _alike):
        first, *others = alike
        names = ", ".join(one.what.removeprefix(_SEVERITY) for one in (first, *others))
        say(coloured(plain(f"severities {names}" if others else first.title), BOLD))
        for change in first.changes:
            _tell(change)
    return 1 if found and arguments.exit_code else 0


def _for_programs(one: Difference) -> dict[str, Any]:
    return {
        "what": one.title,
        "before": [f"{change.aspect} {change.before}" for change in one.changes if change.before is not None],
        "after": [f"{change.aspect} {change.after}" for change in one.changes if change.after is not None],
        "changes": [dataclasses.asdict(change) for change in one.changes],
    }


def _versions(arguments: argparse.Namespace) -> Iterator[Playbook]:
    """The two that are compared; of a single file what was committed last, and what it is now."""
    if arguments.new is None:
        if revision_of(arguments.old) is not None or _is_kept(arguments.old):
            raise BadInput(f"with what is {arguments.old} to be compared? Name the runbook as well")
        after = compiled(Path(arguments.old))
        yield from (_committed(committed(Path(arguments.old))), after)
    else:
        yield from map(_playbook, (arguments.old, arguments.new))


def _playbook(word: str) -> Playbook:
    """The playbook of a runbook, here or in a revision, or the one kept as JSON. Raises BadDocument, BadInput."""
    if (revision := revision_of(word)) is not None:
        return _committed(revision)
    return _kept(Path(word)) if _is_kept(word) else compiled(Path(word))


def _is_kept(word: str) -> bool:
    return word.lower().endswith(".json")


def _committed(revision: Revision) -> Playbook:
    """The playbook of a runbook in a revision, with the corrections that lay beside it then."""
    data = revision.data()
    if data is None:
        raise BadInput(f"{revision}: that revision has no such file; is it new, or had it another name?")
    side = revision.beside(side_file(PurePosixPath(revision.path).name))
    corrected = side.data()
    try:
        corrections = read_corrections(corrected, str(side)) if corrected is not None else None
        return compile_runbook(data, path=str(revision), corrections=corrections)
    except BadDocument as error:
        raise BadDocument(f"{revision}: {error.message}") from error


def _kept(path: Path) -> Playbook:
    try:
        kept = json.loads(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadInput(f"{path} is no JSON: {error}") from error
    if not isinstance(kept, dict):
        raise BadInput(f"{path} is no playbook; `tocsin show --json RUNBOOK.md > {path.name}` writes one")
    try:
        return playbook_from_json(kept)
    except BadInput as error:
        raise BadInput(f"{path}: {error.message}") from error


_SEVERITY = "severity "


def _alike(one: Difference) -> object:
    """What changes for a severity: those next to each other for which the same does are told together."""
    return one.changes if one.what.startswith(_SEVERITY) and one.changes else one.what


def _tell(change: Change) -> None:
    where = f", line {change.line}" if change.line else ""
    match change.before, change.after:
        case str(old), str(new):
            say(f"  {plain(change.aspect)} {_line(old)} → {_line(new)}{where}")
        case str(old), None:
            say(coloured(f"  - {plain(change.aspect)} {_line(old)}{where} before", "31"))
        case _, new:
            say(coloured(f"  + {plain(change.aspect)} {_line(new or '')}{where}", "32"))


def _line(text: str) -> str:
    return plain(in_one_line(text))
