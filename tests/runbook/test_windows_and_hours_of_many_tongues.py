"""What a table of levels says beside its names, in many languages: a stretch of time, a case, hours of work."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

ROWS = "| P1 | Mill stands | 15 min |\n| P2 | Dust | 1 hour |\n| P3 | Noise | 4 hours |\n\n"
SCALE = f"## Severity levels\n\n| Level | Definition | Response |\n|---|---|---|\n{ROWS}"


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Incident response\n\n{text}\n")


WINDOWS = [
    ("en", "Escalation", "Level | Time window | Who is informed", "min", "(if needed)"),
    ("de", "Eskalation", "Stufe | Zeitfenster | Informiert wird", "Min", "(falls nötig)"),
    ("es", "Escalamiento", "Nivel | Ventana de tiempo | A quién se informa", "min", "(si es necesario)"),
    ("pt", "Escalonamento", "Nível | Janela de tempo | Quem é informado", "min", "(se necessário)"),
    ("fr", "Escalade", "Niveau | Fenêtre de temps | Qui est informé", "min", "(si nécessaire)"),
    ("it", "Escalation", "Livello | Finestra temporale | Chi viene informato", "min", "(se necessario)"),
    ("nl", "Escalatie", "Niveau | Tijdvenster | Wie wordt geïnformeerd", "min", "(indien nodig)"),
    ("ja", "エスカレーション", "段階 | 時間帯 | 通知先", "分", "（必要に応じて）"),
    ("zh", "升级", "级别 | 时间窗口 | 通知对象", "分钟", "（必要时）"),
    ("ru", "Эскалация", "Уровень | Временное окно | Кого информировать", "мин", "(при необходимости)"),
    ("pl", "Eskalacja", "Poziom | Okno czasowe | Kto jest informowany", "min", "(w razie potrzeby)"),
    ("tr", "Eskalasyon", "Seviye | Zaman aralığı | Kim bilgilendirilir", "dk", "(gerekirse)"),
    ("ko", "에스컬레이션", "단계 | 시간대 | 통보 대상", "분", "(필요 시)"),
]


@pytest.mark.parametrize(
    ("heading", "header", "unit", "case"), [row[1:] for row in WINDOWS], ids=[r[0] for r in WINDOWS]
)
def test_a_level_is_called_when_its_stretch_begins(heading: str, header: str, unit: str, case: str) -> None:
    """Of "0-5 min", "5-15 min", "15-30 min" each begins where the one before ends, and a case is no part of a name."""
    stretches = [("1", "0-5", "Admin"), ("2", "5-15", f"CTO {case}"), ("3", "15-30", "CEO")]
    rows = "".join(f"| {n} | {stretch} {unit} | {who} |\n" for n, stretch, who in stretches)
    found = _read(f"## {heading}\n\n| {header} |\n|---|---|---|\n{rows}").escalation_levels
    said = [(level.targets, level.after and level.after.seconds, level.condition) for level in found]
    assert [(who, after or 0) for who, after, _case in said] == [(("Admin",), 0), (("CTO",), 300), (("CEO",), 900)]
    assert [told for _who, _after, told in said] == [None, case.strip("(（）)"), None]


def test_deadlines_that_all_begin_at_once_are_no_stretches() -> None:
    """ "0-5 min", "0-15 min": how soon each has to answer, and not when it is called."""
    rows = "| 1 | 0-5 min | Admin |\n| 2 | 0-15 min | CTO |\n"
    found = _read(f"## Escalation\n\n| Level | Time | Who |\n|---|---|---|\n{rows}").escalation_levels
    assert [level.after and level.after.seconds for level in found] == [300, 900]


HOURS = ["During business hours", "Horario laboral", "Horário comercial", "Heures ouvrées", "Geschäftszeiten"]
HOURS += ["Orario lavorativo", "営業時間内", "工作时间", "Рабочее время", "Kantooruren", "업무 시간"]


def test_hours_of_work_in_a_cell_of_people_are_nobody() -> None:
    """Whoever is at work then answers; no one of that name is paged. The desk of those hours is somebody."""
    for hours in HOURS:
        rows = f"| P1 | C-level notified |\n| P2 | Duty desk |\n| P3 | {hours} |\n"
        found = _read(f"{SCALE}## Escalation\n\n| Severity | Escalation |\n|---|---|\n{rows}")
        assert [level.targets for level in found.escalation_levels] == [("C-level",)], hours
        assert "P3" not in found.escalation_by_severity, hours
    rows = "| P1 | CTO |\n| P2 | Business hours on-call |\n"
    found = _read(f"{SCALE}## Escalation\n\n| Severity | Escalation |\n|---|---|\n{rows}")
    assert found.escalation_by_severity["P2"][0].targets == ("Business hours on-call",)


@pytest.mark.parametrize("mark", ["->", "→"])
def test_a_way_inside_of_a_bracket_is_taken_apart_there(mark: str) -> None:
    """ "PagerDuty (on-call → lead)" says by what and whom: neither name keeps half of the bracket."""
    way = f"PagerDuty (on-call {mark} team lead {mark} CTO)"
    places = [f"- P1: {way}\n- P2: chat", f"| Severity | Escalation |\n|---|---|\n| P1 | {way} |\n| P2 | Duty desk |"]
    for place in places:
        found = _read(f"{SCALE}## Escalation matrix\n\n{place}").escalation_levels
        assert [level.targets for level in found] == [("on-call",), ("team lead",), ("CTO",)], place


CRITERIA = [
    ("エスカレーション基準", "レベル1: 30分以内に解決できない場合", "レベル2: 粉挽き場全体に影響する場合"),
    ("升级标准", "一级: 30分钟内无法解决", "二级: 影响整个磨坊"),
    ("Eskalationsauslöser", "Stufe 1: nicht in 30 Minuten gelöst", "Stufe 2: die ganze Mühle steht"),
    ("Condiciones de escalamiento", "Nivel 1: sin resolver en 30 minutos", "Nivel 2: afecta a todo el molino"),
    ("Conditions d'escalade", "Niveau 1: non résolu en 30 minutes", "Niveau 2: tout le moulin est touché"),
]


def test_when_to_escalate_names_nobody_in_any_language() -> None:
    """The levels of such a chapter are reasons, and an outage behind the number of a level is nobody."""
    for heading, first, second in CRITERIA:
        assert _read(f"## {heading}\n\n- {first}\n- {second}\n").escalation_levels == (), heading
    chain = "- Level 1: Shift lead\n- Level 2: System outage\n- Level 3: Owner\n"
    found = _read(f"## Escalation\n\n{chain}").escalation_levels
    assert [level.targets for level in found] == [("Shift lead",), ("Owner",)]


ALARMS = [
    ("Alert configuration", "If the scan fails → message with mention", "Database unreachable → e-mail to the team"),
    ("Alarmkonfiguration", "Wenn der Test fehlschlägt → Nachricht mit Erwähnung", "Keine Antwort → E-Mail ans Team"),
    (
        "Configurazione degli allarmi",
        "Se il test fallisce → notifica con menzione",
        "Database non raggiungibile → e-mail al team",
    ),
    ("告警配置", "CI 失败时 → Slack 频道通知", "数据库不可用 → 邮件通知团队"),
    ("アラート設定", "CI失敗時 → チャンネル通知", "接続失敗時 → メール通知"),
]


@pytest.mark.parametrize(("heading", "first", "second"), ALARMS)
def test_what_an_alarm_sends_is_nobody_and_no_incident(heading: str, first: str, second: str) -> None:
    """A list of what is sent where says how a monitor is set up: it pages no "message with mention"."""
    found = _read(f"## {heading}\n\n- {first}\n- {second}\n")
    assert found.escalation_levels == ()
    assert found.procedures == ()


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Communication", "notify within 4 hours by chat"),
        ("Comunicación", "Notificar en ≤ 4h por chat"),
        ("Comunicação", "Notificar em ≤ 4h por chat"),
        ("Communication", "Notifier sous 4h par chat"),
    ],
)
def test_telling_somebody_once_is_no_rhythm(heading: str, said: str) -> None:
    """ "P2: notify within 4 hours" is a deadline; "P2: update every 4 hours" is a rhythm."""
    listed = f"- **P1:** {said}\n- **P2:** {said}\n"
    assert _read(f"{SCALE}## {heading}\n\n### Internal\n\n{listed}").cadences == ()
    rhythm = "- **P1:** every 30 min\n- **P2:** every 4 hours\n"
    found = _read(f"{SCALE}## {heading}\n\n### Internal\n\n{rhythm}").cadences
    assert [(one.severities, one.every.seconds) for one in found] == [(("P1",), 1800), (("P2",), 14400)]
