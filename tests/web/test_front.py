"""The thin front: probes, measures and the public status page."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.web.knocking import Knocker
from tocsin.app.team import StatusPageSettings
from tocsin.errors import Unavailable


@dataclass
class Check:
    """One check of a readiness."""

    name: str
    ok: bool
    detail: str


@dataclass
class Readiness:
    """What the engine says of itself."""

    ok: bool
    checks: tuple[Check, ...]


@pytest.fixture
def knocker(tmp_path: Path) -> Knocker:
    """A front whose status folder holds a page and a feed."""
    (tmp_path / "index.html").write_text("<h1>All systems operational</h1>")
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "summary.json").write_text("{}")
    (tmp_path / ".half-written").write_text("no")
    (tmp_path / "secret").symlink_to("/etc/hostname")
    return Knocker(tmp_path)


def test_the_status_page_is_served_from_its_files(knocker: Knocker) -> None:
    """The folder's files are answered under /status, whatever the query says."""
    page = knocker.knock("/status/", method="GET")
    assert (page.status, page.body) == (200, b"<h1>All systems operational</h1>")
    assert page.headers["content-type"].startswith("text/html")
    assert knocker.knock("/status/api/summary.json", method="GET").headers["content-type"] == "application/json"
    ranged = knocker.knock("/status/", method="GET", headers=[("range", "bytes=" + "0-1," * 5000)])
    assert (ranged.status, ranged.body) == (200, page.body)


def test_the_status_page_lives_in_a_folder(knocker: Knocker) -> None:
    """Its links are relative, so an address without the slash leads to the one with it."""
    answer = knocker.knock("/status", method="GET")
    assert (answer.status, answer.headers["location"]) == (308, "/status/")


def test_other_sites_may_read_the_data_and_not_the_page(knocker: Knocker) -> None:
    """Scripts elsewhere read the JSON; nothing of the page itself is open to them."""
    data = knocker.knock("/status/api/summary.json", method="GET").headers
    page = knocker.knock("/status/", method="GET").headers
    assert data["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in page
    assert "unsafe-inline" not in page["content-security-policy"]


def test_a_visitor_who_has_the_page_gets_304(knocker: Knocker) -> None:
    """The ETag is the content's: it changes with it and with nothing else."""
    etag = knocker.knock("/status/", method="GET").headers["etag"]
    again = knocker.knock("/status/", method="GET", headers=[("if-none-match", f'"other", {etag}')])
    assert (again.status, again.body) == (304, b"")
    assert knocker.knock("/status/", method="HEAD").body == b""


@pytest.mark.parametrize(
    "path", ["/status/../secret", "/status/secret", "/status/.half-written", "/status//etc/passwd"]
)
def test_only_published_files_are_served(knocker: Knocker, path: str) -> None:
    """F72: no link, no half-written file and no path leads out of the folder."""
    assert knocker.knock(path, method="GET").status == 404


def test_a_changed_page_is_seen(knocker: Knocker, tmp_path: Path) -> None:
    """A replaced file is served from the next request on."""
    assert b"operational" in knocker.knock("/status/", method="GET").body
    fresh = tmp_path / ".fresh"
    fresh.write_text("<h1>Partial outage</h1>")
    os.replace(fresh, tmp_path / "index.html")
    assert b"Partial outage" in knocker.knock("/status/", method="GET").body


def test_the_status_page_has_its_own_host(knocker: Knocker) -> None:
    """On the host of the status page its files are at the root; on ours the site is."""
    knocker.team = replace(knocker.team, status_page=StatusPageSettings(url="https://status.example.com"))
    assert knocker.knock("/", method="GET", headers=[("host", "status.example.com")]).status == 200
    assert knocker.knock("/", method="GET", headers=[("host", "tocsin.example.com")]).status == 418


def test_readiness_is_the_engines_own_word(knocker: Knocker) -> None:
    """/readyz is 503 as soon as one check fails, and says which; /healthz only says that the process answers."""
    knocker.ready = Readiness(ok=False, checks=(Check("engine", ok=False, detail="last round 40 s ago"),))
    answer = knocker.knock("/readyz", method="GET")
    assert (answer.status, json.loads(answer.body)["checks"][0]["name"]) == (503, "engine")
    assert knocker.knock("/healthz", method="GET").body == b"ok\n"


def test_a_store_that_is_gone_is_not_ready(knocker: Knocker) -> None:
    """R25: whatever the checks raise, the answer is 503, not 500."""

    def gone() -> Readiness:
        raise Unavailable

    knocker.front.ready = gone
    assert knocker.knock("/readyz", method="GET").status == 503


def test_measures_count_what_came_in(knocker: Knocker) -> None:
    """Deliveries are counted by source and outcome; names of integrations and keys are no labels."""
    knocker.knock("/in/key-of-path-0123456789abcdef/alertmanager")
    knocker.knock("/in/nobodys-key/alertmanager")
    text = knocker.knock("/metrics", method="GET").body.decode()
    assert 'tocsin_deliveries_total{outcome="stored",source="alertmanager"} 1.0' in text
    assert 'tocsin_deliveries_total{outcome="refused",source="alertmanager"} 1.0' in text
    assert "tocsin_timer_lag_seconds 0.0" in text
    assert "key-of" not in text


def test_everything_else_is_the_sites(knocker: Knocker) -> None:
    """What the front does not know goes on to the site."""
    assert knocker.knock("/i/INC-1", method="GET").status == 418
    assert knocker.knock("/statusquo", method="GET").status == 418
