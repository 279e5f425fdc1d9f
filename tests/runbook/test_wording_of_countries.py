"""What sentences say in other languages than English: conditions, fallbacks, commands that are spoken of, titles."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, StepKind
from tocsin.runbook.procedure.course import course_of
from tocsin.runbook.procedure.recognition import says_what_fails
from tocsin.runbook.wording import condition_in, watched


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("If the kiln stays cold, call the potter", "If the kiln stays cold"),
        ("若窑温仍然过低，通知陶工", "若窑温仍然过低"),
        ("窯の温度が 10 分で戻らない場合は陶工を呼ぶ", "窯の温度が 10 分で戻らない場合"),
        ("가마가 식으면 도공을 부른다", "가마가 식으면"),
        ("En cas d'échec, couper le gaz", "En cas d'échec"),
        ("Das Gas abdrehen", None),
    ],
)
def test_a_condition_stands_before_or_behind(text: str, condition: str | None) -> None:
    """ "If" begins a condition in most languages and ends it in Japanese and Korean."""
    assert condition_in(text) == condition


@pytest.mark.parametrize(
    ("title", "fails"),
    [
        ("Der Ofen heizt nicht mehr auf", True),
        ("Le four ne chauffe plus", True),
        ("Печь не греет", True),
        ("Il forno non si accende", True),
        ("Was man nicht tun darf", False),
        ("Ce qu'il ne faut pas faire", False),
        ("Чего не делать никогда", False),
    ],
)
def test_a_title_says_that_something_does_not_happen(title: str, fails: bool) -> None:
    """Not where it asks or advises."""
    assert says_what_fails(title) is fails


@pytest.mark.parametrize(
    "value",
    [
        "por definir",
        "A definir",
        "à compléter",
        "noch offen",
        "da definire",
        "уточняется",
        "待补充",
        "未定",
        "要記入",
        "미정",
    ],
)
def test_what_is_still_to_be_filled_in(value: str) -> None:
    """ "TBD" of ten languages."""
    assert is_gap(value)


@pytest.mark.parametrize(
    "text",
    [
        "Attendre 5 minutes",
        "Warte 5 Minuten ab",
        "Подождать 5 минут",
        "Aguarde 5 minutos",
        "等待 5 分钟",
        "5 分間監視する",
    ],
)
def test_how_long_to_wait(text: str) -> None:
    """A step that says to wait, and how long."""
    found = watched(text)
    assert found is not None
    assert found.seconds == 300


FALLBACK = """# {title}

## {incident}

{symptoms}: {dead}

{steps}:

1. `systemctl restart kiln`
2. {otherwise}: `systemctl restart gas`
"""


@pytest.mark.parametrize(
    "words",
    [
        ("Runbook", "Incident: kiln cold", "Symptoms", "cold clay", "Resolution", "If that fails"),
        ("Manual", "Incidente: horno frío", "Síntomas", "arcilla fría", "Resolución", "Si el problema persiste"),
        ("Handbuch", "Störung: Ofen kalt", "Symptome", "kalter Ton", "Behebung", "Falls das nichts bringt"),
        ("Руководство", "Инцидент: печь остыла", "Симптомы", "холодная глина", "Решение", "Если не помогло"),
        ("手册", "故障：窑冷", "症状", "黏土冰冷", "处理", "如果仍未恢复"),
        ("手順書", "障害：窯が冷えた", "症状", "粘土が冷たい", "対応", "それでも改善しない場合"),
    ],
)
def test_a_fallback_is_one_in_each_language(words: tuple[str, ...]) -> None:
    """The second command is for the case that the first one did not help."""
    keys = ("title", "incident", "symptoms", "dead", "steps", "otherwise")
    [procedure] = _read(FALLBACK.format(**dict(zip(keys, words, strict=True)))).procedures
    [fallback] = course_of(procedure.steps).fallbacks
    assert [[step.command.text for step in procedure.steps if step.id in ids and step.command] for ids in (
        fallback.after,
        fallback.steps,
    )] == [["systemctl restart kiln"], ["systemctl restart gas"]]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "`systemctl status kiln` fails",
        "`pg_isready` schlägt fehl",
        "`pg_isready` no responde",
        "`pg_isready` が失敗する",
    ],
)
def test_a_command_that_is_spoken_of_is_none_to_run(said: str) -> None:
    """What a sentence is about is not what it asks for."""
    text = (
        f"# Kiln\n\n## Incident: cold\n\n### Symptoms\n\n- cold clay\n\n### Resolution\n\n- {said}\n- Call the potter\n"
    )
    [procedure] = _read(text).procedures
    assert [step.kind for step in procedure.steps] == [StepKind.MANUAL, StepKind.MANUAL]


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Kiln incident runbook", "Kiln"),
        ("Manual de guardia — Alfarería", "Alfarería"),
        ("Störungshandbuch: Brennofen", "Brennofen"),
        ("Procédure d'astreinte – Poterie", "Poterie"),
        ("Plan de respuesta a incidentes críticos", None),
        ("Incident escalation", None),
    ],
)
def test_what_a_document_is_about(title: str, service: str | None) -> None:
    """The name in its title; words for documents, and what stands beside them, are none."""
    assert _read(f"# {title}\n\nText.\n").service == service


def _read(text: str) -> Playbook:
    return compile_runbook(text)
