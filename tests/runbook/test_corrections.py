"""Corrections beside a runbook: what they change, and how they stop to apply."""

from __future__ import annotations

import pytest

from tocsin.errors import BadDocument
from tocsin.runbook.answers.corrections import read_corrections, side_file
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect, Step, StepKind, Termination
from tocsin.runbook.json import playbook_from_json, playbook_json
from tocsin.runbook.playbook import Playbook

RUNBOOK = (
    "# R\n\n## Common incidents\n\n### Down\n\n"
    "```bash\n# Look\n./bin/probe\nkubectl logs -f x\n```\n\n- Call somebody\n"
)


def steps(playbook: Playbook) -> list[Step]:
    """Every step in order."""
    return list(playbook.steps().values())


def ids() -> list[str]:
    """The ids of the example's steps."""
    return [one.id for one in steps(compile_runbook(RUNBOOK))]


def compiled(side: str, runbook: str = RUNBOOK) -> Playbook:
    """The example, read with these corrections."""
    return compile_runbook(runbook, corrections=read_corrections(side.encode(), "R.overrides.toml"))


def test_the_side_file_lies_beside_its_runbook() -> None:
    """One for each document, found by its name."""
    assert side_file("docs-RUNBOOK.md") == "docs-RUNBOOK.overrides.toml"


def test_a_correction_changes_what_is_read_and_nothing_else() -> None:
    """Effect, ending, kind and title; the command itself is the document's and cannot be put in here."""
    first, second, third = ids()
    side = (
        f'[step.{first}]\neffect = "read_only"\ntitle = "Probe"\n[step.{second}]\ntermination = "bounded"\n'
        f'[step.{third}]\nkind = "message"\n'
    )
    before, after = steps(compile_runbook(RUNBOOK)), steps(compiled(side))
    assert [one.id for one in after] == [one.id for one in before]
    assert before[0].command is not None
    assert after[0].command is not None
    assert before[0].command.effect is not Effect.READ_ONLY
    assert (after[0].command.effect, after[0].title) == (Effect.READ_ONLY, "Probe")
    assert after[0].command.text == before[0].command.text
    assert after[1].command is not None
    assert after[1].command.termination is Termination.BOUNDED
    assert after[2].kind is StepKind.MESSAGE
    assert [one.corrected for one in after] == [("effect", "title"), ("termination",), ("kind",)]


def test_findings_follow_the_corrected_reading() -> None:
    """Who says that a command ends is no longer told that it does not."""
    second = ids()[1]
    side = f'[step.{second}]\ntermination = "bounded"\n'
    assert "TOC201" in {one.code for one in compile_runbook(RUNBOOK).findings}
    assert "TOC201" not in {one.code for one in compiled(side).findings}


def test_what_is_no_command_is_never_run() -> None:
    """An example of output that was taken for a command becomes something to do by hand."""
    first = ids()[0]
    step = steps(compiled(f"[step.{first}]\ncommand = false\n"))[0]
    assert (step.command, step.kind, step.corrected) == (None, StepKind.MANUAL, ("command",))


def test_a_changed_command_drops_its_correction() -> None:
    """The id is made of the command: what somebody approved for one command never holds for another (TOC609)."""
    first = ids()[0]
    side = f'\n[step.{first}]\neffect = "read_only"\n'
    book = compiled(side, RUNBOOK.replace("./bin/probe", "./bin/probe --purge"))
    assert all(not one.corrected for one in steps(book))
    (one,) = (found for found in book.findings if found.code == "TOC609")
    assert (one.line, first in one.message) == (1, True)
    assert "TOC609" not in {found.code for found in compiled(side).findings}


def test_corrections_are_part_of_the_identity() -> None:
    """A pinned playbook is found by its id: the same words read differently are another playbook."""
    first = ids()[0]
    side = f'[step.{first}]\neffect = "read_only"\n'
    assert len({compile_runbook(RUNBOOK).id, compiled(side).id, compiled(side + "# x\n").id}) == 3
    assert playbook_from_json(playbook_json(compiled(side))) == compiled(side)


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("no toml", "is no TOML"),
        ("[other]\n", "tables .step.ID. only"),
        ("step = 1\n", "tables .step.ID. only"),
        ("[step]\nabc = 1\n", "has to be a table"),
        ('[step.abc]\ntext = "rm -rf /"\n', "has no 'text'"),
        ('\n\n[step.abc]\neffect = "harmless"\n', r"toml:3: .*one of read_only, mutating"),
        ("[step.abc]\neffect = 1\n", "one of read_only"),
        ('[step.abc]\ncommand = "no"\n', "true or false"),
        ('[step.abc]\ntitle = " "\n', "has to be a text"),
    ],
)
def test_a_side_file_that_cannot_be_meant_is_refused(side: str, said: str) -> None:
    """A slip in it would silently change what may be run: the line and what is possible are told."""
    with pytest.raises(BadDocument, match=said):
        read_corrections(side.encode(), "R.overrides.toml")


def test_a_huge_side_file_is_refused() -> None:
    """By its size, before it is read."""
    with pytest.raises(BadDocument, match="bytes"):
        read_corrections(b"#" * 300_000, "x")
