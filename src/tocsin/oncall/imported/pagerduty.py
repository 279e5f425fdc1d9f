"""Schedules of PagerDuty: the JSON of `GET /schedules/{id}`, and of its overrides. Pure.

Source: PagerDuty's REST API v2, "Get a schedule" and "List overrides". Hand-overs and restrictions are wall-clock
times in the schedule's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings
from tocsin.oncall.calendar import EVERY_DAY, WEEK, Restriction
from tocsin.oncall.imported.document import Node
from tocsin.oncall.imported.draft import OVERRIDES, Draft, Once, Recurring
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.recurrence import DAY, weekly, window
from tocsin.oncall.rotation import Rotation
from tocsin.oncall.schedule import Schedule, on_call

_ORDER = (
    "PagerDuty's answer lists the layer that wins first, its own form for writing lists it last; this reading takes "
    "the first for the winner. Compare `tocsin oncall schedule` with PagerDuty's final schedule, or fetch the file "
    "with ?since=…&until=… so that the final schedule is in it"
)


def is_pagerduty(document: Node) -> bool:
    """Whether the document has this shape."""
    schedule = document.get("schedule") or document
    return schedule.has("schedule_layers")


def read_pagerduty(documents: Sequence[Node], faces: Faces) -> list[Draft]:
    """The schedules of these documents; overrides that stand in documents of their own belong to the only schedule.

    Raises BadDocument.
    """
    drafts = []
    loose = [one for one in documents if not is_pagerduty(one)]
    for document in documents:
        if is_pagerduty(document):
            drafts.append(_schedule(document.get("schedule") or document, faces))
    for document in loose:
        if len(drafts) != 1:
            raise document.wrong("it is not said whose overrides these are: give one schedule and its overrides")
        drafts[0].once += _overrides(document.each("overrides"), faces)
    return drafts


def _schedule(schedule: Node, faces: Faces) -> Draft:
    draft = Draft(schedule.text("name"), schedule.zone("time_zone"))
    layers = list(schedule["schedule_layers"].members())
    read = [_Layer(node, _layer(node, draft, faces)) for node in layers]
    below = schedule.get("overrides_subschedule")
    if below is not None:
        draft.once += _overrides(below.each("rendered_schedule_entries"), faces)
    top_first = _top_first(schedule, read, draft, faces)
    for number, layer in enumerate(read):
        if layer.rotation is not None:
            level = len(read) - number if top_first else number + 1
            draft.recurring.append(Recurring(layer.rotation, level, layer.node.place))
    return draft


@dataclass(frozen=True, slots=True)
class _Layer:
    node: Node
    rotation: Rotation | None


def _layer(layer: Node, draft: Draft, faces: Faces) -> Rotation | None:
    zone = ZoneInfo(draft.zone)
    origin = layer.instant("rotation_virtual_start").astimezone(zone).replace(tzinfo=None)
    start = layer.instant("start")
    until = layer.instant("end") if layer.has("end") else None
    users = tuple(_user(one["user"], faces) for one in layer["users"].members())
    period = timedelta(seconds=layer.number("rotation_turn_length_seconds", low=1, high=366 * 86_400))
    restrictions = weekly([one for node in layer.each("restrictions") for one in _restriction(node)])
    if not users:
        draft.noted(layer.place, "this layer has nobody in it")
        return None
    if until is not None and until <= start:
        draft.noted(layer.place, "this layer ends before it begins, so it never holds")
        return None
    # Turns may be counted from an instant after the layer's start: then they were counted before it too.
    while origin > start.astimezone(zone).replace(tzinfo=None):
        origin -= period * len(users)
    try:
        return Rotation(
            users, origin.date(), period, origin.time(), restrictions, layer.text("name", ""), since=start, until=until
        )
    except BadSettings as wrong:
        draft.lost(layer.place, wrong.message)
        return None


def _restriction(node: Node) -> Iterable[Restriction]:
    try:
        since = time.fromisoformat(node.text("start_time_of_day").removesuffix("Z"))
    except ValueError:
        raise node["start_time_of_day"].wrong("must be a time of day like 09:00:00") from None
    lasts = timedelta(seconds=node.number("duration_seconds", low=1, high=int(WEEK.total_seconds())))
    match kind := node.text("type"):
        case "daily_restriction":
            until = (datetime.combine(date(2001, 1, 1), since) + min(lasts, DAY)).time()
            return (Restriction(EVERY_DAY, since, until),)
        case "weekly_restriction":
            return window(node.number("start_day_of_week", low=1, high=7) - 1, since, lasts)
        case _:
            raise node["type"].wrong(f"{kind!r} is no restriction that is known: daily or weekly")


def _user(user: Node, faces: Faces) -> str:
    name = user.text("summary", "") or user.text("name", "")
    return faces.handle(user.place, name, user.text("email", ""), user.text("id", ""))


def _overrides(nodes: Iterable[Node], faces: Faces) -> list[Once]:
    return [
        Once((_user(node["user"], faces),), since, until, OVERRIDES, node.place, "from PagerDuty")
        for node in nodes
        for since, until in _span(node)
    ]


def _span(node: Node) -> Iterator[tuple[datetime, datetime]]:
    since, until = node.instant("start"), node.instant("end")
    if until <= since:
        raise node.wrong("ends before it begins")
    yield since, until


def _top_first(schedule: Node, layers: Sequence[_Layer], draft: Draft, faces: Faces) -> bool:
    """Whether the first layer is the one that wins: what the final schedule in the file shows, else the API's habit."""
    if len(layers) < 2:
        return True
    final = schedule.get("final_schedule")
    rendered = [] if final is None else list(final.each("rendered_schedule_entries"))
    named = {node["user"].text("id", ""): _user(node["user"], faces) for node in rendered}
    agreed = {True: 0, False: 0}
    for node in rendered:
        since, until = next(_span(node))
        middle = since + (until - since) / 2
        if any(one.since <= middle < one.until for one in draft.once):
            continue
        for top_first in agreed:
            agreed[top_first] += _winner(layers, draft.zone, middle, top_first) == named[node["user"].text("id", "")]
    if agreed[True] == agreed[False]:
        draft.noted(schedule["schedule_layers"].place, _ORDER)
    return agreed[True] >= agreed[False]


def _winner(layers: Sequence[_Layer], zone: str, at: datetime, top_first: bool) -> str | None:
    rotations = [one.rotation for one in layers if one.rotation is not None]
    schedule = Schedule("layers", zone, tuple(rotations if top_first else reversed(rotations)))
    return next(iter(on_call(schedule, at).people), None)
