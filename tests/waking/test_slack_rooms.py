"""Each incident's own channel in Slack: opened, pinned, edited, told, and caught up. The other end is a stand-in."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.waking.house import ADA, MINUTE, SECOND, Mill, mill, soon
from tocsin.app.courier import THREADS
from tocsin.fakes.slack import Channel, FakeSlack, Message
from tocsin.fakes.standin import MENU, Fault
from tocsin.incident import commands as c
from tocsin.incident.effects import EffectKind

PHONE = '[[people.ana.ways]]\nkind = "phone"\n'
PATTERN = "\n## Communication\n\n- Create a Slack channel for the incident: #incident-{date}-{description}\n"


def app(slack: FakeSlack) -> str:
    """The settings that a team pastes."""
    return f"""
[slack]
token = {{ env = "SLACK_TOKEN" }}
signing_secret = {{ env = "SLACK_SECRET" }}
api = "{slack.url}/api"

[chat.slack]
kind = "slack"
"""


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """The stand-in."""
    with FakeSlack() as one:
        yield one


@contextmanager
def opened(folder: Path, slack: FakeSlack, pattern: str = PATTERN, ways: str = PHONE) -> Iterator[Mill]:
    """An installation whose incidents have channels there."""
    environ = {"SLACK_TOKEN": slack.token, "SLACK_SECRET": slack.secret}
    members = ('slack = "U0ANA"', 'slack = "U0BO"')
    with mill(folder, ways, app(slack), environ, outlets='chat = ["slack"]', members=members, runbook=pattern) as one:
        slack.now = one.clock.now
        slack.deliver_to = f"{one.url}/callback/slack"
        yield one


@pytest.fixture
def house(tmp_path: Path, slack: FakeSlack) -> Iterator[Mill]:
    """Ana is on call, Bo is the team lead; both are members of the workspace."""
    with opened(tmp_path, slack) as one:
        yield one


def room_of(slack: FakeSlack) -> Channel:
    """The only channel that the app has made."""
    (made,) = [one for one in slack.channels if one.creator == slack.BOT and one.name]
    return made


def board_of(slack: FakeSlack) -> Message:
    """The only pinned message there."""
    (board,) = slack.pinned(room_of(slack))
    return board


def said(slack: FakeSlack) -> list[str]:
    """What was said in the channel besides the board and in no thread."""
    room = room_of(slack)
    return [one.shown() for one in room.messages if one.ts not in room.pins and not one.thread]


def test_an_incident_gets_a_channel_by_the_runbooks_pattern(house: Mill, slack: FakeSlack) -> None:
    """The name is the runbook's own, the topic says how bad and who; whoever is paged is invited, nobody else."""
    house.declare()
    house.work()
    room = room_of(slack)
    assert room.name == "incident-20261121-api-not-responding"
    assert room.topic.startswith("P0 · triggered")
    assert room.members == {slack.BOT, "U0ANA"}
    house.pass_time(11 * MINUTE)
    assert room.members == {slack.BOT, "U0ANA", "U0BO"}  # level 2 was paged


TEAM = """
## Incident Response Team

- **Team Lead**: Coordinates the response for P0
- **Scribe**: Writes down what happens
"""


@pytest.mark.parametrize(
    ("severity", "invited"), [("P0", {"U0ANA", "U0BO"}), ("P2", {"U0ANA"})], ids=["named severity", "another one"]
)
def test_the_runbooks_roles_of_the_response_are_invited_at_their_severities(
    tmp_path: Path, slack: FakeSlack, severity: str, invited: set[str]
) -> None:
    """The team lead coordinates P0: invited then although nobody has paged them. Nobody is bound to the scribe."""
    with opened(tmp_path, slack, PATTERN + TEAM) as house:
        house.declare(severity)
        house.work()
        assert room_of(slack).members == {slack.BOT, *invited}
        assert [person for person, _ in house.paged()] == ["ana"]


def test_who_takes_a_role_and_who_acknowledges_and_who_joins_are_invited(house: Mill, slack: FakeSlack) -> None:
    """Bo is in the channel as soon as he has the incident, or is its scribe, or joins; not before."""
    for n, command in enumerate((c.Acknowledge("bo"), c.TakeRole("Scribe", "bo"), c.AddNote("joins, to help Ana")), 1):
        house.declare(title=f"trouble {n}")
        house.work()
        room = next(one for one in slack.channels if one.name.endswith(f"trouble-{n}"))
        assert room.members == {slack.BOT, "U0ANA"}
        house.installation.application.incidents.act(house.caller("bo"), f"INC-{n}", command)
        house.work()
        assert room.members == {slack.BOT, "U0ANA", "U0BO"}


