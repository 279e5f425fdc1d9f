"""Recurring duties on the runbook's page, on the home page and in the metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import RUNBOOK, SETTINGS, House, house
from tocsin.app.access import Role

DUTIES = """

## Maintenance

- Rehearse the restore monthly
- Look at the disks weekly
- Keep the dependencies <updated>
"""
RESTORE, DISKS = "rehearse-the-restore-monthly", "look-at-the-disks-weekly"
DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """An installation whose runbook asks for something regularly."""
    with house(tmp_path, runbook=RUNBOOK.read_text(encoding="utf-8") + DUTIES) as standing:
        yield standing


def card(text: str) -> str:
    """The card with the duties, without its marks; empty where there is none."""
    found = re.search(r'<section class="card" id="duties".*?</section>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_the_card_says_what_nobody_has_recorded_yet(home: House) -> None:
    """Each duty with its rhythm and its line, and neither a day nor a reproach."""
    shown = card(home.visitor().get("/r/shop").text)
    assert shown.count("not recorded yet") == 3
    assert "no rhythm is stated" in shown
    assert "overdue" not in shown
    assert "due" not in shown.replace("Recurring duties", "")


def test_a_duty_is_recorded_by_a_form_and_shown_with_who_what_and_when_next(home: House) -> None:
    """Without a script: the form leads back to its place, with the card open."""
    ana = home.visitor()
    ana.get("/r/shop")
    answer = ana.post("/r/shop/duties", {"duty": RESTORE, "note": "12 minutes,\r\n<b>nine</b> for DNS", "at": ""})
    assert (answer.status, answer.location) == (303, f"/r/shop?duties=1#duty-{RESTORE}")
    text = ana.get(answer.location.partition("#")[0]).text
    assert "last 2026-11-21 by Ana Ruiz · next due 2026-12-21" in card(text)
    assert "12 minutes,\n&lt;b&gt;nine&lt;/b&gt; for DNS" in text
    assert re.search(rf'id="duties"[^>]*><details open>.*id="duty-{RESTORE}"', text, re.DOTALL)


def test_a_time_that_was_typed_is_the_teams(tmp_path: Path) -> None:
    """Ten at night on the wall in Berlin."""
    settings = SETTINGS.replace("[server]\n", '[server]\nzone = "Europe/Berlin"\n', 1)
    with house(tmp_path, settings, runbook=RUNBOOK.read_text(encoding="utf-8") + DUTIES) as home:
        ana = home.visitor()
        assert "When, in Europe/Berlin" in ana.get("/r/shop").text
        ana.post("/r/shop/duties", {"duty": DISKS, "at": "2026-11-19T22:00"})
        (record,) = home.application.duties.show(home.caller(), "shop", DISKS)[1]
    assert f"{record.done_at:%Y-%m-%dT%H:%MZ}" == "2026-11-19T21:00Z"


def test_what_was_refused_keeps_the_words_that_were_typed(home: House) -> None:
    """A time to come: the page again, with the reason and the note still in the open form of that duty alone."""
    ana = home.visitor()
    ana.get("/r/shop")
    answer = ana.post("/r/shop/duties", {"duty": DISKS, "note": "sdb is full", "at": "2027-01-01T10:00"})
    assert answer.status == 422
    assert "still to come" in answer.text
    assert answer.text.count("sdb is full") == 1
    assert 'value="2027-01-01T10:00"' in answer.text
    assert "not recorded yet" in card(answer.text)


def test_whoever_may_only_look_sees_no_form_and_may_send_none(home: House) -> None:
    """The card is there, the button is not."""
    vic = home.visitor(Role.VIEWER)
    text = vic.get("/r/shop").text
    assert "Rehearse the restore monthly" in card(text)
    assert "/r/shop/duties" not in text
    home.visitor().get("/r/shop")
    assert vic.post("/r/shop/duties", {"duty": RESTORE}, csrf=home.visitor().csrf).status == 403


def test_a_runbook_as_it_stood_and_one_without_duties_have_no_card(home: House, tmp_path: Path) -> None:
    """What an incident pinned is to read, not to do."""
    incident = home.declare()
    assert card(home.visitor().get(f"/i/{incident}/runbook").text) == ""
    with house(tmp_path / "other") as other:
        assert card(other.visitor().get("/r/shop").text) == ""
        assert "tocsin_duties_overdue{" not in other.ask("GET", "/metrics").text


def test_home_speaks_of_duties_only_when_some_are_overdue(home: House) -> None:
    """One, then two, with a link to where they are done; nothing before and nothing after."""
    ana = home.visitor()
    assert "overdue" not in ana.get("/").text
    ana.post("/r/shop/duties", {"duty": DISKS})
    home.clock.move_by(9 * DAY)
    home.visitors.clear()  # the session of nine days ago has ended
    ana = home.visitor()
    assert '<a href="/r/shop?duties=1#duties">1 duty is overdue</a>.' in ana.get("/").text
    ana.post("/r/shop/duties", {"duty": RESTORE, "at": "2026-09-30T12:00"})
    assert '<a href="/r/shop?duties=1#duties">2 duties are overdue</a>.' in ana.get("/").text
    shown = card(ana.get("/r/shop").text)
    assert "2 overdue" in shown
    assert "was due 2026-10-30" in shown
    for duty in (DISKS, RESTORE):
        ana.post("/r/shop/duties", {"duty": duty})
    assert "overdue" not in ana.get("/").text


def test_home_names_the_services_where_several_have_overdue_duties(tmp_path: Path) -> None:
    """Each with its own link."""
    settings = SETTINGS + '[service.bar]\nname = "The <Bar>"\nrunbook = "shop.md"\n'
    with house(tmp_path, settings, runbook=RUNBOOK.read_text(encoding="utf-8") + DUTIES) as home:
        for service in ("shop", "bar"):
            home.application.duties.record(home.caller(), service, DISKS)
        home.clock.move_by(9 * DAY)
        text = " ".join(home.visitor().get("/").text.split())
        assert (
            '2 duties are overdue: <a href="/r/shop?duties=1#duties">1 for Sundial Shop</a>, '
            '<a href="/r/bar?duties=1#duties">1 for The &lt;Bar&gt;</a>.' in text
        )
        home.application.duties.record(home.caller(), "shop", DISKS)
        assert "1 duty is overdue</a> for The &lt;Bar&gt;." in " ".join(home.visitor().get("/").text.split())


def test_the_metrics_count_what_is_overdue_by_service(home: House) -> None:
    """0 while all is done, so that a rule can tell it from a server that says nothing."""
    assert 'tocsin_duties_overdue{service="shop"} 0.0' in home.ask("GET", "/metrics").text
    home.application.duties.record(home.caller(), "shop", DISKS)
    home.clock.move_by(9 * DAY)
    assert 'tocsin_duties_overdue{service="shop"} 1.0' in home.ask("GET", "/metrics").text
