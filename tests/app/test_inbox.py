"""Mail over the wire: 250 means that it is on disk, and what may not come in is told so at once."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.test_mail import mail
from tests.web.house import SETTINGS, House, house
from tocsin.adapters.http_server import listener_on
from tocsin.adapters.mail_listener import COMMANDS, MOST_CONNECTIONS, MOST_RECIPIENTS, MailListener, tls_of
from tocsin.alerts.sources.mail import OURS
from tocsin.app.intake.buckets import Buckets
from tocsin.app.intake.inbox import KEPT, Inbox
from tocsin.app.intake.reports import Report
from tocsin.app.rows.records import Delivery, NewDelivery
from tocsin.errors import BadSettings, Unavailable
from tocsin.serving import mail_door, make_server

MAIL = """
[inbox]
port = 0
domains = ["Alerts.Example.com"]
[integration.cron]
source = "mail"
service = "shop"
[integration.cron-too]
source = "mail"
service = "shop"
[integration.guests]
source = "form"
service = "shop"
[integration.guests.form]
open = true
"""
PEM = Path(__file__).parents[1] / "adapters" / "localhost.pem"
LARGEST = 2 << 20


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation with two integrations that are mailed."""
    with house(tmp_path, SETTINGS + MAIL) as opened:
        yield opened


def door_of(at: House, **more: Any) -> Inbox:
    ask, said = at.application, at.installation.settings.inbox
    return Inbox(ask.intake, ask.team, at.clock, ask.integrations.refusals, said.domains, **more)


def address(at: House, name: str = "cron") -> str:
    return f"{at.application.team().integrations[name].key}@alerts.example.com"


def test_mail_to_the_old_address_is_taken_and_told(at: House) -> None:
    """Whoever looks after the source sees that a sender was left behind; case does not matter in an address."""
    door, team = door_of(at), at.application.team()
    cron = replace(team.integrations["cron"], old_key="Key-Before-This-0123456789")
    door.team = lambda: replace(team, integrations={**team.integrations, "cron": cron})
    assert door.knows(f"{cron.key}@alerts.example.com")
    assert door.refusals.last("cron") is None
    assert door.knows("key-before-this-0123456789@alerts.example.com")
    refusal = door.refusals.last("cron")
    assert refusal is not None
    assert "old key" in refusal.what


