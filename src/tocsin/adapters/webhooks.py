"""Webhooks: news and pages for other programs, signed as Standard Webhooks asks (https://www.standardwebhooks.com).

``webhook-id`` is the same for every attempt, so that a receiver can drop a copy; ``webhook-timestamp`` is the
attempt's own. Several secrets sign side by side while a team changes them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Exchange, Forbidden, Response, Unanswered, Unsent
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, TryAgain
from tocsin.clock import Clock
from tocsin.errors import BadSettings

LONGEST_PATIENCE = timedelta(days=1)
"""A ``Retry-After`` beyond this is cut to it."""

_GONE_IN_SLACK = (b"no_service", b"no_team", b"invalid_token", b"channel_not_found", b"channel_is_archived")
"""What an incoming webhook of Slack answers that will not work again (docs.slack.dev, "Handling errors")."""


class SignedWebhook:
    """Tells one program the news. Raises BadSettings without a usable secret: nothing is ever sent unsigned."""

    def __init__(self, egress: Egress, url: str, secrets: Sequence[str]) -> None:
        self._egress = egress
        self._url = url
        self._keys = keys_of(secrets)

    def send(self, key: str, body: bytes, at: datetime) -> Outcome:
        """POST the body. ``at`` is the instant of this attempt: receivers refuse a stale one."""
        headers = signed_headers(self._keys, key, body, at)
        return outcome_of(self._egress.post(self._url, body, headers))


class WebhookPager:
    """Pages a person through a program of their own; the way's address is its URL."""

    def __init__(self, egress: Egress, secrets: Sequence[str], clock: Clock) -> None:
        self._egress = egress
        self._keys = keys_of(secrets)
        self._clock = clock

    def page(self, message: PageMessage) -> Outcome:
        """POST the page as JSON; an answer of 2xx says that the program took it, not that the person woke."""
        body = json.dumps(
            {
                "type": "page",
                "key": message.key,
                "incident": message.incident_id,
                "person": message.person,
                "headline": message.headline,
                "text": message.text,
                "link": message.link,
                "at": message.at.isoformat(),
                "urgent": message.urgent,
            }
        ).encode()
        headers = signed_headers(self._keys, message.key, body, self._clock.now())
        return outcome_of(self._egress.post(message.address, body, headers))


class SubscriberHooks:
    """Tells programs that people outside named. Each has a secret of its own, made from ``secret`` and its id."""

    def __init__(self, egress: Egress, secret: bytes) -> None:
        self._egress = egress
        self._secret = secret

    def secret(self, subscriber: str) -> str:
        """The secret that a subscriber's messages are signed with."""
        return secret_of(hmac.digest(self._secret, subscriber.encode(), "sha256"))

    def send(self, url: str, key: str, body: bytes, at: datetime, *, signed_for: str = "") -> Outcome:
        """POST the body once. 503 says that nothing was done, all other 5xx leave it open."""
        headers = {"Content-Type": "application/json"}
        if signed_for:
            headers = signed_headers(keys_of([self.secret(signed_for)]), key, body, at)
        exchange = self._egress.post(url, body, headers)
        if not isinstance(exchange, Response):
            return outcome_of(exchange)
        said = exchange.body[:40].strip()
        if exchange.status == 410 or (not signed_for and said in _GONE_IN_SLACK):
            word = f" ({said.decode()})" if said in _GONE_IN_SLACK else ""
            return GiveUp(f"the other end answered {exchange.status}{word}: it wants no more", gone=True)
        if exchange.status == 503:
            return TryAgain("the other end answered 503", after=retry_after(exchange))
        return outcome_of(exchange)


def secret_of(key: bytes) -> str:
    """A key (24 bytes or more) as the secret that is handed to a receiver."""
    return "whsec_" + base64.b64encode(key).decode()


def keys_of(secrets: Sequence[str]) -> tuple[bytes, ...]:
    """The keys of secrets written as ``whsec_`` and base64, newest first; raises BadSettings for any other form."""
    keys = tuple(_key(secret) for secret in secrets)
    if not keys:
        raise BadSettings("a webhook needs a secret to sign with: `whsec_` followed by base64 of 24 bytes or more")
    return keys


def signed_headers(keys: Sequence[bytes], key: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one attempt: content type, id, timestamp and one signature per key."""
    # The standard forbids full stops in an id, and our keys hold names that people chose.
    message_id = "msg_" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signatures = (base64.b64encode(hmac.digest(one, signed, "sha256")).decode() for one in keys)
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def outcome_of(exchange: Exchange) -> Outcome:
    """What an exchange means for a message: arrived, worth another try, or hopeless."""
    match exchange:
        case Response():
            return outcome_of_status(exchange.status, retry_after(exchange))
        case Forbidden(reason):
            return GiveUp(reason)
        case Unsent(reason):
            return TryAgain(reason)
        case Unanswered(reason):
            return TryAgain(reason, ambiguous=True)


def outcome_of_status(status: int, after: timedelta | None = None) -> Outcome:
    """The policy for an HTTP status. A 5xx is ambiguous: it may have failed after it had acted (R7)."""
    if 200 <= status < 300:
        return Delivered(receipt=f"HTTP {status}")
    if status in {408, 429}:
        return TryAgain(f"the other end answered {status}", after=after)
    if status >= 500:
        return TryAgain(f"the other end answered {status}", ambiguous=True, after=after)
    if 300 <= status < 400:
        return GiveUp(f"the other end answered {status}: it has moved, and redirects are not followed")
    return GiveUp(f"the other end answered {status}: it will not take this")


def retry_after(response: Response) -> timedelta | None:
    """How long the other end asks us to wait; None when it says nothing usable (RFC 9110, 10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_PATIENCE)
    try:
        # A date is read by the other end's own clock, which need not agree with ours.
        span = parsedate_to_datetime(text) - parsedate_to_datetime(response.headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return min(max(span, timedelta(0)), LONGEST_PATIENCE)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        key = b""
    if not secret.startswith("whsec_") or len(key) < 24:
        raise BadSettings("a webhook's secret is `whsec_` followed by base64 of 24 bytes or more")
    return key
