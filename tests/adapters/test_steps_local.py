"""Steps on this machine, with real processes."""

from __future__ import annotations

import os
import re
import shlex
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stage.child import eventually
from tests.stage.fleeing import fleeing
from tests.stage.living import MARK, living
from tocsin.adapters.execution.local import LocalSteps
from tocsin.adapters.execution.output import HEAD, TAIL
from tocsin.adapters.execution.passwords import without_passwords
from tocsin.app.ports import Execution, Job, Limits, Shell
from tocsin.errors import BadSettings
from tocsin.incident.streams import Piece, Stream, merged
from tocsin.runbook.command.shelled import SHELL


def run(*stages: list[str], seconds: float = 10.0, directory: Path | None = None, **declared: str) -> Execution:
    """Run a pipeline with variables."""
    limits = Limits(total=timedelta(seconds=seconds))
    return LocalSteps(declared).run(Job("r", stages, directory=str(directory) if directory else None, limits=limits))


@pytest.fixture
def mark(request: pytest.FixtureRequest) -> Iterator[str]:
    """A value by which a test finds its processes; none may be left after it."""
    value = f"{os.getpid()}-{request.node.name}"
    yield value
    assert living(value) == []


def test_a_command_runs_and_its_output_is_kept() -> None:
    """Output of both streams, exit code and duration come back."""
    done = run(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert done.exit_codes == (3,)
    assert sorted(done.output.split()) == ["err", "out"]
    assert (done.truncated, done.timed_out, done.trouble) == (False, False, "")
    assert 0 < done.seconds < 5


def test_each_stage_keeps_its_exit_code() -> None:
    """`false | cat` is no success: a shell without pipefail would hide the first code."""
    assert run(["false"], ["cat"]).exit_codes == (1, 0)
    assert run(["echo", "x"], ["grep", "y"], ["wc", "-l"]).exit_codes == (0, 1, 0)


def test_a_reader_that_has_enough_ends_its_writer() -> None:
    """`yes | head` ends at once, as in a shell."""
    done = run(["yes"], ["head", "-3"])
    assert done.exit_codes == (128 + signal.SIGPIPE, 0)
    assert done.output == "y\ny\ny\n"
    assert not done.timed_out


def test_words_reach_the_program_untouched() -> None:
    """No shell looks at a word: what would be an injection is text."""
    hostile = ["$(id)", "`id`", "; rm -rf /", "a b", "*", "", "'\"", "$HOME/x", "~", "-n\nx"]
    done = run([sys.executable, "-c", "import sys; print(sys.argv[1:])", *hostile])
    assert done.output == f"{hostile}\n"


def test_a_command_sees_its_own_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's secrets are not in the command's environment; what no terminal needs is set."""
    monkeypatch.setenv("SERVER_SECRET", "hush")
    done = run(["env"], NAME="declared")
    seen = dict(line.split("=", 1) for line in done.output.splitlines())
    assert "hush" not in done.output
    assert seen["NAME"] == "declared"
    assert (seen["LANG"], seen["TERM"], seen["TZ"], seen["PAGER"]) == ("C.UTF-8", "dumb", "UTC", "cat")
    assert set(seen) - {"_", "LC_CTYPE"} == {
        *("PATH", "HOME", "TMPDIR", "LANG", "TERM", "TZ", "PAGER", "GIT_PAGER", "MANPAGER", "AWS_PAGER", "NAME"),
        *("SYSTEMD_PAGER", "GIT_TERMINAL_PROMPT", "PGCONNECT_TIMEOUT", "DEBIAN_FRONTEND"),
        *("GIT_HTTP_LOW_SPEED_LIMIT", "GIT_HTTP_LOW_SPEED_TIME"),
    }


def test_a_commands_home_is_private_and_goes_with_it(tmp_path: Path) -> None:
    """Each run has a home that nobody else may enter and that is gone afterwards."""
    steps = LocalSteps(scratch=tmp_path)
    done = steps.run(Job("r", [["sh", "-c", 'pwd; touch "$HOME/x"; stat -c %a "$HOME" "$HOME/x"']]))
    home, mode, file_mode = done.output.split()
    assert Path(home).parent == tmp_path
    assert (mode, file_mode) == ("700", "600")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["HOME", "LD_PRELOAD", "A B", "1A", ""])
def test_some_names_cannot_be_declared(name: str) -> None:
    """What the adapter keeps for itself, and what is no variable, is a wrong setting."""
    with pytest.raises(BadSettings, match="declared"):
        LocalSteps({name: "x"})


def test_there_is_no_input_and_no_terminal() -> None:
    """A command that asks gets an end of file at once, and cannot open the terminal behind our back."""
    assert run(["cat"]).exit_codes == (0,)
    assert run(["sh", "-c", "exec < /dev/tty"]).exit_codes != (0,)


def test_a_server_in_a_terminal_lends_it_to_no_command() -> None:
    """`sudo` and `ssh` ask for passwords on /dev/tty, whatever their input is: there is none, so they fail at once."""
    job = 'Job("r", [["sh", "-c", "echo asked > /dev/tty"]])'
    started = "from tocsin.adapters.execution.local import LocalSteps; from tocsin.app.ports import Job"
    server = f"{started}; open('/dev/tty').close(); print(LocalSteps().run({job}).exit_codes[0])"
    terminal = f"import pty, sys; pty.spawn([sys.executable, '-c', {server!r}])"
    said = subprocess.run(
        [sys.executable, "-c", terminal],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.split() == ["2"], said


def test_a_variable_is_filled_in_where_it_is_certainly_one() -> None:
    """A word that is `$NAME`, and `${NAME}` within a word; awk's `$NF` inside a program stays awk's."""
    done = run(["printf", "%s\n", "$DSN", "${DSN}", "-d${DSN}x", "{print $DSN}", "$1", "$", "a$"], DSN="db 1")
    assert done.output.splitlines() == ["db 1", "db 1", "-ddb 1x", "{print $DSN}", "$1", "$", "a$"]


@pytest.mark.parametrize("word", ["$DATABASE_URL", "${DATABASE_URL}", "-d${DATABASE_URL}"])
def test_an_unset_variable_stops_everything_before_it_starts(word: str, tmp_path: Path) -> None:
    """`psql $DATABASE_URL` without its variable would reach another database: nothing runs, not even stage one."""
    done = run(["touch", "started"], ["cat", word], directory=tmp_path)
    assert "DATABASE_URL is not set" in done.trouble
    assert done.exit_codes == ()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_is_said_to_be_missing(tmp_path: Path) -> None:
    """127 and words, and no other stage has run (F55)."""
    done = run(["touch", "started"], ["no-such-program-x"], directory=tmp_path)
    assert done.exit_codes == (127,)
    assert done.trouble == "no-such-program-x is not installed here"
    assert list(tmp_path.iterdir()) == []
    assert run(["./absent"], directory=tmp_path).exit_codes == (127,)


def test_a_file_that_is_no_program_is_said_to_be_none(tmp_path: Path) -> None:
    """Not executable, a folder, or without an interpreter: words, no traceback."""
    (tmp_path / "plain").write_text("#!/bin/sh\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "lost").write_text("#!/no/such/interpreter\n")
    (tmp_path / "lost").chmod(0o755)
    assert run(["./plain"], directory=tmp_path).exit_codes == (126,)
    assert run(["./folder"], directory=tmp_path).exit_codes == (126,)
    assert "cannot be started" in run(["true"], ["./lost"], directory=tmp_path).trouble


def test_a_program_is_found_in_its_folder(tmp_path: Path) -> None:
    """`./shopctl` is looked for where the step runs."""
    script = tmp_path / "shopctl"
    script.write_text("#!/bin/sh\necho $0 in $(pwd)\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert run(["./shopctl"], directory=tmp_path).output.strip().endswith(f"in {tmp_path}")


@pytest.mark.parametrize("pipeline", [[], [[]], [["echo"], []], [[""]]])
def test_an_empty_command_is_no_command(pipeline: list[list[str]]) -> None:
    """Nothing to run is said, not run."""
    done = LocalSteps().run(Job("r", pipeline))
    assert done.trouble == "there is no command to run"


def test_a_folder_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    """A wrong directory stops the step before it runs elsewhere."""
    assert "does not exist here" in run(["pwd"], directory=tmp_path / "gone").trouble


def test_a_nul_in_a_word_is_refused() -> None:
    """A word that would end early for the system is no word."""
    assert "NUL" in run(["echo", "a\0b"]).trouble


def test_a_command_is_ended_at_its_time_out(mark: str) -> None:
    """It is asked to end, and does: within the bound and five seconds."""
    began = time.monotonic()
    done = run(["sleep", "60"], seconds=0.5, **{MARK: mark})
    assert done.timed_out
    assert done.exit_codes == (128 + signal.SIGTERM,)
    assert time.monotonic() - began < 5.5


ESCAPES = {
    "setsid": "setsid sleep 60 & sleep 60",
    "nohup": "nohup sleep 60 & sleep 60",
    "double fork": "(sleep 60 &) ; (setsid sh -c 'sleep 60 & sleep 60' &) ; sleep 60",
    "deaf": "trap '' TERM HUP INT; setsid sh -c 'trap \"\" TERM; sleep 60; sleep 60' & sleep 60; sleep 60",
    "bare": f"setsid env -i PATH=$PATH sh -c 'sleep 60; :' ${MARK} & sleep 60",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_survives_a_time_out(name: str, mark: str) -> None:
    """A child that left its session, was orphaned on purpose or ignores signals is gone too (R17, F45)."""
    before = time.monotonic()
    done = run(["sh", "-c", ESCAPES[name]], seconds=0.5, **{MARK: mark})
    assert done.timed_out
    assert time.monotonic() - before < 5.5
    assert living(mark) == []
    assert done.trouble == ""


WATCH, KEEPER = "$PPID", "$(cut -d' ' -f4 /proc/$PPID/stat)"
KILLERS = {
    "the watch": f"kill -9 {WATCH}",
    "its keeper": f"kill -9 {KEEPER}",
    "both": f"kill -9 {KEEPER} {WATCH}",
}


@pytest.mark.parametrize("each", [False, True], ids=["in one group", "in a new session each time"])
@pytest.mark.parametrize("fenced", [True, False], ids=["with a control group", "without"])
def test_what_flees_by_forking_does_not_survive_a_cancel(fenced: bool, each: bool, tmp_path: Path) -> None:
    """R17, F45: a process that makes its next and dies is gone within five seconds, wherever one looks for it."""
    with fleeing(tmp_path / "flight", each=each) as flight:
        began: list[float] = []

        def cancelled() -> bool:
            if not began and flight.begun:
                began.append(time.monotonic())
            return bool(began)

        job = Job("r", [["sh", "-c", f"{shlex.join(flight.command)} & sleep 60"]])
        done = LocalSteps(fenced=fenced).run(job, cancelled=cancelled)
        assert (done.cancelled, done.trouble) == (True, "")
        assert time.monotonic() - began[0] < 8  # the polite word has 2 s, the kill 2 s; this machine may be slow
        assert not flight.lives


def test_what_flees_when_its_command_is_over_is_ended_and_named(tmp_path: Path) -> None:
    """R17: nobody waits for it, and it is told that there was something."""
    with fleeing(tmp_path / "flight", each=False) as flight:
        until = f"until [ -s {flight.folder}/beat ]; do sleep 0.05; done"
        done = LocalSteps(fenced=False).run(Job("r", [["sh", "-c", f"{shlex.join(flight.command)} & {until}"]]))
        assert done.exit_codes == (0,)
        assert re.search(r"\[ended what the command had left running: .+\]", done.output)
        assert not flight.lives


@pytest.mark.parametrize(("name", "fenced"), [("both", True), *((name, False) for name in KILLERS)])
def test_what_flees_does_not_outlive_a_watch_that_is_killed(name: str, fenced: bool, tmp_path: Path) -> None:
    """R17: whoever is left of watch, keeper and server ends it."""
    with fleeing(tmp_path / "flight", each=False) as flight:
        until = f"until [ -s {flight.folder}/beat ]; do sleep 0.05; done"
        command = f"{shlex.join(flight.command)} & {until}; {KILLERS[name]}; sleep 60"
        done = LocalSteps(fenced=fenced).run(Job("r", [["sh", "-c", command]]))
        assert done.lost
        assert not flight.lives


def test_what_a_command_leaves_running_is_ended_and_named(mark: str) -> None:
    """When the step is over nothing of it goes on in secret."""
    done = run(["sh", "-c", "setsid sleep 60 & echo started"], **{MARK: mark})
    assert done.exit_codes == (0,)
    assert not done.timed_out
    assert done.output.startswith("started\n")
    assert re.search(r"\[ended what the command had left running: (sleep|setsid|sh) \(\d+\)\]", done.output)


@pytest.mark.parametrize("name", KILLERS)
def test_a_command_that_kills_its_watch_is_a_question_and_ended_all_the_same(name: str, mark: str) -> None:
    """R15: nobody saw it end, so it may have happened: it is lost, not failed; and nothing of it lives on."""
    done = run(["sh", "-c", f"echo done; setsid sleep 60 & {KILLERS[name]}; sleep 60"], **{MARK: mark})
    assert living(mark) == []
    assert "before it could say how it went" in done.trouble
    assert (done.lost, done.exit_codes, done.output) == (True, (), "done\n")


@pytest.mark.parametrize("name", ["the watch", "its keeper"])
def test_what_wears_no_mark_goes_with_the_watch_too(name: str, tmp_path: Path, mark: str) -> None:
    """R17: a child with a session and an environment of its own is still one of the command's."""
    bare = f"setsid env -i PATH=$PATH sh -c 'touch begun; sleep 60; :' {mark} & "
    wait = f"until [ -e begun ]; do sleep 0.05; done; {KILLERS[name]}; sleep 60"
    done = run(["sh", "-c", bare + wait], directory=tmp_path, seconds=60, **{MARK: mark})
    assert living(mark) == []
    assert done.lost


def test_nobody_who_ends_every_python_ends_the_watch() -> None:
    """`pkill -9 python` in a runbook is meant for the service: watch and keeper have a name of their own."""
    done = run(["sh", "-c", f"cat /proc/{WATCH}/comm /proc/{KEEPER}/comm"])
    assert done.output.split() == ["tocsin-step", "tocsin-step"]


def test_a_command_ends_when_its_server_dies(tmp_path: Path, mark: str) -> None:
    """kill -9 of the server ends what it was running: nobody would hear of it any more."""
    code = (
        "from tocsin.app.ports import Job; from tocsin.adapters.execution.local import LocalSteps; "
        f"LocalSteps({{'{MARK}': '{mark}'}}).run(Job('r', [['sh', '-c', 'setsid sleep 60 & sleep 60']]))"
    )
    server = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)})
    assert eventually(lambda: len(living(mark)) >= 4, 10)
    server.kill()
    server.wait()
    assert eventually(lambda: living(mark) == [], 5)


