"""Facts to stored bytes and back, for as long as an installation lives.

The stored type is the class name; the body is JSON without the fields that hold their default, so that a field
added later reads as its default. A type, or a value in a known one, that this version does not know (a newer node
wrote it) is kept as ``Unreadable`` and written back unchanged; of an actor such a value reads as ``OTHER``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import Any

import msgspec

from tocsin.incident import facts, step_facts
from tocsin.incident.facts import Actor, Fact, Unreadable

TYPES: dict[str, type[Fact]] = {
    name: kind
    for module in (facts, step_facts)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, Fact) and kind not in (Fact, Unreadable)
}

_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(kind) for name, kind in TYPES.items()}
_ENCODER = msgspec.json.Encoder()
_ACTOR = msgspec.json.Decoder(Actor)
_DEFAULTS: dict[type[Fact], tuple[tuple[str, Any], ...]] = {
    kind: tuple((f.name, f.default) for f in fields(kind)) for kind in TYPES.values()
}


def encode(fact: Fact) -> tuple[str, bytes]:
    """The stored type and body of a fact."""
    if isinstance(fact, Unreadable):
        return fact.type, fact.body.encode()
    body = {name: value for name, default in _DEFAULTS[type(fact)] if (value := getattr(fact, name)) != default}
    return type(fact).__name__, _ENCODER.encode(body)


def decode(type_name: str, body: bytes | str) -> Fact:
    """The fact that was stored; ``Unreadable`` for what this version does not know. Raises msgspec.DecodeError."""
    decoder = _DECODERS.get(type_name)
    if decoder is not None:
        with suppress(msgspec.ValidationError):  # but never a body that is no JSON: that is damage
            fact: Fact = decoder.decode(body)
            return fact
    return Unreadable(type=type_name, body=body if isinstance(body, str) else bytes(body).decode())


def encode_actor(actor: Actor) -> bytes:
    """The stored form of an actor."""
    return _ENCODER.encode(actor)


def decode_actor(body: bytes | str) -> Actor:
    """The actor that was stored."""
    return _ACTOR.decode(body)
