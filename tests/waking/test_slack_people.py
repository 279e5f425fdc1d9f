"""What people press, type and write in Slack, by signed HTTP: the same acts as on the page, by known people only."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.waking.house import ADA, Mill, mill, soon
from tests.waking.test_slack_rooms import PATTERN, PHONE, app, board_of, opened, room_of, said
from tocsin.adapters.chat.slack_api import SlackApi, troubles
from tocsin.adapters.chat.slack_blocks import blocks
from tocsin.adapters.egress.egress import Egress
from tocsin.app.access import Role
from tocsin.app.chat.ports import Button, Card
from tocsin.app.execution.starting import Given
from tocsin.errors import Unavailable
from tocsin.fakes.slack import FakeSlack, Message
from tocsin.fakes.standin import Fault
from tocsin.incident import commands as c
from tocsin.incident.facts import (
    Acknowledged,
    LevelPaged,
    NoteAdded,
    Paged,
    Resolved,
    RoleTaken,
    SeverityAssessed,
    StatusUpdated,
    Via,
)
from tocsin.incident.step_facts import StepApproved, StepOutcome, StepStarted
from tocsin.web.chat_acts import Heard, Pressed
from tocsin.web.slack_payloads import read_event, read_interaction

STRANGER = "U0STRANGER"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """The stand-in."""
    with FakeSlack() as one:
        yield one


@pytest.fixture
def house(tmp_path: Path, slack: FakeSlack) -> Iterator[Mill]:
    """Ana is on call, Bo is the team lead, and INC-1 has its channel."""
    with opened(tmp_path, slack) as one:
        one.declare()
        one.work()
        yield one


def told(slack: FakeSlack, user: str = "U0ANA") -> str:
    """What somebody alone was told last; it may take a moment."""
    assert soon(lambda: any(one.user == user for one in slack.whispers))
    return [one for one in slack.whispers if one.user == user][-1].shown()


def facts(house: Mill, kind: type, id: str = "INC-1") -> list:  # type: ignore[type-arg]
    """What happened of one kind."""
    return [one for one in house.facts(id) if isinstance(one, kind)]


def test_the_acknowledge_button_is_pressed_by_whoever_is_bound(house: Mill, slack: FakeSlack) -> None:
    """Ana's press is Ana's acknowledgement, by chat; the board says so in place, and she is told what comes next."""
    slack.press("U0ANA", room_of(slack), board_of(slack), "Acknowledge")
    assert soon(lambda: facts(house, Acknowledged))
    with house.installation.application.store.read() as tx:
        (recorded,) = [one for one in tx.incidents.facts(["INC-1"])["INC-1"] if isinstance(one.fact, Acknowledged)]
    assert (recorded.by.name, recorded.by.via) == ("ana", Via.CHAT)
    assert "INC-1 is yours" in told(slack)
    house.work()
    assert "Ana has it" in board_of(slack).shown()


def test_an_unknown_persons_press_does_nothing_and_says_what_to_do(house: Mill, slack: FakeSlack) -> None:
    """Sitting in the channel grants nothing: the line for tocsin.toml is what they get."""
    before = len(house.facts())
    slack.press(STRANGER, room_of(slack), board_of(slack), "Acknowledge")
    slack.command(STRANGER, "resolve", room_of(slack))
    slack.press(STRANGER, room_of(slack), board_of(slack), "Update")
    slack.say(STRANGER, room_of(slack), "I restarted it")
    assert 'slack = "U0STRANGER"' in told(slack, STRANGER)
    assert soon(lambda: len(slack.whispers) == 3)
    assert slack.views == []
    assert len(house.facts()) == before


def test_a_disabled_account_does_nothing(house: Mill, slack: FakeSlack) -> None:
    """B2: who may act is asked at the press, not when the button was made."""
    accounts = house.installation.application.accounts
    accounts.add_user(ADA, "ana", "Ana", Role.RESPONDER, "a long enough passphrase")
    accounts.change_user(ADA, "ana", disabled=True)
    slack.press("U0ANA", room_of(slack), board_of(slack), "Acknowledge")
    assert "disabled" in told(slack)
    assert facts(house, Acknowledged) == []


def test_a_viewers_press_is_refused_by_the_same_rule_as_on_the_page(house: Mill, slack: FakeSlack) -> None:
    """B6: a role is a role, whichever face asks."""
    house.installation.application.accounts.add_user(ADA, "ana", "Ana", Role.VIEWER, "a long enough passphrase")
    slack.press("U0ANA", room_of(slack), board_of(slack), "Acknowledge")
    assert "needs the permission 'respond'" in told(slack)
    assert facts(house, Acknowledged) == []


def test_a_second_acknowledgement_says_who_has_it(house: Mill, slack: FakeSlack) -> None:
    """Take over, join, or go back to sleep."""
    house.acknowledge("bo")
    slack.command("U0ANA", "ack", room_of(slack))
    assert "Bo has INC-1 already" in told(slack)
    slack.command("U0ANA", "takeover", room_of(slack))
    assert soon(lambda: house.incident().acknowledged_by == "ana")


def test_update_and_resolve_ask_for_words_first(house: Mill, slack: FakeSlack) -> None:
    """The form opens at the press, and what was written is posted when it is sent."""
    slack.press("U0ANA", room_of(slack), board_of(slack), "Update")
    assert soon(lambda: slack.views)
    slack.submit("U0ANA", "The disk is full; clearing it")
    assert soon(lambda: facts(house, StatusUpdated))
    slack.press("U0ANA", room_of(slack), board_of(slack), "Resolve")
    assert soon(lambda: len(slack.views) == 2)
    slack.submit("U0ANA", "Disk full, cleared")
    assert soon(lambda: facts(house, Resolved))
    assert facts(house, Resolved)[0].summary == "Disk full, cleared"


def test_escalate_pages_the_next_level(house: Mill, slack: FakeSlack) -> None:
    """The button asks once more in Slack, then the runbook's next level is paged."""
    assert "confirm" in board_of(slack).buttons()["Escalate"]
    slack.press("U0ANA", room_of(slack), board_of(slack), "Escalate")
    assert "Escalated to Team Lead" in told(slack)
    assert ("bo", "phone") in house.paged()


