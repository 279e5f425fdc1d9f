"""Test pages: once a week by each way, confirmed with one tap; whoever did not is named, and the maintainer told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.waking.house import MINUTE, START, Mill, mill, soon
from tests.waking.test_web_push import subscribe
from tocsin.app.paging.testing_ways import CONFIRM_WITHIN, WayTesting
from tocsin.app.rows.way_tests import WayTest
from tocsin.errors import Conflict, NotAllowed, NotFound
from tocsin.fakes.push import FakeNtfy
from tocsin.fakes.standin import MENU
from tocsin.fakes.twilio import FakeTwilio
from tocsin.fakes.web_push import FakePushService

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = START + 2 * DAY + 7 * HOUR
"""Monday 23 November, 10:00 UTC: START is the Saturday before at 03:00."""
WAYS = """
[[people.ana.ways]]
kind = "ntfy"
address = { env = "NTFY" }
[[people.ana.ways]]
kind = "phone"
"""
RHYTHM = 'admin = "bo"\ntest_pages = "Mon 10:00"'


@contextmanager
def weekly(folder: Path, ntfy: FakeNtfy, server: str = RHYTHM) -> Iterator[tuple[Mill, WayTesting]]:
    """An installation that was running since START and whose hour has come. Bo maintains it."""
    with mill(folder, WAYS, "", {"NTFY": f"{ntfy.url}/a-long-random-word"}, server=server) as house:
        testing = house.installation.application.way_testing
        testing.look()
        house.clock.move_by(AT - START)
        yield house, testing


def pages(house: Mill) -> dict[str, WayTest]:
    """The test pages by person and way, words to the maintainer by "told"."""
    with house.installation.application.store.read() as tx:
        found = tx.way_tests.since(START - 60 * DAY)
    return {f"{one.person} {one.way}" if not one.text else f"told {one.person} {one.way}": one for one in found}


def states(house: Mill) -> dict[str, str]:
    """How far each came."""
    return {name: one.state.value for name, one in pages(house).items()}


def link_of(house: Mill, ntfy: FakeNtfy) -> str:
    """The token of the link in the newest notification."""
    return str(ntfy.notifications[-1]["click"]).rpartition("/t/")[2]


def test_each_person_hears_by_each_way_and_confirms_with_one_tap(tmp_path: Path) -> None:
    """At its hour one page goes by each way, a minute between two of one person; no incident is begun."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        testing.look()
        assert states(house) == {"ana ntfy": "sent", "ana phone": "waiting", "bo phone": "sent"}
        house.clock.move_by(MINUTE)
        testing.look()
        assert states(house) == {"ana ntfy": "sent", "ana phone": "sent", "bo phone": "sent"}
        testing.look()
        assert soon(lambda: ntfy.notifications)
        (shown,) = ntfy.notifications
        assert [one["label"] for one in shown["actions"]] == ["It reached me"]
        assert testing.of_link(link_of(house, ntfy)).confirmed_at is None  # looking changes nothing
        assert ntfy.tap(shown, "It reached me") == "Thank you. This way of yours works."
        assert pages(house)["ana ntfy"].confirmed_at == house.clock.now()
        assert house.facts() == []


def test_a_round_is_sent_once_by_whichever_node_comes_first(tmp_path: Path) -> None:
    """R12: a second node, and a restart in the middle, send nothing again; the next week's round is another one."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        other = WayTesting(testing.store, house.clock, testing.team, testing.links, testing.pagers, "bo")
        testing.look()
        other.look()
        house.clock.move_by(MINUTE)
        other.look()
        testing.look()
        assert soon(lambda: len(ntfy.requests) == 1)
        assert len(pages(house)) == 3
        house.clock.move_by(7 * DAY - 3 * MINUTE)
        WayTesting(testing.store, house.clock, testing.team, testing.links, testing.pagers, "bo").look()
        assert len(ntfy.requests) == 1
        house.clock.move_by(3 * MINUTE)
        other.look()
        assert len(ntfy.requests) == 2


def test_what_a_process_died_over_is_sent_by_the_next_one(tmp_path: Path) -> None:
    """A claim that nobody settled ends after a minute: one more at most, and none is lost."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        testing._order(house.clock.now())
        with testing.store.transact() as tx:
            claimed = tx.way_tests.claim(house.clock.now(), house.clock.now() + MINUTE)
        assert claimed is not None
        assert claimed.way == "ntfy"
        testing.look()
        assert ntfy.requests == []
        house.clock.move_by(MINUTE)
        testing.look()
        assert len(ntfy.requests) == 1


@pytest.mark.parametrize("server", ['test_pages = "off"', ""])
def test_nothing_is_sent_that_nobody_has_asked_for(tmp_path: Path, server: str) -> None:
    """Off, and not decided, mean no test pages."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy, server) as (house, testing):
        testing.look()
        assert pages(house) == {}


def test_no_round_is_made_up_for(tmp_path: Path) -> None:
    """A rhythm that is set in the afternoon begins next week; a process that was down at the hour sends by day only."""
    with FakeNtfy() as ntfy, mill(tmp_path, WAYS, "", {"NTFY": f"{ntfy.url}/t"}, server=RHYTHM) as house:
        testing = house.installation.application.way_testing
        house.clock.move_by(AT - START + HOUR)
        testing.look()
        assert pages(house) == {}
        house.clock.move_by(7 * DAY + 6 * HOUR)
        testing.look()
        assert pages(house) == {}
        house.clock.move_by(7 * DAY - 3 * HOUR)
        testing.look()
        assert len(pages(house)) == 3


def test_whoever_did_not_confirm_is_named_and_the_maintainer_is_told_once(tmp_path: Path) -> None:
    """A day after the round: who, by which way; the word goes by the maintainer's own ways, not as an incident."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        testing.look()
        house.clock.move_by(MINUTE)
        testing.look()
        assert soon(lambda: ntfy.notifications)
        testing.confirm(pages(house)["bo phone"].id)
        house.clock.move_by(CONFIRM_WITHIN - 2 * MINUTE)
        testing.look()
        assert [one.says(house.clock.now()) for one in testing.standing()] == ["", "", ""]
        house.clock.move_by(MINUTE)
        for _ in range(3):
            testing.look()
        told = pages(house)["told bo phone"]
        assert told.text == "2 of 3 test pages were not confirmed: ana by ntfy, ana by phone."
        assert told.state.value == "sent"
        with testing.store.read() as tx:
            messages = tx.phone.messages("bo", 10)
        assert sum("2 of 3" in one.text for one in messages) == 1
        said = {f"{one.person.handle} {one.way.name}": one.says(house.clock.now()) for one in testing.standing()}
        assert said == {"ana ntfy": "not confirmed", "ana phone": "not confirmed", "bo phone": ""}


