"""When the second process of the intake is there, and what becomes of the connections that it was given."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.stage import migrated
from tocsin.adapters.database.opening import open_store
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.app.intake.group_commit import lingering
from tocsin.app.team import Integration, Team
from tocsin.clock import EngineClock, Line, SystemClock, monotonic, since_boot, this_machine
from tocsin.oncall.roster import Roster
from tocsin.second_process import Counts
from tocsin.supervising import BUSY, CALM_FOR, REST, TOO_FAR_BEHIND, UNANSWERED, Supervisor, cores

SECRET = "a-secret-of-the-test-0123456789"
KEY = "key-of-the-monitor-0123456789"
MONITOR = Integration("m", "alertmanager", "shop", KEY, IntegrationAuth(AuthKind.BEARER, (SECRET,)))
DELIVERY = f"POST /in/{KEY}/alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\n".encode()


def ahead_of_this_machine() -> EngineClock:
    """The clock of a node that counts on from another, whose machine has been up for ten days more."""
    clock = EngineClock(Line(since_boot(), SystemClock().now()), this_machine())
    clock.count_on(864_000.0)
    return clock


@dataclass
class First:
    """What the first process would be asked and told."""

    database: str
    clock: EngineClock = field(default_factory=ahead_of_this_machine)
    taken: int = 0
    behind: float = 0.0
    rung: threading.Event = field(default_factory=threading.Event)
    lives: list[int] = field(default_factory=lambda: [1])
    counted: list[Counts] = field(default_factory=list)
    back: list[tuple[socket.socket, bytes, bool]] = field(default_factory=list)

    def supervisor(self) -> Supervisor:
        """Who gives."""
        return Supervisor(
            self.database,
            lambda: Team({}, Roster(), {"m": MONITOR}),
            self.clock,
            taken=lambda: self.taken,
            behind=lambda: self.behind,
            nudge=self.rung.set,
            counted=self.counted.append,
            lives=self.lives.append,
            adopt=lambda connection, first, stays: self.back.append((connection, first, stays)),
        )


async def until(true: Callable[[], object], within: float = 30.0) -> None:
    """Wait for something."""
    deadline = monotonic() + within
    while not true():
        assert monotonic() < deadline
        await asyncio.sleep(0.02)


def connected() -> tuple[socket.socket, socket.socket]:
    """Both ends of a connection of TCP: who sends, and who was called."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sender = socket.create_connection(listener.getsockname())
        return sender, listener.accept()[0]


@pytest.fixture
def first(tmp_path: Path) -> First:
    """A first process with a database."""
    migrated.furnish(tmp_path / "data")
    return First(f"sqlite:///{tmp_path / 'data' / 'tocsin.db'}")


async def started(first: First) -> Supervisor:
    """Who gives, with a second process that is there because many deliveries came."""
    supervisor, now = first.supervisor(), monotonic()
    supervisor._decide(now)
    first.taken += BUSY - 1
    supervisor._decide(now + 1)
    assert supervisor.process is None, "too few came"
    first.taken += BUSY
    first.behind = TOO_FAR_BEHIND
    supervisor._decide(now + 2)
    assert supervisor.process is None, "the hearing needs the processor"
    first.taken, first.behind = first.taken + BUSY, 0.0
    supervisor._decide(now + 3)
    assert supervisor.process is not None
    assert supervisor.taker() is None, "it is not there yet"
    await until(lambda: supervisor.taker() is not None)
    assert first.lives[-1] == 2
    return supervisor


