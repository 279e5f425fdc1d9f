"""The outward ports: each does one thing to the world and says whether to try again.

What is kept, and by whom, is the other half: :mod:`tocsin.app.store`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, runtime_checkable

from tocsin.alerts.change import Change
from tocsin.alerts.probe import Probe
from tocsin.alerts.sources.sns import SnsMessage
from tocsin.incident.streams import Mark, Piece, Stream, joined, pieces
from tocsin.incident.target import LOCAL, Target
from tocsin.statuspage.offline import Post


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider took it. ``proof`` true only when it certainly reached the person's device."""

    receipt: str = ""
    proof: bool = False


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It may work later. ``ambiguous`` when it may have worked already. ``after`` overrides our own patience.

    ``away``: nobody was there to ask, so nothing else would get through this way now either.
    """

    reason: str
    ambiguous: bool = False
    after: timedelta | None = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It will never work this way.

    ``refused``: the one it was for is not taken there (a mail server's 5xx to its address). ``gone``: and never will be
    again (no such mailbox, HTTP 410).
    """

    reason: str
    refused: bool = False
    gone: bool = False


Outcome = Delivered | TryAgain | GiveUp


@dataclass(frozen=True, slots=True)
class PageMessage:
    """A page, ready for any way: a headline, the text below it, the person's own signed link, an idempotency key.

    For small ways: ``lead`` (severity and number), ``title`` and ``due`` make one short line, ``spoken`` is what a
    voice says. ``code`` are the digits that prove an answer by SMS to have seen this page (B2), ``answer`` is where
    a notification's button may POST a digit (``buttons``, with their labels); both are the person's own, like the
    link. ``until`` is the deadline that
    the page is about, None when none runs: later it has no use.
    """

    key: str
    incident_id: str
    person: str
    address: str
    headline: str
    text: str
    link: str
    at: datetime
    urgent: bool = True
    lead: str = ""
    title: str = ""
    due: str = ""
    spoken: str = ""
    code: str = ""
    answer: str = ""
    until: datetime | None = None
    buttons: tuple[tuple[str, str], ...] = (("4", "Acknowledge"), ("9", "Escalate"))


class Pager(Protocol):
    """Wakes one person by one way."""

    def page(self, message: PageMessage) -> Outcome:
        """Send the page; never raises for what a provider does."""
        ...


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A page that was sent and is not needed any more. ``receipt`` is that of ``page``, ``headline`` that of the page.

    ``says`` tells in a few words why it is over: who has the incident, and since when.
    """

    key: str
    person: str
    address: str
    receipt: str
    headline: str
    says: str
    link: str
    at: datetime


@runtime_checkable
class Withdrawing(Protocol):
    """A pager that can take back what still asks for an answer on a device."""

    def withdraw(self, over: Withdrawal) -> Outcome:
        """Put in its place that it is over, without a sound. Doing it again changes nothing; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look of a probe saw: whether all was as expected, seconds it took, and what was wrong."""

    good: bool
    took: float
    says: str = ""


class Prober(Protocol):
    """Looks at something with our own eyes."""

    def look(self, probe: Probe, now: datetime) -> Sight:
        """Look once, for ``probe.timeout`` at most; never raises for what it finds."""
        ...


class Beacon(Protocol):
    """Somebody outside who notices when we fall silent."""

    def beat(self) -> Outcome:
        """Give a sign of life."""
        ...


class OwnDoor(Protocol):
    """Our own intake, as a sender meets it."""

    def is_open(self) -> bool:
        """Whether it listens by now."""
        ...

    def knock(self, body: bytes) -> Outcome:
        """Deliver one alert of the canary's; never raises for what the door does."""
        ...


class Standing(Enum):
    """Where a page that rings by itself stands."""

    RINGING = "ringing"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"  # it has stopped without an answer
    UNKNOWN = "unknown"  # the provider does not say


class Alarm(Protocol):
    """A provider that rings until it is answered, and has to be asked. Receipts are those of ``page``."""

    def standing(self, receipt: str) -> Standing:
        """Whether the person has answered."""
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address. ``key`` makes its Message-ID, so that a repeated one can be told.

    ``sender`` is the name that it comes from, where the settings of the mail server give none.
    """

    key: str
    to: str
    subject: str
    text: str
    unsubscribe: str | None = None
    sender: str = "Tocsin"


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> Outcome:
        """Send one mail."""
        ...


class Chat(Protocol):
    """Says something in the team's channel, one way."""

    def say(self, key: str, title: str, text: str) -> Outcome:
        """Post a message."""
        ...


class WebhookSender(Protocol):
    """Tells another program, signed."""

    def send(self, key: str, body: bytes, at: datetime) -> Outcome:
        """POST the body with a Standard Webhooks signature."""
        ...


class PeerDesk(Protocol):
    """Does at a peer (PagerDuty) what was done here to incidents that began there."""

    def settle(self, ids: Sequence[str], *, over: bool, mail: str = "") -> Outcome:
        """Acknowledge these incidents there, or end them; in the name of whoever has that mail address, if known."""
        ...

    def why_not(self) -> str:
        """Why it would be refused, asked now; empty when it would be done."""
        ...


