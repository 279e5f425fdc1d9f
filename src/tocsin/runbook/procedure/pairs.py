"""Commands that belong together: what one takes away or switches, another brings back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin.runbook.instructions import Step

NAME = r"(?P<name>[\w./@:-]+)"
REMOVED = (
    (rf"^pm2 (?:delete|del) {NAME}", rf"^pm2 (?:restart|reload|scale|stop) {NAME}(?!\S)", "^pm2 start"),
    (
        rf"^docker (?:container )?rm (?:-\w+ )*{NAME}",
        rf"^docker (?:start|restart|exec) (?:-\w+ )*{NAME}(?!\S)",
        "^docker run",
    ),
    (rf"^(?:sudo )?systemctl mask {NAME}", rf"^(?:sudo )?systemctl (?:re)?start {NAME}(?!\S)", "systemctl unmask"),
    (
        rf"^kubectl delete (?P<kind>deploy(?:ment)?|sts|statefulset|ds|daemonset)[ /]{NAME}",
        rf"^kubectl (?:rollout \w+|scale|set \w+) (?:deploy(?:ment)?s?|sts|statefulset|ds|daemonset)[ /]{NAME}(?!\S)",
        "^kubectl (?:apply|create|replace)",
    ),
)
"""(what removes something, what needs it by its name, what brings it back)."""

_STOPPED = (
    (r"^docker[- ]compose\b.*\bdown\b", r"^docker[- ]compose\b.*\bup\b"),
    (rf"^(?:sudo )?systemctl stop {NAME}", r"^(?:sudo )?systemctl start {name}(?!\S)"),
    (rf"^(?:sudo )?service {NAME} stop\b", r"^(?:sudo )?service {name} start\b"),
    (rf"^pm2 stop {NAME}", r"^pm2 (?:re)?start {name}(?!\S)"),
    (rf"^docker stop {NAME}", r"^docker start {name}(?!\S)"),
)
_SWITCHES = (
    {"on", "off"},
    {"enable", "disable"},
    {"enabled", "disabled"},
    {"true", "false"},
    {"pause", "resume"},
    {"pause", "unpause"},
    {"cordon", "uncordon"},
    {"drain", "uncordon"},
)
NEAR = 60
"""Steps after one among which its other half is looked for: further away the words stand for something else."""
_WORD = re.compile(r"[\w.-]+")


class PairKind(StrEnum):
    """How two commands belong together."""

    REMOVED = "removed"  # until the second runs, something is gone: it follows at once
    SWITCHED = "switched"  # the second puts back what the first has switched: it is owed, and is the first's undo


@dataclass(frozen=True, slots=True)
class Pair:
    """Two steps by their ids: after ``first``, ``second`` is owed."""

    first: str
    second: str
    kind: PairKind


def pairs_of(steps: Sequence[Step]) -> Iterator[Pair]:
    """The pairs among the steps of one procedure or phase; a step waits for the nearest one that brings it back."""
    for n, first in enumerate(steps):
        if first.command is None:
            continue
        later = [step for step in steps[n + 1 : n + 1 + NEAR] if step.command and step.alternative == first.alternative]
        for second in later:
            kind = _together(_said(first), _said(second))
            if kind is not None:
                yield Pair(first.id, second.id, kind)
                break


def _said(step: Step) -> str:
    assert step.command is not None
    return " ".join(f"{step.command.text} {step.command.stdin or ''}".split())


def _together(first: str, second: str) -> PairKind | None:
    for removes, restores in (*((one, back) for one, _needs, back in REMOVED), *_STOPPED):
        match = re.search(removes, first)
        if match is None:
            continue
        name = match.groupdict().get("name") or ""
        if re.search(restores.replace("{name}", re.escape(name)), second):
            return PairKind.REMOVED
    return PairKind.SWITCHED if _switched(first, second) else None


def _switched(first: str, second: str) -> bool:
    """Whether two commands are the same but for one word, which is the other position of a switch.

    >>> _switched("make maintenance enable", "make maintenance disable"), _switched("make on a", "make off b")
    (True, False)
    """
    one, other = _WORD.findall(first), _WORD.findall(second)
    if len(one) != len(other):
        return False
    differing = [(a.lower(), b.lower()) for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and set(differing[0]) in _SWITCHES
