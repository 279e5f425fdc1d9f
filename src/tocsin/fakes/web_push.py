"""A stand-in for the push services of browsers' makers, and for the browsers behind them (RFC 8030, 8291 and 8292).

It takes only what a real one would: signed by the key that the browser subscribed with, for this very service,
encrypted for the browser's own key, within the size. What arrives is decrypted as the browser does it.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tocsin.clock import SystemClock
from tocsin.fakes.standin import Reply, Request, Standin

LARGEST = 4096
LONGEST_TOKEN = 24 * 3600


@dataclass(slots=True)
class Subscription:
    """What a browser has after it subscribed; ``ended``: the person withdrew it, or the browser is gone."""

    id: str
    endpoint: str
    server_key: str
    private: ec.EllipticCurvePrivateKey = field(repr=False)
    secret: bytes = field(repr=False)
    ended: bool = False

    @property
    def key(self) -> str:
        """What messages are encrypted for."""
        return _text(_point(self.private.public_key()))

    @property
    def auth(self) -> str:
        """The browser's secret."""
        return _text(self.secret)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the service worker gets it, and how it was sent."""

    subscription: Subscription
    data: Mapping[str, Any]
    ttl: int
    urgency: str
    topic: str


class FakePushService(Standin):
    """A push service. ``now`` gives the seconds since 1970 by which it judges signatures."""

    def __init__(self, port: int = 0, now: Callable[[], float] | None = None) -> None:
        super().__init__(port)
        self.now = now or (lambda: SystemClock().now().timestamp())
        self.subscriptions: dict[str, Subscription] = {}
        self.arrived: list[Arrived] = []

    def subscribe(self, server_key: str) -> Subscription:
        """A browser asks for notifications of the server that has this public key."""
        id = secrets.token_urlsafe(12)
        made = Subscription(
            id, f"{self.url}/push/{id}", server_key, ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        )
        self.subscriptions[id] = made
        return made

    def answer(self, request: Request) -> Reply:
        """Take a message for a browser."""
        to = self.subscriptions.get(request.path.removeprefix("/push/"))
        if to is None:
            return Reply(404, {"reason": "no such subscription"})
        if to.ended:
            return Reply(410, {"reason": "the subscription has ended"})
        if not request.headers.get("ttl", "").isdigit() or request.headers.get("content-encoding") != "aes128gcm":
            return Reply(400, {"reason": "a TTL and the encoding aes128gcm are needed"})
        if len(request.body) > LARGEST:
            return Reply(413, {"reason": "too large"})
        if wrong := self._distrust(request.headers.get("authorization", ""), to):
            return Reply(403, {"reason": wrong})
        return Reply(
            201, b"", {"Location": f"{self.url}/message/{secrets.token_hex(8)}"}, lambda: self._deliver(request, to)
        )

    def _distrust(self, authorization: str, to: Subscription) -> str:
        """What is wrong with a signature; empty for none (RFC 8292, 2 and 4)."""
        scheme, _, rest = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or parts.get("k") != to.server_key:
            return "not signed by the key that this browser subscribed with"
        signed, _, signature = parts["t"].rpartition(".")
        header, claims = (json.loads(_octets(part)) for part in signed.split("."))
        raw = _octets(signature)
        pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _octets(parts["k"]))
        try:
            key.verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return "the signature is wrong"
        if header.get("alg") != "ES256" or claims["aud"] != self.url:
            return "this token is for another push service"
        if not self.now() < claims["exp"] <= self.now() + LONGEST_TOKEN:
            return "this token has ended, or lasts for too long"
        return "" if claims["sub"].startswith(("mailto:", "https:", "http:")) else "nobody can be asked about this"

    def _deliver(self, request: Request, to: Subscription) -> None:
        headers = request.headers
        data = json.loads(decrypted(request.body, to))
        found = Arrived(to, data, int(headers["ttl"]), headers.get("urgency", "normal"), headers.get("topic", ""))
        self.arrived.append(found)

    @staticmethod
    def post(site: str, path: str, body: str) -> str:
        """What the service worker does when it shows a message or a button is tapped; what the site answers."""
        request = urllib.request.Request(f"{site.rstrip('/')}{path}", body.encode(), method="POST")  # noqa: S310 -- the caller's
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
            return str(answer.read().decode())

    def show(self, site: str, one: Arrived) -> None:
        """The browser shows it, and says so."""
        self.post(site, one.data["answer"], f"shown {one.data['device']}")

    def tap(self, site: str, one: Arrived, label: str) -> str:
        """Somebody taps a button; what our side answers."""
        digit = next(digit for digit, name in one.data["buttons"] if name == label)
        return self.post(site, one.data["answer"], digit)


def decrypted(body: bytes, to: Subscription) -> bytes:
    """The text of a message, by the browser's private key. Raises InvalidTag for what was not meant for it."""
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    server, cipher = body[21 : 21 + length], body[21 + length :]
    if length != 65 or len(cipher) > size:
        raise InvalidTag
    shared = to.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), server))
    info = b"WebPush: info\x00" + _point(to.private.public_key()) + server
    secret = HKDF(hashes.SHA256(), 32, to.secret, info).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    text = AESGCM(key).decrypt(nonce, cipher, None).rstrip(b"\x00")
    if not text.endswith(b"\x02"):
        raise InvalidTag
    return text[:-1]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
