"""The real server process, from the outside: starting, stopping, reloading, and the verbs that talk to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.api.house import RUNBOOK
from tests.stage.child import eventually
from tests.stage.process import Tocsin, tocsin

PROGRAM = str(Path(sys.executable).with_name("tocsin"))
SETTINGS = """
version = 1
catch_all = ["ana"]
[server]
admin = "ana"
[service.shop]
runbook = "shop.md"
[people.ana]
name = "Ana"
[[people.ana.ways]]
kind = "phone"
[roles]
"On-Call Engineer" = "ana"
CTO = "ana"
[integration.am]
source = "alertmanager"
service = "shop"
[integration.rare]
source = "generic"
service = "shop"
threshold = 3
threshold_within = "1 h"
[probe.till]
service = "shop"
kind = "tcp"
address = "127.0.0.1:9"
every = "30 d"
"""
LOOP = "for one in 1 2; do uptime; done"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tocsin]:
    """One running server for the tests that only talk to it."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "shop.md").write_text(RUNBOOK.replace("sudo systemctl restart shop", LOOP))
    with tocsin(folder, SETTINGS, movable_clock=True) as running:
        yield running


def run(
    server: Tocsin, *words: str, status: int = 0, said: str = "", environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """One verb as a process of its own, as the administrator."""
    given = {"PATH": os.environ["PATH"], "HOME": str(server.folder), "TZ": "UTC"}
    given |= {"TOCSIN_URL": server.url, "TOCSIN_TOKEN": server.admin} if environ is None else environ
    done = subprocess.run(
        [PROGRAM, *words], capture_output=True, text=True, input=said, env=given, cwd=server.folder, timeout=60
    )
    assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def data(server: Tocsin, *words: str) -> object:
    """What a verb prints with --json; nothing else may stand on stdout."""
    return json.loads(run(server, *words, "--json").stdout)


def open_incidents(server: Tocsin) -> list[str]:
    """The ids of the open incidents."""
    return [one["id"] for one in data(server, "incidents")]  # type: ignore[attr-defined]


@pytest.fixture
def incident(server: Tocsin) -> Iterator[str]:
    """An incident that is the only open one; resolved in the end."""
    declared = data(server, "declare", "checkout is down", "--severity", "P0", "--procedure", "api-not-responding")
    id = declared["incident"]["id"]  # type: ignore[index]
    yield id
    for one in open_incidents(server):
        run(server, "resolve", one, "--confirm-all", "--override", "the test is over")


def test_an_alert_is_paged_acknowledged_worked_on_and_resolved(server: Tocsin) -> None:
    """From a monitor's POST to the post-mortem, with nothing but the command line."""
    url = data(server, "integrations", "show", "am")["url"]  # type: ignore[index]
    alert = {"status": "firing", "labels": {"alertname": "ApiDown"}, "startsAt": "2026-01-01T00:00:00Z"}
    assert server.deliver(url.removeprefix(server.url), {"version": "4", "alerts": [alert]}).status == 202
    assert eventually(lambda: bool(open_incidents(server)), 10)
    (id,) = open_incidents(server)
    assert eventually(lambda: "RINGING" in run(server, "phone").stdout, 10)
    assert "acknowledged" in run(server, "ack").stdout
    assert "it was so already" in run(server, "ack", id).stdout == run(server, "ack", "-i", id).stdout
    assert "no longer wanted" in run(server, "phone").stdout
    known = run(server, "open").stdout.splitlines()
    for words in (
        ("note", "looks like the disk"),
        ("note", "they see it too", "--vendor", "Harbour Hosting", "--case", "4711"),
        ("severity", "P1", "it is slow only"),
        ("role", "Incident Commander"),
        ("page", "CTO", "needs a decision"),
        ("say", id, "restarting", "--status", "identified"),
        ("say", "We look into it.", "--customers", "investigating"),
        ("say", "We know why.", "--customers", "identified", "--to", "team"),
        ("open", str(len(known))),
        ("mitigate",),
    ):
        run(server, *words)
    timeline = run(server, "incidents", "timeline").stdout
    assert "looks like the disk" in timeline
    assert f"Procedure opened: {known[-1][5:].strip()} (opened by hand)" in timeline
    assert timeline.count("We know why.") == 2, "customers and the team, by one approval"
    shown = run(server, "incidents", "show").stdout
    assert "P1 mitigated" in shown
    assert "Harbour Hosting: (left blank)  asked, case 4711" in shown
    assert "Incident Commander: ana" in shown
    refused = run(server, "resolve", "restarted", status=5)
    assert "Checkout works" in refused.stderr
    assert "resolved" in run(server, "resolve", "restarted", "--confirm-all").stdout
    assert run(server, "ack", status=3).stderr == "tocsin ack: there is no open incident\n"
    text = "# Review\n\nDisk.\n\n## Action Items\n\n- [ ] Watch the disk (owner: Ana)\n"
    run(server, "postmortem", "save", id, "-", said=text)
    assert run(server, "postmortem", "show", id).stdout == text
    run(server, "postmortem", "publish", id)
    assert "Watch the disk" in run(server, "actions").stdout
    assert data(server, "export", id)["incident"]["state"] == "resolved"  # type: ignore[index]
    assert "P1" in run(server, "report").stdout


def test_time_that_is_moved_forwards_pages_the_next_level(server: Tocsin, incident: str) -> None:
    """The movable clock drives the real loops of the real process."""
    before = len(data(server, "incidents", "timeline", incident))  # type: ignore[arg-type]
    server.advance(1860)
    assert eventually(lambda: "Level 2 (CTO)" in run(server, "incidents", "timeline", incident).stdout, 10)
    assert len(data(server, "incidents", "timeline", incident)) > before  # type: ignore[arg-type]


def test_a_step_is_run_and_its_failure_is_told_by_the_exit_code(server: Tocsin, incident: str) -> None:
    """`tocsin run` waits for the end: 0 for success; what is not enabled is refused with 5."""
    assert "a maintainer has not enabled it" in run(server, "next").stdout
    assert "not enabled" in run(server, "run", status=5).stderr
    (row,) = [one for one in data(server, "steps", "list") if "df" in one["command"]]  # type: ignore[attr-defined]
    run(server, "steps", "enable", row["id"])
    assert "Filesystem" in run(server, "run", row["id"]).stdout
    assert "may not" in run(server, "steps", "disable", "shop", row["id"]).stderr
    run(server, "tick", "2", "--outcome", "skipped", "--note", "not needed")
    numbered = run(server, "next", "--all").stdout
    assert "[succeeded]" in numbered
    assert "[skipped]" in numbered


def test_a_step_that_only_a_shell_can_run_is_enabled_by_a_word_more(server: Tocsin, incident: str) -> None:
    """Refused with what to do instead; with `--shell` a person may run it, who has to confirm it."""
    (row,) = [one for one in data(server, "steps", "list") if one["command"] == LOOP]  # type: ignore[attr-defined]
    assert "--shell" in run(server, "steps", "enable", row["id"], status=5).stderr
    run(server, "steps", "enable", row["id"], "--shell")
    assert "load average" in run(server, "run", row["id"], "--yes").stdout
    run(server, "steps", "disable", row["id"])


def test_no_text_of_an_alert_steers_a_terminal_or_looks_like_a_line_of_ours(server: Tocsin) -> None:
    """Whatever a monitor names its alert, every verb shows it as text within its own line."""
    url = data(server, "integrations", "show", "am")["url"]  # type: ignore[index]
    title = "\x1b]52;c;cm0=\x07\x1b[2J\x9b31m\u202eedoc\u2066\rInject\nINC-9  P0  acknowledged"
    alert = {"status": "firing", "labels": {"alertname": title}, "annotations": {"summary": title}}
    alert["startsAt"] = "2026-01-01T00:00:00Z"
    assert server.deliver(url.removeprefix(server.url), {"version": "4", "alerts": [alert]}).status == 202
    server.deliver(url.removeprefix(server.url), {"version": "\x1b[2J"})
    assert eventually(lambda: len(open_incidents(server)) == 2, 10), "the second tells that the other cannot be read"
    ids = open_incidents(server)
    run(server, "note", title, "--incident", ids[0])
    said = [run(server, "show", "nothing\x1b[2J", status=2), run(server, "ack", status=2)]
    for words in ("incidents", "alerts", "phone", "integrations", "integrations show am", "oncall"):
        said.append(run(server, *words.split()))
    for id in ids:
        for words in ("incidents show", "incidents timeline", "next", "postmortem show", "ack", "mitigate"):
            said.append(run(server, *words.split(), id))
    for id in ids:
        run(server, "resolve", id, "--confirm-all", "--override", "the test is over")
    for one in said:
        shown = one.stdout + one.stderr
        assert not set(shown) & set("\x07\x1b\x9b\r\u202e\u2066"), one.args
        assert not any(line.startswith("INC-9") for line in shown.split("\n")), one.args
    assert any("INC-9  P0" in one.stdout for one in said)


def test_several_open_incidents_are_asked_about(server: Tocsin, incident: str) -> None:
    """Without a name the only open one is meant; with several nobody guesses."""
    other = data(server, "drill", "a drill")["incident"]["id"]  # type: ignore[index]
    told = run(server, "ack", status=2).stderr
    assert incident in told
    assert other in told
    assert "acknowledged" in run(server, "ack", other.removeprefix("INC-")).stdout


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("ack", "INC-999"), 3),
        (("ack", "nonsense"), 2),
        (("ack", "--nonsense"), 2),
        (("acknowledge",), 2),
        (("severity", "SEV-9"), 2),
        (("reopen", "INC-999", "why"), 3),
        (("integrations", "show", "none"), 3),
        (("token", "create", "x", "--scope", "read", "--days", "4000"), 2),
        (("user", "link", "nobody"), 3),
        (("postmortem", "save", "INC-1"), 2),
    ],
)
def test_exit_codes_say_what_went_wrong(words: tuple[str, ...], status: int, server: Tocsin, incident: str) -> None:
    """2 usage, 3 not found, 4 not allowed, 5 conflict: scripts can tell without reading."""
    assert run(server, *words, status=status).stderr


