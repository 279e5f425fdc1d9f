"""The channel of an incident as the application keeps it, in whichever chat: threads of runs, claims, masks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.app.shop import ANA, BO, MINUTE, SECOND, SECRET, Shop
from tocsin.adapters.fakes import Fails, FakeRooms, Rejects, Works
from tocsin.app.chat.rooms import FLOOD, Room, RoomCarrier
from tocsin.app.execution.starting import Given
from tocsin.app.office import Office
from tocsin.incident import commands as c
from tocsin.incident.effects import EffectKind, Outlets

EXECUTED = timedelta(seconds=2)


def channelled(shop: Shop) -> FakeRooms:
    """The shop with a chat in which its incidents have channels."""
    rooms = FakeRooms(shop.clock)
    service = shop.team.services["shop"]
    outlets = replace(service.outlets, rooms=("chat",))
    shop.team = replace(shop.team, services={"shop": replace(service, outlets=outlets)})
    office = Office(shop.store, shop.clock, shop.desk, shop.playbooks, lambda: shop.team, shop.links)
    shop.courier.carriers[EffectKind.ROOM] = RoomCarrier(  # type: ignore[index]
        office, {"chat": Room(rooms, lambda handle: f"member-of-{handle}")}
    )
    return rooms


def test_the_output_of_a_run_is_in_the_thread_of_its_message() -> None:
    """The message says how the run ended, in place; below it are the last lines, and where the whole stands."""
    shop = Shop()
    rooms = channelled(shop)
    step = shop.enable("uptime")
    printed = "".join(f"line {n}\n" for n in range(1, 41))
    shop.runner.standing = replace(shop.runner.standing, output=printed)
    shop.declare()
    shop.work()
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    shop.pass_time(EXECUTED)
    (channel,) = rooms.channels.values()
    parents = [one for one in channel.messages if "uptime" in one.card.headline and not one.thread]
    assert len(parents) == 1
    assert parents[0].edits == 1
    (output,) = [one for one in channel.messages if one.thread == parents[0].id]
    assert output.card.literal.splitlines() == [f"line {n}" for n in range(21, 41)]
    assert "/i/INC-1" in output.card.headline


def ran(shop: Shop, exit_code: int = 1) -> None:
    """A step is run and ends so."""
    step = shop.enable("uptime")
    shop.runner.standing = replace(shop.runner.standing, output="no such host\n", exit_codes=(exit_code,))
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))


def test_the_output_of_a_failed_run_is_posted_once_however_often_its_trouble_is_tried() -> None:
    """One fact, two messages: what stands there already is not posted again when the second one fails."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare()
    shop.work()
    rooms.plan(*[Works()] * 4, Fails(), Works(), Works(), Fails())  # board, message, its end, output; then the trouble
    ran(shop)
    shop.pass_time(2 * MINUTE)
    (channel,) = rooms.channels.values()
    assert [one.key for one in rooms.calls if not one.arrived] != []
    printed = [one for one in channel.messages if one.card.literal == "no such host"]
    assert len(printed) == 1
    (trouble,) = [one for one in channel.messages if one.key.endswith("/trouble")]
    assert not trouble.thread


def test_a_run_whose_message_was_deleted_ends_in_the_channel() -> None:
    """Its thread is gone with it: the end is said anew, and no second channel is opened for it."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare()
    shop.work()
    rooms.plan(Works(), Works(), Fails())  # the board, the message; its end is tried again
    ran(shop)
    shop.work()
    (channel,) = rooms.channels.values()
    del channel.messages[1:]
    shop.pass_time(MINUTE)
    assert len(rooms.channels) == 1
    (printed,) = [one for one in channel.messages if one.card.literal == "no such host"]
    assert not printed.thread


def test_a_message_that_the_chat_refuses_stops_nothing_that_comes_after_it() -> None:
    """One message is lost, with a line in the log; the next news and the invitations go on."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare()
    shop.work()
    rooms.plan(Works(), Rejects("msg_blocks_too_long"))  # the board is edited, then the first note refused
    shop.incidents.act(ANA, "INC-1", c.AddNote("too long for it"))
    shop.incidents.act(ANA, "INC-1", c.AddNote("short enough"))
    shop.work()
    (channel,) = rooms.channels.values()
    assert [one.card.headline for one in channel.messages][1:] == ["Ana noted: short enough"]
    assert {entry.state.value for entry in shop.entries(EffectKind.ROOM)} == {"done"}


def test_a_board_that_the_chat_refuses_stops_no_talk() -> None:
    """The channel hears the news all the same."""
    shop = Shop()
    rooms = channelled(shop)
    rooms.plan(Works(), Rejects("invalid_blocks"))
    shop.declare()
    shop.work()
    shop.incidents.act(ANA, "INC-1", c.AddNote("look at the disk"))
    shop.work()
    (channel,) = rooms.channels.values()
    assert "Ana noted: look at the disk" in [one.card.headline for one in channel.messages]
    assert [one.pinned for one in channel.messages].count(True) == 1  # the next visit has posted it


