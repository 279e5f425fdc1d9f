"""Programs and channels of customers: named on the status page, confirmed by mail, told once in a shape they know."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app.shop import ANA as ANA_CALLER
from tests.app.shop import START, Shop
from tests.app.test_subscribing import MINUTE, OPEN, arrived, link, mails, somebody, subscribers, wish
from tests.stage.webhook import Answer, webhook
from tests.web.house import SETTINGS, House, house
from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.fakes import Down, Drops, Fails, FakeMailer, Provider, Rejects, Works
from tocsin.adapters.webhooks import SubscriberHooks, keys_of, signed_headers
from tocsin.app.customers.hook_addresses import folded_url
from tocsin.app.customers.hooks import WAITS, HookCarrier
from tocsin.app.customers.mails import SubscriberMails, SubscribersCarrier
from tocsin.app.customers.news import NewsDesk
from tocsin.app.customers.offline import Offline
from tocsin.app.customers.subscribing import AGAIN, MOST_ASKED
from tocsin.app.customers.tally import MISSED_FOR, MOST_MISSED
from tocsin.app.news import mail_carrier
from tocsin.app.office import Office
from tocsin.app.ports import Delivered, GiveUp, Outcome, TryAgain
from tocsin.app.rows.outbox import LOST
from tocsin.app.rows.subscribers import Subscriber, SubscriberWay
from tocsin.errors import BadInput
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.incidents import incident_id
from tocsin.statuspage.offline import Post
from tocsin.statuspage.page import Impact

URL = "https://hooks.customer.example/status"
SLACK = "https://hooks.slack.com/services/T01/B02/x3Yz"


class FakeHooks(Provider):
    """Programs outside that keep (url, body) of what they are told."""

    def secret(self, subscriber: str) -> str:
        return f"whsec_{subscriber}"

    def send(self, url: str, key: str, body: bytes, at: datetime, *, signed_for: str = "") -> Outcome:
        return self._meet(key, (url, json.loads(body), signed_for))


@dataclass
class Told:
    """A shop with subscribers, whose programs keep what they are told."""

    shop: Shop
    hooks: FakeHooks
    updates: int = field(default=0)

    def tell(self, text: str, status: PublicStatus = PublicStatus.IDENTIFIED, *components: str) -> None:
        """One more public update, and all that can be carried for it now."""
        self.updates += 1
        self.shop.publishing.notify(
            ANA_CALLER, "INC-1", status, text, components or ("checkout",), update=f"u{self.updates}"
        )
        self.shop.work()

    @property
    def bodies(self) -> list[Any]:
        """What arrived, the oldest first."""
        return [call.payload[1] for call in self.hooks.arrived if isinstance(call.payload, tuple)]

    def subscriber(self, id: str) -> Subscriber | None:
        with self.shop.store.read() as tx:
            return tx.subscribers.get(id)

    def outcomes(self) -> list[tuple[str, str]]:
        return [(one.state.value, one.last_error) for one in self.shop.entries(EffectKind.HOOK)]


def program(n: int, *components: str, way: SubscriberWay = SubscriberWay.WEBHOOK) -> Subscriber:
    return replace(somebody(n, *components), way=way, url=f"{URL}/{n}")


def told(*ones: Subscriber) -> Told:
    """Subscribers who have confirmed, and an incident."""
    shop = Shop()
    hooks = FakeHooks(shop.clock)
    office = Office(shop.store, shop.clock, shop.desk, shop.playbooks, lambda: shop.team, shop.links, lambda: 0.5)
    news = NewsDesk(office, shop.publishing)
    shop.courier.carriers = {
        **shop.courier.carriers,
        EffectKind.SUBSCRIBERS: SubscribersCarrier(office, news),
        EffectKind.MAIL: mail_carrier(office, shop.mailer, SubscriberMails(office, news, shop.mailer).send),
        EffectKind.HOOK: HookCarrier(office, news, hooks),
    }
    with shop.store.transact() as tx:
        for one in ones:
            tx.subscribers.ask(one)
            tx.subscribers.confirm(one.id, one.asked_at, START)
    shop.declare()
    return Told(shop, hooks)


# --- what they are told -------------------------------------------------------------------------------------------


def offline_of(at: Told, *posts: Post) -> Offline:
    """What was published by hand is taken in."""
    offline = Offline(at.shop.store, at.shop.clock, at.shop.desk, at.shop.publishing.decider)
    offline.take_in(posts)
    return offline


def by_hand(at: Told, id: str = "p1", text: str = "We look into it.") -> Post:
    status, now = PublicStatus.INVESTIGATING, at.shop.clock.now()
    return Post(id, "byhand", "Orders fail", Impact.MAJOR, status, text, now, ("checkout",), True)


def mailed(at: Told) -> list[tuple[str, str]]:
    return sorted((mail.to, mail.text) for mail in arrived(at.shop.mailer))


def test_after_an_adoption_a_program_is_told_what_the_page_says() -> None:
    """What was published by hand is among the updates, gives the title, and its change of state is told but once."""
    at = told(program(1))
    offline_of(at, by_hand(at)).adopt(ANA_CALLER, "byhand", "INC-1", subscribers=False)
    at.shop.pass_time(MINUTE)
    at.tell("The cause is known")
    (body,) = at.bodies
    assert body["incident"]["name"] == "Orders fail"
    updates = [one["body"] for one in body["incident"]["incident_updates"]]
    assert updates == ["The cause is known", "We look into it."]


def test_an_adoption_tells_subscribers_once_what_was_published_by_hand() -> None:
    """By mail and by program, whom the settings name too; the last words of it, and however often it is asked for."""
    at = told(program(1), somebody(2))
    first = by_hand(at)
    at.shop.clock.move_by(MINUTE)
    offline = offline_of(at, first, by_hand(at, "p2", "We know why."))
    for _ in range(2):
        offline.adopt(ANA_CALLER, "byhand", "INC-1")
        at.shop.pass_time(MINUTE)
    assert [to for to, text in mailed(at)] == ["customer@example.org", "n2@example.org"]
    assert all("Orders fail" in text and "We know why." in text for _, text in mailed(at))
    (body,) = at.bodies
    assert [one["body"] for one in body["incident"]["incident_updates"]] == ["We know why.", "We look into it."]


def test_an_adoption_mails_nobody_what_is_old_or_unwanted() -> None:
    """The operator said no, customers have been told more since, or it is a day old: then the page alone says it."""
    for late, more, wanted in ((MINUTE, False, False), (MINUTE, True, True), (timedelta(days=1), False, True)):
        at = told(somebody(2))
        offline = offline_of(at, by_hand(at))
        at.shop.clock.move_by(late)
        if more:
            at.tell("It is known by now")
        before = mailed(at)
        offline.adopt(ANA_CALLER, "byhand", "INC-1", subscribers=wanted)
        at.shop.pass_time(MINUTE)
        assert mailed(at) == before


def test_words_by_hand_about_an_incident_of_the_servers_reach_subscribers_once() -> None:
    """Nobody has to adopt what is known to belong to it: the last words, once; not when told to mail nobody."""
    for mail, late, heard in ((True, MINUTE, True), (False, MINUTE, False), (True, timedelta(days=1), False)):
        at = told(program(1), somebody(2))
        at.tell("We look into it.")
        before, programs = mailed(at), len(at.bodies)
        at.shop.clock.move_by(MINUTE)
        posts = [
            replace(by_hand(at, id, text), incident=incident_id("INC-1"), new=False, mail=mail)
            for id, text in (("p1", "We know why."), ("p2", "Orders are taken again soon."))
        ]
        at.shop.clock.move_by(late)
        for _ in range(2):
            offline_of(at, *posts)
            at.shop.pass_time(MINUTE)
        fresh = [one for one in mailed(at) if one not in before]
        assert [to for to, _ in fresh] == (["customer@example.org", "n2@example.org"] if heard else [])
        assert all("Orders are taken again soon." in text for _, text in fresh)
        assert len(at.bodies) - programs == heard


def test_more_words_of_an_incident_that_began_by_hand_reach_subscribers() -> None:
    """Through the server, though it is none of the server's incidents: an update like every other, told once."""
    at = told(program(1), somebody(2), somebody(3, "search"))
    offline = offline_of(at, by_hand(at))
    at.shop.clock.move_by(MINUTE)
    for _ in range(2):
        offline.tell(ANA_CALLER, "byhand", PublicStatus.RESOLVED, "Orders are taken again.")
        at.shop.pass_time(MINUTE)
    assert [to for to, _ in mailed(at)] == ["customer@example.org", "n2@example.org"]
    assert all("Orders are taken again." in text for _, text in mailed(at))
    incident = at.bodies[0]["incident"]
    assert (incident["status"], incident["name"]) == ("resolved", "Orders fail")


