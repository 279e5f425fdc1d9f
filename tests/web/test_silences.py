"""Silences of people over all sources: made in few taps, seen, prolonged and ended, and what they may never do."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.web.house import SETTINGS, House, house
from tests.web.test_oncall import plain
from tocsin.alerts.silence import Matcher
from tocsin.app.access import Permission, Role
from tocsin.app.intake.lapsing import Lapsing
from tocsin.app.intake.silences import LONGEST
from tocsin.app.rows.records import IncidentQuery, NewDelivery
from tocsin.errors import BadInput, NotAllowed, NotFound

HOUR = timedelta(hours=1)


def hear(
    at: House,
    name: str = "TillDown",
    integration: str = "prometheus",
    *,
    ended: bool = False,
    read: bool = True,
    began: datetime | None = None,
    **labels: str,
) -> None:
    """One alert of a monitor, read."""
    now = at.clock.now()
    alert = {
        "status": "resolved" if ended else "firing",
        "labels": {"alertname": name, **labels},
        "annotations": {"summary": "the till does not answer"},
        "startsAt": (began or now - (HOUR if ended else timedelta(0))).isoformat(),
        "endsAt": now.isoformat() if ended else "0001-01-01T00:00:00Z",
        "fingerprint": hashlib.sha256(f"{name}{sorted(labels.items())}".encode()).hexdigest()[:16],
    }
    body = json.dumps({"version": "4", "groupKey": name, "status": alert["status"], "alerts": [alert]}).encode()
    if integration == "direct":
        body = json.dumps([{k: alert[k] for k in ("labels", "annotations", "startsAt")}]).encode()
    new = NewDelivery(integration, hashlib.sha256(body + now.isoformat().encode()).hexdigest(), now, "", body)
    at.application.intake.submit(new).result(timeout=10)
    if read:
        at.application.hearing.digest()


def open_incidents(at: House) -> list[str]:
    return [one.incident_id for one in at.application.incidents.search(at.caller(), IncidentQuery())]


def silence(at: House, *matchers: Matcher, hours: float = 1, **more: object) -> str:
    until = at.clock.now() + hours * HOUR
    given = {"why": "new till", "until": until, "service": "shop", **more}
    return at.application.silences.make(at.caller(), matchers, **given).id  # type: ignore[arg-type]


def lapse(at: House) -> None:
    Lapsing(at.application.store, at.clock, lambda: None).look()
    at.application.hearing.digest()


def test_a_window_over_a_service_keeps_every_source_of_it_quiet(house: House) -> None:
    """Alertmanager and Prometheus alike; counted and named, and what fires still is an incident when it ends."""
    id = silence(house)
    hear(house)
    hear(house, "OvenDown", "direct")
    hear(house, "Flicker")
    hear(house, "Flicker", ended=True)
    assert open_incidents(house) == []
    shown = house.application.silences.show(house.caller(), id)
    assert {one.title.split(":")[0]: one.held for one in shown.alerts} == {
        "TillDown": True,
        "OvenDown": True,
        "Flicker": False,
    }
    house.clock.move_by(HOUR)
    lapse(house)
    assert len(open_incidents(house)) == 2


def test_each_time_an_alert_is_said_under_a_silence_counts(house: House) -> None:
    """Also when many deliveries are read in one batch: the first and the last instant, and how often."""
    id = silence(house)
    for _ in range(3):
        hear(house, read=False)
        house.clock.move_by(timedelta(minutes=1))
    house.application.hearing.digest()
    hear(house)
    (alert,) = house.application.silences.show(house.caller(), id).alerts
    assert (alert.times, alert.last_at - alert.first_at) == (4, timedelta(minutes=3))


def test_an_alert_whose_label_holds_a_secret_is_kept_quiet_as_it_is_shown(house: House) -> None:
    """What the form is filled with is masked, what comes is not: the silence is over it all the same, and no wider."""
    address = "postgres://till:s3cr3tly@{}/shop"
    hear(house, url=address.format("north"))
    (incident,) = open_incidents(house)
    (condition, *others) = house.application.silences.suggest(house.caller(), incident).matchers[::-1]
    assert (condition.name, "s3cr3tly" in condition.value) == ("url", False)
    id = silence(house, condition, *others)
    house.clock.move_by(timedelta(minutes=1))
    hear(house, url=address.format("north"))
    hear(house, url=address.format("south"))
    (alert,) = house.application.silences.show(house.caller(), id).alerts
    assert (alert.times, alert.held) == (1, True)


def test_a_silence_does_not_stop_the_paging_of_an_open_incident(house: House) -> None:
    """It is about what comes: the incident stays triggered until somebody has it, or the silence says so as well."""
    hear(house)
    (incident,) = open_incidents(house)
    silence(house, Matcher("alertname", "TillDown"))
    view = house.application.incidents.view(house.caller(), incident)
    assert view.incident.acknowledged_by is None
    assert view.coming
    silence(house, Matcher("alertname", "TillDown"), acknowledge=[incident])
    assert house.application.incidents.view(house.caller(), incident).incident.acknowledged_by == "ana"


def test_a_resolution_under_a_silence_ends_the_alert_of_the_open_incident(house: House) -> None:
    """A resolve is always accepted, also for what was heard before the silence."""
    hear(house)
    (incident,) = open_incidents(house)
    silence(house)
    house.clock.move_by(timedelta(minutes=1))
    hear(house, ended=True)
    assert house.application.incidents.view(house.caller(), incident).firing == 0


def test_a_silence_of_two_taps_from_an_incident(house: House) -> None:
    """From the alert's line: the form is filled with its labels; a reason, a tap, and its page shows it."""
    hear(house, shop="north")
    (incident,) = open_incidents(house)
    ana = house.visitor()
    page = ana.get(f"/i/{incident}").text
    link = re.search(r'href="(/silences/new\?incident=[^"]+&amp;alert=[^"]+)"', page)
    assert link, page
    form = ana.get(link[1].replace("&amp;", "&"))
    assert "alertname=&#34;TillDown&#34;\nshop=&#34;north&#34;</textarea>" in form.text
    assert f"I have {incident}" in form.text
    sent = {"matchers": 'alertname="TillDown"\nshop="north"', "service": "shop", "lasts": "2", "why": "new till"}
    made = ana.post("/silences", {**sent, "incident": incident, "acknowledge": "1"})
    assert made.status == 303, made.text
    text = plain(ana.get(made.location).text)
    assert "new till" in text
    assert "From, until (UTC) Sat 21 Nov 2026 03:09 to Sat 21 Nov 2026 05:09" in text
    assert house.application.incidents.view(house.caller(), incident).incident.acknowledged_by == "ana"
    house.clock.move_by(timedelta(minutes=1))
    hear(house, shop="south")
    hear(house, shop="north")
    assert "1 held of 1" in plain(ana.get(made.location).text)


