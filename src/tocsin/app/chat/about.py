"""Which incident, person and address is meant by what somebody says in a chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.app.access import Caller
from tocsin.app.chat.room_words import Speaker
from tocsin.app.incidents import Incidents
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.team import TeamInForce
from tocsin.errors import BadInput, NotFound
from tocsin.incident.summary import UNRESOLVED


@dataclass(slots=True)
class About:
    """Looks up what is meant."""

    team: TeamInForce
    incidents: Incidents

    def id(self, caller: Caller, of: str | None) -> str:
        """The incident that is meant: the channel's, or the only open one. Raises BadInput."""
        if of is not None:
            return of
        rows = self.incidents.search(caller, IncidentQuery(states=UNRESOLVED, limit=2))
        if len(rows) == 1:
            return rows[0].incident_id
        several = "several are open: say it in the channel of the one you mean"
        raise BadInput(several if rows else "no incident is open")

    def shown(self, of: str | None, button: str, value: str) -> str:
        """The incident of a board that was pressed: the one that it carries, else the channel's; never a guess.

        Raises BadInput.
        """
        if value and value != button:  # older boards carried the name of the button
            return value
        if of is None:
            raise BadInput("this button does not say for which incident it is; press one of its newest message")
        return of

    def handle(self, said: str) -> str:
        """A person who was named, with or without @. Raises NotFound."""
        handle = said.strip().removeprefix("@")
        if self.team().roster.person(handle) is None:
            raise NotFound(f"{said} is nobody whom Tocsin knows; bind them in their [people.…] of tocsin.toml")
        return handle

    def name(self, handle: str) -> str:
        """A person's name."""
        person = self.team().roster.person(handle)
        return person.name if person else handle

    def address(self, incident: str) -> str:
        """Where the incident's page is."""
        return f"{self.team().public_url.rstrip('/')}/i/{incident}"

    def speaker(self, incident: str) -> Speaker:
        """How things are put for a chat."""
        return Speaker(self.name, ZoneInfo(self.team().zone), self.address(incident))

    def time(self, at: datetime) -> str:
        """The time of day in the team's zone."""
        return f"{at.astimezone(ZoneInfo(self.team().zone)):%H:%M %Z}"
