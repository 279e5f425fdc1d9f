"""Chat rooms and pages through the apprise library, against a real listener."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apprise.plugins.slack import NotifySlack

from tests.stage.child import free_port
from tests.stage.webhook import Answer, Webhook
from tocsin.adapters.chat.mentions import disarmed, unmentioned
from tocsin.adapters.waking.apprise_fanout import AppriseChat, ApprisePager
from tocsin.app.ports import Delivered, GiveUp, PageMessage, TryAgain

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)


def url(sink: Webhook, scheme: str = "json", path: str = "hush-T0KEN") -> str:
    """The sink as an apprise address."""
    return f"{scheme}://127.0.0.1:{sink.port}/{path}"


def page(address: str) -> PageMessage:
    """A page to an address."""
    return PageMessage("p", "INC-1", "ana", address, "P0 shop", "the shop is down", "http://t/p/x", NOW)


def test_a_message_arrives(webhook_sink: Webhook) -> None:
    """Title and text are what was said."""
    outcome = AppriseChat(url(webhook_sink)).say("k", "INC-1 shop", "acknowledged by Ana")
    assert isinstance(outcome, Delivered)
    assert not outcome.proof
    sent = webhook_sink.requests[0].json()
    assert (sent["title"], sent["message"]) == ("INC-1 shop", "acknowledged by Ana")


def test_a_page_brings_its_link(webhook_sink: Webhook) -> None:
    """Whoever is paged can act on it at once."""
    assert isinstance(ApprisePager().page(page(url(webhook_sink))), Delivered)
    sent = webhook_sink.requests[0].json()
    assert sent["title"] == "P0 shop"
    assert sent["message"] == "the shop is down\nhttp://t/p/x"
    assert sent["type"] == "failure"


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_given_up(webhook_sink: Webhook, status: int) -> None:
    """A revoked token or a room that is gone will not come back by trying again."""
    webhook_sink.always(Answer(status))
    assert isinstance(AppriseChat(url(webhook_sink)).say("k", "t", "x"), GiveUp)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_tried_again(webhook_sink: Webhook, status: int) -> None:
    """What may pass is tried again."""
    webhook_sink.always(Answer(status))
    assert isinstance(AppriseChat(url(webhook_sink)).say("k", "t", "x"), TryAgain)


def test_accept_then_drop_may_have_arrived(webhook_sink: Webhook) -> None:
    """A connection that ends without an answer leaves the question open."""
    webhook_sink.always(Answer(drop=True))
    outcome = AppriseChat(url(webhook_sink)).say("k", "t", "x")
    assert isinstance(outcome, TryAgain)
    assert outcome.ambiguous


def test_a_service_that_hangs_is_left_in_time(webhook_sink: Webhook) -> None:
    """A hanging chat service holds a thread no longer than the bound."""
    webhook_sink.always(Answer(delay=30))
    began = time.monotonic()
    outcome = AppriseChat(url(webhook_sink), within=timedelta(seconds=1)).say("k", "t", "x")
    assert isinstance(outcome, TryAgain)
    assert outcome.ambiguous
    assert time.monotonic() - began < 3


def test_nobody_listening_is_tried_again() -> None:
    """A refused connection may be a restart."""
    assert isinstance(AppriseChat(f"json://127.0.0.1:{free_port()}/").say("k", "t", "x"), TryAgain)


@pytest.mark.parametrize("address", ["", "nonsense", "nosuch://x", "slack://", "http://[", "json://"])
def test_an_address_that_is_none_is_given_up(address: str) -> None:
    """A wrong setting is no reason to try for ever."""
    assert isinstance(AppriseChat(address).say("k", "t", "x"), GiveUp)


class Lines(logging.Handler):
    """Keeps what is logged; unlike caplog it hears only what a program's own log would hear."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(record.getMessage())


@pytest.fixture
def log() -> Iterator[Lines]:
    """The program's log at its most talkative."""
    root, lines = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