def test_the_list_says_so_when_nothing_is_kept_quiet_and_ends_what_is(house: House) -> None:
    """Empty state, in force with what it holds, to come, and ended: one button ends it, for whoever may respond."""
    ana = house.visitor()
    assert "Nothing is kept quiet" in ana.get("/silences").text
    id = silence(house)
    silence(house, since=house.clock.now() + HOUR, hours=2, why="tomorrow")
    hear(house)
    text = plain(ana.get("/silences").text)
    assert "In force new till holds 1 service shop all alerts of it Ana Ruiz · until 2026-11-21 04:09 UTC" in text
    assert "To come tomorrow" in text
    vic = house.visitor(Role.VIEWER)
    assert "End it" not in vic.get("/silences").text
    assert vic.post(f"/silences/{id}/end").status == 403
    assert ana.post(f"/silences/{id}/end", {"back": "/silences"}).location == "/silences"
    assert "Ended lately new till" in plain(ana.get("/silences").text)
    assert ana.post(f"/silences/{id}/end").status == 409
    lapse(house)
    assert len(open_incidents(house)) == 1


def test_work_that_takes_longer_prolongs_its_silence(house: House) -> None:
    """From its present end on, or until a time; what is held stays held."""
    id, ana = silence(house), house.visitor()
    hear(house)
    ana.get(f"/silences/{id}")
    assert ana.post(f"/silences/{id}/prolong", {"lasts": "1"}).status == 303
    house.clock.move_by(HOUR)
    lapse(house)
    assert open_incidents(house) == []
    assert ana.post(f"/silences/{id}/prolong", {"until": "2026-11-21T04:30"}).status == 303
    house.clock.move_by(timedelta(minutes=21))
    lapse(house)
    assert len(open_incidents(house)) == 1
    assert ana.post(f"/silences/{id}/prolong", {"lasts": "1"}).status == 409


