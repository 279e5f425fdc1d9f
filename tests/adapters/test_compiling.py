"""The memory of compiled runbooks."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.app.shop import RUNBOOK
from tocsin.adapters.compiling import RememberingCompiler
from tocsin.errors import BadDocument
from tocsin.runbook.answers.corrections import read_corrections
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

DAY = date(2026, 3, 1)


def compiled(folder: Path, data: bytes = RUNBOOK, today: date | None = DAY) -> Playbook:
    """By a compiler of its own, as after a restart."""
    return RememberingCompiler(folder)(data, path="RUNBOOK.md", today=today, corrections=None)


def only_file(folder: Path) -> Path:
    """The one file of the memory."""
    [file] = folder.iterdir()
    return file


def test_a_restart_gives_the_same_playbook_without_loading_the_compiler(tmp_path: Path) -> None:
    """Equal in every field; neither the vocabularies nor the parser of Markdown are loaded for it."""
    folder = tmp_path / "compiled"
    fresh = compiled(folder)
    assert fresh == compile_runbook(RUNBOOK, path="RUNBOOK.md", today=DAY)
    (tmp_path / "RUNBOOK.md").write_bytes(RUNBOOK)
    program = (
        "import sys, pathlib, datetime; from tocsin.adapters.compiling import RememberingCompiler as Compiler;"
        "data = pathlib.Path(sys.argv[1]).read_bytes(); day = datetime.date(2026, 3, 1);"
        "found = Compiler(pathlib.Path(sys.argv[2]))(data, path='RUNBOOK.md', today=day, corrections=None);"
        "print(found.id, 'tocsin.runbook.compile' in sys.modules, 'pyromark' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "RUNBOOK.md"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [fresh.id, "False", "False"]
    assert compiled(folder) == fresh


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[:-9],
        lambda data: data.replace(b'"title"', b'"tible"', 1),
        lambda data: data.replace(b"Shop", b"Shed"),
    ],
)
def test_what_is_broken_is_compiled_anew(tmp_path: Path, harm: object) -> None:
    """A file that was cut or changed is no playbook, and is replaced by a sound one."""
    assert callable(harm)
    fresh = compiled(tmp_path)
    sound = only_file(tmp_path).read_bytes()
    only_file(tmp_path).write_bytes(harm(sound))
    assert harm(sound) != sound
    assert compiled(tmp_path) == fresh
    assert only_file(tmp_path).read_bytes() == sound


def test_another_day_another_document_and_another_compiler_are_not_taken_for_this_one(tmp_path: Path) -> None:
    """Whether a review is overdue depends on the day; a key of another version is foreign."""
    dated = b"# Shop\n\n**Next review**: 2026-06-01\n"
    before, after = compiled(tmp_path, dated, date(2026, 3, 1)), compiled(tmp_path, dated, date(2026, 9, 1))
    assert {one.code for one in after.findings} - {one.code for one in before.findings}
    assert len(list(tmp_path.iterdir())) == 1
    file = only_file(tmp_path)
    kept = file.read_bytes()
    file.write_bytes(b"0" * 64 + kept[64:])
    assert compiled(tmp_path, dated, date(2026, 9, 1)) == after
    assert file.read_bytes() == kept
    assert compiled(tmp_path, dated + b"\nMore.\n").id != after.id


def test_corrections_are_a_part_of_what_was_compiled(tmp_path: Path) -> None:
    """The side file changes steps, so that the same document with another one is another playbook."""
    plain = compiled(tmp_path)
    step = next(iter(plain.steps()))
    words = f'[step.{step}]\neffect = "destructive"\n'.encode()
    corrections = read_corrections(words, "RUNBOOK.overrides.toml")
    corrected = RememberingCompiler(tmp_path)(RUNBOOK, path="RUNBOOK.md", today=DAY, corrections=corrections)
    assert corrected.id != plain.id
    assert compiled(tmp_path) == plain


def test_without_a_place_to_write_it_compiles_all_the_same(tmp_path: Path) -> None:
    """A file where the folder should be: the memory is left out; a document that is none still raises."""
    (tmp_path / "compiled").write_text("not a folder")
    assert compiled(tmp_path / "compiled").severities
    with pytest.raises(BadDocument):
        compiled(tmp_path / "compiled", b"\x89PNG")


def test_what_no_start_has_written_for_a_month_is_removed(tmp_path: Path) -> None:
    """Every edit of a runbook leaves one playbook behind; they do not pile up."""
    compiled(tmp_path, b"# An older one\n")
    old = only_file(tmp_path)
    os.utime(old, (1_000_000, 1_000_000))
    compiled(tmp_path)
    assert only_file(tmp_path) != old
