"""What every chat has to do for us: one contract, run against the stand-in of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.waking.chats import LOOPBACK, OfMattermost, OfSlack, Side, opened, side_of
from tests.waking.house import MINUTE, SECOND, Mill, mill, soon
from tests.waking.test_slack_rooms import PATTERN, PHONE
from tocsin.adapters.egress.egress import Egress
from tocsin.app.chat.ports import Button, Card, Channel, ChatRooms, Gone, Line, Opening, Shut
from tocsin.app.ports import Delivered, TryAgain
from tocsin.fakes.mattermost import FakeMattermost
from tocsin.fakes.slack import FakeSlack
from tocsin.fakes.standin import MENU, Fault
from tocsin.incident import commands as c
from tocsin.incident.facts import (
    Acknowledged,
    LevelPaged,
    NoteAdded,
    PageWithdrawn,
    Resolved,
    RoleTaken,
    StatusUpdated,
    Via,
)

CARD = Card("Something happened")
WANTED = Opening(("inc-1", "inc-1-b"), "The response to INC-1, by Tocsin")


@pytest.fixture(params=["slack", "mattermost"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """Each chat in turn."""
    with side_of(request.param) as one:
        yield one


@pytest.fixture
def egress() -> Iterator[Egress]:
    """The client for outbound HTTP."""
    one = Egress(LOOPBACK)
    yield one
    one.close()


@pytest.fixture
def rooms(side: Side, egress: Egress) -> ChatRooms:
    """Our end of the chat."""
    return side.rooms(egress)


@pytest.fixture
def house(tmp_path: Path, side: Side) -> Iterator[Mill]:
    """Ana is on call, Bo is the team lead, and INC-1 has its channel."""
    with opened(tmp_path, side) as one:
        one.declare()
        one.work()
        yield one


def made(rooms: ChatRooms, wanted: Opening = WANTED, *, doubtful: bool = False) -> Channel:
    """A channel that was made or found."""
    found = rooms.open(wanted, doubtful=doubtful)
    assert isinstance(found, Channel), found
    return found


def posted(rooms: ChatRooms, channel: Channel, key: str, card: Card = CARD, *, thread: str = "") -> str:
    """A message that was posted; its id."""
    done = rooms.post(channel.id, key, card, thread=thread)
    assert isinstance(done, Delivered), done
    return done.receipt


# --- channels and messages --------------------------------------------------------------------------------------------


def test_a_channel_that_was_made_in_vain_is_found_and_anothers_is_left_alone(side: Side, rooms: ChatRooms) -> None:
    """F22: after a doubt the own one is found by its mark; a name that is another's gets the next one."""
    first = made(rooms)
    assert made(rooms, doubtful=True) == first
    other = made(rooms, Opening(WANTED.names, "The response to INC-2, by Tocsin"), doubtful=True)
    assert (first.name, other.name) == ("inc-1", "inc-1-b")


def test_f22_a_message_is_posted_once_however_often_its_answer_is_lost(side: Side, rooms: ChatRooms) -> None:
    """F22: by its key it is found in the channel and in a thread, and pinned once."""
    channel = made(rooms)
    parent = posted(rooms, channel, "parent")
    for key, thread in (("news", ""), ("output", parent)):
        side.far.plan(MENU["drops"])
        lost = rooms.post(channel.id, key, CARD, thread=thread)
        assert isinstance(lost, TryAgain)
        assert lost.ambiguous
        again = rooms.post(channel.id, key, CARD, thread=thread, doubtful=True)
        assert isinstance(again, Delivered)
    assert isinstance(rooms.post(channel.id, "board", CARD, pinned=True), Delivered)
    assert isinstance(rooms.post(channel.id, "board", CARD, pinned=True, doubtful=True), Delivered)
    room = side.room("inc-1")
    assert len(room.messages) == 4
    assert len(side.thread(room, room.messages[0])) == 1
    assert side.board(room)


