"""Old deliveries go in small pieces, and nothing that is heard later stands on them."""

from __future__ import annotations

import sqlite3
import threading
import tomllib
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.shop import ANA, MINUTE, START, Said, Shop, notification, types
from tests.app.test_beats import ALLOWED, NAME, Watched
from tests.web.house import SETTINGS
from tocsin.adapters.database.checking import check
from tocsin.adapters.database.opening import open_store
from tocsin.app.loops import again_and_again
from tocsin.app.retention import KEEP, PIECE, Retention
from tocsin.app.rows.records import DeliveryState, NewDelivery
from tocsin.errors import BadSettings, Unavailable
from tocsin.incident.commands import Resolve
from tocsin.settings.loading import settings_of

DAY = timedelta(days=1)


def retention(shop: Shop) -> Retention:
    return Retention(shop.store, shop.clock, lambda: shop.team)


def count(shop: Shop, integration: str = NAME) -> int:
    with shop.store.read() as tx:
        return len(tx.deliveries.latest(integration, 10_000))


def beats(shop: Watched, number: int) -> None:
    """So many beats came, one each minute, and were read."""
    with shop.store.transact() as tx:
        now = shop.clock.now()
        tx.deliveries.accept([NewDelivery(NAME, f"old:{n}", now + n * MINUTE, "", b"beat\n") for n in range(number)])
    shop.read()
    shop.clock.move_by(number * MINUTE)


def test_old_beats_are_removed_and_the_last_one_still_counts() -> None:
    """Over several pieces, within what the team keeps; a silence after it is noticed as ever."""
    shop = Watched()
    beats(shop, 2 * PIECE)
    assert retention(shop).look(threading.Event()) == 0
    shop.change_team(keep_deliveries=DAY)
    shop.clock.move_by(40 * DAY)
    assert retention(shop).look(threading.Event()) == 2 * PIECE - KEEP
    assert count(shop) == KEEP
    assert retention(shop).look(threading.Event()) == 0
    assert shop.look(after=ALLOWED) == 1
    assert shop.titles() == [f"No heartbeat from {NAME}"]


def test_a_stop_is_obeyed_between_two_pieces() -> None:
    """What is left goes at the next look."""
    shop = Watched()
    beats(shop, 2 * PIECE)
    shop.clock.move_by(100 * DAY)
    stop = threading.Event()
    stop.set()
    assert retention(shop).look(stop) == 0
    assert count(shop) == 2 * PIECE


def test_an_alert_whose_deliveries_are_gone_stays_what_it_was() -> None:
    """R3: the state of alerts stands by itself; a resend of what was removed opens nothing again."""
    shop = Shop()
    first = notification(Said())
    shop.hear(first, notification(Said(until=START)))
    shop.hear(*(notification(Said(f"Other{n}", until=START)) for n in range(KEEP)), at_once=True)
    shop.clock.move_by(100 * DAY)
    assert retention(shop).look(threading.Event()) == 1, "what its alert said last is evidence while it is open"
    shop.incidents.act(ANA, "INC-1", Resolve())
    assert retention(shop).look(threading.Event()) == 1
    shop.hear(first)
    assert len(shop.rows()) == 1
    assert shop.rows()[0].number == 1


def test_a_swept_database_is_sound_and_holds_no_bodies_of_what_is_gone(tmp_path: Path) -> None:
    """`tocsin db check` finds nothing; the bodies, which are most of the file, go with their deliveries."""
    url = f"sqlite:///{tmp_path}/tocsin.db"
    store = open_store(url)
    old = [NewDelivery("backup", f"{n}", START - 100 * DAY, "", b"beat\n") for n in range(KEEP + 5)]
    with store.transact() as tx:
        ids = tx.deliveries.accept(old)
        tx.deliveries.settle(dict.fromkeys(ids, (DeliveryState.DIGESTED, "")))
    shop = Shop(store=store)
    assert retention(shop).look(threading.Event()) == 5
    store.close()
    assert check(url, START) == []
    with closing(sqlite3.connect(tmp_path / "tocsin.db")) as raw:
        assert raw.execute("SELECT count(*) FROM delivery_bodies").fetchone() == (KEEP,)


def test_a_loop_outlives_whatever_its_look_raises() -> None:
    """A database that is busy, and a defect: it rests and looks again, until told to stop."""
    stop, troubles = threading.Event(), [Unavailable(), ValueError()]
    rests = []

    def look() -> None:
        if not troubles:
            stop.set()
            return
        raise troubles.pop()

    again_and_again(stop, look, lambda: rests.append(1), "looking in a test")
    assert len(rests) == 3


def test_a_beat_after_a_silence_does_not_decide_on_its_old_incident_again() -> None:
    """Each beat says that it is over: the first one ends the alert, all others look at nothing."""
    shop = Watched()
    shop.beat()
    shop.look(after=ALLOWED)
    touched: list[list[str]] = []
    shop.desk.listeners.append(lambda ids: touched.append(list(ids)))
    shop.beat()
    assert touched == [["INC-1"]]
    assert types(shop.facts())[-1] == "AlertsCleared"
    for _ in range(5):
        shop.clock.move_by(MINUTE)
        shop.beat()
    assert touched == [["INC-1"]], "each beat looked at the incident of long ago"


@pytest.mark.parametrize("span", ["1 h", "0 d"])
def test_a_night_at_least_is_kept(span: str) -> None:
    """Less than a day is refused when the settings are read."""
    text = SETTINGS.replace("[server]\n", f'[server]\nkeep_deliveries = "{span}"\n')
    with pytest.raises(BadSettings, match="keep_deliveries"):
        settings_of(tomllib.loads(text), Path("tocsin.toml"), environ={}, flags={})
