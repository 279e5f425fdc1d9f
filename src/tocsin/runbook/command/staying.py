"""Programs that go on until somebody stops them, and programs that ask who it is before they do anything."""

from __future__ import annotations

import re

from tocsin.runbook.command.programs import Argv, tables

_GOES_AWAY = frozenset(
    {"--version", "--help", "-h", "-D", "--daemon", "--daemonize", "-d", "--check-config", "--detach"}
)
"""With these a server ends at once: it only tells something, or goes on behind the shell's back."""
_ENDS = re.compile(r"--(?:once|stop-when-empty|max-jobs|max-time|burst|run-time)\b")
"""With these a worker ends: after one job, when there is none left, or when its time is over."""
_TASKS = ("php", "python", "python3", "artisan", "manage.py", "rails", "bin/rails", "./manage.py", "bundle", "mix")
_SERVING_TASKS = frozenset(
    ["runserver", "serve", "server", "s", "queue:work", "queue:listen", "horizon", "schedule:work", "phx.server"]
)
"""Tasks of a framework that listen or work off a queue: `manage.py runserver`, `artisan queue:work`."""


def goes_on(name: str, argv: Argv) -> bool:
    """Whether a program listens or works until it is stopped.

    >>> goes_on("flask", ("flask", "run")), goes_on("php", ("php", "artisan", "queue:work", "--once"))
    (True, False)
    """
    if not _GOES_AWAY.isdisjoint(argv) or any(map(_ENDS.match, argv)):
        return False
    if name in tables("sets")["servers"]:
        return len(argv) > 1 or name in tables("sets")["servers_alone"]
    words = [word for word in argv[1:] if not word.startswith("-")]
    if name == "celery":
        return any(word in ("worker", "beat", "flower") for word in words[:2])  # behind "-A bakery"
    if name in _TASKS:
        task = words[1:2] if name in ("php", "python", "python3") else words[:1]
        first = words[0].rsplit("/", 1)[-1] if words else ""
        known = name not in ("php", "python", "python3") or first in ("artisan", "manage.py", "console")
        return known and bool(task) and task[0] in _SERVING_TASKS
    return f"{name} {' '.join(words[:1])}" in tables("sets")["serving"]


def asks_who(name: str, argv: Argv) -> bool:
    """Whether a program asks for a password, or for somebody to log in, at a terminal or in a browser.

    >>> asks_who("mysql", ("mysql", "-p", "-e", "SELECT 1")), asks_who("mysql", ("mysql", "-psecret", "-e", "SELECT 1"))
    (True, False)
    """
    if name in _OF_MYSQL:
        return "-p" in argv or "--password" in argv
    if name in _OF_POSTGRES:
        return "-W" in argv or "--password" in argv
    if "login" not in argv and "configure" not in argv:
        return False
    said = " ".join(argv)[:_LONGEST_LOGIN]
    return _LOGS_IN.match(said) is not None and _TOLD_WHO.search(said) is None


_LONGEST_LOGIN = 500
"""Characters of a command that logs in."""
_OF_MYSQL = frozenset(
    ["mysql", "mariadb", "mysqldump", "mariadb-dump", "mysqladmin", "mariadb-admin", "mysqlcheck", "mysqlimport"]
)
_OF_POSTGRES = frozenset(["psql", "pg_dump", "pg_dumpall", "pg_restore", "createdb", "dropdb", "vacuumdb", "reindexdb"])
_LOGS_IN = re.compile(
    r"(?:gh auth|gcloud auth(?: application-default)?|aws sso|npm|docker|podman|oc|vault|argocd|heroku"
    r"|fly(?:ctl)? auth|vercel|firebase|netlify|supabase|railway|tsh) login\b"
    r"|aws configure(?: sso)?(?: --profile[ =]\S+)?$"
)
_TOLD_WHO = re.compile(
    r"\s(?:--(?:with-token|password-stdin|password|token|username|cred-file|method|core|sso-session)\b|-[up]\b)"
    r"|vault login (?!-)\S|(?:docker|podman) login .*-p"
)
"""With these a login is told who it is."""
