"""A sign of life to somebody outside, which stops as soon as nobody would be woken (R25)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage.webhook import Answer, Webhook
from tests.waking.house import MINUTE, Mill, mill
from tocsin.app.heartbeat import Heartbeat
from tocsin.app.rows.records import IncidentQuery
from tocsin.clock import monotonic

GATEWAY = '\n[gateway.broken]\ncommand = ["/nowhere/page"]\n'
BROKEN = '[[people.ana.ways]]\nkind = "gateway"\ngateway = "broken"'


@pytest.fixture
def house(tmp_path: Path, webhook_sink: Webhook) -> Iterator[Mill]:
    """Everybody's only way is broken; the watcher listens."""
    with mill(
        tmp_path,
        BROKEN,
        GATEWAY,
        {"BEAT": webhook_sink.url},
        server='heartbeat = { env = "BEAT" }',
        bo='kind = "gateway"\ngateway = "broken"',
    ) as one:
        yield one


def heartbeat(house: Mill, *, working: bool = True) -> Heartbeat:
    """The heartbeat; the engine has just finished a round, or has not for long."""
    application = house.installation.application
    for loop in application.health.engine.values():
        loop.last_cycle = monotonic() if working else monotonic() - 60
    return next(run for name, run in house.installation.loops.runs if name == "heartbeat").__self__  # type: ignore[attr-defined,no-any-return]


def test_r25_it_beats_while_the_engine_finishes_its_rounds(house: Mill, webhook_sink: Webhook) -> None:
    """R25: a full round of every loop, a database that can be written: the watcher hears us."""
    assert heartbeat(house).beat()
    assert [request.method for request in webhook_sink.requests] == ["GET"]


def test_r25_it_stops_when_the_engine_stands_still(house: Mill, webhook_sink: Webhook) -> None:
    """R25: a process that lives and does nothing is silent, so that the watcher calls."""
    beating = heartbeat(house, working=False)
    assert not beating.beat()
    assert beating.trouble.startswith("engine:")
    assert webhook_sink.requests == []


def test_f25_it_stops_when_no_page_can_be_sent(house: Mill, webhook_sink: Webhook) -> None:
    """F25: every provider is down, the ladder has ended: somebody outside has to call; an answer ends the silence."""
    house.declare()
    house.pass_time(15 * MINUTE, until=lambda: house.incident().round.catch_all_rounds)
    beating = heartbeat(house)
    assert not beating.beat()
    assert "no page of it could be sent" in beating.trouble
    house.acknowledge("bo")
    assert heartbeat(house).beat()


def test_f88_a_watcher_that_is_down_pages_nobody(
    house: Mill, webhook_sink: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    """F88: it is logged once, nothing else happens, and beats go on."""
    webhook_sink.plan(Answer(500), Answer(500))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert heartbeat(house).beat()
    told = [record.message for record in caplog.records if "heartbeat" in record.message]
    assert len(told) == 2
    assert "not heard" in told[0]
    assert "heard again" in told[1]
    assert house.installation.application.incidents.search(house.caller("ana"), IncidentQuery()) == []


def test_without_an_address_there_is_no_loop(tmp_path: Path) -> None:
    """Whoever has no watcher runs nothing for it."""
    with mill(tmp_path, BROKEN, GATEWAY) as one:
        assert "heartbeat" not in [name for name, _ in one.installation.loops.runs]
