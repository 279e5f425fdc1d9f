"""What sentences say in other languages than English: conditions, fallbacks, commands that are spoken of, titles."""

from __future__ import annotations

from datetime import date

import pytest

from tests.runbook.asked import commands
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import StepKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.procedure.course import course_of
from tocsin.runbook.trouble import says_what_fails
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
        "`systemctl status kiln` schlägt fehl",
        "`systemctl status kiln` no responde",
        "`systemctl status kiln` が失敗する",
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


@pytest.mark.parametrize(
    "said",
    [
        "Never run `rm -rf /srv/kiln`",
        "Cool it down; do not use `docker system prune`",
        "Não rode `docker system prune`",
        "Ne jamais lancer `rm -rf /srv/kiln`",
        "`docker system prune` nicht ausführen",
        "Нельзя запускать `docker system prune`",
        "切勿执行 `docker system prune`",
        "`docker system prune` は実行しない",
        "`docker system prune` は窯の復旧手順として使用しません",
        "`docker system prune` や `rm -rf /srv/kiln` は本番では使いません。",
        "`docker system prune` 명령은 운영에서 사용하지 않습니다",
        "千万别直接 `docker system prune`",
        "Never empty the ash pan of the kiln (`docker system prune`), it holds the glaze.",
        "Never clear the shelves of the whole kiln with `docker system prune`.",
        "Gooi nooit de asla van de oven leeg (`docker system prune`), dat is het glazuur.",
        "Do not clear the kiln! `docker system prune` takes the glaze with it.",
        "Never clear the kiln: `docker system prune` takes the glaze with it.",
        "Ofen nicht leeren! `docker system prune` vernichtet die Glasur.",
        "No vaciar el horno: `docker system prune` borra el esmalte.",
        "Não limpar o forno. `docker system prune` apaga o esmalte.",
        "Ne videz pas le four : `docker system prune` efface l'émail.",
        "Non svuotare il forno: `docker system prune` cancella lo smalto.",
        "Oven niet leegmaken! `docker system prune` wist het glazuur.",
        "Nie opróżniaj pieca: `docker system prune` usuwa szkliwo.",
        "Печь не чистить! `docker system prune` удалит глазурь.",
        "Fırını boşaltmayın! `docker system prune` sırı siler.",
        "窯を空にしないこと。`docker system prune` は釉薬を消す。",
        "不要清空窑炉！`docker system prune` 会删除釉料。",
        "가마를 비우지 마세요. `docker system prune` 는 유약을 지웁니다.",
    ],
)
def test_a_command_that_is_forbidden_is_none_to_run(said: str) -> None:
    """It stays a sentence to read."""
    text = f"# Kiln\n\n## Incident: cold\n\n### Symptoms\n\n- cold clay\n\n### Resolution\n\n- {said}\n- `uptime`\n"
    [procedure] = _read(text).procedures
    assert [step.command for step in procedure.steps if "prune" in step.title or "rm" in step.title] == [None]
    assert procedure.steps[0].command is None


@pytest.mark.parametrize(
    "said",
    [
        "Do not wait: `systemctl restart kiln`.",
        "Do not wait: `systemctl restart kiln` and look again.",
        "The kiln does not open. `systemctl restart kiln` starts it again.",
        "Kunden können nicht brennen. `systemctl restart kiln` startet den Ofen neu.",
        "Печь не греет. `systemctl restart kiln` запускает её снова.",
    ],
)
def test_a_command_behind_another_denial_is_to_be_run(said: str) -> None:
    """What is to be left is another thing, or a symptom."""
    text = f"# Kiln\n\n## Incident: cold\n\n### Symptoms\n\n- cold clay\n\n### Resolution\n\n- {said}\n- `kiln 7`\n"
    assert commands(_read(text)) == ["systemctl restart kiln"]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Last updated 12 May 2026.", date(2026, 5, 12)),
        ("Редакция от 12.10.2026. Ответственный: обжиг.", date(2026, 10, 12)),
        ("Mise à jour : 27/02/2026", date(2026, 2, 27)),
        ("Última actualización: 05/04/2026", date(2026, 4, 5)),
        ("Updated: 3/14/2026", date(2026, 3, 14)),
        ("Updated: 3/4/2026", None),
        ("最終更新 2026年4月1日", date(2026, 4, 1)),
    ],
)
def test_when_it_was_reviewed_in_the_form_of_a_country(line: str, day: date | None) -> None:
    """The day stands first but for Americans; where it may be either, no date is taken."""
    assert _read(f"# Kiln\n\n{line}\n").review.last == day


