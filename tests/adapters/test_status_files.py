"""The directory that the status page is published into."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.statuspage.samples import COMPONENTS, OPEN, PAST, sample_page
from tocsin.adapters.status_files import StatusFiles
from tocsin.app.ports import Delivered, GiveUp, StatusPublisher, TryAgain
from tocsin.statuspage.api_v2 import component_id
from tocsin.statuspage.render import render


def names(folder: Path) -> set[str]:
    """The files under a folder by their relative path."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_page_is_written_as_it_was_rendered(tmp_path: Path) -> None:
    """Every file stands in its place with its bytes, in a directory that need not exist."""
    site = tmp_path / "public" / "status"
    publisher: StatusPublisher = StatusFiles(site)
    files = render(sample_page(OPEN, PAST))
    assert isinstance(publisher.publish(files), Delivered)
    assert {name: (site / name).read_bytes() for name in names(site)} == files


def test_files_can_be_read_by_a_web_server_of_another_user(tmp_path: Path) -> None:
    """Whatever the umask of the publisher is."""
    before = os.umask(0o077)
    try:
        StatusFiles(tmp_path).publish({"index.html": b"x"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "index.html").stat().st_mode) == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes in the name of others")
def test_what_root_writes_belongs_to_whom_the_folder_belongs(tmp_path: Path) -> None:
    """The server runs as somebody else, and goes on with the files and folders that root made at night."""
    os.chown(tmp_path, 65534, 65533)
    StatusFiles(tmp_path).publish({"index.html": b"x", "api/v2/summary.json": b"{}"})
    owners = {(one.stat().st_uid, one.stat().st_gid) for one in tmp_path.rglob("*")}
    assert owners == {(65534, 65533)}
    assert {"api", "index.html"} <= {one.name for one in tmp_path.iterdir()}


def test_pages_of_incidents_that_are_no_longer_public_are_removed(tmp_path: Path) -> None:
    """Nothing else in the directory is touched."""
    publisher = StatusFiles(tmp_path)
    publisher.publish(render(sample_page(OPEN, PAST)))
    (tmp_path / "robots.txt").write_text("the team's own")
    publisher.publish(render(sample_page(OPEN)))
    assert f"incidents/{OPEN.id}.html" in names(tmp_path)
    assert f"incidents/{PAST.id}.html" not in names(tmp_path)
    assert (tmp_path / "robots.txt").read_text() == "the team's own"


def test_badge_of_a_component_that_is_no_more_is_removed(tmp_path: Path) -> None:
    """An old badge would call it operational for ever."""
    publisher = StatusFiles(tmp_path)
    publisher.publish(render(sample_page()))
    publisher.publish(render(sample_page(components=COMPONENTS[:1])))
    left = f"badges/{component_id(COMPONENTS[0].key)}"
    assert {name for name in names(tmp_path) if name.startswith("badges/")} == {f"{left}.json", f"{left}.svg"}


def test_pages_of_a_language_that_is_no_more_are_removed(tmp_path: Path) -> None:
    """They would go on saying what was."""
    files = StatusFiles(tmp_path)
    files.publish(render(sample_page(OPEN, languages=("en", "de", "fr"))))
    files.publish(render(sample_page(OPEN, languages=("de", "en"))))
    assert not [name for name in names(tmp_path) if name.startswith(("fr/", "de/"))]
    assert f"en/incidents/{OPEN.id}.html" in names(tmp_path)


def test_unchanged_files_are_left_alone(tmp_path: Path) -> None:
    """A file that has not changed keeps its place on the disk and its time."""
    publisher = StatusFiles(tmp_path)
    publisher.publish({"index.html": b"new", "status.css": b"same"})
    before = (tmp_path / "status.css").stat()
    publisher.publish({"index.html": b"newer", "status.css": b"same"})
    assert (tmp_path / "status.css").stat().st_ino == before.st_ino
    assert (tmp_path / "index.html").read_bytes() == b"newer"


def test_change_of_the_same_length_is_written(tmp_path: Path) -> None:
    """Content decides, not size."""
    publisher = StatusFiles(tmp_path)
    publisher.publish({"index.html": b"aaa"})
    publisher.publish({"index.html": b"bbb"})
    assert (tmp_path / "index.html").read_bytes() == b"bbb"


@pytest.mark.parametrize("name", ["../x.html", "/etc/x", "a/../b.html", ".hidden", "a//b.html", "", "a/.x", "a\0b"])
def test_name_that_leads_elsewhere_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    """Publishing fails closed."""
    outcome = StatusFiles(tmp_path / "site").publish({"index.html": b"x", name: b"evil"})
    assert isinstance(outcome, GiveUp)
    assert names(tmp_path) == set()


def test_second_publisher_is_told_to_try_again(tmp_path: Path) -> None:
    """The manual way and the server may meet; neither mixes into the other's page."""
    code = (
        "import fcntl, os, sys; d = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(d, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert isinstance(StatusFiles(tmp_path).publish({"index.html": b"x"}), TryAgain)
        other.communicate()
    assert isinstance(StatusFiles(tmp_path).publish({"index.html": b"x"}), Delivered)


def test_disk_that_cannot_be_written_is_tried_again_and_the_old_page_stays(tmp_path: Path) -> None:
    """A place that is a folder where a file belongs stands for any refusal of the disk."""
    publisher = StatusFiles(tmp_path)
    publisher.publish({"index.html": b"old"})
    (tmp_path / "feed.atom" / "in the way").mkdir(parents=True)
    outcome = publisher.publish({"index.html": b"new", "feed.atom": b"x"})
    assert isinstance(outcome, TryAgain)
    assert (tmp_path / "index.html").read_bytes() == b"old"
    assert not [name for name in names(tmp_path) if "unfinished" in name]


PUBLISH_FOR_EVER = """
import itertools, sys
from pathlib import Path
from tocsin.adapters.status_files import StatusFiles
publisher = StatusFiles(Path(sys.argv[1]))
for n in itertools.count():
    word = (b"A", b"B")[n % 2]
    publisher.publish({name: word * 300_000 for name in ("feed.atom", "incidents/x.html", "index.html")})
    if n == 1:
        print("going", flush=True)
"""


def test_kill_in_the_middle_of_publishing_leaves_whole_files(tmp_path: Path) -> None:
    """R20: after kill -9 at any moment each file is the old or the new one, and the next publication cleans up."""
    for n in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISH_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"going\n"
        time.sleep(0.003 * n)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        for name in ("feed.atom", "incidents/x.html", "index.html"):
            content = (tmp_path / name).read_bytes()
            assert content in (b"A" * 300_000, b"B" * 300_000), name
    assert isinstance(StatusFiles(tmp_path).publish({"index.html": b"x"}), Delivered)
    assert not [name for name in names(tmp_path) if "unfinished" in name]
