"""Every error that Tocsin raises on purpose.

    TocsinError
    ├── Refused              the incident's rules say no (kept with its reason)
    ├── NotFound             no such incident, step, service, person …
    ├── NotAllowed           the caller may not do this
    │   ├── LinkEnded        the signed link of a page opens nothing any more
    │   └── NotSignedIn      nobody is signed in, or the session has ended
    │       └── NotEnrolled  this runner was removed, or has another key by now
    ├── Conflict             somebody else was faster; read again and decide again
    ├── BadInput             what was sent cannot be understood
    │   ├── BadDocument      a runbook that is no text document
    │   ├── BadPayload       an alert body that cannot be read
    │   └── BadSettings      tocsin.toml or an environment variable is wrong
    ├── TooManyTries         too many wrong passwords; wait a little
    ├── Unavailable          the server cannot do it now; try again
    └── ServerUnreachable    the command line found no server

A leaf's docstring is its default message. Each class has a stable ``code`` (used by the API and the command
line) and the exit status of the command line.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import ClassVar


class TocsinError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])

    @property
    def message(self) -> str:
        """What happened and what to do next, in one or two sentences."""
        return str(self.args[0])


class Refused(TocsinError):
    """The incident does not allow this now."""

    code = "refused"
    exit_status = 5
    http_status = 409

    def __init__(self, message: str | None = None, *, reason: str = "refused") -> None:
        super().__init__(message)
        self.reason = reason


class NotFound(TocsinError):
    """There is no such thing here."""

    code = "not_found"
    exit_status = 3
    http_status = 404


class UnknownAttempt(NotFound):
    """This runner has no such run."""

    code = "unknown_attempt"


class NotAllowed(TocsinError):
    """You may not do this; ask an administrator for the role that may."""

    code = "not_allowed"
    exit_status = 4
    http_status = 403


class LinkEnded(NotAllowed):
    """The link of a page works for four hours, and these are over; open a newer page, or sign in."""

    code = "link_ended"

    def __init__(self, message: str | None = None, *, incident_id: str = "") -> None:
        super().__init__(message)
        self.incident_id = incident_id


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or the session has ended; sign in again."""

    code = "not_signed_in"
    http_status = 401


class NotEnrolled(NotSignedIn):
    """The server does not know this runner (any more), or not with this key; invite it again."""

    code = "not_enrolled"


class Conflict(TocsinError):
    """Somebody else was faster; read again and decide again."""

    code = "conflict"
    exit_status = 5
    http_status = 409


class BadInput(TocsinError):
    """What was sent cannot be understood."""

    code = "bad_input"
    exit_status = 2
    http_status = 422


class BadDocument(BadInput):
    """This file is not a text document."""

    code = "bad_document"


class BadPayload(BadInput):
    """The body of this alert cannot be read."""

    code = "bad_payload"


class BadSettings(BadInput):
    """The configuration is wrong."""

    code = "bad_settings"


class TooManyTries(TocsinError):
    """Too many failed tries; wait a minute, or ask an administrator for a one-time link."""

    code = "too_many_tries"
    exit_status = 4
    http_status = 429

    def __init__(self, message: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class Unavailable(TocsinError):
    """The server cannot do this now; try again in a moment."""

    code = "unavailable"
    http_status = 503


class ServerUnreachable(TocsinError):
    """No Tocsin server answers; check TOCSIN_URL or run `tocsin serve`."""

    code = "server_unreachable"
    exit_status = 9


def counted(problems: Sized) -> str:
    """How many there are.

    >>> counted(["a"]), counted(["a", "b"]), counted([])
    ('one problem', '2 problems', 'no problem')
    """
    return {0: "no problem", 1: "one problem"}.get(len(problems), f"{len(problems)} problems")
