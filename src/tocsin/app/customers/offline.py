"""What was published by hand on the files of the status page while the server was gone, once it is back.

It is taken in as it is: customers have read it. It stays on the page, an incident of its own or more words of one that
was there, until a person ends it or says to which of our incidents it belongs (ADR 0028). All of it is one small
document in ``Keep``, and each post is in the audit with who made it and when; none is taken in twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

from tocsin.app.access import Caller, Permission
from tocsin.app.customers.maintenances import LATEST
from tocsin.app.desk import Asked, Desk
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock
from tocsin.errors import BadInput, Conflict, NotFound, Refused
from tocsin.incident.commands import AddNote
from tocsin.incident.effects import Effect, EffectKind
from tocsin.incident.facts import TOCSIN, PublicStatus
from tocsin.incident.incident import CLICKED_TWICE
from tocsin.review.blanks import message_blanks
from tocsin.statuspage.incidents import OFFLINE, incident_id
from tocsin.statuspage.offline import Post
from tocsin.statuspage.page import public_id

KEPT = "offline-posts"
HISTORY = timedelta(days=90)
LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class KeptOffline:
    """All that was published by hand, oldest first. ``belongs``: our incident by public id, where one is known."""

    posts: tuple[Post, ...] = ()
    belongs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfflineIncident:
    """An incident that customers know from the files alone. ``posts`` oldest first, never empty."""

    id: str
    posts: tuple[Post, ...]
    incident: str | None

    @property
    def waits(self) -> bool:
        """Whether somebody has to end it, or to say which of our incidents it is."""
        return self.incident is None and self.posts[-1].status is not PublicStatus.RESOLVED


_DECODER = msgspec.json.Decoder(KeptOffline)


def kept_offline(tx: Transaction) -> KeptOffline:
    """What is kept of it."""
    kept = tx.keep.get(KEPT)
    return _DECODER.decode(kept) if kept else KeptOffline()


def waiting_in(tx: Transaction) -> Sequence[OfflineIncident]:
    """The incidents of which customers still read, and which nobody has ended or adopted."""
    return [one for one in _incidents(kept_offline(tx)) if one.waits]


Decider = Callable[[Transaction, str, Sequence[str], str, str], str]
"""Who decides that customers hear of an incident (empty: one that is not ours), or of what touches components.

