"""Words that each language has of its own: whom a cell calls beside what it orders, and the case of a comment."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.trouble import ends_in_failure


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Escalation", ("Open a group at once, tell the owner", "Tell the head miller", "Follow up by ticket")),
        ("Escalation", ("Start a bridge; page the owner", "Head miller", "Scheduled fix")),
        ("升级", ("立即拉群, 通知 owner", "通知 head miller", "工单跟进")),
        ("Escalamiento", ("Abrir sala de inmediato, avisar al owner", "Avisar al head miller", "Por ticket")),
        ("Escalade", ("Ouvrir un canal, prévenir le owner", "Prévenir le head miller", "Correction planifiée")),
        ("Eskalation", ("Sofort Kanal öffnen, owner informieren", "head miller informieren", "Eingeplante Behebung")),
        ("エスカレーション", ("即時グループ作成、ownerへ連絡", "head millerへ連絡", "チケットで対応")),
        ("Эскалация", ("Сразу собрать чат, сообщить owner", "Сообщить head miller", "Плановое исправление")),
    ],
)
def test_a_cell_calls_people_and_neither_orders_nor_tickets(column: str, cells: tuple[str, ...]) -> None:
    """Beside a person who is told, "open a bridge" is no one to page, and a ticket or a planned fix is nobody."""
    rows = [f"| P{n} | Mill {n} stands | {n + 1}0 min | {cell} |" for n, cell in enumerate(cells)]
    playbook = _read("# Mill", "", f"| Severity | Description | Response time | {column} |", "|---|---|---|---|", *rows)
    called = {name: [one.targets for one in levels] for name, levels in playbook.escalation_by_severity.items()}
    called["P0"] = [one.targets for one in playbook.escalation_levels]
    said = {name: [tuple(who.casefold() for who in targets) for targets in levels] for name, levels in called.items()}
    assert said == {"P0": [("owner",)], "P1": [("head miller",)]}


def test_everybody_is_kept_beside_who_is_paged() -> None:
    """Paging fails open: only what is plainly an order leaves the cell."""
    playbook = _read(
        "# Mill",
        "",
        "| Severity | Description | Escalation |",
        "|---|---|---|",
        "| P0 | All stands | Page the owner, head miller, all hands |",
        "| P1 | One stands | Ticket owner |",
    )
    assert [one.targets for one in playbook.escalation_levels] == [("owner", "head miller", "all hands")]
    assert [one.targets for one in playbook.escalation_by_severity["P1"]] == [("Ticket owner",)]


def test_a_table_that_defines_severities_is_read_under_any_heading() -> None:
    """Headings of severities elsewhere add what is done; what each level is stands in the table, and the least too."""
    playbook = _read(
        "# Mill",
        "## What counts as an incident",
        "",
        "| Severity | Definition | Example |",
        "|---|---|---|",
        "| **S1 - Critical** | Nothing is ground. | gate stuck; no flour |",
        "| **S2 - High** | One stone is slow. | slow stone |",
        "| **S3 - Low** | A lamp is out. | lamp |",
        "",
        "## Runbooks by severity",
        "### S1 - Critical (target: < 30 minutes until stable)",
        "1. Look at the gate.",
        "### S2 - High",
        "1. Look at the stone.",
    )
    assert [(one.name, len(one.criteria), one.response_target) for one in playbook.severities] == [
        ("S1", 3, None),
        ("S2", 2, None),
        ("S3", 2, None),
    ]


@pytest.mark.parametrize(
    ("heading", "resolved"),
    [
        ("objetivo: < 30 minutos hasta estabilizar", None),
        ("objetivo: 2 horas hasta resolver", 7200),
        ("objectif : stabiliser en 30 minutes", None),
        ("Ziel: 30 Minuten bis zur Stabilisierung", None),
        ("目標: 2時間以内に安定化", None),
        ("目標: 2時間以内に復旧", 7200),
        ("цель: стабилизировать за 30 минут", None),
    ],
)
def test_how_soon_it_is_stable_is_no_promise_to_answer(heading: str, resolved: int | None) -> None:
    """A time until all is stable is neither the response nor the end."""
    (first, _second) = _read("# Mill", "## Severity levels", f"### P1 ({heading})", "- x y", "### P2", "- z").severities
    stated = first.resolution_target.seconds if first.resolution_target is not None else None
    assert (first.response_target, stated) == (None, resolved)


@pytest.mark.parametrize(
    "title",
    [
        "Loss or damage of the ledger",
        "Pérdida o corrupción de la base",
        "Perda ou corrupção da base",
        "Verlust oder Beschädigung der Datenbank",
        "Потеря или повреждение базы",
        "Perdita o corruzione del registro",
        "Utrata lub uszkodzenie bazy",
        "Verlies of beschadiging van de database",
    ],
)
def test_a_title_that_begins_with_a_failure_is_an_incident(title: str) -> None:
    """A noun for what went wrong, of what is said behind it."""
    assert ends_in_failure(title)
    assert [one.title for one in _read("# Mill", f"## {title}", "1. Close the gate.").procedures] == [title]


@pytest.mark.parametrize("title", ["Leak detection", "Loss prevention", "Fehler melden", "Потери и сроки"])
def test_a_failure_at_the_beginning_alone_says_nothing(title: str) -> None:
    """A chapter about what is done against failures is none."""
    assert not ends_in_failure(title)


@pytest.mark.parametrize(
    ("comment", "case"),
    [
        ("Flour lost: restore from the copy", "Flour lost"),
        ("数据丢失: 从备份恢复", "数据丢失"),
        ("データ消失: バックアップから復元", "データ消失"),
        ("데이터 유실: 백업에서 복원", "데이터 유실"),
        ("Datos perdidos: restaurar la copia", "Datos perdidos"),
        ("Still failing: restart it", "Still failing"),
        ("仍不行: 重启服务", "仍不行"),
        ("まだ直らない: 再起動", "まだ直らない"),
        ("Sigue sin funcionar: reiniciar", "Sigue sin funcionar"),
        ("Toujours en panne : redémarrer", "Toujours en panne"),
    ],
)
def test_a_comment_names_the_case_of_its_command(comment: str, case: str) -> None:
    """What is lost, or still fails, has to be so before the command below is run; it is no step by itself."""
    text = ("# Mill", "## Mill down", "```bash", "mill status", f"# {comment}", "rm -rf /mill/flour", "```")
    (procedure,) = _read(*text).procedures
    last = procedure.steps[-1]
    assert last.command is not None
    assert len(procedure.steps) == 2
    assert (last.condition or "").startswith(case)


def test_a_numbered_comment_above_another_is_a_step_of_its_own() -> None:
    """Its condition is not that of the command below the next number."""
    (procedure,) = _read(
        "# Mill",
        "## Mill down",
        "```bash",
        "# 1. Look at the belt",
        "belt status",
        "# 2. Count the sacks (if over 100, suspect the belt)",
        "# 3. Stop all stones",
        "pkill stones",
        "```",
    ).procedures
    assert [(one.title, one.command is None, one.condition) for one in procedure.steps] == [
        ("Look at the belt", False, None),
        ("Count the sacks (if over 100, suspect the belt)", True, None),
        ("Stop all stones", False, None),
    ]