def test_the_board_is_pinned_once_and_edited_in_place(house: Mill, slack: FakeSlack) -> None:
    """Severity, who has it, what is due, and the buttons; after an acknowledgement the same message says who has it."""
    house.declare()
    house.work()
    before = board_of(slack)
    assert before.blocks[0]["text"]["text"] == "P0 INC-1 mill: API not responding"
    assert "nobody has it yet" in before.shown()
    assert "response by 03:15 UTC" in before.shown()
    assert "page level 2 (Team Lead) by 03:10 UTC" in before.shown()
    assert list(before.buttons())[:3] == ["Acknowledge", "Next step", "Update"]
    house.clock.move_by(MINUTE)
    house.acknowledge("ana")
    house.work()
    after = board_of(slack)
    assert after.ts == before.ts
    assert "Ana has it since 03:01" in after.shown()
    assert "Acknowledge" not in after.buttons()
    assert said(slack) == ["Ana acknowledged"]


def test_updates_notes_and_changes_of_state_are_said(house: Mill, slack: FakeSlack) -> None:
    """Each once, in order; the board ends without buttons that would act."""
    house.declare()
    house.work()
    incidents = house.installation.application.incidents
    house.acknowledge("ana")
    for command in (c.AddNote("the disk is full"), c.PostUpdate("Disk cleared"), c.Mitigate(), c.Resolve("Full disk")):
        house.work()
        house.clock.move_by(SECOND)
        incidents.act(house.caller("ana"), "INC-1", command)
    house.work()
    assert said(slack)[1:] == [
        "Ana noted: the disk is full",
        "Ana updated the team: Disk cleared",
        "Ana: mitigated",
        "Ana resolved it: Full disk",
    ]
    assert "resolved at" in board_of(slack).shown()
    assert list(board_of(slack).buttons()) == ["Open the page"]


def test_a_name_that_is_taken_gets_the_incidents_number(house: Mill, slack: FakeSlack) -> None:
    """Somebody else's channel stays theirs."""
    slack.room("incident-20261121-api-not-responding")
    house.declare()
    house.work()
    assert room_of(slack).name == "incident-20261121-api-not-responding-inc-1"


def test_f22_an_answer_that_is_lost_makes_no_second_channel_and_no_second_message(
    tmp_path: Path, slack: FakeSlack
) -> None:
    """F22: whatever was done before the connection broke is found again by its key, at each of the first calls."""
    for lost in (0, 2, 3, 5, 6):
        folder = tmp_path / str(lost)
        folder.mkdir()
        slack.channels.clear()
        with opened(folder, slack) as house:
            slack.plan(*[MENU["works"]] * lost, MENU["drops"])
            house.declare()
            house.work()
            house.acknowledge("ana")
            house.pass_time(20 * SECOND)
            room = room_of(slack)
            assert len(room.messages) == 2, (lost, [one.shown() for one in room.messages])
            assert len(room.pins) == 1
            assert said(slack) == ["Ana acknowledged"]


def test_when_slack_was_down_it_is_caught_up_with_one_edit_and_one_message(house: Mill, slack: FakeSlack) -> None:
    """Nothing else waits for it meanwhile, it is not asked again and again, and afterwards there is no flood."""
    house.declare()
    house.work()
    board = board_of(slack)
    slack.always(MENU["500"])
    asked = len(slack.requests)
    house.acknowledge("ana")
    incidents = house.installation.application.incidents
    for number in range(12):
        incidents.act(house.caller("ana"), "INC-1", c.AddNote(f"note {number}"))
        house.pass_time(20 * SECOND)
    assert len(slack.requests) - asked < 10
    slack.always(MENU["works"])
    edits = board.edits
    house.pass_time(3 * MINUTE)
    assert board_of(slack).ts == board.ts
    assert board.edits == edits + 1
    assert len(said(slack)) == 1
    assert "03:00 Ana acknowledged" in said(slack)[0]
    assert "Ana noted: note 11" in said(slack)[0]
    assert waiting(house) == []


def waiting(house: Mill) -> list[str]:
    """What of the outbox for channels is not done."""
    with house.installation.application.store.read() as tx:
        entries = tx.outbox.entries("INC-1")
    return [one.effect.key for one in entries if one.effect.kind is EffectKind.ROOM and one.state.value != "done"]


