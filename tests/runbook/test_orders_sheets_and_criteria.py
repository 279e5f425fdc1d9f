"""An order of recovery is a procedure, a cheat sheet may hold incidents, and when to roll back is no way of it."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.course import course_of

_INCIDENT = "## Incident: Belt torn\n\n### Symptoms\n\n- torn\n\n### Fix\n\n1. `mill restart`\n\n"
_ORDER = "1. Weir\n2. Wheel\n3. Stones\n\n"


def _procedures(text: str) -> list[tuple[str, str, int]]:
    found = compile_runbook(f"# Mill runbook\n\n{text}").procedures
    return [(one.kind.value, one.title, len(one.steps)) for one in found]


@pytest.mark.parametrize(
    "title",
    [
        *("Recovery order", "Start-up sequence", "Order of restart", "Dependency order", "Cold start"),
        *("Wiederanlaufreihenfolge", "Ordre de redémarrage", "Orden de arranque", "Sequência canônica"),
        *("Ordine di avvio", "Порядок запуска", "起動順序", "恢复顺序", "복구 순서", "Kolejność uruchamiania"),
    ],
)
def test_an_order_of_recovery_is_kept(title: str) -> None:
    """As a chapter, and as a line above numbered things in a chapter that announces nothing."""
    assert ("recovery", title, 3) in _procedures(f"{_INCIDENT}## {title}\n\n{_ORDER}")
    assert ("recovery", title, 3) in _procedures(f"{_INCIDENT}## Notes\n\nRead this.\n\n**{title}:**\n\n{_ORDER}")


@pytest.mark.parametrize(
    "title",
    ["Cheat sheet", "Quick reference", "Spickzettel", "Référence rapide", "Referencia rápida", "速查表", "早見表"],
)
def test_a_sheet_with_what_fails_holds_incidents(title: str) -> None:
    """Its chapters that say what fails are incidents, the others a collection, as is a sheet without such ones."""
    fence = "```bash\nmill show\n```\n"
    failing = f"### Mill is down\n\n{fence}\n### Queue stuck\n\n{fence}\n"
    plain = f"### Logs\n\n{fence}\n### Status\n\n{fence}\n"
    assert _procedures(f"## {title}\n\n{failing}{plain}") == [
        ("incident", "Mill is down", 1),
        ("incident", "Queue stuck", 1),
        ("library", title, 2),
    ]
    assert [kind for kind, _title, _steps in _procedures(f"## {title}\n\n{plain}")] == ["library"]


@pytest.mark.parametrize(
    "title",
    [
        *("When to roll back", "Rollback criteria", "Rollback triggers", "Wann zurückrollen", "Critères de rollback"),
        *("Cuándo revertir", "Quando fare rollback", "Критерии отката", "ロールバック基準", "回滚条件", "롤백 기준"),
    ],
)
def test_criteria_are_no_procedure(title: str) -> None:
    """Beside the rollback and as a chapter of its own; with something to do below the title it is one."""
    criteria = "- Flour too coarse\n- Two stones cracked\n\n"
    steps = "### Steps\n\n1. `git revert HEAD`\n2. `make mill`\n"
    assert _procedures(f"{_INCIDENT}## {title}\n\n{criteria}") == [("incident", "Belt torn", 1)]
    inside = _procedures(f"{_INCIDENT}## Rollback\n\n### {title}\n\n{criteria}{steps}")
    assert [(kind, n) for kind, _title, n in inside] == [("incident", 1), ("rollback", 2)]
    done = _procedures(f"{_INCIDENT}## Rollback\n\n### {title}\n\n1. Stop the wheel\n2. Close the weir\n")
    assert [(kind, n) for kind, _title, n in done] == [("incident", 1), ("rollback", 2)]


@pytest.mark.parametrize(
    "titles",
    [
        ("Option A: old stones", "Option B: old wheel"),
        ("Opción 1 – piedras", "Opción 2 – rueda"),
        ("方案一：石头", "方案二：水轮"),
    ],
)
def test_chapters_of_a_rollback_that_are_ways_are_one_procedure(titles: tuple[str, str]) -> None:
    """One of them is taken, and what verifies stands below both; chapters with other names stay procedures."""
    first, second = "```bash\ngit revert HEAD\nmake stones\n```\n", "```bash\nkubectl rollout undo deploy/mill\n```\n"
    text = (
        f"## Rollback\n\n### {titles[0]}\n\n{first}\n### {titles[1]}\n\n{second}\n### Verification\n\n1. `mill show`\n"
    )
    assert _procedures(text) == [("rollback", "Rollback", 4)]
    (one,) = compile_runbook(f"# Mill runbook\n\n{text}").procedures
    assert [[len(way.steps) for way in fork.ways] for fork in course_of(one.steps).forks] == [[2, 1]]
    assert len(_procedures(text.replace(titles[0], "Stones").replace(titles[1], "Wheel"))) > 1


@pytest.mark.parametrize(
    ("sign", "fix"),
    [
        ("Symptom: no flour", "Fix: oil it"),
        ("**Symptome:** kein Mehl", "**Behebung:** ölen"),
        ("症状：没有面粉", "处理：重启"),
    ],
)
def test_the_lines_of_a_quote_are_the_parts_of_an_incident(sign: str, fix: str) -> None:
    """Right below each other as well as with an empty line between them, and in two signs."""
    text = f"## Common incidents\n\n### Belt\n\n> {sign}\n> {fix}\n\n### Wheel\n\n> {sign}\n>\n> {fix}\n"
    found = compile_runbook(f"# Mill runbook\n\n{text}").procedures
    assert [(len(one.symptoms), len(one.steps)) for one in found] == [(1, 1), (1, 1)]


@pytest.mark.parametrize(
    "title",
    [
        *("Security incident", "Incident de sécurité", "Incidente de seguridad", "Incidente di sicurezza", "安全事件"),
        *("Incidente de segurança", "Инцидент безопасности", "Incydent bezpieczeństwa", "Güvenlik olayı", "보안 사고"),
    ],
)
def test_a_security_incident_is_one_in_every_language(title: str) -> None:
    """As the only chapter with steps below it."""
    steps = "1. `mill isolate`\n2. Change the keys\n"
    assert _procedures(f"## Contacts\n\n- Ada\n\n## {title}\n\n{steps}") == [("incident", title, 2)]
