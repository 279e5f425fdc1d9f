"""A program that is given another one to run, or SQL to send, does what that does, whatever it is called itself."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.effects import judge

_AROUND = [
    *("docker compose run --rm web {}", "docker run --rm -e A=b mill {}", "kubectl run x --rm -it --image=i -- {}"),
    *("heroku run {}", "heroku run -a mill -- {}", "kamal app exec '{}'", "nomad alloc exec abc {}", "ddev exec {}"),
    *('aws ecs execute-command --cluster c --task t --command "{}" --interactive', "cf ssh mill -c '{}'"),
    *("doppler run -- {}", "op run -- {}", "poetry run {}", "flock /tmp/l {}", "systemd-run {}", "wsl {}"),
    *("salt '*' cmd.run '{}'", "tmux new -d '{}'", "nix-shell --run '{}'", "sshpass -p x ssh h {}", "millrunner {}"),
]


@pytest.mark.parametrize("inner", ["rm -rf /silo", "alembic downgrade -1"])
def test_what_is_run_inside_of_any_program_is_seen(inner: str) -> None:
    """The word for running need not be known, and a look inside makes nothing harmless of the program around it."""
    found = {around: judge(around.format(inner)).effect.value for around in _AROUND}
    assert {around: effect for around, effect in found.items() if effect != "destructive"} == {}
    assert "read_only" not in {judge(around.format("ls /silo")).effect.value for around in _AROUND}


@pytest.mark.parametrize(
    "client",
    [
        *("wrangler d1 execute mill --remote --command '{}'", "npx wrangler d1 execute mill --command='{}'"),
        *("bq query '{}'", "bq query --use_legacy_sql=false '{}'", "turso db shell mill '{}'", "snowsql -q '{}'"),
        *("heroku pg:psql -c '{}'", "aws rds-data execute-statement --sql '{}'", "duckdb mill.db '{}'"),
    ],
)
def test_a_client_does_what_its_sql_does(client: str) -> None:
    """A client that sends SQL reads, changes or destroys as that says."""
    said = ("SELECT count(*) FROM flour", "INSERT INTO flour VALUES (1)", "DELETE FROM flour", "DROP TABLE flour")
    effects = [judge(client.format(one)).effect.value for one in said]
    assert effects == ["read_only", "mutating", "destructive", "destructive"]


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("wrangler d1 execute mill --file=./x.sql", "destructive"),
        ("gunzip -c mill.sql.gz | psql mill", "destructive"),
        ("cat mill.sql | sqlite3 mill.db", "destructive"),
        ("echo 'DROP TABLE flour' | psql", "destructive"),
        ("echo 'SELECT 1' | psql", "unknown"),
        ("millctl purge east", "destructive"),
        ("millctl silo drain east", "destructive"),
        ("purge_mill_cache", "destructive"),
        ("fab <mill> -H <host> silo.purge", "destructive"),
        ("millctl silo list", "unknown"),
        ("millctl test failover", "unknown"),
        ("millctl simulate purge", "unknown"),
        ("millctl create mill-restore", "unknown"),
        ("psql mill_restore_test", "unknown"),
        ("./bin/mill east", "unknown"),
        ("curl -s mill:9090/x | python3 -m json.tool", "read_only"),
        ("python3 -m json.tool a.json b.json", "unknown"),
        ("git log --grep 'DELETE FROM flour'", "read_only"),
        ("echo 'rm -rf /silo'", "read_only"),
        ("docker run --rm mill migrate --check", "mutating"),
    ],
)
def test_words_that_destroy_count_where_nothing_else_is_known(text: str, effect: str) -> None:
    """A program that nobody knows is taken at its word for harm, never for harmlessness."""
    assert judge(text).effect.value == effect


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("docker compose --env-file mill.env ps", "read_only"),
        ("docker compose --env-file mill.env logs web", "read_only"),
        ("docker compose --profile night up -d", "mutating"),
        ("docker --context mill ps", "read_only"),
        ("docker --context mill rm east", "destructive"),
        ("helm --kube-context mill list", "read_only"),
        ("fly -a mill status", "read_only"),
        ("curl.exe -i https://mill.example/healthz", "read_only"),
        ("curl.exe -X POST https://mill.example/stop", "mutating"),
        ("docker.exe rm east", "destructive"),
        ("direnv exec . rm -rf /silo", "destructive"),
        ("direnv exec . ls", "unknown"),
        ("dotenv -e .env -- npx prisma migrate reset", "destructive"),
        ("aws-vault exec mill -- aws s3 rm s3://silo/flour", "destructive"),
    ],
)
def test_what_stands_before_the_word_that_acts_is_passed_over(text: str, effect: str) -> None:
    """Options with their values, the ending of a program on Windows, and programs that only fetch an environment."""
    assert judge(text).effect.value == effect
