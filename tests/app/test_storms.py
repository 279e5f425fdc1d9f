"""F6: ten thousand distinct alerts become a few incidents and a few pages, and none is lost or swallowed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from tests.app.shop import ANA, MINUTE, START, Shop, types
from tocsin.alerts.storm import AT_ONCE, CALM, LONGEST, TOP
from tocsin.app.rows.records import NewDelivery
from tocsin.incident.commands import Acknowledge, Resolve
from tocsin.incident.facts import AlertJoined, AlertsTallied, Declared, Paged, SeverityAssessed
from tocsin.incident.summary import IncidentState

TOP_AT_ONCE = TOP * AT_ONCE

P0, P2 = "critical", "Medium"


def alerts(*names: str, severity: str = P2, ended: bool = False, minute: int = 0) -> bytes:
    """One notification of alerts that share nothing but their service."""
    at = START + minute * MINUTE
    return json.dumps(
        {
            "version": "4",
            "status": "firing",
            "alerts": [
                {
                    "status": "resolved" if ended else "firing",
                    "labels": {"alertname": name, "severity": severity},
                    "annotations": {"summary": f"{name} has trouble"},
                    "startsAt": at.isoformat(),
                    "endsAt": at.isoformat() if ended else "0001-01-01T00:00:00Z",
                    "fingerprint": f"fp-{name}",
                }
                for name in names
            ],
        }
    ).encode()


def many(count: int, begin: int = 0) -> list[str]:
    return [f"Trouble{n}" for n in range(begin, begin + count)]


def stormed(shop: Shop, count: int = 20) -> str:
    """A storm has broken loose; the incident of it."""
    shop.hear(*(alerts(name) for name in many(count)), at_once=True)
    (storm,) = [row for row in shop.rows() if row.group_key == "shop/storm"]
    return storm.incident_id


def test_ten_thousand_distinct_alerts_are_a_few_incidents_and_pages() -> None:
    """F6, R9: none lost, the first few on their own, the rest in one; the reason is on the timeline."""
    shop = Shop()
    names = many(10_000)
    bodies = [alerts(*names[n : n + 50]) for n in range(0, 10_000, 50)]
    bodies.insert(150, alerts("DatabaseGone", severity=P0))
    for body in bodies:
        with shop.store.transact() as tx:
            tx.deliveries.accept([NewDelivery("prometheus", str(len(body)) + body[-400:].decode(), START, "", body)])
    while shop.hearing.digest():
        pass
    rows = shop.rows()
    assert len(rows) <= AT_ONCE + 1 + 1
    with shop.store.read() as tx:
        counts = tx.alerts.counts([row.incident_id for row in rows])
    assert sum(one.distinct for one in counts.values()) == 10_001
    assert [row.severity for row in rows if "DatabaseGone" in row.title] == ["P0"]
    storm = next(row for row in rows if row.group_key == "shop/storm")
    facts = shop.facts(storm.incident_id)
    assert len(facts) < 40
    declared = next(one for one in facts if isinstance(one, Declared))
    assert declared.title.startswith("Storm of alerts: Trouble")
    assert "part of a storm, too many new troubles" in declared.group_reason
    assert all("part of a storm" in one.reason for one in facts if isinstance(one, AlertJoined))
    assert max(one.distinct for one in facts if isinstance(one, AlertsTallied)) == 1000
    pages = [one for row in rows for one in shop.facts(row.incident_id) if isinstance(one, Paged)]
    assert 0 < len(pages) <= len(rows)


def test_the_severest_of_a_batch_get_the_incidents_of_their_own() -> None:
    """F6: whoever came first in the batch; the top severity never waits for lesser trouble."""
    shop = Shop()
    shop.hear(alerts(*many(30)), *(alerts(f"Gone{n}", severity=P0) for n in range(3)), at_once=True)
    titles = [row.title for row in shop.rows()]
    assert [title.split(":")[0] for title in titles[:3]] == ["Gone0", "Gone1", "Gone2"]
    assert len(titles) == AT_ONCE + 1


def test_top_severity_pages_on_its_own_in_a_storm_and_beyond_its_room_raises_it() -> None:
    """Nothing of it is swallowed, also when somebody has the storm: ten page in five minutes, the rest are told."""
    shop = Shop()
    storm = stormed(shop)
    shop.incidents.act(ANA, storm, Acknowledge("ana"))
    shop.hear(*(alerts(f"Gone{n}", severity=P0, minute=1) for n in range(TOP_AT_ONCE + 1)))
    own = [row for row in shop.rows() if row.severity == "P0" and row.group_key != "shop/storm"]
    assert len(own) == TOP_AT_ONCE
    assert all("Paged" in types(shop.facts(row.incident_id)) for row in own)
    assert shop.incident(storm).severity == "P0"
    assert any(isinstance(one, SeverityAssessed) and one.raised for one in shop.facts(storm))
    shop.clock.move_by(CALM)
    shop.hear(alerts("GoneAgain", severity=P0, minute=6))
    assert shop.rows()[-1].title.startswith("GoneAgain")


def test_a_storm_goes_on_over_batches_restarts_and_nodes() -> None:
    """What it is stands in the store: another node lets the next trouble join the same incident."""
    shop = Shop()
    storm = stormed(shop)
    shop.clock.move_by(3 * MINUTE)
    other = Shop(store=shop.store)
    other.clock.move_by(3 * MINUTE)
    other.hear(alerts("Later", minute=3))
    with shop.store.read() as tx:
        later = [one for one in tx.alerts.of_incident(storm, 100) if one.title.startswith("Later")]
    assert len(later) == 1
    assert len(shop.rows()) == AT_ONCE + 1


def test_after_a_calm_the_next_trouble_is_told_on_its_own() -> None:
    """Also while the incident of the storm is open: nobody would be paged for what joins one that somebody has."""
    shop = Shop()
    stormed(shop)
    shop.clock.move_by(CALM)
    shop.hear(alerts("Later", minute=5))
    assert shop.rows()[-1].title.startswith("Later")


def test_a_storm_that_lasts_is_told_anew() -> None:
    """After half an hour somebody may have it and be asleep: the next troubles are incidents, then a new storm."""
    shop = Shop()
    first = stormed(shop)
    minutes = 0
    while timedelta(minutes=minutes) < LONGEST:
        minutes += 4
        shop.clock.move_by(4 * MINUTE)
        shop.hear(*(alerts(f"Wave{minutes}-{n}", minute=minutes) for n in range(AT_ONCE + 1)), at_once=True)
    storms = [row.incident_id for row in shop.rows() if row.group_key == "shop/storm"]
    assert storms[0] == first
    assert len(storms) == 2
    assert len(shop.rows()) == 2 * (AT_ONCE + 1)


def test_a_storm_that_a_person_has_resolved_begins_again() -> None:
    """Nothing joins what is over: the next trouble pages."""
    shop = Shop()
    storm = stormed(shop)
    shop.incidents.act(ANA, storm, Resolve())
    shop.hear(alerts("Later", "Later2", minute=1))
    assert len(shop.rows()) == AT_ONCE + 2
    assert shop.rows()[-1].group_key == "shop/storm"
    assert shop.rows()[-1].state is IncidentState.TRIGGERED


def test_an_alert_of_a_storm_that_comes_back_belongs_to_it() -> None:
    """Also after the storm: it is the same trouble, and was told."""
    shop = Shop()
    storm = stormed(shop)
    name = next(one.title.split(":")[0] for one in _alerts_of(shop, storm))
    shop.clock.move_by(2 * CALM)
    shop.hear(alerts(name, ended=True, minute=8), alerts(name, minute=9))
    assert len(shop.rows()) == AT_ONCE + 1
    (again,) = [one for one in _alerts_of(shop, storm) if one.title.startswith(f"{name}:")]
    assert again.firing


def test_the_team_says_how_many_are_a_storm() -> None:
    """Another number, or 0 for whoever wants an incident of each."""
    for after, incidents in ((2, 3), (0, 20)):
        shop = Shop()
        shop.change_team(services={"shop": replace(shop.team.services["shop"], storm_after=after)})
        shop.hear(*(alerts(name) for name in many(20)), at_once=True)
        assert len(shop.rows()) == incidents
    assert "More than" not in shop.facts("INC-1")[0].summary  # type: ignore[attr-defined]


def test_a_storm_of_one_service_is_nothing_to_another_group_that_is_open() -> None:
    """A trouble that has an incident already goes on there, in the middle of a storm."""
    shop = Shop()
    shop.hear(alerts("Till"))
    stormed(shop)
    other = alerts("Till", minute=1).replace(b"fp-Till", b"fp-Till-2")
    shop.hear(other)
    assert {one.fingerprint for one in _alerts_of(shop, "INC-1")} == {"prometheus:fp-Till", "prometheus:fp-Till-2"}


def _alerts_of(shop: Shop, incident_id: str):  # type: ignore[no-untyped-def]
    with shop.store.read() as tx:
        return tx.alerts.of_incident(incident_id, 100)
