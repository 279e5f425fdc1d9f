"""What a runner decides on its own host: what it has seen, what it allows, whom it talks to, what it shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tocsin.app.execution.envelopes import PROTOCOL, Ended, Errand
from tocsin.app.ports import Job, Shell
from tocsin.errors import BadSettings
from tocsin.incident.streams import Piece, Stream, read
from tocsin.incident.target import Target, TargetKind
from tocsin.runbook.command.needs import Need, NeedKind, probe
from tocsin.runbook.command.shelled import SHELL
from tocsin.runbook.instructions import Effect
from tocsin.runner.connection import checked
from tocsin.runner.errands import CHUNK, LIVE, Live
from tocsin.runner.journal import Journal, Report
from tocsin.runner.permitting import Permits, effect_of

TARGET = Target("coast", TargetKind.RUNNER, runner="web")
JOB = Job("INC-1/s/1", (("psql", "$SHOP_DSN", "-c", "SELECT 1"), ("head", "-5")), TARGET, variables=("SHOP_DSN",))
ERRAND = Errand(PROTOCOL, "a1", "web-1", "once", "read_only", JOB)


def ends(folder: Path) -> list[tuple[str, bool, bool]]:
    """What a fresh life has to tell."""
    return [(one.attempt, one.ended.begun, one.ended.lost) for one in Journal(folder).untold()]


def test_a_run_that_was_seen_is_never_begun_again_also_by_the_next_life(tmp_path: Path) -> None:
    """R16: by the id of the run, whatever attempt it comes with."""
    journal = Journal(tmp_path)
    assert journal.take("a1", "r1")
    assert not journal.take("a1", "r1")
    assert not journal.take("a2", "r1")
    assert not Journal(tmp_path).take("a3", "r1")


def test_a_life_that_was_cut_off_is_told_by_the_next(tmp_path: Path) -> None:
    """Taken: nothing was run. Started: nobody knows. Ended: what was seen, until the server has it."""
    journal = Journal(tmp_path)
    journal.take("a1", "r1")
    journal.take("a2", "r2")
    journal.start("a2", "r2")
    journal.take("a3", "r3")
    journal.start("a3", "r3")
    journal.end("r3", Report("a3", "output\n", Ended(exit_codes=(0,))))
    assert ends(tmp_path) == [("a1", False, False), ("a2", True, True), ("a3", True, False)]
    again = Journal(tmp_path)
    for attempt in ("a1", "a2", "a3"):
        again.told(attempt)
    assert ends(tmp_path) == []


def test_a_death_between_the_report_and_its_line_makes_no_second_report(tmp_path: Path) -> None:
    """What the report says counts; once the server has it, nothing is told any more."""
    journal = Journal(tmp_path)
    journal.take("a1", "r1")
    journal.start("a1", "r1")
    journal.end("r1", Report("a1", "", Ended(exit_codes=(0,))))
    place = tmp_path / "journal"
    place.write_bytes(b"".join(place.read_bytes().splitlines(keepends=True)[:-1]))
    assert ends(tmp_path) == [("a1", True, False)]
    Journal(tmp_path).told("a1")
    assert ends(tmp_path) == []


def test_a_torn_line_is_dropped_and_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    """Nothing begins before its line is whole, so a torn one is of nothing; what cannot be read is no journal."""
    journal = Journal(tmp_path)
    journal.take("a1", "r1")
    place = tmp_path / "journal"
    with place.open("ab") as file:
        file.write(b'{"attempt": "a2", "ru')
    assert Journal(tmp_path).take("a2", "r2")
    assert not Journal(tmp_path).take("a1", "r1")
    place.write_bytes(b"nonsense\n")
    with pytest.raises(BadSettings, match="another --state"):
        Journal(tmp_path)


@pytest.mark.parametrize(
    ("permits", "told"),
    [
        (Permits(variables=("SHOP_DSN",)), ""),
        (Permits(), "--variable SHOP_DSN"),
        (Permits(("mutating",), variables=("SHOP_DSN",)), "allows no read_only steps"),
        (Permits(programs=("psql", "head"), variables=("SHOP_DSN",)), ""),
        (Permits(programs=("psql",), variables=("SHOP_DSN",)), "--program head"),
    ],
)
def test_a_runner_has_the_last_word(permits: Permits, told: str) -> None:
    """Effects, every stage's program, and the variables that a command uses; what to do about it is said."""
    assert told in permits.why_not(ERRAND)
    assert bool(permits.why_not(ERRAND)) == bool(told)


@pytest.mark.parametrize(
    ("said", "stages", "told"),
    [
        ("read_only", [["kubectl", "--context=prod", "get", "pods"]], ""),
        ("read_only", [["docker", "--context=prod", "compose", "ps"]], ""),
        ("read_only", [["kubectl", "delete", "pod", "web-1"]], "reads destructive in it"),
        ("read_only", [["df", "-h"], ["xargs", "rm", "-rf"]], "reads destructive in it"),
        ("read_only", [["systemctl", "restart", "shop"]], "reads mutating in it"),
        ("read_only", [["./something.sh"]], "start it with `--allow mutating`"),
        ("mutating", [["df", "-h"]], "allows no mutating steps"),
        ("read_only", [["sh", "-c", "rm -rf /srv"]], "reads destructive in it"),
    ],
)
def test_a_runner_reads_the_words_itself(said: str, stages: list[list[str]], told: str) -> None:
    """R16: a server that somebody has broken into cannot call a deletion a look; a look stays one."""
    why = Permits().why_not(replace(ERRAND, effect=said, job=Job("r", stages, TARGET)))
    assert told in why
    assert bool(why) == bool(told)


