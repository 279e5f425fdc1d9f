"""The small server that shows the status page when nothing else runs."""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stage.child import Child, child, free_port, listens
from tests.statuspage.samples import OPEN, sample_page
from tocsin.adapters.status_files import StatusFiles
from tocsin.adapters.status_server import StatusSite
from tocsin.statuspage.render import render

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A published page beside a file that nobody may see."""
    (tmp_path / "secret.html").write_text("secret")
    StatusFiles(tmp_path / "site").publish(render(sample_page(OPEN)))
    return tmp_path / "site"


def ask(folder: Path | StatusSite, path: str, *, method: str = "GET", root: str = "", **headers: str) -> Answer:
    """One request to the application, without a network."""
    app = folder if isinstance(folder, StatusSite) else StatusSite(folder)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "root_path": root, "headers": lines, "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


def test_pages_are_found_by_their_names(site: Path) -> None:
    """The front page at /, others with or without their ending."""
    assert ask(site, "/")[0] == 200
    assert ask(site, "/")[2] == ask(site, "/index.html")[2] == ask(site, "/index")[2]
    assert ask(site, f"/incidents/{OPEN.id}")[2] == (site / f"incidents/{OPEN.id}.html").read_bytes()
    assert json.loads(ask(site, "/api/v2/status.json")[2])["status"]["indicator"] == "major"


def test_a_folder_is_its_front_page(tmp_path: Path) -> None:
    """A language's address ends with a slash, so that the links of its page hold."""
    StatusFiles(tmp_path).publish(render(sample_page(OPEN, languages=("en", "de"))))
    assert ask(tmp_path, "/de/")[2] == (tmp_path / "de/index.html").read_bytes()
    assert ask(tmp_path, "/fr/")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.html", "/..%2fsecret.html", "/api/../../secret.html", "//secret.html", "/./index.html"),
        *(
            "/\\..\\secret.html",
            "/secret.html\0.html",
            "/.unfinished-index.html",
            "/incidents/",
            "/api",
            "/a/b/c/d/e/f",
        ),
        *("/" + "a" * 300 + ".html", "/etc/passwd", "/index.html/", "/link.html", "/a/b/c/d/e/f"),
    ],
)
def test_nothing_but_the_published_files_can_be_reached(site: Path, path: str) -> None:
    """F-class path traversal: dots, hidden files, folders and links that lead out are all not found."""
    (site / ".unfinished-index.html").write_text("half")
    (site / "link.html").symlink_to(site.parent / "secret.html")
    status, _, body = ask(site, path)
    assert status == 404
    assert b"secret" not in body


def test_file_that_turns_into_a_link_is_no_longer_served(site: Path) -> None:
    """What was remembered is looked at again."""
    app = StatusSite(site)
    assert ask(app, "/history.html")[0] == 200
    (site / "history.html").unlink()
    (site / "history.html").symlink_to(site.parent / "secret.html")
    assert ask(app, "/history.html")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_page_can_only_be_read(site: Path, method: str) -> None:
    """GET and HEAD, nothing else."""
    status, headers, _ = ask(site, "/", method=method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_head_says_the_same_without_the_body(site: Path) -> None:
    """RFC 9110: the headers of GET, no content."""
    status, headers, body = ask(site, "/", method="HEAD")
    assert (status, body) == (200, b"")
    assert headers == ask(site, "/")[1]


def test_reader_who_has_it_already_gets_it_not_again(site: Path) -> None:
    """If-None-Match in all its forms; a change is news at once."""
    app = StatusSite(site)
    tag = ask(app, "/")[1]["etag"]
    for value in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        assert ask(app, "/", if_none_match=value)[0] == 304
    assert ask(app, "/", if_none_match='"other"')[0] == 200
    StatusFiles(site).publish({**render(sample_page())})
    assert ask(app, "/", if_none_match=tag)[0] == 200


def test_range_is_ignored(site: Path) -> None:
    """F69: a request for a thousand ranges costs what any costs."""
    ranges = "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(1000))
    assert ask(site, "/", range=ranges)[0] == 200
    assert len(ask(site, "/", range=ranges)[2]) == (site / "index.html").stat().st_size


def test_every_answer_carries_the_headers_of_safety(site: Path) -> None:
    """Also refusals; other sites' scripts may read the JSON and the feeds, nothing else."""
    for path in ("/", "/nothing", "/api/v2/summary.json"):
        _, headers, _ = ask(site, path)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
    assert ask(site, "/api/v2/summary.json")[1]["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in ask(site, "/")[1]


def test_page_may_be_mounted_below_another_path(site: Path) -> None:
    """The main application serves it at /status."""
    assert ask(site, "/status/", root="/status")[2] == ask(site, "/")[2]
    assert ask(site, "/status/history.html", root="/status")[0] == 200


def test_nothing_published_yet_says_so(tmp_path: Path) -> None:
    """A reader is asked to come again, not told that the page does not exist."""
    status, headers, _ = ask(tmp_path / "nothing", "/")
    assert (status, headers["cache-control"]) == (503, "no-store")


SERVE = (
    "import sys; from pathlib import Path; from tocsin.adapters.status_server import serve_status; "
    "serve_status(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]))"
)


@pytest.fixture
def server(site: Path, tmp_path: Path) -> Iterator[tuple[int, Child]]:
    """The server as a process of its own, with no database and no main process; its port and the process."""
    port = free_port()
    command = [sys.executable, "-c", SERVE, str(site), str(port)]
    with child(command, log=tmp_path / "server.log", ready=lambda: listens(port)) as process:
        yield port, process


def test_page_is_served_by_a_process_that_needs_nothing_else(server: tuple[int, Child], site: Path) -> None:
    """R20: over a real connection, kept open; what is published next is seen at once; a path cannot climb out."""
    connection = http.client.HTTPConnection("127.0.0.1", server[0], timeout=5)
    seen = []
    for path in ("/", "/../secret.html", "/%2e%2e/secret.html", "/?x=1", "/api/v2/status.json"):
        connection.request("GET", path)
        answer = connection.getresponse()
        seen.append((answer.status, b"secret" in answer.read()))
    assert seen == [(200, False), (404, False), (404, False), (200, False), (200, False)]
    StatusFiles(site).publish({"index.html": b"<!doctype html>new"})
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"<!doctype html>new"
    connection.close()


def test_server_stops_when_told_although_a_reader_stays(server: tuple[int, Child]) -> None:
    """An open connection does not keep it alive."""
    connection = http.client.HTTPConnection("127.0.0.1", server[0], timeout=5)
    connection.request("GET", "/")
    connection.getresponse().read()
    assert server[1].stop(within=5) in (0, -15)
    connection.close()
