"""Asks the server: signed requests over HTTPS, by the proxy of the environment if there is one; nothing listens."""

from __future__ import annotations

import http.client
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from tocsin import __version__
from tocsin.app.execution import envelopes
from tocsin.app.execution.envelopes import Signed, sign
from tocsin.clock import Clock
from tocsin.errors import BadInput, BadSettings, NotEnrolled, NotFound, NotSignedIn, ServerUnreachable, UnknownAttempt

PREFIX = "/api/v1"
PATIENCE = 15.0
"""Seconds in which the server has to answer what it need not wait for."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SHOWN = 100
"""Characters that are shown of an answer which is none."""

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Connection:
    """One server, and who asks it. Without a name and a key requests are not signed."""

    url: str
    clock: Clock
    name: str = ""
    key: str = ""

    def ask(
        self, path: str, body: Mapping[str, Any], kind: type[_Answer], *, once: str = "", patience: float = PATIENCE
    ) -> _Answer:
        """POST, and what was answered, as this kind.

        Raises NotEnrolled when the server does not know us (any more), UnknownAttempt when it does not know the run,
        NotSignedIn, NotFound and BadInput as something there says so (a clock that is wrong, a node of another version,
        a gateway), and ServerUnreachable for all that may be over in a moment, an answer that is none among it.
        """
        content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
        headers = {"content-type": "application/json", "user-agent": f"tocsin-runner/{__version__}"}
        address = self.url.rstrip("/") + PREFIX + path
        if self.key:
            headers |= self._signature(f"{PREFIX}{path}", content, once or new_word())
        request = urllib.request.Request(address, content, headers, method="POST")  # noqa: S310 -- `checked` saw it
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:  # noqa: S310 -- as above
                return _answer(answer.read(), kind, self.url)
        except urllib.error.HTTPError as error:
            raise _trouble(error, self.url) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
            raise ServerUnreachable(f"{self.url} does not answer: {why}") from error

    def _signature(self, path: str, content: bytes, once: str) -> dict[str, str]:
        at = str(int(self.clock.now().timestamp()))
        signed = Signed("POST", path, content, self.name, at, once, "")
        return {
            envelopes.NAME: self.name,
            envelopes.AT: at,
            envelopes.ONCE: once,
            envelopes.SIGNATURE: sign(self.key, signed.text),
        }


def new_word() -> str:
    """A word that is used once."""
    return secrets.token_urlsafe(18)


def checked(url: str, *, plain_http: bool) -> str:
    """The address of a server. Raises BadSettings; what runs goes over the wire, so http is for one's own machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise BadSettings(f"{url!r} is no address of a server; write one like https://tocsin.example.com")
    if parts.path.strip("/"):
        raise BadSettings(f"{url!r} has a path; give the address of the server alone")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise BadSettings(
            f"{url} is not encrypted: use https, or --plain-http if everybody on the way may read what steps print"
        )
    return url.rstrip("/")


def _answer(content: bytes, kind: type[_Answer], url: str) -> _Answer:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        shown = content[:SHOWN].decode(errors="replace")
        raise ServerUnreachable(
            f"{url} answered what is no answer of Tocsin ({error}; it begins {shown!r}): "
            "look at what stands between this host and the server"
        ) from error


def _trouble(error: urllib.error.HTTPError, url: str) -> Exception:
    try:
        said = json.loads(error.read(64 * 1024))
        detail, code = str(said["detail"]), str(said["code"])
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return ServerUnreachable(f"{url} answered {error.code}, which is no answer of Tocsin")
    match error.code:
        case 401 if code == NotEnrolled.code:
            return NotEnrolled(detail)
        case 401 | 403:
            return NotSignedIn(detail)
        case 404 if code == UnknownAttempt.code:
            return UnknownAttempt(detail)
        case 404 if code == NotFound.code:
            return NotFound(detail)
        case 400 | 413 | 422:
            return BadInput(detail)
        case _:
            return ServerUnreachable(f"{url}: {detail}")
