"""Every row of the capabilities that concerns reading, held against the line of the document that it quotes."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.runbook.golden.record import recorded_trace
from tests.runbook.trace import trace
from tocsin.runbook.playbook import Playbook

GOLDEN = Path(__file__).parent / "golden"
SEEDS = ("whats-for-dinner", "cuisine-code", "cookcam", "dashboarduz", "mgmt-vibe")


def expectations(name: str) -> dict[str, list[tuple[int, int, str]]]:
    """Row: (document, line, what was read there), as the file lists them."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for line in (GOLDEN / name).read_text("utf-8").splitlines():
        row, at, text = line.split(" ", 2)
        document, number = at.removeprefix("S").split(":")
        found[row].append((int(document), int(number), text))
    return dict(found)


ROWS = expectations("rows.txt")
KNOWN = expectations("known-findings.txt")


def fits(text: str, expected: str) -> bool:
    """Whether an entry begins with the first piece of what is expected and has the others, in their order.

    >>> fits("step manual Review logs · Load balancer logs", "step manual … Load balancer")
    True
    """
    first, *others = expected.split(" … ")
    at = len(first)
    for piece in others:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return text.startswith(first)


def unread(traces: list[list[tuple[int, str]]], expected: list[tuple[int, int, str]]) -> list[str]:
    """What is expected and was not read."""
    return [
        f"S{document}:{line} {text}"
        for document, line, text in expected
        if not any(at == line and fits(" ".join(said.split()), text) for at, said in traces[document])
    ]


@pytest.fixture(scope="module")
def traces(seeds: list[Playbook]) -> list[list[tuple[int, str]]]:
    """What every line of the five became."""
    return [trace(seed) for seed in seeds]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_capabilities_is_read(traces: list[list[tuple[int, str]]], row: str) -> None:
    """A1 to P7: each quoted phrase became the value that it stands for, at its line."""
    assert unread(traces, ROWS[row]) == []


@pytest.mark.parametrize("evidence", KNOWN)
def test_a_known_defect_of_the_five_is_found(traces: list[list[tuple[int, str]]], evidence: str) -> None:
    """Section 2.5 of the compiler's specification, section 0 of the ecosystem's: each has its finding at its line."""
    assert unread(traces, KNOWN[evidence]) == []


def test_no_row_is_left_out(shared_dir: Path) -> None:
    """The rows A1 to P7 of the capabilities are the rows of the list: none is forgotten, none made up."""
    said = (shared_dir / "docs" / "capabilities.md").read_text("utf-8")
    assert set(ROWS) == set(re.findall(r"^\| ([A-P]\d+) \|", said, re.MULTILINE))


def test_no_hazard_is_left_out(shared_dir: Path) -> None:
    """Z1 to Z26: each is cited by the docstring of a test of this folder."""
    said = (shared_dir / "docs" / "capabilities.md").read_text("utf-8")
    hazards = set(re.findall(r"^\| (Z\d+) \|", said, re.MULTILINE))
    assert hazards - cited("Z") == set()


def test_no_document_defect_is_left_out(shared_dir: Path) -> None:
    """D1 to D30 of the reliability plan: each is cited by the docstring of a test of this folder."""
    said = (shared_dir / "docs" / "reliability.md").read_text("utf-8")
    assert set(re.findall(r"^- (D\d+) ", said, re.MULTILINE)) - cited("D") == set()


def cited(letter: str) -> set[str]:
    """The numbers that docstrings of tests name, "Z15 to Z17" being three; a chapter's own docstring does not count."""
    found: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and path != Path(__file__):
                said = ast.get_docstring(node) or ""
                found |= set(re.findall(rf"\b{letter}\d+\b", said))
                for first, last in re.findall(rf"\b{letter}(\d+) to {letter}(\d+)\b", said):
                    found |= {f"{letter}{n}" for n in range(int(first), int(last) + 1)}
    return found


@pytest.mark.parametrize("number", range(5))
def test_the_five_real_runbooks_read_as_recorded(seeds: list[Playbook], number: int) -> None:
    """Golden files: what every line became, reviewed against the capabilities. Rewrite them with golden/record.py."""
    assert recorded_trace(seeds[number]) == (GOLDEN / f"{SEEDS[number]}.txt").read_text("utf-8")


def test_an_expectation_is_not_met_by_another_line_or_word(traces: list[list[tuple[int, str]]]) -> None:
    """The check of the rows itself: a wrong line, sort or value is told."""
    wrong = [(0, 19, "target P0 response 900s"), (0, 18, "target P0 response 901s"), (0, 18, "step manual … P0")]
    assert len(unread(traces, wrong)) == 3
    assert unread(traces, [(0, 18, "target P0 response 900s")]) == []
