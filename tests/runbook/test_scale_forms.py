"""The forms in which teams write their severity scale; each document here is our own."""

# ruff: noqa: E501, ISC004 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

from typing import NamedTuple

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.stated import Duration


class Read(NamedTuple):
    """A level as read: times in minutes, and how many criteria."""

    label: str | None = None
    respond: float | None = None
    acknowledge: float | None = None
    resolve: float | None = None
    criteria: int = 0


def minutes(target: Duration | None) -> float | None:
    """A target in minutes."""
    return None if target is None or target.seconds is None else target.seconds / 60


def scale(text: str) -> dict[str, Read]:
    """The levels of a document, in order."""
    return {
        one.name: Read(
            one.label,
            minutes(one.response_target),
            minutes(one.acknowledge_target),
            minutes(one.resolution_target),
            len(one.criteria),
        )
        for one in compile_runbook("# R\n\n" + text).severities
    }


TABLES = {
    "unusual titles": (
        "## Severity\n\n| Level | How bad | Answer in | Solve in |\n|---|---|---|---|\n| P1 | shop down | 10 min | 2 h |\n| P2 | shop slow | 1 h | 2 days |\n",
        {"P1": Read(None, 10, None, 120, 1), "P2": Read(None, 60, None, 2880, 1)},
    ),
    "titles that say nothing": (
        "## Severity\n\n| Level | Kitchen talk | Egg timer |\n|---|---|---|\n| P1 | oven burns | 5 min |\n| P2 | bread late | 1 h |\n",
        {"P1": Read(None, 5, criteria=1), "P2": Read(None, 60, criteria=1)},
    ),
    "the level last": (
        "## Priorities\n\n| Meaning | Reply | Priority |\n|---|---|---|\n| all down | 15 min | P1 |\n| one down | 2 h | P2 |\n",
        {"P1": Read(None, 15, criteria=1), "P2": Read(None, 120, criteria=1)},
    ),
    "acknowledge, mitigate, resolve": (
        "## Severity\n\n| Sev | Ack | Mitigate | Resolve |\n|---|---|---|---|\n| S1 | 5 min | 30 min | 4 h |\n| S2 | 15 min | 2 h | 1 day |\n",
        {"S1": Read(None, None, 5, 240), "S2": Read(None, None, 15, 1440)},
    ),
    "RTO and RPO are no response": (
        "## Severity\n\n| Severity | RTO | RPO |\n|---|---|---|\n| SEV1 | 1 h | 5 min |\n| SEV2 | 8 h | 1 h |\n",
        {"SEV1": Read(), "SEV2": Read()},
    ),
    "the label in a severity column of its own": (
        "## Clasificación\n\n| Nivel | Severidad | Tiempo de respuesta |\n|---|---|---|\n| S1 | Crítica | 1 hora |\n| S2 | Alta | 4 horas |\n",
        {"S1": Read("Crítica", 60), "S2": Read("Alta", 240)},
    ),
    "days in French": (
        "## Gravité\n\n| Niveau | Délai de réponse | Délai de résolution |\n|---|---|---|\n| P1 | 1h | 2j |\n| P2 | 4h | 30j |\n",
        {"P1": Read(None, 60, None, 2880), "P2": Read(None, 240, None, 43200)},
    ),
    "numbers alone": (
        "## Severity\n\n| Severity | Scenario |\n|---|---|\n| 0 | all ovens<br>all tills |\n| 1 | one oven |\n",
        {"Severity 0": Read(criteria=2), "Severity 1": Read(criteria=1)},
    ),
    "a title and a sentence in one cell": (
        "## Severity\n\n| Level | Definition | Response time |\n|---|---|---|\n| Sev0 | **Ovens out**<br>Nothing bakes, tills are dead. | Immediate |\n| Sev1 | **Slow**<br>The queue is long. | 4 hours |\n",
        {"Sev0": Read(None, 0, criteria=2), "Sev1": Read(None, 240, criteria=2)},
    ),
    "colours": (
        "## Severity\n\n| Severity | Meaning | Response |\n|---|---|---|\n| 🔴 | down | 5 min |\n| 🟡 | slow | 1 h |\n",
        {"Red": Read(None, 5, criteria=1), "Yellow": Read(None, 60, criteria=1)},
    ),
    "Roman numerals": (
        "## Severity levels\n\n| Level | Impact | Response time |\n|---|---|---|\n| Level I | down | 5 min |\n| Level II | slow | 1 h |\n",
        {"Level I": Read(None, 5, criteria=1), "Level II": Read(None, 60, criteria=1)},
    ),
    "CJK numerals": (
        "## 故障分级\n\n| 级别 | 现象 | 响应时间 |\n|---|---|---|\n| 一级 | 全站不可用 | 5分钟 |\n| 二级 | 部分功能异常 | 30分钟 |\n",
        {"一级": Read(None, 5, criteria=1), "二级": Read(None, 30, criteria=1)},
    ),
    "traditional characters": (
        "## 故障等級\n\n| 級別 | 說明 | 響應時間 |\n|---|---|---|\n| P0 | 全站中斷 | 5 分鐘 |\n| P1 | 部分異常 | 1 小時 |\n",
        {"P0": Read(None, 5, criteria=1), "P1": Read(None, 60, criteria=1)},
    ),
    "two levels in a row": (
        "## Severity\n\n| Level | Meaning | Answer within |\n|---|---|---|\n| P1 | no ferry | 5 min |\n| P2 | a ferry late | 1 h |\n| P3 & P4 | a bench broken | 2 days |\n",
        {"P1": Read(None, 5, criteria=1), "P2": Read(None, 60, criteria=1), "P3": Read(None, 2880, criteria=1), "P4": Read(None, 2880, criteria=1)},
    ),
    "a promise by day and one by night": (
        "## Severity\n\n| Level | Meaning | Answer (by day) | Answer (by night) |\n|---|---|---|---|\n| P1 | no ferry | 10 min | 1 h |\n| P2 | a ferry late | 1 h | 4 h |\n",
        {"P1": Read(None, 10, criteria=1), "P2": Read(None, 60, criteria=1)},
    ),
    "a bold label before the meaning": (
        "## Severity\n\n| Level | Meaning | Answer within |\n|---|---|---|\n| S1 | **Critical:** no ferry sails | 5 min |\n| S2 | **Low:** a bench is broken | 1 h |\n",
        {"S1": Read("Critical", 5, criteria=1), "S2": Read("Low", 60, criteria=1)},
    ),
}  # fmt: skip

