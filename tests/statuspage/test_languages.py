"""The status page in several languages: no word is missing or left in English, and each page leads to the others."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.statuspage.samples import COMPONENTS, NOW, OLD, OPEN, PAST, sample, sample_page
from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.incidents import DISRUPTION, OPEN_AGAIN, OVER
from tocsin.statuspage.language import DEFAULT, PLURALS, Language, language, languages
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus, MaintenanceUpdate
from tocsin.statuspage.page import Component, Impact, StatusPage
from tocsin.statuspage.render import render
from tocsin.statuspage.words import sentence

OTHERS = [code for code in languages() if code != DEFAULT]
FORMATS = {"Atom", "RSS", "JSON"}
TOLD = (("investigating", OPEN_AGAIN, 5), ("resolved", OVER, 3))
OURS = sample("ours", f"Website{DISRUPTION}", *TOLD, components=("web",))
WORK = Maintenance(
    id="work12345678",
    title="Umzug",
    components=("web",),
    starts_at=NOW - timedelta(hours=1),
    ends_at=NOW + timedelta(hours=1),
    updates=(MaintenanceUpdate("u1", MaintenanceStatus.SCHEDULED, "Kurz.", NOW - timedelta(hours=4)),),
)
AHEAD = replace(WORK, id="ahead1234567", starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2))
BACK = replace(WORK, id="back12345678", cancelled=True, ended_at=NOW - timedelta(hours=1))
TEAMS = "Xq Zw"
"""A text of the team's that is no word of any language."""


def page(*codes: str, **more: Any) -> StatusPage:
    """Everything that the page can show, with words of the team's that are told from all others."""
    told = [replace(one, title=TEAMS, updates=_in_their_words(one.updates)) for one in (OPEN, PAST, OLD)]
    parts = tuple(replace(one, name=TEAMS, group=one.group and TEAMS, description="") for one in COMPONENTS)
    work = tuple(replace(one, title=TEAMS, updates=_in_their_words(one.updates)) for one in (BACK, WORK, AHEAD))
    given = {"title": TEAMS, "components": parts, "maintenances": work, "languages": codes, **more}
    return sample_page(*told, OURS, subscribe="https://tocsin.example.com/subscribe", **given)


def _in_their_words(updates: Any) -> Any:
    return tuple(replace(one, text=TEAMS) for one in updates)


