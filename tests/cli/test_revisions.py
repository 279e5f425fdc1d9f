"""`tocsin diff` and revisions: a runbook against what was committed, or against another branch."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tocsin.cli.main import main
from tocsin.runbook.compile import compile_runbook

RUNBOOK = "# R\n\n## Common incidents\n\n### Oven cold\n\nIf the door is open:\n\n```bash\noven heat --to 200\n```\n"
SAID = 'effect = "read_only"\n'
HELD = "condition of oven heat --to 200: If the door is open, line 10"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a runbook in a folder; git reads no configuration of this machine."""
    for name, value in (("GLOBAL", "/dev/null"), ("SYSTEM", "/dev/null")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "RUNBOOK.md").write_text(RUNBOOK)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    monkeypatch.chdir(tmp_path / "docs")
    return tmp_path


def git(folder: Path, *words: str) -> None:
    """Let git do something in a folder."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@quay.test"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, timeout=60)


def commit(folder: Path) -> None:
    """Commit everything."""
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "a version")


def diff(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The status of `tocsin diff`, and all it says."""
    status = main(["diff", "--exit-code", *words])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_single_runbook_is_compared_with_what_was_committed(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an edit changes, before it is committed, from any folder."""
    file = checkout / "docs" / "RUNBOOK.md"
    assert diff(capsys, "RUNBOOK.md") == (0, "both would respond in the same way\n")
    file.write_text(RUNBOOK.replace("If the door is open:", ""))
    assert diff(capsys, "RUNBOOK.md") == (1, f"procedure Oven cold\n  - {HELD} before\n")
    assert diff(capsys, str(file))[0] == 1
    file.rename(file.with_name("NEW.md"))
    status, said = diff(capsys, "NEW.md")
    assert status == 2
    assert "HEAD:./NEW.md: that revision has no such file" in said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("NOWHERE.md", "NOWHERE.md cannot be read"),
        ("nowhere/RUNBOOK.md", "nowhere/RUNBOOK.md cannot be read"),
        ("main:docs/RUNBOOK.md", "Name the runbook as well"),
        ("before.json", "Name the runbook as well"),
    ],
)
def test_what_cannot_be_compared_alone_is_said(
    word: str, said: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip names the file, and what is no runbook of the working tree asks for one; git is not blamed for either."""
    status, text = diff(capsys, word)
    assert status == 2
    assert said in text
    assert "git" not in text


def test_a_revision_is_named_as_git_names_it(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a path from the root of the repository, or with ./ from here; with the corrections of that revision."""
    git(checkout, "switch", "--quiet", "-c", "warm")
    (step,) = (one.id for one in compile_runbook(RUNBOOK.encode()).procedures[0].steps)
    (checkout / "docs" / "RUNBOOK.overrides.toml").write_text(f"[step.{step}]\n{SAID}")
    commit(checkout)
    for old in ("main:docs/RUNBOOK.md", "main:./RUNBOOK.md", "HEAD~1:./RUNBOOK.md"):
        status, said = diff(capsys, old, "RUNBOOK.md")
        assert status == 1, said
        assert "effect of oven heat --to 200: unknown → read-only, line 10" in said
    assert diff(capsys, "warm:./RUNBOOK.md", "RUNBOOK.md")[0] == 0


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nowhere:docs/RUNBOOK.md", "git knows no revision 'nowhere' here"),
        ("main:docs/OTHER.md", "that revision has no such file"),
        ("--output=x:RUNBOOK.md", "usage"),
        (":RUNBOOK.md", "cannot be read"),
    ],
)
def test_what_git_does_not_know_is_said(
    word: str, said: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in either half names itself; nothing of it becomes an option of git."""
    try:
        status, text = diff(capsys, word, "RUNBOOK.md")
    except SystemExit as refused:
        status, text = int(str(refused.code)), capsys.readouterr().err
    assert status == 2
    assert said in text


def test_without_a_repository_or_without_git_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then two files are what can be compared."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "RUNBOOK.md").write_text(RUNBOOK)
    status, said = diff(capsys, "RUNBOOK.md")
    assert status == 2
    assert "not a git repository" in said
    monkeypatch.setenv("PATH", str(tmp_path))
    status, said = diff(capsys, "RUNBOOK.md")
    assert status == 2
    assert "git, which knows it, is not installed" in said


def test_a_file_with_a_colon_in_its_name_is_a_file(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there is what is meant."""
    (checkout / "docs" / "main:a.md").write_text(RUNBOOK)
    assert diff(capsys, "main:a.md", "RUNBOOK.md")[0] == 0
