"""The kinds of values that a setting may have, and how each is read from TOML or from an environment variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.alerts.sources.fields import Field, field
from tocsin.oncall.weekly import Weekly
from tocsin.runbook.answers.forms import yes_or_no
from tocsin.runbook.answers.spans import span

REFERENCE = '{ env = "NAME" } or { file = "/run/secrets/name" }'
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. ``read`` gives the value or raises ValueError with a sentence.

    ``secret`` values may only be given by reference; ``reference`` ones may be, besides being written out.
    """

    name: str
    example: str
    read: Callable[[Any], Any]
    secret: bool = False
    reference: bool = False


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("must be a text")
    if any(ord(sign) < 32 for sign in raw):
        raise ValueError("must be one line of text")
    return raw.strip()


def _whole(raw: Any) -> int:
    if isinstance(raw, str) and raw.strip().isdecimal():
        return int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError("must be a whole number")
    return raw


def _count(raw: Any) -> int:
    number = _whole(raw)
    if not 0 <= number <= 1000:
        raise ValueError("must be a whole number from 0 to 1000")
    return number


def _port(raw: Any) -> int:
    number = _whole(raw)
    if not 0 <= number <= 65535:
        raise ValueError("must be a port, 1 to 65535 (0 takes a free one)")
    return number


def _flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        return yes_or_no(raw)
    raise ValueError("must be true or false")


def _span(raw: Any) -> Any:
    if not isinstance(raw, str):
        raise ValueError('must be a span of time with its unit, in quotes: "10 min"')
    return span(raw)


def _words(raw: Any) -> tuple[str, ...]:
    """A list of texts; one text is a list of one, and in the environment commas separate them."""
    listed = [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw
    if not isinstance(listed, list):
        raise ValueError('must be a list of texts: ["one", "two"]')
    return tuple(_text(one) for one in listed)


def _field(raw: Any) -> Field:
    """Where something stands in a body: a path or template, several of them, or a table with a pattern besides."""
    pattern = ""
    if isinstance(raw, dict):
        if unknown := next((key for key in raw if key not in ("from", "pattern")), None):
            raise ValueError(f"{unknown!r} is unknown here: a field may have `from` and `pattern`")
        if "from" not in raw:
            raise ValueError('needs `from`: { from = "message", pattern = "^([^:]+):" }')
        pattern = _text(raw["pattern"]) if "pattern" in raw else ""
        raw = raw["from"]
    return field([raw] if isinstance(raw, str) else _words(raw), pattern)


def _zone(raw: Any) -> str:
    name = _text(raw)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one like Europe/Berlin") from None
    return name


def _url(raw: Any) -> str:
    text = _text(raw)
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise ValueError(f"{text!r} is no address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be an address that begins with http:// or https://")
    return text.rstrip("/")


def _database(raw: Any) -> str:
    text = _text(raw)
    if "://" not in text:
        raise ValueError("must be an address: sqlite:////var/lib/tocsin/tocsin.db or postgresql://host/tocsin")
    return text


def _date(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(_text(raw))
    except ValueError:
        raise ValueError("must be a date: 2026-01-05") from None


def _dates(raw: Any) -> tuple[date, ...]:
    """A list of dates, as TOML writes them or as texts; commas separate them in the environment."""
    listed = _words(raw) if isinstance(raw, str) else raw
    if not isinstance(listed, list | tuple):
        raise ValueError("must be a list of dates: [2026-12-25, 2026-12-26]")
    return tuple(_date(one) for one in listed)


def _spans(raw: Any) -> tuple[timedelta, ...]:
    return tuple(span(one) for one in _words(raw))


def _clock_time(raw: Any) -> time:
    if isinstance(raw, time):
        return raw
    try:
        return time.fromisoformat(_text(raw).replace("24:00", "00:00"))
    except ValueError:
        raise ValueError('must be a time of day: "09:00"') from None


def _instant(raw: Any) -> datetime:
    try:
        at = raw if isinstance(raw, datetime) else datetime.fromisoformat(_text(raw))
    except ValueError:
        raise ValueError("must be an instant with its offset: 2026-01-05T09:00:00+01:00") from None
    if at.tzinfo is None:
        raise ValueError("needs its offset from UTC: 2026-01-05T09:00:00+01:00")
    return at.astimezone(UTC)


def _weekdays(raw: Any) -> frozenset[int]:
    names = [one[:3].casefold() for one in _words(raw)]
    if not names or not set(names) <= set(DAYS):
        raise ValueError(f"must be days of the week: {', '.join(DAYS)}")
    return frozenset(DAYS.index(name) for name in names)


def _weekly(raw: Any) -> Weekly | Literal["off"]:
    """A day and a time of the week, with a zone if it is not the team's; "off": never."""
    text = _text(raw)
    if text.casefold() == "off":
        return "off"
    day, _, rest = text.strip().partition(" ")
    at, _, zone = rest.strip().partition(" ")
    try:
        return Weekly(DAYS.index(day[:3].casefold()), time.fromisoformat(at), _zone(zone) if zone.strip() else "")
    except ValueError as wrong:
        why = str(wrong) if "time zone" in str(wrong) else 'must be a day and a time: "Tue 10:00"; or "off"'
        raise ValueError(why) from None


def _one(raw: Any) -> int:
    if raw != 1:
        raise ValueError("must be 1: this Tocsin reads version 1")
    return 1


VERSION = Kind("1", "1", _one)
TEXT = Kind("text", '"text"', _text)
WHOLE = Kind("whole number", "1", _whole)
COUNT = Kind("whole number from 0", "5", _count)
PORT = Kind("port", "8080", _port)
FLAG = Kind("true or false", "true", _flag)
SPAN = Kind("span of time", '"10 min"', _span)
FIELD = Kind("place in the body", '"monitor.name"', _field)
WORDS = Kind("list of texts", '["one", "two"]', _words)
ZONE = Kind("time zone", '"Europe/Berlin"', _zone)
URL = Kind("address", '"https://tocsin.example.com"', _url, reference=True)
DATABASE = Kind("database address", '"sqlite:////var/lib/tocsin/tocsin.db"', _database, reference=True)
PATH = Kind("path", '"runbooks/shop.md"', _text)
DATE = Kind("date", "2026-01-05", _date)
DATES = Kind("list of dates", "[2026-12-25, 2027-01-01]", _dates)
SPANS = Kind("list of spans of time", '["4 d", "3 d"]', _spans)
TIME = Kind("time of day", '"09:00"', _clock_time)
INSTANT = Kind("instant", "2026-01-05T09:00:00Z", _instant)
WEEKLY = Kind("time of the week", '"Tue 10:00"', _weekly)
WEEKDAYS = Kind("days of the week", '["mon", "fri"]', _weekdays)
SECRET = Kind("secret", REFERENCE, _text, secret=True)
ADDRESS = Kind("address of a way", '"ana@example.com"', _text, reference=True)


def choice(*words: str) -> Kind:
    """The kind whose value is one of some words."""

    def read(raw: Any) -> str:
        text = _text(raw)
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return Kind(" or ".join(words), f'"{words[0]}"', read)
