"""What there is to tell subscribers of one public update, made once for all who hear of it.

An update is of an incident, by the number of its fact or the id of what was published by hand, or of scheduled work, by
the id of what a person wrote or by what the clock made of it (``in_progress``, ``completed``).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.app.customers.maintenances import OUTBOX, kept_maintenances
from tocsin.app.customers.offline import kept_offline
from tocsin.app.customers.publishing import Publishing
from tocsin.app.customers.words import Told, page_language, words_of
from tocsin.app.office import Office
from tocsin.app.store import Transaction
from tocsin.incident.effects import Effect
from tocsin.incident.facts import CustomersNotified, Recorded
from tocsin.statuspage.incidents import OFFLINE, incident_id, public_incident
from tocsin.statuspage.language import Language
from tocsin.statuspage.maintenance import OVER, Maintenance, MaintenanceStatus, MaintenanceUpdate
from tocsin.statuspage.offline import with_posts
from tocsin.statuspage.page import Impact, PublicIncident, StatusPage, component_status, public_id
from tocsin.statuspage.webhook import ComponentChange
from tocsin.statuspage.words import in_words

KEPT_FOR = timedelta(seconds=5)
"""How long what was made for one subscriber serves the others."""
MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class PublicNews:
    """A public update as everybody outside may read it.

    ``page`` stands as it did with this update, ``told`` is the incident or the work with its updates up to this one.
    ``components`` are the keys that it ever touched, ``changes`` what it made of their states. ``superseded`` when a
    newer update has been told of the same, ``changed_again`` are the keys whose state is another one by now.
    """

    at: datetime
    page: StatusPage
    told: PublicIncident | Maintenance
    words: Told
    components: tuple[str, ...]
    changes: tuple[ComponentChange, ...]
    superseded: bool
    changed_again: frozenset[str]


@dataclass(slots=True)
class NewsDesk:
    """Knows what an update says. Thread-safe; what it made last is kept for a few seconds."""

    office: Office
    publishing: Publishing
    _kept: dict[tuple[str, str, str], tuple[datetime, PublicNews | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, effect: Effect, spoken: str = "") -> PublicNews | None:
        """What an effect is about, in a language by its code; None for an update that is not kept any more."""
        t, now = page_language(self.office.team(), spoken), self.office.clock.now()
        of, ref = effect.incident_id, effect.ref.partition("/")[0]
        key = (of, ref, t.code)
        with self._lock:
            made_at, found = self._kept.get(key, (None, None))
        if made_at is not None and abs(now - made_at) < KEPT_FOR:
            return found
        with self.office.store.read() as tx:
            make = self._work if of.startswith(OUTBOX) else self._incident
            made = make(tx, of, ref, t, now)
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = (now, made)
        return made

    def _incident(self, tx: Transaction, id: str, ref: str, t: Language, now: datetime) -> PublicNews | None:
        by_hand, page = kept_offline(tx), self.publishing.page(tx, now)
        if id.startswith(OFFLINE):  # it may have been adopted since the update was ordered
            id = by_hand.belongs.get(id.removeprefix(OFFLINE), id)
        # As the page tells it: what was published by hand while the server was gone stands among the facts, unnumbered.
        joined = with_posts(tx.incidents.facts([id]), by_hand.posts, by_hand.belongs)
        facts, title = joined.facts.get(id, ()), joined.titles.get(id)
        end = next((place for place, one in enumerate(facts, 1) if _is(one, ref)), 0)
        timeline = facts[:end]
        shown = next((one for one in page.incidents if one.id == incident_id(id)), None)
        impact = shown.impact if shown else Impact.MINOR
        told = public_incident(timeline, page.components, title=title, impact=impact)
        if told is None:
            return None
        before = public_incident(timeline[:-1], page.components, title=title, impact=impact)
        others = tuple(one for one in page.incidents if one.id != told.id)
        then = replace(page, incidents=(*((before,) if before else ()), *others))
        now_page = in_words(replace(page, incidents=(told, *others)), t)
        told = now_page.incidents[0]
        changes = _changes(then, now_page, told.components, timeline[-1].at)
        return PublicNews(
            timeline[-1].at,
            now_page,
            told,
            words_of(self.office.team(), told, t),
            told.components,
            changes,
            any(isinstance(one.fact, CustomersNotified) for one in facts[end:]),
            _changed_again(changes, page),
        )

    def _work(self, tx: Transaction, id: str, ref: str, t: Language, now: datetime) -> PublicNews | None:
        all_of_it = [one.work for one in kept_maintenances(tx)]
        work = next((one for one in all_of_it if one.id == id.removeprefix(OUTBOX)), None)
        told = work and _as_told(work, ref, t)
        if work is None or told is None:
            return None
        page = self.publishing.page(tx, now)
        others = tuple(one for one in page.maintenances if one.id != work.id)
        free = replace(page, maintenances=others)
        under_way = replace(told, starts_at=min(told.starts_at, now), ends_at=now + KEPT_FOR, ended_at=None)
        busy = replace(page, maintenances=(*others, replace(under_way, cancelled=False)))
        update, begins, ends = told.updates[0], _begins(told), _ends(told)
        shown = busy if update.status is MaintenanceStatus.IN_PROGRESS else free
        changes = _changes(free, busy, told.components, update.at) if begins else ()
        if ends:
            changes = _changes(busy, free, told.components, update.at)
        newest = work.updates[0]
        return PublicNews(
            update.at,
            in_words(shown, t),
            told,
            words_of(self.office.team(), told, t),
            told.components,
            changes,
            newest.at > update.at or (work.is_over(now) and update.status not in OVER),
            _changed_again(changes, page),
        )


def _as_told(work: Maintenance, ref: str, t: Language) -> Maintenance | None:
    """The work with its updates up to one of them; what the clock did is put into our words."""
    place = next((n for n, one in enumerate(work.updates) if one.id == ref), None)
    if place is not None:
        return replace(work, updates=work.updates[place:])
    at, word = {
        MaintenanceStatus.IN_PROGRESS.value: (work.starts_at, "work_begun"),
        MaintenanceStatus.COMPLETED.value: (work.over_at, "work_done"),
    }.get(ref, (None, ""))
    if at is None:
        return None
    id = public_id("update", work.id, ref, at.isoformat())
    update = MaintenanceUpdate(id, MaintenanceStatus(ref), str(t.text(word)), at)
    return replace(work, updates=(update, *(one for one in work.updates if one.at <= at)))


def _is(one: Recorded, ref: str) -> bool:
    """Whether a fact is meant: by its number, or, published by hand, by the id of its update."""
    if ref.startswith(OFFLINE):
        return isinstance(one.fact, CustomersNotified) and one.fact.update == ref
    return one.seq == int(ref)


def _begins(told: Maintenance) -> bool:
    newest, *older = told.updates
    return newest.status is MaintenanceStatus.IN_PROGRESS and (not older or newest.at <= told.starts_at)


def _ends(told: Maintenance) -> bool:
    newest = told.updates[0]
    return newest.status in OVER and newest.at > told.starts_at


def _changes(old: StatusPage, new: StatusPage, keys: Sequence[str], at: datetime) -> tuple[ComponentChange, ...]:
    found = []
    for key in keys:
        if new.component(key) is not None:
            was, is_now = component_status(old, key), component_status(new, key)
            if was is not is_now:
                found.append(ComponentChange(key, was, is_now, at))
    return tuple(found)


def _changed_again(changes: Sequence[ComponentChange], page: StatusPage) -> frozenset[str]:
    return frozenset(one.key for one in changes if component_status(page, one.key) is not one.new)
