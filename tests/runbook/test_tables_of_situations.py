"""Tables that tell what to do in which situation, in many languages; people behind whom an arrow says when."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("title", "situation", "remedy", "rows"),
    [
        ("Häufige Lagen und was zu tun ist", "Lage", "Was tun", ("Zwei Öfen an", "Teig klebt")),
        ("Was tun, wenn …", "Fall", "Schritte", ("Ofen kalt", "Kasse tot")),
        ("Runbooks específicos", "Escenario", "Pasos", ("Pico de pedidos", "Etiquetas raras")),
        ("Cas fréquents", "Cas", "Étapes", ("Four froid", "File pleine")),
        ("Situações e o que fazer", "Situação", "O que fazer", ("Forno frio", "Fila cheia")),
        ("Situazioni comuni", "Caso", "Passi", ("Forno freddo", "Coda piena")),
        ("When things go wrong", "Case", "Do this", ("Oven cold", "Shop shut")),
        ("Частые ситуации", "Ситуация", "Что делать", ("Печь холодная", "Очередь растёт")),
        ("よくある状況と対処", "状況", "やること", ("オーブンが冷たい", "注文が溜まる")),
        ("常见情况", "情况", "怎么办", ("烤箱不热", "订单积压")),
    ],
)
def test_a_situation_with_what_to_do_is_an_incident(
    title: str, situation: str, remedy: str, rows: tuple[str, ...]
) -> None:
    """Each row of a table of situations is an incident of its own, with the command of its row and no other's."""
    table = [f"| **{row}** | `systemctl restart oven{n}` |" for n, row in enumerate(rows)]
    playbook = _read("# Bakery", f"## {title}", f"| {situation} | {remedy} |", "|---|---|", *table)
    assert [one.title for one in playbook.procedures] == list(rows)
    for n, one in enumerate(playbook.procedures):
        assert [step.command.text for step in one.steps if step.command] == [f"systemctl restart oven{n}"]


def test_situations_stand_also_where_no_title_announces_them() -> None:
    """In a chapter without a name that is known, something must be wrong in most of the rows."""
    playbook = _read(
        "# Mill", "## At the mill", "| Situation | Action |", "|---|---|", "| Wheel broken | a |", "| Belt broken | b |"
    )
    assert [one.title for one in playbook.procedures] == ["Wheel broken", "Belt broken"]
    playbook = _read(
        "# Mill", "## At the mill", "| Situation | Action |", "|---|---|", "| New miller | a |", "| Holidays | b |"
    )
    assert not playbook.procedures


@pytest.mark.parametrize(
    "items",
    [
        ("Head of ovens → if more than 50 loaves burn", "Miller → when the wheel is broken"),
        ("Team lead → more than half of the ovens", "Head of ovens → all shops shut"),
        ("Teamleiter → wenn mehr als 50 Brote verbrennen", "Bereitschaft → wenn die Kasse steht"),
        ("Chef d'équipe → si plus de 50 pains brûlent", "Astreinte → si la caisse est bloquée"),
        ("Jefe de equipo → Si hay más de 50 errores", "Guardia → Si la caja está caída"),
        ("Tech Lead → Se >50 erros/hora", "Plantão → Se o caixa parar"),
        ("Тимлид → если более 50 ошибок в час", "Дежурный → если касса стоит"),
        ("テックリード → 50件以上の場合", "オンコール → レジが止まった場合"),
        ("技术主管 → 如果错误超过50次", "值班 → 如果收银台停了"),
    ],
)
def test_when_somebody_is_called_is_nobody(items: tuple[str, ...]) -> None:
    """What stands behind an arrow may say when the one before it is called: no page goes to a condition."""
    playbook = _read("# Bakery", "## Escalation", *(f"- {one}" for one in items))
    assert not playbook.escalation_levels
    assert [rule.text for rule in playbook.escalation_rules] == list(items)


def test_a_chain_beside_a_case_stays_a_chain() -> None:
    """Only the item that ends in a condition is a reason to call; the other one says who is next."""
    playbook = _read(
        "# Bakery", "## Escalation", "- On-call baker → Head of ovens → Owner", "- Lawyer → if data was read"
    )
    assert [level.targets for level in playbook.escalation_levels] == [
        ("On-call baker",),
        ("Head of ovens",),
        ("Owner",),
    ]
    assert [rule.text for rule in playbook.escalation_rules] == ["Lawyer → if data was read"]
