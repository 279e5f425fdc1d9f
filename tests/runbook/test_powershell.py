"""PowerShell in blocks without a language, and names that say what is done to a thing."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect


def _commands(*lines: str) -> dict[str, Effect]:
    playbook = compile_runbook("\n".join(lines))
    steps = [step for one in playbook.procedures for step in one.steps]
    return {step.command.text: step.command.effect for step in steps if step.command}


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("Get-ChildItem C:\\mill -Directory | Sort-Object Name -Descending", Effect.READ_ONLY),
        ('powershell -ExecutionPolicy Bypass -File "scripts\\mend.ps1"', Effect.UNKNOWN),
        ("pwsh ./scripts/mend.ps1 -All", Effect.UNKNOWN),
        ("Remove-Item C:\\mill\\flour -Recurse -Force", Effect.DESTRUCTIVE),
        ("$old = Get-ChildItem C:\\mill; Remove-Item C:\\mill\\flour -Recurse", Effect.DESTRUCTIVE),
    ],
)
def test_a_block_without_a_language_holds_cmdlets(line: str, effect: Effect) -> None:
    """A cmdlet is known by its verb, a line that sets a variable by the cmdlet that it calls."""
    assert _commands("# Mill", "## Mill is stuck", "**Fix:**", "```", line, "```") == {line: effect}


@pytest.mark.parametrize("line", ["$price = 5 for a loaf", "Follow-Up with the baker", "Set-Cookie: oven=1"])
def test_other_words_with_such_a_sign_are_no_command(line: str) -> None:
    """An amount of money, a word with a dash and a header are none."""
    assert not _commands("# Mill", "## Mill is stuck", "**Fix:**", "```", line, "```")


@pytest.mark.parametrize(
    ("target", "effect"),
    [
        ("logs-clear", Effect.MUTATING),
        ("logs-clean", Effect.MUTATING),
        ("metrics-reset", Effect.DESTRUCTIVE),
        ("snapshots-prune", Effect.DESTRUCTIVE),
        ("logs-queue", Effect.READ_ONLY),
        ("status-all", Effect.READ_ONLY),
    ],
)
def test_what_is_done_to_logs_is_more_than_a_look(target: str, effect: Effect) -> None:
    """A name that begins with a thing one looks at ends in what is done to it."""
    assert _commands("# Mill", "## Mill is stuck", "**Fix:**", "```bash", f"make {target}", "```") == {
        f"make {target}": effect
    }


def test_the_status_that_a_program_ends_with_is_no_command() -> None:
    """ "`exit 3` means …" explains what was seen; nothing is to be run."""
    assert not _commands("# Mill", "## Mill is stuck", "1. `exit 3` means that no key is there.")
