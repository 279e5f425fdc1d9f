"""Programs with sub-commands: kubectl, docker, git, aws and their like, judged by rules that are data."""

from __future__ import annotations

import itertools
import re
from typing import Any

from tocsin.runbook.command.phrases import phrases_of
from tocsin.runbook.command.programs import SAYS, Again, Argv, Judgement, by_name
from tocsin.runbook.instructions import Effect, Termination

_SHELL_ENDS = re.compile(r"^(?:/\S*/)?(?:bash|sh|zsh|ash)$")


def by_rules(name: str, argv: Argv, rules: dict[str, Any], again: Again) -> Judgement:
    """What a program does by the rules for its sub-commands, which are those of this name."""
    words, flags, inner = _split(argv, frozenset(rules.get("value_flags", [])))
    inner = inner or _inside(name, argv)
    phrases = phrases_of(name)
    if "bare" in rules and not words and phrases.best("", flags)[0] is None:
        if rules["bare"] == "read":
            return Judgement(Effect.READ_ONLY, reason=f"{name} without a sub-command only tells")
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for input", ("tty", "stdin"))
    said = " ".join(words).casefold()
    effect, phrase = phrases.best(said, flags)
    termination = Termination.BOUNDED
    requires: tuple[str, ...] = ()
    if effect is None:
        match rules.get("default", "unknown"):
            case "verb" if phrase not in rules.get("interactive", []):
                if name == "az":  # "az storage queue list": what it works on stands before what it does
                    before = list(itertools.takewhile(lambda word: not word.startswith("-"), argv[1:]))
                    last = before[-1:]
                    if len(before) > 1 and by_name(last[0], "").effect is not Effect.UNKNOWN:
                        words = [before[0], *last]
                return _cloud(name, words, flags, rules)
            case "read":
                effect = Effect.READ_ONLY
            case "mutate":
                effect = Effect.MUTATING
            case "destroy":
                effect, words = Effect.DESTRUCTIVE, []
            case _:
                effect = _exec(words, inner, again) or Effect.UNKNOWN
    if remote := _remote(argv):
        return again(remote)
    if phrase in rules.get("interactive", []):
        termination, requires = Termination.INTERACTIVE, ("tty",)
    elif phrase in rules.get("follow", []) or _follows(name, words, flags, rules) or _streams(name, words, flags):
        termination = Termination.FOLLOWS
    if name == "oc" and words[:1] == ["debug"] and not inner:
        return Judgement(effect, Termination.INTERACTIVE, "oc debug opens a shell", ("tty",))
    if words[:1] and words[0] in ("exec", "run", "debug", "rsh", "ssh"):
        termination, requires = _terminal(flags, words, inner, termination)
        if inner and words[0] != "run" and not _SHELL_ENDS.match(inner[-1]):
            found = again(inner)
            return Judgement(found.effect, found.termination, found.reason, (*requires, *found.requires))
    reason = f"{name} {phrase or ' '.join(words[:2])} {SAYS[effect]}".replace("  ", " ")
    return Judgement(effect, termination, reason, requires)


_VALUES = frozenset(
    ["-u", "--user", "-e", "--env", "-w", "--workdir", "--env-file", "--index", "-f", "--file", "-p", "--project-name"]
)


def _inside(name: str, argv: Argv) -> Argv:
    """What ``docker exec -u root box psql -c …`` runs in the box, its own flags included."""
    if name not in ("docker", "podman", "nerdctl", "docker-compose", "crictl") or "exec" not in argv:
        return ()
    at = argv.index("exec") + 1
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at] in _VALUES else 1
    return argv[at + 1 :]


def _remote(argv: Argv) -> Argv:
    """What ``gcloud compute ssh vm --command …`` or ``fly ssh console -C …`` runs over there."""
    if "ssh" not in argv:
        return ()
    for n, word in enumerate(argv):
        if word in ("--command", "-C") and n + 1 < len(argv):
            return ("sh", "-c", argv[n + 1])
        if word.startswith("--command="):
            return ("sh", "-c", word.split("=", 1)[1])
    return ()


def _streams(name: str, words: list[str], flags: list[str]) -> bool:
    """Whether a program goes on for ever unless it is told otherwise."""
    ended = {
        ("docker", "stats"): {"--no-stream"},
        ("docker-compose", "stats"): {"--no-stream"},
        ("cf", "logs"): {"--recent"},
        ("pm2", "logs"): {"--nostream"},
        ("docker-compose", "up"): {"-d", "--detach", "--wait", "--no-start"},
        ("fly", "logs"): {"-n", "--no-tail"},
        ("flyctl", "logs"): {"-n", "--no-tail"},
    }.get((name, words[0] if words else ""))
    return ended is not None and not ended & set(flags)