TEXTS = {
    "bare labels in two lists": (
        "## Severity levels\n- Critical: all is lost\n- Low: a typo\n\n## Response times\n- Critical: 15 minutes\n- Low: 1 day\n",
        {"Critical": Read(None, 15, criteria=1), "Low": Read(None, 1440, criteria=1)},
    ),
    "paragraphs": (
        "# On duty\n\nSeverity 1: nobody can pay.\n\nSeverity 2: paying is slow.\n",
        {"Severity 1": Read(criteria=1), "Severity 2": Read(criteria=1)},
    ),
    "a list under a heading that nobody knows": (
        "## When the bell rings\n- P0: ovens off, doors locked\n- P1: queue in the street\n",
        {"P0": Read(criteria=2), "P1": Read(criteria=1)},
    ),
    "several times in one item": (
        "## Severity\n- P1 (Critical): link down\n  - Acknowledge: 15 min, Resolve: 4 h\n- P2 (High): link slow\n  - Acknowledge: 30 min, Resolve: 8 h\n",
        {"P1": Read("Critical", None, 15, 240, 1), "P2": Read("High", None, 30, 480, 1)},
    ),
    "a bold line of its own": (
        "## Severity\n\n### Severity 1 (Critical)\n**SLA: 15 minutes**\n- Tills dead\n\n### Severity 2 (Major)\n**SLA: 4 business hours**\n- Tills slow\n",
        {"Severity 1": Read("Critical", 15, criteria=1), "Severity 2": Read("Major", 240, criteria=1)},
    ),
    "labels line by line": (
        "## Severity\n\n### P1 - Critical\n**Definition**: tills dead\n\n**Response time**: 15 minutes\n**Escalation**: after 30 minutes without resolution\n\n### P2 - High\n**Definition**: tills slow\n\n**Response time**: 1 hour\n**Escalation**: after 2 hours without resolution\n",
        {"P1": Read("Critical", 15, criteria=1), "P2": Read("High", 60, criteria=1)},
    ),
    "each clock under its own label": (
        "## Severity\n\n### SEV0\n- all ovens out\n\n**Response time:**\n- Detection: Immediate\n- Acknowledgment: < 5 minutes\n- Resolution: < 1 hour\n\n### SEV1\n- one oven out\n\n**SLA targets:**\n- First response: 15 minutes\n- Time to triage: 30 minutes\n- Time to resolution: 4 hours\n",
        {"SEV0": Read(None, None, 5, 60, 1), "SEV1": Read(None, 15, None, 240, 1)},
    ),
    "a table of requirements below a level": (
        "## Severity\n\n### SEV1 - Critical\n- ovens out\n- > 75% of tills dead\n\n#### Requirements\n| Metric | Requirement |\n|---|---|\n| **Response time** | Immediate (0-5 minutes) |\n| **War room** | Within 10 minutes |\n\n### SEV2 - Major\n- oven slow\n",
        {"SEV1": Read("Critical", 5, criteria=2), "SEV2": Read("Major", criteria=1)},
    ),
    "levels in a fence": (
        "## Incidents we know\n\n```\nSEV-1  ovens out, tills dead,\n       doors locked\n       Answer within: 5 minutes.\n\nSEV-2  one oven out\n       Answer within: 1 hour.\n```\n",
        {"SEV-1": Read(None, 5, criteria=3), "SEV-2": Read(None, 60, criteria=1)},
    ),
    "acknowledgement in a list of targets": (
        "## Support tiers\n- `P0`: all out\n- `P1`: one out\n\n## SLO targets\n- `P0` acknowledgement: 15 minutes\n- `P1` acknowledgement: 1 hour\n- Lead time of a regression:\n  - `P0`: 1 day\n  - `P1`: 3 days\n",
        {"P0": Read(None, None, 15, criteria=1), "P1": Read(None, None, 60, criteria=1)},
    ),
    "a label behind a slash": (
        "# Incident levels\n\n- **Sev 1 / Critical.** The ovens are out. Reply within 30 minutes.\n- **Sev 2 / High.** An oven is slow. Reply within 2 hours.\n",
        {"Sev 1": Read("Critical", 30, criteria=1), "Sev 2": Read("High", 120, criteria=1)},
    ),
    "hyphens that do not break": (
        "## Severity\n- **SEV‑1** — ovens out\n- **SEV‑2** — oven slow\n",
        {"SEV‑1": Read(criteria=1), "SEV‑2": Read(criteria=1)},
    ),
    "chapters of the first level": (
        "# Times\n\n# 1. Severity levels\n\nSeverity 1 – Critical (ovens out, tills dead)\nSeverity 2 – High (oven slow)\n\n# 2. Response times\n- Severity 1: 15 minutes\n- Severity 2: 1 hour\n",
        {"Severity 1": Read("Critical", 15, criteria=2), "Severity 2": Read("High", 60, criteria=1)},
    ),
    "a fenced list": (
        "## Niveles de severidad\n\n**Nivel 1 - Crítico**\n```\nCaracterísticas:\n- hornos apagados\n- caja cerrada\n\nTiempo de respuesta:\n- Aviso: < 5 minutos\n- Respuesta inicial: < 15 minutos\n```\n\n"
        "**Nivel 2 - Alto**\n```\nCaracterísticas:\n- cola en la calle\n\nTiempo de respuesta:\n- Aviso: < 10 minutos\n- Respuesta inicial: < 1 hora\n```\n",
        {"Nivel 1": Read("Crítico", 15, criteria=2), "Nivel 2": Read("Alto", 60, criteria=1)},
    ),
    "CJK brackets below a heading in two scripts": (
        "## SEV（重大度）定義\n- **SEV1（重大）**: 全店停止\n- **SEV2（中）**: 一部遅延\n",
        {"SEV1": Read("重大", criteria=1), "SEV2": Read("中", criteria=1)},
    ),
    "times of levels under a title in two scripts": (
        "## 响应SLA\n- **CRITICAL**: 响应时间 5 分钟, 解决时间 30 分钟\n- **LOW**: 响应时间 4 小时, 解决时间 2 天\n",
        {"CRITICAL": Read(None, 5, None, 30), "LOW": Read(None, 240, None, 2880)},
    ),
    "labels with lists below them": (
        "## Severity levels\n\n### P0 - Critical\n\n- **Criteria:**\n  - The quay is shut\n  - All kiosks are dark\n- **Response Time:**\n  - 5 minutes\n- **Notify:**\n  - Harbour master\n\n### P1 - High\n\n- Targets:\n  - Response: 1 hour\n  - Resolution: 8 hours\n- One kiosk is dark\n",
        {"P0": Read("Critical", 5, None, None, 2), "P1": Read("High", 60, None, 480, 1)},
    ),
    "labels with lists below them, in German": (
        "## Schweregrade\n\n### P0 - Kritisch\n\n- Kriterien:\n  - Der Kai ist gesperrt\n- Reaktionszeit:\n  - 5 Minuten\n\n### P1 - Hoch\n\n- Beispiele:\n  - Ein Kiosk ist dunkel\n  - Eine Kasse klemmt\n- Reaktionszeit: 1 Stunde\n",
        {"P0": Read("Kritisch", 5, None, None, 1), "P1": Read("Hoch", 60, None, None, 2)},
    ),
    "labels with lists below them, in Russian": (
        "## Уровни критичности\n\n### P0 - Критический\n\n- Критерии:\n  - Причал закрыт\n- Время реакции:\n  - 5 минут\n\n### P1 - Высокий\n\n- Критерии:\n  - Один киоск не работает\n- Время реакции: 1 час\n",
        {"P0": Read("Критический", 5, None, None, 1), "P1": Read("Высокий", 60, None, None, 1)},
    ),
    "labels with lists below them, in Japanese": (
        "## 重大度レベル\n\n### P0\n\n- 影響：\n  - 全面停止\n- 対応時間：\n  - 5分以内\n\n### P1\n\n- 影響：\n  - 一部停止\n- 対応時間：\n  - 1時間以内\n",
        {"P0": Read(None, 5, None, None, 1), "P1": Read(None, 60, None, None, 1)},
    ),
    "a sentence with its examples below it": (
        "## Severity levels\n\n### P0\n\n- Something keeps all ferries in port, for example:\n  - A storm from the north\n  - A strike\n- The quay is shut\n  - This has happened once.\n\n### P1\n\n- One ferry is late\n",
        {"P0": Read(criteria=4), "P1": Read(criteria=1)},
    ),
    "lists in YAML": (
        "## Severity levels\n\n### Level 1 (Critical)\n\n```yaml\nDefinition:\n  - No ferry sails\n  - The quay burns\n\nResponse time:\n  - At once (within 5 minutes)\n\nNotify:\n  - Harbour master\n```\n\n### Level 2 (High)\n\n```yaml\nDefinition:\n  - A ferry is late\n\nResponse time: within 20 minutes\n```\n",
        {"Level 1": Read("Critical", 5, criteria=2), "Level 2": Read("High", 20, criteria=1)},
    ),
    "blocks that end with their language": (
        "## Severity levels\n\n### P1\n\n```text\n- No ferry sails\n```text\n\n### P2\n\n```text\n- A ferry is late\n- A gull is on deck\n```text\n\n---\n",
        {"P1": Read(criteria=1), "P2": Read(criteria=2)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(TABLES))
def test_a_scale_in_a_table(form: str) -> None:
    """A1, B1 to B3: columns in any order and under any title, each clock kept apart from the others."""
    text, expected = TABLES[form]
    assert scale(text) == expected


@pytest.mark.parametrize("form", sorted(TEXTS))
def test_a_scale_in_text(form: str) -> None:
    """A1 to A3, B1 to B3: lists, paragraphs, bold lines and fences say what a table says."""
    text, expected = TEXTS[form]
    assert scale(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "## Escalation levels\n\n### Level 1: Baker\n- Answers first\n\n### Level 2: Owner\n- Decides\n",
        "## Escalation\n\n| Case | Level 1 (15 min) | Level 2 (1 hour) |\n|---|---|---|\n| oven | baker | owner |\n",
        "## Impact\n\n| Level | Definition |\n|---|---|\n| High | all ovens |\n| Low | one oven |\n",
    ],
    ids=["headings", "columns", "impact"],
)
def test_tiers_of_support_and_grades_of_impact_are_no_severities(text: str) -> None:
    """ "Level 1" of an escalation and "High" of an impact are no levels of a severity scale."""
    assert scale(text) == {}


def test_a_reason_to_escalate_is_no_promise_to_respond() -> None:
    """ "If no response in 15 minutes" says when the next one is called, not when the first one answers."""
    text = "## Escalation\n\n### P1 - Critical\n1. Call the baker\n2. If no response in 15 minutes, call the owner\n\n### P2 - High\n1. Write to the baker\n"
    assert scale(text) == {"P1": Read("Critical"), "P2": Read("High")}


def test_a_mark_on_a_timeline_counts_minutes() -> None:
    """ "T+5" is five minutes; "T+5m" and "T+1h" keep their unit."""
    text = "## Severity\n- **P1**: dead\n  - T+5: Acknowledge\n- **P2**: slow\n  - T+1h: Acknowledge\n"
    assert {name: one.acknowledge for name, one in scale(text).items()} == {"P1": 5, "P2": 60}


def test_whom_to_tell_below_a_label_is_a_duty_and_no_criterion() -> None:
    """A3: "Notify:" with a list below it says what to do, each entry with its label; nothing of it is lost."""
    text = "## Severity levels\n\n### P0\n\n- Notify:\n  - Harbour master\n  - Purser\n- The quay is shut\n\n### P1\n\n- One ferry is late\n"
    playbook = compile_runbook(text)
    first = playbook.severities[0]
    assert first.actions == ("Notify: Harbour master", "Notify: Purser")
    assert first.criteria == ("The quay is shut",)
    assert "TOC118" not in {one.code for one in playbook.findings}


def test_a_short_clause_with_a_label_word_is_a_criterion() -> None:
    """ "P3: Minor degradation" defines a level; "P3: Minor" names it."""
    assert scale("## Severity\n- P1: Major outage\n- P3: Minor degradation\n")["P3"] == Read(criteria=1)
    assert scale("## Severity\n- P1: Major\n- P3: Minor\n")["P3"] == Read("Minor")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("## Severity\n\nWe have one: **SEV1 – site down.** Response in 10 minutes.\n", ["SEV1"]),
        ("## Severity\n\n### P1\n\nEverything is down.\n\n- Response: 10 minutes\n", ["P1"]),
        ("## Severity\n\nP1 - page.\n", []),
        (
            "## Severity\n\n**P1 – warning**\n\n## Symptoms\n\n- slow\n\n## Diagnosis\n\n- look\n\n## Fix\n\n1. restart it\n",
            [],
        ),
        ("## Server down\n\n**Severity:** P0 - Critical, response in 5 minutes\n\n### Symptoms\n\n- 502\n", []),
    ],
)
def test_a_scale_of_one_level_is_one_that_promises_something(text: str, names: list[str]) -> None:
    """A severity chapter with a single level and a target defines a scale; the severity of one alert is none."""
    assert [one.name for one in compile_runbook(f"# R\n\n{text}").severities] == names


