"""Test pages: once a week each person hears from Tocsin by each of their ways, and confirms it with one tap.

A number that has changed, a topic that was muted and a browser that was reset are found on a Tuesday morning and not
at night. A test page goes by the way's own pager and belongs to no incident. Whoever did not confirm is shown on the
on-call page and by the doctor, and a day after the round its maintainer is told.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.accounts.links import Links
from tocsin.app.bell import Bell
from tocsin.app.courier import patience
from tocsin.app.loops import again_and_again
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, Pager, TryAgain
from tocsin.app.rows.way_tests import PREFIX, WayTest, WayTestState
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Team, TeamInForce
from tocsin.clock import Clock, monotonic
from tocsin.errors import Conflict, NotFound
from tocsin.oncall.people import Person, Way
from tocsin.runbook.findings import few

log = logging.getLogger(__name__)

EVERY = 15.0
"""Seconds between two looks."""
LATE = timedelta(hours=6)
"""A round that could not begin within this time of its hour is left out: nobody is tested in the night."""
APART = timedelta(minutes=1)
"""Between two ways of one person."""
CLAIM = timedelta(minutes=1)
ATTEMPTS = 3
CONFIRM_WITHIN = timedelta(days=1)
"""A test page that is older and not confirmed is told to the maintainer."""
KEPT = timedelta(days=60)
TOLD = "/told/"
ALARM = "canary/"
"""Begins the keys of words that cannot wait: a canary did not come through."""
SINCE = "way_tests_since"
"""The name in ``Keep`` of the rhythm in force and when it was first seen: no round from before it is made up for."""


@dataclass(frozen=True, slots=True)
class Hearsay:
    """Whether a person was heard from by a way: its newest test page, None when there never was one."""

    person: Person
    way: Way
    test: WayTest | None

    def says(self, now: datetime) -> str:
        """What is wrong with it, in a few words; empty while there is nothing to say."""
        test = self.test
        if test is None or test.confirmed_at is not None:
            return ""
        if test.state is WayTestState.FAILED:
            return f"failed: {test.error}"
        if now - test.round_at < CONFIRM_WITHIN:
            return ""
        return "it arrived and was not confirmed" if test.received_at else "not confirmed"


@dataclass(slots=True)
class WayTesting:
    """Orders, sends and hears of test pages. ``pagers`` by the carrier of a way; ``maintainer`` is a handle."""

    store: Store
    clock: Clock
    team: TeamInForce
    links: Links
    pagers: Mapping[str, Pager]
    maintainer: str
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    _ordered: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again."""

        def look() -> None:
            self.look(stop.is_set)
            self.last_cycle = monotonic()

        again_and_again(stop, look, lambda: self.bell.wait(EVERY), "sending test pages")

    def look(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Begin the round whose hour has come, send what is due, and tell of a round that is over."""
        now = self.clock.now()
        self._order(now)
        self._tell(now)
        while not stopping() and (test := self._claimed()) is not None:
            self._send(test)

    # --- what people do -----------------------------------------------------------------------------------------

    def try_mine(self, caller: Caller) -> int:
        """Send the caller a test page by each of their ways now; how many. Raises NotFound, Conflict."""
        caller.require(Permission.READ)
        person, now = self.team().roster.person(caller.actor.name), self.clock.now()
        if person is None or not person.ways:
            raise NotFound("you have no way to be reached: add [[people.….ways]] to tocsin.toml")
        with self.store.transact() as tx:
            waiting = [one for one in tx.way_tests.since(now - timedelta(minutes=1)) if one.person == person.handle]
            if waiting:
                raise Conflict("test pages went to you within the last minute; look at your devices first")
            added = tx.way_tests.add(list(_pages(person, now, apart=timedelta(0))))
        self.bell.ring()
        return added

    def confirm(self, id: str) -> WayTest:
        """The person has it. Raises NotFound."""
        with self.store.transact() as tx:
            tx.way_tests.confirm(id, self.clock.now())
            return _known(tx, id)

    def of_link(self, token: str) -> WayTest:
        """The test page that this link was in. Raises NotAllowed, NotFound."""
        with self.store.read() as tx:
            return _known(tx, self.links.tested(token))

    def get(self, id: str) -> WayTest:
        """One test page. Raises NotFound."""
        with self.store.read() as tx:
            return _known(tx, id)

    def reported(self, id: str, outcome: str, detail: str) -> None:
        """What a provider, or the device, says of it later. Raises NotFound."""
        now = self.clock.now()
        with self.store.transact() as tx:
            test = _known(tx, id)
            if outcome == "delivered":
                tx.way_tests.received(id, now)
            elif test.received_at is None and test.confirmed_at is None:
                tx.way_tests.settle(id, WayTestState.FAILED, now, detail)

    def standing(self) -> Sequence[Hearsay]:
        """For each person and way its newest test page."""
        return standing(self.store, self.team())

    # --- the rounds ---------------------------------------------------------------------------------------------

    def _order(self, now: datetime) -> None:
        """Write down the test pages of the round whose hour has come; each node does it, and it is done once."""
        team = self.team()
        if team.test_pages is None:
            return
        round_at = team.test_pages.last(now)
        if self._ordered == round_at:
            return
        with self.store.transact() as tx:
            rhythm, _, since = (tx.keep.get(SINCE) or "").partition("|")
            if rhythm != str(team.test_pages):
                since = now.isoformat()
                tx.keep.put(SINCE, f"{team.test_pages}|{since}")
            if round_at > datetime.fromisoformat(since) and now - round_at < LATE:
                people = [one for one in team.roster.people if not one.disabled]
                added = tx.way_tests.add([page for one in people for page in _pages(one, round_at)])
                log.info("test pages of %s: %d", team.test_pages, added)
            tx.way_tests.forget(now - KEPT)
        self._ordered = round_at

    def _tell(self, now: datetime) -> None:
        """Order the word to the maintainer about a round that is over: once, by whichever node comes first."""
        team = self.team()
        if team.test_pages is None:
            return
        round_at = team.test_pages.last(now - CONFIRM_WITHIN)
        if now - round_at >= 2 * CONFIRM_WITHIN:
            return
        with self.store.read() as tx:
            tests = [one for one in tx.way_tests.since(round_at) if one.round_at == round_at]
        missing = [one for one in tests if not one.text and one.confirmed_at is None]
        if not missing or any(one.text for one in tests):
            return
        named = few([f"{one.person} by {one.way}" for one in missing], 12)
        total = sum(not one.text for one in tests)
        text = f"{len(missing)} of {total} test pages were not confirmed: {named}."
        self.tell(f"{int(round_at.timestamp())}", text, round_at)

    def tell(self, key: str, text: str, round_at: datetime | None = None) -> None:
        """Order a word to the maintainer by their first way, by the next when that fails; once for each ``key``."""
        person, now = self.team().roster.person(self.maintainer), self.clock.now()
        if person is None or not person.ways:
            log.warning("%s Nobody is told: %s has no way to be reached", text, self.maintainer)
            return
        with self.store.transact() as tx:
            tx.way_tests.add([_word(f"{PREFIX}{key}{TOLD}", person, person.ways[0], round_at or now, now, text)])
        self.bell.ring()

    # --- sending ------------------------------------------------------------------------------------------------

    def _claimed(self) -> WayTest | None:
        now = self.clock.now()
        with self.store.read() as tx:
            waiting = any(
                one.state is WayTestState.WAITING and one.next_at <= now for one in tx.way_tests.since(now - KEPT)
            )
        if not waiting:
            return None
        with self.store.transact() as tx:
            return tx.way_tests.claim(now, now + CLAIM)

    def _send(self, test: WayTest) -> None:
        person = self.team().roster.person(test.person)
        way = person.way(test.way) if person else None
        pager = self.pagers.get(way.carrier) if way else None
        if person is None or way is None or pager is None:
            outcome: Outcome = GiveUp(f"{test.person} has no way {test.way!r} any more")
        elif not test.text and self.clock.now() - test.round_at > 2 * LATE:  # after a restore, or a long sleep (R24)
            outcome = GiveUp("its time had passed before it could be sent")
        else:
            outcome = pager.page(self._message(test, person, way))
        now = self.clock.now()
        with self.store.transact() as tx:
            match outcome:
                case Delivered(proof=proof):
                    tx.way_tests.settle(test.id, WayTestState.SENT, now)
                    if proof:
                        tx.way_tests.received(test.id, now)
                case TryAgain(reason=reason, after=after) if test.attempts < ATTEMPTS:
                    wait = max(after or timedelta(0), patience(test.attempts))
                    tx.way_tests.settle(test.id, WayTestState.WAITING, now + wait, reason)
                case TryAgain(reason=reason) | GiveUp(reason=reason):
                    tx.way_tests.settle(test.id, WayTestState.FAILED, now, reason)
                    if test.text and person is not None:
                        tx.way_tests.add(list(_by_the_next_way(test, person, now)))

    def _message(self, test: WayTest, person: Person, way: Way) -> PageMessage:
        now, url = self.clock.now(), self.team().public_url.rstrip("/")
        if test.text:
            alarm = test.id.startswith(f"{PREFIX}{ALARM}")
            return PageMessage(
                key=test.id,
                incident_id="",
                person=person.handle,
                address=way.address,
                headline="Tocsin: pages may reach nobody" if alarm else "Tocsin: test pages were not confirmed",
                text=test.text if alarm else f"{test.text} Talk to them before the night does.",
                link=f"{url}/oncall",
                at=now,
                urgent=alarm,
                lead="Tocsin:",
                title=test.text.rstrip("."),
                spoken=test.text,
                buttons=(),
            )
        return PageMessage(
            key=test.id,
            incident_id="",
            person=person.handle,
            address=way.address,
            headline="Tocsin: a test page. Confirm that it reached you",
            text=f"Nothing is broken. This is how {person.name} is paged by {way.name}. Open the link and confirm.",
            link=self.links.test_address(test.id, now),
            at=now,
            urgent=False,
            lead="Tocsin",
            title="test page, nothing is broken. Confirm by the link",
            spoken=script(person.name),
            answer=self.links.answer(person.handle, test.id, now),
            buttons=(("4", "It reached me"),),
        )


def script(name: str) -> str:
    """What a voice says for a test page."""
    return f"This is a test page from Tocsin for {name}. Nothing is broken."


def standing(store: Store, team: Team) -> Sequence[Hearsay]:
    """For each person and way of a team its newest test page."""
    with store.read() as tx:
        newest = {
            (one.person, one.way): one for one in tx.way_tests.since(datetime.min.replace(tzinfo=UTC)) if not one.text
        }
    people = team.roster.people
    return [Hearsay(one, way, newest.get((one.handle, way.name))) for one in people for way in one.ways]


def _pages(person: Person, round_at: datetime, apart: timedelta = APART) -> Iterator[WayTest]:
    for n, way in enumerate(person.ways):
        id = f"{PREFIX}{int(round_at.timestamp())}/{person.handle}/{way.name}"
        yield WayTest(id, person.handle, way.name, round_at, round_at + n * apart)


def _word(stem: str, person: Person, way: Way, round_at: datetime, now: datetime, text: str) -> WayTest:
    """A word to the maintainer by one of their ways."""
    return WayTest(f"{stem}{way.name}", person.handle, way.name, round_at, now, text=text)


def _by_the_next_way(test: WayTest, person: Person, now: datetime) -> Iterator[WayTest]:
    names = [way.name for way in person.ways]
    after = names.index(test.way) + 1 if test.way in names else len(names)
    for way in person.ways[after : after + 1]:
        yield _word(test.id.removesuffix(test.way), person, way, test.round_at, now, test.text)


def _known(tx: Transaction, id: str) -> WayTest:
    test = tx.way_tests.get(id)
    if test is None:
        raise NotFound("there is no such test page (any more)")
    return test
