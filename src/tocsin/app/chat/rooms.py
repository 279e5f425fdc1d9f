"""Keeps each incident's own channel up to date: opened, furnished, one board that is edited, and the news.

An entry of the outbox says only that something has happened. Whoever carries one brings the channel to where the facts
are, and the entries for what it has heard already end without a word: after an outage there is one edit and one
message, no flood. One entry of an incident works at a time; the others step back.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from tocsin.app.chat.ports import Card, Channel, ChatRooms, Gone, Opening, Shut, Trouble
from tocsin.app.chat.room_names import names_for
from tocsin.app.chat.room_state import RoomState, claim_channel, keep_room, room_state
from tocsin.app.chat.room_words import Speaker, board, caught_up, ended, message, topic
from tocsin.app.office import Office
from tocsin.app.ports import Delivered, GiveUp, TryAgain
from tocsin.app.rows.records import OutboxEntry, OutboxState
from tocsin.app.store import Transaction
from tocsin.incident.effects import ROOM_NEWS, EffectKind
from tocsin.incident.facts import ActorKind, NoteAdded, Recorded, StatusUpdated, UpdateReminded
from tocsin.incident.incident import Incident
from tocsin.incident.step_facts import StepFinished, StepOutcome, StepProposed, StepStarted
from tocsin.oncall.roster import Roster
from tocsin.runbook.playbook import Playbook

log = logging.getLogger(__name__)

STEP_BACK = timedelta(seconds=1)
FLOOD = 6
"""More news than this at once is one message."""
LATE = timedelta(minutes=2)
"""News older than this when it can be told is part of one message, however little it is."""
REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=2)
"""How long nothing is tried after the chat has failed, at first and in the end."""
TRIED_FOR = timedelta(days=1)
"""After this the news of an entry is left to the incident's page; a later fact still brings the channel up to date."""


@dataclass(frozen=True, slots=True)
class Room:
    """One outlet: its chat, whether its channels are private, and whether we hear what people press there.

    ``member`` gives a person's id there.
    """

    chat: ChatRooms
    member: Callable[[str], str]
    private: bool = False
    hears: bool = True


@dataclass(slots=True)
class _Outage:
    until: datetime
    span: timedelta
    reason: str


class _Stopped(Exception):
    """The chat refused or failed; ``outcome`` says how to go on."""

    def __init__(self, outcome: TryAgain | GiveUp) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class _Lost(Exception):
    """The channel is gone: it is opened anew."""


class _Shut(Exception):
    """The channel takes nothing now; no other channel waits for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class RoomCarrier:
    """Brings channels up to date. ``rooms`` by outlet."""

    office: Office
    rooms: Mapping[str, Room]
    outages: dict[str, _Outage] = field(default_factory=dict)

    def sweep(self) -> None:
        """Nothing is left behind: the lease of a lost entry runs out and it is claimed again."""

    def carry(self, entry: OutboxEntry) -> None:
        """Bring the channel of the entry's incident to where the facts are."""
        office, outlet = self.office, entry.effect.outlet
        room, now = self.rooms.get(outlet), office.clock.now()
        if room is None:
            return office.give_up(entry, f"the chat {outlet!r} is not configured any more")
        with office.store.read() as tx:
            held = tx.outbox.holds(entry.effect.key, entry.token)
            state = room_state(tx, outlet, entry.effect.incident_id)
            ahead = any(_before(one, entry, now) for one in tx.outbox.entries(entry.effect.incident_id))
        if not held:
            return None
        if state.channel and state.told >= int(entry.effect.ref):
            return office.finish(entry)
        if ahead:
            return office.later(entry, STEP_BACK, "another entry is bringing this channel up to date")
        outage = self.outages.get(outlet)
        if outage is not None and now < outage.until:
            return office.later(entry, outage.until - now, outage.reason)
        try:
            self._bring_up(room, entry, state)
        except _Stopped as stopped:
            return self._settle(entry, stopped.outcome)
        except _Lost:
            with office.store.transact() as tx:
                keep_room(tx, outlet, entry.effect.incident_id, RoomState())
            return office.later(entry, STEP_BACK, "the channel is gone; opening another one")
        except _Shut as shut:
            return self._leave(entry, shut.reason)
        self.outages.pop(outlet, None)
        return office.finish(entry)

    def _leave(self, entry: OutboxEntry, reason: str) -> None:
        """Say once in the log that this channel takes nothing; when it is open again, the next fact catches it up."""
        office, outlet, id = self.office, entry.effect.outlet, entry.effect.incident_id
        with office.store.transact() as tx:
            state = room_state(tx, outlet, id)
            if state.trouble != reason:
                log.warning("the channel of %s in %s: %s", id, outlet, reason)
                keep_room(tx, outlet, id, replace(state, trouble=reason))
        self.outages.pop(outlet, None)
        return office.finish(entry)

    def _settle(self, entry: OutboxEntry, outcome: TryAgain | GiveUp) -> None:
        """Rest after a failure: whatever else waits for this chat waits too, without asking it again and again."""
        office, outlet = self.office, entry.effect.outlet
        now = office.clock.now()
        too_old = entry.created_at is not None and now - entry.created_at > TRIED_FOR
        if isinstance(outcome, GiveUp) or too_old:
            return office.give_up(entry, outcome.reason)
        before = self.outages.get(outlet)
        span = min(LONGEST_REST, before.span * 2) if before else REST
        span = outcome.after or span
        if before is None:
            log.warning("the chat %s does not take anything; it is caught up later: %s", outlet, outcome.reason)
        self.outages[outlet] = _Outage(now + span, min(span, LONGEST_REST), outcome.reason)
        return office.later(entry, span, outcome.reason)

    def _bring_up(self, room: Room, entry: OutboxEntry, state: RoomState) -> None:
        office, id = self.office, entry.effect.incident_id
        with office.store.read() as tx:
            facts = tx.incidents.facts([id])[id]
            incident = office.desk.one(tx, id)
            playbook = office.playbooks.pinned(tx, incident.playbook)
            now = office.clock.now()
            roster = office.team().roster_of(incident.service, office.desk.roster(tx, now))
        called = (*_called(incident, playbook, roster, now), *_joined(facts))
        visit = _Visit(self, room, entry.effect.outlet, incident, playbook, state, called)
        visit.open()
        visit.show()
        visit.tell(facts)
        visit.furnish()
        visit.end()