def test_the_column_of_levels_needs_no_title() -> None:
    """ "| | Definition | Ack | Resolve |" over bare labels, in a severity chapter."""
    rows = "| Critical | no sales | 5 min | 4 h |\n| Minor | slow | 1 h | 2 days |\n"
    text = f"## Incident severity\n\n| | Definition | Ack | Resolve |\n|---|---|---|---|\n{rows}"
    found = compile_runbook(f"# R\n\n{text}").severities
    assert [(one.name, one.acknowledge_target and one.acknowledge_target.seconds) for one in found] == [
        ("Critical", 300),
        ("Minor", 3600),
    ]


def test_a_list_within_a_cell_leaves_its_bullets_behind() -> None:
    """A2: "- a<br>- b" are two criteria without their bullets."""
    text = "# R\n\n## Severity\n\n| Level | Examples | Response |\n|---|---|---|\n| S1 | - No bread at all.<br>- The till is lost. | 5 min |\n| S2 | - Little bread.<br>- A slow till. | 1 h |\n"
    assert [one.criteria for one in compile_runbook(text).severities] == [
        ("No bread at all", "The till is lost"),
        ("Little bread", "A slow till"),
    ]


def test_a_scale_drawn_as_a_tree() -> None:
    """A1: each branch is a level, with or without a word in brackets; what hangs below says more of it."""
    text = (
        "# R\n\n## Handling\n\n```\nSEVERITY LEVELS\n├── SEV1 (Critical): Shop shut, no bread\n│   └── Response: 5 min\n"
        "├── SEV2: Shop slow\n│\n└── SEV3: Low priority, no immediate impact\n```\n"
    )
    one, two, three = compile_runbook(text).severities
    assert (one.name, one.label, one.criteria) == ("SEV1", "Critical", ("Shop shut", "no bread"))
    assert one.response_target is not None
    assert one.response_target.seconds == 300
    assert (two.criteria, two.response_target) == (("Shop slow",), None)
    assert (three.criteria, three.response_target) == (("Low priority", "no immediate impact"), None)


