"""Whoever subscribes on the page in one language is asked, told and let go in that language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.shop import ANA as ANA_CALLER
from tests.app.shop import Shop
from tests.app.test_subscribing import MINUTE, OPEN, arrived, link, mails, shop_with, somebody, subscribers, wish
from tests.app.test_subscribing_programs import SLACK, URL, program, told
from tests.statuspage.test_languages import OTHERS, Said, _words_of
from tests.web.house import SETTINGS, Answer, House, house
from tocsin.adapters.fakes import FakeMailer
from tocsin.app.access import Role
from tocsin.app.customers.subscribing import AGAIN
from tocsin.app.rows.subscribers import Subscriber, SubscriberWay
from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.language import DEFAULT, language


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation whose page speaks English, German and Japanese."""
    with house(tmp_path, f'{SETTINGS}{OPEN}languages = ["en", "de", "ja"]\n') as opened:
        opened.application.subscribing.mailer = FakeMailer(opened.clock)
        yield opened


def spoken_of(answer: Answer) -> str:
    found = re.search(r'<html lang="(\w+)">', answer.text)
    assert found, answer.text
    return found[1]


def test_who_subscribes_on_the_german_page_is_answered_in_german(at: House) -> None:
    """The form says which page it stands on; the question, its page and the way out keep to that."""
    page = at.application.publishing.render(at.clock.now())
    assert b'name="language" value="de"' in page["de/subscribe.html"]
    assert b'name="language" value="en"' in page["subscribe.html"]
    answer = wish(at, language="de")
    assert answer.location == "/subscribe?asked=1&language=de"
    visitor, t = at.visitor(None), language("de")
    assert str(t.page("look_heading")) in visitor.get(answer.location).text
    (mail,) = mails(at)
    assert mail.subject == t.mail("confirm_subject", title="Sundial")
    path = link(mail, "subscribe")
    assert spoken_of(visitor.get(path)) == "de"
    done = visitor.post(path, {})
    shown = visitor.get(done.location)
    assert str(t.page("subscribed_heading")) in shown.text
    assert "/status/de/index.html" in shown.text
    (one,) = subscribers(at)
    assert (one.language, one.state.value) == ("de", "confirmed")
    leave = at.application.links.leave_address(one.id, "de").removeprefix("http://127.0.0.1:8000")
    for answer in (visitor.get(leave), visitor.post(leave, {}), visitor.get(leave)):  # nobody is known at the last one
        assert spoken_of(answer) == "de"


def test_a_stranger_changes_nobodys_language(at: House) -> None:
    """The mail that asks speaks as whoever asked; updates go on as their reader chose until they say otherwise."""
    wish(at, language="de")
    at.visitor(None).post(link(mails(at)[0], "subscribe"), {})
    at.clock.move_by(AGAIN)
    wish(at, language="ja")
    assert mails(at)[1].subject == language("ja").mail("confirm_subject", title="Sundial")
    assert subscribers(at)[0].language == "de"
    at.visitor(None).post(link(mails(at)[1], "subscribe"), {})
    assert subscribers(at)[0].language == "ja"
    wish(at, "bo@example.org", language="xx")
    assert {one.address: one.wanted_language for one in subscribers(at)}["bo@example.org"] == "en"


def test_the_team_invites_in_a_language_and_is_refused_in_english(at: House) -> None:
    """Whoever is invited reads the mail, the team reads its own page."""
    max_ = at.visitor(Role.MAINTAINER)
    form = {"address": "zoe@example.org", "way": "mail", "language": "ja"}
    max_.post("/subscribers", form)
    assert mails(at)[0].subject == language("ja").mail("confirm_subject", title="Sundial")
    assert "日本語" in max_.get("/subscribers").text
    assert "Please write one mail address" in max_.post("/subscribers", {**form, "address": "zoe"}).text


def spoken(n: int, code: str) -> Subscriber:
    return replace(somebody(n), wanted_language=code)


def test_each_hears_updates_in_the_language_of_their_page() -> None:
    """In that one while the page speaks it, then in its first; who came before there was a choice, in its first."""
    shop = shop_with(spoken(1, "de"), spoken(2, "ja"), spoken(3, "en"), spoken(4, ""))
    speaks(shop, "en", "de", "ja")
    shop.declare()
    assert told_in(shop, "Payments fail") == {"n1": "de", "n2": "ja", "n3": "en", "n4": "en"}
    speaks(shop, "ja", "en")
    assert told_in(shop, "Payments still fail") == {"n1": "ja", "n2": "ja", "n3": "en", "n4": "ja"}
    speaks(shop, "de", "ja", "en")
    assert told_in(shop, "They go on failing") == {"n1": "de", "n2": "ja", "n3": "en", "n4": "de"}


def speaks(shop: Shop, *codes: str) -> None:
    words = {PublicStatus.IDENTIFIED: f"Team's {codes[0]}"}
    shop.team = replace(shop.team, status_page=replace(shop.team.status_page, languages=codes, words=words))


def told_in(shop: Shop, text: str) -> dict[str, str]:
    """In which language each is told of an update: all of the mail, its link to the page, and the way out."""
    shop.clock.move_by(MINUTE)
    shop.publishing.notify(ANA_CALLER, "INC-1", PublicStatus.IDENTIFIED, text, ("checkout",))
    shop.work()
    found, first = {}, shop.team.status_page.languages[0]
    for mail in arrived(shop.mailer):
        if mail.unsubscribe and text in mail.text:
            (code,) = [
                code
                for code in ("en", "de", "ja")
                if language(code).label(language(code).mail("affected"), "") in mail.text
            ]
            t = language(code)
            folder = "/status/incidents/" if code == first else f"/status/{code}/incidents/"
            # The team's own words hold for the first language only.
            status = f"Team's {first}" if code == first else t.word("incident", "identified")
            assert f"{status} · " in mail.text
            assert folder in mail.text
            assert t.mail("because", title=shop.team.status_page.title) in mail.text
            assert t.label(t.mail("unsubscribe"), mail.unsubscribe) in mail.text
            found[mail.to.partition("@")[0]] = code
    return found


