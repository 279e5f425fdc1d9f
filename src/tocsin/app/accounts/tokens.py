"""The form of API tokens: ``toc_<id>_<secret>_<checksum>``.

The prefix lets scanners of repositories find a leaked one; the checksum tells a cut-off one without asking the
store. The secret has 256 bits, so a plain SHA-256 of it can be kept.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, field

_FORM = re.compile(r"toc_([a-z2-7]{10})_([a-z2-7]{52})_([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class PlainToken:
    """A token in its parts; ``plain`` is what its owner holds."""

    id: str
    secret: str = field(repr=False)

    @property
    def plain(self) -> str:
        """The whole text."""
        body = f"toc_{self.id}_{self.secret}"
        return f"{body}_{zlib.crc32(body.encode()):08x}"


def new_token() -> PlainToken:
    """A fresh random token."""
    return PlainToken(_letters(secrets.token_bytes(7))[:10], _letters(secrets.token_bytes(32)))


def parse_token(plain: str) -> PlainToken | None:
    """The parts of a token; None when it has another form or a wrong checksum."""
    found = _FORM.fullmatch(plain)
    if found is None:
        return None
    token = PlainToken(found[1], found[2])
    return token if token.plain == plain else None


def hash_of(secret: str) -> str:
    """What is kept of a secret with 256 bits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