def test_nobody_is_told_when_everybody_has_confirmed(tmp_path: Path) -> None:
    """Silence means that all is well."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        testing.look()
        for one in pages(house).values():
            testing.confirm(one.id)
        house.clock.move_by(CONFIRM_WITHIN + MINUTE)
        testing.look()
        assert not any(name.startswith("told") for name in pages(house))


def test_a_way_that_fails_says_why_and_is_tried_three_times(tmp_path: Path) -> None:
    """A provider that answers 500 is tried again; then the way has failed, and says why at once."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        ntfy.always(MENU["500"])
        for _ in range(4):
            testing.look()
            house.clock.move_by(10 * timedelta(seconds=1))
        assert len(ntfy.requests) == 3
        assert pages(house)["ana ntfy"].state.value == "failed"
        said = next(one.says(house.clock.now()) for one in testing.standing() if one.way.name == "ntfy")
        assert said == "failed: the other end answered 500"


def test_b2_a_link_confirms_its_own_test_page_and_nothing_else(tmp_path: Path) -> None:
    """B2: an altered or old link is refused; a page's link is none, nor is this one a page's."""
    with FakeNtfy() as ntfy, weekly(tmp_path, ntfy) as (house, testing):
        testing.look()
        assert soon(lambda: ntfy.notifications)
        token, links = link_of(house, ntfy), house.installation.application.links
        for wrong in (token[:-2], links.token("ana", "INC-1"), "", "é"):
            with pytest.raises(NotAllowed):
                testing.of_link(wrong)
        with pytest.raises(NotAllowed):
            links.caller(token)
        house.clock.move_by(9 * DAY)
        with pytest.raises(NotAllowed, match="ended"):
            testing.of_link(token)
        with pytest.raises(NotFound):
            testing.confirm("test/9/ana/ntfy")


def test_i_can_try_my_own_ways_at_any_time(tmp_path: Path) -> None:
    """One test page by each of my ways at once, by the pagers of real pages; not twice within a minute."""
    ways = '[[people.ana.ways]]\nkind = "push"\n[[people.ana.ways]]\nkind = "phone"\n'
    with FakePushService() as service, mill(tmp_path, ways) as house:
        service.now = lambda: house.clock.now().timestamp()
        subscribe(house, service)
        testing, phone = house.installation.application.way_testing, house.installation.application.phone
        assert testing.try_mine(house.caller("ana")) == 2
        with pytest.raises(Conflict):
            testing.try_mine(house.caller("ana"))
        testing.look()
        assert states(house) == {"ana push": "sent", "ana phone": "sent"}
        assert soon(lambda: service.arrived)
        service.show(house.url, service.arrived[0])
        assert pages(house)["ana push"].received_at is not None
        assert service.tap(house.url, service.arrived[0], "It reached me").startswith("Thank you")
        (ringing,) = phone.messages(house.caller("ana"), "ana")
        assert not ringing.stopped
        phone.see(house.caller("ana"), ringing.id)
        assert pages(house)["ana phone"].received_at is not None
        testing.confirm(ringing.id)
        assert phone.messages(house.caller("ana"), "ana")[0].stopped
        with pytest.raises(NotFound):
            testing.try_mine(house.caller("nobody-here"))


def test_a_call_and_an_sms_say_that_it_is_a_test(tmp_path: Path) -> None:
    """A call reads a test page out and 4 confirms it; an SMS has the link and no digits that would do nothing."""
    ways = '[[people.ana.ways]]\nkind = "call"\naddress = "+4915112345678"\n'
    ways += '[[people.ana.ways]]\nkind = "sms"\naddress = "+4915112345678"\n'
    with FakeTwilio() as twilio:
        more = f'\n[twilio]\naccount = "{twilio.account}"\ntoken = {{ env = "T" }}\nnumber = "{twilio.number}"\n'
        more += f'two_way = true\napi = "{twilio.url}"\n'
        with mill(tmp_path, ways, more, {"T": twilio.token}) as house:
            testing = house.installation.application.way_testing
            testing.try_mine(house.caller("ana"))
            testing.look()
            assert soon(lambda: twilio.calls and twilio.messages)
            assert "test page, nothing is broken. Confirm by the link. http" in twilio.messages[0].body
            assert len(twilio.messages[0].body) <= 320
            heard = twilio.pick_up(twilio.calls[0])
            assert "This is a test page from Tocsin for Ana. Nothing is broken. Press 4 to confirm" in heard[-1]
            assert "works" in twilio.press(twilio.calls[0], "4")
            assert pages(house)["ana call"].confirmed_at is not None
