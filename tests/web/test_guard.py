"""The guard before every page: forged requests, sessions that have ended, and headers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import cast
from urllib.parse import quote

import pytest
from starlette.requests import Request

from tests.web.house import ADMIN, PASSWORD, House, Visitor
from tocsin.app.access import Role
from tocsin.web.asking import Ask, Desk, ours
from tocsin.web.guard import Forged, require_token
from tocsin.web.site import make_site

OURS = "http://127.0.0.1:8000"


def acknowledged(house: House) -> bool:
    """Whether somebody has the first incident."""
    return house.application.incidents.view(ADMIN, "INC-1").incident.acknowledged_by is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://127.0.0.1:8000.evil.example"},
        {"origin": "http://127.0.0.1:9000"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": OURS, "sec_fetch_site": "cross-site"},
    ],
)
def test_an_act_from_another_site_is_refused(house: House, headers: dict[str, str]) -> None:
    """F61: with the right cookie and the right token, a request that another site sent does nothing."""
    house.declare()
    answer = house.visitor().post("/i/INC-1/acknowledge", **headers)
    assert answer.status == 403
    assert "did not come from one of our pages" in answer.text
    assert not acknowledged(house)


@pytest.mark.parametrize("token", ["", "guessed", "ü"])
def test_an_act_without_its_pages_token_is_refused(house: House, token: str) -> None:
    """F61: a form of somebody else's does not know the token."""
    house.declare()
    assert house.visitor().post("/i/INC-1/acknowledge", csrf=token, origin=OURS).status == 403
    other = house.visitor(Role.ADMIN).csrf
    assert house.visitor().post("/i/INC-1/acknowledge", csrf=other, origin=OURS).status == 403
    assert not acknowledged(house)
    assert house.visitor().post("/i/INC-1/acknowledge", origin=OURS, sec_fetch_site="same-origin").status == 303
    assert acknowledged(house)


def test_a_links_page_has_a_token_of_its_own(house: House) -> None:
    """The token of one link's page is of no use with another link, nor without one."""
    mine, other = house.declare(), house.declare("Another one")
    first, second = (house.application.links.token("ana", one) for one in (mine, other))
    holder = Visitor(house)
    holder.get(f"/p/{first}")
    assert holder.post(f"/p/{second}/acknowledge").status == 403
    assert holder.post(f"/p/{first}/acknowledge", csrf="").status == 403
    assert holder.post(f"/p/{first}/acknowledge").status == 303


def test_the_link_of_somebody_who_was_disabled_or_has_left_opens_nothing(house: House) -> None:
    """F64: taking somebody's access away takes their links too, not only their sessions."""
    incident = house.declare()
    mine, gone = (house.application.links.token(handle, incident) for handle in ("ana", "nobody-of-ours"))
    holder = Visitor(house)
    assert holder.get(f"/p/{mine}").status == 200
    assert holder.get(f"/p/{gone}").status == 403
    house.application.accounts.change_user(ADMIN, "ana", disabled=True)
    assert holder.get(f"/p/{mine}").status == 403
    assert holder.post(f"/p/{mine}/acknowledge").status == 403


def test_a_link_that_has_ended_leads_to_its_incident(house: House) -> None:
    """After four hours nothing is done, and the one button opens the incident, past a sign-in where needed."""
    incident = house.declare()
    holder = Visitor(house)
    address = f"/p/{house.application.links.token('ana', incident)}"
    holder.get(address)
    house.clock.move_by(timedelta(hours=4))
    for ended in (holder.get(address), holder.post(f"{address}/acknowledge")):
        assert ended.status == 403
        assert "This link has ended" in ended.text
        assert "administrator" not in ended.text
        assert re.findall(r'class="button act" href="([^"]*)"', ended.text) == [f"/i/{incident}"]
    assert holder.get(f"/i/{incident}").location == f"/sign-in?next=/i/{incident}"


def test_whoever_may_not_do_it_keeps_their_way_about(house: House) -> None:
    """A viewer who would declare is told what is missing, once, and the page still leads to all others."""
    refused = house.visitor(Role.VIEWER).get("/declare")
    assert refused.status == 403
    assert refused.text.count("ministrator") == 1
    assert 'href="/oncall"' in refused.text


@pytest.mark.parametrize("end", ["sign out", "password", "disabled", "role"])
def test_a_session_that_was_ended_is_dead_at_once(house: House, end: str) -> None:
    """F64: signing out, a new password, a disabled account and another role end what is open."""
    house.declare()
    visitor, accounts = house.visitor(), house.application.accounts
    twin = Visitor(house, visitor.cookie, visitor.csrf)
    match end:
        case "sign out":
            visitor.post("/sign-out")
        case "password":
            accounts.change_user(ADMIN, "ana", password="another horse that swims")
        case "disabled":
            accounts.change_user(ADMIN, "ana", disabled=True)
        case "role":
            accounts.change_user(ADMIN, "ana", role=Role.VIEWER)
    assert twin.get("/").status == 303
    assert twin.post("/i/INC-1/acknowledge").status == 401
    assert twin.get("/i/INC-1/live").status == 401
    assert not acknowledged(house)


def test_signing_in_by_password(house: House) -> None:
    """The right password opens a session and leads to where one wanted to go; the cookie is nobody else's."""
    visitor = house.visitor(None)
    assert visitor.get("/incidents?state=triggered").location == "/sign-in?next=/incidents%3Fstate%3Dtriggered"
    answer = visitor.post("/sign-in", {"handle": "ana", "password": PASSWORD, "next": "/incidents"}, origin=OURS)
    assert (answer.status, answer.location) == (303, "/incidents")
    (cookie,) = answer.cookies
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert visitor.get("/").status == 200


