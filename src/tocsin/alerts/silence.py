"""Silences: which alerts are kept quiet, until when, by whom and why.

The words and the rules are Alertmanager's (its API v2), so that its tools can be used; beside them a silence can be
about one service or one source, whatever their labels say. Patterns are RE2's, anchored
at both ends: they cannot take long (F70).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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


def written(one: Matcher) -> str:
    """The condition as `matcher` reads it.

    >>> written(Matcher("alertname", "Disk.*", is_regex=True))
    'alertname=~"Disk.*"'
    """
    operator = ("=~" if one.is_equal else "!~") if one.is_regex else ("=" if one.is_equal else "!=")
    value = one.value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{one.name}{operator}"{value}"'


@dataclass(frozen=True, slots=True)
class Silence:
    """Keeps alerts quiet from ``starts_at`` to ``ends_at`` (aware UTC): of one integration, of one service, and such as
    meet every matcher; empty means any.

    Raises BadInput when an alert without labels, of whatever source, would be meant: silencing everything must not
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
    service: str = ""

    def __post_init__(self) -> None:
        if len(self.matchers) > MAX_MATCHERS:
            raise BadInput(f"a silence has at most {MAX_MATCHERS} matchers")
        if not self.service and not self.integration and not narrow(self.matchers):
            raise BadInput(NOT_EVERYTHING)
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

    def concerns(self, integration: str, service: str) -> bool:
        """Whether alerts of this integration, which is of this service, can be meant."""
        return self.integration in ("", integration) and self.service in ("", service)

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels is meant, if its source is."""
        return all(one.fits(labels) for one in self.matchers)

    @property
    def scope(self) -> str:
        """What it is about, in a line."""
        of = [f"service {self.service}"] * bool(self.service) + [f"source {self.integration}"] * bool(self.integration)
        return ", ".join([*of, *map(written, self.matchers)])


NOT_EVERYTHING = "at least one matcher must not match the empty string: say which alerts, or of which service or source"


def narrow(matchers: Iterable[Matcher]) -> bool:
    """Whether an alert without labels does not meet all of the conditions."""
    return any(not one.fits({}) for one in matchers)


def spoken_of(labels: Mapping[str, str], title: str) -> Mapping[str, str]:
    """The labels that matchers look at: the title is one of them, for the sources that give no others."""
    return labels if "title" in labels else {**labels, "title": title}


def shared_by(alerts: Sequence[tuple[Mapping[str, str], str]]) -> tuple[Matcher, ...]:
    """The conditions that all of these alerts meet, each given by its labels and title: what they share, word by word.

    None when they share nothing.
    """
    if not alerts:
        return ()
    common = dict(spoken_of(*alerts[0]))
    if alerts[0][0] and "title" not in alerts[0][0]:
        del common["title"]  # it repeats what the labels say, and changes with the numbers in it
    for labels, title in alerts[1:]:
        other = spoken_of(labels, title)
        common = {name: value for name, value in common.items() if other.get(name) == value}
    conditions = (Matcher(name, value) for name, value in sorted(common.items()) if value and len(name) < MAX_PATTERN)
    return tuple([one for one in conditions if _WRITTEN.fullmatch(written(one)) and one.value.isprintable()])[
        :MAX_MATCHERS
    ]


class ActiveSilences:
    """The silences in force at one instant, ready for many questions: most alerts are asked about few of them."""

    def __init__(self, silences: Iterable[Silence], now: datetime) -> None:
        self._by_label: dict[tuple[str, str], list[Silence]] = {}
        self._others: list[Silence] = []
        for one in silences:
            if one.state(now) == "active":
                exact = next((m for m in one.matchers if m.is_equal and not m.is_regex and m.value), None)
                held = self._others if exact is None else self._by_label.setdefault((exact.name, exact.value), [])
                held.append(one)

    def __bool__(self) -> bool:
        return bool(self._by_label or self._others)

    def covering(self, integration: str, service: str, labels: Mapping[str, str]) -> list[Silence]:
        """Those that keep an alert of this integration, which is of this service, quiet."""
        asked = [*self._others]
        if self._by_label:
            for pair in labels.items():
                asked += self._by_label.get(pair, ())
        return [one for one in asked if one.concerns(integration, service) and one.covers(labels)]
