"""Signed webhooks: the signature as the standard has it, and what every answer means for another try."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.stage.child import free_port
from tests.stage.webhook import Answer, Request, Webhook
from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Response
from tocsin.adapters.webhooks import SignedWebhook, WebhookPager, retry_after, secret_of, signed_headers
from tocsin.app.ports import Delivered, GiveUp, PageMessage, TryAgain
from tocsin.clock import MovableClock
from tocsin.errors import BadSettings

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
KEY = bytes(range(32))
OTHER = bytes(range(32, 64))


@pytest.fixture
def egress() -> Iterator[Egress]:
    """A client that may reach the loopback network, with spans that a busy machine does not fill."""
    client = Egress(["127.0.0.0/8"], connect=10.0, total=30.0)
    yield client
    client.close()


def signature(key: bytes, request: Request) -> str:
    """What the standard says the signature of a request is, written anew from its text."""
    signed = request.headers["webhook-id"] + "." + request.headers["webhook-timestamp"] + "." + request.body.decode()
    return "v1," + base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()


def page(address: str) -> PageMessage:
    """A page to an address."""
    return PageMessage("page-1", "INC-1", "ana", address, "P0 shop", "the shop is down", "http://t/p/x", NOW)


def test_news_is_signed_over_id_instant_and_body(egress: Egress, webhook_sink: Webhook) -> None:
    """A receiver can check who sent it, when, and that not a byte was changed."""
    sender = SignedWebhook(egress, webhook_sink.url, [secret_of(KEY)])
    assert sender.send("webhook/INC-1/3/ops", b'{"a": 1}', NOW) == Delivered("HTTP 200")
    (request,) = webhook_sink.requests
    assert request.body == b'{"a": 1}'
    assert request.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert request.headers["webhook-signature"] == signature(KEY, request)
    assert request.headers["content-type"] == "application/json"


def test_a_repeated_message_keeps_its_id_and_gets_a_new_timestamp(egress: Egress, webhook_sink: Webhook) -> None:
    """The receiver recognises a copy by its id, and a replay by its old timestamp."""
    sender = SignedWebhook(egress, webhook_sink.url, [secret_of(KEY)])
    sender.send("a", b"{}", NOW)
    sender.send("a", b"{}", NOW + timedelta(seconds=9))
    sender.send("b", b"{}", NOW)
    first, again, other = (request.headers for request in webhook_sink.requests)
    assert first["webhook-id"] == again["webhook-id"] != other["webhook-id"]
    assert first["webhook-timestamp"] != again["webhook-timestamp"]


def test_an_id_holds_no_full_stop_whatever_the_key_is() -> None:
    """Full stops separate what is signed, so an id must not bring its own; hostile keys stay out of headers."""
    for key in ("a.b", "x\r\ny", "\ud800", ""):
        headers = signed_headers([KEY], key, b"", NOW)
        assert set(headers["webhook-id"]) <= set("msg_0123456789abcdef")


def test_two_secrets_sign_side_by_side(egress: Egress, webhook_sink: Webhook) -> None:
    """While a team changes the secret, receivers with the old one and with the new one both accept."""
    SignedWebhook(egress, webhook_sink.url, [secret_of(OTHER), secret_of(KEY)]).send("k", b"{}", NOW)
    (request,) = webhook_sink.requests
    assert request.headers["webhook-signature"].split(" ") == [signature(OTHER, request), signature(KEY, request)]


@pytest.mark.parametrize(
    "secrets", [[], [""], ["plain"], ["whsec_"], ["whsec_!!!"], [secret_of(b"short")], ["whsec_é"]]
)
def test_nothing_is_sent_unsigned(egress: Egress, secrets: list[str]) -> None:
    """Without a usable secret there is no sender: never an unsigned mode by accident."""
    with pytest.raises(BadSettings, match="whsec_"):
        SignedWebhook(egress, "https://example.org/", secrets)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Delivered("HTTP 200")),
        (202, Delivered("HTTP 202")),
        (204, Delivered("HTTP 204")),
        (408, TryAgain("the other end answered 408")),
        (429, TryAgain("the other end answered 429")),
        (500, TryAgain("the other end answered 500", ambiguous=True)),
        (503, TryAgain("the other end answered 503", ambiguous=True)),
    ],
)
def test_a_status_says_whether_to_try_again(
    egress: Egress, webhook_sink: Webhook, status: int, expected: Delivered | TryAgain
) -> None:
    """2xx is taken; 408, 429 and 5xx are worth another try, and a 5xx may have acted already (R7)."""
    webhook_sink.always(Answer(status))
    assert SignedWebhook(egress, webhook_sink.url, [secret_of(KEY)]).send("k", b"{}", NOW) == expected


@pytest.mark.parametrize("status", [301, 308, 400, 401, 403, 404, 410, 413, 422])
def test_a_refusal_is_given_up(egress: Egress, webhook_sink: Webhook, status: int) -> None:
    """Every other answer will be the same next time: the reason names the status."""
    webhook_sink.always(Answer(status))
    outcome = SignedWebhook(egress, webhook_sink.url, [secret_of(KEY)]).send("k", b"{}", NOW)
    assert isinstance(outcome, GiveUp)
    assert str(status) in outcome.reason
    assert len(webhook_sink.requests) == 1


def test_the_other_ends_wish_to_wait_is_kept(egress: Egress, webhook_sink: Webhook) -> None:
    """Retry-After in seconds comes back with the outcome."""
    webhook_sink.always(Answer(429, headers={"Retry-After": "120"}))
    outcome = SignedWebhook(egress, webhook_sink.url, [secret_of(KEY)]).send("k", b"{}", NOW)
    assert outcome == TryAgain("the other end answered 429", after=timedelta(minutes=2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", timedelta(0)),
        ("90", timedelta(seconds=90)),
        ("Sat, 07 Mar 2026 03:01:00 GMT", timedelta(minutes=1)),
        ("Sat, 07 Mar 2026 02:00:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=1)),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, expected: timedelta | None) -> None:
    """A date is read by the other end's clock, a wish beyond a day is cut, nonsense is no wish (RFC 9110)."""
    headers = {"retry-after": value, "date": "Sat, 07 Mar 2026 03:00:00 GMT"}
    assert retry_after(Response(429, headers)) == expected


