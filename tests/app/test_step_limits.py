"""How long a step may take: by what its programs are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.shop import ANA, STEPS
from tests.app.test_steps import LOOP, opened
from tocsin.app.execution.limits import BUILDING, CHANGING, LOOKING, MOVING, limits_of
from tocsin.app.execution.ordering import Order
from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.shell import Statement


def test_each_class_has_its_seconds_for_a_host_to_answer() -> None:
    """Longer than programs with a patience of their own have (10 s, 15 s), shorter than all the time of the step."""
    connect = [one.connect or timedelta.max for one in (LOOKING, CHANGING, BUILDING, MOVING)]
    assert connect == [timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=2)]
    assert all(one.total > (one.connect or one.total) for one in (LOOKING, CHANGING, BUILDING, MOVING))


@pytest.mark.parametrize(
    "text",
    [
        "curl --connect-timeout 40 https://shop.example.org/health",
        "sudo curl -s --connect-timeout 40 https://shop.example.org/health",
        "timeout 45 redis-cli -h cache ping",
        "sudo timeout 45 redis-cli -h cache ping",
        "/usr/bin/timeout 45 redis-cli -h cache ping",
        "ssh -o ConnectTimeout=40 web uptime",
        "ssh -oConnectTimeout=40 web uptime",
        "nc -vzw 40 db 5432",
        "wget -T 40 -qO- https://shop.example.org",
        "curl --connect-timeout 40 https://shop.example.org || curl https://other.example.org",
    ],
)
def test_a_command_that_says_how_long_it_waits_for_a_host_is_believed(text: str) -> None:
    """What it does when that is over, such as to ask another, is part of it; the time of the whole step stays."""
    limits = limits_of(ordered(text))
    assert limits.connect is None
    assert limits.total in (LOOKING.total, CHANGING.total)


@pytest.mark.parametrize("text", ["redis-cli -h cache ping", "kubectl get pods -w", "echo timeout; redis-cli ping"])
def test_no_other_command_waits_for_a_host_as_long_as_it_likes(text: str) -> None:
    """A word that looks like it is none of its own time-outs."""
    assert limits_of(ordered(text)).connect is not None


def ordered(text: str) -> Order:
    """The order of a command, by a shell where only a shell can run it."""
    found = opened().steps.preview(ANA, "INC-1", STEPS[LOOP], {})
    command = shell_command(Statement(text, 1, 1))
    shell = found.shell if command.needs_shell else None
    step = replace(found.step, command=command)
    return replace(found, step=step, pipeline=command.pipeline, text=text, shell=shell)


@pytest.mark.parametrize("text", ["df -h", "grep -c migrate app.log", "psql -c 'SELECT 1'"])
def test_a_look_has_a_minute(text: str) -> None:
    """Evidence that hangs is no evidence."""
    assert limits_of(ordered(text)) is LOOKING


def test_a_change_has_five_minutes() -> None:
    """A restart that takes longer has failed."""
    assert limits_of(ordered("systemctl restart shop")) is CHANGING


@pytest.mark.parametrize(
    "text", ["npm ci", "make test", "npm test", "sudo -u app npm run build", "docker compose build"]
)
def test_builds_and_tests_have_half_an_hour_and_may_not_fall_silent(text: str) -> None:
    """They print as they go; ten silent minutes are a hang."""
    assert limits_of(ordered(text)) is BUILDING


@pytest.mark.parametrize(
    "text",
    [
        "pg_restore --clean -d shop backup.dump",
        "sudo -u postgres pg_restore -d shop backup.dump",
        "/usr/lib/postgresql/15/bin/pg_dump -Fc -f shop.dump shop",
        "psql shop -f migrate.sql",
        "supabase db push",
        "python manage.py migrate",
        "cd /srv && pg_dump shop > shop.sql",
    ],
)
def test_what_moves_data_is_not_cut_off_half_way(text: str) -> None:
    """A restore is silent for as long as it works, and has dropped what it has not brought back yet."""
    limits = limits_of(ordered(text))
    assert limits is MOVING
    assert limits.idle is None
    assert limits.total >= timedelta(hours=6)
