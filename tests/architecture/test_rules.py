"""Each rule of the architecture finds what it forbids, and leaves alone what it allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.architecture import rules
from tests.architecture.source import Module, read

Rule = Callable[[Sequence[Module]], Iterator[str]]


def found(rule: Rule, folder: Path, files: dict[str, str]) -> list[str]:
    """What a rule says about a package made of these files, below ``tocsin/``."""
    for name in ("__init__.py", *files):
        path = folder / "tocsin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files.get(name, '"""It."""\n'))
        package = path.parent / "__init__.py"
        if not package.exists():
            package.write_text('"""It."""\n')
    return [sentence.replace(f"{folder}/tocsin/", "") for sentence in rule(read(folder))]


WRONG_WAY = {
    "pure part to a later one": (
        {"runbook/a.py": "from tocsin.incident import b", "incident/b.py": ""},
        "incident.b",
    ),
    "pure part to the application": ({"oncall/a.py": "import tocsin.app.asking", "app/asking.py": ""}, "app.asking"),
    "application to an adapter": (
        {"app/a.py": "from tocsin.adapters.mail import send", "adapters/mail.py": ""},
        "mail",
    ),
    "adapter to a use case": ({"adapters/a.py": "from tocsin.app import courier", "app/courier.py": ""}, "courier"),
    "adapter to the settings": ({"adapters/a.py": "from tocsin import settings", "settings.py": ""}, "settings"),
    "application to the settings": ({"app/a.py": "from tocsin import settings", "settings.py": ""}, "settings"),
    "settings to a use case": ({"settings.py": "from tocsin.app import desk", "app/desk.py": ""}, "app.desk"),
    "face to an adapter": ({"web/a.py": "from ..adapters import mail", "adapters/mail.py": ""}, "adapters.mail"),
    "face to another face": ({"api/a.py": "import tocsin.web.pages", "web/pages.py": ""}, "web.pages"),
    "face to bootstrap": ({"web/a.py": "from tocsin import bootstrap", "bootstrap.py": ""}, "bootstrap"),
    "bootstrap to a face": ({"bootstrap.py": "from tocsin.web import site", "web/site.py": ""}, "web.site"),
    "bootstrap to the command line": ({"bootstrap.py": "from tocsin.cli import main", "cli/main.py": ""}, "cli.main"),
    "for types only": (
        {"runbook/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import tocsin.app.b", "app/b.py": ""},
        "app.b",
    ),
}


@pytest.mark.parametrize(("files", "target"), WRONG_WAY.values(), ids=WRONG_WAY)
def test_an_import_that_runs_the_wrong_way_is_found(tmp_path: Path, files: dict[str, str], target: str) -> None:
    """An import down the list of parts is named with its target, in whatever form it is written."""
    (sentence,) = found(rules.imports_run_upward, tmp_path, files)
    assert "may not import" in sentence
    assert sentence.endswith(target)


RIGHT_WAY = {
    "incident to runbook": {"incident/a.py": "from tocsin.runbook.b import B", "runbook/b.py": ""},
    "within a part": {"review/a.py": "from . import b", "review/b.py": ""},
    "adapter to the ports": {"adapters/a.py": "from tocsin.app.ports import Pager", "app/ports.py": ""},
    "adapter to what ports speak": {"adapters/a.py": "from tocsin.app.rows import records", "app/rows/records.py": ""},
    "settings to the team": {"settings/a.py": "from tocsin.app.team import Team", "app/team.py": ""},
    "face to the application": {
        "cli/a.py": "from tocsin.app import b\nimport tocsin.errors",
        "app/b.py": "",
        "errors.py": "",
    },
    "command line to bootstrap": {"cli/a.py": "from tocsin.bootstrap import build", "bootstrap.py": ""},
    "bootstrap to what it builds of": {
        "bootstrap.py": "import tocsin.app.b, tocsin.adapters.c",
        "app/b.py": "",
        "adapters/c.py": "",
    },
    "serving to all": {
        "serving.py": "import tocsin.bootstrap, tocsin.adapters.c, tocsin.web.d",
        "bootstrap.py": "",
        "adapters/c.py": "",
        "web/d.py": "",
    },
}


@pytest.mark.parametrize("files", RIGHT_WAY.values(), ids=RIGHT_WAY)
def test_an_import_that_runs_the_right_way_is_left_alone(tmp_path: Path, files: dict[str, str]) -> None:
    """What the architecture allows is not complained about."""
    assert found(rules.imports_run_upward, tmp_path, files) == []


def test_a_part_without_a_place_in_the_order_is_found(tmp_path: Path) -> None:
    """A new folder must be given its place before it is used."""
    sentences = found(rules.imports_run_upward, tmp_path, {"telemetry/a.py": ""})
    assert len(sentences) == 2, "the folder and the module"
    assert all("telemetry has no place in the order" in sentence for sentence in sentences)


def test_a_second_composition_root_is_found(tmp_path: Path) -> None:
    """Only those who compose a process may import both the use cases and the adapters."""
    both = "import tocsin.app.courier\nimport tocsin.adapters.mail\n"
    files = {
        "bootstrap.py": both,
        "serving.py": both,
        "cli/serve.py": both,
        "app/courier.py": "",
        "adapters/mail.py": "",
    }
    composers = " and ".join(rules.COMPOSERS)
    assert found(rules.only_composers_know_everybody, tmp_path, files) == [
        f"cli/serve.py:1: only {composers} may import both app and adapters"
    ]


def test_an_import_cycle_is_found_across_forms_of_import(tmp_path: Path) -> None:
    """A cycle of three is named once, with its way round, also when one import is deferred."""
    files = {
        "oncall/a.py": "from tocsin.oncall import b",
        "oncall/b.py": "from .c import C",
        "oncall/c.py": "def f():\n    import tocsin.oncall.a",
        "oncall/d.py": "from tocsin.oncall import a, b",
    }
    assert found(rules.no_import_cycle, tmp_path, files) == [
        "import cycle: tocsin.oncall.a -> tocsin.oncall.b -> tocsin.oncall.c -> tocsin.oncall.a"
    ]


def test_two_ways_to_one_module_are_no_cycle(tmp_path: Path) -> None:
    """A diamond is not a cycle."""
    files = {"app/a.py": "from tocsin.app import b, c", "app/b.py": "from . import d", "app/c.py": "from . import d"}
    assert found(rules.no_import_cycle, tmp_path, {**files, "app/d.py": ""}) == []


def test_a_circle_of_rooms_is_found_where_no_module_imports_itself(tmp_path: Path) -> None:
    """Two folders that need each other are one room with a wall in it; what lies in another part does not count."""
    files = {
        "app/paging/a.py": "from tocsin.app.chat.b import B",
        "app/chat/b.py": "",
        "app/chat/c.py": "from tocsin.app.desk import D",
        "app/desk.py": "from tocsin.app.paging import d",
        "app/paging/d.py": "import tocsin.incident.e",
        "incident/e.py": "",
    }
    assert found(rules.no_import_cycle, tmp_path, files) == []
    assert found(rules.rooms_depend_one_way, tmp_path, files) == [
        "rooms depend in a circle: tocsin.app.chat -> tocsin.app.desk -> tocsin.app.paging -> tocsin.app.chat"
    ]


def test_a_circle_of_rooms_within_a_room_is_found(tmp_path: Path) -> None:
    """What holds for the rooms of a part holds for those of a room: lists need tables, and tables need no lists."""
    files = {
        "runbook/levels/lists/a.py": "from tocsin.runbook.levels.tables import b",
        "runbook/levels/tables/b.py": "",
        "runbook/levels/tables/c.py": "from tocsin.runbook.levels.lists import d",
        "runbook/levels/lists/d.py": "from tocsin.runbook import e",
        "runbook/e.py": "",
    }
    room = "tocsin.runbook.levels"
    assert found(rules.no_import_cycle, tmp_path, files) == []
    assert found(rules.rooms_depend_one_way, tmp_path, files) == [
        f"rooms depend in a circle: {room}.lists -> {room}.tables -> {room}.lists"
    ]


def test_a_deferred_import_is_found_outside_the_command_line(tmp_path: Path) -> None:
    """Our own packages are imported at the top; the command line defers, and who composes, with a reason beside it."""
    late = "def f():\n    from tocsin.runbook import b\n"
    files = {
        "app/a.py": late,
        "cli/a.py": late,
        "bootstrap.py": "def f():\n    # why\n    import tocsin.runbook.b\n\n    import tocsin.app.a\n",
        "serving.py": "def f():\n    import tocsin.app.a  # why\n",
        "web/a.py": "def f():\n    import json\n",
        "runbook/b.py": "",
    }
    assert found(rules.no_deferred_import, tmp_path, files) == [
        "app/a.py:2: tocsin.runbook.b is imported inside a function",
        "bootstrap.py:5: tocsin.app.a is imported inside a function",
    ]


def test_code_in_an_init_is_found(tmp_path: Path) -> None:
    """An __init__.py holds a docstring; that of the package also the version, and nothing else."""
    files = {
        "__init__.py": '"""It."""\n__version__ = "1"\n',
        "app/__init__.py": '"""It."""\nfrom tocsin.app import a\n',
    }
    assert found(rules.init_holds_a_docstring_only, tmp_path, files) == [
        "app/__init__.py:2: an __init__.py holds a docstring only"
    ]


CLOCKS = {
    "datetime.now": "from datetime import UTC, datetime\nat = datetime.now(UTC)",
    "through the module": "import datetime\nat = datetime.datetime.utcnow()",
    "through an alias": "import datetime as dt\nat = dt.date.today()",
    "time.time": "from time import time\nat = time()",
    "passed on, not called": "from datetime import datetime\nat = field(default_factory=datetime.now)",
}


@pytest.mark.parametrize("text", CLOCKS.values(), ids=CLOCKS)
def test_a_look_at_the_wall_clock_is_found(tmp_path: Path, text: str) -> None:
    """Only clock.py asks what time it is, by whatever name the question goes."""
    (sentence,) = found(rules.only_the_clock_asks_for_the_time, tmp_path, {"app/a.py": text, "clock.py": text})
    assert sentence.startswith("app/a.py:2: ")
    assert "outside clock.py" in sentence


def test_other_clocks_and_other_nows_are_left_alone(tmp_path: Path) -> None:
    """A clock that was passed in, a monotonic clock and reading an instant from a text are allowed."""
    text = "import time\nfrom datetime import datetime\nnow = lambda clock: clock.now()\n"
    text += "t = time.monotonic()\nd = datetime.fromisoformat"
    assert found(rules.only_the_clock_asks_for_the_time, tmp_path, {"app/a.py": text}) == []


IMPURE = {
    "network": "import socket",
    "random": "from random import choice",
    "sleep": "import time\ntime.sleep(1)",
    "web client": "from urllib.request import urlopen",
    "random id": "import uuid\nx = uuid.uuid4()",
    "file": "with open('x') as f: pass",
}


@pytest.mark.parametrize("text", IMPURE.values(), ids=IMPURE)
def test_an_effect_in_a_pure_package_is_found(tmp_path: Path, text: str) -> None:
    """The pure packages reach for nothing outside; the application and adapters may."""
    sentences = found(rules.the_core_is_pure, tmp_path, {"incident/a.py": text, "adapters/a.py": text})
    assert sentences
    assert all(sentence.startswith("incident/a.py:") for sentence in sentences)


def test_what_only_computes_is_allowed_in_a_pure_package(tmp_path: Path) -> None:
    """Parsing, hashing and derived ids are no effects."""
    text = "import hashlib, json, re, uuid\nfrom urllib.parse import quote\nx = uuid.uuid5"
    assert found(rules.the_core_is_pure, tmp_path, {"runbook/a.py": text}) == []


def test_a_word_of_a_language_is_found_in_the_compiler(tmp_path: Path) -> None:
    """A letter of another language, or two of its words; not in comments, docstrings, other parts, nor signs."""
    files = {
        "runbook/a.py": '"""Für alle."""\n# für\nx = r"(?:→|一|№|[\\u0410-\\u042f]|oder)"\n',
        "runbook/b.py": 'x = f"für{1}"\n',
        "runbook/c.py": 'x = r"\\b(?:and|oder|sinon)\\b"\n',
        "web/d.py": 'x = "für"\n',
    }
    sentences = found(
        lambda modules: rules.the_compiler_speaks_no_language(modules, {"oder", "sinon"}), tmp_path, files
    )
    assert sentences == [
        "runbook/b.py:1: ü: a word of a language belongs into runbook/vocabulary",
        "runbook/c.py:1: oder, sinon: a word of a language belongs into runbook/vocabulary",
    ]


def test_a_list_of_english_words_is_found_in_the_compiler(tmp_path: Path) -> None:
    """Three words of the vocabulary in a pattern; names of programs, and patterns of their own rooms, are none."""
    files = {
        "runbook/a.py": 'x = r"^(?:is|are|was|were)\\b"\ny = "is|are"\nz = "docker|kubectl|oc"\n',
        "runbook/command/b.py": 'x = "is|are|was"\n',
    }
    sentences = found(lambda modules: rules.the_compiler_lists_no_words(modules, {"is", "are", "was"}), tmp_path, files)
    assert sentences == ["runbook/a.py:1: is|are|was|were: a list of words belongs into runbook/vocabulary"]


def test_a_list_that_a_language_lacks_is_found() -> None:
    """Each list of one language stands in the others or in their none; none names no list that has words, or is not."""
    languages: dict[str, dict[str, Any]] = {
        "aa": {"words": {"if": ["if"]}, "grammar": {"and": ["and"], "to": ["to"]}},
        "bb": {"words": {"if": ["se"]}, "grammar": {"and": ["e"]}, "none": ["grammar.and", "grammar.too"]},
    }
    assert list(rules.each_language_has_every_list(languages)) == [
        "bb.toml: grammar.to: no words; give it some, or name it in none",
        "bb.toml: grammar.and: has words, and is named in none",
        "bb.toml: grammar.too: is named in none, and no language has it",
    ]
    assert list(rules.each_language_has_every_list({"aa": languages["aa"]})) == []


def test_a_name_that_says_nothing_is_found_for_folders_and_modules() -> None:
    """A folder called services and a module called utils are named; a document may have any name."""
    files = [
        "src/tocsin/services/paging.py",
        "src/tocsin/app/utils.py",
        "docs/services.md",
        "src/tocsin/app/courier.py",
    ]
    assert list(rules.names_are_nouns_of_the_field(map(Path, files))) == [
        "src/tocsin/services/paging.py: services is no noun of the field",
        "src/tocsin/app/utils.py: utils is no noun of the field",
    ]


def test_a_missing_docstring_is_found_at_every_level(tmp_path: Path) -> None:
    """Module, class, method and function need one; what is private, overloaded, a setter or an override does not."""
    text = """
