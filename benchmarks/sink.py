"""Where webhooks arrive: a process of its own that notes when it first saw each number, and answers at once.

    python -m benchmarks.sink PORT [SECONDS]

With SECONDS a webhook is answered only so much later, as a slow provider does.
What is looked for is ``bench-<number>`` anywhere in a body. ``GET /seen`` gives the numbers with the instants of
the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stage.child import child, free_port, listens

MARK = re.compile(rb"bench-(\d+)")
LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink."""

    url: str

    def seen(self) -> dict[int, tuple[float, int]]:
        """For each number when it was first seen, and in how many requests."""
        with urllib.request.urlopen(f"{self.url}/seen", timeout=30) as answer:
            return {int(number): (at, times) for number, (at, times) in json.load(answer).items()}


@contextmanager
def sink(delay: float = 0.0) -> Iterator[Sink]:
    """Run a sink until the block ends. ``delay``: seconds until a webhook is answered."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.sink", str(port), str(delay)]
        with child(command, log=Path(folder) / "log", ready=lambda: listens(port), directory=ROOT):
            yield Sink(f"http://127.0.0.1:{port}")


class Receiver(asyncio.Protocol):
    """One connection: reads requests, notes their numbers, answers 200."""

    noted: dict[bytes, list[float]] = {}  # noqa: RUF012 -- one for the process
    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """Take what came; answer every request that is whole."""
        now = time.monotonic()
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            said = LENGTH.search(head)
            whole = end + 4 + (int(said[1]) if said else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            answer = self._answer(head, body, now)
            whole_answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(answer), answer)
            if self.delay and body:
                asyncio.get_running_loop().call_later(self.delay, self._transport.write, whole_answer)
            else:
                self._transport.write(whole_answer)

    def _answer(self, head: bytes, body: bytes, now: float) -> bytes:
        if head.startswith(b"GET"):
            return json.dumps({number.decode(): noted for number, noted in self.noted.items()}).encode()
        for number in set(MARK.findall(body)):
            self.noted.setdefault(number, [now, 0])[1] += 1
        return b""


async def _main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    Receiver.delay = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    asyncio.run(_main(int(sys.argv[1])))
