"""How news of an incident leave: by chat, by webhook, by mail.

Mail to customers fails closed: an ambiguous result is not repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from tocsin.app.courier import patience
from tocsin.app.customers.maintenances import OUTBOX
from tocsin.app.office import Office, told_about
from tocsin.app.paging.page_carrier import (
    LONGEST_REST,
)
from tocsin.app.ports import (
    Chat,
    Delivered,
    GiveUp,
    Mail,
    Mailer,
    Outcome,
    TryAgain,
    WebhookSender,
)
from tocsin.app.rows.outbox import LOST
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.rows.subscribers import OUTLET
from tocsin.app.wording import (
    news_text,
    news_title,
    webhook_body,
)
from tocsin.errors import Conflict, Unavailable
from tocsin.incident.facts import AudienceTold, CustomersNotified, Recorded
from tocsin.incident.incident import Incident
from tocsin.statuspage.incidents import OFFLINE

log = logging.getLogger(__name__)

NEWS_ATTEMPTS = 10
MAIL_KEPT, MAIL_AGAIN = timedelta(hours=12), timedelta(minutes=5)
"""How long a mail is tried when the mail server is away, and how often after the first ten times: ten thousand
subscribers who are all tried each minute would keep the database busy for nothing."""


@dataclass(slots=True)
class NewsCarrier:
    """Tells chat channels, webhooks and mail about facts. ``send`` does it for one outlet."""

    office: Office
    send: Callable[[OutboxEntry, Incident, Recorded], Outcome]
    repeats_ambiguous: Callable[[Recorded], bool] = field(default=lambda _recorded: True)
    subscribed: Callable[[OutboxEntry], Outcome] | None = None
    """Tells somebody who subscribed to public updates; never twice on a doubt (R21)."""
    kept_for: timedelta = timedelta(0)
    """How long it is tried beyond NEWS_ATTEMPTS, from when it was ordered."""
    away_until: datetime | None = None
    """Nobody was there: until then nothing is tried. Thousands of tries in vain would keep the database from pages."""
    _away: int = 0

    def sweep(self) -> None:
        """Nothing is left behind."""

    def carry(self, entry: OutboxEntry) -> None:
        """Tell one outlet about one fact."""
        office = self.office
        with office.store.read() as tx:
            if not tx.outbox.holds(entry.effect.key, entry.token):
                return
            about = None if _to_subscriber(entry) else told_about(office, tx, entry)
        repeats = about is not None and self.repeats_ambiguous(about[1][-1])
        if entry.last_error == LOST and not repeats:
            outcome: Outcome = TryAgain(LOST, ambiguous=True)
        elif about is not None:
            outcome = self.send(entry, about[0], about[1][-1])
        else:
            outcome = self.subscribed(entry) if self.subscribed else GiveUp("nobody can subscribe here")
        self._look(outcome)
        try:
            self._settle(entry, outcome, repeats=repeats)
        except (Conflict, Unavailable):
            if repeats:
                raise
            # Queued again by the courier it would be sent again; a claim that ends so is LOST to the next one.
            log.warning("what became of %s cannot be written down now; its lease will run out", entry.effect.key)

    def _look(self, outcome: Outcome) -> None:
        """Rest a while when nobody was there: 1, 2, 4 … seconds, until somebody answers again."""
        if isinstance(outcome, TryAgain) and outcome.away:
            self._away += 1
            self.away_until = self.office.clock.now() + min(patience(self._away), LONGEST_REST)
        elif isinstance(outcome, Delivered):
            self._away, self.away_until = 0, None

    def _settle(self, entry: OutboxEntry, outcome: Outcome, *, repeats: bool) -> None:
        office = self.office
        match outcome:
            case Delivered():
                office.finish(entry)
            case GiveUp(reason=reason):
                office.give_up(entry, reason)
            case TryAgain(reason=reason, ambiguous=ambiguous):
                if ambiguous and not repeats:
                    office.give_up(entry, f"it may have been sent, so it is not sent again: {reason}")
                elif entry.attempts < NEWS_ATTEMPTS:
                    office.again(entry, outcome)
                elif entry.created_at is not None and office.clock.now() - entry.created_at < self.kept_for:
                    office.again(entry, replace(outcome, after=outcome.after or MAIL_AGAIN))
                else:
                    office.give_up(entry, reason)


def chat_carrier(office: Office, chats: Mapping[str, Chat]) -> NewsCarrier:
    """News for chat channels."""

    def send(entry: OutboxEntry, incident: Incident, recorded: Recorded) -> Outcome:
        chat = chats.get(entry.effect.outlet)
        if chat is None:
            return GiveUp(f"the chat outlet {entry.effect.outlet!r} is not configured any more")
        fact, team = recorded.fact, office.team().outlets(incident.service).chat
        alone = isinstance(fact, AudienceTold) and entry.effect.outlet not in team
        text = news_text(incident, recorded, office.address(incident.id), office.name, office.zone, alone=alone)
        return chat.say(entry.effect.key, news_title(incident), text)

    return NewsCarrier(office, send)


def webhook_carrier(office: Office, webhooks: Mapping[str, WebhookSender]) -> NewsCarrier:
    """News for other programs."""

    def send(entry: OutboxEntry, incident: Incident, recorded: Recorded) -> Outcome:
        webhook = webhooks.get(entry.effect.outlet)
        if webhook is None:
            return GiveUp(f"the webhook {entry.effect.outlet!r} is not configured any more")
        body = msgspec.json.encode(webhook_body(incident, recorded, office.desk.masker, office.address(incident.id)))
        return webhook.send(entry.effect.key, body, office.clock.wall())

    return NewsCarrier(office, send)


def mail_carrier(
    office: Office, mailer: Mailer | None, subscribed: Callable[[OutboxEntry], Outcome] | None = None
) -> NewsCarrier:
    """News by mail; what customers get is never sent twice on a doubt (R21)."""

    def send(entry: OutboxEntry, incident: Incident, recorded: Recorded) -> Outcome:
        if mailer is None:
            return GiveUp("no mail server is configured: set [mail] in tocsin.toml")
        fact = recorded.fact
        if isinstance(fact, CustomersNotified) and subscribed is not None:
            return subscribed(entry)  # whom the settings name reads what every subscriber reads
        subject, address = news_title(incident), office.address(incident.id)
        if isinstance(fact, CustomersNotified):
            subject, address = f"{incident.service}: {fact.status.value}", office.team().status_page.url
        if isinstance(fact, AudienceTold) and fact.subject:
            subject = fact.subject
        text = news_text(incident, recorded, address, office.name, office.zone, alone=True)
        return mailer.send(Mail(entry.effect.key, entry.effect.outlet, subject, text))

    return NewsCarrier(
        office, send, lambda recorded: not isinstance(recorded.fact, CustomersNotified), subscribed, MAIL_KEPT
    )


def _to_subscriber(entry: OutboxEntry) -> bool:
    return (
        entry.effect.outlet.startswith(OUTLET)
        or entry.effect.incident_id.startswith(OUTBOX)
        or entry.effect.ref.startswith(OFFLINE)
    )