def test_what_was_adopted_before_its_mails_were_made_is_mailed_all_the_same() -> None:
    """The update was ordered for the incident of the hand's; a moment later that is one of the server's."""
    at = told(somebody(2))
    offline = offline_of(at, by_hand(at))
    at.shop.clock.move_by(MINUTE)
    offline.tell(ANA_CALLER, "byhand", PublicStatus.IDENTIFIED, "We know why.")
    offline.adopt(ANA_CALLER, "byhand", "INC-1")
    at.shop.pass_time(MINUTE)
    assert [to for to, _ in mailed(at)] == ["customer@example.org", "n2@example.org"]
    assert all("We know why." in text for _, text in mailed(at))


def test_a_program_is_told_in_the_shape_of_statuspage() -> None:
    """The page, the incident with all its updates, and each component whose state became another one."""
    at = told(program(1))
    at.tell("Card payments fail\n\nWe look into it.", PublicStatus.INVESTIGATING)
    first, component = at.bodies
    assert set(first) == {"meta", "page", "incident"}
    assert first["page"]["status_indicator"] in ("minor", "major", "critical")
    assert first["page"]["status_description"]
    assert re.search(r"/unsubscribe/\S+$", first["meta"]["unsubscribe"])
    incident = first["incident"]
    assert (incident["name"], incident["status"]) == ("Card payments fail", "investigating")
    assert incident["incident_updates"][0]["body"] == "We look into it."
    assert incident["incident_updates"][0]["incident_id"] == incident["id"]
    assert incident["incident_updates"][0]["affected_components"][0]["name"] == "Checkout"
    for name in ("backfilled", "resolved_at", "scheduled_for", "shortlink", "created_at", "organization_id", "impact"):
        assert name in incident
    assert incident["shortlink"].startswith("http")
    assert set(component) == {"meta", "page", "component_update", "component"}
    assert component["component_update"]["old_status"] == "operational"
    assert component["component_update"]["new_status"] == component["component"]["status"] != "operational"
    assert component["component_update"]["component_id"] == component["component"]["id"]
    at.shop.clock.move_by(MINUTE)
    at.tell("It works again.", PublicStatus.RESOLVED)
    resolved, over = at.bodies[2:]
    assert [one["status"] for one in resolved["incident"]["incident_updates"]] == ["resolved", "investigating"]
    assert resolved["page"]["status_indicator"] == "none"
    assert resolved["incident"]["resolved_at"]
    assert over["component_update"]["new_status"] == "operational"
    assert "Checkout is down" not in str(at.bodies)  # the title of the inside


