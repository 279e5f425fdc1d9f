"""Answers inside of a text that a program reads once more."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.blanks import answered, blanks
from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.runnable import run_form
from tocsin.runbook.command.shell import Statement


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('psql -c "DELETE FROM sessions WHERE user_id = <user-id>"', "1 or 1=1"),
        ('psql -c "DELETE FROM sessions WHERE user_id = <user-id>"', "user_id"),
        ("mysql -e 'DELETE FROM t WHERE a = <word>'", "a"),
        ("kubectl exec deploy/x -- psql -c 'SELECT * FROM t WHERE id = <id>'", "1 or 1=1"),
        ("psql -c \"UPDATE users SET plan = '<plan>' WHERE id = 5\"", "a%"),
        ('psql -c "REINDEX INDEX <index>"', "a, b"),
        ("make restart service=<service-name>", "api -C /"),
        ("curl -d <body> http://localhost:8080/x", "@/etc/passwd"),
        ("curl -F <field> http://localhost:8080/x", "f=@/etc/passwd"),
        ("curl -Ff=<value> http://localhost:8080/x", "@/etc/passwd"),
        ("curl --data-urlencode <field> http://localhost:8080/x", "f@/etc/passwd"),
        ("curl --form-string=x --url-query <field> http://localhost:8080/x", "f@/etc/passwd"),
        ("sqlite3 app.db 'DELETE FROM t WHERE id = <id>'", "1 or 1"),
    ],
)
def test_an_answer_that_would_be_more_than_a_value_is_refused(text: str, answer: str) -> None:
    """What SQL, make or curl would read as more than one value is refused with the reason (F53)."""
    command = shell_command(Statement(text, 1, 1))
    (blank,) = blanks(command)
    refused = answered(command, {blank.key: answer})
    assert isinstance(refused, str)
    assert refused.startswith(blank.label)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("rm -rf /srv/cache/<tenant>", "."),
        ("rm -rf /srv/cache/<tenant>", "/etc"),
        ("rm -rf /srv/cache/<tenant>", "a/./b"),
        ("rm -rf /srv/cache/<tenant>", "./"),
        ("rm -rf '/srv/cache/'<tenant>", "."),
        ('rm -rf "/srv/cache/<tenant>"', "/"),
        ("rm -rf ${BASE}<tenant>", "/etc"),
        ("rm -rf cache-<tenant>", "/etc"),
        ("rm -rf cache-<tenant>", "."),
        ("rm -rf <tenant>/cache", "/"),
        ("rm -rf <tenant>/cache", "."),
        ("rm -rf /srv/cache/<directory>", "/etc"),
        ("rm -rf --one-file-system x /srv/<tenant>/cache", "."),
        ("for i in 1 2; do rm -rf /srv/cache/<tenant>; done", "."),
        ("uptime > /srv/log/<service>.log", "/etc/x"),
        ("curl http://localhost:8080/<id>/health", "."),
        ("curl http://localhost:8080/<id>/health", "/x"),
        ("curl http://localhost:8080/<id>/health", "1#"),
        ("curl http://localhost:8080/<id>/health", "%2e%2E"),
        ("curl http://<node>/health", "example.com/x"),
        ("curl http://<node>.shop.internal/health", "example.com#"),
        ("curl http://<node>:8080/health", "shop@example.com"),
        ("curl https://api-<region>", "x@example.com/health"),
    ],
)
def test_an_answer_leads_nowhere_else_than_the_word_it_is_a_part_of(text: str, answer: str) -> None:
    """F53: not to the folder itself, not from the root, not to another host; each is refused with the word shown."""
    command = shell_command(Statement(text, 1, 1))
    (blank,) = blanks(command)
    refused = answered(command, {blank.key: answer})
    assert isinstance(refused, str)
    assert refused.startswith(f"{blank.label} is a part of '")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("rm -rf /srv/cache/<tenant>", "shop-1.old/thumbs"),
        ("rm -rf <directory>", "/srv/cache"),
        ("ls <name>", "."),
        ("pg_restore <directory>/shop.dump", "/srv/backups"),
        ("ls <log_dir>/shop.log", "/srv/logs"),
        ("ls <folder>/logs", "/srv/shop"),
        ("tar -xf shop.tar --directory=<folder>", "/srv/shop"),
        ("docker build --file=<file> --tag=<name> x", "./Dockerfile"),
        ("scp shop.conf web-1:<path>", "/etc/shop.conf"),
        ("curl -d @<file> http://localhost:8080/x", "/srv/body.json"),
        ("curl http://localhost:8080/<id>/health", "7/orders"),
        ("curl http://<node>:8080/health", "web-1.example.org"),
        ("curl https://<address>", "example.org/health"),
        ("curl https://api-<region>", "eu.example.org/health"),
        ("curl http://<service>:8080/health", "order_api"),
        ("psql postgresql://<user>@db.example.org/shop", "app_ro"),
        ('git commit -m "Hotfix: <description>"', "/api is back."),
    ],
)
def test_an_answer_that_goes_on_from_its_word_is_taken(text: str, answer: str) -> None:
    """A name, a way further down, a path where a path is asked for, a host."""
    command = shell_command(Statement(text, 1, 1))
    key = blanks(command)[0].key
    others = {blank.key: "x" for blank in blanks(command)[1:]}
    found = answered(command, {key: answer, **others})
    assert not isinstance(found, str), found
    assert found[0] == (key, answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('psql -c "DELETE FROM sessions WHERE user_id = <user-id>"', "42"),
        ("psql -c \"UPDATE users SET plan = '<plan>' WHERE id = 5\"", "pro plus"),
        ('psql -c "REINDEX INDEX <index>"', "public.orders_by_day"),
        ("make restart service=<service-name>", "api"),
        ("curl -d <body> http://localhost:8080/x", "a=b"),
    ],
)
def test_a_value_is_taken_where_a_value_stands(text: str, answer: str) -> None:
    """Numbers stand bare, text between quotes, and a name where SQL wants one."""
    command = shell_command(Statement(text, 1, 1))
    key = blanks(command)[0].key
    assert answered(command, {key: answer}) == ((key, answer),)


@pytest.mark.parametrize(
    "text",
    [
        "python3 -c 'print(<expression>)'",
        "perl -ne 'print if /<word>/' in",
        "awk '/<word>/ { print }' in",
        "sed -n '<from>,5p' in",
        "jq '.<key>' in.json",
        "docker exec web node -e 'f(<n>)'",
    ],
)
def test_a_blank_in_the_text_of_a_program_is_left_to_a_person(text: str) -> None:
    """An interpreter would run the answer as a part of its program (F53)."""
    form = run_form(shell_command(Statement(text, 1, 1)))
    assert isinstance(form, str)
    assert "would run the answer" in form


@pytest.mark.parametrize("text", ["python3 check.py <name>", "awk '{ print $1 }' <file>", "jq .a <file>"])
def test_a_blank_beside_the_text_of_a_program_stays_a_word(text: str) -> None:
    """The words of a script and the files of a filter are no program."""
    assert not isinstance(run_form(shell_command(Statement(text, 1, 1))), str)
