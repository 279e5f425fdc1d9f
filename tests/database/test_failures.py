"""A store whose database is locked, full, gone or killed: nothing acknowledged is lost, and it recovers by itself."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.contracts.samples import MINUTE, NOW, appending, delivery, effect
from tests.stage.postgresql import Database, postgresql
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.store import Store
from tocsin.errors import Conflict, Unavailable
from tocsin.incident.effects import EffectKind

SHORT = timedelta(seconds=0.3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the SQLite file is."""
    return tmp_path / "tocsin.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A store in a SQLite file that does not wait for long."""
    opened = open_store(f"sqlite:///{path}", patience=SHORT)
    yield opened
    opened.close()


def accept(store: Store, key: str) -> int:
    """Accept one delivery in a transaction of its own."""
    with store.transact() as tx:
        return tx.deliveries.accept([delivery(key)])[0]


def waiting(store: Store) -> int:
    """How many deliveries are stored."""
    with store.read() as tx:
        return tx.deliveries.waiting()


@pytest.mark.parametrize("instead", [False, True], ids=["gone", "replaced"])
def test_nothing_is_accepted_into_a_file_that_the_next_start_will_not_find(
    store: Store, path: Path, *, instead: bool
) -> None:
    """R1: SQLite writes on into a file that was moved. What is open goes on; what comes in is sent again later."""
    accept(store, "before")
    away = path.rename(path.with_name("away.db"))
    if instead:
        shutil.copy(away, path)
    with pytest.raises(Unavailable, match="put it back"):
        accept(store, "during")
    assert not store.writable()
    with store.transact() as tx:
        tx.keep.put("paged", "yes")
    path.unlink(missing_ok=True)
    away.rename(path)
    accept(store, "after")
    assert store.writable()
    assert waiting(store) == 2


def test_a_locked_file_is_unavailable_and_recovers(store: Store, path: Path) -> None:
    """F10: while another process holds the file nothing is acknowledged; reads work; afterwards all is well."""
    accept(store, "before")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            accept(store, "during")
        assert not store.writable()
        assert waiting(store) == 1
        other.execute("ROLLBACK")
    accept(store, "after")
    assert waiting(store) == 2


def test_another_process_that_has_the_turn_to_write_makes_this_one_unavailable(store: Store, path: Path) -> None:
    """Between a commit and the end of its checkpoint SQLite's own lock is free: the turn is not."""
    with Path(f"{path}.lock").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="another process"):
            accept(store, "during")
        assert waiting(store) == 0
        fcntl.flock(turn, fcntl.LOCK_UN)
    accept(store, "after")


