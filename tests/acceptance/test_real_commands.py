"""The runbooks' commands for real: their own words, compiled, filled in, and run against real components.

PostgreSQL, Redis, make, git, npm, pm2, nginx's logs, Amazon's services as moto plays them, and the tools of this
machine are real. A service's own health addresses are played by a stand-in, to which `curl` is led by its own
configuration; kubectl, docker and supabase are played by what was recorded of them, and counted apart. What needs
systemd or version 2 of Amazon's command line is not run here, and is counted as such.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest

from tests.runbook.conftest import compiled
from tests.stage.aws import aws
from tests.stage.child import eventually
from tests.stage.health import Service, health
from tests.stage.nginx import nginx
from tests.stage.pm2 import NAME as APPLICATION
from tests.stage.pm2 import Pm2, pm2
from tests.stage.postgresql import Database, wheel
from tests.stage.recorded import RECORDED, stand_ins
from tests.stage.redis import Redis
from tocsin.adapters.execution.git_commits import GitCommits
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.carrier import job_of, outcome_of
from tocsin.app.execution.ordering import Order, never, order
from tocsin.app.ports import Execution
from tocsin.app.team import ServiceSettings, Team
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.target import LOCAL
from tocsin.oncall.roster import Roster
from tocsin.runbook.command.blanks import Wants, blanks
from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.runnable import RunForm, run_form
from tocsin.runbook.command.shell import Statement
from tocsin.runbook.instructions import Command, Step, StepKind
from tocsin.runbook.stated import Lines

pytestmark = [
    *(pytest.mark.component(name) for name in ("postgresql", "redis", "nginx", "npm", "pm2", "jq", "sudo")),
]

MAKEFILE = """\
.PHONY: db-status api-status web-status logs restart scale maintenance-mode rollback toggle test status enable disable
db-status api-status web-status test enable disable:
\t@echo $@ ok
logs restart scale rollback toggle status:
\t@echo $@ $(service) $(count) $(version) $(feature) $(state) >> effects
\t@echo $@ done
maintenance-mode:
\t@echo $@
"""


@dataclass
class Place:
    """A service's folder with what its runbook needs, and the variables lent to its steps."""

    folder: Path
    path: str
    variables: dict[str, str] = field(default_factory=dict)

    def order(self, text: str, **answers: str) -> Order:
        """The order for a command as it stands in a runbook; fails with what stands in its way."""
        return self.order_of(step_of(shell_command(Statement(text, 1, 1))), answers)

    def order_of(self, step: Step, answers: dict[str, str]) -> Order:
        """The order for a step as it was compiled."""
        service = ServiceSettings("shop", "Shop", Path("R.md"), directory=self.folder, variables=tuple(self.variables))
        found = order(Team({"shop": service}, Roster()), "shop", "sha256:book", step, answers)
        assert isinstance(found, Order), found
        return found

    def run(self, text: str, **answers: str) -> Execution:
        """Run it as a step is run."""
        return LocalSteps(path=self.path).run(job_of("INC-1/s/r", self.order(text, **answers)))

    def succeeds(self, text: str, **answers: str) -> str:
        """Run it; its output. Fails when the step would be told as anything but a success."""
        wanted = self.order(text, **answers)
        done = LocalSteps(path=self.path).run(job_of("INC-1/s/r", wanted))
        assert outcome_of(wanted.step, done) is StepOutcome.SUCCEEDED, (text, done)
        return done.output


def step_of(command: Command) -> Step:
    """A step of that command."""
    return Step("s", command.text.splitlines()[0], StepKind.COMMAND, "resolution", Lines(1, 1), command)


