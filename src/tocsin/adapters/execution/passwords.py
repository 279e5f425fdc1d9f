"""Passwords out of the words of a command: what stands in argv is read by everybody on the machine with `ps`.

PostgreSQL's programs take a password from a file of the run's private folder, Redis's client from the environment. What
other programs do with an address that holds a password is not known here; their words stay as they are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

POSTGRES = frozenset(
    {
        *("psql", "pg_restore", "pg_dump", "pg_dumpall", "pg_isready", "pg_basebackup", "pgbench"),
        *("createdb", "dropdb", "vacuumdb", "reindexdb", "clusterdb"),
    }
)
_ADDRESS = re.compile(r"(postgres(?:ql)?://)([^/?#\s]*)@")
_IN_QUERY = re.compile(r"([?&])password=([^&\s#]*)(&?)")
_CONNINFO = re.compile(r"(?:^|(?<=\s))password\s*=\s*('(?:[^'\\]|\\.)*'|\S+)\s*")
_REDIS = re.compile(r"(rediss?://)([^/@\s]*):([^/@\s]+)@")


def without_passwords(words: Sequence[str], environment: dict[str, str]) -> list[str]:
    """The words of one stage without passwords; what takes their place goes into the environment and its TMPDIR.

    A word that is not an address or a connection string of that program stays as it is.
    """
    program = words[0].rsplit("/", 1)[-1]
    if program == "sudo":
        return list(words)  # sudo passes neither the file's name nor the environment on
    if program in POSTGRES:
        found: list[str] = []
        cleaned = [words[0], *(_without(word, found) for word in words[1:])]
        if found:
            _keep(found, environment)
        return cleaned
    if program == "redis-cli":
        return [words[0], *(_without_redis(word, environment) for word in words[1:])]
    return list(words)


def _without(word: str, found: list[str]) -> str:
    if "://" in word:
        return _address(word, found)
    if re.search(r"\b(?:host|dbname|user)\s*=", word):
        match = _CONNINFO.search(word)
        if match:
            user = re.search(r"\buser\s*=\s*(\S+)", word)
            password = re.sub(r"\\(.)", r"\1", match[1][1:-1]) if match[1].startswith("'") else match[1]
            found.append(_line("*", user[1] if user else "*", password))
            return _CONNINFO.sub("", word)
    return word


def _address(word: str, found: list[str]) -> str:
    match = _ADDRESS.search(word)
    user, host = "*", "*"
    if match:
        user_part, colon, password = match[2].partition(":")
        user = unquote(user_part) or "*"
        host = _host(word[match.start() :])
        if colon and password:
            found.append(_line(host, user, unquote(password)))
            word = word[: match.start()] + match[1] + user_part + "@" + word[match.end() :]
    if in_query := _IN_QUERY.search(word):
        found.append(_line(host, user, unquote(in_query[2])))
        word = _IN_QUERY.sub(lambda m: m[1] if m[3] else "", word)
    return word


def _host(address: str) -> str:
    """The one host of an address; any, where it names several or none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return "*"
    return host if host and "," not in host and "%" not in host else "*"


def _line(host: str, user: str, password: str) -> str:
    """A line of a password file: host, port, database, user, password."""

    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace(":", "\\:")

    named = [part if part == "*" else escaped(part) for part in (host, "*", "*", user)]
    return ":".join([*named, escaped(password)])


def _keep(lines: Sequence[str], environment: dict[str, str]) -> None:
    place = os.path.join(environment["TMPDIR"], ".pgpass")
    with open(place, "a", opener=lambda path, flags: os.open(path, flags, 0o600), encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    environment["PGPASSFILE"] = place


def _without_redis(word: str, environment: dict[str, str]) -> str:
    match = _REDIS.search(word)
    if not match:
        return word
    environment["REDISCLI_AUTH"] = unquote(match[3])
    user = f"{match[2]}@" if match[2] else ""
    return word[: match.start()] + match[1] + user + word[match.end() :]