def test_addresses_are_neither_told_nor_logged(
    webhook_sink: Webhook, log: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    """The address holds a token: no reason, receipt, log line or output repeats it."""
    webhook_sink.plan(Answer(200), Answer(500), Answer(drop=True))
    outcomes = [AppriseChat(url(webhook_sink)).say("k", "t", "x") for _ in range(3)]
    outcomes.append(AppriseChat("json://user:hush-T0KEN@[/").say("k", "t", "x"))
    assert len(webhook_sink.requests) == 3
    assert "hush-T0KEN" not in f"{outcomes} {log.lines} {capfd.readouterr()}"


@pytest.mark.parametrize(
    "call",
    [
        *("<@123456789012345678>", "<@!1>", "<@&2>", "@ana", "(@ana)", "*@ana*", "_@ana_", "@room", "@**ana**"),
        *("@*team*", "<users/all>", "<users/17>", '<at user_id="all">', "<@personEmail:ana@x.example>"),
        *("[Acknowledge](http://x.example)", "<http://x.example|Acknowledge>"),
    ],
)
def test_no_text_of_an_alert_calls_a_person_or_hides_a_link(webhook_sink: Webhook, call: str) -> None:
    """Discord, Telegram, Zulip and others read a person's name or id in plain text; it stands there, calling nobody."""
    AppriseChat(url(webhook_sink)).say("k", f"disk {call}", f"{call} is full")
    sent = webhook_sink.requests[0].json()
    for shown in (sent["title"], sent["message"]):
        assert call not in shown
        assert call in shown.replace("\u200b", "")


@pytest.mark.parametrize("text", ["ana@x.example", "curl -u a:b@host", "see http://x.example/@", "a <b> [c] (d)", "x@"])
def test_what_calls_nobody_stays_as_it_is(text: str) -> None:
    """An address, a link or a command can be copied from the chat."""
    assert disarmed(text) == text


def test_a_service_whose_name_is_put_into_words_late_has_taken_the_message(webhook_sink: Webhook) -> None:
    """A page that such a service took is delivered, not tried again and again."""
    outcome = AppriseChat(f"nctalk://u:p@127.0.0.1:{webhook_sink.port}/room").say("k", "t", "x")
    assert outcome == Delivered(receipt="Nextcloud Talk")


def test_an_alert_cannot_wake_a_room(webhook_sink: Webhook) -> None:
    """Slack's and Discord's words for everybody are broken, wherever a monitor's text holds them."""
    AppriseChat(url(webhook_sink)).say(
        "k", "disk <!channel>", "@everyone <!here|here> <!subteam^S1> mail@allied.example"
    )
    sent = webhook_sink.requests[0].json()
    for call in ("<!channel", "@everyone", "<!here", "<!subteam"):
        assert call not in sent["title"] + sent["message"]
    assert "mail@allied.example" in sent["message"]


def test_what_reaches_slack_is_escaped_once(webhook_sink: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack reads &, < and > as its own signs: a hostile text arrives as the same text and links nothing."""
    monkeypatch.setattr(NotifySlack, "webhook_url", f"{webhook_sink.url}/services")
    webhook_sink.always(Answer(200, b"ok"))
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"
    hostile = "a<b & <https://evil.example|click> <@U1234ABCD>"
    outcome = AppriseChat(address).say("k", "t", hostile)
    assert isinstance(outcome, Delivered), outcome
    sent = json.dumps(webhook_sink.requests[0].json(), ensure_ascii=False)
    shown = sent.replace("\u200b", "")
    assert "a&lt;b &amp; &lt;https://evil.example|click&gt; &lt;@U1234ABCD&gt;" in shown
    assert "<https" not in shown


def test_mentions_are_broken_invisibly() -> None:
    """The text still reads the same."""
    text = "<!channel> @here <@all> plain @heretic !here"
    assert unmentioned(text).replace("\u200b", "") == text
    assert "@heretic" in unmentioned(text)


def test_the_library_is_loaded_by_whoever_uses_it_only() -> None:
    """Starting Tocsin does not pay for 170 chat services."""
    code = "import sys, tocsin.adapters.waking.apprise_fanout; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