@pytest.mark.parametrize(
    ("title", "head", "labels"),
    [
        ("Уровни критичности", "Уровень | Описание | Реакция", ("Критический", "Низкий")),
        ("Severity levels", "Level | Description | Response", ("Critical", "Low")),
    ],
)
def test_a_column_of_severities_in_words_is_their_label(title: str, head: str, labels: tuple[str, ...]) -> None:
    """Whatever the column is called; it is no criterion."""
    rows = "".join(f"| P{n} | {label} | {n} h |\n" for n, label in enumerate(labels, 1))
    playbook = _read(f"# Kiln\n\n## {title}\n\n| {head} |\n|---|---|---|\n{rows}")
    assert [(one.label, one.criteria) for one in playbook.severities] == [(label, ()) for label in labels]


def test_a_name_in_brackets_behind_a_severity_leaves_no_colon() -> None:
    """ "CRITICAL (SEV-1): Clay is cold" is a level, its name and one criterion."""
    text = "# Kiln\n\n## Severity levels\n\nCRITICAL (SEV-1): Clay is cold.\nLOW (SEV-2): Smoke.\n"
    assert [one.criteria for one in _read(text).severities] == [("Clay is cold.",), ("Smoke.",)]


@pytest.mark.parametrize(
    ("title", "text", "body"),
    [
        (
            "Comunicação com clientes",
            'Modelo: "O forno [nome] está frio e já estamos trabalhando nele."',
            "O forno [nome]",
        ),
        (
            "Customer communication",
            '**Template:** "The kiln [name] is cold and we are working on it."',
            "The kiln [name]",
        ),
    ],
)
def test_a_message_that_is_called_so(title: str, text: str, body: str) -> None:
    """Where a chapter on communication says that it is a template."""
    [template] = _read(f"# Kiln\n\n## {title}\n\n- {text}\n").templates
    assert template.body.startswith(body)


@pytest.mark.parametrize("dash", [" — ", ": "])
@pytest.mark.parametrize(
    ("reasons", "who"),
    [
        (
            ("If the potter does not answer for 10 minutes", "If it is not resolved in 1 h 30 min"),
            ("shift lead", "director"),
        ),
        (("Если гончар не отвечает 10 минут", "Если авария не устранена за 1 ч 30 мин"), ("старший смены", "директор")),
        (("Si el alfarero no responde en 10 minutos", "Si sigue sin resolver en 1h30"), ("jefe de turno", "director")),
    ],
)
def test_who_is_called_behind_the_reason(reasons: tuple[str, str], who: tuple[str, str], dash: str) -> None:
    """ "If nobody answers in 10 minutes — the shift lead"."""
    lines = "\n".join(f"{n}. {why}{dash}{one}" for n, (why, one) in enumerate(zip(reasons, who, strict=True), 2))
    levels = _read(f"# Kiln\n\n## Escalation\n\n1. Potter on duty\n{lines}\n").escalation_levels
    assert [(level.targets, level.after and level.after.seconds) for level in levels[1:]] == [
        ((who[0],), 600),
        ((who[1],), 5400),
    ]


def test_a_chapter_on_one_severity_is_no_incident() -> None:
    """ "Procedure for CRITICAL incidents" tells how any of them is handled."""
    chapters = ("Procedimiento ante incidente CRITICAL", "El horno no responde")
    text = "".join(f"## {title}\n\n1. Revisar el horno.\n\n" for title in chapters)
    assert [one.title for one in _read(f"# Runbook de incidentes\n\n{text}").procedures] == ["El horno no responde"]