def test_a_person_is_called_by_the_chats_own_mention_and_nobody_by_text(side: Side, rooms: ChatRooms) -> None:
    """Who is called by id hears it from the chat; what only looks like a call, or is no id, calls nobody (F80)."""
    channel = made(rooms)
    mention = f"@{side.far.people[side.ana]}" if isinstance(side.far, FakeMattermost) else f"<@{side.ana}>"
    posted(rooms, channel, "reminder", Card("Due at 03:30", calls=(side.ana, "!channel", "../x", side.stranger[:0])))
    posted(rooms, channel, "text", Card(f"{mention} said so"))
    first, second = side.said(side.room("inc-1"))
    assert first == f"{mention} Due at 03:30"
    assert mention not in second


def test_a_message_is_edited_in_place_with_its_buttons(side: Side, rooms: ChatRooms) -> None:
    """The text, the lines, the literal and the buttons are those of the new card."""
    channel = made(rooms)
    message = posted(rooms, channel, "board", Card("P1", buttons=(Button("ack", "Acknowledge", "INC-1"),)))
    card = Card("P0", (Line("State", "worse"),), "exit 1", (Button("next", "Next step", "INC-1"),))
    assert isinstance(rooms.edit(channel.id, message, card), Delivered)
    (shown,) = side.room("inc-1").messages
    assert all(word in shown.shown() for word in ("P0", "State", "worse", "exit 1"))
    assert list(shown.buttons()) == ["Next step"]


def test_what_is_gone_is_told_apart(side: Side, rooms: ChatRooms) -> None:
    """A message that was deleted is posted anew; a channel that was deleted is made anew; neither is the other."""
    channel = made(rooms)
    message = posted(rooms, channel, "news")
    room = side.room("inc-1")
    side.delete(room, room.messages[0])
    assert rooms.edit(channel.id, message, CARD) == Gone(_reason(rooms.edit(channel.id, message, CARD)), channel=False)
    assert isinstance(rooms.post(channel.id, "more", CARD), Delivered)
    side.vanish(room)
    for done in (rooms.post(channel.id, "lost", CARD), rooms.furnish(channel.id, "topic", [])):
        assert isinstance(done, Gone)
        assert done.channel


def _reason(done: object) -> str:
    assert isinstance(done, Gone), done
    return done.reason


def test_an_archived_channel_is_shut_and_nothing_else(side: Side, rooms: ChatRooms) -> None:
    """No outage of the chat, and no reason for another channel."""
    channel = made(rooms)
    message = posted(rooms, channel, "news")
    side.archive(side.room("inc-1"))
    assert isinstance(rooms.post(channel.id, "more", CARD), Shut)
    assert isinstance(rooms.edit(channel.id, message, CARD), Shut)
    assert isinstance(rooms.furnish(channel.id, "topic", []), Shut)
    assert isinstance(rooms.open(Opening(("inc-2",), "another"), doubtful=False), Channel)


def test_whoever_took_the_bot_out_of_a_channel_finds_it_back(side: Side, rooms: ChatRooms) -> None:
    """It joins again and goes on."""
    channel = made(rooms)
    side.exclude(side.room("inc-1"))
    assert isinstance(rooms.post(channel.id, "news", CARD), Delivered)


def test_who_cannot_be_invited_keeps_nobody_else_out(side: Side, rooms: ChatRooms) -> None:
    """They are named in words; being there already is no trouble."""
    channel = made(rooms)
    troubles = rooms.furnish(channel.id, "P0 · triggered", [side.stranger, side.ana, side.bo])
    assert not isinstance(troubles, TryAgain | Gone | Shut)
    assert len(list(troubles)) == 1
    assert side.stranger in next(iter(troubles))  # type: ignore[call-overload]
    assert rooms.furnish(channel.id, "", [side.ana]) == []
    room = side.room("inc-1")
    assert {side.ana, side.bo} <= room.members
    assert room.topic == "P0 · triggered"


