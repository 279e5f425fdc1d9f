"""Stand-ins for everything outside, with a menu of faults: for tests, the simulation, and teams that drill.

Each keeps every call with its key and instant (``calls``) and, apart from that, what really arrived (``arrived``):
a provider that lies says yes and delivers nothing, one that drops says nothing and has delivered.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from tocsin.alerts.probe import Probe
from tocsin.app.chat.ports import Card, Channel, Gone, Opening
from tocsin.app.ports import Delivered, Execution, GiveUp, Hear, Job, Mail, Outcome, PageMessage, Sight, TryAgain
from tocsin.clock import Clock


@dataclass(frozen=True, slots=True)
class Works:
    """It arrives. ``proof`` when the provider can show that it reached the device."""

    proof: bool = False


@dataclass(frozen=True, slots=True)
class Fails:
    """The provider answers with a server error; nothing arrives."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Throttles:
    """The provider asks to wait (429), perhaps for so long."""

    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Down:
    """Nobody listens: certainly nothing arrives."""


@dataclass(frozen=True, slots=True)
class Hangs:
    """No answer comes until our own time-out; the clock moves on by it if the fake was given ``pass_time``."""

    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Lies:
    """The provider says yes and delivers nothing."""


@dataclass(frozen=True, slots=True)
class Drops:
    """It arrives, and the connection ends before the answer."""


@dataclass(frozen=True, slots=True)
class Rejects:
    """The provider will never take it this way."""

    reason: str = "no such address"


