"""Browsers that wake a person, on their account page; and the service worker in a real browser, phone-sized."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Worker, expect

from tests.stage.child import eventually
from tests.web.house import SETTINGS, House, served
from tests.web.house import house as open_house
from tocsin.app.access import Role, person
from tocsin.fakes.web_push import FakePushService
from tocsin.incident.commands import Acknowledge
from tocsin.incident.facts import Fact, PageDelivered, Via

PHONE = {"width": 390, "height": 844}
BY_PUSH = (
    SETTINGS.replace('data = "data"', 'data = "data"\ninternal = ["127.0.0.0/8"]')
    .replace('"Ana Ruiz"\n[[people.ana.ways]]\nkind = "phone"', '"Ana Ruiz"\n[[people.ana.ways]]\nkind = "push"')
    .replace('"schedule:primary"', '"ana"')
)


def test_a_browser_is_added_named_and_removed_on_the_account_page(house: House) -> None:
    """What a subscription holds is kept and shown to nobody; errors and the last page are; another's is not found."""
    visitor, devices = house.visitor(), house.application.devices
    assert "Open this page on your phone" in visitor.get("/account").text
    with FakePushService() as service:
        made = service.subscribe(devices.key)
        form = {"endpoint": made.endpoint, "key": made.key, "auth": made.auth, "name": "Pixel <9>"}
        assert visitor.post("/account/devices", form).status == 303
    page = visitor.get("/account").text
    assert "Pixel &lt;9&gt;" in page
    assert not any(secret in page for secret in (made.endpoint, made.key, made.auth))
    (one,) = devices.of(house.caller())
    with house.application.store.transact() as tx:
        tx.devices.save(replace(one, failed_at=house.clock.now(), error="the other end answered 500"))
    assert "the other end answered 500" in visitor.get("/account").text
    assert house.visitor(Role.ADMIN).post(f"/account/devices/{one.id}/remove").status == 404
    assert visitor.post(f"/account/devices/{one.id}/remove").status == 303
    assert "Pixel" not in visitor.get("/account").text


def test_what_is_no_subscription_is_refused_with_the_reason(house: House) -> None:
    """The page is shown again and says what is wrong."""
    answer = house.visitor().post("/account/devices", {"endpoint": "http://10.0.0.1/x", "key": "a", "auth": "b"})
    assert answer.status == 422
    assert "this is none" in answer.text


def test_the_service_worker_speaks_for_the_whole_site_and_is_never_old(house: House) -> None:
    """It may have the scope of the site, a browser asks each time for it, and the policy of the pages holds for it."""
    answer = house.visitor(None).get("/static/sw.js")
    assert (answer.headers["service-worker-allowed"], answer.headers["cache-control"]) == ("/", "no-cache")
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    page = house.visitor(None).get("/sign-in").text
    manifest = json.loads(house.visitor(None).get("/static/app.webmanifest").text)
    assert 'rel="manifest" href="/static/app.webmanifest?' in page
    for icon in manifest["icons"]:
        assert house.visitor(None).get(icon["src"]).headers["content-type"] == icon["type"]


