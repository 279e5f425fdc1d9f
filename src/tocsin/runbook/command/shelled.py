"""The form of a command that only a shell can run: its own text, with a variable where a blank stood. Pure.

The text is handed to one shell as it is written; nothing that a person gives is ever put into it (R18, F53). A blank
becomes the reference to a variable, in the quotes that its place asks for, and the answer is that variable's value: a
shell does not read the value of a variable again. Where that is not so, the command stays with a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from tocsin.runbook.command.bash import Parsed, parse, tree
from tocsin.runbook.command.blanks import blanks
from tocsin.runbook.command.reread import BY_HAND
from tocsin.runbook.command.wrappers import unwrapped
from tocsin.runbook.instructions import Command

SHELL = ("bash", "--noprofile", "--norc", "-eu", "-o", "pipefail", "-c")
"""The shell of every step that has one. A stage or a statement that fails ends it, an unset variable as well."""

_TREATED_ANEW = frozenset({"sh", "bash", "dash", "zsh", "ksh", "su", "ssh", "eval", "source", ".", "xargs", "env"})
"""Programs that read their words as a command once more, or make words of what they read."""
_NEVER = frozenset(
    {
        *("raw_string", "ansi_c_string", "translated_string", "heredoc_body", "heredoc_content", "heredoc_start"),
        *("arithmetic_expansion", "expansion", "variable_name", "regex", "comment", "command_name", "ERROR"),
    }
)
_UNQUOTED = frozenset({"program", "command_substitution", "process_substitution", "subshell"})
_COUNTS = re.compile(r"^\(\(|^\[\[.*\s-(?:eq|ne|lt|le|gt|ge|v|R)\s", re.DOTALL)
"""Tests that read a word as arithmetic or as a variable's name, in whose index a command may stand."""
_GIVEN = frozenset(
    {
        *("HOME", "PATH", "TMPDIR", "TZ", "LANG", "TERM", "PAGER"),
        *("PWD", "OLDPWD", "UID", "EUID", "PPID", "HOSTNAME", "RANDOM", "SECONDS", "LINENO", "IFS", "SHLVL"),
        *("BASH", "BASHPID", "BASH_VERSION", "OSTYPE", "PIPESTATUS", "REPLY", "OPTARG", "OPTIND"),
    }
)
"""Variables that every run has, or that the shell makes itself."""
SHELLS_OWN = frozenset(
    {"mapfile", "readarray", "shopt", "declare", "typeset", "source", "let", "local", "pushd", "popd"}
)
"""Words that bash runs by itself and a plain `sh` does not know."""
_SETS = frozenset({"read", "mapfile", "readarray", "getopts", "printf", "let"})
_NAMES = re.compile(r"^(?:-v)?[A-Za-z_]\w*")
_COUNTED = re.compile(r"\+\+|--|^\w+\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)")


@dataclass(frozen=True, slots=True)
class Shelled:
    """What a shell is given. ``blanks`` are their keys with the variables that carry the answers.

    ``needs`` are the variables of the environment that the text speaks of. ``handed`` are those that are only ever a
    word of one program, which is named: (variable, program).
    """

    text: str
    blanks: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    handed: tuple[tuple[str, str], ...] = ()

    @property
    def pipeline(self) -> tuple[tuple[str, ...], ...]:
        """The one stage that is started."""
        return ((*SHELL, self.text),)


@lru_cache(maxsize=2048)
def shelled(command: Command) -> Shelled | str:
    """How a shell runs this command, or why it is left to a person."""
    parsed = parse(command.text)
    if not parsed.valid:
        return f"a shell could not read it: {BY_HAND}"
    if "tty" in command.requires:
        return f"it draws on a terminal, and there is none: {BY_HAND}"
    variables = {blank.raw: f"BLANK_{blank.key.upper()}" for blank in blanks(command)}
    if variables and (again := _TREATED_ANEW & {_name(argv) for argv in parsed.programs}):
        return f"it has a blank, and `{min(again)}` would read the answer as a part of a command: {BY_HAND}"
    text = _with_variables(command.text, variables)
    if text is None:
        return f"it has a blank where a shell does not take a variable, as within single quotes: {BY_HAND}"
    needs = _needs(command)
    return Shelled(
        text,
        tuple((blank.key, variables[blank.raw]) for blank in blanks(command)),
        needs,
        tuple((name, program) for name in needs if (program := _only_of(name, command.text, parsed))),
    )


def _with_variables(text: str, variables: dict[str, str]) -> str | None:
    """The text with a reference in the place of each blank; None where one stands in a place that takes none."""
    if not variables:
        return text
    root, hidden = tree(text)
    pattern = re.compile("|".join(re.escape(raw) for raw in sorted(variables, key=len, reverse=True)))
    out, at = [], 0
    for found in pattern.finditer(text):
        start, end = (len(hidden[:place].encode("utf-8", "replace")) for place in found.span())
        place = root.descendant_for_byte_range(start, end)
        reference = _reference(place, variables[found[0]]) if place is not None else None
        if reference is None:
            return None
        out += [text[at : found.start()], reference]
        at = found.end()
    return "".join([*out, text[at:]])


def _reference(node: Node | None, variable: str) -> str | None:
    quoted = False
    while node is not None and node.type not in _NEVER:
        if node.type == "declaration_command" or (node.type == "test_command" and _COUNTS.search(_text(node))):
            return None
        quoted = quoted or node.type == "string"
        if node.type in _UNQUOTED:
            # Between backquotes a shell takes quotes and backslashes off once before it reads.
            backquoted = (node.text or b"").startswith(b"`")
            return None if backquoted else f"${{{variable}}}" if quoted else f'"${{{variable}}}"'
        node = node.parent
    return None


def _needs(command: Command) -> tuple[str, ...]:
    root, _hidden = tree(command.text)
    own = {*_GIVEN, *_assigned(root)}
    names = dict.fromkeys(one.name for one in command.parameters if one.origin == "env")
    return tuple(name for name in names if name not in own)


def _assigned(root: Node) -> Iterator[str]:
    """The variables that a statement gives a value itself."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        match node.type:
            case "variable_assignment":
                yield _text(node.child_by_field_name("name"))
            case "for_statement" | "select_statement":
                yield _text(node.child_by_field_name("variable"))
            case "binary_expression" | "postfix_expression" | "unary_expression" if _COUNTED.search(_text(node)):
                yield from (_text(child) for child in node.named_children[:1] if child.type == "variable_name")
            case "command" if _text(node.child_by_field_name("name")) in _SETS:
                words = (_text(child) for child in node.named_children if child.type == "word")
                yield from (found[0].removeprefix("-v") for word in words if (found := _NAMES.match(word)))


def _only_of(name: str, text: str, parsed: Parsed) -> str:
    """The one program that a variable is a word of; empty when it goes anywhere else, or through a wrapper."""
    mention = re.compile(rf"\$(?:{re.escape(name)}\b|\{{{re.escape(name)}\}})")
    with_it = [argv for argv in parsed.programs if any(mention.search(word) for word in argv)]
    told = sum(len(mention.findall(word)) for argv in with_it for word in argv)
    programs = {argv[0] for argv in with_it if unwrapped(argv)[1] == argv}
    same = told == len(mention.findall(text)) and len(programs) == 1 and all(argv[0] in programs for argv in with_it)
    return next(iter(programs)) if same else ""


def _name(argv: tuple[str, ...]) -> str:
    _, inner = unwrapped(argv)
    return inner[0].rsplit("/", 1)[-1] if inner else argv[0]


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
