"""The documentation cannot lie: what exists is described, what is described exists, and no link leads nowhere."""

from __future__ import annotations

import argparse
import ast
import doctest
import importlib
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

import tools.finding_pages
import tools.reference as made
from tests.stage.presence import require
from tocsin import __version__
from tocsin.alerts.sources.generic import read_generic
from tocsin.app.access import Permission, Role
from tocsin.cli.reference import verb
from tocsin.cli.verbs import MODULES
from tocsin.incident.codec import TYPES
from tocsin.incident.effects import NEWS
from tocsin.runbook.findings import catalogue
from tocsin.settings.declared import SETTINGS
from tools.markdown import spliced

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
RULES = ROOT / "deploy" / "prometheus-rules.yml"
SOURCE = ROOT / "src"
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for path in SOURCE.rglob("*.py")
    if re.search(r"^ *>>> ", path.read_text(encoding="utf-8"), re.M)
)

_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*\s*$", re.M | re.S)
_CODE = re.compile(r"`+[^`\n]+`+")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$", re.M)


def own_markdown() -> list[Path]:
    """Every Markdown file of the repository that is documentation; runbooks are material, their links the team's."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    names = listed or [str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"))]
    kept = [name for name in names if not re.search(r"(^|/)(runbooks?|golden)(/|\.md)|RUNBOOK|tests/web/shop", name)]
    return [ROOT / name for name in kept if (ROOT / name).exists()]


def links(text: str) -> Iterator[str]:
    """The targets of a page's links, without those in code."""
    for found in _LINK.finditer(_CODE.sub("", _FENCE.sub("", text))):
        yield found[1]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for one in _HEADING.finditer(_FENCE.sub("", path.read_text("utf-8"))):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one[1]).replace("`", "").casefold()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def dead(page: Path, target: str) -> str | None:
    """Why a link leads nowhere; None when it leads somewhere, or out of the repository."""
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return None
    name, _, anchor = unquote(target).partition("#")
    place = (page.parent / name).resolve() if name else page
    if not place.exists():
        return f"{page.relative_to(ROOT)} links to {target}, which does not exist"
    if anchor and place.suffix == ".md" and anchor not in anchors(place):
        return f"{page.relative_to(ROOT)} links to {target}: there is no such heading"
    return None


def console_lines(text: str) -> Iterator[str]:
    """The commands of a page's console blocks, continued lines joined."""
    for block in re.finditer(r"^```console\n(.*?)^```", text, re.M | re.S):
        yield from block[1].replace("\\\n", " ").splitlines()


def tocsin_calls(line: str) -> Iterator[list[str]]:
    """The words after each `tocsin` of a command line, up to where the shell ends the command."""
    bare = re.sub(r"<<.*|\s#.*$", "", line)
    for call in re.finditer(r"(?:^|[\s(;|&\"])(?:\S*/)?tocsin\s+((?:\"[^\"]*\"|'[^']*'|[^|&;()<>\"'])*)", bare):
        if words := shlex.split(call[1]):
            yield words


def options(name: str) -> set[str]:
    """The options of a verb."""
    parser = argparse.ArgumentParser()
    verb(name).declare(parser)
    return {option for action in parser._actions for option in action.option_strings}


def wrong_call(words: list[str]) -> str | None:
    """What of a call does not exist; None when verb and options do."""
    if words[0] in ("--help", "--version"):
        return None
    if words[0] not in MODULES:
        return f"there is no verb {words[0]}"
    known = options(words[0])
    for word in words[1:]:
        if word.startswith("-") and word not in ("-", "--") and word.split("=")[0] not in known:
            return f"tocsin {words[0]} has no option {word}"
    return None


def dicts(source: str) -> set[tuple[str, ...]]:
    """The keys of every dictionary that a module writes out."""
    code = ast.parse((ROOT / "src" / "tocsin" / source).read_text("utf-8"))
    written = (one for one in ast.walk(code) if isinstance(one, ast.Dict))
    return {tuple(key.value for key in one.keys if isinstance(key, ast.Constant)) for one in written}


# --- what exists is described ---------------------------------------------------------------------------------


def test_no_generated_page_is_stale() -> None:
    """Every page and every part of a page that comes from the code is what the code says now."""
    assert made.stale() == [], "run `make docs`"
    kept = {path.name: path.read_text("utf-8") for path in (DOCS / "findings").glob("*.md")}
    assert kept == tools.finding_pages.pages(), "run `make docs`"


