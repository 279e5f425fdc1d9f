"""What programs require of their arguments: the AWS CLI by its own table, others by ours."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.conftest import ROOT
from tocsin.runbook.command.bash import parse
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.rules.tools import bare, missing_options, need_of, unknown_subcommand

ARGUMENTS = ROOT / "src" / "tocsin" / "runbook" / "arguments"
OWN = tomllib.loads((ARGUMENTS / "own.toml").read_text("utf-8"))


def argv(text: str) -> tuple[str, ...]:
    """The words of a command."""
    return parse(text).programs[0]


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("aws cloudwatch get-metric-statistics --namespace a --metric-name b", "--end-time --period --start-time"),
        ("aws --region eu-west-1 logs get-log-events --log-group-name a", "--log-stream-name"),
        ("aws ecs update-service --cluster a --desired-count 4", "--service"),
        ("sudo -u deploy aws rds reboot-db-instance", "--db-instance-identifier"),
        ("kubectl -n shop scale deployment/web", "--replicas"),
        ("kubectl exec web-1", "a pod and, after --, a command"),
        ("kubectl rollout undo", "a resource such as deployment/name"),
        ("pg_restore backup.dump", "-d or --dbname"),
        ('psql -U postgres "SELECT 1 FROM a"', "-c before the SQL"),
        ("redis-cli -h cache CONFIG SET maxmemory", "a parameter and its value"),
        ("git revert", "a commit"),
        ("docker exec -it web", "a container and a command"),
        ("docker exec -u root web", None),  # the value of an option may be an operand: nothing is claimed
        ("docker exec web", "a container and a command"),
        ("pm2 scale web", "an app and a number"),
    ],
)
def test_a_missing_argument_is_named(command: str, missing: str | None) -> None:
    """TOC203: what the program prints its usage for."""
    assert missing_options(argv(command)) == missing


@pytest.mark.parametrize(
    "command",
    [
        "aws cloudwatch get-metric-statistics --cli-input-json file://a.json",
        "aws ecs wait services-stable --cluster a --services b",
        "aws rds help",
        "aws logs tail /ecs/a --follow",
        "aws s3 cp a s3://b/c",
        "kubectl scale --replicas=3 deployment/web",
        "kubectl delete -f web.yaml",
        "kubectl exec web-1 -- ls /",
        "kubectl logs -l app=web",
        "pg_restore -Fc --dbname=shop backup.dump",
        'psql $DATABASE_URL -tAc "SELECT 1 FROM a"',
        "redis-cli -h cache ping",
        "git revert --continue",
        "docker logs $CONTAINER",
        "kubectl rollout undo [...]",
        "systemctl restart <unit>",
    ],
)
def test_a_complete_command_is_left_alone(command: str) -> None:
    """A false alarm costs more than a missed one: whoever gets it stops reading."""
    assert missing_options(argv(command)) is None
    assert unknown_subcommand(argv(command)) is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("aws rds restart-db-instance --db-instance-identifier a", "use: aws rds start-db-instance"),
        ("kubectl rollout rollback deployment/web", "use: kubectl rollout undo"),
        ("sudo systemctl list", "use: systemctl list-units"),
        ("redis-cli FLUSH", "use FLUSHDB or FLUSHALL"),
    ],
)
def test_a_command_that_does_not_exist_is_told_with_what_does(command: str, said: str) -> None:
    """TOC215: the program prints its help and stops."""
    found = unknown_subcommand(argv(command))
    assert found is not None
    assert found[1].startswith("use")
    if "aws" not in command:
        assert found[1] == said


def test_commands_inside_of_shell_constructs_are_looked_at_too() -> None:
    """A redirection or an && hides nothing."""
    text = "# R\n\n## Common incidents\n\n### Down\n\n```bash\ntrue && kubectl scale deployment/a > /tmp/x\n```\n"
    assert "TOC203" in {one.code for one in compile_runbook(text).findings}


@pytest.mark.parametrize("entry", OWN["need"], ids=lambda one: " ".join(one["command"]))
def test_an_entry_of_our_table_can_fail_and_names_its_source(entry: dict[str, object]) -> None:
    """Each entry says what is missing when there is nothing after the command, except one that looks at words."""
    need = need_of(entry)
    assert re.match(r"https://", need.source)
    assert need.options or need.what
    assert need.pattern or need.missing(())


def test_the_table_of_aws_says_where_it_is_from() -> None:
    """Generated, with the version of the program; every line is a service or a command with options."""
    head, note, *lines = (ARGUMENTS / "aws.txt").read_text("utf-8").splitlines()
    assert re.match(r"# AWS CLI \d+\.\d+\.\d+ \(botocore ", head)
    assert "tools/argument_tables.py" in note
    assert len(lines) > 4000
    assert all(re.fullmatch(r"[a-z0-9-]+| [a-z0-9-]+(?: --[a-z0-9-]+)*", line) for line in lines)


def test_wrappers_are_taken_off() -> None:
    """sudo, timeout and variables stand before the program."""
    assert bare(("PGHOST=a", "sudo", "-u", "postgres", "timeout", "10", "psql", "-l")) == ("psql", "-l")
