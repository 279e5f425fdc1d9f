"""Answers that a program reads as a part of a text of its own: SQL, a make variable, `@file` of curl. Pure.

One word of an argv is still a text to the program that gets it. psql does not fill its variables into what `-c` gives,
so an answer inside of SQL is held to a form that can be nothing but a value: a number where it stands bare, plain text
between quotes, one name where SQL wants the name of a thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.programs import tables

_SQL_OF_FILES = {"sqlite3", "duckdb"}
_NAMED_FIELDS = {"-F", "--form", "--data-urlencode", "--url-query"}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NAME = re.compile(r"[A-Za-z_]\w{0,62}(?:\.[A-Za-z_]\w{0,62})?", re.ASCII)
_QUOTED = re.compile(r"[\w .,:@/+=#~-]+")
_WORD = re.compile(r"[\w.:/@%+,=-]+")
_QUOTES = re.compile(r"[\"'\\]")
_GOES_ON = re.compile(r"[\w./+%~$<>{}\[\])-]$")
"""What a path or name goes on from or to; behind `=`, `:`, `@` or a comma something new begins."""
_HOST = re.compile(r"[0-9A-Za-z_.:-]+")
_LEADS = re.compile(r"#|%2[ef]", re.IGNORECASE)
_NAMES_A_THING = re.compile(
    r"\b(?:analyze|database|from|index|into|join|publication|role|schema|sequence|slot|subscription|table|truncate|update"
    r"|user|vacuum|view)\s+(?:concurrently\s+|only\s+|if\s+exists\s+)*\"?$",
    re.IGNORECASE,
)


def trouble_in_text(text: str, raw: str, value: str, label: str) -> str:
    """Why a program would make more of this answer than a value, by where the blank stands; empty when none would.

    >>> trouble_in_text('psql -c "DELETE FROM t WHERE id = <id>"', "<id>", "1 or 1=1", "id")
    'id stands bare in SQL: it may be a number only (or put quotes around it in the runbook)'
    """
    for argv in parse(text).programs:
        names = [word.rsplit("/", 1)[-1] for word in argv]
        for word in (word for word in argv if raw in word):
            if (tables("sets")["sql_clients"] | _SQL_OF_FILES) & set(names) and re.search(r"\s", word):
                trouble = _in_sql(word, raw, value, label)
            elif {"make", "just"} & set(names):
                trouble = "" if _WORD.fullmatch(value) else f"{label} becomes a part of what make runs: one word only"
            elif "curl" in names and (value.startswith("@") or ("@" in value and _takes_file(argv, word, raw))):
                trouble = f"{label} may not begin with @: curl would send the file of that name"
            else:
                trouble = ""
            if trouble:
                return trouble
    return ""


def trouble_in_word(text: str, raw: str, value: str, label: str, *, names_path: bool = False) -> str:
    """Why an answer would lead elsewhere than the longer word says that it becomes a part of; empty when it does not.

    ``names_path`` when the blank asks for a path: it may begin with / where nothing stands before it.

    >>> trouble_in_word("rm -rf /srv/cache/<tenant>", "<tenant>", ".", "tenant")
    "tenant is a part of '/srv/cache/<tenant>': it may not be or hold . alone between slashes"
    >>> trouble_in_word("tar -cf x.tar --directory=<folder> .", "<folder>", "/srv", "folder")
    ''
    """
    text, raw = _QUOTES.sub("", text), _QUOTES.sub("", raw)
    at = text.find(raw)
    while at >= 0:
        before = re.split(r"\s", text[:at])[-1]
        after = re.split(r"\s", text[at + len(raw) :])[0]
        if trouble := _in_address(before, after, value) or _in_path(before, after, value, names_path=names_path):
            return f"{label} is a part of {before + raw + after!r}: it may {trouble}"
        at = text.find(raw, at + 1)
    return ""


def _in_address(before: str, after: str, value: str) -> str:
    scheme, _, behind = before.rpartition("://")
    if not scheme:
        return ""
    host = value if after else value.split("/")[0] if behind else ""  # alone behind :// it may be a whole address
    if host and "/" not in behind and not _HOST.fullmatch(host):
        return "hold letters, digits, and . : - _ only, since a host stands there"
    return "not hold # or an escaped . or /, which change where an address leads" if _LEADS.search(value) else ""


def _in_path(before: str, after: str, value: str, *, names_path: bool) -> str:
    behind, ahead = bool(_GOES_ON.search(before)), bool(_GOES_ON.match(after[:1]))
    if (behind or ahead) and "." in value.split("/"):
        return "not be or hold . alone between slashes"
    if value.startswith("/") and (behind or (ahead and not names_path)):
        return "not begin with /"
    return ""


def _takes_file(argv: Sequence[str], word: str, raw: str) -> bool:
    """Whether curl would look for a file's name behind an @ within this word (`name@file`, `name=@file`)."""
    option = argv[max(0, argv.index(word) - 1)]
    return word.startswith(raw) and option in _NAMED_FIELDS


def _in_sql(sql: str, raw: str, value: str, label: str) -> str:
    at = sql.find(raw)
    while at >= 0:
        before = sql[:at]
        if before.count("'") % 2:
            if not _QUOTED.fullmatch(value):
                return f"{label} stands in SQL: letters, digits, spaces, and . , : @ / + = # ~ _ - only"
        elif _NAMES_A_THING.search(before):
            if not _NAME.fullmatch(value):
                return f"{label} names a thing in SQL: one name of letters, digits and _ only"
        elif not _NUMBER.fullmatch(value):
            return f"{label} stands bare in SQL: it may be a number only (or put quotes around it in the runbook)"
        at = sql.find(raw, at + 1)
    return ""
