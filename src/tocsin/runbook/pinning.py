"""Which cluster, which Docker, which account: the words that a team pins, put into a command, or why it is refused.

A runbook's `kubectl get pods` means whatever the last person at this terminal chose. What is pinned stands in the words
of the command, so that it is read before it is run and is part of what consent is given to. A command that names
another one is refused, never corrected: somebody meant something by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
                    _Pin("profile", ("--profile",), (self.aws_profile,)),
                    _Pin("region", ("--region",), (self.aws_region,)),
                )
        return tuple(pin for pin in found if any(pin.allowed))


@dataclass(frozen=True, slots=True)
class _Pin:
    """One option of a program. ``around`` are options that lead elsewhere without naming another one."""

    what: str
    options: tuple[str, ...]
    allowed: tuple[str, ...]
    around: tuple[str, ...] = ()


_SWITCHES = {"kubectl": "AfwitRhpqL", "helm": "Ahaq", "docker": "Dv", "docker-compose": "vh"}
"""Letters that take no value, so that another option may follow in the same word: `kubectl logs -fn shop`."""
_ABRIDGED = ("aws", "docker-compose")
"""Programs that take the beginning of a long option for the option."""
_GLOBAL_FIRST = {
    "docker": ("-c", "--context", "-H", "--host", "--config", "-l", "--log-level"),
    "docker-compose": ("-c", "--context", "-H", "--host", "-f", "--file", "-p", "--project-name", "--env-file"),
}
"""Programs that read their own options only before the sub-command, and those of them that take a value."""


def pinned(pipeline: Sequence[Argv], pins: Pins) -> tuple[Argv, ...] | str:
    """The stages with what is pinned in their words, or why they are refused.

    >>> pinned((("kubectl", "get", "pods"),), Pins("prod"))
    (('kubectl', '--context=prod', 'get', 'pods'),)
    >>> pinned((("kubectl", "--context", "test", "get", "pods"),), Pins("prod"))
    "it names the context 'test', and kubectl is held to 'prod' on its target"
    """
    stages: list[Argv] = []
    for stage in pipeline:
        held = _held(stage, pins)
        if isinstance(held, str):
            return held
        stages.append(held)
    return tuple(stages)


def _held(stage: Argv, pins: Pins) -> Argv | str:
    at = _program_at(stage)
    program = stage[at].rsplit("/", 1)[-1] if at < len(stage) else ""
    rest, added = stage[at + 1 :], []
    for pin in pins.of(program):
        said = list(_options(program, rest))
        held = f"{program} is held to {' or '.join(map(repr, pin.allowed))} on its target"
        around = next((option for option, _ in said if _is(program, option, pin.around)), None)
        if around is not None and "*" not in pin.allowed:
            return f"it says {around}, and {held}"
        named = [value for option, value in said if _is(program, option, pin.options)]
        if "*" not in pin.allowed and (other := [value for value in named if value not in pin.allowed]):
            return f"it names the {pin.what} {other[0]!r}, and {held}"
        if not named and around is None and pin.allowed[0] != "*":
            added.append(f"{pin.options[0]}={pin.allowed[0]}")
    return (*stage[: at + 1], *added, *rest)


def _is(program: str, option: str, wanted: Sequence[str]) -> bool:
    if program in _ABRIDGED and option.startswith("--") and len(option) > 3:
        return any(one.startswith(option) for one in wanted)
    return option in wanted


def _options(program: str, words: Argv) -> Iterator[tuple[str, str]]:
    """The options of a command with what follows each, in all forms: `-n x`, `-nx`, `-fn x`, `--namespace[=| ]x`."""
    global_first = _GLOBAL_FIRST.get(program)
    following = iter(range(len(words)))
    for n in following:
        word, after = words[n], words[n + 1] if n + 1 < len(words) else ""
        if word == "--" or (global_first and not word.startswith("-")):
            return
        if word.startswith("--"):
            option, equals, value = word.partition("=")
            yield option, value if equals else after
            if global_first and not equals and option in global_first:
                next(following, None)
        elif word.startswith("-"):
            yield from _short(program, word, after)
            if global_first and word in global_first:
                next(following, None)


def _short(program: str, word: str, after: str) -> Iterator[tuple[str, str]]:
    switches = _SWITCHES.get(program, "")
    for place, letter in enumerate(word[1:], 1):
        rest = word[place + 1 :].removeprefix("=")
        yield f"-{letter}", rest or after
        if letter not in switches:
            return


def _program_at(stage: Argv) -> int:
    """Where the program's name stands: behind `sudo` and its options."""
    at = 0
    if stage[:1] == ("sudo",):
        at = 1
        while at < len(stage) and stage[at].startswith("-"):
            at += 2 if stage[at] in ("-u", "-g", "--user", "--group") else 1
    return at
