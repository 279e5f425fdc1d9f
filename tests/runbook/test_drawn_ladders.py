"""Escalation that is drawn in a code block, or written there as a policy in YAML."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_Levels = list[tuple[str, int | None]]


def _drawn(drawing: str, *, info: str = "", title: str = "Escalation") -> _Levels:
    playbook = compile_runbook(f"# {title}\n```{info}\n{drawing.strip()}\n```\n")
    return [("+".join(one.targets), one.after.seconds if one.after else None) for one in playbook.escalation_levels]


@pytest.mark.parametrize(
    ("drawing", "levels"),
    [
        (
            """
Level 1:
└─ On-call engineer
Level 2:
└─ Escalate to: Engineering manager
Level 3:
└─ Escalate to: CTO (after 1 hour)
""",
            [("On-call engineer", None), ("Engineering manager", None), ("CTO", 3600)],
        ),
        (
            """
Level 1
├─ Who: Night potter
├─ Response: 5 min
└─ Escalate to: Level 2 after 15 min
Level 2
├─ Who: Workshop lead
└─ Escalate to: Level 3
Level 3
└─ Who: Owner
""",
            [("Night potter", None), ("Workshop lead", 900), ("Owner", None)],
        ),
        (
            """
Stufe 1: Leitstand
  └─ Eskalieren an: Schichtleiter (nach 10 Minuten)
Stufe 2: Schichtleiter
  └─ Eskalieren an: Werkleiter
Stufe 3: Werkleiter
""",
            [("Leitstand", None), ("Schichtleiter", 600), ("Werkleiter", None)],
        ),
        (
            """
Level 1: Kiln operator
    └─ Escalate to: Level 2
Level 2: Team lead
    └─ Escalate to: Operations director
