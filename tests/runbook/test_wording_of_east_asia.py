"""What Chinese, Japanese and Korean documents write otherwise: numbers of chapters, honorifics, verbs at the end."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.sections import parse_title
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.trouble import says_what_fails


def _read(text: str) -> Playbook:
    return compile_runbook(f"# 製粉所\n\n{text}\n")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("4-2. 石臼が動かない", "石臼が動かない"),
        ("3-1-2、粉塵", "粉塵"),
        ("(B) 맷돌이 멈춤", "맷돌이 멈춤"),
        ("（二）水轮停转", "水轮停转"),
        ("第三章 水轮", "水轮"),
        ("③石臼の点検", "石臼の点検"),
        ("24-7 desk", "24-7 desk"),
        ("0-15 分钟", "0-15 分钟"),
        ("第一報", "第一報"),
        ("(P1) 水車停止", "(P1) 水車停止"),
    ],
)
def test_a_number_of_a_chapter_is_no_part_of_its_title(raw: str, text: str) -> None:
    """However a country numbers its chapters; a stretch of time and a level are no such number."""
    assert parse_title(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text", "prefix"),
    [("S-03. 체가 찢어짐", "체가 찢어짐", "S-03"), ("T-15: miller", "T-15: miller", None)],
)
def test_a_letter_with_a_number_is_the_code_of_an_incident_before_a_stop(
    raw: str, text: str, prefix: str | None
) -> None:
    """Before a colon it may be a point in time."""
    title = parse_title(raw)
    assert (title.text, title.prefix) == (text, prefix)


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("15分応答がない場合は小麦さんに連絡する", "小麦"),
        ("15分応答がない場合は粉川様へ電話", "粉川"),
        ("15분 동안 응답이 없으면 박보리 님에게 연락한다", "박보리"),
        ("15分応答がない場合は工場長に連絡する", "工場長"),
    ],
)
def test_whoever_bears_an_honorific_is_somebody(said: str, who: str) -> None:
    """No word says that it is one of us, but for the one behind the name, which is no part of it."""
    [level, *_] = _read(f"## エスカレーション\n\n1. {said}\n2. 30分応答がない場合は部長に連絡する\n").escalation_levels
    assert level.targets == (who,)


@pytest.mark.parametrize("whom", ["利用者様", "関係者様", "お客様"])
def test_a_customer_bears_one_as_well_and_is_not_called(whom: str) -> None:
    """The honorific behind those who are told names nobody."""
    text = f"## エスカレーション\n\n1. 15分応答がない場合は{whom}に連絡する\n2. 30分応答がない場合は部長に連絡する\n"
    assert [level.targets for level in _read(text).escalation_levels if whom.strip("お様") in level.targets[0]] == []


def test_a_call_behind_a_name_is_no_part_of_it() -> None:
    """Of 対策会議招集 the meeting is what is called."""
    ladder = "Level 1: 当番\n  ↓ 30分経過\nLevel 2: 工場長\n  ↓ 1時間経過\nLevel 3: 粉塵対策会議招集"
    found = _read(f"## エスカレーションフロー\n\n```\n{ladder}\n```\n").escalation_levels
    assert [level.targets for level in found] == [("当番",), ("工場長",), ("粉塵対策会議",)]


@pytest.mark.parametrize("head", ["無回應", "无回应"])
def test_one_vocabulary_serves_both_scripts(head: str) -> None:
    """Traditional characters and simplified ones are the same words."""
    text = "## 事件分級\n\n| 等級 | 定義 | 目標回應時間 |\n|---|---|---|\n"
    rows = "| P1 嚴重 | 水車停轉 | 30 分鐘 |\n| P2 輕微 | 麵粉潮濕 | 5 個工作天 |\n"
    first, second = _read(f"{text}{rows}\n{head}\n").severities
    assert first.response_target is not None
    assert first.response_target.seconds == 1800
    assert second.response_target is not None
    assert second.response_target.text == "5 個工作天"


def test_whom_to_tell_at_once_is_no_promise_to_answer() -> None:
    """全員に即時連絡 says whom to tell; how soon somebody answers stands elsewhere, and nothing contradicts it."""
    worst = "### P0 (重大) - 即時対応\n- 水車の停止\n\n**対応時間**: 15分以内\n\n"
    other = "### P1 (中)\n- 粉の湿り\n\n**対応時間**: 2時間以内\n"
    playbook = _read(f"## 障害レベル\n\n{worst}{other}\n## 判定\n\n- P0: 全員に即時連絡\n- P1: 当番に連絡\n")
    assert [one.response_target.seconds for one in playbook.severities if one.response_target] == [900, 7200]
    assert "TOC402" not in {one.code for one in playbook.findings}


def test_a_slow_answer_of_a_program_is_a_criterion() -> None:
    """応答時間>5秒 is measured, and nobody's time to answer."""
    text = "## 障害レベル\n\n### P1\n- **低下** - 応答時間>5秒\n- 粉が湿る\n\n### P2\n- 埃\n- 音\n"
    assert _read(text).severities[0].criteria == ("低下 - 応答時間>5秒", "粉が湿る")