@pytest.mark.parametrize("fault", ["429", "500", "drops"])
def test_an_outage_is_worth_another_try(side: Side, rooms: ChatRooms, fault: str) -> None:
    """F24: nothing is lost, what is asked for is waited for, and what may have been done is doubtful."""
    channel = made(rooms)
    side.far.plan(Fault(status=429, retry_after=40) if fault == "429" else MENU[fault])
    done = rooms.post(channel.id, "news", CARD)
    assert isinstance(done, TryAgain)
    assert done.ambiguous is (fault != "429")
    assert done.after == (timedelta(seconds=40) if fault == "429" else None)


def test_a_wrong_token_is_waited_for_and_named(side: Side, egress: Egress) -> None:
    """Somebody has to correct a line of tocsin.toml: which one is said, and the token is not."""
    done = side.rooms(egress, "xoxb-another-token").open(WANTED, doubtful=False)
    assert isinstance(done, TryAgain)
    assert f"{side.kind}.token" in done.reason
    assert "another" not in done.reason
    assert done.after is not None


def test_f80_text_from_outside_is_no_markup_and_calls_nobody(side: Side, rooms: ChatRooms) -> None:
    """F80: links, mentions and fences of an alert's title stand as they were written, broken where they would act."""
    channel = made(rooms)
    nasty = "@channel <!here> **bold** [log in](https://evil.example) #war-room `x`"
    posted(rooms, channel, "news", Card(nasty, (Line("**label**", nasty),), "```\nno end @all\n```"))
    text = side.room("inc-1").messages[0].shown()
    assert "@channel" not in text
    assert "!here" not in text
    if side.kind == "mattermost":
        assert "[log in](" not in text
        assert "**bold**" not in text
        assert "````\n```\nno end @all\n```\n````" in text  # as it was printed: code mentions nobody there


def test_nobody_consents_to_what_is_not_shown_whole(side: Side, rooms: ChatRooms) -> None:
    """A text that the chat would cut has no button to run it; a short one has."""
    channel, run = made(rooms), Button("run", "Run it", "INC-1 s - abc")
    for literal, offered in (("rm -rf /data\n" + "echo done\n" * 900, False), ("uptime", True)):
        posted(rooms, channel, literal[:10], Card("Next", (), literal, (run,)))
        shown = side.room("inc-1").messages[-1]
        assert ("Run it" in shown.buttons()) is offered
        assert ("read it on the page" in shown.shown()) is not offered


# --- incidents and people ---------------------------------------------------------------------------------------------


def facts(house: Mill, kind: type) -> list:  # type: ignore[type-arg]
    """What happened of one kind."""
    return [one for one in house.facts() if isinstance(one, kind)]


def last(side: Side, who: str) -> str:
    """What somebody alone was told last; it may take a moment."""
    assert soon(lambda: side.told(who))
    return str(side.told(who)[-1].shown())


def test_an_incident_has_a_channel_with_a_board_and_its_news(house: Mill, side: Side) -> None:
    """Named by the runbook, whoever is paged invited, one pinned message edited in place, each news once."""
    room = side.room()
    assert room.name == "incident-20261121-api-not-responding"
    assert room.topic.startswith("P0 · triggered")
    assert side.ana in room.members
    assert side.bo not in room.members
    board = side.board(room)
    assert "nobody has it yet" in board.shown()
    assert list(board.buttons())[:3] == ["Acknowledge", "Next step", "Update"]
    house.acknowledge("ana")
    house.work()
    incidents = house.installation.application.incidents
    for command in (c.AddNote("the disk is full"), c.Resolve("Full disk")):
        house.clock.move_by(SECOND)
        incidents.act(house.caller("ana"), "INC-1", command)
        house.work()
    assert side.board(room) is board
    assert "resolved at" in board.shown()
    assert "Acknowledge" not in board.buttons()
    assert side.said(room) == ["Ana acknowledged", "Ana noted: the disk is full", "Ana resolved it: Full disk"]


