"""Programs that need a look of their own: SQL clients, curl, ssh, find, watch and some more."""

from __future__ import annotations

import re
from collections.abc import Callable

from tocsin.runbook import sql
from tocsin.runbook.playbook import Effect, Termination
from tocsin.runbook.programs import Again, Argv, Judgement, by_name
from tocsin.runbook.wrappers import of_find, of_xargs


def _sql_client(argv: Argv, _again: Again) -> Judgement:
    name = argv[0]
    query = None
    script = False
    for n, word in enumerate(argv[1:], 1):
        if word in ("-c", "--command", "-e", "--execute", "-q", "--query", "-Q") and n + 1 < len(argv):
            query = argv[n + 1]
        elif word.startswith(("--command=", "--execute=", "--query=")):
            query = word.split("=", 1)[1]
        elif word in ("-f", "--file") or word.startswith("--file="):
            script = True
        elif word in ("-l", "--list", "--version", "-V"):
            return Judgement(Effect.READ_ONLY, reason=f"{name} {word} only reads")
    if query is not None:
        effect, reason = sql.effect(query)
        if re.match(r"^\s*\\(?:d|l|z|timing|x|conninfo|du|dt)", query):
            effect, reason = Effect.READ_ONLY, "a psql command that only reads"
        return Judgement(effect, reason=reason)
    if script:
        return Judgement(Effect.DESTRUCTIVE, reason="runs an SQL script that is not seen here")
    return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for SQL", ("tty", "stdin"))


_CURL_DATA = ("-d", "--data", "-F", "--form", "--json", "-T", "--upload-file")


def _curl(argv: Argv, _again: Again) -> Judgement:
    method = "GET"
    asks = any(word in ("-G", "--get", "-I", "--head") for word in argv)
    kept = _kept(argv)
    for n, word in enumerate(argv[1:], 1):
        if word in ("-X", "--request") and n + 1 < len(argv):
            method = argv[n + 1].upper()
        elif word.startswith("-X") and len(word) > 2:
            method = word[2:].upper()
        elif (word in _CURL_DATA or word.startswith("--data-")) and method == "GET" and not asks:
            method = "POST"
    if method in ("GET", "HEAD", "OPTIONS"):
        if kept:
            return Judgement(Effect.MUTATING, reason="curl writes a file")
        stream = any(word in ("-N", "--no-buffer") for word in argv)
        return Judgement(
            Effect.READ_ONLY, Termination.FOLLOWS if stream else Termination.BOUNDED, f"an HTTP {method} only reads"
        )
    destroys = method == "DELETE"
    return Judgement(Effect.DESTRUCTIVE if destroys else Effect.MUTATING, reason=f"an HTTP {method} changes something")


def _kept(argv: Argv) -> bool:
    """Whether curl keeps what it gets: ``-o file``, ``-O``; nothing is kept in /dev/null."""
    for n, word in enumerate(argv[1:], 1):
        if word in ("-O", "--remote-name", "-J") or re.fullmatch(r"-[a-zA-Z]*O", word):
            return True
        if word in ("-o", "--output") or re.fullmatch(r"-[a-zA-Z]+o", word):
            return argv[n + 1 : n + 2] not in (("/dev/null",), ("-",), ("NUL",))
    return False


def _make(argv: Argv, _again: Again) -> Judgement:
    targets = [word for word in argv[1:] if not word.startswith("-") and "=" not in word]
    if not targets:
        return Judgement(Effect.MUTATING, reason="make builds its default target")
    return by_name(targets[0], f"the target's name {targets[0]!r}")


def _ssh(argv: Argv, again: Again) -> Judgement:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-i", "-p", "-l", "-o", "-F", "-J", "-L", "-R") else rest[1:]
    inner = " ".join(rest[1:])
    if not inner:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell on another host", ("tty",))
    return again(inner)


def _watch(argv: Argv, again: Again) -> Judgement:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-n", "--interval") else rest[1:]
    inner = again(" ".join(rest)) if rest else Judgement(Effect.UNKNOWN)
    return Judgement(inner.effect, Termination.FOLLOWS, "repeats for ever: " + inner.reason, ("tty", *inner.requires))


def _xargs(argv: Argv, again: Again) -> Judgement:
    rest = of_xargs(argv)
    return again(rest) if rest else Judgement(Effect.READ_ONLY, reason="xargs echoes")


def _find(argv: Argv, again: Again) -> Judgement:
    if "-delete" in argv:
        return Judgement(Effect.DESTRUCTIVE, reason="find -delete removes files")
    rest = of_find(argv)
    return again(rest) if rest else Judgement(Effect.READ_ONLY, reason="find only reads")


def _journal(argv: Argv, _again: Again) -> Judgement:
    if any(word.startswith(("--vacuum", "--rotate", "--flush")) for word in argv):
        return Judgement(Effect.DESTRUCTIVE, reason="journalctl removes old entries")
    follows = any(re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*|--follow", word) for word in argv[1:])
    return Judgement(Effect.READ_ONLY, Termination.FOLLOWS if follows else Termination.BOUNDED, "journalctl only reads")


def _shell(argv: Argv, again: Again) -> Judgement:
    if "-c" in argv[:-1]:
        return again(argv[argv.index("-c") + 1])
    script = next((word for word in argv[1:] if not word.startswith("-")), None)
    if script is None:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell", ("tty",))
    return by_name(script.rsplit("/", 1)[-1].rsplit(".", 1)[0], f"the script's name {script!r}")


def _awk(argv: Argv, _again: Again) -> Judgement:
    program = next((word for word in argv[1:] if not word.startswith("-")), "")
    if re.search(r"\bsystem\s*\(|>\s*\"|\|\s*\"|\bgetline\b", program):
        return Judgement(Effect.UNKNOWN, reason="the awk program runs or writes something")
    return Judgement(Effect.READ_ONLY, reason="awk only reads")


def _sed(argv: Argv, _again: Again) -> Judgement:
    if any(re.match(r"-[a-zA-Z]*i|--in-place", word) for word in argv[1:]):
        return Judgement(Effect.MUTATING, reason="sed -i rewrites files")
    return Judgement(Effect.READ_ONLY, reason="sed only reads")


SPECIAL: dict[str, Callable[[Argv, Again], Judgement]] = {
    "curl": _curl,
    "make": _make,
    "just": _make,
    "ssh": _ssh,
    "watch": _watch,
    "xargs": _xargs,
    "find": _find,
    "awk": _awk,
    "gawk": _awk,
    "sed": _sed,
    "journalctl": _journal,
    **dict.fromkeys(("bash", "sh", "zsh", "dash", "ksh", "ash", "fish"), _shell),
    **dict.fromkeys(
        ("psql", "mysql", "mariadb", "sqlcmd", "cockroach", "clickhouse-client", "sqlplus", "pgcli", "mycli"),
        _sql_client,
    ),
}
