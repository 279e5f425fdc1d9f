"""A JSON document in which every value knows its path, so that an error can say where it stands. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import BadDocument

_KINDS = {dict: "an object", list: "a list", str: "a text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place: ``pd.json: schedule.schedule_layers[0].start``."""

    value: Any
    file: str
    path: str = ""

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}: {self.path or '(top)'}"

    def wrong(self, says: str) -> BadDocument:
        """The error about this value."""
        return BadDocument(f"{self.place}: {says}")

    def has(self, key: str) -> bool:
        """Whether there is such a key with a value that is not null."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def __getitem__(self, key: str) -> Node:
        if not isinstance(self.value, dict):
            raise self.wrong(f"must be an object, and is {_kind(self.value)}")
        if self.value.get(key) is None:
            raise self.wrong(f"{key!r} is missing")
        return self._below(key)

    def get(self, key: str) -> Node | None:
        """The value of a key; None when it is missing or null."""
        return self._below(key) if self.has(key) else None

    def each(self, key: str) -> Iterator[Node]:
        """The members of a list; none when it is missing or null."""
        listed = self.get(key)
        if listed is not None:
            yield from listed.members()

    def members(self) -> Iterator[Node]:
        """The members of this list."""
        for number, value in enumerate(self._of(list)):
            yield Node(value, self.file, f"{self.path}[{number}]")

    def text(self, key: str, default: str | None = None) -> str:
        """The text of a key."""
        if default is not None and not self.has(key):
            return default
        found: str = self[key]._of(str)
        return found

    def number(self, key: str, default: int | None = None, low: int = 0, high: int = 10**9) -> int:
        """The whole number of a key, within bounds."""
        if default is not None and not self.has(key):
            return default
        node = self[key]
        if isinstance(node.value, bool):
            raise node.wrong("must be a whole number")
        found: int = node._of(int)
        if not low <= found <= high:
            raise node.wrong(f"must be from {low} to {high}, and is {found}")
        return found

    def instant(self, key: str) -> datetime:
        """The instant (UTC) of a key. A time without offset is refused."""
        found = self.time(key)
        if found.tzinfo is None:
            raise self[key].wrong("needs its offset from UTC, like 2026-01-05T09:00:00+01:00")
        return found.astimezone(UTC)

    def time(self, key: str) -> datetime:
        """The date and time of a key, with the offset if it has one."""
        text = self.text(key)
        try:
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            raise self[key].wrong(f"{text!r} is no time like 2026-01-05T09:00:00+01:00") from None
        if not 1971 <= found.year <= 2199:
            raise self[key].wrong(f"the year {found.year} is none of our time")
        return found

    def zone(self, key: str) -> str:
        """The name of a time zone."""
        name = self.text(key)
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self[key].wrong(f"there is no time zone {name!r}") from None
        return name

    def _below(self, key: str) -> Node:
        return Node(self.value[key], self.file, f"{self.path}.{key}" if self.path else key)

    def _of(self, kind: type) -> Any:
        if not isinstance(self.value, kind):
            raise self.wrong(f"must be {_KINDS[kind]}, and is {_kind(self.value)}")
        return self.value


def parsed(data: bytes, file: str) -> Node:
    """A JSON document. Raises BadDocument with line and column."""
    try:
        return Node(json.loads(data.decode("utf-8-sig")), file)
    except UnicodeDecodeError as error:
        raise BadDocument(f"{file}: byte {error.start} is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadDocument(f"{file}:{error.lineno}:{error.colno}: this is no JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise BadDocument(f"{file}: this JSON is nested too deep, or has a number that is too long") from None


def _kind(value: Any) -> str:
    return next((words for kind, words in _KINDS.items() if type(value) is kind), "something else")
