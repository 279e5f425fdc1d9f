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