def _follows(name: str, words: list[str], flags: list[str], rules: dict[str, Any]) -> bool:
    """Whether a flag makes it follow; ``-f`` names a file unless it is logs that are looked at."""
    given = [flag for flag in flags if flag in rules.get("follow_flags", [])]
    if name != "tail" and not {"logs", "log", "tail", "events"} & set(words):
        given = [flag for flag in given if flag != "-f"]
    return bool(given) or (name == "tail" and any(re.fullmatch(r"-\d+[fF]", flag) for flag in flags))


def _terminal(
    flags: list[str], words: list[str], inner: Argv, before: Termination
) -> tuple[Termination, tuple[str, ...]]:
    asks = any(re.fullmatch(r"-[a-zA-Z]*t[a-zA-Z]*|--tty|--interactive", flag) for flag in flags)
    shell = (bool(inner) and bool(_SHELL_ENDS.match(inner[-1]))) or (bool(words) and bool(_SHELL_ENDS.match(words[-1])))
    if words[0] in ("rsh", "ssh") or shell or (asks and words[0] in ("debug", "run") and not inner):
        return Termination.INTERACTIVE, ("tty",)
    return before, ()


def _exec(words: list[str], inner: Argv, again: Again) -> Effect | None:
    """What runs inside ``kubectl exec pod -- cmd`` or ``docker exec box cmd``."""
    if not words or words[0] not in ("exec", "debug", "rsh", "ssh"):
        return None
    inside = inner or tuple(words[2:])
    if not inside or _SHELL_ENDS.match(inside[-1]):
        return Effect.UNKNOWN
    return again(inside).effect


def _split(argv: Argv, value_flags: frozenset[str]) -> tuple[list[str], list[str], Argv]:
    words: list[str] = []
    flags: list[str] = []
    skip = False
    for n, word in enumerate(argv[1:], 1):
        if skip:
            skip = False
        elif word == "--":
            return words, flags, argv[n + 1 :]
        elif word.startswith("-") and len(word) > 1:
            flags.append(word)
            flags += [word.split("=", 1)[0]] if "=" in word else []
            # `-f` follows after `logs`, and names a file after `apply` or before a sub-command
            skip = word in value_flags and not (word == "-f" and words[:1] == ["logs"])
            if skip:
                flags.remove(word)
        else:
            words.append(word)
    return words, flags, ()


_WRITES_A_FILE = frozenset(
    {
        *("get-object", "get-object-torrent", "select-object-content", "get-job-output", "get-export", "get-sdk"),
        *("get-media", "get-clip", "get-snapshot-block", "get-package-version-asset"),
        *("test-invoke-method", "test-invoke-authorizer"),
    }
)


def _cloud(name: str, words: list[str], flags: list[str], rules: dict[str, Any]) -> Judgement:
    """aws, gcloud and their like: the operation's verb is the first part of one of the words."""
    termination = (
        Termination.FOLLOWS if any(flag in rules.get("follow_flags", []) for flag in flags) else Termination.BOUNDED
    )
    service = words[0] if words else name
    looks: Judgement | None = None
    if words[:2] == ["s3", "sync"] and "--delete" in flags:
        return Judgement(Effect.DESTRUCTIVE, termination, f"{name} s3 sync --delete removes what is not at the source")
    if words[-1:] == ["tail"] or words[1:3] == ["log", "tail"]:
        return Judgement(Effect.READ_ONLY, Termination.FOLLOWS, f"{name} follows a log")
    for word in words[1:] or words:
        if re.match(r"restore-db-\w+", word) or word == "get-credentials":
            return Judgement(Effect.MUTATING, termination, f"{name} {word} makes or writes something new")
        if word in ("modify-db-instance", "modify-db-cluster", "modify-instance-attribute", "test-failover"):
            return Judgement(Effect.DESTRUCTIVE, termination, f"{name} {word} can interrupt what runs")
        if word == "s3" or not re.fullmatch(r"[a-z][a-z0-9-]*", word):
            continue
        if word == "start-query":
            return Judgement(Effect.READ_ONLY, termination, f"{name} {word} looks into a log")
        if word in _WRITES_A_FILE:
            return Judgement(Effect.MUTATING, termination, f"{name} {word} writes a file or calls something")
        found = by_name(word, f"the operation {service} {word}")
        if found.effect is Effect.READ_ONLY:
            # `snapshots`, `logs` and `health-checks` are things too: what is done to them comes behind.
            looks = looks or Judgement(found.effect, termination, found.reason)
        elif found.effect is not Effect.UNKNOWN:
            return Judgement(found.effect, termination, found.reason)
    if looks is not None:
        return looks
    return Judgement(Effect.UNKNOWN, termination, f"{name} {' '.join(words[:2])} is not known")
