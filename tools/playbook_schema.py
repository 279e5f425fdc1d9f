"""Writes docs/playbook.schema.json from the types: `python -m tools.playbook_schema`."""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from tocsin.runbook.instructions import Command, Phase, Procedure, Step
from tocsin.runbook.json import SCHEMA
from tocsin.runbook.playbook import Playbook, PostmortemPolicy, Stats
from tocsin.runbook.procedure.course import Course
from tocsin.runbook.stated import Duration, Lines, WorkingUnit

FILE = Path(__file__).resolve().parent.parent / "docs" / "playbook.schema.json"

_FLATTENED = ("effect", "termination", "parameters")


def schema() -> dict[str, Any]:
    """The JSON Schema of what ``playbook_json`` writes."""
    definitions: dict[str, Any] = {}
    body = _object(Playbook, definitions)
    properties = {"schema": {"const": SCHEMA}, **body["properties"], "stats": _reference(Stats, definitions)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://github.com/tocsin/tocsin/blob/main/docs/playbook.schema.json",
        "title": "A runbook, compiled",
        "description": "Printed by `tocsin show --json FILE`. Keys are only added. `lines` count from 1.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    properties = {one.name: _type(hints[one.name], definitions) for one in dataclasses.fields(kind)}
    return {
        "description": " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # held open, so that a type may mention itself
        definitions[kind.__name__] = _published(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _published(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """The object as it is written, where that differs from the type."""
    body = _object(kind, definitions)
    properties = body["properties"]
    if kind is Step:
        command = _object(Command, definitions)["properties"]
        del command["text"]
        flat = {name: command.pop(name) for name in _FLATTENED}
        shell = {"type": "object", "properties": command, "required": list(command), "additionalProperties": False}
        properties["command"] = _nullable({"type": "string"})
        properties |= {"effect": _nullable(flat["effect"]), "termination": _nullable(flat["termination"])}
        properties |= {"parameters": flat["parameters"], "shell": {**shell, "description": "Only with a command."}}
        body["required"] = [name for name in properties if name != "shell"]
        properties["asks"] = {
            "const": True,
            "description": "Only where it is done by answering; its kind is manual then.",
        }
    elif kind is Procedure:
        properties["commands"] = {"type": "integer", "description": "The number of its shell statements."}
        properties["course"] = _reference(Course, definitions)
        body["required"] = list(properties)
    elif kind is Phase:
        properties["course"] = _reference(Course, definitions)
        body["required"] = list(properties)
    elif kind is Duration:
        body["required"] = [name for name in properties if name != "unit"]
        properties["unit"] = _type(WorkingUnit, definitions)
    elif kind is PostmortemPolicy:
        del properties["due_from"]
        properties["from"] = {"type": "string"}
        due = {**_published(Duration, definitions)}
        due["properties"] = {**due["properties"], "from": {"type": "string"}}
        properties["due"] = _nullable(due)
        body["required"] = list(properties)
    return body


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        inner = next(one for one in typing.get_args(hint) if one is not types.NoneType)
        return _nullable(_type(inner, definitions))
    if origin in (tuple, frozenset):
        return {"type": "array", "items": _type(typing.get_args(hint)[0], definitions)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _type(typing.get_args(hint)[1], definitions)}
    if hint is Lines:
        return {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    if hint is date:
        return {"type": "string", "format": "date"}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [one.value for one in hint], "description": " ".join((inspect.getdoc(hint) or "").split())}
    if dataclasses.is_dataclass(hint):
        return _reference(typing.cast(type, hint), definitions)
    return {"type": {str: "string", int: "integer", bool: "boolean"}[hint]}


def _nullable(inner: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [inner, {"type": "null"}]}


def text() -> str:
    """The file's content."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
