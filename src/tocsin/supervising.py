"""The first process's side of the second one of the intake: when it runs, what it is told, what becomes of it.

It runs while many deliveries come and the hearing keeps up with them. Whatever goes wrong with it, the first process
accepts every connection and can answer everything itself, as it does without.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tocsin.adapters.channel import Channel, pair
from tocsin.app.intake.group_commit import lingering
from tocsin.app.team import Team, TeamInForce
from tocsin.clock import EngineClock, monotonic
from tocsin.second_process import (
    BEGIN,
    BEHIND,
    CONNECTION,
    COUNTED,
    GIVEN_BACK,
    LEAVE,
    READY,
    RETURNED,
    STOP,
    TEAM,
    TIME,
    Begin,
    Counts,
    senders_of,
)

log = logging.getLogger(__name__)

BUSY = 500
"""Deliveries a second from which on a second process helps: a tenth of a core and more goes into taking them."""
CALM = 100
CALM_FOR = 60.0
"""Seconds with fewer than CALM deliveries each after which it ends again."""
TOO_FAR_BEHIND = 3.0
"""Seconds that the hearing may be behind: then it is the hearing that needs the processor."""
REST = 60.0
"""Seconds without a second process after that."""
AGAIN, LAST_AGAIN = 10.0, 600.0
"""Seconds until another is started when one has died; twice as long each time until one lives for LAST_AGAIN."""
LOOK = 1.0
TELL = 0.2
"""Seconds between two times that it is told how far the hearing is behind, while that makes commits wait."""
QUOTA = Path("/sys/fs/cgroup/cpu.max")
UNANSWERED = 15
"""Times that it is told the time and says nothing at all: then it hangs, and so do those who wait for its answers."""
READY_WITHIN, LEAVES_WITHIN, ENDS_WITHIN = 60.0, 30.0, 2.0


def can_help(*, even_alone: bool = False) -> bool:
    """Whether there can be a second process, and a second core for it; ``even_alone``: without one as well."""
    return (cores() >= 2 or even_alone) and hasattr(os, "eventfd") and hasattr(socket, "SOCK_SEQPACKET")


def cores(quota: Path = QUOTA) -> float:
    """How many cores this process may use: those of the machine that it may run on, within the quota of its container.

    1 where nobody says. Source: cpu.max in the kernel's documentation of cgroup v2, "$MAX $PERIOD" in microseconds.
    """
    found = float(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 1.0
    try:
        most, period = map(float, quota.read_text().split())  # "max" is no number: there is no quota
    except (OSError, ValueError):
        return found
    return min(found, most / period) if period > 0 else found


@dataclass(slots=True)
class Supervisor:
    """Starts and ends the second process, and gives it connections. All but ``close`` is called in the event loop.

    ``taken`` counts the deliveries that were taken here, ``behind`` is how many seconds the hearing is behind;
    ``adopt`` serves a connection that comes back with what was read of it, and whether it is to stay.
    """

    database: str
    team: TeamInForce
    clock: EngineClock
    taken: Callable[[], int]
    behind: Callable[[], float]
    nudge: Callable[[], None]
    counted: Callable[[Counts], None]
    lives: Callable[[int], None]
    adopt: Callable[[socket.socket, bytes, bool], None]
    ballast: int = 0
    always: bool = False
    process: subprocess.Popen[bytes] | None = None
    _channel: Channel | None = None
    _bell: int = -1
    _ready: bool = False
    _stopping: bool = False
    _lingering: bool = False
    """Whether it has been told that the hearing is behind."""
    _unanswered: int = 0
    _due: float = 0.0
    """When it is ready, or has ended, at the latest."""
    _loop: asyncio.AbstractEventLoop | None = None
    _told: Team | None = None
    _there: int = 0
    """Deliveries that were taken there since the last look."""
    _here: int = 0
    _calm_since: float = 0.0
    _began: float = 0.0
    _not_before: float = 0.0
    _pause: float = AGAIN
    _reaping: set[asyncio.Future[int]] = field(default_factory=set)

    def begin(self) -> None:
        """Look every second from now on, in the loop that runs."""
        self._here, self._loop = self.taken(), asyncio.get_running_loop()
        self._look_soon()

    def taker(self) -> Callable[[int], None] | None:
        """Who takes a connection over on which deliveries come; None while it is to stay here."""
        ready = self._ready and self._channel is not None and self._channel.clear
        return self._give if ready else None

    def stop(self) -> None:
        """Let it answer what it has, and end. May be called by a signal's handler."""
        self._stopping, self._ready = True, False
        if self._loop is not None and self._channel is not None:
            self._loop.call_soon_threadsafe(self._channel.send, STOP)

    def close(self) -> None:
        """See to it that it has ended."""
        process = self.process
        if process is None:
            return
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _give(self, connection: int) -> None:
        assert self._channel is not None
        self._channel.send(CONNECTION, b"", connection)

    def _look_soon(self) -> None:
        asyncio.get_running_loop().call_later(LOOK, self._look)

    def _look(self) -> None:
        if self._stopping:
            return
        try:
            self._decide(monotonic())
        except Exception:
            log.exception("the second process for deliveries cannot be looked after; the first one takes them all")
        self._look_soon()

    def _tell(self) -> None:
        """Tell how far the hearing is behind, and again in a moment."""
        if not self._ready or self._channel is None:
            return
        behind = self.behind()
        if self._lingering or lingering(behind):
            self._channel.send(BEHIND, msgspec.json.encode(behind))
        self._lingering = lingering(behind) > 0
        asyncio.get_running_loop().call_later(TELL, self._tell)

    def _decide(self, now: float) -> None:
        here = self.taken()
        came, self._here, self._there = here - self._here + self._there, here, 0
        if came >= CALM or not self._calm_since:
            self._calm_since = now
        if self.process is None:
            if now >= self._not_before and (self.always or (came >= BUSY and self.behind() < TOO_FAR_BEHIND / 2)):
                self._start(now)
            return
        if not self._ready or self._channel is None:
            if now > self._due:
                self.process.kill()
            return
        if self._told is not self.team():
            self._told = self.team()
            self._channel.send(TEAM, msgspec.json.encode(senders_of(self._told)))
        self._unanswered += 1
        if self._unanswered > UNANSWERED:
            log.error("the second process for deliveries hangs, and is ended")
            self.process.kill()
            return
        self._channel.send(TIME, msgspec.json.encode(self.clock.line_here()))
        if self.always:
            return
        if self.behind() > TOO_FAR_BEHIND:
            self._not_before = now + REST
            self._leave("the hearing is behind, and needs the processor")
        elif now - self._calm_since > CALM_FOR:
            self._leave("few deliveries come")

    def _start(self, now: float) -> None:
        self._began, self._not_before, self._calm_since = now, now + self._pause, now
        self._due = now + READY_WITHIN
        try:
            ours = self._spawned()
        except OSError as trouble:
            self._pause, self._began = min(2 * self._pause, LAST_AGAIN), 0.0
            log.warning("a second process for deliveries cannot be started: %s; the first one takes them all", trouble)
            return
        channel = self._channel = Channel(ours, self._heard, self._gone)
        asyncio.get_running_loop().add_reader(self._bell, self._rung)
        self._told = self.team()
        level = logging.getLogger().getEffectiveLevel()
        begin = Begin(self.database, self.ballast, level, senders_of(self._told), self.clock.line_here())
        channel.send(BEGIN, msgspec.json.encode(begin))

    def _spawned(self) -> socket.socket:
        """Our end of the channel to a process that begins. OSError when there is no room for one."""
        ours, theirs = pair()
        bell = -1
        try:
            bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            command = [sys.executable, "-P", "-m", "tocsin.second_process", str(theirs.fileno()), str(bell)]
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(), bell), start_new_session=True
            )
        except OSError:
            ours.close()
            if bell >= 0:
                os.close(bell)
            raise
        finally:
            theirs.close()
        self._bell = bell
        return ours

    def _leave(self, why: str) -> None:
        log.info("the second process for deliveries ends: %s", why)
        self._ready = False
        self._pause, self._began = AGAIN, 0.0
        self._due = monotonic() + LEAVES_WITHIN
        if self._channel is not None:
            self._channel.send(LEAVE)

    def _rung(self) -> None:
        try:
            os.eventfd_read(self._bell)
        except BlockingIOError:
            return
        self.nudge()

    def _heard(self, kind: bytes, said: bytes, connection: socket.socket | None) -> None:
        self._unanswered = 0
        if connection is not None and kind in (GIVEN_BACK, RETURNED):
            self.adopt(connection, said, kind == GIVEN_BACK)
        elif kind == COUNTED:
            counts = msgspec.json.decode(said, type=Counts)
            self._there += sum(number for _, _, number in counts.delivered)
            self.counted(counts)
        elif kind == READY and not self._stopping:
            self._ready, self._lingering = True, False
            self.lives(2)
            self._tell()
            log.info("a second process takes deliveries, for as long as many come")

    def _gone(self) -> None:
        """It has ended. Its connections are closed, and whoever had no answer on them sends again."""
        loop, process = asyncio.get_running_loop(), self.process
        self._ready, self._channel = False, None
        self.lives(1)
        loop.remove_reader(self._bell)
        os.close(self._bell)
        self.nudge()  # for what it stored last
        if process is None or self._stopping:
            return
        if self._began:  # nobody told it to
            log.error("the second process for deliveries has died; the first one takes them all")
            now = monotonic()
            self._pause = AGAIN if now - self._began > LAST_AGAIN else self._pause
            self._not_before, self._pause = now + self._pause, min(2 * self._pause, LAST_AGAIN)
            process.kill()  # if all that it lost is the channel
        waited = loop.run_in_executor(None, process.wait)
        self._reaping.add(waited)
        waited.add_done_callback(self._reaped)

    def _reaped(self, waited: asyncio.Future[int]) -> None:
        self._reaping.discard(waited)
        self.process = None
