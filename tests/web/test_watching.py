"""Everybody who watches an incident sees what a reload of their page would give, and nothing of anybody else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.web.house import ADMIN, House
from tests.web.test_live import act, opened, run
from tests.web.test_running import ask, rollback
from tocsin.app.access import Role
from tocsin.app.rows.records import Session, User
from tocsin.incident import commands as c
from tocsin.incident.streams import Piece
from tocsin.web.asking import Ask, Desk
from tocsin.web.assets import Assets
from tocsin.web.fragments import Blanks, fragment
from tocsin.web.live import Message, Update
from tocsin.web.pages.watching import Viewer, look
from tocsin.web.rendering import Renderer


def body(stream: str) -> str:
    """The newest body of the page that a stream has carried."""
    events = [one for one in stream.split("\n\n") if 'hx-target="#respond"' in one]
    lines = [line.removeprefix("data: ") for line in events[-1].split("\n") if line.startswith("data: ")]
    return re.sub(r"</?hx-partial[^>]*>", "", "\n".join(lines)).strip()


@dataclass
class Page:
    """One open page: its address, its cookie, and what is in it that nobody else may see."""

    path: str
    cookie: str
    csrf: str = ""

    @property
    def stream(self) -> str:
        """The address of its stream."""
        path, _, query = self.path.partition("?")
        return f"{path}/live" + (f"?{query}" if query else "")


def pages(house: House) -> dict[str, Page]:
    """Everybody's, side by side; two of them hold links, and one sees the whole timeline."""
    links = house.application.links
    found = {role.value: Page("/i/INC-1", house.visitor(role).cookie) for role in Role}
    found["all of it"] = Page("/i/INC-1?all=1", house.visitor().cookie)
    found |= {f"the link of {who}": Page(f"/p/{links.token(who, 'INC-1')}", "") for who in ("ana", "max")}
    for page in found.values():
        text = house.ask("GET", page.path, cookie=page.cookie).text
        page.csrf = next(iter(re.findall(r'name="csrf" value="([^"]+)"', text)), "")
    return found


def streamed(house: House, watched: Mapping[str, Page], text: str) -> dict[str, str]:
    """What each page is told after a note, by its name."""
    told: dict[str, str] = {}

    async def test() -> None:
        async with AsyncExitStack() as stack:
            streams = {
                name: await stack.enter_async_context(opened(house, one.stream, one.cookie))
                for name, one in watched.items()
            }
            for stream in streams.values():
                await stream.until(lambda stream=stream: "hx-partial" in stream.text)  # type: ignore[misc]
            act(house, c.AddNote(text))
            for name, stream in streams.items():
                await stream.until(lambda stream=stream: text in stream.text)  # type: ignore[misc]
                told[name] = stream.text

    run(test)
    return told


def test_each_gets_exactly_what_a_reload_of_their_page_gives(house: House) -> None:
    """Whatever they may do, by session or by link, holding it, asking for a second person, or neither."""
    step = rollback(house)
    for number in range(150):
        house.application.incidents.act(ADMIN, "INC-1", c.AddNote(f"note {number}"))
    house.visitor().get("/i/INC-1")
    ask(house.visitor(), step)
    house.application.incidents.act(house.caller(Role.MAINTAINER), "INC-1", c.Acknowledge("max"))
    watched = pages(house)
    told = streamed(house, watched, "It is the cache")
    assert len({body(text) for text in told.values()}) >= len(watched) - 1
    for name, page in watched.items():
        shown = house.ask("GET", page.path, cookie=page.cookie).text
        assert body(told[name]) in shown, name
        secrets = {other.csrf for other in watched.values()} - {page.csrf, ""}
        secrets |= {other.path for other in watched.values() if other.path.startswith("/p/")} - {page.path}
        assert [one for one in secrets if one in told[name]] == [], name
        assert "blank-" not in told[name]
    assert "Acknowledged by you" in told["the link of max"]
    assert "Take it back" in told["responder"]
    assert "Approve: it runs at once" in told["admin"]
    assert "<form" not in told["viewer"]


def test_a_link_with_more_in_it_than_was_signed_says_nothing_that_is_markup(house: House) -> None:
    """Characters that base64 passes over still verify: they come back escaped and in one line."""
    house.declare()
    token = house.application.links.token("ana", "INC-1")
    name, _, signature = token.partition(".")
    odd = f"/p/{name}.%3Cb%3E%22%0Adata:{signature}"

    async def test() -> None:
        async with opened(house, f"{odd}/live", "") as stream:
            await stream.until(lambda: "hx-partial" in stream.text or stream.over)
            assert "<b>" not in stream.text
            assert f"\ndata:{signature}" not in stream.text

    run(test)


def test_what_people_write_is_not_taken_for_a_blank() -> None:
    """A blank is another word in each round, and one without a value is never sent."""
    blanks, others = Blanks(), Blanks()
    assert len({blanks.csrf, blanks.link, blanks.nobody, others.csrf, others.link, others.nobody}) == 6
    made = fragment(Update(3, f"<i>{blanks.csrf}</i>{others.csrf} {blanks.link}"), blanks)
    sent = made.filled({blanks.csrf: "mine", blanks.link: '"\n<'})
    assert sent == f"id: 3\ndata: <i>mine</i>{others.csrf} &#34;&lt;\n\n".encode()
    with pytest.raises(KeyError):
        made.filled({blanks.csrf: "mine"})
    with pytest.raises(KeyError):
        fragment(Update(3, blanks.nobody), blanks).filled({blanks.csrf: "mine", blanks.link: "x"})