def test_a_signal_to_the_whole_group_does_not_reach_the_watch(mark: str) -> None:
    """`kill 0` ends the command, and its end is reported."""
    done = run(["sh", "-c", "kill -9 0"], **{MARK: mark})
    assert done.exit_codes == (128 + signal.SIGKILL,)
    assert done.trouble == ""


def test_ten_megabytes_are_cut_to_the_first_and_the_last() -> None:
    """The beginning and the end are kept, what is missing is said, and all is within its bounds (F46)."""
    done = run(
        ["sh", "-c", "echo first; head -c 10000000 /dev/zero | tr '\\0' 'x' | fold -w 99; echo; echo last"], seconds=60
    )
    assert done.truncated
    assert done.exit_codes == (0,)
    assert done.output.startswith("first\nxxx")
    assert done.output.endswith("x\nlast\n")
    assert "characters left out" in done.output
    assert HEAD + TAIL < len(done.output) < HEAD + TAIL + 100


def test_output_at_its_bound_is_whole() -> None:
    """Exactly as much as fits is no truncation; one byte more is."""
    size = HEAD + TAIL
    write = f"import sys; sys.stdout.write(('x' * 63 + '\\n') * {size // 64}"
    exact = run([sys.executable, "-c", f"{write})"])
    assert (exact.truncated, len(exact.output)) == (False, size)
    assert run([sys.executable, "-c", f"{write} + 'y')"]).truncated


