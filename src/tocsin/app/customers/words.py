"""What a subscriber reads of a public update: what the status page says, and how to end it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.team import Team
from tocsin.statuspage.incidents import clean
from tocsin.statuspage.language import language
from tocsin.statuspage.maintenance import Maintenance
from tocsin.statuspage.page import PublicIncident
from tocsin.statuspage.words import absolute


@dataclass(frozen=True, slots=True)
class Told:
    """A public update in words: a title, lines that say how it stands, the text, and where all of it is to be read."""

    title: str
    status: str
    lines: tuple[str, ...]
    text: str
    address: str
    page: str

    @property
    def subject(self) -> str:
        """The subject of a mail."""
        return clean(f"{self.page}: {self.title} ({self.status.lower()})", one_line=True)

    @property
    def mail(self) -> str:
        """The text of a mail."""
        first, *more = self.lines
        return "\n\n".join([f"{self.title}\n{first}", *more, self.text, f"All updates: {self.address}"])


def words_of(team: Team, told: PublicIncident | Maintenance) -> Told:
    """The newest update of an incident, or of scheduled work. The title and the names are the page's."""
    newest, url = told.updates[0], team.status_page_url
    names = [c.name for s in team.services.values() for c in s.components if c.key in told.components]
    if isinstance(told, Maintenance):
        status = language("en").word("maintenance", newest.status.value)
        span = f"From {absolute(told.starts_at, team.zone)} to {absolute(told.over_at, team.zone)}"
        lines, address = [f"{status} · {span}"], f"{url}/index.html#maintenance-{told.id}"
    else:
        status = newest.status.value.capitalize()
        lines, address = [f"{status} · {absolute(newest.at, team.zone)}"], f"{url}/incidents/{told.id}.html"
    if names:
        lines.append(f"Affected: {', '.join(dict.fromkeys(names))}")
    return Told(told.title, status, tuple(lines), newest.text, address, team.status_page.title)


def farewell(team: Team, link: str) -> str:
    """What stands below each mail."""
    return f"-- \nYou get this because this address subscribed to {team.status_page.title}.\nUnsubscribe: {link}"
