"""Steps that are run from a chat: what was shown runs once, and nothing else does."""

from __future__ import annotations

import pytest

from tests.app.shop import ANA, SECOND, Shop
from tocsin.app.chat.about import About
from tocsin.app.chat.ports import Button
from tocsin.app.chat.steps import ChatSteps
from tocsin.errors import Refused


def chat(shop: Shop) -> ChatSteps:
    """The steps of a shop's incident, as a chat has them."""
    return ChatSteps(shop.incidents, shop.steps, About(lambda: shop.team, shop.incidents))


def run_button(shop: Shop, number: str) -> Button:
    """The button of a step that is shown now."""
    return next(one for one in chat(shop).show(ANA, "INC-1", number).buttons if one.action == "run")


def test_a_card_runs_its_step_once_however_often_it_is_pressed() -> None:
    """R15: the same card pressed again hours later, told twice by the chat or by another node, starts nothing."""
    shop = Shop()
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    step = shop.enable("uptime")
    number = str([one.step.id for one in shop.steps.list(ANA, "INC-1").steps].index(step) + 1)
    shown = run_button(shop, number)
    chat(shop).run(ANA, None, shown.value)
    shop.pass_time(SECOND)
    assert len(shop.runner.runs) == 1
    with pytest.raises(Refused, match="has been run since it was shown"):
        chat(shop).run(ANA, None, shown.value)
    chat(shop).run(ANA, None, run_button(shop, number).value)
    shop.pass_time(SECOND)
    assert len(shop.runner.runs) == 2


def test_a_card_of_an_older_version_runs_nothing() -> None:
    """Its value lacks the last run."""
    shop = Shop()
    with pytest.raises(Refused, match="look at the step again"):
        chat(shop).run(ANA, None, "INC-1 step digest")
