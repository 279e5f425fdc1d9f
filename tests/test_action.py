"""The GitHub Action and the pre-commit hook: what other repositories use of this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

RUNBOOK = "# R\n\n## Common incidents\n\n### Down\n\n- Look: `aws logs get-log-events --log-group-name {}`\n"


def action() -> Any:
    """The definition of the action."""
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def carried_out(tmp_path: Path, step: str = "Check", **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as a runner would, with the program of this checkout for the installed one."""
    (tmp_path / "tocsin").symlink_to(Path(sys.prefix))
    (script,) = [one["run"] for one in action()["runs"]["steps"] if one.get("name") == step]
    environment = {**os.environ, "RUNNER_TEMP": str(tmp_path), "STRICT": "false", "SARIF": "", **inputs}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=inputs.get("HERE", tmp_path),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_action_annotates_every_named_runbook_and_fails_with_an_error(tmp_path: Path) -> None:
    """Files and folders, by spaces and by lines; the status is the one of `tocsin check`; SARIF beside it."""
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "a.md").write_text(RUNBOOK.format("a"))
    (tmp_path / "b.md").write_text(RUNBOOK.format("b"))
    done = carried_out(tmp_path, RUNBOOKS="runbooks\n  b.md\n", SARIF="out.sarif")
    assert done.returncode == 1, done.stderr
    assert "::error file=runbooks/a.md,line=7" in done.stdout
    assert "::error file=b.md,line=7" in done.stdout
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"


def git(folder: Path, *words: str) -> str:
    """What git says in a folder."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@quay.test", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_the_action_tells_what_a_pull_request_changes_in_the_response(tmp_path: Path) -> None:
    """In the summary of the job, for a base that only the remote has; what is new, moved or the same is not told."""
    there, here = tmp_path / "there", tmp_path / "here"
    (there / "runbooks").mkdir(parents=True)
    (there / "runbooks" / "a.md").write_text(RUNBOOK.format("a"))
    (there / "runbooks" / "same.md").write_text(RUNBOOK.format("same"))
    git(there, "init", "--quiet", "--initial-branch=main")
    git(there, "add", ".")
    git(there, "commit", "--quiet", "-m", "base")
    git(there, "switch", "--quiet", "-c", "change")
    (there / "runbooks" / "a.md").write_text(RUNBOOK.format("a").replace("- Look", "- If it rains: look"))
    (there / "runbooks" / "same.md").write_text(RUNBOOK.format("same").replace("# R\n", "# R\n\nWelcome.\n"))
    (there / "runbooks" / "new.md").write_text(RUNBOOK.format("new"))
    git(there, "add", ".")
    git(there, "commit", "--quiet", "-m", "change")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=change", there.as_uri(), str(here))
    summary = tmp_path / "summary.md"
    inputs = {"RUNBOOKS": "runbooks", "BASE": "main", "GITHUB_STEP_SUMMARY": str(summary), "HERE": str(here)}
    done = carried_out(tmp_path, "Compare", **inputs)
    assert done.returncode == 0, done.stderr
    text = summary.read_text()
    assert "### How `runbooks/a.md` would respond differently" in text
    assert "+ condition of aws logs get-log-events" in text
    assert "same.md" not in text
    assert "new.md" not in text


def test_an_input_of_the_action_is_never_a_command_nor_an_option(tmp_path: Path) -> None:
    """A branch could name its files anything: neither `$(…)` nor `--config` in a name does something."""
    done = carried_out(tmp_path, RUNBOOKS="$(touch${IFS}pwned) --config=/etc/hosts;touch")
    assert done.returncode == 2
    assert not (tmp_path / "pwned").exists()
    assert "--config=/etc/hosts;touch cannot be read" in done.stderr


def test_the_action_takes_its_inputs_through_the_environment() -> None:
    """`${{ inputs }}` inside of a script would be text of the script; every step names its shell."""
    for step in action()["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert "uses" in step or step["shell"] == "bash"


def test_the_hook_runs_the_verb_that_exists() -> None:
    """pre-commit installs this repository and calls the entry with the changed files."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["id"], hook["entry"], hook["language"]) == ("tocsin-check", "tocsin check", "python")
