"""What is not to be run, and when something is to be run, said in each of the languages."""

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Step

_TITLES = {
    "de": "Störung: Mühle steht still",
    "en": "Incident: Mill stands still",
    "es": "Incidente: El molino no responde",
    "fr": "Incident : Le moulin ne répond pas",
    "it": "Incidente: Il mulino non risponde",
    "ja": "障害: 水車停止",
    "pt": "Incidente: O moinho não responde",
    "ru": "Инцидент: Мельница не работает",
    "zh": "故障: 水车无法启动",
}


def _steps(language: str, text: str) -> list[Step]:
    playbook = compile_runbook(f"# Runbook\n\n## {_TITLES[language]}\n\n{text}\n\n- `df -h`\n")
    return [step for one in playbook.procedures for step in one.steps if step.command is not None]


def _run(language: str, text: str) -> list[str]:
    return [step.command.text for step in _steps(language, text) if step.command and "df" not in step.command.text]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Forbidden: `{}`"),
        ("en", "**Never**: `{}`"),
        ("es", "No lances `{}`."),
        ("es", "Prohibido: `{}`"),
        ("es", "No correr `{}` en producción."),
        ("pt", "Não utilize `{}`."),
        ("pt", "Proibido: `{}`"),
        ("fr", "Interdit : `{}`"),
        ("fr", "Ne faites jamais `{}`."),
        ("it", "Vietato: `{}`"),
        ("de", "Führen Sie `{}` nicht aus."),
        ("de", "Verboten: `{}`"),
        ("ja", "`{}`を絶対に実行しないこと。"),
        ("ja", "`{}`を実行してはならない。"),
        ("ja", "`{}`を実行してはいけません。"),
        ("ja", "禁止: `{}`"),
        ("ru", "Запрещается `{}`."),
        ("ru", "Не делать `{}`."),
        ("ru", "Запрещено: `{}`"),
        ("zh", "勿用`{}`。"),
        ("zh", "严禁：`{}`"),
    ],
)
def test_a_command_that_is_forbidden_is_no_step(language: str, said: str) -> None:
    """A label before a colon forbids as a sentence does, in whatever words of the language."""
    assert _run(language, f"- {said.format('millctl purge')}") == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Never run `millctl purge` or `millctl drop`."),
        ("en", "Do not run `millctl purge`, or `millctl drop`."),
        ("en", "Forbidden: `millctl purge`, `millctl drop`"),
        ("de", "Niemals `millctl purge` oder `millctl drop` ausführen."),
        ("es", "Nunca ejecute `millctl purge` ni `millctl drop`."),
        ("pt", "Nunca execute `millctl purge` ou `millctl drop`."),
        ("fr", "Ne jamais exécuter `millctl purge` ou `millctl drop`."),
        ("ru", "Никогда не запускайте `millctl purge` или `millctl drop`."),
        ("zh", "禁止执行`millctl purge`、`millctl drop`。"),
    ],
)
def test_the_second_of_two_is_forbidden_with_the_first(language: str, said: str) -> None:
    """ "Never run a or b" forbids both."""
    assert _run(language, f"- {said}") == []


@pytest.mark.parametrize(
    "said",
    [
        "Never run `millctl purge`, but `millctl drain`.",
        "Do not run `millctl purge`. Then `millctl drain`.",
        "Do not run `millctl purge`; run `millctl drain`.",
        "Avoid losing flour: `millctl drain`",
    ],
)
def test_what_is_run_instead_is_a_step(said: str) -> None:
    """Only what nothing but a comma or a small word parts from the forbidden one is forbidden with it."""
    assert _run("en", f"- {said}") == ["millctl drain"]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "**Nunca hacer:**"),
        ("pt", "**Nunca fazer:**"),
        ("it", "**Da non fare mai:**"),
        ("fr", "**Interdit :**"),
        ("de", "**Was nicht getan wird:**"),
        ("ru", "**Недопустимо:**"),
        ("zh", "**严禁：**"),
        ("ja", "**厳禁**"),
    ],
)
def test_below_a_title_of_what_is_forbidden_nothing_is_a_step(language: str, title: str) -> None:
    """A list below such a title holds nothing to run."""
    assert _run(language, f"{title}\n\n- `millctl purge`\n- `millctl drop`\n\n#### 1") == []


@pytest.mark.parametrize(
    ("language", "said", "condition"),
    [
        ("zh", "当水车已满时，执行 `millctl drain`", "当水车已满时"),
        ("zh", "水车满时执行 `millctl drain`", "水车满时"),
        ("zh", "重启无效时：`millctl drain`", "重启无效时"),
        ("zh", "必要时执行 `millctl drain`", "必要时"),
        ("zh", "在水车满的情况下执行 `millctl drain`", "在水车满的情况下"),
        ("zh", "當水車已滿時，執行 `millctl drain`", "當水車已滿時"),
        ("zh", "如需回滚：`millctl drain`", "如需回滚"),
        ("ja", "満杯になったら `millctl drain` を実行する", "満杯になったら"),
        ("ja", "必要に応じて `millctl drain`", "必要に応じて"),
        ("ja", "満杯時は `millctl drain`", "満杯時"),
        ("de", "Notfalls `millctl drain`", "Notfalls"),
        ("es", "De ser necesario, `millctl drain`", "De ser necesario"),
        ("fr", "Le cas échéant, `millctl drain`", "Le cas échéant"),
        ("ru", "В случае переполнения: `millctl drain`", "В случае переполнения"),
        ("en", "As needed: `millctl drain`", "As needed"),
    ],
)
def test_a_case_before_a_command_is_its_condition(language: str, said: str, condition: str) -> None:
    """What says when a command is to be run is its condition, in each language's own form."""
    assert _steps(language, f"- {said}")[0].condition == condition


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "等待1小时，然后执行 `millctl drain`"),
        ("zh", "同时，执行 `millctl drain`"),
        ("zh", "检查运行时：`millctl drain`"),
        ("ja", "9時、`millctl drain` を実行"),
        ("ja", "随時 `millctl drain`"),
    ],
)
def test_a_time_is_no_case(language: str, said: str) -> None:
    """A word that only ends like "when" makes no condition."""
    assert _steps(language, f"- {said}")[0].condition is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "确认已备份后执行 `millctl drain`"),
        ("ja", "バックアップを取ってから `millctl drain` を実行"),
        ("es", "Tras confirmar con el jefe, ejecutar `millctl drain`"),
        ("it", "Dopo approvazione del responsabile: `millctl drain`"),
        ("fr", "Après validation du responsable : `millctl drain`"),
        ("ru", "После согласования с руководителем: `millctl drain`"),
    ],
)
def test_what_has_to_be_done_before_is_the_condition(language: str, said: str) -> None:
    """A command behind what somebody has to agree to, or to have saved, is not one to run at once."""
    assert _steps(language, f"- {said}")[0].condition
