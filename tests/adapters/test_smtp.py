"""Mail: what arrives, what is refused, and what every way in which a server can fail means for another try."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.stage.child import free_port
from tests.stage.mailbox import Mailbox
from tocsin.adapters.smtp import Encryption, MailPager, SmtpMailer, SmtpServer
from tocsin.app.ports import Delivered, GiveUp, Mail, PageMessage, TryAgain
from tocsin.clock import MovableClock
from tocsin.errors import BadSettings

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
CERTIFICATE = Path(__file__).parent / "localhost.pem"
MAIL = Mail("mail/INC-1/3/x", "bo@example.org", "P0 shop is down", "It is being looked at.\n.\n.hidden\nGrüße")


def mailer(port: int, **changed: Any) -> SmtpMailer:
    """A mailer to a port of this machine, in plain text unless changed."""
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "sender": "Tocsin <tocsin@example.org>",
        "encryption": Encryption.NONE,
        "seconds": 1.0,
    }
    return SmtpMailer(SmtpServer(**{**settings, **changed}), MovableClock(NOW))


@contextmanager
def script(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that talks as the test says; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                talk(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def conversation(*answers: bytes) -> Callable[[socket.socket], None]:
    """Give one answer per line heard, the first unasked; then close the connection."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(answers[0] + b"\r\n")
        reader = connection.makefile("rb")
        for answer in answers[1:]:
            if not reader.readline():
                return
            connection.sendall(answer + b"\r\n")
        if answers[-1].startswith(b"354"):
            while reader.readline() not in (b".\r\n", b""):
                pass

    return talk


def test_a_mail_arrives_whole(smtp_sink: Mailbox) -> None:
    """Subject, text, sender and recipient are what was asked for, dots and umlauts included."""
    outcome = mailer(smtp_sink.port).send(MAIL)
    assert isinstance(outcome, Delivered)
    assert not outcome.proof
    (mail,) = smtp_sink.mails
    assert (mail.sender, mail.recipients) == ("tocsin@example.org", ("bo@example.org",))
    assert mail.message["Subject"] == "P0 shop is down"
    assert mail.message["From"] == "Tocsin <tocsin@example.org>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Date"].datetime == NOW
    assert mail.text.replace("\r\n", "\n").rstrip("\n") == MAIL.text
    assert "List-Unsubscribe" not in mail.message


@pytest.mark.parametrize(
    ("configured", "sender", "said"),
    [
        ("status@example.org", "Glöckner & Söhne\r\nBcc: x@example.org", "Glöckner & Söhne Bcc: x@example.org"),
        ("Our Shop <status@example.org>", "Glöckner & Söhne", "Our Shop"),
    ],
)
def test_a_mail_comes_in_the_name_of_the_settings_or_its_own(
    smtp_sink: Mailbox, configured: str, sender: str, said: str
) -> None:
    """Customers know the title of the status page and not Tocsin; a name ends no header."""
    assert isinstance(mailer(smtp_sink.port, sender=configured).send(replace(MAIL, sender=sender)), Delivered)
    (mail,) = smtp_sink.mails
    (address,) = mail.message["From"].addresses
    assert (address.display_name, address.addr_spec) == (said, "status@example.org")


def test_a_sender_that_no_standard_knows_still_sends(smtp_sink: Mailbox) -> None:
    """Some servers take it; a page is not lost for it."""
    assert isinstance(mailer(smtp_sink.port, sender="Tocsin <a..b@example.org>").send(MAIL), Delivered)
    (mail,) = smtp_sink.mails
    assert "a..b@example.org" in str(mail.message["From"])


def test_the_same_key_gives_the_same_message_id(smtp_sink: Mailbox) -> None:
    """A mail that is sent twice after a doubt can be told by its Message-ID."""
    sender = mailer(smtp_sink.port)
    for key in ("a", "a", "b"):
        sender.send(Mail(key, "bo@example.org", "s", "t"))
    first, again, other = (mail.message["Message-ID"] for mail in smtp_sink.mails)
    assert first == again != other
    assert str(first).endswith("@example.org>")


