"""Schedules and people as the text of `tocsin.toml`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from tocsin.oncall.calendar import EVERY_DAY, WEEK, Restriction
from tocsin.oncall.imported.faces import Stranger
from tocsin.oncall.rotation import Rotation
from tocsin.oncall.schedule import Override, Schedule

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = (("w", WEEK), ("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))
_SECOND = timedelta(seconds=1)


def text_of(schedule: Schedule) -> str:
    """The tables of a schedule."""
    return "\n".join(_schedule(schedule)) + "\n"


def people_text(strangers: Iterable[Stranger]) -> str:
    """The tables of people, each with the mail address that is known of them."""
    lines: list[str] = []
    for one in strangers:
        lines += ["", f"[people.{_key(one.handle)}]", f"name = {_quoted(one.name)}"]
        if "@" in one.email:
            lines += ["", f"[[people.{_key(one.handle)}.ways]]", 'kind = "email"', f"address = {_quoted(one.email)}"]
    return "\n".join(lines) + "\n" if lines else ""


def _schedule(schedule: Schedule) -> Iterator[str]:
    key = _key(schedule.name)
    yield ""
    yield f"[schedules.{key}]"
    yield f"zone = {_quoted(schedule.zone)}"
    for rotation in schedule.rotations:
        yield ""
        yield f"[[schedules.{key}.rotations]]"
        yield from _rotation(rotation)
    for override in schedule.overrides:
        yield ""
        yield f"[[schedules.{key}.overrides]]"
        yield from _override(override)


def _rotation(rotation: Rotation) -> Iterator[str]:
    if rotation.name:
        yield f"name = {_quoted(rotation.name)}"
    yield f"members = {_listed(rotation.members)}"
    yield f"starts_on = {rotation.starts_on.isoformat()}"
    yield f"handoff = {_time(rotation.handoff)}"
    if rotation.periods:
        yield f"periods = {_listed(map(_span, rotation.periods))}"
    else:
        yield f"period = {_quoted(_span(rotation.period))}"
    if rotation.zone:
        yield f"zone = {_quoted(rotation.zone)}"
    if rotation.since is not None:
        yield f"since = {_instant(rotation.since)}"
    if rotation.until is not None:
        yield f"until = {_instant(rotation.until)}"
    if rotation.restrictions:
        yield "restrictions = ["
        yield from (f"  {_restriction(one)}," for one in rotation.restrictions)
        yield "]"


def _restriction(one: Restriction) -> str:
    days = "" if one.days == EVERY_DAY else f"days = {_listed(_DAYS[day] for day in sorted(one.days))}, "
    return f"{{ {days}since = {_time(one.since)}, until = {_time(one.until)} }}"


def _override(one: Override) -> Iterator[str]:
    yield f"people = {_listed(one.people)}"
    yield f"since = {_instant(one.since)}"
    yield f"until = {_instant(one.until)}"
    if one.reason:
        yield f"reason = {_quoted(one.reason)}"


def _span(length: timedelta) -> str:
    """As people say it.

    >>> _span(timedelta(weeks=2)), _span(timedelta(hours=36)), _span(timedelta(minutes=90))
    ('2 w', '1 d 12 h', '1 h 30 min')
    """
    parts, rest = [], length
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    if rest:
        parts.append(f"{rest // _SECOND} s")
    return " ".join(parts)


def _time(at: time) -> str:
    return _quoted(at.isoformat("seconds" if at.second else "minutes"))


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's is one, but for DEL."""
    one_line = " ".join(text.split())
    return json.dumps(one_line, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)
