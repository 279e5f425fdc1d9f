"""Schedules of Opsgenie, and of Jira Service Management, which has them now. Pure.

Source: Opsgenie's Schedule, Schedule Rotation and Schedule Override API: the answers of `GET /v2/schedules` with
``expand=rotation`` and of `GET /v2/schedules/{id}/overrides`. All rotations of a schedule that cover an instant are on
call together; times of day are those of the schedule's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings
from tocsin.oncall.calendar import EVERY_DAY, Restriction
from tocsin.oncall.imported.document import Node
from tocsin.oncall.imported.draft import OVERRIDES, Draft, Once, Recurring, Skip
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.recurrence import UNITS, weekly, window
from tocsin.oncall.rotation import NOBODY, Rotation

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def is_opsgenie(document: Node) -> bool:
    """Whether the document has this shape: a schedule with rotations, or an answer with such."""
    return any(one.has("rotations") and one.has("timezone") for one in _answers(document))


def read_opsgenie(documents: Sequence[Node], faces: Faces) -> list[Draft]:
    """The schedules of these documents. Overrides (`GET /v2/schedules/{id}/overrides`) name theirs by ``_parent``;
    without it they belong to the only schedule. Raises BadDocument.
    """
    drafts: list[Draft] = []
    ids: dict[str, tuple[Draft, dict[str, int]]] = {}
    loose: list[Node] = []
    for document in documents:
        for node in _answers(document):
            if not node.has("rotations") or not node.has("timezone"):
                loose.append(node)
                continue
            draft, rotations = _schedule(node, faces)
            drafts.append(draft)
            ids[node.text("id", node.text("name"))] = (draft, rotations)
            for override in node.each("overrides"):
                _override(override, draft, rotations, faces)
    for node in loose:
        parent = node.get("_parent")
        found = ids.get(parent.text("id", "")) if parent is not None else None
        if found is None and len(drafts) == 1:
            found = next(iter(ids.values()))
        if found is None:
            raise node.wrong("this is no schedule, and it is not said which schedule it overrides")
        _override(node, *found, faces)
    return drafts


def _answers(document: Node) -> list[Node]:
    """What an answer holds: `{"data": [...]}`, `{"data": {...}}`, a list, or the thing itself."""
    data = document.get("data") or document
    if not isinstance(data.value, list):
        return [data]
    return list(data.members())


def _schedule(schedule: Node, faces: Faces) -> tuple[Draft, dict[str, int]]:
    draft = Draft(schedule.text("name"), schedule.zone("timezone"))
    if schedule.has("enabled") and schedule["enabled"].value is False:
        draft.noted(schedule.place, "this schedule is disabled there")
    rotations: dict[str, int] = {}
    for node in schedule.each("rotations"):
        rotation = _rotation(node, draft, faces)
        if rotation is not None:
            rotations[node.text("id", node.path)] = len(draft.recurring)
            draft.recurring.append(Recurring(rotation, 1, node.place))
    return draft, rotations


def _rotation(node: Node, draft: Draft, faces: Faces) -> Rotation | None:
    zone = ZoneInfo(draft.zone)
    kind = node.text("type")
    if kind not in UNITS:
        raise node["type"].wrong(f"{kind!r} is none of hourly, daily and weekly")
    start = node.instant("startDate").astimezone(zone).replace(tzinfo=None)
    until = node.instant("endDate") if node.has("endDate") else None
    if until is not None and until <= node.instant("startDate"):
        draft.noted(node.place, "this rotation ends before it begins, so it never holds")
        return None
    members = tuple(_participant(one, draft, faces) for one in node["participants"].members())
    if not members or None in members:
        draft.lost(node.place, "the rotation is left out: see above" if members else "it has no participants")
        return None
    try:
        return Rotation(
            tuple(one for one in members if one is not None),
            start.date(),
            UNITS[kind] * node.number("length", 1, low=1, high=9000),
            start.time(),
            weekly([one for part in _restricted(node) for one in part]),
            node.text("name", ""),
            until=until,
        )
    except BadSettings as wrong:
        draft.lost(node.place, wrong.message)
        return None


def _participant(node: Node, draft: Draft, faces: Faces) -> str | None:
    """A slot; None for what is no person here."""
    match node.text("type"):
        case "user":
            return _user(node, faces)
        case "none":
            return NOBODY
        case other:
            name = node.text("name", node.text("id", "?"))
            draft.lost(node.place, f"the {other} {name!r} takes turns there; here only people do: name them instead")
            return None


def _user(node: Node, faces: Faces) -> str:
    username = node.text("username", "")
    return faces.handle(node.place, node.text("fullName", node.text("name", "")), username, node.text("id", ""))


def _restricted(rotation: Node) -> Iterable[tuple[Restriction, ...]]:
    limit = rotation.get("timeRestriction")
    if limit is None:
        return
    match kind := limit.text("type"):
        case "time-of-day":
            one = limit["restriction"]
            yield (Restriction(EVERY_DAY, _time(one, "start"), _time(one, "end")),)
        case "weekday-and-time-of-day":
            for one in limit["restrictions"].members():
                first, since, until = _day(one, "startDay"), _time(one, "start"), _time(one, "end")
                lasts = timedelta(days=(_day(one, "endDay") - first) % 7) + _since_midnight(until)
                lasts -= _since_midnight(since)
                yield window(first, since, lasts if lasts > timedelta(0) else lasts + timedelta(days=7))
        case _:
            raise limit["type"].wrong(f"{kind!r} is no restriction that is known")


def _time(node: Node, which: str) -> time:
    """An hour of 24 is the midnight that ends the day."""
    return time(node.number(f"{which}Hour", low=0, high=24) % 24, node.number(f"{which}Min", 0, high=59))


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


def _day(node: Node, key: str) -> int:
    name = node.text(key).casefold()
    if name not in _DAYS:
        raise node[key].wrong(f"{name!r} is no day of the week")
    return _DAYS.index(name)


def _override(node: Node, draft: Draft, rotations: dict[str, int], faces: Faces) -> None:
    """Instead of all rotations, or of those that it names, for the whole of its time."""
    since, until = node.instant("startDate"), node.instant("endDate")
    if until <= since:
        raise node.wrong("ends before it begins")
    user = node["user"]
    if user.text("type", "user") != "user":
        draft.lost(node.place, f"the override by a {user.text('type')}; here only people take over")
        return
    named = [one.text("id", "") for one in node.each("rotations")]
    some = [rotations[id] for id in named if id in rotations]
    level = 1 if some and len(some) < len(rotations) else OVERRIDES
    if level == 1:
        draft.skips += [Skip(of, since, until) for of in some]
    draft.once.append(Once((_user(user, faces),), since, until, level, node.place, "from Opsgenie"))
