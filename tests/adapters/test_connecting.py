"""Hosts that do not answer: the words that the engine puts in, before real programs and a port that drops calls."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.shop import ANA, Shop
from tests.stage.unanswered import unanswered
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.starting import Given
from tocsin.app.ports import Execution, Job, Limits
from tocsin.incident.target import Target
from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.connecting import connecting
from tocsin.runbook.command.effects import judge
from tocsin.runbook.command.pinning import Pins
from tocsin.runbook.command.shell import Statement

RUNBOOK = """# Ferry Runbook

## Common Incidents

### Bookings Fail

**Symptoms:**
- Bookings fail

**Investigation:**
```bash
curl -sS -f http://127.0.0.1:PORT/health | head -1
aws ecs list-clusters
for i in 1 2; do curl -f http://127.0.0.1:PORT/health; done
```
"""


def run(*stages: tuple[str, ...], **variables: str) -> Execution:
    """Run a pipeline for half a minute at most."""
    return LocalSteps(variables).run(Job("r", stages, limits=Limits(total=timedelta(seconds=30))))


def test_the_words_are_read_before_the_run_bound_to_the_consent_and_what_runs() -> None:
    """Preview, digest and the argv that is run have them; the text of a shell has not."""
    shop = Shop(RUNBOOK.replace("PORT", "9").encode())
    shop.change_team(targets={"local": Target("local", pins=Pins(aws_profile="prod"))})
    shop.incidents.declare(ANA, "Bookings fail", "shop", procedure="bookings-fail")
    curl, aws, loop = [view.step for view in shop.steps.list(ANA, "INC-1").steps]
    shown = shop.steps.preview(ANA, "INC-1", curl.id, {})
    words = ("curl", "--connect-timeout", "10", "-sS", "-f", "http://127.0.0.1:9/health")
    assert shown.pipeline == (words, ("head", "-1"))
    assert shown.text == f"{' '.join(words)} | head -1"
    shop.enable_step(curl.id)
    shop.steps.run(ANA, "INC-1", curl.id, Given())
    shop.work()
    assert [pipeline for _, pipeline, _ in shop.runner.runs] == [shown.pipeline]
    at_aws = shop.steps.preview(ANA, "INC-1", aws.id, {}).pipeline
    assert at_aws == (("aws", "--cli-connect-timeout=5", "--profile=prod", "ecs", "list-clusters"),)
    assert "--connect-timeout" not in shop.steps.preview(ANA, "INC-1", loop.id, {}).text


@pytest.mark.parametrize(
    "text",
    [
        "curl --connect-timeout 3 http://127.0.0.1:9/",
        "aws --cli-connect-timeout 60 ecs list-clusters",
        "aws ecs list-clusters --cli-connect 3",
        "echo curl aws",
        "kubectl get pods",
    ],
)
def test_what_says_it_itself_or_is_another_program_is_left_alone(text: str) -> None:
    """The runbook's own word counts, also where it is longer."""
    pipeline = shell_command(Statement(text, 1, 1)).pipeline
    assert connecting(pipeline) == pipeline


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sudo /usr/bin/curl -f http://h/", "sudo /usr/bin/curl --connect-timeout 10 -f http://h/"),
        ("curl -q http://h/", "curl -q --connect-timeout 10 http://h/"),
        ("curl -qsSo /dev/null http://h/", "curl -q --connect-timeout 10 -sSo /dev/null http://h/"),
        ("curl --disable -f http://h/", "curl --disable --connect-timeout 10 -f http://h/"),
        ("cat hosts | xargs -n 1 curl -f", "xargs -n 1 curl --connect-timeout 10 -f"),
        ("timeout 5 aws s3 ls", "timeout 5 aws --cli-connect-timeout=5 s3 ls"),
    ],
)
def test_they_stand_behind_the_program_and_change_no_effect(text: str, words: str) -> None:
    """Behind what stands around it, and behind the one word that curl reads first."""
    command = shell_command(Statement(text, 1, 1))
    put_in = connecting(command.pipeline)
    assert " ".join(put_in[-1]) == words
    assert judge(" | ".join(map(" ".join, put_in))).effect is command.effect


def test_curl_gives_up_a_host_that_does_not_answer() -> None:
    """By the words that were put in (here with one second), and says so; psql does by its variable."""
    with unanswered() as port:
        (words,) = connecting((("curl", "-sS", f"http://127.0.0.1:{port}/"),))
        done = run(tuple("1" if word == "10" else word for word in words))
        assert (done.exit_codes, done.timed_out) == ((28,), False)
        assert "timeout" in done.output.casefold() or "timed out" in done.output.casefold()
        assert 0.9 < done.seconds < 10
        if shutil.which("psql"):
            asked = ("psql", f"postgres://x@127.0.0.1:{port}/x", "-c", "SELECT 1")
            assert run(asked, PGCONNECT_TIMEOUT="2").exit_codes == (2,)


def test_a_host_that_does_not_answer_ends_with_the_step_where_no_word_helps() -> None:
    """The total time-out is what ends `redis-cli` and whatever else waits for as long as its system does."""
    with unanswered() as port:
        asked = ("python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}))")
        limits = Limits(total=timedelta(seconds=1))
        done = LocalSteps().run(Job("r", (asked,), limits=limits))
    assert done.timed_out
    assert replace(done, seconds=0.0).output == ""


def test_another_option_that_begins_alike_says_no_time() -> None:
    """`--connect-to` sends a request elsewhere; a shortened `--connect-timeout` is left alone."""
    elsewhere = ("--connect-to", "shop:443:box:443", "https://shop")
    assert connecting((("curl", *elsewhere),)) == (("curl", "--connect-timeout", "10", *elsewhere),)
    assert connecting((("curl", "--connect-time", "3", "https://shop"),)) == (
        ("curl", "--connect-time", "3", "https://shop"),
    )
