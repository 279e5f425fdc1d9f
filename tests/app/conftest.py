"""What tests of the application share."""

from __future__ import annotations

import pytest

from tests.app.coast import Coast


@pytest.fixture
def coast() -> Coast:
    """The shop with a target for runners."""
    return Coast()
