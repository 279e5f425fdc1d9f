"""What was published by hand is taken in once, stays on the page, and ends or is adopted by whoever may publish."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.shop import ANA, EVA, MINUTE, Shop
from tests.app.test_publishing import deciding
from tocsin.adapters.status_files import StatusFiles
from tocsin.app.customers.offline import HISTORY, Offline
from tocsin.app.customers.publishing import refresh
from tocsin.app.ports import Delivered, TryAgain
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from tocsin.incident.facts import NoteAdded, PublicStatus
from tocsin.statuspage.offline import Author, Post, posts_on, with_post
from tocsin.statuspage.page import Impact, StatusPage, public_id
from tocsin.statuspage.render import render

S = PublicStatus
SAID = "We look into it."


class Site:
    """A shop with its page in a folder."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop()
        self.files = StatusFiles(folder)
        self.offline = Offline(self.shop.store, self.shop.clock, self.shop.desk, self.shop.publishing.decider)
        assert isinstance(self.refresh(), Delivered)

    def refresh(self) -> object:
        return refresh(self.files, self.shop.publishing, self.offline, self.shop.clock.now())

    def post(self, id: str, incident: str = "byhand", status: S = S.INVESTIGATING, text: str = SAID) -> Post:
        """Publish on the files alone."""
        page = self.files.page()
        new = all(one.id != incident for one in page.incidents)
        now = self.shop.clock.now()
        post = Post(id, incident, "Orders fail", Impact.MAJOR, status, text, now, ("checkout",), new)

        def change(before: StatusPage) -> tuple[StatusPage, dict[str, bytes]]:
            after = with_post(before, post)
            return after, render(after)

        self.files.change(change, Author("bo"))
        return post

    def texts(self) -> list[str]:
        """What customers read, newest first."""
        return [told.text for one in self.files.page().incidents for told in one.updates]

    def notes(self) -> list[str]:
        return [one.text for one in self.shop.facts() if isinstance(one, NoteAdded)]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """With an incident of the server's."""
    return Site(tmp_path / "status")


def test_what_was_published_by_hand_stays_and_is_taken_in_once(site: Site) -> None:
    """Neither erased nor doubled by any number of refreshes; the audit says who did it and when."""
    site.post("p1")
    site.shop.pass_time(MINUTE)
    site.post("p2", status=S.IDENTIFIED, text="We know why.")
    for _ in range(3):
        site.shop.pass_time(MINUTE)
        assert isinstance(site.refresh(), Delivered)
    assert site.texts() == ["We know why.", SAID]
    (one,) = site.offline.listed(ANA)
    assert [(post.id, post.by) for post in one.posts] == [("p1", "bo"), ("p2", "bo")]
    with site.shop.store.read() as tx:
        kept = [row for row in tx.audit.latest(20) if row.verb == "offline post"]
    assert [(row.who, row.object) for row in kept] == [("bo", "p2"), ("bo", "p1")]


def test_a_page_that_was_rendered_before_the_post_never_replaces_it(site: Site) -> None:
    """The server rendered, somebody published by hand, the server writes: it is told to try again."""
    old = site.shop.publishing.render(site.shop.clock.now())
    site.post("p1")
    assert isinstance(site.files.publish(old), TryAgain)
    assert site.texts() == [SAID]


def test_more_words_of_the_servers_own_incident_go_to_its_timeline(site: Site) -> None:
    """As a note with who and when, once; the page tells them at their instant."""
    site.shop.declare()
    site.shop.publishing.notify(ANA, "INC-1", S.INVESTIGATING, "We begin.", ("checkout",))
    site.refresh()
    site.shop.pass_time(MINUTE)
    site.post("p1", public_id("incident", "INC-1"), S.IDENTIFIED, "We know why.")
    site.refresh()
    site.refresh()
    assert site.texts() == ["We know why.", "We begin."]
    (note,) = site.notes()
    assert "by bo" in note
    assert "We know why." in note
    assert site.offline.listed(ANA) == []


def test_it_is_ended_by_a_person(site: Site) -> None:
    """Through the server, like every other update; the same words twice are told once, a blank never."""
    site.post("p1")
    site.refresh()
    assert [one.id for one in site.offline.waiting()] == ["byhand"]
    with pytest.raises(Refused, match=r"\[TIME\]"):
        site.offline.tell(ANA, "byhand", S.RESOLVED, "It was over at [TIME].")
    with pytest.raises(NotAllowed):
        site.offline.tell(EVA, "byhand", S.RESOLVED, "It is over.")
    with pytest.raises(BadInput):
        site.offline.tell(ANA, "byhand", S.RESOLVED, " ")
    with pytest.raises(NotFound):
        site.offline.tell(ANA, "other", S.RESOLVED, "It is over.")
    for _ in range(2):  # half an hour later it is an update that nothing has changed
        for _ in range(2):
            site.offline.tell(ANA, "byhand", S.INVESTIGATING, "No change.")
        site.shop.clock.move_by(30 * MINUTE)
    for _ in range(2):
        site.offline.tell(ANA, "byhand", S.RESOLVED, "It is over.")
        site.shop.clock.move_by(30 * MINUTE)
    site.refresh()
    assert site.texts() == ["It is over.", "No change.", "No change.", SAID]
    assert not site.offline.waiting()


