"""Chinese is written in two scripts, and one vocabulary reads both."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.sections import parse_title
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.scripts import in_both
from tocsin.runbook.words import normal

SIMPLIFIED = """# 面粉厂

## 严重程度

### P0 - 紧急
- 定义：水车停转
- 响应时间：15 分钟内
- 解决时间：两天内

### P1 - 高
- 定义：石磨过热
- 响应时间：1 个工作日内

## 升级流程

1. 联系磨坊主管
2. 若 15 分钟内无人响应，联络总经理

## 复盘

事件结束后 3 天内完成复盘报告。

## 外部厂商

| 服务 | 电话 |
|---|---|
| 水电行 | 02-5550-1234 |

## 常见问题

### 场景 A：水车停转

**症状**：
- 水轮不动

**处理步骤**：
1. 检查水闸
2. 如果水闸关闭，执行 `systemctl restart sluice`
"""

TRADITIONAL = """# 麵粉廠

## 嚴重程度

### P0 - 緊急
- 定義：水車停轉
- 響應時間：15 分鐘內
- 解決時間：兩天內

### P1 - 高
- 定義：石磨過熱
- 響應時間：1 個工作日內

## 升級流程

1. 聯繫磨坊主管
2. 若 15 分鐘內無人響應，聯絡總經理

## 復盤

事件結束後 3 天內完成復盤報告。

## 外部廠商

| 服務 | 電話 |
|---|---|
| 水電行 | 02-5550-1234 |

## 常見問題

### 場景 A：水車停轉

**症狀**：
- 水輪不動

**處理步驟**：
1. 檢查水閘
2. 如果水閘關閉，執行 `systemctl restart sluice`
"""


def _read(playbook: Playbook) -> dict[str, object]:
    targets = ((one.response_target, one.resolution_target) for one in playbook.severities)
    assert playbook.postmortem is not None
    return {
        "targets": [tuple(time and (time.seconds, time.kind) for time in pair) for pair in targets],
        "chain": [(level.after and level.after.seconds, level.trigger) for level in playbook.escalation_levels],
        "review": playbook.postmortem.due and playbook.postmortem.due.seconds,
        "contacts": [(one.kind, one.channels[0].value) for one in playbook.contacts],
        "procedures": [(one.kind, len(one.symptoms), [step.kind for step in one.steps]) for one in playbook.procedures],
    }


def test_a_document_says_the_same_in_both_scripts() -> None:
    """Titles, units of time, verbs and the small words of sentences, none of them is spelled out twice by hand."""
    simplified, traditional = compile_runbook(SIMPLIFIED), compile_runbook(TRADITIONAL)
    assert _read(traditional) == _read(simplified)
    assert _read(simplified)["review"] == 3 * 86_400
    assert [level.targets for level in traditional.escalation_levels] == [("磨坊主管",), ("總經理",)]


@pytest.mark.parametrize(
    ("traditional", "simplified"), [("處理步驟", "处理步骤"), ("確認進展", "确认进展"), ("回覆問題", "回复问题")]
)
def test_a_title_is_folded(traditional: str, simplified: str) -> None:
    """Characters that most documents hold, such as those for a step, a scene and progress."""
    assert normal(traditional) == normal(simplified)


def test_a_prefix_is_known_in_traditional_characters() -> None:
    """場景 A is the scene that 场景 A is."""
    assert parse_title("場景 B：石磨過熱").prefix == "場景"


def test_a_word_with_a_shared_character_is_spelled_both_ways() -> None:
    """升 is written in both scripts, where it does not stand for 陞."""
    assert "升級" in in_both(["升级"])
