"""Which cluster, which Docker, which account: the words that a team pins, put into a command, or why it is refused.

A runbook's `kubectl get pods` means whatever the last person at this terminal chose. What is pinned stands in the words
of the command, so that it is read before it is run and is part of what consent is given to. A command that names
another one is refused, never corrected: somebody meant something by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tocsin.runbook.command.programs import tables
from tocsin.runbook.command.unseen import inside, unseen
from tocsin.runbook.command.wrappers import name_of, program_at, replaced_by_xargs

Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pins:
    """What the commands of one target are held to; what is empty is free.

    Of ``kubectl_namespaces`` the first is put in where a command names none, the others may be named; with ``*`` among
    them any may be, and all at once.
    """

    kubectl_context: str = ""
    kubectl_namespaces: tuple[str, ...] = ()
    docker_context: str = ""
    aws_profile: str = ""
    aws_region: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What is pinned, for people: ("kubectl context prod", …)."""
        named = (
            ("kubectl context", self.kubectl_context),
            ("namespace", " or ".join(self.kubectl_namespaces)),
            ("docker context", self.docker_context),
            ("AWS profile", self.aws_profile),
            ("AWS region", self.aws_region),
        )
        return tuple(f"{name} {value}" for name, value in named if value)

    def of(self, program: str) -> tuple[_Pin, ...]:
        """What is pinned for a program."""
        found: tuple[_Pin, ...] = ()
        match program:
            case "kubectl":
                around = ("--cluster", "--kubeconfig", "--server", "-s")
                found = (
                    _Pin("context", ("--context",), (self.kubectl_context,), around),
                    _Pin("namespace", ("--namespace", "-n"), self.kubectl_namespaces, ("--all-namespaces", "-A")),
                )
            case "helm":
                found = (
                    _Pin("context", ("--kube-context",), (self.kubectl_context,), ("--kubeconfig", "--kube-apiserver")),
                    _Pin("namespace", ("--namespace", "-n"), self.kubectl_namespaces, ("--all-namespaces", "-A")),
                )
            case "docker" | "docker-compose":
                found = (_Pin("context", ("--context", "-c"), (self.docker_context,), ("--host", "-H")),)
            case "aws":
                found = (
                    _Pin("profile", ("--profile",), (self.aws_profile,), ("--endpoint-url",)),
                    _Pin("region", ("--region",), (self.aws_region,), ("--endpoint-url",)),
                )
        return tuple(pin for pin in found if any(pin.allowed))


@dataclass(frozen=True, slots=True)
class _Pin:
    """One option of a program. ``around`` are options that lead elsewhere without naming another one."""

    what: str
    options: tuple[str, ...]
    allowed: tuple[str, ...]
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """An option of a command with its value; not ``sure`` when it may itself be the value of the option before it."""

    option: str
    value: str
    sure: bool


_PROGRAMS = ("kubectl", "helm", "docker", "docker-compose", "aws")
_SWITCHES = {"kubectl": "AfwitRhpqL", "helm": "Ahaqidrg", "docker": "Dvh", "docker-compose": "vh"}
"""Letters that take no value, or not in every sub-command: another option may follow in the same word, `-fn shop`."""
_NEVER_VALUES = frozenset({"-i", "-t", "-it", "-ti", "-A", "--stdin", "--tty", "--quiet", "--rm"})
"""Options of kubectl that take no value in any sub-command, and stand before the `--` of `exec` and `run`."""
_ABRIDGED = ("aws", "docker-compose")
"""Programs that take the beginning of a long option for the option."""
_OF_DOCKER = ("--context", "--host", "--tlscacert", "--tlscert", "--tlskey", "--log-level")
_GLOBAL_FIRST = {
    "docker": (*_OF_DOCKER, "--config"),
    "docker-compose": (
        *_OF_DOCKER,
        *("--file", "--project-name", "--project-directory", "--profile", "--env-file", "--ansi", "--parallel"),
        "--progress",
    ),
}
"""Programs that read their own options only before the sub-command, and the long ones that take a value."""
_ENDED_BY_DASHES = ("kubectl", "helm")
"""Programs to which everything behind a `--` is a name."""
_ENVIRONMENT = re.compile(r"(KUBECONFIG|HELM_\w+|DOCKER_\w+|AWS_\w+)=")
_RUNS_OTHERS = frozenset({"exec", "run", "debug", "send-command", "execute-command", "start-session"})
"""Sub-commands of the programs themselves whose words are another command."""


