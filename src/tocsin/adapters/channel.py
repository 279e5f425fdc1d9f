"""Between two processes of one installation: whole messages, some of which bring an open connection with them."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress

PIECE = 32 << 10
"""Bytes that one packet brings; a longer message comes in several."""
_MORE, _LAST = b"+", b"."
_AT_ONCE = 64
_FLAGS = getattr(socket, "MSG_CMSG_CLOEXEC", 0)

Heard = Callable[[bytes, bytes, "socket.socket | None"], None]
"""Hears a message: its kind, one byte; what it says; the connection that came with it."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a channel. Raises OSError where the system has no packets in order between processes."""
    if not hasattr(socket, "SOCK_SEQPACKET"):
        raise OSError("this system has no SOCK_SEQPACKET")
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Channel:
    """One end, within the event loop that runs now. ``gone`` is called once, when the other end is."""

    def __init__(self, end: socket.socket, heard: Heard, gone: Callable[[], None]) -> None:
        end.setblocking(False)
        self._end, self._heard, self._gone = end, heard, gone
        self.loop = asyncio.get_running_loop()
        self._out: deque[tuple[bytes, int | None]] = deque()
        self._partial: list[bytes] = []
        self._open = True
        self.loop.add_reader(end, self._receive)

    @property
    def clear(self) -> bool:
        """Whether all that was sent has left."""
        return self._open and not self._out

    def send(self, kind: bytes, said: bytes = b"", connection: int | None = None) -> None:
        """Send a message, now or as soon as there is room. A ``connection`` is a descriptor that is ours no longer."""
        if not self._open:
            if connection is not None:
                os.close(connection)
            return
        pieces = [said[at : at + PIECE] for at in range(0, len(said), PIECE)] or [b""]
        self._out.extend((_MORE + piece, None) for piece in pieces[:-1])
        self._out.append((_LAST + kind + pieces[-1], connection))
        self._flush()

    def close(self) -> None:
        """Say and hear nothing more; the other end sees it as the end of this process."""
        if not self._open:
            return
        self._open = False
        self.loop.remove_reader(self._end)
        self.loop.remove_writer(self._end)
        self._end.close()
        for _, connection in self._out:
            if connection is not None:
                os.close(connection)
        self._out.clear()

    def _flush(self) -> None:
        while self._out:
            packet, connection = self._out[0]
            try:
                if connection is None:
                    self._end.send(packet)
                else:
                    socket.send_fds(self._end, [packet], [connection])
            except BlockingIOError:
                self.loop.add_writer(self._end, self._flush)
                return None
            except OSError:
                return self._lost()
            self._out.popleft()
            if connection is not None:
                os.close(connection)
        self.loop.remove_writer(self._end)
        return None

    def _receive(self) -> None:
        for _ in range(_AT_ONCE):
            if not self._open:
                return None
            try:
                packet, descriptors, _flags, _ = socket.recv_fds(self._end, PIECE + 2, 1, _FLAGS)
            except BlockingIOError:
                return None
            except OSError:
                return self._lost()
            if not packet:
                return self._lost()
            if packet[:1] == _MORE:
                self._partial.append(packet[1:])
                continue
            said = b"".join((*self._partial, packet[2:]))
            self._partial.clear()
            connection = socket.socket(fileno=descriptors[0]) if descriptors else None
            self._heard(packet[1:2], said, connection)
        return None

    def _lost(self) -> None:
        if self._open:
            self.close()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self.loop.call_soon(self._gone)
