"""What was published by hand while the server was gone is shown to the team until somebody ends or adopts it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.web.house import START
from tests.web.house import house as open_house
from tocsin.app.access import Role
from tocsin.cli.doctor import waiting_posts
from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.offline import Post
from tocsin.statuspage.page import Impact
from tocsin.upkeep import posts_that_wait

POST = Post(
    "p1", "byhand", "Orders fail", Impact.MAJOR, PublicStatus.INVESTIGATING, "We look into it.", START, (), True, "bo"
)


def test_the_home_page_and_the_doctor_say_what_customers_still_read(tmp_path: Path) -> None:
    """With the commands that end it or adopt it; nothing any more once it is over."""
    with open_house(tmp_path) as at:
        ana = at.visitor(Role.RESPONDER)
        assert "published by hand" not in ana.get("/").text
        at.application.offline.take_in([POST])
        shown = ana.get("/").text
        assert "They still read “Orders fail”, published by hand" in shown
        assert "tocsin status adopt INC-7 --incident byhand" in shown
        assert posts_that_wait(at.installation.settings) == ["Orders fail"]
        (found,) = waiting_posts(["Orders fail"])
        assert found.what == "customers still read what was published by hand: Orders fail"
        at.clock.move_by(timedelta(minutes=1))
        at.application.offline.tell(at.caller(), "byhand", PublicStatus.RESOLVED, "It is over.")
        assert "published by hand" not in ana.get("/").text
        assert posts_that_wait(at.installation.settings) == []