def test_branches_of_a_flow_are_no_scale() -> None:
    """A1: "SEV1/SEV2 → page somebody" in a drawing says what is done, not what a severity is."""
    text = "# R\n\n## Handling\n\n```\nAlert\n├── SEV1/SEV2 → Page the baker\n└── SEV3/SEV4 → Write a note\n```\n"
    assert compile_runbook(text).severities == ()


def test_a_code_and_its_word_without_a_mark_between() -> None:
    """A1: "P1 Critical: shop shut" in a list is a level with its label."""
    text = "# R\n\n## Severity classification\n\n- P1 Critical: shop shut\n- P2 High: shop slow\n"
    assert [(one.name, one.label, one.criteria) for one in compile_runbook(text).severities] == [
        ("P1", "Critical", ("shop shut",)),
        ("P2", "High", ("shop slow",)),
    ]


def test_a_level_with_a_word_for_how_bad_it_is() -> None:
    """A1: "Level 1: Critical" with a clock is a severity in any chapter but one on escalating; its steps are duties."""
    text = "# R\n\n## {}\n\n### Level 1: Critical\n\n**Response time**: at once\n\n**Steps**:\n\n1. Look\n2. Act\n\n### Level 2: High\n\n**Response time**: within 4 hours\n"
    one, two = compile_runbook(text.format("Incident response")).severities
    assert (one.label, one.criteria, one.actions) == ("Critical", (), ("Look", "Act"))
    assert two.response_target is not None
    assert two.response_target.seconds == 4 * 3600
    assert compile_runbook(text.format("Escalation levels")).severities == ()
