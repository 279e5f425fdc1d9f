"""A TCP server that says what a test makes it say, for answers that no real one gives on demand."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def talker(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Hands each connection to ``talk``, in a thread of its own; gives its port on the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
