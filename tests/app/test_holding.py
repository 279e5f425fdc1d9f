"""After a restore the past wakes nobody by itself, and everything new does (R24)."""

from __future__ import annotations

from datetime import timedelta

from tests.app.shop import ANA, MINUTE, START, Said, Shop, notification, types
from tocsin.adapters.database.upkeep import hold_incidents
from tocsin.app.holding import Held, held, release
from tocsin.app.store import HOLDING_SINCE
from tocsin.incident.commands import AddNote

DAY = timedelta(days=1)


def restored(severity: str = "P0") -> Shop:
    """A shop whose database was copied just after an incident was declared, and put back a day later."""
    shop = Shop()
    shop.declare(severity)
    shop.work()
    shop.clock.move_to(START + DAY)
    with shop.store.transact() as tx:
        tx.keep.put(HOLDING_SINCE, START.isoformat())
        hold_incidents(tx)
    return shop


def test_an_incident_of_the_backup_wakes_nobody_however_long_it_is_held() -> None:
    """R24: overdue by a day, it is neither advanced nor taken for one that somebody forgot (R4)."""
    shop = restored()
    before, pages = types(shop.facts()), len(shop.webhook.calls)
    shop.pass_time(MINUTE)
    assert types(shop.facts()) == before
    assert len(shop.webhook.calls) == pages
    with shop.store.read() as tx:
        assert tx.incidents.unattended(shop.clock.now(), MINUTE) == []
        assert held(tx) == Held(START, ("INC-1",))
        assert "INC-1" in str(held(tx))


def test_a_person_lets_the_held_incidents_go_on() -> None:
    """R24: released, an overdue incident pages once and nothing is held any more; releasing again does nothing."""
    shop = restored()
    paged = types(shop.facts()).count("LevelPaged")
    with shop.store.transact() as tx:
        assert release(tx, shop.desk.load, shop.clock.now()) == ("INC-1",)
    shop.work()
    assert types(shop.facts()).count("LevelPaged") == paged + 1
    with shop.store.transact() as tx:
        assert held(tx) is None
        assert release(tx, shop.desk.load, shop.clock.now()) == ()
        assert [entry.verb for entry in tx.audit.latest(9, None)].count("db release") == 1


def test_a_deadline_that_is_still_ahead_is_kept_when_it_is_released() -> None:
    """The deadlines follow from the facts: a copy that is put back at once pages when it would have paged."""
    shop = Shop()
    shop.declare()
    shop.work()
    ahead = shop.rows()[0]
    with shop.store.transact() as tx:
        tx.keep.put(HOLDING_SINCE, START.isoformat())
        hold_incidents(tx)
        release(tx, shop.desk.load, shop.clock.now())
    assert shop.rows()[0] == ahead


def test_new_incidents_page_while_the_past_is_held() -> None:
    """R24: holding never keeps a new alert from waking somebody."""
    shop = restored()
    pages = len(shop.webhook.calls)
    shop.hear(notification(Said("DatabaseDown")))
    shop.work()
    assert [row.incident_id for row in shop.rows()] == ["INC-1", "INC-2"]
    assert len(shop.webhook.calls) == pages + 1


def test_whatever_is_done_about_a_held_incident_lets_it_go_on() -> None:
    """Somebody works on it: it is of the present, and its clock runs."""
    shop = restored()
    shop.incidents.act(ANA, "INC-1", AddNote("still down"))
    assert shop.rows()[0].next_due_at is not None
    with shop.store.read() as tx:
        assert held(tx) == Held(START, ())