def test_who_chose_components_hears_of_those_and_a_channel_gets_one_message() -> None:
    """Slack's own form: marks of ours are none of its, nobody is called, and the message ends with the way out."""
    slack = replace(program(3, way=SubscriberWay.SLACK), url=SLACK)
    at = told(program(1, "checkout"), program(2, "search"), slack)
    at.tell("Payments <!channel> fail & more\n\n" + "Long. " * 900)
    assert [call.payload[0] for call in at.hooks.arrived if isinstance(call.payload, tuple)] == [
        f"{URL}/1",
        f"{URL}/1",
        SLACK,
    ]
    message = at.bodies[2]
    text, links = (
        block["text"]["text"] if "text" in block else block["elements"][0]["text"] for block in message["blocks"]
    )
    assert "<!channel>" not in text + message["text"]
    assert "&lt;!channel&gt; fail &amp; more" in text
    assert len(text) < 3000
    assert "/unsubscribe/" in links
    assert "|Unsubscribe>" in links
    assert [call.payload[2] for call in at.hooks.arrived if isinstance(call.payload, tuple)] == ["id-1", "id-1", ""]


def test_a_program_is_told_once_and_what_nobody_knows_is_not_repeated() -> None:
    """R21: refused connections and 503 are tried again a few times, all that may have arrived is not."""
    at = told(program(1), program(2))
    at.hooks.plan(Drops(), Down())
    at.tell("We know.")
    for wait in WAITS:
        at.shop.clock.move_by(wait * 1.5)
        at.shop.work()
    arrived_at = [call.payload[0] for call in at.hooks.arrived if isinstance(call.payload, tuple)]
    assert sorted(arrived_at) == [f"{URL}/1"] * 2 + [f"{URL}/2"] * 2  # an incident and a component for each
    assert len({call.key for call in at.hooks.arrived}) == 4
    assert any("it may have been sent" in error for _, error in at.outcomes())


