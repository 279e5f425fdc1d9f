"""Sealed texts: what the address of a link carries, with the proof that it was made here. It hides nothing."""

from __future__ import annotations

import base64
import hmac


def sealed(secret: bytes, purpose: bytes, body: bytes) -> str:
    """A text with its signature (HMAC-SHA256, its first 16 bytes), as both may stand in an address.

    ``purpose`` is signed with it, so that what was made for one kind of link is none of another.
    """
    return f"{_text(body)}.{_text(_signature(secret, purpose, body))}"


def unsealed(secret: bytes, purpose: bytes, token: str) -> bytes | None:
    """The text that was sealed for this purpose; None for anything else, altered or cut."""
    body_text, _, signature = token.partition(".")
    body = _bytes(body_text)
    if not body or not hmac.compare_digest(_signature(secret, purpose, body), _bytes(signature)):
        return None
    return body


def _signature(secret: bytes, purpose: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, purpose + body, "sha256")[:16]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        return b""
