"""Takes the pictures of docs/images from the running product: `python -m tools.screenshots`.

Starts the demo in a folder of its own on free ports, waits until its phone rings, answers it as a guest would, and
takes each picture on the way. Needs the system's Chromium (`make components`).
"""

from __future__ import annotations

import base64
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page, ViewportSize, expect

from tests.stage.browser import chromium
from tests.stage.child import Child, child, eventually, free_port

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LARGEST = 300_000
"""Bytes of one picture: a clone pays for each of them for ever."""
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=844)
ONCE = re.compile(r"http://\S+/login/once\?token=\S+")

_BESIDE = """\
<!doctype html><style>
body {{ margin: 0; display: flex; gap: 28px; padding: 28px; align-items: flex-start; background: #dfe3e8 }}
img {{ display: block; border-radius: 10px; box-shadow: 0 6px 24px rgb(0 0 0 / .25) }}
</style><img id="desk" src="data:image/png;base64,{desk}" width="{desk_width}">
<img src="data:image/png;base64,{phone}" width="{phone_width}">
"""


@contextmanager
def demo(folder: Path) -> Iterator[Child]:
    """A demo that has said that it runs; the shop breaks three seconds later."""
    log = folder / "said.log"
    program = Path(sys.executable).with_name("tocsin")
    command = [str(program), "demo", "--data", str(folder / "demo"), "--port", str(free_port()), "--break-after", "3"]
    with child(command, log=log, ready=lambda: log.exists() and "Ctrl-C ends" in log.read_text("utf-8")) as running:
        yield running


def take(page: Page, name: str, height: int | None = None) -> None:
    """Keep what the page shows now, or its upper ``height`` pixels."""
    page.wait_for_load_state("load")
    width = (page.viewport_size or DESK)["width"]
    clip = FloatRect(x=0, y=0, width=width, height=height) if height else None
    keep(name, page.screenshot(animations="disabled", caret="hide", clip=clip))


def keep(name: str, picture: bytes) -> None:
    """Write a picture. Raises ValueError for one that is too large."""
    if len(picture) > LARGEST:
        raise ValueError(f"{name} has {len(picture)} bytes; at most {LARGEST} are wanted")
    (IMAGES / name).write_bytes(picture)
    print(f"{name}: {len(picture) // 1024} KiB")


def beside(browser: Browser, desk: bytes, phone: bytes) -> bytes:
    """A picture of a desktop and a phone side by side."""
    size = ViewportSize(width=28 * 3 + DESK["width"] + PHONE["width"], height=28 * 2 + DESK["height"])
    page = browser.new_page(viewport=size)
    page.set_content(
        _BESIDE.format(
            desk=base64.b64encode(desk).decode(),
            phone=base64.b64encode(phone).decode(),
            desk_width=DESK["width"],
            phone_width=PHONE["width"],
        )
    )
    page.wait_for_function("[...document.images].every(one => one.complete)")
    picture = page.screenshot()
    page.close()
    return picture


def answer(phone: Page) -> None:
    """Open the page that rings, where the runbook's checks have been run already, and acknowledge it."""
    phone.get_by_role("button", name="Open", exact=True).first.click()
    phone.get_by_role("button", name="Acknowledge").click()
    expect(phone.locator("#holder")).to_contain_text("Acknowledged by you")
    expect(phone.locator("#next")).to_be_visible()


def tell_customers(desk: Page, url: str) -> None:
    """Publish the runbook's own words, with its blanks filled in."""
    desk.goto(f"{url}/i/INC-1/tell")
    for blank in desk.locator("input[name^='blank:']").all():
        blank.fill("half past")
    desk.get_by_label("Catalogue").uncheck()
    desk.get_by_role("button", name="Publish as").click()
    expect(desk.locator("#customers")).to_contain_text("told", timeout=20_000)


def pictures(browser: Browser, running: Child) -> None:
    """Walk through the demo and take everything."""
    once = ONCE.search(running.output())
    assert once, running.output()
    url = once[0].partition("/login/")[0]
    signed_in = browser.new_context(viewport=DESK)
    signed_in.set_default_timeout(20_000)
    desk = signed_in.new_page()
    desk.goto(once[0])
    desk.get_by_role("button", name="Sign in").click()
    if not eventually(lambda: "phone rings" in running.output(), 90):
        raise TimeoutError(running.output())
    pocket = browser.new_context(viewport=PHONE, storage_state=signed_in.storage_state(), device_scale_factor=2)
    phone = pocket.new_page()
    phone.goto(f"{url}/phone")
    expect(phone.get_by_role("button", name="Open", exact=True).first).to_be_visible()
    phone.locator(".handset").evaluate("one => scrollTo(0, one.offsetTop - 12)")
    take(phone, "phone.png")
    answer(phone)
    tell_customers(desk, url)
    desk.goto(f"{url}/i/INC-1")
    expect(desk.locator("#live")).to_have_text("Live")
    phone.evaluate("scrollTo(0, 0)")
    keep("respond.png", beside(browser, desk.screenshot(), phone.screenshot(scale="css")))
    desk.goto(url)
    take(desk, "home.png", 400)
    desk.goto(f"{url}/r/shop")
    desk.get_by_text("Severities and ladders").click()
    take(desk, "runbook.png")
    for scheme, name in (("light", "status.png"), ("dark", "status-dark.png")):
        public = browser.new_page(viewport={"width": 900, "height": 860}, color_scheme=scheme)  # type: ignore[arg-type]
        public.goto(f"{url}/status/")
        take(public, name)


def main() -> None:
    """Take all pictures anew."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as running, chromium() as browser:
        pictures(browser, running)


if __name__ == "__main__":
    main()
