"""The rules of the architecture. Each takes sources and gives one sentence for each place that breaks it."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.architecture.source import PACKAGE, Module, own_imports, references

# --- who may import whom ------------------------------------------------------------------------------------

PURE = ("runbook", "alerts", "oncall", "incident", "statuspage", "review")
FOUNDATION = ("", "clock", "errors")
FACES = ("web", "api", "cli", "mcp")

# The ports, and the values in which they and the application's settings speak: all that may be known of the
# application by what it is given (adapters, and the settings, which read the team's file into these values).
PORTS = (
    *(
        "tocsin.app.ports",
        "tocsin.app.store",
        "tocsin.app.rows.records",
        "tocsin.app.rows.outbox",
        "tocsin.app.rows.runners",
        "tocsin.app.access",
    ),
    *("tocsin.app.team", "tocsin.app.chat.ports", "tocsin.app.rows.handsets", "tocsin.app.rows.way_tests"),
    *("tocsin.app.rows.subscribers", "tocsin.app.rows.duties"),
)
GIVEN = ("adapters", "settings")

# Outlets are the ways out of an installation, bootstrap builds it, serving runs it behind its faces, upkeep is what is
# done with it beside the server; running is the process of a runner, second_process that of the intake, and
# supervising is what the first one has to do with that.
COMPOSERS = ("outlets", "bootstrap", "upkeep", "serving", "running", "second_process", "supervising")


def _allowed_parts() -> dict[str, tuple[str, ...]]:
    allowed: dict[str, tuple[str, ...]] = {"": (), "errors": (), "clock": ("errors",)}
    for place, part in enumerate(PURE):
        allowed[part] = (*FOUNDATION, *PURE[:place])
    allowed["settings"] = (*FOUNDATION, *PURE)
    allowed["app"] = (*FOUNDATION, *PURE)
    allowed["adapters"] = (*FOUNDATION, *PURE)
    for face in FACES:
        allowed[face] = (*FOUNDATION, *PURE, "app", "settings")
    allowed["fakes"] = FOUNDATION  # stand-ins for other people's programs know nothing of ours
    allowed["runner"] = allowed["demo"] = allowed["web"]
    # The command line is where the process starts: it asks for an installation, or for the server with its faces.
    allowed["cli"] = (*allowed["cli"], *COMPOSERS, "fakes")
    allowed["outlets"] = (*FOUNDATION, *PURE, "settings", "app", "adapters")
    allowed["bootstrap"] = (*allowed["outlets"], "outlets")
    allowed["upkeep"] = (*allowed["bootstrap"], "bootstrap")
    allowed["serving"] = (*allowed["bootstrap"], "bootstrap", "web", "api", "mcp", "runner", "demo")
    allowed["second_process"] = (*FOUNDATION, *PURE, "app", "adapters", "web")
    allowed["supervising"] = (*allowed["second_process"], "second_process")
    allowed["serving"] = (*allowed["serving"], "second_process", "supervising")
    allowed["running"] = (*FOUNDATION, *PURE, "app", "adapters", "runner")
    return allowed


ALLOWED = _allowed_parts()


def imports_run_upward(modules: Sequence[Module]) -> Iterator[str]:
    """A part imports itself and what ALLOWED names; of the application, adapters and settings only its ports."""
    known = {module.name for module in modules}
    for module in modules:
        if module.part not in ALLOWED:
            yield f"{module.where()}: {module.part} has no place in the order of parts (tests/architecture/rules.py)"
            continue
        for target, imported in own_imports(module, known):
            part = target.split(".")[1] if "." in target else ""
            if part == module.part or part in ALLOWED[module.part]:
                continue
            if module.part in GIVEN and target in PORTS:
                continue
            yield f"{module.where(imported.line)}: {module.name} may not import {target}"


def only_composers_know_everybody(modules: Sequence[Module]) -> Iterator[str]:
    """No module but the composers imports the application's use cases and adapters both."""
    known = {module.name for module in modules}
    for module in modules:
        targets = {target for target, _ in own_imports(module, known)} - set(PORTS)
        parts = {target.split(".")[1] for target in targets if "." in target}
        if {"app", "adapters"} <= parts and module.part not in COMPOSERS:
            yield f"{module.where()}: only {' and '.join(COMPOSERS)} may import both app and adapters"


