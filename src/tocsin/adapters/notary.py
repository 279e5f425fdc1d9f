"""Whether messages of SNS are signed by SNS, and the answer to its invitations.

The certificate comes over TLS from SNS itself (`alerts/sources/sns.py` looks at its address first, F58), by the egress
client, which follows no redirect. That connection vouches for it; beyond that it must be issued to SNS and be valid
now. It is kept for a day, and a failure for a minute, so that messages that cannot be checked fetch nothing more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.adapters.egress.exchange import Exchange, Response
from tocsin.adapters.sns_certificate import certificate_of, why_not_signed
from tocsin.alerts.sources.sns import SnsMessage
from tocsin.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

KEPT = timedelta(days=1)
FAILED = timedelta(minutes=1)
MOST = 64
"""Certificates kept; SNS has a few for each region."""


class SnsNotary:
    """Checks signatures, and confirms subscriptions. ``get`` fetches an address. Thread-safe."""

    def __init__(self, get: Callable[[str], Exchange]) -> None:
        self._get = get
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, Certificate | str]] = {}

    def why_false(self, message: SnsMessage, now: datetime) -> str:
        """Why the signature is not one of SNS; empty when it is. Raises Unavailable when it cannot be told now."""
        return why_not_signed(message, self._certificate(message.certificate, now), now)

    def confirm(self, message: SnsMessage) -> None:
        """Confirm a subscription, again if need be. Raises Unavailable when SNS did not say that it is confirmed."""
        answer = self._get(message.confirm_url)
        if not isinstance(answer, Response) or answer.status != 200:
            raise Unavailable(f"the subscription of {message.topic} could not be confirmed: {_said(answer)}")

    def _certificate(self, url: str, now: datetime) -> Certificate:
        with self._lock:  # one fetch at a time: a burst of messages with one certificate fetches it once
            at, found = self._kept.get(url, (None, ""))
            if at is None or now - at >= (FAILED if isinstance(found, str) else KEPT) or now < at:
                found = self._fetch(url)
                if len(self._kept) >= MOST:
                    self._kept.clear()
                self._kept[url] = (now, found)
        if isinstance(found, str):
            raise Unavailable(f"the certificate of SNS could not be fetched: {found}")
        return found

    def _fetch(self, url: str) -> Certificate | str:
        answer = self._get(url)
        if not isinstance(answer, Response) or answer.status != 200:
            return _said(answer)
        return certificate_of(answer.body) or "it is no certificate"


def _said(answer: Exchange) -> str:
    return f"answered {answer.status}" if isinstance(answer, Response) else answer.reason
