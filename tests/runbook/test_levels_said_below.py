"""When a level is called that a heading numbers, by what stands below it; and levels with all above or below them."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel

SCALE = """# Mill

## Severity

| Level | Meaning |
|---|---|
| P0 | All mills stand |
| P1 | One mill stands |
| P2 | Flour is coarse |
| P3 | A lamp is out |

"""


def _chain(text: str) -> tuple[EscalationLevel, ...]:
    return compile_runbook(f"{SCALE}## Escalation\n\n{text}\n").escalation_levels


def _minutes(levels: tuple[EscalationLevel, ...]) -> list[float | None]:
    return [None if one.after is None or one.after.seconds is None else one.after.seconds / 60 for one in levels]


OWN = [
    (
        "### Level 1: Miller\n- First look\n\n### Level 2: Master miller\n- Escalate if the incident persists > 1 hour\n\n"
        "### Level 3: Head of mills\n- Long outages (>4 hours)\n"
    ),
    (
        "### L1 Miller\n- First look\n\n### L2 Master miller\n- Escalate here after 60 minutes\n\n"
        "### L3 Head of mills\n- Escalate here after 240 minutes\n"
    ),
    (
        "**Level 1: Miller**\n- First look\n\n**Level 2: Master miller**\n- Not resolved within 60 minutes\n\n"
        "**Level 3: Head of mills**\n- Incidents open for more than 4 hours\n"
    ),
    (
        "### Level 1: Miller\n**Task:** first look\n\n### Level 2: Master miller\n**When:** unresolved after 60 minutes\n\n"
        "### Level 3: Head of mills\n**When:** unresolved after 4 hours\n"
    ),
    (
        "### Stufe 1: Müller\n- Erster Blick\n\n### Stufe 2: Obermüller\n- Nicht gelöst nach 60 Minuten\n\n"
        "### Stufe 3: Leiter der Mühlen\n- Ausfälle länger als 4 Stunden\n"
    ),
    (
        "### Level 1: Miller\nTakes the call.\n\n### Level 2: Master miller\nCalled when an outage lasts longer than 1 hour.\n\n"
        "### Level 3: Head of mills\nDowntime > 4 hours\n"
    ),
]


@pytest.mark.parametrize("text", OWN)
def test_a_time_below_a_level_is_its_own_where_the_first_level_waits_for_nothing(text: str) -> None:
    """Level 1 has no time to give up after, so "escalate after 60 minutes" below level 2 calls level 2, not level 3."""
    assert _minutes(_chain(text)) == [None, 60, 240]


HANDED = [
    (
        "### Level 1: Miller\n- Escalate after 20 minutes without progress\n\n"
        "### Level 2: Master miller\n- Escalate after 60 minutes\n\n### Level 3: Head of mills\n- Decides\n"
    ),
    (
        "### Level 1: Miller\nEscalates to level 2 after 20 minutes.\n\n"
        "### Level 2: Master miller\nEscalates to level 3 after 60 minutes.\n\n### Level 3: Head of mills\nDecides.\n"
    ),
]


@pytest.mark.parametrize("text", HANDED)
def test_a_time_below_a_level_is_the_next_ones_where_the_first_level_has_one(text: str) -> None:
    """Where the first level says when it gives up, so do the others, in paragraphs as in lists."""
    assert _minutes(_chain(text)) == [None, 20, 60]


def test_an_outage_that_lasts_is_no_wait_for_the_next_level() -> None:
    """How long an outage lasts is when that level is called, also where the levels say when they give up."""
    text = (
        "### Level 1: Miller\n- Escalate after 20 minutes\n\n### Level 2: Master miller\n- Takes over\n\n"
        "### Level 3: Head of mills\n- Outages over 4 hours\n"
    )
    assert _minutes(_chain(text)) == [None, 20, 240]


@pytest.mark.parametrize(
    "said",
    ["P1+", "P1 and above", "P1 or higher", "P1 und höher", "P1 et plus", "P1 ou superior", "P1 以上", "P1及以上"],
)
def test_a_level_and_those_above_it_are_meant_together(said: str) -> None:
    """ "P1+" calls somebody for P0 as well: whoever is called for less is called for more."""
    levels = _chain(f"1. Miller\n2. Master miller ({said}, after 30 min)\n3. Head of mills (P0, after 60 min)\n")
    assert [one.severities for one in levels] == [(), ("P0", "P1"), ("P0",)]
    assert _minutes(levels) == [None, 30, 60]


@pytest.mark.parametrize("said", ["P1 and below", "P1 or lower", "P1 und niedriger", "P1 以下"])
def test_a_level_and_those_below_it_are_meant_together(said: str) -> None:
    """ "P1 and below" is P1 and everything that is less."""
    playbook = compile_runbook(f"{SCALE}## Communication\n\n- {said}: updates every 60 minutes\n")
    assert [one.severities for one in playbook.cadences] == [("P1", "P2", "P3")]


def test_a_plus_between_two_levels_adds_only_those_two() -> None:
    """In "P1+P3" the sign stands between two names, and means no others."""
    playbook = compile_runbook(f"{SCALE}## Communication\n\n- P1+P3: updates every 60 minutes\n")
    assert [one.severities for one in playbook.cadences] == [("P1", "P3")]


@pytest.mark.parametrize("said", ["auto-paged", "auto paged via the rota", "paged automatically"])
def test_whoever_a_program_pages_is_paged(said: str) -> None:
    """ "Is auto-paged" is called as well as whoever "is paged"."""
    (one,) = _chain(f"If the miller does not answer within 5 minutes, the secondary is {said}.\n")
    assert (one.targets, _minutes((one,))) == (("secondary",), [5])


@pytest.mark.parametrize("said", ["P1/2", "P1/2 incidents", "P1 and P2"])
def test_numbers_behind_a_slash_are_levels_of_the_same_word(said: str) -> None:
    """ "P1/2" is P1 and P2; a share or a year behind a slash is none."""
    playbook = compile_runbook(f"{SCALE}## Communication\n\n- {said}: updates every 60 minutes\n")
    assert [one.severities for one in playbook.cadences] == [("P1", "P2")]


@pytest.mark.parametrize("said", ["P1/2024", "P1/2%", "P1/9"])
def test_what_is_no_level_behind_a_slash_adds_none(said: str) -> None:
    """A year, a share and a number that the scale has not leave the level that stands before them."""
    playbook = compile_runbook(f"{SCALE}## Communication\n\n- {said}: updates every 60 minutes\n")
    assert [one.severities for one in playbook.cadences] == [("P1",)]


def test_nobody_is_called_with_the_one_who_did_not_answer() -> None:
    """ "At once" behind an arrow for no answer is how soon that one comes, and no call at the same moment."""
    drawing = (
        "Miller (5 min ack)\n    ↓ (if no ack)\nMaster miller (5 min)\n    ↓ (if no ack)\nHead of mills (immediate)"
    )
    levels = _chain(f"```\n{drawing}\n```\n")
    assert [one.targets for one in levels] == [("Miller",), ("Master miller",), ("Head of mills",)]
    assert _minutes(levels)[1] == 5


def test_whoever_an_arrow_calls_at_once_is_called_with_the_one_above() -> None:
    """Without a word on an answer, "immediate" calls both at the same moment."""
    levels = _chain("```\nOn-call miller\n    ↓ 10 min\nShift lead\n    ↓\nHead of mills (immediate)\n```\n")
    assert [one.targets for one in levels] == [("On-call miller",), ("Shift lead", "Head of mills")]
