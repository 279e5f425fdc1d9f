"""Publishing by hand: the page from its own data, and the same words whether the files or the server tell them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.statuspage.samples import NOW, OLD, OPEN, PAST, sample_page
from tocsin.incident.facts import (
    Actor,
    ActorKind,
    CustomersNotified,
    Declared,
    PublicStatus,
    Recorded,
    Reopened,
    Resolved,
    Via,
)
from tocsin.statuspage.incidents import public_incident, public_incidents
from tocsin.statuspage.offline import STATE, Post, posts_on, read_state, state_file, with_post, with_posts
from tocsin.statuspage.page import Component, Impact, Span
from tocsin.statuspage.render import render

ANA = Actor(ActorKind.PERSON, "ana", Via.CLI)
MINUTE = timedelta(minutes=1)
S = PublicStatus
FIRST = Post("p1", "i1", "Orders fail", Impact.MAJOR, S.INVESTIGATING, "We look into it.", NOW, ("api",), new=True)
SECOND = replace(FIRST, id="p2", status=S.IDENTIFIED, text="We know why.", at=NOW + 4 * MINUTE, new=False)
THIRD = replace(SECOND, id="p3", status=S.RESOLVED, text="Orders are taken again.", at=NOW + 9 * MINUTE)


def test_the_page_is_rendered_from_its_data_as_it_was() -> None:
    """Every file is the same, whether from the page or from what page.json says of it."""
    page = sample_page(OPEN, PAST, OLD, languages=("en", "de"), words={S.IDENTIFIED: "Known"})
    files = render(page)
    assert render(read_state(files[STATE])) == files


def test_the_data_says_nothing_of_the_inside() -> None:
    """Which services stand behind a component is not for customers."""
    page = sample_page(components=(Component("web", "Website", services=("inner-name",)),))
    assert b"inner-name" not in state_file(page)
    assert b"<" not in state_file(sample_page(description="<script>"))


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"form": 1}', b"[]", state_file(sample_page(OPEN))[:900], b'{"form":2,"page":{}}']
)
def test_what_is_no_whole_page_is_refused(content: bytes) -> None:
    """Half a file is no page: it is never taken for one with fewer incidents."""
    with pytest.raises(ValueError, match=r"."):
        read_state(content)


def test_posts_begin_continue_and_end_an_incident() -> None:
    """Told in order, with the spans of time in which customers felt it; the same post twice is one."""
    page = sample_page(PAST)
    for post in (FIRST, FIRST, SECOND, THIRD, THIRD):
        page = with_post(page, post)
    found, before = page.incidents
    assert before == PAST
    assert [one.text for one in found.updates] == [THIRD.text, SECOND.text, FIRST.text]
    assert found.spans == (Span(FIRST.at, THIRD.at),)
    assert (found.status, found.resolved_at, page.active) == (S.RESOLVED, THIRD.at, ())
    assert [one.id for one in posts_on(page)] == ["p1", "p2", "p3"]
    assert posts_on(page)[0].new


def test_a_post_continues_what_the_server_published() -> None:
    """The server's own words stay, and only what was added by hand counts as such."""
    page = with_post(sample_page(OPEN), replace(SECOND, incident=OPEN.id, components=()))
    assert page.incidents[0].updates[1:] == OPEN.updates
    assert page.incidents[0].updates[0].components == ("api",)
    assert [(one.id, one.new) for one in posts_on(page)] == [("p2", False)]
    with pytest.raises(KeyError):
        with_post(page, replace(SECOND, incident="unknown"))


def test_a_clock_that_is_wrong_never_puts_a_post_before_what_was_told() -> None:
    """The last word is the last word, also of a machine whose clock is an hour late."""
    late = replace(SECOND, incident=OPEN.id, at=NOW - timedelta(days=3))
    assert with_post(sample_page(OPEN), late).incidents[0].updates[0].text == SECOND.text


def test_the_server_tells_of_posts_as_the_files_did() -> None:
    """Once taken in, an incident that began by hand is the same to the byte."""
    page = sample_page()
    for post in (FIRST, SECOND, THIRD):
        page = with_post(page, post)
    joined = with_posts({}, (THIRD, FIRST, SECOND), {})
    assert (
        public_incidents(joined.facts, page.components, titles=joined.titles, impacts=joined.impacts) == page.incidents
    )


def _timeline(*facts: tuple[int, object]) -> list[Recorded]:
    declared = Declared(title="inside", service="shop", plan="", playbook="", source="person")
    rows = [(0, declared), *facts]
    return [Recorded("INC-1", n, NOW + at * MINUTE, ANA, fact) for n, (at, fact) in enumerate(rows, 1)]  # type: ignore[arg-type]


def test_a_post_stands_among_the_facts_at_its_instant() -> None:
    """What the server learned later comes later: neither erases nor contradicts the other."""
    timeline = _timeline(
        (1, CustomersNotified(update="u", status=S.INVESTIGATING, text="Slow checkout\nWe look.", components=("api",))),
        (20, Resolved(summary="")),
        (30, Reopened(reason="again")),
    )
    known = public_incident(timeline, sample_page().components)
    assert known is not None
    told = replace(SECOND, incident=known.id)
    joined = with_posts({"INC-1": timeline}, (told,), {known.id: "INC-1"})
    found = public_incident(joined.facts["INC-1"], sample_page().components)
    assert found is not None
    assert [one.status for one in found.updates] == [S.INVESTIGATING, S.RESOLVED, S.IDENTIFIED, S.INVESTIGATING]
    assert [one.offline for one in found.updates] == [False, False, True, False]
    assert (found.title, found.id) == ("Slow checkout", known.id)
    assert found.is_active


def test_an_adopted_post_is_told_as_the_incident_that_it_is() -> None:
    """One incident on the page instead of two, under the title that customers know."""
    timeline = _timeline((15, CustomersNotified(update="u", status=S.MONITORING, text="We watch it.")))
    joined = with_posts({"INC-1": timeline}, (FIRST,), {"i1": "INC-1"})
    (found,) = public_incidents(joined.facts, sample_page().components, titles=joined.titles)
    assert [one.text for one in found.updates] == ["We watch it.", "We look into it."]
    assert found.title == "Orders fail"
