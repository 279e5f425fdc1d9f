"""One way from the bytes of a delivery to JSON, with bounds on everything that could hurt.

Well-formed bodies take a fast path: a typed decoder that builds nothing it was not asked for. Whatever it cannot
read goes through ``parse``, which is strict about the encoding and lenient about nothing it cannot bound. In both
a repeated key means its last value; only ``parse`` can say that there was one. What cannot be read raises
BadPayload: the caller has stored the bytes and quarantines them (F11, F12).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import msgspec

from tocsin.alerts.cleaning import storable
from tocsin.errors import BadPayload

MAX_DEPTH = 32
MAX_KEYS = 10_000
_MAX_DIGITS = 300

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A JSON value whose texts can all be stored, and what was odd about it."""

    value: Json
    notes: tuple[str, ...] = ()


def utf8(body: bytes) -> str:
    """The body as text; BadPayload says which encoding it seems to be instead of UTF-8."""
    try:
        text = str(body, "utf-8")
    except UnicodeDecodeError as error:
        guess = "UTF-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in body[:64] else "not UTF-8"
        raise BadPayload(f"the body is {guess} (byte {error.start}); send JSON in UTF-8") from error
    if "\x00" in text[:4]:
        raise BadPayload("the body is UTF-16 or UTF-32; send JSON in UTF-8")
    return text


def typed(body: bytes, decoder: msgspec.json.Decoder[T]) -> T | None:
    """The body as the decoder's type, or None when it is not of that type (`parse` says why)."""
    try:
        if not body.isascii():
            utf8(body)
        return decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, BadPayload):
        return None


def parse(body: bytes) -> Parsed:
    """The JSON value of a body within our bounds; else BadPayload with the reason.

    At most 32 levels deep and 10,000 keys; no NaN, no infinity, no number of more than 300 digits. A byte order
    mark is skipped, NUL and lone surrogates become U+FFFD.
    """
    text = utf8(body).removeprefix("\ufeff")
    if not text.strip():
        raise BadPayload("the body is empty")
    building = _Building()
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=building.pairs,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_real,
        )
    except json.JSONDecodeError as error:
        raise BadPayload(f"the body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise BadPayload(f"the body is nested more than {MAX_DEPTH} levels deep") from error
    notes = ["a key came twice; its last value counts"] if building.doubled else []
    value, changed = _settled(value, MAX_DEPTH, escaped="\\u" in text)
    if changed:
        notes.append("characters that cannot be stored were replaced")
    return Parsed(value, tuple(notes))


def as_object(value: Json) -> dict[str, Json]:
    """The value if it is an object, an empty one otherwise.

    >>> as_object({"a": 1}), as_object("a")
    ({'a': 1}, {})
    """
    return value if isinstance(value, dict) else {}


def as_text(value: Json) -> str:
    """A value where a text belongs: texts as they are, nothing for null, everything else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


class _Building:
    """Counts the keys of a value while it is built."""

    __slots__ = ("doubled", "keys")

    def __init__(self) -> None:
        self.keys = 0
        self.doubled = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.keys += len(pairs)
        if self.keys > MAX_KEYS:
            raise BadPayload(f"the body has more than {MAX_KEYS} keys")
        built = dict(pairs)
        self.doubled = self.doubled or len(built) < len(pairs)
        return built


def _settled(value: Json, depth: int, escaped: bool) -> tuple[Json, bool]:
    """The value with storable texts (looked for only where there were escapes), and whether any was changed."""
    match value:
        case dict() | list() if depth <= 0:
            raise BadPayload(f"the body is nested more than {MAX_DEPTH} levels deep")
        case dict():
            pairs = [(_kept(key, escaped), _settled(one, depth - 1, escaped)) for key, one in value.items()]
            changed = any(a is not b for a, (b, _) in zip(value, pairs, strict=True))
            return {key: one for key, (one, _) in pairs}, changed or any(c for _, (_, c) in pairs)
        case list():
            items = [_settled(one, depth - 1, escaped) for one in value]
            return [one for one, _ in items], any(c for _, c in items)
        case str():
            clean = _kept(value, escaped)
            return clean, clean is not value
        case _:
            return value, False


def _kept(text: str, escaped: bool) -> str:
    return storable(text) if escaped else text


def _no_constant(name: str) -> NoReturn:
    raise BadPayload(f"the body holds {name}, which is no JSON")


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise BadPayload(f"the body holds a number of {len(digits)} digits")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if len(digits) > _MAX_DIGITS or value in (float("inf"), float("-inf")):
        raise BadPayload("the body holds a number that is too large")
    return value
