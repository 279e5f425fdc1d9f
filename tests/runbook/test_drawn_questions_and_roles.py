"""Drawn questions part a ladder, roles beside their times make one, and nobody of several names is lost."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

_LEVELS = "## Severity\n\n| Level | Meaning |\n|---|---|\n| P1 | mill stands |\n| P2 | mill is slow |\n\n"


def _read(body: str, title: str = "Escalation") -> Playbook:
    return compile_runbook(f"# Mill\n\n{_LEVELS}## {title}\n\n{body}")


@pytest.mark.parametrize(
    "body",
    [
        "```\nP1?\n├─ Yes → owner\n└─ No → lead\n```\n",
        "```\nIs it P1?\n ├── yes: page the owner\n ├── no: page the lead\n```\n",
        "```\nAlert\n └─ P1?\n     ├─ Yes → owner\n     └─ No → lead\n```\n",
        "```\nP1?\n  yes → owner\n  no → lead\n```\n",
        "```\nP1?\n  |-- yes --> owner\n  `-- no  --> lead\n```\n",
        "- P1?\n  - Yes → owner\n  - No → lead\n",
        "```mermaid\nflowchart TD\nA[Alert] --> B{P1?}\nB -->|Yes| C[Page owner]\nB -->|No| D[Page lead]\n```\n",
    ],
)
def test_a_question_about_a_severity_parts_the_ladder(body: str) -> None:
    """Whoever stands behind "yes" is called at that severity, whoever stands behind "no" at the others."""
    playbook = _read(body)
    assert [one.targets for one in playbook.escalation_levels] == [("owner",)]
    assert playbook.escalation_levels[0].severities == ("P1",)
    assert [one.targets for one in playbook.escalation_by_severity["P2"]] == [("lead",)]


@pytest.mark.parametrize(
    ("title", "body", "who"),
    [
        ("Eskalation", "```\nP1?\n├─ Ja → Leitung anrufen\n└─ Nein → Bereitschaft\n```\n", ("Leitung", "Bereitschaft")),
        ("エスカレーション", "```\nP1か？\n├ はい → 部長\n└ いいえ → 当番\n```\n", ("部長", "当番")),
    ],
)
def test_such_a_question_is_read_in_every_language(title: str, body: str, who: tuple[str, str]) -> None:
    """German and Japanese."""
    playbook = _read(body, title)
    assert playbook.escalation_levels[0].targets == who[:1]
    assert playbook.escalation_by_severity["P2"][0].targets == who[1:]


def test_an_answer_of_a_question_keeps_its_whole_way() -> None:
    """With the times on it."""
    playbook = _read("```\nP1?\n├─ Yes → Shift lead → (15 min) → CTO\n└─ No → On-call → (30 min) → Lead\n```\n")
    first, second = playbook.escalation_levels, playbook.escalation_by_severity["P2"]
    assert [(one.targets, one.after and one.after.seconds) for one in first] == [
        (("Shift lead",), None),
        (("CTO",), 900),
    ]
    assert [(one.targets, one.after and one.after.seconds) for one in second] == [
        (("On-call",), None),
        (("Lead",), 1800),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "```\nFlour data lost?\n├─ Yes → CTO\n└─ No → on-call\n```\n",
        "```\nOn-call paged\n  |\n  v\nFlour data lost? --yes--> Page CTO\n  | no\n  v\nTeam lead (20 min)\n```\n",
    ],
)
def test_a_question_about_a_matter_makes_a_reason_to_call(body: str) -> None:
    """And leaves whoever stands behind it out of the ladder for all."""
    playbook = _read(body)
    assert [one.targets for one in playbook.escalation_rules] == [("CTO",)]
    assert playbook.escalation_levels
    assert all("CTO" not in one.targets for one in playbook.escalation_levels)


def test_a_case_beside_an_arrow_calls_in_that_case_only() -> None:
    """The one behind it keeps its place."""
    playbook = _read("```\nOn-call\n  ↓ if an oven burns\nFire warden\n  ↓ no answer 15 min\nOwner\n```\n")
    assert [one.trigger.value for one in playbook.escalation_levels] == ["start", "condition", "unacknowledged"]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "Escalation",
            "- **Primary**: now\n- **Secondary**: pages at +15 min if not ack'd\n- **Head miller**: P1 > 30 min\n",
        ),
        (
            "Escalation",
            "- Primary: first\n- Secondary: +15 min, no ack\n- Head miller: page manually for P1 > 30 min\n",
        ),
        (
            "Escalation",
            "- **Primary** — gets the page\n- **Secondary** — auto-paged at T+15\n- **Owner** — only P1 after 30 min\n",
        ),
        (
            "Eskalation",
            "- **Primary**: sofort\n- **Secondary**: nach 15 min ohne Antwort\n- **Leitung**: bei P1 nach 30 min\n",
        ),
        (
            "Escalado",
            "- **Primary**: primero\n- **Secondary**: a los 15 min si no confirma\n- **Jefe**: P1 > 30 min\n",
        ),
    ],
)
def test_roles_beside_their_times_make_a_ladder(title: str, body: str) -> None:
    """With the time and the severity of each."""
    levels = _read(body, title).escalation_levels
    assert [one.targets[0] for one in levels][:2] == ["Primary", "Secondary"]
    assert [one.after and one.after.seconds for one in levels] == [None, 900, 1800]
    assert levels[2].severities == ("P1",)


def test_roles_beside_what_they_do_keep_their_meaning() -> None:
    """A list of duties is no ladder of times."""
    levels = _read("- **Commander**: leads the call\n- **Scribe**: writes the timeline\n").escalation_levels
    assert all(one.after is None for one in levels)


@pytest.mark.parametrize(
    ("row", "who"),
    [
        ("primary + secondary + EM", ("primary", "secondary", "EM")),
        ("Primary, Secondary, EM, VP Mills", ("Primary", "Secondary", "EM", "VP Mills")),
        ("On-call, lead", ("On-call", "lead")),
    ],
)
def test_nobody_of_several_names_is_lost(row: str, who: tuple[str, ...]) -> None:
    """A manager by two letters, and names between commas."""
    text = (
        f"# Mill\n\n## Severity\n\n| Level | Is | Page |\n|---|---|---|\n| P1 | out | {row} |\n| P2 | slow | lead |\n"
    )
    assert compile_runbook(text).escalation_levels[0].targets == who


@pytest.mark.parametrize(
    ("head", "rows", "who"),
    [
        ("", "| Who is paged | On-call + IC | On-call |", [("On-call", "IC"), ("On-call",)]),
        (
            "Aspect",
            "| Response | 5 min | 1 h |\n| Escalation | On-call → lead | On-call |",
            [("On-call",), ("On-call",)],
        ),
    ],
)
def test_a_table_with_a_column_for_each_severity_calls_by_its_row(
    head: str, rows: str, who: list[tuple[str, ...]]
) -> None:
    """As the same table with a row for each."""
    playbook = compile_runbook(f"# Mill\n\n## Severity levels\n\n| {head} | P1 | P2 |\n|---|---|---|\n{rows}\n")
    assert playbook.escalation_levels[0].targets == who[0]
    assert playbook.escalation_by_severity["P2"][0].targets == who[1]


def test_a_time_in_the_cell_of_a_name_is_when_that_one_is_called() -> None:
    """And whoever has none is called before."""
    rows = "| P1 | CTO after 30 min | lead |\n| P2 | Owner after 2 h | desk lead |\n"
    text = f"# Mill\n\n## Severity levels\n\n| Sev | Escalate to | Notify |\n|---|---|---|\n{rows}"
    levels = compile_runbook(text).escalation_levels
    assert [(one.targets, one.after and one.after.seconds) for one in levels] == [(("lead",), None), (("CTO",), 1800)]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Escalation", "The on-call miller handles the first 20 minutes. Then the lead takes over."),
        ("Escalation", "The on-call miller owns the first 20 minutes. The lead joins after that."),
        ("Eskalation", "Die Bereitschaft bearbeitet die ersten 20 Minuten. Danach übernimmt die Teamleitung."),
    ],
)
def test_whoever_handles_the_first_stretch_is_followed_at_its_end(title: str, text: str) -> None:
    """The next one comes when that time is over."""
    levels = _read(text, title).escalation_levels
    assert [one.after and one.after.seconds for one in levels] == [None, 1200]


def test_an_answer_beside_the_way_down_has_whoever_stands_beside_it() -> None:
    """Two columns: the way of "yes" to the right, the way of "no" below the question."""
    body = (
        "```\nIncident\n    ↓\nIs it P1? → Yes → Call at once:\n    ↓              - Mill owner\n"
        "    No             - Shift manager\n    ↓\n    Team lead\n    ↓ 30 min\n    Head miller\n```\n"
    )
    playbook = _read(body)
    assert [one.targets for one in playbook.escalation_levels] == [("Mill owner",), ("Shift manager",)]
    assert [one.targets for one in playbook.escalation_by_severity["P2"]] == [("Team lead",), ("Head miller",)]


def test_whoever_waits_for_one_who_is_called_sooner_waits_less() -> None:
    """Where the second one is called at once at a severity, the third one comes when that one does not answer."""
    body = (
        "```\nOn-call (5 min ack)\n   ↓ (if no ack or P1)\nSecond miller (5 min)\n   ↓ (if no ack)\nHead miller\n```\n"
    )
    playbook = _read(body)
    first, second = playbook.escalation_levels, playbook.escalation_by_severity["P2"]
    assert [one.after and one.after.seconds for one in first] == [None, 0, 300]
    assert [one.after and one.after.seconds for one in second] == [None, 300, 600]


def test_areas_with_their_ranks_are_reasons_though_their_column_is_called_role() -> None:
    """And roles with theirs are who stands in."""
    head = "| Role | Primary | Backup |\n|---|---|---|\n"
    areas = _read(f"{head}| Kiln | @ada | @ben |\n| Shop | @cem | @eve |\n").escalation_rules
    assert [one.targets for one in areas] == [("@ada", "@ben"), ("@cem", "@eve")]
    assert not _read(f"{head}| Head miller | Ada | Ben |\n| Scribe | Cem | Eve |\n").escalation_rules


def test_a_level_with_its_name_in_brackets_has_that_name() -> None:
    """Without the brackets."""
    body = "### L1 (First Response)\n\n- Looks at it\n\n### L2 (Head miller)\n\n- L1 unresolved > 30 minutes\n"
    assert [one.targets for one in _read(body).escalation_levels] == [("First Response",), ("Head miller",)]


def test_a_case_on_the_way_to_somebody_is_nobody() -> None:
    """Whatever line of an arrow it stands on."""
    body = "```\nOn-call\n   |\n   | if flour burns twice\n   v\nFire warden\n   |\n   | 30 min\n   v\nOwner\n```\n"
    assert [one.targets for one in _read(body).escalation_levels] == [("On-call",), ("Fire warden",), ("Owner",)]


def test_windows_behind_a_name_in_brackets_open_when_they_begin() -> None:
    """The first one at the start of the incident."""
    levels = _read(
        "- L1 (Desk lead): 0-15 min\n- L2 (Head miller): 15-45 min\n- L3 (Owner): 45+ min\n"
    ).escalation_levels
    assert [one.targets[0] for one in levels] == ["Desk lead", "Head miller", "Owner"]
    assert [one.after.seconds if one.after else 0 for one in levels] == [0, 900, 2700]


def test_two_orders_of_a_sentence_are_two_reasons() -> None:
    """Each with whom it calls."""
    text = "Page the lead if the grain lag exceeds 90 seconds; page the owner if the sync delay exceeds 30 min."
    assert [one.targets for one in _read(f"{text}\n").escalation_rules] == [("lead",), ("owner",)]


def test_columns_by_the_labels_of_severities_call_by_their_row() -> None:
    """As those by their names."""
    rows = "| Definition | out | slow |\n| Escalation path | Duty lead → CTO | Duty lead |\n"
    playbook = compile_runbook(f"# Mill\n\n## Severity matrix\n\n| | Critical | Major |\n|---|---|---|\n{rows}")
    assert [one.targets for one in playbook.escalation_levels] == [("Duty lead",), ("CTO",)]
    assert [one.targets for one in playbook.escalation_by_severity["Major"]] == [("Duty lead",)]
