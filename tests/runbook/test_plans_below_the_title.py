"""A plan that is the whole document: a list right below its title, or below "Steps"; and lists there that are none."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

PLANS = {
    "Incident response plan": ("Revoke the baker's key", "Restart all ovens", "Tell the guests", "Check the night log"),
    "Bakery runbook": ("Revoke the baker's key", "Restart all ovens", "Notify the guests", "Check the night log"),
    "Plan de respuesta a incidentes": (
        "Revocar la llave",
        "Reiniciar los hornos",
        "Avisar al equipo",
        "Revisar el libro",
    ),
    "Plano de resposta a incidentes": (
        "Revogar a chave",
        "Reiniciar os fornos",
        "Avisar a equipe",
        "Verificar os logs",
    ),
    "Plan de réponse aux incidents": (
        "Révoquer la clé",
        "Redémarrer les fours",
        "Prévenir l'équipe",
        "Vérifier le journal",
    ),
    "Notfallplan": ("Schlüssel sperren", "Öfen neu starten", "Team informieren", "Backbuch prüfen"),
    "План реагирования на инциденты": ("Отозвать ключ", "Перезапустить печи", "Уведомить команду", "Проверить журнал"),
    "障害対応手順": ("鍵を無効にする", "窯を再起動する", "チームに連絡する", "記録を確認する"),
    "故障处理流程": ("吊销钥匙并换新", "重启所有烤箱", "通知团队", "检查烤箱日志"),
}
LAYOUTS = {
    "numbered": lambda title, plan: f"# {title}\n\n" + "".join(f"{n}. {one}\n" for n, one in enumerate(plan, 1)),
    "bullets": lambda title, plan: f"# {title}\n\n" + "".join(f"- {one}\n" for one in plan),
    "boxes": lambda title, plan: f"# {title}\n\n" + "".join(f"- [ ] {one}\n" for one in plan),
    "below a line": lambda title, plan: f"# {title}\n\nIn short:\n\n" + "".join(f"1. {one}\n" for one in plan),
    "a chapter": lambda title, plan: f"# {title}\n\n## Steps\n\n" + "".join(f"1. {one}\n" for one in plan),
    "before other chapters": lambda title, plan: (
        f"# {title}\n\n" + "".join(f"1. {one}\n" for one in plan) + "\n## Contacts\n\n- Ada: ada@bakery.example\n"
    ),
    "without a heading": lambda title, plan: "".join(f"1. {one}\n" for one in plan),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("title", PLANS)
def test_the_list_below_the_title_is_what_to_do(title: str, layout: str) -> None:
    """Nothing was read of such a document, though it says all that its team wants done."""
    playbook = compile_runbook(LAYOUTS[layout](title, PLANS[title]))
    assert [step.title for phase in playbook.phases for step in phase.steps] == list(PLANS[title])
    assert playbook.procedures == ()


def test_a_title_that_says_what_fails_makes_it_an_incident_beside_other_chapters() -> None:
    """The steps are of that trouble and run for no other one."""
    text = (
        "# Token leak\n\n1. Revoke it: `make revoke`\n2. Bake a new one\n\n## Contacts\n\n- Ada: ada@bakery.example\n"
    )
    playbook = compile_runbook(text)
    assert [(one.title, len(one.steps)) for one in playbook.procedures] == [("Token leak", 2)]
    assert playbook.phases == ()
    assert [one.name for one in playbook.contacts] == ["Ada"]


@pytest.mark.parametrize(
    "text",
    [
        "# Oven runbook\n\n1. Severity levels\n2. Check list\n\n## Severity levels\n\nx\n\n## Check list\n\nx\n",
        "# Incident response\n\n1. [Check the oven](#check-the-oven)\n2. [Restart it](#restart-it)\n",
        "# Incident severity\n\n1. SEV1 all ovens are cold\n2. SEV2 one oven is cold\n3. SEV3 a lamp is out\n",
        "# Incident response\n\n- Owner: the night baker of the week\n- Version: 1.2\n- Reviewed: last spring by all\n",
        "# Bakery services\n\n1. Ovens in the north hall\n2. Tills at the front door\n3. Mills in the cellar\n",
        "# Post-mortem template\n\n1. Write down what happened\n2. Describe the impact\n3. List the actions\n",
        "# Escalation\n\n1. Notify the night baker\n2. Notify the shift lead\n",
    ],
    ids=["chapters", "links", "severities", "fields", "names", "a report", "people"],
)
def test_other_lists_below_a_title_are_no_plan(text: str) -> None:
    """Contents, the levels, who owns the document, what there is, what to write and whom to call."""
    playbook = compile_runbook(text)
    assert playbook.phases == ()
    assert playbook.procedures == ()


def test_a_counted_chapter_between_phases_is_one_whatever_its_title() -> None:
    """Nobody counts "3." between "2. Triage" and "4. Resolution" for a collection of commands beside them."""
    text = (
        "# Incident response\n\n## Night response procedure\n\n### 1. Triage\n\n- Look\n\n"
        "### 2. Stop the bleeding\n\n```bash\nmake stop\n```\n\n"
    )
    playbook = compile_runbook(f"{text}### 3. Resolution\n\n- Mend it\n")
    assert [one.title for one in playbook.phases] == ["Triage", "Stop the bleeding", "Resolution"]
    assert playbook.procedures == ()
