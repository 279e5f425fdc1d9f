"""The lock files are in step with pyproject.toml, hold a hash for everything, and name no registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools.lock import ADDRESS

ROOT = Path(__file__).resolve().parents[2]
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ \\;]+)(?P<rest>.*(?:\n[ ]+.*)*)", re.MULTILINE)


def normal(requirement: str) -> str:
    """The name of a requirement in its normal form."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def locked(path: Path) -> dict[str, str]:
    """Name to version of everything in a lock file."""
    return {normal(entry["name"]): entry["version"] for entry in ENTRY.finditer(path.read_text())}


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def group(name: str) -> set[str]:
    """The names of a dependency group, with those of the groups that it includes."""
    names: set[str] = set()
    for entry in project()["dependency-groups"][name]:
        names |= group(entry["include-group"]) if isinstance(entry, dict) else {normal(entry)}
    return names


def test_everything_that_runs_is_in_the_runtime_lock() -> None:
    """A dependency, an extra or the build backend that is not locked would not be installed; run `make lock`."""
    said = project()["project"]
    extras = [name for names in said["optional-dependencies"].values() for name in names]
    wanted = {normal(requirement) for requirement in (*said["dependencies"], *extras)} | group("build")
    assert wanted - set(locked(RUNTIME)) == set()


def test_everything_that_tests_need_is_in_the_development_lock() -> None:
    """What the group `dev` names is locked too; run `make lock`."""
    assert group("dev") - set(locked(DEVELOPMENT)) == set()


def test_tests_run_with_the_versions_that_run() -> None:
    """The development lock holds all that the runtime lock holds, in the same versions."""
    development = locked(DEVELOPMENT)
    assert {name: development.get(name) for name in locked(RUNTIME)} == locked(RUNTIME)


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=lambda path: path.name)
def test_a_lock_file_has_a_hash_for_everything_and_no_address(path: Path) -> None:
    """Without hashes whatever an index answers is installed; with an address nobody's mirror is used."""
    text = path.read_text()
    assert len(locked(path)) > 20
    assert [entry["name"] for entry in ENTRY.finditer(text) if "--hash=sha256:" not in entry["rest"]] == []
    assert ADDRESS.search(text) is None


@pytest.mark.parametrize("line", ["--index-url https://mirror.example/simple", "x @ https://host.example/x.whl"])
def test_an_address_in_a_lock_file_is_recognised(line: str) -> None:
    """An option that names an index and a requirement that names its file are both seen."""
    assert ADDRESS.search(f"aiohttp==3.14.5\n{line}\n")
