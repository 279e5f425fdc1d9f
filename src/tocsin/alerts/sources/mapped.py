"""The generic source as one integration speaks it, by the map that the team wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded, secret_hint
from tocsin.alerts.sources.field_map import FieldMap
from tocsin.alerts.sources.fields import Field, Path
from tocsin.alerts.sources.generic import GENERIC

_SURE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-")


def mapped(one: FieldMap) -> Source:
    """The source whose bodies are read by a map."""
    return replace(
        GENERIC,
        sends=f"JSON of its own form, read by the map of tocsin.toml: the title stands at {one.title}.",
        joins=f"What stands at {one.key}." if one.key is not None else "The title: the map names no key.",
        ends=ends_with(one),
        read=one.read,
        set_up=_set_up,
        sample=lambda _place, now: sample(one, now),
        dated=one.starts_at is not None,
    )


def ends_with(one: FieldMap) -> str:
    """What ends an alert, in a sentence."""
    if one.state is None:
        return "Nothing: the map names no state, so it fires until a person resolves its incident."
    if one.resolved:
        return f"{' or '.join(one.resolved)} at {one.state}."
    return f"resolved, ok, closed, recovered and the like at {one.state}."


def sample(one: FieldMap, now: datetime) -> bytes:
    """A body made up after the map; what a pattern takes from a longer text may not be read of it."""
    alert: dict[str, Any] = {}
    top: dict[str, Any] = {}
    if (one.alerts is not None and not _put(top, one.alerts.steps, [alert])) or one.alerts is None:
        top = alert
    there = next((word for word in one.firing if _SURE.issuperset(word)), "firing")
    said: list[tuple[Field | None, str]] = [
        (one.key, f"tocsin-test-{now.isoformat()}"),
        (one.title, TEST_TITLE),
        (one.state, there),
        *((field, "test") for _, field in one.labels),
    ]
    for field, text in said:
        for place in field.one_of[0].paths if field is not None else ():
            _say(alert, top, place, text)
    return encoded(top)


def _say(alert: dict[str, Any], top: dict[str, Any], place: Path, text: str) -> None:
    where = top if place.from_top else alert
    if not isinstance(place.find(where, where), str):
        _put(where, place.steps, text)


def _put(where: dict[str, Any], steps: Sequence[str | int], value: object) -> bool:
    """Let a value stand at the end of a path; False where that is not possible."""
    place: Any = where
    for step, after in zip(steps, (*steps[1:], None), strict=True):
        fresh: Any = value if after is None else [] if isinstance(after, int) else {}
        match place:
            case dict() if isinstance(step, str):
                if after is None or step not in place:
                    place[step] = fresh
                place = place[step]
            case list() if step == len(place):
                place.append(fresh)
                place = fresh
            case list() if isinstance(step, int) and step < len(place):
                place = place[step]
            case _:
                return False
    return True


def _set_up(place: Place) -> str:
    return (
        f"URL:          {place.url}\n"
        "Method:       POST, with the sender's own JSON as the body\n"
        f"{secret_hint(place)}"
        "# see what becomes of one of its bodies before anybody is woken:\n"
        "tocsin integrations test NAME --sample body.json\n"
    )