def test_429_is_waited_for_as_long_as_slack_asks(house: Mill, slack: FakeSlack) -> None:
    """Retry-After is obeyed for all channels of the workspace, and nothing is lost by it."""
    house.declare()
    house.work()
    slack.plan(Fault(status=429, retry_after=40))
    house.acknowledge("ana")
    house.work()
    asked = len(slack.requests)
    house.declare(title="Another one")
    house.pass_time(38 * SECOND)
    assert len(slack.requests) == asked
    house.pass_time(5 * SECOND)
    assert said_in(slack, "incident-20261121-api-not-responding") == ["Ana acknowledged"]
    assert slack.channel("incident-20261121-another-one") is not None


def said_in(slack: FakeSlack, name: str) -> list[str]:
    """What a channel of that name was told."""
    room = slack.channel(name)
    assert room is not None
    return [one.shown() for one in room.messages if one.ts not in room.pins]


def test_a_hanging_slack_keeps_no_page_waiting(house: Mill, slack: FakeSlack) -> None:
    """F24: channels are kept up by threads of their own; the phone rings while Slack still says nothing."""
    application, stop = house.installation.application, threading.Event()
    slack.always(Fault(delay=120.0))
    courier = threading.Thread(target=application.courier.run, args=(stop,), daemon=True)
    courier.start()
    try:
        for number in range(4):
            house.declare(title=f"Outage {number}")
            application.timekeeper.wake()
            assert soon(lambda number=number: rung(house) == number + 1)
        assert len(slack.requests) <= THREADS[EffectKind.ROOM]
    finally:
        stop.set()
        application.courier.nudge()
        courier.join(20)


def rung(house: Mill) -> int:
    """How many pages Ana's phone shows."""
    with house.installation.application.store.read() as tx:
        return len(tx.phone.messages("ana", 10))


def test_f80_text_from_outside_is_no_markup_and_calls_nobody(house: Mill, slack: FakeSlack) -> None:
    """F80: links, mentions and masks of an alert's title stand as they were written, broken where they would call."""
    house.declare(title="<!channel> <https://evil.example|Runbook> & @here")
    house.work()
    incidents = house.installation.application.incidents
    incidents.act(house.caller("ana"), "INC-1", c.AddNote("<!here> <@U0BO> <https://evil.example|log in>"))
    house.work()
    for message in room_of(slack).messages:
        for block in message.blocks:
            marked = block.get("text", {}) if block["type"] == "section" else {}
            assert "<" not in marked.get("text", "")
            assert marked.get("verbatim", True) is True
        assert "<" not in message.text
        assert not re.search(r"[@!](channel|here)\b", message.text + message.shown())


def test_a_channel_that_was_deleted_is_opened_anew(house: Mill, slack: FakeSlack) -> None:
    """Somebody deletes it: the next news opens another one, with the board as it is then."""
    house.declare()
    house.work()
    slack.channels.clear()
    house.acknowledge("ana")
    house.pass_time(5 * SECOND)
    assert "Ana has it" in board_of(slack).shown()


def test_a_board_that_was_deleted_is_posted_again(house: Mill, slack: FakeSlack) -> None:
    """The channel keeps one board."""
    house.declare()
    house.work()
    room = room_of(slack)
    room.messages.clear()
    room.pins.clear()
    house.acknowledge("ana")
    house.pass_time(5 * SECOND)
    assert "Ana has it" in board_of(slack).shown()
    assert [one.name for one in slack.channels] == [room.name]


