"""One approval for several audiences: all of them are told in one commit, or nobody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.app.access import Caller
from tocsin.app.customers.audiences import AUDIENCES, Audiences
from tocsin.app.customers.publishing import Publishing
from tocsin.app.incidents import Acted, Incidents
from tocsin.errors import BadInput
from tocsin.incident.commands import Command
from tocsin.incident.facts import PublicStatus

CUSTOMERS = "customers"
EVERYBODY = (CUSTOMERS, *AUDIENCES)


@dataclass(slots=True)
class Approvals:
    """Tells the audiences that a person has chosen."""

    incidents: Incidents
    publishing: Publishing
    audiences: Audiences

    def tell(
        self,
        caller: Caller,
        incident_id: str,
        to: Sequence[str],
        text: str,
        *,
        status: PublicStatus = PublicStatus.INVESTIGATING,
        subject: str = "",
        own: Mapping[str, str] | None = None,
        components: tuple[str, ...] = (),
        decided_by: str = "",
    ) -> Acted:
        """Approve a text for them. ``own`` are other words for some of them.

        Each audience keeps its rules: customers need the right to publish and whoever the runbook leaves that to, no
        text may hold a blank, none goes nowhere. Raises as ``notify`` and ``Audiences.tell`` do, for the first that
        may not be told; then nobody is.
        """
        chosen = tuple(dict.fromkeys(to))
        if not chosen:
            raise BadInput(f"tell whom? {', '.join(EVERYBODY)}")
        unknown = [one for one in (*chosen, *(own or {})) if one not in EVERYBODY]
        if unknown:
            raise BadInput(f"there is no audience {unknown[0]!r}; there are {', '.join(EVERYBODY)}")
        commands: list[Command] = []
        for audience in chosen:
            words = (own or {}).get(audience, "").strip() or text
            if audience == CUSTOMERS:
                found: Command | None = self.publishing.order(
                    caller, incident_id, status, words, components, decided_by=decided_by
                )
            else:
                found = self.audiences.order(caller, incident_id, audience, words, subject=subject)
            commands += [found] if found is not None else []
        return self.incidents.act_together(caller, incident_id, commands)