def test_after_an_outage_there_is_one_edit_and_one_message(house: Mill, side: Side) -> None:
    """Nothing floods the channel, and nothing is lost."""
    board = side.board(side.room())
    side.far.always(MENU["500"])
    house.acknowledge("ana")
    for number in range(8):
        note = c.AddNote(f"note {number}")
        house.installation.application.incidents.act(house.caller("ana"), "INC-1", note)
    house.pass_time(2 * MINUTE)
    side.far.always(MENU["works"])
    edits = board.edits
    house.pass_time(3 * MINUTE)
    assert board.edits == edits + 1
    (caught_up,) = side.said(side.room())
    assert "Ana noted: note 7" in caught_up


def test_a_press_is_an_act_of_whoever_is_bound_and_of_nobody_else(house: Mill, side: Side) -> None:
    """Sitting in the channel grants nothing: a stranger gets the line that binds them, Ana gets the incident."""
    room, board = side.room(), side.board(side.room())
    side.press(side.stranger, room, board, "Acknowledge")
    assert soon(lambda: side.told(side.stranger) or side.kind == "mattermost")
    assert facts(house, Acknowledged) == []
    side.press(side.ana, room, board, "Acknowledge")
    assert soon(lambda: facts(house, Acknowledged))
    with house.installation.application.store.read() as tx:
        (recorded,) = [one for one in tx.incidents.facts(["INC-1"])["INC-1"] if isinstance(one.fact, Acknowledged)]
    assert (recorded.by.name, recorded.by.via) == ("ana", Via.CHAT)
    assert soon(lambda: "INC-1 is yours" in last(side, side.ana))
    house.work()
    assert "Ana has it" in board.shown()


def test_what_asks_for_words_opens_a_form_whose_words_are_posted_once(house: Mill, side: Side) -> None:
    """Told twice by the chat, the update is one."""
    room, board = side.room(), side.board(side.room())
    side.press(side.ana, room, board, "Update")
    assert soon(lambda: side.forms() == 1)
    side.far.doubles = True
    side.fill(side.ana, room, "The disk is full")
    side.far.doubles = False
    side.command(side.ana, "update and it is cleared", room)
    assert soon(lambda: len(facts(house, StatusUpdated)) == 2)
    assert [one.text for one in facts(house, StatusUpdated)] == ["The disk is full", "and it is cleared"]
    side.press(side.ana, room, board, "Resolve")
    assert soon(lambda: side.forms() == 2)
    side.fill(side.ana, room, "Disk full, cleared")
    assert soon(lambda: facts(house, Resolved))


def test_escalate_is_confirmed_and_pages_one_level(house: Mill, side: Side) -> None:
    """One press too many wakes nobody; what the chat tells twice pages once."""
    before = len(facts(house, LevelPaged))
    side.press(side.ana, side.room(), side.board(side.room()), "Escalate")
    assert soon(lambda: len(facts(house, LevelPaged)) == before + 1)
    assert soon(lambda: "Escalated to Team Lead" in last(side, side.ana))
    assert ("bo", "phone") in house.paged()


def test_the_words_of_the_command_act_and_name_people(house: Mill, side: Side) -> None:
    """Whoever is named is known by their id in the chat."""
    room = side.room()
    for text, kind in (
        ("note look at the disk", NoteAdded),
        (f"role comms {side.name(side.bo)}", RoleTaken),
        ("resolve it was the disk", Resolved),
    ):
        side.command(side.ana, text, room)
        assert soon(lambda kind=kind: facts(house, kind)), text
    assert facts(house, RoleTaken)[0].person == "bo"
    side.command(side.ana, "status", room)
    assert soon(lambda: "resolved at" in last(side, side.ana))


def test_a_button_of_one_incident_pressed_in_another_ones_channel_acts_on_its_own(house: Mill, side: Side) -> None:
    """The board of INC-1 is INC-1's, wherever it is pressed."""
    board = side.board(side.room())
    house.declare(title="Till is down")
    house.work()
    side.press(side.ana, side.room("incident-20261121-till-is-down"), board, "Acknowledge")
    assert soon(lambda: facts(house, Acknowledged))
    assert house.incident("INC-2").acknowledged_by is None


