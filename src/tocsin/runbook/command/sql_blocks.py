"""SQL among commands of a shell, without a client that is told to run it."""

from __future__ import annotations

import re

from tocsin.runbook.command import sql
from tocsin.runbook.command.programs import known_programs

_LONGEST = 40
"""Lines of one statement."""

_OF_A_SHELL_TOO = frozenset(
    ["SET", "COPY", "CALL", "START", "STOP", "DO", "REPLACE", "CHANGE", "COMMENT", "LOCK", "USE"]
)
"""Words that SQL and the command prompt of Windows have in common: SQL only where a semicolon ends them."""

_GOES_ON = {
    "SELECT": frozenset(["INSERT", "CREATE", "WITH", "EXPLAIN", "COPY", "MERGE", "REPLACE"]),
    "SET": frozenset(["UPDATE", "ALTER", "MERGE", "INSERT"]),
    "VALUES": frozenset(["INSERT", "REPLACE", "MERGE"]),
    "UPDATE": frozenset(["MERGE", "SELECT", "INSERT", "EXPLAIN"]),
    "DELETE": frozenset(["MERGE", "WITH", "EXPLAIN"]),
    "INSERT": frozenset(["MERGE", "WITH", "EXPLAIN"]),
    "WITH": frozenset(["ALTER", "CREATE", "RESTORE", "BACKUP", "INSERT", "EXPLAIN"]),
}
"""Verbs that go on with a statement that one of the others began, on the next line."""


def sql_extent(body: tuple[str, ...], at: int) -> int:
    """How many lines the SQL statement takes that begins at ``at``; 0 where none stands there.

    It goes on to its semicolon. Transact-SQL has none: there it ends before the next statement, comment or blank line.

    >>> sql_extent(("ALTER DATABASE cellar SET SINGLE_USER", "ALTER DATABASE cellar SET MULTI_USER"), 0)
    1
    """
    verb = body[at].split(maxsplit=1)[0].rstrip(";")
    if not verb.isupper() or not sql.is_sql(body[at]):
        return 0
    open_end = 0
    for n, line in enumerate(body[at : at + _LONGEST], 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            break
        if n > 1 and not open_end and _begins(bare, verb):
            open_end = n - 1
        if bare.endswith(";"):
            return open_end or n
        end = n
    if verb in _OF_A_SHELL_TOO or not _SHAPE.match(body[at]):
        return 0
    return open_end or end


_SHAPE = re.compile(r"\s*[A-Z]+(?:;|\s+[\w@*\"'`(\[.-])")


def _begins(line: str, verb: str) -> bool:
    word = line.split(maxsplit=1)[0]
    if word in known_programs():
        return True
    return word.isupper() and sql.is_sql(line) and verb not in _GOES_ON.get(word, ())