class Counting(Renderer):
    """Counts what it renders."""

    def __init__(self) -> None:
        super().__init__(Assets())
        self.rendered: list[str] = []

    def fragment(self, ask: Ask, template: str, values: Mapping[str, Any]) -> str:
        """A piece of a page."""
        self.rendered.append(template)
        return super().fragment(ask, template, values)


def crowd(house: House, role: Role, count: int) -> list[Viewer]:
    """People of a role who are signed in, each with a page open."""
    accounts, now = house.application.accounts, house.clock.now()
    viewers = []
    with house.application.store.transact() as tx:
        for number in range(count):
            handle = f"{role.value}-{number}"
            tx.accounts.save_user(User(handle, handle, role, "", created_at=now))
            session = Session(f"hash of {handle}", handle, now, now + timedelta(hours=12), f"csrf of {handle}")
            tx.accounts.open_session(session)
            viewers.append(Viewer(handle, session.token_hash, False, False, session.csrf, 0))
    assert accounts.callers_of_sessions([one.proof for one in viewers])
    return viewers


def said(messages: Sequence[Message | None]) -> list[str]:
    """What each is told; "over" for whoever may not look any more."""
    return ["over" if one is None else one().decode() for one in messages]


def test_a_kind_of_viewer_is_rendered_once(house: House) -> None:
    """A hundred people with two roles are two pages, each with the token of its own reader; nothing new is no page."""
    house.declare()
    renderer = Counting()
    desk = Desk(house.application, renderer, house.site.live, False)
    people = crowd(house, Role.VIEWER, 50) + crowd(house, Role.RESPONDER, 50)
    told = said(look(desk, "INC-1", people))
    assert renderer.rendered == ["respond_update.html"] * 2
    for viewer, text in zip(people, told, strict=True):
        assert set(re.findall(r"csrf of [a-z]+-\d+", text)) == ({viewer.csrf} if "responder" in viewer.who else set())
    assert said(look(desk, "INC-1", people)) == ["event: alive\ndata: \n\n"] * 100
    assert len(renderer.rendered) == 2


def test_whoever_takes_a_role_or_the_incident_is_a_kind_of_their_own(house: House) -> None:
    """Two responders whose pages differ never share one."""
    house.declare()
    desk = Desk(house.application, Counting(), house.site.live, False)
    people = crowd(house, Role.RESPONDER, 3)
    house.application.incidents.act(ADMIN, "INC-1", c.TakeRole("Incident Commander", "responder-1"))
    house.application.incidents.act(house.caller(), "INC-1", c.Acknowledge("ana"))
    ana = signed_in(house, "ana")
    told = said(look(desk, "INC-1", [*people, ana]))
    assert ["Acknowledged by you" in text for text in told] == [False, False, False, True]


def signed_in(house: House, handle: str) -> Viewer:
    """The viewer that a signed-in person is."""
    come = house.application.accounts.sign_in_once(house.application.accounts.one_time_token(handle))
    return Viewer(handle, come.session.token_hash, False, False, come.session.csrf, 0)


def test_a_link_is_good_for_its_person_and_incident_until_it_ends(house: House) -> None:
    """F62, F64: altered, another incident's, ended, of somebody disabled or of nobody: each is over, and only those."""
    house.declare()
    house.declare("Another one")
    links = house.application.links
    desk = Desk(house.application, Counting(), house.site.live, False)

    def viewer(who: str, token: str) -> Viewer:
        return Viewer(who, token, True, False, "csrf", 0)

    def look_at_it() -> list[bool]:
        tokens = [
            ("ana", links.token("ana", "INC-1")),
            ("max", links.token("max", "INC-1")),
            ("ana", links.token("ana", "INC-2")),
            ("ana", links.token("max", "INC-1")),
            ("ana", links.token("ana", "INC-1") + "x"),
            ("gone", links.token("gone", "INC-1")),
            ("ana", old),
        ]
        return [text != "over" for text in said(look(desk, "INC-1", [viewer(*one) for one in tokens]))]

    old = links.token("ana", "INC-1")
    house.clock.move_by(timedelta(hours=4))
    assert look_at_it() == [True, True, False, False, False, False, False]
    house.application.accounts.change_user(ADMIN, "ana", disabled=True)
    assert look_at_it() == [False, True, False, False, False, False, False]


def test_a_session_ends_by_itself_and_an_open_page_keeps_it(house: House) -> None:
    """Twelve hours without use; a page that is open is use, noted for all of them in one commit."""
    house.declare()
    desk = Desk(house.application, Counting(), house.site.live, False)
    kept, left = crowd(house, Role.VIEWER, 2)
    for _ in range(3):
        house.clock.move_by(timedelta(hours=5))
        assert said(look(desk, "INC-1", [kept])) != ["over"]
    assert said(look(desk, "INC-1", [kept, left]))[1] == "over"
    assert said(look(desk, "INC-1", [kept])) != ["over"]


def test_what_a_run_prints_is_told_to_all_and_twice_to_nobody(house: House) -> None:
    """Rendered once for all who have heard the same; whoever opens the page later hears it from its beginning."""
    house.declare()
    renderer = Counting()
    desk = Desk(house.application, renderer, house.site.live, False)
    people = crowd(house, Role.VIEWER, 3)
    look(desk, "INC-1", people)
    renderer.rendered.clear()
    outputs = house.application.outputs
    outputs.begin("INC-1/step/r1")
    outputs.hear("INC-1/step/r1", Piece("first & "))
    assert ["first &amp; <" in text for text in said(look(desk, "INC-1", people[:2]))] == [True, True]
    outputs.hear("INC-1/step/r1", Piece("second"))
    assert ["first &amp; second<" in text for text in said(look(desk, "INC-1", people))] == [True] * 3
    assert ["second" in text for text in said(look(desk, "INC-1", people))] == [False] * 3
    assert renderer.rendered == ["respond_output.html"] * 3
