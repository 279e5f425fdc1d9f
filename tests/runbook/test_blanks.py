"""Blanks of a command: which answers are taken, and how they reach the command."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.blanks import Wants, answered, blanks, filled, unanswerable
from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.runnable import RunForm, run_form
from tocsin.runbook.command.shell import Statement
from tocsin.runbook.instructions import Command

HOSTILE = (
    "; rm -rf /",
    "$(id)",
    "`id`",
    "--kubeconfig=/etc/x",
    "a\nb",
    "a\u202eb",
    "a\u200bb",
    "a\x00b",
    "$HOME",
    "${HOME}",
    "x | sh",
    "'",
    '"',
    "../../etc/shadow",
    "a/../../b",
    "..",
    "\u0430pi",
    "\uff41\uff50\uff49",
)


def command(text: str) -> Command:
    """A command as it stands in a runbook."""
    return shell_command(Statement(text, 1, 1))


def taken(text: str, **given: str) -> str:
    """The trouble with these answers, empty when they are taken."""
    found = answered(command(text), given)
    return found if isinstance(found, str) else ""


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("make restart service=<api|web|db>", Wants.CHOICE),
        ("make scale count=<number>", Wants.NUMBER),
        ("git checkout -b hotfix/incident-YYYYMMDD", Wants.DATE),
        ("git checkout <previous-stable-commit>", Wants.COMMIT),
        ("make rollback version=<previous-version>", Wants.TEXT),
    ],
)
def test_each_kind_of_blank_has_its_control(text: str, wants: Wants) -> None:
    """P1, P2, P4: a choice is a choice, a number a number, a date a date."""
    (blank,) = blanks(command(text))
    assert blank.wants is wants


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("make restart service=<api|web|db>", "service"),
        ("make scale count=<number>", "number"),
        ("git checkout -b hotfix/YYYYMMDD", "date"),
        ("git checkout <previous-stable-commit>", "previous_stable_commit"),
        ("make rollback version=<version>", "version"),
        ('git commit -m "Hotfix: <description>"', "description"),
        ("ssh-keyscan <host>", "host"),
        ("cat <file>", "file"),
        ("cat /var/log/<service>.log", "service"),
        ("curl http://localhost:8080/<id>/health", "id"),
    ],
)
def test_no_type_takes_a_hostile_answer(text: str, key: str, value: str) -> None:
    """F53: what would be an option, another command, or reads otherwise than it runs, is refused by every type."""
    assert taken(text, **{key: value}) != ""


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("make restart service=<api|web|db>", {"service": "db"}),
        ("make scale count=<number>", {"number": "12"}),
        ("git checkout -b hotfix/YYYYMMDD", {"date": "20261127"}),
        ("git checkout -b hotfix/YYYYMMDD", {"date": "2026-11-27"}),
        ("git checkout <previous-stable-commit>", {"previous_stable_commit": "3160cdd"}),
        ("make rollback version=<version>", {"version": "v1.2.3-rc.1"}),
        ('git commit -m "Hotfix: <description>"', {"description": "Größe der Warteschlange, 50 %"}),
    ],
)
def test_what_a_person_means_is_taken(text: str, given: dict[str, str]) -> None:
    """A strict type still takes what belongs there; a browser's date is put into the runbook's form."""
    assert taken(text, **given) == ""


@pytest.mark.parametrize("value", ["20261332", "2026-11", "today", "2026112"])
def test_a_date_that_is_none_is_refused(value: str) -> None:
    """A day that no calendar has names no backup."""
    assert "YYYYMMDD" in taken("pg_restore backup_YYYYMMDD.dump", date=value)


def test_an_answer_stays_inside_its_word() -> None:
    """R18: an answer with spaces is part of one word, and one that looks like another blank is put in nowhere else."""
    one = command('git commit -m "Hotfix: <description>" --author=<name>')
    answers = answered(one, {"description": "two words", "name": "ana"})
    assert not isinstance(answers, str)
    words = filled(one, one.pipeline, answers)
    assert words == (("git", "commit", "-m", "Hotfix: two words", "--author=ana"),)


def test_an_unknown_or_missing_answer_is_named() -> None:
    """Nothing is passed over in silence."""
    assert "no blank 'colour'" in taken("make scale count=<number>", number="3", colour="red")
    assert "not filled in" in taken("make scale count=<number>")


@pytest.mark.parametrize("text", ["curl https://api.yourdomain.com/health", "psql -c x <db-password>"])
def test_an_example_and_a_secret_are_filled_in_by_nobody(text: str) -> None:
    """D20: the runbook is to be corrected; a secret comes from the environment."""
    assert unanswerable(command(text)) != ""


@pytest.mark.parametrize(
    "text",
    [
        "kubectl ... get sacks",
        "docker run … mill:1",
        "curl -H 'Key: ...' https://mill.internal",
        "mill grind --speed=...",
    ],
)
def test_what_was_left_out_of_a_command_is_filled_in_by_nobody(text: str) -> None:
    """The dots stand for words that only the document's author knows: such a command is not run as it stands."""
    assert "is an example" in unanswerable(command(text))


