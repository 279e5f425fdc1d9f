"""People outside subscribe: asked twice, told once, gone with one click, and nothing said about who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.shop import ANA as ANA_CALLER
from tests.app.shop import START, Shop
from tests.web.house import SETTINGS, Answer, House, house
from tocsin.adapters.fakes import Down, FakeMailer
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.access import Role
from tocsin.app.customers.mails import SubscriberMails, SubscribersCarrier
from tocsin.app.customers.news import NewsDesk
from tocsin.app.customers.subscribing import AGAIN, CONFIRM_WITHIN, folded
from tocsin.app.news import mail_carrier
from tocsin.app.office import Office
from tocsin.app.ports import Mail
from tocsin.app.rows.subscribers import Subscriber
from tocsin.errors import BadInput, NotAllowed, NotFound, Unavailable
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.language import language

OPEN = '[mail]\nhost = "127.0.0.1"\nfrom = "status@example.com"\n[status_page]\nsubscribe = true\ntitle = "Sundial"\n'
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation that takes subscribers, with a mail server that keeps what it gets."""
    with house(tmp_path, SETTINGS + OPEN) as opened:
        opened.application.subscribing.mailer = FakeMailer(opened.clock)
        yield opened


def mails(at: House) -> list[Mail]:
    """What was sent by now."""
    at.application.subscribing.look()
    mailer = at.application.subscribing.mailer
    assert isinstance(mailer, FakeMailer)
    return arrived(mailer)


def arrived(mailer: FakeMailer) -> list[Mail]:
    return [call.payload for call in mailer.arrived if isinstance(call.payload, Mail)]


def wish(at: House, address: str = "Zoe@Example.org", **fields: object) -> Answer:
    """The status page's form, from another site, as a browser sends it."""
    form = {"address": address, "website": "", **fields}
    headers = {"origin": "null", "sec-fetch-site": "cross-site"}
    return at.visitor(None).post("/subscribe", form, **headers)


