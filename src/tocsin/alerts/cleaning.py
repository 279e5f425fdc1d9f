"""From what a sender wrote to what can be kept: bounded, storable text, instants in UTC, addresses of the web.

Text stays as hostile as it came, apart from NUL and lone surrogates, which no database takes. What had to be
changed is noted, once for each kind of trouble.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

MAX_ALERTS = 200
MAX_LABELS = 64
MAX_LABEL_BYTES = 1024
MAX_TITLE_BYTES = 1024
MAX_TEXT_BYTES = 32 * 1024
MAX_FINGERPRINT = 255
MAX_SKEW = timedelta(minutes=5)

PLAIN = min(MAX_LABEL_BYTES, MAX_TITLE_BYTES)
"""What is shorter altogether, in characters of ``plain_size``, needs no cleaning, nor does a text made of it."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WEB = ("https://", "http://")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class Notes:
    """What was odd about a delivery, each kind once."""

    __slots__ = ("_said",)

    def __init__(self, said: Iterable[str] = ()) -> None:
        self._said: dict[str, None] = dict.fromkeys(said)

    def add(self, note: str) -> None:
        """Say it unless it was said."""
        self._said[note] = None

    def all(self) -> tuple[str, ...]:
        """Everything that was said, in order."""
        return tuple(self._said)


def storable(text: str) -> str:
    """The text with U+FFFD for NUL and for lone surrogates; the same object when there are none."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def clean(text: str, limit: int, notes: Notes, what: str = "text") -> str:
    """The text without what no database takes, cut to ``limit`` bytes of UTF-8 between two characters."""
    if text.isascii():
        if len(text) <= limit and "\x00" not in text:
            return text
    elif len(text) * 4 <= limit and not _UNSTORABLE.search(text):
        return text
    if (kept := storable(text)) is not text:
        notes.add(f"{what}: characters that cannot be stored were replaced")
        text = kept
    body = text.encode()
    if len(body) <= limit:
        return text
    notes.add(f"{what}: cut to {limit} bytes")
    return body[:limit].decode(errors="ignore")


def plain_size(pairs: Mapping[str, str]) -> int:
    """How many characters a text of these names and values has; ``PLAIN`` where one of them may have to be cleaned.

    Nearly no alert is: all of its sets together, in ASCII, are shorter than one value may be.

    >>> plain_size({"job": "node"}), plain_size({"job": "n\u00f8de"})
    (11, 1024)
    """
    whole = ": ".join([*pairs, *pairs.values(), ""])
    return len(whole) if whole.isascii() and "\x00" not in whole else PLAIN


def clean_pairs(pairs: dict[str, str], notes: Notes, what: str, limit: int = MAX_LABEL_BYTES) -> dict[str, str]:
    """At most 64 names and values, each storable and bounded; names keep their order.

    Gives the very same dictionary when there is nothing to change.
    """
    whole = "".join([*pairs, *pairs.values()])
    if len(whole) <= MAX_LABEL_BYTES and whole.isascii() and "\x00" not in whole and len(pairs) <= MAX_LABELS:
        return pairs  # nearly every label set: all of it is shorter than one value may be
    if len(pairs) > MAX_LABELS:
        notes.add(f"{what}: only the first {MAX_LABELS} were kept")
        pairs = dict(list(pairs.items())[:MAX_LABELS])
    return {
        clean(name, MAX_LABEL_BYTES, notes, what): clean(value, limit, notes, what) for name, value in pairs.items()
    }


def clean_fingerprint(text: str) -> str:
    """The sender's key for an alert as it is; one that is too long or cannot be stored is replaced by its hash."""
    if 0 < len(text) <= MAX_FINGERPRINT and text.isprintable():
        return text
    return digest([text])


def digest(parts: Iterable[str]) -> str:
    """A stable key for a list of texts: 128 bits of SHA-256 over the parts and their lengths, in hex."""
    whole = hashlib.sha256()
    for part in parts:
        body = part.encode(errors="surrogatepass")
        whole.update(b"%d:" % len(body))
        whole.update(body)
    return whole.hexdigest()[:32]


def digest_pairs(pairs: Mapping[str, str]) -> str:
    """The key of a label set, whatever its order."""
    return digest(text for pair in sorted(pairs.items()) for text in pair)


def web_link(address: str, notes: Notes) -> str | None:
    """The address when it is http or https and can be kept whole; anything else is no link."""
    if not address:
        return None
    of_the_web = address.startswith(_WEB) or address[:8].lower().startswith(_WEB)
    if of_the_web and len(address) <= 2048 and address.isprintable():
        return address
    notes.add("a link that is no web address was left out")
    return None


def instant(value: object, received_at: datetime, notes: Notes, what: str = "time") -> datetime | None:
    """An instant in UTC from a datetime, an RFC 3339 text or a number of seconds or milliseconds since 1970.

    None for what means "no time" (null, empty text, the year 1) and, with a note, for what is no time at all or
    lies outside of the years 1970 to 2200 (F18). A time without a zone is taken as UTC. A time more than five
    minutes ahead of ``received_at`` is kept and noted (F17).
    """
    at = value if isinstance(value, datetime) else moment(value, notes, what)
    if at is None or at.year == 1:
        return None
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        notes.add(f"{what}: the year {at.year} was left out")
        return None
    if at.tzinfo is None:
        notes.add(f"{what}: no time zone, taken as UTC")
        at = at.replace(tzinfo=UTC)
    elif at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    if at - received_at > MAX_SKEW:
        notes.add(f"{what}: the clock of the source is ahead of ours by more than five minutes")
    return at


def moment(value: object, notes: Notes, what: str) -> datetime | None:
    """The time that a value says, however improbable; None with a note when it says none."""
    if value is None or value == "":
        return None
    at = _read(value)
    if at is None:
        notes.add(f"{what}: not a time, left out")
    return at


def _read(value: object) -> datetime | None:
    match value:
        case datetime():
            return value
        case bool():
            return None
        case int() | float() if 0 < value < 1e14:
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        case str() if value.isdecimal() and value.isascii() and len(value) in (10, 13):
            return _read(int(value))
        case str() if len(value) <= 64:
            if value.endswith(" UTC"):  # as Ruby writes it, and GitLab with it
                value = f"{value.removesuffix(' UTC')}+00:00"
            try:
                return msgspec.convert(value, datetime)
            except msgspec.ValidationError:
                pass
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                return None
        case _:
            return None
