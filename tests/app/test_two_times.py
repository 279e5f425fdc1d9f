"""While the engine's time and the wall clock are apart: what others have dated or signed goes by the wall clock too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app.coast import SERVER, Coast
from tests.app.shop import START
from tests.web.knocking import Knocker
from tests.web.knocking import team as knocked_team
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.execution.envelopes import public_key, sign
from tocsin.app.execution.runners import Runners
from tocsin.app.intake.lapsing import GRACE, Lapsing
from tocsin.app.rows.records import PresentAlert
from tocsin.clock import EngineClock, Line, Machine, MovableClock, earlier
from tocsin.errors import NotSignedIn

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
apart = pytest.mark.parametrize("off", [HOUR, -HOUR])


def engine(off: timedelta, wall: MovableClock | None = None) -> EngineClock:
    """A clock of the engine that is so far ahead of the wall clock, at START where that is not given."""
    wall = wall or MovableClock(START)
    return EngineClock(Line(0.0, wall.now() + off), Machine(wall, lambda: 0.0, "boot"))


@apart
def test_what_others_have_dated_is_over_by_both(off: timedelta) -> None:
    """The earlier of both times is asked."""
    assert earlier(engine(off)) == min(START, START + off)


def test_a_delivery_is_read_by_the_earlier_time(tmp_path: Path) -> None:
    """Prometheus says "fires until 03:14": an engine that is an hour ahead does not take that for resolved."""
    clock: Any = engine(HOUR)
    knocker = Knocker(tmp_path, clock=clock)
    key = knocked_team().integrations["path"].key
    assert knocker.knock(f"/in/{key}/alertmanager").status == 202
    assert [one.received_at for one in knocker.shelf.kept] == [START]


def test_an_alert_that_is_believed_a_while_is_over_by_both() -> None:
    """It is said again every minute, with an end by its own clock: an engine that is ahead does not end it."""
    store, wall = MemoryStore(), MovableClock(START)
    lapsing = Lapsing(store, engine(HOUR, wall), lambda: None, started=START - GRACE)
    with store.transact() as tx:
        tx.present.say({("p", "a"): PresentAlert("p", "a", START + 4 * MINUTE, b"{}")})
    assert lapsing.look() == 0
    wall.move_by(5 * MINUTE)
    assert lapsing.look() == 1


@apart
def test_a_runner_is_known_by_the_wall_clock(off: timedelta) -> None:
    """Its clock is set right; that the engine's is still an hour off is nothing to it."""
    coast = Coast()
    far = coast.enrolled()
    apart = Runners(coast.store, engine(off, coast.clock), public_key(SERVER))
    said = far.signed()
    assert apart.known(said).name == far.name
    at = str(int((coast.clock.now() + off).timestamp()))
    forged = replace(said, at=at)
    with pytest.raises(NotSignedIn, match="clocks of runner and server"):
        apart.known(replace(forged, signature=sign(far.key, forged.text)))
