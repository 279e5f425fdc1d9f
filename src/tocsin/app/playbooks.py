"""Runbooks in force: compiled, planned, kept by content hash, reloaded when the file changes.

What cannot be compiled changes nothing: the last good playbook stays in force and the trouble is shown (R23).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from tocsin.alerts.meaning.match import SymptomIndex
from tocsin.alerts.meaning.suggest import CriteriaIndex
from tocsin.app.store import Store, Transaction
from tocsin.app.team import CANARY, ServiceSettings, TeamInForce
from tocsin.errors import NotFound, TocsinError
from tocsin.incident.differing import Difference, differences
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.planning import plan_bytes, plan_response
from tocsin.runbook.answers.corrections import Corrections, read_corrections, side_file
from tocsin.runbook.json import playbook_from_json, playbook_json
from tocsin.runbook.playbook import Playbook

log = logging.getLogger(__name__)

_NAMED = 5
"""How many of the subjects that changed a line of the log names."""


class Compiler(Protocol):
    """Makes a playbook of a document, or gives what it made of the same words before."""

    def __call__(self, data: bytes, *, path: str, today: date | None, corrections: Corrections | None) -> Playbook:
        """The arguments and the errors are those of ``compile_runbook``."""
        ...


@dataclass(frozen=True, slots=True)
class Shelved:
    """A service's playbook and plan in force, with indexes over them. ``text`` is the document.

    ``corrections`` says for the id of each step that the team's side file corrects where it does so.
    """

    service: ServiceSettings
    playbook: Playbook
    plan: ResponsePlan
    symptoms: SymptomIndex
    criteria: CriteriaIndex
    text: str
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """How a runbook responds differently, and since which instant in UTC. ``same_text``: it is only read otherwise."""

    differences: tuple[Difference, ...]
    since: datetime | None = None
    same_text: bool = False


@dataclass(slots=True)
class Playbooks:
    """The playbooks of all services."""

    store: Store
    team: TeamInForce
    compiler: Compiler
    shelf: dict[str, Shelved] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    canary: Shelved | None = None
    """What a canary is answered by: an empty runbook, on no shelf and shown nowhere."""
    _pinned: dict[str, Playbook] = field(default_factory=dict)

    def reload(self, now: datetime) -> dict[str, str]:
        """Compile every service's runbook again; gives the troubles by service. Nothing is lost on trouble."""
        fresh: dict[str, Shelved] = {}
        troubles: dict[str, str] = {}
        for key, service in self.team().services.items():
            try:
                fresh[key] = shelve(service, now.date(), self.compiler)
            except (OSError, TocsinError) as trouble:
                troubles[key] = f"{service.runbook}: {trouble}"
        replaced = self._replaced(fresh)
        with self.store.transact() as tx:
            for key, shelved in fresh.items():
                body = msgspec.json.encode(playbook_json(shelved.playbook))
                tx.library.put("playbook", shelved.playbook.id, body)
                tx.library.put("runbook", shelved.playbook.id, shelved.text.encode())
                tx.library.put("plan", shelved.plan.id, plan_bytes(shelved.plan))
                before = replaced.get(key)
                tx.library.set_current(key, shelved.playbook.id, shelved.plan.id, now, instead_of=before)
            for key in troubles.keys() - self.shelf.keys():
                fresh[key] = self._last_good(tx, key)
            if self.canary is None and self.team().canary is not None:
                self.canary = self._empty(tx, ServiceSettings(CANARY, "Canary", Path("canary.md")))
        kept = {key: held for key, held in self.shelf.items() if key in self.team().services}
        self.shelf = {**kept, **fresh}
        self.troubles = troubles
        return troubles

    def _replaced(self, fresh: Mapping[str, Shelved]) -> dict[str, str]:
        """Of the services that respond differently from now on: the playbook that was in force until now."""
        found: dict[str, str] = {}
        with self.store.read() as tx:
            for key, (old, _plan) in tx.library.current().items():
                if key not in fresh or old == fresh[key].playbook.id:
                    continue
                if differing := self._since(tx, old, fresh[key]):
                    found[key] = old
                    what = "; ".join(one.title for one in differing[:_NAMED])
                    log.info("the runbook of %s responds differently from now on: %s", key, what)
        return found

    def _since(self, tx: Transaction, old: str, new: Shelved) -> tuple[Difference, ...]:
        """How a playbook responds differently from an older one; nothing where that can no longer be read.

        Whatever goes wrong in comparing them: a runbook comes into force without it.
        """
        try:
            return differences(self.pinned(tx, old), new.playbook)
        except Exception:
            log.exception("a playbook of %s cannot be compared with one before it", new.service.key)
            return ()

    def changed(self, tx: Transaction, service: str) -> Changed | None:
        """How a service's playbook responds differently from the one that it took over from. Raises NotFound."""
        new, replaced = self.of(service), tx.library.replaced(service)
        if replaced is None or not (differing := self._since(tx, replaced[0], new)):
            return None
        same = self.pinned(tx, replaced[0]).source.sha256 == new.playbook.source.sha256
        return Changed(differing, replaced[1], same)

    def changed_from(self, tx: Transaction, service: str, pinned: str) -> Changed | None:
        """How a service's playbook responds differently from one that is pinned; None as well where it has none now."""
        present = self.shelf.get(service)
        differing = self._since(tx, pinned, present) if present is not None and pinned != present.playbook.id else ()
        return Changed(differing) if differing else None

    def _last_good(self, tx: Transaction, service: str) -> Shelved:
        """What was in force before the trouble; without that an empty runbook, by which people are still paged."""
        settings = self.team().services[service]
        current = tx.library.current().get(service)
        if current is None:
            return self._empty(tx, settings)
        text = tx.library.get("runbook", current[0]) or b""
        return plan_for(settings, self.pinned(tx, current[0]), text.decode())

    def _empty(self, tx: Transaction, settings: ServiceSettings) -> Shelved:
        """An empty runbook: whoever is on call is paged by it all the same."""
        empty = self.compiler(b"", path=settings.runbook.name, today=None, corrections=None)
        shelved = plan_for(settings, empty, "")
        tx.library.put("playbook", shelved.playbook.id, msgspec.json.encode(playbook_json(shelved.playbook)))
        tx.library.put("plan", shelved.plan.id, plan_bytes(shelved.plan))
        return shelved

    def answering(self, service: str) -> Shelved:
        """What alerts of a service are answered by: as ``of``, and for the canary its own. Raises NotFound."""
        return self.canary if service == CANARY and self.canary is not None else self.of(service)

    def of(self, service: str) -> Shelved:
        """What is in force for a service. Raises NotFound."""
        held = self.shelf.get(service)
        if held is None:
            known = ", ".join(sorted(self.shelf)) or "none"
            raise NotFound(f"there is no service {service!r} with a runbook; there are: {known}")
        return held

    def pinned(self, tx: Transaction, playbook_id: str) -> Playbook:
        """A playbook by its hash, as it was when an incident pinned it."""
        held = self._pinned.get(playbook_id)
        if held is None:
            body = tx.library.get("playbook", playbook_id)
            if body is None:
                raise TocsinError(f"the playbook {playbook_id} is missing from the store; run `tocsin db check`")
            held = self._pinned[playbook_id] = playbook_from_json(msgspec.json.decode(body))
        return held


def shelve(service: ServiceSettings, today: date | None, compiler: Compiler) -> Shelved:
    """Read, compile and plan one service's runbook. Raises OSError or BadDocument."""
    data = service.runbook.read_bytes()
    beside = service.runbook.with_name(side_file(service.runbook.name))
    corrections = read_corrections(beside.read_bytes(), beside.name) if beside.exists() else None
    playbook = compiler(data, path=service.runbook.name, today=today, corrections=corrections)
    said = {key: f"{corrections.path} line {one.line}" for key, one in corrections.steps.items()} if corrections else {}
    return replace(plan_for(service, playbook, data.decode(errors="replace")), corrections=said)


def plan_for(service: ServiceSettings, playbook: Playbook, text: str) -> Shelved:
    """A compiled playbook with the plan that the team's answers make of it."""
    plan = plan_response(playbook, service.key, service.choices)
    return Shelved(service, playbook, plan, SymptomIndex.of(playbook), CriteriaIndex.of(playbook), text)
