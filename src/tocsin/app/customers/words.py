"""What a subscriber reads of a public update: what the status page says, in their language, and how to end it."""

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


def page_language(team: Team, code: str = "") -> Language:
    """The language of this code while the page speaks it, else the one in which it speaks at its own address."""
    spoken = team.status_page.languages
    return language(code if code in spoken else spoken[0])


def page_address(team: Team, t: Language) -> str:
    """Where the page stands in this language, without a last slash."""
    return team.status_page_url if t.code == team.status_page.languages[0] else f"{team.status_page_url}/{t.code}"


def in_link(team: Team, code: str) -> str:
    """What a link says of its reader's language: nothing where the page speaks one only."""
    return code if len(team.status_page.languages) > 1 else ""


def words_of(team: Team, told: PublicIncident | Maintenance, t: Language) -> Told:
    """The newest update of an incident, or of scheduled work. The title and the names are the page's."""
    newest, url = told.updates[0], page_address(team, t)
    names = [c.name for s in team.services.values() for c in s.components if c.key in told.components]
    if isinstance(told, Maintenance):
        status = t.word("maintenance", newest.status.value)
        start, end = t.instant(told.starts_at, team.zone), t.instant(told.over_at, team.zone)
        lines = [f"{status} · {t.word('texts', 'from_to').format(start=start, end=end)}"]
        address = f"{url}/index.html#maintenance-{told.id}"
    else:
        stands = told.status
        own = team.status_page.words.get(stands) if t.code == team.status_page.languages[0] else None
        status = own or t.word("incident", stands.value)
        lines, address = [f"{status} · {t.instant(newest.at, team.zone)}"], f"{url}/incidents/{told.id}.html"
    if names:
        lines.append(t.label(t.mail("affected"), ", ".join(dict.fromkeys(names))))
    return Told(told.title, status, tuple(lines), newest.text, address, team.status_page.title, t)


def farewell(team: Team, link: str, t: Language) -> str:
    """What stands below each mail."""
    return f"-- \n{t.mail('because', title=team.status_page.title)}\n{t.label(t.mail('unsubscribe'), link)}"