def test_accept_then_drop_may_have_arrived(egress: Egress, webhook_sink: Webhook) -> None:
    """A connection that ends after the request leaves the question open, and says so."""
    webhook_sink.plan(Answer(drop=True))
    outcome = WebhookPager(egress, [secret_of(KEY)], MovableClock(NOW)).page(page(webhook_sink.url))
    assert isinstance(outcome, TryAgain)
    assert outcome.ambiguous


def test_a_refused_connection_is_tried_again_without_doubt(egress: Egress) -> None:
    """Nobody listened: another try cannot be a second page."""
    address = f"http://127.0.0.1:{free_port()}/"
    outcome = WebhookPager(egress, [secret_of(KEY)], MovableClock(NOW)).page(page(address))
    assert isinstance(outcome, TryAgain)
    assert not outcome.ambiguous


def test_a_forbidden_address_is_given_up() -> None:
    """A way that leads into the own network will not lead elsewhere later."""
    client = Egress()
    outcome = WebhookPager(client, [secret_of(KEY)], MovableClock(NOW)).page(page("http://169.254.169.254/latest"))
    client.close()
    assert isinstance(outcome, GiveUp)


def test_a_page_is_json_signed_at_the_instant_of_the_attempt(egress: Egress, webhook_sink: Webhook) -> None:
    """A page that is tried again minutes later is fresh for its receiver, and says what, whom and where."""
    clock = MovableClock(NOW + timedelta(minutes=7))
    outcome = WebhookPager(egress, [secret_of(KEY)], clock).page(page(webhook_sink.url))
    assert outcome == Delivered("HTTP 200")  # taken, and no proof that anybody woke (R8)
    (request,) = webhook_sink.requests
    assert request.headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    assert request.headers["webhook-signature"] == signature(KEY, request)
    assert request.json() == {
        "type": "page",
        "key": "page-1",
        "incident": "INC-1",
        "person": "ana",
        "headline": "P0 shop",
        "text": "the shop is down",
        "link": "http://t/p/x",
        "at": NOW.isoformat(),
        "urgent": True,
    }
