"""People outside subscribe to the public updates: they ask, confirm by a mail, and end it with one click.

Whoever asks gets the same answer whether their address is known or not, and nobody is told anything before the
address itself has said so (double opt-in); a program of theirs neither. A wish that was not confirmed within a day is
forgotten with its address, and so is, after a month, what we had to end because it reached nobody.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from tocsin.app.access import Caller, Permission
from tocsin.app.accounts.links import Links
from tocsin.app.accounts.throttle import Throttle
from tocsin.app.bell import Bell
from tocsin.app.courier import patience
from tocsin.app.customers.hook_addresses import folded_url
from tocsin.app.customers.words import in_link, page_address, page_language
from tocsin.app.intake.buckets import Buckets
from tocsin.app.loops import again_and_again
from tocsin.app.ports import Delivered, GiveUp, HookSender, Mail, Mailer, TryAgain
from tocsin.app.rows.records import AuditEntry
from tocsin.app.rows.subscribers import Place, Subscriber, SubscriberState, SubscriberWay
from tocsin.app.store import Store
from tocsin.app.team import PublicComponent, TeamInForce
from tocsin.clock import Clock, monotonic
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, TooManyTries
from tocsin.statuspage.language import DEFAULT, Language, language

log = logging.getLogger(__name__)

CONFIRM_WITHIN = timedelta(hours=24)
AGAIN = timedelta(hours=1)
"""An address is asked at most so often whether a wish is its own: nobody's mailbox is filled by a stranger."""
MOST_ASKED = 3
"""So many different wishes of one address (by mail, for programs) may be asked about within that time."""
MOST_OF_ONE = 20
"""Subscriptions of one address, all together."""
LONGEST_ADDRESS = 254
KEPT_ENDED = timedelta(days=30)
"""How long the team sees what was ended because it reached nobody."""
TELL_ENDED_WITHIN = timedelta(days=1)
"""How long the mail that says so is tried."""
LONGEST_REST = timedelta(hours=6)
"""Between two tries of it."""
MOST_WAITING = 20_000
"""Wishes that wait for their confirmation, all together."""
A_SECOND, AT_ONCE = 2.0, 100.0
"""Wishes that are taken, from everybody together: an outage that everybody feels is when they ask."""
EVERY = 60.0
CLAIM = timedelta(minutes=2)
PIECE = 1000

