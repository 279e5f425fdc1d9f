"""What certain programs require, and what they do not have; each entry by the program itself or its manual."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.runbook.command.programs import known_programs, rules_of, tables
from tocsin.runbook.command.wrappers import is_assignment
from tocsin.runbook.packaged import packaged

Argv = tuple[str, ...]

_WAYS_IN = ("--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton", "help", "--help", "--version")
_NEWER = {("logs", "tail"), ("logs", "start-live-tail"), ("ecs", "monitor-express-gateway-service")}
"""What version 2 of the AWS CLI has and version 1, which the table is from, has not."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one command of a program needs; the fields are those of arguments/own.toml."""

    command: Argv
    source: str
    options: Argv = ()
    operands: int = 0
    unless: Argv = ()
    pattern: str = ""
    what: str = ""

    def missing(self, rest: Argv) -> str | None:
        """What to add after the command's own words; None when nothing is missing."""
        if any(_given(option, rest) for option in self.unless):
            return None
        if self.options and not any(_given(option, rest) for option in self.options):
            return " or ".join(self.options[:2])
        operands = [word for word in rest if not word.startswith("-")]
        if len(operands) < self.operands or (
            self.pattern and not all(re.search(self.pattern, word) for word in operands)
        ):
            return self.what
        return None


def missing_options(argv: Argv) -> str | None:
    """What the program refuses to run without, as it is to be added; None when nothing is known to be missing."""
    argv = bare(argv)
    missing = _missing(argv)
    return None if missing is None or _abridged(argv) or any(word in _WAYS_IN for word in argv) else missing


def _missing(argv: Argv) -> str | None:
    if argv[:1] == ("aws",):
        _, _, required, rest = _aws_command(argv)
        given = {word.split("=", 1)[0] for word in rest}
        if gone := [option for option in required or () if option not in given]:
            return " ".join(gone)
    for need in _own()[0].get(argv[0] if argv else "", ()):
        if (rest_of := _after(need.command, argv)) is not None:
            return need.missing(rest_of)
    return None


def unknown_subcommand(argv: Argv) -> tuple[str, str] | None:
    """(what is wrong, what to write instead) when the sub-command does not exist."""
    argv = bare(argv)
    if argv[:1] == ("aws",):
        return _unknown_of_aws(argv)
    for command, use in _own()[1].get(argv[0] if argv else "", ()):
        if _after(command, argv) is not None:
            return f"{command[0]} has no command {' '.join(command[1:])}", use
    return _slip(argv)


def _slip(argv: Argv) -> tuple[str, str] | None:
    """A program or a sub-command that is written wrongly by a letter or two."""
    name = argv[0] if argv else ""
    words = _verbs().get(name)
    if words is None:
        return _slip_of_a_name(name)
    first = next(_behind_options(argv, tuple((rules_of(name) or {}).get("value_flags", ()))), "")
    if len(first) < _SHORTEST or first in words or not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", first):
        return None
    near = difflib.get_close_matches(first, words, n=1, cutoff=_ALIKE)
    return (f"{name} has no command {first}", f"use: {name} {near[0]}") if near else None


def _slip_of_a_name(name: str) -> tuple[str, str] | None:
    if len(name) < _LONGEST_NAMES_FROM or name in known_programs() or not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name):
        return None
    near = difflib.get_close_matches(name, _OFTEN_MEANT, n=1, cutoff=_ALIKE)
    if not near or name.startswith(near[0]) or near[0].startswith(name):
        return None
    return f"no program is called {name}", f"use: {near[0]}"


_SHORTEST = 5
"""Letters of a sub-command from which on a slip is told from another word."""
_LONGEST_NAMES_FROM = 7
_ALIKE = 0.83
_OFTEN_MEANT = ("kubectl", "docker-compose", "systemctl", "journalctl", "terraform", "ansible-playbook", "pg_restore")
"""Programs with long names, which are written wrongly most."""


def _behind_options(argv: Argv, valued: Argv) -> Iterator[str]:
    """The words of an argv that are neither options nor the values of these."""
    at = 1
    while at < len(argv):
        if not argv[at].startswith("-"):
            yield argv[at]
        elif argv[at] in valued or argv[at] in _VALUED:
            at += 1
        at += 1


_VALUED = ("-n", "--namespace", "--context", "--kubeconfig", "-C", "-c", "-H", "--host", "-M", "--kube-context", "-l")
"""Options before a sub-command that take the next word."""


@cache
def _verbs() -> dict[str, tuple[str, ...]]:
    """By program, all of its commands."""
    data = packaged("arguments", "own.toml")
    return {entry["program"]: tuple(entry["words"].split()) for entry in data["verbs"]}


def outdated(argv: Argv) -> tuple[str, str] | None:
    """(what is old about it, what to write instead) for what only old versions of the program know."""
    argv = bare(argv)
    for command, option, said, use in _old().get(argv[0] if argv else "", ()):
        rest = _after(command, argv)
        if rest is not None and (not option or _given(option, rest)):
            return said, use
    return None


def bare(argv: Argv) -> Argv:
    """An argv without sudo, timeout and their like before it.

    >>> bare(("sudo", "-u", "postgres", "psql", "-l"))
    ('psql', '-l')
    """
    while argv and (argv[0] in tables("sets")["wrappers"] or is_assignment(argv[0])):
        name, argv = argv[0], argv[1:]
        while argv and argv[0].startswith("-"):
            argv = argv[2:] if argv[0] in ("-u", "-g", "-k", "-s", "--user") and name != "env" else argv[1:]
        if name == "timeout":
            argv = argv[1:]
    return argv


