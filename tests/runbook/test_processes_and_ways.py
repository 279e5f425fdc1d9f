"""Titles of a process in each language are no incidents, and a label may say how somebody is reached."""

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.contacts.entry import without_way

_STEPS = "1. **Detection**: alerts\n2. **Triage**: how severe\n3. **Fix**: deploy\n"


@pytest.mark.parametrize(
    "title",
    [
        "Incident-Response-Prozess",
        "Vorfallprozess",
        "Incident-Lebenszyklus",
        "Processus d'incident",
        "Flux d'incident",
        "Déroulement d'un incident",
        "Процесс работы с инцидентом",
        "インシデントプロセス",
        "Proceso de incidentes",
        "Processo degli incidenti",
    ],
)
def test_the_process_of_an_incident_is_none(title: str) -> None:
    """A chapter that says how incidents are handled is not one of them."""
    playbook = compile_runbook(f"# Operations runbook\n\n## 1. Deploy\n\n- `git pull`\n\n## 2. {title}\n\n{_STEPS}")
    assert [one.title for one in playbook.procedures if one.kind.value in ("incident", "alert")] == []


@pytest.mark.parametrize(
    ("document", "title"),
    [
        ("Incident runbook", "Rotation of admin secrets"),
        ("Incident-Runbook", "Rotation der Secrets"),
        ("Incident runbook", "Smoke tests"),
    ],
)
def test_routine_work_is_no_incident(document: str, title: str) -> None:
    """A chapter of routine work among the incidents is work."""
    text = f"# {document}\n\n## Mill stands still\n\n- `millctl start`\n\n## {title}\n\n- `millctl check`\n"
    assert title not in [one.title for one in compile_runbook(text).procedures if one.kind.value == "incident"]


@pytest.mark.parametrize(
    "title",
    ["After deploy: 502", "После деплоя мельница не отвечает", "Tras el despliegue no responde"],
)
def test_what_fails_behind_a_deploy_is_an_incident(title: str) -> None:
    """What does not work after it is wrong all the same."""
    text = f"# Incident runbook\n\n## Mill stands still\n\n- `millctl start`\n\n## {title}\n\n- `millctl check`\n"
    assert title in [one.title for one in compile_runbook(text).procedures if one.kind.value == "incident"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("**WhatsApp Ada:** +49-XXXXXXXX", "Ada"),
        ("**Phone Ada Stone:** +49 30 123456", "Ada Stone"),
        ("**Telegram Ada:** +49 30 123456", "Ada"),
        ("**Teléfono Ana Molino:** +34 600 000 000", "Ana Molino"),
        ("**电话（张三）：** 138-0000-0000", "张三"),
    ],
)
@pytest.mark.parametrize("chapter", ["Escalation", "Contacts"])
def test_a_label_may_begin_with_how_somebody_is_reached(line: str, name: str, chapter: str) -> None:
    """ "WhatsApp Ada" is Ada, below "Escalation" as below "Contacts"."""
    text = (
        f"# Runbook\n\n## Mill stands still\n\n- `millctl start`\n\n## {chapter}\n\n{line}\n**Email:** ada@mill.dev\n"
    )
    assert name in [one.name for one in compile_runbook(text).contacts]


@pytest.mark.parametrize(
    "label", ["Phone support", "Slack Admin", "Email team", "Backup Engineer", "Mobile Lead", "Hotline Kartenterminal"]
)
def test_a_role_keeps_the_word_before_it(label: str) -> None:
    """What stands before a role belongs to it."""
    assert without_way(label) == label
