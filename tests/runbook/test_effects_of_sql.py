"""SQL that looks like a look and is none."""

# ruff: noqa: E501 - a table

from __future__ import annotations

import pytest

from tocsin.runbook.command.effects import judge

NO_LOOK = [
    'psql -c "EXPLAIN ANALYZE DELETE FROM orders"',
    'psql -c "EXPLAIN (ANALYZE, BUFFERS) UPDATE orders SET a = 1"',
    'psql -c "explain verbose analyze select archive_orders()"',
    'psql -c "SELECT archive_orders()"',
    'psql -c "SELECT archive_orders/**/()"',
    "psql -c 'SELECT \"archive_orders\"()'",
    'psql -c "SELECT ops.count(1)"',
    'psql -c "SELECT cron.unschedule(1)"',
    'psql -c "SELECT * FROM x WHERE public.charge(1)"',
    "psql -c \"SELECT query_to_xml('delete from x', true, true, '')\"",
    "psql -c \"SELECT pg_read_file('/etc/passwd')\"",
    "psql -c \"SELECT pg_logical_slot_get_changes('a', null, null)\"",
    'psql -c "SELECT * INTO y FROM x"',
    'psql -c "SELECT * FROM x FOR UPDATE"',
    'psql -c "WITH a AS (UPDATE s.t SET b = 1 RETURNING 1) SELECT * FROM a"',
    'psql -c "SELECT 1" -f x.sql',
    'psql -f x.sql -c "SELECT 1"',
    'psql -c "DELETE FROM x" -c "SELECT 1"',
    'psql "-cDELETE FROM x" -c "SELECT 1"',
    'psql --comm="DELETE FROM x"',
    'psql -Atc "DELETE FROM x"',
    "psql -o '|reboot' -c 'SELECT 1'",
    "psql -o out -c 'SELECT 1'",
    "psql -Lout -c 'SELECT 1'",
    "psql --log-file=out -c 'SELECT 1'",
    "psql -c '\\lo_unlink 1'",
    "psql -c '\\d x \\! reboot'",
    "mysql -e \"select sleep(1) into outfile 'x'\"",
    "mysql -e \"select 1 into dumpfile 'x'\"",
    "mysql -e 'select 1; \\! reboot'",
    "mysql -e 'start slave'",
    "mysql -e \"set password = 'x'\"",
]

LOOKS = [
    'psql -Atc "SELECT count(*) FROM pg_stat_activity"',
    'psql -c "SELECT pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class"',
    "psql -c \"SELECT a, round(avg(b)) FROM c WHERE d IN (1, 2) AND e < now() - interval '5 minutes' GROUP BY a\"",
    'psql -c "SELECT 1" -c "SHOW max_connections"',
    'psql -c "EXPLAIN SELECT 1"',
    'psql -c "EXPLAIN ANALYZE SELECT count(*) FROM orders"',
    "psql -c '\\dt+ public.*'",
    "mysql -e 'SHOW PROCESSLIST'",
    "psql -c \"SELECT state FROM jobs WHERE note = 'delete from (x) into'\"",
]


@pytest.mark.parametrize("text", NO_LOOK)
def test_sql_that_acts_by_a_function_an_option_or_a_plan_is_no_look(text: str) -> None:
    """EXPLAIN ANALYZE runs its statement, a function may do anything, and a client does the worst of its options (R18)."""
    assert judge(text).effect.value != "read_only"


@pytest.mark.parametrize("text", LOOKS)
def test_sql_of_known_readers_stays_a_look(text: str) -> None:
    """Aggregates, dates, strings and the readers of the server's state are known by name."""
    found = judge(text)
    assert found.effect.value == "read_only", found.reason
