"""What the runbooks in force look at by hand and no probe looks at yet: to be added, or pasted into `tocsin.toml`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.app.playbooks import Playbooks
from tocsin.app.team import Team
from tocsin.runbook.watching import Offer, offers


@dataclass(frozen=True, slots=True)
class ProbeOffer:
    """A probe to be had: under which name, of which service, by which line of its runbook, and what to paste."""

    name: str
    service: str
    runbook: str
    offer: Offer
    toml: str

    @property
    def in_one_click(self) -> bool:
        """Whether it says all that is needed to look: no variable of somebody's environment, no example."""
        return not (self.offer.by_reference or self.offer.example)


def offered(team: Team, playbooks: Playbooks) -> list[ProbeOffer]:
    """Service by service, in the order of their lines; what is looked at already is left out."""
    return list(_offered(team, playbooks))


def _offered(team: Team, playbooks: Playbooks) -> Iterator[ProbeOffer]:
    looked_at = {one.address for one in team.probes.values()}
    kinds = {(one.service, one.kind.value) for one in team.probes.values()}
    taken = {*team.probes, *team.integrations}
    for service in team.services.values():
        shelved = playbooks.shelf.get(service.key)
        for one in offers(shelved.playbook) if shelved is not None else ():
            if one.address in looked_at or (one.by_reference and (service.key, one.kind) in kinds):
                continue
            name = _free(f"{service.key}-{one.name}", taken)
            taken.add(name)
            yield ProbeOffer(name, service.key, service.runbook.name, one, _toml(name, service.key, one))


def _free(name: str, taken: set[str]) -> str:
    return next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in taken)


def _toml(name: str, service: str, one: Offer) -> str:
    said = " ".join(one.said.split())
    lines = [f"# runbook line {one.line}: {said[:100]}", f"[probe.{name}]", f"service = {json.dumps(service)}"]
    if one.kind != "http":
        lines.append(f'kind = "{one.kind}"')
    if one.note:
        lines.append(f"# {one.note}")
    address = f"{{ env = {json.dumps(one.address)} }}" if one.by_reference else json.dumps(one.address)
    lines.append(f"address = {address}")
    return "\n".join(lines) + "\n"
