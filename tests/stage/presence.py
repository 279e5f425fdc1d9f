"""Whether a component is here; where it is not, the test is skipped, or fails with CI=true."""

from __future__ import annotations

import pytest

from tools.components import component, strict


def require(name: str) -> str:
    """Where the component is; without it the calling test is skipped, or fails when a skip would hide a gap."""
    wanted = component(name)
    where = wanted.location()
    if where is not None:
        return where
    reason = f"component {name} is missing (make components); untested: {wanted.purpose}"
    if strict():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