def test_a_mail_to_subscribers_can_be_left_with_one_click(smtp_sink: Mailbox) -> None:
    """The mail program's own button works (RFC 8058)."""
    mailer(smtp_sink.port).send(Mail("k", "bo@example.org", "s", "t", unsubscribe="https://status.example.org/u/x"))
    (mail,) = smtp_sink.mails
    assert mail.message["List-Unsubscribe"] == "<https://status.example.org/u/x>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "mail",
    [
        Mail("k", "bo@example.org\r\nBcc: all@example.org", "s", "t"),
        Mail("k", "bo@example.org", "s\r\nBcc: all@example.org", "t"),
        Mail("k", "bo@example.org", "s\nX: y", "t"),
        Mail("k", "bo@example.org", "s\x85X: y", "t"),
        Mail("k", "bo@example.org", "s\u2028X: y", "t"),
        Mail("k", "bo@=?utf-8?q?x=0D=0ABcc=3Ae?=", "s", "t"),
        Mail("k", "=?utf-8?q?x=0D=0ABcc=3Ae?=@example.org", "s", "t"),
        Mail("k", "bo@example.org", "s", "t", unsubscribe="https://x/=?utf-8?q?a=0D=0ABcc:e?="),
        Mail("k", "bo@example.org", "s", "t", unsubscribe="https://x/\r\nBcc: all@example.org"),
        Mail("k", "bo@example.org, all@example.org", "s", "t"),
        Mail("k", "<bo@example.org>", "s", "t"),
        Mail("k", "bo", "s", "t"),
        Mail("k", "", "s", "t"),
    ],
)
def test_a_header_that_holds_more_than_itself_is_refused(smtp_sink: Mailbox, mail: Mail) -> None:
    """No text from outside becomes a header or a further recipient."""
    assert isinstance(mailer(smtp_sink.port).send(mail), GiveUp)
    assert smtp_sink.mails == []


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?q?x=0D=0AContent-Type:_text/html=0D=0A=0D=0A<h1>Acknowledge</h1>?=",
        "=?utf-8?b?eA0KQmNjOiBhbGxAZXhhbXBsZS5vcmc=?=",
        "=?utf-8?q?fine?=",
    ],
)
def test_what_looks_encoded_in_a_subject_or_a_name_is_not_decoded(smtp_sink: Mailbox, word: str) -> None:
    """An alert's title cannot end the header and write others, or the text, by the encoding of headers (RFC 2047)."""
    sent = Mail("k", "bo@example.org", f"P0 {word}", "t", sender=word)
    assert isinstance(mailer(smtp_sink.port, sender="tocsin@example.org").send(sent), Delivered)
    (mail,) = smtp_sink.mails
    assert mail.message["Subject"].replace("\u200b", "") == f"P0 {word}"
    shown = mail.message["From"].addresses[0].display_name
    assert "".join(shown.replace("\u200b", "").split()) == word  # the library may fold a long name within its words
    assert (mail.message.get_content_type(), mail.text.strip(), mail.message["Bcc"]) == ("text/plain", "t", None)


def test_text_that_cannot_be_encoded_is_sent_all_the_same(smtp_sink: Mailbox) -> None:
    """A lone surrogate from a broken monitor does not lose the mail."""
    outcome = mailer(smtp_sink.port).send(Mail("k", "bo@example.org", "bad \ud800", "text \udfff and more"))
    assert isinstance(outcome, Delivered)
    assert "and more" in smtp_sink.mails[0].text


