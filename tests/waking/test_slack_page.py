"""Pages by a direct message of Slack: with buttons, by the person's member ID, and never taken for arrived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waking.house import MINUTE, SECOND, Mill, mill
from tests.waking.test_slack_people import facts, told
from tests.waking.test_slack_rooms import app
from tests.waking.test_slack_settings import CHAT, TOKEN, problems
from tocsin.fakes.slack import Channel, FakeSlack
from tocsin.fakes.standin import MENU
from tocsin.incident.commands import Resolve
from tocsin.incident.facts import (
    Acknowledged,
    LevelPaged,
    PageDelivered,
    PageFailed,
    PageLeftStanding,
    PageSent,
    PageWithdrawn,
    Via,
)

WAYS = 'slack = "U0ANA"\n[[people.ana.ways]]\nkind = "slack"\n[[people.ana.ways]]\nkind = "phone"\n'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """The stand-in."""
    with FakeSlack() as one:
        yield one


@contextmanager
def opened(folder: Path, slack: FakeSlack, settings: str = "", ways: str = WAYS) -> Iterator[Mill]:
    """Ana is paged by Slack, then by her phone; no incident has a channel."""
    environ = {"SLACK_TOKEN": slack.token, "SLACK_SECRET": slack.secret}
    account = (settings or app(slack)).replace('[chat.slack]\nkind = "slack"\n', "")
    with mill(folder, ways, account, environ, members=("", 'slack = "U0BO"')) as one:
        slack.now, slack.deliver_to = one.clock.now, f"{one.url}/callback/slack"
        yield one


def direct(slack: FakeSlack) -> Channel:
    """The conversation of the app with Ana."""
    (found,) = [one for one in slack.channels if one.id == "D0ANA"]
    return found


def test_a_page_says_what_why_and_by_when_and_has_the_buttons(tmp_path: Path, slack: FakeSlack) -> None:
    """A direct message to the member, with the person's own link; its text is no markup."""
    with opened(tmp_path, slack) as house:
        house.declare(title="API <!channel> down")
        house.work()
        (message,) = direct(slack).messages
        assert "P0 INC-1 mill: API" in message.shown()
        assert "Ack in 15m." in message.shown()
        assert "Why you:" in message.shown()
        assert list(message.buttons()) == ["Acknowledge", "Escalate", "Open the page"]
        assert message.buttons()["Open the page"]["url"].startswith(f"{house.url}/p/")
        assert "<!" not in message.text


def test_r8_slacks_yes_is_no_delivery(tmp_path: Path, slack: FakeSlack) -> None:
    """R8: the page counts as sent; without a press the next way follows."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        assert len(facts(house, PageSent)) == 1
        assert facts(house, PageDelivered) == []
        house.pass_time(3 * MINUTE, until=lambda: len(house.paged()) > 1)
        assert house.paged()[:2] == [("ana", "slack"), ("ana", "phone")]


def test_a_press_answers_the_page(tmp_path: Path, slack: FakeSlack) -> None:
    """Acknowledge is the 4 of every other way, by chat; nobody is paged any more."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        slack.press("U0ANA", direct(slack), direct(slack).messages[0], "Acknowledge")
        assert "INC-1 acknowledged" in told(slack)
        with house.installation.application.store.read() as tx:
            recorded = [x for x in tx.incidents.facts(["INC-1"])["INC-1"] if isinstance(x.fact, Acknowledged)]
        assert [(x.by.name, x.by.via) for x in recorded] == [("ana", Via.CHAT)]
        house.pass_time(20 * SECOND)
        assert house.paged() == [("ana", "slack")]


def test_a_page_says_who_has_it_once_somebody_does(tmp_path: Path, slack: FakeSlack) -> None:
    """The message is edited in place: who took it and when, no button that acts; once, and the timeline says it."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        house.clock.move_by(12 * MINUTE)
        house.acknowledge("bo")
        house.work()
        (message,) = direct(slack).messages
        assert "Taken by Bo 03:12." in message.shown()
        assert "P0 INC-1 mill" in message.shown()
        assert list(message.buttons()) == ["Open the page"]
        house.installation.application.incidents.act(house.caller("bo"), "INC-1", Resolve(summary="done"))
        house.pass_time(5 * SECOND)
        assert message.edits == 1
        assert [fact.page for fact in facts(house, PageWithdrawn)] == [facts(house, PageSent)[0].page]


def test_whoever_took_it_reads_that_they_have_it(tmp_path: Path, slack: FakeSlack) -> None:
    """The buttons go away on their own message too: nobody acknowledges twice."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        (message,) = direct(slack).messages
        slack.press("U0ANA", direct(slack), message, "Acknowledge")
        assert "INC-1 acknowledged" in told(slack)
        house.work()
        assert "You have it since 03:00." in message.shown()
        assert list(message.buttons()) == ["Open the page"]


