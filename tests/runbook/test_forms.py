"""The forms in which runbooks of other teams say the same things; each document here is our own."""

# ruff: noqa: E501, ISC004 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook, Trigger


def targets(playbook: Playbook) -> dict[str, int | None]:
    """Response targets in seconds by severity."""
    return {one.name: one.response_target.seconds if one.response_target else None for one in playbook.severities}


def chain(playbook: Playbook) -> list[tuple[str, int | None]]:
    """The escalation as (who, seconds)."""
    return [("+".join(one.targets), one.after.seconds if one.after else None) for one in playbook.escalation_levels]


SCALES = {
    "table": (
        "## Severity Levels\n\n| Level | Description | Response Time | Examples |\n|---|---|---|---|\n"
        "| P1 - Critical | Full outage | 15 minutes | API down, DB lost |\n| P2 - High | Degraded | 1 hour | Slow |\n",
        {"P1": 900, "P2": 3600},
    ),
    "turned table": (
        "## Severity matrix\n\n| | SEV1 | SEV2 |\n|---|---|---|\n| Definition | all | some |\n| Response time | 5 min | 1 h |\n",
        {"SEV1": 300, "SEV2": 3600},
    ),
    "bold lines": (
        "## Severity definitions\n\n**SEV-1: Critical**\nEverything is down.\n- Response time: 5 minutes\n\n"
        "**SEV-2: Major**\nA part is down.\n- Response time: 30 minutes\n",
        {"SEV-1": 300, "SEV-2": 1800},
    ),
    "words only": (
        "## Severity\n\n### Critical\n- Breach\n- Response: Immediate\n\n### High\n- Suspicion\n- Response: 1 hour\n",
        {"Critical": 0, "High": 3600},
    ),
    "sentences": (
        "## Severity levels\n\n- **P1 (Critical)**: all is down. Response: 15 minutes.\n- **P2 (Major)**: slow. Response: 1 hour.\n",
        {"P1": 900, "P2": 3600},
    ),
    "duties below headings": (
        "## Categorise the incident\n\n### P1 incidents (critical)\n\n- outage\n\nWe must:\n\n- respond within 30 minutes\n\n"
        "### P2 incidents (major)\n\n- degraded\n\nWe must:\n\n- respond within 1 hour during business hours\n",
        {"P1": 1800, "P2": 3600},
    ),
    "a role's times": (
        "## On-Call Roles\n\n### Primary\n\n**Expected Response Times:**\n- P0: < 5 minutes\n- P1: < 15 minutes\n",
        {"P0": 300, "P1": 900},
    ),
}


@pytest.mark.parametrize("form", sorted(SCALES))
def test_a_scale_in_this_form(form: str) -> None:
    """Levels and response times, whatever carries them."""
    text, expected = SCALES[form]
    playbook = compile_runbook("# R\n\n" + text)
    assert targets(playbook) == expected
    assert all(one.criteria or form == "a role's times" for one in playbook.severities)


