"""Talks to the server's API, with the standard library only: nothing else starts fast enough."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from tocsin import __version__
from tocsin.cli.contexts import Context, signed_in
from tocsin.cli.exchange import BadAnswer, exchange
from tocsin.cli.output import lined
from tocsin.errors import (
    BadInput,
    BadSettings,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    ServerUnreachable,
    TocsinError,
    TooManyTries,
    Unavailable,
)

if TYPE_CHECKING:
    import argparse

TIMEOUT_SECONDS = 15.0
TRIES = 5
"""How often it asks where too much is asked at once: the server has done nothing then, and names a second or two."""
LONGEST_WAIT = 2
"""Seconds that it waits by itself before the next try; longer ones are for the person to know."""
PREFIX = "/api/v1"
INCIDENT = re.compile(r"(?:inc-)?(\d{1,12})", re.IGNORECASE)
OPEN = "state=triggered&state=acknowledged&state=mitigated"

_ERRORS: dict[int, type[TocsinError]] = {
    400: BadInput,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: BadInput,
    422: BadInput,
    429: TooManyTries,
    503: Unavailable,
}


class Client(NamedTuple):
    """One server, one token."""

    context: Context

    def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        return self.ask("GET", f"{path}?{urlencode(asked, doseq=True)}" if asked else path)

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Do something; what is None in the body is left out."""
        sent = {name: value for name, value in (body or {}).items() if value is not None}
        return self.ask("POST", path, sent, headers)

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """One request. Raises ServerUnreachable, or the error that the server tells."""
        for tries in range(TRIES):
            status, content = self.exchange(method, PREFIX + path, body, headers)
            answer = _read(content)
            wait = answer.get("retry_after") if status == 429 and isinstance(answer, dict) else None
            if not isinstance(wait, int) or not 0 < wait <= LONGEST_WAIT or tries + 1 == TRIES:
                break
            time.sleep(wait)
        if 200 <= status < 300 and (answer is not None or not content):
            return answer
        raise _error(status, answer, self.context.url)

    def exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
    ) -> tuple[int, bytes]:
        """One request; status and body of the answer, whatever they are. ``timeout``: seconds for each wait."""
        try:
            parts = urlsplit(self.context.url)
            port = parts.port
        except ValueError as error:
            raise BadSettings(f"{self.context.url!r} is no address of a server ({error})") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadSettings(f"{self.context.url!r} is no address of a server; write one like http://127.0.0.1:8080")
        tls = parts.scheme == "https"
        sent = {"user-agent": f"tocsin/{__version__}", "tocsin-client": "cli", **(headers or {})}
        if self.context.token:
            sent["authorization"] = f"Bearer {self.context.token}"
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        address = (parts.hostname, port or (443 if tls else 80))
        target = parts.path.rstrip("/") + path
        try:
            return exchange(address, method, target, sent, content, tls=tls, timeout=timeout)
        except (OSError, BadAnswer) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ServerUnreachable(
                f"no Tocsin server answers at {self.context.url} ({why}); "
                "check TOCSIN_URL or `tocsin login`, or start one with `tocsin serve`"
            ) from error
        except ValueError as error:
            raise BadInput(f"that cannot be asked of {self.context.url}: {error}") from error

    def act(self, incident: str, verb: str, body: Mapping[str, Any] | None = None) -> Any:
        """Give a command to an incident."""
        return self.post(f"/incidents/{quote(incident)}/{verb}", body)

    def incident(self, named: str | None) -> str:
        """The incident that is meant: the named one, or the only open one."""
        if named is not None:
            found = INCIDENT.fullmatch(named)
            if found is None:
                raise BadInput(f"{named!r} is no incident; they are called INC-1, INC-2 …")
            return f"INC-{int(found[1])}"
        listed = self.ask("GET", f"/incidents?{OPEN}&limit=20")
        match listed:
            case [only]:
                return str(only["id"])
            case []:
                raise NotFound("there is no open incident")
            case _:
                names = "".join(f"\n  {one['id']}  {one['severity'] or '-'}  {lined(one['title'])}" for one in listed)
                raise BadInput(f"several incidents are open; say which:{names}")


def with_server(parser: argparse.ArgumentParser) -> None:
    """The options of every verb that talks to a server."""
    parser.add_argument("--json", action="store_true", help="print data for programs")
    parser.add_argument("--context", metavar="NAME", help="the server to talk to, by the name given to `tocsin login`")


def client_of(arguments: argparse.Namespace) -> Client:
    """The client for these arguments. Raises NotSignedIn."""
    return Client(signed_in(os.environ, arguments.context))


def idempotency_key() -> str:
    """A fresh key."""
    return os.urandom(16).hex()


def _read(content: bytes) -> Any:
    """What an answer says; None for nothing, and for what is no JSON."""
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None


def _error(status: int, answer: Any, url: str) -> TocsinError:
    """The server's problem as our own error."""
    problem = answer if isinstance(answer, dict) else {}
    detail = str(problem.get("detail") or "")
    if problem.get("code") == "refused":
        return Refused(detail, reason=str(problem.get("reason", "refused")))
    kind = _ERRORS.get(status, TocsinError)
    if not detail:
        return TocsinError(f"{url} answered {status}, which is no answer of Tocsin; is the address right?")
    return kind(detail)
