"""Each real component of the stage starts, does its work, and is gone afterwards."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page

from tests.stage.alertmanager import Alertmanager
from tests.stage.child import NotReady, child, eventually, free_port, listens
from tests.stage.mailbox import Mailbox
from tests.stage.nginx import Nginx, nginx
from tests.stage.postgresql import Database, postgresql
from tests.stage.prometheus import prometheus
from tests.stage.redis import Redis, redis
from tests.stage.sshd import SSHServer
from tests.stage.webhook import Answer, Webhook, webhook


def get(url: str) -> tuple[int, bytes]:
    """The status and body of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_child_and_what_it_started_are_gone_when_its_block_ends(tmp_path: Path) -> None:
    """Ending a child ends its whole process group, also a grandchild that ignores SIGTERM."""
    grandchild = tmp_path / "grandchild"
    script = f"trap '' TERM; (trap '' TERM; echo $BASHPID > {grandchild}; exec sleep 600) & wait"
    with child(["bash", "-c", script], log=tmp_path / "log", ready=grandchild.exists) as running:
        assert eventually(lambda: grandchild.read_text().strip())
        pid = int(grandchild.read_text())
        assert running.stop(within=0.2) == -signal.SIGKILL
    assert eventually(lambda: not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text())


def test_a_child_that_ends_early_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """Nobody waits for a process that is dead, and its last words are in the failure."""
    program = [sys.executable, "-c", "print('no such setting: colour'); raise SystemExit(3)"]
    began = time.monotonic()
    with (
        pytest.raises(NotReady, match=r"(?s)ended with 3.*no such setting: colour"),
        child(program, log=tmp_path / "log", ready=lambda: False),
    ):
        pass
    assert time.monotonic() - began < 10


def test_a_child_that_never_becomes_ready_is_not_awaited_for_ever(tmp_path: Path) -> None:
    """The wait for a child has a bound, and the child is ended when the bound is reached."""
    with (
        pytest.raises(NotReady, match=r"not ready after 0\.1 s"),
        child(["sleep", "600"], log=tmp_path / "log", ready=lambda: False, within=0.1),
    ):
        pass


def test_free_ports_differ_and_can_be_listened_on() -> None:
    """Two calls never give the same port, so two children of a test do not meet."""
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert not any(listens(port) for port in ports)


def test_postgresql_gives_each_test_a_database_of_its_own(postgresql_database: Database) -> None:
    """Committed rows are there for a second connection, and no table of another test is."""
    with psycopg.connect(postgresql_database.dsn) as connection:
        (version,) = connection.execute("SHOW server_version_num").fetchone() or ("0",)
        assert int(version) >= 180000
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == (0,)
        connection.execute("CREATE TABLE pages (id int)")
        connection.execute("INSERT INTO pages VALUES (7)")
        connection.commit()
        with psycopg.connect(postgresql_database.dsn) as second:
            assert second.execute("SELECT id FROM pages").fetchall() == [(7,)]


@pytest.mark.slow
def test_postgresql_can_be_taken_down_and_brought_back() -> None:
    """A server of one's own can fail and return with its data, for tests of an outage of the database."""
    with postgresql() as server, server.database() as database:
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(database.dsn, connect_timeout=3)
        server.start()
        with psycopg.connect(database.dsn) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_alertmanager_sends_an_alert_to_the_webhook_at_once(alertmanager: Alertmanager, webhook_sink: Webhook) -> None:
    """A posted alert arrives as a webhook of version 4 within seconds, and so does its resolution."""
    alert = {"labels": {"alertname": "HighErrorRate", "severity": "critical"}, "annotations": {"summary": "5xx"}}
    alertmanager.post([alert])
    (firing,) = webhook_sink.await_requests(1)
    assert firing.path == "/alerts"
    assert firing.json()["version"] == "4"
    assert firing.json()["status"] == "firing"
    assert firing.json()["alerts"][0]["labels"]["alertname"] == "HighErrorRate"
    assert [held["labels"] for held in alertmanager.alerts()] == [alert["labels"]]
    alertmanager.post([{**alert, "endsAt": "2020-01-01T00:00:00Z", "startsAt": "2019-12-31T23:00:00Z"}])
    assert webhook_sink.await_requests(2)[1].json()["status"] == "resolved"


def test_prometheus_fires_a_rule_through_alertmanager_to_the_webhook(
    tmp_path: Path, alertmanager: Alertmanager, webhook_sink: Webhook
) -> None:
    """A rule that holds becomes an alert in Prometheus, a group in Alertmanager and a request at the webhook."""
    home = tmp_path / "prometheus"
    home.mkdir()
    rules = [{"alert": "TargetDown", "expr": "up == 0", "labels": {"severity": "page"}}]
    nobody = f"127.0.0.1:{free_port()}"
    with prometheus(home, targets={"shop": nobody}, rules=rules, alertmanager=alertmanager.url) as monitor:
        sent = webhook_sink.await_requests(1, within=30)[0].json()
        assert sent["alerts"][0]["labels"] == {
            "alertname": "TargetDown",
            "instance": nobody,
            "job": "shop",
            "severity": "page",
        }
        assert monitor.query("up")[0]["metric"]["job"] == "shop"  # type: ignore[index]


