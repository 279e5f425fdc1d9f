"""A wire between a client and a server on this machine: it records what crosses it.

It can be cut, swallow what is sent, be healed, and lead elsewhere.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class Wire:
    """Where to connect to. ``sent`` is all that clients have sent, in the order of its pieces."""

    host: str
    port: int
    to: int
    sent: bytearray = field(default_factory=bytearray)
    whole: threading.Event = field(default_factory=threading.Event)
    flows: threading.Event = field(default_factory=threading.Event)
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}:{self.port}"

    def cut(self) -> None:
        """End all connections, and let no new one through."""
        self.whole.clear()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def swallow(self) -> None:
        """Be a black hole: connections stand, new ones come about, and nothing arrives at either end."""
        self.flows.clear()

    def heal(self) -> None:
        """Let connections through again, and what was held back: late, as a network does."""
        self.whole.set()
        self.flows.set()

    def lead(self, to: int) -> None:
        """Lead new connections to another port."""
        self.to = to

    def carry(self, near: socket.socket) -> None:
        """Carry one connection to its end."""
        with near:
            if not self.whole.is_set():
                return
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.to), timeout=30) as far:
                far.settimeout(None)
                with self._lock:
                    self._open |= {near, far}
                back = threading.Thread(target=self._pass, args=(far, near, False), daemon=True)
                back.start()
                self._pass(near, far, True)
                back.join()
                with self._lock:
                    self._open -= {near, far}

    def _pass(self, source: socket.socket, sink: socket.socket, record: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self.flows.wait()
                if record:
                    with self._lock:
                        self.sent += piece
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def wire(to: int, host: str = "127.0.0.1") -> Iterator[Wire]:
    """A wire from a free port of a local address to a port of the loopback, until the block ends."""
    with socket.create_server((host, 0)) as listener:
        made = Wire(host, listener.getsockname()[1], to)
        made.heal()

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = listener.accept()
                    threading.Thread(target=made.carry, args=(near,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield made
        finally:
            made.cut()
            made.flows.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