CHAINS = {
    "points in time": (
        "## Escalation\n\n| Time | Action |\n|---|---|\n| 0 min | Page on-call engineer |\n| 15 min | Page secondary on-call |\n"
        "| 30 min | Notify engineering manager |\n",
        [("on-call engineer", 0), ("secondary on-call", 900), ("engineering manager", 1800)],
    ),
    "phone tree": (
        "## Phone tree\n\n1. Primary on-call → pager\n2. Secondary on-call → pager (after 10 min)\n3. VP Engineering: J. Roe (after 45 min)\n",
        [("Primary on-call", None), ("Secondary on-call", 600), ("VP Engineering", 2700)],
    ),
    "sentences": (
        "## Escalation\n\nIf you can't fix it within 30 minutes, page the payments lead. After 1 hour escalate to the head of engineering.\n",
        [("payments lead", 1800), ("head of engineering", 3600)],
    ),
    "columns with times": (
        "## Severity levels\n- **SEV1**: a\n- **SEV2**: b\n\n## Escalation matrix\n\n"
        "| Severity | First Contact | Escalation (15 min) | Escalation (30 min) |\n|---|---|---|---|\n| SEV1 | On-Call | Lead | Director |\n| SEV2 | On-Call | Lead | - |\n",
        [("On-Call", None), ("Lead", 900), ("Director", 1800)],
    ),
    "numbered bold levels": (
        "### Escalation Path\n1. **L1**: On-Call Engineer (5 min)\n2. **L2**: Team Lead (15 min)\n3. **L3**: CTO (1 hour)\n",
        [("On-Call Engineer", 300), ("Team Lead", 900), ("CTO", 3600)],
    ),
    "tiers in brackets": (
        "### Escalation Matrix\n- **T1 (SRE)**: Initial 5 minutes, basic checks\n- **T2 (Platform)**: After 10 minutes, if SQL is involved\n",
        [("SRE", None), ("Platform", 600)],
    ),
    "a table of levels": (
        "## Escalation policy\n\n| Level | Who | Contact | Escalate after |\n|---|---|---|---|\n| L1 | Engineer | pager | - |\n| L2 | Lead | +1 650 253 0000 | 15 min |\n",
        [("Engineer", None), ("Lead", 900)],
    ),
    "situations": (
        "## Severity levels\n- **P1**: a\n- **P2**: b\n\n## Escalation\n\n| Situation | Action |\n|---|---|\n| P1 unresolved after 30 min | → CTO |\n| Several teams | → Coordination |\n",
        [("CTO", 1800), ("Coordination", None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(CHAINS))
def test_an_escalation_in_this_form(form: str) -> None:
    """Who is called in which order, and when."""
    text, expected = CHAINS[form]
    playbook = compile_runbook("# R\n\n" + text)
    assert chain(playbook) == expected
    assert playbook.escalation_levels[0].trigger in (Trigger.START, Trigger.UNRESOLVED)


def test_nobody_answering_is_another_trigger_than_not_solved() -> None:
    """ "No answer after 10 minutes" waits for an acknowledgement, "unresolved" for the end."""
    text = "## Escalation path\n1. **A** (at once)\n2. **B** (no answer after 10 minutes)\n3. **C** (if unresolved in 1 hour)\n"
    playbook = compile_runbook(text)
    assert [one.trigger for one in playbook.escalation_levels] == [
        Trigger.START,
        Trigger.UNACKNOWLEDGED,
        Trigger.UNRESOLVED,
    ]


PROCEDURES = {
    "named incidents": ("## Incident: Disk full\n\n### Detection\n- Alert fires\n\n### Response\n1. `df -h`\n", "Disk full", 1, 1),
    "scenarios": ("## Scenarios\n\n### Scenario 1: Disk full\n\nSymptoms:\n- No space\n\nActions:\n1. `df -h`\n", "Disk full", 1, 1),
    "labels on lines": ("## Playbooks\n\n### Disk full\nSymptoms: no space; writes fail\nFix:\n```sh\ndf -h\n```\n", "Disk full", 2, 1),
    "a label below a list": ("## Playbooks\n\n### Disk full\nSymptoms:\n- no space\nActions:\n1. `df -h`\n", "Disk full", 1, 1),
    "alerts": ("## Alerts\n\n### DiskFull\n\n**What to check**\n- `df -h`\n\n**How to fix**\n1. `du -sh /var`\n", "DiskFull", 0, 2),
    "a table of symptoms": (
        "## Common Failure Modes\n\n| Symptom | Likely cause | What to do |\n|---|---|---|\n| Disk full | logs | `df -h`, then clean |\n",
        "Disk full",
        1,
        1,
    ),
    "no container": ("## 1. Disk full\n\n**Symptoms**\n* no space\n\n**Fix**\n1. `df -h`\n", "Disk full", 1, 1),
    "one fence": ("## Common Issues\n\n### Disk full\n\n```bash\n# Look\ndf -h\n```\n", "Disk full", 0, 1),
    "indented": ("## Troubleshooting\n\n### Disk full\n\nLook:\n\n    df -h\n", "Disk full", 0, 1),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(PROCEDURES))
def test_a_procedure_in_this_form(form: str) -> None:
    """The title without number and prefix, its symptoms, its commands."""
    text, title, symptoms, commands = PROCEDURES[form]
    playbook = compile_runbook("# R\n\n" + text)
    found = [one for one in playbook.procedures if one.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT)]
    assert [(one.title, len(one.symptoms), len(one.commands)) for one in found] == [(title, symptoms, commands)]


def test_a_document_about_one_alert_is_one_procedure() -> None:
    """A title, then Meaning, Impact, Diagnosis and Mitigation."""
    text = "# NodeNotReady\n\n## Meaning\n\nA node is gone.\n\n## Diagnosis\n\n```shell\n$ kubectl get nodes\nNAME STATUS\n```\n\n## Mitigation\n\n```shell\n$ kubectl drain $NODE\n```\n"
    playbook = compile_runbook(text)
    assert [(one.title, one.kind, len(one.commands)) for one in playbook.procedures] == [
        ("NodeNotReady", ProcedureKind.ALERT, 2)
    ]


def test_update_rhythm_by_severity() -> None:
    """Below a heading of that name the items need no verb; "daily" is a day."""
    text = "## Severity levels\n- **P1**: a\n- **P2**: b\n\n## Communication\n\n### Update Frequency\n- **P1**: every 30 minutes\n- **P2**: daily\n"
    playbook = compile_runbook(text)
    assert [(one.every.seconds, one.severities) for one in playbook.cadences] == [(1800, ("P1",)), (86_400, ("P2",))]


def test_templates_as_quotes_and_several_in_one_block() -> None:
    """A quotation below a templates heading, and messages that open with a sign each."""
    text = (
        "## Message templates\n\n**Customer notice**\n\n> Subject: Trouble\n>\n> Dear {{customer}}, …\n\n"
        "**Chat**\n\n> {{severity}} declared by {{name}}\n"
    )
    playbook = compile_runbook("# R\n\n" + text)
    assert [(one.audience, one.subject, len(one.fields)) for one in playbook.templates] == [
        ("customers", "Trouble", 1),
        ("internal", None, 2),
    ]
    several = compile_runbook(
        "# R\n\n## Templates\n\n```\n🔴 INCIDENT [x y]\nStatus: open\n\n🟢 RESOLVED [when it ended]\n```\n"
    )
    assert [one.key for one in several.templates] == ["initial", "resolved"]


def test_report_skeletons_are_no_messages() -> None:
    """A post-mortem template below "Templates" is not sent to anybody."""
    text = "## Templates\n\n### Post-mortem report\n\n```\n# Report\n\n## Timeline\n```\n"
    assert compile_runbook("# R\n\n" + text).templates == ()


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("## Post-mortem (within 48 hours)\n\n- a\n", 48),
        ("## Post-Incident\n1. Complete the root-cause analysis within 5 business days.\n", 120),
        ("## After the incident\n\nTry to keep the retro within two weeks of the incident.\n", 336),
        ("## Communication\n- **Post-mortem**: Within 24 hours, create an issue\n", 24),
        ("## Post-mortem\n\nAction items are due within 1 month.\n", None),
        ("## Post-mortem\n\nDescribe what happened.\n", None),
    ],
)
def test_postmortem_deadlines_in_words(text: str, hours: int | None) -> None:
    """The deadline of the report or the review, never the one of its action items."""
    policy = compile_runbook("# R\n\n" + text).postmortem
    due = policy.due.seconds if policy and policy.due and policy.due.seconds else None
    assert due == (hours * 3600 if hours else None)


