"""The titles by which teams of other languages head their incidents, their first look and what they do at once."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.trouble import says_what_fails


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Mill\n\n{text}\n")


_STEPS = [
    ("Level | Meaning | First steps | Response time", "Stop the mill → look at the log", "30 min"),
    ("Nivel | Definición | Primera respuesta | Tiempo de respuesta", "Parar el molino → leer el registro", "30 min"),
    ("Niveau | Définition | Première réponse | Délai de réponse", "Arrêter le moulin → lire le journal", "30 min"),
    ("Stufe | Bedeutung | Erstreaktion | Reaktionszeit", "Dienst anhalten → Protokoll lesen", "30 Min"),
    ("レベル | 定義 | 初動 | 応答目標", "水車を止める→記録を見る", "30分以内"),
    ("级别 | 定义 | 首次响应 | 响应时间", "停水车→看日志", "30分钟内"),
    ("Уровень | Описание | Первая реакция | Время реакции", "Остановить мельницу → читать журнал", "30 мин"),
]


@pytest.mark.parametrize(("head", "steps", "time"), _STEPS)
def test_steps_with_an_arrow_between_them_are_done_and_page_nobody(head: str, steps: str, time: str) -> None:
    """Of two columns on the response the one with times is the promise; the other one says what is done first."""
    rows = f"| P1 | Mill stands | Roll back | {time} |\n| P2 | Dust | {steps} | {time} |\n"
    playbook = _read(f"## Severity\n\n| {head} |\n|---|---|---|---|\n{rows}")
    assert playbook.escalation_levels == ()
    assert not playbook.escalation_by_severity
    assert [one.response_target and one.response_target.seconds for one in playbook.severities] == [1800, 1800]


def test_an_arrow_between_people_is_a_chain_in_any_column() -> None:
    """Somebody stands at both ends of it, whatever the column is called."""
    rows = "| P1 | Mill stands | Duty miller → Mill manager |\n| P2 | Dust | Duty miller → Shift lead |\n"
    playbook = _read(f"## Severity\n\n| Level | Meaning | Action |\n|---|---|---|\n{rows}")
    assert [level.targets for level in playbook.escalation_levels] == [("Duty miller",), ("Mill manager",)]


_INCIDENTS = [
    ("Incidentes típicos y su arreglo", "Incidente | Arreglo"),
    ("Fallas frecuentes", "Falla | Cómo resolver"),
    ("Falhas frequentes", "Falha | Como resolver"),
    ("Ocorrências comuns", "Ocorrência | Ação imediata"),
    ("Incidents fréquents et leur correctif", "Incident | Correctif"),
    ("Cas courants", "Dysfonctionnement | Conduite à tenir"),
    ("Typische Vorfälle", "Vorfallart | Sofortmaßnahme"),
    ("Störungen und Lösungen", "Störungstyp | Abhilfe"),
    ("Incidenti tipici", "Disservizio | Come risolvere"),
    ("症状と対処", "事象 | 復旧方法"),
    ("常见故障及处理", "故障名称 | 处置步骤"),
    ("Типичные инциденты", "Вид инцидента | Как исправить"),
    ("Typische incidenten", "Type storing | Aanpak"),
    ("Częste incydenty", "Rodzaj awarii | Jak naprawić"),
    ("Tipik olaylar", "Arıza türü | Ne yapılmalı"),
    ("일반적인 장애", "장애 종류 | 조치 내용"),
]


@pytest.mark.parametrize(("title", "head"), _INCIDENTS)
def test_each_row_below_a_title_of_incidents_is_one(title: str, head: str) -> None:
    """A table of what fails and what helps is read by the titles that teams give it, in every language."""
    table = f"| {head} |\n|---|---|\n| Flour wet | Dry it |\n| Sieve torn | Change it |\n"
    found = _read(f"## {title}\n\n{table}").procedures
    assert [(one.title, one.kind) for one in found] == [
        ("Flour wet", ProcedureKind.INCIDENT),
        ("Sieve torn", ProcedureKind.INCIDENT),
    ]


_LOOKS = [
    *("Primeras comprobaciones", "Primeiras verificações", "Premières vérifications", "Erste Prüfungen"),
    *("Prime verifiche", "Первичная проверка", "最初に確認すること", "快速检查"),
    *("Eerste controles", "Pierwsze kontrole", "İlk kontroller", "초기 점검"),
]


@pytest.mark.parametrize("title", _LOOKS)
def test_the_first_look_at_any_incident_is_none_itself(title: str) -> None:
    """What is looked at first, with its time, is a phase of the response among chapters on incidents."""
    look = f"## 1) {title} (5 min)\n\n1. `uptime`\n2. Read the log\n\n"
    flour = "## 2) Flour wet\n\n- Symptoms: clumps, mould\n- Actions: dry the flour\n"
    playbook = compile_runbook(f"# Incident runbook\n\n{look}{flour}")
    assert [one.title for one in playbook.procedures if one.kind is ProcedureKind.INCIDENT] == ["Flour wet"]


_TROUBLES = [
    *("Clave de API expuesta", "Acceso no autorizado", "Latencia elevada", "Lentitud del molino", "Pagos rechazados"),
    *("Acesso indevido confirmado", "E-mails não enviados", "Deploy quebrado", "Corrupção de dados"),
    *("Identifiants exposés", "Accès non autorisé", "Déploiement cassé", "Lenteur de la base", "Paiements rejetés"),
    *("Unbefugter Zugriff", "Langsame Datenbank", "Warteschlange staut sich", "Strom weg", "Hohe Latenz"),
    *("Accesso non autorizzato", "Pagamenti rifiutati", "Deploy rotto", "Lentezza del mulino"),
    *("不正アクセス", "画面が真っ白", "キュー滞留", "ログイン不可", "メモリリーク"),
    *("接口暴露", "页面白屏", "端口被占用", "邮件发不出去", "可疑登录"),
    *("Несанкционированный доступ", "Высокая нагрузка CPU", "Медленная база", "Письма не приходят"),
    *("Ongeautoriseerde toegang", "Trage database", "Nieautoryzowany dostęp", "Płatności nie przechodzą"),
    *("Yetkisiz erişim", "Kuyruk tıkandı", "의심스러운 로그인", "Leaked key", "Expired certificate", "Queue backlog"),
]


@pytest.mark.parametrize("title", _TROUBLES)
def test_a_title_says_what_fails_in_any_of_its_forms(title: str) -> None:
    """A noun, a participle of any gender and number, or what does not happen: each says that something is wrong."""
    assert says_what_fails(title)


@pytest.mark.parametrize(
    "title",
    [
        "Alta de usuarios",
        "Configuración de rutas",
        "Déploiement continu",
        "Zugriff einrichten",
        "ログの場所",
        "部署流程",
    ],
)
def test_a_title_of_everyday_work_says_of_nothing_that_it_fails(title: str) -> None:
    """What is set up, released or looked up is no incident, though the words are near to those for one."""
    assert not says_what_fails(title)


_SCENARIOS = [
    ("Containment (T+0 to T+4h)", "Scenario | Immediate action", "Leaked key", "Exposed gate"),
    ("Contención", "Escenario | Acción inmediata", "Clave filtrada", "Acceso indebido"),
    ("Contenção (T + 0 a T + 4h)", "Cenário | Ação imediata", "Chave vazada", "Acesso indevido"),
    ("Confinement", "Scénario | Mesure immédiate", "Clé divulguée", "Accès non autorisé"),
    ("Sofortmaßnahmen", "Szenario | Sofortmaßnahme", "Schlüssel geleakt", "Unbefugter Zugriff"),
    ("遏制措施", "场景 | 立即措施", "密钥泄露", "接口暴露"),
]


@pytest.mark.parametrize(("title", "head", "first", "second"), _SCENARIOS)
def test_scenarios_in_a_phase_are_incidents_each(title: str, head: str, first: str, second: str) -> None:
    """A table of what fails, each with what to do at once, holds incidents below a title of containment as well."""
    table = f"| {head} |\n|---|---|\n| {first} | Change it |\n| {second} | Shut it |\n"
    assert [one.title for one in _read(f"## 2. {title}\n\n{table}").procedures] == [first, second]


def test_events_of_a_response_are_no_incidents() -> None:
    """Nothing is wrong in "Alert received", whatever the column is called."""
    rows = "| Alert received | Acknowledge it |\n| Cause found | Tell the team |\n"
    assert _read(f"## Initial response\n\n| Event | Action |\n|---|---|\n{rows}").procedures == ()


_REVIEWS = [
    ("Post-mortem (T+48h)", 48),
    ("Post-mortem (3 to 5 days)", 120),
    ("Pós-mortem (T + 30 a 60 dias)", 1440),
    ("Postmortem (3 bis 5 Tage)", 120),
    ("Post-mortem (3 à 5 jours)", 120),
    ("Пост-мортем (3–5 дней)", 120),
]


@pytest.mark.parametrize(("title", "hours"), _REVIEWS)
def test_a_time_alone_behind_the_name_of_the_report_is_its_deadline(title: str, hours: int) -> None:
    """Of a stretch of time the end; what takes an hour is the meeting itself."""
    due = _due(f"## 8. {title}\n\n- Timeline\n- Root cause\n")
    assert due == hours * 3600


def test_a_meeting_of_an_hour_is_no_deadline_of_the_report() -> None:
    """Less than a day in a bracket is how long the review takes."""
    assert _due("## Post-mortem (1 hour)\n\n- Timeline\n- Root cause\n") is None


def _due(text: str) -> int | None:
    policy = _read(text).postmortem
    return policy.due.seconds if policy is not None and policy.due is not None else None


_RHYTHMS = [
    ("Critical", "High", "**Internal:** Slack #mill — updates every hour (critical) / 4h (high)"),
    ("Crítico", "Alto", "Atualizações a cada hora (crítico) / 4h (alto)"),
    ("Kritisch", "Hoch", "Updates stündlich (kritisch) / alle 4 h (hoch)"),
    ("P1", "P2", "Mises à jour toutes les heures (P1) / 4 h (P2)"),
    ("P1", "P2", "Обновления каждый час (P1) / 4 часа (P2)"),
    ("P1", "P2", "状況報告は1時間ごと（P1）／4時間ごと（P2）"),
]


@pytest.mark.parametrize(("first", "second", "told"), _RHYTHMS)
def test_each_level_in_a_bracket_has_the_rhythm_before_it(first: str, second: str, told: str) -> None:
    """The second one was told as often as the first, and nobody heard of its own rhythm."""
    scale = f"## Severity\n\n| Severity | Response |\n|---|---|\n| {first} | 1 h |\n| {second} | 4 h |\n\n"
    found = _read(f"{scale}## Communication\n\n- {told}\n").cadences
    assert [(one.every.seconds, one.severities) for one in found] == [(3600, (first,)), (14400, (second,))]


@pytest.mark.parametrize(
    "gap",
    [
        *("to be named", "noch zu benennen", "wird nachgetragen", "à désigner", "por designar", "a designar"),
        *(
            "da nominare",
            "будет назначен",
            "後日指定",
            "待落实",
            "nog te benoemen",
            "do wyznaczenia",
            "atanacak",
            "미배정",
        ),
    ],
)
def test_whoever_is_still_to_be_named_cannot_be_reached(gap: str) -> None:
    """A promise to fill the cell in later is no telephone number and no name."""
    table = f"| Role | Contact |\n|---|---|\n| Duty miller | {gap} |\n| Owner | +44 20 7946 0000 |\n"
    found = _read(f"## Contacts\n\n{table}").contacts
    assert [(one.name, one.unfilled) for one in found] == [("Duty miller", True), ("Owner", False)]


@pytest.mark.parametrize("word", ["不执行", "不能执行", "切忌", "不准", "不允许执行"])
def test_what_is_not_to_be_run_is_no_step(word: str) -> None:
    """A command behind a word for "do not" is told, and nobody is offered to run it."""
    chapter = f"## 常见故障\n\n### 水车停止\n\n不删除备份、{word} `docker compose down -v`，先检查水闸。\n"
    steps = [step for one in _read(chapter).procedures for step in one.steps]
    assert not [step for step in steps if step.command is not None and step.kind.value == "command"]