def test_a_channel_that_was_archived_keeps_no_other_one_waiting(
    house: Mill, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left alone with one line in the log, others are told at once; unarchived, the next fact catches it up."""
    for title in ("API not responding", "Till is down"):
        house.declare(title=title)
    house.work()
    first, second = (one for one in slack.channels if one.creator == slack.BOT)
    first.archived = True
    house.acknowledge("ana", "INC-1")
    house.work()
    house.acknowledge("ana", "INC-2")
    house.work()
    assert said_in(slack, second.name) == ["Ana acknowledged"]
    incidents = house.installation.application.incidents
    incidents.act(house.caller("ana"), "INC-1", c.AddNote("said while it was shut"))
    house.pass_time(10 * SECOND)
    assert said_in(slack, first.name) == []
    assert waiting(house) == []
    assert len([one for one in caplog.messages if "it was archived" in one]) == 1
    first.archived = False
    house.pass_time(3 * MINUTE)
    incidents.act(house.caller("ana"), "INC-1", c.AddNote("open again"))
    house.work()
    (caught_up,) = said_in(slack, first.name)
    assert "said while it was shut" in caught_up
    assert "open again" in caught_up
    assert "Ana has it" in first.messages[0].shown()


def test_an_invitation_that_is_refused_for_whatever_reason_is_a_line_in_the_log(
    house: Mill, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """A word of Slack's that nobody here knows stops no news of the channel."""
    slack.refusals["conversations.invite"] = "method_not_supported_for_channel_type"
    house.declare()
    house.acknowledge("ana")
    house.work()
    assert "Ana has it" in board_of(slack).shown()
    assert "method_not_supported_for_channel_type" in caplog.text
    assert waiting(house) == []


def test_whoever_took_the_app_out_of_the_channel_finds_it_back(house: Mill, slack: FakeSlack) -> None:
    """The app joins again and goes on."""
    house.declare()
    house.work()
    room_of(slack).members.discard(slack.BOT)
    house.acknowledge("ana")
    house.pass_time(5 * SECOND)
    assert said(slack) == ["Ana acknowledged"]


def test_a_member_who_cannot_be_invited_keeps_nobody_else_out(house: Mill, slack: FakeSlack) -> None:
    """A wrong member ID is a line in the log."""
    del slack.people["U0ANA"]
    house.declare()
    house.pass_time(11 * MINUTE)
    assert room_of(slack).members == {slack.BOT, "U0BO"}


def test_a_token_that_is_wrong_is_no_loss(house: Mill, slack: FakeSlack) -> None:
    """As soon as it is right again, the channel is there with all that happened."""
    slack.refusals["conversations.create"] = "invalid_auth"
    house.declare()
    house.acknowledge("ana")
    house.pass_time(4 * MINUTE)
    assert slack.channels == []
    slack.refusals.clear()
    house.pass_time(2 * MINUTE)
    assert "Ana has it" in board_of(slack).shown()
    assert len(said(slack)) == 1
    assert waiting(house) == []


def test_a_claim_that_was_lost_in_the_middle_says_nothing_twice(house: Mill, slack: FakeSlack) -> None:
    """A process that died after a message was posted: the next one finds it by its key."""
    house.declare()
    house.work()
    house.acknowledge("ana")
    application = house.installation.application
    carrier = application.courier.carriers[EffectKind.ROOM]
    claims = application.courier._claim({EffectKind.ROOM: 1})
    slack.plan(*[MENU["works"]], MENU["drops"])  # the board is edited, the message posted, and nobody hears of it
    carrier.carry(claims[0])
    with application.store.transact() as tx:
        assert tx.outbox.release(application.courier.node) == 0
    house.pass_time(MINUTE)
    assert said(slack) == ["Ana acknowledged"]


def test_a_drill_opens_no_channel(house: Mill, slack: FakeSlack) -> None:
    """A drill pages people and reaches nobody else."""
    house.installation.application.incidents.declare(ADA, "A drill", "mill", severity="P0", drill=True)
    house.work()
    assert slack.channels == []


def test_secrets_are_masked_in_what_the_runbook_says(tmp_path: Path, slack: FakeSlack) -> None:
    """The board shows the runbook's next step, and no secret that the installation knows."""
    pattern = PATTERN + "\n## Common Incidents\n\n### API not responding\n\n**Symptoms**: API not responding\n\n"
    steps = f"```bash\ncurl -H 'X-Key: {slack.secret}' http://localhost/health\n```\n"
    with opened(tmp_path, slack, pattern + steps) as house:
        house.declare()
        house.work()
        assert "curl" in board_of(slack).shown()
        for word in ("next", "status"):
            before = len(slack.whispers)
            slack.command("U0ANA", word, room_of(slack))
            assert soon(lambda: len(slack.whispers) > before)  # noqa: B023 - asked before the next round
        assert "curl" in repr(slack.whispers)
        assert slack.secret not in repr(slack.requests)
        assert slack.secret not in repr(slack.whispers)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("", "inc-1-api-not-responding"),
        ("#incident-YYYYMMDD-HHmm", "incident-20261121-0300"),
        ("#inc-[severity]-<short-desc>", "inc-p0-api-not-responding"),
    ],
)
def test_the_pattern_is_filled_as_the_runbook_means_it(
    tmp_path: Path, slack: FakeSlack, pattern: str, name: str
) -> None:
    """Dates, times and words of the incident; a runbook without a pattern gets the number and the title."""
    with opened(tmp_path, slack, f"\n## Communication\n\n- Slack channel: {pattern}\n" if pattern else "") as house:
        house.declare()
        house.pass_time(timedelta(seconds=2))
        assert room_of(slack).name == name
