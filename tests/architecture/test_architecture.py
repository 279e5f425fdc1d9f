"""The architecture holds in this checkout."""

from __future__ import annotations

import gc
import re
import subprocess
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.source import Module, read

ROOT = Path(__file__).resolve().parents[2]

SOURCE_RULES = (
    rules.imports_run_upward,
    rules.only_composers_know_everybody,
    rules.no_import_cycle,
    rules.rooms_depend_one_way,
    rules.no_deferred_import,
    rules.init_holds_a_docstring_only,
    rules.only_the_clock_asks_for_the_time,
    rules.the_core_is_pure,
    rules.everything_public_has_a_docstring,
    rules.rooms_are_small,
)
MADE = frozenset(
    {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".demo"}
)
TEST_RULES = (rules.every_test_states_its_rule, rules.no_test_patches)


@pytest.fixture(autouse=True, scope="module")
def _kept() -> Iterator[None]:
    """Syntax trees of the whole checkout stay until the end: looking for what could go would be most of the work."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


class ManyLines(UserWarning):
    """Modules that have grown large: a note for the reader of the summary."""


@cache
def sources() -> Sequence[Module]:
    """The package's modules, with paths relative to the checkout."""
    return [Module(m.name, m.path.relative_to(ROOT), m.text) for m in read(ROOT / "src")]


@cache
def suite() -> Sequence[Module]:
    """The tests' modules, with paths relative to the checkout."""
    return [Module(m.name, m.path.relative_to(ROOT), m.text) for m in read(ROOT / "tests", "tests")]


@cache
def tracked() -> Sequence[Path]:
    """The files of the checkout that are, or would be, in the repository, relative to it.

    In an unpacked archive git does not know them; then all that no build or environment has made.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found = (path for path in sorted(ROOT.rglob("*")) if path.is_symlink() or path.is_file())
        return [path.relative_to(ROOT) for path in found if not MADE.intersection(path.parts)]
    names = [Path(name) for name in sorted(filter(None, listed.split("\0")))]
    return [name for name in names if (ROOT / name).is_symlink() or (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """The repository's text files; what is not UTF-8 is a picture or a font."""
    for path in tracked():
        if (ROOT / path).is_symlink():
            continue
        try:
            yield str(path), (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def nothing(found: Iterable[str]) -> None:
    """Fail with all the places at once."""
    places = list(found)
    assert not places, "\n" + "\n".join(places)


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps(rule: Callable[[Sequence[Module]], Iterator[str]]) -> None:
    """The package breaks no rule of the architecture."""
    assert any(module.name == "tocsin.runbook.playbook" for module in sources()), "the package was not found"
    nothing(rule(sources()))


@pytest.mark.parametrize("rule", TEST_RULES, ids=lambda rule: rule.__name__)
def test_the_tests_keep(rule: Callable[[Sequence[Module]], Iterator[str]]) -> None:
    """The tests break no rule for tests."""
    assert any(module.name == __name__ for module in suite()), "this test was not found"
    nothing(rule(suite()))


def test_the_compiler_speaks_no_language() -> None:
    """The words of languages stand in the vocabulary files alone, the small ones of grammar as well."""
    files = sorted((ROOT / "src" / "tocsin" / "runbook" / "vocabulary").glob("*.toml"))
    small = {file.stem: set(_words(tomllib.loads(file.read_text("utf-8"))["grammar"].values())) for file in files}
    english = set(re.findall(r"\w+", (ROOT / "src/tocsin/runbook/vocabulary/en.toml").read_text("utf-8").casefold()))
    foreign = {word for words in small.values() for word in words if len(word) > 3} - english
    assert {"oder", "quien", "sinon"} <= foreign, "the words of grammar were not found"
    nothing(rules.the_compiler_speaks_no_language(sources(), foreign))
    nothing(rules.the_compiler_lists_no_words(sources(), english))


def test_each_language_has_every_list() -> None:
    """A vocabulary file has words for each list that another has, or says in ``none`` that it has none."""
    files = (ROOT / "src" / "tocsin" / "runbook" / "vocabulary").glob("*.toml")
    languages = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in files}
    assert {"en", "es", "zh"} <= languages.keys(), "the vocabulary was not found"
    nothing(rules.each_language_has_every_list(languages))


def _words(lists: Iterable[list[str]]) -> Iterator[str]:
    for phrases in lists:
        for phrase in phrases:
            yield from re.findall(r"[^\W_]+", phrase.casefold())


def test_names_are_nouns_of_the_field() -> None:
    """No folder or module of the repository has a name that says nothing."""
    nothing(rules.names_are_nouns_of_the_field(tracked()))


def test_nothing_is_a_link() -> None:
    """The repository holds no symbolic link: what it leads to may be on one machine only, such as an environment."""
    nothing(f"{path} is a symbolic link" for path in tracked() if (ROOT / path).is_symlink())


def test_texts_are_anybodys() -> None:
    """No text of the repository holds a path of somebody's machine or the host of a package registry."""
    # A checkout directly below the root has a path too short to search for.
    machine = [str(ROOT)] if len(ROOT.parts) > 2 else []
    nothing(rules.texts_are_anybodys(texts(), machine))


def test_large_modules_are_listed() -> None:
    """Modules over 300 lines are no failure, and not hidden either: the summary lists them as a warning."""
    if large := rules.large_rooms(sources()):
        warnings.warn("modules over 300 lines:\n  " + "\n  ".join(large), ManyLines, stacklevel=1)