def test_a_channel_is_told_in_its_language_and_a_program_as_the_pages_json() -> None:
    """People read the one; the other reads what `api/v2` says too, in the page's first language."""
    slack, hook = (program(n, way=way) for n, way in ((1, SubscriberWay.SLACK), (2, SubscriberWay.WEBHOOK)))
    at = told(*(replace(one, wanted_language="de") for one in (slack, hook)))
    speaks(at.shop, "en", "de")
    at.tell("Payments fail")
    (message,) = [body for body in at.bodies if "text" in body]
    assert language("de").mail("unsubscribe") in str(message)
    assert language("de").mail("affected") in str(message)
    (body,) = [body for body in at.bodies if "incident" in body]
    assert "/status/de/" not in str(body)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What each page that customers can be shown says in English."""
    shown = shown_to_customers(DEFAULT, tmp_path_factory.mktemp(DEFAULT))
    return {name: said(answer).words for name, answer in shown.items()}


def said(answer: Answer) -> Said:
    """What a reader sees; a secret of random letters says nothing."""
    return Said(re.sub(r"whsec_[^<]+", "", answer.text).encode())


@pytest.mark.parametrize("code", OTHERS)
def test_no_public_page_of_the_server_says_a_word_of_english(
    tmp_path: Path, code: str, english: dict[str, set[str]]
) -> None:
    """Whatever went wrong: what a page and the English one both say is the team's, or of the language."""
    given = {"Sundial", "Public", "API", "Checkout", "Slack", "Standard", "Webhooks"}
    given |= set(re.findall(r"[^\W\d_]+", f"zoe@example.org other@example.org {URL} {SLACK}"))
    known = _words_of(language(code)) | given
    for name, answer in shown_to_customers(code, tmp_path).items():
        there = said(answer)
        assert there.lang == code
        both = (there.words & english[name]) - known
        assert not both, f"{name} says {both} in English"


def shown_to_customers(code: str, folder: Path) -> dict[str, Answer]:
    """Each page that customers can be shown, by what it is, where the status page speaks this language only."""
    with house(folder, f'{SETTINGS}{OPEN}languages = ["{code}"]\n') as opened:
        opened.application.subscribing.mailer = FakeMailer(opened.clock)
        return {**shown_of_links(opened), **shown_when_refused(opened)}


def shown_of_links(at: House) -> dict[str, Answer]:
    visitor = at.visitor(None)
    wish(at, component=["api"])
    wish(at, way="webhook", url=URL)
    wish(at, "other@example.org", way="webhook", url=URL)
    by_subject = sorted(mails(at), key=lambda one: ("webhook" in one.text, one.to != "zoe@example.org"))
    of_mail, of_program, of_other = (link(mail, "subscribe") for mail in by_subject)
    found = {"asked": visitor.get("/subscribe?asked=1"), "broken": visitor.get(f"{of_mail[:-3]}xxx")}
    assert found["broken"].status == 403
    for name, path in (("mail", of_mail), ("program", of_program)):
        found[f"confirm {name}"] = visitor.get(path)
        visitor.post(path, {})
        found[f"confirmed {name}"] = visitor.get(path)
    found["taken"] = visitor.post(of_other, {})
    assert found["taken"].status == 409
    for one in subscribers(at):
        if one.confirmed_at:
            leave = at.application.links.leave_address(one.id).removeprefix("http://127.0.0.1:8000")
            found[f"leave {one.way.value}"] = visitor.get(leave)
            found[f"left {one.way.value}"] = visitor.post(leave, {})
    return found


def shown_when_refused(at: House) -> dict[str, Answer]:
    visitor, taking = at.visitor(None), at.application.subscribing
    found = {f"form {way.value}": visitor.get(f"/subscribe?way={way.value}") for way in taking.ways}
    at.clock.move_by(2 * MINUTE)
    refused = [wish(at, "zoe"), wish(at, way="webhook", url="http://x"), wish(at, way="slack", url=URL)]
    refused += [wish(at, way="webhook", url=SLACK), wish(at, way="pigeon")]
    assert [one.status for one in refused] == [422] * 4 + [404]
    found |= {f"refused {n}": one for n, one in enumerate(refused)}
    taking.most_waiting = 0
    found["many waiting"] = wish(at, "new@example.org")
    found["network busy"] = [wish(at, "new@example.org") for _ in range(5)][-1]
    at.clock.move_by(2 * MINUTE)
    while taking.together.take("subscribe"):
        pass
    found["many now"] = wish(at, "new@example.org")
    assert [found[one].status for one in ("many waiting", "network busy", "many now")] == [429] * 3
    assert len({found[one].text for one in ("many waiting", "network busy", "many now")}) == 3
    taking.store.close()
    found["not now"] = visitor.get(at.application.links.leave_address("x").removeprefix("http://127.0.0.1:8000"))
    assert found["not now"].status == 503
    taking.mailer = None
    found["closed"] = visitor.get("/subscribe")
    assert found["closed"].status == wish(at).status == 404
    return found
