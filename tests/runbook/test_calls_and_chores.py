"""What an escalation asks to do apart from whom it calls, policies in YAML, and findings that would only be noise.

Each document here is our own.
"""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tests.runbook.test_procedures_found import incidents
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Trigger

CHORES = {
    "en": "# R\n\n## Escalation\n\n1. Check the valve in the cellar\n2. Open a claim\n3. Contact the gas works with a photo\n",
    "it": "# R\n\n## Escalation\n\n1. Verifica la valvola in cantina\n2. Controlla il contratto\n3. Contatta gas works con una foto\n",
    "de": "# R\n\n## Eskalation\n\n1. Prüfen, ob das Ventil offen ist\n2. Öffne eine Schadensmeldung\n3. Benachrichtige gas works mit einem Foto\n",
}


@pytest.mark.parametrize("language", CHORES)
def test_a_chore_is_nobody_to_page(language: str) -> None:
    """F1: of a numbered list that begins with what to look at, only who is called is on the ladder."""
    assert said(compile_runbook(CHORES[language]).escalation_levels) == [("gas works", None)]


def test_somebody_beside_chores_is_still_called() -> None:
    """Whoever stands there without a verb, by a name that is a role, is on the ladder; the chores are not."""
    text = "# R\n\n## Escalation\n\n1. Write to the archive\n2. Team lead ana@mill.example (after 20 min)\n3. Open a claim\n"
    assert said(compile_runbook(text).escalation_levels) == [("Team lead", 20.0)]


def test_what_holds_for_all_is_the_chain_of_who_has_none() -> None:
    """Windows for P1 and P2 alone make chains of these; whoever is called at any severity is called for P3 too."""
    text = (
        "# R\n\n## Severity levels\n- P1: all mills stand\n- P2: one mill stands\n- P3: one is slow\n\n## Escalation\n\n"
        "1. Duty miller answers and opens the log.\n"
        "2. If no fix in 15 minutes (P1) or 60 minutes (P2), escalate to Head Miller.\n"
        "3. If unresolved after 2 hours, escalate to Estate Manager.\n"
    )
    playbook = compile_runbook(text)
    assert [name for name, _after in said(playbook.escalation_levels)] == [
        "Duty miller",
        "Head Miller",
        "Estate Manager",
    ]
    named = {name: [one for one, _after in said(chain)] for name, chain in playbook.escalation_by_severity.items()}
    assert named == {"P2": ["Duty miller", "Head Miller", "Estate Manager"], "P3": ["Duty miller", "Estate Manager"]}


def test_an_address_is_a_way_to_reach_somebody() -> None:
    """Z: whoever is called by an address needs no other contact; whoever is called by a name does."""
    text = "# R\n\n## Escalation\n\n1. Check the valve\n2. Contact help@gas.example with a photo\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("help@gas.example", None)]
    assert "TOC302" not in [one.code for one in playbook.findings]
    assert "TOC302" in [one.code for one in compile_runbook(CHORES["en"]).findings]


@pytest.mark.parametrize(
    "when", ["If it is not back within 20 minutes:", "Nicht behoben nach 20 Minuten:", "20分以内に復旧しない場合:"]
)
def test_a_wait_above_a_list_holds_for_who_is_below(when: str) -> None:
    """F2: the time in the line that leads to a list is when those below it are called."""
    levels = compile_runbook(f"# R\n\n## Escalation\n\n{when}\n\n1. Head baker\n2. Owner\n").escalation_levels
    assert said(levels) == [("Head baker", 20), ("Owner", 20)]
    assert {one.trigger for one in levels} == {Trigger.UNRESOLVED}


def test_who_is_called_in_japanese_ends_before_how() -> None:
    """F1: particle and verb behind a name are no part of it."""
    text = "# R\n\n## エスカレーション\n\n1. 窯の当番に自動通知\n2. 親方緊急招集\n3. 店主への報告\n"
    assert said(compile_runbook(text).escalation_levels) == [("窯の当番", None), ("親方", None), ("店主", None)]


