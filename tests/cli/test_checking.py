"""``tocsin check``: several files and folders, links, and fixes that are shown before they are written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tocsin.cli.main import main

CURL = "# R\n\n## Common incidents\n\n### Down\n\n- Look: `curl https://shop.test/health`\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one runbook, and something outside of it."""
    checkout = tmp_path / "checkout"
    (checkout / ".git").mkdir(parents=True)
    (checkout / "docs").mkdir()
    (checkout / "docs" / "RUNBOOK.md").write_text(CURL, "utf-8")
    (tmp_path / "secret.md").write_text("# Secret\n")
    monkeypatch.chdir(checkout)
    return checkout


def found(capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[str, int, str]]:
    """(code, line, message) of every finding of the one document."""
    main(["check", "--json", *words])
    return [(one["code"], one["line"], one["message"]) for one in json.loads(capsys.readouterr().out)["findings"]]


def test_files_and_folders_are_checked_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder stands for the Markdown below it, without hidden folders, other people's, and symbolic links."""
    for name in ("docs/b/x.md", "docs/.hidden/no.md", "docs/node_modules/no.md", "docs/notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("# X\n")
    (folder / "docs" / "link.md").symlink_to(folder.parent / "secret.md")
    assert main(["check", "docs", "docs/RUNBOOK.md", "--json"]) == 0
    paths = [one["path"] for one in json.loads(capsys.readouterr().out)]
    assert paths == ["docs/RUNBOOK.md", "docs/b/x.md"]
    (folder / "empty").mkdir()
    assert main(["check", "empty"]) == 2
    assert "no .md file" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_hides_no_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is checked, the bad one is named, and the status says that something is wrong."""
    (folder / "bad.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    assert main(["check", "bad.md", "none.md", "docs/RUNBOOK.md"]) != 0
    shown = capsys.readouterr()
    assert "TOC205" in shown.out
    assert "bad.md" in shown.err
    assert "none.md" in shown.err


def test_the_report_says_what_to_do_next(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the data: what --fix can set right and where codes are explained, and nothing where nothing is found."""
    assert main(["check", "docs/RUNBOOK.md"]) == 0
    shown = capsys.readouterr()
    assert "`tocsin check --fix docs/RUNBOOK.md` sets 1 line right" in shown.err
    assert "docs/findings" in shown.err
    assert "docs/findings" not in shown.out
    main(["check", "docs/RUNBOOK.md", "--json"])
    assert capsys.readouterr().err == ""


def test_relative_links_are_looked_up_in_the_repository_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """D28: a missing page is told; what lies outside is not even looked at, through `..` or a symbolic link."""
    (folder / "docs" / "there.md").write_text("x")
    (folder / "docs" / "out").symlink_to(folder.parent)
    (folder / "docs" / "in").symlink_to(folder / "docs")
    (folder / "docs" / "loop").symlink_to(folder / "docs" / "loop")
    links = {
        "there.md": None,
        "in/there.md#x": None,
        "/docs/there.md": None,
        "https://none.test/a": None,
        "mailto:a@b.test": None,
        "gone.md": "TOC608",
        "loop": "TOC608",
        "../../secret.md": "TOC607",
        "out/secret.md": "TOC607",
        "out/none.md": "TOC607",
        "../../../../../../etc/passwd": "TOC607",
    }
    text = "# R\n\n## Links\n\n" + "".join(f"- [x]({one})\n" for one in links)
    (folder / "docs" / "RUNBOOK.md").write_text(text)
    codes = {line: code for code, line, _ in found(capsys, "docs/RUNBOOK.md") if code in ("TOC607", "TOC608")}
    assert codes == {n: code for n, code in enumerate(links.values(), 5) if code}


def test_a_document_in_no_repository_is_not_told_where_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A downloaded runbook may link to its neighbours; what lies above its folder is neither looked at nor blamed."""
    monkeypatch.chdir(tmp_path)
    Path("R.md").write_text("# R\n\n- [x](../a.md)\n- [y](b.md)\n")
    assert [(code, line) for code, line, _ in found(capsys, "R.md") if code.startswith("TOC6")] == [
        ("TOC602", 1),
        ("TOC608", 4),
    ]


def test_a_fix_is_shown_before_it_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal and without --yes nothing is written; --diff only shows; --yes writes, once."""
    path = folder / "docs" / "RUNBOOK.md"
    for words, status in ((["--fix"], 2), (["--diff"], 1)):
        assert main(["check", *words, str(path)]) == status
        shown = capsys.readouterr()
        assert "-- Look: `curl https://shop.test/health`\n+- Look: `curl -f https" in shown.out
        assert path.read_text() == CURL
    path.chmod(0o640)
    assert main(["check", "--fix", "--yes", str(path)]) == 0
    assert path.read_text() == CURL.replace("curl", "curl -f")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]
    capsys.readouterr()
    assert main(["check", "--fix", str(path)]) == 0
    assert "nothing that can be fixed" in capsys.readouterr().err


