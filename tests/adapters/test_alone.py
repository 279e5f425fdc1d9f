"""One server in a data folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.adapters.alone import alone_in
from tocsin.errors import Conflict

HOLD = """
import sys
from pathlib import Path
from tocsin.adapters.alone import alone_in
with alone_in(Path(sys.argv[1])):
    print("have it", flush=True)
    sys.stdin.read()
"""


def test_a_second_server_is_refused_until_the_first_one_is_gone(tmp_path: Path) -> None:
    """R12, R15: it would page anew and give up steps that run; a kill frees the folder."""
    with subprocess.Popen(  # our own interpreter
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "have it\n"
        with pytest.raises(Conflict, match=r"server\.data"), alone_in(tmp_path, patience=0.2):
            pytest.fail("two servers in one folder")
        first.kill()
    with alone_in(tmp_path, patience=2.0):
        pass


def test_the_folder_is_free_again_when_a_server_has_stopped(tmp_path: Path) -> None:
    """A restart is no conflict, and a first start makes the folder."""
    folder = tmp_path / "new" / "folder"
    for _ in range(2):
        with alone_in(folder, patience=0.0):
            assert (folder / "server.lock").stat().st_mode & 0o077 == 0
