"""Silences at work: what is quiet, what is heard when they end, and what ends by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.web.house import House
from tocsin.alerts.silence import Matcher, Silence
from tocsin.app.intake.lapsing import BATCH, GRACE, Lapsing
from tocsin.app.rows.records import IncidentQuery, NewDelivery, SilencedAlert
from tocsin.clock import EngineClock, Line, Machine
from tocsin.web.alertmanager_api import AlertmanagerApi

HOUR = timedelta(hours=1)


def post(house: House, name: str = "TillDown", *, minutes: float = 4, ended: bool = False) -> None:
    """One post of Prometheus, read."""
    now = house.clock.now()
    end = now if ended else now + timedelta(minutes=minutes)
    alert = {"labels": {"alertname": name}, "startsAt": (now - HOUR).isoformat(), "endsAt": end.isoformat()}
    body = json.dumps([alert]).encode()
    house.application.intake.submit(NewDelivery("direct", f"{now.isoformat()} {name} {ended}", now, "", body)).result(
        timeout=10
    )
    house.application.hearing.digest()


def incidents(house: House) -> list[str]:
    found = house.application.incidents.search(house.caller(), IncidentQuery(limit=50))
    return [one.title for one in found]


def silenced(house: House, name: str = "TillDown") -> str:
    now, silences = house.clock.now(), house.application.silences
    return silences.keep("direct", [Matcher("alertname", name)], now, now + HOUR, by="ana", why="new till").id


def lapsing(house: House) -> Lapsing:
    made = Lapsing(house.application.store, house.clock, lambda: None)
    made.look()
    return made


def test_a_silenced_alert_wakes_nobody_and_others_do(house: House) -> None:
    """What is under a silence is kept and makes no incident; whatever else the post says does."""
    silenced(house)
    post(house)
    assert incidents(house) == []
    post(house, "OvenDown")
    assert incidents(house) == ["OvenDown"]
    (delivery,) = [d for d in _deliveries(house) if b"TillDown" in d.body]
    assert "1 of its alerts are silenced" in delivery.trouble


def _deliveries(house: House):  # type: ignore[no-untyped-def]
    with house.application.store.read() as tx:
        return tx.deliveries.latest("direct", 10)


def test_what_still_fires_when_its_silence_ends_is_heard_then(house: House) -> None:
    """Ended by hand or by time, once and not again; nothing is lost because it was said during the silence."""
    looking = lapsing(house)
    for end_by_hand in (True, False):
        name = f"TillDown{end_by_hand}"
        id = silenced(house, name)
        post(house, name, minutes=200)
        assert name not in incidents(house)
        assert looking.look() == 0
        if end_by_hand:
            house.application.silences.end("direct", id, by="ana")
        else:
            house.clock.move_by(HOUR)
        assert looking.look() == 1
        house.application.hearing.digest()
        assert name in incidents(house)
        assert looking.look() == 0


def test_the_end_of_an_earlier_trouble_that_is_told_late_takes_nothing_from_what_fires_now(house: House) -> None:
    """R3: what fires under a silence is heard at its end, whatever older resolutions came in between."""
    looking = lapsing(house)
    id = silenced(house)
    now = house.clock.now()
    post(house)
    earlier = {"startsAt": (now - 5 * HOUR).isoformat(), "endsAt": (now - 4 * HOUR).isoformat()}
    body = json.dumps([{"labels": {"alertname": "TillDown"}, **earlier}]).encode()
    house.application.intake.submit(NewDelivery("direct", "late", now, "", body)).result(timeout=10)
    house.application.hearing.digest()
    house.application.silences.end("direct", id, by="ana")
    assert looking.look() == 1
    house.application.hearing.digest()
    assert incidents(house) == ["TillDown"]


def test_what_a_long_silence_holds_keeps_nothing_of_a_short_one_from_being_heard(house: House) -> None:
    """However many alerts are held by others that go on, and stand before it."""
    looking = lapsing(house)
    long, short = silenced(house, "OvenDown"), silenced(house)
    post(house, minutes=200)
    with house.application.store.transact() as tx:
        (held,) = tx.silences.held(9)
        many = [SilencedAlert("a", f"{n}", held.delivery_id, long) for n in range(BATCH + 1)]
        tx.silences.hold(many)
    house.application.silences.end("direct", short, by="ana")
    assert looking.look() == 1
    house.application.hearing.digest()
    assert incidents(house) == ["TillDown"]


def test_what_ended_during_its_silence_is_not_heard_afterwards(house: House) -> None:
    """A resolution is always accepted, under a silence too."""
    looking = lapsing(house)
    id = silenced(house)
    post(house)
    post(house, ended=True)
    house.application.silences.end("direct", id, by="ana")
    assert looking.look() == 0
    house.application.hearing.digest()
    assert incidents(house) == []


def test_an_alert_that_is_not_repeated_any_more_is_over(house: House) -> None:
    """Prometheus says until when it is to be believed; when it falls silent its alert ends, and is not there any more.

    Not within five minutes of our own start, though: that nobody could reach us says nothing.
    """
    looking = lapsing(house)
    post(house, minutes=4)
    (incident,) = house.application.incidents.search(house.caller(), IncidentQuery())
    assert len(house.application.silences.present("direct")) == 1
    house.clock.move_by(GRACE - timedelta(seconds=1))
    assert looking.look() == 0
    house.clock.move_by(timedelta(seconds=1))
    assert looking.look() == 1
    house.application.hearing.digest()
    with house.application.store.read() as tx:
        assert tx.alerts.counts([incident.incident_id])[incident.incident_id].firing == 0
    assert looking.look() == 0
    assert house.application.silences.present("direct") == []


def test_an_alert_that_is_repeated_stays_and_renews_itself(house: House) -> None:
    """Each post moves the instant; a silence over it does not let it run out."""
    looking = lapsing(house)
    post(house)
    silenced(house)
    for _ in range(4):
        house.clock.move_by(timedelta(minutes=3))
        post(house)
        assert looking.look() == 0
    assert len(house.application.silences.present("direct")) == 1


def test_whoever_asks_as_of_an_alertmanager_gets_groups_receivers_and_a_status(house: House) -> None:
    """Groups are by alertname, each with the receiver that the list of receivers has; the status names its parts."""
    api = AlertmanagerApi(house.application.silences, house.clock.now())
    for name in ("TillDown", "OvenDown"):
        post(house, name)
    status, groups = api._said("GET", "alerts/groups", {}, b"", "direct")
    assert status == 200
    assert [one["labels"] for one in groups] == [{"alertname": "OvenDown"}, {"alertname": "TillDown"}]
    assert [alert["labels"]["alertname"] for one in groups for alert in one["alerts"]] == ["OvenDown", "TillDown"]
    assert [groups[0]["receiver"]] == api._said("GET", "receivers", {}, b"", "direct")[1]
    told = api._said("GET", "status", {}, b"", "direct")[1]
    assert told.keys() == {"cluster", "versionInfo", "config", "uptime"}
    assert api._said("PUT", "status", {}, b"", "direct")[0] == 405


@pytest.mark.parametrize("off", [HOUR, -HOUR])
@pytest.mark.parametrize("says_start", [True, False])
def test_two_hours_from_now_are_two_hours_while_a_clock_was_set(house: House, off: timedelta, says_start: bool) -> None:
    """`amtool silence add --duration=2h` sends instants by its own clock: quiet at once, and for as long as was meant.
    What is to begin later begins when it says."""
    wall = house.clock.now()
    engine = EngineClock(Line(0.0, wall + off), Machine(house.clock, lambda: 0.0, "boot"))
    api = AlertmanagerApi(replace(house.application.silences, clock=engine), wall)

    def kept(since: datetime | None, until: datetime) -> Silence:
        said = {"matchers": [{"name": "alertname", "value": "TillDown"}], "endsAt": until.isoformat()}
        said |= {"createdBy": "ana", "comment": "new till", **({"startsAt": since.isoformat()} if since else {})}
        id = api._keep("direct", json.dumps(said).encode())
        return api.silences.get("direct", id)

    made = kept(wall - timedelta(seconds=3) if says_start else None, wall + 2 * HOUR)
    assert (made.starts_at, made.state(engine.now())) == (wall + off, "active")
    assert abs(made.ends_at - made.starts_at - 2 * HOUR) <= timedelta(seconds=3)
    later = kept(wall + 5 * HOUR, wall + 7 * HOUR)
    assert (later.starts_at, later.ends_at) == (wall + 5 * HOUR, wall + 7 * HOUR)