@pytest.mark.parametrize("kind", list(NeedKind))
def test_what_the_daily_look_asks_is_a_look_to_every_runner(kind: NeedKind) -> None:
    """The server probes for programs, variables and the like: a runner that only looks lets it."""
    job = Job("preflight/1", (probe(Need(kind, "shop")),), TARGET)
    assert Permits().why_not(replace(ERRAND, job=job)) == ""
    bent = replace(job, pipeline=(("sh", "-c", "rm -rf $1", "sh", "shop"),))
    assert Permits().why_not(replace(ERRAND, job=bent))


@pytest.mark.parametrize(
    ("permits", "told"),
    [
        (Permits(("mutating",), variables=("SHOP_DSN",)), "--allow shell"),
        (Permits(("mutating", "shell"), variables=("SHOP_DSN",)), ""),
        (Permits(("shell",), variables=("SHOP_DSN",)), "--allow mutating"),
        (Permits(("mutating", "shell"), ("psql",), ("SHOP_DSN",)), "--program bash"),
        (Permits(("mutating", "shell"), ("bash",)), "--variable SHOP_DSN"),
    ],
)
def test_a_shell_is_allowed_by_a_word_of_its_own(permits: Permits, told: str) -> None:
    """No list of programs holds what a shell starts: whoever runs the runner says that it may."""
    job = Job(
        "r",
        ((*SHELL, "psql $SHOP_DSN -c 'SELECT 1' > f"),),
        TARGET,
        variables=("SHOP_DSN",),
        shell=Shell(needs=("SHOP_DSN",)),
    )
    why = permits.why_not(replace(ERRAND, effect="mutating", job=job))
    assert told in why
    assert bool(why) == bool(told)


@pytest.mark.parametrize(
    "stages",
    [
        (("rm", "-rf", "/srv", "ls"),),
        (("bash", "-c", "ls"),),
        ((*SHELL, "ls", "ls"),),
        ((*SHELL, "ls"), ("rm", "-rf", "/srv")),
        (SHELL,),
        ((),),
        (),
    ],
)
def test_a_runner_takes_nothing_but_our_own_shell_for_one(stages: tuple[tuple[str, ...], ...]) -> None:
    """R16: a server that somebody has broken into cannot hide a deletion before a harmless last word."""
    permits = Permits(("read_only", "mutating", "unknown", "destructive", "shell"))
    why = permits.why_not(replace(ERRAND, effect="mutating", job=Job("r", stages, TARGET, shell=Shell())))
    assert "not those of a runbook" in why


def test_words_beside_our_shell_are_judged_as_they_are() -> None:
    """R16: what is not our bash with its text is no change of unknown size, but what its words say."""
    assert effect_of(Job("r", (("rm", "-rf", "/srv", "ls"),), TARGET, shell=Shell())) is Effect.DESTRUCTIVE
    assert effect_of(Job("r", ((*SHELL, "rm -rf /srv"),), TARGET, shell=Shell())) is Effect.DESTRUCTIVE
    assert effect_of(Job("r", ((*SHELL, "ls"),), TARGET, shell=Shell())) is Effect.MUTATING


def test_a_program_is_allowed_by_the_word_that_calls_it() -> None:
    """Another file of that name is another program."""
    permits = Permits(programs=("psql",))
    for word in ("./psql", "/tmp/psql", "psql2", "PSQL"):
        assert permits.why_not(replace(ERRAND, job=Job("r", ((word,),), TARGET)))


def test_what_runs_is_sent_in_the_clear_to_nobody_else() -> None:
    """http is for one's own machine, unless somebody says that the wire is theirs."""
    assert checked("https://tocsin.example.com/", plain_http=False) == "https://tocsin.example.com"
    assert checked("http://127.0.0.1:8080", plain_http=False)
    assert checked("http://10.0.0.1:8080", plain_http=True)
    for wrong in ("http://10.0.0.1:8080", "ftp://x", "https://", "https://x/path", "https://a:b@x", "tocsin"):
        with pytest.raises(BadSettings):
            checked(wrong, plain_http=False)


def test_the_live_view_of_a_flood_is_bounded_and_says_so() -> None:
    """100 steps that print 10 MB each, with a server that does not answer, need no 1 GB here."""
    live = Live()
    for number in range(1000):
        live.hear(Piece(f"{number:05}" * 2000))
    assert len(live.waiting) == LIVE
    first = live.chunk()
    assert first.startswith(f"\n[… {10_000_000 - LIVE} characters left out of the live view …]\n")
    assert len(first) < CHUNK + 100
    assert (first + live.chunk()).endswith("00999")
    assert live.chunk() == ""


def test_what_waits_to_be_shown_keeps_its_stream_where_it_is_cut() -> None:
    """Chunks are cut at a length; each says by which stream it goes on."""
    live = Live()
    live.hear(Piece("x" * (CHUNK + 10), Stream.STDERR))
    live.hear(Piece("end", Stream.STDOUT))
    first, second = read(live.chunk()), read(live.chunk())
    assert [one.stream for one in first] == [Stream.STDERR]
    assert [(len(one.text), one.stream) for one in second] == [(11, Stream.STDERR), (3, Stream.STDOUT)]
    live.hear(Piece("more", Stream.STDOUT))
    assert read(live.chunk()) == (Piece("more", Stream.STDOUT),)
    live.hear(Piece("bad", Stream.STDERR))
    live.hear(Piece("ours"))
    assert read(live.chunk()) == (Piece("bad", Stream.STDERR), Piece("ours"))