def test_a_token_that_may_not_is_told_so_with_4(server: Tocsin, incident: str) -> None:
    """A reader's token cannot acknowledge; a wrong one cannot read."""
    plain = run(server, "token", "create", "reader", "--scope", "read").stdout.strip()
    reader = {"TOCSIN_URL": server.url, "TOCSIN_TOKEN": plain}
    assert run(server, "incidents", environ=reader).stdout
    assert "'respond'" in run(server, "ack", status=4, environ=reader).stderr
    run(server, "incidents", status=4, environ={"TOCSIN_URL": server.url, "TOCSIN_TOKEN": "toc_wrong"})
    assert "tocsin login" in run(server, "incidents", status=4, environ={"TOCSIN_URL": server.url}).stderr


def test_no_server_is_told_with_9() -> None:
    """Nothing listens: the message says what to check."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    given = {"PATH": os.environ["PATH"], "TOCSIN_URL": url, "TOCSIN_TOKEN": "toc_x"}
    done = subprocess.run([PROGRAM, "ack"], capture_output=True, text=True, env=given, timeout=60)
    assert done.returncode == 9
    assert "tocsin serve" in done.stderr


def test_signing_in_keeps_a_token_that_only_the_user_can_read(server: Tocsin, tmp_path: Path) -> None:
    """`tocsin login` by a one-time link; the file is 0600, and the token goes to its own server only."""
    link = run(server, "user", "link", "ana").stdout.strip()
    home = {"HOME": str(tmp_path), "TZ": "UTC"}
    run(server, "login", link, environ=home)
    kept = tmp_path / ".config" / "tocsin" / "contexts.toml"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "ana" in run(server, "user", "list", environ=home).stdout
    assert "used already" in run(server, "login", link, status=4, environ=home).stderr
    elsewhere = {**home, "TOCSIN_URL": "http://127.0.0.1:9"}
    assert "nobody is signed in" in run(server, "incidents", status=4, environ=elsewhere).stderr


def test_accounts_are_looked_after_from_the_terminal(server: Tocsin) -> None:
    """Add with a password from a pipe, sign in with it, change, disable; each is audited."""
    run(server, "user", "add", "bo", "--role", "viewer", "--password", said="a horse that nobody rides\n")
    home = {"HOME": str(server.folder / "bo"), "TZ": "UTC"}
    run(server, "login", server.url, "--handle", "bo", said="a horse that nobody rides\n", environ=home)
    run(server, "declare", "x", status=4, environ=home)
    run(server, "user", "set", "bo", "--role", "responder", "--full-name", "Bo")
    run(server, "user", "set", "bo", "--disable")
    run(server, "incidents", status=4, environ=home)
    assert [e["verb"] for e in data(server, "audit", "--limit", "2")] == ["change user"] * 2  # type: ignore[attr-defined]
    assert "login/once" in run(server, "user", "link", "ana", "--local", environ={"HOME": "/"}).stdout


def test_alerts_are_silenced_prolonged_and_heard_again_from_the_terminal(server: Tocsin) -> None:
    """Made with an end and a reason, or refused; found by the beginning of its id; gone from the list when ended."""
    run(server, "silence", "add", "--service", "shop", "--reason", "x", status=2)
    run(server, "silence", "add", "--service", "shop", "--for", "1h", status=2)
    said = run(server, "silence", "add", 'alertname="Till"', "--for", "2 h", "--reason", "new till").stdout
    assert 'alertname="Till": is kept quiet until' in said
    (row,) = data(server, "silence")  # type: ignore[misc]
    assert (row["made_by"], row["reason"], row["state"]) == ("ana", "new till", "active")  # type: ignore[index]
    id = row["id"][:6]  # type: ignore[index]
    assert "goes on" in run(server, "silence", "prolong", id, "--for", "1h").stdout
    shown = run(server, "silence", "show", id).stdout
    assert "0 alerts, 0 of them fire still" in shown
    assert "new till" in run(server, "silence").stdout
    assert "has ended" in run(server, "silence", "end", id).stdout
    assert "nothing is kept quiet" in run(server, "silence").stdout
    assert "new till" in run(server, "silence", "--ended").stdout
    run(server, "silence", "end", id, status=5)
    run(server, "silence", "show", "none", status=3)


def test_work_is_planned_told_of_moved_and_ended_from_the_terminal(server: Tocsin) -> None:
    """With a span and a text, or refused; found by the beginning of its id; over when it is ended."""
    text = "Orders wait for a few minutes."
    run(server, "maintenance", "plan", "Move", "--for", "1h", status=2)
    run(server, "maintenance", "plan", "Move", "--text", text, status=2)
    said = run(server, "maintenance", "plan", "Move", "it", "--text", text, "--for", "2 h").stdout
    assert "Move it: in progress" in said
    (row,) = data(server, "maintenance")  # type: ignore[misc]
    assert (row["planned_by"], row["title"], row["silences"]) == ("ana", "Move it", [])  # type: ignore[index]
    id = row["id"][:6]  # type: ignore[index]
    assert "Half is done." not in run(server, "maintenance", "show", id).stdout
    run(server, "maintenance", "tell", id, status=2)
    run(server, "maintenance", "tell", id, "Half is done.")
    run(server, "maintenance", "move", id, "An hour longer.", "--for", "3 h")
    run(server, "maintenance", "end", id, "All is done.")
    shown = run(server, "maintenance", "show", id).stdout
    assert shown.index("All is done.") < shown.index("An hour longer.") < shown.index("Half is done.")
    assert "completed" in run(server, "maintenance").stdout
    run(server, "maintenance", "cancel", id, "x", status=5)
    run(server, "maintenance", "show", "none", status=3)


def test_a_deploy_script_tells_of_a_change(server: Tocsin) -> None:
    """It is kept and listed, and an instant without its offset is refused; nobody is paged for it."""
    before = open_incidents(server)
    assert "kept: v41 deployed" in run(server, "change", "v41 deployed", "--link", "https://ci.example.com/41").stderr
    run(server, "change", "x", "--service", "till", status=3)
    run(server, "change", "x", "--at", "2026-03-01T02:00:00", status=2)
    (row,) = data(server, "change")  # type: ignore[misc]
    assert (row["what"], row["kind"], row["by"]) == ("v41 deployed", "deploy", "ana")  # type: ignore[index]
    assert "v41 deployed" in run(server, "change").stdout
    assert open_incidents(server) == before


def test_probes_are_listed_shown_and_offered(server: Tocsin) -> None:
    """What each saw last, in a line and at length; one that is not there is said with those that are."""
    assert eventually(lambda: "shaky" in run(server, "probes").stdout, within=60)
    shown = run(server, "probes", "show", "till").stdout
    assert "127.0.0.1:9" in shown
    assert "server.probed must name its network" in shown
    assert "there are: till" in run(server, "probes", "show", "none", status=3).stderr
    assert "looked at" in run(server, "probes", "offer").stderr
    assert "no runbook looks at http://a.b/ by hand" in run(server, "probes", "add", "http://a.b/", status=2).stderr
    assert "was not added by hand: it stands in tocsin.toml" in run(server, "probes", "remove", "till", status=3).stderr
    (row,) = data(server, "probes")  # type: ignore[misc]
    assert (row["name"], row["failing"], row["last"]["good"]) == ("till", False, False)  # type: ignore[index]


def test_alerts_name_what_is_held_back(server: Tocsin) -> None:
    """What a threshold keeps from beginning an incident is counted beside the alerts, and listed when asked for."""
    url = data(server, "integrations", "show", "rare")["url"]  # type: ignore[index]
    assert server.deliver(url.removeprefix(server.url), {"title": "A mail bounced", "key": "mail"}).status == 202
    assert eventually(lambda: "1 more held back" in run(server, "alerts").stderr, 10)
    shown = run(server, "alerts", "--held").stdout
    assert "1 of 3" in shown
    assert "A mail bounced" in shown
    (row,) = data(server, "alerts", "--held")  # type: ignore[misc]
    assert (row["integration"], row["service"], row["within_seconds"]) == ("rare", "shop", 3600)  # type: ignore[index]


def test_everything_that_lists_lists_data_for_programs(server: Tocsin) -> None:
    """--json prints JSON and nothing else on stdout."""
    for words in (
        ("incidents",),
        ("alerts",),
        ("alerts", "--held"),
        ("silence",),
        ("oncall",),
        ("phone",),
        ("actions",),
        ("duties",),
        ("report",),
        ("audit",),
        ("token", "list"),
        ("user", "list"),
        ("integrations",),
        ("probes",),
        ("steps", "list"),
        ("doctor",),
        ("config", "show"),
    ):
        assert isinstance(data(server, *words), list | dict), words


def test_the_doctor_finds_a_sound_installation_sound(server: Tocsin) -> None:
    """Exit 0 with ticks; 1 when a word of the runbook reaches nobody."""
    assert "is ready" in run(server, "doctor").stdout
    assert "no step is enabled" in run(server, "doctor", "--look").stdout
    text = server.config.read_text()
    broken = server.folder / "broken.toml"
    broken.write_text(text.replace('CTO = "ana"\n', ""))
    assert "nobody is bound to 'CTO'" in run(server, "doctor", "--config", str(broken), status=1).stdout


def test_the_doctor_warns_when_the_top_severity_wakes_nobody(server: Tocsin) -> None:
    """Said of a severity, or of all that a source says: it may be meant, and nobody should learn it at night."""
    quiet = server.folder / "quiet.toml"
    source = "[integration.am]\n"
    text = server.config.read_text().replace(source, f"{source}record = true\nrecord_top = true\n")
    quiet.write_text(f'{text}\n[service.shop.assume]\nno_page = ["P0"]\n')
    said = run(server, "doctor", "--config", str(quiet)).stdout
    assert "nobody is woken for P0, the top severity" in said
    assert "am wakes nobody, even for the top severity" in said
    assert "the top severity" not in run(server, "doctor").stdout


@pytest.mark.parametrize(("words", "times"), [(("--help",), 6), (("ack",), 15)])
def test_help_and_acknowledging_take_little_more_than_an_interpreter(
    words: tuple[str, ...], times: float, server: Tocsin, incident: str
) -> None:
    """The best of ten against the best of ten bare starts of Python, taking turns: a busy machine slows down both.

    `make bench` says how many milliseconds that is.
    """
    bare, ours = [], []
    for _ in range(10):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)
        between = time.perf_counter()
        run(server, *words)
        bare.append(between - began)
        ours.append(time.perf_counter() - between)
    assert min(ours) < times * min(bare), (sorted(ours), sorted(bare))


def test_the_database_is_backed_up_while_it_is_in_use_and_checked(server: Tocsin) -> None:
    """Backup beside a running server, restore elsewhere, check both; `--data` or the environment says where."""
    copy = server.folder / "copy.db"
    run(server, "declare", "The shop is down", "--severity", "P0")
    run(server, "db", "backup", str(copy))
    run(server, "db", "backup", str(copy), status=5)
    run(server, "db", "check")
    home = {"HOME": str(server.folder)}
    elsewhere = ("--data", str(server.folder / "elsewhere"))
    restored = run(server, "db", "restore", str(copy), *elsewhere, environ=home)
    assert "held back" in restored.stderr
    assert (server.folder / "elsewhere" / "tocsin.db").is_file()
    run(server, "db", "check", *elsewhere, environ=home)
    assert "was restored" in run(server, "doctor", *elsewhere, environ=home).stdout
    assert "was restored" not in run(server, "doctor", environ=home).stdout
    with closing(sqlite3.connect(server.folder / "elsewhere" / "tocsin.db")) as raw, raw:
        raw.execute("UPDATE incidents SET severity = 'P1'")
    assert (
        "does not follow from its facts (severity)"
        in run(server, "db", "check", *elsewhere, status=1, environ=home).stdout
    )
    by_variable = {**home, "TOCSIN_SERVER_DATA": elsewhere[1]}
    run(server, "db", "release", environ=by_variable)
    assert "was restored" not in run(server, "doctor", environ=by_variable).stdout


# --- the process --------------------------------------------------------------------------------------------


def stop_seconds(running: Tocsin) -> float:
    """How long it takes to stop after SIGTERM; it must exit by itself, with 0."""
    assert running.process is not None
    began = time.monotonic()
    os.kill(running.process.pid, signal.SIGTERM)
    status = running.process.process.wait(15)
    assert status == 0, running.output()
    return time.monotonic() - began


def test_sigterm_stops_within_five_seconds_with_open_streams_and_a_hanging_page(tmp_path: Path) -> None:
    """Neither a page that nobody reads on nor a provider that never answers keeps the server alive."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = f"http://127.0.0.1:{silent.getsockname()[1]}/page"
        settings = SETTINGS.replace('kind = "phone"', 'kind = "webhook"\naddress = { env = "ANA_HOOK" }')
        with tocsin(tmp_path, settings, environment={"ANA_HOOK": way}) as running:
            once = running.call("POST", "/api/v1/users/ana/link", {}, running.admin).json()["url"]
            token = once.partition("token=")[2]
            cookie = running.form("/login/once", token=token).headers["set-cookie"].partition(";")[0]
            stream = http.client.HTTPConnection("127.0.0.1", running.port, timeout=15)
            stream.request("GET", "/live", headers={"cookie": cookie})
            assert stream.getresponse().status == 200
            running.api("/incidents", {"title": "x", "severity": "P0"})
            silent.settimeout(10)
            connection, _ = silent.accept()
            assert stop_seconds(running) < 5
            connection.close()
            stream.close()