@pytest.mark.parametrize("code", catalogue())
def test_every_finding_has_a_page(code: str) -> None:
    """The page of a code says why, shows an example, and how to mend it."""
    text = (DOCS / "findings" / f"{code}.md").read_text("utf-8")
    assert all(f"## {part}\n\n" in text for part in ("Why", "Example", "Fix"))
    assert f"({code}.md)" in (DOCS / "findings" / "README.md").read_text("utf-8")


def test_every_setting_is_described() -> None:
    """Each setting stands in the reference with a sentence of its own."""
    text = (DOCS / "configuration.md").read_text("utf-8")
    assert [one.path for one in SETTINGS if f"`{one.parts[-1]}`" not in text or one.says not in text] == []


def test_every_verb_is_described() -> None:
    """Each verb of the command line, and each of its options, stands in its reference."""
    text = (DOCS / "command-line.md").read_text("utf-8")
    for name in MODULES:
        found = re.search(rf"^### `tocsin {name}[ `].*?(?=^##|\Z)", text, re.M | re.S)
        assert found, name
        assert {one for one in options(name) - {"-h", "--help"} if f"`{one}" not in found[0]} == set(), name


def test_every_fact_is_described() -> None:
    """Each fact has its sentence and its fields."""
    text = (DOCS / "facts.md").read_text("utf-8")
    for name, kind in TYPES.items():
        _, found, rest = text.partition(f"## {name}\n")
        assert found, name
        section = rest.partition("\n## ")[0]
        assert re.search(r"^> .{8,}$", section, re.M), f"{name} has no sentence"
        assert all(f"`{one}`" in section for one in kind.__dataclass_fields__ if one != "cite"), name


def test_every_route_is_described() -> None:
    """Each route of the API stands on its page with the permission that it needs."""
    text = (DOCS / "api.md").read_text("utf-8")
    for path, methods in made.openapi()["paths"].items():
        for method, one in methods.items():
            row = f"| `{method.upper()} {path.removeprefix(made.PREFIX)}` | `{one['x-needs']}` |"
            assert row in text, row


