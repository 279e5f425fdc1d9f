"""The page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.statuspage.samples import OLD, OPEN, PAST, sample, sample_page
from tests.statuspage.test_languages import page as everything
from tocsin.statuspage.language import languages
from tocsin.statuspage.render import render

pytestmark = pytest.mark.component("chromium")

LONG = sample("long", "Trouble" * 11, ("investigating", "https://example.com/" + "x" * 300, 0.1))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered files in a folder."""
    folder = tmp_path_factory.mktemp("site")
    for name, body in render(
        sample_page(
            LONG,
            OPEN,
            PAST,
            OLD,
            description="How our shop is doing.",
            subscribe="https://tocsin.example.com/subscribe",
            ways=("mail", "webhook", "slack"),
        )
    ).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "history.html", "subscribe.html", f"incidents/{OPEN.id}.html"])
def test_page_is_accessible_and_fits_a_phone(browser: Browser, site: Path, name: str, scheme: str) -> None:
    """No finding by axe in light or dark, nothing wider than a phone, links big enough to hit."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto((site / name).as_uri())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    found = Axe().run(page).response
    assert len(found["passes"]) > 10  # it did look
    assert not [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]
    small = page.evaluate(
        "[...document.querySelectorAll('header a.subscribe, footer a, .more, .feeds a, button, summary, .choice, "
        "[type=email], [type=url]')]"
        ".filter(a => a.getBoundingClientRect().height < 44).map(a => a.textContent)"
    )
    assert small == []
    context.close()


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("name", ["index.html", "subscribe.html", f"incidents/{OPEN.id}.html"])
def test_every_language_fits_a_phone(browser: Browser, tmp_path: Path, name: str, width: int) -> None:
    """Long words are no reason to scroll sideways, or for the button at the top to fall below the title."""
    for file, body in render(everything(*languages(), title="Bells & Ropes")).items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(body)
    page = browser.new_page(viewport={"width": width, "height": 844})
    for code in languages():
        page.goto((tmp_path / ("" if code == languages()[0] else code) / name).as_uri())
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") == width, code
        if name == "subscribe.html":
            continue  # has no button to itself
        brand, button = (page.locator(f"header .{one}").bounding_box() for one in ("brand", "subscribe"))
        assert brand is not None
        assert button is not None
        assert button["y"] < brand["y"] + brand["height"], code
        assert button["x"] + button["width"] > width - 20, code
    page.close()


def test_page_shows_its_style_without_scripts(browser: Browser, site: Path) -> None:
    """With JavaScript off and the page's own policy on, the stylesheet still applies."""
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto((site / "index.html").as_uri())
    box = page.locator(".days").first.bounding_box()
    assert box is not None
    assert 30 <= box["height"] <= 34
    assert not refused
    context.close()
