"""``tocsin diff``: how another version of a runbook would respond differently, or another version of Tocsin to it.

Lines that moved change nothing. Either side may be a file, a file in a revision of its repository, or a playbook that
`tocsin show --json` wrote: the runbook as it was read then.
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from tocsin.cli.compiling import compiled
from tocsin.cli.output import BOLD, coloured, dump, plain, say
from tocsin.cli.revisions import Revision, committed, revision_of
from tocsin.errors import BadDocument, BadInput
from tocsin.incident.behaviour import Behaviour, Trait, behaviour
from tocsin.runbook.answers.corrections import read_corrections, side_file
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_from_json
from tocsin.runbook.playbook import Playbook


def diff(arguments: argparse.Namespace) -> int:
    """Print how two versions respond differently; the exit status."""
    before, after = map(behaviour, _versions(arguments))
    changes = list(changes_between(before, after))
    if arguments.json:
        dump(changes)
    elif not changes:
        say("both would respond in the same way")
    for _changes, alike in itertools.groupby(changes if not arguments.json else (), _alike):
        first, *others = alike
        names = ", ".join(one["what"].removeprefix(_SEVERITY) for one in (first, *others))
        say(coloured(plain(f"severities {names}" if others else first["what"]), BOLD))
        for change in first["changes"]:
            _tell(change)
    return 1 if changes and arguments.exit_code else 0


def _versions(arguments: argparse.Namespace) -> Iterator[Playbook]:
    """The two that are compared; of a single file what was committed last, and what it is now."""
    if arguments.new is None:
        yield _committed(committed(Path(arguments.old)))
        yield _playbook(arguments.old)
    else:
        yield from map(_playbook, (arguments.old, arguments.new))


def _playbook(word: str) -> Playbook:
    """The playbook of a runbook, here or in a revision, or the one kept as JSON. Raises BadDocument, BadInput."""
    if (revision := revision_of(word)) is not None:
        return _committed(revision)
    return _kept(Path(word)) if word.lower().endswith(".json") else compiled(Path(word))


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


def _alike(one: dict[str, Any]) -> str:
    """What changes for a severity: those next to each other for which the same does are told together."""
    return str(one["changes"]) if one["what"].startswith(_SEVERITY) and one["changes"] else one["what"]


def _tell(change: dict[str, Any]) -> None:
    where = f", line {change['line']}" if change["line"] else ""
    match change["before"], change["after"]:
        case str(old), str(new):
            say(f"  {plain(change['aspect'])} {_line(old)} → {_line(new)}{where}")
        case str(old), None:
            say(coloured(f"  - {plain(change['aspect'])} {_line(old)}{where} before", "31"))
        case _, new:
            say(coloured(f"  + {plain(change['aspect'])} {_line(new)}{where}", "32"))


def _line(text: str) -> str:
    """A command of several lines in one."""
    return plain(re.sub(r"\s*\\?\n\s*", " ", text))


def changes_between(before: Behaviour, after: Behaviour) -> Iterator[dict[str, Any]]:
    """One entry for each subject that differs: ``what``, the words ``before`` and ``after``, and single ``changes``.

    The line of a change is one of the new document, and of the old one for what is gone.
    """
    called = _renamed(before, after)
    before = {called.get(what, what): traits for what, traits in before.items()}
    for old, new in called.items():
        kind, _, was = old.partition(" ")
        name = new.removeprefix(f"{kind} ")
        change = _change("title", Trait("title", was), Trait("title", name, after[new][0].line))
        yield {"what": new, "before": [f"title {was}"], "after": [f"title {name}"], "changes": [change]}
    for what in dict.fromkeys([*before, *after]):
        changes = [
            *_singles(before.get(what, []), after.get(what, [])),
            *_lists(before.get(what, []), after.get(what, [])),
        ]
        if changes or (what in before) != (what in after):
            yield {
                "what": what if what in after else f"{what} is gone",
                "before": [f"{one['aspect']} {one['before']}" for one in changes if one["before"] is not None],
                "after": [f"{one['aspect']} {one['after']}" for one in changes if one["after"] is not None],
                "changes": changes,
            }


def _renamed(before: Behaviour, after: Behaviour) -> dict[str, str]:
    """Procedures and phases of which only the title is another one, by what they were called."""
    gone = [what for what in before if what not in after and what.startswith(_TITLED) and before[what]]
    new = [what for what in after if what not in before and what.startswith(_TITLED) and after[what]]
    said = {
        what: [(one.aspect, one.text, one.particulars) for one in traits]
        for what, traits in (*before.items(), *after.items())
    }
    found: dict[str, str] = {}
    for was in gone:
        same = [now for now in new if said[now] == said[was] and now.split(" ")[0] == was.split(" ")[0]]
        if len(same) == 1 and same[0] not in found.values():
            found[was] = same[0]
    return found


_TITLED = ("procedure ", "phase ")


def _singles(old: Sequence[Trait], new: Sequence[Trait]) -> Iterator[dict[str, Any]]:
    was, now = _by_aspect(old), _by_aspect(new)
    for key in dict.fromkeys([*was, *now]):
        a, b = was.get(key), now.get(key)
        if a is None or b is None or a.text != b.text:
            yield _change(key[0], a, b)
        if a is not None and b is not None:
            yield from _particulars(a.aspect, a, b)


def _by_aspect(traits: Sequence[Trait]) -> dict[tuple[str, int], Trait]:
    """Single traits by their aspect; where two share one, as two contacts of one name do, by their order."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Trait] = {}
    for one in traits:
        if one.single:
            found[one.aspect, seen[one.aspect]] = one
            seen[one.aspect] += 1
    return found


def _lists(old: Sequence[Trait], new: Sequence[Trait]) -> Iterator[dict[str, Any]]:
    """What of a list is new or gone; what moved within it is both, for the order of steps is a behaviour."""
    was = [one for one in old if not one.single]
    now = [one for one in new if not one.single]
    matcher = difflib.SequenceMatcher(
        None, [(one.aspect, one.text) for one in was], [(one.aspect, one.text) for one in now], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for before, after in zip(was[a:b], now[c:d], strict=True):
                yield from _particulars(_SHORT.sub(r"\1…", _line(before.text)), before, after)
        else:
            yield from (_change(one.aspect, _marked(one), None) for one in was[a:b])
            yield from (_change(one.aspect, None, _marked(one)) for one in now[c:d])


_SHORT = re.compile(r"^(.{60}).{4,}$")
"""The text by which a step is known again, where only something of it has changed."""


def _marked(one: Trait) -> Trait:
    return dataclasses.replace(one, text=f"{one.text} ({', '.join(one.marks)})") if one.marks else one


def _particulars(of: str, old: Trait, new: Trait) -> Iterator[dict[str, Any]]:
    """What else is another thing than before of a trait that is still the same, such as the condition of a step."""
    was, now = dict(old.particulars), dict(new.particulars)
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) != now.get(name):
            before, after = (
                Trait(name, said[name], one.line) if name in said else None for said, one in ((was, old), (now, new))
            )
            yield _change(f"{name} of {of}:", before, after)


def _change(aspect: str, old: Trait | None, new: Trait | None) -> dict[str, Any]:
    at = new or old
    return {
        "aspect": aspect,
        "before": old.text if old else None,
        "after": new.text if new else None,
        "line": at.line if at else None,
    }