LANGUAGES = {
    "es": ("## Niveles de severidad\n- **P1 - Crítica**: a\n- **P2 - Alta**: b\n\n### Tiempos de respuesta\n- P1: 15 minutos\n- P2: 1 hora\n\n"
           "## Incidentes comunes\n\n### Caída\n\n**Síntomas**:\n- error\n\n**Solución**:\n1. `df -h`\n"),
    "pt": ("## Níveis de severidade\n- **P1 - Crítico**: a\n- **P2 - Alto**: b\n\n### Tempos de resposta\n- P1: 15 minutos\n- P2: 1 hora\n\n"
           "## Problemas comuns\n\n### Queda\n\n**Sintomas**:\n- erro\n\n**Solução**:\n1. `df -h`\n"),
    "fr": ("## Niveaux de gravité\n- **P1 - Critique**: a\n- **P2 - Majeur**: b\n\n### Délais de réponse\n- P1: 15 minutes\n- P2: 1 heure\n\n"
           "## Incidents courants\n\n### Panne\n\n**Symptômes** :\n- erreur\n\n**Résolution** :\n1. `df -h`\n"),
    "de": ("## Schweregrade\n- **P1 - Kritisch**: a\n- **P2 - Hoch**: b\n\n### Reaktionszeiten\n- P1: 15 Minuten\n- P2: 1 Stunde\n\n"
           "## Häufige Störungen\n\n### Ausfall\n\n**Symptome**:\n- Fehler\n\n**Behebung**:\n1. `df -h`\n"),
    "it": ("## Livelli di gravità\n- **P1 - Critico**: a\n- **P2 - Alto**: b\n\n### Tempi di risposta\n- P1: 15 minuti\n- P2: 1 ora\n\n"
           "## Problemi comuni\n\n### Guasto\n\n**Sintomi**:\n- errore\n\n**Soluzione**:\n1. `df -h`\n"),
    "ja": ("## 重大度\n- **P1 - 緊急**: a\n- **P2 - 高**: b\n\n### 対応時間\n- P1: 15分\n- P2: 1時間\n\n"
           "## よくある障害\n\n### 停止\n\n**症状**\n- エラー\n\n**対応**\n1. `df -h`\n"),
    "zh": ("## 故障分级\n- **P1 - 紧急**: a\n- **P2 - 高**: b\n\n### 响应时间\n- P1: 15分钟\n- P2: 1小时\n\n"
           "## 常见故障\n\n### 宕机\n\n**症状**\n- 错误\n\n**解决方案**\n1. `df -h`\n"),
    "ko": ("## 장애 등급\n- **P1 - 긴급**: a\n- **P2 - 높음**: b\n\n### 대응 시간\n- P1: 15분 이내\n- P2: 1시간\n\n"
           "## 자주 발생하는 장애\n\n### 중단\n\n**증상**:\n- 오류\n\n**조치**:\n1. `df -h`\n"),
    "ru": ("## Уровни критичности\n- **P1 - Критический**: a\n- **P2 - Высокий**: b\n\n### Время реакции\n- P1: 15 минут\n- P2: 1 час\n\n"
           "## Типовые инциденты\n\n### Сбой\n\n**Симптомы**:\n- ошибка\n\n**Решение**:\n1. `df -h`\n"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_same_document_in_other_languages(language: str) -> None:
    """Scale, clocks, symptoms and commands are found by vocabulary alone."""
    playbook = compile_runbook("# R\n\n" + LANGUAGES[language])
    assert targets(playbook) == {"P1": 900, "P2": 3600}
    assert all(one.label for one in playbook.severities)
    found = [one for one in playbook.procedures if one.kind is ProcedureKind.INCIDENT]
    assert [(len(one.symptoms), [step.section for step in one.steps], len(one.commands)) for one in found] == [
        (1, ["resolution"], 1)
    ]


@pytest.mark.parametrize(
    ("said", "trigger"),
    [
        ("Escalate if not acknowledged within 10 minutes", Trigger.UNACKNOWLEDGED),
        ("Escalate after 10 minutes without an answer", Trigger.UNACKNOWLEDGED),
        ("Escalate if not resolved in 10 minutes", Trigger.UNRESOLVED),
    ],
)
def test_a_window_under_a_level_heading_waits_for_what_it_says(said: str, trigger: Trigger) -> None:
    """F4, F6: what hands over to the next level is an acknowledgement that is missing, or a resolution."""
    text = (
        f"# R\n## Severity\n- **P0**: down\n## Escalation\n### Level 1: On-Call\n- {said}\n### Level 2: Lead\n- helps\n"
    )
    second = compile_runbook(text).escalation_levels[1]
    assert (second.after and second.after.seconds, second.trigger) == (600, trigger)


def test_what_a_severity_is_is_no_phase_of_the_response() -> None:
    """C1: bold levels below "Incident response" define the scale; what to do at a level is a phase."""
    text = "## Incident response\n\n**P1 - Critical**\n- No bread at all\n- The oven burns\n\n**P2 - High**\n- Little bread\n"
    playbook = compile_runbook(text)
    assert [one.name for one in playbook.severities] == ["P1", "P2"]
    assert playbook.phases == ()
    told = compile_runbook("## Incident response\n\n### P1 response\n1. Turn the gas off\n2. Call the baker\n")
    assert [one.title for one in told.phases] == ["P1 response"]


def test_a_chapter_on_any_incident_is_no_incident() -> None:
    """D1: "Procedure 2: Escalation workflow" tells of every incident, "Procedure 3: Oven down" of one."""
    text = "# Incident response\n\n## Procedure 1: Severity classification\n1. Look how much bread there is\n\n## Procedure 2: Escalation workflow\n1. Page the baker\n2. Escalate to the owner if unresolved in 15 minutes\n\n## Procedure 3: Oven down\n1. Light it\n"
    assert [one.title for one in compile_runbook(text).procedures] == ["Oven down"]


def test_what_is_told_once_is_no_rhythm() -> None:
    """H3: "Status page: updated immediately" and "Updates: within an hour" repeat nothing; "Updates: 20 min" does."""
    text = "## Severity levels\n\n### P1\n- No bread\n- Status page: Updated immediately\n- Updates: within 1 hour\n\n### P2\n- Little bread\n- Updates: 20 min\n"
    playbook = compile_runbook(text)
    assert [(one.every.seconds, one.severities) for one in playbook.cadences] == [(1200, ("P2",))]


def test_a_channel_is_a_place() -> None:
    """K1: below "Communication", "Status page: updated at once" names none, "Status page: bread.example.com" does."""
    text = "## Communication\n\n- Status page: {}\n- Phone: Within 30 minutes\n"
    assert compile_runbook(text.format("updated at once")).channels == ()
    assert [one.name for one in compile_runbook(text.format("bread.example.com")).channels] == ["bread.example.com"]


def test_what_follows_an_arrow_is_to_be_done() -> None:
    """A3: "No bread → call the baker; open late": one criterion, two duties; "→ 15 min" is no duty."""
    text = "## Severity levels\n\n- P1: No bread or no flour → call the baker; open late\n- P2: Little bread → 15 min\n"
    one, other = compile_runbook(text).severities
    assert (one.criteria, one.actions) == (("No bread or no flour",), ("call the baker", "open late"))
    assert other.actions == ()


def test_what_can_be_folded_out_is_a_chapter_with_a_title() -> None:
    """D1: a summary names the incident that its details tell of; one that only asks for a click names nothing."""
    fold = "<details>\n<summary>{}</summary>\n\n**Symptoms:** cold bread\n\n```bash\nsystemctl restart {}\n```\n\n</details>\n\n"
    text = (
        "## Common incidents\n\n"
        + fold.format("Oven is cold", "oven")
        + fold.format("Mixer is stuck", "mixer")
        + "## Rollback\n\n1. Eat cake\n"
    )
    read = [
        (one.title, len(one.symptoms), len(one.commands))
        for one in compile_runbook(text).procedures
        if one.kind is ProcedureKind.INCIDENT
    ]
    assert read == [("Oven is cold", 1, 1), ("Mixer is stuck", 1, 1)]
    quiet = compile_runbook(
        "## Common incidents\n\n### Oven is cold\n\n**Symptoms:** cold bread\n\n<details><summary>Click to expand</summary>\n\n`systemctl restart oven`\n\n</details>\n"
    )
    assert [one.title for one in quiet.procedures] == ["Oven is cold"]


@pytest.mark.parametrize(
    "title", ["Questions to ask first", "Assessment questions", "Preguntas clave", "Premières questions"]
)
def test_questions_to_begin_with_are_a_phase(title: str) -> None:
    """C1: what one asks oneself first is a step of judging the incident."""
    (phase,) = compile_runbook(f"# R\n\n## {title}\n\n- What changed?\n- Who is hit?\n").phases
    assert (phase.title, phase.key, len(phase.steps)) == (title, "triage", 2)


def test_an_answer_in_words_is_no_time_to_resolve() -> None:
    """A9: "Response time: drop everything, fix now" is an immediate response and no resolution target."""
    text = "## Severity levels\n\n### P1\n\n- No bread\n\n**Response time:** Drop everything, fix now\n\n### P2\n\n- Little bread\n"
    one = compile_runbook(text).severities[0]
    assert one.response_target is not None
    assert (one.response_target.seconds, one.resolution_target) == (0, None)


def test_a_time_is_no_label_of_a_severity() -> None:
    """A2: "P1 — within 1 hour" has no name beside its code; "P2 — High" has."""
    text = "## Alerts\n\n| Severity | Response | Examples |\n|---|---|---|\n| **P1 — within 1 hour** | Now | No bread |\n| **P2 — High** | 4 h | Little bread |\n"
    assert [(one.name, one.label, len(one.criteria)) for one in compile_runbook(text).severities] == [
        ("P1", None, 1),
        ("P2", "High", 1),
    ]


def test_phases_below_a_playbook_are_no_incidents() -> None:
    """C1: "1. **Triage (0-5 minutes)**" over what to do then is a phase with a time box, wherever it stands."""
    text = "## Incident playbook\n\n1. **Triage (0-5 minutes)**\n   - Smell the bread\n2. **Assess (5-15 minutes)**\n   - Count the loaves\n"
    playbook = compile_runbook(text)
    assert [(one.title, one.target.seconds if one.target else None) for one in playbook.phases] == [
        ("Triage", 300),
        ("Assess", 900),
    ]
    assert playbook.procedures == ()
