"""A mail server that keeps what it is sent, or refuses it on demand."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.stage.child import eventually, free_port


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it arrived, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """The plain text, or the empty string."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


class Mailbox:
    """The mails that have arrived; also the fault menu of the server."""

    def __init__(self, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.mails: list[Mail] = []
        self.dead = False
        self.last_before_death = ""
        self._dies_at = 0
        self._refusals: deque[str] = deque()
        self.no_such: dict[str, str] = {}
        """What is answered to a recipient instead of taking it."""
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    def rise(self) -> None:
        """Listen, for the first time or again."""
        self.close()
        self.dead = False
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Listen no more: whoever connects is refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def die_at(self, number: int) -> None:
        """Take this message in whole, and be gone before it is answered; from then on nobody is listened to."""
        self._dies_at = number

    def refuse(self, *answers: str) -> None:
        """Answer the next messages so instead of taking them: ``451 4.3.0 later``, ``550 5.1.1 no such person``."""
        with self._lock:
            self._refusals.extend(answers)

    def await_mails(self, number: int, within: float = 10.0) -> list[Mail]:
        """The mails once there are so many; AssertionError when they do not come within the seconds."""
        assert eventually(lambda: len(self.mails) >= number, within), (
            f"{len(self.mails)} of {number} mails within {within:g} s"
        )
        return list(self.mails)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """The dead answer nothing."""
        session.host_name = hostname
        if self.dead:
            server.transport.abort()
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Same."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        if self.dead:
            server.transport.abort()
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Take a recipient, or answer what ``no_such`` says of it."""
        if answer := self.no_such.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take or refuse a message, as aiosmtpd asks."""
        with self._lock:
            if self.dead:
                server.transport.abort()
                return "421 gone"
            if self._refusals:
                return self._refusals.popleft()
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), message))
            if len(self.mails) == self._dies_at:
                self.last_before_death, self.dead = envelope.rcpt_tos[0], True
                server.transport.abort()
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server on a free loopback port, in a thread."""
    box = Mailbox(free_port())
    box.rise()
    try:
        yield box
    finally:
        box.close()
