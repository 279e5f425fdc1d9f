"""What an answer writes leaves in one piece, in order, and never after the end."""

from __future__ import annotations

import asyncio
from typing import cast

from tocsin.adapters.http_protocol import LARGE, Corked


class Wire:
    """A transport that keeps the pieces it was given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        """One system call."""
        assert not self.closed
        self.pieces.append(data)

    def close(self) -> None:
        """The end of the connection."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether the end has come."""
        return self.closed


def corked(wire: Wire) -> Corked:
    """The transport of an answer over this wire."""
    return Corked(cast("asyncio.Transport", wire), asyncio.get_running_loop())


def test_head_and_body_leave_together() -> None:
    """Two writes of one turn of the loop are one piece; what comes in a later turn is another."""

    async def story() -> list[bytes]:
        wire = Wire()
        answer = corked(wire)
        answer.write(b"head")
        answer.write(b"body")
        await asyncio.sleep(0)
        answer.write(b"event")
        await asyncio.sleep(0)
        return wire.pieces

    assert asyncio.run(story()) == [b"headbody", b"event"]


def test_a_large_piece_does_not_wait() -> None:
    """Who writes much is held up by the transport, hence has to reach it at once."""

    async def story() -> list[bytes]:
        wire = Wire()
        answer = corked(wire)
        answer.write(b"head")
        answer.write(b"x" * LARGE)
        return list(wire.pieces)

    assert asyncio.run(story()) == [b"head" + b"x" * LARGE]


def test_what_is_held_leaves_before_the_end() -> None:
    """A connection that closes behind its answer has sent it; nothing is written to one that has gone."""

    async def story() -> tuple[list[bytes], bool]:
        wire = Wire()
        answer = corked(wire)
        answer.write(b"whole")
        answer.close()
        assert answer.is_closing()
        answer.write(b"late")
        await asyncio.sleep(0)
        return wire.pieces, wire.closed

    assert asyncio.run(story()) == ([b"whole"], True)
