"""A connection to PostgreSQL that gets no answer, beside those that get a bad one."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest

from tests.stage.child import eventually
from tests.stage.postgresql import PostgreSQL
from tocsin.adapters.database.postgres import _Bounded

pytestmark = pytest.mark.component("postgresql")

LONG = "SELECT pg_sleep(30)"


class Impatient(_Bounded):
    """Waits a moment."""

    answer_within = timedelta(seconds=0.3)


def test_a_server_that_does_not_answer_is_left(postgresql_server: PostgreSQL) -> None:
    """The connection is closed, so that no late answer is taken for that of another question."""
    with Impatient.connect(postgresql_server.dsn()) as connection:
        with pytest.raises(psycopg.OperationalError, match="no answer from the server"):
            connection.execute(LONG)
        assert connection.silent
        assert connection.closed


def test_a_bad_answer_is_no_silence(postgresql_server: PostgreSQL) -> None:
    """A statement that was ended keeps its connection; a connection that the server ends has got an answer too."""
    connection = _Bounded.connect(postgresql_server.dsn(), autocommit=True)
    other = psycopg.connect(postgresql_server.dsn(), autocommit=True)
    with connection, other:
        connection.execute("SET statement_timeout = '100ms'")
        with pytest.raises(psycopg.OperationalError, match="statement timeout"):
            connection.execute(LONG)
        assert connection.execute("SET statement_timeout = 0")
        assert (connection.silent, connection.closed) == (False, False)

        def end() -> None:
            of = connection.info.backend_pid
            asked = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND query = %s AND state = 'active'"
            assert eventually(lambda: other.execute(asked, [of, LONG]).fetchone() is not None, 10)
            other.execute("SELECT pg_terminate_backend(%s)", [of])

        ending = threading.Thread(target=end)
        ending.start()
        with pytest.raises(psycopg.OperationalError):
            connection.execute(LONG)
        ending.join(10)
        assert (connection.silent, connection.closed) == (False, True)
