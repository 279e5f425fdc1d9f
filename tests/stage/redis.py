"""A real Redis, as the thing that a runbook's commands look after."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import Child, child, free_port, listens
from tests.stage.presence import require


class Redis:
    """A running Redis without persistence."""

    def __init__(self, port: int, process: Child) -> None:
        self.port = port
        self.process = process

    def ask(self, command: str) -> str:
        """The first line of the answer to an inline command, such as ``+PONG`` to ``PING``."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(command.encode() + b"\r\n")
            with connection.makefile("rb") as answer:
                return answer.readline().decode().strip()


@contextmanager
def redis(directory: Path) -> Iterator[Redis]:
    """Run Redis on a free loopback port."""
    program = require("redis")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--dir", str(directory)]
    with child(command, log=directory / "redis.log", ready=lambda: listens(port)) as process:
        yield Redis(port, process)
