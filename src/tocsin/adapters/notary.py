"""Whether messages of SNS are signed by SNS, and the answer to its invitations.

The certificate comes over TLS from SNS itself (`alerts/sns.py` looks at its address first, F58), by the egress
client, which follows no redirect. That connection vouches for it; beyond that it must be issued to SNS and be valid
now. It is kept for a day, and a failure for a minute, so that messages that cannot be checked fetch nothing more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from tocsin.adapters.egress import Exchange, Response
from tocsin.alerts.sns import SnsMessage
from tocsin.errors import Unavailable

KEPT = timedelta(days=1)
FAILED = timedelta(minutes=1)
SKEW = timedelta(minutes=5)
MOST = 64
"""Certificates kept; SNS has a few for each region."""


class SnsNotary:
    """Checks signatures, and confirms subscriptions. ``get`` fetches an address. Thread-safe."""

    def __init__(self, get: Callable[[str], Exchange]) -> None:
        self._get = get
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, x509.Certificate | str]] = {}

    def why_false(self, message: SnsMessage, now: datetime) -> str:
        """Why the signature is not one of SNS; empty when it is. Raises Unavailable when it cannot be told now."""
        certificate = self._certificate(message.certificate, now)
        names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        if names != ["sns.amazonaws.com"] and names != [message.host]:
            return "the certificate is not one of SNS"
        if not certificate.not_valid_before_utc - SKEW <= now <= certificate.not_valid_after_utc:
            return "the certificate is not valid now"
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return "the certificate has no RSA key"
        algorithm = SHA256() if message.version == "2" else SHA1()  # noqa: S303 -- version 1 is SHA-1; it can be refused
        try:
            key.verify(message.signature, message.signed, padding.PKCS1v15(), algorithm)
        except InvalidSignature:
            return "the signature is wrong"
        return ""

    def confirm(self, message: SnsMessage) -> None:
        """Confirm a subscription, again if need be. Raises Unavailable when SNS did not say that it is confirmed."""
        answer = self._get(message.confirm_url)
        if not isinstance(answer, Response) or answer.status != 200:
            raise Unavailable(f"the subscription of {message.topic} could not be confirmed: {_said(answer)}")

    def _certificate(self, url: str, now: datetime) -> x509.Certificate:
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

    def _fetch(self, url: str) -> x509.Certificate | str:
        answer = self._get(url)
        if not isinstance(answer, Response) or answer.status != 200:
            return _said(answer)
        try:
            return x509.load_pem_x509_certificate(answer.body)
        except ValueError:
            return "it is no certificate"


def _said(answer: Exchange) -> str:
    return f"answered {answer.status}" if isinstance(answer, Response) else answer.reason