def test_retries_are_few_and_an_older_update_gives_place_to_a_newer_one() -> None:
    """Each body tells all that was said before: nothing is lost, and "investigating" never comes after "resolved"."""
    at = told(program(1))
    at.hooks.always(Down())
    at.tell("We look.", PublicStatus.INVESTIGATING)
    at.shop.clock.move_by(MINUTE)
    at.tell("Over.", PublicStatus.RESOLVED)
    at.hooks.always(Rejects())
    calls = len(at.hooks.calls)
    for _ in range(12):
        at.shop.clock.move_by(timedelta(hours=3))
        at.shop.work()
    late = [call.payload[1] for call in at.hooks.calls[calls:] if isinstance(call.payload, tuple)]
    assert all(one["incident"]["status"] == "resolved" for one in late if "incident" in one)
    assert not [one for one in at.shop.entries(EffectKind.HOOK) if one.state.value == "queued"]
    assert max(one.attempts for one in at.shop.entries(EffectKind.HOOK)) <= len(WAITS) + 1


def test_a_component_that_failed_is_told_late_when_the_newer_update_says_nothing_of_it() -> None:
    """The newer update changes no component: without the older message nobody would hear of the outage."""
    at = told(program(1))
    at.hooks.always(Down())
    at.tell("We look.", PublicStatus.INVESTIGATING)
    at.hooks.always(Works())
    at.tell("The cause is known.", PublicStatus.IDENTIFIED)
    at.shop.clock.move_by(MINUTE)
    at.shop.work()
    assert [one["component_update"]["old_status"] for one in at.bodies if "component_update" in one] == ["operational"]


def test_a_channel_gets_an_older_update_late_rather_than_never() -> None:
    """A message holds its own text alone, with the instant at which it was said."""
    at = told(program(1, way=SubscriberWay.SLACK))
    at.hooks.plan(Down())
    at.tell("We look.", PublicStatus.INVESTIGATING)
    at.tell("Over.", PublicStatus.RESOLVED)
    at.shop.clock.move_by(MINUTE)
    at.shop.work()
    assert [word for body in at.bodies for word in ("Investigating", "Resolved") if word in body["text"]] == [
        "Resolved",
        "Investigating",
    ]


def test_a_claim_that_was_lost_is_not_sent_again() -> None:
    """Killed while a program was told: nobody knows whether it heard it."""
    at = told(program(1))
    at.shop.publishing.notify(ANA_CALLER, "INC-1", PublicStatus.IDENTIFIED, "we know", ("checkout",))
    at.shop.courier.carry()
    with at.shop.store.transact() as tx:
        assert tx.outbox.claim([EffectKind.HOOK], at.shop.clock.now(), MINUTE, "dead", 9)
    at.shop.clock.move_by(2 * MINUTE)
    at.shop.work()
    assert at.hooks.calls == []
    assert all(LOST in error for _, error in at.outcomes())


def test_a_program_that_fails_for_long_is_ended_and_its_owner_told() -> None:
    """Three updates in a row, over three days; one that arrives in between counts them anew."""
    at = told(program(1))
    at.hooks.always(Fails(500))
    for n in range(5):  # all within one outage of theirs
        at.tell(f"Update {n}.")
        at.shop.clock.move_by(MINUTE)
    one = at.subscriber("id-1")
    assert one
    assert (one.state, one.missed) == ("confirmed", 5)
    at.shop.clock.move_by(MISSED_FOR)
    at.tell("And once more.")
    one = at.subscriber("id-1")
    assert one
    assert (one.state, one.mail_at) == ("ended", at.shop.clock.now())
    assert "500" in one.ended_why
    at.tell("Nobody hears this.")
    assert "Nobody hears this." not in str(at.hooks.calls)


