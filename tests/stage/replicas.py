"""Two real PostgreSQL servers, one a synchronous standby of the other: to fail over as Patroni does it.

What is played by hand is Patroni's part alone: who is promoted, who is stopped, and where clients are led.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.stage.child import Child, await_ready, child, eventually, free_port
from tests.stage.postgresql import SUPERUSER, PostgreSQL

SYNCHRONOUS = "synchronous_standby_names=*"
ALONE = "synchronous_standby_names="


@dataclass(slots=True)
class Replica:
    """A server of one's own in a folder, which listens on a TCP port of this machine."""

    programs: Path
    user: str | None
    data: Path
    port: int
    stack: ExitStack
    process: Child | None = None
    settings: tuple[str, ...] = ()

    def dsn(self, port: int = 0) -> str:
        """Its address, or the same database behind a wire's ``port``."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{port or self.port}/postgres"

    def run(self, program: str, *words: str | Path) -> None:
        """Run one of PostgreSQL's programs as the user of the servers."""
        account = pwd.getpwnam(self.user) if self.user else None
        done = subprocess.run(
            [str(self.programs / program), *map(str, words)],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def start(self, *settings: str) -> None:
        """Start it, and wait until it answers; with what was given before where nothing is given."""
        self.settings = settings or self.settings
        given = [word for one in ("unix_socket_directories=", *self.settings) for word in ("-c", one)]
        command: list[str | Path] = [
            self.programs / "postgres",
            "-D",
            self.data,
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            *given,
        ]
        log = self.data.parent / f"{self.data.name}.log"
        self.process = self.stack.enter_context(child(command, log=log, directory=self.data.parent, user=self.user))
        self.stack.callback(self.end)  # before the wait for its own end, which lasts as long as anybody is connected
        await_ready(self.process, self._answers, 30)

    def _answers(self) -> bool:
        try:
            self.ask("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        with psycopg.connect(self.dsn(), autocommit=True, connect_timeout=5) as connection:
            return connection.execute(sql.encode()).fetchall()

    def stop(self) -> None:
        """Stop it cleanly: whoever is connected is sent away, and the standby has everything."""
        self._end(signal.SIGINT)

    def end(self) -> None:
        """Stop it at once, wherever it stands."""
        self._end(signal.SIGQUIT)

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.running():
            self.process.signal(number)
            self.process.process.wait(30)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()

    def promote(self) -> None:
        """Make the standby the primary."""
        self.run("pg_ctl", "promote", "-D", self.data, "-w", "-t", "30")

    def demote(self) -> None:
        """Make it read-only, as Patroni does with a primary that has lost its lock."""
        self.stop()
        (self.data / "standby.signal").touch()
        self.start()


@dataclass(slots=True)
class Pair:
    """A primary and its synchronous standby."""

    primary: Replica
    standby: Replica

    def in_step(self) -> bool:
        """Whether the standby has to confirm what the primary commits."""
        return self.primary.ask("SELECT sync_state FROM pg_stat_replication") == [("sync",)]


@contextmanager
def pair(server: PostgreSQL, *, standby: bool = True) -> Iterator[Pair]:
    """Two servers with nothing in them, made by the programs of another one; gone at the end of the block.

    Without ``standby`` the primary stands alone.
    """
    programs, user = server.programs
    home = Path(tempfile.mkdtemp(prefix="tocsin-pair-"))
    home.chmod(0o755)
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    try:
        with ExitStack() as stack:
            primary = Replica(programs, user, home / "primary", free_port(), stack)
            second = Replica(programs, user, home / "standby", free_port(), stack)
            primary.run("initdb", "--auth=trust", "--encoding=utf8", "-U", SUPERUSER, "-D", primary.data)
            primary.start(ALONE)
            if not standby:
                yield Pair(primary, second)
                return
            source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", SUPERUSER)
            second.run("pg_basebackup", *source, "-D", second.data, "-R", "-X", "stream", "-c", "fast")
            second.start(ALONE)
            primary.stop()
            primary.start(SYNCHRONOUS)
            both = Pair(primary, second)
            assert eventually(both.in_step, 30), "the standby does not follow"
            yield both
    finally:
        shutil.rmtree(home, ignore_errors=True)
