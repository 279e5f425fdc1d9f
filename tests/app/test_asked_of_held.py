"""Acknowledged at the sender while it is kept quiet: that is done when the alert is heard."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.test_thresholds import EVENTS, LIMIT
from tests.web.house import SETTINGS, House
from tests.web.house import house as open_house
from tests.web.test_silences import HOUR, lapse, open_incidents, silence
from tocsin.alerts.silence import Matcher
from tocsin.app.rows.records import NewDelivery

_numbers = itertools.count()
QUIET = Matcher("title", "TillDown")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """A house with a sender that tells of acknowledgements."""
    with open_house(tmp_path, f"{SETTINGS}\n{EVENTS}") as at:
        yield at


def say(at: House, status: str, key: str = "k", title: str = "TillDown", *, read: bool = True) -> None:
    """The sender says something of an alert."""
    body = json.dumps({"title": title, "dedup_key": key, "event_action": status, "severity": "P2"}).encode()
    new = NewDelivery("events", f"said {next(_numbers)}", at.clock.now(), "application/json", body)
    at.application.intake.submit(new).result(timeout=10)
    if read:
        at.application.hearing.digest()


def taken_by(at: House) -> str | None:
    """Who has the one open incident."""
    (id,) = open_incidents(at)
    with at.application.store.read() as tx:
        return at.application.desk.one(tx, id).acknowledged_by


def test_taken_under_a_silence_is_taken_when_it_ends(shop: House) -> None:
    """Nobody is paged for what somebody has already."""
    silence(shop, QUIET)
    say(shop, "trigger")
    say(shop, "acknowledge")
    assert open_incidents(shop) == []
    shop.clock.move_by(2 * HOUR)
    lapse(shop)
    assert taken_by(shop) == "events"
    with shop.application.store.read() as tx:
        assert not tx.silences.held(9)


def test_what_was_taken_and_ended_meanwhile_says_nothing_of_the_next_one(shop: House) -> None:
    """The acknowledgement was of a trouble that is over; the new one is nobody's."""
    silence(shop, QUIET)
    say(shop, "trigger")
    say(shop, "acknowledge")
    shop.clock.move_by(HOUR / 60)
    say(shop, "resolve")
    say(shop, "trigger")
    shop.clock.move_by(2 * HOUR)
    lapse(shop)
    assert taken_by(shop) is None


def test_what_was_taken_under_a_silence_says_nothing_of_what_fires_past_it(shop: House) -> None:
    """Heard under another title it pages, and nobody here or there has taken that."""
    silence(shop, QUIET)
    say(shop, "trigger")
    say(shop, "acknowledge")
    shop.clock.move_by(HOUR / 60)
    say(shop, "trigger", title="TillBurns")
    assert taken_by(shop) is None
    shop.clock.move_by(2 * HOUR)
    lapse(shop)
    assert taken_by(shop) is None
    with shop.application.store.read() as tx:
        assert not tx.silences.held(9)


def test_taken_below_a_threshold_is_taken_when_it_is_passed(tmp_path: Path) -> None:
    """Held back is held back, whoever does it."""
    with open_house(tmp_path, f"{SETTINGS}\n{EVENTS}{LIMIT}") as at:
        say(at, "trigger")
        say(at, "acknowledge")
        for _ in range(2):
            say(at, "trigger")
        at.application.hearing.digest()
        assert taken_by(at) == "events"


@pytest.mark.parametrize("ends_between", [False, True])
def test_taken_below_a_threshold_in_the_batch_that_holds_it_back(tmp_path: Path, ends_between: bool) -> None:
    """Both wait for the same reading: it counts as if they were read one by one, also where the trouble ended since."""
    with open_house(tmp_path, f"{SETTINGS}\n{EVENTS}{LIMIT}") as at:
        say(at, "trigger", read=False)
        say(at, "acknowledge", read=False)
        if ends_between:
            say(at, "resolve", read=False)
            at.clock.move_by(HOUR / 60)
            say(at, "trigger", read=False)
        at.application.hearing.digest()
        assert open_incidents(at) == []
        for _ in range(2 - ends_between):
            at.clock.move_by(HOUR / 60)
            say(at, "trigger")
        at.application.hearing.digest()
        assert taken_by(at) == (None if ends_between else "events")
