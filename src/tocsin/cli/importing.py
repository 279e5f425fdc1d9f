"""`tocsin oncall import`: schedules that a team has elsewhere become lines of `tocsin.toml`, shown before written."""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace as changed
from datetime import timedelta
from pathlib import Path
from typing import Any

from tocsin.cli.output import chat, dump, plain
from tocsin.cli.rewriting import replace, show
from tocsin.clock import SystemClock
from tocsin.errors import BadInput, Conflict
from tocsin.oncall.imported.composing import compose
from tocsin.oncall.imported.draft import Draft
from tocsin.oncall.imported.faces import Faces, Stranger
from tocsin.oncall.imported.grafana import Horizon
from tocsin.oncall.imported.reading import key_of, read
from tocsin.oncall.imported.text import people_text, text_of
from tocsin.oncall.people import Person
from tocsin.oncall.schedule import Schedule
from tocsin.runbook.fixes import Written, written
from tocsin.settings.loading import load, settings_of

_LOOK_BACK, _AHEAD = timedelta(days=1), 366


def import_schedules(arguments: argparse.Namespace) -> int:
    """Show, and with --write write, the schedules of these files. 1 when something is left for a person to do."""
    files: list[str] = arguments.words
    if not files:
        raise BadInput("say which file: tocsin oncall import schedule.json")
    settings = load(Path(arguments.config) if arguments.config else None, need_secrets=False)
    assert settings.path is not None  # `load` found it
    roster, now = settings.team.roster, SystemClock().now()
    faces = Faces(roster.people, dict(_told(arguments.person, roster.people)))
    horizon = Horizon(now - _LOOK_BACK, now + timedelta(days=arguments.days or _AHEAD))
    zone = arguments.zone or str(settings.origins["server.zone"].value)
    drafts = read({name: Path(name).read_bytes() for name in files}, faces, horizon, zone, arguments.kind)
    drafts = _chosen(drafts, arguments.only)
    if arguments.named and len(drafts) > 1:
        raise BadInput("--as names one schedule, and there are several: choose one with --only")
    names = [arguments.named or key_of(draft.name) for draft in drafts]
    made = [one for draft, name in zip(drafts, names, strict=True) for one in compose(draft, name, now)]
    _none_is_there([one.name for one in made], [one.name for one in roster.schedules], settings.path)
    strangers = _met(faces, made)
    text = "".join(text_of(one) for one in made)
    if arguments.add_people:
        text = people_text(strangers) + text
    before = settings.path.read_bytes()
    old = written(before, settings.path.name)
    new = _appended(old, text, settings.path.name)
    complete = arguments.add_people or not strangers
    lost = [remark for draft in drafts for remark in draft.remarks if remark.lost]
    if complete:
        _says_the_same(new, settings.path, made)
    ready = complete and (arguments.partial or not lost)
    writes = arguments.write and ready
    if writes:
        replace(settings.path, before, new.data())
    if arguments.json:
        dump(_answer(drafts, made, strangers, text, written=writes))
    else:
        show(settings.path, old, new)
        _tell(drafts, made, [] if arguments.add_people else strangers, settings.path, arguments, written=writes)
    return 0 if ready else 1