def test_what_arrives_counts_what_was_missed_anew_and_gone_is_gone() -> None:
    """HTTP 410 says that nothing is wanted any more: it ends at once."""
    at = told(program(1), program(2))
    at.hooks.always(Rejects("403"))
    for _ in range(MOST_MISSED - 1):
        at.tell(f"Update {at.updates}.")
        at.shop.clock.move_by(MISSED_FOR)
    at.hooks.always(Works())
    at.tell("It arrives.")
    one = at.subscriber("id-1")
    assert one
    assert (one.state, one.missed) == ("confirmed", 0)

    def gone(url: str, key: str, body: bytes, when: datetime, *, signed_for: str = "") -> Outcome:
        return GiveUp("410", gone=True)

    at.hooks.send = gone  # type: ignore[method-assign]
    at.tell("Gone.")
    one = at.subscriber("id-1")
    assert one
    assert one.state == "ended"


def test_hard_bounces_end_a_mail_subscription_and_soft_ones_do_not() -> None:
    """No such mailbox: at once. Another 5xx to the address: three updates over three days. 4xx: never."""
    at = told(somebody(1), somebody(2), somebody(3))
    outcomes = {
        "n1@example.org": GiveUp("550 5.1.1 no such user", refused=True, gone=True),
        "n2@example.org": GiveUp("550 not today", refused=True),
    }
    real = at.shop.mailer.send
    at.shop.mailer.send = lambda mail: outcomes.get(mail.to) or real(mail)  # type: ignore[method-assign]
    at.tell("One.")
    ended = at.subscriber("id-1")
    assert ended
    assert (ended.state, ended.ended_why, ended.mail_at) == ("ended", "550 5.1.1 no such user", None)
    for _ in range(2):
        at.shop.clock.move_by(MISSED_FOR / 2)
        still = at.subscriber("id-2")
        assert still
        assert still.state == "confirmed"
        at.tell(f"Update {at.updates}.")
    states = [one.state.value for n in (1, 2, 3) if (one := at.subscriber(f"id-{n}"))]
    assert states == ["ended", "ended", "confirmed"]
    assert len([mail for mail in arrived(at.shop.mailer) if mail.to == "n3@example.org"]) == 3


