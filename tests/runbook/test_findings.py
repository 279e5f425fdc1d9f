"""The catalogue of findings, its pages, and the ways to print it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.findings import catalogue, exit_status, finding
from tocsin.runbook.playbook import FindingSeverity, Playbook
from tocsin.runbook.report import render_github, render_json, render_sarif, render_text, summary
from tools import finding_pages

SOURCE = ROOT / "src" / "tocsin" / "runbook"
BROKEN = """# R

## Severity levels
- **P0 - Critical**: all
- **P1 - High**: some

## Common incidents

### Down

1. Look: `aws logs get-log-events --log-group-name x`
2. Follow: `kubectl logs -f deploy/x`
"""


@pytest.fixture
def broken() -> Playbook:
    """A document with an error, warnings and remarks."""
    return compile_runbook(BROKEN, path="docs/run,book.md")


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_code_has_its_page(code: str) -> None:
    """docs/findings holds a page with the why, an example and the fix; written by tools/finding_pages.py."""
    page = finding_pages.FOLDER / f"{code}.md"
    assert page.read_text("utf-8") == finding_pages.page(catalogue()[code])


def test_the_list_of_findings_is_complete() -> None:
    """The index lists every code, and there is no page without a code."""
    assert (finding_pages.FOLDER / "README.md").read_text("utf-8") == finding_pages.index()
    assert {path.name for path in finding_pages.FOLDER.glob("*.md")} == set(finding_pages.pages())


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_an_entry_says_why_and_how(code: str) -> None:
    """Nobody is helped by a code alone."""
    entry = catalogue()[code]
    assert re.fullmatch(r"TOC[1-6]\d\d", code)
    assert len(entry.why) > 40
    assert entry.example
    assert entry.fix.endswith(".")


def test_every_code_is_used_and_every_used_code_exists() -> None:
    """A rule cannot use a code that nobody described; a description without a rule is dead."""
    used = set()
    for path in sorted(SOURCE.rglob("*.py")):
        used |= set(re.findall(r'"(TOC\d{3})"', Path(path).read_text("utf-8")))
    assert used == set(catalogue())


def test_errors_alone_make_the_exit_status(broken: Playbook) -> None:
    """0 clean or warnings only, 1 errors."""
    warnings = tuple(one for one in broken.findings if one.severity is not FindingSeverity.ERROR)
    assert (exit_status(broken.findings), exit_status(warnings), exit_status(())) == (1, 0, 0)


def test_text_is_like_a_compilers(broken: Playbook) -> None:
    """path:line:column: CODE severity message, the fix below, and a summary at the end."""
    lines = render_text(broken).splitlines()
    assert "docs/run,book.md:11:11: TOC203 error aws logs get-log-events needs --log-stream-name" in lines
    assert lines[
        lines.index("docs/run,book.md:11:11: TOC203 error aws logs get-log-events needs --log-stream-name") + 1
    ] == ("    fix: add --log-stream-name")
    assert lines[-1] == summary(broken)
    assert lines[-1].startswith("docs/run,book.md: 2 of 2 blocks understood, 2 commands; 1 error, ")


def test_json_has_every_finding(broken: Playbook) -> None:
    """The same findings, for programs."""
    data = json.loads(render_json(broken))
    assert len(data["findings"]) == len(broken.findings)
    assert data["stats"] == {"blocks": 2, "understood": 2, "commands": 2}
    assert {"code", "severity", "line", "column", "message", "fix", "related", "url"} == set(data["findings"][0])


def test_sarif_names_its_rules(broken: Playbook) -> None:
    """SARIF 2.1.0: one rule per code, one result per finding, levels in its own words."""
    run = json.loads(render_sarif(broken))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({one.code for one in broken.findings})
    for result, one in zip(run["results"], broken.findings, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == one.code
        assert result["level"] in ("error", "warning", "note")
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (one.line, one.column)


def test_github_annotations_are_escaped(broken: Playbook) -> None:
    """A comma in a path would end the property; a line break would end the command."""
    lines = render_github(broken).splitlines()
    assert len(lines) == len(broken.findings)
    assert any(line.startswith("::error file=docs/run%2Cbook.md,line=11,col=11,title=TOC203::") for line in lines)


def test_a_clean_document_says_so() -> None:
    """Nothing to report is said in words."""
    assert "nothing to report" in summary(Playbook("sha256:0", "x", compile_runbook("# A\n").source))


def test_a_finding_carries_the_usual_fix_unless_it_has_its_own() -> None:
    """The catalogue's fix is the fallback."""
    assert finding("TOC205", 1, "x").fix == "Add -f (--fail)."
    assert finding("TOC205", 1, "x", fix="use: curl -f").fix == "use: curl -f"