def inside(argv: Argv) -> Argv:
    """The program that is run in a container, or the argv itself.

    >>> inside(("docker", "exec", "-i", "-u", "postgres", "db", "psql", "shop"))
    ('psql', 'shop')
    >>> inside(("kubectl", "exec", "db-0", "-n", "shop", "--", "psql"))
    ('psql',)
    """
    if "exec" not in argv[1:4] or argv[0] not in ("docker", "docker-compose", "podman", "kubectl", "oc"):
        return argv
    if argv[0] in ("kubectl", "oc"):
        return argv[argv.index("--") + 1 :] if "--" in argv else argv
    at = argv.index("exec") + 1
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at] in ("-u", "--user", "-e", "--env", "-w", "--workdir") else 1
    return argv[at + 1 :] or argv


def _given(option: str, rest: Argv) -> bool:
    """Whether an option is there: alone, with its value, or as one letter among others ("-tAc")."""
    if option in rest:
        return True
    letter = option[1] if _LETTER.fullmatch(option) else ""
    return any(
        word.startswith(f"{option}=") or bool(letter and _LETTER.match(word) and letter in word.split("=", 1)[0])
        for word in rest
        if word.startswith("-")
    )


_LETTER = re.compile(r"-\w")


def _abridged(argv: Argv) -> bool:
    """Whether the document left something out that only a reader can fill in, or a shell at run time."""
    return any(map(_LEFT_OUT.search, argv))


_LEFT_OUT = re.compile(r"\.\.\.$|^\.\.\.(?![\w/])|…|^\[|^\$[@*]|^\"?\$\{?@|^\$\(|^`")


def _after(command: Argv, argv: Argv) -> Argv | None:
    """The words after those of the command, where the argv begins with them; options may stand between."""
    if argv[:1] != command[:1]:
        return None
    wanted = list(command[1:])
    at = 1
    while wanted and at < len(argv):
        word = argv[at]
        if word.casefold() == wanted[0] if command[0] == "redis-cli" else word == wanted[0]:
            wanted.pop(0)
        elif command[0] == "nginx" and word == "-s":
            return None  # "nginx -s reload" is the signal, and no sub-command
        elif word.startswith("-"):
            at += 1 if "=" not in word and at + 1 < len(argv) and argv[at + 1] != wanted[0] else 0
        else:
            return None
        at += 1
    return None if wanted else argv[at:]


def need_of(entry: Mapping[str, Any]) -> Need:
    """A need as own.toml writes it."""
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Need(**fields)


@cache
def _own() -> tuple[dict[str, tuple[Need, ...]], dict[str, tuple[tuple[Argv, str], ...]]]:
    """The entries of own.toml by program: needs, the longest command first, and commands that do not exist."""
    data = packaged("arguments", "own.toml")
    needs: dict[str, list[Need]] = {}
    for entry in sorted(data["need"], key=lambda one: -len(one["command"])):
        needs.setdefault(entry["command"][0], []).append(need_of(entry))
    gone: dict[str, list[tuple[Argv, str]]] = {}
    for entry in data["gone"]:
        gone.setdefault(entry["command"][0], []).append((tuple(entry["command"]), entry["use"]))
    return {key: tuple(value) for key, value in needs.items()}, {key: tuple(value) for key, value in gone.items()}


@cache
def _old() -> dict[str, tuple[tuple[Argv, str, str, str], ...]]:
    """What own.toml says of old versions, by program."""
    data = packaged("arguments", "own.toml")
    old: dict[str, tuple[tuple[Argv, str, str, str], ...]] = {}
    for entry in data["old"]:
        command = tuple(entry["command"])
        one = (command, entry.get("option", ""), entry["said"], entry["use"])
        old[command[0]] = (*old.get(command[0], ()), one)
    return old


@cache
def _aws() -> dict[str, dict[str, Argv]]:
    """Service, command, required options: the AWS CLI's own table."""
    table: dict[str, dict[str, Argv]] = {}
    commands: dict[str, Argv] = {}
    for line in files("tocsin.runbook").joinpath("arguments", "aws.txt").read_text("utf-8").splitlines():
        if line.startswith(" "):
            name, *required = line.split()
            commands[name] = tuple(required)
        elif not line.startswith("#"):
            commands = table.setdefault(line.strip(), {})
    return table


def _aws_command(argv: Argv) -> tuple[str, str, Argv | None, Argv]:
    """(service, command, its required options or None when it is not in the table, the words after it)."""
    words = list(_operands(argv))
    if len(words) < 2:
        return (words[0][1] if words else ""), "", None, argv[1:]
    (_, service), (at, command) = words[0], words[1]
    return service, command, _aws().get(service, {}).get(command), argv[at + 1 :]


def _operands(argv: Argv) -> Iterator[tuple[int, str]]:
    """The words that are no options with their places; `--region` and its like stand before them with a value."""
    at = 1
    while at < len(argv):
        if not argv[at].startswith("--"):
            yield at, argv[at]
        elif "=" not in argv[at] and argv[at] not in ("--debug", "--no-cli-pager", "--no-verify-ssl", "--no-paginate"):
            at += 1
        at += 1


def _unknown_of_aws(argv: Argv) -> tuple[str, str] | None:
    service, command, required, _ = _aws_command(argv)
    known = _aws().get(service)
    if (
        not known
        or required is not None
        or (service, command) in _NEWER
        or not re.fullmatch(r"[a-z][a-z0-9-]+", command)
    ):
        return None
    if command in ("wait", "help"):
        return None
    near = difflib.get_close_matches(command, known, n=1, cutoff=0.6)
    use = f"use: aws {service} {near[0]}" if near else f"`aws {service} help` lists them"
    return f"aws {service} has no command {command}", use
