"""What came of one request: an answer, none, or that it was not sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Response:
    """The other end answered. ``headers`` have lower-case names; ``body`` may be cut, at 1 MiB or by the other end.

    ``cut`` says how the other end cut it ("did not end within 10 s"); empty when it came whole, or we read no further.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: str = ""

    def json_object(self) -> dict[str, Any]:
        """The object that the body is as JSON; empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Forbidden:
    """We do not send there; nothing was sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """It could not be sent; certainly nothing arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It was sent, and no answer came: nobody knows whether it arrived."""

    reason: str


Exchange = Response | Forbidden | Unsent | Unanswered

Resolve = Callable[[str], Sequence[str]]
"""Gives the addresses of a name; raises OSError when it has none. Called in a thread."""
