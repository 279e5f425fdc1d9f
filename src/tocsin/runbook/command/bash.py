"""Reading one shell statement: its pipeline as argv where no shell is needed, and every program in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from tocsin.runbook.command.placeholders import masked

_PLAIN = frozenset(
    {
        "program",
        "pipeline",
        "command",
        "command_name",
        "word",
        "string",
        "raw_string",
        "concatenation",
        "number",
        "string_content",
        "comment",
        "simple_expansion",
        "variable_name",
        "expansion",
        "special_variable_name",
    }
)
_REDIRECTS = frozenset({"file_redirect", "herestring_redirect", "heredoc_redirect"})
_READS = re.compile(r"^\s*0?<(?![<(&])")
_GLOB = re.compile(r"(?<!\\)[*?]|\{[^}]*,[^}]*\}")
_HARMLESS = re.compile(r"^\s*(?:\d?&?>>?\s*(?:/dev/null|&\d)|\d?<)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement. ``programs`` are the argv of every command in it, the nested ones as well."""

    pipeline: tuple[tuple[str, ...], ...]
    programs: tuple[tuple[str, ...], ...]
    needs_shell: bool
    writes: bool
    valid: bool
    piped: bool = False
    reads: bool = False  # from a file, on standard input


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def tree(statement: str) -> tuple[Node, str]:
    """The root of the syntax tree of a statement, and the text that it is of: as long, with blanks as plain words."""
    hidden = masked(statement)
    return _parser().parse(hidden.encode("utf-8", "replace")).root_node, hidden


LONGEST_STATEMENT = 8_000
"""Characters. What a longer one does is not known: a person runs it."""

_WORDS = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./:@%+,=-]+)*")
"""A program and words in which nothing is special to a shell."""

_KEYWORDS = frozenset([
    "if", "then", "elif", "else", "fi", "case", "esac", "for", "select", "while", "until", "do", "done", "in",
    "function", "time", "coproc", "test", "declare", "typeset", "export", "readonly", "local", "unset", "unsetenv",
])  # fmt: skip
"""Words that are no program where they stand first."""


@lru_cache(maxsize=2048)
def parse(statement: str) -> Parsed:
    """The statement taken apart. Blanks are masked first: to a shell, ``<name>`` is a redirection."""
    if len(statement) > LONGEST_STATEMENT:
        return Parsed((), (), needs_shell=True, writes=True, valid=False)
    if _WORDS.fullmatch(statement) and (argv := tuple(statement.split(" ")))[0] not in _KEYWORDS:
        return Parsed((argv,), (argv,), needs_shell=False, writes=False, valid=True)
    return by_grammar(statement)


def by_grammar(statement: str) -> Parsed:
    """The same by the grammar of Bash, which statements of a program and its words alone, most of them, do not need."""
    root, hidden = tree(statement)
    reader = _Slices(statement, hidden, hidden.encode("utf-8", "replace"))
    nodes = [(node.type, node) for node in _walk(root)]
    programs = tuple(argv for kind, node in nodes if kind == "command" and (argv := _argv(node, reader)))
    kinds = {kind for kind, node in nodes if node.is_named}
    redirects = [node for kind, node in nodes if kind in _REDIRECTS]
    writes = any(not _HARMLESS.match(reader.text(node)) for node in redirects)
    reads = any(node.type == "file_redirect" and _READS.match(reader.text(node)) for node in redirects)
    tops = [node for node in root.named_children if node.type != "comment"]
    plain = kinds <= _PLAIN and len(tops) == 1 and not any(_special(kind, node, reader) for kind, node in nodes)
    stages: tuple[tuple[str, ...], ...] = ()
    if plain and tops and not root.has_error:
        inner = [n for n in tops[0].named_children if n.type == "command"] if tops[0].type == "pipeline" else tops
        stages = tuple(_argv(node, reader) for node in inner)
    return Parsed(stages, programs, not stages, writes, not root.has_error and bool(tops), "pipeline" in kinds, reads)


@dataclass(frozen=True, slots=True)
class _Slices:
    original: str
    hidden: str
    data: bytes

    def text(self, node: Node) -> str:
        start, end = node.start_byte, node.end_byte
        if len(self.data) != len(self.hidden):
            start, end = (
                len(self.data[:start].decode("utf-8", "ignore")),
                len(self.data[:end].decode("utf-8", "ignore")),
            )
        return self.original[start:end]


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _argv(command: Node, reader: _Slices) -> tuple[str, ...]:
    words = []
    for child in command.named_children:
        if child.type in _REDIRECTS or child.type in ("variable_assignment", "comment"):
            continue
        words.append(unquoted(reader.text(child)))
    return tuple(words)


def _special(kind: str, node: Node, reader: _Slices) -> bool:
    """Words that a shell would change: globs, a home directory, an expansion with an operator."""
    if kind == "expansion":
        return not re.fullmatch(r"\$\{\w+\}", reader.text(node))
    if kind == "word":
        text = reader.text(node)
        return text.startswith("~") or bool(_GLOB.search(text))
    return kind in ("&", ";", "&&", "||", "!", ">", ">>", "<", "|&")


def unquoted(word: str) -> str:
    """A word without its quotes; ``$NAME`` and blanks stay as they are.

    >>> unquoted("'a b'\\"c\\"")
    'a bc'
    """
    if "'" not in word and '"' not in word and "\\" not in word:
        return word
    out: list[str] = []
    quote = ""
    at = 0
    while at < len(word):
        ch = word[at]
        if quote == "'":
            quote = "" if ch == "'" else quote
            out.append("" if ch == "'" else ch)
        elif ch == "\\" and at + 1 < len(word):
            at += 1
            if word[at] == "\n":
                pass
            elif quote == '"' and word[at] not in '"\\$`':
                out.append("\\" + word[at])
            else:
                out.append(word[at])
        elif quote == '"':
            quote = "" if ch == '"' else quote
            out.append("" if ch == '"' else ch)
        elif ch in "'\"":
            quote = ch
        else:
            out.append(ch)
        at += 1
    return "".join(out)
