"""The incidents of the page as feeds: Atom (RFC 4287) and RSS 2.0."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from xml.etree import ElementTree as xml

from tocsin.statuspage.api_v2 import timestamp
from tocsin.statuspage.page import PublicIncident, StatusPage, public_id
from tocsin.statuspage.words import absolute, status_word

_ATOM = "http://www.w3.org/2005/Atom"
MOST_INCIDENTS = 50


def feed_files(page: StatusPage) -> dict[str, bytes]:
    """The feeds by path; ``history.atom`` is the name that readers of Statuspage know."""
    atom = _atom(page)
    return {"feed.atom": atom, "history.atom": atom, "history.rss": _rss(page)}


def _atom(page: StatusPage) -> bytes:
    feed = xml.Element("feed", {"xmlns": _ATOM})
    _text(feed, "title", f"{page.title}: incidents")
    _text(feed, "id", f"{page.url}/")
    xml.SubElement(feed, "link", {"href": f"{page.url}/"})
    xml.SubElement(feed, "link", {"rel": "self", "href": f"{page.url}/feed.atom"})
    # Without incidents there is nothing newer than the page itself.
    _text(feed, "updated", timestamp(max((one.updated_at for one in page.incidents), default=page.as_of)))
    _text(xml.SubElement(feed, "author"), "name", page.title)
    for one in page.incidents[:MOST_INCIDENTS]:
        entry = xml.SubElement(feed, "entry")
        _text(entry, "title", _title(page, one))
        _text(entry, "id", f"tag:tocsin,2026:{public_id('page', page.url)}/{one.id}")
        xml.SubElement(entry, "link", {"href": _link(page, one)})
        _text(entry, "published", timestamp(one.created_at))
        _text(entry, "updated", timestamp(one.updated_at))
        _text(entry, "content", _content(page, one)).set("type", "text")
    return _written(feed)


def _rss(page: StatusPage) -> bytes:
    rss = xml.Element("rss", {"version": "2.0"})
    channel = xml.SubElement(rss, "channel")
    _text(channel, "title", f"{page.title}: incidents")
    _text(channel, "link", f"{page.url}/")
    _text(channel, "description", page.description or f"Incidents of {page.title}")
    for one in page.incidents[:MOST_INCIDENTS]:
        item = xml.SubElement(channel, "item")
        _text(item, "title", _title(page, one))
        _text(item, "link", _link(page, one))
        # A reader shows an item anew when its guid is new: each update is news.
        _text(item, "guid", f"{one.id}-{one.updates[0].id}").set("isPermaLink", "false")
        _text(item, "pubDate", format_datetime(one.updated_at.astimezone(UTC)))
        _text(item, "description", _content(page, one).replace("&", "&amp;").replace("<", "&lt;"))
    return _written(rss)


def _title(page: StatusPage, incident: PublicIncident) -> str:
    return f"{incident.title} ({status_word(page, incident.status).lower()})"


def _link(page: StatusPage, incident: PublicIncident) -> str:
    return f"{page.url}/incidents/{incident.id}.html"


def _content(page: StatusPage, incident: PublicIncident) -> str:
    said = (
        f"{absolute(one.at, page.zone)}: {status_word(page, one.status)}\n{one.text}".rstrip()
        for one in incident.updates
    )
    return "\n\n".join(said)


def _text(parent: xml.Element, tag: str, text: str) -> xml.Element:
    element = xml.SubElement(parent, tag)
    element.text = text
    return element


def _written(root: xml.Element) -> bytes:
    xml.indent(root)
    written: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
