"""Whether a component is here; where it is not, the test is skipped, or fails with CI=true."""

from __future__ import annotations

from typing import NoReturn

import pytest

from tools.components import component, strict


def require(name: str) -> str:
    """Where the component is; without it the calling test is skipped, or fails when a skip would hide a gap."""
    wanted = component(name)
    where = wanted.location()
    if where is None:
        missing(f"component {name} is missing (make components); untested: {wanted.purpose}")
    return where


def missing(reason: str) -> NoReturn:
    """Skip the calling test for what this machine lacks, or fail it where a skip would hide a gap (CI=true)."""
    if strict():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
