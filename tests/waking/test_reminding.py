"""A reminder of a status update, as it arrives: in the channel, and as a message that asks for nothing but that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waking import test_slack_rooms as rooms
from tests.waking.house import MINUTE, SECOND, Mill, mill, soon
from tests.waking.test_bundling import SMS
from tests.waking.test_twilio import ANA, SMS_THEN_CALL, account
from tocsin.fakes.slack import FakeSlack
from tocsin.fakes.twilio import FakeTwilio
from tocsin.incident import commands as c
from tocsin.incident.paging import REMINDER

CADENCE = "\n## Communication\n\n- Post a status update every 30 minutes\n"


@contextmanager
def reached(folder: Path, provider: FakeTwilio) -> Iterator[Mill]:
    """Ana is reached by SMS, then by a call, and the runbook wants an update every half hour."""
    environ = {"TWILIO_TOKEN": provider.token}
    with mill(folder, SMS_THEN_CALL, account(provider, two_way=True), environ, runbook=CADENCE) as house:
        provider.incoming = f"{house.url}/callback/twilio/sms"
        yield house


def test_the_channel_names_who_has_to_tell_and_whose_line_it_is(tmp_path: Path) -> None:
    """Five minutes before the half hour is over it is said there once; the board goes on to show the deadline."""
    with FakeSlack() as slack, rooms.opened(tmp_path, slack, CADENCE) as house:
        house.declare()
        house.acknowledge("ana")
        house.pass_time(24 * MINUTE)
        assert not [one for one in rooms.said(slack) if "due" in one]
        house.pass_time(2 * MINUTE)
        assert rooms.said(slack)[-1:] == ["<@U0ANA> Status update due at 2026-11-21 03:30 UTC: Ana is to give it"]
        assert rooms.board_of(slack).shown().count("update") == 1
        house.pass_time(5 * MINUTE)
        assert len([one for one in rooms.said(slack) if "is to give it" in one]) == 1


def test_the_message_says_what_is_due_and_takes_no_acknowledgement(tmp_path: Path) -> None:
    """One SMS, no call after it, no code to answer with; the person's own link leads to where it is given."""
    with FakeTwilio() as provider, reached(tmp_path, provider) as house:
        house.declare()
        house.work()
        house.acknowledge("ana")
        before = len(provider.messages)
        house.pass_time(29 * MINUTE)
        assert soon(lambda: len(provider.messages) == before + 1)
        text = provider.messages[-1].body
        assert provider.messages[-1].to == ANA
        assert text.startswith("Update due: P0 INC-1 API not responding. Status update due in 5m. http")
        assert not provider.calls


def test_it_keeps_no_page_waiting_and_is_in_no_bundle(tmp_path: Path) -> None:
    """What wakes somebody right after a reminder goes at once, and alone."""
    with FakeTwilio() as provider, reached(tmp_path, provider) as house:
        house.declare()
        house.work()
        house.acknowledge("ana")
        house.pass_time(25 * MINUTE, until=lambda: "Update due" in provider.messages[-1].body)
        before = len(provider.messages)
        house.clock.move_by(SECOND)
        house.declare("P2", "the disk is slow")
        house.work()
        assert soon(lambda: len(provider.messages) == before + 1)
        assert provider.messages[-1].body.startswith("P2 INC-2 the disk is slow.")


def test_whoever_told_the_team_in_time_hears_nothing(tmp_path: Path) -> None:
    """An update at 20 minutes puts the reminder off by 20."""
    with FakeTwilio() as provider, reached(tmp_path, provider) as house:
        house.declare()
        house.work()
        house.acknowledge("ana")
        house.pass_time(20 * MINUTE)
        house.installation.application.incidents.act(house.caller("ana"), "INC-1", c.PostUpdate("still looking"))
        before = len(provider.messages)
        house.pass_time(24 * MINUTE)
        assert len(provider.messages) == before
        house.pass_time(2 * MINUTE)
        assert soon(lambda: len(provider.messages) == before + 1)


def test_the_reminders_of_a_storm_are_a_few_messages(tmp_path: Path) -> None:
    """Forty updates are due within a minute: a handful of messages names them all, in time."""
    with FakeTwilio() as provider:
        environ = {"TWILIO_TOKEN": provider.token}
        with mill(tmp_path, SMS, account(provider, two_way=True), environ, runbook=CADENCE) as house:
            provider.incoming = f"{house.url}/callback/twilio/sms"
            ids = []
            for n in range(40):
                ids.append(house.declare("P0", f"part {n} is down"))
                house.work()
                house.acknowledge("ana", ids[-1])
                house.clock.move_by(SECOND)
            house.pass_time(60 * SECOND)
            before = len(provider.messages)
            house.clock.move_by(22 * MINUTE)
            house.pass_time(4 * MINUTE)
            texts = [one.body for one in provider.messages[before:]]
            assert texts
            assert all(text.startswith("Update due: ") for text in texts)
            assert len(texts) <= 5
            reminders = [page for id in ids for page in house.incident(id).pages.values() if page.level == REMINDER]
            assert len(reminders) == 40
            assert all(page.sent_at for page in reminders), "a reminder still waits for its turn"
