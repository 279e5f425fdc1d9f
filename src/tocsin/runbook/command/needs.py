"""What a command needs to be there before it can work, and how to look whether it is, without changing anything.

A runbook rots where nobody looks: a renamed deployment, a target that left the Makefile, a program that moved. Each
need has one read-only probe, which is run where the command would run, and one sentence for what its end means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin.runbook.command.placeholders import parameters

Stage = tuple[str, ...]


class NeedKind(StrEnum):
    """What kind of thing has to be there."""

    PROGRAM = "program"
    VARIABLE = "variable"
    MAKE_TARGET = "make target"
    DEPLOYMENT = "deployment"
    PROCESS = "process"
    UNIT = "unit"
    URL = "health URL"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a command needs. ``within`` are the options that say where it is looked for."""

    kind: NeedKind
    name: str
    within: Stage = ()

    @property
    def words(self) -> str:
        """It in words."""
        return f"the {self.kind.value} {self.name}"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a probe ended: the exit code of its one stage and what it printed, on both streams and as data."""

    code: int
    output: str
    stdout: str


_IS_THERE = 'command -v "$1" > /dev/null'
_IS_SET = 'printenv "$1" > /dev/null'
_MAKEFILE = 'for f in GNUmakefile makefile Makefile; do if [ -f "$f" ]; then exec cat "$f"; fi; done; exit 3'
_RULE = re.compile(r"^(?![\t#])([^:=#]+?)\s*::?(?!=)", re.MULTILINE)
_INCLUDES = re.compile(r"^-?s?include\b", re.MULTILINE)
_CHANGES = re.compile(r"-[A-Za-z]*[XdTF].*|--(?:request|data.*|upload-file|form.*|json)(?:=.*)?")
_PM2 = frozenset({"restart", "reload", "stop", "delete", "logs", "describe", "show", "trigger", "scale", "reset"})
_KUBECTL_VALUES = frozenset({"-n", "--namespace", "--context", "--kubeconfig", "--cluster"})


def needs(pipeline: Sequence[Stage], variables: Sequence[str]) -> tuple[Need, ...]:
    """What a pipeline needs, each once; ``variables`` are the names of the environment that it speaks of.

    What is still to be filled in by a person, or from the environment, is not looked for.
    """
    found = [Need(NeedKind.VARIABLE, name) for name in variables]
    for stage in pipeline:
        words = stage
        if words and words[0] == "sudo":
            found.append(Need(NeedKind.PROGRAM, "sudo"))
            words = tuple(word for word in words[1:] if word != "-n")
        if words:
            found.append(Need(NeedKind.PROGRAM, words[0]))
            found += _of_program(words[0].rsplit("/", 1)[-1], words[1:])
    return tuple(dict.fromkeys(one for one in found if not _is_open(one.name)))


def _is_open(name: str) -> bool:
    return "$" in name or bool(parameters(name))


def _of_program(program: str, words: Stage) -> Iterator[Need]:
    match program:
        case "make":
            if not {"-C", "-f", "--file", "--directory"} & set(words):
                goals = (word for word in words if not word.startswith("-") and "=" not in word)
                yield from (Need(NeedKind.MAKE_TARGET, goal) for goal in goals if not _is_argument(goal, words))
        case "curl":
            if not any(_CHANGES.fullmatch(word) for word in words):
                yield from (Need(NeedKind.URL, word) for word in words if re.match(r"https?://", word))
        case "kubectl":
            yield from _deployments(words)
        case "pm2":
            named = [word for word in words[1:] if not word.startswith(("-", "+")) and not word.isdigit()]
            if words and words[0] in _PM2 and named and named[0] != "all" and "." not in named[0]:
                yield Need(NeedKind.PROCESS, named[0])
        case "systemctl":
            named = [word for word in words if not word.startswith("-")]
            if len(named) > 1 and named[0] in ("restart", "reload", "status", "stop", "start", "is-active"):
                yield from (Need(NeedKind.UNIT, name) for name in named[1:])
        case _:
            return


def _is_argument(goal: str, words: Stage) -> bool:
    """Of `make maintenance-mode <enable|disable>`, or `-j 4`, the second word is no name to look for."""
    return bool(parameters(goal)) or goal.isdigit()


def _deployments(words: Stage) -> Iterator[Need]:
    within = tuple(
        part
        for place, word in enumerate(words)
        for part in ((word, *words[place + 1 : place + 2]) if word in _KUBECTL_VALUES else ())
    )
    within += tuple(word for word in words if word.partition("=")[0] in _KUBECTL_VALUES and "=" in word)
    for place, word in enumerate(words):
        kind, slash, name = word.partition("/")
        if kind in ("deployment", "deployments", "deploy"):
            following = words[place + 1] if place + 1 < len(words) else ""
            name = name if slash else following
            if name and not name.startswith("-"):
                yield Need(NeedKind.DEPLOYMENT, name, within)


def probe(need: Need) -> Stage:
    """What to run, where the command would run, to see whether it is there."""
    match need.kind:
        case NeedKind.PROGRAM:
            return ("sh", "-c", _IS_THERE, "sh", need.name)
        case NeedKind.VARIABLE:
            return ("sh", "-c", _IS_SET, "sh", need.name)
        case NeedKind.MAKE_TARGET:
            return ("sh", "-c", _MAKEFILE)
        case NeedKind.DEPLOYMENT:
            return ("kubectl", *need.within, "--request-timeout=10s", "get", "deployment", need.name, "-o", "name")
        case NeedKind.PROCESS:
            return ("pm2", "describe", need.name)
        case NeedKind.UNIT:
            return ("systemctl", "cat", "--", need.name)
        case NeedKind.URL:
            return ("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10", need.name)


def is_probe(stage: Stage) -> bool:
    """Whether these are the words of a probe that a plain ``sh`` runs: they change nothing, whatever is named.

    Their texts are fixed, and what is looked for is a word beside the text.
    """
    return stage == ("sh", "-c", _MAKEFILE) or (
        len(stage) == 5 and stage[:2] == ("sh", "-c") and stage[2] in (_IS_THERE, _IS_SET) and stage[3] == "sh"
    )


def missing(need: Need, seen: Seen) -> str:
    """What is wrong, in a sentence; empty when it is there, or when that cannot be told."""
    match need.kind:
        case NeedKind.PROGRAM:
            return "" if seen.code == 0 else f"{need.name} is not installed there"
        case NeedKind.VARIABLE:
            return "" if seen.code == 0 else f"the variable {need.name} is not set for its steps"
        case NeedKind.MAKE_TARGET:
            return _missing_target(need.name, seen)
        case NeedKind.URL:
            code = seen.stdout.strip()[-3:]
            if seen.code != 0:
                return f"{need.name} does not answer: {_first_line(seen.output)}"
            return "" if code[:1] in ("2", "3") else f"{need.name} answers {code}"
        case NeedKind.DEPLOYMENT | NeedKind.PROCESS | NeedKind.UNIT:
            if seen.code == 0:
                return ""
            return f"{need.words} was not found: {_first_line(seen.output)}"


def _missing_target(name: str, seen: Seen) -> str:
    if seen.code != 0:
        return "there is no Makefile in its folder"
    text = re.sub(r"\\\n", " ", seen.stdout)
    targets = {word for rule in _RULE.findall(text) for word in rule.split()}
    # What another file, a pattern or a variable brings cannot be read here.
    unclear = bool(_INCLUDES.search(text)) or any("%" in word or "$" in word for word in targets)
    return "" if name in targets or unclear else f"the Makefile has no target {name}"


def _first_line(output: str) -> str:
    return next((line.strip()[:200] for line in output.splitlines() if line.strip()), "it said nothing")