def test_times_of_the_form_are_of_the_teams_zone(tmp_path: Path) -> None:
    """The zone stands beside the fields and beside the times of the silence, with UTC."""
    settings = SETTINGS.replace("[server]\n", '[server]\nzone = "Europe/Berlin"\n')
    with house(tmp_path, settings) as at:
        ana = at.visitor()
        assert "From, in Europe/Berlin" in ana.get("/silences/new").text
        sent = {"service": "shop", "why": "move", "since": "2026-11-21T22:00", "until": "2026-11-22T02:00"}
        made = ana.post("/silences", sent)
        text = plain(ana.get(made.location).text)
    assert "(Europe/Berlin) Sat 21 Nov 2026 22:00 to Sun 22 Nov 2026 02:00 21:00 to 01:00 UTC" in text


def test_what_makes_no_sense_is_said_on_the_form(house: House) -> None:
    """No reason, no end, everything, an unknown name, a span without sense: the form comes back with the words."""
    ana = house.visitor()
    ana.get("/silences/new")
    wrong = {"why": "x", "matchers": "alertname=TillDown"}
    for sent, said in (
        ({"matchers": 'a="b"'}, "Say why"),
        ({"why": "x"}, "say which alerts"),
        ({**wrong, "matchers": "no matcher"}, "is no matcher"),
        ({**wrong, "service": "bakery"}, "There is no service"),
        ({**wrong, "until": "2026-11-20T00:00"}, "ends after it begins"),
        ({**wrong, "lasts": "1000000"}, "A silence lasts 1 hour"),
    ):
        answer = ana.post("/silences", sent)
        assert answer.status in (404, 422), answer.text
        assert said in answer.text.replace("At least one", "at least one"), (sent, plain(answer.text))
    assert house.application.silences.listed(house.caller()) == []
    silences, caller = house.application.silences, house.caller()
    with pytest.raises(BadInput, match="say either until when"):
        silences.make(caller, [], until=None, why="x", service="shop")
    with pytest.raises(BadInput, match="at most 92 days"):
        silences.make(caller, [], until=house.clock.now() + LONGEST + HOUR, why="x", service="shop")
    with pytest.raises(NotFound):
        silences.make(caller, [], until=house.clock.now() + HOUR, why="x", service="shop", acknowledge=["INC-9"])
    with pytest.raises(NotAllowed):
        silence(house) and silences.lift(house.caller(Role.VIEWER), "any")


def test_every_act_on_a_silence_is_audited(house: House) -> None:
    """Who, what, why and until when stand in the trail, in the transaction of the act."""
    id = silence(house)
    silences, caller = house.application.silences, house.caller()
    silences.prolong(caller, id, house.clock.now() + 2 * HOUR)
    silences.lift(caller, id)
    with house.application.store.read() as tx:
        trail = [(one.verb, one.who, one.object) for one in tx.audit.latest(3)]
    assert trail == [(verb, "ana", "service shop") for verb in ("silence end", "silence prolong", "silence")]


def test_a_source_sees_what_concerns_it_and_changes_its_own_only(house: House) -> None:
    """What people made over all sources is shown to `amtool`, and the key of one source cannot end it."""
    id = silence(house)
    silences = house.application.silences
    assert [one.id for one in silences.all("direct")] == [id]
    assert silences.get("prometheus", id).id == id
    with pytest.raises(NotAllowed, match="other sources too"):
        silences.end("direct", id, by="direct")
    with pytest.raises(BadInput, match="at least one matcher"):
        silences.keep("direct", [], house.clock.now(), house.clock.now() + HOUR, by="x", why="y")
    own = silences.keep("direct", [Matcher("a", "b")], house.clock.now(), house.clock.now() + HOUR, by="x", why="y")
    with pytest.raises(NotFound):
        silences.get("prometheus", own.id)
    assert {one.silence.id for one in silences.listed(house.caller())} == {id, own.id}


def test_secrets_in_the_title_of_a_silenced_alert_are_masked(house: House) -> None:
    """R19: what the page of a silence names was masked before it was kept."""
    key = house.application.team().integrations["prometheus"].key
    id = silence(house)
    hear(house, f"Leaks {key}")
    (alert,) = house.application.silences.show(house.caller(), id).alerts
    assert key not in alert.title
    assert Permission.READ in house.caller(Role.VIEWER).permissions
