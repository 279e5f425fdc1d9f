"""Notifications that ring through silence: ntfy (https://docs.ntfy.sh/publish/) and Pushover (https://pushover.net/api).

Both say at once that they took a message and nothing of the phone. ntfy's buttons POST a digit to us; Pushover repeats
an emergency every half minute until somebody acknowledges it in its app, which is asked for by its receipt.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Exchange, Response
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, Standing, Withdrawal

PUSHOVER = "https://api.pushover.net"
RETRY_SECONDS, EXPIRE_SECONDS = 30, 1800
"""Pushover rings again so often, for so long; the ladder has gone on by then."""
NTFY_BYTES = 3500
"""ntfy turns a longer message into a file."""
_RECEIPT = re.compile(r"[A-Za-z0-9]{1,64}")


@dataclass(frozen=True, slots=True)
class NtfyPager:
    """Pages by a topic of ntfy; the way's address is the topic's URL, ``https://:tk_token@host/topic`` with a token."""

    egress: Egress

    def page(self, message: PageMessage) -> Outcome:
        """Publish at the highest priority, which rings through Do-Not-Disturb where the phone allows it."""
        parts = urlsplit(message.address)
        topic = parts.path.strip("/")
        if not parts.hostname or not topic or "/" in topic:
            return GiveUp("this is not a topic of ntfy; its address is like https://ntfy.sh/a-long-random-word")
        host = parts.netloc.rpartition("@")[2]
        buttons = [
            {"action": "http", "label": label, "url": message.answer, "body": digit, "clear": digit == "4"}
            for digit, label in message.buttons
        ]
        body = {
            "topic": topic,
            "title": message.headline,
            "message": message.text.encode()[:NTFY_BYTES].decode(errors="ignore") or message.headline,
            "priority": 5 if message.urgent else 3,
            "tags": ["rotating_light"],
            "click": message.link,
            "actions": [{"method": "POST", **one} for one in buttons] if message.answer else [],
        }
        headers = {"Content-Type": "application/json", **_sign_in(parts.username or "", parts.password or "")}
        exchange = self.egress.post(urlunsplit((parts.scheme, host, "/", "", "")), json.dumps(body).encode(), headers)
        return _taken(exchange, "id")


@dataclass(frozen=True, slots=True)
class PushoverPager:
    """Pages by Pushover's emergency priority; the way's address is the person's user key."""

    egress: Egress
    token: str = field(repr=False)
    api: str = PUSHOVER

    def page(self, message: PageMessage) -> Outcome:
        """Send one emergency. Its receipt is kept, so that it can be asked for and silenced."""
        fields = {
            "token": self.token,
            "user": message.address,
            "title": message.headline[:250],
            "message": (message.text or message.headline)[:1024],
            "url": message.link if len(message.link) <= 512 else "",
            "url_title": "Acknowledge or see more",
            "priority": "2" if message.urgent else "0",
            "retry": str(RETRY_SECONDS),
            "expire": str(EXPIRE_SECONDS),
        }
        exchange = self.egress.post(f"{self.api.rstrip('/')}/1/messages.json", urlencode(fields).encode(), _FORM)
        outcome = _taken(exchange, "receipt")
        if isinstance(outcome, GiveUp) and isinstance(exchange, Response):
            errors = exchange.json_object().get("errors")
            if isinstance(errors, list) and errors:
                return GiveUp(f"Pushover refused it: {str(errors[0])[:200]}")
        return outcome

    def standing(self, receipt: str) -> Standing:
        """Whether the person has acknowledged it in the app; UNKNOWN when Pushover does not say."""
        if not _RECEIPT.fullmatch(receipt):
            return Standing.UNKNOWN
        address = f"{self.api.rstrip('/')}/1/receipts/{receipt}.json?token={quote(self.token, safe='')}"
        exchange = self.egress.get(address)
        said = exchange.json_object() if isinstance(exchange, Response) and exchange.status == 200 else {}
        if said.get("status") != 1:
            return Standing.UNKNOWN
        if said.get("acknowledged") == 1:
            return Standing.ACKNOWLEDGED
        return Standing.ENDED if said.get("expired") == 1 else Standing.RINGING

    def withdraw(self, over: Withdrawal) -> Outcome:
        """Stop its repetition. What it has shown stays in the app: Pushover takes no message back."""
        if not _RECEIPT.fullmatch(over.receipt):
            return GiveUp("it was no emergency, so there is nothing to stop")
        address = f"{self.api.rstrip('/')}/1/receipts/{over.receipt}/cancel.json"
        return outcome_of(self.egress.post(address, urlencode({"token": self.token}).encode(), _FORM))


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _sign_in(user: str, password: str) -> dict[str, str]:
    if not password:
        return {}
    if not user:
        return {"Authorization": f"Bearer {password}"}
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def _taken(exchange: Exchange, name: str) -> Outcome:
    outcome = outcome_of(exchange)
    if isinstance(outcome, Delivered) and isinstance(exchange, Response):
        return Delivered(receipt=str(exchange.json_object().get(name) or outcome.receipt)[:64])
    return outcome
