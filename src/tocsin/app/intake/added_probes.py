"""Probes that a person added with a click, out of what a runbook in force looks at by hand.

They are kept in the database and stand beside those of ``tocsin.toml``, which come first: what the file names, or whose
service it does not know any more, is not looked at twice, or at all. One is added only after a look that was good: a
mistyped address, a network that may not be looked at or a runbook's example must wake nobody at night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from tocsin.alerts.probe import Course, Look, Probe, ProbeKind, after
from tocsin.app.access import Caller, Permission
from tocsin.app.intake.probe_offers import ProbeOffer, offered
from tocsin.app.intake.probes import COURSE
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Prober
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Team, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, Conflict, NotFound

KEPT = "added-probes"
"""The name in ``Keep``."""
MOST = 100


class AddedProbe(msgspec.Struct, frozen=True):
    """A probe that somebody added: at what, for which service, by which line of its runbook, by whom and when (UTC)."""

    name: str
    service: str
    address: str
    line: int
    by: str
    at: datetime


_ADDED = msgspec.json.Decoder(tuple[AddedProbe, ...])


def added_in(tx: Transaction) -> tuple[AddedProbe, ...]:
    """All that were added, oldest first, whether they are looked at or not."""
    kept = tx.keep.get(KEPT)
    return _ADDED.decode(kept) if kept else ()


def beside(team: Team, added: Iterable[AddedProbe]) -> Team:
    """The team with these probes as well."""
    taken = {*team.probes, *team.integrations}
    at = {one.address for one in team.probes.values()}
    fresh = {
        one.name: _probe(one)
        for one in added
        if one.name not in taken and one.address not in at and one.service in team.services
    }
    return replace(team, probes={**team.probes, **fresh}) if fresh else team


def _probe(one: AddedProbe) -> Probe:
    return Probe(one.name, one.service, ProbeKind.HTTP, one.address)


@dataclass(frozen=True, slots=True)
class AddedProbes:
    """Adds probes and takes them away again. ``changed`` brings what is kept by now into force on this node."""

    store: Store
    clock: Clock
    team: TeamInForce
    playbooks: Playbooks
    prober: Prober
    changed: Callable[[], None]

    def all(self, by: Caller) -> dict[str, AddedProbe]:
        """Those that are looked at, by name."""
        by.require(Permission.READ)
        with self.store.read() as tx:
            added = added_in(tx)
        probes = self.team().probes
        return {one.name: one for one in added if probes.get(one.name) == _probe(one)}

    def add(self, by: Caller, service: str, address: str) -> Probe:
        """Look at an address that the service's runbook looks at by hand, and go on with it if all is well.

        Raises NotFound when no runbook in force offers it (any more), Conflict when it is looked at already, BadInput
        when that first look is not good; it may take as long as a look may (10 s).
        """
        by.require(Permission.MAINTAIN)
        offer = self._offer(service, address)
        now = self.clock.now()
        one = AddedProbe(offer.name, service, address, offer.offer.line, by.actor.name, now)
        sight = self.prober.look(_probe(one), now)
        if not sight.good:
            raise BadInput(
                f"a first look at {address} was not good: {sight.says}. Nothing was added; put the probe into "
                "tocsin.toml if it is to be looked at all the same"
            )
        with self.store.transact() as tx:
            tx.keep.take_turn(KEPT)
            added = added_in(tx)
            if any(other.name == one.name or other.address == address for other in added):
                raise Conflict(f"{address} is looked at already: somebody added it just now")
            if len(added) >= MOST:
                raise BadInput(f"{MOST} probes were added by hand already; put some of them into tocsin.toml")
            self._keep(tx, (*added, one), by, "add probe", one)
            course = after(Course(), _probe(one), Look(now, True, round(sight.took, 4), ""))
            tx.keep.put(COURSE + one.name, msgspec.json.encode(course).decode())
        self.changed()
        return _probe(one)

    def remove(self, by: Caller, name: str) -> None:
        """Look no more at what was added; an alert that it has told ends with it. Raises NotFound."""
        by.require(Permission.MAINTAIN)
        with self.store.transact() as tx:
            tx.keep.take_turn(KEPT)
            added = added_in(tx)
            gone = next((one for one in added if one.name == name), None)
            if gone is None:
                if name in self.team().probes:
                    raise NotFound(f"{name} was not added by hand: it stands in tocsin.toml, remove it there")
                known = ", ".join(one.name for one in added) or "none"
                raise NotFound(f"there is no added probe {name!r}; there are: {known}")
            self._keep(tx, tuple(one for one in added if one is not gone), by, "remove probe", gone)
        self.changed()

    def _offer(self, service: str, address: str) -> ProbeOffer:
        if there := next((one for one in self.team().probes.values() if one.address == address), None):
            raise Conflict(f"{address} is looked at already, by the probe {there.name}")
        offers = offered(self.team(), self.playbooks)
        found = next((one for one in offers if (one.service, one.offer.address) == (service, address)), None)
        if found is None:
            raise NotFound(f"no runbook in force of {service} looks at {address} by hand (any more)")
        if not found.in_one_click:
            raise BadInput(f"{address} cannot be added as it stands, put it into tocsin.toml:\n{found.toml}")
        return found

    def _keep(self, tx: Transaction, added: tuple[AddedProbe, ...], by: Caller, verb: str, one: AddedProbe) -> None:
        tx.keep.put(KEPT, msgspec.json.encode(added).decode())
        detail = f"{one.service}: {one.address}"[:500]
        tx.audit.record(AuditEntry(self.clock.now(), by.actor.name, by.actor.via.value, verb, one.name, detail))