def test_every_address_that_needs_no_account_is_described() -> None:
    """What the outermost application answers by itself stands on the page, whoever adds one."""
    source = ast.parse((ROOT / "src" / "tocsin" / "web" / "front.py").read_text("utf-8"))
    texts = {one.value for one in ast.walk(source) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    answered = {text for text in texts if re.fullmatch(r"/[a-z0-9/]+", text)}
    assert len(answered) >= 6
    page = (DOCS / "api.md").read_text("utf-8")
    assert {one for one in answered if one not in page} == set()


def test_every_role_and_permission_is_described() -> None:
    """The table says what each allows, and to whom."""
    text = (DOCS / "security.md").read_text("utf-8")
    assert set(made.MEANING) == set(Permission)
    assert all(f"| `{one.value}` |" in text for one in Permission)
    assert all(f" {one.value} |" in text for one in Role)


def test_a_permission_that_nothing_asks_for_is_said_to_be_one() -> None:
    """The page does not promise that a scope opens anything when no route needs it, and the other way round."""
    asked = {one["x-needs"] for methods in made.openapi()["paths"].values() for one in methods.values()}
    asked |= {needs.value for needs in made.EVERYTHING.values()}
    asked.add(Permission.CHANGE_STEP.value)  # asked for beside step:run, where the step does more than look
    idle = {one for one, says in made.MEANING.items() if says.startswith("nothing yet")}
    assert {one for one in Permission if one.value not in asked} == idle


def test_every_metric_is_described_and_every_rule_knows_its_metric() -> None:
    """The names of the code, of the page, and of the rules for Prometheus are the same."""
    source = (ROOT / "src" / "tocsin" / "web" / "metrics.py").read_text("utf-8")
    names = set(re.findall(r'"(tocsin_[a-z_]+)"', source))
    assert len(names) >= 9
    page = (DOCS / "operations.md").read_text("utf-8")
    assert {one for one in names if f"| `{one}` |" not in page} == set()
    ruled = {
        re.sub(r"_(bucket|sum|count)$", "", one) for one in re.findall(r"\btocsin_[a-z_]+", RULES.read_text("utf-8"))
    }
    assert ruled
    assert ruled <= names


@pytest.mark.component("prometheus")
def test_prometheus_reads_the_rules(tmp_path: Path) -> None:
    """promtool, which comes with Prometheus, finds nothing wrong with deploy/prometheus-rules.yml."""
    promtool = Path(require("prometheus")).with_name("promtool")
    checked = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_webhooks_are_as_described() -> None:
    """The facts that are told, and the fields of the bodies, are those of the code."""
    text = (DOCS / "webhooks.md").read_text("utf-8")
    assert set(re.findall(r"`([A-Z][A-Za-z]+)`", text)) == {one.__name__ for one in NEWS}
    generic, news, page = (json.loads(one) for one in re.findall(r"^```json\n(.*?)^```", text, re.M | re.S))
    now = datetime(2026, 11, 21, 3, 12, 31, tzinfo=UTC)
    (heard,) = read_generic(json.dumps(generic).encode(), now).alerts
    assert (heard.title, heard.fingerprint, heard.severity_hint) == ("Disk full on db-1", "disk-db-1", "P1")
    assert {tuple(news), tuple(news["data"])} <= dicts("app/wording.py")
    assert tuple(page) in dicts("adapters/webhooks.py")


# --- what is described exists ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", own_markdown(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_is_dead(page: Path) -> None:
    """Every relative link of every page leads to a file, and to a heading of it where it names one."""
    found = [dead(page, target) for target in links(page.read_text("utf-8"))]
    assert [one for one in found if one] == []


@pytest.mark.parametrize("page", own_markdown(), ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_of_console_blocks_exist(page: Path) -> None:
    """Every verb and option of `tocsin` in a console block is one, and every target of `make`."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for line in console_lines(page.read_text("utf-8")):
        for words in tocsin_calls(line):
            assert wrong_call(words) is None, f"{line}: {wrong_call(words)}"
        if made_target := re.match(r"make ([a-z]+)", line):
            assert made_target[1] in targets, line


def test_the_readme_shows_commands() -> None:
    """The check above would be empty otherwise."""
    calls = [words for line in console_lines((ROOT / "README.md").read_text("utf-8")) for words in tocsin_calls(line)]
    assert {"check", "show", "rehearse"} <= {words[0] for words in calls}


def test_the_readme_and_the_index_lead_to_every_page() -> None:
    """Nobody has to know the name of a page to find it."""
    index = DOCS / "README.md"
    reached = {(index.parent / target.partition("#")[0]).resolve() for target in links(index.read_text("utf-8"))}
    pages = {path for path in DOCS.glob("*.md") if path != index} | {
        DOCS / "findings/README.md",
        DOCS / "adr/README.md",
    }
    assert pages - reached == set(), "link it from docs/README.md"
    assert "docs/README.md" in set(links((ROOT / "README.md").read_text("utf-8")))


def test_every_picture_is_shown_described_and_small() -> None:
    """A picture nobody shows is dead weight, one without words shows nothing to some, a large one costs every clone."""
    shown: set[Path] = set()
    for page in own_markdown():
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text("utf-8")):
            assert len(words) > 20, f"{page.name}: {target} has no description"
            shown.add((page.parent / target).resolve())
    pictures = set((DOCS / "images").iterdir())
    assert pictures == shown
    assert {one.name: one.stat().st_size for one in pictures if one.stat().st_size > 300_000} == {}


def test_the_changelog_has_the_version_of_the_package() -> None:
    """What is released is described."""
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_extras_that_pages_name_exist() -> None:
    """`pip install 'tocsin[NAME]'` installs something."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = {name for page in own_markdown() for name in re.findall(r"tocsin\[([a-z]+)\]", page.read_text("utf-8"))}
    assert named <= set(extras)


# --- the checks themselves --------------------------------------------------------------------------------------


def test_the_checks_find_what_they_look_for(tmp_path: Path) -> None:
    """A dead link, a missing heading, an unknown verb or option, a missing place: each is found."""
    page = DOCS / "README.md"
    assert dead(page, "nowhere.md")
    assert dead(page, "operations.md#no-such-heading")
    assert dead(page, "operations.md#metrics") is None
    assert dead(page, "https://example.com/x") is None
    assert list(links("[a](b.md) `[c](d.md)`\n```\n[e](f.md)\n```\n![g](h.png)")) == ["b.md", "h.png"]
    calls = list(
        tocsin_calls('.venv/bin/tocsin check --strict X.md && tocsin login "$(tocsin user lnk ana)" # tocsin x')
    )
    assert [words[0] for words in calls][:2] == ["check", "login"]
    assert wrong_call(["chekc"]) == "there is no verb chekc"
    assert wrong_call(["check", "--strickt", "X.md"]) == "tocsin check has no option --strickt"
    assert wrong_call(["check", "--strict", "X.md"]) is None
    with pytest.raises(ValueError, match="no place"):
        spliced("text", "metrics", "table")


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    """An example that lies is worse than none."""
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
