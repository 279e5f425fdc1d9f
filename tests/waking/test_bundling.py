"""A storm for one person: one message for many incidents, and one key for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waking.house import SECOND, Mill, soon
from tests.waking.test_twilio import ANA, CALL, opened
from tocsin.fakes.standin import MENU
from tocsin.fakes.twilio import FakeTwilio
from tocsin.incident.facts import PageSent

SMS = f'[[people.ana.ways]]\nkind = "sms"\naddress = "{ANA}"\n'


@pytest.fixture
def provider() -> Iterator[FakeTwilio]:
    """The stand-in."""
    with FakeTwilio() as one:
        yield one


@pytest.fixture
def house(tmp_path: Path, provider: FakeTwilio) -> Iterator[Mill]:
    """Ana is reached by SMS."""
    with opened(tmp_path, provider, SMS) as one:
        yield one


def storm(house: Mill, number: int, severity: str = "P2") -> list[str]:
    """So many incidents at once."""
    return [house.declare(severity, f"part {n} is down") for n in range(number)]


@pytest.mark.parametrize("number", [6, 500])
def test_f35_a_storm_becomes_one_message_and_four_is_for_all(house: Mill, provider: FakeTwilio, number: int) -> None:
    """F35: the first page goes at once, the others together half a minute later, and "4" acknowledges them all."""
    house.declare("P2", "the first")
    house.work()
    assert soon(lambda: len(provider.messages) == 1)
    ids = storm(house, number)
    house.pass_time(35 * SECOND)
    assert soon(lambda: len(provider.messages) == 2)
    text = provider.messages[1].body
    assert text.startswith(f"{number} incidents: P2 INC-")
    assert f"4 acks all {number}." in text
    code = next(
        house.installation.application.links.code(page.page)
        for id in ids
        for page in house.incident(id).pages.values()
        if not page.receipt.startswith("in one")
    )
    assert code in text
    assert "open the link" in provider.reply(ANA, f"6 {code}")[0]
    assert provider.reply(ANA, f"4 {code}") == [f"{number} incidents acknowledged."]
    assert [house.incident(id).acknowledged_by for id in ids] == ["ana"] * number
    assert house.incident("INC-1").acknowledged_by is None


def test_r9_nothing_is_discarded(house: Mill, provider: FakeTwilio) -> None:
    """R9: each page of the storm is on its incident's timeline as sent, and delivered with the message it went in."""
    ids = storm(house, 5)
    house.pass_time(40 * SECOND)
    assert soon(lambda: all(page.delivered_at for id in ids for page in house.incident(id).pages.values()))
    for id in ids:
        assert any(isinstance(fact, PageSent) for fact in house.facts(id))


def test_r9_the_top_severity_waits_for_no_lesser_one(house: Mill, provider: FakeTwilio) -> None:
    """R9: a P0 right after a P2 goes out at once."""
    house.declare("P2", "small")
    house.work()
    house.clock.move_by(SECOND)
    house.declare("P0", "everything")
    house.work()
    assert soon(lambda: len(provider.messages) == 2)
    assert provider.messages[1].body.startswith("P0 INC-2 everything.")


def test_a_message_that_could_not_be_sent_does_not_hold_the_next_one_back(house: Mill, provider: FakeTwilio) -> None:
    """A failed attempt takes nobody's turn: the next try comes after its own patience, not after the spacing."""
    provider.plan(MENU["500"])
    house.declare("P2")
    house.pass_time(5 * SECOND)
    assert soon(lambda: len(provider.messages) == 1)


def test_what_was_acknowledged_meanwhile_is_not_in_the_message(house: Mill, provider: FakeTwilio) -> None:
    """R6: a page that waited to go out with others does not go when somebody has its incident."""
    house.declare("P2", "the first")
    house.work()
    ids = storm(house, 3)
    house.work()
    house.acknowledge("bo", ids[0])
    house.pass_time(35 * SECOND)
    assert soon(lambda: len(provider.messages) == 2)
    assert provider.messages[1].body.startswith("2 incidents:")


def test_a_call_about_many_says_how_many_and_takes_one_key(tmp_path: Path, provider: FakeTwilio) -> None:
    """ "5 incidents, press 4 for all", by voice, as it is when somebody answers."""
    with opened(tmp_path, provider, CALL) as house:
        ids = storm(house, 5)
        house.pass_time(50 * SECOND)
        assert soon(lambda: len(provider.calls) >= 1)
        house.pass_time(2 * SECOND)
        call = provider.calls[-1]
        said = provider.pick_up(call)[0]
        number = int(said.split()[0])
        assert number > 1
        assert f"Press 4 to acknowledge all {number}." in said
        assert provider.press(call, "4") == f"{number} incidents acknowledged."
        assert sum(house.incident(id).acknowledged_by == "ana" for id in ids) == number