_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wrote into the form. ``trap`` is what stands in a field that people do not see.

    ``url`` is where a program of theirs is told; ``address`` then is who is written to about it. ``language`` is the
    code of the language of the page on which they wrote.
    """

    address: str
    components: tuple[str, ...] = ()
    trap: str = ""
    way: str = SubscriberWay.MAIL.value
    url: str = ""
    language: str = ""


@dataclass(slots=True)
class Subscribing:
    """Takes wishes, asks by mail whose they are, and knows the subscribers. ``mailer`` is None where none goes out."""

    store: Store
    clock: Clock
    team: TeamInForce
    links: Links
    mailer: Mailer | None
    hooks: HookSender | None = None
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    each: Throttle = field(default_factory=Throttle)
    together: Buckets = field(default_factory=lambda: Buckets(A_SECOND, AT_ONCE))
    most_waiting: int = MOST_WAITING

    @property
    def components(self) -> tuple[PublicComponent, ...]:
        """What can be chosen: all components of the page."""
        return tuple(one for service in self.team().services.values() for one in service.components)

    # --- what people outside do ---------------------------------------------------------------------------------

    @property
    def ways(self) -> tuple[SubscriberWay, ...]:
        """In which ways people outside may subscribe now; none where the team takes no subscribers."""
        page = self.team().status_page
        return page.ways if self.mailer is not None and page.subscribe else ()

    def ask(self, wish: Wish, client: str) -> None:
        """Take a wish. It says nothing about the address. What is wrong is said in the language of the wish.

        Raises NotFound where the team takes no subscribers, BadInput, TooManyTries, Unavailable.
        """
        t = page_language(self.team(), wish.language)
        if wish.trap:  # a program filled in everything: it is told what it wants to hear
            log.info("a wish to subscribe was dropped: its hidden field was filled in")
            return
        asked, now = self._wished(wish, "form", t), self.clock.now()
        self.each.check("subscribe", client, now, t.word("pages", "network_busy"))
        if not self.together.take("subscribe"):
            raise TooManyTries(t.word("pages", "many_now"))
        self.each.failed("subscribe", client, now)
        self._take(asked, t)

    def _wished(self, wish: Wish, origin: str, t: Language) -> Subscriber:
        """What is asked for, as it is kept. Raises BadInput, NotFound for a way that is not offered."""
        way = next((one for one in self.ways if one.value == wish.way), None)
        if way is None:
            raise NotFound(t.word("pages", "closed"))
        url = "" if way is SubscriberWay.MAIL else folded_url(wish.url, way, t)
        known = {one.key for one in self.components}
        wanted = tuple(dict.fromkeys(key for key in wish.components if key in known))
        if len(wanted) == len(known):
            wanted = ()  # who wants all there are wants those that are added later too
        now = self.clock.now()
        return Subscriber(
            uuid4().hex,
            folded(wish.address, t),
            origin,
            now,
            wanted,
            mail_at=now,
            way=way,
            url=url,
            wanted_language=page_language(self.team(), wish.language).code,
        )

    def _take(self, asked: Subscriber, t: Language) -> bool:
        """Keep a wish, and have its address asked; false when it was asked often enough. Raises TooManyTries."""
        now, is_new = asked.asked_at, False
        try:
            with self.store.transact() as tx:
                ones = tx.subscribers.of_address(asked.address)
                found = next((one for one in ones if one.url == asked.url), None)
                if found is None and self._waiting(tx.subscribers.counts()) >= self.most_waiting:
                    raise TooManyTries(t.word("pages", "many_waiting"))
                lately = [one for one in ones if now - one.asked_at < AGAIN]
                has_room = found is not None or len(ones) < MOST_OF_ONE
                is_new = found not in lately and len(lately) < MOST_ASKED and has_room
                fresh = found
                if is_new:
                    fresh = replace(asked, id=found.id, origin=found.origin) if found else asked
                if fresh:
                    tx.subscribers.ask(fresh)  # also when nothing is new: how long it takes must tell nothing
        except Conflict:
            log.info("two wished the same at once; one of them is kept")
        self.bell.ring()
        return is_new

    @staticmethod
    def _waiting(counts: Mapping[tuple[SubscriberWay, SubscriberState], int]) -> int:
        return sum(n for (_, state), n in counts.items() if state is SubscriberState.ASKED)

    def wish(self, token: str) -> Subscriber:
        """Whose wish this link confirms. Raises NotAllowed."""
        id, asked_at = self.links.wish(token)
        with self.store.read() as tx:
            found = tx.subscribers.get(id)
        if found is None or found.asked_at != asked_at:
            raise NotAllowed("this link has ended; a newer mail has another one, or subscribe again on the status page")
        return found

    def confirm(self, token: str) -> None:
        """The address itself says so. Raises NotAllowed, Conflict when updates go to this program already."""
        id, asked_at = self.links.wish(token)
        try:
            with self.store.transact() as tx:
                if not tx.subscribers.confirm(id, asked_at, self.clock.now()):
                    raise NotAllowed("this link has ended; subscribe again on the status page to get a new one")
        except Conflict as taken:  # by another owner, before or at this moment
            already = "updates go to this address already, for another mail address: unsubscribe there first"
            raise Conflict(already) from taken

    def secret(self, one: Subscriber) -> str:
        """What the messages for a program are signed with; empty for others."""
        return self.hooks.secret(one.id) if self.hooks and one.way is SubscriberWay.WEBHOOK else ""

    def leaving(self, token: str) -> Subscriber | None:
        """Whose mails this link ends; None when they have ended. Raises NotAllowed."""
        id = self.links.leaving(token)
        with self.store.read() as tx:
            return tx.subscribers.get(id)

    def leave(self, token: str) -> None:
        """End it and forget the address; a second time changes nothing. Raises NotAllowed."""
        id = self.links.leaving(token)
        with self.store.transact() as tx:
            tx.subscribers.remove(id)

    # --- what the team does -------------------------------------------------------------------------------------

    def listed(self, caller: Caller) -> Iterator[Subscriber]:
        """All subscribers and those who have asked, by address; read in pieces. Raises NotAllowed."""
        caller.require(Permission.MAINTAIN)
        return self._listed()

    def _listed(self) -> Iterator[Subscriber]:
        after: Place = ("", "")
        while True:
            with self.store.read() as tx:
                piece = tx.subscribers.listed(after, PIECE)
            yield from piece
            if len(piece) < PIECE:
                return
            after = (piece[-1].address, piece[-1].url)

    def page(self, caller: Caller, text: str = "", after: Place = ("", ""), limit: int = 50) -> Sequence[Subscriber]:
        """Some of those in whose address ``text`` stands, by address. Raises NotAllowed."""
        caller.require(Permission.MAINTAIN)
        with self.store.read() as tx:
            return tx.subscribers.listed(after, limit, text.strip())

    def counts(self, caller: Caller) -> Mapping[tuple[SubscriberWay, SubscriberState], int]:
        """How many there are of each. Raises NotAllowed: whoever may publish sees how many are told."""
        caller.require(Permission.PUBLISH)
        with self.store.read() as tx:
            return tx.subscribers.counts()

    def reach(self, caller: Caller, components: Collection[str] = ()) -> Mapping[SubscriberWay, int]:
        """How many hear of what touches these components, by way; whom the settings name is among them. Raises
        NotAllowed."""
        caller.require(Permission.PUBLISH)
        found, after, now = Counter[SubscriberWay](), "", self.clock.now()
        services = self.team().services.items()
        keys = [key for key, one in services if not components or any(c.key in components for c in one.components)]
        named = {address.strip().lower() for key in keys for address in self.team().outlets(key).subscribers}
        while True:
            with self.store.read() as tx:
                piece = tx.subscribers.confirmed(now, after, PIECE)
            for one in piece:
                if one.hears(components) and (one.way is not SubscriberWay.MAIL or one.address not in named):
                    found[one.way] += 1
            if len(piece) < PIECE:
                found[SubscriberWay.MAIL] += len(named)
                return found
            after = piece[-1].id

    def invite(self, caller: Caller, wish: Wish) -> bool:
        """Have somebody asked whether they want it: nobody is subscribed by anybody else.

        False when they were asked often enough within the hour. Raises NotAllowed, NotFound, BadInput, TooManyTries.
        """
        caller.require(Permission.MAINTAIN)
        asked = self._wished(wish, "team", language(DEFAULT))
        if not self._take(asked, language(DEFAULT)):
            return False
        with self.store.transact() as tx:
            by = caller.actor
            tx.audit.record(AuditEntry(self.clock.now(), by.name, by.via.value, "invite", "a subscriber"))
        return True

    def remove(self, caller: Caller, address: str) -> int:
        """Forget somebody who asked for it, with all that they subscribed; how many. Raises NotAllowed, NotFound."""
        caller.require(Permission.MAINTAIN)
        with self.store.read() as tx:
            found = tx.subscribers.of_address(address.strip().lower())
        if not found:
            raise NotFound(f"{address} is no subscriber; `tocsin subscribers list` shows those there are")
        for one in found:
            self.forget(caller, one.id)
        return len(found)

    def forget(self, caller: Caller, id: str) -> None:
        """Forget one subscription. Raises NotAllowed, NotFound."""
        caller.require(Permission.MAINTAIN)
        with self.store.transact() as tx:
            if not tx.subscribers.remove(id):
                raise NotFound("this subscriber has left meanwhile")
            # The id and not the address: the record of who did what is kept for ever, and this person wants to be gone.
            by = caller.actor
            tx.audit.record(AuditEntry(self.clock.now(), by.name, by.via.value, "remove", f"subscriber {id}"))

    # --- the mails that ask -------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Ask by mail until told to stop; trouble is logged and tried again."""

        def look() -> None:
            self.look(stop.is_set)
            self.last_cycle = monotonic()

        again_and_again(stop, look, lambda: self.bell.wait(EVERY), "asking subscribers to confirm")

    def look(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Forget wishes that were not confirmed, and send the mails that are due."""
        with self.store.transact() as tx:
            now = self.clock.now()
            gone = tx.subscribers.forget(now - CONFIRM_WITHIN, now - KEPT_ENDED)
        if gone:
            log.info("forgot %d subscribers who did not confirm within a day, or whose subscription had ended", gone)
        while self.mailer is not None and not stopping():
            now = self.clock.now()
            with self.store.transact() as tx:
                claimed = tx.subscribers.claim(now, now + CLAIM)
            if claimed is None:
                return
            self._ask_back(claimed, self.mailer)

    def _ask_back(self, one: Subscriber, mailer: Mailer) -> None:
        subject, said = self._ended(one) if one.ended_at is not None else self._asking(one)
        key, title = f"subscribe/{one.id}/{one.asked_at}/{one.state}", self.team().status_page.title
        outcome = mailer.send(Mail(key, one.address, subject, said, sender=title))
        with self.store.transact() as tx:
            match outcome:
                case Delivered():
                    tx.subscribers.mail(one.id, one.asked_at, None)
                case TryAgain(reason=reason, after=after):
                    at = _again_at(one, self.clock.now(), after)
                    log.warning("a subscriber could not be written to: %s; trying %s", reason, at or "no more")
                    tx.subscribers.mail(one.id, one.asked_at, at)
                case GiveUp(reason=reason):
                    log.warning("a subscriber cannot be asked to confirm: %s", reason)
                    tx.subscribers.mail(one.id, one.asked_at, None)

    def _asking(self, one: Subscriber) -> tuple[str, str]:
        until, title = one.asked_at + CONFIRM_WITHIN, self.team().status_page.title
        t = page_language(self.team(), one.wanted_language)
        link = self.links.wish_address(one.id, one.asked_at, until, in_link(self.team(), one.wanted_language))
        # The address of the program is on the page behind the link: a stranger may have written it, and mail shows
        # every address as a link.
        asked = "asked_mail" if one.way is SubscriberWay.MAIL else "asked_program"
        said = f"{t.mail(asked, title=title, way=_WAYS[one.way])}\n\n{t.mail('press')}\n{link}\n\n{t.mail('not_you')}"
        return t.mail("confirm_subject", title=title), said

    def _ended(self, one: Subscriber) -> tuple[str, str]:
        title, t = self.team().status_page.title, page_language(self.team(), one.language)
        page = page_address(self.team(), t)
        said = (
            f"{t.mail('ended', title=title, host=one.host, way=_WAYS[one.way])}\n\n"
            f"{t.mail('came_back', why=one.ended_why)}\n\n{t.mail('anew', url=f'{page}/subscribe.html')}"
        )
        return t.mail("ended_subject", title=title), said


_WAYS = {SubscriberWay.MAIL: "", SubscriberWay.WEBHOOK: "webhook", SubscriberWay.SLACK: "Slack"}
"""What a program is called in a mail, in every language."""


def _again_at(one: Subscriber, now: datetime, after: timedelta | None) -> datetime | None:
    """When a mail that was not taken is tried again; None when the one that tells of an end was tried for a day."""
    if one.ended_at is None:
        return now + (after or patience(one.attempts))  # what nobody confirms is forgotten within a day
    at = now + max(after or timedelta(0), min(LONGEST_REST, timedelta(minutes=2 ** min(one.attempts, 9))))
    return at if at <= one.ended_at + TELL_ENDED_WITHIN else None


def folded(address: str, t: Language | None = None) -> str:
    """The address as it is kept: in lower case, its domain in ASCII. Raises BadInput for what is none, in words of t.

    >>> folded(" Ana@Example.ORG "), folded("ana@bücher.example")
    ('ana@example.org', 'ana@xn--bcher-kva.example')
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        found = f"{local}{at}{domain.encode('idna').decode()}".lower()
    except UnicodeError:
        found = ""
    if len(found) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(found):
        raise BadInput((t or language(DEFAULT)).word("pages", "no_mail"))
    return found