class Said(HTMLParser):
    """All that a reader can see or hear of a page, word by word."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self.lang, self.words, self.skips = "", set[str](), 0
        self.feed(text.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "html":
            self.lang = known["lang"] or ""
        if tag in ("time", "style", "code") or (tag == "a" and "hreflang" in known):  # dates, commands, languages
            self.skips += 1
        for name in ("aria-label", "alt", "content", "placeholder"):
            if tag != "meta" or known.get("name") == "description":
                self._take(known.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if self.skips and tag in ("time", "style", "code", "a"):
            self.skips -= 1

    def handle_data(self, data: str) -> None:
        if not self.skips:
            self._take(data)

    def _take(self, text: str) -> None:
        self.words |= set(re.findall(r"[^\W\d_]+", text))


@pytest.mark.parametrize("code", languages())
def test_a_language_has_every_word_with_its_blanks_and_its_forms(code: str) -> None:
    """A file with a gap would break the page on the night when it is needed."""
    t, english = language(code), language(DEFAULT)
    for key, text in english.words["texts"].items():
        assert _blanks(t.words["texts"][key]) == _blanks(text), key
        assert t.words["texts"][key].strip(), key
    for table in ("mail", "pages"):
        for key, text in english.words[table].items():
            assert _blanks(t.words[table][key]) == _blanks(text), key
    for table in ("incident", "component", "overall", "maintenance"):
        assert all(text.strip() for text in t.words[table].values())
    forms = {PLURALS[t.plural](n) for n in range(200)}
    for table in ("units", "counted"):
        for key, said in t.words[table].items():
            assert forms <= said.keys() | ({"other"} if "other" in said else set()) or "other" in said, (table, key)
            assert all(isinstance(t._form(said, n), str) for n in range(130))
    assert len(t.words["dates"]["months"]) == len(t.words["dates"]["headings"]) == 12
    assert "2026" in t.day(datetime(2026, 3, 1, tzinfo=UTC), "UTC")


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_a_page_comes_from_its_language(code: str) -> None:
    """What an English page and its translation both say is the team's own, or a word of the language's file."""
    english, other, known = render(page(DEFAULT)), render(page(code)), _words_of(language(code))
    for name in (one for one in english if one.endswith(".html")):
        there = Said(other[name])
        assert there.lang == code
        both = there.words & Said(english[name]).words - set(TEAMS.split()) - FORMATS - {"Website"} - known
        assert not both, f"{name} says {both} in English"


@pytest.mark.parametrize("code", OTHERS)
def test_no_sentence_of_a_language_is_the_english_one(code: str) -> None:
    """A file that was copied and not translated to its end."""
    t, english = language(code), language(DEFAULT)
    for table in ("incident", "component", "overall", "maintenance", "texts", "mail", "pages"):
        same = {key for key, text in english.words[table].items() if t.words[table][key] == text and not _is_form(text)}
        assert not same, table


def _is_form(text: str) -> bool:
    """Whether nothing but blanks and marks stands there."""
    return not re.search(r"[a-z]", re.sub(r"{\w+}", "", text))


def _words_of(t: Language) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", repr(t.words)))


def test_our_own_sentences_within_incidents_are_told_in_the_language() -> None:
    """A title that nobody gave, and what is said when an incident ends without a word to customers."""
    files = render(page("de"))
    text = files[f"incidents/{OURS.id}.html"].decode()
    t = language("de")
    assert str(t.text("over")) in text
    assert str(t.text("open_again")) in text
    assert t.word("texts", "disruption").format(name="Website") in text
    assert OVER not in text


def test_each_page_leads_to_itself_in_the_other_languages() -> None:
    """The first language at the root, the others in folders; every link of every page leads to a file there is."""
    files = render(page("de", "ja", "en"))
    assert Said(files["index.html"]).lang == "de"
    assert {Said(files[f"{code}/index.html"]).lang for code in ("ja", "en")} == {"ja", "en"}
    for name in (one for one in files if one.endswith(".html")):
        links = re.findall(r'(?:href|src)="([^"#?]+)', files[name].decode())
        for link in (one for one in links if "//" not in one):
            assert _reached(name, link) in files, f"{name} leads to {link}"
    incident = f"incidents/{OPEN.id}.html"
    assert f'href="../ja/{incident}"' in files[incident].decode()
    assert f'href="../../{incident}"' in files[f"ja/{incident}"].decode()
    assert list(files)[-1] == "index.html"


def _reached(name: str, link: str) -> str:
    parts = name.split("/")[:-1]
    for one in link.split("/"):
        parts = parts[:-1] if one == ".." else [*parts, one]
    return "/".join(parts)


def test_the_teams_own_words_hold_for_the_first_language_only() -> None:
    """Nobody has translated them."""
    files = render(page("en", "de", words={PublicStatus.IDENTIFIED: "Mitigating"}))
    assert "Mitigating" in files["index.html"].decode()
    assert "Mitigating" not in files["de/index.html"].decode()


@pytest.mark.parametrize("code", languages())
def test_no_language_says_that_all_is_well_while_an_incident_is_open(code: str) -> None:
    """Whatever the impact, and whether or not it names a component."""
    t = language(code)
    told = sample("x", "x", ("investigating", "x", 1), impact=Impact.NONE, components=())
    quiet = sample_page(told, components=(Component("web", "Website"),))
    assert sentence(quiet, t) not in (t.word("overall", "none"), t.word("overall", "maintenance"))


@pytest.mark.parametrize(
    ("code", "n", "said"),
    [
        *(("en", 1, "1 day ago"), ("en", 90, "90 days ago"), ("de", 90, "vor 90 Tagen"), ("ja", 90, "90日前")),
        *(
            ("ru", 21, "21 день назад"),
            ("ru", 22, "22 дня назад"),
            ("ru", 90, "90 дней назад"),
            ("fr", 1, "il y a 1 jour"),
        ),
    ],
)
def test_so_many_days_are_said_in_the_form_of_the_number(code: str, n: int, said: str) -> None:
    """By the plural rules of each language."""
    assert language(code).counted("days_ago", n).lower() == said.lower()


def test_a_span_is_told_by_its_two_largest_units() -> None:
    """Short, as on the English page, with the words of the language."""
    assert language("de").span(timedelta(days=1, hours=2, minutes=3)) == "1 Tag 2 Std."
    assert language("en").span(timedelta(minutes=90)) == "1 h 30 min"


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