def test_the_turn_to_write_is_kept_until_the_transaction_has_ended(store: Store, path: Path) -> None:
    """Nobody else gets the turn while a transaction is open, and everybody afterwards."""
    with Path(f"{path}.lock").open() as turn:
        with store.transact(), pytest.raises(BlockingIOError):
            fcntl.flock(turn, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_one_long_transaction_makes_the_others_unavailable(store: Store) -> None:
    """Whoever waits for longer than the patience for another thread's transaction gets Unavailable."""
    failures: list[Exception] = []

    def try_it() -> None:
        try:
            accept(store, "other")
        except Unavailable as error:
            failures.append(error)

    with store.transact() as tx:
        tx.keep.put("x", "1")
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    assert len(failures) == 1
    accept(store, "later")


def test_too_many_readers_are_unavailable(store: Store) -> None:
    """Readers are bounded; one more gets Unavailable, and its turn when another has ended."""
    held = [store.read() for _ in range(8)]
    for view in held:
        view.__enter__()
    with pytest.raises(Unavailable, match="readers"):
        waiting(store)
    for view in held:
        view.__exit__(None, None, None)
    assert waiting(store) == 0


def test_a_file_that_is_no_database_is_unavailable(path: Path) -> None:
    """A file of something else is told apart from a locked one and is left as it is."""
    path.write_bytes(b"something else" * 1000)
    with pytest.raises(Unavailable, match="not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == b"something else" * 1000


FULL_DISK = """
import sys
from tocsin.adapters.database.opening import open_store
from tocsin.errors import Unavailable
from tests.contracts.samples import delivery

import logging; logging.disable()
ballast = int(sys.argv[2])
store = open_store(f"sqlite:///{sys.argv[1]}/tocsin.db", ballast=ballast)
acknowledged, refused, outcomes = [], 0, ""
filler = open(f"{sys.argv[1]}/filler", "wb", buffering=0)
def fill():
    try:
        while filler.write(bytes(4096)):
            pass
    except OSError:
        pass
def send(n):
    with store.transact() as tx:
        return tx.deliveries.accept([delivery(f"k{n}", body=bytes(20_000))])[0]
for n in range(200):
    if n == 20:
        fill()
    try:
        acknowledged.append(send(n))
        outcomes += "A"
    except Unavailable as error:
        assert "full" in error.message, error.message
        outcomes += "r"
        refused += 1
        if refused == 3:
            with store.read() as tx:
                assert tx.deliveries.waiting() == len(acknowledged), "reads work on a full disk"
            filler.truncate(0)
with store.read() as tx:
    assert all(tx.deliveries.get(id) for id in acknowledged)
    assert tx.deliveries.waiting() == len(acknowledged)
store.close()
print(outcomes)
"""


def on_small_disk(tmp_path: Path, script: str, ballast: int) -> str:
    """Run a script in a file system of 40 MiB of its own; what it prints."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here: a small file system cannot be made")
    ended = subprocess.run(
        [
            *("unshare", "--mount", "--map-root-user", "sh", "-c"),
            'mount -t tmpfs -o size=40m tmpfs "$1" || exit 77; exec "$2" -c "$3" "$1" "$4"',
            *("sh", str(disk), sys.executable, script, str(ballast)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if ended.returncode == 77 or "unshare" in ended.stderr:
        pytest.skip(f"a small file system cannot be made here: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    """F9: on a full disk nothing is acknowledged, reads go on, and with room again writes work by themselves."""
    assert re.fullmatch("A{20,}rrrA{100,}", on_small_disk(tmp_path, FULL_DISK, ballast=0))


def test_ballast_makes_room_on_a_full_disk(tmp_path: Path) -> None:
    """R26: the first refusal releases the ballast, and the next alerts are stored before anybody has cleaned up."""
    assert re.fullmatch("A{20,}rA{20,}rrA{50,}", on_small_disk(tmp_path, FULL_DISK, ballast=2_000_000))


KILLED = """
import sys
from tocsin.adapters.database.opening import open_store
from tests.contracts.samples import delivery, appending, effect

store = open_store(sys.argv[1])
n = int(sys.argv[2])
while True:
    with store.transact() as tx:
        ids = tx.deliveries.accept([delivery(f"{n}/{k}", body=bytes(3000)) for k in range(20)])
        tx.incidents.append([appending(f"i{n}", n + 1, effect(f"page/{n}", incident_id=f"i{n}"))])
    print(n, *ids, flush=True)
    n += 1
"""


def killed_rounds(url: str, rounds: int) -> dict[int, list[int]]:
    """Kill a writing process again and again; what it had said is committed, by number."""
    said: dict[int, list[int]] = {}
    for round in range(rounds):
        first = (max(said) + 1000) if said else 0
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, url, str(first)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        ) as process:
            assert process.stdout is not None
            head = process.stdout.readline()
            time.sleep(0.05 + 0.07 * round)
            process.kill()
            # The last line may be cut: only whole ones were said.
            lines = (head + process.stdout.read()).split(b"\n")[:-1]
        for line in lines:
            number, *ids = (int(word) for word in line.split())
            said[number] = ids
    return said


def require_all(store: Store, said: dict[int, list[int]]) -> None:
    """Everything that was said is there, whole; at most one commit of each round was not said."""
    with store.read() as tx:
        for number, ids in said.items():
            assert all(tx.deliveries.get(id) for id in ids)
            assert len(tx.incidents.facts([f"i{number}"])[f"i{number}"]) == 1
            assert [one.effect.key for one in tx.outbox.entries(f"i{number}")] == [f"page/{number}"]
        incidents = len(list(tx.incidents.all_ids()))
        assert tx.deliveries.waiting() == 20 * incidents


def test_what_was_acknowledged_survives_kill_minus_nine(path: Path) -> None:
    """R1, F29: after any number of kills every acknowledged row is there, each transaction whole or not at all."""
    said = killed_rounds(f"sqlite:///{path}", 6)
    store = open_store(f"sqlite:///{path}")
    require_all(store, said)
    store.close()
    assert len(said) > 20
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.component("postgresql")
def test_what_was_acknowledged_survives_kill_minus_nine_on_postgresql(postgresql_database: Database) -> None:
    """R1, F29: the same with PostgreSQL, where the killed node's transaction is rolled back by the server."""
    said = killed_rounds(postgresql_database.dsn, 3)
    store = open_store(postgresql_database.dsn)
    require_all(store, said)
    store.close()


HOT_WRITER = """
import sys
from tocsin.adapters.database.opening import open_store
from tests.contracts.samples import delivery
store = open_store(sys.argv[1])
for n in range(150):
    with store.transact() as tx:
        tx.deliveries.accept([delivery(f"{sys.argv[2]}/{n}/{k}", body=bytes(8000)) for k in range(20)])
store.close()
"""


def test_two_processes_that_write_and_checkpoint_do_not_damage_the_file(path: Path) -> None:
    """The WAL-reset defect needs a checkpoint beside another writer: the turn to write covers both."""
    url = f"sqlite:///{path}"
    open_store(url).close()
    processes = [
        subprocess.Popen([sys.executable, "-c", HOT_WRITER, url, str(n)], cwd=Path(__file__).parents[2])
        for n in range(2)
    ]
    assert [process.wait(120) for process in processes] == [0, 0]
    store = open_store(url)
    assert waiting(store) == 6000
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.slow
@pytest.mark.component("postgresql")
def test_a_server_that_went_away_is_unavailable_and_recovers() -> None:
    """F10: while PostgreSQL is down nothing is acknowledged; once it is back the same store works by itself."""
    with postgresql() as server, server.database() as database:
        store = open_store(database.dsn, patience=timedelta(seconds=1))
        held = [store.read() for _ in range(4)]
        for view in held:
            view.__enter__()
        for view in held:
            view.__exit__(None, None, None)
        first = accept(store, "before")
        server.stop()
        with pytest.raises(Unavailable):
            accept(store, "during")
        with pytest.raises(Unavailable):
            waiting(store)
        assert not store.writable()
        server.start()
        deadline = time.monotonic() + 30
        while not store.writable():
            assert time.monotonic() < deadline
        second = accept(store, "after")
        assert waiting(store) == 2
        assert second > first
        store.close()


@pytest.mark.component("postgresql")
def test_a_restarted_server_costs_no_transaction_at_all(postgresql_database: Database) -> None:
    """Connections that a restart has broken are replaced before a transaction begins on them."""
    store = open_store(postgresql_database.dsn)
    accept(store, "before")
    terminate(postgresql_database)
    accept(store, "after")
    assert waiting(store) == 2
    store.close()


@pytest.mark.component("postgresql")
def test_a_connection_lost_before_the_commit_is_unavailable(postgresql_database: Database) -> None:
    """F91: a transaction whose connection is lost raises Unavailable, and the next one finds out what holds."""
    store = open_store(postgresql_database.dsn)

    def lose() -> None:
        with store.transact() as tx:
            tx.deliveries.accept([delivery("lost")])
            terminate(postgresql_database)

    with pytest.raises(Unavailable):
        lose()
    assert waiting(store) == 0
    accept(store, "lost")
    assert waiting(store) == 1
    store.close()


@pytest.mark.component("postgresql")
def test_a_row_that_somebody_keeps_locked_is_given_up(postgresql_database: Database) -> None:
    """A node that hangs with rows locked makes the others Unavailable after seconds, not for ever."""
    store = open_store(postgresql_database.dsn)
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1)])
    with psycopg.connect(postgresql_database.dsn) as hanging:
        hanging.execute("SELECT 1 FROM incidents FOR UPDATE")
        began = time.monotonic()
        with pytest.raises(Unavailable), store.transact() as tx:
            tx.incidents.append([appending("a", 1, seqs=(2,))])
        assert time.monotonic() - began < 8
    store.close()