def test_the_words_of_the_command_are_the_commands_of_the_page(house: Mill, slack: FakeSlack) -> None:
    """Severity, note, update, lead, role and page, in the channel of the incident."""
    room = room_of(slack)
    for text, kind in (
        ("ack", Acknowledged),
        ("sev P2 most works again", SeverityAssessed),
        ("note look at the disk", NoteAdded),
        ("update clearing the disk", StatusUpdated),
        ("role comms <@U0BO|bo>", RoleTaken),
        ("page <@U0BO> the database is his", Paged),
        ("resolve it was the disk", Resolved),
    ):
        before = len(facts(house, kind))
        slack.command("U0ANA", text, room)
        assert soon(lambda kind=kind, before=before: len(facts(house, kind)) > before), text
    assert house.incident().severity == "P2"
    assert [(one.role, one.person) for one in facts(house, RoleTaken)] == [("Communications Lead", "bo")]


def test_a_title_is_asked_about_before_anybody_is_woken(house: Mill, slack: FakeSlack) -> None:
    """`/incident reslove` pages nobody; a form asks for service and severity, with what the runbook's words suggest."""
    slack.command("U0BO", "Complete outage of the shop")
    assert soon(lambda: slack.views)
    element = slack.views[-1]["blocks"][0]["element"]
    assert element["initial_option"]["value"] == "mill P0"
    assert house.facts("INC-2") == []
    slack.submit("U0BO", next(o["text"]["text"] for o in element["options"] if o["value"] == "mill P2"))
    assert soon(lambda: house.facts("INC-2"))
    declared = house.incident("INC-2")
    assert (declared.title, declared.severity) == ("Complete outage of the shop", "P2")


def test_a_form_that_does_not_open_gives_place_to_buttons(house: Mill, slack: FakeSlack) -> None:
    """Slack lets us for three seconds only; what is asked stands in a message then, and one press declares."""
    slack.forms_open = False
    slack.command("U0BO", "Complete outage of the shop")
    assert "Declare" in told(slack, "U0BO")
    whisper = slack.whispers[-1]
    slack.press("U0BO", room_of(slack), Message("1", slack.BOT, "", whisper.blocks), "Declare for mill")
    assert soon(lambda: house.facts("INC-2"))
    assert house.incident("INC-2").severity == "P0"


