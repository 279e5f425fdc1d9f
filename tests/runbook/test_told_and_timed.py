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
