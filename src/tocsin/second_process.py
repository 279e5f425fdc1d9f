"""The second process of the intake: it takes, stores and answers deliveries on the connections that it is given.

Started by the first process while many deliveries come (docs/adr/0033), and told all that it needs to know by it. It
ends when the first one does, and nothing waits for it: what it has answered with 2xx is in the database.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import msgspec

from tocsin.adapters.channel import Channel
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.given_connections import GivenProtocol
from tocsin.adapters.http_server import HttpServer, room_for_connections
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.sources.heartbeat import HEARTBEAT
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.team import Integration, Team
from tocsin.clock import EngineClock, Line, this_machine
from tocsin.errors import TocsinError
from tocsin.oncall.roster import Roster
from tocsin.web.answers import Receive, Scope, Send
from tocsin.web.intake import IntakeDoor
from tocsin.web.senders import KNOWN_BY_HEADER, Limits

log = logging.getLogger(__name__)

BEGIN, TEAM, TIME, BEHIND, CONNECTION, LEAVE, STOP = b"b", b"t", b"l", b"w", b"c", b"e", b"s"
"""What the first process says. The first message is BEGIN."""
READY, GIVEN_BACK, RETURNED, COUNTED, HERE = b"r", b"g", b"h", b"n", b"a"
"""What this one says; HERE to each TIME. A connection is given back for good when something else than deliveries comes
on it."""
COUNT_EVERY = 0.25
IN_MEMORY = 32 << 20
"""Bytes of deliveries that may wait here to be stored: half of what may wait in the first process."""
LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class Sender(msgspec.Struct, frozen=True):
    """An integration, as far as its deliveries are taken here: those whose head proves who sends them."""

    name: str
    source: str
    key: str
    old_key: str
    kind: AuthKind
    secrets: tuple[str, ...]
    user: str
    header: str


class Begin(msgspec.Struct, frozen=True):
    """The database, and whom to believe at the start. The time is the engine's."""

    database: str
    ballast: int
    level: int
    senders: tuple[Sender, ...]
    line: Line


class Counts(msgspec.Struct, frozen=True):
    """What was done since it was said last: deliveries by source and outcome, and seconds until they were durable."""

    delivered: list[tuple[str, str, int]]
    seconds: list[float]


def senders_of(team: Team) -> tuple[Sender, ...]:
    """Those integrations whose deliveries can be taken here."""
    return tuple(
        Sender(one.name, one.source, one.key, one.old_key, auth.kind, auth.secrets, auth.user, auth.header)
        for one in team.senders
        if (auth := one.auth).kind in KNOWN_BY_HEADER and one.own is None and one.source != HEARTBEAT.name
    )


def team_of(senders: tuple[Sender, ...]) -> Team:
    """The team, as far as it is known here."""
    integrations = {
        one.name: Integration(
            one.name,
            one.source,
            "",
            one.key,
            IntegrationAuth(one.kind, one.secrets, user=one.user, header=one.header),
            old_key=one.old_key,
        )
        for one in senders
    }
    return Team({}, Roster(), integrations)


@dataclass(slots=True)
class Tally:
    """Counts for the first process, whose `/metrics` shows them. Within one event loop."""

    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def intake_seconds(self) -> Tally:
        """Where the seconds until a delivery is durable are told."""
        return self

    def observe(self, amount: float) -> None:
        """Note how long a delivery took, in seconds."""
        self.seconds.append(amount)

    def delivered(self, source: str, outcome: str) -> None:
        """Count a delivery by what became of it."""
        self.counted[source, outcome] += 1

    def take(self) -> Counts | None:
        """What was counted since this was asked last; None for nothing."""
        if not self.counted:
            return None
        counts = Counts([(*name, number) for name, number in self.counted.items()], self.seconds)
        self.counted, self.seconds = Counter(), []
        return counts


async def _nobody(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("only deliveries are answered here")


@dataclass(slots=True)
class SecondProcess:
    """The process, from its start to its end. ``bell`` is an eventfd: rung after each commit."""

    end: socket.socket
    bell: int
    begin: Begin
    tally: Tally = field(default_factory=Tally)

    def run(self) -> None:
        """Take deliveries until told to stop."""
        store = open_store(self.begin.database, migrate=False, ballast=self.begin.ballast)
        clock = EngineClock(self.begin.line, this_machine())
        team = team_of(self.begin.senders)
        behind = 0.0
        intake = GroupCommit(store, behind=lambda: behind, on_commit=self._ring, max_waiting_bytes=IN_MEMORY)
        door = IntakeDoor(intake, lambda: team, clock, self.tally, Limits(in_memory=IN_MEMORY))
        channel: Channel
        leaving = False

        def heard(kind: bytes, said: bytes, connection: socket.socket | None) -> None:
            nonlocal team, behind
            if kind == CONNECTION and connection is not None:
                server.adopt(connection)
            elif kind == TEAM:
                team = team_of(msgspec.json.decode(said, type=tuple[Sender, ...]))
            elif kind == TIME:
                door.keep_time(EngineClock(msgspec.json.decode(said, type=Line), this_machine()))
                channel.send(HERE)
            elif kind == BEHIND:
                behind = msgspec.json.decode(said, type=float)
            elif kind == LEAVE:
                leave()
            elif kind == STOP:
                server.should_exit = True

        def give_back(connection: int, first: bytes) -> None:
            channel.send(RETURNED if leaving else GIVEN_BACK, first, connection)

        def leave() -> None:
            """Give every connection back, those that await an answer behind it, and end once all have left."""
            nonlocal leaving
            leaving = True
            for one in list(server.server_state.connections):
                cast("GivenProtocol", one).leave()
            if not server.is_empty or not channel.clear:
                channel.loop.call_later(0.05, leave)
            else:
                server.should_exit = True

        def count() -> None:
            counts = self.tally.take()
            if counts is not None:
                channel.send(COUNTED, msgspec.json.encode(counts))
            channel.loop.call_later(COUNT_EVERY, count)

        def listening() -> None:
            nonlocal channel
            sys.setswitchinterval(0.001)
            gc.freeze()
            gc.set_threshold(50_000, 10, 10)
            channel = Channel(self.end, heard, lambda: os._exit(0))
            channel.send(READY)
            count()

        def mover() -> Callable[[int], None] | None:
            return partial(give_back, first=b"") if leaving else None

        protocol = partial(GivenProtocol, give_back=give_back)
        server = HttpServer(_nobody, listening, at_once=door.at_once, mover=mover, protocol=protocol)
        server.run(sockets=[])
        intake.close()
        store.close()

    def _ring(self) -> None:
        os.eventfd_write(self.bell, 1)


def main(words: list[str]) -> int:
    """Run the process: ``words`` are the descriptors of its end of the channel and of the bell."""
    end, bell = socket.socket(fileno=int(words[0])), int(words[1])
    first = [end.recv(1 << 16)]
    while first[-1][:1] == b"+":
        first.append(end.recv(1 << 16))
    if not first[-1]:
        return 0  # the first process has ended
    said = b"".join((*(piece[1:] for piece in first[:-1]), first[-1][2:]))
    begin = msgspec.json.decode(said, type=Begin)
    logging.basicConfig(level=begin.level, format=LOG_FORMAT, stream=sys.stderr)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    room_for_connections()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the first process, and often sent to all of a service
    try:
        SecondProcess(end, bell, begin).run()
    except TocsinError as trouble:
        log.error("deliveries cannot be taken here: %s", trouble.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