@pytest.mark.parametrize(
    "head",
    [
        "시나리오 | 현상 | 즉시 조치",
        "シナリオ | 症状 | 即時対応",
        "场景 | 现象 | 应急措施",
        "Сценарий | Симптомы | Действия",
        "Scenario | Symptom | Action",
    ],
)
def test_a_table_of_scenarios_holds_incidents(head: str) -> None:
    """Each row is one, with how it shows and what to do."""
    text = f"## 2. 시나리오별 대응\n\n| {head} |\n|---|---|---|\n| 水車 | 停 | 油 |\n| 石臼 | 音 | 水 |\n"
    assert [one.title for one in _read(text).procedures] == ["水車", "石臼"]


@pytest.mark.parametrize("title", ["小麦誤判定対応", "水車暴走対応", "帳簿不整合対応"])
def test_a_chapter_on_what_went_wrong_is_an_incident(title: str) -> None:
    """A word for what went wrong tells, though nothing but a list stands below."""
    text = f"## 3. {title}\n\n- 記録確認\n- 水門遮断\n\n## 4. 石臼障害対応\n\n- 停止\n"
    assert [one.title for one in _read(text).procedures] == [title, "石臼障害対応"]


def test_setting_up_alerts_is_no_incident() -> None:
    """The conditions of alerts are no symptoms of one."""
    text = "## アラート設定\n\n### アラート条件\n\n- 水位 > 9\n\n### 通知先\n\n- 当番\n"
    assert [one.kind for one in _read(text).procedures if one.kind in ("incident", "alert")] == []


@pytest.mark.parametrize(("raw", "text"), [("1. 🔴 水车停转", "水车停转"), ("2) ⚠️ Мельница стоит", "Мельница стоит")])
def test_a_sign_behind_the_number_is_no_part_of_a_title(raw: str, text: str) -> None:
    """As one before the number is none."""
    assert parse_title(raw).text == text


@pytest.mark.parametrize("title", ["障害検知方法", "故障排查流程", "故障升级说明", "장애 알림 설정"])
def test_a_title_that_begins_with_the_word_for_any_incident_names_none(title: str) -> None:
    """障害検知方法 says how incidents are noticed; 水車の障害 is one."""
    assert not says_what_fails(title)
    assert says_what_fails("水車の障害")
    assert says_what_fails("故障转移失败")


def test_checklists_and_flows_are_no_incidents() -> None:
    """What is done when any incident happens, and once it is over, stands beside the incidents as well."""
    incidents = "## 常見事故處理\n\n### 1. 🔴 水車停轉\n\n```bash\nsystemctl restart sluice\n```\n\n### 2. 石磨問題\n\n"
    mill = "#### 過熱\n\n```bash\nmillctl cool\n```\n\n#### 卡住\n\n```bash\nmillctl turn\n```\n\n"
    lists = "## 檢查清單\n\n### 事故發生時\n- [ ] 確認級別\n\n### 事故解決後\n- [ ] 寫報告\n"
    assert [one.title for one in _read(incidents + mill + lists).procedures] == ["水車停轉", "石磨問題"]


def test_a_chapter_on_reading_logs_is_no_incident() -> None:
    """Nor is how urgent an incident is, in a document that is called after its incidents."""
    scale = "| 级别 | 描述 |\n|---|---|\n| P0 | 水车停转 |\n| P1 | 面粉潮湿 |\n\n"
    flow = f"## 1. 故障排查流程\n\n### 1.1 紧急程度分级\n\n{scale}"
    known = "## 2. 常见问题\n\n### 问题1：石磨过热\n\n**现象：**\n石磨冒烟\n\n**解决：**\n1. 停止进料\n\n"
    logs = "## 3. 日志分析\n\n### 3.1 日志级别\n\n- `ERROR` - 错误信息\n- `INFO` - 一般信息\n"
    playbook = compile_runbook(f"# 面粉厂 - 故障处理手册\n\n{flow}{known}{logs}")
    assert [one.title for one in playbook.procedures] == ["石磨过热"]
    assert [one.name for one in playbook.severities] == ["P0", "P1"]


def test_what_is_gone_or_late_fails_in_russian() -> None:
    """Titles without an adjective: a delay, what grows, what has disappeared."""
    for title in ("Задержка помола", "Мешки пропали", "Недоступность мельницы"):
        assert says_what_fails(title)


@pytest.mark.parametrize(
    "title",
    [
        "Actions by incident type",
        "Действия по типам инцидентов",
        "Maßnahmen nach Störungsart",
        "Procédures par type d'incident",
        "Acciones por tipo de incidente",
        "Azioni per tipo di incidente",
        "Ações por tipo de incidente",
        "按事件类型处置",
    ],
)
def test_what_is_done_by_the_type_of_an_incident_are_incidents(title: str) -> None:
    """Also those whose own titles say of nothing that it fails."""
    text = f"## {title}\n\n### Mühlrad\n\n1. Stop it\n\n### Sieb\n\n1. Turn it\n"
    assert [one.title for one in _read(text).procedures] == ["Mühlrad", "Sieb"]
