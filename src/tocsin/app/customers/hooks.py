"""A public update for one program of somebody outside: told at most once, tried a few times, ended if nobody hears."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from tocsin.app.customers.news import NewsDesk, PublicNews
from tocsin.app.customers.tally import missed, reached
from tocsin.app.customers.words import in_link
from tocsin.app.office import Office
from tocsin.app.ports import Delivered, GiveUp, HookSender, Outcome, TryAgain
from tocsin.app.rows.outbox import LOST
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.rows.subscribers import OUTLET, Subscriber, SubscriberWay
from tocsin.errors import Conflict, Unavailable
from tocsin.statuspage.webhook import component_body, incident_body, slack_body

log = logging.getLogger(__name__)

WAITS = tuple(timedelta(seconds=wait) for wait in (5, 60, 300, 1800, 7200))
"""How long after each attempt that certainly told nothing the next one is: six attempts within three hours."""


@dataclass(slots=True)
class HookCarrier:
    """Tells programs that customers named. One that hangs keeps none of the team's own messages waiting."""

    office: Office
    news: NewsDesk
    hooks: HookSender

    def sweep(self) -> None:
        """Nothing is left behind."""

    def carry(self, entry: OutboxEntry) -> None:
        """Tell one program one thing, if it still wants it and nothing newer has made it untrue."""
        office, key = self.office, entry.effect.key
        with office.store.read() as tx:
            held = tx.outbox.holds(key, entry.token)
            one = tx.subscribers.get(entry.effect.outlet.removeprefix(OUTLET))
        if not held:
            return
        if one is None or one.confirmed_at is None:
            office.give_up(entry, "has unsubscribed meanwhile")
            return
        if entry.last_error == LOST:
            office.give_up(entry, f"it may have been sent, so it is not sent again: {LOST}")
            return
        # A message in a channel is for people; a program gets what the page's JSON says, in the page's first language.
        news = self.news.of(entry.effect, one.language if one.way is SubscriberWay.SLACK else "")
        if news is None:
            office.give_up(entry, "what was to be told is not kept any more")
            return
        # Each body for a program holds all updates; a message in a channel only its own, and one of a component says
        # what no newer update says, until that changes the component again.
        component = entry.effect.ref.partition("/")[2]
        untrue = component in news.changed_again if component else news.superseded
        if entry.attempts > 1 and untrue and one.way is SubscriberWay.WEBHOOK:
            office.give_up(entry, "a newer update tells all of it")
            return
        body = self._body(entry, news, one)
        if body is None:
            office.finish(entry)
            return
        signed_for = one.id if one.way is SubscriberWay.WEBHOOK else ""
        outcome = self.hooks.send(one.url, key, body, office.clock.wall(), signed_for=signed_for)
        try:
            self._settle(entry, one, outcome)
        except (Conflict, Unavailable):
            # Queued again by the courier it would be sent again; a claim that ends so is LOST to the next one.
            log.warning("what became of %s cannot be written down now; its lease will run out", key)

    def _body(self, entry: OutboxEntry, news: PublicNews, one: Subscriber) -> bytes | None:
        leave = self.office.links.leave_address(one.id, in_link(self.office.team(), one.language))
        component = entry.effect.ref.partition("/")[2]
        if component:
            change = next((change for change in news.changes if change.key == component), None)
            return component_body(news.page, change, leave) if change else None
        if one.way is SubscriberWay.WEBHOOK:
            return incident_body(news.page, news.told, leave)
        said = news.words
        t = said.language
        links = [(t.mail("all_updates"), said.address), (t.mail("unsubscribe"), leave)]
        return slack_body(f"{said.page}: {said.title}", said.lines, said.text, links)

    def _settle(self, entry: OutboxEntry, one: Subscriber, outcome: Outcome) -> None:
        office = self.office
        match outcome:
            case Delivered():
                office.finish(entry)
                reached(office.store, one)
                return
            case TryAgain(ambiguous=False, after=after) if entry.attempts <= len(WAITS):
                wait = max(after or timedelta(0), WAITS[entry.attempts - 1] * (0.75 + office.jitter() / 2))
                office.again(entry, replace(outcome, after=wait))
                return
            case TryAgain(reason=reason, ambiguous=True):
                office.give_up(entry, f"it may have been sent, so it is not sent again: {reason}")
            case _:
                office.give_up(entry, outcome.reason)
        if "/" not in entry.effect.ref:  # an update counts once, with all that it says of components
            gone = isinstance(outcome, GiveUp) and outcome.gone
            missed(office.store, office.clock, one, outcome.reason, gone=gone)
