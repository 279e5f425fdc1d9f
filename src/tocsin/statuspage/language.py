"""The languages of the status page: its own words, dates and spans in each, read from one file per language.

A file that lacks a word, or has one too many, is refused when it is read. What the team wrote is shown as written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

DEFAULT = "en"
_TABLES = ("dates", "units", "incident", "component", "overall", "maintenance", "counted", "texts", "mail", "pages")
_SIZES = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def _russian(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


def _polish(n: int) -> str:
    if n == 1:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


PLURALS: dict[str, Callable[[int], str]] = {
    "none": lambda n: "other",
    "one": lambda n: "one" if n == 1 else "other",
    "below_two": lambda n: "one" if n < 2 else "other",
    "russian": _russian,
    "polish": _polish,
}
"""Which form a whole number takes, by the rules of Unicode's CLDR for cardinals."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language. ``code`` is its tag of RFC 5646; ``name`` is how it calls itself."""

    code: str
    name: str
    plural: str
    words: Mapping[str, Mapping[str, Any]]

    def word(self, table: str, key: str) -> str:
        """One word of ours, such as a state."""
        return str(self.words[table][key])

    def text(self, key: str, **values: object) -> Markup:
        """A sentence of the page; what is put into it is escaped unless it is markup."""
        return self._marked("texts", key, values)

    def page(self, key: str, **values: object) -> Markup:
        """The same of the pages behind the links of mails."""
        return self._marked("pages", key, values)

    def _marked(self, table: str, key: str, values: Mapping[str, object]) -> Markup:
        return Markup(escape(self.word(table, key))).format(**values)  # noqa: S704 - the words are our own, escaped

    def mail(self, key: str, **values: object) -> str:
        """A sentence of a mail or a message to a program, as plain text."""
        return self.word("mail", key).format(**values)

    def label(self, name: str, value: str) -> str:
        """A name and what it says, with the mark between them that the language has."""
        return self.mail("label", name=name, value=value)

    def counted(self, key: str, n: int) -> str:
        """A sentence about so many of something."""
        return self._form(self.words["counted"][key], n)

    def span(self, span: timedelta) -> str:
        """A span by its two largest units."""
        left, parts = round(span.total_seconds()), []
        for unit, size in _SIZES:
            n, left = divmod(left, size)
            if n:
                parts.append(self._form(self.words["units"][unit], n))
        return " ".join(parts[:2]) or self._form(self.words["units"]["second"], 0)

    def day(self, at: datetime, zone: str) -> str:
        """The day of an instant, in a form that nobody reads as another day."""
        local, dates = at.astimezone(ZoneInfo(zone)), self.words["dates"]
        return str(dates["day"]).format(day=local.day, month=dates["months"][local.month - 1], year=local.year)

    def month(self, at: datetime, zone: str) -> str:
        """The month of an instant, as a heading."""
        local, dates = at.astimezone(ZoneInfo(zone)), self.words["dates"]
        return str(dates["month"]).format(heading=dates["headings"][local.month - 1], year=local.year)

    def instant(self, at: datetime, zone: str) -> str:
        """An instant with its zone."""
        local = at.astimezone(ZoneInfo(zone))
        said = str(self.words["dates"]["instant"])
        return said.format(date=self.day(at, zone), time=f"{local:%H:%M}", zone=f"{local:%Z}")

    def _form(self, forms: Mapping[str, str], n: int) -> str:
        form = PLURALS[self.plural](n)
        return (forms[form] if form in forms else forms["other"]).format(n=n)


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages there are."""
    folder = files("tocsin.statuspage.languages")
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


@cache
def language(code: str) -> Language:
    """A language by its code. Raises KeyError for one that there is not, ValueError for a file with a gap."""
    if code not in languages():
        raise KeyError(code)
    read = tomllib.loads((files("tocsin.statuspage.languages") / f"{code}.toml").read_text("utf-8"))
    found = Language(code, read["name"], read["plural"], {table: read[table] for table in _TABLES})
    if code != DEFAULT:
        ours = language(DEFAULT)
        for table in _TABLES:
            if odd := found.words[table].keys() ^ ours.words[table].keys():
                raise ValueError(f"{code}.toml: [{table}] differs from {DEFAULT}.toml in {', '.join(sorted(odd))}")
    return found
