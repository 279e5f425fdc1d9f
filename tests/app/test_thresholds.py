"""Thresholds: what is held back until it was said often enough, and what is heard whatever a threshold says."""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.stage.postgresql import Database
from tests.web.house import SETTINGS, START, House, house
from tests.web.test_oncall import plain
from tests.web.test_silences import hear, open_incidents
from tocsin.app.access import Role
from tocsin.app.intake.lapsing import Lapsing
from tocsin.app.intake.thresholds import held_back
from tocsin.app.rows.records import NewDelivery
from tocsin.bootstrap import build
from tocsin.clock import MovableClock
from tocsin.settings.loading import settings_of
from tocsin.web.front import Front
from tocsin.web.site import Site

MINUTE = timedelta(minutes=1)
LIMIT = 'threshold = 3\nthreshold_within = "10 min"\n'
EVENTS = '[integration.events]\nsource = "generic"\nservice = "shop"\n'
LIMITED = SETTINGS.replace(
    '[integration.prometheus]\nsource = "alertmanager"\n', f'[integration.prometheus]\nsource = "alertmanager"\n{LIMIT}'
).replace(
    "[integration.direct]", f'[integration.events]\nsource = "generic"\nservice = "shop"\n{LIMIT}[integration.direct]'
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """A house where two sources have a threshold of three in ten minutes."""
    with house(tmp_path, LIMITED) as at:
        yield at


def happen(at: House, title: str = "A label was not printed", *, read: bool = True, **more: str) -> None:
    """One event of a sender that names no beginning and no end."""
    body, now = json.dumps({"title": title, "key": title, **more}).encode(), at.clock.now()
    new = NewDelivery("events", f"event {next(_numbers)}", now, "application/json", body)
    at.application.intake.submit(new).result(timeout=10)
    if read:
        at.application.hearing.digest()


_numbers = itertools.count()


@contextmanager
def opened_again(folder: Path, settings: str) -> Iterator[House]:
    """The same house after a restart, without its pages."""
    clock = MovableClock(START)
    read = settings_of(tomllib.loads(settings), folder / "tocsin.toml", environ={}, flags={})
    installation = build(read, clock=clock)
    try:
        yield House(installation, clock, cast("Site", None), cast("Front", None))
    finally:
        installation.close()


def look(at: House) -> None:
    """What the loops do every two seconds."""
    Lapsing(at.application.store, at.clock, lambda: None, at.application.team).look()
    at.application.hearing.digest()


def held(at: House, name: str) -> list[tuple[str, int]]:
    with at.application.store.read() as tx:
        integration = at.application.team().voices[name]
        return [(one.title, one.times) for one in held_back(tx, integration, at.clock.now())]


def alerts_of(at: House, incident: str) -> set[str]:
    with at.application.store.read() as tx:
        return {one.title for one in tx.alerts.of_incident(incident, 99)}


def test_the_third_event_within_the_window_begins_the_incident(shop: House) -> None:
    """The first two are held back and shown; an hour later it begins anew."""
    for times in (1, 2):
        happen(shop)
        assert (open_incidents(shop), held(shop, "events")) == ([], [("A label was not printed", times)])
        shop.clock.move_by(MINUTE)
    happen(shop)
    assert len(open_incidents(shop)) == 1
    assert held(shop, "events") == []


def test_events_that_come_too_seldom_begin_nothing(shop: House) -> None:
    """Two in each window, for hours; and what is of no more interest is not kept."""
    for _ in range(10):
        happen(shop)
        happen(shop, "Another")
        shop.clock.move_by(6 * MINUTE)
        look(shop)
    assert open_incidents(shop) == []
    shop.clock.move_by(60 * MINUTE)
    happen(shop, "Something else")
    assert held(shop, "events") == [("Something else", 1)]
    with shop.application.store.read() as tx:
        assert len(tx.silences.held(9)) == 1


def test_three_at_once_begin_the_incident_at_once(shop: House) -> None:
    """In one batch as one after the other, whichever node reads them."""
    for _ in range(3):
        happen(shop, read=False)
    shop.application.hearing.digest()
    assert len(open_incidents(shop)) == 1


def test_the_ones_that_were_held_join_the_incident_of_the_third(shop: House) -> None:
    """Three alerts of one name, of different machines: all of them are in it."""
    for till in ("north", "east", "south"):
        hear(shop, till=till)
    (incident,) = open_incidents(shop)
    shop.application.hearing.digest()
    with shop.application.store.read() as tx:
        assert tx.alerts.counts([incident])[incident].distinct == 3
        assert not tx.silences.held(9)
    hear(shop, till="west")
    assert open_incidents(shop) == [incident]


def test_an_alert_that_is_said_again_is_no_second_one(shop: House) -> None:
    """Alertmanager repeats what fires on; it began once."""
    for _ in range(5):
        shop.clock.move_by(timedelta(seconds=0))
        hear(shop, till="north")
    assert open_incidents(shop) == []
    assert [times for _, times in held(shop, "prometheus")] == [1]


def test_what_fires_on_through_the_whole_window_is_heard(shop: House) -> None:
    """Its sender would have told of the end: a threshold is for what passes, not for what lasts."""
    hear(shop)
    shop.clock.move_by(10 * MINUTE - timedelta(seconds=1))
    look(shop)
    assert open_incidents(shop) == []
    shop.clock.move_by(timedelta(seconds=1))
    look(shop)
    assert len(open_incidents(shop)) == 1


@pytest.mark.parametrize("every", [1, 7])
def test_what_its_sender_repeats_all_the_while_is_heard_too(shop: House, every: int) -> None:
    """Each repetition was received just now, and the alert began long ago: it must not be held for ever."""
    began = shop.clock.now()
    for minute in range(0, 12, every):
        shop.clock.move_to(began + minute * MINUTE)
        hear(shop, began=began)
        look(shop)
        assert len(open_incidents(shop)) == (1 if minute >= 10 else 0), minute
    shop.clock.move_to(began + 15 * MINUTE)
    look(shop)
    assert len(open_incidents(shop)) == 1


def test_what_fired_on_while_nobody_was_there_is_heard_at_its_next_repetition(shop: House) -> None:
    """The process stood still for hours; what was counted before is not forgotten before it is looked at."""
    began = shop.clock.now()
    hear(shop, began=began)
    shop.clock.move_by(180 * MINUTE)
    hear(shop, began=began)
    assert len(open_incidents(shop)) == 1


def test_what_ended_while_it_was_held_is_not_heard_afterwards(shop: House) -> None:
    """It counts as one time, and no more."""
    hear(shop)
    shop.clock.move_by(2 * MINUTE)
    hear(shop, ended=True)
    shop.clock.move_by(20 * MINUTE)
    look(shop)
    assert open_incidents(shop) == []
    with shop.application.store.read() as tx:
        assert not tx.silences.held(9)


def test_the_top_severity_waits_for_no_threshold(shop: House) -> None:
    """What the source calls P0 is heard at once; a lesser one is not."""
    happen(shop, "Slow", severity="P1")
    assert open_incidents(shop) == []
    happen(shop, "Down", severity="P0")
    assert len(open_incidents(shop)) == 1


def test_a_source_without_a_threshold_is_heard_as_ever(shop: House) -> None:
    """The setting is the integration's own."""
    hear(shop, "OvenDown", "direct")
    assert len(open_incidents(shop)) == 1


def test_what_is_held_is_heard_when_the_setting_goes(tmp_path: Path) -> None:
    """After a restart with other settings nothing stays held for ever."""
    with house(tmp_path, LIMITED) as at:
        happen(at)
        look(at)
        assert open_incidents(at) == []
    with opened_again(tmp_path, LIMITED.replace(LIMIT, "")) as at:
        look(at)
        assert len(open_incidents(at)) == 1


def test_what_is_held_is_left_alone_while_it_waits(shop: House) -> None:
    """It is not read again and again meanwhile."""
    happen(shop)
    assert Lapsing(shop.application.store, shop.clock, lambda: None, shop.application.team).look() == 0


def test_what_is_held_outlives_a_restart_and_counts_on(tmp_path: Path) -> None:
    """The counts are in the database."""
    with house(tmp_path, LIMITED) as at:
        happen(at)
    with opened_again(tmp_path, LIMITED) as at:
        happen(at)
        assert held(at, "events") == [("A label was not printed", 2)]
    with opened_again(tmp_path, LIMITED) as at:
        happen(at)
        assert len(open_incidents(at)) == 1


def test_a_delivery_that_cannot_be_read_is_told_whatever_the_threshold(shop: House) -> None:
    """Somebody must look: that is no alert of the sender's."""
    new = NewDelivery("events", "broken", shop.clock.now(), "application/json", b"{")
    shop.application.intake.submit(new).result(timeout=10)
    shop.application.hearing.digest()
    assert len(open_incidents(shop)) == 1


def test_whoever_responds_sees_what_is_held_back(shop: House) -> None:
    """Beside the incidents: how often of how many, within what, by which source; gone once it rings."""
    responder = shop.visitor(Role.RESPONDER)
    assert "Held back" not in plain(responder.get("/incidents").text)
    happen(shop)
    assert "1 of 3 A label was not printed within 10 min · Sundial Shop · events" in plain(
        responder.get("/incidents").text
    )
    assert "Held back" not in plain(responder.get("/incidents?service=api").text)
    happen(shop)
    happen(shop)
    assert "Held back" not in plain(responder.get("/incidents").text)


def test_the_page_of_the_source_shows_what_is_held_back(shop: House) -> None:
    """With how often of how many, and the rule."""
    happen(shop)
    text = plain(shop.visitor(Role.MAINTAINER).get("/sources/events").text)
    assert "once it was said 3 times within 10 min" in text
    assert "held back A label was not printed 1 of 3" in text


@pytest.fixture
def nodes(tmp_path: Path, migrated_postgresql: Database) -> Iterator[tuple[House, House]]:
    """Two nodes on one PostgreSQL, with the same thresholds."""
    dsn = migrated_postgresql.url
    with (
        house(tmp_path / "one", LIMITED, database=dsn) as one,
        house(tmp_path / "other", LIMITED, database=dsn, people=False) as other,
    ):
        yield one, other


@pytest.mark.component("postgresql")
def test_nodes_that_take_turns_count_together(nodes: tuple[House, House]) -> None:
    """What one has counted the other goes on with; the third begins the one incident, which the held ones join."""
    one, other = nodes
    for times, node in enumerate((one, other), start=1):
        happen(node)
        assert [held(at, "events") for at in nodes] == [[("A label was not printed", times)]] * 2
        assert open_incidents(node) == []
    happen(one)
    other.application.hearing.digest()
    assert open_incidents(one) == open_incidents(other)
    assert len(open_incidents(one)) == 1
    assert held(other, "events") == []


@pytest.mark.component("postgresql")
def test_nodes_that_read_at_once_lose_and_double_nothing(nodes: tuple[House, House]) -> None:
    """Three events of each of four troubles, at whichever node, read by both at the same time: four incidents."""
    troubles = ("A label was not printed", "A mail bounced", "A scan failed", "A till was offline")
    before = [(at, title) for at, title in itertools.product(nodes, troubles)]
    for at, title in before:  # twice each, in pieces that both nodes read at the same time
        happen(at, title, read=False)
    with nodes[0].application.store.transact() as tx:  # whichever reads, the other counts nothing meanwhile
        assert tx.deliveries.unread(1)
        assert nodes[1].application.hearing.digest() == 0
    _read_at_once(nodes)
    assert open_incidents(nodes[0]) == []
    assert sorted(held(nodes[1], "events")) == [(title, 2) for title in troubles]
    for at, title in zip(itertools.cycle(nodes), troubles, strict=False):
        happen(at, title, read=False)
    _read_at_once(nodes)
    assert len(open_incidents(nodes[0])) == len(troubles)
    _read_at_once(nodes)
    assert {title for id in open_incidents(nodes[0]) for title in alerts_of(nodes[0], id)} == set(troubles)
    with nodes[0].application.store.read() as tx:
        assert not tx.silences.held(9)
        assert tx.deliveries.waiting() == 0


def _read_at_once(nodes: Sequence[House]) -> None:
    """Both read, a delivery at a time, until nothing is left."""

    def read(at: House) -> None:
        while at.application.hearing.digest(limit=1):
            pass

    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(read, nodes))
    for at in nodes:
        at.application.hearing.digest()