def test_one_that_cannot_be_started_is_tried_less_and_less_often(
    first: First, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a descriptor or a process left there is none; everything is taken without it, and little is said."""

    async def play() -> None:
        supervisor, now, left = first.supervisor(), monotonic(), len(os.listdir("/proc/self/fd"))

        tried: list[int] = []

        def refused(*_args: object, **_named: object) -> None:
            tried.append(at)
            raise OSError(errno.EAGAIN, "no process left")

        monkeypatch.setattr(subprocess, "Popen", refused)
        for at in range(100):
            first.taken += BUSY
            supervisor._decide(now + at)
        assert tried == [0, 10, 30, 70]
        assert supervisor.process is None
        assert supervisor.taker() is None
        assert len(os.listdir("/proc/self/fd")) == left

    asyncio.run(play())
    assert caplog.text.count("no process left") == 4
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(("said", "most"), [("150000 100000\n", 1.5), ("50000 100000\n", 0.5), ("max 100000\n", 99.0)])
def test_the_quota_of_a_container_counts(tmp_path: Path, said: str, most: float) -> None:
    """A container that may use one core of sixteen gains nothing by a second process."""
    quota = tmp_path / "cpu.max"
    quota.write_text(said)
    machine = len(os.sched_getaffinity(0))
    assert cores(quota) == min(machine, most)
    assert cores(tmp_path / "missing") == machine


def test_connections_come_back_when_it_is_over(first: First) -> None:
    """Those that are quiet and those in the middle of a request, with what has come of it; and it ends."""

    async def play() -> None:
        supervisor = await started(first)
        (quiet, one), (busy, other) = connected(), connected()
        for end in (one, other):
            give = supervisor.taker()
            assert give is not None
            give(end.detach())
        loop, sent = asyncio.get_running_loop(), SystemClock().now()
        for sender in (quiet, busy):
            sender.setblocking(False)
            await loop.sock_sendall(sender, DELIVERY + b"Content-Length: 2\r\n\r\n{}")
            assert (await asyncio.wait_for(loop.sock_recv(sender, 9999), 20)).startswith(b"HTTP/1.1 202 ")
        assert first.rung.is_set()
        with closing(open_store(first.database, migrate=False)) as store, store.read() as tx:
            came = tx.deliveries.latest("m", 1)[0].received_at
        assert (came - sent).total_seconds() > -0.1, "its time stands still"
        await until(lambda: first.counted)
        await loop.sock_sendall(busy, DELIVERY + b"Content-Le")
        await asyncio.sleep(0.2)  # it is read there; nothing shows when
        now = monotonic()
        supervisor._decide(now + 1)
        supervisor._decide(now + 1 + CALM_FOR / 2)
        assert supervisor.taker() is not None
        supervisor._decide(now + 2 + 2 * CALM_FOR)
        assert supervisor.taker() is None
        await until(lambda: len(first.back) == 2)
        assert sorted(said for _, said, _ in first.back) == [b"", DELIVERY + b"Content-Le"]
        assert not any(stays for _, _, stays in first.back)
        await until(lambda: supervisor.process is None)
        assert first.lives[-1] == 1
        (back, _, _), message = first.back[0], b"still connected"
        back.setblocking(False)
        await loop.sock_sendall(back, message)
        heard = quiet if back.getpeername() == quiet.getsockname() else busy
        assert await asyncio.wait_for(loop.sock_recv(heard, 99), 20) == message
        for end in (quiet, busy, *(end for end, _, _ in first.back)):
            end.close()

    asyncio.run(play())


def test_it_makes_room_for_a_hearing_that_is_behind(first: First) -> None:
    """It ends, and is not back before the hearing has had its time."""

    async def play() -> None:
        supervisor = await started(first)
        first.behind, now = TOO_FAR_BEHIND + 1, monotonic() + 100
        first.taken += BUSY
        supervisor._decide(now)
        assert supervisor.taker() is None
        await until(lambda: supervisor.process is None)
        first.behind = 0.0
        first.taken += BUSY
        supervisor._decide(now + REST - 1)
        assert supervisor.process is None
        first.taken += BUSY
        supervisor._decide(now + REST + 1)
        assert supervisor.process is not None
        await until(lambda: supervisor.taker() is not None)
        supervisor.stop()
        supervisor._loop = asyncio.get_running_loop()
        supervisor.stop()
        await until(lambda: first.lives[-1] == 1)
        supervisor.close()
        assert supervisor.process.returncode == 0

    asyncio.run(play())


def test_it_is_told_how_far_the_hearing_is_behind(first: First) -> None:
    """Its commits wait for company then: the answer to a delivery that comes alone takes so long."""

    async def play() -> None:
        supervisor = await started(first)
        first.behind = TOO_FAR_BEHIND - 0.1
        await until(lambda: supervisor._lingering)
        sender, end = connected()
        give = supervisor.taker()
        assert give is not None
        give(end.detach())
        sender.setblocking(False)
        await asyncio.get_running_loop().sock_sendall(sender, DELIVERY + b"Content-Length: 2\r\n\r\n{}")
        await until(lambda: first.counted)
        assert first.counted[0].seconds[0] >= lingering(first.behind) > 0.1
        sender.close()
        supervisor._loop = asyncio.get_running_loop()
        supervisor.stop()
        await until(lambda: first.lives[-1] == 1)
        supervisor.close()

    asyncio.run(play())


def test_one_that_hangs_is_ended(first: First) -> None:
    """Whoever waits for its answers is let go, and sends again; one that only has nothing to count stays."""

    async def play() -> None:
        supervisor, now = await started(first), monotonic()
        assert supervisor.process is not None
        os.kill(supervisor.process.pid, signal.SIGHUP)  # as `systemctl kill` sends it to all of a service
        for _ in range(UNANSWERED + 2):
            supervisor._decide(now)
            await until(lambda: not supervisor._unanswered)
        os.kill(supervisor.process.pid, signal.SIGSTOP)
        for _ in range(UNANSWERED + 1):
            assert supervisor.taker() is not None
            supervisor._decide(now)
        await until(lambda: supervisor.process is None)
        assert supervisor.taker() is None
        assert first.lives[-1] == 1

    asyncio.run(play())


def test_without_a_descriptor_nobody_is_told_to_be_wrong(first: First) -> None:
    """A connection that cannot be given back is closed without an answer: whoever asked asks again."""

    async def play() -> None:
        supervisor = await started(first)
        sender, end = connected()
        give = supervisor.taker()
        assert give is not None
        give(end.detach())
        loop = asyncio.get_running_loop()
        sender.setblocking(False)
        await loop.sock_sendall(sender, DELIVERY + b"Content-Length: 2\r\n\r\n{}")
        assert (await asyncio.wait_for(loop.sock_recv(sender, 9999), 20)).startswith(b"HTTP/1.1 202 ")
        assert supervisor.process is not None
        resource.prlimit(supervisor.process.pid, resource.RLIMIT_NOFILE, (3, 3))
        await loop.sock_sendall(sender, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await asyncio.wait_for(loop.sock_recv(sender, 9999), 20) == b""
        assert not first.back
        sender.close()
        supervisor.process.kill()
        await until(lambda: supervisor.process is None)

    asyncio.run(play())