def test_a_page_that_cannot_be_taken_back_has_not_failed(tmp_path: Path, slack: FakeSlack) -> None:
    """The message was deleted: that is said, once, and is no failure of the page; nobody is paged for it."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        direct(slack).messages.clear()
        house.acknowledge("bo")
        house.pass_time(5 * SECOND)
        (left,) = facts(house, PageLeftStanding)
        assert left.reason == "the message is not there any more"
        assert facts(house, PageFailed) == []
        assert house.paged() == [("ana", "slack")]


def test_slack_that_does_not_answer_is_asked_again_for_a_while(tmp_path: Path, slack: FakeSlack) -> None:
    """F20: while it fails the order stays; after some minutes it is left, and the timeline says why."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        house.acknowledge("bo")
        slack.always(MENU["500"])
        house.work()
        assert facts(house, PageLeftStanding) == []
        house.pass_time(6 * MINUTE, until=lambda: facts(house, PageLeftStanding))
        assert "500" in facts(house, PageLeftStanding)[0].reason
        asked = len(slack.requests)
        house.pass_time(2 * MINUTE)
        assert len(slack.requests) == asked


def test_escalate_is_the_nine_and_comes_twice_for_nothing(tmp_path: Path, slack: FakeSlack) -> None:
    """The next level is paged once, however often Slack tells of the press."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        slack.doubles = True
        slack.press("U0ANA", direct(slack), direct(slack).messages[0], "Escalate")
        assert "escalated to Team Lead" in told(slack)
        assert len(facts(house, LevelPaged)) == 2


def test_a_page_is_answered_by_whom_it_was_for(tmp_path: Path, slack: FakeSlack) -> None:
    """B2: another member's press, with the very same value, does nothing; nor does that of nobody we know."""
    with opened(tmp_path, slack) as house:
        house.declare()
        house.work()
        message = direct(slack).messages[0]
        slack.press("U0BO", direct(slack), message, "Acknowledge")
        assert "This page is Ana's" in told(slack, "U0BO")
        slack.press("U0STRANGER", direct(slack), message, "Acknowledge")
        assert "does not know who you are" in told(slack, "U0STRANGER")
        assert facts(house, Acknowledged) == []


def test_f20_while_slack_fails_the_next_way_follows(tmp_path: Path, slack: FakeSlack) -> None:
    """F20: five minutes of 500: the phone rings within twenty seconds."""
    with opened(tmp_path, slack) as house:
        slack.always(MENU["500"])
        house.declare()
        house.pass_time(20 * SECOND, until=lambda: len(house.paged()) > 1)
        assert house.paged() == [("ana", "slack"), ("ana", "phone")]


def test_f21_a_long_retry_after_is_not_waited_for(tmp_path: Path, slack: FakeSlack) -> None:
    """F21: 429 with an hour of patience: the next way at once."""
    with opened(tmp_path, slack) as house:
        slack.always(MENU["429"])
        house.declare()
        house.pass_time(2 * SECOND)
        assert house.paged() == [("ana", "slack"), ("ana", "phone")]


def test_a_member_that_is_not_there_fails_at_once_and_says_what_to_correct(tmp_path: Path, slack: FakeSlack) -> None:
    """The next way follows, and the timeline says why."""
    with opened(tmp_path, slack, ways=WAYS.replace("U0ANA", "U0GONE")) as house:
        house.declare()
        house.pass_time(2 * SECOND)
        assert house.paged() == [("ana", "slack"), ("ana", "phone")]
        assert "correct the person's member ID" in facts(house, PageFailed)[0].reason


def test_the_way_needs_an_app_and_a_member() -> None:
    """The way needs an app and a member, and says which is missing."""

    way = '[[people.ana.ways]]\nkind = "slack"\n'
    assert "fill in [slack]" in problems(
        f'[people.ana]\nslack = "U012AB3CD"\n{way}[chat.slack]\nurl = {{ env = "ROOM" }}\n'
    )
    assert "member ID" in problems(f"{TOKEN}{CHAT}[people.ana]\n{way}")
