"""After a restore the past wakes nobody by itself, and everything new does (R24)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.app.coast import CHANGE, Coast
from tests.app.shop import ANA, MINUTE, START, Said, Shop, notification, types
from tocsin.adapters.database.upkeep import hold_incidents, hold_outgoing
from tocsin.app.execution.carrier import RESTORED
from tocsin.app.execution.starting import Given
from tocsin.app.holding import Held, held, release
from tocsin.app.store import HOLDING_SINCE
from tocsin.incident.commands import Acknowledge, AddNote
from tocsin.incident.effects import EffectKind
from tocsin.incident.step_facts import StepOutcomeUnknown
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.summary import HELD_BACK

DAY = timedelta(days=1)


def restored(severity: str = "P0") -> Shop:
    """A shop whose database was copied just after an incident was declared, and put back a day later."""
    shop = Shop()
    shop.declare(severity)
    shop.work()
    put_back(shop)
    return shop


def put_back(shop: Shop) -> None:
    """What there is was a backup, and is restored a day later."""
    shop.clock.move_to(START + DAY)
    with shop.store.transact() as tx:
        tx.keep.put(HOLDING_SINCE, START.isoformat())
        hold_outgoing(tx, shop.clock.now())
        hold_incidents(tx)


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


def test_what_waited_to_be_said_is_not_said_a_second_time() -> None:
    """R21, R24: whoever ran on after the backup has told the room and the mailboxes; what is done today is told."""
    shop = Shop()
    shop.declare()
    put_back(shop)
    shop.work()
    assert (shop.chat.calls, shop.mailer.calls, shop.webhook.calls) == ([], [], [])
    shop.incidents.act(ANA, "INC-1", Acknowledge("ana"))
    shop.work()
    told = " ".join(str(one.payload) for one in shop.chat.calls)
    assert (told.count("Ana acknowledged"), told.count("Declared")) == (1, 0)


@pytest.mark.parametrize("queued", [True, False])
def test_a_step_that_waited_or_ran_is_unknown_once_its_incident_goes_on(queued: bool) -> None:
    """R15, R24: it may have run after the backup was made; it is neither run again nor shown as running for ever."""
    shop = Shop()
    step = shop.enable(CHANGE)
    shop.declare()
    shop.work()
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    if not queued:
        with shop.store.transact() as tx:
            tx.outbox.claim([EffectKind.STEP], shop.clock.now(), MINUTE, "another", 1)
    put_back(shop)
    carrier = shop.courier.carriers[EffectKind.STEP]
    carrier.sweep()
    assert shop.rows()[0].next_due == HELD_BACK
    with shop.store.transact() as tx:
        release(tx, shop.desk.load, shop.clock.now())
    carrier.sweep()
    shop.work()
    assert shop.runner.runs == []
    assert shop.incident().steps[step].phase is StepPhase.UNKNOWN
    assert [one.reason for one in shop.facts() if isinstance(one, StepOutcomeUnknown)] == [RESTORED]


def test_a_step_that_was_offered_to_a_runner_is_unknown_too() -> None:
    """R15, R24: nobody says of it that nothing was run, and no runner gets it any more."""
    coast = Coast()
    far = coast.enrolled()
    step = coast.order()
    put_back(coast)
    assert far.take() is None
    coast.later(MINUTE)
    assert coast.ends() == []
    with coast.store.transact() as tx:
        release(tx, coast.desk.load, coast.clock.now())
    coast.courier.carriers[EffectKind.STEP].sweep()
    assert coast.state(step).phase is StepPhase.UNKNOWN