def test_help_and_status_and_who_answer_whoever_asks_alone(house: Mill, slack: FakeSlack) -> None:
    """Nobody else reads them, and nothing happens."""
    before = len(house.facts())
    slack.command("U0ANA", "", room_of(slack))
    assert "/incident ack" in told(slack)
    slack.command("U0ANA", "status")
    assert soon(lambda: "nobody has it yet" in told(slack))
    slack.command("U0ANA", "who")
    assert soon(lambda: "no schedule" in told(slack))
    assert len(house.facts()) == before
    assert len(room_of(slack).messages) == 1


def test_talk_of_known_people_is_noted_once(house: Mill, slack: FakeSlack) -> None:
    """Slack delivers an event twice; the timeline has it once, as theirs, and the channel is not told its own words."""
    slack.doubles = True
    slack.say("U0BO", room_of(slack), "I see 502 &amp; timeouts, <@U0ANA>: <https://graphs.example/x|graph>")
    assert soon(lambda: facts(house, NoteAdded))
    slack.doubles = False
    slack.say("U0BO", room_of(slack), "second")
    assert soon(lambda: len(facts(house, NoteAdded)) == 2)
    assert facts(house, NoteAdded)[0].text == "I see 502 & timeouts, @ana: graph (https://graphs.example/x)"
    house.work()
    assert said(slack) == [] or all("noted" not in one for one in said(slack))


def test_a_pushpin_notes_what_somebody_else_wrote(tmp_path: Path, slack: FakeSlack) -> None:
    """With `keeps = "pinned"` only what gets a 📌 of a known person goes to the timeline, with who wrote it."""
    environ = {"SLACK_TOKEN": slack.token, "SLACK_SECRET": slack.secret}
    settings = app(slack).replace('api = "', 'keeps = "pinned"\napi = "')
    members = ('slack = "U0ANA"', 'slack = "U0BO"')
    with mill(tmp_path, PHONE, settings, environ, outlets='chat = ["slack"]', members=members) as house:
        slack.now, slack.deliver_to = house.clock.now, f"{house.url}/callback/slack"
        house.declare()
        house.work()
        message = slack.say(STRANGER, room_of(slack), "the certificate has expired")
        slack.say("U0BO", room_of(slack), "lunch?")
        slack.react(STRANGER, room_of(slack), message)
        slack.react("U0ANA", room_of(slack), message, "eyes")
        slack.react("U0ANA", room_of(slack), message)
        slack.react("U0BO", room_of(slack), message)
        assert soon(lambda: facts(house, NoteAdded))
        assert [one.text for one in facts(house, NoteAdded)] == ["U0STRANGER: the certificate has expired"]


def test_what_is_said_elsewhere_is_nobodys_business(house: Mill, slack: FakeSlack) -> None:
    """Only the channel of an incident is listened to."""
    elsewhere = slack.room("random")
    before = len(house.facts())
    slack.say("U0ANA", elsewhere, "coffee")
    slack.react("U0ANA", elsewhere, elsewhere.messages[0])
    assert len(house.facts()) == before