def test_a_request_among_much_news_keeps_its_buttons() -> None:
    """What waits for an answer is said by itself; what was said before and after it stays in order."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare()
    shop.work()
    step = shop.enable("redis-cli FLUSHALL")
    for number in range(FLOOD):
        shop.incidents.act(ANA, "INC-1", c.AddNote(f"before {number}"))
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, typed="local"))
    shop.incidents.act(ANA, "INC-1", c.AddNote("after"))
    shop.pass_time(3 * MINUTE)
    (channel,) = rooms.channels.values()
    before, asked, after = channel.messages[1:]
    assert f"before {FLOOD - 1}" in before.card.literal
    assert [one.action for one in asked.card.buttons] == ["approve", "decline"]
    assert "after" in after.card.literal


def test_a_secret_that_a_run_prints_is_masked_there_too() -> None:
    """R19: no known secret leaves for a chat."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare()
    shop.incidents.act(ANA, "INC-1", c.AddNote(f"the key is {SECRET}"))
    shop.work()
    assert SECRET not in repr(rooms.channels)
    assert "the key is" in repr(rooms.channels)


def test_news_that_came_at_once_is_one_message() -> None:
    """More than a handful between two visits is told together; then each is told by itself again."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare()
    shop.work()
    for number in range(FLOOD + 1):
        shop.incidents.act(ANA, "INC-1", c.AddNote(f"note {number}"))
    shop.work()
    (channel,) = rooms.channels.values()
    assert len(channel.messages) == 2
    assert all(f"note {number}" in channel.messages[-1].card.literal for number in range(FLOOD + 1))
    shop.incidents.act(ANA, "INC-1", c.AddNote("one more"))
    shop.work()
    assert channel.messages[-1].card.headline == "Ana noted: one more"


def test_two_nodes_bring_one_channel_up_to_date() -> None:
    """R12: an entry that was claimed later steps back while an earlier one of the same channel works."""
    shop = Shop()
    rooms = channelled(shop)
    carrier = shop.courier.carriers[EffectKind.ROOM]
    shop.declare()
    with shop.store.transact() as tx:
        first = tx.outbox.claim([EffectKind.ROOM], shop.clock.now(), timedelta(minutes=2), "one", 1)[0]
    shop.clock.move_by(SECOND)
    with shop.store.transact() as tx:
        second = tx.outbox.claim([EffectKind.ROOM], shop.clock.now(), timedelta(minutes=2), "two", 1)[0]
    carrier.carry(second)
    assert rooms.channels == {}
    carrier.carry(first)
    assert len(rooms.channels) == 1
    shop.pass_time(5 * SECOND)
    (channel,) = rooms.channels.values()
    assert len(channel.messages) == 1
    assert {entry.state.value for entry in shop.entries(EffectKind.ROOM)} == {"done"}


def test_a_claim_that_was_taken_over_by_another_node_does_nothing() -> None:
    """R12: whoever comes back from a long sleep posts nothing."""
    shop = Shop()
    rooms = channelled(shop)
    carrier = shop.courier.carriers[EffectKind.ROOM]
    shop.declare()
    with shop.store.transact() as tx:
        (stale, *_) = tx.outbox.claim([EffectKind.ROOM], shop.clock.now(), SECOND, "one", 1)
    shop.pass_time(5 * SECOND)
    before = repr(rooms.channels)
    shop.incidents.act(BO, "INC-1", c.Acknowledge("bo"))
    carrier.carry(stale)
    assert repr(rooms.channels) == before


def test_an_outage_is_waited_out_for_a_day_and_no_longer() -> None:
    """Entries do not pile up for ever; the next fact after it still brings the channel to where the facts are."""
    shop = Shop()
    rooms = channelled(shop)
    rooms.always(Fails())
    shop.declare()
    shop.work()
    shop.clock.move_by(timedelta(hours=25))
    while shop.courier.carry():
        pass
    assert "given_up" in {entry.state.value for entry in shop.entries(EffectKind.ROOM)}
    rooms.always(Works())
    shop.clock.move_by(timedelta(minutes=5))
    shop.incidents.act(BO, "INC-1", c.Acknowledge("bo"))
    shop.pass_time(10 * SECOND)
    (channel,) = rooms.channels.values()
    assert any("Bo has it" in line.text for line in channel.messages[0].card.lines)


def test_a_name_is_as_long_as_the_chat_takes_it() -> None:
    """Each chat says how long; the number that makes a name its own is never what is cut off."""
    shop = Shop()
    rooms = channelled(shop)
    rooms.longest_name = 20
    shop.declare()
    shop.declare()
    shop.work()
    names = [one.name for one in rooms.channels.values()]
    assert len(names) == 2
    assert all(len(one) <= 20 for one in names)


def test_a_drill_and_a_service_without_a_chat_have_no_channel() -> None:
    """Nothing is queued for nobody."""
    shop = Shop()
    rooms = channelled(shop)
    shop.declare(drill=True)
    shop.work()
    assert rooms.channels == {}
    assert Outlets().rooms == ()
    assert shop.entries(EffectKind.ROOM) == []