def no_import_cycle(modules: Sequence[Module]) -> Iterator[str]:
    """No module imports itself by way of others; imports for types and deferred ones count too."""
    known = {module.name for module in modules}
    graph = {m.name: {t for t, _ in own_imports(m, known) if t in known and t != m.name} for m in modules}
    for cycle in _cycles(graph):
        yield f"import cycle: {cycle}"


def rooms_depend_one_way(modules: Sequence[Module]) -> Iterator[str]:
    """No folder within a part, nor within a room of it, imports itself by way of what stands beside it."""
    for depth in (3, 4):
        graph = _rooms(modules, depth)
        for cycle in _cycles(graph):
            yield f"rooms depend in a circle: {cycle}"


def _rooms(modules: Sequence[Module], depth: int) -> dict[str, set[str]]:
    """Which folder needs which of those beside it; a name of so many words is that of a folder, or of a module."""
    known = {module.name for module in modules}
    graph: dict[str, set[str]] = {}
    for module in modules:
        if module.is_package:
            continue
        room = _room(module.name, depth)
        beside = room.split(".")[1 : depth - 1]
        for target, _ in own_imports(module, known):
            needed = _room(target, depth)
            if target in known and needed != room and needed.split(".")[1 : depth - 1] == beside:
                graph.setdefault(room, set()).add(needed)
                graph.setdefault(needed, set())
    return graph