@pytest.fixture
def place(tmp_path: Path, postgresql_database: Database, redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> Place:
    """PostgreSQL with a table of webhooks, Redis behind its usual client, a Makefile and a repository."""
    programs = tmp_path / "programs"
    programs.mkdir()
    redis_cli = shutil.which("redis-cli")
    # The runbook names no port; the client of this test knows one.
    (programs / "redis-cli").write_text(f'#!/bin/sh\nexec {redis_cli} -p {redis_server.port} "$@"\n')
    (programs / "redis-cli").chmod(0o755)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "Makefile").write_text(MAKEFILE)
    variables = {"DATABASE_URL": postgresql_database.dsn, "REDIS_HOST": "127.0.0.1", "SUPABASE_PROJECT_REF": "ref"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    # The wheel brings two versions; an older client restores nothing into a newer server.
    postgres = Path(wheel().__file__).parent / "pginstall18" / "bin"
    with psycopg.connect(postgresql_database.dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE stripe_webhook_events (id serial, event_type text, status text, error_message text,"
            " created_at timestamptz DEFAULT now())"
        )
        connection.execute(
            "INSERT INTO stripe_webhook_events (event_type, status, error_message)"
            " SELECT 'charge.failed', CASE WHEN n > 3 THEN 'processed' ELSE 'failed' END, 'no answer'"
            " FROM generate_series(1, 5) n"
        )
    return Place(folder, f"{programs}:{postgres}:{os.environ['PATH']}", variables)


AUTHOR = {f"GIT_{who}_{what}": "shop@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def repository(folder: Path) -> list[str]:
    """Make the folder a repository of three versions; their commits, newest first."""
    environment = {**os.environ, **AUTHOR}

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(folder), *words], env=environment, capture_output=True, check=True)
        return done.stdout.decode()

    git("init", "-q", "-b", "main")
    for version in ("one", "two", "three"):
        (folder / "version").write_text(version)
        git("add", "-A")
        git("commit", "-qm", f"Version {version}")
    return git("log", "--format=%H").split()


LONG = "SELECT pg_sleep(300) /* the query that blocks */"
KILL = (
    'psql $DATABASE_URL -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity'
    " WHERE state = 'active' AND query LIKE '%the query that blocks%' AND pid <> pg_backend_pid()\""
)


def test_a_long_query_is_terminated_for_real(place: Place) -> None:
    """The runbook's own words end a query that really runs, and only that one."""
    ended = threading.Event()

    def block() -> None:
        with psycopg.connect(place.variables["DATABASE_URL"], autocommit=True) as connection:
            with pytest.raises(psycopg.errors.AdminShutdown):
                connection.execute(LONG)
            ended.set()

    thread = threading.Thread(target=block, daemon=True)
    thread.start()
    with psycopg.connect(place.variables["DATABASE_URL"], autocommit=True) as watch:
        count = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = %s"
        assert eventually(lambda: watch.execute(count, [LONG]).fetchone() == (1,), 20)
        place.succeeds(KILL)
        assert ended.wait(20)
        assert watch.execute("SELECT 1").fetchone() == (1,)
    thread.join(20)


def test_a_database_goes_read_only_and_back(place: Place) -> None:
    """Both halves of the pair; the second has to work while the first holds."""
    with psycopg.connect(place.variables["DATABASE_URL"]) as connection:
        name = connection.info.dbname
    write = "psql $DATABASE_URL -v ON_ERROR_STOP=1 -c \"UPDATE stripe_webhook_events SET status = 'seen'\""
    place.succeeds(f'psql $DATABASE_URL -c "ALTER DATABASE {name} SET default_transaction_read_only = on;"')
    assert "read-only transaction" in place.run(write).output
    # An undo that forgets that it is read-only itself cannot run, as the finding TOC207 says.
    off = f"ALTER DATABASE {name} SET default_transaction_read_only = off"
    assert "read-only transaction" in place.run(f'psql $DATABASE_URL -v ON_ERROR_STOP=1 -c "{off};"').output
    assert "read-only transaction" in place.run(write).output
    place.succeeds(f'psql $DATABASE_URL -v ON_ERROR_STOP=1 -c "BEGIN READ WRITE" -c "{off}" -c "COMMIT"')
    place.succeeds(write)


def test_a_backup_is_restored_for_real(place: Place) -> None:
    """What was deleted is back; a database that is read-only refuses it first (TOC207), a `.sql` always (TOC206)."""
    dsn = place.variables["DATABASE_URL"]
    restore = "pg_restore --clean --if-exists -d $DATABASE_URL backup_YYYYMMDD.dump"
    dump(place, "custom", "backup_20261127.dump")
    dump(place, "plain", "backup_shop.sql")
    with psycopg.connect(dsn, autocommit=True) as connection:
        name = connection.info.dbname
        rows = "SELECT id, event_type, status FROM stripe_webhook_events ORDER BY id"
        before = connection.execute(rows).fetchall()
        connection.execute("DELETE FROM stripe_webhook_events WHERE id > 2")
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        refused = place.run(restore, date="20261127")
        assert refused.exit_codes == (1,)
        assert "read-only transaction" in refused.output
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = off')
        text = place.run('pg_restore -d "$DATABASE_URL" backup_shop.sql')
        assert (text.exit_codes, "text format dump" in text.output) == ((1,), True)
        place.succeeds(restore, date="20261127")
        assert connection.execute(rows).fetchall() == before
        assert len(before) == 5


def dump(place: Place, form: str, file: str) -> None:
    """Have the database dumped into the folder of the service."""
    program = shutil.which("pg_dump", path=place.path)
    assert program is not None
    command = [program, f"--format={form}", "-f", str(place.folder / file), place.variables["DATABASE_URL"]]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def test_the_cache_answers_and_is_flushed(place: Place, redis_server: Redis) -> None:
    """Ping before, FLUSHALL, and the keys are gone."""
    redis_server.ask("SET basket 1")
    assert place.succeeds("redis-cli -h $REDIS_HOST ping").strip() == "PONG"
    place.succeeds("redis-cli FLUSHALL")
    assert redis_server.ask("EXISTS basket") == ":0"


def test_a_rollback_offers_real_commits_and_checks_one_out(place: Place) -> None:
    """The list is of the step's own directory; what was chosen is what stands there afterwards."""
    commits = repository(place.folder)
    offered = GitCommits().commits(LOCAL, str(place.folder))
    assert [one.value for one in offered] == commits
    assert "Version one" in offered[-1].says
    place.succeeds("git checkout <previous-stable-commit>", previous_stable_commit=commits[-1])
    assert (place.folder / "version").read_text() == "one"
    place.succeeds("git checkout -b hotfix/incident-YYYYMMDD", date="20261127")
    assert "hotfix/incident-20261127" in place.succeeds("git log --oneline -5 --decorate")


def test_an_answer_reaches_make_as_one_word(place: Place) -> None:
    """Two blanks, two words; the recipe saw exactly them."""
    place.succeeds("make scale service=<api|web> count=<number>", service="api", number="3")
    place.succeeds("make maintenance-mode <enable|disable>", choice="enable")
    assert (place.folder / "effects").read_text().split() == ["scale", "api", "3"]


@pytest.fixture
def surroundings(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Beside the place: an account of Amazon's, the services' own addresses, packages of npm, a remote of git."""
    folders = {name: tmp_path / name for name in ("moto", "curl", "remote")}
    for folder in folders.values():
        folder.mkdir()
    subprocess.run(["git", "init", "-q", "--bare", str(folders["remote"])], check=True)
    (place.folder / "package.json").write_text(
        '{"name": "shop", "version": "1.0.0", "scripts": {"build": "echo built"}}'
    )
    (place.folder / "package-lock.json").write_text(
        '{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "shop"}}}'
    )
    connected = psycopg.connect(place.variables["DATABASE_URL"], autocommit=True)
    with connected as connection, contextlib.suppress(psycopg.errors.DuplicateDatabase):
        connection.execute("CREATE DATABASE cookcam")
    with aws(folders["moto"]) as account, health(folders["curl"]) as service:
        account.services("dashboarduz-production", "dashboarduz-api", "dashboarduz-worker")
        account.log("/ecs/dashboarduz-api", "order 7 failed", int(time.time() * 1000))
        for database in ("dashboarduz-production-db", "whats-for-dinner-db"):
            account.database(database)
        for name, value in {**account.environment, **AUTHOR, "CURL_HOME": str(service.curl_home)}.items():
            monkeypatch.setenv(name, value)
            place.variables[name] = value
        place.path = f"{Path(sys.executable).parent}:{place.path}"
        yield service


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """The folder of the logs of an nginx that has just turned requests away."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    directives = (
        f"error_log {folder}/error.log; access_log {folder}/access.log; location / {{ limit_req zone=api_limit; }}"
    )
    zone = "limit_req_zone $binary_remote_addr zone=api_limit:1m rate=1r/m;"
    with nginx(folder, root=folder, server=directives, http=zone) as server:
        for _ in range(4):
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(f"{server.url}/", timeout=10).close()
        yield folder


def test_the_lines_of_a_rate_limit_are_found_in_the_log_of_a_real_nginx(place: Place, logs: Path) -> None:
    """Both lines that the runbook has for it find what nginx really writes; only the folder of the log is another."""
    found = place.succeeds(f'sudo grep "limiting requests" {logs}/error.log | tail -20')
    assert found.count("limiting requests") == 3
    counted = place.succeeds(
        f"sudo awk '/limiting requests/ {{print $NF}}' {logs}/error.log | sort | uniq -c | sort -rn | head -10"
    )
    assert counted.split()[0] == "3"


@pytest.fixture
def processes(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pm2]:
    """The application under a real pm2, to which `pm2` is led by its own variable."""
    with pm2(place.folder, tmp_path / "pm2") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
            place.variables[name] = value
        place.path = f"{running.program.parent}:{place.path}"
        yield running


def test_processes_are_scaled_reloaded_and_told_apart(place: Place, processes: Pm2) -> None:
    """A real pm2: by two more, and a heap dump asked of each; by the name that it has, and by no other."""
    place.succeeds("pm2 scale cookcam-api +2")
    assert eventually(lambda: processes.names() == [APPLICATION] * 3, 30)
    place.succeeds("pm2 trigger cookcam-api heapdump")
    assert APPLICATION in place.succeeds("pm2 status")
    assert "listening" in place.succeeds("pm2 logs cookcam-api --lines 50")
    assert place.run("pm2 restart cookcam-web").exit_codes == (1,)


def test_pm2_takes_the_file_of_the_runbook_for_a_program(place: Place, processes: Pm2) -> None:
    """TOC218: its name does not end in .config.js: nothing is reloaded, and after delete and start all is gone."""
    assert "not found" in place.run("pm2 reload ecosystem.config.production.js").output
    place.succeeds("pm2 delete cookcam-api")
    place.succeeds("pm2 start ecosystem.config.production.js")
    assert APPLICATION not in processes.names()
    processes.afresh()
    place.succeeds("pm2 delete cookcam-api")
    place.succeeds("pm2 start ecosystem.config.js")
    assert eventually(lambda: processes.names() == [APPLICATION], 30)


PROGRAMS = {
    **dict.fromkeys(("psql", "pg_restore"), "PostgreSQL"),
    "redis-cli": "Redis",
    "make": "make",
    "git": "git",
    "npm": "npm",
    "pm2": "pm2",
    "nginx": "nginx",
    "aws": "moto",
    "curl": "a stand-in of the service",
    **dict.fromkeys(("df", "free", "top", "netstat", "tail"), "this machine"),
    **dict.fromkeys(RECORDED, "what was recorded of its program"),
}
"""Programs that are real here, and what their commands run against."""


def moved(pipeline: tuple[tuple[str, ...], ...], logs: Path) -> tuple[tuple[str, ...], ...]:
    """The stages with the log folder of this nginx, and that of the application beside it."""
    places = {"/var/log/nginx": str(logs), "/var/log": str(logs.parent / "logs")}

    def here(word: str) -> str:
        return next((word.replace(there, own) for there, own in places.items() if there in word), word)

    return tuple(tuple(here(word) for word in stage) for stage in pipeline)


def runs_against(pipeline: tuple[tuple[str, ...], ...], text: str) -> str | None:
    """What a command runs against here; None when that is not here."""
    if any("/var/log/nginx" in word for stage in pipeline for word in stage):
        return "nginx"
    # `aws logs tail` came with the second version of the CLI, which PyPI does not have.
    if any(words in text for words in ("systemctl", "aws logs tail")):
        return None
    words = [word for word in pipeline[0] if word not in ("sudo", "-n")]
    if words[0] == "pm2" and "ecosystem.config.production.js" in words:
        return "pm2, which takes the file for a program, as TOC218 says"
    return PROGRAMS.get(words[0])


def answer(wants: Wants, allowed: tuple[str, ...], kind: str, commits: list[str]) -> str:
    """Something that a person could fill in."""
    match wants:
        case Wants.CHOICE:
            return allowed[0]
        case Wants.NUMBER:
            return "2"
        case Wants.DATE:
            return "20261127"
        case Wants.COMMIT:
            return commits[-1]
        case _:
            return "1.2.3" if kind == "version" else "words"


def test_every_command_of_the_runbooks_runs_or_says_why_not(
    place: Place, surroundings: Service, processes: Pm2, logs: Path, runbooks_dir: Path
) -> None:
    """The 146: ran for real against X, refused by its own program as the finding says, or not here, or a person's.

    Run twice means run once here: the same words with the same answers have the same effect.
    """
    commits = repository(place.folder)
    (place.folder / "rollback_migration.sql").write_text("SELECT 1;\n")
    dump(place, "custom", "backup_20261127.dump")
    remote = str(place.folder.parent / "remote")
    subprocess.run(["git", "-C", str(place.folder), "remote", "add", "origin", remote], check=True)
    asked = place.folder.parent / "asked"
    stand_ins(place.folder.parent / "programs", asked)
    for log in ("postgres/postgres.log", "application/app.log"):
        (place.folder.parent / "logs" / log).parent.mkdir(parents=True)
        (place.folder.parent / "logs" / log).write_text("started\nERROR: out of memory\n")
    fates: Counter[str] = Counter()
    failed: list[str] = []
    done: set[str] = set()
    started_over = False
    for book in sorted(runbooks_dir.glob("*.md")):
        playbook = compiled(book)
        broken = {finding.line for finding in playbook.findings if finding.code == "TOC203"}
        for step in playbook.steps().values():
            command = step.command
            if command is None:
                continue
            why, form = never(step), run_form(command)
            if why or not isinstance(form, RunForm):
                fates["a person"] += 1
                assert why
                continue
            against = runs_against(form.pipeline, command.text)
            if against is None:
                fates["where its program or its host is"] += 1
                continue
            refused = against == "moto" and step.lines.first in broken
            fates["refused by its own program, as TOC203 says" if refused else against] += 1
            if command.text in done:
                continue
            done.add(command.text)
            if command.text.startswith("git commit"):
                (place.folder / "version").write_text("fixed")
                subprocess.run(["git", "-C", str(place.folder), "add", "-A"], check=True)
            unread = "TOC218" in against
            if unread or (against == "pm2" and started_over):
                processes.afresh()
            started_over = unread or "pm2 delete" in command.text
            given = {b.key: answer(b.wants, b.parameter.allowed, b.parameter.type, commits) for b in blanks(command)}
            wanted = place.order_of(replace(step, command=replace(command, host=None, directory=None)), given)
            wanted = replace(wanted, pipeline=moved(wanted.pipeline, logs))
            execution = LocalSteps(path=place.path).run(job_of("INC-1/s/r", wanted))
            refused = refused or "pm2 reload" in command.text
            if (outcome_of(wanted.step, execution) is StepOutcome.SUCCEEDED) is refused:
                failed.append(f"{book.name}:{step.lines.first} {command.text}: {execution}")
    assert failed == []
    assert {line.split()[0] for line in asked.read_text().splitlines()} == set(RECORDED)
    assert "supabase db rollback --project-ref ref" in asked.read_text()
    assert fates == Counter(FATES)
    assert sum(fates.values()) == 146
    assert {host for host, _ in surroundings.asked} == {
        "api.cookcam.app",
        "localhost:5000",
        "whats-for-dinner.com",
    }


FATES = {
    "make": 23,
    "what was recorded of its program": 23,
    "pm2": 17,
    "PostgreSQL": 17,
    "this machine": 12,
    "a stand-in of the service": 10,
    "moto": 9,
    "a person": 8,
    "git": 7,
    "nginx": 5,
    "pm2, which takes the file for a program, as TOC218 says": 5,
    "where its program or its host is": 3,
    "npm": 3,
    "Redis": 2,
    "refused by its own program, as TOC203 says": 2,
}
"""What becomes of the 146 commands here."""
