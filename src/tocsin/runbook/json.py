"""The playbook as JSON: the published form (docs/playbook.schema.json), and back without loss."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from tocsin.errors import BadInput
from tocsin.runbook.instructions import Command, Phase, Procedure, Step, StepKind
from tocsin.runbook.playbook import Playbook, PostmortemPolicy
from tocsin.runbook.procedure.course import course_of
from tocsin.runbook.stated import Duration, Lines

SCHEMA = "tocsin.playbook/1"

_STEP_OF_COMMAND = ("effect", "termination", "parameters")
"""What a step repeats of its command at its own level, for readers that want no second level."""


def playbook_json(playbook: Playbook) -> dict[str, Any]:
    """The published form; every key of it is described by docs/playbook.schema.json."""
    body = _encode(playbook)
    body["stats"] = dataclasses.asdict(playbook.stats)
    return {"schema": SCHEMA, **body}


def playbook_from_json(data: Mapping[str, Any]) -> Playbook:
    """The playbook of its published form. Raises BadInput when the schema is another one or a key is missing."""
    if data.get("schema") != SCHEMA:
        raise BadInput(f"This is no {SCHEMA}: its schema is {data.get('schema')!r}.")
    try:
        found = _decode(Playbook, data)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadInput(f"This playbook cannot be read: {wrong!r}.") from wrong
    assert isinstance(found, Playbook)
    return found


def _encode(value: Any) -> Any:
    match value:
        case Step():
            return _step(value)
        case PostmortemPolicy():
            return _postmortem(value)
        case Duration():
            body = _fields(value)
            return body if value.unit is not None else {name: body[name] for name in body if name != "unit"}
        case Procedure():
            body = _fields(value)
            return {**body, "commands": len(value.commands), "course": _encode(course_of(value.steps))}
        case Phase():
            return {**_fields(value), "course": _encode(course_of(value.steps))}
        case Lines():
            return [value.first, value.last]
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case tuple() | list():
            return [_encode(one) for one in value]
        case dict():
            return {key: _encode(one) for key, one in value.items()}
        case _ if dataclasses.is_dataclass(value):
            return _fields(value)
        case _:
            return value


def _fields(value: Any) -> dict[str, Any]:
    return {name: _encode(getattr(value, name)) for name in _types(value.__class__)}


def _step(step: Step) -> dict[str, Any]:
    """A question is written as it was before it had a kind: an older node pages with what a newer one compiled."""
    body = _fields(step)
    if step.kind is StepKind.QUESTION:
        body |= {"kind": StepKind.MANUAL.value, "asks": True}
    command = step.command
    if command is None:
        return {**body, "effect": None, "termination": None, "parameters": []}
    detail = _fields(command)
    body["command"] = detail.pop("text")
    for name in _STEP_OF_COMMAND:
        body[name] = detail.pop(name)
    return {**body, "shell": detail}


def _postmortem(policy: PostmortemPolicy) -> dict[str, Any]:
    body = _fields(policy)
    due_from = body.pop("due_from")
    if body["due"] is not None:
        body["due"]["from"] = due_from
    return {**body, "from": due_from}


@cache
def _types(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {one.name: hints[one.name] for one in dataclasses.fields(kind)}


def _decode(kind: Any, data: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        kind = next(one for one in typing.get_args(kind) if one is not types.NoneType)
        return _decode(kind, data)
    if origin is tuple:
        inner = typing.get_args(kind)[0]
        return tuple(_decode(inner, one) for one in data)
    if origin is dict:
        inner = typing.get_args(kind)[1]
        return {key: _decode(inner, one) for key, one in data.items()}
    if kind is Lines:
        first, last = data
        return Lines(int(first), int(last))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(data)
    if kind is date:
        return date.fromisoformat(data)
    if dataclasses.is_dataclass(kind):
        return _object(kind, data)
    return data


def _object(kind: Any, data: Mapping[str, Any]) -> Any:
    if kind is Step:
        data = _nested_command(data)
    elif kind is PostmortemPolicy:
        data = {**data, "due_from": data["from"]}
    return kind(**{name: _decode(hint, data[name]) for name, hint in _types(kind).items() if name in data})


def _nested_command(data: Mapping[str, Any]) -> dict[str, Any]:
    body = dict(data)
    if body.get("asks"):
        body["kind"] = StepKind.QUESTION.value
    if body.get("command") is not None:
        detail = {"text": body["command"], **body["shell"], **{name: body[name] for name in _STEP_OF_COMMAND}}
        assert set(detail) <= {one.name for one in dataclasses.fields(Command)}
        body["command"] = detail
    return body
