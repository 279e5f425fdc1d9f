"""Mail by SMTP, and a page as a mail.

The server's answer decides: 4xx is worth another try, 5xx is not. A connection that is lost after the text went
out leaves the question open, because the server may have taken it (RFC 5321, 4.5.3.2.6).
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from typing import Any

from tocsin.alerts.sources.mail import OURS
from tocsin.app.ports import Delivered, GiveUp, Mail, Mailer, Outcome, PageMessage, TryAgain
from tocsin.clock import Clock
from tocsin.errors import BadSettings

SECONDS = 10.0
"""How long one mail may take, from the connection to the server's answer."""

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\\\x00-\x1f\x7f]+")
_ENCODED = "=?"
"""Begins an encoded word (RFC 2047)."""
_NO_MAILBOX = re.compile(r"5\.(?:1\.(?:[0-36]|10)|2\.[01])\b")
"""No such mailbox or domain, moved without an address, takes no mail at all (RFC 7505), disabled."""
_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BREAKS = re.compile("[\0\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What the standard library takes for the end of a line, and a NUL."""


class Encryption(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in. ``sender`` may have a name (``Tocsin <t@x.org>``); ``tls`` else is the system's."""

    host: str
    port: int
    sender: str
    encryption: Encryption = Encryption.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    seconds: float = SECONDS


class SmtpMailer:
    """Hands mail to one server, one connection per mail: a page must not wait for another's connection.

    Raises BadSettings when the sender is no address.
    """

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        name, address = parseaddr(server.sender)
        if not _ADDRESS.fullmatch(address):
            raise BadSettings(f"the sender of mail must be an address, not {server.sender!r}")
        self._server = server
        self._sender = address
        self._name = name
        self._clock = clock

    def send(self, mail: Mail) -> Outcome:
        """Send one mail; never raises for what the server does. A line break in a header is refused."""
        if reason := _why_not(mail):
            return GiveUp(reason)
        message = self._message(mail)
        submission = _Submission()
        try:
            with _connected(self._server, submission) as client:
                return _submit(client, self._sender, mail.to, message, submission)
        except smtplib.SMTPAuthenticationError as error:
            return _refusal("signing in", error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            return _refusal(submission.phase, error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError:
            return GiveUp(f"the mail server cannot do what {submission.phase} needs; see its encryption and sign-in")
        except ssl.SSLCertVerificationError:
            return TryAgain("the mail server's certificate was not accepted")
        except (OSError, smtplib.SMTPException) as error:
            words = f"the connection to the mail server was lost while {submission.phase}: {_in_words(error)}"
            return TryAgain(words, ambiguous=submission.handed_over, away=not submission.handed_over)

    def _message(self, mail: Mail) -> EmailMessage:
        ascii_only = mail.to.isascii() and self._sender.isascii()
        message = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
        message["From"] = _sender(self._name or _CONTROLS.sub(" ", _literal(_storable(mail.sender))), self._sender)
        message["To"] = mail.to
        message["Subject"] = _literal(_storable(mail.subject))
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = message_id(mail.key, self._sender)
        message[OURS] = "page or news"  # our own inbox knows it by this: a page must not page again
        message["Auto-Submitted"] = "auto-generated"  # keeps holiday answers away (RFC 3834)
        if mail.unsubscribe is not None:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            if mail.unsubscribe.startswith("https://"):
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        message.set_content(_storable(mail.text), charset="utf-8")
        return message


class MailPager:
    """Pages by mail; the way's address is the mail address."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    def page(self, message: PageMessage) -> Outcome:
        """Send the page as a mail. Line breaks in a headline become spaces: a page must not be lost for one."""
        return self._mailer.send(
            Mail(
                key=message.key,
                to=message.address,
                subject=_CONTROLS.sub(" ", message.headline).strip(),
                text="\n\n".join(part for part in (message.headline, message.text, message.link) if part),
            )
        )


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a key: the same key gives the same id, so that a repeated mail can be told."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    domain = sender.rpartition("@")[2]
    return f"<{digest}@{domain if domain.isascii() else 'tocsin.invalid'}>"


@dataclass(slots=True)
class _Submission:
    """How far one mail has come."""

    phase: str = "connecting"
    handed_over: bool = False


@contextmanager
def _connected(server: SmtpServer, submission: _Submission) -> Iterator[smtplib.SMTP]:
    """A signed-in connection that is cut when its time is over, however slowly the server talks."""
    context = server.tls or ssl.create_default_context()
    if server.encryption is Encryption.TLS:
        client: smtplib.SMTP = smtplib.SMTP_SSL(timeout=server.seconds, context=context)
    else:
        client = smtplib.SMTP(timeout=server.seconds)
    # Each read has a time-out of its own, which a server that drips one byte a second never meets.
    watchdog = threading.Timer(server.seconds, _cut, (client,))
    watchdog.daemon = True
    watchdog.start()
    try:
        client._host = server.host  # type: ignore[attr-defined]  # what TLS verifies; set only by the constructor
        code, words = client.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        client.ehlo_or_helo_if_needed()
        if server.encryption is Encryption.STARTTLS:
            submission.phase = "starting TLS"
            client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
        if server.username:
            submission.phase = "signing in"
            _sign_in(client, server.username, server.password)
        yield client
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
    finally:
        watchdog.cancel()
        client.close()


def _sign_in(client: smtplib.SMTP, user: str, password: str) -> None:
    """Sign in by one mechanism: after a refusal many servers hang up, and a second try would hide why."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    client.user, client.password = user, password
    ways: dict[str, Any] = {"PLAIN": client.auth_plain, "LOGIN": client.auth_login, "CRAM-MD5": client.auth_cram_md5}
    for mechanism, way in ways.items():
        if mechanism in offered:
            client.auth(mechanism, way)
            return
    raise smtplib.SMTPNotSupportedError


def _submit(client: smtplib.SMTP, sender: str, to: str, message: EmailMessage, submission: _Submission) -> Outcome:
    submission.phase = "naming the sender"
    international = not (to.isascii() and sender.isascii())
    if international and not client.has_extn("smtputf8"):
        return GiveUp("the mail server does not take addresses beyond ASCII")
    code, words = client.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if international else [])
    if code != 250:
        return _refusal(submission.phase, code, words)
    submission.phase = "naming the recipient"
    code, words = client.rcpt(to)
    if code not in {250, 251}:
        return _refused(submission.phase, code, words)
    submission.phase = "handing over the text"
    code, words = client.docmd("DATA")
    if code != 354:
        return _refusal(submission.phase, code, words)
    text = re.sub(rb"(?m)^\.", b"..", message.as_bytes())
    submission.handed_over = True
    client.send(text.rstrip(b"\r\n") + b"\r\n.\r\n")
    code, words = client.getreply()
    if code != 250:
        return _refusal(submission.phase, code, words)
    return Delivered(receipt=_text(words))


def _sender(name: str, address: str) -> Address | str:
    """The sender as a header. An address that the standard does not know, and a server may, stands as it is."""
    try:
        return Address(name, addr_spec=address)
    except (ValueError, MessageError):
        return address


def _why_not(mail: Mail) -> str:
    if any(_BREAKS.search(header) for header in (mail.to, mail.subject, mail.unsubscribe or "")):
        return "a header of this mail holds a line break"
    if _ENCODED in (mail.unsubscribe or ""):
        return "the link to unsubscribe of this mail is none"
    if not _ADDRESS.fullmatch(mail.to) or _ENCODED in mail.to:
        return "this is not one mail address"
    return ""


def _literal(text: str) -> str:
    """Text that stands in a header as itself. The library would read what looks encoded (RFC 2047), line breaks and
    all, so that an alert's title could end the header and begin others.
    """
    return text.replace(_ENCODED, "=\u200b?")


def _refusal(phase: str, code: int, words: bytes | str) -> Outcome:
    reason = f"the mail server answered {code} while {phase}: {_text(words)}"
    # -1 is what smtplib says when there was no answer that it could read.
    return GiveUp(reason) if 500 <= code < 600 else TryAgain(reason)


def _refused(phase: str, code: int, words: bytes | str) -> Outcome:
    """The server does not take this recipient. With 5.1.x, 5.2.0 and 5.2.1 it says that there is no such mailbox
    (RFC 3463); without such a word 5xx may also be its policy of today."""
    outcome = _refusal(phase, code, words)
    if not isinstance(outcome, GiveUp):
        return outcome
    return GiveUp(outcome.reason, refused=True, gone=bool(_NO_MAILBOX.match(_text(words))))


def _cut(client: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):
        client.sock.shutdown(2)  # type: ignore[union-attr]  # None before the connection: then its own time-out holds


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return _CONTROLS.sub(" ", text).strip()[:200]


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _text(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
