"""What stands in a block of shell and is not run: output, help, settings, data, other languages."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands, only
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Step


def steps_of(shell: str) -> tuple[Step, ...]:
    """The steps of an incident whose fix is a block of shell."""
    return only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```shell\n{shell}\n```\n").steps


@pytest.mark.parametrize(
    "shell",
    [
        "sudo ls -la /srv/oven\ntotal 12K\ndrwxr-x--- 2 a a 4.0K May  2 04:10 .\n-rw-r--r-- 1 a a 1K May  2 04:10 heat",
        "sudo ls -la /srv/oven\n\nOptions:\n  --deep INT   How deep to look\n\nOutput includes:\n  - Names",
        "sudo ls -la /srv/oven\nls: cannot access '/srv/oven': No such file or directory",
        "sudo ls -la /srv/oven\n# ... shortened",
        "sudo ls -la /srv/oven\n\n# … and so on",
        'sudo ls -la /srv/oven\nhistogram_quantile(0.9, sum by (le) (rate(heat_bucket{oven="n"}[5m])))',
        "sudo ls -la /srv/oven\nsum by (oven) (rate(heat_total[5m]))",
        'sudo ls -la /srv/oven\nup{job="oven"} == 0',
        'sudo ls -la /srv/oven\n{app="oven"} |= "cold"',
    ],
)
def test_what_a_command_prints_is_no_command(shell: str) -> None:
    """A listing, the help of a program, its complaints, and the dots for what was left out are not run."""
    found = steps_of(shell)
    assert [step.command.text for step in found if step.command] == ["sudo ls -la /srv/oven"]
    assert len(found) == 1


def test_a_list_among_the_settings_leaves_them_settings() -> None:
    """A file of variables is none to run when one of its values is a list."""
    assert not any(step.command for step in steps_of('HEAT=220\nOVENS=["north","south"]'))


def test_the_prompt_of_root_is_no_comment() -> None:
    """Where each line of a block is "# " and a command, somebody copied them from root's shell."""
    assert [step.command and step.command.text for step in steps_of("# df -h /srv\n# tail -n 3 /var/log/oven")] == [
        "df -h /srv",
        "tail -n 3 /var/log/oven",
    ]


def test_a_block_of_settings_that_begins_like_a_program_is_none() -> None:
    """ "ruby {" opens a filter of a file of settings, whatever programs there are of that name."""
    text = "# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```\nruby {\n  code => 'event.heat'\n}\n```\n"
    assert not commands(compile_runbook(text))


@pytest.mark.parametrize(
    "printed",
    [
        "NAME     READY   STATUS\noven-0   1/1     Running",
        "CONTAINER ID   IMAGE   CREATED\n1a2b3c   oven    2 days ago",
        '{"status":"cold"}',
        '{\n  "status": "cold",\n  "ovens": [1, 2]\n}',
        "● oven.service - The oven\n   Loaded: loaded\n   Active: active (running)",
        "const ovens = await fetch('/ovens');\nconsole.log(ovens);",
        'db.ovens.find({ cold: true })\nprint("done")',
    ],
)
def test_tables_data_and_other_languages_are_no_commands(printed: str) -> None:
    """Below a command without a prompt stands what it prints: none of it is run, and what follows is."""
    found = steps_of(f"kubectl -n oven get all\n{printed}\nkubectl get nodes")
    assert [step.command.text for step in found if step.command] == ["kubectl -n oven get all", "kubectl get nodes"]


def test_a_block_of_another_language_is_kept_as_it_is() -> None:
    """A block marked as shell that holds none of it is shown in whole, and nothing of it is run."""
    (step,) = steps_of("const ovens = await fetch('/ovens');\nconsole.log(ovens);")
    assert (step.command, step.details) == (None, ("const ovens = await fetch('/ovens');", "console.log(ovens);"))


@pytest.mark.parametrize("shell", ["heat() { ls /srv/oven; }", "if($oven) { Get-Item oven }", "ovens=(north south)"])
def test_a_bracket_behind_a_name_may_be_of_the_shell(shell: str) -> None:
    """A function, a condition of PowerShell and a list are no query of metrics."""
    assert any(step.command for step in steps_of(shell))