def test_endless_output_takes_no_memory(mark: str) -> None:
    """`yes` for a second is gigabytes; what is kept stays within its bound."""
    code = (
        "import resource; from datetime import timedelta; from tocsin.adapters.execution.local import LocalSteps; "
        "from tocsin.app.ports import Job, Limits; "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "done = LocalSteps().run(Job('r', [['yes', 'x' * 999]], limits=Limits(total=timedelta(seconds=1)))); "
        "print(done.truncated, done.timed_out, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert said[:2] == ["True", "True"]
    assert int(said[2]) < 20_000  # KiB


def test_one_endless_line_is_cut() -> None:
    """A line of a megabyte is kept to its first 8 KiB."""
    done = run(["sh", "-c", "head -c 40000 /dev/zero | tr '\\0' 'x'; echo; echo next"])
    assert done.truncated
    assert max(len(line) for line in done.output.splitlines()) < 8 * 1024 + 10
    assert done.output.endswith("next\n")


def test_output_commands_no_terminal() -> None:
    """What a log line brings along is disarmed before anybody sees it; broken UTF-8 does no harm."""
    done = run(["printf", r"\033[2J\033]0;evil\007red\033[31m\r\n\377\000end"])
    assert done.output == "red\n\ufffdend"


def test_runs_side_by_side_do_not_end_each_other(mark: str) -> None:
    """The end of one pipeline leaves another's processes alone."""

    results: list[Execution] = []
    threads = [
        threading.Thread(target=lambda s=seconds: results.append(run(["sleep", s], seconds=8, **{MARK: mark})))
        for seconds in ("0.1", "1.0", "0.5")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    assert [done.exit_codes for done in results] == [(0,), (0,), (0,)]


def heard_of(job: Job, cancelled: Callable[[], bool] = lambda: False) -> tuple[Execution, str]:
    """How it ended, and what was heard while it ran."""
    pieces: list[str] = []
    return LocalSteps().run(job, hear=lambda one: pieces.append(one.text), cancelled=cancelled), "".join(pieces)


def test_output_is_heard_while_the_command_runs() -> None:
    """A page shows a line before the command ends: the run is ended only after its first line was heard."""
    pieces: list[str] = []
    job = Job("r", [["sh", "-c", "echo started; sleep 60"]])
    done = LocalSteps().run(
        job, hear=lambda one: pieces.append(one.text), cancelled=lambda: "started\n" in "".join(pieces)
    )
    assert done.cancelled
    assert not done.timed_out
    assert done.output.startswith("started\n")


@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_survives_a_cancel(name: str, tmp_path: Path) -> None:
    """R17, F45: within five seconds the whole tree is gone, children that left their session included."""
    mark = f"{os.getpid()}-cancel-{name}"
    began: list[float] = []

    def cancelled() -> bool:
        if not began and len(living(mark)) >= 3:
            began.append(time.monotonic())
        return bool(began)

    job = Job("r", [["sh", "-c", ESCAPES[name]]])
    done = LocalSteps({MARK: mark}).run(job, cancelled=cancelled)
    assert done.cancelled
    assert time.monotonic() - began[0] < 6
    assert living(mark) == []


def test_a_command_that_says_nothing_for_too_long_is_ended() -> None:
    """The idle time-out is a time-out, and is said."""
    limits = Limits(total=timedelta(seconds=60), idle=timedelta(seconds=1))
    done, heard = heard_of(Job("r", [["sh", "-c", "echo begun; sleep 60"]], limits=limits))
    assert (done.timed_out, done.cancelled) == (True, False)
    assert done.trouble == "nothing was heard of it for 1 s"
    assert heard == "begun\n"


def test_a_memory_hog_is_killed_alone(mark: str) -> None:
    """F51: what is beyond its bound goes, the reason is said, the server stays."""
    limits = Limits(total=timedelta(seconds=60), memory=200 * 1024 * 1024)
    hog = "x = bytearray(10**9); import time; time.sleep(60)"
    job = Job("r", [[sys.executable, "-c", hog]], limits=limits)
    done = LocalSteps({MARK: mark}).run(job)
    assert done.trouble == "it used more than 200 MiB of memory and was killed"
    assert not done.timed_out


def test_a_fork_bomb_is_killed_alone(mark: str) -> None:
    """F51: more processes than its bound, and all of them go."""
    limits = Limits(total=timedelta(seconds=60), processes=20)
    bomb = "for i in $(seq 60); do setsid sleep 60 & done; wait"
    done = LocalSteps({MARK: mark}).run(Job("r", [["sh", "-c", bomb]], limits=limits))
    assert done.trouble == "it started more than 20 processes and was killed"


def test_a_password_is_in_no_word_of_a_running_command(tmp_path: Path) -> None:
    """R19: `psql $DATABASE_URL` shows its password to nobody who asks `ps`; it reads it from its private home."""
    tool = tmp_path / "psql"
    tool.write_text('#!/bin/sh\ntr "\\0" " " < /proc/$$/cmdline; echo; cat "$PGPASSFILE"; stat -c %a "$PGPASSFILE"\n')
    tool.chmod(0o755)
    url = "postgres://shop:hunter%3A2@db.example.org:5432/shop?sslmode=require"
    done = run([str(tool), "$DATABASE_URL", "-c", "SELECT 1"], DATABASE_URL=url)
    words, kept, mode = done.output.splitlines()
    assert "hunter" not in words
    assert "postgres://shop@db.example.org:5432/shop?sslmode=require" in words
    assert kept == "db.example.org:*:*:shop:hunter\\:2"
    assert mode == "600"


@pytest.mark.parametrize(
    ("words", "cleaned", "environment"),
    [
        (["psql", "postgresql://a:b@h/d"], ["psql", "postgresql://a@h/d"], "PGPASSFILE"),
        (["pg_restore", "-d", "postgres://h/d?user=a&password=b"], None, "PGPASSFILE"),
        (["psql", "host=h user=a password='b c' dbname=d"], ["psql", "host=h user=a dbname=d"], "PGPASSFILE"),
        (
            ["redis-cli", "-u", "redis://:b@h:6379", "ping"],
            ["redis-cli", "-u", "redis://h:6379", "ping"],
            "REDISCLI_AUTH",
        ),
        (["psql", "postgres://a@h/d", "-c", "SELECT 'postgres'"], None, ""),
        (["curl", "https://a:b@h/"], ["curl", "https://a:b@h/"], ""),
    ],
)
def test_passwords_leave_the_words_that_their_program_needs_none_in(
    words: list[str], cleaned: list[str] | None, environment: str, tmp_path: Path
) -> None:
    """Addresses, connection strings and queries of PostgreSQL's and Redis's programs; other words stay."""
    given = {"TMPDIR": str(tmp_path)}
    result = without_passwords(words, given)
    assert set(given) - {"TMPDIR"} == ({environment} if environment else set())
    assert not environment or all("b" not in word.replace("dbname", "") for word in result[1:])
    assert cleaned is None or result == cleaned


def shell(text: str, directory: Path | None = None, **more: Any) -> Execution:
    """Run a text in the shell of steps; what goes with it as ``Shell`` takes it, variables of the server by name."""
    names = tuple(more.pop("names", ()))
    job = Job("r", ((*SHELL, text),), directory=str(directory) if directory else None, variables=names)
    return LocalSteps().run(replace(job, shell=Shell(**more)))


def test_a_shell_gets_its_text_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is filled into it here: `${NAME}` is the shell's own business, also of one that is not set."""
    monkeypatch.setenv("SHOP_WORD", "$(id) ; x")
    done = shell("""echo '${SHOP_WORD}' "${SHOP_WORD}" ${NOTHING:-none}""", names=["SHOP_WORD"], needs=("SHOP_WORD",))
    assert (done.output, done.exit_codes) == ("${SHOP_WORD} $(id) ; x none\n", (0,))


def test_an_answer_reaches_a_shell_as_the_value_of_a_variable(tmp_path: Path) -> None:
    """F53: it is a word, whatever it holds."""
    hostile = "a'\"; touch gone; $(touch gone)"
    done = shell('printf "<%s>" "${BLANK_NAME}" && ls | wc -l', tmp_path, given=(("BLANK_NAME", hostile),))
    assert done.output.split() == f"<{hostile}>0".split()


def test_a_shell_does_not_start_without_its_variables(tmp_path: Path) -> None:
    """R18: refused before the first byte of it runs, with the name."""
    done = shell("touch begun; echo $SHOP_WORD", tmp_path, needs=("SHOP_WORD",))
    assert "SHOP_WORD is not set" in done.trouble
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "code"),
    [("false | cat", 1), ("false; touch after", 1), ("echo $nowhere", 1), ("false || true", 0), ("exit 7", 7)],
)
def test_a_shell_hides_no_failure(text: str, code: int, tmp_path: Path) -> None:
    """A stage, a statement or a variable that fails ends it, as `&&` would have."""
    assert shell(text, tmp_path).exit_codes == (code,)
    assert not list(tmp_path.iterdir())