def post(house: Mill, body: bytes, headers: dict[str, str]) -> int:
    """The status of a request that says to come from Slack."""
    request = urllib.request.Request(f"{house.url}/callback/slack", body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_only_what_slack_signed_in_the_last_five_minutes_is_believed(house: Mill, slack: FakeSlack) -> None:
    """B2: another secret, other bytes, an old or a future timestamp, none, or two signatures: 401, and nothing done."""
    body = b"command=%2Fincident&text=ack&user_id=U0ANA&channel_id=" + room_of(slack).id.encode()
    now = house.clock.now()
    good = slack.signed(body)
    other = FakeSlack.signed.__get__(FakeSlack(secret="another-secret"))
    before = len(house.facts())
    assert post(house, body, {}) == 401
    assert post(house, body + b"x", good) == 401
    assert post(house, body, other(body, now)) == 401
    assert post(house, body, slack.signed(body, now - timedelta(seconds=301))) == 401
    assert post(house, body, slack.signed(body, now + timedelta(seconds=301))) == 401
    assert post(house, body, {**good, "X-Slack-Request-Timestamp": "²³"}) == 401
    assert post(house, body, {**good, "X-Slack-Signature": ""}) == 401
    assert len(house.facts()) == before
    assert post(house, body, slack.signed(body, now - timedelta(seconds=290))) == 200
    assert soon(lambda: facts(house, Acknowledged))


def test_the_address_is_verified_as_slack_wants_it(house: Mill, slack: FakeSlack) -> None:
    """url_verification is answered with its challenge."""
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    assert (
        b"3eZbrw1a"
        in slack.call_back(slack.deliver_to, body, {"Content-Type": "application/json", **slack.signed(body)})[0]
    )


def test_slack_is_answered_within_its_three_seconds_however_long_the_act_takes(house: Mill, slack: FakeSlack) -> None:
    """A slow answer to a command is under way when Slack hears yes, and arrives all the same."""
    slack.plan(Fault(delay=9))
    begun = time.monotonic()
    assert slack.command("U0ANA", "help", room_of(slack)) == [b""]
    assert time.monotonic() - begun < 8
    assert "/incident ack" in told(slack)


def test_a_database_that_is_away_makes_slack_send_the_message_again(house: Mill, slack: FakeSlack) -> None:
    """What people write is kept before Slack hears yes: 503 otherwise, which Slack repeats."""
    chatting = house.installation.application.chats["slack"]
    kept = chatting.store
    chatting.store = _Away()  # type: ignore[assignment]
    body = json.dumps(
        {
            "type": "event_callback",
            "event": {"type": "message", "user": "U0BO", "text": "x", "ts": "1.1", "channel": room_of(slack).id},
        }
    ).encode()
    signed = {"Content-Type": "application/json", **slack.signed(body)}
    assert post(house, body, signed) == 503
    chatting.store = kept
    assert post(house, body, signed) == 200
    assert [one.text for one in facts(house, NoteAdded)] == ["x"]


class _Away:
    """A store whose database cannot be reached."""

    def read(self) -> object:
        """Say so."""
        raise Unavailable("the database is away")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "subtype": "message_changed", "user": "U0BO", "text": "x", "channel": "C1", "ts": "1"},
        {"type": "message", "subtype": "channel_join", "user": "U0BO", "text": "x", "channel": "C1", "ts": "1"},
        {"type": "message", "bot_id": "B1", "user": "U0BO", "text": "x", "channel": "C1", "ts": "1"},
        {"type": "message", "text": "x", "channel": "C1", "ts": "1"},
        {"type": "reaction_added", "reaction": "eyes", "user": "U0BO", "item": {"type": "message"}},
        {"type": "team_join"},
        {},
    ],
)
def test_what_nobody_has_said_is_not_heard(event: dict[str, object]) -> None:
    """Edits, Slack's own remarks, bots (ours too) and what we do not know are nobody's words."""
    assert read_event({"event": event}) is None
    assert read_event({"event": None}) is None


def test_a_reply_in_a_thread_is_heard() -> None:
    """A thread is talk like any other."""
    event = {"type": "message", "user": "U0BO", "text": "yes", "channel": "C1", "ts": "2", "thread_ts": "1"}
    assert read_event({"event": event}) == Heard("U0BO", "C1", "2", "yes")


def test_without_a_secret_slack_is_not_heard_and_the_board_has_no_buttons(tmp_path: Path, slack: FakeSlack) -> None:
    """One way: the address answers 404, and nothing can be pressed that nobody would hear."""
    settings = app(slack).replace('signing_secret = { env = "SLACK_SECRET" }\n', "")
    with mill(tmp_path, PHONE, settings, {"SLACK_TOKEN": slack.token}, outlets='chat = ["slack"]') as house:
        house.declare()
        house.work()
        assert list(board_of(slack).buttons()) == ["Customers", "Open the page"]
        body = b"command=x&user_id=U0ANA"
        assert post(house, body, slack.signed(body)) == 404


