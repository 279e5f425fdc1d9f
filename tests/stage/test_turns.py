"""How tests share a machine: serial tests run alone, and a missing component is never silent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_pytest(folder: Path, *arguments: str, ci: bool = False) -> subprocess.CompletedProcess[str]:
    """Run pytest over a folder with this project's conftest, as a run of its own."""
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (folder / "pyproject.toml").write_text(
        f'[tool.pytest.ini_options]\npythonpath = ["{ROOT}"]\nmarkers = ["serial", "slow", "component(name)"]\n'
    )
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TOCSIN_"))}
    environment = {**mine, "CI": "true" if ci else "", "PATH": os.environ["PATH"]}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        *arguments,
        str(folder),
    ]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


TIMES = """
import pathlib, time, pytest

def note(name):
    began, here = time.monotonic(), pathlib.Path(__file__)
    time.sleep(0.2)
    here.with_name(f"{name}-{here.stem}.time").write_text(f"{began} {time.monotonic()}")

@pytest.mark.serial
@pytest.mark.parametrize("n", range(2))
def test_alone(n): note(f"serial-{n}")

@pytest.mark.parametrize("n", range(4))
def test_any(n): note(f"any-{n}")

@pytest.mark.slow
def test_long(): note("slow")
"""


def test_a_serial_test_runs_while_no_other_test_does(tmp_path: Path) -> None:
    """In a parallel run serial tests overlap with no other test, while others do; slow ones are begun first."""
    (tmp_path / "test_times.py").write_text(TIMES)
    (tmp_path / "test_more.py").write_text(TIMES)
    done = run_pytest(tmp_path, "-n", "2")
    assert "14 passed" in done.stdout, done.stdout + done.stderr
    times = {path.stem: tuple(map(float, path.read_text().split())) for path in tmp_path.glob("*.time")}
    overlapping = {
        (one, other)
        for one in times
        for other in times
        if one < other and times[one][0] < times[other][1] and times[other][0] < times[one][1]
    }
    assert overlapping, "nothing ran in parallel, so this shows nothing"
    assert not [pair for pair in overlapping if any(name.startswith("serial") for name in pair)]
    assert {name.split("-")[0] for name in sorted(times, key=times.__getitem__)[:2]} == {"slow"}


MISSING = """
import dataclasses, pytest
from tools import components

components.COMPONENTS = (components.Component("carillon", "bells", package="carillon", programs=("carillon-xyz",)),)

@pytest.mark.component("carillon")
def test_bells(): ...
"""


def test_a_missing_component_is_named_and_counted(tmp_path: Path) -> None:
    """Locally a test whose component is missing is skipped, and the summary says what stays untested."""
    (tmp_path / "test_bells.py").write_text(MISSING)
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not tested: 1 tests skipped" in done.stdout
    assert "1  component carillon is missing (make components); untested: bells" in done.stdout


def test_a_missing_component_is_a_failure_under_ci(tmp_path: Path) -> None:
    """With CI=true the same test fails, because a green run must have tested what it says."""
    (tmp_path / "test_bells.py").write_text(MISSING)
    done = run_pytest(tmp_path, ci=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "component carillon is missing" in done.stdout


def test_a_worker_waits_for_no_confirmation_of_what_it_says(tmp_path: Path) -> None:
    """What a worker asks the run before each test goes out at once, where it can be asked at all."""
    (tmp_path / "test_asking.py").write_text(
        "import socket\n"
        "def test_asking(request):\n"
        "    asked = request.config.failures_db.sock\n"
        "    assert asked.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)\n"
    )
    done = run_pytest(tmp_path, "-n", "1", "--reruns=1")
    assert "1 passed" in done.stdout, done.stdout + done.stderr
