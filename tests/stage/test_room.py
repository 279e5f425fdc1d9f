"""Where tests keep their files, and the databases that they begin with."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.stage import memory, migrated
from tests.stage.postgresql import PostgreSQL
from tocsin.adapters.database.opening import open_store

NAMED = "TOCSIN_TESTS_ROOM"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test sets is gone after it."""
    monkeypatch.setenv(NAMED, "")
    monkeypatch.delenv(NAMED)


def test_files_lie_where_there_is_room(tmp_path: Path) -> None:
    """A place with room is taken, in a folder of one's own that processes of others may pass."""
    assert memory.use(tmp_path, room=1, environment=NAMED, needed=0)
    folder = Path(os.environ[NAMED])
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o711


def test_a_place_without_room_or_of_nobody_is_left_alone(tmp_path: Path) -> None:
    """Where memory is short, or there is no such place, files stay on the disk."""
    assert not memory.use(tmp_path, room=1 << 60, environment=NAMED)
    assert not memory.use(tmp_path / "none", room=1, environment=NAMED, needed=0)
    assert not memory.use(tmp_path, room=1, environment=NAMED, needed=1 << 60)
    assert NAMED not in os.environ
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_was_named_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets TMPDIR is obeyed."""
    monkeypatch.setenv(NAMED, "/elsewhere")
    assert not memory.use(tmp_path, room=1, environment=NAMED)
    assert os.environ[NAMED] == "/elsewhere"


def test_what_a_container_may_take_counts_where_the_machine_has_more(tmp_path: Path) -> None:
    """Files in memory count to the container: beyond its bound the tests would be killed."""
    facts, bound, none = tmp_path / "meminfo", tmp_path / "memory.max", tmp_path / "none"
    facts.write_text("MemTotal:       16000 kB\nMemAvailable:    9000 kB\n")
    assert memory.memory(facts, (none,)) == 9000 * 1024
    bound.write_text("max\n")
    assert memory.memory(facts, (bound,)) == 9000 * 1024
    bound.write_text("4096\n")
    assert memory.memory(facts, (none, bound)) == 4096
    assert memory.memory(none, ()) == 0


def test_a_copied_database_has_the_schema_and_is_private(tmp_path: Path) -> None:
    """It is opened without a migration, nobody else may read it, and none is written over."""
    file = migrated.place(tmp_path / "data" / "tocsin.db")
    with closing(open_store(f"sqlite:///{file}", migrate=False)) as store:
        assert store.writable()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        migrated.place(file)


@pytest.mark.component("postgresql")
def test_a_copied_postgresql_database_has_the_schema(postgresql_server: PostgreSQL) -> None:
    """Two that are copied from the same one have it, and share nothing."""
    with postgresql_server.database(migrated=True) as one, postgresql_server.database(migrated=True) as other:
        for database in (one, other):
            with closing(open_store(database.dsn, migrate=False)) as store, store.transact() as tx:
                assert tx.keep.get("mark") is None
                tx.keep.put("mark", "set")
