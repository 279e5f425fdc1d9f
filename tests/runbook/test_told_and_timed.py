"""What a document tells among its commands, and times that stand beside each other; each document here is our own."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


def _minutes(playbook: Playbook) -> list[tuple[str, float | None]]:
    return [
        ("+".join(one.targets), one.after.seconds / 60 if one.after and one.after.seconds is not None else None)
        for one in playbook.escalation_levels
    ]


FENCED = """# Mill

## Incident: Hopper leaks

### Steps
```{tag}
1. {first}
2. {second}:
   kubectl logs -n mill -l app=hopper --tail=50
   → {aside}
3. {third}
kubectl rollout restart deploy/hopper -n mill
4. {last}
```
"""
TOLD = {
    "en": ("Ask whether grain is on the floor", "Look for the gate", "it names the sack", "Close the gate", "Sweep"),
    "de": ("Fragen, ob Korn am Boden liegt", "Die Klappe suchen", "dort steht der Sack", "Klappe zu", "Fegen"),
    "ja": ("床に粉がないか粉屋に聞く", "扉を探す", "袋の番号が出る", "扉を閉める", "床を掃く"),
    "zh": ("询问磨坊工地上是否有谷物", "查找闸门", "会显示袋号", "关上闸门", "清扫地面"),
    "ru": ("Спросить, есть ли зерно на полу", "Найти заслонку", "там номер мешка", "Закрыть заслонку", "Подмести"),
}  # fmt: skip


@pytest.mark.parametrize("tag", ["", "bash"])
@pytest.mark.parametrize("language", sorted(TOLD))
def test_numbered_words_between_commands_are_steps(language: str, tag: str) -> None:
    """G2: what is to be done by hand is not lost among commands; it titles the one below it."""
    first, second, aside, third, last = TOLD[language]
    text = FENCED.format(tag=tag, first=first, second=second, aside=aside, third=third, last=last)
    (procedure,) = compile_runbook(text).procedures
    assert [(one.title, one.command is not None) for one in procedure.steps] == [
        (first, False), (second, True), (third, True), (last, False),
    ]  # fmt: skip
    assert procedure.steps[1].details == (aside,)


def test_what_a_command_printed_is_no_step() -> None:
    """Numbered lines behind a prompt are output."""
    text = "# R\n\n## Incident: Oven cold\n\n```\n$ docker ps\n1. oven\n2. till\n```\n"
    (procedure,) = compile_runbook(text).procedures
    assert [one.title for one in procedure.steps] == ["docker ps"]


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Target time", "Response: within 15 min / Resolution: within 2 h", "Response: 1 h, resolution: 1 day"),
        ("Zielzeit", "Reaktion: 15 Min. / Lösung: 2 Std.", "Reaktion: 1 Stunde; Lösung: 1 Tag"),
        ("対応目標時間", "初動: 15分以内 / 復旧: 2時間以内", "初動：1時間以内、復旧：1日以内"),
        ("时限", "响应: 15分钟内 / 恢复: 2小时内", "响应：1小时内，恢复：1天内"),
        ("Срок", "Реакция: 15 мин / Решение: 2 часа", "Реакция: 1 час; решение: 1 день"),
        ("목표", "대응: 15분 이내 / 복구: 2시간 이내", "대응: 1시간 이내, 복구: 1일 이내"),
    ],
)
def test_a_cell_with_two_labelled_clocks_keeps_them_apart(head: str, first: str, second: str) -> None:
    """E2: the first time of such a cell was taken for whatever its column is called."""
    text = f"# R\n\n## Severity levels\n\n| Level | Definition | {head} |\n|---|---|---|\n"
    rows = f"| P1 | all trams stand | {first} |\n| P2 | one line stands | {second} |\n"
    levels = compile_runbook(text + rows).severities
    assert [one.response_target and one.response_target.seconds for one in levels] == [900, 3600]
    assert [one.resolution_target and one.resolution_target.seconds for one in levels] == [7200, 86400]


@pytest.mark.parametrize(
    "windows", [("0-5 min", "5-15 min", "15-30 min", "30 min+"), ("0–5分钟", "5–15分钟", "15–30分钟", "30分钟+")]
)
@pytest.mark.parametrize("owner", ["Owner", "责任人", "Wer"])
def test_windows_of_time_begin_with_their_first_number(windows: tuple[str, ...], owner: str) -> None:
    """F1: who acts from minute 15 to 30 is called at 15, also where what is done calls somebody; and once."""
    does = ("Tries a restart", "Follows the guide", "Escalate to the head of trams", "Tells the board")
    who = ("On-call engineer", "On-call engineer", "Tech lead", "CTO")
    rows = "".join(f"| {when} | {what} | {one} |\n" for when, what, one in zip(windows, does, who, strict=True))
    playbook = compile_runbook(f"# R\n\n## Escalation path\n\n| Time | Action | {owner} |\n|---|---|---|\n{rows}")
    assert _minutes(playbook) == [("On-call engineer", 0), ("Tech lead", 15), ("CTO", 30)]


@pytest.mark.parametrize(
    ("chapter", "told", "called"),
    [
        (
            "Eskalation",
            (
                "Zuerst wird die Bereitschaft angerufen. Schweigt sie, wird nach 15 Minuten die Teamleitung gerufen."
                " Die Geschäftsführung wird nach 30 Minuten informiert."
            ),
            [("Bereitschaft", None), ("Teamleitung", 15), ("Geschäftsführung", 30)],
        ),
        (
            "Eskalation",
            (
                "1. Bereitschaft anrufen\n2. Bei Schweigen nach 15 Minuten: Teamleitung anrufen\n"
                "3. Kunden informieren\n4. Geschäftsführung nach 60 Minuten wecken\n"
            ),
            [("Bereitschaft", None), ("Teamleitung", 15), ("Geschäftsführung", 60)],
        ),
        (
            "エスカレーション",
            (
                "まず当番に連絡する。15分以内に応答がなければ、店舗リーダーへ Slack で連絡する。"
                "1時間たっても解決しない場合は社長に報告する。掲示板に通知する。"
            ),
            [("当番", None), ("店舗リーダー", 15), ("社長", 60)],
        ),
        (
            "エスカレーション",
            "1. 一次当番を呼び出す\n2. 10分後に二次当番へ電話する\n3. 顧客に連絡\n4. 課長に連絡しない\n",
            [("一次当番", None), ("二次当番", 10)],
        ),
        (
            "에스컬레이션",
            "1. 당직자에게 연락\n2. 15분 내 응답이 없으면 팀장에게 전화\n3. 고객에게 통보\n",
            [("당직자", None), ("팀장", 15)],
        ),
    ],
)
def test_a_verb_that_stands_last_calls_whoever_is_before_it(
    chapter: str, told: str, called: list[tuple[str, float | None]]
) -> None:
    """F1: German, Japanese and Korean say whom before the verb; customers and who is not to be called are nobody."""
    playbook = compile_runbook(f"# R\n\n## {chapter}\n\n{told}")
    assert _minutes(playbook) == called


@pytest.mark.parametrize(
    ("worst", "yes", "no", "asks", "calls", "then"),
    [
        ("P1/P2?", "yes", "no", "fixed in 15 min?", "Escalate to the tech lead", ("tech lead", "CEO")),
        ("P1/P2?", "はい", "いいえ", "15分で解決見込み?", "開発リーダーへエスカレーション", ("開発リーダー", "CEO")),
    ],
)
def test_a_flow_chart_goes_the_way_of_the_worst(
    worst: str, yes: str, no: str, asks: str, calls: str, then: tuple[str, str]
) -> None:
    """F1: whether it is one of the worst is answered with yes, whether it is fixed with no."""
    chart = (
        f"graph TD\n A[Bell] --> B{{{worst}}}\n B -- {no} --> D[ticket]\n B -- {yes} --> E{{{asks}}}\n"
        f" E -- {no} --> F[{calls}]\n E -- {yes} --> G[done]\n F --> H[Call the CEO]\n"
    )
    playbook = compile_runbook(f"# R\n\n## Escalation\n\n```mermaid\n{chart}```\n")
    assert [one.targets[0] for one in playbook.escalation_levels] == list(then)
    assert _minutes(playbook)[0][1] == 15


@pytest.mark.parametrize(
    ("tail", "sign", "now", "guide"),
    [
        ("alert handling", "Symptoms", "Immediate actions", "Alert list"),
        ("告警处理", "现象", "立即行动", "告警列表"),
    ],
)
def test_titles_that_end_alike_are_one_procedure_each(tail: str, sign: str, now: str, guide: str) -> None:
    """D1: "OvenDown alert handling" beside "TillSlow alert handling" are two, and not chapters of several each."""
    body = f"### {sign}\n- a lamp is red\n\n### {now}\n```bash\ndocker restart oven\n```\n"
    table = f"## {guide}\n\n| Alert | Document |\n|---|---|\n| OvenDown | [a](a.md) |\n| TillSlow | [b](b.md) |\n\n"
    text = f"# Shop\n\n{table}## OvenDown {tail}\n\n{body}\n## TillSlow {tail}\n\n{body}"
    found = [one for one in compile_runbook(text).procedures if one.kind.value in ("incident", "alert")]
    assert [(one.title, len(one.symptoms)) for one in found] == [(f"OvenDown {tail}", 1), (f"TillSlow {tail}", 1)]
    assert all(one.steps for one in found)


def test_a_drill_is_nothing_that_fails() -> None:
    """D1: a plan of drills with the word for a failure in its title is no incident."""
    text = (
        "# 運用\n\n## 窯の障害\n\n1. 窯を止める\n\n## レジの障害\n\n1. 電源を入れる\n\n"
        "## 障害訓練の予定\n\n| 内容 | 頻度 |\n|---|---|\n| 机上 | 年次 |\n"
    )
    assert [one.title for one in compile_runbook(text).procedures] == ["窯の障害", "レジの障害"]


@pytest.mark.parametrize(("text", "parts"), [("全停止・注文の損失", 2), ("データ・センターの停止", 1)])
def test_a_middle_dot_parts_what_it_stands_between(text: str, parts: int) -> None:
    """E3: "・" between two things parts them, inside of a word of katakana it does not."""
    table = f"| レベル | 定義 | 初動 |\n|---|---|---|\n| P1 | {text} | 15分 |\n| P2 | 遅い | 1時間 |\n"
    assert len(compile_runbook(f"# R\n\n## 重大度\n\n{table}").severities[0].criteria) == parts


def test_a_report_that_a_block_of_steps_asks_for_has_its_deadline() -> None:
    """K2: "Write the postmortem within 24 hours" among commands is the deadline."""
    text = (
        "# R\n\n## Incident: Oven cold\n\n```\n1. Look:\n   docker ps\n2. Write the postmortem within 24 hours\n```\n"
    )
    policy = compile_runbook(text).postmortem
    assert policy is not None
    assert policy.due is not None
    assert policy.due.seconds == 86400


def test_a_blank_in_the_column_of_who_holds_a_role_is_an_unfilled_contact() -> None:
    """M1: "担当 | （要記入）" asks for a name, the repository's address does not."""
    table = "| 役割 | 責任 | 担当 |\n|---|---|---|\n| 指揮 | 全体 | （要記入） |\n| 記録 | 証跡 | （要記入） |\n"
    contacts = compile_runbook(f"# R\n\n## 体制と連絡先\n\n{table}").contacts
    assert [(one.name, one.unfilled) for one in contacts] == [("指揮", True), ("記録", True)]
    text = "# R\n\n## Kontakt\n\n- **Repository**: https://example.org/mill\n- **Betreuer**: Ada Korn\n"
    assert [one.name for one in compile_runbook(text).contacts] == ["Betreuer"]