def test_a_fix_follows_the_link_to_its_file(folder: Path) -> None:
    """The link stays a link; the file behind it is fixed."""
    (folder / "R.md").symlink_to("docs/RUNBOOK.md")
    assert main(["check", "--fix", "--yes", "R.md"]) == 0
    assert (folder / "R.md").is_symlink()
    assert "curl -f" in (folder / "docs" / "RUNBOOK.md").read_text()


def test_a_write_protected_file_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The protection is somebody's wish, also for root, who could write."""
    path = folder / "docs" / "RUNBOOK.md"
    path.chmod(0o444)
    assert main(["check", "--fix", "--yes", str(path)]) == 5
    assert "write-protected" in capsys.readouterr().err
    assert path.read_text() == CURL


def test_a_file_that_changed_meanwhile_is_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saved it while the question stood on the screen: their words win."""
    path = folder / "docs" / "RUNBOOK.md"

    class Typist:
        """Answers yes after a colleague has saved the file."""

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            path.write_text(CURL + "\nmore\n")
            return "y\n"

    monkeypatch.setattr("sys.stdin", Typist())
    assert main(["check", "--fix", str(path)]) == 5
    assert "has changed" in capsys.readouterr().err
    assert path.read_text() == CURL + "\nmore\n"


def test_whoever_says_no_has_nothing_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter alone is no."""
    path = folder / "docs" / "RUNBOOK.md"
    read, write = os.pipe()
    os.write(write, b"\n")
    os.close(write)

    class Terminal:
        """A terminal on which Enter was pressed."""

        def __init__(self) -> None:
            self.file = os.fdopen(read)

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return self.file.readline()

    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["check", "--fix", str(path)]) == 1
    assert path.read_text() == CURL


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_no_line_of_a_document_becomes_a_line_of_the_report(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A form feed or U+2028 in a document begins no workflow command of GitHub, cuts no JSON and steers no terminal."""
    hostile = "".join(f"{sign}::stop-commands::x" for sign in "\x0b\x0c\x1c\x85\u2028\u2029")
    path = folder / "hostile.md"
    path.write_text(CURL.replace("curl", f"tail -f /var/log/x \x1b]0;x\x07\u202e\u2066 {hostile}\ncurl", 1))
    main(["check", str(path), "--format", form])
    said = capsys.readouterr().out
    assert "::stop-commands" in said
    assert not any(line.lstrip().startswith("::stop-commands") for line in said.split("\n"))
    assert not set(said) & set("\x07\x0c\x1b\x85\u202e\u2066")
    if form in ("json", "sarif"):
        json.loads(said)


def test_every_format_takes_several_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One SARIF run for all; annotations line by line."""
    (folder / "other.md").write_text(CURL)
    assert main(["check", "docs", "other.md", "--format", "sarif"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert uris == {"docs/RUNBOOK.md", "other.md"}
    assert main(["check", "docs", "other.md", "--format", "github"]) == 0
    assert all(line.startswith("::") for line in capsys.readouterr().out.splitlines())
    assert main(["check", "docs", "--format", "sarif", "--fix"]) == 2