def test_a_temporary_refusal_is_tried_again(smtp_sink: Mailbox) -> None:
    """4xx is worth another try, and nothing arrived."""
    smtp_sink.refuse("451 4.3.0 later")
    outcome = mailer(smtp_sink.port).send(MAIL)
    assert isinstance(outcome, TryAgain)
    assert not outcome.ambiguous
    assert "451" in outcome.reason
    assert "later" in outcome.reason


def test_a_final_refusal_is_given_up(smtp_sink: Mailbox) -> None:
    """5xx will not change: the reason keeps the server's words, without its control characters."""
    smtp_sink.refuse("550 5.1.1 no such\x1b[31m person")
    outcome = mailer(smtp_sink.port).send(MAIL)
    assert isinstance(outcome, GiveUp)
    assert "550" in outcome.reason
    assert "\x1b" not in outcome.reason


@pytest.mark.parametrize(
    ("answer", "refused", "gone"),
    [
        ("550 5.1.1 no such person", True, True),
        ("550 5.1.10 takes no mail", True, True),
        ("553 5.2.1 disabled", True, True),
        ("550 5.7.1 relaying denied", True, False),
        ("550 no, and no more is said", True, False),
        ("552 5.2.2 the box is full", True, False),
    ],
)
def test_a_recipient_that_is_not_taken_is_told_from_a_mail_that_is_not(
    smtp_sink: Mailbox, answer: str, *, refused: bool, gone: bool
) -> None:
    """Only what is said of the address itself counts against it, and only a missing mailbox at once."""
    smtp_sink.no_such["bo@example.org"] = answer
    outcome = mailer(smtp_sink.port).send(MAIL)
    assert isinstance(outcome, GiveUp)
    assert (outcome.refused, outcome.gone) == (refused, gone)
    smtp_sink.no_such["bo@example.org"] = f"450{answer[3:]}"
    assert isinstance(mailer(smtp_sink.port).send(MAIL), TryAgain)
    smtp_sink.no_such.clear()
    smtp_sink.refuse("554 5.7.1 we think that this is spam")
    spam = mailer(smtp_sink.port).send(MAIL)
    assert isinstance(spam, GiveUp)
    assert not spam.refused


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([b"421 busy"], TryAgain),
        ([b"554 we do not talk to you"], GiveUp),
        ([b"220 hi", b"250 hi", b"451 not now"], TryAgain),
        ([b"220 hi", b"250 hi", b"250 ok", b"450 greylisted"], TryAgain),
        ([b"220 hi", b"250 hi", b"250 ok", b"550 unknown"], GiveUp),
        ([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"452 disk full"], TryAgain),
        ([b"nonsense"], TryAgain),
        ([b"220 hi", b"250 hi"], TryAgain),
    ],
)
def test_every_answer_before_the_text_is_certain(answers: list[bytes], expected: type) -> None:
    """Whatever goes wrong before the text was handed over, nothing arrived."""
    with script(conversation(*answers)) as port:
        outcome = mailer(port).send(MAIL)
    assert isinstance(outcome, expected), outcome
    if isinstance(outcome, TryAgain):
        assert not outcome.ambiguous