def test_an_idle_server_stops_at_once_and_starts_again_with_what_it_knew(tmp_path: Path) -> None:
    """A restart loses nothing, asks for no new administrator, and keeps the addresses of its integrations."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    with tocsin(tmp_path, SETTINGS) as running:
        id = running.api("/incidents", {"title": "x", "severity": "P0"})["incident"]["id"]
        url = running.api("/integrations/am")["url"]
        assert stop_seconds(running) < 3
        running.stop()
        running.start()
        assert running.api(f"/incidents/{id}")["severity"] == "P0"
        assert running.api("/integrations/am")["url"] == url
        assert running.output().count("/login/once") == 1


def test_files_that_change_are_in_force_and_wrong_ones_change_nothing(tmp_path: Path) -> None:
    """An edited runbook and an edited tocsin.toml are taken over; an invalid one is shown and ignored (R23)."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    with tocsin(tmp_path, SETTINGS) as running:
        assert running.process is not None
        (tmp_path / "shop.md").write_text(RUNBOOK.replace("P1 - High", "P1 - High\n- Search is slow"))
        before = running.api("/services")[0]["playbook"]
        assert eventually(lambda: running.api("/services")[0]["playbook"] != before, 10)
        good = running.config.read_text()
        running.config.write_text(good + '[people.bo]\n[[people.bo.ways]]\nkind = "phone"\n')
        os.kill(running.process.pid, signal.SIGHUP)
        assert eventually(lambda: running.api("/oncall?at=2026-01-01T00:00:00Z") is not None, 5)
        running.config.write_text(good.replace('"On-Call Engineer" = "ana"', '"On-Call Engineer" = "nobody"'))
        os.kill(running.process.pid, signal.SIGHUP)
        assert eventually(lambda: "tocsin.toml" in running.api("/health")["runbook_troubles"], 10)
        roles = {one["target"]: one["people"] for one in running.api("/oncall")["roles"]}
        assert roles["On-Call Engineer"] == ["ana"]
        assert "there is no 'nobody'" in running.output()
        running.config.write_text(good)
        assert eventually(lambda: not running.api("/health")["runbook_troubles"], 10)


