"""Badges: the state for a README or another site."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statuspage.samples import NOW, OPEN, PAST, sample, sample_page
from tests.statuspage.test_render import PAYLOADS
from tocsin.statuspage.badges import COLOURS, LONGEST, component_name, short, width
from tocsin.statuspage.page import Component, Impact, StatusPage
from tocsin.statuspage.render import render

SVG = "{http://www.w3.org/2000/svg}"
API, WEB = component_name("api"), component_name("web")


def badges(page: StatusPage) -> dict[str, bytes]:
    """The badges of a page by path."""
    return {name: body for name, body in render(page).items() if name.startswith("badge")}


def texts(svg: bytes) -> list[str]:
    """What is drawn: the label, then the state."""
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_whole_page_and_each_component_has_a_badge_as_picture_and_as_json() -> None:
    """The state of the one in trouble is not that of the others."""
    found = badges(sample_page(OPEN, PAST))
    assert len(found) == 2 * (1 + 3)
    assert texts(found["badge.svg"]) == ["Saffron & Sons", "Partial outage"]
    assert texts(found[f"{API}.svg"]) == ["Public API", "Partial outage"]
    assert texts(found[f"{WEB}.svg"]) == ["Website", "Operational"]


def test_badge_never_says_that_all_is_well_while_an_incident_is_open() -> None:
    """An incident without impact is one: the sentence is that of the page."""
    found = badges(sample_page(sample("open", "A look", ("investigating", "x", 1), impact=Impact.NONE)))
    assert texts(found["badge.svg"])[1] == "An incident is being looked into"
    assert json.loads(found["badge.json"])["color"] != json.loads(found[f"{WEB}.json"])["color"]


def test_json_is_what_an_endpoint_badge_of_shields_asks_for() -> None:
    """Its four keys, version 1, and a colour that it can parse."""
    said = json.loads(badges(sample_page(OPEN))[f"{API}.json"])
    assert said == {"schemaVersion": 1, "label": "Public API", "message": "Partial outage", "color": said["color"]}
    assert re.fullmatch(r"#[0-9a-f]{6}", said["color"])


def test_badge_has_a_title_a_role_and_an_icon_of_its_state() -> None:
    """Who sees no colours and who sees nothing learns the same."""
    found = badges(sample_page(OPEN))
    root = ElementTree.fromstring(found[f"{API}.svg"])
    title = root.find(f"{SVG}title")
    assert title is not None
    assert (root.get("role"), root.get("aria-labelledby"), title.text) == (
        "img",
        title.get("id"),
        "Public API: Partial outage",
    )
    marks = [re.search(rb'aria-hidden="true"><path d="([^"]+)"', found[f"{key}.svg"]) for key in (API, WEB)]
    assert len({one.group(1) for one in marks if one}) == 2


def test_badge_needs_nothing_from_elsewhere() -> None:
    """It is shown inside other sites, where nothing else may be loaded."""
    for name, body in badges(sample_page(OPEN)).items():
        if name.endswith(".svg"):
            assert not re.search(rb"href|url\(|<image|<style|<script|@import", body), name


def test_badges_have_the_same_bytes_until_a_state_changes() -> None:
    """Caches keep them, and publishing again writes none."""
    page = sample_page(OPEN, PAST)
    assert badges(page) == badges(replace(page, as_of=NOW + timedelta(days=3)))
    changed = {name for name, body in badges(sample_page(PAST)).items() if badges(page)[name] != body}
    assert changed == {"badge.svg", "badge.json", f"{API}.svg", f"{API}.json"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_name_stays_text_in_a_badge(payload: str) -> None:
    """F60: markup in a name is drawn as it is and does nothing."""
    found = badges(sample_page(title=payload, components=(Component("api", payload),)))
    for name in ("badge.svg", f"{API}.svg"):
        tags = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(found[name]).iter()}
        assert tags == {"svg", "title", "path", "g", "text"}
        assert texts(found[name])[0] == short(payload)


@given(st.text(max_size=200))
def test_picture_is_as_wide_as_its_words_and_never_too_wide(text: str) -> None:
    """Whatever a component is called, its badge is well-formed XML and fits a line."""
    found = badges(sample_page(components=(Component("api", text),)))[f"{API}.svg"]
    root = ElementTree.fromstring(found)
    drawn = [int(one.get("textLength") or 0) for one in root.iter(f"{SVG}text")]
    assert int(root.get("width") or 0) == sum(drawn) + 48
    assert drawn[0] <= 11 * LONGEST * 1.02


def test_width_follows_the_letters() -> None:
    """Narrow letters take less than wide ones, an accent takes nothing, and signs of East Asia take a square."""
    assert width("illi") < width("nono") < width("MWMW")
    assert width("Dégradé") == width("De\u0301grade\u0301") == width("Degrade")
    assert width("正常") == width("정상") == 22


def test_white_letters_can_be_read_on_every_colour() -> None:
    """WCAG 1.4.3: 4.5:1 or more."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert all(1.05 / (light(colour) + 0.05) >= 4.5 for colour in [*COLOURS.values(), "#3d4450"])
