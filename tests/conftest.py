"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared() -> Path | None:
    """The folder of public documents beside the checkout, where it exists."""
    named = os.environ.get("TOCSIN_SHARED")
    for place in (Path(named) if named else None, ROOT.parent / "shared"):
        if place is not None and (place / "runbooks").is_dir():
            return place
    return None


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with the five real runbooks; a test that needs it is skipped where it is absent."""
    place = shared()
    if place is None:
        pytest.skip("the shared documents are not beside this checkout (set TOCSIN_SHARED)")
    return place


@pytest.fixture(scope="session")
def runbooks_dir(shared_dir: Path) -> Path:
    """The five real runbooks."""
    return shared_dir / "runbooks"
