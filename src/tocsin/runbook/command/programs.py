"""The programs that are known, and what can be told from a name alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from tocsin.runbook.instructions import Effect, Termination
from tocsin.runbook.packaged import packaged

Argv: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Effect and termination with the reason in a few words."""

    effect: Effect
    termination: Termination = Termination.BOUNDED
    reason: str = ""
    requires: tuple[str, ...] = ()


Again: TypeAlias = Callable[[Argv | str], Judgement]
"""Judges a command inside of another one: an argv, or a text for a shell."""


@cache
def _data() -> dict[str, Any]:
    return packaged("programs.toml")


@cache
def tables(name: str) -> dict[str, frozenset[str]]:
    """One of the tables of words: "simple" programs, "verbs" in names, or "sets" of programs."""
    return {kind: frozenset(words) for kind, words in _data()[name].items()}


_TABLES = frozenset({"simple", "verbs", "sets", "acting"})
"""The tables of programs.toml that are no program's own."""


@cache
def acting_of(name: str) -> dict[str, Any] | None:
    """The options with which a program that reads does more; None for a program that has no line of its own."""
    acting: dict[str, dict[str, Any]] = _data()["acting"]
    if name in acting:
        return acting[name]
    return next((acting[n] for n, r in _data().items() if n in acting and name in r.get("same_as", [])), None)


@cache
def rules_of(name: str) -> dict[str, Any] | None:
    """The rules for the sub-commands of a program; None for a program without any."""
    data = _data()
    if name in data and name not in _TABLES:
        rules: dict[str, Any] = data[name]
        return rules
    return next((r for n, r in data.items() if n not in _TABLES and name in r.get("same_as", [])), None)


@cache
def known_programs() -> frozenset[str]:
    """Every program that is known by name."""
    data = _data()
    names = {name for name in data if name not in _TABLES}
    names |= {other for name in names for other in data[name].get("same_as", [])}
    others = ("everyday", "names_only", "router", "of_npm")
    sets = [words for name, words in tables("sets").items() if name not in others]
    return frozenset(names).union(*tables("simple").values(), *sets)


SAYS = {
    Effect.DESTRUCTIVE: "destroys or stops something",
    Effect.MUTATING: "changes something",
    Effect.READ_ONLY: "only reads",
    Effect.UNKNOWN: "is not known",
}


def by_script(name: str, argv: Argv, where: str) -> Judgement:
    """Guess from the name of a script that is not seen; what looks and does more is not known.

    >>> by_script("check_and_fix", ("./check_and_fix.sh",), "").effect.value
    'unknown'
    >>> [by_script(name, (name,), "").effect.value for name in ("test-failover", "metrics-push", "check-restore")]
    ['unknown', 'unknown', 'read_only']
    >>> [by_script(name, (name,), "").effect.value for name in ("simulate-outage", "test-alert", "test-alerting-rules")]
    ['unknown', 'unknown', 'read_only']
    >>> [by_script(name, (name,), "").effect.value for name in ("status-page", "mill-status", "health-check")]
    ['unknown', 'read_only', 'read_only']
    """
    found = by_name(name, where)
    acts = tables("verbs")["destroy"] | tables("verbs")["mutate"] | _DOES
    behind = re.split(r"[^a-z]+", name.partition(" ")[0].casefold())
    joined = any(two in acts for one, two in itertools.pairwise(behind) if one in _JOINS)
    options = (word.lstrip("-").split("=", 1)[0] for word in argv[1:] if word.startswith("--"))
    told = next((one for one in options if one.split("-", 1)[0] in acts), "")
    joined = joined or not _ACTS.isdisjoint(behind)
    named = [word for word in behind if word]
    joined = joined or brings_about(name)
    if found.effect is Effect.READ_ONLY and not joined and len(named) > 1 and named[0] in _THINGS:
        looks = named[-1] in tables("verbs")["read"] - _THINGS
        found = found if looks else Judgement(Effect.UNKNOWN, reason=f"{where} says no verb, and may do more than look")
    if found.effect is Effect.READ_ONLY and (joined or told):
        return Judgement(Effect.UNKNOWN, reason=f"{where} looks, and does more" if joined else f"what --{told} does")
    return found


_DOES = frozenset({"fix", "force", "heal", "execute", "commit", "confirm", "yes"})
_JOINS = frozenset({"and", "or", "then", "n"})
_ACTS = frozenset(
    {"fix", "heal", "repair", "push", "apply", "start", "restart", "stop", "kill", "failover", "rollback", "reset"}
    | {"clean", "cleanup", "delete", "remove", "purge", "prune", "drop", "destroy", "flush", "rotate", "revoke"}
    | {"disable", "enable", "terminate", "wipe", "truncate", "erase", "force"}
)
"""Words of which one is enough for a script to do more than look, "test-failover", "fix-status", "metrics-push"."""
_CAUSED = frozenset({"outage", "failure", "fault", "crash", "chaos", "incident", "alert", "alerts", "page", "down"})
"""What a script that tries it out may bring about, "test-alert"; whatever is simulated may be done as well."""


_THINGS = frozenset({"logs", "log", "metrics", "stats", "snapshots", "health", "status", "version", "info"})
_DONE_TO = frozenset(
    {"clear", "clean", "delete", "remove", "rm", "purge", "prune", "reset", "flush", "rotate", "truncate", "wipe"}
    | {"drop", "destroy", "disable", "enable", "set", "update", "erase", "restart", "stop"}
)


def brings_about(name: str) -> bool:
    """Whether a script or target tries something out by doing it: "simulate-outage", "test-alert"."""
    named = [word for word in re.split(r"[^a-z]+", name.casefold()) if word]
    return "simulate" in named or ("test" in named[:1] and not _CAUSED.isdisjoint(named))


def by_name(name: str, where: str) -> Judgement:
    """Guess from a verb in a name: make targets, scripts, cloud operations.

    What is done to a thing counts, and not that one looks at such things: "logs-clear", "status-update".

    >>> by_name("logs-clear", "").effect.value, by_name("logs-queue", "").effect.value
    ('mutating', 'read_only')
    """
    verbs = tables("verbs")
    parts = [part for part in re.split(r"[^a-z]+", name.casefold()) if part]
    whole = name.casefold()
    for kind, meaning in (("destroy", Effect.DESTRUCTIVE), ("mutate", Effect.MUTATING), ("read", Effect.READ_ONLY)):
        if whole in verbs[kind]:
            return Judgement(meaning, reason=f"by {where}")
    first = parts[:1]
    behind = _DONE_TO.intersection(parts[1:]) if first and first[0] in _THINGS else ()
    for words in ((*behind,), first, parts):
        for kind, meaning in (("destroy", Effect.DESTRUCTIVE), ("mutate", Effect.MUTATING), ("read", Effect.READ_ONLY)):
            if any(word in verbs[kind] for word in words):
                return Judgement(meaning, reason=f"by {where}")
    return Judgement(Effect.UNKNOWN, reason=f"{where} does not say what it does")
