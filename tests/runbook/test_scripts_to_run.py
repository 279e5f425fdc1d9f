"""A script by its path alone is run where the document says so, and settings among commands are none."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.shell import Output, Statement, read_shell
from tocsin.runbook.compile import compile_runbook


def _commands(item: str) -> list[str]:
    text = f"# Mill\n\n## Common problems\n\n### Sieve is torn\n\n1. {item}\n2. Look at the sieve\n"
    [procedure] = compile_runbook(text).procedures
    return [step.command.text for step in procedure.steps if step.command is not None]


@pytest.mark.parametrize(
    "item",
    [
        "`tools/mend.sh`",
        "Run `tools/mend.sh` and wait",
        "Wenn er reißt, `tools/mend.sh` ausführen",
        "Exécutez `tools/mend.sh`",
        "Ejecutar `tools/mend.sh`",
        "Eseguire `tools/mend.sh`",
        "Executar `tools/mend.sh`",
        "Запустить `tools/mend.sh`",
        "破れている場合は `tools/mend.sh` を実行する",
        "执行 `tools/mend.sh`",
        "執行 `tools/mend.sh`",
        "`tools/mend.sh`를 실행한다",
    ],
)
def test_a_script_is_run_where_the_item_is_nothing_else_or_says_so(item: str) -> None:
    """In each language, with the verb on the side where that language has it."""
    assert _commands(item) == ["tools/mend.sh"]


@pytest.mark.parametrize(
    "item", ["Read `tools/mend.sh`", "`tools/mend.sh` の結果を見る", "Do not run `tools/mend.sh`", "`logs/mill.log`"]
)
def test_a_script_that_is_only_spoken_of_is_not_run(item: str) -> None:
    """A file to read, what it has printed, what is forbidden, and what is no script."""
    assert _commands(item) == []


@pytest.mark.parametrize("path", ["ops/windows/start_mill.bat", r".\tools\sync.ps1", "ops/halt.cmd"])
def test_a_script_of_windows_is_one(path: str) -> None:
    """Teams that run a mill on Windows write them so."""
    assert _commands(f"Run `{path}`") == [path]


def test_values_of_a_unit_file_are_no_statements() -> None:
    """Below "[Service]" stands what is written into a file, up to the first line that sets nothing."""
    body = ("# In the unit:", "[Service]", "Restart=always", "RestartSec=10", "", "systemctl daemon-reload")
    statements = [event.text for event in read_shell(body, 1) if isinstance(event, Statement)]
    assert statements == ["systemctl daemon-reload"]


def test_a_test_in_brackets_is_a_statement() -> None:
    """The program "[" has a blank behind its name, and so has no title of settings."""
    events = read_shell(("[ -f /etc/mill ]", "GRAIN=rye"), 1)
    assert [event.text for event in events if isinstance(event, Statement)] == ["[ -f /etc/mill ]", "GRAIN=rye"]
    assert not any(isinstance(event, Output) for event in events)


@pytest.mark.parametrize(
    ("heads", "runs"),
    [
        ("Purpose | Path", False),
        ("Zweck | Dateipfad", False),
        ("Propósito | Ruta", False),
        ("Rôle | Chemin", False),
        ("用途 | 路径", False),
        ("Purpose | Command", True),
    ],
)
def test_a_column_of_paths_says_where_scripts_lie(heads: str, runs: bool) -> None:
    """An appendix of files is nothing to run."""
    table = f"| {heads} |\n|---|---|\n| Mend the sieve | `tools/mend.sh` |\n| Grind | `tools/grind.sh` |"
    found = compile_runbook(f"# Mill\n\n## Sieve is torn\n\n1. Look.\n\n## Appendix\n\n{table}\n").procedures
    assert any(step.command for one in found for step in one.steps) is runs
