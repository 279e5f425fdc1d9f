"""Every route, asked by everybody: who gets in, who is led to the sign-in page, who is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.routing import Route

from tests.web.house import House, Visitor
from tocsin.adapters.fakes import FakeMailer
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.sources.report import ReportForm
from tocsin.app.access import ALLOWED, Role
from tocsin.app.rows.subscribers import Subscriber
from tocsin.app.team import Integration
from tocsin.web.guard import Door, Entry
from tocsin.web.routes import EVERYTHING, ROUTES, STREAMS

PAGES = [pytest.param(one, id=f"{one.method} {one.path}") for one in ROUTES if not one.link]
BY_LINK = [pytest.param(one, id=f"{one.method} {one.path}") for one in ROUTES if one.link]


def filled(path: str, incident: str = "INC-1", token: str = "") -> str:
    """The path with things in it that exist."""
    values = {"incident": incident, "token": token, "service": "shop", "step": "no-such-step", "handle": "vic"}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "nothing"), path)


def with_open_form(house: House) -> None:
    """A public form at the name by which paths are filled in."""
    team, auth = house.application.team(), IntegrationAuth(AuthKind.KEY, ("k" * 24,))
    form = Integration("nothing", "form", "shop", "k" * 24, auth, form=ReportForm(is_open=True))
    house.installation.reloading.in_force.team = replace(team, integrations={**team.integrations, form.name: form})


def with_a_subscriber(house: House, entry: Entry) -> str:
    """Somebody has asked to be told of updates; the token of the link for this entry, to confirm it or to end it."""
    one = Subscriber("one", "zoe@example.org", "form", house.clock.now())
    house.application.subscribing.mailer = FakeMailer(house.clock)
    team = house.application.team()
    in_force = house.installation.reloading.in_force
    in_force.team = replace(team, status_page=replace(team.status_page, subscribe=True))
    with house.application.store.transact() as tx:
        tx.subscribers.ask(one)
    links, until = house.application.links, one.asked_at + timedelta(hours=1)
    leaving = entry.path.startswith("/unsubscribe")
    address = links.leave_address(one.id) if leaving else links.wish_address(one.id, one.asked_at, until)
    return address.rpartition("/")[2]


def ask(visitor: Visitor, method: str, path: str) -> int:
    """The status of one request that comes from our own page."""
    return (visitor.get(path) if method == "GET" else visitor.post(path)).status


def test_the_site_has_the_routes_of_the_table_and_no_other(house: House) -> None:
    """A route that no line of the table speaks of does not exist; an unlisted one fails here."""
    mounted = {
        (method, route.path)
        for route in house.site.routes.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert len(mounted) == len(house.site.routes.routes)
    assert mounted == set(EVERYTHING)


@pytest.mark.parametrize("entry", PAGES)
def test_each_route_lets_in_whom_the_table_says(house: House, entry: Entry) -> None:
    """F62: each role gets in exactly where its permissions allow; a stranger is led to the sign-in page."""
    needs = entry.needs
    token = house.application.feeds.token("schedule", "primary")
    if entry.path.startswith("/t/"):
        house.application.way_testing.try_mine(house.caller())
        test = next(one.test.id for one in house.application.way_testing.standing() if one.test)
        token = house.application.links.test_address(test, house.clock.now()).rpartition("/t/")[2]
    if entry.path.startswith("/report/"):
        with_open_form(house)
    if "subscribe" in entry.path:
        token = with_a_subscriber(house, entry)
    method, path = entry.method, filled(entry.path, token=token)
    house.declare()
    form = {"what": "It is dark.", "address": "bo@example.org"}
    stranger = house.ask(method, path, form=form if method == "POST" else None)
    if needs is Door.ANYBODY:
        assert stranger.status in (200, 303, 401)
        assert not stranger.location.startswith("/sign-in")
        return
    if method == "GET":
        assert (stranger.status, stranger.location[:9]) == (303, "/sign-in?")
    else:
        assert stranger.status == 401
    for role in Role:
        if needs not in ALLOWED[role]:
            assert ask(house.visitor(role), method, path) == 403, role
    for role in Role:
        if needs in ALLOWED[role]:
            assert ask(house.visitor(role), method, path) not in (401, 403, 500), role


@pytest.mark.parametrize("entry", BY_LINK)
def test_a_link_opens_its_own_incident_only(house: House, entry: Entry) -> None:
    """A page's link does what its table entries say, for its one incident, until it ends."""
    mine, other = house.declare(), house.declare("Another one")
    token = house.application.links.token("ana", mine)
    method, path = entry.method, filled(entry.path, token=token)
    holder = Visitor(house)
    assert other not in holder.get(f"/p/{token}").text
    assert ask(holder, method, path) not in (401, 403, 500)
    forged = f"{token[:-9]}{'B' if token[-9] == 'A' else 'A'}{token[-8:]}"
    assert ask(holder, method, path.replace(token, forged)) == 403
    house.clock.move_by(timedelta(hours=4, seconds=1))
    assert ask(holder, method, path) == 403


def test_a_link_opens_nothing_beside_its_page(house: House) -> None:
    """Whoever holds a link is not signed in anywhere else, and cannot speak to customers."""
    token = house.application.links.token("ana", house.declare())
    holder = Visitor(house)
    holder.get(f"/p/{token}")
    assert holder.get("/").status == 303
    assert holder.get("/i/INC-1").status == 303
    assert holder.post(f"/p/{token}/tell", {"status": "investigating", "text": "Hello"}).status == 404


@pytest.mark.parametrize("path", STREAMS)
def test_streams_are_closed_to_strangers(house: House, path: str) -> None:
    """An event stream says nothing to whoever may not look."""
    house.declare()
    assert house.ask("GET", filled(path, token="x.y")).status in (401, 403)


def test_looking_changes_nothing(house: House) -> None:
    """A GET never changes anything: mail scanners and chat previews follow links."""
    token = house.application.links.token("ana", house.declare())
    once = house.application.accounts.one_time_token("ana")
    visitor = house.visitor(Role.ADMIN)

    def state() -> tuple[int, int, int]:
        with house.application.store.read() as tx:
            return len(tx.incidents.facts(["INC-1"])["INC-1"]), len(tx.audit.latest(1000)), len(tx.accounts.users())

    before = state()
    for entry in ROUTES:
        if entry.method == "GET":
            visitor.get(filled(entry.path, token=token) + f"?token={once}")
    assert state() == before
    assert house.visitor(None).post("/login/once", {"token": once}).status == 303
