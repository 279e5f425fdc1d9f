"""The incidents of the page, and its scheduled work, as feeds: Atom (RFC 4287) and RSS 2.0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as xml

from tocsin.statuspage.api_v2 import timestamp
from tocsin.statuspage.incidents import clean
from tocsin.statuspage.language import Language
from tocsin.statuspage.maintenance import Maintenance
from tocsin.statuspage.page import PublicIncident, StatusPage, public_id
from tocsin.statuspage.words import status_word

_ATOM = "http://www.w3.org/2005/Atom"
MOST = 50


def feed_files(page: StatusPage, t: Language) -> dict[str, bytes]:
    """The feeds by path, in one language; ``history.atom`` is the name that readers of Statuspage know."""
    atom = _atom(page, t)
    return {"feed.atom": atom, "history.atom": atom, "history.rss": _rss(page, t)}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a feed says of an incident or of scheduled work."""

    id: str
    title: str
    link: str
    published_at: datetime
    updated_at: datetime
    newest: str  # the id of its newest update
    text: str


def _entries(page: StatusPage, t: Language) -> list[_Entry]:
    """What customers were told of, what began last first."""
    found = [*(_incident(page, one, t) for one in page.incidents), *(_work(page, one, t) for one in page.maintenances)]
    return sorted(found, key=lambda one: one.published_at, reverse=True)[:MOST]


def _incident(page: StatusPage, one: PublicIncident, t: Language) -> _Entry:
    said = [f"{t.instant(u.at, page.zone)}: {status_word(page, t, u.status)}\n{u.text}".rstrip() for u in one.updates]
    return _Entry(
        id=one.id,
        title=f"{one.title} ({_small(status_word(page, t, one.status), t)})",
        link=f"{page.url}/incidents/{one.id}.html",
        published_at=one.created_at,
        updated_at=one.updated_at,
        newest=one.updates[0].id,
        text="\n\n".join(said),
    )


def _work(page: StatusPage, one: Maintenance, t: Language) -> _Entry:
    # What the last update said stands in the title: by the clock alone no file changes.
    starts, ends = t.instant(one.starts_at, page.zone), t.instant(one.over_at, page.zone)
    span = t.word("texts", "from_to").format(start=starts, end=ends)
    said = [f"{t.instant(u.at, page.zone)}: {t.word('maintenance', u.status)}\n{u.text}".rstrip() for u in one.updates]
    return _Entry(
        id=one.id,
        title=f"{one.title} ({_small(t.word('maintenance', one.updates[0].status), t)})",
        link=f"{page.url}/index.html#maintenance-{one.id}",
        published_at=one.announced_at,
        updated_at=one.updated_at,
        newest=one.updates[0].id,
        text="\n\n".join([span, *said]),
    )


def _atom(page: StatusPage, t: Language) -> bytes:
    entries = _entries(page, t)
    feed = xml.Element("feed", {"xmlns": _ATOM})
    _text(feed, "title", t.word("texts", "incidents").format(title=page.title))
    _text(feed, "id", f"{page.url}/")
    xml.SubElement(feed, "link", {"href": f"{page.url}/"})
    xml.SubElement(feed, "link", {"rel": "self", "href": f"{page.url}/feed.atom"})
    # Without incidents there is nothing newer than the page itself.
    _text(feed, "updated", timestamp(max((one.updated_at for one in entries), default=page.as_of)))
    _text(xml.SubElement(feed, "author"), "name", page.title)
    for one in entries:
        entry = xml.SubElement(feed, "entry")
        _text(entry, "title", one.title)
        _text(entry, "id", f"tag:tocsin,2026:{public_id('page', page.url)}/{one.id}")
        xml.SubElement(entry, "link", {"href": one.link})
        _text(entry, "published", timestamp(one.published_at))
        _text(entry, "updated", timestamp(one.updated_at))
        _text(entry, "content", one.text).set("type", "text")
    return _written(feed)


def _rss(page: StatusPage, t: Language) -> bytes:
    rss = xml.Element("rss", {"version": "2.0"})
    channel = xml.SubElement(rss, "channel")
    _text(channel, "title", t.word("texts", "incidents").format(title=page.title))
    _text(channel, "link", f"{page.url}/")
    _text(channel, "description", page.description or t.word("texts", "about").format(title=page.title))
    for one in _entries(page, t):
        item = xml.SubElement(channel, "item")
        _text(item, "title", one.title)
        _text(item, "link", one.link)
        # A reader shows an item anew when its guid is new: each update is news.
        _text(item, "guid", f"{one.id}-{one.newest}").set("isPermaLink", "false")
        _text(item, "pubDate", format_datetime(one.updated_at.astimezone(UTC)))
        _text(item, "description", one.text.replace("&", "&amp;").replace("<", "&lt;"))
    return _written(rss)


def _small(word: str, t: Language) -> str:
    """A word within brackets: only where small letters stand for nothing (German writes its nouns large)."""
    return word.lower() if t.code == "en" else word


def _text(parent: xml.Element, tag: str, text: str) -> xml.Element:
    element = xml.SubElement(parent, tag)
    element.text = clean(text)  # a sign that XML forbids would end the feed for everybody
    return element


def _written(root: xml.Element) -> bytes:
    xml.indent(root)
    written: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