def test_somebody_elses_same_words_are_refused(site: Site) -> None:
    """Whoever tells the same a moment later learns who has told it."""
    site.post("p1")
    site.refresh()
    site.offline.tell(ANA, "byhand", S.RESOLVED, "It is over.")
    site.shop.clock.move_by(timedelta(seconds=20))
    with pytest.raises(Refused, match="ana sent these words to customers 20 s ago"):
        site.offline.tell(replace(ANA, actor=replace(ANA.actor, name="bo")), "byhand", S.RESOLVED, "It is over.")


def test_it_is_adopted_by_the_incident_that_it_was(site: Site) -> None:
    """One incident on the page, and on its timeline what was told before; a second time changes nothing."""
    site.post("p1")
    site.refresh()
    site.shop.pass_time(MINUTE)
    site.shop.declare()
    for _ in range(2):
        site.offline.adopt(ANA, "byhand", "INC-1")
    site.shop.pass_time(MINUTE)
    site.shop.publishing.notify(ANA, "INC-1", S.RESOLVED, "It is over.", ("checkout",))
    site.refresh()
    (one,) = site.files.page().incidents
    assert (one.id, [told.text for told in one.updates]) == (public_id("incident", "INC-1"), ["It is over.", SAID])
    assert len(site.notes()) == 1
    with pytest.raises(Conflict, match="INC-1"):
        site.offline.tell(ANA, "byhand", S.MONITORING, "We watch.")


def test_who_decides_what_customers_are_told_decides_it_here_too(site: Site) -> None:
    """The words were published without asking anybody; they are told on, or made ours, by a decision only."""
    deciding_shop = deciding()
    offline = Offline(deciding_shop.store, deciding_shop.clock, deciding_shop.desk, deciding_shop.publishing.decider)
    offline.take_in([site.post("p1")])
    with pytest.raises(Refused, match="level 2, Team Lead"):
        offline.adopt(ANA, "byhand", "INC-1")
    with pytest.raises(Refused, match="level 2, Team Lead"):
        offline.tell(ANA, "byhand", S.MONITORING, "We watch.")
    offline.tell(ANA, "byhand", S.MONITORING, "We watch.", decided_by="bo")
    offline.adopt(ANA, "byhand", "INC-1", decided_by="bo")
    with deciding_shop.store.read() as tx:
        details = {one.verb: one.detail for one in tx.audit.latest(20)}
    assert details["offline adopt"] == "decided by bo: INC-1"
    assert details["offline tell"] == "decided by bo: We watch."


def test_a_drill_adopts_nothing(site: Site) -> None:
    """What customers have read was no drill."""
    site.post("p1")
    site.refresh()
    site.shop.declare(drill=True)
    with pytest.raises(Refused, match="drill"):
        site.offline.adopt(ANA, "byhand", "INC-1")


def test_what_is_long_over_is_forgotten_and_does_not_come_back(site: Site) -> None:
    """After 90 days the page tells of it no more, and an old file does not bring it again."""
    post = site.post("p1")
    site.refresh()
    site.offline.tell(ANA, "byhand", S.RESOLVED, "It is over.")
    site.shop.clock.move_by(HISTORY + MINUTE)
    site.post("p9", "later")
    assert isinstance(site.refresh(), Delivered)
    assert [one.id for one in site.offline.listed(ANA)] == ["later"]
    assert site.offline.take_in([post]) == 0
    assert [one.id for one in posts_on(site.files.page())] == ["p9"]


def test_half_a_file_is_left_for_a_minute_and_kept_aside_then(site: Site, tmp_path: Path) -> None:
    """Somebody may be copying it in; nobody is kept from reading meanwhile, and nothing is thrown away."""
    state = tmp_path / "status" / "page.json"
    half = state.read_bytes()[:300]
    state.write_bytes(half)
    assert isinstance(site.refresh(), TryAgain)
    os.utime(state, (1, 1))
    assert isinstance(site.refresh(), Delivered)
    assert (tmp_path / "status" / "page.unreadable.json").read_bytes() == half
    assert site.files.page().incidents == ()


def test_nobody_names_an_update_like_a_post(site: Site) -> None:
    """What the server publishes is never taken for something published by hand."""
    site.shop.declare()
    with pytest.raises(BadInput):
        site.shop.publishing.notify(ANA, "INC-1", S.IDENTIFIED, "x", update="offline:p1")


def test_who_published_is_not_for_the_web_server(site: Site, tmp_path: Path) -> None:
    """Names of the team stay with the team: in a file that only its owner reads, and on no page."""
    site.post("p1")
    folder = tmp_path / "status"
    assert (folder / ".posted-by.json").stat().st_mode & 0o077 == 0
    assert not any(b'"bo"' in one.read_bytes() for one in folder.rglob("[!.]*") if one.is_file())
    assert site.files.posts()[0].by == "bo"