def test_every_failed_sign_in_reads_the_same(house: House) -> None:
    """F65: a wrong password, an unknown name and an account without a password get one and the same page."""
    answers = [
        house.visitor(None).post("/sign-in", {"handle": handle, "password": "wrong wrong wrong"})
        for handle in ("ana", "nobody", "max")
    ]
    assert {one.status for one in answers} == {401}
    handles = ("ana", "nobody", "max")
    assert len({one.text.replace(f'value="{who}"', "") for one, who in zip(answers, handles, strict=True)}) == 1


def test_many_wrong_passwords_are_slowed_down(house: House) -> None:
    """F65: guessing is throttled with a page that says when to come again, not with a broken one."""
    form = {"handle": "ana", "password": "wrong wrong wrong"}
    statuses = [house.visitor(None).post("/sign-in", form).status for _ in range(8)]
    assert statuses[0] == 401
    assert statuses[-1] in (429, 503)


def test_a_one_time_link_is_used_up_by_the_button_once(house: House) -> None:
    """GET shows a button, POST signs in, a second POST does not."""
    token = house.application.accounts.one_time_token("ana")
    visitor = house.visitor(None)
    assert token in visitor.get(f"/login/once?token={token}").text
    assert visitor.get(f"/login/once?token={token}").status == 200
    assert visitor.post("/login/once", {"token": token}, origin=OURS).status == 303
    assert house.visitor(None).post("/login/once", {"token": token}).status == 401


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "//[", "https://["]
)
def test_nobody_is_led_away(house: House, wanted: str) -> None:
    """Where to go next is a path of ours, whatever the address says."""
    assert ours(wanted) == "/"
    form = {"handle": "ana", "password": PASSWORD, "next": wanted}
    assert house.visitor(None).post("/sign-in", form).location == "/"
    house.declare()
    visitor = house.visitor()
    assert visitor.post("/incidents/acknowledge", {"incident": "INC-1", "back": wanted}).location == "/"
    assert visitor.get(f"/sign-in?next={quote(wanted)}").location == "/"
    assert house.visitor(None).get(f"/login/once?next={quote(wanted)}").status == 200


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/declare", {"title": "x", "service": "shop", "started_at": "0001-01-01T00:00:00+23:59"}),
        ("/i/INC-1/escalate", {"reason": "x", "level": "9" * 5000}),
        ("/i/INC-1/postmortem", {"text": "x", "version": "9" * 5000}),
        ("/account/devices", {"endpoint": "https://[", "key": "a", "auth": "b", "name": "x"}),
    ],
)
def test_a_field_that_no_page_of_ours_sends_breaks_nothing(house: House, path: str, form: dict[str, str]) -> None:
    """It is refused in words, or left aside."""
    house.declare()
    assert house.visitor().post(path, form).status < 500


@pytest.mark.parametrize("path", ["/", "/i/INC-1", "/i/INC-9", "/nothing", "/sign-in", "/static/app.css"])
def test_every_answer_carries_the_safe_headers(house: House, path: str) -> None:
    """B3: no foreign script, no frame, no guessing; pages are not kept by anybody."""
    house.declare()
    headers = house.visitor().get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-store" if "static" not in path else "public, max-age=60")
    assert "access-control-allow-origin" not in headers


def test_over_https_the_cookie_is_bound_to_the_host(house: House) -> None:
    """B3: with secure cookies the name has the prefix that browsers hold to host, path and https."""
    house.front.site = make_site(house.application, secure_cookies=True)
    answer = house.visitor(None).post("/sign-in", {"handle": "ana", "password": PASSWORD})
    assert answer.cookies[0].startswith("__Host-tocsin=")
    assert "Secure" in answer.cookies[0]
    assert "strict-transport-security" in answer.headers


def test_a_form_beyond_bounds_is_refused(house: House) -> None:
    """A megabyte is enough for any form, and so are five hundred fields."""
    house.declare()
    visitor = house.visitor()
    assert visitor.post("/i/INC-1/note", {"text": "x" * (1 << 20)}).status == 422
    assert visitor.post("/i/INC-1/note", {f"field{n}": "x" for n in range(600)}).status == 422
    assert visitor.post("/i/INC-1/note", {"text": "x"}, content_type="application/json").status == 422


def test_mass_assignment_changes_nothing(house: House) -> None:
    """F63: fields that a form does not have are not looked at."""
    house.declare()
    extra = {"text": "a note", "person": "root", "role": "admin", "severity": "P2", "acknowledged_by": "root"}
    assert house.visitor().post("/i/INC-1/note", extra).status == 303
    incident = house.application.incidents.view(ADMIN, "INC-1").incident
    assert (incident.severity, incident.acknowledged_by, incident.roles) == ("P0", None, {})


def test_a_page_that_breaks_says_so_and_tells_nothing(house: House) -> None:
    """F67: an unexpected error is a page with a way on, without paths, queries or secrets."""

    class Broken:
        shelf = property(lambda self: 1 / 0)

    house.declare()
    visitor = house.visitor()
    object.__setattr__(house.application, "playbooks", Broken())
    answer = visitor.get("/r")
    assert answer.status == 500
    assert "Paging goes on without this page" in answer.text
    assert "division" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_caller_without_a_token_of_their_own_acts_on_nothing(house: House) -> None:
    """F61: an empty token is none, and does not go with the empty one of a form that has none."""
    request = Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []})
    with pytest.raises(Forged):
        require_token(Ask(request, cast(Desk, house), house.application.clock.now()))
