"""The on-call page: now and next, the week with its gaps, overriding and swapping, with nothing but forms."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web.house import ADMIN, SETTINGS, House, house
from tocsin.app.access import Role

OFFICE = """
[[schedules.office.rotations]]
members = ["root"]
starts_on = 2026-01-05
[[schedules.office.rotations.restrictions]]
days = ["mon", "tue", "wed", "thu", "fri"]
since = 09:00:00
until = 17:00:00
"""


def plain(html: str) -> str:
    """The page's text in one line, without the spaces that tags leave before punctuation."""
    return re.sub(r" (?=[,;:.])", "", re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_the_page_says_who_has_it_until_when_and_who_is_next(house: House) -> None:
    """Now and next with their instants, the reason, my shifts, and a week of one row for each day."""
    page = house.visitor(Role.MAINTAINER).get("/oncall").text
    text = plain(page)
    assert "You are on call until 2026-11-23 09:00 UTC, next Ana Ruiz" in text
    assert "The rotation of primary." in text
    assert page.count('<svg class="track"') == 7
    assert 'aria-label="Monday: Max Lindqvist until 09:00, then Ana Ruiz"' in page
    assert "None. The rotations decide." in text
    assert "gap" not in text


def test_home_says_you_until_when_and_who_is_next(house: House) -> None:
    """Home answers it in one line."""
    page = house.visitor(Role.MAINTAINER).get("/").text
    assert "You are on call until 2026-11-23 09:00 UTC, next Ana Ruiz" in plain(page)


def test_an_override_takes_two_taps(house: House) -> None:
    """Open it, tap the button: me, from now to the end of the shift; one more tap ends it."""
    ana = house.visitor()
    page = ana.get("/oncall").text
    assert '<option value="ana" selected>me, Ana Ruiz</option>' in page
    assert "Max Lindqvist until 2026-11-23 09:00 UTC, next Ana Ruiz" in plain(page)
    assert ana.post("/oncall/override", {"schedule": "primary", "person": "ana", "lasts": "shift"}).status == 303
    text = plain(ana.get("/oncall").text)
    assert "You are on call until" in text
    assert "An override by ana of primary." in text
    (row,) = house.application.rota.overrides(ADMIN)
    assert ana.post(f"/oncall/override/{row.override.id}/end").status == 303
    assert "Max Lindqvist until 2026-11-23" in plain(ana.get("/oncall").text)


def test_an_override_at_another_time_is_on_the_wall_clock_of_the_schedule(house: House) -> None:
    """The fields of the form are local times of the schedule's zone; one that cannot be is said on the page."""
    ana = house.visitor()
    ana.get("/oncall")
    form = {"schedule": "primary", "person": "max", "lasts": "shift", "since": "2026-11-22T10:00", "reason": "flight"}
    assert ana.post("/oncall/override", {**form, "until": "2026-11-22T12:00"}).status == 303
    text = plain(ana.get("/oncall").text)
    assert "2026-11-22 10:00 UTC to 2026-11-22 12:00 UTC, by Ana Ruiz: flight" in text
    refused = ana.post("/oncall/override", {**form, "until": "2026-11-22T09:00"})
    assert refused.status == 422
    assert "An override ends after it begins" in plain(refused.text)


def test_a_swap_from_my_shifts(house: House) -> None:
    """My shift for one of the list: the two change hands."""
    max_ = house.visitor(Role.MAINTAINER)
    assert "Swap it" in max_.get("/oncall").text
    form = {"schedule": "primary", "one": "2026-11-21T03:09:00Z", "other": "2026-11-23T09:00:00Z"}
    assert max_.post("/oncall/swap", form).status == 303
    text = plain(max_.get("/oncall").text)
    assert "Ana Ruiz until 2026-11-23 09:00 UTC, next Max Lindqvist" in text


def test_a_shift_of_mine_that_has_begun_is_now(house: House) -> None:
    """Of a shift that runs only its end is of interest, not the minute at which the page was opened."""
    text = plain(house.visitor(Role.MAINTAINER).get("/oncall").text)
    assert "My shifts Now until 2026-11-23 09:00 UTC" in text


def test_gaps_are_red_words_and_pictures(tmp_path: Path) -> None:
    """A gap is a shape, a word in the day's label, and a list; what is nobody's now is said first."""
    with house(tmp_path, SETTINGS + OFFICE) as at:
        page = at.visitor().get("/oncall").text
    text = plain(page)
    assert "Nobody is on call until 2026-11-23 09:00 UTC" in text
    assert 'aria-label="Saturday: nobody"' in page
    assert '<rect class="gap"' in page
    assert "gaps in the next four weeks" in text


def test_a_viewer_sees_and_changes_nothing(house: House) -> None:
    """Without the permission to respond there is no button, and the act is refused."""
    vic = house.visitor(Role.VIEWER)
    assert "Override</summary>" not in vic.get("/oncall").text
    assert vic.post("/oncall/override", {"schedule": "primary", "person": "max"}).status == 403


def test_without_a_schedule_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    """The empty state shows the three lines that make a schedule."""
    settings = SETTINGS.replace('"On-Call Engineer" = "schedule:primary"', '"On-Call Engineer" = "ana"')
    settings = settings.replace(
        '[[schedules.primary.rotations]]\nmembers = ["ana", "max"]\nstarts_on = 2026-01-05\n', ""
    )
    with house(tmp_path, settings) as at:
        text = plain(at.visitor().get("/oncall").text)
    assert "No schedule yet" in text
    assert "[[schedules.primary.rotations]]" in text


def test_the_page_gives_the_addresses_of_calendars(house: House) -> None:
    """My shifts and each schedule, at addresses that answer a calendar program without a session."""
    page = house.visitor().get("/oncall").text
    addresses = re.findall(r'readonly value="http://127\.0\.0\.1:8000(/oncall/feed/[^"]+)"', page)
    assert len(addresses) == 2
    for address in addresses:
        answer = house.ask("GET", address)
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.text.startswith("BEGIN:VCALENDAR")
    assert house.ask("GET", addresses[0] + "x").status == 403
