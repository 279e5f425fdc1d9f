"""A child process of a test: started in its own group, awaited until ready, ended for certain."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

READY_SECONDS = 30.0
STOP_SECONDS = 10.0

# Below the range that the kernel hands out to outgoing connections, so that none of those can take a port
# between the moment it is chosen and the moment the child listens on it.
FIRST_PORT, LAST_PORT = 20_000, 32_000


def _ports(worker: int, workers: int) -> range:
    """Those of one worker: what it found free, and binds later, no other one takes meanwhile."""
    width = (LAST_PORT - FIRST_PORT) // workers
    first = FIRST_PORT + worker % workers * width
    return range(first, first + width)


_PORTS = _ports(
    int(os.environ.get("PYTEST_XDIST_WORKER", "0")[2:] or 0), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
)
_next_port = count(os.getpid() * 37)


class NotReady(AssertionError):
    """A child did not become ready in time; the message holds the end of its log."""


class Child:
    """A running child process."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def pid(self) -> int:
        """The process id, which is also its group's."""
        return self.process.pid

    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def output(self) -> str:
        """What it has written to stdout and stderr so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def signal(self, number: int) -> None:
        """Send a signal to its whole group; nothing happens when it has ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self, within: float = STOP_SECONDS) -> int:
        """Ask it to end, insist after ``within`` seconds; its exit status (negative: the signal that ended it)."""
        if self.running():
            self.signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(within)
        # Whatever it left behind in its group goes too.
        self.signal(signal.SIGKILL)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def child(
    command: Sequence[str | Path],
    *,
    log: Path,
    ready: Callable[[], bool] | None = None,
    within: float = READY_SECONDS,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    user: str | None = None,
) -> Iterator[Child]:
    """Run a command until the block ends; NotReady when ``ready`` stays false for ``within`` seconds.

    As ``user``, where it is given: only root may.
    """
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=directory,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else (),
        )
    running = Child(process, log)
    try:
        if ready is not None:
            await_ready(running, ready, within)
        yield running
    finally:
        running.stop()


def await_ready(running: Child, ready: Callable[[], bool], within: float) -> None:
    """Return once ``ready`` is true; NotReady when the child ends first or the seconds are over."""
    deadline = time.monotonic() + within
    while not ready():
        if not running.running():
            raise NotReady(f"ended with {running.process.returncode}:\n{running.output()[-4000:]}")
        if time.monotonic() > deadline:
            raise NotReady(f"not ready after {within:g} s:\n{running.output()[-4000:]}")
        time.sleep(0.02)


def eventually(condition: Callable[[], object], within: float = 10.0, every: float = 0.02) -> bool:
    """Whether the condition became true within so many seconds; it is asked at least once."""
    deadline = time.monotonic() + within
    while True:
        if condition():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(every)


def free_port() -> int:
    """A loopback TCP port on which nothing listens."""
    for _ in _PORTS:
        port = _PORTS[next(_next_port) % len(_PORTS)]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise NotReady("no free port on the loopback interface")


def answers(url: str) -> bool:
    """Whether an HTTP GET of this address is answered with 2xx or 3xx within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status < 400)
    except (urllib.error.URLError, OSError):
        return False


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a TCP connection to this port is accepted within a second."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
