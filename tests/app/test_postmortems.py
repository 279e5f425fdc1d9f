"""The post-mortem: drafted from the record, edited by several people, published without blanks."""

from __future__ import annotations

import pytest

from tests.app.shop import ANA, BO, EVA, MINUTE, SECRET, Shop, types
from tocsin.errors import Conflict, NotAllowed, NotFound, Refused
from tocsin.incident.commands import Resolve
from tocsin.incident.facts import TargetClock, TargetMet

WRITTEN = "# Post-Mortem: Checkout\n\n## Summary\nA disk was full.\n\n## Root Cause\nNobody looked.\n"


def resolved() -> Shop:
    """A shop whose incident is over."""
    shop = Shop()
    shop.declare()
    shop.clock.move_by(5 * MINUTE)
    shop.incidents.act(ANA, "INC-1", Resolve("fixed", override="seen"))
    return shop


def test_the_draft_has_the_teams_form_the_timeline_and_blanks() -> None:
    """Nobody has saved anything: version 0, the team's own sections, what is not known left open."""
    view = resolved().postmortems.open(EVA, "INC-1")
    assert (view.version, view.saved) == (0, False)
    assert "## Root Cause" in view.text
    assert "Ana" in view.text or "ana" in view.text
    assert view.blanks


def test_two_people_who_write_at_once_do_not_lose_each_others_words() -> None:
    """The second save on the same version is a conflict that names who was faster; nothing is overwritten."""
    shop = resolved()
    shop.postmortems.save(ANA, "INC-1", WRITTEN, 0)
    with pytest.raises(Conflict, match="ana saved version 1"):
        shop.postmortems.save(BO, "INC-1", "# mine", 0)
    assert shop.postmortems.open(EVA, "INC-1").text == WRITTEN
    assert shop.postmortems.save(BO, "INC-1", WRITTEN + "More.\n", 1).version == 2


def test_a_text_with_blanks_is_saved_and_not_published() -> None:
    """Drafts may have blanks; what the team reads may not."""
    shop = resolved()
    shop.postmortems.save(ANA, "INC-1", WRITTEN + "\n## Lessons\n[What we learned]\n", 0)
    with pytest.raises(Refused, match="What we learned"):
        shop.postmortems.publish(BO, "INC-1")


def test_publishing_stops_the_clock() -> None:
    """Published within its 48 hours: the target is met, and the view says when."""
    shop = resolved()
    shop.postmortems.save(ANA, "INC-1", WRITTEN, 0)
    shop.clock.move_by(MINUTE)
    shop.postmortems.publish(BO, "INC-1")
    assert shop.postmortems.open(EVA, "INC-1").published_at == shop.clock.now()
    assert TargetClock.POSTMORTEM in {x.clock for x in shop.facts() if isinstance(x, TargetMet)}


def test_nothing_is_published_that_nobody_has_saved() -> None:
    """A draft of ours is not the team's word."""
    with pytest.raises(NotFound, match="nobody has saved"):
        resolved().postmortems.publish(BO, "INC-1")


def test_who_may_not_write_does_not() -> None:
    """A viewer reads; a responder writes; only a maintainer publishes."""
    shop = resolved()
    with pytest.raises(NotAllowed):
        shop.postmortems.save(EVA, "INC-1", WRITTEN, 0)
    shop.postmortems.save(ANA, "INC-1", WRITTEN, 0)
    with pytest.raises(NotAllowed):
        shop.postmortems.publish(ANA, "INC-1")


def test_a_secret_in_a_post_mortem_is_masked_before_it_is_kept() -> None:
    """ADR 8 holds for documents too: every version is kept for ever."""
    shop = resolved()
    view = shop.postmortems.save(ANA, "INC-1", WRITTEN + f"The key was {SECRET}.\n", 0)
    assert SECRET not in view.text


def test_an_open_incident_has_no_published_post_mortem() -> None:
    """It is not over: saved, and refused to be published."""
    shop = Shop()
    shop.declare()
    shop.postmortems.save(ANA, "INC-1", WRITTEN, 0)
    with pytest.raises(Refused, match="not resolved yet"):
        shop.postmortems.publish(BO, "INC-1")
    assert "PostmortemPublished" not in types(shop.facts())
