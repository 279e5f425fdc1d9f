"""The words of the page: states, and the sentences that are ours, in a language."""

from __future__ import annotations

from dataclasses import replace

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.incidents import DISRUPTION, OPEN_AGAIN, OVER
from tocsin.statuspage.language import DEFAULT, Language, language
from tocsin.statuspage.maintenance import MaintenanceStatus
from tocsin.statuspage.page import Indicator, PublicIncident, StatusPage, indicator

MAINTENANCE_WORDS: dict[MaintenanceStatus, str] = {
    one: language(DEFAULT).word("maintenance", one.value) for one in MaintenanceStatus
}
"""How scheduled work stands, in the words of the product's own pages."""


def status_word(page: StatusPage, t: Language, status: PublicStatus) -> str:
    """A state of an incident: in the team's own word where it has one for the page's first language, else in ours."""
    own = page.words.get(status) if t.code == page.languages[0] else None
    return own or t.word("incident", status)


def sentence(page: StatusPage, t: Language) -> str:
    """The sentence at the top: it never says that all is well while an incident is open."""
    found = indicator(page)
    if found in (Indicator.NONE, Indicator.MAINTENANCE) and page.active:
        return str(t.text("looked_into"))
    return t.word("overall", found)


def in_words(page: StatusPage, t: Language) -> StatusPage:
    """The page with the sentences that nobody of the team wrote in a language; all others stay as they were written."""
    return page if t.code == DEFAULT else replace(page, incidents=tuple(_in_words(one, t) for one in page.incidents))


def _in_words(one: PublicIncident, t: Language) -> PublicIncident:
    ours = {OVER: str(t.text("over")), OPEN_AGAIN: str(t.text("open_again"))}
    title = one.title
    if title.endswith(DISRUPTION):
        title = t.word("texts", "disruption").format(name=title.removesuffix(DISRUPTION))
    updates = tuple(replace(told, text=ours.get(told.text, told.text)) for told in one.updates)
    return replace(one, title=title, updates=updates)