""",
            [("Kiln operator", None), ("Team lead", None), ("Operations director", None)],
        ),
    ],
)
def test_a_level_of_a_tree_is_named_below_its_number(drawing: str, levels: _Levels) -> None:
    """Behind "Who:" or "Escalate to:" stands somebody, for the level above that names none, or the one to follow."""
    assert _drawn(drawing) == levels


@pytest.mark.parametrize(
    ("drawing", "levels"),
    [
        (
            "Level 1: On-call\n  └─ responds within 5 min\nLevel 2: Team lead\nLevel 3: CTO\n  └─ after 1 hour",
            [("On-call", None), ("Team lead", None), ("CTO", 3600)],
        ),
        (
            (
                "Tier 1 - Helpdesk\n  |-- Response: 15 min\n  |-- Escalate to: Tier 2 if not resolved in 30 min\n"
                "Tier 2 - System administrator\n  |-- Response: 30 min\n  |-- Escalate to: Tier 3\n"
                "Tier 3 - Vendor support\n  |-- Response: 4 hours"
            ),
            [("Helpdesk", None), ("System administrator", 1800), ("Vendor support", None)],
        ),
        (
            "Primary on-call\n  ↓ 10 min\nSecondary on-call\n  ↓\nManager\n  ↓ 45 min\nDirector",
            [("Primary on-call", None), ("Secondary on-call", 600), ("Manager", None), ("Director", 2700)],
        ),
        (
            (
                "Stufe 1: Bereitschaft\n  └─ reagiert in 5 Minuten\nStufe 2: Teamleitung\nStufe 3: Geschäftsführung\n"
                "  └─ nach 60 Minuten"
            ),
            [("Bereitschaft", None), ("Teamleitung", None), ("Geschäftsführung", 3600)],
        ),
    ],
)
def test_a_level_without_a_time_takes_none_from_its_neighbours(drawing: str, levels: _Levels) -> None:
    """How soon a level answers is not when the next one is called, and a time below the last one is its own."""
    assert _drawn(drawing) == levels


@pytest.mark.parametrize(
    ("drawing", "who"),
    [
        ("Alert fires\n├─ Acknowledged? → Continue\n└─ Not acknowledged in 10 min\n   └─ Restart Worker", []),
        (
            (
                "Primary on-call\n│  no ack in 5 min\n▼\nSecondary on-call\n│  no ack in 10 min\n▼\n"
                "Open War Room\n│\n▼\nCheck Dashboards"
            ),
            ["Primary on-call", "Secondary on-call"],
        ),
        (
            (
                "On-call engineer\n   ├── Acknowledge Alert\n   ├── Check Runbook\n   └── no ack 15 min → Ana Lopez\n"
                "           └── no ack 30 min → CTO"
            ),
            ["On-call engineer", "Ana Lopez", "CTO"],
        ),
        (
            "Rufbereitschaft\n   ├── Protokoll Öffnen\n   └── keine Antwort in 15 min → Teamleitung",
            ["Rufbereitschaft", "Teamleitung"],
        ),
    ],
)
def test_what_is_to_be_done_in_a_tree_is_nobody(drawing: str, who: list[str]) -> None:
    """Capitals make no name of "Restart Worker", also where the tree speaks of acknowledging."""
    assert [one for one, _after in _drawn(drawing)] == who


def _policy(key: str, *times: object) -> _Levels:
    names = ("desk", "team-lead", "boss", "owner")
    entries = [f"  - notify: {name}\n    {key}: {time}" for name, time in zip(names, times, strict=False)]
    return _drawn("\n".join(["escalation:", *entries]), info="yaml")


@pytest.mark.parametrize(
    ("key", "times", "after"),
    [
        ("after", (5, 15, 30), [300, 900, 1800]),
        ("after_minutes", (0, 15, 45), [None, 900, 2700]),
        ("after", ("10m", "20m", "1h"), [600, 1200, 3600]),
        ("nach", (5, 15, 30), [300, 900, 1800]),
        ("delay", (5, 15, 30), [None, 300, 1200]),
        ("escalation_timeout", (5, 15, 30), [None, 300, 1200]),
        ("wait", ("10 minutes", "20 minutes", "1 hour"), [None, 600, 1800]),
        ("escalate_after", (5, 15, 30), [None, 300, 1200]),
        ("after", (30, 15, 10), [None, 1800, 2700]),
    ],
)
def test_the_key_of_a_policy_says_what_its_times_count_from(
    key: str, times: tuple[object, ...], after: list[int | None]
) -> None:
    """ "after" counts from the beginning, unless it goes back; a delay or time-out is what each level has."""
    assert [seconds for _who, seconds in _policy(key, *times)] == after


def test_a_policy_may_have_keys_in_the_language_of_its_team() -> None:
    """ "eskalation", "wer" and "nach" are read as "escalation", "who" and "after"."""
    drawing = (
        "eskalation:\n  - wer: Bereitschaft\n    nach: 0\n  - wer: Teamleitung\n    nach: 15\n"
        "  - wer: Vorstand\n    nach: 45"
    )
    levels = [("Bereitschaft", None), ("Teamleitung", 900), ("Vorstand", 2700)]
    assert _drawn(drawing, info="yaml", title="Eskalation") == levels


@pytest.mark.parametrize(
    "chain",
    [
        "Primary on-call ─5min→ Team lead ─20min→ Bakery manager",
        "Primary on-call --(5 min)--> Team lead --(20 min)--> Bakery manager",
        "Primary on-call — 5 min → Team lead — 20 min → Bakery manager",
        "Primary on-call → (5 min) → Team lead → (20 min) → Bakery manager",
    ],
)
def test_a_time_on_an_arrow_is_when_the_next_one_is_called(chain: str) -> None:
    """The shaft of an arrow may hold the time, which is part of no name."""
    levels = compile_runbook(f"# Escalation\n\n{chain}\n").escalation_levels
    found = [("+".join(one.targets), one.after.seconds if one.after else None) for one in levels]
    assert found == [("Primary on-call", None), ("Team lead", 300), ("Bakery manager", 1200)]


def test_beside_an_arrow_stands_when_and_behind_one_what_is_done() -> None:
    """Neither is somebody to call, in whatever way the ladder is drawn."""
    ladder = "お客様の声\n    ↓\n当番 → 記録\n    ↓ 水車の故障\n保守チーム → 修理\n    ↓ Quern障害\n石臼サポート → 交換"
    text = f"# 製粉所\n\n## エスカレーションフロー\n\n```\n{ladder}\n```\n"
    levels = compile_runbook(text).escalation_levels
    assert [one.targets for one in levels] == [("当番",), ("保守チーム",), ("石臼サポート",)]


def test_neither_a_question_nor_its_answer_is_somebody() -> None:
    """Of a flow of decisions those are read whom it calls, by the call behind their name."""
    flow = (
        "アラート発生\n    ↓\n自動復旧できるか判断\n    ↓\n[自動復旧可能?]\n  - Yes → 石臼の再起動 → 記録\n"
        "  - No  → 当番に通知\n    ↓\n20分以内に応答なし → 次の当番に連絡\n    ↓\n1時間以内に復旧なし → 全員に通知"
    )
    levels = compile_runbook(f"# 製粉所\n\n## エスカレーションフロー\n\n```\n{flow}\n```\n").escalation_levels
    assert [one.targets for one in levels] == [("当番",), ("次の当番",), ("全員",)]
    assert [one.after.seconds for one in levels if one.after] == [1200, 3600]


def _drawing(*lines: str) -> list[tuple[str, float | None]]:
    document = "\n".join(("# On call", "", "## Escalation path", "", "```", *lines, "```"))
    levels = compile_runbook(document).escalation_levels
    return [(" + ".join(one.targets), one.after and one.after.seconds) for one in levels]


@pytest.mark.parametrize("mark", ["──", "--", "—", "-"])
def test_a_remark_behind_a_level_in_brackets_leaves_the_name(mark: str) -> None:
    """How soon a level answers, said behind its name in brackets, is no time of the next one."""
    first, second = (f"Level {n} ({who}) {mark} responds within 5 min" for n, who in ((1, "Miller"), (2, "Team lead")))
    assert _drawing(first, "   │", second, "   │", "Level 3 (Owner)") == [
        ("Miller", None),
        ("Team lead", None),
        ("Owner", None),
    ]


def test_a_level_hands_over_what_it_has_not_resolved_in_time() -> None:
    """By when a level is to have resolved it is the wait for the next one, where the way to that says "unresolved"."""
    way = "      │ (if unresolved)"
    first = "Level 1 (On-call miller) ── resolve within 30 min"
    second, third = "Level 2 (Team lead)  ── resolve within 2 hrs", "Level 3 (Owner) ── resolve within 8 hrs"
    drawn = _drawing(first, way, second, way, third)
    assert drawn == [("On-call miller", None), ("Team lead", 1800), ("Owner", 7200)]