def pinned(pipeline: Sequence[Argv], pins: Pins) -> tuple[Argv, ...] | str:
    """The stages with what is pinned in their words, or why they are refused.

    >>> pinned((("kubectl", "get", "pods"),), Pins("prod"))
    (('kubectl', '--context=prod', 'get', 'pods'),)
    >>> pinned((("kubectl", "--context", "test", "get", "pods"),), Pins("prod"))
    "it names the context 'test', and kubectl is held to 'prod' on its target"
    """
    stages: list[Argv] = []
    for place, stage in enumerate(pipeline):
        held = _held(stage, pins)
        if isinstance(held, str):
            return held
        if pins.words and (why := unseen(stage, piped=place > 0)):
            return f"{why}, and this target is held to {pins.words[0]}: write what it is to run as a command of its own"
        stages.append(held)
    return tuple(stages)


def _held(stage: Argv, pins: Pins) -> Argv | str:
    at = program_at(stage)
    program = name_of(stage[at]) if at < len(stage) else ""
    rest, added = stage[at + 1 :], []
    if why := _out_of_reach(stage, at, pins):
        return why
    for pin in pins.of(program):
        said = list(_options(program, rest))
        held = f"{program} is held to {' or '.join(map(repr, pin.allowed))} on its target"
        around = next((one.option for one in said if _is(program, one.option, pin.around)), None)
        if around is not None and "*" not in pin.allowed:
            return f"it says {around}, and {held}"
        named = [one for one in said if _is(program, one.option, pin.options)]
        if "*" not in pin.allowed and (other := [one.value for one in named if one.value not in pin.allowed]):
            return f"it names the {pin.what} {other[0]!r}, and {held}"
        if not any(one.sure for one in named) and around is None and pin.allowed[0] != "*":
            added.append(f"{pin.options[0]}={pin.allowed[0]}")  # of two that are said, these programs take the later
    if not pins.of(program):
        return stage
    closed = _closed(program, stage[:at], rest)
    return closed if isinstance(closed, str) else (*stage[: at + 1], *added, *closed)


def _closed(program: str, before: Argv, rest: Argv) -> Argv | str:
    """The words behind a program that xargs runs, so that nothing it reads is taken for an option; or a refusal."""
    at = next((place for place, word in enumerate(before) if name_of(word) == "xargs"), None)
    if at is None or "--" in rest:
        return rest
    mark = replaced_by_xargs((*before[at:], program, *rest))
    first = next((place for place, word in enumerate(rest) if word.startswith(mark)), len(rest)) if mark else len(rest)
    if mark and first == len(rest):
        return rest  # it stands within words only: none of them becomes an option
    told = _sub_command(program, rest[:first])
    if told and program in _GLOBAL_FIRST and not _RUNS_OTHERS & set(rest):
        return rest  # its own options count before the sub-command only
    names_follow = not any(word.startswith("-") for word in rest[first:])
    if told and program in _ENDED_BY_DASHES and names_follow and not _RUNS_OTHERS & set(rest):
        return (*rest[:first], "--", *rest[first:])
    return (
        f"xargs may give {program} an option that leads past what is pinned on its target: "
        f"put `--` before the words that it reads, or write `{program} …` as a command of its own"
    )


