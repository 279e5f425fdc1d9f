"""The pages of subscribers in a real browser: by phone and by desk, by day and by night, in each of their states."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.app.test_subscribing import OPEN, link, mails
from tests.web.house import SETTINGS, House, served
from tests.web.house import house as open_house
from tests.web.test_browser import DESK, PHONE, Shop
from tocsin.adapters.fakes import FakeMailer
from tocsin.app.access import Role
from tocsin.app.customers.subscribing import AGAIN, Wish
from tocsin.app.rows.subscribers import Subscriber, SubscriberWay

pytestmark = pytest.mark.component("chromium")

URL = (
    "https://hooks.customer.example/a/long/way/to/the/program/that/listens/for/us?key=0123456789abcdef0123456789abcdef"
)


@pytest.fixture(scope="module")
def shop(browser: Browser) -> Iterator[Shop]:
    """An installation that takes subscribers, on a port of its own."""
    with tempfile.TemporaryDirectory() as place, open_house(Path(place), SETTINGS + OPEN) as opened:
        opened.application.subscribing.mailer = FakeMailer(opened.clock)
        with served(opened) as url:
            yield Shop(opened, url, browser)


def states(at: House) -> dict[str, str]:
    """A path for each state of the public pages, by its heading."""
    subscribing = at.application.subscribing
    for n, one in enumerate(("webhook", "slack")):
        url = URL if one == "webhook" else "https://hooks.slack.com/services/T01/B02/x3Yz"
        subscribing.ask(Wish(f"{one}@example.org", way=one, url=url), f"10.0.0.{n}")
    confirm, confirmed = (link(mail, "subscribe") for mail in sorted(mails(at)[-2:], key=lambda mail: mail.to))
    subscribing.confirm(confirmed.rpartition("/")[2])
    with at.application.store.read() as tx:
        (one_told,) = tx.subscribers.of_address("webhook@example.org")
    leave = at.application.links.leave_address(one_told.id).removeprefix("http://127.0.0.1:8000")
    return {
        "Hear updates of Sundial": "/subscribe?way=webhook",
        "Hear updates of Sundial?": confirm,
        "Look into your mailbox": "/subscribe?asked=1",
        "You are subscribed": confirmed,
        "No more updates?": leave,
        "You are unsubscribed": at.application.links.leave_address("nobody").removeprefix("http://127.0.0.1:8000"),
        "This link does not work": f"{leave[:-3]}xxx",
    }


def findings(page: Page) -> list[str]:
    """What axe finds, whatever its impact, and what is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    results = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in results]
    return [*found, f"{wide} px too wide"] if wide else found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_on_the_public_pages(shop: Shop, size: dict[str, int], scheme: str) -> None:
    """Each state of them: the forms, what is to be confirmed, what was, the ways out, and a link that does not work."""
    shop.house.clock.move_by(AGAIN)  # so that the same addresses may be asked once more
    page = shop.page(None, viewport=size, color_scheme=scheme)
    for heading, path in states(shop.house).items():
        page.goto(shop.url + path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert findings(page) == [], path


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone at night", "desk by day"])
def test_axe_finds_nothing_on_the_pages_of_the_team(shop: Shop, size: dict[str, int], scheme: str) -> None:
    """The list with each state, nothing found, the form that adds somebody, and the box of scheduled work."""
    at = shop.house.clock.now()
    with shop.house.application.store.transact() as tx:
        for n in range(3):
            url = f"{URL}{n}" if n else ""
            way = SubscriberWay.WEBHOOK if n else SubscriberWay.MAIL
            address = f"s{n}.{'long' * 9}@customer.example.org"
            tx.subscribers.ask(Subscriber(f"s{n}", address, "form", at, way=way, url=url))
            tx.subscribers.confirm(f"s{n}", at, at)
        tx.subscribers.end("s2", at, "the other end answered 410: it wants no more", None)
    page = shop.page(Role.MAINTAINER, viewport=size, color_scheme=scheme)
    for path in ("/subscribers", "/subscribers?text=nobody", "/maintenance", "/maintenance/new"):
        page.goto(shop.url + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert findings(page) == [], path