# --- how they are named -------------------------------------------------------------------------------------------


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation that takes subscribers, with a mail server that keeps what it gets."""
    with house(tmp_path, SETTINGS + OPEN) as opened:
        opened.application.subscribing.mailer = FakeMailer(opened.clock)
        yield opened


def test_a_program_is_subscribed_when_its_owner_has_confirmed_it_by_mail(at: House) -> None:
    """Nothing is sent to it before; the mail does not hold the address that a stranger may have written."""
    answer = wish(at, way="webhook", url=URL, component=["api"])
    assert (answer.status, answer.location) == (303, "/subscribe?asked=1")
    (mail,) = mails(at)
    assert "webhook" in mail.text
    assert "customer.example" not in mail.text
    path = link(mail, "subscribe")
    shown = at.visitor(None).get(path).text
    assert URL in shown
    assert "whsec_" not in shown
    assert at.visitor(None).post(path, {}).status == 303
    (one,) = subscribers(at)
    assert (one.way, one.url, one.address, one.components) == ("webhook", URL, "zoe@example.org", ("api",))
    secret = at.application.subscribing.secret(one)
    assert secret in at.visitor(None).get(path).text
    leave = at.application.links.leave_address(one.id).removeprefix("http://127.0.0.1:8000")
    page = at.visitor(None).get(leave).text
    assert "hooks.customer.example" in page
    assert URL not in page
    assert at.visitor(None).post(leave, {}).status == 200
    assert subscribers(at) == []


def test_the_mail_that_says_it_ended_is_tried_for_a_day(at: House) -> None:
    """A mailbox that answers 4xx for good is left alone, and forgotten with the others."""
    mailer = FakeMailer(at.clock)
    mailer.always(Down())
    at.application.subscribing.mailer = mailer
    now = at.clock.now()
    one = replace(program(1), asked_at=now, mail_at=None)
    with at.application.store.transact() as tx:
        tx.subscribers.ask(one)
        tx.subscribers.confirm(one.id, now, now)
        tx.subscribers.end(one.id, now, "410", now)
    for _ in range(2 * 24 * 6):
        at.application.subscribing.look()
        at.clock.move_by(10 * MINUTE)
    assert 3 < len(mailer.calls) < 20
    assert [one.mail_at for one in subscribers(at)] == [None]


def test_one_program_is_told_for_one_owner(at: House) -> None:
    """The second who confirms it is told so; the first can end it by any message."""
    wish(at, way="webhook", url=URL)
    wish(at, "other@example.org", way="webhook", url=URL)
    first, second = (link(mail, "subscribe") for mail in sorted(mails(at), key=lambda mail: mail.to, reverse=True))
    assert at.visitor(None).post(first, {}).status == 303
    refused = at.visitor(None).post(second, {})
    assert refused.status == 409
    assert "already" in refused.text
    assert [one.state.value for one in subscribers(at)] == ["asked", "confirmed"]


def test_nobodys_mailbox_is_filled_by_naming_many_programs(at: House) -> None:
    """A few different wishes an hour, however many addresses of programs a stranger makes up."""
    for n in range(MOST_ASKED + 2):
        assert wish(at, way="webhook", url=f"{URL}/{n}").status == 303
    assert len(mails(at)) == MOST_ASKED
    at.clock.move_by(AGAIN)
    wish(at, way="webhook", url=f"{URL}/9")
    assert len(mails(at)) == MOST_ASKED + 1


def test_a_program_that_was_ended_is_told_to_its_owner_once(at: House) -> None:
    """With what came back, and without the secret part of its address; a month later it is forgotten."""
    wish(at, way="slack", url=SLACK)
    at.visitor(None).post(link(mails(at)[0], "subscribe"), {})
    with at.application.store.transact() as tx:
        assert tx.subscribers.end(subscribers(at)[0].id, at.clock.now(), "it answered 404", at.clock.now())
    mail = mails(at)[1]
    assert (mail.to, mail.subject) == ("zoe@example.org", "Ended: Sundial updates")
    assert "it answered 404" in mail.text
    assert "hooks.slack.com" in mail.text
    assert "x3Yz" not in mail.text
    at.clock.move_by(timedelta(days=29))
    assert len(mails(at)) == 2
    assert len(subscribers(at)) == 1
    at.clock.move_by(timedelta(days=2))
    assert len(mails(at)) == 2
    assert subscribers(at) == []


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://hooks.example.org/x", "https://127.0.0.1/x", "https://[::1]/x", "https://localhost/x"),
        *("https://2130706433/", "https://0x7f.1/x", "https://user@example.org/", "https://example.org/#x"),
        *(
            "https://example.org/a b",
            "https://exa\nmple.org/",
            "https://example.org\\@evil.example/",
            "ftp://example.org/",
        ),
        *("https://example.org:0/", "https://example.org:99999/", f"https://example.org/{'x' * 1000}", "https://.org/"),
        *("https://hooks.slack.com/services/T1/B1/x", "https://bücher.example/"),
    ],
)
def test_what_may_not_be_told_is_refused(url: str) -> None:
    """B8: https and a name; where the name leads is looked at each time before it is told."""
    with pytest.raises(BadInput):
        folded_url(url, SubscriberWay.WEBHOOK)


def test_a_refused_address_is_shown_again_in_its_form(at: House) -> None:
    """What was written is not lost, and nothing is kept of it."""
    answer = wish(at, way="webhook", url="http://hooks.example.org/x")
    assert answer.status == 422
    assert 'value="http://hooks.example.org/x"' in answer.text
    assert 'name="way" value="webhook"' in answer.text
    assert subscribers(at) == []


@pytest.mark.parametrize(
    "url",
    [
        *("https://hooks.slack.com.evil.example/services/T1/B1/x", "https://evil.example/services/T1/B1/x"),
        *("https://hooks.slack.com:8443/services/T1/B1/x", "https://hooks.slack.com/services/../x"),
        *("https://hooks.slack.com/services/T1/B1/x?y=1", "https://xhooks.slack.com/services/T1/B1/x"),
        *("https://hooks.slack.com/", "https://hooks.slack.com%2eevil.example/services/T1/B1/x"),
    ],
)
def test_a_channel_is_one_of_slack_and_nothing_else(url: str) -> None:
    """The host as it is written, to the letter."""
    with pytest.raises(BadInput):
        folded_url(url, SubscriberWay.SLACK)
    assert folded_url(SLACK, SubscriberWay.SLACK) == SLACK


def test_the_ways_that_the_team_does_not_offer_are_not_there(tmp_path: Path) -> None:
    """Neither in the forms nor behind them."""
    with house(tmp_path, SETTINGS + OPEN + 'subscribe_by = ["mail"]\n') as only_mail:
        only_mail.application.subscribing.mailer = FakeMailer(only_mail.clock)
        page = only_mail.application.publishing.render(only_mail.clock.now())["subscribe.html"].decode()
        assert 'value="mail"' in page
        assert 'type="url"' not in page
        assert wish(only_mail, way="webhook", url=URL).status == 404
        assert wish(only_mail, way="carrier pigeon").status == 404
        assert wish(only_mail).status == 303


def test_messages_are_signed_with_the_subscribers_own_secret_and_go_nowhere_inside() -> None:
    """B8: a name that leads inside is refused, whatever the team allows itself. Each subscriber has another key."""
    egress = Egress(resolve=lambda _host: ["10.1.2.3"])
    try:
        hooks = SubscriberHooks(egress, b"x" * 32)
        refused = hooks.send(URL, "key", b"{}", START, signed_for="one")
        assert isinstance(refused, GiveUp)
        assert "10.1.2.3" in refused.reason
    finally:
        egress.close()
    assert hooks.secret("one") == hooks.secret("one") != hooks.secret("other")
    assert "v1," in signed_headers(keys_of([hooks.secret("one")]), "key", b"{}", START)["webhook-signature"]


@pytest.mark.parametrize(
    ("answer", "signed_for", "expected"),
    [
        (Answer(204), "one", Delivered),
        (Answer(302, headers={"location": "http://127.0.0.1/inside"}), "one", GiveUp),
        (Answer(403), "one", GiveUp),
        (Answer(404, b"no_service"), "one", GiveUp),
        (Answer(503, headers={"retry-after": "7"}), "one", TryAgain),
        (Answer(429), "", TryAgain),
        (Answer(410), "one", "gone"),
        (Answer(404, b"no_service"), "", "gone"),
        (Answer(410, b"channel_is_archived"), "", "gone"),
        (Answer(500), "one", "unknown"),
        (Answer(502), "", "unknown"),
        (Answer(drop=True), "one", "unknown"),
    ],
)
def test_what_an_answer_means(answer: Answer, signed_for: str, expected: object) -> None:
    """Taken, refused, gone for ever, not now, or nobody knows; a redirect leads nowhere."""
    egress = Egress(["127.0.0.0/8"], fresh=True)
    try:
        with webhook() as box:
            box.always(answer)
            hooks = SubscriberHooks(egress, b"x" * 32)
            outcome = hooks.send(f"{box.url}/told", "key", b"{}", START, signed_for=signed_for)
            (request,) = box.requests
    finally:
        egress.close()
    match outcome:
        case GiveUp(gone=True):
            assert expected == "gone"
        case TryAgain(ambiguous=True):
            assert expected == "unknown"
        case TryAgain(after=after):
            assert expected is TryAgain
            assert after == (timedelta(seconds=7) if answer.status == 503 else None)
        case _:
            assert type(outcome) is expected
    if signed_for:
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + b"{}"
        key = base64.b64decode(hooks.secret(signed_for).removeprefix("whsec_"))
        expects = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert request.headers["webhook-signature"] == f"v1,{expects}"
    else:
        assert "webhook-signature" not in request.headers
