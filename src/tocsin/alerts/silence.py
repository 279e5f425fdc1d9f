"""Silences: which alerts are kept quiet, until when, by whom and why.

The words and the rules are Alertmanager's (its API v2), so that its tools can be used. Patterns are RE2's, anchored
at both ends: they cannot take long (F70).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import re2

from tocsin.alerts.cleaning import MAX_LABEL_BYTES, MAX_TEXT_BYTES
from tocsin.errors import BadInput

MAX_PATTERN = 512
MAX_MATCHERS = 64
_WRITTEN = re.compile(r'\s*([a-zA-Z_:][\w:.-]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"]*?))\s*')


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; an absent label is the empty text. Raises BadInput for what can be no condition."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > MAX_LABEL_BYTES or len(self.value) > MAX_LABEL_BYTES:
            raise BadInput("a matcher needs the name of a label, and a value of at most 1024 characters")
        if self.is_regex and len(self.value) > MAX_PATTERN:
            raise BadInput(f"the pattern of {self.name} is longer than {MAX_PATTERN} characters")
        if self.is_regex:
            self._pattern()

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet the condition."""
        shown = labels.get(self.name, "")
        met = self._pattern().fullmatch(shown) is not None if self.is_regex else shown == self.value
        return met is self.is_equal

    def _pattern(self) -> re2._Regexp[str]:
        try:
            return re2.compile(self.value)
        except re2.error as error:
            raise BadInput(f"the pattern of {self.name} is none: {error}") from error


def matcher(text: str) -> Matcher:
    """The condition as Alertmanager's tools write it: `alertname=~"Disk.*"`. Raises BadInput."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise BadInput(f'{text[:80]!r} is no matcher; write name="value", or with !=, =~ or !~')
    name, operator, quoted, bare = found.groups()
    value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare
    return Matcher(name, value, operator in ("=~", "!~"), operator in ("=", "=~"))


@dataclass(frozen=True, slots=True)
class Silence:
    """Keeps the alerts of one integration quiet from ``starts_at`` to ``ends_at`` (aware UTC).

    Raises BadInput without a condition that an alert without labels would not meet: silencing everything must not
    happen by mistake; and without author and reason.
    """

    id: str
    integration: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    updated_at: datetime

    def __post_init__(self) -> None:
        if not 0 < len(self.matchers) <= MAX_MATCHERS or all(one.fits({}) for one in self.matchers):
            raise BadInput("at least one matcher must not match the empty string")
        if self.ends_at < self.starts_at:
            raise BadInput("the silence ends before it begins")
        if not self.created_by.strip() or not self.comment.strip():
            raise BadInput("a silence needs an author and a comment that says why")
        if len(self.created_by) > MAX_LABEL_BYTES or len(self.comment) > MAX_TEXT_BYTES:
            raise BadInput("the author or the comment of the silence is too long")

    def state(self, now: datetime) -> str:
        """`pending`, `active` or `expired`, in Alertmanager's words."""
        if now >= self.ends_at:
            return "expired"
        return "active" if now >= self.starts_at else "pending"

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels is meant."""
        return all(one.fits(labels) for one in self.matchers)


def covering(silences: Iterable[Silence], integration: str, labels: Mapping[str, str], now: datetime) -> list[Silence]:
    """The silences that keep an alert of this integration quiet now."""
    there = (one for one in silences if one.integration == integration)
    return [one for one in there if one.state(now) == "active" and one.covers(labels)]
