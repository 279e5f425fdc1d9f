"""Pages as notifications of a person's own browsers: encrypted, signed, bounded in time, and proven by being shown."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.waking.house import MINUTE, SECOND, Mill, mill, soon
from tocsin.adapters.waking.web_push_crypto import MOST, Vapid, encrypted, octets_of, text_of
from tocsin.app.paging.page_carrier import PageCarrier
from tocsin.app.ports import Outcome, PageMessage, Pager
from tocsin.app.rows.handsets import PushDevice
from tocsin.errors import BadInput, NotFound
from tocsin.fakes.standin import MENU, Fault
from tocsin.fakes.web_push import FakePushService, Subscription
from tocsin.incident.commands import PagePerson, Resolve
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import Acknowledged, PageDelivered, PageFailed, PageSent, Via

WAYS = """
[[people.ana.ways]]
kind = "push"
[[people.ana.ways]]
kind = "phone"
"""
ONLY = """
[[people.ana.ways]]
kind = "push"
"""


@contextmanager
def by_push(folder: Path, ways: str = WAYS) -> Iterator[tuple[Mill, FakePushService]]:
    """An installation whose Ana is woken by her browsers, and their push service, by the same clock."""
    with FakePushService() as service, mill(folder, ways) as house:
        service.now = lambda: house.clock.now().timestamp()
        yield house, service


def subscribe(house: Mill, service: FakePushService, name: str = "Phone", handle: str = "ana") -> Subscription:
    """Somebody taps "Wake me here"."""
    devices = house.installation.application.devices
    made = service.subscribe(devices.key)
    devices.add(house.caller(handle), made.endpoint, made.key, made.auth, name)
    return made


@dataclass
class During:
    """A pager during whose work something else happens."""

    inner: Pager
    meanwhile: Callable[[], None]

    def page(self, message: PageMessage) -> Outcome:
        """Page, and let it happen before the outcome is known."""
        outcome = self.inner.page(message)
        self.meanwhile()
        return outcome


def devices_of(house: Mill, handle: str = "ana") -> list[PushDevice]:
    """The browsers that wake somebody."""
    return list(house.installation.application.devices.of(house.caller(handle)))


def kinds(house: Mill) -> list[str]:
    """What happened to Ana's page by push, in order."""
    found = (PageSent, PageDelivered, PageFailed)
    return [type(fact).__name__ for fact in house.facts() if isinstance(fact, found) and "/push" in fact.page]


