"""Blocks of code inside of others, their marks and their tags, and commands of one word or beside each other."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.nested import with_longer_marks
from tocsin.runbook.instructions import Step

_BEFORE = "# Mill\n\n## Common incidents\n\n### Mill stands still\n\nSymptoms: no flour\n\n"
_AFTER = "\n\n### Oven cold\n\nSymptoms: cold loaves\n\n1. `make oven`\n"


def _steps(body: str) -> tuple[Step, ...]:
    mill, oven = compile_runbook(f"{_BEFORE}{body}{_AFTER}".encode(), path="mill.md").procedures
    assert [step.command.text for step in oven.steps if step.command] == ["make oven"]
    return mill.steps


def _commands(body: str) -> list[str]:
    return [step.command.text for step in _steps(body) if step.command]


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        ("~~~bash\nmake one\n```\nmake two\n~~~", ["make one", "make two"]),
        ("```bash\nmake one\n```bash\nmake two\n```", ["make one", "make two"]),
        ("``````sh\nmake one\n`````\nmake two\n``````", ["make one", "make two"]),
        ("```{.bash}\nmake one\n```", ["make one"]),
        ("- ~~~\n  docker ps -a\n  ~~~\n- `make two`", ["docker ps -a", "make two"]),
        ("````bash\ncat <<EOF\n```\nEOF\n````", ["cat <<EOF\n```\nEOF"]),
        ("```markdown\n# Post\n\n```bash\nmake inner\n```\n\nrest\n```\n\n1. `make one`", ["make one"]),
        ("~~~md\n~~~sh\nmake inner\n~~~\n~~~\n\n1. `make one`", ["make one"]),
        ("> ```md\n> ```sh\n> make inner\n> ```\n> ```\n\n1. `make one`", ["make one"]),
    ],
)
def test_the_marks_of_blocks_are_no_commands_and_end_what_they_are_meant_to_end(body: str, commands: list[str]) -> None:
    """A block inside of another ends neither it nor the chapter, and no mark is run."""
    assert _commands(body) == commands


def test_a_block_that_is_left_open_is_read_by_the_letter() -> None:
    """Where blocks are not closed either way, nothing is guessed."""
    lines = ("```md", "Text", "```sh", "make one", "```", "Text", "```", "plain", "```")
    assert with_longer_marks(lines) == lines


def test_many_marks_are_read_at_once() -> None:
    """Marks are gone through once, however many there are and however long a line of them is."""
    many = ("```a",) * 20_000 + ("```",) * 20_000
    assert len(with_longer_marks((*many, "`" * 80_000, "~ " * 40_000))) == 40_002


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        ("1. Check load and disk (`uptime`, `df -h`)", ["uptime", "df -h"]),
        ("1. Check the load with `uptime`", ["uptime"]),
        ("1. `dmesg`", ["dmesg"]),
        ("1. Run `top`, `free` and `df`", ["top", "free", "df"]),
        ("1. Ask whether `top` is open\n2. The field `hostname` is empty", []),
    ],
)
def test_a_program_that_needs_no_argument_is_run_where_it_is_asked_for(body: str, commands: list[str]) -> None:
    """It is behind a word of running or looking, or all of its item; its bare name in a sentence is none."""
    assert _commands(body) == commands


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("- Stop the mill; empty the hopper (`make stop`, `make empty`)", ["Stop the mill", "empty the hopper"]),
        ("1. Restart: `make one`; `make two`", ["Restart", "make two"]),
        ("1. Stop it (`make one`, then `make two`)", ["Stop it", "make two"]),
        ("1. Run `make one`, wait a minute, then feed it: `make two`", None),
    ],
)
def test_commands_beside_each_other_have_titles_of_their_own(body: str, titles: list[str] | None) -> None:
    """What only joins one to the next is no part of its title."""
    found = [step.title for step in _steps(body)]
    assert found == (titles or ["make one", "Run make one, wait a minute, then feed it"])


def test_a_comment_behind_a_command_goes_on_below_it() -> None:
    """A line of a comment that stands as far in as the one behind the command is about that command."""
    one, two = _steps("```bash\nmake one     # roll back\n             # if needed.\nmake two\n```")
    assert (one.condition, two.condition) == ("if needed", None)


def test_two_blocks_that_hold_others_close_one_another() -> None:
    """By the letter the second one stands in the first one's end, and what is between them is code."""
    outer = "```markdown\n# Notice\n\n```bash\nmill stop\n```\n\n# End\n```\n"
    report = "```markdown\n# Report\n\n## Timeline\n\n## Root cause\n```\n"
    ends = "## Contacts\n\n- Ada: 555 0101\n"
    text = f"# Mill\n\n## Notice template\n\n{outer}\n## Post-mortem\n\nDue within 3 days.\n\n{report}\n{ends}"
    playbook = compile_runbook(text.encode())
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == 3 * 86_400
    assert playbook.postmortem.sections == ("Timeline", "Root cause")
    assert [one.name for one in playbook.contacts] == ["Ada"]


def test_a_block_that_was_never_closed_is_read_to_the_letter() -> None:
    """Where nesting leaves a block open as well, nobody's marks are taken for others."""
    text = "# Mill\n\n## Incident: Gate\n\n```\nlog\n\n```sh\nmake gates\n```\n\n```\nmore\n```\n"
    assert compile_runbook(text.encode()).procedures[0].title == "Gate"
    assert with_longer_marks(tuple(text.splitlines())) == tuple(text.splitlines())
