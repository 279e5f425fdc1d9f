"""The tools that set up: they report honestly, and say what to do when they cannot go on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import components, environment

ROOT = Path(__file__).resolve().parents[2]

ONE_HERE_ONE_MISSING = """
from tools import components as c
c.COMPONENTS = (
    c.Component("shell", "steps", package="dash", programs=("sh",)),
    c.Component("carillon", "bells", package="carillon", programs=("carillon-xyz",)),
)
raise SystemExit(c.main(["--report"]))
"""


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_missing_components_are_named_and_fail_under_ci_only(ci: str, status: int) -> None:
    """The report says where each component is, or how to get it and what is untested without it."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_HERE_ONE_MISSING],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "test components: 1 of 2 here" in done.stdout
    assert "MISSING  carillon     apt install carillon; without it untested: bells" in done.stdout


ONE_OF_WHEELS = """
from pathlib import Path
from tools import components as c
c.COMPONENTS = (c.Component("bells", "chimes", wheels=("bells==1.0",), programs=("ring",), optional=True),)
c.install_wheels = None  # nobody named it
print(c.main([]))
place = c.component("bells").folder() / "bin"
place.mkdir(parents=True)
(place / "ring").touch()
print(c.component("bells").location() == str(place / "ring"))
"""


def test_what_is_only_measured_beside_is_installed_when_it_is_named(tmp_path: Path) -> None:
    """It lies in an environment of its own, by its version; a run of the tests neither needs nor fetches it."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_OF_WHEELS],
        cwd=ROOT,
        env={**os.environ, "CI": "true", "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "MISSING  bells        python -m tools.components bells; without it untested: chimes" in done.stdout
    assert done.stdout.splitlines()[-2:] == ["0", "True"]
    assert (tmp_path / "tocsin" / "components" / "bells==1.0").is_dir()


def test_an_unknown_component_is_refused_with_the_known_ones() -> None:
    """A marker with a misspelt name does not pass as a missing component."""
    with pytest.raises(KeyError, match=r"no component is called 'postgres'; known are postgresql, chromium"):
        components.component("postgres")


def test_the_set_up_can_be_read_by_an_old_python() -> None:
    """It must be able to say that the Python is too old, so its syntax is that of 3.7."""
    text = (ROOT / "tools" / "environment.py").read_text()
    ast.parse(text, feature_version=(3, 7))
    with pytest.raises(SyntaxError):
        ast.parse(text + "\nmatch text:\n    case _: ...\n", feature_version=(3, 7))


def test_a_wrong_command_is_no_crash() -> None:
    """A program that is absent, or ends badly, does not run; one that ends well does."""
    assert environment.runs(sys.executable, "-c", "")
    assert not environment.runs(sys.executable, "-c", "raise SystemExit(1)")
    assert not environment.runs("/nonexistent/uv", "--version")
