"""PostgreSQL's own pg_dump and pg_restore, which know best how to copy a database."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tocsin.errors import BadSettings, Unavailable

_LOCK_SECONDS = 60


def dump(connection: Mapping[str, str], to: Path) -> None:
    """Write a dump of a database as of one instant; ``to`` is there as a whole or not at all."""
    unfinished = Path(f"{to}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        wait = f"--lock-wait-timeout={_LOCK_SECONDS}s"
        _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", wait, f"--file={unfinished}"], connection)
        unfinished.replace(to)
    except OSError as error:
        raise Unavailable(f"the copy cannot be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def load(connection: Mapping[str, str], source: Path) -> None:
    """Put a dump into a database in one transaction, in place of what is there."""
    how = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", [*how, "--dbname=", str(source)], connection)


def _run(program: str, arguments: Sequence[str], connection: Mapping[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise BadSettings(f"{program} is not on the PATH; install PostgreSQL's client programs of the server's version")
    # By the environment: the arguments of a process can be read by everybody on the machine.
    environment = {**os.environ, **connection}
    ended = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        reason = (ended.stderr.strip() or f"it ended with {ended.returncode}").splitlines()
        raise BadSettings(f"{program} failed: {' '.join(reason[-3:])}")