@dataclass(slots=True)
class _Visit:
    """One round to one channel. Each thing that was done is written down before the next is begun."""

    carrier: RoomCarrier
    room: Room
    outlet: str
    incident: Incident
    playbook: Playbook
    state: RoomState
    called: tuple[str, ...] = ()
    """Handles of those whom the runbook's roles of the response mean now, and of whoever has joined."""

    @property
    def speaker(self) -> Speaker:
        office = self.carrier.office
        address = office.address(self.incident.id)
        return Speaker(office.name, ZoneInfo(office.team().zone), address, self.room.hears)

    def open(self) -> None:
        """Make the channel, unless there is one."""
        state, incident = self.state, self.incident
        if state.channel:
            return
        longest = self.room.chat.longest_name
        names = names_for(self.playbook.channel_pattern, incident, self.speaker.zone, longest)
        doubtful = self._intend("open")
        wanted = Opening(names, f"The response to {incident.id}, by Tocsin", self.room.private)
        match self.room.chat.open(wanted, doubtful=doubtful):
            case Channel(id=channel, name=name):
                state.channel, state.name = channel, name
                self._keep(also=lambda tx: claim_channel(tx, self.outlet, channel, incident.id))
            case failed:
                raise _Stopped(failed)

    def show(self) -> None:
        """Post the board and pin it, or put its present text in place."""
        state = self.state
        card = self._masked(board(self.incident, self.playbook, self.speaker))
        mark = hashlib.sha256(repr(card).encode()).hexdigest()[:16]
        if state.board and state.shown != mark and not self._edit(state.board, card):
            state.board = ""
        if not state.board:
            state.board = self._post(f"board/{self.incident.id}", card, pinned=True)
        if state.shown != mark:
            state.shown = mark
            self._keep()

    def tell(self, facts: Sequence[Recorded]) -> None:
        """Say what the channel has not heard; much, or old, in one message, besides what can still be answered."""
        now, speaker = self.carrier.office.clock.now(), self.speaker
        news = [one for one in facts[self.state.told :] if isinstance(one.fact, ROOM_NEWS)]
        said = [(one, card) for one in news if (card := message(one, self.incident, speaker)) is not None]
        together = len(said) > FLOOD or any(now - one.at > LATE for one, _ in said)
        for alone, group in groupby(said, lambda pair: not together or self._is_asked(pair[0])):
            if alone:
                for one, card in group:
                    self._tell(one, card)
                    self._told(one.seq)
            else:
                several = [one for one, _ in group]
                self._say(f"until/{several[-1].seq}", caught_up(several, speaker))
                self._told(several[-1].seq)
        if self.state.told < facts[-1].seq:
            self._told(facts[-1].seq)

    def _is_asked(self, one: Recorded) -> bool:
        """Whether it is a request that waits for somebody's answer: it is said with its buttons."""
        asked = (step.request for step in self.incident.steps.values() if step.request is not None)
        return isinstance(one.fact, StepProposed) and any(request.run == one.fact.run for request in asked)

    def _told(self, seq: int) -> None:
        self.state.told, self.state.said = seq, {}
        self._keep()

    def end(self) -> None:
        """The channel has taken everything: no trouble is left."""
        if self.state.trouble:
            self.state.trouble = ""
            self._keep()

    def furnish(self) -> None:
        """The topic, and whoever is asked to respond. What cannot be done is said once in the log."""
        about = self._masked_text(topic(self.incident, self.speaker))
        handles = [*(page.person for page in self.incident.pages.values()), *self.incident.roles.values()]
        handles += [self.incident.acknowledged_by] if self.incident.acknowledged_by else []
        handles += self.called
        members = dict.fromkeys(found for one in handles if (found := self.room.member(one)))
        fresh = [one for one in members if one not in self.state.invited]
        if about == self.state.furnished and not fresh:
            return
        done = self.room.chat.furnish(self.state.channel, "" if about == self.state.furnished else about, fresh)
        troubles = [done.reason] if isinstance(done, GiveUp) else done
        if isinstance(troubles, TryAgain | Gone | Shut):
            raise _raised(troubles)
        for trouble in troubles:
            log.warning("the channel of %s: %s", self.incident.id, trouble)
        self.state.furnished = about
        self.state.invited += fresh
        self._keep()

    def _tell(self, one: Recorded, card: Card) -> None:
        match one.fact:
            case StepStarted(run=run):
                self.state.threads[run] = self._say(f"{one.seq}", card)
            case StepFinished(run=run, output=output, outcome=outcome):
                parent = self.state.threads.get(run, "")
                if parent and not self._edit(parent, self._masked(card)):  # somebody has deleted it, and its thread
                    del self.state.threads[run]
                    parent = ""
                if output or not parent:
                    self._say(f"{one.seq}", ended(one, self.speaker), thread=parent)
                if parent and outcome is not StepOutcome.SUCCEEDED:
                    self._say(f"{one.seq}/trouble", card)
            case UpdateReminded(person=person):
                member = self.room.member(person) if person else ""
                self._say(f"{one.seq}", replace(card, calls=(member,) if member else ()))
            case _:
                self._say(f"{one.seq}", card)

    def _say(self, key: str, card: Card, thread: str = "") -> str:
        """Post one message of the fact that is told, unless it stands there since an earlier visit."""
        if key not in self.state.said:
            self.state.said[key] = self._post(f"{self.incident.id}/{key}", self._masked(card), thread=thread)
        return self.state.said[key]

    def _post(self, key: str, card: Card, *, thread: str = "", pinned: bool = False) -> str:
        """Post a message; its id, or nothing when this one message is refused for good: the talk goes on."""
        chat, channel, doubtful = self.room.chat, self.state.channel, self._intend(key)
        done = chat.post(channel, key, card, thread=thread, pinned=pinned, doubtful=doubtful)
        if isinstance(done, Gone) and not done.channel and thread:
            done = chat.post(channel, key, card, pinned=pinned, doubtful=doubtful)
        match done:
            case Delivered(receipt=receipt):
                return receipt
            case GiveUp(reason=reason):
                return self._refused(reason)
            case failed:
                raise _raised(failed)

    def _edit(self, message: str, card: Card) -> bool:
        """Put a card in the place of a message; False when somebody has deleted the message."""
        match self.room.chat.edit(self.state.channel, message, card):
            case Delivered():
                return True
            case Gone(channel=False):
                return False
            case GiveUp(reason=reason):
                self._refused(reason)
                return True
            case failed:
                raise _raised(failed)

    def _refused(self, reason: str) -> str:
        log.warning("the channel of %s: a message was not taken: %s", self.incident.id, reason)
        return ""

    def _intend(self, what: str) -> bool:
        """Write down what is about to be done; whether it may have been done before."""
        doubtful = self.state.doing == what
        if not doubtful:
            self.state.doing = what
            self._keep()
        return doubtful

    def _keep(self, also: Callable[[Transaction], None] | None = None) -> None:
        with self.carrier.office.store.transact() as tx:
            keep_room(tx, self.outlet, self.incident.id, self.state)
            if also is not None:
                also(tx)

    def _masked(self, card: Card) -> Card:
        return self.carrier.office.desk.masker.value(card)

    def _masked_text(self, text: str) -> str:
        return self.carrier.office.desk.masker.text(text)