def test_the_encryption_is_that_of_rfc_8291() -> None:
    """The example of RFC 8291, section 5, comes out to the octet: keys, salt and text as they are given there."""
    text = octets_of("V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24")
    browser = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    own = int.from_bytes(octets_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    salt = octets_of("DGv6ra1nlYgDCS1FRnbzlw")
    assert text_of(encrypted(text, browser, "BTBZMqHH6r4Tts7J_aSIgg", salt, own)) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert len(encrypted(b"x" * MOST, browser, "BTBZMqHH6r4Tts7J_aSIgg")) == 4096
    with pytest.raises(ValueError, match="at most"):
        encrypted(b"x" * (MOST + 1), browser, "BTBZMqHH6r4Tts7J_aSIgg")


def test_no_two_messages_share_a_salt_or_a_key_of_ours(tmp_path: Path) -> None:
    """RFC 8188, 3.1, and RFC 8291, 3.1: with the same of either one text opens the other, between browsers too."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service, "Phone")
        subscribe(house, service, "Laptop")
        for _ in range(2):
            house.declare()
            house.work()
        assert soon(lambda: len(service.arrived) == 4)
        bodies = [one.body for one in service.requests]
        assert len({body[:16] for body in bodies}) == len(bodies)
        assert len({body[21:86] for body in bodies}) == len(bodies)


def test_a_page_goes_to_the_browsers_of_its_person_alone(tmp_path: Path) -> None:
    """Bo's browser shows nothing of Ana's page, nor that somebody took it: its buttons would act as Ana."""
    with by_push(tmp_path) as (house, service):
        bos = subscribe(house, service, "Bo's", "bo")
        mine = subscribe(house, service)
        house.declare()
        house.work()
        house.acknowledge("bo")
        house.work()
        assert soon(lambda: len(service.arrived) == 2)
        assert {one.subscription.id for one in service.arrived} == {mine.id}
        assert devices_of(house, "bo")[0].taken_at is None
        assert bos.id not in {one.path.rpartition("/")[2] for one in service.requests}


def test_pages_of_two_incidents_do_not_take_each_others_place(tmp_path: Path) -> None:
    """RFC 8030, 5.4: a topic replaces what waits for a device that is off, so it is the page's own, each time."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        service.plan(MENU["drops"])  # taken, and the answer is lost: it is sent again
        house.declare()
        house.pass_time(5 * SECOND, until=lambda: kinds(house))
        assert soon(lambda: len(service.arrived) == 2)
        first = [one.topic for one in service.arrived]
        house.declare()
        house.work()
        assert soon(lambda: len(service.arrived) > len(first))
        assert len(set(first)) == 1
        assert service.arrived[-1].topic not in first


def test_the_key_is_the_same_after_a_restart_and_another_for_another_installation() -> None:
    """Browsers are bound to the key: it comes from the installation's secret alone."""
    assert Vapid(b"a" * 32, "https://a.example").public == Vapid(b"a" * 32, "https://b.example").public
    assert Vapid(b"a" * 32, "https://a.example").public != Vapid(b"b" * 32, "https://a.example").public


def test_a_page_arrives_with_its_deadline_and_is_acknowledged_by_its_button(tmp_path: Path) -> None:
    """Severity, title and deadline are encrypted for the browser; urgent, kept until the deadline; one tap answers."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        house.declare()
        house.work()
        assert soon(lambda: service.arrived)
        (one,) = service.arrived
        assert one.data["title"].startswith("P0 INC-1 mill: API not responding")
        assert one.data["body"].startswith("Ack in 15m.")
        assert one.data["link"].startswith("/p/")
        assert (one.urgency, one.ttl) == ("high", 15 * 60)
        assert 0 < len(one.topic) <= 32
        assert kinds(house) == ["PageSent"]
        assert service.tap(house.url, one, "Acknowledge") == "INC-1 acknowledged."
        assert house.incident().acknowledged_by == "ana"
        with house.installation.application.store.read() as tx:
            (by,) = (row.by for row in tx.incidents.facts(["INC-1"])["INC-1"] if isinstance(row.fact, Acknowledged))
        assert (by.name, by.via) == ("ana", Via.PUSH)


def test_r8_taken_is_not_delivered_and_shown_is(tmp_path: Path) -> None:
    """R8: only the browser that shows a page proves that it arrived; the device says when it did last."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        house.declare()
        house.work()
        assert soon(lambda: service.arrived)
        assert kinds(house) == ["PageSent"]
        assert devices_of(house)[0].taken_at == house.clock.now()
        service.show(house.url, service.arrived[0])
        service.show(house.url, service.arrived[0])
        assert kinds(house) == ["PageSent", "PageDelivered"]
        assert devices_of(house)[0].shown_at == house.clock.now()


def test_f23_a_push_service_that_lies_gives_place_to_the_next_way(tmp_path: Path) -> None:
    """F23: it says 201 and nothing is shown, so the next way follows."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        service.always(MENU["lies"])
        house.declare()
        house.pass_time(2 * MINUTE, until=lambda: ("ana", "phone") in house.paged())
        assert ("ana", "phone") in house.paged()


def test_r6_what_rings_elsewhere_is_taken_back_when_somebody_has_it(tmp_path: Path) -> None:
    """R6: each browser is told once who has it, by the tag and topic of its page; one that is off gets that alone."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service, "Phone")
        subscribe(house, service, "Laptop")
        house.declare()
        house.work()
        assert soon(lambda: len(service.arrived) == 2)
        house.clock.move_by(12 * MINUTE)
        house.acknowledge("bo")
        house.work()
        house.pass_time(MINUTE)
        pages, closed = service.arrived[:2], service.arrived[2:]
        assert {one.subscription.id for one in closed} == {one.subscription.id for one in pages}
        assert len(closed) == 2
        for one in closed:
            assert (one.data["close"], one.data["title"]) == (True, "Taken by Bo 03:12.")
            assert one.data["body"].startswith("P0 INC-1 mill")
            assert (one.data["tag"], one.topic, one.urgency) == (pages[0].data["tag"], pages[0].topic, "normal")
            assert "buttons" not in one.data
        assert [type(fact).__name__ for fact in house.facts()].count("PageWithdrawn") == 1


def test_a_page_that_was_sent_while_somebody_acknowledged_is_taken_back_too(tmp_path: Path) -> None:
    """The push service takes it, and only then it is written down; the acknowledgement came between the two."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        house.declare()
        carrier = house.installation.application.courier.carriers[EffectKind.PAGE]
        assert isinstance(carrier, PageCarrier)
        inner = carrier.pagers["push"]
        carrier.pagers = {**carrier.pagers, "push": During(inner, lambda: house.acknowledge("bo"))}
        house.work()
        assert soon(lambda: len(service.arrived) == 2)
        assert service.arrived[1].data["close"] is True


def test_a_way_back_that_was_ordered_survives_a_restart(tmp_path: Path) -> None:
    """What was claimed when the process died is claimed again by the next, and says the same once more at most."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        house.declare()
        house.work()
        house.acknowledge("bo")
        store, node = house.installation.application.store, house.installation.application.courier.node
        with store.transact() as tx:  # claimed by a process that dies before it acts
            (claimed,) = tx.outbox.claim([EffectKind.WITHDRAW], house.clock.now(), MINUTE, node, 9)
        house.work()
        assert len(service.arrived) == 1
        with store.transact() as tx:
            tx.outbox.release(node)
        house.work()
        assert soon(lambda: len(service.arrived) == 2)
        with store.read() as tx:
            assert not tx.outbox.holds(claimed.effect.key, claimed.token)


def test_a_page_to_everybody_stays_until_the_end(tmp_path: Path) -> None:
    """Who is called although somebody has it keeps the page until the incident is over."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        house.declare()
        house.acknowledge("bo")
        act = house.installation.application.incidents.act
        act(house.caller("bo"), "INC-1", PagePerson("ana", "look at the disk"))
        house.work()
        assert soon(lambda: service.arrived)
        house.pass_time(5 * SECOND)
        assert len(service.arrived) == 1
        act(house.caller("bo"), "INC-1", Resolve(summary="done"))
        house.work()
        assert soon(lambda: len(service.arrived) == 2)
        assert service.arrived[1].data["title"] == "Resolved 03:00."


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_is_forgotten_and_the_next_way_follows_at_once(tmp_path: Path, status: int) -> None:
    """No second passes between the push service's "gone" and the next way; the device is in the list no more."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        service.always(Fault(status=status))
        house.declare()
        house.work()
        assert kinds(house) == ["PageFailed"]
        assert devices_of(house) == []
        house.work()
        assert ("ana", "phone") in house.paged()


def test_nobody_who_has_no_browser_waits_for_one(tmp_path: Path) -> None:
    """R11: a way by push without a browser fails at once, and says what to do; they are named to whoever looks."""
    with by_push(tmp_path) as (house, _):
        assert [one.handle for one in house.installation.application.devices.deaf()] == ["ana"]
        house.declare()
        house.work()
        (failed,) = (fact for fact in house.facts() if isinstance(fact, PageFailed))
        assert "Wake me here" in failed.reason
        house.work()
        assert ("ana", "phone") in house.paged()


@pytest.mark.parametrize("fault", ["500", "429", "drops"])
def test_f20_what_may_work_later_is_tried_again(tmp_path: Path, fault: str) -> None:
    """F20, F22: a server error or a lost answer is tried again, and one notification replaces the other."""
    with by_push(tmp_path, ONLY) as (house, service):
        subscribe(house, service)
        service.plan(Fault(status=429) if fault == "429" else MENU[fault])
        house.declare()
        house.pass_time(10 * timedelta(seconds=1), until=lambda: kinds(house))
        assert kinds(house) == ["PageSent"]
        assert soon(lambda: len(service.arrived) == (2 if fault == "drops" else 1))
        assert len({one.data["tag"] for one in service.arrived}) == 1
        assert devices_of(house)[0].error == ""


def test_one_of_several_browsers_is_enough_and_the_others_are_tried_once_more(tmp_path: Path) -> None:
    """A page goes to all of a person's browsers at once; each keeps its own last error."""
    with by_push(tmp_path) as (house, service):
        names = ("Phone", "Laptop", "Old")
        old = [subscribe(house, service, name) for name in names][-1]
        old.server_key = "another"
        service.plan(MENU["500"])
        house.declare()
        house.work()
        assert soon(lambda: len(service.arrived) == 2)
        assert kinds(house) == ["PageSent"]
        found = {one.name: (one.error[:22], one.taken_at is not None) for one in devices_of(house)}
        assert found == {"Phone": ("", True), "Laptop": ("", True), "Old": ("its push service does ", False)}


def test_b8_an_address_within_our_own_network_is_not_sent_to(tmp_path: Path) -> None:
    """B8: a subscription is an address that a person wrote down: it leads nowhere inside."""
    with FakePushService() as service, mill(tmp_path, WAYS) as house:
        devices = house.installation.application.devices
        made = service.subscribe(devices.key)
        inside = made.endpoint.replace("http://127.0.0.1", "https://169.254.169.254")
        devices.add(house.caller("ana"), inside, made.key, made.auth, "Phone")
        house.declare()
        house.work()
        assert "metadata" in devices_of(house)[0].error
        assert service.requests == []


def test_only_what_a_browser_gives_is_taken_and_only_for_oneself(tmp_path: Path) -> None:
    """Plain http to anywhere else, keys that are none and a name without end are refused; nobody removes another's."""
    with by_push(tmp_path) as (house, service):
        devices, ana, bo = house.installation.application.devices, house.caller("ana"), house.caller("bo")
        made = subscribe(house, service, "  My   phone " + "x" * 200)
        (mine,) = devices_of(house)
        assert mine.name.startswith("My phone xxx")
        assert len(mine.name) == 60
        for endpoint, key, auth in (
            ("http://push.example/1", made.key, made.auth),
            ("javascript:alert(1)", made.key, made.auth),
            (made.endpoint, "nonsense", made.auth),
            (made.endpoint, made.key, "é"),
        ):
            with pytest.raises(BadInput):
                devices.add(ana, endpoint, key, auth, "Phone")
        with pytest.raises(NotFound):
            devices.remove(bo, mine.id)
        for n in range(9):
            subscribe(house, service, f"No. {n}")
        with pytest.raises(BadInput, match="remove one"):
            subscribe(house, service)
        devices.remove(ana, mine.id)
        subscribe(house, service)


def replacement(old: Subscription, fresh: Subscription) -> dict[str, object]:
    """What a browser says when its push service has given it another subscription."""
    mine = {"old": old.endpoint, "secret": old.auth}
    return {**mine, "endpoint": fresh.endpoint, "key": fresh.key, "auth": fresh.auth}


def renewed(house: Mill, body: object) -> int:
    """What a browser is answered that says its subscription was replaced."""
    address = f"{house.url}/callback/browser/renewed"
    request = urllib.request.Request(address, json.dumps(body).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_browser_whose_subscription_was_replaced_goes_on_waking(tmp_path: Path) -> None:
    """Signed in or not: the same device, by its name, gets the next page by the new one; said twice, it is one."""
    with by_push(tmp_path) as (house, service):
        old = subscribe(house, service, "Phone")
        fresh = service.subscribe(house.installation.application.devices.key)
        said = replacement(old, fresh)
        assert renewed(house, said) == 204
        assert renewed(house, said) == 204
        assert [(one.name, one.endpoint) for one in devices_of(house)] == [("Phone", fresh.endpoint)]
        house.declare()
        house.work()
        assert soon(lambda: service.arrived)
        assert [one.subscription.id for one in service.arrived] == [fresh.id]
        with house.installation.application.store.read() as tx:
            assert "renew device" in [one.verb for one in tx.audit.latest(9)]


def test_b2_only_the_browser_itself_may_say_where_its_pages_go(tmp_path: Path) -> None:
    """B2: without the old one's secret, for one that wakes nobody, or to what is none, nothing is moved."""
    with by_push(tmp_path) as (house, service):
        old, other = subscribe(house, service, "Phone"), subscribe(house, service, "Bo's", "bo")
        fresh = service.subscribe(house.installation.application.devices.key)
        said = replacement(old, fresh)
        assert renewed(house, {**said, "secret": other.auth}) == 404
        assert renewed(house, {**said, "secret": ""}) == 404
        assert renewed(house, {**said, "old": fresh.endpoint}) == 404
        assert renewed(house, {**said, "endpoint": "http://push.example/1"}) == 422
        assert renewed(house, {**said, "key": "nonsense"}) == 422
        assert renewed(house, {**said, "auth": 7}) == 400
        assert renewed(house, ["no", "object"]) == 400
        assert [one.endpoint for one in devices_of(house)] == [old.endpoint]


def test_b2_a_browser_can_say_that_it_shows_its_own_page_only(tmp_path: Path) -> None:
    """B2: an altered token proves nothing."""
    with by_push(tmp_path) as (house, service):
        subscribe(house, service)
        house.declare()
        house.work()
        assert soon(lambda: service.arrived)
        with pytest.raises(urllib.error.HTTPError) as refused:
            service.post(house.url, service.arrived[0].data["answer"][:-3] + "abc", "shown x")
        assert refused.value.code == 403
        assert kinds(house) == ["PageSent"]