Fault = Works | Fails | Throttles | Down | Hangs | Lies | Drops | Rejects


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a port: what was asked, when it began, what came back, and whether it arrived."""

    key: str
    at: datetime
    payload: object
    outcome: Outcome
    arrived: bool


def verdict(fault: Fault) -> tuple[Outcome, bool]:
    """What a caller hears of a fault, and whether the message arrived all the same."""
    match fault:
        case Works(proof=proof):
            return Delivered(receipt="fake", proof=proof), True
        case Fails(status=status):
            return TryAgain(f"the other end answered {status}", ambiguous=True), False
        case Throttles(after=after):
            return TryAgain("the other end answered 429", after=after), False
        case Down():
            return TryAgain("connection refused", away=True), False
        case Hangs(seconds=seconds):
            return TryAgain(f"no answer within {seconds:g} s", ambiguous=True), False
        case Lies():
            return Delivered(receipt="fake"), False
        case Drops():
            return TryAgain("closed the connection without an answer", ambiguous=True), True
        case Rejects(reason=reason):
            return GiveUp(reason), False
        case _:
            assert_never(fault)


@dataclass(slots=True)
class Provider:
    """The menu and the record that all fakes share. Thread-safe.

    ``pass_time`` is told how long a hanging call takes: a simulation moves its clock, a drill may sleep.
    """

    clock: Clock
    standing: Fault = field(default_factory=Works)
    pass_time: Callable[[timedelta], None] | None = None
    calls: list[Call] = field(default_factory=list)
    _planned: deque[Fault] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, *faults: Fault) -> None:
        """Meet the next calls so, one each; then ``standing`` holds again."""
        with self._lock:
            self._planned.extend(faults)

    def always(self, fault: Fault) -> None:
        """Meet every call so that has no planned fault."""
        self.standing = fault

    @property
    def arrived(self) -> list[Call]:
        """The calls whose message arrived, copies included, oldest first."""
        return [call for call in self.calls if call.arrived]

    def _meet(self, key: str, payload: object) -> Outcome:
        at = self.clock.now()
        with self._lock:
            fault = self._planned.popleft() if self._planned else self.standing
        outcome, arrived = verdict(fault)
        with self._lock:
            self.calls.append(Call(key, at, payload, outcome, arrived))
        if isinstance(fault, Hangs) and self.pass_time is not None:
            self.pass_time(timedelta(seconds=fault.seconds))
        return outcome


class FakePager(Provider):
    """A pager that keeps ``PageMessage``s."""

    def page(self, message: PageMessage) -> Outcome:
        """Take the page as the menu says."""
        return self._meet(message.key, message)


class FakeMailer(Provider):
    """A mail server that keeps ``Mail``s."""

    def send(self, mail: Mail) -> Outcome:
        """Take the mail as the menu says."""
        return self._meet(mail.key, mail)


class FakeChat(Provider):
    """A chat room that keeps (title, text)."""

    def say(self, key: str, title: str, text: str) -> Outcome:
        """Take the message as the menu says."""
        return self._meet(key, (title, text))


@dataclass(slots=True)
class ShownMessage:
    """A message of a fake channel as it is shown now."""

    id: str
    key: str
    card: Card
    thread: str = ""
    pinned: bool = False
    edits: int = 0


@dataclass(slots=True)
class ShownChannel:
    """A channel of a fake chat."""

    id: str
    name: str
    mark: str
    topic: str = ""
    members: list[str] = field(default_factory=list)
    messages: list[ShownMessage] = field(default_factory=list)


@dataclass(slots=True)
class FakeRooms(Provider):
    """A chat with a channel for each incident, by their ids."""

    channels: dict[str, ShownChannel] = field(default_factory=dict)
    longest_name: int = 80

    def open(self, wanted: Opening, *, doubtful: bool) -> Channel | TryAgain | GiveUp:
        """Make the channel as the menu says; a doubtful one is found by its mark."""
        outcome = self._meet("open", wanted)
        found = next((one for one in self.channels.values() if one.mark == wanted.mark and doubtful), None)
        if found is None and self.calls[-1].arrived:
            taken = {one.name for one in self.channels.values()}
            name = next(one for one in wanted.names if one not in taken)
            found = ShownChannel(f"C{len(self.channels) + 1}", name, wanted.mark)
            self.channels[found.id] = found
        if not isinstance(outcome, Delivered):
            return outcome
        return Channel(found.id, found.name) if found is not None else TryAgain("it was said to be there, and is not")

    def post(
        self, channel: str, key: str, card: Card, *, thread: str = "", pinned: bool = False, doubtful: bool = False
    ) -> Delivered | TryAgain | GiveUp | Gone:
        """Post as the menu says; a doubtful message is found by its key."""
        outcome, room = self._meet(key, card), self.channels.get(channel)
        if room is None:
            return Gone("there is no such channel")
        known = next((one for one in room.messages if one.key == key and doubtful), None)
        if known is None and self.calls[-1].arrived:
            known = ShownMessage(f"{channel}/{len(room.messages) + 1}", key, card, thread, pinned)
            room.messages.append(known)
        return Delivered(receipt=known.id if known else "") if isinstance(outcome, Delivered) else outcome

    def edit(self, channel: str, message: str, card: Card) -> Delivered | TryAgain | GiveUp | Gone:
        """Change a message as the menu says."""
        outcome, room = self._meet(message, card), self.channels.get(channel)
        found = next((one for one in room.messages if one.id == message), None) if room else None
        if found is None:
            return Gone("there is no such message", channel=room is None)
        if self.calls[-1].arrived:
            found.card, found.edits = card, found.edits + 1
        return outcome

    def furnish(self, channel: str, topic: str, members: Collection[str]) -> Sequence[str] | TryAgain | GiveUp | Gone:
        """Set the topic and invite as the menu says."""
        outcome, room = self._meet(channel, (topic, tuple(members))), self.channels.get(channel)
        if room is None:
            return Gone("there is no such channel")
        if self.calls[-1].arrived:
            room.topic = topic or room.topic
            room.members += members
        return [] if isinstance(outcome, Delivered) else outcome


class FakeWebhookSender(Provider):
    """A program that keeps bodies."""

    def send(self, key: str, body: bytes, at: datetime) -> Outcome:
        """Take the news as the menu says."""
        return self._meet(key, body)


SUCCEEDED = Execution(exit_codes=(0,), output="ok\n", truncated=False, timed_out=False, seconds=0.1)
"""A command that did what it should."""


@dataclass(slots=True)
class FakeStepRunner:
    """Runs nothing: answers with the planned executions, then with ``standing``, and keeps what was asked.

    A planned exception is raised instead: what happens when the process dies in the middle of a step.
    """

    clock: Clock
    standing: Execution = SUCCEEDED
    runs: list[tuple[datetime, tuple[tuple[str, ...], ...], str | None]] = field(default_factory=list)
    _planned: deque[Execution | BaseException] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, *executions: Execution | BaseException) -> None:
        """Answer the next runs so, one each."""
        with self._lock:
            self._planned.extend(executions)

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        """Keep the order and give the planned answer; one that lasts longer than the time-out becomes timed out."""
        with self._lock:
            self.runs.append((self.clock.now(), tuple(tuple(stage) for stage in job.pipeline), job.directory))
            answer = self._planned.popleft() if self._planned else self.standing
        if isinstance(answer, BaseException):
            raise answer
        for piece in answer.pieces:
            hear(piece)
        longest = job.limits.total.total_seconds()
        if answer.seconds > longest:
            return replace(answer, exit_codes=(137,), timed_out=True, seconds=longest)
        return answer


@dataclass(slots=True)
class FakeProber:
    """Sees what a test or a drill says: by the name of a probe what is wrong, nothing for all others.

    ``hang`` holds every look of a probe until it is set.
    """

    trouble: dict[str, str] = field(default_factory=dict)
    hang: dict[str, threading.Event] = field(default_factory=dict)
    looked: list[tuple[str, datetime]] = field(default_factory=list)

    def look(self, probe: Probe, now: datetime) -> Sight:
        """Look once."""
        self.looked.append((probe.name, now))
        if (held := self.hang.get(probe.name)) is not None:
            held.wait(60)
        says = self.trouble.get(probe.name, "")
        return Sight(not says, 0.012, says)
