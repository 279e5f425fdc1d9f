"""What all languages say alike: whom a level calls, how soon, what stands in each part of a procedure, how often."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook

ROWS = "| P0 | Mill stands | {} |\n| P1 | Dust | 2 h |\n| P2 | Paint | 1 day |\n\n"
SCALE = f"# Mill\n\n| Level | Definition | Response time |\n|---|---|---|\n{ROWS}"


def _read(text: str, response: str = "15 min") -> Playbook:
    return compile_runbook(f"{SCALE.format(response)}{text}\n")


def _called(text: str) -> list[EscalationLevel]:
    return list(_read(text).escalation_levels)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Detección", "Para P0, notificar inmediatamente al CTO."),
        ("Detección", "Para P0, sumar al CTO."),
        ("Detecção", "Para P0, ligar imediatamente para o CTO."),
        ("Detecção", "Se for P0, convocar o CTO."),
        ("Erkennung", "Bei P0 sofort den CTO hinzuziehen."),
        ("Erkennung", "Bei P0 umgehend den CTO wecken."),
        ("Erkennung", "P0: den CTO dazuholen."),
        ("Rilevamento", "Per P0, convocare subito il CTO."),
        ("Обнаружение", "Если это P0 — сразу задействовать CTO."),
        ("检测", "如果是P0，立即通知CTO。"),
        ("检测", "若为P0，通知CTO。"),
        ("탐지", "P0이면 즉시 CTO에게 알린다."),
        ("Detectie", "Bij P0 de CTO bellen."),
        ("Detectie", "Bij P0 direct de CTO inschakelen."),
        ("Wykrycie", "Jeśli to P0, natychmiast zaangażuj CTO."),
    ],
)
def test_a_sentence_calls_for_the_severity_that_it_begins_with(title: str, line: str) -> None:
    """ "At once" is no part of a name, and a small word before a severity is no verb of calling."""
    found = _called(f"## {title}\n\n- {line}\n- Look at the gauge\n")
    assert [(level.targets, level.severities) for level in found] == [(("CTO",), ("P0",))]


NOW = "Atender YA, avisar a Ana|Ahora mismo|Na mesma hora|Auf der Stelle|Мгновенно|即対応|立刻|당장|Onverwijld"


@pytest.mark.parametrize("said", [*NOW.split("|"), "Bez zwłoki", "Gecikmeden"])
def test_more_words_say_at_once(said: str) -> None:
    """A response that is due at once is one of no time, in each language."""
    target = _read("", said).severities[0].response_target
    assert target is not None
    assert target.seconds == 0


@pytest.mark.parametrize(
    "said", ["Eerstvolgende release", "W następnym sprincie", "Sonraki sprint", "다음 릴리스", "Mesai bitimine kadar"]
)
def test_more_words_name_a_day_without_a_length(said: str) -> None:
    """What is due with the next release, or at the end of the day, has a response and no clock."""
    target = _read("", said).severities[0].response_target
    assert target is not None
    assert target.seconds is None


PARTS = [
    ("Causas comunes", "Investigar", "Criterios de éxito", "Medida preventiva"),
    ("Causas possíveis", "Onde verificar", "Como validar", "Evitar recorrência"),
    ("Causes fréquentes", "Investiguer", "Critères de succès", "Comment prévenir"),
    ("Wahrscheinliche Ursachen", "Diagnoseschritte", "Erwartetes Ergebnis", "Vorbeugende Maßnahmen"),
    ("Cause comuni", "Indagare", "Risultati attesi", "Come prevenire"),
    ("Вероятные причины", "Шаги диагностики", "Критерии успеха", "Как предотвратить"),
    ("よくある原因", "調査ステップ", "復旧条件", "再発防止策"),
    ("主要原因", "排查思路", "验证方法", "防范措施"),
    ("일반적인 원인", "점검 항목", "예상 결과", "재발 방지 대책"),
    ("Bekende oorzaken", "Diagnosestappen", "Verwacht resultaat", "Herhaling voorkomen"),
    ("Najczęstsze przyczyny", "Kroki diagnostyczne", "Kryteria sukcesu", "Działania zapobiegawcze"),
    ("Yaygın nedenler", "Teşhis adımları", "Başarı kriterleri", "Önleyici tedbirler"),
]


@pytest.mark.parametrize("titles", PARTS)
def test_headings_name_the_parts_of_a_procedure(titles: tuple[str, ...]) -> None:
    """Causes, what to look at, how to tell that it is over, and what keeps it from coming back."""
    body = "".join(f"### {title}\n\n- Gauge {n}\n\n" for n, title in enumerate(titles))
    found = compile_runbook(f"# Mill\n\n## Incident: Mill stands\n\n### Symptoms\n\n- No flour\n\n{body}").procedures
    sections = [(step.title, step.section) for one in found for step in one.steps]
    assert [name for _title, name in sections if name != "symptoms"] == [
        "causes",
        "investigation",
        "verification",
        "prevention",
    ]


@pytest.mark.parametrize(
    ("said", "every"),
    [
        ("Los miércoles", "weekly"),
        ("Una volta a settimana", "weekly"),
        ("По средам", "weekly"),
        ("haftada bir", "weekly"),
        ("alle 3 Monate", "quarterly"),
        ("раз в 3 месяца", "quarterly"),
        ("3ヶ月ごと", "quarterly"),
        ("3개월마다", "quarterly"),
        ("co 3 miesiące", "quarterly"),
        ("半年に1回", "semiannually"),
    ],
)
def test_more_words_say_how_often(said: str, every: str) -> None:
    """A duty is due as often as its row says."""
    rows = f"| Try the brake | {said} |\n| Count the sacks | monthly |\n"
    playbook = compile_runbook(f"# Mill\n\n## Maintenance\n\n| Task | Frequency |\n|---|---|\n{rows}")
    assert [(one.title, one.every) for one in playbook.duties][:1] == [("Try the brake", every)]


def test_numbered_steps_stay_together_where_some_are_called_after_parts() -> None:
    """What stands between "Contain" and "Verify" is done between them; a list of nothing but parts is taken apart."""
    items = ["**Confirm** the dust", "**Contain** the leak", "**Note** the hour", "**Verify** the flour"]
    steps = "".join(f"{n}. {item}: look\n" for n, item in enumerate(items, 1))
    phases = compile_runbook(f"# Mill\n\n## Process\n\n{steps}").phases
    assert [(one.title, len(one.steps)) for one in phases] == [("Process", 4)]
    faults = "1. **Symptoms:** no flour\n2. **Note:** none\n3. **Fix:** turn the wheel\n"
    (procedure,) = compile_runbook(f"# Mill\n\n## Incident: Mill stands\n\n{faults}").procedures
    assert [one.text for one in procedure.symptoms] == ["no flour"]


@pytest.mark.parametrize("title", ["Alerta de seguridad", "Allarme di sicurezza", "Alerte de sécurité"])
def test_a_title_that_half_names_a_phase_is_an_incident_among_those_built_alike(title: str) -> None:
    """Where the others have symptoms and what to do as well, it is one of them."""
    body = "### Symptoms\n\n- Dust\n\n### Actions\n\n- Turn the wheel\n\n"
    playbook = compile_runbook(f"# Mill\n\n## Wheel stuck\n\n{body}## {title}\n\n{body}")
    assert [one.title for one in playbook.procedures] == ["Wheel stuck", title]


TROUBLES = [
    "Failure | Immediate action | Recovery",
    "Сбой | Немедленное действие | Восстановление",
    "Guasto | Azione immediata | Ripristino",
    "故障 | 立即措施 | 恢复",
    "障害 | 即時対応 | 復旧",
    "장애 | 즉시 조치 | 복구",
    "Arıza | Acil aksiyon | Kurtarma",
]


@pytest.mark.parametrize("head", TROUBLES)
def test_the_rows_of_failures_are_incidents_though_the_document_is_called_a_runbook(head: str) -> None:
    """ "Runbook: mills" with a table of several failures tells of each of them, and of none called "mills"."""
    rows = "| Gate | stop the wheel | turn the gate |\n| Brake | shut the gate | change the pads |\n"
    playbook = compile_runbook(f"# Runbook: mills\n\n| {head} |\n|---|---|---|\n{rows}")
    assert [one.title for one in playbook.procedures] == ["Gate", "Brake"]


def test_a_table_of_symptoms_may_be_one_of_a_single_incident() -> None:
    """ "Symptom" names no incident: under a runbook of one alert the rows are what shows."""
    rows = "| No flour | turn the gate |\n| Smell | change the pads |\n"
    playbook = compile_runbook(f"# Runbook: mill stands still\n\n| Symptom | Fix |\n|---|---|\n{rows}")
    assert "mill stands still" in [one.title for one in playbook.procedures]


SITUATIONS = [
    "Situation | Vers | Comment",
    "Situación | A quién | Cómo",
    "Situazione | Verso | Come",
    "Situatie | Naar wie | Hoe",
    "Ситуация | Куда | Как",
    "情况 | 升级给 | 方式",
    "状況 | 連絡先 | 方法",
]


@pytest.mark.parametrize("head", SITUATIONS)
def test_a_table_of_situations_says_whom_each_calls(head: str) -> None:
    """Whatever the column of people is called; the row that names a severity calls at that one."""
    rows = "| P0: mill stands | Head miller + owner | by phone |\n| Letter of a lawyer | Owner | by mail |\n"
    found = _called(f"## Escalation\n\n| {head} |\n|---|---|---|\n{rows}")
    assert [(level.targets, level.severities) for level in found][:1] == [(("Head miller", "owner"), ("P0",))]


@pytest.mark.parametrize("title", ["0. Coleta rapida", "0) Lo primero (30 segundos)", "0 bis. Réflexes communs"])
def test_a_chapter_before_the_first_one_is_no_incident(title: str) -> None:
    """What is numbered 0 is done at any incident, and stays to be done."""
    others = "## 1. Gate stuck\n\n1. Look at it\n2. Turn it\n\n## 2. Brake failed\n\n1. Look at it\n2. Cool it\n"
    playbook = compile_runbook(f"# Mill\n\n## {title}\n\n```bash\nkubectl get pods\n```\n\n{others}")
    assert [one.title for one in playbook.procedures] == ["Gate stuck", "Brake failed"]
    assert [len(one.steps) for one in playbook.phases] == [1]


@pytest.mark.parametrize("line", ["**Severity: 🔴 P0**", "**Severidad: P0**", "**重大度: P0**", "**Priorytet: P0**"])
def test_a_severity_in_bold_below_a_title_is_no_step(line: str) -> None:
    """All of the line is bold, and nothing of it is to be done."""
    text = f"## Incident 1 — Mill stands\n{line}\n\n### Symptoms\n- No flour\n\n### Steps\n1. Turn the wheel\n"
    (procedure,) = _read(text).procedures
    assert [step.title for step in procedure.steps] == ["Turn the wheel"]