def terminate(database: Database) -> None:
    """End all other connections to the database, as a restart does."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(database.server.dsn(), autocommit=True) as connection:
        while connection.execute(end, (database.name,)).fetchall():  # also one that came meanwhile
            time.sleep(0.01)


def test_in_memory_a_commit_can_fail_before_and_after(path: Path) -> None:
    """F91: a commit may fail and hold all the same; reading again decides, and the effect is there once."""
    store = MemoryStore()
    store.fail_next_commit(after=False)
    with pytest.raises(Unavailable):
        accept(store, "a")
    assert waiting(store) == 0
    store.fail_next_commit(after=True)
    with pytest.raises(Unavailable), store.transact() as tx:
        tx.incidents.append([appending("a", 1, effect("page/1"))])
    with pytest.raises(Conflict), store.transact() as tx:
        tx.incidents.append([appending("a", 1, effect("page/1"))])
    with store.transact() as tx:
        assert len(tx.outbox.claim([EffectKind.PAGE], NOW, MINUTE, "n", 9)) == 1


def test_in_memory_a_crash_keeps_what_was_committed() -> None:
    """A crash loses the open transaction and nothing else; the lost process can do nothing any more."""
    store = MemoryStore()
    accept(store, "committed")
    survivors: list[MemoryStore] = []

    def crash() -> None:
        with store.transact() as tx:
            tx.deliveries.accept([delivery("open")])
            survivors.append(store.crash())

    with pytest.raises(Unavailable):
        crash()
    [survivor] = survivors
    assert waiting(survivor) == 1
    with pytest.raises(Unavailable):
        waiting(store)
    accept(survivor, "afterwards")
    assert waiting(survivor) == 2


def test_a_killed_writer_leaves_no_lock_behind(path: Path) -> None:
    """The turn to write ends with the process that had it."""
    url = f"sqlite:///{path}"
    open_store(url).close()
    child = os.fork()
    if child == 0:
        with open_store(url).transact():
            os._exit(9)
    os.waitpid(child, 0)
    store = open_store(url, patience=SHORT)
    accept(store, "next")
    assert waiting(store) == 1
    store.close()
