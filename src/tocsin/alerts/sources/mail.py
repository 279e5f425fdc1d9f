"""Mail as alerts: the subject is the title, the text is the description.

A mail always fires, also one that says "resolved": only a map of the team can tell what ends an alert, because nobody
knows how its senders write. The map's places are those of `document`. Answers by machines, bounces and our own mails
are no alerts: a mail that answers a page would otherwise page again, for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import format_datetime, parseaddr, parsedate_to_datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import MAX_TEXT_BYTES, Notes, clean, storable
from tocsin.alerts.payload import Json
from tocsin.alerts.source import TEST_TITLE, Place, Source
from tocsin.alerts.sources.field_map import FieldMap
from tocsin.alerts.sources.fields import field
from tocsin.alerts.sources.mail_text import plain_of_html
from tocsin.alerts.sources.mapped import ends_with
from tocsin.errors import BadPayload

NAME = "mail"
OURS = "X-Tocsin"
"""The header that every mail of a Tocsin carries."""
BY_ITSELF = FieldMap(
    title=field(["title"]),
    key=field(["{from}/{title}", "title"]),
    description=field(["text"]),
    starts_at=field(["date"]),
    ends_at=field(["date"]),
)
"""How a mail is read where the team says nothing: mails of one sender under one subject are one alert."""

_ANSWERED = re.compile(r"^\s*(?:(?:re|fwd?|fw|aw|wg|sv|vs|tr|rv|antw|odp|ynt)\s*(?:\[\d+\])?\s*:\s*)+", re.I)
_MOST_PARTS = 200
_BLANKS = re.compile(r"\n{3,}")
_ADDRESSED = re.compile(r"<[^<>\s]{1,998}>")


@dataclass(frozen=True, slots=True)
class _Read:
    """The text of a mail and what was odd about it."""

    text: str
    notes: tuple[str, ...] = ()


def read_mail(body: bytes, received_at: datetime, one: FieldMap = BY_ITSELF) -> Heard:
    """The alert of a mail as it came over the wire. BadPayload for what has no headers, or nests without end."""
    try:
        message = parsed(body)
        if why := why_no_alert(message):
            return Heard(notes=(why,))
        found, notes = document(message)
    except RecursionError as error:
        raise BadPayload("the mail is nested without end") from error
    return one.read_value(found, received_at, NAME, notes)


def parsed(body: bytes) -> Message:
    """The mail. Raises BadPayload when there is no header in it."""
    message = BytesParser(policy=compat32).parsebytes(body)
    if not message.keys():
        raise BadPayload("this is no mail: it has no headers")
    return message


def document(message: Message) -> tuple[Json, tuple[str, ...]]:
    """A mail as a map reads it, and what was odd about it.

    `subject` as it is, `title` without "Re:" and the like; `from` the address, `name` the sender's; `to`; `text`;
    `date`; `message_id`; `thread` the first mail of its thread; `reply`; `headers` by name in lower case.
    """
    notes, read = Notes(), _text_of(message)
    subject = " ".join(_header(message, "subject").split())
    name, sender = parseaddr(_header(message, "from"))
    answered = _ADDRESSED.findall(f"{_header(message, 'references')} {_header(message, 'in-reply-to')}")
    own = message_id(message)
    title = _ANSWERED.sub("", subject).strip() or read.text.partition("\n")[0][:200].strip()
    for note in read.notes:
        notes.add(note)
    found: dict[str, Json] = {
        "subject": subject,
        "title": title or (f"A mail of {sender} without a subject" if sender else "A mail without a subject"),
        "from": sender.casefold(),
        "name": name,
        "to": _header(message, "to"),
        "text": clean(read.text, MAX_TEXT_BYTES, notes, "text"),
        "date": _date(message),
        "message_id": own,
        "thread": answered[0] if answered else own,
        "reply": bool(answered),
        "headers": {key: _header(message, key) for key in dict.fromkeys(key.casefold() for key in message)},
    }
    return found, notes.all()


def why_no_alert(message: Message) -> str:
    """Why a mail is no alert although it came to the right address; empty when it may be one (RFC 3834).

    What a machine wrote by itself (`auto-generated`: cron's mails are) may well be an alert; what it answered is none.
    """
    if message.get(OURS) is not None:
        return "a mail of Tocsin's own: no alert, or it would page for its own pages"
    if _header(message, "auto-submitted").casefold().startswith("auto-replied"):
        return "an automatic answer: no alert"
    if _header(message, "precedence").casefold() == "auto_reply" or message.get("x-autoreply") is not None:
        return "an automatic answer: no alert"
    if message.get_content_type() == "multipart/report" and "delivery-status" in _header(message, "content-type"):
        return "a report on the delivery of another mail: no alert"
    return ""


def message_id(message: Message) -> str:
    """The mail's own id with its angles, empty without one that can be believed to be one."""
    found = _ADDRESSED.search(_header(message, "message-id"))
    return found.group() if found is not None and len(found.group()) <= 200 else ""


def id_of(body: bytes) -> str:
    """The id by which a mail that comes twice is known again; empty for none."""
    try:
        return message_id(parsed(body))
    except (BadPayload, RecursionError):
        return ""


def _header(message: Message, name: str) -> str:
    """A header decoded as well as can be; whatever its charset says, it never fails."""
    raw = next((str(value) for key, value in message.raw_items() if key.casefold() == name), "")
    pieces: list[tuple[bytes | str, str | None]]
    try:
        pieces = list(decode_header(raw.replace("\r", "").replace("\n", " ")))
    except (HeaderParseError, ValueError):
        pieces = [(raw, None)]
    return storable("".join(_decoded(text, charset) for text, charset in pieces)).strip()


def _decoded(text: bytes | str, charset: str | None) -> str:
    if isinstance(text, str):  # bytes beyond ASCII that were never encoded come as lone surrogates
        text = text.encode("utf-8", "surrogateescape")
    try:
        return text.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return text.decode("utf-8", "replace")


def _date(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _text_of(message: Message) -> _Read:
    """The plain text; that of its HTML when there is none."""
    notes: dict[str, None] = {}
    html = ""
    for count, part in enumerate(_leaves(message)):
        if count == _MOST_PARTS:
            notes[f"only the first {_MOST_PARTS} parts were looked at"] = None
            break
        if part.get_content_disposition() == "attachment":
            notes["an attachment was left out: the kept mail has it"] = None
            continue
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html"):
            continue
        payload = part.get_payload(decode=True)
        said = storable(_decoded(payload if isinstance(payload, bytes) else b"", part.get_content_charset()))
        if kind == "text/plain" and said.strip():
            return _Read(_tidy(said), tuple(notes))
        html = html or (said if kind == "text/html" else "")
    return _Read(_tidy(plain_of_html(html)), tuple(notes))


def _leaves(message: Message) -> Iterator[Message]:
    return (part for part in message.walk() if not part.is_multipart())


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def mail_at(address: str, one: FieldMap | None = None) -> Source:
    """The source for an integration with this address of ours (`{key}` in it), read by a map if there is one."""
    read = one or BY_ITSELF
    return replace(
        MAIL,
        read=lambda body, at: read_mail(body, at, read),
        set_up=lambda place: _set_up(place, address),
        joins=f"What stands at {read.key}." if one is not None and read.key is not None else MAIL.joins,
        ends=ends_with(read) if one is not None else MAIL.ends,
    )


def _set_up(place: Place, address: str = "{key}@tocsin.example.com") -> str:
    ours = address.replace("{key}", place.key)
    return (
        f"Mail address:  {ours}\n"
        "# the server takes mail once [inbox] has a port and a domain: see the page Mail in the documentation\n"
        "\n"
        "# or hand a mail over by HTTP, as it came\n"
        f"curl -fsS --data-binary @mail.eml -H 'content-type: message/rfc822' {place.url}\n"
    )


def _sample(_place: Place, now: datetime) -> bytes:
    return (
        "From: Tocsin's test <test@tocsin.invalid>\r\n"
        "To: the integration\r\n"
        f"Subject: {TEST_TITLE} ({now:%Y-%m-%d %H:%M:%S})\r\n"
        f"Date: {format_datetime(now)}\r\n"
        f"Message-ID: <test-{now.timestamp()}@tocsin.invalid>\r\n"
        "\r\nThis mail was made up by Tocsin.\r\n"
    ).encode()


MAIL = Source(
    name=NAME,
    title="Mail, from whatever can send nothing else",
    documentation="https://github.com/tocsin/tocsin/blob/main/docs/mail.md",
    sends="Mail to an address with the integration's key; see [mail](mail.md). The subject is the title.",
    joins="Sender and subject, without `Re:` and the like.",
    ends="Nothing: a mail that says `resolved` fires too, until a map says how its sender writes that.",
    retries="For days, by the sender's mail server: 451 means later, 250 that it is on disk. Known by its Message-ID.",
    proofs=(AuthKind.KEY,),
    read=read_mail,
    set_up=_set_up,
    sample=_sample,
    delivery_id=id_of,
    lasting=False,
)