POLICIES = {
    "lists on one line": "- level: 1\n    targets: ['baker']\n    wait_time: 5m\n  - level: 2\n    targets: [\"@chef\", 'miller']\n    wait_time: 15m\n  - level: 3\n    targets: ['owner']\n    wait_time: 30m\n",
    "mappings": "- level: 1\n    delay_minutes: 5\n    targets:\n      - type: user\n        id: baker\n  - level: 2\n    delay_minutes: 15\n    targets:\n      - type: user\n        id: chef\n      - type: user\n        id: miller\n  - level: 3\n    delay_minutes: 30\n    targets:\n      - type: user\n        id: owner\n",
}


@pytest.mark.parametrize("form", POLICIES)
def test_a_policy_in_which_the_first_one_waits_hands_on(form: str) -> None:
    """F2, F3: where every level has a wait, it is how long that one has; names come from lists of any form."""
    text = f"# R\n\n## Escalation\n\n```yaml\nescalation_policy:\n  {POLICIES[form]}```\n"
    levels = compile_runbook(text).escalation_levels
    assert said(levels) == [("baker", None), ("chef+miller", 5), ("owner", 20)]
    assert [one.trigger for one in levels] == [Trigger.START, Trigger.UNACKNOWLEDGED, Trigger.UNACKNOWLEDGED]


def test_kinds_of_incident_are_reasons_to_escalate() -> None:
    """F5: a table by kind of incident gives a reason for each row and no ladder for every incident."""
    text = "# R\n\n## Escalation matrix\n\n| Incident type | First responder | Escalate to | Timeout |\n|---|---|---|---|\n| Ovens out | Bakers | Head baker → Owner | 15 min |\n| Till dead | Shop team | Owner | immediately |\n"
    playbook = compile_runbook(text)
    assert playbook.escalation_levels == ()
    assert [(one.text, one.after.seconds if one.after else None) for one in playbook.escalation_rules] == [
        ("Ovens out: Head baker → Owner (15 min)", 900),
        ("Till dead: Owner (immediately)", None),
    ]


def test_a_table_of_incidents_with_what_contains_each() -> None:
    """E1: "Incident | Containment and verification" are incidents."""
    text = "# Forno\n\n## Cenários\n\n| Incidente | Contenção e verificação |\n|---|---|\n| Chave do forno exposta | Trocar a chave; revisar o diário |\n| Conta do padeiro tomada | Bloquear a conta e trocar a senha |\n"
    assert list(incidents(text)) == ["Chave do forno exposta", "Conta do padeiro tomada"]


def test_what_an_error_prints_is_a_symptom() -> None:
    """E2: lines of a log below "Symptoms" are symptoms; commands to see them are steps."""
    text = "# R\n\n## Incident: Till dead\n\n### Symptoms\n\n```\nError: drawer is locked\nno route to printer\n```\n\n### Fix\n\n```bash\ntillctl restart\n```\n"
    assert incidents(text) == {"Till dead": (2, 1)}


def test_a_number_at_a_name_is_no_number_of_a_chapter() -> None:
    """E1: "4つの窯" begins with what it is about."""
    text = "# R\n\n## よくある障害\n\n### 4つの窯の故障\n\n#### 症状\n- 冷たい\n\n#### 対応手順\n- 点火する\n\n### 2. 煙突の詰まり\n\n#### 症状\n- 煙\n\n#### 対応手順\n- 掃除する\n"
    assert list(incidents(text)) == ["4つの窯の故障", "煙突の詰まり"]


def test_a_title_with_what_it_is_of_is_still_understood() -> None:
    """A3: "Examples from our bakery till" are examples."""
    text = "# R\n\n## Severity\n\n| Level | Meaning | Examples from our bakery till |\n|---|---|---|\n| P1 | no bread | oven dead; flour gone |\n| P2 | little bread | one oven dead |\n"
    assert [len(one.criteria) for one in compile_runbook(text).severities] == [3, 2]


