"""What a shell is given: the text of the command, with a variable where a blank stood. Pure."""

from __future__ import annotations

import subprocess

import pytest

from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.runnable import RunForm, run_effect, run_form, runs_in_shell
from tocsin.runbook.command.shell import Statement
from tocsin.runbook.command.shelled import SHELL, Shelled
from tocsin.runbook.instructions import Command, Effect

HOSTILE = "a b'\";$(touch gone)`touch gone`&|*\\ $HOME"


def command(text: str) -> Command:
    """The command of a statement."""
    return shell_command(Statement(text, 1, 1))


def form(text: str) -> Shelled | str:
    """What a shell is given for it, or why not; fails when no shell is needed."""
    found = run_form(command(text))
    if isinstance(found, str):
        return found
    assert found.shell is not None, found
    assert found.pipeline == ((*SHELL, found.shell.text),)
    return found.shell


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1 2; do uptime; done",
        "du -sh /var/log/* | sort -rh | head -10",
        "pg_dump shop > shop.sql",
        "echo ${UNSET:-nothing} && awk '{print ${NF}}' x",
    ],
)
def test_a_text_without_blanks_is_handed_over_as_it_is_written(text: str) -> None:
    """Byte for byte: what is read on the page is what runs."""
    found = form(text)
    assert isinstance(found, Shelled)
    assert (found.text, found.blanks) == (text, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grep x <log> && rm <log>", 'grep x "${BLANK_LOG}" && rm "${BLANK_LOG}"'),
        ("pg_dump shop > backup-<name>.sql", 'pg_dump shop > backup-"${BLANK_NAME}".sql'),
        ('echo "$(date): <what>" >> log.txt', 'echo "$(date): ${BLANK_WHAT}" >> log.txt'),
        ('echo "$(grep <word> log)" >> f', 'echo "$(grep "${BLANK_WORD}" log)" >> f'),
        ("[[ -f <file> ]] && cat <file>", '[[ -f "${BLANK_FILE}" ]] && cat "${BLANK_FILE}"'),
        ("cp db_YYYY-MM-DD.sql ~/", 'cp db_"${BLANK_DATE}".sql ~/'),
        ("écho <größe> > ü", None),
    ],
)
def test_a_blank_becomes_a_variable_in_the_quotes_of_its_place(text: str, expected: str | None) -> None:
    """F53: the answer is never a part of the text; quoted where nothing quotes it, bare where quotes stand already."""
    found = form(text)
    if expected is None:
        assert found == form("écho <größe> > ü")  # letters of several bytes move nothing
        return
    assert isinstance(found, Shelled)
    assert found.text == expected


def test_what_is_given_to_a_blank_is_one_word_to_the_shell() -> None:
    """F53: even a value that no control would take is a word, and starts nothing."""
    found = form('printf "<%s>" <word> pre<word>post "in <word>" > /dev/stdout')
    assert isinstance(found, Shelled)
    ((key, variable),) = found.blanks
    assert (key, variable) == ("word", "BLANK_WORD")
    done = subprocess.run(
        [*SHELL, found.text], env={"PATH": "/usr/bin:/bin", variable: HOSTILE}, capture_output=True, check=True
    )
    assert done.stdout.decode() == f"<{HOSTILE}><pre{HOSTILE}post><in {HOSTILE}>"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("awk '{print <column>}' x > y", "`awk` would run the answer"),
        ("grep '<word>' x > y", "within single quotes"),
        ("cat <<EOF > f\n<words>\nEOF", "within single quotes"),
        ("echo $((<count> + 1))", "within single quotes"),
        ("kubectl get pvc `kubectl get pod <pod>`", "within single quotes"),
        ("<program> > f", "within single quotes"),
        ('"<program>" > f', "within single quotes"),
        ('bash -c "echo <word>" > f', "`bash` would read the answer"),
        ("eval ls <word>; date", "`eval` would read the answer"),
        ("sudo sh -c 'ls' <word> > f", "`sh` would read the answer"),
        ("if true; then", "a shell could not read it"),
    ],
)
def test_where_an_answer_could_become_more_than_a_word_a_person_runs_it(text: str, why: str) -> None:
    """F53, R18: no quotes are guessed; the reason says what stands in the way."""
    assert why in str(form(text))


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("curl http://$API_HOST/health", ("API_HOST",)),
        ("for pod in a b; do echo $pod $REGION; done", ("REGION",)),
        ("N=3; echo ${N} > $PLACE", ("PLACE",)),
        ("while read -r line; do echo $line; done < f", ()),
        ("echo $HOME $RANDOM > f", ()),
        ("read; echo $REPLY $BASH_VERSION > f", ()),
        ("printf -v at '%s' 1; echo $at > f", ()),
        ("let n=1 m=n+1; echo $n $m $LIMIT > f", ("LIMIT",)),
        ("(( n = 1 )); (( m++ )); echo $n $m $LIMIT > f", ("LIMIT",)),
        ("if [[ $A -eq $B ]]; then (( n = m )); echo $m; fi", ("A", "B", "m")),
    ],
)
def test_only_variables_of_the_surroundings_are_asked_for(text: str, needs: tuple[str, ...]) -> None:
    """R18: those that a statement sets itself are its own."""
    found = form(text)
    assert isinstance(found, Shelled)
    assert found.needs == needs


