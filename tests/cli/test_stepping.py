"""What `tocsin next` and `tocsin run` say of a step, without a server."""

from __future__ import annotations

import pytest

from tests.app.shop import ANA
from tests.app.test_courses import view
from tests.app.test_verification import NOTHING, RESTART, SEARCHING, WELL, change, opened
from tocsin.api.telling import steps
from tocsin.cli import stepping


def test_a_check_that_found_nothing_is_not_shown_as_succeeded(capsys: pytest.CaptureFixture[str]) -> None:
    """F54: the API gives the verdict; a `grep` that matched nothing ended well, and the terminal says what it found."""
    shop = opened(RESTART, "grep", runbook=SEARCHING)
    shop.runner.plan(WELL)
    shop.runner.plan(NOTHING)
    change(shop)
    listed = steps("INC-1", shop.steps.list(ANA, "INC-1")).model_dump(mode="json")
    assert [one["verdict"] for one in listed["steps"] if one["outcome"]] == [None, "not_verified"]
    for number, one in enumerate(listed["steps"], start=1):
        stepping._show(number, one)
    printed = capsys.readouterr().out
    assert f"{view(shop, 'grep').step.title}  (line 32)  [not verified]" in printed
    assert "[succeeded]" in printed
