"""Mail as alerts: what of it is read, what joins and ends them, and what is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts.alert import Alert
from tocsin.alerts.source import Place
from tocsin.alerts.sources.field_map import FieldMap
from tocsin.alerts.sources.fields import field
from tocsin.alerts.sources.mail import BY_ITSELF, OURS, id_of, mail_at, read_mail
from tocsin.alerts.sources.mail_text import plain_of_html
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)


def mail(subject: str = "Backup failed on db-1", text: str = "disk full\n", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Cron <root@db-1.example>"
    message["To"] = "alerts@tocsin.example"
    message["Subject"] = subject
    message["Date"] = "Sat, 28 Nov 2026 02:50:00 +0000"
    message["Message-ID"] = "<1@db-1.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def one(body: bytes, by: FieldMap = BY_ITSELF) -> Alert:
    (alert,) = read_mail(body, NOW, by).alerts
    return alert


def test_the_subject_is_the_title_and_the_text_the_description() -> None:
    """With the mail's own date, so that one that waited in a queue does not reopen what is over."""
    alert = one(mail())
    assert (alert.title, alert.summary, alert.firing) == ("Backup failed on db-1", "disk full", True)
    assert alert.starts_at == datetime(2026, 11, 28, 2, 50, tzinfo=UTC)
    assert alert.fingerprint == "root@db-1.example/Backup failed on db-1"
    assert alert.severity_hint is None


def test_mails_of_one_sender_under_one_subject_are_one_alert_also_when_answered() -> None:
    """Cron says the same each hour; `Re:` in many languages makes no other trouble of it."""
    first = one(mail()).fingerprint
    for subject in ("Re: Backup failed on db-1", "AW: Re[2]: Backup failed on db-1", "Fwd: RE:Backup failed on db-1"):
        again = one(mail(subject))
        assert (again.fingerprint, again.title) == (first, "Backup failed on db-1")
    assert one(mail(From="root@db-2.example")).fingerprint != first


def test_a_mail_that_says_resolved_fires_until_a_map_says_how_it_is_written() -> None:
    """Nobody knows how a sender writes that: an alert that was believed to be over would be missed."""
    body = mail("[RESOLVED] Backup failed on db-1")
    assert one(body).firing
    by = FieldMap(
        title=field(["title"], r"^(?:\[\w+\] )?(.*)$"),
        key=field(["title"], r"^(?:\[\w+\] )?(.*)$"),
        state=field(["title"], r"^\[(\w+)\]"),
        resolved=("RESOLVED", "OK"),
        ends_at=field(["date"]),
    )
    over = one(body, by)
    assert not over.firing
    assert over.fingerprint == one(mail(), by).fingerprint == "Backup failed on db-1"
    assert one(mail("Re: [OK] Backup failed on db-1"), by).firing is False


def test_a_map_may_join_by_thread_and_look_at_headers() -> None:
    """For senders that answer their own first mail, and those that say more in headers of their own."""
    by = FieldMap(title=field(["title"]), key=field(["thread"]), severity=field(["headers.x-level"]))
    first = one(mail(), by)
    answer = one(mail("Other", Message_ID="<2@x>", References="<1@db-1.example> <7@x>", X_Level="P1"), by)
    assert first.fingerprint == answer.fingerprint == "<1@db-1.example>"
    assert answer.severity_hint == "P1"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto-Submitted": "auto-replied (vacation)"}, "automatic answer"),
        ({"Precedence": "auto_reply"}, "automatic answer"),
        ({"X-Autoreply": "yes"}, "automatic answer"),
        ({OURS: "page or news"}, "Tocsin's own"),
    ],
)
def test_answers_of_machines_and_our_own_mails_are_no_alerts(headers: dict[str, str], why: str) -> None:
    """A holiday answer to a page would page again, and its page would be answered again."""
    heard = read_mail(mail(**{name.replace("-", "_"): value for name, value in headers.items()}), NOW)
    assert heard.alerts == ()
    assert why in heard.notes[0]


def test_a_bounce_is_no_alert() -> None:
    """A report on the delivery of another mail (RFC 3464)."""
    body = mail().replace(b"text/plain", b'multipart/report; report-type=delivery-status; boundary="b"')
    assert "report on the delivery" in read_mail(body, NOW).notes[0]


def test_what_a_machine_wrote_by_itself_is_an_alert() -> None:
    """Debian's cron marks its mails `auto-generated`: refusing these would lose the alerts that mail is for."""
    assert one(mail(Auto_Submitted="auto-generated")).firing


