"""Reads the file, the environment and flags against the declaration: each value with its origin, or a problem.

A setting is looked for in flags, then the environment (``TOCSIN_SERVER_PORT``, or ``TOCSIN_SERVER_PORT_FILE``
naming a file that holds it), then the file, then its default.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.settings.declared import SECTIONS, SETTINGS
from tocsin.settings.kinds import REFERENCE
from tocsin.settings.setting import Setting

Place = tuple[str, ...]
"""A place in the file: ("people", "ana", "ways", "0", "kind")."""

MISSING = object()
_CREDENTIALS = re.compile(r"://[^/?#@]*:[^/?#@]*@")


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it came from: "flag", "TOCSIN_…", "tocsin.toml", "default"."""

    value: Any
    origin: str
    secret: bool = False


@dataclass(slots=True)
class Reading:
    """What was read: values by place, in the order of the file, and all the problems, not just the first."""

    values: dict[Place, Value] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    tables: dict[Place, None] = field(default_factory=dict)
    _below: dict[Place, dict[str, None]] = field(default_factory=dict)
    _indexed: int = -1  # how many places the index was made of

    def get(self, *place: str) -> Any:
        """The value at a place; None when nothing is there."""
        found = self.values.get(place)
        return found.value if found else None

    def given(self, *place: str) -> bool:
        """Whether somebody said so, as opposed to a default."""
        return place in self.values and self.values[place].origin != "default"

    def names(self, *above: str) -> KeysView[str]:
        """The keys that the team chose below a place, in the order of the file: quick to ask whether one is there."""
        if self._indexed != len(self.tables) + len(self.values):
            self._index()
        return self._below.get(above, {}).keys()

    def _index(self) -> None:
        """What stands below each place, in one pass over all of them: a big file asks for names once for each line."""
        self._below = {}
        for place in (*self.tables, *self.values):
            for depth, key in enumerate(place):
                self._below.setdefault(place[:depth], {})[key] = None
        self._indexed = len(self.tables) + len(self.values)

    def secrets(self) -> frozenset[str]:
        """All values that must never be shown."""
        return frozenset(str(one.value) for one in self.values.values() if one.secret and one.value)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where settings come from. ``folder``: what relative files of references are relative to.

    With ``need_secrets`` false a reference that leads nowhere is an empty value: a laptop that only compiles
    runbooks has no secrets.
    """

    document: Mapping[str, Any]
    environ: Mapping[str, str]
    flags: Mapping[str, Any]
    folder: Path
    name: str = "tocsin.toml"
    need_secrets: bool = True


class _Node:
    """A place of the declaration: what may stand below it."""

    __slots__ = ("below", "chosen", "each", "setting")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.chosen: _Node | None = None
        self.each: _Node | None = None
        self.setting: Setting | None = None


def _tree() -> _Node:
    root = _Node()
    for setting in SETTINGS:
        node = root
        for part in setting.parts:
            name, listed = part.removesuffix("[]"), part.endswith("[]")
            if name.startswith("<"):
                node.chosen = node = node.chosen or _Node()
            else:
                node = node.below.setdefault(name, _Node())
            if listed:
                node.each = node = node.each or _Node()
        node.setting = setting
    return root


_TREE = _tree()


def read(sources: Sources) -> Reading:
    """Every value, and every problem as one sentence with its place."""
    reading = Reading()
    _Walk(sources, reading).table(_TREE, (), sources.document)
    reading.problems += _misspelt(sources.environ)
    return reading


@dataclass(slots=True)
class _Walk:
    sources: Sources
    reading: Reading

    def table(self, node: _Node, place: Place, table: Mapping[str, Any]) -> None:
        """A table: its unknown keys are problems, its known ones are read, in the order of the file."""
        for key in table:
            if key not in node.below and node.chosen is None:
                self.problem((*place, key), _unknown(key, node, place))
        if place:
            self.reading.tables[place] = None
        order = [*table, *(key for key in node.below if key not in table)]
        for key in order:
            child = node.below.get(key, node.chosen)
            if child is not None:
                self.entry(child, (*place, key), table.get(key, MISSING))

    def entry(self, node: _Node, place: Place, raw: Any) -> None:
        """One key of a table: a setting, a list of tables, or a table."""
        if node.setting is not None:
            self.setting(node.setting, place, raw)
        elif node.each is not None:
            if raw is not MISSING and not (isinstance(raw, list) and all(isinstance(one, dict) for one in raw)):
                self.problem(place, f"must be a list of tables: write [[{'.'.join(_quoted(p) for p in place)}]]")
                return
            for number, one in enumerate(raw if isinstance(raw, list) else ()):
                self.table(node.each, (*place, str(number)), one)
        elif raw is MISSING:
            if node.chosen is None:
                self.table(node, place, {})
        elif isinstance(raw, dict):
            self.table(node, place, raw)
        else:
            self.problem(place, f"must be a table: write [{'.'.join(_quoted(p) for p in place)}]")

    def setting(self, setting: Setting, place: Place, raw: Any) -> None:
        """One setting, from the first source that has it."""
        found, origin = self.found(setting, place, raw)
        if found is MISSING:
            if setting.required:
                self.problem(place, "must be given: " + setting.says)
            elif setting.default is not None:
                self.reading.values[place] = Value(setting.default, "default")
            return
        secret = setting.kind.secret
        if isinstance(found, dict) and (setting.kind.secret or setting.kind.reference):
            resolved = self.resolved(place, found)
            if resolved is None:
                return
            found, secret, origin = resolved[0], True, f"{origin}, {resolved[1]}"
            if not found:
                self.reading.values[place] = Value("", origin, secret=True)
                return
        elif setting.kind.secret and origin == self.sources.name:
            self.problem(place, f"is a secret, and this file is no place for one: write {REFERENCE}")
            return
        elif setting.kind.reference and origin == self.sources.name and _CREDENTIALS.search(str(found)):
            self.problem(place, f"holds a password, and this file is no place for one: write {REFERENCE}")
            return
        try:
            self.reading.values[place] = Value(setting.kind.read(found), origin, secret)
        except ValueError as wrong:
            why = f"what the reference leads to is no {setting.kind.name}" if secret else str(wrong)
            self.problem(place, why)

    def found(self, setting: Setting, place: Place, raw: Any) -> tuple[Any, str]:
        """The raw value of the first source that has one, and the source's name."""
        dotted = ".".join(place)
        if self.sources.flags.get(dotted) is not None:
            return self.sources.flags[dotted], "flag"
        name = variable(place)
        if place == ("version",):  # TOCSIN_VERSION is what images and units call the version that they install
            return raw, self.sources.name
        if name in self.sources.environ:
            return self.sources.environ[name], name
        if f"{name}_FILE" in self.sources.environ:
            text = self.file(place, self.sources.environ[f"{name}_FILE"])
            return (MISSING if text is None else text), f"{name}_FILE"
        return raw, self.sources.name

    def resolved(self, place: Place, reference: dict[str, Any]) -> tuple[str, str] | None:
        """The value that a reference leads to, with its words; None after a problem."""
        match reference:
            case {"env": str(name), **rest} if not rest:
                value = self.sources.environ.get(name)
                if not value:
                    if not self.sources.need_secrets:
                        return "", f"env {name} (not set here)"
                    self.problem(place, f"the environment variable {name} is not set; set it where Tocsin runs")
                    return None
                return value, f"env {name}"
            case {"file": str(name), **rest} if not rest:
                text = self.file(place, name)
                return None if text is None else (text, f"file {name}")
            case _:
                self.problem(place, f"is no reference: write {REFERENCE}")
                return None

    def file(self, place: Place, name: str) -> str | None:
        """The text of a secret's file without the line end; None after a problem."""
        path = self.sources.folder / Path(name).expanduser()
        try:
            text = path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            if not self.sources.need_secrets:
                return ""
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            self.problem(place, f"the file {name} cannot be read: {why}")
            return None
        if not text and self.sources.need_secrets:
            self.problem(place, f"the file {name} is empty")
            return None
        return text

    def problem(self, place: Place, text: str) -> None:
        self.reading.problems.append(f"{dotted(place)}: {text}")