def test_nginx_passes_requests_on_and_says_who_asked(nginx_proxy: Nginx, webhook_sink: Webhook) -> None:
    """The upstream sees the path, the host that was asked for and the address of the client."""
    webhook_sink.plan(Answer(status=201, body=b"made"))
    assert get(f"{nginx_proxy.url}/in/key?x=1") == (201, b"made")
    (request,) = webhook_sink.requests
    assert request.path == "/in/key?x=1"
    assert request.headers["x-forwarded-for"] == "127.0.0.1"
    assert f"http://{request.headers['host']}" == nginx_proxy.url


def test_nginx_serves_a_folder_while_nothing_else_runs(tmp_path: Path) -> None:
    """The files of a folder are served with their type, as a status page is while its server is down."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "index.html").write_text("<h1>All systems work</h1>")
    with nginx(tmp_path, root=files) as server:
        assert get(f"{server.url}/") == (200, b"<h1>All systems work</h1>")
        assert get(f"{server.url}/absent")[0] == 404


def test_redis_answers_and_is_gone_when_killed(redis_server: Redis) -> None:
    """Redis answers PING, and a kill frees its port at once."""
    assert redis_server.ask("PING") == "+PONG"
    redis_server.process.kill()
    assert not listens(redis_server.port)


def test_two_redis_servers_run_side_by_side(tmp_path: Path, redis_server: Redis) -> None:
    """Two servers keep their own data."""
    other = tmp_path / "other"
    other.mkdir()
    with redis(other) as second:
        assert redis_server.ask("SET shop open") == "+OK"
        assert second.ask("EXISTS shop") == ":0"
        assert redis_server.ask("EXISTS shop") == ":1"


def test_sshd_runs_a_command_for_the_holder_of_the_key(ssh_server: SSHServer) -> None:
    """A command runs over SSH with its exit status and output, without a question asked."""
    command = ["ssh", *ssh_server.client_options(), f"{ssh_server.user}@127.0.0.1", "echo on the other side; exit 4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (4, "on the other side\n"), ssh_server.process.output()


def test_the_mail_server_keeps_a_mail_with_its_envelope(smtp_sink: Mailbox) -> None:
    """What is sent over SMTP is kept with sender, recipients, subject and text."""
    send(smtp_sink, "Payments are down")
    (mail,) = smtp_sink.await_mails(1)
    assert (mail.sender, mail.recipients) == ("tocsin@example.org", ("ana@example.org", "bo@example.org"))
    assert mail.message["Subject"] == "Payments are down"
    assert mail.text.strip() == "We look into it."


def test_the_mail_server_refuses_as_planned_and_then_takes_again(smtp_sink: Mailbox) -> None:
    """A planned refusal is one answer to one message, and the refused message is not kept."""
    smtp_sink.refuse("451 4.3.0 try again later")
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        send(smtp_sink, "first")
    send(smtp_sink, "second")
    assert [mail.message["Subject"] for mail in smtp_sink.await_mails(1)] == ["second"]


def send(box: Mailbox, subject: str) -> None:
    """Send one mail to two people."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "tocsin@example.org", "ana@example.org"
    message.set_content("We look into it.")
    with smtplib.SMTP(box.host, box.port, timeout=5) as client:
        client.send_message(message, "tocsin@example.org", ["ana@example.org", "bo@example.org"])


def test_the_webhook_answers_as_planned_and_records_every_request(webhook_sink: Webhook) -> None:
    """Planned answers are used up in order, a dropped connection is one, and each request is recorded."""
    webhook_sink.plan(Answer(status=503, headers={"Retry-After": "7"}), Answer(drop=True), Answer(delay=0.3))
    assert get(f"{webhook_sink.url}/a")[0] == 503
    with pytest.raises(OSError, match=r"closed|reset"):
        get(f"{webhook_sink.url}/b")
    began = time.monotonic()
    assert get(f"{webhook_sink.url}/c")[0] == 200
    assert time.monotonic() - began >= 0.3
    assert [request.path for request in webhook_sink.requests] == ["/a", "/b", "/c"]


def test_a_long_delay_of_the_webhook_does_not_hold_up_its_end() -> None:
    """A test that gives up on a slow answer does not wait for it afterwards."""
    began = time.monotonic()
    with webhook() as sink:
        sink.always(Answer(delay=60))
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(sink.url, timeout=0.2)
    assert time.monotonic() - began < 10


def test_chromium_shows_a_page_and_runs_its_script(page: Page, webhook_sink: Webhook) -> None:
    """A page is fetched, its script runs, and a tap has its effect."""
    body = b"<title>Respond</title><button onclick=\"document.title='acknowledged'\">Acknowledge</button>"
    webhook_sink.always(Answer(body=body, headers={"Content-Type": "text/html"}))
    page.goto(webhook_sink.url)
    assert page.title() == "Respond"
    page.get_by_role("button", name="Acknowledge").click()
    assert page.title() == "acknowledged"


def test_each_page_is_a_browser_without_a_past(page: Page, webhook_sink: Webhook) -> None:
    """No cookie of another test is sent."""
    webhook_sink.always(Answer(body=b"<p>hello", headers={"Content-Type": "text/html", "Set-Cookie": "seen=yes"}))
    page.goto(webhook_sink.url)
    assert "cookie" not in webhook_sink.requests[0].headers
    assert [cookie["name"] for cookie in page.context.cookies()] == ["seen"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the database to another user")
def test_postgresql_runs_as_another_user_when_the_tests_run_as_root(postgresql_database: Database) -> None:
    """PostgreSQL refuses to run as root, so the stage runs it as a user of its own."""
    with psycopg.connect(postgresql_database.dsn) as connection:
        (directory,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    assert Path(str(directory)).stat().st_uid != 0
