"""Reading a request's body within bounds of size and time, unpacking it, and taking it for JSON.

The bounds hold while the bytes come in: nothing is read on that will not be kept, apart from the rest of an
authenticated body, which is read and dropped so that its sender gets to see the answer.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.web.answers import Message, Receive

MAX_BODY = 1 << 20
MAX_SIGNED = 7 << 19
"""How much is read to check a signature over a body that is too large to be kept whole: 3.5 MiB, so that a stranger's
body takes less than five megabytes of memory, with all that is around it (F14)."""
MAX_DRAINED = 64 << 20
READ_SECONDS = 10.0
MAX_RATIO = 10
ALWAYS_UNPACKED = 64 << 10
"""Up to this size a body may be packed as tightly as it likes: small JSON often packs better than 10:1."""


class TooLarge(Exception):
    """The body is larger than will be read."""


class TooSlow(Exception):
    """The body did not come in time."""


class Gone(Exception):
    """The sender has hung up."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the first bytes, and whether there were more."""

    body: bytes
    cut: bool = False


async def read_body(
    receive: Receive, limit: int, *, drain: bool, seconds: float = READ_SECONDS, whole: bool = False
) -> Read:
    """The body up to ``limit`` bytes. Over the limit: ``drain`` reads on and drops, else TooLarge is raised.

    Raises TooSlow after ``seconds`` in all, Gone when the sender hangs up. ``whole`` says that the server has read all
    of it already: then nothing is waited for, and no clock is set.
    """
    first = await _next(receive, None if whole else seconds)
    chunk: bytes = first.get("body", b"")
    if not first.get("more_body", False) and len(chunk) <= limit:
        return Read(chunk)  # nearly every alert comes in one piece
    try:
        async with asyncio.timeout(seconds):
            return await _rest(receive, chunk, limit, more=bool(first.get("more_body", False)), drain=drain)
    except TimeoutError as error:
        raise TooSlow from error


async def _next(receive: Receive, seconds: float | None) -> Message:
    try:
        if seconds is None:
            message = await receive()
        else:
            async with asyncio.timeout(seconds):
                message = await receive()
    except TimeoutError as error:
        raise TooSlow from error
    if message["type"] == "http.disconnect":
        raise Gone
    return message


async def _rest(receive: Receive, chunk: bytes, limit: int, *, more: bool, drain: bool) -> Read:
    pieces, kept, seen = [chunk[:limit]], min(len(chunk), limit), len(chunk)
    while True:
        if seen > limit and not drain:
            raise TooLarge
        if not more or seen > MAX_DRAINED:
            return Read(b"".join(pieces), cut=seen > limit)
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk, more = message.get("body", b""), bool(message.get("more_body", False))
        seen += len(chunk)
        if kept < limit:
            pieces.append(chunk[: limit - kept])
            kept += len(pieces[-1])


def unpack(body: bytes, encoding: str, limit: int = MAX_BODY) -> tuple[bytes, str]:
    """The unpacked body and no trouble, or the body as it came and why it was left packed.

    Only gzip and deflate are unpacked, to at most ``limit`` bytes and ten times the packed size.
    """
    wrapping: tuple[int, ...]
    match encoding.strip().lower():
        case "" | "identity":
            return body, ""
        case "gzip" | "x-gzip":
            wrapping = (16 + zlib.MAX_WBITS,)
        case "deflate":
            wrapping = (zlib.MAX_WBITS, -zlib.MAX_WBITS)  # with a zlib header, as specified, or without, as often sent
        case other:
            return body, f"the content encoding {other[:40]!r} is not understood; send it plain, or with gzip"
    bound = min(limit, max(ALWAYS_UNPACKED, MAX_RATIO * len(body)))
    for bits in wrapping:
        unpacker = zlib.decompressobj(bits)
        try:
            plain = unpacker.decompress(body, bound)
        except zlib.error:
            continue
        if unpacker.unconsumed_tail or (not unpacker.eof and len(plain) >= bound):
            return body, f"packed more tightly than {MAX_RATIO}:1, or larger than {limit} bytes; it was not unpacked"
        if not unpacker.eof:
            return body, "the packed body ends too early"
        return plain, ""
    return body, f"this is no {encoding.strip().lower()}"


def json_object(raw: bytes | str) -> Mapping[str, Any]:
    """The object that a body, or a part of it, is as JSON; empty when it is none."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