def _raised(failed: Trouble) -> Exception:
    """How a visit ends that cannot go on."""
    match failed:
        case Gone():
            return _Lost()
        case Shut(reason=reason):
            return _Shut(reason)
        case stopped:
            return _Stopped(stopped)


def _called(incident: Incident, playbook: Playbook, roster: Roster, now: datetime) -> Iterator[str]:
    """Whom the runbook's roles of the response mean at this severity; one that wakes nobody calls nobody together."""
    if not incident.is_open or not incident.severity_plan.pages:
        return
    for role in playbook.roles:
        if not role.severities or incident.severity in role.severities:
            yield from (person.handle for person in roster.who(role.name, now).people)


def _joined(facts: Sequence[Recorded]) -> Iterator[str]:
    """The people who have written something down on the incident, as "Join" does: they are in the talk."""
    for one in facts:
        if isinstance(one.fact, NoteAdded | StatusUpdated) and one.by.kind is ActorKind.PERSON:
            yield one.by.name


def _before(one: OutboxEntry, entry: OutboxEntry, now: datetime) -> bool:
    """Whether another entry of the same channel was claimed before this one and still works."""
    if one.effect.kind is not EffectKind.ROOM or one.effect.outlet != entry.effect.outlet:
        return False
    if one.state is not OutboxState.CLAIMED or one.effect.key == entry.effect.key or one.claimed_until is None:
        return False
    if one.claimed_until <= now or entry.claimed_until is None:
        return False
    return (one.claimed_until, int(one.effect.ref)) < (entry.claimed_until, int(entry.effect.ref))