def signed_in(context: BrowserContext, house: House, url: str) -> Page:
    """Ana's phone, with the account page open and its service worker ready."""
    value = house.visitor().cookie.partition("=")[2]
    context.add_cookies([{"name": "tocsin", "value": value, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/account")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


SILENT = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).every((one) => one.silent)"""


def push(page: Page, url: str, data: object, shown: Callable[[], object]) -> None:
    """The browser's push service hands a message to the service worker of this site, until it is ``shown``.

    A browser that is told so by hand on a busy machine loses one now and then, and says nothing: a push service, which
    waits for the worker's receipt, would send it again.
    """
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")  # one that only installs is told nothing
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: registrations.extend(one["registrationId"] for one in said["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not registrations:
        page.wait_for_timeout(20)
    delivery = {"origin": url, "registrationId": registrations[-1], "data": json.dumps(data)}
    for _ in range(6):
        session.send("ServiceWorker.deliverPushMessage", delivery)
        if eventually(shown, 5):
            return
    raise AssertionError("it is not shown")


def notifications(page: Page) -> list[list[str]]:
    """Title, text and buttons of what the phone shows."""
    found: list[list[str]] = page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
             .map(one => [one.title, one.body, ...one.actions.map(action => action.title)])"""
    )
    return found


def titles(page: Page) -> str:
    """The titles of what the phone shows: one stands there, none for an instant while it is replaced."""
    return " / ".join(one[0] for one in notifications(page))


def tap(worker: Worker, action: str = "") -> None:
    """Somebody taps the notification, or a button of it."""
    worker.evaluate(
        """async (action) => {
             const [notification] = await self.registration.getNotifications();
             self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
           }""",
        action,
    )


@contextmanager
def notified(
    browser: Browser, tmp_path: Path, *, signed_out: bool = False
) -> Iterator[tuple[House, FakePushService, str, BrowserContext, Page]]:
    """A phone on which the page of an incident has just been shown."""
    with FakePushService() as service, open_house(tmp_path, BY_PUSH) as house, served(house) as url:
        service.now = lambda: house.clock.now().timestamp()
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
        context.set_default_timeout(30_000)
        context.grant_permissions(["notifications"], origin=url)
        page = signed_in(context, house, url)
        expect(page.get_by_role("button", name="Wake me here")).to_be_visible()
        made = service.subscribe(house.application.devices.key)
        house.application.devices.add(house.caller(), made.endpoint, made.key, made.auth, "Phone")
        if signed_out:
            context.clear_cookies()
        house.declare()
        house.application.timekeeper.wake()
        house.application.courier.carry()
        assert eventually(lambda: service.arrived)
        push(page, url, service.arrived[0].data, lambda: notifications(page))
        yield house, service, url, context, page


@pytest.mark.component("chromium")
def test_a_notification_is_shown_opened_and_acknowledged(browser: Browser, tmp_path: Path) -> None:
    """The worker shows the page and says so; a tap opens the link, a button acknowledges and shows the words."""
    with notified(browser, tmp_path) as (house, service, url, context, page):
        (shown,) = notifications(page)
        assert shown[0].startswith("P0 INC-1 shop: API not responding")
        assert shown[1].startswith("Ack in ")
        assert shown[2:] == ["Acknowledge", "Escalate"]
        assert eventually(lambda: any(isinstance(fact, PageDelivered) for fact in facts(house)))

        (worker,) = context.service_workers
        worker.evaluate("Clients.prototype.openWindow = (link) => { self.opened = link; }")  # asks for a real finger
        tap(worker)
        assert eventually(lambda: worker.evaluate("self.opened || ''"))
        opened = worker.evaluate("self.opened")
        assert opened == service.arrived[0].data["link"]
        assert eventually(lambda: not notifications(page))
        page.goto(f"{url}{opened}")
        expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
        assert house.application.incidents.view(house.caller(), "INC-1").incident.acknowledged_by is None

        push(page, url, service.arrived[0].data, lambda: notifications(page))
        tap(worker, "4")
        assert eventually(lambda: [one[0][:19] for one in notifications(page)] == ["INC-1 acknowledged."])
        page.reload()
        expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
        context.close()


@pytest.mark.component("chromium")
def test_two_taps_from_a_notification_to_acknowledged(browser: Browser, tmp_path: Path) -> None:
    """The first opens the page's own link, also where nobody is signed in any more; the second acknowledges there."""
    with notified(browser, tmp_path, signed_out=True) as (house, _service, url, context, page):
        (worker,) = context.service_workers
        worker.evaluate("Clients.prototype.openWindow = (link) => { self.opened = link; }")  # asks for a real finger
        tap(worker)
        assert eventually(lambda: worker.evaluate("self.opened || ''"))
        page.goto(f"{url}{worker.evaluate('self.opened')}")
        button = page.get_by_role("button", name="Acknowledge")
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        button.tap()
        expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
        assert house.application.incidents.view(house.caller(), "INC-1").incident.acknowledged_by == "ana"
        context.close()


@pytest.mark.component("chromium")
def test_a_notification_that_is_over_says_so_without_a_sound(browser: Browser, tmp_path: Path) -> None:
    """One notification stands there all the time: the page, then who took it, silent and without buttons; what was
    answered on this very device keeps its words."""
    with FakePushService() as service, open_house(tmp_path, BY_PUSH) as house, served(house) as url:
        service.now = lambda: house.clock.now().timestamp()
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
        context.set_default_timeout(30_000)
        context.grant_permissions(["notifications"], origin=url)
        page = signed_in(context, house, url)
        made = service.subscribe(house.application.devices.key)
        house.application.devices.add(house.caller(), made.endpoint, made.key, made.auth, "Phone")
        house.declare()
        house.application.timekeeper.wake()
        house.application.courier.carry()
        assert eventually(lambda: service.arrived)
        push(
            page,
            url,
            service.arrived[0].data,
            lambda: [one[2:] for one in notifications(page)] == [["Acknowledge", "Escalate"]],
        )
        house.application.incidents.act(person("max", Role.RESPONDER, Via.WEB), "INC-1", Acknowledge("max"))
        house.application.courier.carry()
        assert eventually(lambda: len(service.arrived) == 2)
        push(page, url, service.arrived[1].data, lambda: titles(page).startswith("Taken by Max"))
        (shown,) = notifications(page)
        assert shown[1].startswith("P0 INC-1 shop: API not responding")
        assert shown[2:] == []
        assert page.evaluate(SILENT)

        push(page, url, service.arrived[0].data, lambda: titles(page).startswith("P0 INC-1"))
        (worker,) = context.service_workers
        tap(worker, "4")
        assert eventually(lambda: titles(page).startswith("max has INC-1 already."))
        assert not page.evaluate(SILENT)
        push(page, url, service.arrived[1].data, lambda: page.evaluate(SILENT))
        assert titles(page).startswith("max has INC-1 already.")
        context.close()


REPLACED = """({ old, fresh }) => {
  const plain = (text) => atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = (text) => Uint8Array.from(plain(text), (one) => one.charCodeAt(0)).buffer;
  const subscription = (one) => ({ endpoint: one.endpoint, getKey: (name) => bytes(one[name]) });
  const event = new ExtendableEvent("pushsubscriptionchange");
  Object.assign(event, { oldSubscription: old && subscription(old), newSubscription: subscription(fresh) });
  self.dispatchEvent(event);
}"""
"""What a browser does when its push service replaces a subscription."""


@pytest.mark.component("chromium")
def test_a_subscription_that_was_replaced_is_followed_or_said_to_be_lost(browser: Browser, tmp_path: Path) -> None:
    """The service worker tells the server without anybody's doing; where it cannot, the person is told at once."""
    with FakePushService() as service, open_house(tmp_path, BY_PUSH) as house, served(house) as url:
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
        context.set_default_timeout(30_000)
        context.grant_permissions(["notifications"], origin=url)
        page = signed_in(context, house, url)
        devices = house.application.devices
        made, fresh, lost = (service.subscribe(devices.key) for _ in range(3))
        devices.add(house.caller(), made.endpoint, made.key, made.auth, "Phone")
        context.clear_cookies()
        (worker,) = context.service_workers
        said = [{"endpoint": one.endpoint, "p256dh": one.key, "auth": one.auth} for one in (made, fresh, lost)]
        worker.evaluate(REPLACED, {"old": said[0], "fresh": said[1]})
        assert eventually(lambda: [one.endpoint for one in devices.of(house.caller())] == [fresh.endpoint])
        assert titles(page) == ""
        worker.evaluate(REPLACED, {"old": said[0], "fresh": said[2]})
        assert eventually(lambda: titles(page) == "This browser does not wake you any more")
        context.close()


def facts(house: House) -> list[Fact]:
    """What happened to the incident."""
    with house.application.store.read() as tx:
        return [one.fact for one in tx.incidents.facts(["INC-1"])["INC-1"]]