def _sub_command(program: str, words: Argv) -> str:
    """The first word that is neither an option nor may be the value of one; empty when there is none."""
    value_next = False
    for word in words:
        if value_next or word.startswith("-"):
            value_next = not value_next and word.startswith("-") and "=" not in word and _takes_value(program, word)
        else:
            return word
    return ""


def _out_of_reach(stage: Argv, at: int, pins: Pins) -> str:
    """Why a command is refused that names a program where it cannot be held, or that sends it elsewhere by a variable.

    Empty when no program that is held stands in it, or only as a word that is not run.
    """
    held = [name for name in _PROGRAMS if pins.of(name)]
    program = name_of(stage[at]) if at < len(stage) else ""
    before, rest = stage[:at], stage[at + 1 :]
    again = any(word.startswith(("-exec", "-ok")) for word in rest)
    twice = sum(word.startswith(("-exec", "-ok")) for word in stage) > 1
    if program in held:
        variable = next((found[1] for word in before if (found := _ENVIRONMENT.match(word))), "")
        if variable:
            return f"it sets {variable} for {program}, which is held to what is pinned on its target: leave it out"
        behind = rest if again or _RUNS_OTHERS & set(rest) else rest[program_at(rest) :][:1]
    else:
        behind = () if program in tables("sets")["names_only"] and not again else stage[at:]
    said = [
        word
        for last, word in pairwise(("", *before))
        if last not in ("-u", "-g") and (twice or not word.startswith("/"))  # a user, a group, where `find` begins
    ]
    texts = () if program in held else tuple(inside(stage))
    for name in held:
        stands = re.compile(rf"(?:(?<![\w.-])|^-\w){name}(?:\.exe)?(?![\w./-])")
        if any(stands.search(word) for word in (*said, *behind, *texts)):
            return (
                f"it may run {name} where what is pinned on its target cannot be put in: "
                f"write `{name} …` as a command of its own, without what stands around it"
            )
    return ""


def _is(program: str, option: str, wanted: Sequence[str]) -> bool:
    if program in _ABRIDGED and option.startswith("--") and len(option) > 2:
        return any(one.startswith(option) for one in wanted)
    return option in wanted


def _options(program: str, words: Argv) -> Iterator[_Said]:
    """The options of a command with what follows each, in all forms: `-n x`, `-nx`, `-fn x`, `--namespace[=| ]x`.

    Where a word may be the value of the option before it or an option, it is told as one, and a `--` ends nothing.
    """
    first_only = program in _GLOBAL_FIRST
    ended, value_next = False, False
    for n, word in enumerate(words):
        after = words[n + 1] if n + 1 < len(words) else ""
        sure = not ended and not value_next
        if first_only and value_next:
            value_next = False
            continue
        if (word == "--" and sure) or (first_only and not word.startswith("-")):
            return
        ended = ended or word == "--"
        value_next = False
        if word.startswith("--") and word != "--":
            option, equals, value = word.partition("=")
            value_next = not equals and _takes_value(program, option)
            yield _Said(option, value if equals else after, sure)
        elif word.startswith("-") and word not in ("-", "--"):
            told = list(_short(program, word))
            value_next = not told[-1][1] and _takes_value(program, word)
            for place, (option, value) in enumerate(told):
                yield _Said(option, value.removeprefix("=") or after, sure and place == 0)


def _takes_value(program: str, option: str) -> bool:
    """Whether the next word is its value; where that is not known, whether it may be."""
    if program not in _GLOBAL_FIRST:
        return option not in _NEVER_VALUES
    if option.startswith("--"):
        return option != "--tls" and _is(program, option, _GLOBAL_FIRST[program])
    return option[-1] not in _SWITCHES[program]


def _short(program: str, word: str) -> Iterator[tuple[str, str]]:
    """The one-letter options of a word, each with what may be its value in the same word."""
    switches = _SWITCHES.get(program, "")
    for place, letter in enumerate(word[1:], 1):
        yield f"-{letter}", word[place + 1 :]
        if letter not in switches:
            return