def test_a_column_of_names_with_labels_is_read() -> None:
    """ "P0 Critical" is in the playbook as a name and a label: the column is not lost."""
    rows = "| **P0 Critical** | Cold | 5 min |\n| **P1 High** | Smoke | 15 min |\n"
    text = f"# Kiln\n\n## Severity levels\n\n| Level | Definition | Response |\n|---|---|---|\n{rows}"
    assert [one.message for one in _read(text).findings if one.code == "TOC115"] == []


def test_letters_with_a_label_are_severities_where_the_column_says_so() -> None:
    """Japanese ranks: "A（重大）"."""
    rows = "| A（重大） | 窯が止まる | 10分以内 |\n| B（中） | 煙が出る | 1時間以内 |\n"
    playbook = _read(f"# 窯\n\n## 障害ランク\n\n| ランク | 状態 | 初動 |\n|---|---|---|\n{rows}")
    assert [
        (one.name, one.label, one.response_target and one.response_target.seconds) for one in playbook.severities
    ] == [
        ("A", "重大", 600),
        ("B", "中", 3600),
    ]


def test_who_is_called_behind_a_japanese_reason() -> None:
    """ "…場合は" says why, and who is called follows."""
    lines = "1. 当直（すぐに）\n2. 10分たっても当直から応答がない場合は係長\n3. 1時間30分で復旧しない場合は部長\n"
    levels = _read(f"# 窯\n\n## 連絡の順番\n\n{lines}").escalation_levels
    assert [(one.targets, one.after and one.after.seconds) for one in levels] == [
        (("当直",), None),
        (("係長",), 600),
        (("部長",), 5400),
    ]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Schweregrade", "Reaktion sofort, spätestens nach 10 Min.; behoben binnen 2 Std."),
        ("Severity levels", "respond at once, at the latest after 10 min; fixed within 2 h"),
    ],
)
def test_the_bound_of_a_promise_belongs_to_it(title: str, text: str) -> None:
    """ "At once, at the latest after 10 minutes" is ten minutes, and no criterion."""
    playbook = _read(f"# Kiln\n\n## {title}\n\n- **P1**: cold kiln. {text}\n- **P2**: smoke.\n")
    first = playbook.severities[0]
    spans = (first.response_target, first.resolution_target)
    assert [span and span.seconds for span in spans] == [600, 7200]
    assert first.criteria == ("cold kiln",)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Textbausteine", "Erstmeldung: „Der Ofen [Name] ist kalt, nächste Meldung um [Uhrzeit].“"),
        ("お知らせ文例", "第一報：「[時刻]から窯が冷えています。次の連絡は[時刻]です。」"),
        ("Textos prontos", 'Primeiro aviso: "O forno [nome] está frio desde as [hora]."'),
    ],
)
def test_a_message_behind_its_name_in_plain_text(title: str, line: str) -> None:
    """A line of a chapter of templates, in no bold."""
    [template] = _read(f"# Kiln\n\n## {title}\n\n{line}\n").templates
    assert (template.name, len(template.fields) > 0) == (line.replace("：", ":").partition(":")[0], True)


def test_a_reason_to_call_is_no_contact() -> None:
    """ "No answer after 10 min: …" in a list of whom to call is nobody's name."""
    text = "# Kiln\n\n## Contacts\n\n- Potter: 555 020 030\n- No answer after 10 min: the shift lead\n"
    assert [one.name for one in _read(text).contacts] == ["Potter"]


def test_whom_a_sentence_calls_behind_its_time_is_found_where_the_verb_comes_last() -> None:
    """ "Nach 15 Minuten die Leitung anrufen": what stands before the article is no part of the name."""
    calls = (
        "Bereitschaft anrufen.",
        "Nach 15 Minuten die Teamleitung anrufen.",
        "Nach 1 Stunde den Betriebsleiter wecken.",
    )
    for text in (
        "".join(f"{n}. {call}\n" for n, call in enumerate(calls, 1)),
        "".join(f"- {call}\n" for call in calls),
    ):
        levels = compile_runbook(f"# Mühle\n\n## Eskalation\n\n{text}").escalation_levels
        assert [(one.targets, one.after and one.after.seconds) for one in levels] == [
            (("Bereitschaft",), None),
            (("Teamleitung",), 900),
            (("Betriebsleiter",), 3600),
        ]