def variable(place: Place) -> str:
    """The environment variable of a place.

    >>> variable(("server", "port")), variable(("chat", "war-room", "url"))
    ('TOCSIN_SERVER_PORT', 'TOCSIN_CHAT_WAR_ROOM_URL')
    """
    return "TOCSIN_" + re.sub(r"[^A-Z0-9]+", "_", "_".join(place).upper())


def name_problems(place: Place, named: Iterable[str], there: Collection[str]) -> Iterator[str]:
    """Names must name something; nothing named is somebody else's problem."""
    for name in named:
        if name and name not in there:
            yield f"{dotted(place)}: there is no {name!r}; there are: {', '.join(there) or 'none'}"


def dotted(place: Place) -> str:
    """A place as people write it.

    >>> dotted(("people", "ana", "ways", "0", "kind"))
    'people.ana.ways[1].kind'
    """
    text = ""
    for part in place:
        text += f"[{int(part) + 1}]" if part.isdecimal() and text else f".{_quoted(part)}" if text else _quoted(part)
    return text


def _quoted(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"'


def _misspelt(environ: Mapping[str, str]) -> Iterator[str]:
    """Variables that look like settings of a fixed table and are none."""
    known = {variable(s.parts): s for s in SETTINGS if "<" not in s.path}
    tables = tuple({variable((s.parts[0], "")) for s in known.values() if len(s.parts) > 1})
    for name in environ:
        if name.startswith(tables) and name.removesuffix("_FILE") not in known:
            near = difflib.get_close_matches(name, known, n=1)
            yield f"{name}: there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _unknown(key: str, node: _Node, place: Place) -> str:
    near = difflib.get_close_matches(key, node.below, n=1, cutoff=0.6)
    if near:
        return f"there is no such setting; did you mean {near[0]}?"
    elsewhere = next((s.path for s in SETTINGS if s.parts[-1] == key), None)
    if elsewhere:
        return f"there is no such setting here; {elsewhere} is one"
    here = ", ".join(node.below)
    where = f"[{'.'.join(place)}]" if place else "the top of the file"
    return f"there is no such setting; {where} may hold: {here}"


def sections() -> Iterator[tuple[str, str, list[Setting]]]:
    """Each table of the file with its sentence and its settings, for the reference."""
    for section, says in SECTIONS.items():
        yield section, says, [s for s in SETTINGS if s.path.rpartition(".")[0] == section]