class HookSender(Protocol):
    """Tells programs that their owners named on the public status page, each at its own address."""

    def secret(self, subscriber: str) -> str:
        """The secret that a subscriber's messages are signed with, the same for ever."""
        ...

    def send(self, url: str, key: str, body: bytes, at: datetime, *, signed_for: str = "") -> Outcome:
        """POST a JSON body, signed as Standard Webhooks asks for the subscriber ``signed_for``; unsigned for none.

        TryAgain is ambiguous when the other end may have taken it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much; a time of None is as long as ``total``.

    ``idle`` is the longest silence. Within ``connect`` a host has to answer that is asked for a connection, unless the
    run has another one or works meanwhile; Linux only.
    """

    total: timedelta = timedelta(seconds=60)
    idle: timedelta | None = None
    connect: timedelta | None = None
    memory: int = 512 * 1024 * 1024  # bytes, of all its processes together
    processes: int = 128


@dataclass(frozen=True, slots=True)
class Shell:
    """What goes with a job whose one stage is a shell with a text: nothing is put into its words.

    ``given`` are variables with the values that a person filled in, ``needs`` those that must be set where it runs.
    ``handed`` are variables that are only ever a word of one program (variable, program): a password in the value is
    handed to that program in a way that `ps` does not show.
    """

    given: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    handed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One run, ordered and consented to. ``run`` is its id for ever: no runner starts the same run twice.

    ``pipeline`` is its stages as argv; a word that is ``$NAME``, or ``${NAME}`` within a word, is filled in where it
    runs, from ``variables``: the names of environment variables that the command may see. With a ``shell``, words stay
    as they are: the shell itself reads its environment.
    """

    run: str
    pipeline: Sequence[Sequence[str]]
    target: Target = LOCAL
    directory: str | None = None
    variables: Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)
    shell: Shell | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """How a command ended: exit codes per stage, bounded output, secrets already masked.

    ``cancelled`` when it was ended because the caller wanted so. ``lost`` when it was begun and nobody can say how it
    ended: it may have happened or not. ``streams`` tells which of the output came by which stream.
    """

    exit_codes: tuple[int, ...]
    output: str
    truncated: bool
    timed_out: bool
    seconds: float
    trouble: str = ""  # could not be started, or not be ended: why
    cancelled: bool = False
    lost: bool = False
    streams: tuple[Mark, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The output by its streams."""
        return pieces(self.output, self.streams)

    @property
    def stdout(self) -> str:
        """What a program reads of it: no warning, and no word of ours. All of it where the streams were not told."""
        if not self.streams:
            return self.output
        return joined(one for one in self.pieces if one.stream is Stream.STDOUT)


class Masks(Protocol):
    """Knows the secrets that no output may show, and what looks like one."""

    @property
    def longest(self) -> int:
        """Characters of the longest known secret in any of its forms; 0 when none is known."""
        ...

    @property
    def spanning(self) -> int:
        """The same of those that hold a line's end within; what a program breaks is left to ``first_across``."""
        ...

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        ...

    def first_across(self, text: str, at: int) -> int:
        """Where a known secret begins that lies across the place ``at`` of a text; ``at`` itself when none does.

        Also one whose beginning stands at the end of the text, when it may go on in the next line.
        """
        ...

    def also(self, values: Iterable[str]) -> Masks:
        """The same, and values that one run alone knows."""
        ...


Hear = Callable[[Piece], None]
"""Takes the next piece of a run's output, masked and free of control characters."""


class StepRunner(Protocol):
    """Runs jobs on targets of one kind: one argv pipeline each, bounded in time and output, without a shell."""

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        """Run it and wait for its end; the whole process tree is gone when this returns, or named.

        ``hear`` gets the output while it comes. ``cancelled`` is asked a few times a second, and the command is
        ended once it says yes. Never raises for what a command does.
        """
        ...


class Notary(Protocol):
    """Knows whether messages of Amazon SNS are signed by it, and answers its invitations."""

    def why_false(self, message: SnsMessage, now: datetime) -> str:
        """Why the signature is not one of SNS; empty when it is. Raises Unavailable when it cannot be told now."""
        ...

    def confirm(self, message: SnsMessage) -> None:
        """Confirm a subscription, again if need be. Raises Unavailable when it could not be."""
        ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One value for a blank, and what it is."""

    value: str
    says: str


class Suggestions(Protocol):
    """Looks up what a blank could be filled with, where a target is."""

    def commits(self, target: Target, directory: str | None) -> Sequence[Suggestion]:
        """The newest commits of the repository there, newest first; empty where there is none. Answers within 2 s."""
        ...


class CommitLog(Protocol):
    """What was committed lately in a repository on this machine."""

    def recent(self, directory: str) -> Sequence[Change]:
        """The newest commits of the repository around a folder, newest first; none without one. Answers within 2 s."""
        ...


class StatusPublisher(Protocol):
    """Puts the rendered public status page where it is served."""

    def publish(self, files: Mapping[str, bytes], known: Collection[str] = ()) -> Outcome:
        """Replace the page's files atomically, one by one.

        Never what was published there by hand, unless its id is among ``known`` or in the new page: try again then.
        """
        ...

    def posts(self) -> Sequence[Post]:
        """What was published there by hand, the oldest first; also what was taken in already."""
        ...
