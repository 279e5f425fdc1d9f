"""A notification as a push service takes it: encrypted for one browser (RFC 8291), signed by us (RFC 8292).

The push service can read neither the page nor its buttons, and nobody but us can send to the browser. Why this stands
on ``cryptography`` alone: docs/adr/0024.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

RECORD = 4096
"""Octets of the one record; push services take no more than this as a whole (RFC 8030, 7.2)."""
MOST = RECORD - 86 - 16 - 1
"""Octets of a text that fits: less the header, the tag and the end mark."""
VALID = timedelta(hours=12)
"""How long one signature may be used; RFC 8292 allows a day."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Vapid:
    """This installation's key for push services, and where its maintainer is found: a mailto: or https: address.

    A browser's subscription is bound to the key, so it is made from the installation's secret: the same after a
    restart, on every node, and after a backup was restored.
    """

    secret: bytes = field(repr=False)
    contact: str

    @property
    def public(self) -> str:
        """What a browser is told when it subscribes: the public key, base64url."""
        return text_of(_point(_private(self.secret)))

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header that lets us send to this endpoint: a token for its push service, and our public key."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        key, where = _private(self.secret), urlsplit(endpoint)
        claims = {
            "aud": f"{where.scheme}://{where.netloc}",
            "exp": int((now + VALID).timestamp()),
            "sub": self.contact,
        }
        parts = ({"typ": "JWT", "alg": "ES256"}, claims)
        signed = ".".join(text_of(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"vapid t={signed}.{text_of(r.to_bytes(32) + s.to_bytes(32))}, k={text_of(_point(key))}"


def encrypted(text: bytes, key: str, auth: str, salt: bytes | None = None, own: int | None = None) -> bytes:
    """The body of a push message: one record of aes128gcm. Raises ValueError for keys that are none, or a long text.

    ``salt`` and ``own`` (our key for this one message) are drawn at random unless a test gives them.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(text) > MOST:
        raise ValueError(f"a notification has at most {MOST} bytes, this one has {len(text)}")
    theirs, secret = octets_of(key), octets_of(auth)
    if len(secret) != 16:
        raise ValueError("the secret of a browser has 16 octets")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    ours = ec.generate_private_key(ec.SECP256R1()) if own is None else ec.derive_private_key(own, ec.SECP256R1())
    salt = os.urandom(16) if salt is None else salt
    content_key, nonce = derived(ours.exchange(ec.ECDH(), public), secret, theirs, _point(ours), salt)
    body = AESGCM(content_key).encrypt(nonce, text + b"\x02", None)
    return salt + RECORD.to_bytes(4) + bytes([65]) + _point(ours) + body


def derived(shared: bytes, auth: bytes, browser: bytes, server: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """The key and the nonce of the record, from what both sides can compute (RFC 8291, 3.4)."""
    secret = _hkdf(auth, shared, b"WebPush: info\0" + browser + server, 32)
    return (
        _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16),
        _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12),
    )


def text_of(octets: bytes) -> str:
    """Base64url without padding, as all of web push writes it."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def octets_of(text: str) -> bytes:
    """The octets of a base64url text. Raises ValueError for anything else."""
    if not text.isascii() or not text.replace("-", "").replace("_", "").replace("=", "").isalnum():
        raise ValueError("this is no base64url")
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _private(secret: bytes) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    drawn = int.from_bytes(hmac.digest(secret, b"web-push", "sha512"))
    return ec.derive_private_key(drawn % (_ORDER - 1) + 1, ec.SECP256R1())


def _point(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
