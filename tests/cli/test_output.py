"""What the command line writes: texts of other people never look like lines of ours."""

from __future__ import annotations

import pytest

from tocsin.cli.output import fields


def test_the_fields_of_one_thing_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Further lines of a value are set in to where it began, and what has no value is not named."""
    fields((("id", 7), ("trouble", "no answer\nid from elsewhere"), ("severity", ""), ("looks at", "mill")))
    shown = "  id       7\n  trouble  no answer\n           id from elsewhere\n  looks at mill\n"
    assert capsys.readouterr().out == shown