@pytest.mark.parametrize(
    ("text", "handed"),
    [
        ("pg_dump $DATABASE_URL > f", (("DATABASE_URL", "pg_dump"),)),
        ('psql "${DATABASE_URL}" -c "SELECT 1" > f; psql "${DATABASE_URL}" < f', (("DATABASE_URL", "psql"),)),
        ("psql $DATABASE_URL -c x > f; node tidy.js $DATABASE_URL", ()),
        ("echo $(psql $DATABASE_URL -c x)", ()),
        ("sudo pg_dump $DATABASE_URL > f", ()),
        ('test -n "$DATABASE_URL" && pg_dump shop > f', (("DATABASE_URL", "test"),)),
    ],
)
def test_a_variable_of_one_program_is_told(text: str, handed: tuple[tuple[str, str], ...]) -> None:
    """So that its password can be taken out of what `ps` shows; never for one that something else reads as well."""
    found = run_form(command(text))
    if isinstance(found, RunForm) and found.shell is not None:
        assert found.shell.handed == handed
    else:
        assert handed == ()


def test_what_a_shell_runs_is_never_taken_for_a_mere_look() -> None:
    """R18: somebody confirms it, and nothing of it runs by itself; what destroys stays what it is."""
    loop, plain = command("for i in 1 2; do uptime; done"), command("uptime")
    assert loop.effect is plain.effect is Effect.READ_ONLY
    assert [runs_in_shell(loop), run_effect(loop)] == [True, Effect.MUTATING]
    assert [runs_in_shell(plain), run_effect(plain)] == [False, Effect.READ_ONLY]
    assert run_effect(command("test -d x && rm -rf x")) is Effect.DESTRUCTIVE


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ('docker exec web sh -c "rm -rf /data/<dir>" && echo done', "`sh` would read"),
        ('kubectl exec web -- /bin/sh -c "rm -rf /data/<dir>" > f', "`sh` would read"),
        ('find /data -exec sh -c "rm <dir>" \\; > f', "`sh` would read"),
        ('nsenter -t 1 bash -c "rm <dir>" > f', "`bash` would read"),
        ('bash -c "rm -rf /data/<dir>"', "`bash` would read"),
        ('timeout 5 docker exec web dash -c "rm <dir>"', "`dash` would read"),
        ('ssh web "rm -rf /data/<dir>"', "`ssh` would read"),
        ("echo rm <dir> | sudo sh", "`sh` would read"),
        ("let x=<n>", "`let` would read"),
        ("let x=<n>; date", "`let` would read"),
        ("[[ <n> -eq 3 ]] && date", "does not take a variable"),
        ("(( <n> > 3 )) && date", "does not take a variable"),
        ("read <name> < /etc/hostname; date", "`read` would read"),
        ("printf -v <name> x; date", "`printf` would read"),
        ("sudo <cmd>", "where `sudo` takes a program"),
        ("sudo -u ops <cmd> > f", "where `sudo` takes a program"),
    ],
)
def test_an_answer_reaches_no_shell_behind_another_program(text: str, reader: str) -> None:
    """F53, R18: wherever the inner shell stands, as words alone too; the reason names it and says what to do."""
    why = run_form(command(text))
    assert isinstance(why, str)
    assert reader in why
    assert "run it yourself" in why


@pytest.mark.parametrize(
    "text",
    [
        "kubectl exec <pod> -- sh -c 'ls /'",
        "sudo systemctl restart <svc>",
        "ssh <host> uptime",
        "ssh -i key -v ops@<host> uptime",
        "find . -name <file>",
        "docker exec web sh -c 'ls /' && echo done",
    ],
)
def test_a_blank_that_no_inner_shell_reads_stays_a_word(text: str) -> None:
    """What stands before the inner shell is not its to read."""
    assert isinstance(run_form(command(text)), RunForm)


def test_no_shell_where_none_is_needed() -> None:
    """Words and pipes are started as they were: a shell only where nothing less can run it."""
    for text in ("df -h | sort", "psql $DATABASE_URL -c 'SELECT 1'", "tail -f /var/log/app.log"):
        assert not runs_in_shell(command(text))
