"""The page for programs: JSON in Statuspage's shape, Atom and RSS."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.statuspage.samples import NOW, OLD, OPEN, PAST, sample, sample_page
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus, MaintenanceUpdate
from tocsin.statuspage.render import render

ATOM = "{http://www.w3.org/2005/Atom}"


def api(name: str, *incidents: Any) -> dict[str, Any]:
    """One file of the API, read."""
    found: dict[str, Any] = json.loads(render(sample_page(*incidents))[f"api/v2/{name}.json"])
    return found


def test_summary_holds_what_a_client_of_statuspage_looks_for() -> None:
    """The keys and the words are those of the public API v2 (protocols.md 3.6)."""
    found = api("summary", OPEN, PAST)
    assert set(found) == {"page", "components", "incidents", "scheduled_maintenances", "status"}
    assert found["status"] == {"indicator": "major", "description": "Partial System Outage"}
    assert set(found["page"]) == {"id", "name", "url", "time_zone", "updated_at"}
    assert [one["name"] for one in found["incidents"]] == [OPEN.title]


def test_quiet_page_says_all_systems_operational() -> None:
    """The description is the one that clients compare with."""
    assert api("status", PAST)["status"] == {"indicator": "none", "description": "All Systems Operational"}


def test_ids_are_twelve_lowercase_characters_and_stay_the_same() -> None:
    """Clients store them."""
    first, second = api("summary", OPEN), api("summary", OPEN, PAST)
    ids = re.findall(r'"(?:id|page_id|group_id|incident_id)": "([^"]*)"', json.dumps(first))
    assert ids
    assert all(re.fullmatch(r"[a-z0-9]{12}", one) for one in ids)
    assert first["components"][0]["id"] == second["components"][0]["id"]
    assert first["incidents"][0]["id"] == second["incidents"][0]["id"]


def test_groups_are_components_that_hold_others() -> None:
    """A group stands before its members and has the worst of their states."""
    components = api("components", OPEN)["components"]
    group = next(one for one in components if one["group"])
    members = [one for one in components if one["group_id"] == group["id"]]
    assert [one["name"] for one in members] == ["Public API", "Webhooks"]
    assert group["components"] == [one["id"] for one in members]
    assert group["status"] == "partial_outage"
    assert [one["position"] for one in components] == list(range(1, len(components) + 1))


def test_incident_carries_its_updates_newest_first() -> None:
    """As Statuspage writes them, with milliseconds."""
    one = api("incidents/unresolved", OPEN, PAST)["incidents"][0]
    assert [update["status"] for update in one["incident_updates"]] == ["identified", "investigating"]
    assert one["shortlink"] == f"https://status.example.com/incidents/{OPEN.id}.html"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["started_at"])
    assert one["resolved_at"] is None
    assert one["impact"] == "major"


def test_incidents_are_the_newest_fifty() -> None:
    """The list is bounded, however long the history is."""
    many = [sample(f"n{n}", f"Trouble {n}", ("resolved", "Over.", float(n + 1))) for n in range(60)]
    assert [one["name"] for one in api("incidents", *many)["incidents"]] == [f"Trouble {n}" for n in range(50)]


@pytest.mark.parametrize("name", ["feed.atom", "history.atom"])
def test_atom_feed_is_well_formed_and_complete(name: str) -> None:
    """RFC 4287: ids, instants, an author, and one entry for each incident."""
    root = ElementTree.fromstring(render(sample_page(OPEN, PAST, OLD))[name])
    assert root.tag == f"{ATOM}feed"
    for tag in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{tag}") is not None
    entries = root.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}title") == "Orders through the API fail (identified)"
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == 3
    assert all(one.findtext(f"{ATOM}content") for one in entries)


def test_rss_feed_is_well_formed_and_news_for_each_update() -> None:
    """An item's guid changes with its last update, so that readers show it again."""
    before = sample("open", OPEN.title, ("investigating", "Half.", 0.5))
    guids = []
    for one in (before, OPEN):
        channel = ElementTree.fromstring(render(sample_page(one))["history.rss"]).find("channel")
        assert channel is not None
        item = channel.find("item")
        assert item is not None
        guids.append(item.findtext("guid"))
        assert parsedate_to_datetime(item.findtext("pubDate") or "") == one.updated_at.replace(microsecond=0)
    assert guids[0] != guids[1]


@pytest.mark.parametrize("name", ["feed.atom", "history.rss"])
def test_a_sign_that_xml_forbids_ends_no_feed(name: str) -> None:
    """Copied from a terminal it stands in the words of planned work; readers would get no news of anything any more."""
    update = MaintenanceUpdate("u", MaintenanceStatus.SCHEDULED, "\x1b[31mWe move\x1b[0m\x0b.", NOW)
    work = Maintenance("w", "Move\x1b[0m \ufffe", (), NOW, NOW + timedelta(hours=1), (update,))
    text = render(replace(sample_page(OPEN), maintenances=(work,)))[name].decode()
    ElementTree.fromstring(text)
    assert "We move" in text


def test_feeds_of_a_page_without_incidents_are_well_formed() -> None:
    """An empty feed is still a feed."""
    files = render(sample_page())
    assert ElementTree.fromstring(files["feed.atom"]).find(f"{ATOM}updated") is not None
    assert ElementTree.fromstring(files["history.rss"]).find("channel/item") is None
