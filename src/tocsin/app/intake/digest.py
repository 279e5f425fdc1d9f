"""One batch of heard alerts on its way into incidents.

The newest event of each alert wins whatever the order of arrival (R3). A new alert joins the open incident of its
group or declares one; all that one batch brings to an incident is decided on at once, so a storm of a thousand
alerts costs one decision. Joining alerts are counted, not appended one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from tocsin.alerts.alert import Heard, Taken
from tocsin.alerts.group import Group, group_of
from tocsin.alerts.meaning.match import Match, heard, spoken
from tocsin.alerts.peering import PeerNews
from tocsin.alerts.record_only import KEPT
from tocsin.app.desk import Asked, Desk
from tocsin.app.intake.alert_fold import AlertFold, Event
from tocsin.app.intake.known import Key, Known, Learned, recounted
from tocsin.app.intake.peering import decide_on_news
from tocsin.app.intake.placing import NEW, Joining, Rising, put, severest, severity_of_all, suggesting
from tocsin.app.intake.quiet import ASKED
from tocsin.app.intake.storms import Storms, group_key, in_storm
from tocsin.app.intake.thresholds import Thresholds, word
from tocsin.app.playbooks import Playbooks, Shelved
from tocsin.app.rows.records import AlertCount, AlertState, SilencedAlert
from tocsin.app.store import Transaction
from tocsin.app.suggesting import severity_of
from tocsin.app.team import Integration
from tocsin.incident import commands as c
from tocsin.incident.decide import JOINED_ONE_BY_ONE
from tocsin.incident.facts import Actor, Recorded
from tocsin.incident.incident import Incident
from tocsin.incident.summary import IncidentState
from tocsin.oncall.roster import Roster

Reading = tuple[Shelved, Match | None, c.SeverityReading | None]
"""What is in force for an alert's service, and what the alert calls for by it."""