def test_a_format_of_curl_is_no_blank() -> None:
    """I1: "%{http_code}" is not to be filled in, "{code}" is."""
    text = '# R\n\n## Incident: Till dead\n\n```bash\ncurl -f -s -o /dev/null -w "%{http_code}" https://till.oven/health\ncurl -f https://till.oven/{code}\n```\n'
    (one,) = compile_runbook(text).procedures
    assert [[blank.raw for blank in step.command.parameters] for step in one.steps if step.command] == [[], ["{code}"]]


@pytest.mark.parametrize(
    ("target", "needed"),
    [("Next business day", True), ("Next sprint", False), ("Next release", False), ("próximo sprint", False)],
)
def test_business_hours_do_not_tell_when_a_sprint_is_over(target: str, needed: bool) -> None:
    """Z: only a target that business hours decide asks for them."""
    text = f"# R\n\n## Severity\n\n| Severity | Meaning | Response |\n|---|---|---|\n| P1 | out | 15 min |\n| P2 | typo | {target} |\n"
    assert ("TOC406" in [one.code for one in compile_runbook(text).findings]) is needed


def test_the_runbook_of_one_alert_needs_no_scale() -> None:
    """Z: what says only what to do is not told to define severities; a document about the response to incidents is."""
    text = "# OvenTooColdForTooLong\n\n## Meaning\n\nThe oven is cold.\n\n## Diagnosis\n\n1. Look at it\n\n## Mitigation\n\n1. Light it\n"
    assert "TOC107" not in [one.code for one in compile_runbook(text).findings]
    several = "# R\n\n## Incident: Oven cold\n\n1. Light it\n\n## Incident: Till dead\n\n1. Plug it in\n"
    assert "TOC107" not in [one.code for one in compile_runbook(several).findings]
    process = several.replace("# R", "# Incident response")
    assert "TOC107" in [one.code for one in compile_runbook(process).findings]


def test_a_column_of_how_soon_names_nobody() -> None:
    """F1: where "Escalation" holds times, its other cells are no people; where it holds people, a time beside one is."""
    times = "# R\n\n## Severity\n\n| Level | Meaning |\n|---|---|\n| P1 | out |\n| P2 | slow |\n| P3 | typo |\n\n## Escalation matrix\n\n| Level | First told | Escalation |\n|---|---|---|\n| P1 | Baker | Immediately |\n| P2 | Baker | < 1 hour |\n| P3 | Shop | Next meeting |\n"
    playbook = compile_runbook(times)
    everybody = [
        *playbook.escalation_levels,
        *(one for chain in playbook.escalation_by_severity.values() for one in chain),
    ]
    assert "Next meeting" not in [name for one in everybody for name in one.targets]
    people = times.replace("Immediately", "Chef").replace("< 1 hour", "Chef at 1 hour")
    assert "Chef" in [name for one in compile_runbook(people).escalation_levels for name in one.targets]


@pytest.mark.parametrize(("comment", "checked"), [("验证账本", True), ("台帳を確認", True), ("重写账本", False)])
def test_a_step_that_is_called_a_check_is_one(comment: str, *, checked: bool) -> None:
    """Z: an unknown program below a comment of verifying verifies, also where words have no blanks between them."""
    text = f"# R\n\n## Incident: Till dead\n\n### Fix\n\n```bash\n# 重启\nsystemctl restart till\n\n# {comment}\nfarinactl book\n```\n"
    assert ("TOC217" not in [one.code for one in compile_runbook(text).findings]) is checked


@pytest.mark.parametrize("manner", ["manually", "automatically"])
def test_how_somebody_is_paged_is_nobody(manner: str) -> None:
    """A word for the way of paging is no name."""
    line = f"- **Head miller**: page {manner} for SEV-1 > 30 min, or a fire."
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n- Desk: page the miller\n{line}\n")
    assert manner not in {who for level in playbook.escalation_levels for who in level.targets}