@contextmanager
def listening(door: Any, **more: Any) -> Iterator[int]:
    """The listener on a port of its own; gives the port."""
    bound, stop = listener_on("127.0.0.1", 0), threading.Event()
    listener = MailListener(door, bound, name="alerts.example.com", largest=LARGEST, **more)
    thread = threading.Thread(target=listener.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        stop.set()
        thread.join(15)
        bound.close()
        assert not thread.is_alive()


@contextmanager
def connected(port: int) -> Iterator[smtplib.SMTP]:
    client = smtplib.SMTP("127.0.0.1", port, timeout=30)
    try:
        yield client
    finally:
        client.close()


def kept(at: House, name: str = "cron") -> list[Delivery]:
    with at.application.store.read() as tx:
        return list(tx.deliveries.latest(name, 10))


def test_a_mail_is_on_disk_as_it_came_when_it_is_answered_250_and_becomes_an_incident(at: House) -> None:
    """The part before a plus is the team's own; servers may write addresses in upper case."""
    body = mail(text="disk full\n..\n.end\n").replace(b"\n", b"\r\n")
    with listening(door_of(at)) as port, connected(port) as client:
        client.sendmail("root@db-1.example", [f"cron+{address(at).upper()}"], body)
    (delivery,) = kept(at)
    assert delivery.body == body
    at.application.hearing.digest()
    with at.application.store.read() as tx:
        assert [one.title for one in tx.alerts.latest(5)] == ["Backup failed on db-1"]


def test_a_mail_that_comes_twice_is_one_and_one_to_two_integrations_is_two(at: House) -> None:
    """Known by its Message-ID, for each integration by itself."""
    with listening(door_of(at)) as port, connected(port) as client:
        for _ in range(2):
            client.sendmail("a@b.example", [address(at), address(at, "cron-too"), address(at)], mail())
    assert len(kept(at)) == len(kept(at, "cron-too")) == 1


def test_other_addresses_are_unknown_and_nothing_is_relayed(at: House) -> None:
    """550 at the recipient, before any of the mail is read."""
    key = address(at).partition("@")[0]
    with listening(door_of(at)) as port:
        for wrong in ("nobody@alerts.example.com", f"{key}@other.example.com", key, "@alerts.example.com"):
            with connected(port) as client:
                client.ehlo("x")
                client.mail("a@b.example")
                assert client.rcpt(wrong)[0] in (550, 553), wrong
                assert client.docmd("DATA")[0] == 503


def test_what_cannot_be_stored_has_to_come_again(at: House) -> None:
    """451: the sender's server tries again for days. Nothing is believed to be kept that is not."""

    class Full(Inbox):
        def store(self, addresses: Any, raw: bytes) -> list[Future[int]]:
            failed: Future[int] = Future()
            failed.set_exception(Unavailable("the disk is full"))
            return [failed]

    ask = at.application
    for door in (
        Full(ask.intake, ask.team, at.clock, ask.integrations.refusals),
        door_of(at, pace=Buckets(rate=0.0, burst=0.0)),
    ):
        with listening(door) as port, connected(port) as client:
            with pytest.raises(smtplib.SMTPDataError) as told:
                client.sendmail("a@b.example", [address(at)], mail())
            assert told.value.smtp_code == 451
    assert kept(at) == []


def test_mails_are_counted_by_what_became_of_them(at: House) -> None:
    """As over HTTP: kept, refused for good, to no integration, told to come again; what is not ours counts nowhere."""
    counted: list[tuple[str, str]] = []

    class Full:
        def submit(self, _delivery: NewDelivery) -> Future[int]:
            raise Unavailable("too much waits already")

    def count(source: str, outcome: str) -> None:
        counted.append((source, outcome))

    door = door_of(at, delivered=count)
    for future in door.store([address(at), address(at, "cron-too")], mail()):
        future.result(timeout=10)
    assert counted == [("mail", "stored")] * 2
    counted.clear()
    assert door.why_not([address(at)], mail(Auto_Submitted="auto-replied"))
    assert not door.knows("nobody@alerts.example.com")
    assert not door.knows("nobody@other.example.com")
    assert counted == [("mail", "refused"), ("mail", "unknown")]
    counted.clear()
    door.intake = Full()  # type: ignore[assignment]  # all that is asked of it
    with pytest.raises(Unavailable):
        door.store([address(at)], mail())
    with pytest.raises(Unavailable):
        door_of(at, delivered=count, pace=Buckets(rate=0.0, burst=0.0)).store([address(at)], mail())
    assert counted == [("mail", "busy")] * 2


def test_mail_and_reports_stand_in_the_metrics_beside_all_others(at: House) -> None:
    """What a team watches its sources by leaves none of them out."""
    metrics = make_server(at.installation).metrics
    mail_door(at.installation, metrics).store([address(at)], mail())[0].result(timeout=10)
    key = at.application.team().integrations["guests"].key
    at.application.integrations.reports.take(key, Report("dark"), "10.0.0.1")
    text = metrics.text().decode()
    for source in ("mail", "form"):
        assert f'tocsin_deliveries_total{{outcome="stored",source="{source}"}} 1.0' in text


def test_a_loop_is_refused_with_its_reason_in_the_log_and_on_the_page(
    at: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own page that is forwarded to our own inbox, and the holiday answer to it."""
    caplog.set_level("INFO")
    with listening(door_of(at)) as port, connected(port) as client:
        for headers in ({OURS.replace("-", "_"): "page or news"}, {"Auto_Submitted": "auto-replied"}):
            with pytest.raises(smtplib.SMTPDataError) as told:
                client.sendmail("a@b.example", [address(at)], mail(**headers))
            assert told.value.smtp_code == 550
    assert kept(at) == []
    assert "a mail to the integration cron was refused: an automatic answer" in caplog.text
    refusal = at.application.integrations.refusals.last("cron")
    assert refusal is not None
    assert "automatic answer" in refusal.what


def test_a_line_that_is_longer_than_the_standard_has_it_is_taken(at: House) -> None:
    """Monitors write their HTML on one line: refused for good, such an alert would be lost."""
    with listening(door_of(at)) as port, connected(port) as client:
        client.sendmail("a@b.example", [address(at)], b"Subject: x\r\n\r\n" + b"y" * 100_000 + b"\r\n")
    assert len(kept(at)) == 1


def test_a_mail_that_is_no_mail_is_kept_and_somebody_must_look(at: House) -> None:
    """The rule of the house: content alone is never refused."""
    with listening(door_of(at)) as port, connected(port) as client:
        client.ehlo("x")
        client.mail("a@b.example")
        client.rcpt(address(at))
        assert client.data("no header here")[0] == 250
    at.application.hearing.digest()
    with at.application.store.read() as tx:
        assert "could not be read" in tx.alerts.latest(1)[0].title


def test_of_a_large_mail_the_beginning_is_kept_and_a_larger_one_is_refused_at_once(at: House) -> None:
    """552 for what is beyond the limit, before it is sent where the sender says how large it is."""
    with listening(door_of(at)) as port, connected(port) as client:
        large = mail(text="text\n" + ("x" * 70 + "\n") * 20_000).replace(b"\n", b"\r\n")
        client.sendmail("a@b.example", [address(at)], large)
        with pytest.raises(smtplib.SMTPSenderRefused) as told:
            client.sendmail("a@b.example", [address(at)], b"Subject: x\r\n\r\n" + b"y\r\n" * LARGEST)
    assert told.value.smtp_code == 552
    (delivery,) = kept(at)
    assert len(delivery.body) == KEPT


def test_connections_recipients_and_guesses_are_bounded(at: House) -> None:
    """Whoever comes when all places are taken is told to come again, and a place is free when somebody goes."""
    with listening(door_of(at)) as port:
        waiting = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(MOST_CONNECTIONS)]
        for one in waiting:
            assert one.recv(100).startswith(b"220")
        with pytest.raises(smtplib.SMTPConnectError) as told:
            smtplib.SMTP("127.0.0.1", port, timeout=30)
        assert told.value.smtp_code == 421
        for one in waiting:
            one.close()
        with connected_at_last(port) as client:
            client.ehlo("x")
            client.mail("a@b.example")
            codes = [client.rcpt(address(at))[0] for _ in range(MOST_RECIPIENTS + 1)]
            assert codes == [250] * MOST_RECIPIENTS + [452]
            with pytest.raises(smtplib.SMTPServerDisconnected):
                guess_on(client)


def guess_on(client: smtplib.SMTP) -> None:
    for n in range(COMMANDS + 1):
        client.rcpt(f"k{n}@alerts.example.com")


@contextmanager
def connected_at_last(port: int) -> Iterator[smtplib.SMTP]:
    """A connection as soon as there is a place; the test's own time-out is the limit."""
    while True:
        try:
            client = smtplib.SMTP("127.0.0.1", port, timeout=30)
        except smtplib.SMTPConnectError:
            continue
        break
    try:
        yield client
    finally:
        client.close()


def test_tls_is_offered_with_a_certificate_and_asked_for_where_the_settings_say_so(at: House, tmp_path: Path) -> None:
    """Without it the key in the address goes over the wire in clear."""
    with listening(door_of(at), tls=tls_of(PEM, PEM), require_tls=True) as port, connected(port) as client:
        client.ehlo("x")
        assert client.mail("a@b.example")[0] == 530
        client.starttls(context=ssl._create_unverified_context())
        client.sendmail("a@b.example", [address(at)], mail())
    assert len(kept(at)) == 1
    with pytest.raises(BadSettings, match=r"inbox\.certificate"):
        tls_of(tmp_path / "none.pem", PEM)


def test_a_sender_that_hangs_up_while_its_mail_is_stored_stops_nothing(at: House) -> None:
    """What is on its way to the disk goes on, and the next mail is taken."""
    slow: Future[int] = Future()
    took = threading.Event()

    class Slow(Inbox):
        def store(self, addresses: Any, raw: bytes) -> list[Future[int]]:
            took.set()
            return [slow]

    ask = at.application
    with listening(Slow(ask.intake, ask.team, at.clock, ask.integrations.refusals)) as port:
        with connected(port) as client:
            client.ehlo("x")
            client.mail("a@b.example")
            client.rcpt(address(at))
            client.docmd("DATA")
            client.send(mail() + b"\r\n.\r\n")
            assert took.wait(30)
        with connected(port) as client:
            assert client.ehlo("x")[0] == 250
    assert not slow.cancelled()
    slow.set_result(1)


def test_a_repeated_mail_without_an_id_is_known_by_its_bytes(at: House) -> None:
    """For five minutes, as everywhere; the same words a day later are news."""
    door, body = door_of(at), mail(Message_ID="")
    for _ in range(2):
        door.store([address(at)], body)[0].result(timeout=10)
    assert len(kept(at)) == 1
    at.application.intake.submit(NewDelivery("cron", "x", at.clock.now(), "", body)).result(timeout=10)
    assert len(kept(at)) == 2
