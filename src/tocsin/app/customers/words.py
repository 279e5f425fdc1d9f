"""What a subscriber reads of a public update: what the status page says, in its first language, and how to end it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.team import Team
from tocsin.statuspage.incidents import clean
from tocsin.statuspage.language import DEFAULT, Language, language
from tocsin.statuspage.maintenance import Maintenance
from tocsin.statuspage.page import PublicIncident


@dataclass(frozen=True, slots=True)
class Told:
    """A public update in words: a title, lines that say how it stands, the text, and where all of it is to be read."""

    title: str
    status: str
    lines: tuple[str, ...]
    text: str
    address: str
    page: str
    language: Language

    @property
    def subject(self) -> str:
        """The subject of a mail."""
        t = self.language
        status = self.status.lower() if t.code == DEFAULT else self.status
        return clean(t.mail("update_subject", title=self.page, what=self.title, status=status), one_line=True)

    @property
    def mail(self) -> str:
        """The text of a mail."""
        first, *more = self.lines
        all_of_them = self.language.label(self.language.mail("all_updates"), self.address)
        return "\n\n".join([f"{self.title}\n{first}", *more, self.text, all_of_them])


def page_language(team: Team) -> Language:
    """The language in which the page speaks at its own address."""
    return language(team.status_page.languages[0])


def words_of(team: Team, told: PublicIncident | Maintenance) -> Told:
    """The newest update of an incident, or of scheduled work. The title and the names are the page's."""
    newest, url, t = told.updates[0], team.status_page_url, page_language(team)
    names = [c.name for s in team.services.values() for c in s.components if c.key in told.components]
    if isinstance(told, Maintenance):
        status = t.word("maintenance", newest.status.value)
        start, end = t.instant(told.starts_at, team.zone), t.instant(told.over_at, team.zone)
        lines = [f"{status} · {t.word('texts', 'from_to').format(start=start, end=end)}"]
        address = f"{url}/index.html#maintenance-{told.id}"
    else:
        stands = told.status
        status = team.status_page.words.get(stands) or t.word("incident", stands.value)
        lines, address = [f"{status} · {t.instant(newest.at, team.zone)}"], f"{url}/incidents/{told.id}.html"
    if names:
        lines.append(t.label(t.mail("affected"), ", ".join(dict.fromkeys(names))))
    return Told(told.title, status, tuple(lines), newest.text, address, team.status_page.title, t)


def farewell(team: Team, link: str) -> str:
    """What stands below each mail."""
    t = page_language(team)
    return f"-- \n{t.mail('because', title=team.status_page.title)}\n{t.label(t.mail('unsubscribe'), link)}"
