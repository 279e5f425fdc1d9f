"""The demo's shop: a small web shop with a bug. ``python -m tocsin.demo.shop FOLDER PORT``

One process listens and keeps a worker going, which answers requests with connections from a small pool. A checkout
with an expired coupon takes a connection and never gives it back (see ``worker.py``); once the pool is empty every
customer waits and is turned away. ``bin/restart`` replaces the worker, which is the repair.

Everything lives in one folder: ``var/`` holds the database, the log and the state of the pool, ``bin/`` the commands.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

PID = "var/shop.pid"
LOG = "var/shop.log"
POOL = "var/pool.json"
DATABASE = "var/shop.db"


def lay_out(folder: Path) -> None:
    """Make the shop's folder with its commands; what is there already stays."""
    for name in ("var", "bin"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    python = shlex.quote(sys.executable)
    for command in ("status", "restart"):
        place = folder / "bin" / command
        text = f'#!/bin/sh\nexec {python} -m tocsin.demo.shopctl {command} "$(dirname "$0")/.."\n'
        place.write_text(text, encoding="utf-8")
        place.chmod(0o755)


class Shop:
    """The process that listens and keeps a worker going."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self._worker: subprocess.Popen[bytes] | None = None
        self._ending = False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, or until whoever holds our standard input is gone; SIGHUP restarts."""
        lay_out(self._folder)
        signal.signal(signal.SIGHUP, self._restart)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        threading.Thread(target=self._follow_parent, daemon=True).start()
        pid = self._folder / PID
        pid.write_text(f"{os.getpid()}\n", encoding="ascii")
        try:
            while not self._ending:
                self._worker = self._start()
                if not self._ending:
                    self._worker.wait()
        finally:
            self._stop()
            pid.unlink(missing_ok=True)

    def _start(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        command = [sys.executable, "-m", "tocsin.demo.worker", str(self._folder), str(descriptor)]
        # Its standard input is its life line, as ours is: nobody is left behind when somebody is killed.
        return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(descriptor,))

    def _restart(self, number: int, frame: FrameType | None) -> None:
        self._stop()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True
        self._stop()

    def _stop(self) -> None:
        # Only told, not waited for: this runs in signal handlers, and ``run`` waits already.
        if self._worker is not None:
            self._worker.terminate()

    def _follow_parent(self) -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the shop of a folder on a port."""
    Shop(Path(sys.argv[1]), int(sys.argv[2])).run()


if __name__ == "__main__":
    main()
