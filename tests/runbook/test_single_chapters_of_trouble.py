"""A chapter that stands alone among others and says what has failed, in one word or at its end."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind

STEPS = "1. **First:** turn the key.\n2. **Then:** read the dial.\n"

TITLES = [
    "Datenverlust",
    "Stromausfall",
    "Phishing-Angriff",
    "Systeemuitval",
    "Datalek",
    "Cuenta comprometida",
    "Compte compromis",
    "Account compromesso",
    "Conta comprometida",
    "DDoS-атака",
    "不正アクセス",
    "データ損失",
    "数据泄露",
    "개인정보 유출",
    "Wyciek danych",
    "Veri kaybı",
    "Privacy incident",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_chapter_that_says_what_failed(title: str) -> None:
    """With steps below it, it is an incident, in each language and without another one beside it."""
    found = compile_runbook(f"# Guide for the mill\n\n## {title}\n\n{STEPS}\n## Of the house\n\n- A wheel.\n")
    assert [one.title for one in found.procedures if one.kind is ProcedureKind.INCIDENT] == [title]


@pytest.mark.parametrize("title", ["Vorfall", "上报故障", "Как заметить сбой", "Verlust", "Fehlersuche", "Überblick"])
def test_a_chapter_that_says_nothing_of_the_kind(title: str) -> None:
    """The bare word, how to notice or report any of them, and other chapters are no incident."""
    found = compile_runbook(f"# Guide for the mill\n\n## {title}\n\n{STEPS}\n## Of the house\n\n- A wheel.\n")
    assert [one.title for one in found.procedures if one.kind is ProcedureKind.INCIDENT] == []


def test_a_part_of_an_incident_that_says_what_failed() -> None:
    """Below a chapter that stands where the incidents do, it is a part of that one."""
    text = (
        "# 磨坊手册\n\n## 常见故障\n\n### 1. 磨坊无法访问\n\n```bash\nrestart mill\n```\n\n"
        "### 2. 数据库问题\n\n#### 连接失败\n\n```bash\nrestart db\n```\n\n#### 性能\n\n```bash\ncat log\n```\n"
    )
    assert [one.title for one in compile_runbook(text).procedures] == ["磨坊无法访问", "数据库问题"]


BREACH = """# {title}

## Severity levels

- **P1**: flour lost
- **P2**: slow mill

## Response

1. Shut the gate
2. Call the owner

## {chapter}

### {first}

**Symptoms:**
- odd orders

**Response:**
1. Lock the till

### {second}

**Symptoms:**
- odd logins

**Response:**
1. Lock the account
"""


@pytest.mark.parametrize(
    ("title", "chapter", "first", "second"),
    [
        ("Mill Security Incident Response Runbook", "Common scenarios", "Scenario 1: Till robbed", "Scenario 2: Theft"),
        ("Data Breach Response Runbook", "Playbooks", "Leaked API key", "Account takeover"),
        ("Runbook: security incident", "Specific scenarios", "A. Leaked key", "B. Account takeover"),
        ("Runbook de incidente de seguridad", "Escenarios comunes", "Escenario 1: Clave filtrada", "Escenario 2: Robo"),
        ("Outage Response Playbook", "Common incidents", "Mill down", "Oven cold"),
    ],
)
def test_a_document_on_all_of_a_sort_holds_several_incidents(title: str, chapter: str, first: str, second: str) -> None:
    """A title that names one kind of trouble makes no single procedure of a document with a chapter of incidents."""
    found = compile_runbook(BREACH.format(title=title, chapter=chapter, first=first, second=second))
    names = [one.title for one in found.procedures]
    assert names == [part.split(": ")[-1].split(". ")[-1] for part in (first, second)]
    assert [len(one.symptoms) for one in found.procedures] == [1, 1]


def test_a_document_on_one_failure_with_its_causes_is_one_procedure() -> None:
    """Chapters on its causes are parts of it."""
    causes = "## Common causes\n### Cause 1: belt torn\n1. Change it\n"
    text = f"# Mill failure runbook\n\n## Symptoms\n- no flour\n\n{causes}"
    assert [one.title for one in compile_runbook(text).procedures] == ["Mill failure runbook"]
