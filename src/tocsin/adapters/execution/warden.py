"""Keeps watch over one pipeline, as a process of its own: starts it, waits, and leaves nothing of it alive.

Started by ``steps_local.py`` as a program, and sent to other hosts by ``steps_ssh.py``: standard library only, in the
Python of 3.8. It is the parent of last resort (PR_SET_CHILD_SUBREAPER) of all that the pipeline starts, so that a child
that left its session or was orphaned on purpose is still found below it (``kin.py``). A keeper above it, of the
same kind, ends what is left when the watch itself is killed. Its standard input is its life line: when that closes,
whoever ordered the step is gone.

Reads one line of JSON, writes one line of JSON, both described by ``Order`` and ``Report``. A further line ``END``
ends the run at once. Memory and number of processes are looked at five times a second, and what is beyond its bounds is
killed: bounds of a control group need rights that a server should not have.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time

from tocsin.adapters.execution.connections import Connections
from tocsin.adapters.execution.fence import Fence
from tocsin.adapters.execution.kin import LINUX, Kin, memory

TYPE_CHECKING = False  # `typing` takes longer to load than all the rest, and each run is a process of its own
if TYPE_CHECKING:
    from typing import TypedDict
else:
    TypedDict = dict

PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36
NAME = b"tocsin-step"
"""What the watch is called: `pkill python` is meant for others."""
GRACE = 2.0  # seconds between the request to end and the kill
KILLING = 2.0  # seconds in which the killed must be gone
COUNT_EVERY = 0.2  # seconds
END = b"end\n"


class Order(TypedDict):
    """What to run: argv per stage with absolute programs, the file descriptors for what they print, seconds, bounds.

    ``connect`` is within how many seconds a host has to answer that it wants a connection to. ``memory`` in bytes and
    ``processes`` are bounds on all of it together; 0 is no bound. ``fence`` is the name of a control group for it,
    where one may be made; empty for none.
    """

    stages: list[list[str]]
    programs: list[str]
    environment: dict[str, str]
    directory: str
    stdout: int
    stderr: int
    timeout: float
    connect: float
    memory: int
    processes: int
    fence: str


class Report(TypedDict):
    """How it went: exit codes as a shell gives them (None: never started), and what outlived its welcome.

    ``lost`` when the watch was killed: nobody can say how it went, and there are no codes.
    """

    exit_codes: list[int | None]
    timed_out: bool
    trouble: str
    stragglers: list[str]
    survivors: list[str]
    lost: bool


def main() -> None:
    """Run the order that stands on the first line of standard input, and report on standard output."""
    order: Order = json.loads(first_line(0))
    os.umask(0o077)
    os.setsid()  # whoever started us may be in a terminal's foreground
    os.chdir(order["directory"])
    for printed in (order["stdout"], order["stderr"]):
        os.set_inheritable(printed, False)
    report = watched(order)
    os.write(1, json.dumps(report).encode() + b"\n")


def watched(order: Order) -> Report:
    """Run an order and say how it went, also when the process that watches it is killed or stopped.

    That is a process of its own. This one keeps it: it starts nothing else, so that what comes to it once the other is
    gone belongs to the order, whatever it did to its session and its environment.
    """
    fence = Fence(order["fence"])
    if not LINUX:
        return Watch(order, fence).run()
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NAME, NAME, 0, 0, 0)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    fence.make()
    read_end, write_end = os.pipe()
    watch = os.fork()
    if watch == 0:
        try:
            fence.enter()
            libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # no child inherits it
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # when the keeper is killed, whoever reads its output hears so
            report = Watch(order, fence).run()
            fence.leave()
            fence.remove()  # here, for the keeper may have been killed
            os.write(write_end, json.dumps(report).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(write_end)
    os.close(order["stdout"])
    os.close(order["stderr"])
    said = _said_by(read_end)
    if said.endswith(b"\n"):
        os.waitpid(watch, 0)
        told: Report = json.loads(said)
        return told
    os.kill(watch, signal.SIGKILL)
    survivors = Kin(fence, []).end(KILLING)
    fence.remove()
    lost: Report = {
        "exit_codes": [],
        "timed_out": False,
        "trouble": "",
        "stragglers": [],
        "survivors": survivors,
        "lost": True,
    }
    return lost


def _said_by(read_end: int) -> bytes:
    """What the watch reports; nothing when it is killed, or does not end once the life line is cut."""
    said = bytearray()
    deadline: float | None = None
    poll = select.poll()
    poll.register(read_end, select.POLLIN)
    poll.register(0, 0)  # only whether it has closed: what it says is for the watch
    while deadline is None or time.monotonic() < deadline:
        ready = dict(poll.poll(None if deadline is None else 1000 * max(0.0, deadline - time.monotonic())))
        if read_end in ready:
            piece = os.read(read_end, 65536)
            if not piece:
                break
            said += piece
        elif 0 in ready:
            poll.unregister(0)
            deadline = time.monotonic() + 2 * KILLING
    return bytes(said)


class Watch:
    """One pipeline under watch."""

    def __init__(self, order: Order, fence: Fence) -> None:
        self._order = order
        self._stages: list[int] = []
        self._kin = Kin(fence, self._stages)
        self._connections = Connections(order["connect"], time.monotonic())
        self._unanswered = ""
        self._trouble = ""
        self._beyond = False
        self._counted_at = 0.0

    def run(self) -> Report:
        """Start the stages, wait for all of them or for the time-out, end whatever is left."""
        wake = _woken_by_children()
        deadline = time.monotonic() + self._order["timeout"]
        self._start()
        timed_out = orphaned = told = False
        while not (self._trouble or timed_out or orphaned or told or self._ended()):
            ready, _, _ = select.select([0, wake], [], [], min(COUNT_EVERY, max(0.0, deadline - time.monotonic())))
            if 0 in ready:
                told = bool(os.read(0, 4096))
                orphaned = not told
            if wake in ready:
                os.read(wake, 4096)
            self._kin.reap()
            self._count()
            timed_out = not self._ended() and bool(self._unanswered or time.monotonic() >= deadline)
        stragglers = [] if timed_out or orphaned or told or self._trouble else self._kin.named()
        survivors = self._end(0.0 if orphaned or self._beyond else GRACE, wake)
        return {
            "exit_codes": [self._kin.codes.get(pid) for pid in self._stages],
            "timed_out": timed_out,
            "trouble": self._trouble or (self._unanswered if timed_out else ""),
            "stragglers": stragglers,
            "survivors": survivors,
            "lost": False,
        }

    def _start(self) -> None:
        read_end: int | None = None
        last = len(self._order["stages"]) - 1
        for place, argv in enumerate(self._order["stages"]):
            program = self._order["programs"][place]
            following, write_end = os.pipe() if place < last else (None, self._order["stdout"])
            try:
                self._stages.append(self._spawn(program, argv, read_end, write_end))
            except OSError as error:
                self._trouble = f"{argv[0]} cannot be started here: {error.strerror}"
            for end in (read_end, write_end):
                if end is not None:
                    os.close(end)  # the stages hold their own; a copy kept here would keep a reader waiting
            read_end = following
            if self._trouble:
                break
        if read_end is not None:
            os.close(read_end)
        os.close(self._order["stderr"])

    def _spawn(self, program: str, argv: list[str], read_end: int | None, write_end: int) -> int:
        stdin = (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)
        return os.posix_spawn(
            program,
            argv,
            self._order["environment"],
            file_actions=[
                stdin if read_end is None else (os.POSIX_SPAWN_DUP2, read_end, 0),
                (os.POSIX_SPAWN_DUP2, write_end, 1),
                (os.POSIX_SPAWN_DUP2, self._order["stderr"], 2),
            ],
            # One group, not ours: a command that signals its whole group does not reach the watch.
            setpgroup=self._stages[0] if self._stages else 0,
            setsigmask=[],
            # Python ignores these for itself; `yes | head` needs them.
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD],
        )

    def _count(self) -> None:
        """Whether all of it together is within its bounds."""
        now = time.monotonic()
        if not LINUX or self._ended() or now - self._counted_at < COUNT_EVERY:
            return
        self._counted_at = now  # a command that forks wakes us each time, and may not have us read /proc all day
        alive = self._kin.living()
        if 0 < self._order["processes"] < len(alive):
            self._trouble = f"it started more than {self._order['processes']} processes and was killed"
        elif 0 < self._order["memory"] < sum(map(memory, alive)):
            self._trouble = f"it used more than {self._order['memory'] // 1024 // 1024} MiB of memory and was killed"
        self._beyond = bool(self._trouble)
        if peer := self._connections.unanswered(alive, now):
            self._unanswered = f"could not connect to {peer} within {self._order['connect']:.0f} s"

    def _ended(self) -> bool:
        return all(pid in self._kin.codes for pid in self._stages)

    def _end(self, grace: float, wake: int) -> list[str]:
        """Ask, wait, kill, and kill again until nobody is left or the time is over; the names of who is."""
        if grace and self._kin.reap():
            self._kin.ask()
            deadline = time.monotonic() + grace
            while self._kin.reap() and time.monotonic() < deadline:
                if select.select([wake], [], [], 0.02)[0]:
                    os.read(wake, 4096)
        return self._kin.end(KILLING)


def first_line(descriptor: int) -> bytes:
    """The first line of what comes; what is behind it stays there. Ends this process when there is none."""
    # Unbuffered: what is behind the line is the life line.
    kept = bytearray()
    while not kept.endswith(b"\n"):
        piece = os.read(descriptor, 65536)
        if not piece:
            sys.exit("no order came")
        kept += piece
    return bytes(kept)


def _woken_by_children() -> int:
    """A file descriptor that becomes readable when a child ends."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    os.set_blocking(read_end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    return read_end


if __name__ == "__main__":
    main()