def test_a_shell_reads_no_file_before_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No profile and no BASH_ENV changes what the words mean."""
    (tmp_path / "env").write_text("echo from a file\n")
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "env"))
    assert shell("echo only this", names=["BASH_ENV"]).output == "only this\n"
    with pytest.raises(BadSettings):
        LocalSteps({"BASH_ENV": "x"})


def test_a_password_that_a_shell_hands_on_is_in_no_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D20: `pg_dump $DATABASE_URL > file` shows nothing in `ps`; the program finds the password in its file."""
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\ntr "\\0" " " < /proc/$$/cmdline; echo; cat "$PGPASSFILE"\n')
    program.chmod(0o755)
    monkeypatch.setenv("SHOP_DSN", "postgres://fred:wisteria@db.test/shop")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    more = {"names": ["SHOP_DSN"], "needs": ("SHOP_DSN",), "handed": (("SHOP_DSN", "pg_dump"),)}
    words, kept = shell("pg_dump $SHOP_DSN > f; cat f", tmp_path, **more).output.splitlines()
    assert "wisteria" not in words
    assert "fred@db.test" in words
    assert "wisteria" in kept


def test_what_comes_by_standard_error_is_told_apart(tmp_path: Path) -> None:
    """In the order in which it came; what a program reads of the run is standard output alone."""
    seen = tmp_path / "seen"
    wait = f"until [ -e {seen} ]; do sleep 0.01; done"
    heard: list[Piece] = []

    def hear(piece: Piece) -> None:
        heard.append(piece)
        if piece.stream is Stream.STDERR:
            seen.touch()

    text = f"echo warning >&2; {wait}; echo 42; printf end"
    done = LocalSteps().run(Job("r", [["sh", "-c", text], ["sh", "-c", "cat; cat no-such-file"]]), hear=hear)
    assert done.stdout == "42\nend"
    assert done.output.startswith("warning\n42\n")
    assert done.pieces == merged(heard)
    assert "no-such-file" in next(one.text for one in reversed(done.pieces) if one.stream is Stream.STDERR)
    assert done.exit_codes == (0, 1)
