"""What SQL statements do."""

from __future__ import annotations

import re

from tocsin.runbook.playbook import Effect

_VERB = re.compile(
    r"^\s*(select|show|explain|describe|with|values|insert|update|delete|drop|alter|truncate|create|grant|revoke|vacuum"
    r"|analyze|reindex|set|begin|commit|rollback|call|do|copy|merge|kill|pragma|use|refresh|lock|replace|exec|execute"
    r"|optimize|flush|purge|checkpoint|cluster|comment|reset|start|stop|change|repair)\b",
    re.IGNORECASE,
)
_READ = frozenset(
    ["select", "show", "explain", "describe", "with", "values", "begin", "commit", "use", "set", "pragma", "start"]
)
_DESTROY = frozenset(
    [
        "update",
        "delete",
        "drop",
        "alter",
        "truncate",
        "revoke",
        "kill",
        "replace",
        "merge",
        "purge",
        "flush",
        "reset",
        "change",
        "stop",
        "rollback",
    ]
)
_ACTING = re.compile(
    r"\b(pg_terminate_backend|pg_cancel_backend|pg_promote|pg_switch_wal|pg_reload_conf|pg_drop_replication_slot"
    r"|pg_stat_reset\w*|lo_unlink|dblink_exec|setval|nextval|pg_advisory_unlock_all)\s*\(",
    re.IGNORECASE,
)
_HARD = re.compile(r"\b(pg_terminate_backend|pg_promote|pg_drop_replication_slot|lo_unlink)\s*\(", re.IGNORECASE)
_WRITING = re.compile(r"\b(insert\s+into|update\s+\w+\s+set|delete\s+from|drop\s+table|truncate)\b", re.IGNORECASE)


def is_sql(line: str) -> bool:
    """Whether a line begins an SQL statement: a known verb in the position of one, with the shape of SQL.

    >>> is_sql("SELECT 1;"), is_sql("update the status page")
    (True, False)
    """
    match = _VERB.match(line)
    if match is None:
        return False
    verb, rest = match[1], line[match.end() :]
    if verb.isupper():
        return True
    return bool(re.search(r";\s*$|\b(from|set|table|into|database|where)\b", rest, re.IGNORECASE)) and ";" in rest


def statements(text: str) -> tuple[str, ...]:
    """The statements of an SQL text, comments removed; a semicolon in quotes does not end one."""
    bare = re.sub(r"^\s*--[^\n]*$", "", text, flags=re.MULTILINE)
    pieces = re.findall(r"(?:[^;'\"$]|'[^']*'|\"[^\"]*\"|\$\$.*?\$\$|[$'\"])+", bare, flags=re.DOTALL)
    return tuple(piece.strip() for piece in pieces if piece.strip())


def effect(text: str) -> tuple[Effect, str]:
    """What the SQL does, and why it is thought to."""
    worst, why = Effect.READ_ONLY, "SQL that only reads"
    for statement in statements(text) or ("",):
        match = _VERB.match(statement)
        verb = match[1].lower() if match else ""
        if _HARD.search(statement):
            return Effect.DESTRUCTIVE, "a function that acts on other sessions or data"
        if verb in _DESTROY or (verb == "with" and _WRITING.search(statement)):
            return Effect.DESTRUCTIVE, f"SQL {verb.upper()} changes or removes what is there"
        if verb == "set" and re.match(r"(?i)\s*set\s+(?:global|persist\w*|@@global)\b", statement):
            worst, why = Effect.MUTATING, "SQL SET GLOBAL changes the server"
        if (
            _ACTING.search(statement)
            or (verb and verb not in _READ)
            or re.search(r"(?i)\binto\s+(?!outfile)\w+\s+from\b", statement)
        ):
            worst, why = Effect.MUTATING, f"SQL {verb.upper()} changes something"
        elif not verb and worst is Effect.READ_ONLY:
            worst, why = Effect.UNKNOWN, "SQL that is not recognised"
    return worst, why
