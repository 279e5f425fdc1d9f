"""What the tests of the web face share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House
from tests.web.house import house as open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation with its site; its loops do not run, its clock stands still."""
    with open_house(tmp_path) as opened:
        yield opened
