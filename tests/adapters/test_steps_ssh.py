"""Steps on another host, against a real sshd on loopback."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.stage.child import eventually, free_port
from tests.stage.fleeing import fleeing
from tests.stage.living import MARK, living
from tests.stage.sshd import SSHServer, sshd
from tests.stage.unanswered import unanswered
from tocsin.adapters.execution import connections as sockets
from tocsin.adapters.execution import fence, kin, passwords, preparing, remote, warden
from tocsin.adapters.execution.git_commits import GitCommits
from tocsin.adapters.execution.ssh import SshSteps
from tocsin.app.execution.output_masks import output_masks
from tocsin.app.masking import Masker
from tocsin.app.ports import Execution, Hear, Job, Limits, Shell
from tocsin.incident.streams import Stream
from tocsin.incident.target import SshHost, Target, TargetKind
from tocsin.runbook.command.shelled import SHELL

pytestmark = pytest.mark.component("sshd")

PATIENCE = 30.0
COAST_WORD = "a-word-of-that-host-alone"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SSHServer]:
    """One sshd for all of them."""
    with sshd(tmp_path_factory.mktemp("sshd"), COAST_WORD=COAST_WORD) as running:
        yield running


@pytest.fixture(scope="module")
def host(server: SSHServer) -> SshHost:
    """The host as `tocsin.toml` would describe it."""
    key = " ".join((server.key.parent / "ssh_host_key.pub").read_text().split()[:2])
    return SshHost("127.0.0.1", server.user, server.port, str(server.key), (key,))


@pytest.fixture
def mark(request: pytest.FixtureRequest) -> Iterator[str]:
    """A word by which a test finds its processes; none may be left after it."""
    value = re.sub(r"\W+", "-", f"{os.getpid()}-{request.node.name}")  # one word to a shell
    yield value
    assert eventually(lambda: living(value) == [], PATIENCE), living(value)


def job(host: SshHost, *stages: list[str], seconds: float = 60.0, directory: Path | str | None = None) -> Job:
    """A job on the host."""
    target = Target("production", TargetKind.SSH, ssh=host)
    place = str(directory) if directory else None
    return Job("r", stages, target, place, ("SHOP_DSN", "SHOP_WORD"), Limits(total=timedelta(seconds=seconds)))


def run(host: SshHost, *stages: list[str], seconds: float = 60.0, directory: Path | str | None = None) -> Execution:
    """Run a pipeline there."""
    return SshSteps().run(job(host, *stages, seconds=seconds, directory=directory))


def test_a_pipeline_runs_there_with_its_exit_codes_and_output(host: SshHost, tmp_path: Path) -> None:
    """The same outcome as on this machine: both streams, a code for each stage, in the directory that was named."""
    (tmp_path / "version").write_text("four")
    done = run(host, ["cat", "version"], ["sh", "-c", "cat; echo err >&2; exit 3"], directory=tmp_path)
    assert done.exit_codes == (0, 3)
    assert "four" in done.output
    assert "err" in done.output
    assert (done.trouble, done.lost, done.timed_out, done.truncated) == ("", False, False, False)


def test_no_shell_reads_a_word_on_its_way(host: SshHost) -> None:
    """F53: what a person filled in arrives as it was typed, whatever a shell would make of it."""
    words = [
        "a b",
        "$(touch /tmp/x)",
        "`id`",
        "'",
        '"',
        "\\",
        "; rm -rf /",
        "x$HOME",
        "*",
        "-n",
        "ü–\u2028",
        "",
        "a\nb",
    ]
    program = "import json, sys; print(json.dumps(sys.argv[1:]))"
    assert json.loads(run(host, [sys.executable, "-c", program, *words]).output) == words


def test_it_sees_what_was_lent_and_its_accounts_home(host: SshHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of the server go there for the names that the team lent; no other variable of the server does."""
    monkeypatch.setenv("SHOP_DSN", "postgres://shop")
    monkeypatch.setenv("TOCSIN_OTHER", "not for steps")
    done = run(host, ["sh", "-c", 'echo "$SHOP_DSN|$TOCSIN_OTHER|$TERM|$PAGER|$HOME"'], ["cat"])
    assert done.output.strip() == f"postgres://shop||dumb|cat|{Path.home()}"
    assert "SHOP_WORD is not set" in run(host, ["echo", "$SHOP_WORD"]).trouble


