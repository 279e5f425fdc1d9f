"""Commands that nobody marked as code, sentences that only name a program, and what a command is called."""

from __future__ import annotations

import pytest

from tests.runbook.asked import only
from tocsin.runbook.compile import compile_runbook


@pytest.mark.parametrize(
    ("item", "title", "command"),
    [
        ("docker compose logs oven", "docker compose logs oven", "docker compose logs oven"),
        ("State of the oven: docker compose ps", "State of the oven", "docker compose ps"),
        ("KEY=$(cat /srv/oven/key)", "KEY=$(cat /srv/oven/key)", "KEY=$(cat /srv/oven/key)"),
    ],
)
def test_an_item_that_is_a_command_needs_no_mark(item: str, title: str, command: str) -> None:
    """Alone or behind a colon, what a known program would do is a command, with what stands before it as its title."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n- {item}\n").steps
    assert (step.title, step.command.text if step.command else None) == (title, command)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("show ip bgp summary", True),
        ("show interfaces terse | match mill", True),
        ("clear ip bgp *", True),
        ("display interface brief", True),
        ("show more", False),
        ("show all ovens", False),
    ],
)
def test_a_line_for_a_router_is_a_command(code: str, is_one: bool) -> None:
    """No program of this machine is called "show", and yet it is to be run; a button of that name is not."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n- Look first: `{code}`\n").steps
    assert (step.command is not None) is is_one


@pytest.mark.parametrize(
    "item",
    [
        "docker compose must be installed",
        "Tools: kubectl, helm",
        "git history shows the change",
        "find the burner by its number",
        "Access: kubectl access to the mill",
        "stern and loud",
    ],
)
def test_an_item_that_names_a_program_is_no_command(item: str) -> None:
    """A sentence about a program is one for people."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n- {item}\n").steps
    assert step.command is None


@pytest.mark.parametrize(
    "sentence",
    [
        "This brings back the state from before you ran `helm upgrade`.",
        "If you've put it there by hand via `kubectl apply -f oven.yaml` and it is wrong, go back.",
        "Si vous avez installé le four avec `helm upgrade`, revenez en arrière.",
        "Если вы уже запустили печь через `kubectl apply -f oven.yaml`, верните прежнюю.",
    ],
)
def test_what_was_run_already_is_no_command_to_run(sentence: str) -> None:
    """A sentence that says what somebody has done asks for nothing of it."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n{sentence}\n").steps
    assert step.command is None


def test_the_commands_of_a_test_by_hand_are_no_duties() -> None:
    """A list with a command in it is carried out once, not every week."""
    text = "# Bakery\n\n## Manual testing\n\n- Stand at the oven\n- kubectl -n oven get pods\n"
    assert not compile_runbook(text).duties


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("The default is ten loaves. Try fewer with `kubectl scale deploy oven --replicas=2`", "Try fewer with"),
        ("**If it smokes**: open the flue → `systemctl restart fan`", "If it smokes: open the flue"),
    ],
)
def test_a_command_is_called_by_the_last_sentence_before_it(sentence: str, title: str) -> None:
    """What was said before that is about something else; an arrow is no word."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n{sentence}\n").steps
    assert step.title == title


def test_the_condition_of_an_earlier_sentence_holds_for_a_command() -> None:
    """The title is the last sentence; when the command is for is said before it."""
    text = "If the fan is burnt, the flue stays open. For now the plan is `systemctl stop fan`"
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n{text}\n").steps
    assert (step.title, step.condition) == ("For now the plan is", "If the fan is burnt")