def link(mail: Mail, kind: str) -> str:
    """The path of a link in a mail."""
    found = re.search(rf"http://127\.0\.0\.1:8000(/{kind}/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def subscribers(at: House) -> list[Subscriber]:
    return list(at.application.subscribing.listed(at.caller(Role.MAINTAINER)))


def test_an_address_is_subscribed_when_it_has_said_so_itself(at: House) -> None:
    """Double opt-in: the form sends a mail, looking at its link changes nothing, its button subscribes."""
    answer = wish(at, component=["api"])
    assert (answer.status, answer.location) == (303, "/subscribe?asked=1")
    assert "Look into your mailbox" in at.visitor(None).get(answer.location).text
    (mail,) = mails(at)
    assert (mail.to, mail.subject) == ("zoe@example.org", "Confirm: Sundial updates")
    path = link(mail, "subscribe")
    for _ in range(2):  # a scanner follows links
        shown = at.visitor(None).get(path)
        assert "Yes, subscribe" in shown.text
        assert "about: Public API" in shown.text
    assert subscribers(at)[0].confirmed_at is None
    assert at.visitor(None).post(path, {}).status == 303
    (one,) = subscribers(at)
    assert (one.confirmed_at, one.components) == (at.clock.now(), ("api",))
    assert "You are subscribed" in at.visitor(None).get(path).text
    assert len(mails(at)) == 1


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(at: House) -> None:
    """Nobody learns from the form who is a customer, and nobody's mailbox is filled by it."""
    first = wish(at)
    at.visitor(None).post(link(mails(at)[0], "subscribe"), {})
    again = wish(at)
    other = wish(at, "somebody-else@example.org")
    assert {(one.status, one.location, one.text) for one in (first, again, other)} == {(303, "/subscribe?asked=1", "")}
    assert [mail.to for mail in mails(at)] == ["zoe@example.org", "somebody-else@example.org"]
    at.clock.move_by(AGAIN)
    wish(at, component=["checkout"])  # by a stranger: what zoe gets is unchanged until she says so
    assert [mail.to for mail in mails(at)].count("zoe@example.org") == 2
    assert subscribers(at)[1].components == ()
    with pytest.raises(NotAllowed, match="has ended"):
        at.application.subscribing.confirm(link(mails(at)[0], "subscribe").rpartition("/")[2])


def test_a_wish_that_is_not_confirmed_is_forgotten_within_a_day(at: House) -> None:
    """The link has ended then, and the address is gone."""
    wish(at)
    path = link(mails(at)[0], "subscribe")
    at.clock.move_by(CONFIRM_WITHIN + MINUTE)
    assert at.visitor(None).post(path, {}).status == 403
    mails(at)
    assert subscribers(at) == []
    altered = path[:-2] + ("aa" if not path.endswith("aa") else "bb")
    assert "This link does not work" in at.visitor(None).get(altered).text


def test_a_dead_mail_server_is_tried_again(at: House) -> None:
    """A wish outlives the mail server, and the row waits for it."""
    mailer = at.application.subscribing.mailer
    assert isinstance(mailer, FakeMailer)
    mailer.plan(Down())
    wish(at)
    assert mails(at) == []
    at.clock.move_by(MINUTE)
    assert len(mails(at)) == 1


def test_one_click_ends_it_and_looking_does_not(at: House) -> None:
    """RFC 8058: a mail provider posts a form of its own kind, without a cookie; a second time changes nothing."""
    wish(at)
    at.visitor(None).post(link(mails(at)[0], "subscribe"), {})
    path = at.application.links.leave_address(subscribers(at)[0].id).removeprefix("http://127.0.0.1:8000")
    assert "No more updates?" in at.visitor(None).get(path).text
    assert len(subscribers(at)) == 1
    kind = "multipart/form-data; boundary=x"
    done = at.visitor(None).post(path, {}, **{"content-type": kind, "sec-fetch-site": "cross-site"})
    assert done.status == 200
    assert "You are unsubscribed" in done.text
    assert subscribers(at) == []
    assert at.visitor(None).post(path, {}).status == 200
    torn = at.visitor(None).post(path[:-3] + "xxx", {})
    assert torn.status == 403
    assert "This link does not work" in torn.text
    assert "Sign in" not in torn.text  # customers have no account, and no administrator to ask
    assert "To the status page" in torn.text


@pytest.mark.parametrize("address", ["", "ana", "ana@localhost", "a@b.org, c@d.org", "ana@example.org\r\nBcc: x@y.org"])
def test_what_is_no_address_is_refused_and_the_form_shown_again(at: House, address: str) -> None:
    """No header is smuggled in, and what was written is not lost."""
    with pytest.raises(BadInput, match="mail address"):
        folded(address)
    assert "Please write one mail address" in wish(at, address or " ").text


def test_programs_and_crowds_are_kept_out(at: House) -> None:
    """The hidden field is a trap; one network asks five times a minute."""
    assert wish(at, website="http://spam").status == 303
    assert subscribers(at) == []
    answers = [wish(at, f"n{n}@example.org").status for n in range(7)]
    assert answers == [303] * 5 + [429] * 2


def test_where_it_is_off_there_is_no_form(tmp_path: Path) -> None:
    """Off until the team switches it on, and without a mail server nothing can be confirmed."""
    for extra in ("", "[status_page]\nsubscribe = true\n"):
        place = tmp_path / str(len(extra))
        place.mkdir()
        with house(place, SETTINGS + extra) as closed:
            assert closed.visitor(None).get("/subscribe").status == 404
            assert wish(closed).status == 404
            page = closed.application.publishing.render(closed.clock.now())["subscribe.html"].decode()
            assert "<form" not in page
            assert "form-action 'none'" in page
            assert "feed.atom" in page


def test_the_static_page_has_a_form_that_may_be_sent_to_our_own_address_only(at: House) -> None:
    """The page may stand on another host; its policy names ours, and nothing else."""
    page = at.application.publishing.render(at.clock.now())["subscribe.html"].decode()
    assert 'form-action http://127.0.0.1:8000"' in page
    assert 'action="http://127.0.0.1:8000/subscribe"' in page
    assert "Public API" in page


def test_the_team_lists_and_removes_subscribers(at: House) -> None:
    """Maintainers only; who wants to be gone is gone, and the record of it names no address."""
    wish(at)
    with pytest.raises(NotAllowed):
        at.application.subscribing.listed(at.caller(Role.RESPONDER))
    at.application.subscribing.remove(at.caller(Role.MAINTAINER), " ZOE@example.org")
    assert subscribers(at) == []
    with pytest.raises(NotFound):
        at.application.subscribing.remove(at.caller(Role.MAINTAINER), "zoe@example.org")
    with at.application.store.read() as tx:
        assert "zoe" not in str(tx.audit.latest(9))


# --- an update goes out -------------------------------------------------------------------------------------------


def shop_with(*subscribers: Subscriber) -> Shop:
    """A shop whose subscribers have confirmed, with a carrier that makes mails for them."""
    shop = Shop()
    with_mails(shop)
    with shop.store.transact() as tx:
        for one in subscribers:
            tx.subscribers.ask(one)
            tx.subscribers.confirm(one.id, one.asked_at, START)
    return shop


def with_mails(shop: Shop) -> None:
    office = Office(shop.store, shop.clock, shop.desk, shop.playbooks, lambda: shop.team, shop.links)
    news = NewsDesk(office, shop.publishing)
    shop.courier.carriers = {
        **shop.courier.carriers,
        EffectKind.SUBSCRIBERS: SubscribersCarrier(office, news),
        EffectKind.MAIL: mail_carrier(office, shop.mailer, SubscriberMails(office, news, shop.mailer).send),
    }


def somebody(n: int, *components: str) -> Subscriber:
    return Subscriber(f"id-{n}", f"n{n}@example.org", "form", START, components)


def test_each_subscriber_hears_of_what_they_chose_with_a_way_out() -> None:
    """The mail says what the page says; List-Unsubscribe and a visible link end it."""
    shop = shop_with(somebody(1), somebody(2, "checkout"), somebody(3, "search"))
    shop.declare()
    shop.publishing.notify(
        ANA_CALLER, "INC-1", PublicStatus.IDENTIFIED, "Card payments fail\n\nWe know why.", ("checkout",)
    )
    shop.work()
    sent = [mail for mail in arrived(shop.mailer) if mail.unsubscribe]
    assert sorted(mail.to for mail in sent) == ["n1@example.org", "n2@example.org"]
    mail = sent[0]
    assert mail.subject == "Status: Card payments fail (identified)"
    for said in ("We know why.", "Affected: Checkout", f"Unsubscribe: {mail.unsubscribe}", "/status/incidents/"):
        assert said in mail.text
    assert "Checkout is down" not in mail.text  # the title of the inside


@pytest.mark.parametrize(
    ("code", "confirm", "status", "affected", "leave"),
    [
        ("de", "Bitte bestätigen: Meldungen von Sundial", "Ursache gefunden", "Betroffen: Checkout", "Abbestellen: "),
        ("fr", "À confirmer : informations de Sundial", "Cause identifiée", "Concerné : Checkout", "Se désabonner : "),
        ("ja", "ご確認ください：Sundial のお知らせ", "原因を特定", "影響範囲：Checkout", "登録を解除する："),
    ],
)
def test_the_mails_speak_the_language_of_the_page(
    tmp_path: Path, code: str, confirm: str, status: str, affected: str, leave: str
) -> None:
    """The question, the update and the way out, to subscribers and to whom the settings name; no word of English."""
    named = SETTINGS.replace("[service.shop]\n", '[service.shop]\nsubscribers = ["named@example.org"]\n')
    with house(tmp_path, f'{named}{OPEN}languages = ["{code}", "en"]\n') as opened:
        mailer = FakeMailer(opened.clock)
        opened.application.subscribing.mailer = mailer
        wish(opened)
        (mail,) = mails(opened)
        assert mail.subject == confirm
        visitor = opened.visitor(None)
        t = language(code)
        assert t.word("pages", "no_mail") in wish(opened, "ana").text
        for path, said in (
            ("/subscribe", "hear"),
            ("/subscribe?asked=1", "look_heading"),
            (link(mail, "subscribe"), "hear_question"),
            (link(mail, "subscribe").replace("/subscribe/", "/subscribe/x"), "broken_heading"),
        ):
            shown = visitor.get(path).text
            assert f'<html lang="{code}">' in shown
            assert str(t.page(said, title="Sundial")) in shown
        visitor.post(link(mail, "subscribe"), {})
        assert str(t.page("subscribed_heading")) in visitor.get(link(mail, "subscribe")).text
        carriers = opened.application.courier.carriers
        carriers[EffectKind.MAIL] = mail_carrier(
            (office := carriers[EffectKind.SUBSCRIBERS].office),  # type: ignore[attr-defined]
            mailer,
            SubscriberMails(office, carriers[EffectKind.SUBSCRIBERS].news, mailer).send,  # type: ignore[attr-defined]
        )
        id = opened.declare()
        opened.application.publishing.notify(
            opened.caller(), id, PublicStatus.IDENTIFIED, "Zahlungen stocken", ("checkout",)
        )
        while opened.application.courier.carry():
            pass
        told = [mail for mail in arrived(mailer) if "Zahlungen" in mail.text]
    assert sorted(mail.to for mail in told) == ["named@example.org", "zoe@example.org"]
    for mail in told:
        assert status in mail.subject
        assert affected in mail.text
        assert not re.search(r"Affected|Unsubscribe|All updates|Identified", mail.text + mail.subject)
    assert any(f"{leave}{mail.unsubscribe}" in mail.text for mail in told)


def test_r21_an_update_is_told_once_however_often_it_is_made_into_mails() -> None:
    """Killed before it could say that all were made, it makes them again: and none of them twice."""
    shop = shop_with(*(somebody(n) for n in range(1201)))
    shop.declare()
    shop.publishing.notify(ANA_CALLER, "INC-1", PublicStatus.IDENTIFIED, "we know")
    with shop.store.transact() as tx:
        first = tx.outbox.claim([EffectKind.SUBSCRIBERS], shop.clock.now(), MINUTE, "dead", 1)
    assert isinstance(shop.store, MemoryStore)
    shop.store.fail_next_commit(after=True)
    with pytest.raises(Unavailable):
        shop.courier.carriers[EffectKind.SUBSCRIBERS].carry(first[0])
    made = [one for one in shop.entries(EffectKind.MAIL) if one.effect.outlet.startswith("subscriber:")]
    assert len(made) == 500
    shop.clock.move_by(2 * MINUTE)
    shop.work()
    sent = [mail.to for mail in arrived(shop.mailer) if mail.unsubscribe]
    assert len(sent) == len(set(sent)) == 1201
    assert {one.state.value for one in shop.entries(EffectKind.SUBSCRIBERS)} == {"done"}


def test_who_left_before_their_mail_went_out_does_not_get_it() -> None:
    """One click ends it, also for what is queued; who came after an update hears of the next one."""
    shop = shop_with(somebody(1), somebody(2))
    shop.declare()
    shop.publishing.notify(ANA_CALLER, "INC-1", PublicStatus.IDENTIFIED, "we know")
    entry = shop.entries(EffectKind.SUBSCRIBERS)[0]
    with shop.store.transact() as tx:
        late = Subscriber("late", "late@example.org", "form", START)
        tx.subscribers.ask(late)
        tx.subscribers.confirm("late", START, shop.clock.now() + MINUTE)
        claimed = tx.outbox.claim([EffectKind.SUBSCRIBERS], shop.clock.now(), MINUTE, "one", 1)
    assert claimed[0].effect == entry.effect
    shop.courier.carriers[EffectKind.SUBSCRIBERS].carry(claimed[0])
    with shop.store.transact() as tx:
        tx.subscribers.remove("id-2")
    shop.work()
    (gone,) = [one for one in shop.entries(EffectKind.MAIL) if one.effect.outlet == "subscriber:id-2"]
    assert (gone.state.value, gone.last_error) == ("given_up", "has unsubscribed meanwhile")
    assert [mail.to for mail in arrived(shop.mailer) if mail.unsubscribe] == ["n1@example.org"]


def test_a_drill_reaches_no_subscriber() -> None:
    """F85: a drill is for the team; it cannot even be told."""
    shop = shop_with(somebody(1))
    shop.declare(drill=True)
    assert shop.entries(EffectKind.SUBSCRIBERS) == []