def test_the_clock_cannot_be_moved_unless_the_environment_says_so(tmp_path: Path) -> None:
    """Without TOCSIN_TEST_CLOCK the path does not exist."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    with tocsin(tmp_path, SETTINGS) as running:
        answer = running.call("POST", "/-/test/clock", {"advance_seconds": 60})
        assert answer.status == 404


def test_systemd_is_told_of_readiness_life_and_the_end(tmp_path: Path) -> None:
    """READY=1 once it listens, WATCHDOG=1 while the engine works, STOPPING=1 at the end."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        address = str(tmp_path / "notify")
        channel.bind(address)
        channel.settimeout(10)
        environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"}
        with tocsin(tmp_path, SETTINGS, environment=environment) as running:
            while (said := channel.recv(100)) != b"READY=1":
                assert said == b"WATCHDOG=1"  # on a slow machine the engine may live before the door is open
            assert channel.recv(100) == b"WATCHDOG=1"
            stop_seconds(running)
            told = {channel.recv(100) for _ in range(1)}
            while b"STOPPING=1" not in told:
                told.add(channel.recv(100))
        assert told <= {b"WATCHDOG=1", b"STOPPING=1"}


def test_an_address_that_is_taken_is_told(tmp_path: Path) -> None:
    """Two servers on one port: the second says so and ends. In one folder it does not even try."""
    (tmp_path / "shop.md").write_text(RUNBOOK)
    with tocsin(tmp_path, SETTINGS) as running:
        elsewhere = {"TOCSIN_SERVER_DATA": str(tmp_path / "elsewhere")}
        assert "is Tocsin running already" in run(running, "serve", status=1, environ=elsewhere).stderr
        assert "already; stop it" in run(running, "serve", status=5).stderr
