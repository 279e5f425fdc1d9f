"""Commands that a runbook warns of, and times that are how bad it is and no promise. Each document here is our own."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def commands(text: str) -> list[str]:
    """The commands that a procedure with this text offers to run."""
    (procedure,) = compile_runbook(f"# R\n\n## Incident: Oven is cold\n\n**Fix**\n\n{text}").procedures
    return [step.command.text for step in procedure.steps if step.command is not None]


@pytest.mark.parametrize(
    "text",
    [
        "1. Never run `dropdb shop`\n",
        "1. Look at the pilot light; do not use `kill -9 1`\n",
        "1. Don't execute the `reboot`\n",
        "1. N'utilisez jamais `reboot`\n",
        "1. No ejecutar `reboot`\n",
        "1. `reboot` を実行しない\n",
        "1. 切勿执行 `reboot`\n",
        "**Do not**\n\n```bash\ndropdb shop\n```\n",
        "**Never run this:**\n\n```bash\ndropdb shop\n```\n",
    ],
)
def test_what_is_not_to_be_run_is_no_command(text: str) -> None:
    """It is told, with the words of the warning, and there is nothing to press."""
    assert commands(f"{text}\n1. Ring the baker\n") == []


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("1. Do not use `kill -9 1`; run `systemctl stop oven`\n", ["systemctl stop oven"]),
        ("1. If it is not running, `systemctl start oven`\n", ["systemctl start oven"]),
        ("1. Do not go on until `systemctl is-active oven` says so\n", ["systemctl is-active oven"]),
        ("1. To avoid a loss run `pg_dump shop` before it\n", ["pg_dump shop"]),
        ("1. Para evitar fallos ejecute `pg_dump shop`\n", ["pg_dump shop"]),
        ("1. Don't forget to run `df -h`\n", ["df -h"]),
        ("**Not ready**\n\n```bash\nsystemctl restart oven\n```\n", ["systemctl restart oven"]),
    ],
)
def test_a_denial_of_something_else_takes_no_command_away(text: str, run: list[str]) -> None:
    """Only the command right behind the warning is one that is not to be run."""
    assert commands(text) == run


@pytest.mark.parametrize(
    "criterion",
    [
        "API response time > 5 s for 10 minutes",
        "API response time above 2 seconds",
        "response slow for 10 minutes",
        "acknowledgement mails delayed by 1 hour",
        "tiempo de respuesta superior a 5 s",
        "temps de réponse supérieur à 5 s",
        "Antwortzeit über 5 s",
        "応答時間 5秒以上",
    ],
)
def test_how_slow_something_is_promises_nothing(criterion: str) -> None:
    """It is what makes an incident one of that level."""
    playbook = compile_runbook(f"# R\n\n## Severity\n\n- P1: all ovens are cold\n- P2: {criterion}\n")
    level = playbook.severities[1]
    assert level.criteria == (criterion,)
    assert (level.response_target, level.acknowledge_target, level.resolution_target) == (None, None, None)


def test_a_promise_beside_it_is_one() -> None:
    """Each clause for itself."""
    text = "# R\n\n## Severity\n\n- P1: responses over 5 s. Respond within 15 minutes.\n- P2: one oven is cold\n"
    level = compile_runbook(text).severities[0]
    assert level.response_target is not None
    assert level.response_target.seconds == 900
    assert level.criteria == ("responses over 5 s",)