class Pager:
    def page(self): ...
    def _dial(self): ...
    @property
    def number(self):
        "The number."
    @number.setter
    def number(self, value): ...
    @override
    def close(self): ...
    @property
    def declared(self): ...
    @property
    def computed(self):
        return 1
async def ring():
    def nested(): ...
def _quiet(): ...
@overload
def said(): ...
"""
    assert found(rules.everything_public_has_a_docstring, tmp_path, {"app/a.py": text}) == [
        "app/a.py:1: the module has no docstring",
        "app/a.py:2: Pager has no docstring",
        "app/a.py:3: page has no docstring",
        "app/a.py:15: computed has no docstring",
        "app/a.py:17: ring has no docstring",
    ]


def test_a_module_of_more_than_600_lines_is_found_and_one_over_300_is_noted(tmp_path: Path) -> None:
    """600 lines pass and 601 do not; the note lists what is over 300, the largest first."""
    files = {"app/a.py": "x = 1\n" * 601, "app/b.py": "x = 1\n" * 600, "app/c.py": "x = 1\n" * 300}
    (sentence,) = found(rules.rooms_are_small, tmp_path, files)
    assert sentence.startswith("app/a.py:1: 601 lines")
    assert rules.large_rooms(read(tmp_path)) == ["a.py (tocsin.app.a): 601 lines", "b.py (tocsin.app.b): 600 lines"]


ELSEWHERE = {
    "registry": "https://" + ".".join(("files", "pythonhosted", "org")) + "/packages/x.whl",
    "other registry": '"resolved": "https://registry.' + ".".join(("npmjs", "org")) + '/x"',
    "home": "see /home/" + "jdoe/src/tocsin",
    "home of a Mac": "see /Users/" + "jdoe/src/tocsin",
    "home of Windows": "see C:\\Users\\" + "jdoe",
    "this checkout": "cd /srv/checkouts/tocsin && make",
}


@pytest.mark.parametrize("line", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_text_that_names_a_registry_or_a_machine_is_found(line: str) -> None:
    """The line is named, and so is what was found in it."""
    (sentence,) = rules.texts_are_anybodys([("notes.md", f"fine\n{line}\n")], ["/srv/checkouts/tocsin"])
    assert sentence.startswith("notes.md:2: names a ")


@pytest.mark.parametrize("line", ["/home/deploy/app/current", "~/src", "/etc/tocsin", "https://example.org/home/jdoe"])
def test_a_path_of_nobody_is_left_alone(line: str) -> None:
    """Accounts of software in example runbooks, system paths and addresses are no developer's machine."""
    assert list(rules.texts_are_anybodys([("runbook.md", line)])) == []


def test_a_test_without_a_rule_is_found(tmp_path: Path) -> None:
    """Test functions and methods need a docstring; other functions of a test module do not."""
    text = "def test_a():\n    pass\nclass TestB:\n    async def test_b(self): ...\n"
    text += 'def c(): ...\ndef test_d():\n    "A rule."\n'
    assert found(rules.every_test_states_its_rule, tmp_path, {"test_x.py": text}) == [
        "test_x.py:1: test_a has no docstring",
        "test_x.py:4: test_b has no docstring",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from unittest import mock\n@mock.patch('x')\ndef f(): ...",
        "from unittest.mock import patch\n\nwith patch.object(f, 'x'): ...",
    ],
)
def test_a_patch_is_found(tmp_path: Path, text: str) -> None:
    """Whoever patches is told to look for the missing port."""
    sentences = found(rules.no_test_patches, tmp_path, {"test_x.py": text})
    assert sentences
    assert all("which port is missing" in sentence for sentence in sentences)
