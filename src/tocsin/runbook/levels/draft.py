"""The scale under construction: what has been read about each level so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from tocsin.runbook.durations import target
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.scale import LevelName, Stated
from tocsin.runbook.stated import Duration, Lines


@dataclass(slots=True)
class Level:
    """What has been read about one level so far."""

    name: str
    lines: Lines
    label: str | None = None
    aliases: dict[str, None] = field(default_factory=dict)
    criteria: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    titled: str = ""
    """What its heading says of it behind its name and label, "P1 (critical): all mills stand"."""
    stated: list[Stated] = field(default_factory=list)
    columns: dict[str, Duration] = field(default_factory=dict)  # what a column of its own says first

    def state(self, what: str, duration: Duration | None, *, column: bool = False) -> None:
        """Note a target; that of a ``column`` called so stands above what a task promises, "fix within a day"."""
        if duration is not None:
            self.stated.append(Stated(self.name, what, duration))
            if column:
                self.columns.setdefault(what, duration)

    def first(self, what: str) -> Duration | None:
        """The target of that sort: of the resolution what its column says, else the first that a line states."""
        if what == "resolution" and what in self.columns:
            return self.columns[what]
        return next((one.duration for one in self.stated if one.what == what), None)


@dataclass(slots=True)
class Draft:
    """The scale under construction. Only the first group of levels says which ones there are."""

    levels: dict[str, Level] = field(default_factory=dict)
    closed: bool = False

    @property
    def described(self) -> bool:
        """Whether any level has criteria by now."""
        return any(level.criteria for level in self.levels.values())

    def level(self, found: LevelName, lines: Lines, *, define: bool) -> Level | None:
        """The level of that name; a new one only while the scale is being defined."""
        key = severity_key(found.name)
        level = self.levels.get(key)
        if level is None:
            level = next((one for one in self.levels.values() if severity_key(one.label or "") == key), None)
        if level is None:
            if not define or self.closed:
                return None
            level = self.levels[key] = Level(found.name, lines)
        elif key == severity_key(level.name) and _letters(found.name) != _letters(level.name):
            level.aliases[found.name] = None  # "Severity 1" beside "SEV1"
        if found.label and level.label is None and target(found.label) is None:
            level.label = found.label
        return level


def _letters(name: str) -> str:
    return "".join(ch for ch in name.casefold() if ch.isalpha())
