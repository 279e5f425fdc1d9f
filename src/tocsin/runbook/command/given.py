"""What a program is given to run or to send, whatever the program is called: SQL, a command, a word that destroys.

A program that is not known, or that starts something which is not seen, does at least what stands in its own words:
`heroku run alembic downgrade`, `wrangler d1 execute db --command "DELETE …"`, `silos purge east`. Such words only make
a judgement worse, but for clients that send the SQL which they are given and do nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.command import sql
from tocsin.runbook.command.programs import Again, Argv, Judgement, known_programs, tables
from tocsin.runbook.instructions import Effect, Termination

_SENDS_SQL = {
    "wrangler": ("d1 execute",),
    "turso": ("db shell",),
    "bq": ("query",),
    "heroku": ("pg:psql",),
    "supabase": ("db query",),
    "aws": ("rds-data execute-statement",),
    "cqlsh": ("",),
    "snowsql": ("",),
    "duckdb": ("",),
    "trino": ("",),
    "presto": ("",),
    "beeline": ("",),
    "usql": ("",),
}
"""Clients that send the SQL they are given, by their sub-command. Sources: the manual of each."""
_RUNS = frozenset(
    {"run", "exec", "shell", "ssh", "enter", "rsh", "debug", "create", "invoke", "console", "cmd.run", "--"}
)
"""Words behind which a program is given another one to run."""
_OPTION = re.compile(r"--?[\w-]+=(?P<value>.*)", re.DOTALL)
_LONGEST = 4_000
"""Characters of a word that is looked at."""
_FIRST_WORDS = 5
"""Words of a program in which it says what it does."""
_WORD = re.compile(r"[A-Za-z][\w.:-]*")
_BLANKS = ("<", "{", "$")
"""What a word begins with that a value is put in for."""
_TRIES_OUT = frozenset(
    {"test", "tests", "check", "verify", "simulate", "dry", "drill", "help", "explain", "plan", "diff"}
)
_MAKES = frozenset({"create", "new", "add", "init", "make"})
_MORE = frozenset({"recreate", "resync", "retract", "empty", "force", "replace"})
"""Words that destroy in the name of a program that nobody knows, beside those of every name."""


def with_what_it_is_given(name: str, argv: Argv, found: Judgement, again: Again) -> Judgement:
    """The judgement of a program with what its words say of the SQL, or of the program, that it is given."""
    if len(argv) > 1 and (sends := _sent(name, argv)) is not None:
        return replace(found, effect=sends.effect, reason=sends.reason)
    if found.effect not in (Effect.UNKNOWN, Effect.MUTATING):
        return found
    inner = _inner(argv, again, unknown=found.effect is Effect.UNKNOWN)
    told = found.effect is Effect.UNKNOWN and found.termination is not Termination.INTERACTIVE
    if inner is None and told and (word := _says_that_it_destroys(name, argv)):
        inner = Judgement(Effect.DESTRUCTIVE, reason=f"by the word {word!r}")
    return found if inner is None else replace(found, effect=inner.effect, reason=inner.reason)


def _sent(name: str, argv: Argv) -> Judgement | None:
    """What the SQL does that a client sends, where it is such a client and the SQL stands in its words."""
    commands = _SENDS_SQL.get(name)
    said = " ".join(word for word in argv[1:] if not word.startswith("-"))
    if commands is None or not any(one in said for one in commands):
        return None
    texts = [text for word in argv[1:] if sql.is_sql(text := _value(word))]
    if texts:
        return _of_sql(";".join(texts))
    if any(word in ("--file", "-f") or word.startswith("--file=") for word in argv):
        return Judgement(Effect.DESTRUCTIVE, reason="runs an SQL script that is not seen here")
    return None


def _of_sql(text: str) -> Judgement:
    effect, reason = sql.effect(text)
    return Judgement(effect, reason=reason)


def _value(word: str) -> str:
    """A word, or what stands behind the sign of its option: `--command="SELECT 1"`."""
    match = _OPTION.match(word[:_LONGEST])
    return match["value"] if match is not None else word[:_LONGEST]


def _inner(argv: Argv, again: Again, *, unknown: bool) -> Judgement | None:
    """What destroys something among the words that a program is given to run; None where nothing does."""
    runs = unknown
    for n, word in enumerate(argv[1:], 1):
        value = _value(word)
        found: Judgement | None = None
        if " " in value:
            first = value.split(maxsplit=1)[0] if value.strip() else ""
            if sql.is_sql(value):
                found = _of_sql(value)
            elif first in known_programs() or first.rsplit("/", 1)[-1] in known_programs():
                found = again(value)
        elif runs and n + 1 < len(argv) and word in known_programs() and word not in _RUNS:
            found = again(argv[n:])
            if found.effect is not Effect.DESTRUCTIVE:
                return None  # it is the program that is run
        runs = runs or word in _RUNS
        if found is not None and found.effect is Effect.DESTRUCTIVE:
            return found
    return None


def _says_that_it_destroys(name: str, argv: Argv) -> str | None:
    """The word by which a program that nobody knows stops or removes something: `millctl purge east`."""
    if "/" in name or "\\" in name or "." in name.strip("."):
        return None  # a script says it by its name alone
    verbs = tables("verbs")
    for word in (name, *[one for one in argv[1:] if not one.startswith("-")][: _FIRST_WORDS - 1]):
        if word is not name and (word[:1] in _BLANKS or "://" in word):
            continue
        if _WORD.fullmatch(word) is None:
            return None
        for part in re.split(r"[^a-z]+", word.casefold()):
            if part in verbs["destroy"] or part in _MORE:
                return word
            if part in _TRIES_OUT or part in verbs["read"] or part in _MAKES:
                return None  # "create mill-restore"
    return None