def test_a_page_is_a_direct_message_that_is_acknowledged_there(tmp_path: Path, side: Side) -> None:
    """The digit is that of every other way, and its answer comes back to whoever pressed."""
    way = f'[[people.ana.ways]]\nkind = "{side.kind}"\n'
    with opened(tmp_path, side, way) as house:
        house.declare()
        house.work()
        room, messages = side.pages(side.ana)
        assert "API not responding" in messages[0].shown()
        side.press(side.ana, room, messages[0], "Acknowledge")
        assert soon(lambda: house.incident().acknowledged_by == "ana")


def test_a_page_that_somebody_else_took_says_so_in_its_place(tmp_path: Path, side: Side) -> None:
    """The direct message is edited, once: who has it and since when, and nothing can be pressed in it any more."""
    way = f'[[people.ana.ways]]\nkind = "{side.kind}"\n'
    with opened(tmp_path, side, way) as house:
        house.declare()
        house.work()
        house.acknowledge("bo")
        house.work()
        house.work()
        (message,) = side.pages(side.ana)[1]
        assert "Taken by Bo 03:00" in message.shown()
        assert "API not responding" in message.shown()
        assert "Acknowledge" not in message.buttons()
        assert message.edits == 1
        assert len(facts(house, PageWithdrawn)) == 1


def test_an_incident_has_a_channel_in_each_chat_of_its_service(tmp_path: Path) -> None:
    """What is pressed in one is shown in the other: both are windows to the same incident."""
    with FakeSlack() as far_slack, FakeMattermost() as far_mattermost:
        slack, mattermost = OfSlack(far_slack), OfMattermost(far_mattermost)
        members = (f'slack = "{slack.ana}"\nmattermost = "{mattermost.ana}"', "")
        outlets, environ = 'chat = ["slack", "mattermost"]', slack.environ | mattermost.environ
        more = slack.settings + mattermost.settings
        with mill(tmp_path, PHONE, more, environ, outlets=outlets, members=members, runbook=PATTERN) as house:
            for side in (slack, mattermost):
                side.begin(house)
            house.declare()
            house.work()
            mattermost.press(mattermost.ana, mattermost.room(), mattermost.board(mattermost.room()), "Acknowledge")
            assert soon(lambda: house.incident().acknowledged_by == "ana")
            house.work()
            assert "Ana has it" in slack.board(slack.room()).shown()
            assert "Ana has it" in mattermost.board(mattermost.room()).shown()


def test_a_form_asks_of_what_and_how_bad_before_anybody_is_woken(side: Side, house: Mill) -> None:
    """The guess stands in the list of either chat; what is chosen there is declared, and what is no choice is not."""
    room = side.room()
    side.command(side.bo, "Complete outage of the shop", room)
    assert soon(lambda: side.forms() == 1)
    assert house.facts("INC-2") == []
    field = side.far.dialogs[-1]["elements"][0] if isinstance(side.far, FakeMattermost) else None
    if field:
        assert (field["type"], field["default"]) == ("select", "mill P0")
        side.fill(side.bo, room, "mill P9")
        assert soon(lambda: any("no severity 'P9'" in str(one.shown()) for one in side.told(side.bo)))
        assert house.facts("INC-2") == []
        side.command(side.bo, "Complete outage of the shop", room)
        assert soon(lambda: side.forms() == 2)
    labels = field["options"] if field else side.far.views[-1]["blocks"][0]["element"]["options"]  # type: ignore[attr-defined]
    chosen = next(one for one in labels if one["value"] == "mill P2")
    side.fill(side.bo, room, chosen["value"] if field else chosen["text"]["text"])
    assert soon(lambda: house.facts("INC-2"))
    assert (house.incident("INC-2").title, house.incident("INC-2").severity) == ("Complete outage of the shop", "P2")