Given are the incident, the components, who asks and whom they name. Raises Refused where it is left to others.
"""


@dataclass(slots=True)
class Offline:
    """Takes in what was published by hand; ``listeners`` are called after each change."""

    store: Store
    clock: Clock
    desk: Desk
    decider: Decider
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def take_in(self, posts: Sequence[Post]) -> int:
        """Keep those that are not known yet, and say so on the timeline of the incident that they belong to.

        Subscribers are told the last of those about an incident of ours, as ``adopt`` tells them of the others.
        Gives how many were new. What is older than the page tells of is left.
        """
        now = self.clock.now()
        if not posts:
            return 0
        with self.store.read() as tx:
            if not _new(posts, kept_offline(tx), now):
                return 0
        with self._kept() as (tx, kept):
            new = _new(posts, kept, now)
            told = {incident_id(id): id for id in tx.incidents.all_ids()}
            belongs = kept.belongs | {one.incident: told[one.incident] for one in new if one.incident in told}
            self._write(tx, KeptOffline((*kept.posts, *new), belongs), now)
            for one in new:
                at = f"{one.at:%Y-%m-%d %H:%M} UTC"
                who = one.by or "unknown"
                said = f"{at} {_decided(one.decided_by)}{one.text}"
                tx.audit.record(AuditEntry(now, who, "cli", "offline post", one.id, said[:500]))
            ours = [(belongs[one.incident], one) for one in new if one.incident in belongs]
            self._note(tx, ours, now)
            for incident, last in dict(ours).items():  # the newest of each
                if last.mail and self._is_news(tx, incident, last, now):
                    self._tell_subscribers(tx, incident, last, now)
        return len(new)

    def listed(self, caller: Caller) -> Sequence[OfflineIncident]:
        """The incidents that began on the files, the newest first."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return _incidents(kept_offline(tx))

    def waiting(self) -> Sequence[OfflineIncident]:
        """Those that customers still read of and nobody has ended or adopted."""
        with self.store.read() as tx:
            return waiting_in(tx)

    def tell(
        self,
        caller: Caller,
        id: str,
        status: PublicStatus,
        text: str,
        *,
        decided_by: str = "",
        subscribers: bool = True,
    ) -> OfflineIncident:
        """Tell customers more of one, or that it is over; subscribers too, unless nobody is to be written to.

        Raises NotFound, BadInput, Refused, Conflict once adopted.
        """
        caller.require(Permission.PUBLISH)
        said, now = words_for_customers(text), self.clock.now()
        with self._kept() as (tx, kept):
            one = _known(kept, id)
            if one.incident:
                raise Conflict(f"it belongs to {one.incident}: tell customers there")
            last = one.posts[-1]
            same, over = (last.status, last.text) == (status, said), status is PublicStatus.RESOLVED
            if same and (over or now - last.at < CLICKED_TWICE):
                if last.by != caller.actor.name and now - last.at < CLICKED_TWICE:
                    who, seconds = last.by or "somebody", round((now - last.at).total_seconds())
                    said_before = f"{who} sent these words to customers {seconds} s ago; nothing was sent again"
                    raise Refused(said_before, reason="told")
                return one
            decider = self.decider(tx, "", last.components, caller.actor.name, decided_by)
            post = replace(
                last, id=public_id("update", str(uuid4())), status=status, text=said, at=now, by=caller.actor.name
            )
            changed = KeptOffline((*kept.posts, post), kept.belongs)
            self._write(tx, changed, now)
            self._audit(tx, caller, "offline tell", one.id, f"{_decided(decider)}{said}")
            if subscribers:
                self._tell_subscribers(tx, f"{OFFLINE}{one.id}", post, now)
        self._changed()
        return _known(changed, id)

    def adopt(
        self, caller: Caller, id: str, incident: str, *, decided_by: str = "", subscribers: bool = True
    ) -> OfflineIncident:
        """Say which of our incidents it is: what was told joins that one's timeline and its page.

        Subscribers are told what it says last, once, unless nobody is to be written to, or customers have been told
        more of that incident, or it is a day old.

        Raises NotFound for either, Refused for a drill and for what others decide, Conflict when it belongs to another.
        """
        caller.require(Permission.PUBLISH, incident)
        now = self.clock.now()
        with self._kept() as (tx, kept):
            ours = self.desk.one(tx, incident)
            if ours.drill:
                raise Refused("this is a drill: customers are never told", reason="drill")
            one = _known(kept, id)
            if one.incident == incident:
                return one
            if one.incident:
                raise Conflict(f"it belongs to {one.incident} already")
            last = one.posts[-1]
            decider = self.decider(tx, incident, last.components, caller.actor.name, decided_by)
            changed = KeptOffline(kept.posts, kept.belongs | {one.id: incident})
            self._write(tx, changed, now)
            self._audit(tx, caller, "offline adopt", one.id, f"{_decided(decider)}{incident}")
            self._note(tx, [(incident, post) for post in one.posts], now)
            if subscribers and self._is_news(tx, incident, last, now):
                self._tell_subscribers(tx, incident, last, now)
        self._changed()
        return _known(changed, id)

    # --- how it is kept -------------------------------------------------------------------------------------------

    @contextmanager
    def _kept(self) -> Iterator[tuple[Transaction, KeptOffline]]:
        """All of it, to be changed. Whoever comes second waits."""
        with self.store.transact() as tx:
            tx.keep.take_turn(KEPT)
            yield tx, kept_offline(tx)

    def _write(self, tx: Transaction, kept: KeptOffline, now: datetime) -> None:
        """Keep it, without what is over for so long that the page does not tell of it any more."""
        last = {one.incident: one for one in sorted(kept.posts, key=lambda one: one.at)}
        gone = {
            id
            for id, one in last.items()
            if one.at <= now - HISTORY and (one.status is PublicStatus.RESOLVED or id in kept.belongs)
        }
        posts = tuple(one for one in sorted(kept.posts, key=lambda one: one.at) if one.incident not in gone)
        belongs = {id: ours for id, ours in kept.belongs.items() if id not in gone}
        tx.keep.put(KEPT, msgspec.json.encode(KeptOffline(posts, belongs)).decode())

    def _note(self, tx: Transaction, told: Sequence[tuple[str, Post]], now: datetime) -> None:
        """Write each on the timeline of its incident, with who and when; the mark makes a second time harmless."""
        asked = [
            Asked(
                incident,
                AddNote(
                    f"Customers were told by hand at {one.at:%Y-%m-%d %H:%M} UTC by {one.by or 'somebody unknown'}, "
                    f"while the server was gone ({_decided(one.decided_by)}{one.status.value}): {one.text}",
                    f"offline:{one.id}",
                ),
                TOCSIN,
            )
            for incident, one in told
        ]
        if asked:
            self.desk.decide_all(tx, asked, now)

    def _is_news(self, tx: Transaction, incident: str, last: Post, now: datetime) -> bool:
        """Whether customers have been told no more of it since, and not a day ago."""
        at = self.desk.one(tx, incident).public_at
        return (at is None or at < last.at) and now - last.at < LATEST

    @staticmethod
    def _tell_subscribers(tx: Transaction, incident: str, post: Post, now: datetime) -> None:
        """Have them told of a post; the key makes a second time harmless."""
        ref = f"{OFFLINE}{post.id}"
        tx.outbox.put([Effect(f"subscribers/{ref}", incident, EffectKind.SUBSCRIBERS, ref)], now)

    def _audit(self, tx: Transaction, caller: Caller, verb: str, id: str, detail: str) -> None:
        by, via = caller.actor.name, caller.actor.via.value
        tx.audit.record(AuditEntry(self.clock.now(), by, via, verb, id, detail[:500]))

    def _changed(self) -> None:
        for listener in self.listeners:
            listener()


def _decided(decider: str) -> str:
    return f"decided by {decider}: " if decider else ""


def words_for_customers(said: str) -> str:
    """The words for customers. Raises BadInput, and Refused while they hold a blank."""
    text = said.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadInput(f"say what customers should know, in at most {LONGEST_TEXT:,} characters")
    if blanks := message_blanks(text):
        raise Refused(f"fill in or remove {', '.join(blanks)} first; nothing was published", reason="unfilled")
    return text


def _new(posts: Sequence[Post], kept: KeptOffline, now: datetime) -> list[Post]:
    known = {one.id for one in kept.posts}
    return [one for one in posts if one.id not in known and one.at > now - HISTORY]


def _incidents(kept: KeptOffline) -> list[OfflineIncident]:
    own = {one.incident: None for one in kept.posts if one.new or one.incident not in kept.belongs}
    found = [
        OfflineIncident(id, tuple(one for one in kept.posts if one.incident == id), kept.belongs.get(id)) for id in own
    ]
    return sorted(found, key=lambda one: one.posts[0].at, reverse=True)


def _known(kept: KeptOffline, id: str) -> OfflineIncident:
    found = [one for one in _incidents(kept) if one.id == id]
    if not found:
        raise NotFound(f"nothing that was published by hand is called {id[:64]!r}; `tocsin status offline` lists it")
    return found[0]
