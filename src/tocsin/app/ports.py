"""The outward ports: each does one thing to the world and says whether to try again.

What is kept, and by whom, is the other half: :mod:`tocsin.app.store`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.alerts.sns import SnsMessage


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider took it. ``proof`` true only when it certainly reached the person's device."""

    receipt: str = ""
    proof: bool = False


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It may work later. ``ambiguous`` when it may have worked already. ``after`` overrides our own patience."""

    reason: str
    ambiguous: bool = False
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It will never work this way."""

    reason: str


Outcome = Delivered | TryAgain | GiveUp


@dataclass(frozen=True, slots=True)
class PageMessage:
    """A page, ready for any way: a headline, the text below it, the person's own signed link, an idempotency key.

    For small ways: ``lead`` (severity and number), ``title`` and ``due`` make one short line, ``spoken`` is what a
    voice says. ``code`` are the digits that prove an answer by SMS to have seen this page (B2), ``answer`` is where
    a notification's button may POST a digit; both are the person's own, like the link.
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


class Pager(Protocol):
    """Wakes one person by one way."""

    def page(self, message: PageMessage) -> Outcome:
        """Send the page; never raises for what a provider does."""
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address. ``key`` makes its Message-ID, so that a repeated one can be told."""

    key: str
    to: str
    subject: str
    text: str
    unsubscribe: str | None = None


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


@dataclass(frozen=True, slots=True)
class Execution:
    """How a command ended: exit codes per stage, bounded output."""

    exit_codes: tuple[int, ...]
    output: str
    truncated: bool
    timed_out: bool
    seconds: float
    trouble: str = ""  # could not be started: why


class StepRunner(Protocol):
    """Runs one argv pipeline, bounded in time and output, without a shell."""

    def run(
        self,
        pipeline: Sequence[Sequence[str]],
        *,
        timeout: timedelta,
        directory: str | None,
        variables: Sequence[str] = (),
    ) -> Execution:
        """Run it and wait for its end; the whole process tree is gone when this returns.

        ``variables`` are the names of environment variables of this process that the command may see.
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


class StatusPublisher(Protocol):
    """Puts the rendered public status page where it is served."""

    def publish(self, files: Mapping[str, bytes]) -> Outcome:
        """Replace the page's files atomically, one by one."""
        ...
