"""Where heartbeats knock."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import SETTINGS, House
from tests.web.house import house as open_house
from tests.web.knocking import Knocker, team
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.sources.heartbeat import HEARTBEAT, Rhythm, beat
from tocsin.app.access import Role
from tocsin.app.rows.records import NewDelivery
from tocsin.app.team import Integration, Team

MINUTE = timedelta(minutes=1)
OPSGENIE = ["/v2", "/jsm/ops/integration/v2"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH"]


def key_of(name: str) -> str:
    return f"key-of-{name}-0123456789abcdef"


def integration(name: str, source: str, service: str = "shop") -> Integration:
    auth = IntegrationAuth(AuthKind.KEY, (key_of(name),))
    rhythm = Rhythm(5 * MINUTE, MINUTE, "P1") if source == HEARTBEAT.name else None
    return Integration(name, source, service, key_of(name), auth, rhythm)


def with_heartbeats() -> Team:
    ours = (
        *(integration(name, "heartbeat") for name in ("backup", "lift")),
        integration("oven", "heartbeat", "kitchen"),
    )
    return replace(team(), integrations={one.name: one for one in (*ours, integration("genie", "opsgenie"))})


@pytest.fixture
def knocker(tmp_path: Path) -> Knocker:
    return Knocker(tmp_path, team=with_heartbeats())


def genie(name: str) -> list[tuple[str, str]]:
    return [("authorization", f"GenieKey {key_of(name)}")]


@pytest.mark.parametrize("method", METHODS)
def test_any_request_to_a_heartbeats_own_address_is_a_beat(knocker: Knocker, method: str) -> None:
    """cron's curl, wget and a POST of the job's output alike; each counts, however alike they are."""
    for _ in range(2):
        answered = knocker.knock(f"/in/{key_of('backup')}/heartbeat", b"done", method=method)
        assert (answered.status, answered.body) == (200, b"" if method == "HEAD" else b"OK\n")
    assert [(one.integration, one.body) for one in knocker.shelf.kept] == [("backup", beat(b"done"))] * 2
    assert len({one.key for one in knocker.shelf.kept}) == 2


def test_an_unknown_key_a_wrong_address_and_other_methods_are_no_beats(knocker: Knocker) -> None:
    """401 whoever it is, and nothing is kept."""
    for key in (key_of("nobody"), key_of("genie")):
        assert knocker.knock(f"/in/{key}/heartbeat", method="GET").status == 401
    assert knocker.knock(f"/in/{key_of('backup')}/heartbeat", method="DELETE").status == 405
    assert knocker.knock(f"/in/{key_of('backup')}/heartbeat/more", method="GET").status == 404
    assert knocker.shelf.kept == []


@pytest.mark.parametrize("prefix", OPSGENIE)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
def test_who_pings_opsgenies_heartbeats_changes_the_host_only(knocker: Knocker, prefix: str, method: str) -> None:
    """At both paths, by every documented method, with the answer that is documented."""
    answered = knocker.knock(f"{prefix}/heartbeats/backup/ping", b"", genie("genie"), method)
    assert (answered.status, json.loads(answered.body)["result"]) == (202, "PONG - Heartbeat received")
    assert [one.integration for one in knocker.shelf.kept] == ["backup"]


def test_a_key_pings_the_heartbeats_of_its_own_service_and_a_heartbeats_key_only_that_one(knocker: Knocker) -> None:
    """Nobody can hide the silence of what is not theirs; the refusal says what is missing."""
    assert knocker.knock("/v2/heartbeats/backup/ping", b"", genie("backup"), "GET").status == 202
    assert knocker.knock("/v2/heartbeats/oven/ping", b"", genie("oven"), "GET").status == 202
    for name, key in (("oven", "genie"), ("lift", "backup"), ("genie", "genie"), ("none", "genie")):
        refused = knocker.knock(f"/v2/heartbeats/{name}/ping", b"", genie(key), "GET")
        assert refused.status == 404
        assert "tocsin.toml" in json.loads(refused.body)["message"]
    assert knocker.knock("/v2/heartbeats/backup/ping", b"", genie("nobody"), "GET").status == 401
    assert knocker.knock("/v2/heartbeats/backup/ping", b"", method="GET").status == 401
    assert len(knocker.shelf.kept) == 2


def test_heartbeats_are_declared_in_the_file_only(knocker: Knocker) -> None:
    """Opsgenie's requests to make, change or remove one are refused, and say where it is done."""
    for method, path in (("POST", ""), ("DELETE", "/backup/x/y"), ("POST", "/backup/enable/x")):
        refused = knocker.knock(f"/v2/heartbeats{path}", b"{}", genie("genie"), method)
        assert refused.status == 405
        assert "tocsin.toml" in json.loads(refused.body)["message"]
    assert knocker.knock("/v2/heartbeats/backup", b"{}", genie("genie"), "DELETE").status == 405


def test_a_beat_that_cannot_be_stored_is_answered_with_later(knocker: Knocker) -> None:
    """2xx means that it is on disk: `curl --retry` comes again after 503."""
    knocker.shelf.full = True
    assert knocker.knock(f"/in/{key_of('backup')}/heartbeat", method="GET").status == 503
    assert knocker.knock("/v2/heartbeats/backup/ping", b"", genie("genie"), "GET").status == 503


HEARTBEATS = """
[integration.backup]
source = "heartbeat"
service = "shop"
every = "1 h"
severity = "P1"
[integration.genie]
source = "opsgenie"
service = "shop"
"""


def beats(house: House) -> None:
    new = NewDelivery("backup", f"beat:{house.clock.now()}", house.clock.now(), "", beat(b""))
    house.application.intake.submit(new).result(timeout=10)


def test_the_page_of_a_heartbeat_says_what_to_paste_and_by_when_the_next_beat_must_come(tmp_path: Path) -> None:
    """Before the first beat, between beats, and in silence."""
    with open_house(tmp_path, settings=SETTINGS + HEARTBEATS) as house:
        _looked_at(house)


def _looked_at(house: House) -> None:
    max = house.visitor(Role.MAINTAINER)
    key = house.application.team().integrations["backup"].key
    page = max.get("/sources/backup").text
    assert f"/in/{key}/heartbeat" in page
    assert "from its declaration on" in page
    beats(house)
    assert "The next beat must come by" in max.get("/sources/backup").text
    assert "silent" not in max.get("/sources").text
    house.clock.move_by(timedelta(hours=1, minutes=6))
    assert "The next beat was due" in max.get("/sources/backup").text
    assert "silent" in max.get("/sources").text
    assert max.post("/sources/backup/test").location == "/sources/backup?sent=1"
    house.application.hearing.digest()
    assert "Test alert: nothing is broken" in max.get("/sources/backup").text
