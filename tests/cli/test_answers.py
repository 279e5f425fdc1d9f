"""`tocsin init --into markdown`: the answers go into the document itself, asked once, shown first."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.api.house import RUNBOOK
from tocsin.cli.main import main
from tocsin.runbook.compile import compile_runbook


class Terminal:
    """Somebody who types these lines and then Enter, and counts how often."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        self.asked = 0

    def isatty(self) -> bool:
        """It is one."""
        return True

    def readline(self) -> str:
        """The next line."""
        self.asked += 1
        return f"{self.lines.pop(0)}\n" if self.lines else "\n"


@pytest.fixture
def runbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runbook of a Windows editor in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "RUNBOOK.md"
    path.write_bytes(RUNBOOK.replace("\n", "\r\n").encode())
    return path


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Terminal:
    """A terminal at standard input."""
    terminal = Terminal(lines)
    monkeypatch.setattr("sys.stdin", terminal)
    return terminal


def questions(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The settings that are still open."""
    capsys.readouterr()
    assert main(["init", "RUNBOOK.md", "--into", "markdown", "--no-input"]) == 0
    return [line.split("`")[1] for line in capsys.readouterr().out.splitlines()]


def test_answers_are_written_into_the_runbook_after_a_diff_and_asked_once(
    runbook: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question once, a diff, a yes; then nothing is open, `tocsin.toml` is untouched, and the line ends stay."""
    before, asked = runbook.read_bytes(), questions(capsys)
    assert len(asked) > 1
    terminal = typing(monkeypatch, *["7 min"] * len(asked), "y")
    assert main(["init", "RUNBOOK.md", "--into", "markdown"]) == 0
    shown = capsys.readouterr()
    assert f"+- `{asked[0]}`: 7 min" in shown.out
    assert terminal.asked == len(asked) + 1
    after = runbook.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n")
    assert [one.key for one in compile_runbook(after).answers] == asked
    assert not Path("tocsin.toml").exists()
    assert questions(capsys) == []
    assert main(["init", "RUNBOOK.md", "--into", "markdown"]) == 0
    assert terminal.asked == len(asked) + 1
    assert runbook.read_bytes() == after


def test_without_input_each_open_question_is_told_once(runbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answers to paste stand on standard output, each question once beside them, and then how many are open."""
    asked = questions(capsys)
    assert main(["init", "RUNBOOK.md", "--into", "markdown", "--no-input"]) == 0
    told = capsys.readouterr().err
    lines = [line.strip() for line in told.splitlines()]
    assert len(lines) == len(set(lines))
    assert sum("?" in line for line in lines) >= len(asked)
    assert f"still open {len(asked)}" in told
    assert "=" not in told  # the form of tocsin.toml, which is not what is written here


def test_no_is_no(runbook: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a yes not a byte is written, and the exit status says so."""
    before, asked = runbook.read_bytes(), questions(capsys)
    typing(monkeypatch, *["7 min"] * len(asked), "")
    assert main(["init", "RUNBOOK.md", "--into", "markdown"]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert runbook.read_bytes() == before


def test_what_the_runbook_answers_is_not_asked_for_the_settings(
    runbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that is written afterwards leaves the runbook its answers."""
    key = questions(capsys)[0]
    runbook.write_bytes(runbook.read_bytes() + f"\r\n## Answers for Tocsin\r\n\r\n- `{key}`: 9 min\r\n".encode())
    assert key not in questions(capsys)
    assert main(["init", "RUNBOOK.md", "--no-input"]) == 0
    assert key not in Path("tocsin.toml").read_text(encoding="utf-8")


def test_a_further_runbook_joins_the_file_that_is_there(runbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the team wrote stays; whoever its words mean is asked for; a key that is taken is not taken over."""
    assert main(["init", "RUNBOOK.md", "--no-input", "--service", "till"]) == 0
    before = Path("tocsin.toml").read_text(encoding="utf-8") + '\n[service.web]\nrunbook = "RUNBOOK.md"\n'
    Path("tocsin.toml").write_text(before, encoding="utf-8")
    Path("door.md").write_text(
        "# Door\n\n- **SEV1**: the door is shut\n\n## Escalation\n\n1. Door keeper\n", encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["init", "door.md", "--no-input", "--service", "web"]) == 5
    assert "--service KEY" in capsys.readouterr().err
    assert main(["init", "door.md", "--no-input"]) == 0
    assert 'under [roles]: "On-Call"' in capsys.readouterr().err
    after = Path("tocsin.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert tomllib.loads(after)["service"]["door"]["runbook"] == "door.md"


def test_the_dialogue_offers_the_runbook_for_the_answers(
    runbook: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked when there are answers; a word that is neither is asked again, and Enter keeps to the usual file."""
    asked = questions(capsys)
    typing(monkeypatch, *["7 min"] * len(asked), "there", "markdown", "y")
    assert main(["init", "RUNBOOK.md"]) == 0
    assert b"## Answers for Tocsin" in runbook.read_bytes()
    assert not Path("tocsin.toml").exists()


def test_a_document_that_cannot_take_answers_is_refused_before_anything_is_asked(
    runbook: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers six questions for nothing."""
    runbook.write_bytes(runbook.read_bytes() + b"\r\n```bash\r\ndf -h\r\n")
    terminal = typing(monkeypatch)
    assert main(["init", "RUNBOOK.md", "--into", "markdown"]) == 5
    assert "never closed" in capsys.readouterr().err
    assert terminal.asked == 0


def test_a_changed_answer_is_a_change_of_behaviour(runbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`diff` compares what answers mean, not how they are written."""
    texts = ("10 min", "20 minutes", "PT20M")
    for n, text in enumerate(texts):
        Path(f"{n}.md").write_text(f"{RUNBOOK}\n## Answers for Tocsin\n\n- `immediate_means`: {text}\n", "utf-8")
    assert main(["diff", "0.md", "1.md", "--exit-code"]) == 1
    assert "  immediate_means 10 min → 20 min, line" in capsys.readouterr().out
    assert main(["diff", "1.md", "2.md", "--exit-code"]) == 0
    capsys.readouterr()
    assert main(["show", "2.md"]) == 0
    assert "immediate_means: PT20M" in capsys.readouterr().out
    assert main(["show", "2.md", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"][0]["text"] == "PT20M"


def test_business_hours_can_be_given_in_words_in_the_settings(runbook: Path) -> None:
    """What `init` proposes for Enter is accepted by the file that it writes."""
    text = 'version = 1\n[service.shop]\nrunbook = "RUNBOOK.md"\n[service.shop.assume]\nbusiness_hours = "{}"\n'
    for hours, status in (("Mon, Tue, Wed, Thu, Fri 09:00 to 17:00 UTC", 0), ("sometimes", 2)):
        Path("tocsin.toml").write_text(text.format(hours), "utf-8")
        assert main(["config", "show"]) == status