def test_the_buttons_of_a_row_differ_and_are_read_as_what_they_do() -> None:
    """Slack refuses a row in which two have one name: one service each, to declare for."""
    card = Card("Declare?", (), "", tuple(Button("declare", f"Declare for {n}", f"{n} Till is down") for n in "ab"))
    (row,) = [one for one in blocks(card) if one["type"] == "actions"]
    names = [one["action_id"] for one in row["elements"]]
    assert len(set(names)) == len(names) == 2
    press = {"type": "block_actions", "user": {"id": "U0ANA"}, "actions": [{"action_id": names[1], "value": "b x"}]}
    pressed = read_interaction(press)
    assert isinstance(pressed, Pressed)
    assert (pressed.action, pressed.value) == ("declare", "b x")


def test_nobody_consents_to_what_is_not_shown_whole() -> None:
    """A text that Slack would cut has no button to run or approve it: the first line may be the one that counts."""
    run = Button("run", "Run it", "INC-1 s - abc")
    page = Button("open", "Open the page", url="http://x")
    long = "rm -rf /data\n" + "echo done\n" * 400
    for card in (Card("Next", (), long, (run, page)), Card(long, (), "", (run, page))):
        shown = json.dumps(blocks(card))
        assert "Run it" not in shown
        assert "Open the page" in shown
        assert "read it on the page" in shown
    assert "Run it" in json.dumps(blocks(Card("Next", (), "uptime", (run, page))))


def test_a_press_that_slack_tells_twice_is_pressed_once(house: Mill, slack: FakeSlack) -> None:
    """The same press escalates by one level, and is answered once."""
    before = len(facts(house, LevelPaged))
    slack.doubles = True
    slack.press("U0ANA", room_of(slack), board_of(slack), "Escalate")
    slack.doubles = False
    slack.command("U0ANA", "help", room_of(slack))
    assert soon(lambda: len(slack.whispers) == 2)
    assert len(facts(house, LevelPaged)) == before + 1


def test_a_form_that_slack_tells_twice_is_taken_once(house: Mill, slack: FakeSlack) -> None:
    """The team hears one update."""
    slack.press("U0ANA", room_of(slack), board_of(slack), "Update")
    assert soon(lambda: slack.views)
    slack.doubles = True
    slack.submit("U0ANA", "The disk is full")
    slack.doubles = False
    slack.command("U0ANA", "update and it is cleared", room_of(slack))
    assert soon(lambda: any(one.text == "and it is cleared" for one in facts(house, StatusUpdated)))
    assert [one.text for one in facts(house, StatusUpdated)] == ["The disk is full", "and it is cleared"]


def test_words_that_came_to_nothing_are_given_back(house: Mill, slack: FakeSlack) -> None:
    """Somebody wrote an update into a form; it is refused, and they do not have to write it again."""
    slack.press("U0ANA", room_of(slack), board_of(slack), "Update")
    assert soon(lambda: slack.views)
    house.installation.application.accounts.add_user(ADA, "ana", "Ana", Role.VIEWER, "a long enough passphrase")
    slack.submit("U0ANA", "Disk full, clearing it")
    assert "needs the permission" in told(slack)
    assert "Disk full, clearing it" in told(slack)


def test_a_title_can_be_declared_for_one_of_two_services(tmp_path: Path, slack: FakeSlack) -> None:
    """The fitting one stands first, with its severity; what is not known yet is what the runbook's words suggest."""
    levels = "### P0 - Critical\n- Payments are lost\n\n### P2 - Low\n- Receipts look odd\n"
    (tmp_path / "till.md").write_text(f"# Till Runbook\n\n## Severity Levels\n\n{levels}")
    more = '[service.till]\nrunbook = "till.md"\n'
    environ = {"SLACK_TOKEN": slack.token, "SLACK_SECRET": slack.secret}
    with mill(tmp_path, PHONE, app(slack) + more, environ, members=('slack = "U0ANA"', "")) as house:
        slack.now, slack.deliver_to = house.clock.now, f"{house.url}/callback/slack"
        slack.command("U0ANA", "Payments are lost")
        assert soon(lambda: slack.views)
        element = slack.views[-1]["blocks"][0]["element"]
        values = [one["value"] for one in element["options"]]
        assert values[:3] == ["till P0", "till P2", "till "]
        assert "mill P0" in values
        assert element["initial_option"]["value"] == "till P0"
        slack.submit("U0ANA", "till: not known yet")
        assert soon(lambda: house.facts("INC-1"))
        assert (house.incident().service, house.incident().severity) == ("till", "P0")