@dataclass(slots=True)
class Digest:
    """Collects the events of one batch, then settles them all in its transaction."""

    tx: Transaction
    desk: Desk
    playbooks: Playbooks
    known: Known
    now: datetime
    events: list[Event] = field(default_factory=list)
    acknowledged: list[tuple[int, Key, Taken, Actor]] = field(default_factory=list)
    escalated: list[tuple[int, Key, str, Actor]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    """By the id of its delivery why a request of a sender came to nothing; filled by ``settle``."""
    told: list[tuple[Integration, PeerNews]] = field(default_factory=list)
    learned: Learned | None = None
    """What is known once this transaction has been committed; None when there was nothing to settle."""
    _readings: dict[tuple[str, tuple[str | None, ...]], Reading] = field(default_factory=dict)
    _begun: dict[str, tuple[Incident, list[Recorded]]] = field(default_factory=dict)
    _touched: list[str] = field(default_factory=list)
    _storms: Storms = field(init=False)
    _stormed: dict[str, str] = field(default_factory=dict)
    """By service the incident of its storm that something new joins."""
    _roster: Roster | None = None
    _withheld: dict[Key, Event] = field(default_factory=dict)
    """The alerts that were not said often enough."""

    def __post_init__(self) -> None:
        self._storms = Storms(self.tx, self.now)

    def hear(self, seq: int, integration: Integration, by: Actor, heard: Heard) -> None:
        """Take in what one delivery held."""
        within = f"{integration.name}:"
        places = self._known_places(integration, heard) if integration.service_label else {}
        usual, add = integration.service, self.events.append
        for a in heard.alerts:
            service = a.service or (places.get(a.fingerprint, usual) if places else usual)
            of = integration if service == usual else replace(integration, service=service)
            add(Event(seq, of, by, a, (service, within + a.fingerprint)))
        self.acknowledged += [
            (seq, (places.get(one.fingerprint, integration.service), within + one.fingerprint), one, by)
            for one in heard.acknowledgements
        ]
        self.escalated += [
            (seq, (places.get(mark, integration.service), within + mark), why, by) for mark, why in heard.escalations
        ]
        self.told += [(integration, one) for one in heard.peers]

    def _known_places(self, integration: Integration, heard: Heard) -> dict[str, str]:
        """The services of alerts that say no service when they end or are acknowledged, where they are known."""
        silent = [one.fingerprint for one in heard.alerts if not one.firing and not one.service]
        silent += [*(one.fingerprint for one in heard.acknowledgements), *(mark for mark, _ in heard.escalations)]
        if not silent:
            return {}
        keys = [(service, f"{integration.name}:{one}") for one in silent for service in self.desk.team().services]
        held = self.tx.alerts.states(keys)
        # those that fire come last, and win
        ranked = sorted(held.items(), key=lambda pair: (pair[1].firing, pair[1].last_at))
        return {fingerprint.removeprefix(f"{integration.name}:"): service for (service, fingerprint), _ in ranked}

    def touched(self) -> Sequence[str]:
        """The incidents that changed."""
        return list(dict.fromkeys(self._touched))

    def settle(self) -> None:
        """Fold the events into alert states and decide on the incidents they concern."""
        self._touched += decide_on_news(self.tx, self.desk, self.told, self.now)
        keys = list(dict.fromkeys([e.key for e in self.events] + [key for _, key, _, _ in self.acknowledged]))
        keys = list(dict.fromkeys(keys + [key for _, key, _, _ in self.escalated]))
        if not keys:
            return
        self.known.begin(self.tx, self.desk.masker)
        before, read_anew = self.known.states(self.tx, keys)
        states = dict(before)
        closed, collecting = self._incidents_of(states)
        fold = AlertFold(states, read_anew, closed, self.desk.masker, self.now, collecting, self._records)
        folded = fold.fold(self.events)
        changed = folded.changed
        placed = self._place(folded.rising, states)
        if self._withheld:
            changed = self._hold_back(before, states, changed)
            self._hold_asked()
        counts = self._counts(before, states, changed)
        self.tx.alerts.save([states[key] for key in changed])
        heard_again = [states[key] for key in folded.again]
        if self.tx.alerts.touch(heard_again) < len(heard_again):
            self.tx.alerts.save(heard_again)  # somebody has removed rows by hand: what fires is there again
        fired = [key for key in changed if (was := before.get(key)) is not None and was.firing]
        self._decide(placed, states, fired, counts)
        self._acknowledge(states)
        self._escalate(states)
        self.learned = Learned(self.known.end(self.tx), states, counts)

    def _counts(
        self, before: Mapping[Key, AlertState], after: Mapping[Key, AlertState], changed: Sequence[Key]
    ) -> dict[str, AlertCount]:
        """How many alerts the incidents have for which that changes. Asked for before any alert is saved."""
        now = {key: after[key] for key in changed}
        ids = {one.incident_id for one in now.values()}
        ids |= {before[key].incident_id for key in changed if key in before}
        held = self.known.counts(self.tx, sorted(ids - self._begun.keys() - {""}))
        return recounted(held, before, now)

    def _incidents_of(self, states: Mapping[Key, AlertState]) -> tuple[dict[str, datetime], Set[str]]:
        """When incidents of firing alerts were resolved, for those that were; and which collect what is recorded."""
        ids = list(dict.fromkeys(s.incident_id for s in states.values() if s.firing and s.incident_id))
        if not ids:
            return {}, frozenset()
        rows = self.tx.incidents.summaries(ids)
        closed = {id: row.resolved_at for id, row in rows.items() if row.resolved_at is not None}
        return closed, {id for id, row in rows.items() if row.group_key.startswith(KEPT) and id not in closed}

    def _place(self, rising: Mapping[Key, Event], states: dict[Key, AlertState]) -> dict[str, Joining]:
        """Give every newly firing alert its incident: an open one of its group, or a new one."""
        placed: dict[str, Joining] = {}
        belongs: dict[Key, str] = {}
        read = [self._rising(key, event) for key, event in rising.items()]
        open_now = self.tx.incidents.open_in_groups(list(dict.fromkeys(one.group.key for one in read)))
        stormy = self._still_in_storm([states[key].incident_id for key in rising])
        fresh: dict[str, list[Rising]] = {}
        for one in read:
            row = open_now.get(one.group.key)
            before = states[one.key].incident_id
            if row is not None and row.state is not IncidentState.RESOLVED:
                belongs[one.key] = put(placed, row.incident_id, one)
            elif before in stormy:
                belongs[one.key] = put(placed, before, one.of(in_storm(one.event.integration.service, again=True)))
            else:
                fresh.setdefault(one.group.key, []).append(one)
        thresholds = Thresholds(self.tx, self.now, self.events)
        for these in sorted(fresh.values(), key=severest):
            if thresholds.holds(these[0].group.key, these):
                self._withheld.update((one.key, one.event) for one in these)
                continue
            id, group, at_once = self._for_new(these)
            for one in these:
                belongs[one.key] = put(placed, id, one.of(group, at_once) if group else one)
        real = self._number(placed)
        for key, incident_id in belongs.items():
            states[key] = msgspec.structs.replace(states[key], incident_id=real.get(incident_id, incident_id))
        for service, incident_id in self._stormed.items():
            self._storms.joined(service, real.get(incident_id, incident_id))
        thresholds.settle()
        return placed

    def _hold_back(
        self, before: Mapping[Key, AlertState], states: dict[Key, AlertState], changed: Sequence[Key]
    ) -> tuple[Key, ...]:
        """Forget what was said of alerts that are held back: it is read again. The rest of what changed."""
        for key in self._withheld:
            if key in before:
                states[key] = before[key]
            else:
                del states[key]
        return tuple(key for key in changed if key not in self._withheld)

    def _hold_asked(self) -> None:
        """What is asked of alerts that are held back is read again together with them, unless they ended since."""
        ended = {event.key: event.seq for event in self.events if not event.alert.firing}
        asked = [(ASKED[0], seq, key) for seq, key, _, _ in self.acknowledged]
        asked += [(ASKED[1], seq, key) for seq, key, _, _ in self.escalated]
        held = []
        for said, seq, key in asked:
            if (event := self._withheld.get(key)) is not None and seq > ended.get(key, 0):
                name = event.integration.name
                held.append(SilencedAlert(name, f"{said}{event.alert.fingerprint}", seq, word(name)))
        if held:
            self.tx.silences.hold(held)

    def _for_new(self, these: Sequence[Rising]) -> tuple[str, Group | None, int]:
        """The incident that alerts of a new trouble begin, or that of a storm with the reason for it."""
        first = these[0]
        service, plan = first.event.integration.service, first.shelved.plan
        settings = self.desk.team().services.get(service)
        own = f"{NEW}{first.group.key}"
        if settings is None or settings.storm_after < 1 or first.recorded:
            return own, None, 0
        severity = severity_of_all(these)
        storm = self._storms.of(service, plan, settings.storm_after)
        if not storm.takes(top=plan.is_top(severity.severity if severity else None)):
            return own, None, 0
        group = in_storm(service)
        id = self._stormed[service] = self._storms.incident(service) or f"{NEW}{group.key}"
        return id, group, settings.storm_after

    def _still_in_storm(self, incident_ids: Iterable[str]) -> Set[str]:
        """Those of the incidents that are open and a storm's: an alert that comes back belongs there."""
        ids = list(dict.fromkeys(id for id in incident_ids if id))
        if not ids:
            return frozenset()
        rows = self.tx.incidents.summaries(ids).values()
        return {
            row.incident_id
            for row in rows
            if row.group_key == group_key(row.service) and row.state is not IncidentState.RESOLVED
        }

    def _number(self, placed: dict[str, Joining]) -> dict[str, str]:
        """Declare the new incidents; their ids by the names they had until now, for their alerts to carry."""
        ids: dict[str, str] = {}
        for temporary, joining in list(placed.items()):
            if joining.declare is None or joining.shelved is None:
                continue
            plan, roster = joining.shelved.plan, self._people()
            decided = self.desk.begin(self.tx, joining.declare, plan, self.now, joining.by, roster)
            ids[temporary] = decided.incident.id
            self._begun[decided.incident.id] = (decided.incident, list(decided.facts))
            del placed[temporary]
            if joining.alerts:
                placed[decided.incident.id] = Joining(joining.by, joining.alerts, joining.severity)
        return ids

    def _decide(
        self,
        placed: dict[str, Joining],
        states: dict[Key, AlertState],
        fired: Sequence[Key],
        counts: Mapping[str, AlertCount],
    ) -> None:
        """Append the declarations, then what else the batch means for each incident.

        ``fired`` changed and fired before: what says once more that it is over, as each beat of a heartbeat does, is no
        reason to look at its incident again.
        """
        self.desk.append(self.tx, list(self._begun.values()))
        self._touched += self._begun
        fallen = {states[key].incident_id for key in fired if states[key].incident_id and not states[key].firing}
        asked: list[Asked] = []
        for incident_id, joining in placed.items():
            distinct = counts[incident_id].distinct if incident_id in counts else len(joining.alerts)
            told = joining.alerts[:JOINED_ONE_BY_ONE]  # those beyond are counted
            command = c.JoinAlerts(tuple(told), distinct, joining.severity)
            asked.append(Asked(incident_id, command, joining.by))
        by = self.events[0].by if self.events else None
        for incident_id in sorted(fallen):
            if incident_id in counts and counts[incident_id].firing == 0 and by is not None:
                asked.append(Asked(incident_id, c.ClearAlerts(counts[incident_id].distinct), by))
        loaded = {id: incident for id, (incident, _) in self._begun.items()}
        self.desk.decide_all(self.tx, asked, self.now, loaded, self._people() if asked else None)
        self._touched += [a.incident_id for a in asked]

    def _acknowledge(self, states: dict[Key, AlertState]) -> None:
        """Somebody acknowledged at the source: that holds here too."""
        asked = [
            Asked(states[key].incident_id, c.Acknowledge(taken.who or by.name, alert=key[1], at=taken.at), by)
            for _, key, taken, by in self.acknowledged
            if key in states and states[key].incident_id
        ]
        self.desk.decide_all(self.tx, asked, self.now)
        self._touched += [a.incident_id for a in asked]

    def _escalate(self, states: dict[Key, AlertState]) -> None:
        """Somebody at the source wants the next level: it is paged now, or the request is refused with the reason."""
        asked: list[tuple[int, Asked]] = []
        for seq, key, why, by in self.escalated:
            if key in states and states[key].incident_id:
                asked.append((seq, Asked(states[key].incident_id, c.Escalate(why), by)))
            else:
                self.refused[seq] = "there is no incident of this alert"
        answers = self.desk.decide_all(self.tx, [one for _, one in asked], self.now)
        for (seq, one), answer in zip(asked, answers, strict=True):
            if isinstance(answer, c.Refusal):
                self.refused[seq] = answer.message
            else:
                self._touched.append(one.incident_id)

    def _people(self) -> Roster:
        """Who can be called, read once for all that is decided in this transaction."""
        if self._roster is None:
            self._roster = self.desk.roster(self.tx, self.now)
        return self._roster

    def _rising(self, key: Key, event: Event) -> Rising:
        """The alert with what it calls for, in the incident that collects what is recorded only if it is of those."""
        one, record = self._calling(key, event), event.integration.record
        if record is None:
            return one
        top = one.severity is not None and one.shelved.plan.is_top(one.severity.severity)
        if not record.takes(event.alert, is_top=top):
            return one
        group = record.group(event.integration.name, event.integration.service)
        return one.of(group)._replace(recorded=record.setting)

    def _records(self, event: Event) -> bool:
        """Whether an alert calls for no more than being recorded."""
        return bool(self._rising(event.key, event).recorded)

    def _calling(self, key: Key, event: Event) -> Rising:
        shelved, match, group, severity = self._read(event)
        if event.integration.speaks.assesses:
            return Rising(key, event, shelved, match, group, severity)
        hint = event.alert.severity_hint
        said = severity_of(shelved.criteria.suggest("", hint)) if hint else None
        return Rising(key, suggesting(event, severity, said), shelved, match, group, said)

    def _read(self, event: Event) -> tuple[Shelved, Match | None, Group, c.SeverityReading | None]:
        """What an alert calls for. Alerts of one trouble mostly say the same of different machines."""
        service, alert = event.integration.service, event.alert
        said = (service, spoken(alert))
        reading = self._readings.get(said)
        if reading is None:
            shelved, told = self.playbooks.answering(service), heard(alert)
            suggestion = shelved.criteria.suggest(alert, alert.severity_hint, told)
            reading = self._readings[said] = shelved, shelved.symptoms.match(alert, told), severity_of(suggestion)
        shelved, match, severity = reading
        return shelved, match, group_of(alert, service, match), severity
