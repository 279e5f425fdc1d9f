"""What the pages load: only files of ours, small, as they were fetched, and kept by browsers for ever."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from tests.web.house import House
from tools.vendor import PLACE, differences

ROOT = Path(__file__).resolve().parents[2]


def test_vendored_files_are_as_they_were_fetched() -> None:
    """Every third-party file is named in the lock with its hash and licence, and is that file."""
    assert differences(ROOT / PLACE) == []


def test_a_changed_vendored_file_is_noticed(tmp_path: Path) -> None:
    """The comparison names what was changed, added or lost."""
    for path in (ROOT / PLACE).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "htmx.js").write_bytes(b"alert(1)")
    (tmp_path / "more.js").write_bytes(b"")
    (tmp_path / "hx-sse.js").unlink()
    assert differences(tmp_path) == [
        "more.js is in no lock",
        "htmx.js is not what was fetched",
        "hx-sse.js is missing",
    ]


def test_a_responders_first_load_is_small(house: House) -> None:
    """Page, style sheet, scripts and icons of an incident together stay below 60 KB: it opens on a bad line."""
    house.declare()
    page = house.visitor().get("/i/INC-1").text
    loaded = {*re.findall(r'(?:href|src)="(/static/[^"#]+)', page), "/static/time.js", "/static/keys.js"}
    sizes = {path: len(gzip.compress(house.visitor(None).get(path).text.encode())) for path in loaded}
    assert len(loaded) >= 7
    assert sum(sizes.values()) + len(page.encode()) < 60_000, sizes
    assert (ROOT / "src/tocsin/web/static/app.css").stat().st_size < 22_000


def test_an_address_changes_with_its_content(house: House) -> None:
    """A file is kept for ever under the address that holds its hash, and briefly under any other."""
    page = house.visitor(None).get("/sign-in").text
    found = re.search(r'href="(/static/app\.css\?[0-9a-f]{12})"', page)
    assert found is not None
    marked = house.visitor(None).get(found[1])
    assert marked.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert marked.headers["content-type"] == "text/css; charset=utf-8"
    assert house.visitor(None).get("/static/app.css?old").headers["cache-control"] == "public, max-age=60"
    assert house.visitor(None).get("/static/app.css", accept_encoding="gzip").headers["content-encoding"] == "gzip"


def test_nothing_but_assets_is_served_as_one(house: House) -> None:
    """No path leads out of the folder, and what is no asset is none."""
    for name in ("../site.py", "vendor/vendor.toml", "..%2fsite.py", "%00", "nothing.css"):
        assert house.visitor(None).get(f"/static/{name}").status == 404


def test_customers_see_one_set_of_colours() -> None:
    """Who subscribes comes from the status page and goes back to it: the same page to them."""
    here = (ROOT / "src/tocsin/web/static/public.css").read_text()
    there = (ROOT / "src/tocsin/statuspage/templates/status.css").read_text()
    names = {"paper": "ground", "raised": "sheet", "ink": "ink", "soft": "soft", "line": "line", "link": "link"}
    for ours, theirs in names.items():
        (value,) = re.findall(rf"--{theirs}: (.*);", there)
        assert f"--{ours}: {value};" in here, ours
