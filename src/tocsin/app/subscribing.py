"""People outside subscribe to the public updates: they ask, confirm by a mail, and end it with one click.

Whoever asks gets the same answer whether their address is known or not, and nobody is told anything before the
address itself has said so (double opt-in). A wish that was not confirmed within a day is forgotten with its address.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from tocsin.app.access import Caller, Permission
from tocsin.app.bell import Bell
from tocsin.app.buckets import Buckets
from tocsin.app.courier import patience
from tocsin.app.links import Links
from tocsin.app.loops import again_and_again
from tocsin.app.ports import Delivered, GiveUp, Mail, Mailer, TryAgain
from tocsin.app.records import AuditEntry
from tocsin.app.store import Store
from tocsin.app.subscribers import Subscriber
from tocsin.app.team import PublicComponent, TeamInForce
from tocsin.app.throttle import Throttle
from tocsin.clock import Clock, monotonic
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, TooManyTries

log = logging.getLogger(__name__)

CONFIRM_WITHIN = timedelta(hours=24)
AGAIN = timedelta(hours=1)
"""An address is asked at most so often whether a wish is its own: nobody's mailbox is filled by a stranger."""
LONGEST_ADDRESS = 254
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
    """What somebody wrote into the form. ``trap`` is what stands in a field that people do not see."""

    address: str
    components: tuple[str, ...] = ()
    trap: str = ""


@dataclass(slots=True)
class Subscribing:
    """Takes wishes, asks by mail whose they are, and knows the subscribers. ``mailer`` is None where none goes out."""

    store: Store
    clock: Clock
    team: TeamInForce
    links: Links
    mailer: Mailer | None
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    each: Throttle = field(default_factory=Throttle)
    together: Buckets = field(default_factory=lambda: Buckets(A_SECOND, AT_ONCE))

    @property
    def components(self) -> tuple[PublicComponent, ...]:
        """What can be chosen: all components of the page."""
        return tuple(one for service in self.team().services.values() for one in service.components)

    # --- what people outside do ---------------------------------------------------------------------------------

    def require_open(self) -> None:
        """Raise NotFound where the team takes no subscribers."""
        if self.mailer is None or not self.team().status_page.subscribe:
            raise NotFound("Nobody can subscribe by mail here; the status page has feeds.")

    def ask(self, wish: Wish, client: str) -> None:
        """Take a wish. It says nothing about the address. Raises NotFound, BadInput, TooManyTries, Unavailable."""
        self.require_open()
        if wish.trap:  # a program filled in everything: it is told what it wants to hear
            log.info("a wish to subscribe was dropped: its hidden field was filled in")
            return
        address, now = folded(wish.address), self.clock.now()
        known = {one.key for one in self.components}
        wanted = tuple(dict.fromkeys(key for key in wish.components if key in known))
        if len(wanted) == len(known):
            wanted = ()  # who wants all there are wants those that are added later too
        self.each.check("subscribe", client, now, "Too many requests from your network; please wait a minute.")
        if not self.together.take("subscribe"):
            raise TooManyTries("Many people are subscribing right now; please try again in a minute.")
        self.each.failed("subscribe", client, now)
        try:
            with self.store.transact() as tx:
                found = tx.subscribers.of_address(address)
                if found is None and tx.subscribers.waiting() >= MOST_WAITING:
                    raise TooManyTries("Many people are subscribing right now; please try again in an hour.")
                fresh = found or Subscriber(uuid4().hex, address, "form", now)
                if found is None or now - found.asked_at >= AGAIN:
                    fresh = replace(fresh, asked_at=now, wanted=wanted, mail_at=now, attempts=0)
                tx.subscribers.ask(fresh)  # also when nothing is new: how long it takes must tell nothing
        except Conflict:
            log.info("two wished the same at once; one of them is kept")
        self.bell.ring()

    def wish(self, token: str) -> Subscriber:
        """Whose wish this link confirms. Raises NotAllowed."""
        id, asked_at = self.links.wish(token)
        with self.store.read() as tx:
            found = tx.subscribers.get(id)
        if found is None or found.asked_at != asked_at:
            raise NotAllowed("this link has ended; a newer mail has another one, or subscribe again on the status page")
        return found

    def confirm(self, token: str) -> None:
        """The address itself says so. Raises NotAllowed."""
        id, asked_at = self.links.wish(token)
        with self.store.transact() as tx:
            if not tx.subscribers.confirm(id, asked_at, self.clock.now()):
                raise NotAllowed("this link has ended; subscribe again on the status page to get a new one")

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
        after = ""
        while True:
            with self.store.read() as tx:
                piece = tx.subscribers.listed(after, PIECE)
            yield from piece
            if len(piece) < PIECE:
                return
            after = piece[-1].address

    def remove(self, caller: Caller, address: str) -> None:
        """Forget somebody who asked for it. Raises NotAllowed, NotFound."""
        caller.require(Permission.MAINTAIN)
        wanted = address.strip().lower()
        with self.store.transact() as tx:
            found = tx.subscribers.of_address(wanted)
            if found is None:
                raise NotFound(f"{address} is no subscriber; `tocsin subscribers list` shows those there are")
            tx.subscribers.remove(found.id)
            # The id and not the address: the record of who did what is kept for ever, and this person wants to be gone.
            by = caller.actor
            tx.audit.record(AuditEntry(self.clock.now(), by.name, by.via.value, "remove", f"subscriber {found.id}"))

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
            gone = tx.subscribers.forget(self.clock.now() - CONFIRM_WITHIN)
        if gone:
            log.info("forgot %d addresses that did not confirm within a day", gone)
        while self.mailer is not None and not stopping():
            now = self.clock.now()
            with self.store.transact() as tx:
                claimed = tx.subscribers.claim(now, now + CLAIM)
            if claimed is None:
                return
            self._ask_back(claimed, self.mailer)

    def _ask_back(self, one: Subscriber, mailer: Mailer) -> None:
        until = one.asked_at + CONFIRM_WITHIN
        link, title = self.links.wish_address(one.id, one.asked_at, until), self.team().status_page.title
        text = (
            f"Somebody, probably you, asked to hear by mail of incidents on the status page of {title}.\n\n"
            f"Open this page and press the button there to confirm it:\n{link}\n\n"
            "If it was not you, do nothing: you will hear nothing, and this address is forgotten within a day."
        )
        outcome = mailer.send(
            Mail(f"subscribe/{one.id}/{one.asked_at}", one.address, f"Confirm: {title} updates", text)
        )
        with self.store.transact() as tx:
            match outcome:
                case Delivered():
                    tx.subscribers.mail(one.id, one.asked_at, None)
                case TryAgain(reason=reason, after=after):
                    log.warning("a subscriber could not be asked to confirm: %s; trying again", reason)
                    tx.subscribers.mail(one.id, one.asked_at, self.clock.now() + (after or patience(one.attempts)))
                case GiveUp(reason=reason):
                    log.warning("a subscriber cannot be asked to confirm: %s", reason)
                    tx.subscribers.mail(one.id, one.asked_at, None)


def folded(address: str) -> str:
    """The address as it is kept: in lower case, its domain in ASCII. Raises BadInput for what is none.

    >>> folded(" Ana@Example.ORG "), folded("ana@bücher.example")
    ('ana@example.org', 'ana@xn--bcher-kva.example')
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        found = f"{local}{at}{domain.encode('idna').decode()}".lower()
    except UnicodeError:
        found = ""
    if len(found) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(found):
        raise BadInput("Please write one mail address, such as ana@example.org.")
    return found
