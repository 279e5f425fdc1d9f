"""Times of tiers in tables of severities, promises beside news for others, words beside codes, tables of audiences."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook, Severity


def _read(text: str) -> Playbook:
    return compile_runbook("# Lift runbook\n\n" + text)


def _told(chain: tuple[EscalationLevel, ...]) -> list[tuple[tuple[str, ...], float | None]]:
    return [(one.targets, None if one.after is None else (one.after.seconds or 0) / 60) for one in chain]


def _answers(severities: tuple[Severity, ...]) -> list[float | None]:
    targets = [one.response_target for one in severities]
    return [None if one is None or one.seconds is None else one.seconds / 60 for one in targets]


_TIERS = "- L1: Duty mechanic\n- L2: Lift lead\n- L3: Director\n\n"
_TREE = """```
Tier 1 — Duty mechanic (from the alarm)
    │  No end within the threshold ↓
Tier 2 — Lift lead for the mountain
    │  No end within the threshold ↓
Tier 3 — Director + Safety lead / Press office
```

"""


@pytest.mark.parametrize("tiers", [_TIERS, _TREE])
@pytest.mark.parametrize(
    "titles",
    [
        "Tier 1 response | To tier 2 after | To tier 3 after",
        "L1 response | Escalate to L2 | Escalate to L3",
        "Response | Escalate to level 2 | Escalate to level 3",
    ],
)
def test_a_column_for_each_tier_says_when_it_is_called(tiers: str, titles: str) -> None:
    """The rows are severities, the cells times, and the titles say of which tier they are."""
    head = f"| Severity | {titles} |\n|---|---|---|---|\n"
    read = _read(f"## Escalation\n\n{tiers}{head}| P1 | 5 min | 15 min | 30 min |\n| P2 | 10 min | 1 h | 4 h |\n")
    assert [minutes for _who, minutes in _told(read.escalation_levels)] == [None, 15, 30]
    assert [minutes for _who, minutes in _told(read.escalation_by_severity["P2"])] == [None, 60, 240]
    assert read.escalation_levels[0].targets == ("Duty mechanic",)
    assert _answers(read.severities) == [5, 10]


def test_the_answer_of_a_later_tier_is_no_promise() -> None:
    """How soon the second line answers is not when the incident is answered."""
    head = "| Severity | Second line response | Fix |\n|---|---|---|\n"
    assert _answers(_read(f"## Severities\n\n{head}| P1 | 20 min | 4 h |\n| P2 | 1 h | 8 h |\n").severities) == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    "said",
    [
        "Page the owning team. Leadership notification within 30 minutes. Track it.",
        "Page the owning team. Management is told within 1 hour.",
        "Notify customers within 2 hours.",
    ],
)
def test_when_others_are_told_is_no_answer(said: str) -> None:
    """Whoever is told by then answers nothing, and the sentence stays one of the duties."""
    levels = [
        f"## SEV{n} — {word}\n\n**Definition:** The lift hangs.\n\n" for n, word in ((1, "Critical"), (2, "Minor"))
    ]
    severity, _other = _read(f"{levels[0]}**Response:** {said}\n\n{levels[1]}").severities
    assert severity.response_target is None
    assert any("within" in one for one in severity.actions)


def test_an_example_with_a_rhythm_in_it_is_an_example() -> None:
    """ "The count fails, delaying daily reports" promises no update every day."""
    examples = "**Examples:**\n\n- The count fails, delaying daily reports.\n- The door squeaks.\n"
    read = _read(f"## SEV1\n\n{examples}\n## SEV2\n\n**Examples:**\n\n- Dust.\n")
    assert len(read.severities[0].criteria) == 2
    assert read.cadences == ()


@pytest.mark.parametrize("first", ["Audience", "Stakeholder", "Zielgruppe"])
def test_a_table_of_audiences_promises_no_answer(first: str) -> None:
    """By when customers are told at each severity is what is done, and no time to answer."""
    scale = (
        "## Severity\n\n| Level | Definition |\n|---|---|\n| SEV1 | The lift hangs |\n| SEV2 | The lift is late |\n\n"
    )
    rows = (
        f"| {first} | SEV1 | SEV2 |\n|---|---|---|\n| Guests | Within 1h | Within 4h |\n| Team | Immediate | Later |\n"
    )
    read = _read(f"{scale}## Communication\n\n{rows}")
    assert _answers(read.severities) == [None, None]
    assert any("Within 1h" in one for one in read.severities[0].actions)


def test_the_words_beside_a_code_are_its_label() -> None:
    """Also words that no list knows; a time is none."""
    rows = "| SEV-0 life safety | A gate is open |\n| SEV-1 critical | It hangs |\n| SEV-2 | It is late |\n"
    read = _read(f"## Severity\n\n| Severity | Use when |\n|---|---|\n{rows}")
    assert [one.label for one in read.severities] == ["life safety", "critical", None]


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("Acknowledge immediately, find a lead, follow the way that is written below, and prepare to go back", 0),
        ("Secure the gate, call the lead at once, stop all the lifts of the valley, and write a log of it", 0),
        ("Restart the lift with the key, then notify the board immediately, and mend it some day this week", None),
    ],
)
def test_a_clause_that_has_somebody_begin_at_once_is_the_answer(cell: str, minutes: float | None) -> None:
    """Of several things that are to be done, the one that is begun at once; all of them stay duties."""
    table = f"| Severity | Initial response |\n|---|---|\n| P1 | {cell} |\n| P2 | Write a ticket |\n"
    first = _read(f"## Severity\n\n{table}").severities
    assert _answers(first)[0] == minutes
    if minutes is not None:
        assert len(first[0].actions) == 4


def test_a_table_of_who_holds_each_role_lists_them() -> None:
    """ "Primary name | Backup name" are columns of people as "Primary | Backup" are."""
    rows = "| Lift lead | Ada Stein | Bo Korn |\n| Duty mechanic | `[FILL]` | `[FILL]` |\n"
    read = _read(f"## Contacts\n\n| Role | Primary name | Backup name |\n|---|---|---|\n{rows}")
    assert [(one.name, len(one.channels)) for one in read.contacts] == [("Lift lead", 2), ("Duty mechanic", 0)]