def test_what_only_that_host_has_is_masked_in_its_output(host: SshHost) -> None:
    """R19, F48: the account's own value is in no output, plain or in base64; its other variables are shown."""
    heard: list[str] = []
    wanted = replace(job(host, ["sh", "-c", "env; printenv COAST_WORD | base64"]), variables=("COAST_WORD",))
    done = SshSteps().run(wanted)
    assert f"COAST_WORD={COAST_WORD}" in done.output  # without masks, as a proof that it is there
    done = SshSteps(masks=lambda: output_masks(Masker())).run(wanted, hear=lambda one: heard.append(one.text))
    for seen in (done.output, "".join(heard)):
        assert "COAST_WORD=•••\n" in seen
        assert seen.endswith("•••\n") or base64.b64encode(COAST_WORD.encode()).decode()[:20] not in seen
        assert COAST_WORD not in seen
        assert "TERM=dumb" in seen


def test_a_shell_there_gets_its_text_and_the_answers_apart(host: SshHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """F53: the text arrives byte for byte, an answer only as the value of a variable; nothing begins without one."""
    monkeypatch.setenv("SHOP_WORD", "lent")
    text = """echo '${SHOP_WORD}' "$SHOP_WORD" "${BLANK_NAME}" | cat; false | cat; echo after"""
    shell = Shell((("BLANK_NAME", "$(id)'; x"),), needs=("SHOP_WORD",))
    done = SshSteps().run(replace(job(host, [*SHELL, text]), shell=shell))
    assert (done.output, done.exit_codes) == ("${SHOP_WORD} lent $(id)'; x\n", (1,))
    refused = SshSteps().run(replace(job(host, [*SHELL, text]), shell=replace(shell, needs=("SHOP_DSN",))))
    assert "SHOP_DSN is not set" in refused.trouble


def test_the_commits_of_a_repository_there_are_offered(host: SshHost, tmp_path: Path) -> None:
    """`<previous-stable-commit>` is chosen from what that host has; one that is not there offers none, in time."""
    author = {f"GIT_{who}_{what}": "ferry@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for words in (["init", "-q"], *(["commit", "-q", "--allow-empty", "-m", one] for one in ("Keel", "Mast"))):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, env={**os.environ, **author})
    target = Target("production", TargetKind.SSH, ssh=host)
    commits = GitCommits(SshSteps())
    assert eventually(lambda: len(commits.commits(target, str(tmp_path))) == 2, PATIENCE)
    newest, _ = commits.commits(target, str(tmp_path))
    head = subprocess.run(["git", "-C", str(tmp_path), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    assert newest.value == head.stdout.strip()
    assert newest.says.endswith(" Mast")
    assert commits.commits(replace(target, name="other", ssh=replace(host, port=1)), str(tmp_path)) == ()
    assert commits.commits(target, "/no/such") == ()
    assert GitCommits().commits(target, str(tmp_path)) == ()


def test_nobody_waits_for_a_host_that_is_slow_to_name_its_commits(host: SshHost) -> None:
    """A page is shown within two seconds; who asks again starts no second question, and has the answer when it came."""
    told, asked, line = threading.Event(), [], f"{'a' * 40}\t2026-11-28 Keel\n; rm -rf /\t2026-11-28 Mast\n"

    class Slow:
        def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
            asked.append(job)
            told.wait(PATIENCE)
            return Execution((0,), line, False, False, 0.0)

    commits, target = GitCommits(Slow(), patience=0.1), Target("production", TargetKind.SSH, ssh=host)
    assert [commits.commits(target, "/srv") for _ in range(2)] == [(), ()]
    told.set()
    assert eventually(lambda: [one.value for one in commits.commits(target, "/srv")] == ["a" * 40], PATIENCE)
    assert len(asked) == 1


def test_what_is_missing_there_is_told_with_its_place(host: SshHost) -> None:
    """F55: nothing has started, so it has failed and is no question."""
    missing = run(host, ["no-such-program"])
    assert (missing.exit_codes, missing.lost) == ((127,), False)
    assert missing.trouble == "no-such-program is not installed on production"
    assert run(host, ["true"], directory="/no/such").trouble == "the folder /no/such does not exist on production"


def test_a_host_with_another_key_is_refused_and_nobody_is_asked(host: SshHost, server: SSHServer) -> None:
    """F52: nothing runs, and the person is told what to look at."""
    other = " ".join((server.key.parent / "ssh_user_key.pub").read_text().split()[:2])
    done = run(replace(host, host_keys=(other,)), ["true"])
    assert not done.lost
    assert "nothing was run: production has another host key than the pinned one" in done.trouble
    assert "target.production.host_keys" in done.trouble


def test_a_file_of_known_hosts_pins_as_well(host: SshHost, tmp_path: Path) -> None:
    """The usual file of the team, with the host's own name and port in it; a host that it lacks is refused."""
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{host.port} {host.host_keys[0]}\n")
    assert run(replace(host, host_keys=(), known_hosts=str(known)), ["true"]).exit_codes == (0,)
    known.write_text("")
    assert "no key that is pinned" in run(replace(host, host_keys=(), known_hosts=str(known)), ["true"]).trouble


def test_a_host_that_is_not_there_or_lets_nobody_in_says_so(host: SshHost, tmp_path: Path) -> None:
    """Both are failures before anything ran, with what to do."""
    assert "was not reached" in run(replace(host, port=1), ["true"]).trouble
    stranger = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(stranger)], check=True)
    assert "does not let" in run(replace(host, identity=str(stranger)), ["true"]).trouble


ESCAPING = "setsid sh -c 'trap \"\" TERM; sleep 600; : $0' {mark} & sleep 600; : {mark}"


def ends(host: SshHost, mark: str, *, seconds: float, cancel: bool) -> Execution:
    """Start what leaves its session and ignores the polite word, and have it ended, by cancel once it was heard."""
    begun = threading.Event()
    command = ["sh", "-c", "echo begun; " + ESCAPING.format(mark=mark)]
    runner, wanted = SshSteps(), job(host, command, seconds=seconds)
    return runner.run(wanted, hear=lambda _text: begun.set(), cancelled=lambda: cancel and begun.is_set())


def test_a_cancelled_run_ends_there_with_all_its_children(host: SshHost, mark: str) -> None:
    """F45, R17: also the child that left its session; its output is heard before it ends, or nobody could cancel."""
    done = ends(host, mark, seconds=300, cancel=True)
    assert (done.cancelled, done.timed_out, done.lost) == (True, False, False)
    assert done.output == "begun\n"
    assert done.seconds < 100


def test_a_timed_out_run_ends_there_with_all_its_children(host: SshHost, mark: str) -> None:
    """The same by the clock of the host."""
    done = ends(host, mark, seconds=1, cancel=False)
    assert (done.cancelled, done.timed_out, done.lost) == (False, True, False)


def test_a_host_that_does_not_answer_there_is_told(host: SshHost, mark: str) -> None:
    """The watch that is sent there looks at the connections of that host; one that works is let alone."""
    with unanswered() as port:
        limits = Limits(total=timedelta(seconds=60), connect=timedelta(seconds=2))
        text = f"echo begun; curl -s http://127.0.0.1:{port}/ {mark}"
        done = SshSteps().run(replace(job(host, ["sh", "-c", text]), limits=limits))
        assert (done.timed_out, done.cancelled, done.lost) == (True, False, False)
        assert done.trouble == f"could not connect to 127.0.0.1:{port} within 2 s"
        assert done.stdout == "begun\n"
        text = f"for i in 1 2 3 4; do curl -s http://127.0.0.1:{free_port()}/; sleep 1; done; echo over"
        assert SshSteps().run(replace(job(host, ["sh", "-c", text]), limits=limits)).stdout == "over\n"


def test_what_flees_by_forking_does_not_survive_a_cancel_there(host: SshHost, tmp_path: Path) -> None:
    """R17, F45: the same means go there with the warden."""
    with fleeing(tmp_path / "flight", each=False) as flight:
        wanted = job(host, ["sh", "-c", f"{shlex.join(flight.command)} & sleep 600"], seconds=300)
        done = SshSteps().run(wanted, cancelled=lambda: flight.begun)
        assert (done.cancelled, done.lost, done.trouble) == (True, False, "")
        assert not flight.lives


def cut(pids: Callable[[], list[int]]) -> threading.Thread:
    """Kill the processes of a connection as soon as there are any, as a cut cable would."""

    def wait() -> None:
        assert eventually(lambda: bool(pids()), PATIENCE)
        for pid in pids():
            os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def connections(server: SSHServer) -> list[int]:
    """The processes of sshd that serve one connection, once the command of the run has begun."""
    found = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def test_a_connection_that_is_cut_leaves_a_question_and_ends_the_run_there(
    host: SshHost, server: SSHServer, tmp_path: Path, mark: str
) -> None:
    """F40 for ssh: the effect stands once, nobody says that it failed, and what it had started does not run on."""
    effects = tmp_path / "effects"
    thread = cut(lambda: connections(server) if effects.exists() else [])
    done = run(host, ["sh", "-c", f"echo once >> {effects}; sh -c 'sleep 600; :' {mark}"])
    thread.join(PATIENCE)
    assert done.lost
    assert "nobody can say how it ended" in done.trouble
    assert effects.read_text().split() == ["once"]


def test_a_command_that_kills_its_watch_there_is_a_question(host: SshHost, mark: str) -> None:
    """R15: the far end says so while the connection stands, and has ended what wore no mark of the run."""
    done = run(
        host, ["sh", "-c", f"setsid env -i sh -c 'sleep 600; :' {mark} & kill -9 $PPID; sh -c 'sleep 600; :' {mark}"]
    )
    assert (done.lost, done.exit_codes) == (True, ())
    assert "before it could say how it went" in done.trouble


@pytest.mark.parametrize("cut_off", [False, True], ids=["host answers", "host is gone"])
def test_what_outlives_both_watch_and_keeper_there_is_ended_or_unknown(
    host: SshHost, server: SSHServer, tmp_path: Path, mark: str, cut_off: bool
) -> None:
    """R17: nobody of ours is left there, so a second connection ends it; without one, nobody says that it is over."""
    begun, keeper = tmp_path / "begun", "$(cut -d' ' -f4 /proc/$PPID/stat)"
    text = f"setsid sh -c 'touch {begun}; sleep 600; :' {mark} & until [ -e {begun} ]; do sleep 0.05; done; "
    runner, wanted = (
        SshSteps(),
        job(host, ["sh", "-c", f"{text}kill -9 {keeper} $PPID; sleep 600; : {mark}"], seconds=3),
    )
    if not cut_off:
        done = runner.run(wanted)
        assert done.trouble.endswith("nothing of it runs there any more")
        assert living(mark) == []
    else:
        port = tmp_path / "ssh"
        first = f'[ -e {tmp_path}/used ] && exit 255; touch {tmp_path}/used; exec {shutil.which("ssh")} "$@"'
        port.write_text(f"#!/bin/sh\n{first}\n")
        port.chmod(0o755)
        done = SshSteps(program=str(port)).run(wanted)
        assert done.trouble.endswith("whether something of it still runs there is not known either")
        for one in living(mark):
            os.kill(int(one.split()[0]), signal.SIGKILL)
    assert (done.lost, done.exit_codes) == (True, ())


AS_A_SERVER = """
import sys
from tocsin.adapters.execution import fence
from tocsin.adapters.execution import kin
from tocsin.adapters.execution import preparing
from tocsin.adapters.execution import remote
from tocsin.adapters.execution import passwords
from tocsin.adapters.execution import warden
from tocsin.adapters.execution.ssh import SshSteps
from tocsin.app.ports import Job
from tocsin.incident.target import SshHost, Target, TargetKind
address, user, port, identity, key, command = sys.argv[1:]
host = SshHost(address, user, int(port), identity, (key,))
SshSteps().run(Job("r", [["sh", "-c", command]], Target("production", TargetKind.SSH, ssh=host)))
"""


@pytest.mark.parametrize("point", ["before it connects", "while it runs"])
def test_a_server_that_is_killed_leaves_nothing_running_there(
    host: SshHost, tmp_path: Path, mark: str, point: str
) -> None:
    """F40: kill -9 of the server at each point; the effect happens at most once, and its processes end."""
    effects, folder = tmp_path / "effects", tmp_path / "bin"
    folder.mkdir()
    if point == "before it connects":
        hangs = f"touch {tmp_path}/asked; exec {sys.executable} -c 'import time; time.sleep(600)' {mark}"
        (folder / "ssh").write_text(f"#!/bin/sh\n{hangs}\n")
        (folder / "ssh").chmod(0o755)
    words = [host.address, host.user, str(host.port), host.identity, host.host_keys[0]]
    command = f"echo once >> {effects}; sh -c 'sleep 600; :' {mark}"
    path = f"{folder}:{os.environ['PATH']}"
    process = subprocess.Popen(
        [sys.executable, "-c", AS_A_SERVER, *words, command], env={**os.environ, "PATH": path, MARK: mark}
    )
    sign = tmp_path / "asked" if point == "before it connects" else effects
    assert eventually(sign.exists, PATIENCE)
    if point == "before it connects":  # the stand-in bears its mark a moment after it was asked
        assert eventually(lambda: len(living(mark)) == 2, PATIENCE)
    process.kill()
    process.wait()
    if point == "before it connects":
        for one in living(mark):  # the stand-in for a hanging connection knows no life line
            os.kill(int(one.split()[0]), signal.SIGKILL)
        assert not effects.exists()
    else:
        assert eventually(lambda: living(mark) == [], PATIENCE)
        assert effects.read_text().split() == ["once"]


def test_a_login_that_greets_does_not_disturb(host: SshHost, tmp_path: Path) -> None:
    """Lines on standard output that are not ours are passed over: shells there greet their people."""
    greeting = tmp_path / "ssh"
    real = shutil.which("ssh")
    greeting.write_text(f'#!/bin/sh\necho "Welcome to production"; echo "[1, 2]"; exec {real} "$@"\n')
    greeting.chmod(0o755)
    done = SshSteps(program=str(greeting)).run(job(host, ["echo", "here"]))
    assert (done.exit_codes, done.output) == ((0,), "here\n")


def test_a_password_is_not_among_the_words_there(host: SshHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `ps` shows on that host holds no secret, and no file of it is left behind."""
    monkeypatch.setenv("SHOP_DSN", "postgres://shop:hunter22@db/shop")
    looks = (
        "import os,sys; print(sys.argv[1:], open(os.environ['PGPASSFILE']).read().strip(), os.environ['PGPASSFILE'])"
    )
    program = Path(host.identity).parent / "psql"
    program.write_text(f"#!{sys.executable}\n{looks}\n")
    program.chmod(0o755)
    words, line, *_ = run(host, [str(program), "$SHOP_DSN"]).output.replace("] ", "]\n", 1).split("\n")
    assert words == "['postgres://shop@db/shop']"
    assert line.startswith("db:*:*:shop:hunter22")
    assert not Path(line.rsplit(" ", 1)[-1]).exists()


SENT = (sockets, fence, kin, warden, passwords, preparing, remote)


@pytest.mark.parametrize("module", SENT)
def test_what_is_sent_there_is_python_3_8_and_needs_nothing_else(module: ModuleType) -> None:
    """Hosts have the Python that they have: no newer syntax, no import but the standard library's."""
    tree = ast.parse(Path(str(module.__file__)).read_text(), feature_version=(3, 8))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    ours = {one.__name__ for one in SENT}
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} <= ours


def test_what_comes_by_standard_error_there_is_told_apart(host: SshHost) -> None:
    """F50: nothing that a command prints on standard output is taken for the word of its watch."""
    forged = json.dumps({"exit_codes": [0], "survivors": [], "stragglers": [], "trouble": "", "timed_out": False})
    text = f"echo '{forged}'; echo warning >&2; printf 'no end of line'; exit 3"
    done = run(host, ["sh", "-c", text])
    assert done.stdout == f"{forged}\nno end of line"
    assert [one.text for one in done.pieces if one.stream is Stream.STDERR] == ["warning\n"]
    assert (done.exit_codes, done.trouble) == ((3,), "")


def test_output_of_a_host_that_is_cut_off_is_kept_by_its_streams(host: SshHost) -> None:
    """Ended at its time-out: what was printed before stands there."""
    done = run(host, ["sh", "-c", "echo out; echo err >&2; sleep 60"], seconds=2)
    assert done.timed_out
    assert done.stdout == "out\n"
    assert done.output.replace("out\n", "") == "err\n"


def test_no_configuration_of_the_machine_says_how_a_host_is_reached(
    host: SshHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the person's nor the machine's own: ssh itself tells what our words come to. Only pinned keys count."""
    real = shutil.which("ssh")
    assert real
    (tmp_path / "ssh").write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {tmp_path}/words\nexit 255\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert run(host, ["true"]).trouble
    words = (tmp_path / "words").read_text().splitlines()
    told = words[: words.index(host.address) + 1]
    assert told[told.index("-F") + 1] == "none"
    shown = subprocess.run([real, "-G", *told], capture_output=True, text=True, check=True).stdout
    effective = dict(line.split(" ", 1) for line in shown.splitlines() if " " in line)
    assert effective["batchmode"] == "yes"
    assert effective["stricthostkeychecking"] in ("true", "yes")
    assert effective["globalknownhostsfile"] == "/dev/null"
    assert "known_hosts" in effective["userknownhostsfile"]
    assert not effective["userknownhostsfile"].startswith(os.path.expanduser("~/.ssh"))
    assert (effective["forwardagent"], effective["clearallforwardings"]) == ("no", "yes")
