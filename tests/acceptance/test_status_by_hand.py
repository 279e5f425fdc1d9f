"""At night, the server killed and its database gone: customers are told all the same, and the server adopts it."""

from __future__ import annotations

import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.acceptance.test_without_database import SAID, house
from tests.stage.child import eventually
from tests.stage.nginx import nginx
from tests.stage.process import PROGRAM, Tocsin


def by_hand(server: Tocsin, *words: str | Path, yes: bool = True) -> subprocess.CompletedProcess[str]:
    """`tocsin status …`, with neither settings nor token, as somebody at a shell would."""
    command = [PROGRAM, "status", *words, *(["--yes"] if yes else [])]
    environment = {"PATH": os.environ["PATH"], "HOME": str(server.folder), "TOCSIN_URL": server.url}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=server.folder, timeout=60, check=False
    )


@pytest.mark.component("nginx")
def test_customers_are_told_without_server_and_database_and_the_server_adopts_it(tmp_path: Path) -> None:
    """F83: two posts on the files alone, seen through nginx on every form of the page; neither lost nor doubled."""
    with house(tmp_path / "house") as server:
        files = server.data / "status"
        new = ("post", "--files", files, "--title", "Orders fail", "--impact", "critical", "--component", "Checkout")
        alive = by_hand(server, *new, "We look into it.")
        assert alive.returncode != 0
        assert "tocsin say --customers" in alive.stderr
        server.kill()
        kept = server.database.read_bytes()
        for part in server.database.parent.glob("tocsin.db*"):
            part.rename(server.folder / part.name)
        blank = by_hand(server, *new, "It is over at [TIME].")
        assert blank.returncode != 0
        assert "[TIME]" in blank.stderr
        asked = by_hand(server, *new, "We look into it.", yes=False)
        assert asked.returncode != 0
        for shown in ("We look into it.", "Orders fail", "Checkout", "Major outage", "--yes"):
            assert shown in asked.stderr, asked.stderr
        assert b"We look into it." not in (files / "index.html").read_bytes()
        assert by_hand(server, *new, "We look into it.").returncode == 0
        again = by_hand(server, *new, "We look into it.")
        assert (again.returncode, "nothing was told twice" in again.stderr) == (0, True)
        several = by_hand(server, "update", "--files", files, "We know why.", "--state", "identified")
        assert "--incident" in several.stderr
        id = next(one for one in several.stderr.split("\n") if "Orders fail" in one).split()[0]
        update = ("update", "--files", files, "--incident", id, "We know why.", "--state", "identified")
        assert by_hand(server, *update).returncode == 0
        with nginx(tmp_path, root=files) as web:

            def read(path: str) -> str:
                with urllib.request.urlopen(f"{web.url}/{path}", timeout=10) as answer:
                    return str(answer.read().decode())

            told = ("index.html", f"incidents/{id}.html", "history.html", "api/v2/summary.json", "feed.atom")
            for path in told:
                assert "Orders fail" in read(path), path
            for path in (*told[:2], "api/v2/incidents.json", "history.rss"):
                assert "We know why." in read(path), path
            assert SAID in read("index.html")
            assert "Major outage" in read("badge.svg")
            for part in server.folder.glob("tocsin.db*"):
                part.rename(server.database.parent / part.name)
            assert server.database.read_bytes() == kept
            server.start()
            assert eventually(lambda: [one["id"] for one in server.api("/offline-posts")] == [id], 20)
            found = server.api("/offline-posts")[0]
            assert [one["text"] for one in found["posts"]] == ["We look into it.", "We know why."]
            assert found["waits"]
            for path in told:
                assert read(path).count("Orders fail") >= 1, path
            assert read("index.html").count("We know why.") == 1
            server.api(f"/offline-posts/{id}/adopt", {"incident": "INC-1"})
            assert eventually(lambda: f"incidents/{id}.html" not in read("index.html"), 20)
            assert read("index.html").count("We know why.") == 1
            notes = [
                one for one in server.api("/incidents/INC-1/timeline") if "Customers were told by hand" in str(one)
            ]
            assert len(notes) == 2
            server.kill()
            server.start()
            assert eventually(lambda: server.api("/offline-posts")[0]["incident"] == "INC-1", 20)
            assert len(server.api("/offline-posts")[0]["posts"]) == 2