def test_encoded_and_wrong_headers_are_read_as_well_as_can_be() -> None:
    """RFC 2047, raw bytes beyond ASCII, an unknown charset, a broken word: never an error."""
    for raw, title in (
        (b"=?utf-8?q?Disk_f=C3=BCll?=", "Disk füll"),
        (b"=?utf-8?b?RGlzayBm?=\r\n =?utf-8?b?w7xsbA==?=", "Disk füll"),
        ("Disk füll".encode(), "Disk füll"),
        (b"=?x-nothing?q?Disk?=", "Disk"),
        (b"=?utf-8?b?A?=", None),
        (b"a\x00b", "a\ufffdb"),
    ):
        found = one(b"From: a@b.example\r\nSubject: " + raw + b"\r\n\r\ntext")
        assert title is None or found.title == title, raw


def test_without_a_subject_the_first_line_is_the_title() -> None:
    """And without that too the sender: something came, and somebody must look."""
    assert one(mail("", "the till is dark\nmore")).title == "the till is dark"
    assert one(b"From: A <a@b.example>\r\n\r\n").title == "A mail of a@b.example without a subject"
    assert one(b"X-Other: 1\r\n\r\n").title == "A mail without a subject"


def test_html_is_read_as_its_reader_would_see_it_when_there_is_no_plain_text() -> None:
    """Lines for blocks, no styles, no comments; the plain part wins where there is one."""
    html = "<html><head><title>x</title><style>p{}</style></head><body><!-- a > b --><p>Disk <b>full</b></p><![if x]>"
    html += "<table><tr><td>host</td><td>db-1 &amp; db-2</td></tr></table><script>alert(1)</script>"
    assert plain_of_html(html) == "Disk full\nhost db-1 & db-2"
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content(html, subtype="html")
    assert one(message.as_bytes()).summary == "Disk full\nhost db-1 & db-2"
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("plain")
    message.add_alternative(html, subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="graph.png")
    heard = read_mail(message.as_bytes(), NOW)
    assert heard.alerts[0].summary == "plain"


def test_a_mail_that_was_cut_is_read_as_far_as_it_goes() -> None:
    """The listener keeps the first megabyte: the text stands before the pictures."""
    message = EmailMessage()
    message["Subject"] = "Graph"
    message.set_content("the text")
    message.add_attachment(b"\x89PNG" * 5000, maintype="image", subtype="png", filename="graph.png")
    assert one(message.as_bytes()[:2000]).summary == "the text"


@pytest.mark.parametrize("body", [b"", b"\r\n", b"no header here", b"\x00\x01\xff" * 50])
def test_what_is_no_mail_says_so(body: bytes) -> None:
    """It is quarantined with its bytes."""
    with pytest.raises(BadPayload, match="no mail"):
        read_mail(body, NOW)


def test_mails_nested_without_end_are_refused_and_not_an_error() -> None:
    """A thousand mails within mails: the reading ends with a reason, or with a title."""
    body = b"".join(b"Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" for _ in range(2000))
    try:
        assert one(body).title == "x"
    except BadPayload as trouble:
        assert "nested" in trouble.message  # noqa: PT017 -- either is right, by how deep Python may go


@given(st.binary(max_size=300), st.sampled_from([b"", b"Subject: ", b"Content-Type: multipart/mixed; boundary=a\r\n"]))
def test_whatever_comes_is_read_or_refused_with_a_reason(raw: bytes, before: bytes) -> None:
    """No mail stops the batch that it is read in."""
    try:
        heard = read_mail(before + raw, NOW)
    except BadPayload:
        return
    assert all(alert.title for alert in heard.alerts)


def test_a_mail_is_known_again_by_its_message_id() -> None:
    """One that its server sends twice is one delivery; what is no id is none."""
    assert id_of(mail()) == "<1@db-1.example>"
    for wrong in ("", "x", "<a b>", f"<{'x' * 300}@y>"):
        assert id_of(mail(Message_ID=wrong)) == ""
    assert id_of(b"") == ""


def test_the_set_up_shows_the_address_with_the_key() -> None:
    """At the domain of the settings."""
    place = Place("https://tocsin.example.com", "k" * 24, "mail")
    assert f"{'k' * 24}@alerts.example.com" in mail_at("{key}@alerts.example.com").set_up(place)


def test_every_header_is_there_for_a_map_by_its_name_in_lower_case() -> None:
    """Also one that came twice: then its first."""
    by: Any = FieldMap(title=field(["headers.x-what"]))
    assert one(b"X-What: a\r\nX-WHAT: b\r\n\r\n", by).title == "a"
    assert re.fullmatch(r"a", one(b"X-What: a\r\n\r\n", by).fingerprint)
