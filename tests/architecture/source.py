"""Python sources as the architecture rules see them: modules, and what each imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "tocsin"


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a module, or of something in a module, by its full dotted name."""

    name: str
    line: int
    inside_function: bool


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """All of that tree, as it is walked for each rule."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__.py``."""
        return self.path.name == "__init__.py"

    @property
    def part(self) -> str:
        """The folder below ``tocsin`` that it lies in, or its own name directly below; empty for ``tocsin``."""
        names = self.name.split(".")
        return names[1] if len(names) > 1 else ""

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """What it imports, wherever the statement stands; relative names are made absolute."""
        return tuple(self._imports(self.tree, inside=False))

    def _imports(self, node: ast.AST, *, inside: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(alias.name, child.lineno, inside)
            elif isinstance(child, ast.ImportFrom):
                for alias in child.names:
                    yield Import(f"{self._origin(child)}.{alias.name}", child.lineno, inside)
            else:
                deeper = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from self._imports(child, inside=deeper)

    def _origin(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        # One dot is the package itself, which for an __init__.py is its own name.
        up = statement.level - (1 if self.is_package else 0)
        base = self.name.split(".")[: -up or None]
        return ".".join([*base, *([statement.module] if statement.module else [])])

    def where(self, line: int = 1) -> str:
        """A place as ``path:line``."""
        return f"{self.path}:{line}"


def read(folder: Path, prefix: str = "") -> list[Module]:
    """The modules under a folder, in order; ``prefix`` is the dotted name of the folder itself."""
    modules = []
    for path in sorted(folder.rglob("*.py")):
        names = [*([prefix] if prefix else []), *path.relative_to(folder).with_suffix("").parts]
        if names[-1] == "__init__":
            names.pop()
        modules.append(Module(".".join(names), path, path.read_text(encoding="utf-8")))
    return modules


def own_imports(module: Module, known: Mapping[str, Module] | Iterable[str]) -> Iterator[tuple[str, Import]]:
    """The modules of the package that a module imports; ``from x import y`` is ``x.y`` when that is a module."""
    names = set(known)
    for imported in module.imports:
        if imported.name != PACKAGE and not imported.name.startswith(f"{PACKAGE}."):
            continue
        target = imported.name
        if target not in names and target.rpartition(".")[0] in names:
            target = target.rpartition(".")[0]
        yield target, imported


def origins(module: Module) -> dict[str, str]:
    """What each imported name of a module stands for, as a full dotted name."""
    found: dict[str, str] = {}
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                # `import a.b` binds `a`; `import a.b as c` binds the whole to `c`.
                first = alias.name.split(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def references(module: Module) -> Iterator[tuple[str, int]]:
    """Every use of an imported name, as a full dotted name with its line: ``dt.now`` is ``datetime.datetime.now``."""
    known = origins(module)
    for node in module.nodes:
        if isinstance(node, ast.Attribute | ast.Name):
            trail: list[str] = []
            at: ast.expr = node
            while isinstance(at, ast.Attribute):
                trail.append(at.attr)
                at = at.value
            if isinstance(at, ast.Name) and at.id in known:
                yield ".".join([known[at.id], *reversed(trail)]), node.lineno