def test_a_wrong_token_is_called_by_the_setting_that_holds_it(slack: FakeSlack) -> None:
    """Whoever reads it corrects the right line of tocsin.toml."""
    for setting in ("slack.token", "slack.app_token"):
        api = SlackApi(Egress(["127.0.0.0/8"]), "xoxb-wrong", f"{slack.url}/api", setting)
        assert troubles(api) == [f"Slack does not know the token; correct {setting}"]
        api.egress.close()


def test_nothing_starts_by_a_step_that_changed_since_it_was_shown(house: Mill, slack: FakeSlack) -> None:
    """What runs is what was read: another digest is refused."""
    house.installation.application.incidents.act(house.caller("ana"), "INC-1", c.Acknowledge("ana"))
    slack.interact(
        {
            "type": "block_actions",
            "user": {"id": "U0ANA"},
            "channel": {"id": room_of(slack).id},
            "response_url": f"{slack.url}/response/U0ANA",
            "actions": [{"action_id": "run", "value": "INC-1 nothing - abc"}],
        }
    )
    assert "no step" in told(slack)
    assert facts(house, StepStarted) == []


DESTRUCTIVE = """
## Common Incidents

### API not responding

**Symptoms**: API not responding

**Resolution**:

```bash
rm -r held-jobs
```
"""


def test_a_second_person_approves_what_is_destructive_by_a_press(tmp_path: Path, slack: FakeSlack) -> None:
    """F41, F43, F44: not whoever asked, not a viewer, not a stranger; once, however often it is pressed."""
    held = tmp_path / "held-jobs"
    with opened(tmp_path, slack, PATTERN + DESTRUCTIVE) as house:
        application = house.installation.application
        step = next(one.id for one in application.playbooks.of("mill").playbook.steps().values() if one.command)
        application.steps.enable(ADA, "mill", step)
        house.declare()
        house.work()
        application.steps.run(house.caller("ana"), "INC-1", step, Given(confirmed=True, typed="local"))
        house.work()
        (asked,) = [one for one in room_of(slack).messages if "Approve" in one.buttons()]
        assert "rm -r held-jobs" in asked.shown()
        held.mkdir()
        application.accounts.add_user(ADA, "ana", "Ana", Role.MAINTAINER, "a long enough passphrase")
        slack.press("U0ANA", room_of(slack), asked, "Approve")
        assert "somebody else has to approve it" in told(slack)
        slack.press(STRANGER, room_of(slack), asked, "Approve")
        assert told(slack, STRANGER)
        application.accounts.add_user(ADA, "bo", "Bo", Role.VIEWER, "a long enough passphrase")
        slack.press("U0BO", room_of(slack), asked, "Approve")
        assert "needs the permission" in told(slack, "U0BO")
        house.work()
        assert held.exists()
        assert facts(house, StepApproved) == []
        application.accounts.change_user(ADA, "bo", role=Role.MAINTAINER)
        slack.doubles = True
        slack.press("U0BO", room_of(slack), asked, "Approve")
        assert soon(lambda: facts(house, StepApproved))
        house.work()
        assert not held.exists()
        assert house.incident().steps[step].outcome is StepOutcome.SUCCEEDED
        held.mkdir()
        before = len(slack.whispers)
        slack.press("U0BO", room_of(slack), asked, "Approve")
        assert soon(lambda: len(slack.whispers) > before)
        house.work()
        assert held.exists()
        (approved,) = facts(house, StepApproved)
        with application.store.read() as tx:
            entries = [one for one in tx.audit.latest(20) if one.verb == "step.approve"]
        assert [(one.who, one.via) for one in entries if one.allowed] == [("bo", "chat")]
        assert {one.who for one in entries if not one.allowed} >= {"ana", "bo"}
        assert approved.run == asked_run(asked)


def asked_run(message: Message) -> str:
    """The run that a message's button would approve."""
    return str(message.buttons()["Approve"]["value"]).partition(" ")[0]
