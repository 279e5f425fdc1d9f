"""What SQL statements do."""

from __future__ import annotations

import re

from tocsin.runbook.command.sql_functions import unknown_call
from tocsin.runbook.instructions import Effect

_VERB = re.compile(
    r"^\s*(select|show|explain|describe|with|values|insert|update|delete|drop|alter|truncate|create|grant|revoke|vacuum"
    r"|analyze|reindex|set|begin|commit|rollback|call|do|copy|merge|kill|pragma|use|refresh|lock|replace|exec|execute"
    r"|optimize|flush|purge|checkpoint|cluster|comment|reset|start|stop|change|repair|restore|backup|dbcc)\b",
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
        "restore",
    ]
)
_ACTING = re.compile(
    r"\b(pg_terminate_backend|pg_cancel_backend|pg_promote|pg_switch_wal|pg_reload_conf|pg_drop_replication_slot"
    r"|pg_stat_reset\w*|lo_unlink|dblink_exec|setval|nextval|pg_advisory_unlock_all)\s*\(",
    re.IGNORECASE,
)
_HARD = re.compile(r"\b(pg_terminate_backend|pg_promote|pg_drop_replication_slot|lo_unlink)\s*\(", re.IGNORECASE)
_WRITING = re.compile(r"\b(?:insert|update|delete|merge|truncate|drop|alter|create)\b", re.IGNORECASE)
_STRINGS = re.compile(r"(?:(?<![\w$])[eE])?'(?:''|[^'])*'|(\$\w*\$).*?\1", re.DOTALL)
_COMMENTS = re.compile(r"/\*(?!!).*?\*/|--[^\n]*", re.DOTALL)
_RUN = re.compile(
    r"\b(?:select|with|values|table|insert|update|delete|merge|replace|execute|create|refresh|declare)\b", re.I
)
_PRAGMA_TELLS = re.compile(
    r"pragma\s+(?:\w+\.)?(?:(?:integrity_check|quick_check|foreign_key_check|foreign_key_list|table_info|table_xinfo"
    r"|index_info|index_list)\s*(?:\([\w'\" ]*\))?|compile_options|database_list|table_list|journal_mode|page_count"
    r"|page_size|freelist_count|user_version|schema_version|cache_size|encoding|synchronous|busy_timeout|auto_vacuum)\s*;?",
    re.IGNORECASE,
)
"""A pragma of SQLite that only tells: with a value behind it, or `wal_checkpoint`, it does something."""
_RANK = {Effect.READ_ONLY: 0, Effect.MUTATING: 1, Effect.UNKNOWN: 2, Effect.DESTRUCTIVE: 3}


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
    """What the SQL does, and why it is thought to: the worst of its statements."""
    found = [_of_one(statement) for statement in statements(text)] or [(Effect.UNKNOWN, "SQL that is not recognised")]
    return max(found, key=lambda one: _RANK[one[0]])


def _of_one(statement: str) -> tuple[Effect, str]:
    bare = _COMMENTS.sub(" ", _STRINGS.sub(" '' ", statement)).strip()
    match = _VERB.match(bare)
    verb = match[1].lower() if match else ""
    if _HARD.search(statement):
        return Effect.DESTRUCTIVE, "a function that acts on other sessions or data"
    if verb in ("explain", "describe") and re.search(r"(?i)\banaly[sz]e\b", bare):
        run = _RUN.search(bare)  # it runs what it explains
        return _of_one(bare[run.start() :]) if run else (Effect.UNKNOWN, "SQL EXPLAIN ANALYZE runs what it explains")
    if verb in _DESTROY or (verb == "with" and _WRITING.search(bare)):
        return Effect.DESTRUCTIVE, f"SQL {verb.upper()} changes or removes what is there"
    if verb == "set" and re.search(r"(?i)\b(?:global|persist\w*|password)\b", bare):
        return Effect.MUTATING, "SQL SET GLOBAL changes the server"
    if verb == "start" and not re.match(r"(?i)start\s+transaction\b", bare):
        return Effect.MUTATING, "SQL START starts something"
    if _ACTING.search(statement) or (verb and verb not in _READ):
        return Effect.MUTATING, f"SQL {verb.upper()} changes something"
    if verb == "pragma" and not _PRAGMA_TELLS.fullmatch(bare):
        return Effect.MUTATING, "SQL PRAGMA sets or does something"
    if not verb:
        return Effect.UNKNOWN, "SQL that is not recognised"
    if re.search(r"(?i)\binto\b|\bfor\s+(?:no\s+key\s+)?(?:update|(?:key\s+)?share)\b|\block\s+in\b", bare):
        return Effect.MUTATING, f"SQL {verb.upper()} writes or locks something"
    if "\\" in bare:
        return Effect.UNKNOWN, "a command of the client stands in the SQL"
    if call := unknown_call(bare):
        return Effect.UNKNOWN, f"what the function {call} does is not known"
    return Effect.READ_ONLY, "SQL that only reads"