def test_a_connection_lost_after_the_text_may_have_been_taken() -> None:
    """The server had the whole mail and vanished: nobody knows, and that is what is said."""
    with script(conversation(b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on")) as port:
        outcome = mailer(port).send(MAIL)
    assert isinstance(outcome, TryAgain)
    assert outcome.ambiguous


def test_nobody_listening_is_tried_again_without_doubt() -> None:
    """A refused connection delivered nothing."""
    outcome = mailer(free_port()).send(MAIL)
    assert isinstance(outcome, TryAgain)
    assert not outcome.ambiguous


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    """A hanging mail server holds a thread no longer than the bound."""
    with script(lambda connection: time.sleep(5)) as port:
        began = time.monotonic()
        outcome = mailer(port).send(MAIL)
    assert isinstance(outcome, TryAgain)
    assert time.monotonic() - began < 2.5


def test_a_server_that_drips_is_left_in_time() -> None:
    """One byte now and then does not keep a mail on its way for ever."""

    def drip(connection: socket.socket) -> None:
        try:
            for byte in b"220 " + b"x" * 200:
                connection.send(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            return

    with script(drip) as port:
        began = time.monotonic()
        outcome = mailer(port).send(MAIL)
    assert isinstance(outcome, TryAgain)
    assert not outcome.ambiguous
    assert time.monotonic() - began < 2.5


class Box:
    """Takes mails of whoever knows the password."""

    def __init__(self) -> None:
        self.users: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Remember who was signed in."""
        self.users.append((session.auth_data or b"").decode())
        return "250 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Check the password."""
        right = data.password == b"right"
        return AuthResult(success=right, handled=right, auth_data=data.login)


@contextmanager
def guarded(*, tls_at_once: bool = False) -> Iterator[tuple[Box, int]]:
    """A mail server with TLS that wants to know who is there."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    box, port = Box(), free_port()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=box.authenticate,
        auth_require_tls=not tls_at_once,
        ssl_context=context if tls_at_once else None,
        **({} if tls_at_once else {"tls_context": context, "require_starttls": True}),
    )
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_a_mail_is_handed_in_encrypted_and_signed_in(encryption: Encryption) -> None:
    """STARTTLS and TLS from the first byte both work, with user and password."""
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    with guarded(tls_at_once=encryption is Encryption.TLS) as (box, port):
        sender = mailer(port, encryption=encryption, username="ops", password="right", tls=trusting, seconds=5.0)
        assert isinstance(sender.send(MAIL), Delivered)
    assert box.users == ["ops"]


def test_a_wrong_password_is_given_up_and_not_told() -> None:
    """Signing in will fail the next time too; the password is in no reason."""
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    with guarded() as (box, port):
        server = mailer(
            port, encryption=Encryption.STARTTLS, username="ops", password="wr0ng-one", tls=trusting, seconds=5.0
        )
        outcome = server.send(MAIL)
    assert isinstance(outcome, GiveUp)
    assert "signing in" in outcome.reason
    assert "wr0ng-one" not in outcome.reason
    assert box.users == []


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_a_certificate_nobody_vouches_for_gets_no_mail(encryption: Encryption) -> None:
    """Whoever answers in the mail server's place gets neither password nor text."""
    with guarded(tls_at_once=encryption is Encryption.TLS) as (box, port):
        outcome = mailer(port, encryption=encryption, username="ops", password="right", seconds=5.0).send(MAIL)
    assert isinstance(outcome, TryAgain)
    assert "certificate" in outcome.reason
    assert box.users == []


def test_encryption_that_the_server_does_not_offer_is_never_skipped(smtp_sink: Mailbox) -> None:
    """Without STARTTLS nothing is sent in plain text instead."""
    outcome = mailer(smtp_sink.port, encryption=Encryption.STARTTLS, seconds=5.0).send(MAIL)
    assert isinstance(outcome, GiveUp)
    assert smtp_sink.mails == []


def test_a_sender_that_is_no_address_is_a_wrong_setting() -> None:
    """A wrong sender is found when the server starts, not when the first page is due."""
    with pytest.raises(BadSettings, match="sender"):
        mailer(25, sender="nobody")


def test_a_page_is_mailed_with_its_link(smtp_sink: Mailbox) -> None:
    """A headline from outside may hold anything; the page is mailed all the same, on one subject line."""
    page = PageMessage("p", "INC-1", "ana", "ana@example.org", "P0\r\nBcc: x@y.z\x1b", "the shop", "http://t/p/x", NOW)
    assert isinstance(MailPager(mailer(smtp_sink.port)).page(page), Delivered)
    (mail,) = smtp_sink.mails
    assert mail.message["Subject"] == "P0 Bcc: x@y.z"
    assert mail.recipients == ("ana@example.org",)
    assert "http://t/p/x" in mail.text