def _room(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _cycles(graph: Mapping[str, Collection[str]]) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[str]:
        if name in trail:
            yield " -> ".join((*trail[trail.index(name) :], name))
        elif name not in done:
            for target in sorted(graph[name]):
                yield from visit(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        yield from visit(name, ())


def no_deferred_import(modules: Sequence[Module]) -> Iterator[str]:
    """Our own packages are imported at the top; the command line may defer, and with a reason who composes."""
    for module in modules:
        if module.part == "cli":
            continue
        for target, imported in own_imports(module, ()):
            if not imported.inside_function:
                continue
            beside = module.lines[max(0, imported.line - 2) : imported.line]
            if module.part in ("bootstrap", "serving") and any("#" in line for line in beside):
                continue
            yield f"{module.where(imported.line)}: {target} is imported inside a function"


def init_holds_a_docstring_only(modules: Sequence[Module]) -> Iterator[str]:
    """Nothing happens when a package is imported; the package itself may name its version."""
    for module in modules:
        rest = module.tree.body[1:] if ast.get_docstring(module.tree) else module.tree.body
        if module.name == PACKAGE:
            rest = [node for node in rest if not (isinstance(node, ast.Assign) and "__version__" in ast.unparse(node))]
        if module.is_package and rest:
            yield f"{module.where(rest[0].lineno)}: an __init__.py holds a docstring only"


# --- what pure means ----------------------------------------------------------------------------------------

WALL_CLOCK = frozenset(
    {
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
        *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime"),
    }
)
OUTSIDE = frozenset(
    {
        *("aiohttp", "apprise", "asyncio", "fastapi", "http.client", "http.server", "multiprocessing", "os", "psycopg"),
        *("random", "requests", "secrets", "shutil", "smtplib", "socket", "sqlalchemy", "sqlite3", "ssl", "starlette"),
        *("subprocess", "tempfile", "threading", "time", "urllib.request", "uuid.uuid1", "uuid.uuid4", "uvicorn"),
    }
)


def only_the_clock_asks_for_the_time(modules: Sequence[Module]) -> Iterator[str]:
    """The wall clock is read in clock.py and nowhere else, not even by passing the function on."""
    for module in modules:
        if module.name == f"{PACKAGE}.clock":
            continue
        for name, line in references(module):
            if name in WALL_CLOCK:
                yield f"{module.where(line)}: {name} is read outside clock.py; take the instant as an argument"


def the_core_is_pure(modules: Sequence[Module]) -> Iterator[str]:
    """The pure packages touch no network, file, process, clock or random number."""
    for module in modules:
        if module.part not in PURE:
            continue
        for imported in module.imports:
            if any(imported.name == name or imported.name.startswith(f"{name}.") for name in OUTSIDE):
                yield f"{module.where(imported.line)}: a pure package may not import {imported.name}"
        for name, line in references(module):
            if name in OUTSIDE and "." in name:
                yield f"{module.where(line)}: a pure package may not use {name}"
        for node in module.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "input"}:
                yield f"{module.where(node.lineno)}: a pure package may not call {node.func.id}()"


# --- no language in the compiler's code ------------------------------------------------------------------------

SCRIPTS = ("tocsin.runbook.scripts",)
"""Where letters of other scripts may stand: the table by which traditional characters are read as simplified ones."""


def the_compiler_speaks_no_language(modules: Sequence[Module], foreign: Collection[str] = ()) -> Iterator[str]:
    """What words mean stands in the vocabulary, where a contributor finds it, and not in the modules of runbook/.

    No string there holds a letter outside of ASCII (signs and numerals are no words, ranges are written as escapes),
    nor two of the ``foreign`` words. Docstrings and comments may.
    """
    for module in modules:
        if module.part != "runbook" or module.name in SCRIPTS:
            continue
        said = {id(node.value) for node in module.nodes if isinstance(node, ast.Expr)}
        for node in module.nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in said:
                continue
            letters = {sign for sign in node.value if not sign.isascii() and sign.isalpha() and not _is_numeral(sign)}
            words = sorted(set(re.findall(r"[^\W_]+", node.value.casefold())).intersection(foreign))
            if letters or len(words) > 1:
                named = ", ".join(sorted(letters) or words)
                yield f"{module.where(node.lineno)}: {named}: a word of a language belongs into runbook/vocabulary"


LISTS_OF_NAMES = ("command", "rules", "document", "arguments")
"""Rooms of the compiler that list names of programs, tags and formats: "kubectl|oc|docker" is said in no language."""


def the_compiler_lists_no_words(modules: Sequence[Module], english: Collection[str]) -> Iterator[str]:
    """No pattern in the modules of runbook/ lists three English words: "(?:is|are|was)" is for the vocabulary as well.

    A list in code is one that only English has. ``english`` are the words of the vocabulary of that language.
    """
    for module in modules:
        room = module.name.split(".")[2] if module.name.count(".") > 2 else ""
        if module.part != "runbook" or room in LISTS_OF_NAMES or module.name == "tocsin.runbook.procedure.pairs":
            continue  # pairs are of commands too
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for listed in re.findall(r"(?<![\w|])[a-z]{2,}(?:\|[a-z]{2,}){2,}", node.value):
                    if len(set(listed.split("|")).intersection(english)) > 2:
                        yield f"{module.where(node.lineno)}: {listed}: a list of words belongs into runbook/vocabulary"


def _is_numeral(sign: str) -> bool:
    return unicodedata.numeric(sign, None) is not None


GROUPS = ("sections", "exact", "phases", "parts", "labels", "columns", "words", "cadence", "durations", "grammar")
"""The tables of a vocabulary file in which each language has the same lists."""


def each_language_has_every_list(languages: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A list that one language has, every language has: with words, or named in its ``none``.

    So whoever adds a list for one language is told which others wait for it, and one file is all of a new language.
    """
    lists = {f"{group}.{key}" for one in languages.values() for group in GROUPS for key in one.get(group, {})}
    for name, one in languages.items():
        own = {f"{group}.{key}" for group in GROUPS for key in one.get(group, {})}
        none = set(one.get("none", []))
        for key in sorted(lists - own - none):
            yield f"{name}.toml: {key}: no words; give it some, or name it in none"
        for key in sorted(none & own):
            yield f"{name}.toml: {key}: has words, and is named in none"
        for key in sorted(none - lists):
            yield f"{name}.toml: {key}: is named in none, and no language has it"


# --- names, words, sizes ------------------------------------------------------------------------------------

NO_NAMES = frozenset({"service", "services", "util", "utils", "helper", "helpers"}) | frozenset(
    {"manager", "managers", "flow", "flows", "common", "core", "misc"}
)
MOST_LINES, MANY_LINES = 600, 300


def names_are_nouns_of_the_field(files: Iterable[Path]) -> Iterator[str]:
    """No folder or Python file has a name that says nothing; paths are relative to the checkout."""
    for path in files:
        names = [*path.parent.parts, *([path.stem] if path.suffix == ".py" else [])]
        for name in sorted(NO_NAMES.intersection(names)):
            yield f"{path}: {name} is no noun of the field"


def everything_public_has_a_docstring(modules: Sequence[Module]) -> Iterator[str]:
    """Modules, public classes and public functions say their contract."""
    for module in modules:
        if not ast.get_docstring(module.tree):
            yield f"{module.where()}: the module has no docstring"
        yield from _undocumented(module, module.tree.body)


def _undocumented(module: Module, body: Sequence[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            yield from _undocumented(module, [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)])
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _said_elsewhere(node):
            yield f"{module.where(node.lineno)}: {node.name} has no docstring"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(module, node.body)


def _said_elsewhere(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = {ast.unparse(name).rpartition(".")[2] for name in node.decorator_list}
    # An overload and a setter belong to a function with a docstring; an override keeps its base's contract; an
    # attribute that a protocol declares (`@property def x(self) -> Store: ...`) is described by its type.
    declared = "property" in decorators and ast.unparse(node.body[-1]) == "..."
    return declared or bool(decorators & {"overload", "override", "setter", "deleter"})


def rooms_are_small(modules: Sequence[Module]) -> Iterator[str]:
    """No module is longer than MOST_LINES."""
    for module in modules:
        if len(module.lines) > MOST_LINES:
            yield f"{module.where()}: {len(module.lines)} lines, more than {MOST_LINES}: which concept is hiding in it?"


def large_rooms(modules: Sequence[Module]) -> list[str]:
    """The modules over MANY_LINES, the largest first: a note, not a failure."""
    large = sorted((m for m in modules if len(m.lines) > MANY_LINES), key=lambda m: -len(m.lines))
    return [f"{module.path.name} ({module.name}): {len(module.lines)} lines" for module in large]


# --- texts --------------------------------------------------------------------------------------------------

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(host))
        for host in (
            *(("pypi", "org"), ("pypi", "python", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com")),
            *(("yarnpkg", "com"), ("crates", "io"), ("rubygems", "org"), ("proxy", "golang", "org")),
        )
    ),
    re.IGNORECASE,
)
# Homes of made-up people and of software accounts in example runbooks are nobody's machine.
FICTION = ("alice", "ana", "app", "bo", "bob", "deploy", "git", "node", "runner", "tocsin", "ubuntu", "user", "you")
HOMES = re.compile(rf"(?<![\w.])/(?:home|Users)/(?!(?:{'|'.join(FICTION)})\b)[a-z][\w.-]*/|[A-Z]:\\Users\\\w")


def texts_are_anybodys(texts: Iterable[tuple[str, str]], machine: Sequence[str] = ()) -> Iterator[str]:
    """No text names a developer's folder or a package registry's host; ``machine`` adds folders of this machine."""
    for name, text in texts:
        for number, line in enumerate(text.splitlines(), start=1):
            if found := REGISTRIES.search(line):
                yield f"{name}:{number}: names a package registry ({found[0]}); see docs/adr/0001"
            if found := HOMES.search(line):
                yield f"{name}:{number}: names a folder of somebody's machine ({found[0]})"
            for folder in machine:
                if folder in line:
                    yield f"{name}:{number}: names a folder of this machine ({folder})"


# --- tests --------------------------------------------------------------------------------------------------


def every_test_states_its_rule(modules: Sequence[Module]) -> Iterator[str]:
    """Each test function has a docstring: the rule that it holds."""
    for module in modules:
        for node in module.nodes:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
                continue
            if not ast.get_docstring(node):
                yield f"{module.where(node.lineno)}: {node.name} has no docstring"


def no_test_patches(modules: Sequence[Module]) -> Iterator[str]:
    """Whoever needs to patch is missing a port."""
    for module in modules:
        for name, line in references(module):
            if name.startswith("unittest.mock.patch"):
                yield f"{module.where(line)}: mock.patch; which port is missing?"
