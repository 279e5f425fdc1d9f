"""The five real runbooks, compiled once."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

TODAY = date(2026, 1, 15)


@cache
def compiled(path: Path) -> Playbook:
    """The playbook of a file; compiled once for all tests."""
    return compile_runbook(path.read_bytes(), path=path.name, today=TODAY)


@pytest.fixture(scope="session")
def dinner(runbooks_dir: Path) -> Playbook:
    """S0, whats-for-dinner."""
    return compiled(runbooks_dir / "whats-for-dinner.md")


@pytest.fixture(scope="session")
def cuisine(runbooks_dir: Path) -> Playbook:
    """S1, cuisine-code."""
    return compiled(runbooks_dir / "cuisine-code.md")


@pytest.fixture(scope="session")
def cookcam(runbooks_dir: Path) -> Playbook:
    """S2, cookcam."""
    return compiled(runbooks_dir / "cookcam.md")


@pytest.fixture(scope="session")
def dashboarduz(runbooks_dir: Path) -> Playbook:
    """S3, dashboarduz."""
    return compiled(runbooks_dir / "dashboarduz.md")


@pytest.fixture(scope="session")
def mgmt(runbooks_dir: Path) -> Playbook:
    """S4, mgmt-vibe."""
    return compiled(runbooks_dir / "mgmt-vibe.md")


@pytest.fixture(scope="session")
def seeds(
    dinner: Playbook, cuisine: Playbook, cookcam: Playbook, dashboarduz: Playbook, mgmt: Playbook
) -> list[Playbook]:
    """All five in their order, S0 to S4."""
    return [dinner, cuisine, cookcam, dashboarduz, mgmt]
