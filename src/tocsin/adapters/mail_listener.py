"""A small SMTP server for mail that comes in. 250 means that the mail is on disk; what has to wait gets a 451.

It takes mail for known addresses only, relays nothing, knows no users, and holds so much in memory at most. The
protocol itself is aiosmtpd's.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP

from tocsin.errors import BadSettings, TocsinError

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 20
MOST_RECIPIENTS = 10
IDLE_SECONDS = 60.0
STORE_SECONDS = 30.0
LOOK_SECONDS = 0.2
LONGEST_LINE = 1 << 20
"""Bytes of one line: the standard's thousand would refuse the HTML of many monitors for good."""
COMMANDS = 100
"""Of each kind in one session: who guesses addresses has to connect again."""
TAKEN = "250 2.0.0 stored"
LATER = "451 4.3.0 cannot be stored now; send it again"
UNKNOWN = "550 5.1.1 there is no such address here"
TOO_MANY = "452 4.5.3 too many recipients of one mail"
BUSY = b"421 4.3.2 too many connections; come again\r\n"


class Door(Protocol):
    """Whoever the mail is for. Called in the thread of the listener; none of it may wait."""

    def knows(self, address: str) -> bool:
        """Whether mail to this address is taken."""
        ...

    def why_not(self, addresses: Sequence[str], raw: bytes) -> str:
        """Why this mail is refused for good; empty when it is not."""
        ...

    def store(self, addresses: Sequence[str], raw: bytes) -> list[Future[int]]:
        """Keep the mail: on disk when all of these are done. Raises Unavailable, as they may."""
        ...


@dataclass(slots=True)
class _Handler:
    """What aiosmtpd asks on the way of a mail; each answer is the line that the sender gets."""

    door: Door

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        if not self.door.knows(address):
            return UNKNOWN
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 known"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        raw: bytes = envelope.content
        try:
            if why := self.door.why_not(envelope.rcpt_tos, raw):
                return f"550 5.7.1 {why}"
            # Shielded: when the sender hangs up, what is on its way to the disk goes on.
            kept = [asyncio.shield(asyncio.wrap_future(one)) for one in self.door.store(envelope.rcpt_tos, raw)]
            async with asyncio.timeout(STORE_SECONDS):
                await asyncio.gather(*kept)
        except (TocsinError, TimeoutError) as trouble:
            log.warning("a mail has to wait: %s", trouble)
            return LATER
        return TAKEN

    async def handle_exception(self, error: Exception) -> str:
        log.error("a mail could not be taken", exc_info=error)
        return LATER


class MailListener:
    """Listens on a bound socket until it is told to stop."""

    def __init__(
        self,
        door: Door,
        listener: socket.socket,
        *,
        name: str,
        largest: int,
        tls: ssl.SSLContext | None = None,
        require_tls: bool = False,
    ) -> None:
        self._handler = _Handler(door)
        self._listener = listener
        self._given: dict[str, Any] = {
            "hostname": name,
            "ident": "Tocsin",
            "data_size_limit": largest,
            "enable_SMTPUTF8": True,
            "timeout": IDLE_SECONDS,
            "tls_context": tls,
            "require_starttls": require_tls,
            "command_call_limit": COMMANDS,
        }
        self._open = 0

    def run(self, stop: threading.Event) -> None:
        """Take mail until told to stop."""
        asyncio.run(self._serve(stop))

    async def _serve(self, stop: threading.Event) -> None:
        server = await asyncio.get_running_loop().create_server(self._session, sock=self._listener)
        async with server:
            while not stop.is_set():
                await asyncio.sleep(LOOK_SECONDS)

    def _session(self) -> SMTP:
        return _Session(self, self._handler, loop=asyncio.get_running_loop(), **self._given)

    def come(self) -> bool:
        """Somebody has connected; False when there are too many already."""
        self._open += 1
        return self._open <= MOST_CONNECTIONS

    def gone(self) -> None:
        """Somebody who had come has gone."""
        self._open -= 1


class _Session(SMTP):
    """One connection; whoever is one too many is sent away before the protocol begins."""

    line_length_limit = LONGEST_LINE

    def __init__(self, at: MailListener, handler: _Handler, **given: Any) -> None:
        super().__init__(handler, **given)
        self._at, self._here, self._sent_away = at, False, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._here:  # after STARTTLS it comes a second time
            self._here = True
            if not self._at.come():
                self._sent_away = True
                assert isinstance(transport, asyncio.Transport)
                transport.write(BUSY)
                transport.close()
                return
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._sent_away:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return False if self._sent_away else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        if self._here:
            self._here = False
            self._at.gone()
        if not self._sent_away:
            super().connection_lost(error)


def tls_of(certificate: Path, key: Path) -> ssl.SSLContext:
    """What STARTTLS needs, from two files. Raises BadSettings."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise BadSettings(f"inbox.certificate: {certificate} with {key} cannot be used: {error}") from error
    return context
