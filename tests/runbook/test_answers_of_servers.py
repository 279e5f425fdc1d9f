"""Titles that are the status of a server, programs of the repository, and what is named only to be left alone."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands_of, only
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect
from tocsin.runbook.trouble import says_what_fails


@pytest.mark.parametrize(
    "title",
    ["503 on `/ready`", "`422 seed_invalid` on sowing", "HTTP 502 from the mill", "429 at the till", "Failed probes"],
)
def test_a_title_that_is_the_status_of_a_server_says_what_fails(title: str) -> None:
    """A status from 400 on is an incident among common issues, with a list and nothing else below it."""
    text = f"# Common issues runbook\n\n## 401 unauthorized\n\n- look at the key\n\n## {title}\n\n- look at the log\n"
    assert [one.kind for one in compile_runbook(text).procedures] == ["incident", "incident"]


@pytest.mark.parametrize("title", ["500 GB disk for the mill", "400 ms for a page", "200 on `/ready`", "503"])
def test_a_number_that_is_no_status_says_nothing(title: str) -> None:
    """A size, a time and a success are nothing that fails."""
    assert not says_what_fails(title)


def _sentence(said: str) -> list[str]:
    return commands_of(only(f"# Mill\n\n## Common incidents\n\n### Mill stuck\n\n**Fix:**\n\n- {said}\n").steps)


def test_a_program_of_the_repository_with_arguments_is_a_command() -> None:
    """`bin/mill` by its path is the team's own; alone it may only be spoken of."""
    assert _sentence("run `bin/mill grind:again`") == ["bin/mill grind:again"]
    assert _sentence("replay it with `apps/mill/bin/outbox replay <id> --by <name>`") != []
    assert _sentence("the file `bin/mill` is old") == []


@pytest.mark.parametrize("before", ["use it", "use that (", "take the short way —"])
def test_what_stands_behind_not_is_left_alone(before: str) -> None:
    """ "…, not `make install` alone" names what is not to be run."""
    comma = "" if before.endswith(("(", "—")) else ","
    assert _sentence(f"`kubectl apply -k mill/` is the way, {before}{comma} not `make install` alone") == []
    assert _sentence("run `kubectl apply -k mill/`, not `make install`") == ["kubectl apply -k mill/"]


def test_the_shells_of_a_cluster_of_machines_are_known() -> None:
    """`pvesh get` and `pveam list` look, `pvesh delete` and `docker network prune` take away."""
    text = "# Mill\n\n## Common incidents\n\n### Mill stuck\n\n```bash\n{}\n```\n"
    lines = ["pvesh get /nodes/a/lxc", "pveam list local", "pvesh delete /nodes/a/lxc/7", "docker network prune"]
    steps = only(text.format("\n".join(lines))).steps
    effects = [step.command.effect for step in steps if step.command is not None]
    assert effects == [Effect.READ_ONLY, Effect.READ_ONLY, Effect.DESTRUCTIVE, Effect.DESTRUCTIVE]


@pytest.mark.parametrize("script", ["test-failover", "fix-status", "metrics-push", "audit-clean", "diff-apply"])
def test_a_script_that_acts_in_its_name_is_no_look(script: str) -> None:
    """One word that acts beside one that looks is enough: what such a script does is not known."""
    text = "# Mill\n\n## Common incidents\n\n### Mill stuck\n\n```bash\n./ops/{}.sh\n```\n"
    for name, effect in ((script, Effect.UNKNOWN), ("check-restore", Effect.READ_ONLY)):
        (step,) = only(text.format(name)).steps
        assert step.command is not None
        assert step.command.effect is effect