@pytest.mark.parametrize(
    "text", ["go test ./...", "git log mill...oven", "git diff main...HEAD", 'echo "Grinding ..."']
)
def test_three_dots_of_a_command_itself_leave_nothing_out(text: str) -> None:
    """All packages of Go, the commits of two branches, and what is only printed."""
    assert command(text).parameters == ()


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("tail -f /var/log/app.log | grep -i error", "tail -n 200 /var/log/app.log | grep -i error"),
        ("kubectl logs -f deployment/app", "kubectl logs --tail=200 deployment/app"),
        ("watch -n 5 'pm2 list'", "pm2 list"),
        ("top", "top -b -n1"),
    ],
)
def test_what_never_ends_runs_in_its_bounded_form(text: str, rewritten: str) -> None:
    """F47: a command that follows is run as the rewrite that the finding suggests."""
    form = run_form(command(text))
    assert isinstance(form, RunForm)
    assert form.rewritten == rewritten


@pytest.mark.parametrize(
    "text", ["htop -u www", "sudo nano /etc/nginx/nginx.conf", "ssh production-server", "psql $DATABASE_URL"]
)
def test_what_needs_a_terminal_is_handed_to_a_person(text: str) -> None:
    """F47: an editor, a shell on another host, a client without a statement: never run."""
    form = run_form(command(text))
    assert isinstance(form, str) or form.rewritten.startswith("top ")


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("curl -I https://YOUR_MILL_URL/health", ["YOUR_MILL_URL"]),
        ("gsutil ls gs://your-flour-bucket/day", ["your-flour-bucket"]),
        ("YOUR_MILL=1 bake $YOUR_MILL", ["$YOUR_MILL"]),
        ("gcloud run services update-traffic mill --to-revisions=PREVIOUS_REVISION=100", ["PREVIOUS_REVISION"]),
        ("export PREVIOUS_TAG=7", []),
        ("deploy <PREVIOUS_TAG> ${OLD_VERSION}", ["<PREVIOUS_TAG>", "${OLD_VERSION}"]),
        ("if ($hot) { Restart-Service Oven }", ["$hot"]),
        ("$old = Get-Item mill", []),
        ("Get-Service | Where-Object { $_.Status -eq $true }", []),
        (r"dir C:\Users\$env:USERNAME\mill", []),
        ("docker pull $IMAGE:$TAG", ["$IMAGE", "$TAG"]),
    ],
)
def test_a_word_for_what_is_yours_is_a_blank_and_a_variable_of_powershell_is_none(text: str, raws: list[str]) -> None:
    """Whoever copies the line has to put their own name there; what PowerShell fills in itself asks nobody."""
    assert [one.raw for one in command(text).parameters] == raws