def _told(pairs: Sequence[str], people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        theirs, sign, handle = pair.rpartition("=")
        if not sign or not theirs.strip():
            raise BadInput(f"--person {pair!r}: write who it is there, =, and the handle here: 'Cem Aydin=cem'")
        if handle not in {one.handle for one in people}:
            raise BadInput(f"--person {pair!r}: there is no {handle!r} among the people of tocsin.toml")
        yield theirs.strip(), handle


def _chosen(drafts: list[Draft], only: str | None) -> list[Draft]:
    if only is None:
        return drafts
    found = [one for one in drafts if only in (one.name, key_of(one.name))]
    if not found:
        raise BadInput(f"there is no schedule {only!r} in it; there are: {', '.join(one.name for one in drafts)}")
    return found


def _none_is_there(names: Sequence[str], there: Sequence[str], path: Path) -> None:
    for name in names:
        if name in there:
            raise Conflict(
                f"{path.name} has a schedule {name!r} already; nothing was written. "
                "Give the new one another name with --as, or take the old one's lines out first"
            )
        if names.count(name) > 1:
            raise BadInput(f"two schedules would be called {name!r}: import them one by one, with --only and --as")


def _met(faces: Faces, made: Sequence[Schedule]) -> list[Stranger]:
    """The strangers who are in what was made: whoever only stands in a part that is over needs no account."""
    named = {handle for one in made for rotation in one.rotations for handle in rotation.people}
    named |= {handle for one in made for override in one.overrides for handle in override.people}
    return [one for one in faces.strangers.values() if one.handle in named]


def _appended(old: Written, text: str, name: str) -> Written:
    """The file with the text at its end, with the ends of lines that it has."""
    end = next((end for end in old.ends if end), "\n")
    data = old.data()
    if old.lines and not old.ends[-1]:
        data += end.encode(old.encoding)
    return written(data + text.replace("\n", end).encode(old.encoding), name)


def _says_the_same(new: Written, path: Path, made: Sequence[Schedule]) -> None:
    """Reads the text as the server will, and sees that it means what was made. Raises BadSettings."""
    document = tomllib.loads(new.data().decode("utf-8-sig"))
    roster = settings_of(document, path, environ=os.environ, flags={}, need_secrets=False).team.roster
    for one in made:
        if (found := roster.schedule(one.name)) is None or changed(found, name=one.name) != one:
            raise BadInput(f"the schedule {one.name!r} would not be read as it was meant; please report it as a bug")


def _tell(
    drafts: Sequence[Draft],
    made: Sequence[Schedule],
    strangers: Sequence[Stranger],
    path: Path,
    arguments: argparse.Namespace,
    *,
    written: bool,
) -> None:
    for draft in drafts:
        for remark in draft.remarks:
            chat(plain(f"{'LEFT OUT' if remark.lost else 'note'}  {remark.place}: {remark.says}"))
    for one in strangers:
        told = f"--person '{one.email or one.name}=HANDLE'"
        chat(plain(f"unknown   {one.place}: {one.name}: who is it? {told}, or --add-people makes {one.handle!r}"))
    for draft, own in ((one, _own(one, made, arguments)) for one in drafts):
        if len(own) > 1:
            roles = ", ".join(f'"schedule:{name}"' for name in own)
            chat(
                plain(
                    f"note  several people are on call at once in {draft.name!r}, so it becomes {len(own)} schedules;"
                )
            )
            chat(plain(f'      bind a role to all of them: [roles] "On-Call Engineer" = [{roles}]'))
    lost = any(remark.lost for draft in drafts for remark in draft.remarks)
    if written:
        chat(f"written to {path}; see `tocsin oncall schedule`, and bind a role to it (docs/moving.md)")
    elif strangers:
        chat("nothing was written: say who the unknown people are")
    elif lost and not arguments.partial:
        chat("nothing was written: what is LEFT OUT cannot be said here; --partial writes the rest")
    else:
        chat("nothing was written yet: --write does it")


def _own(draft: Draft, made: Sequence[Schedule], arguments: argparse.Namespace) -> list[str]:
    name = arguments.named or key_of(draft.name)
    return [one.name for one in made if one.name == name or one.name.rpartition("-")[0] == name]


def _answer(
    drafts: Sequence[Draft], made: Sequence[Schedule], strangers: Sequence[Stranger], text: str, *, written: bool
) -> Mapping[str, Any]:
    return {
        "schedules": [one.name for one in made],
        "text": text,
        "remarks": [
            {"place": remark.place, "says": remark.says, "lost": remark.lost}
            for draft in drafts
            for remark in draft.remarks
        ],
        "unknown": [
            {"name": one.name, "email": one.email, "handle": one.handle, "place": one.place} for one in strangers
        ],
        "written": written,
    }
