"""Chapters on alerts: what belongs to one of them, and what shows it; bullets that say what sets it off."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.inline import plain

CHAPTERS = """# 磨坊手册

## OvenDown 告警处理

### 告警信息

```
AlertName: OvenDown
Severity: Critical
Description: the oven is cold
```

### 立即行动

```bash
docker restart oven
```

### 如果重启失败

```bash
docker logs oven
```

## MillDown 告警处理

### 立即行动

```bash
docker restart mill
```
"""


def test_what_is_done_when_the_first_steps_do_not_help() -> None:
    """A chapter "if the restart fails" below an alert goes on with that one, and holds for that case only."""
    oven, mill = compile_runbook(CHAPTERS).procedures
    assert (oven.title, mill.title) == ("OvenDown 告警处理", "MillDown 告警处理")
    assert [(step.command.text, step.condition) for step in oven.steps if step.command] == [
        ("docker restart oven", None),
        ("docker logs oven", "如果重启失败"),
    ]


def test_the_severity_of_an_alert_shows_nothing() -> None:
    """Of the fields of an alert those that say how bad it is are no symptom: every other alert has them as well."""
    oven = compile_runbook(CHAPTERS).procedures[0]
    assert [one.text for one in oven.symptoms] == ["AlertName: OvenDown", "Description: the oven is cold"]


TRIGGERS = {
    "Disparador": "es",
    "Gatilho": "pt",
    "Événement déclencheur": "fr",
    "Evento scatenante": "it",
    "Auslösebedingung": "de",
    "Triggers": "nl",
    "Wyzwalacze": "pl",
    "Tetikleyici": "tr",
    "Триггер": "ru",
    "トリガー": "ja",
    "触发条件": "zh",
    "트리거": "ko",
}


@pytest.mark.parametrize("word", TRIGGERS)
def test_what_sets_an_alert_off(word: str) -> None:
    """What stands below the word for what sets it off are symptoms, in every language."""
    text = (
        f"# Runbook\n\n## Incident: oven cold\n\n**{word}:**\n\n- nothing bakes\n- smoke\n\n**Fix:**\n\n1. Open it.\n"
    )
    [found] = compile_runbook(text).procedures
    assert [one.text for one in found.symptoms] == ["nothing bakes", "smoke"]


@pytest.mark.parametrize(
    "text", ["Desk (TODO: find out who)", "Head miller — see the list (open: weekdays)", "担当（備考: 平日）"]
)
def test_a_colon_in_a_bracket_ends_no_label(text: str) -> None:
    """What stands before a colon inside of a bracket is no name."""
    assert plain(text, 1).labelled is None
    assert plain(f"Desk: {text}", 1).labelled is not None
