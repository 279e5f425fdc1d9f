"""The escape hatch: an HTTP service or a command of the team's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest

from tests.stage.child import eventually
from tests.stage.webhook import Answer, Webhook
from tests.waking.test_settings import read, refused
from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.waking.gateway import CommandGateway, HttpGateway
from tocsin.app.ports import Delivered, GiveUp, PageMessage, TryAgain

HOSTILE = 'it\'s "down" $(touch /tmp/x) & more\n{{link}} ü'
PAGE = PageMessage(
    key="INC-1/c1/l1/ana/x",
    incident_id="INC-1",
    person="ana",
    address="+49 151",
    headline=HOSTILE,
    text="text",
    link="https://t.example/p/x",
    at=datetime(2026, 3, 7, 3, 0, tzinfo=UTC),
    lead="P0 INC-1",
    title="it is down",
)


@pytest.fixture
def egress() -> Iterator[Egress]:
    """A client that may reach the loopback network."""
    client = Egress(["127.0.0.0/8"], connect=1.0, total=5.0)
    yield client
    client.close()


def test_values_in_json_stay_values(egress: Egress, webhook_sink: Webhook) -> None:
    """A title with quotes, line breaks and braces changes nothing of the body's form."""
    body = '{"to": "{{address}}", "text": "{{headline}}", "level": "{{severity}}"}'
    gateway = HttpGateway(egress, webhook_sink.url, body, authorization="Bearer s")
    assert gateway.page(PAGE) == Delivered("HTTP 200")
    (request,) = webhook_sink.requests
    assert json.loads(request.body) == {"to": "+49 151", "text": HOSTILE, "level": "P0"}
    assert request.headers["authorization"] == "Bearer s"


def test_values_in_forms_and_addresses_are_quoted(egress: Egress, webhook_sink: Webhook) -> None:
    """The same for a form and for the address."""
    form = "application/x-www-form-urlencoded"
    gateway = HttpGateway(egress, webhook_sink.url + "/send?to={{address}}", "text={{headline}}&x=1", form)
    gateway.page(PAGE)
    (request,) = webhook_sink.requests
    assert parse_qs(request.body.decode()) == {"text": [HOSTILE], "x": ["1"]}
    assert request.path == "/send?to=%2B49%20151"


@pytest.mark.parametrize("kind", ["text/xml; charset=utf-8", "application/soap+xml", "Application/XML"])
def test_values_in_xml_stay_values(kind: str, egress: Egress, webhook_sink: Webhook) -> None:
    """A title closes no element and opens none, and no sign of it makes the document unreadable."""
    hostile = "</text><to>+1</to> ]]> &amp; \"'\x0b\ufffe"
    body = '<page at="{{headline}}"><to>{{address}}</to><text>{{headline}}</text></page>'
    HttpGateway(egress, webhook_sink.url, body, kind).page(replace(PAGE, headline=hostile))
    (request,) = webhook_sink.requests
    page = ElementTree.fromstring(request.body)
    assert [(one.tag, one.text) for one in page] == [
        ("to", "+49 151"),
        ("text", hostile.replace("\x0b", "\ufffd").replace("\ufffe", "\ufffd")),
    ]


def test_a_yes_without_the_expected_words_is_no_yes(egress: Egress, webhook_sink: Webhook) -> None:
    """Some gateways answer 200 to everything; the team says how a real yes looks."""
    webhook_sink.plan(Answer(200, b'{"ok": false}'), Answer(200, b'{"ok": true}'))
    gateway = HttpGateway(egress, webhook_sink.url, "{}", expects='"ok": true')
    assert isinstance(gateway.page(PAGE), TryAgain)
    assert isinstance(gateway.page(PAGE), Delivered)


def test_a_command_gets_its_values_by_the_environment_and_no_shell(tmp_path: Path) -> None:
    """What a monitor wrote reaches the program whole, and is nowhere run."""
    out = tmp_path / "out"
    script = f"import os, json; open({str(out)!r}, 'w').write(json.dumps(dict(os.environ)))"
    assert isinstance(CommandGateway([sys.executable, "-c", script]).page(PAGE), Delivered)
    seen = json.loads(out.read_text())
    assert seen["TOCSIN_HEADLINE"] == HOSTILE
    assert seen["TOCSIN_ADDRESS"] == "+49 151"
    assert not [name for name in seen if "SECRET" in name or "TOKEN" in name]


def test_a_command_cannot_see_the_servers_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is its own: the page, a path, a home, a language."""
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    out = tmp_path / "out"
    script = f"import os; open({str(out)!r}, 'w').write(' '.join(os.environ.values()))"
    CommandGateway([sys.executable, "-c", script]).page(PAGE)
    assert "hunter2" not in out.read_text()


@pytest.mark.parametrize(("status", "outcome"), [(0, Delivered), (75, TryAgain), (1, GiveUp), (127, GiveUp)])
def test_the_exit_status_says_what_becomes_of_the_page(status: int, outcome: type) -> None:
    """0 is sent, 75 is later, anything else is never."""
    assert isinstance(CommandGateway([sys.executable, "-c", f"raise SystemExit({status})"]).page(PAGE), outcome)


def test_a_command_that_does_not_exist_says_so() -> None:
    """The reason is on the timeline."""
    outcome = CommandGateway(["/nowhere/page"]).page(PAGE)
    assert isinstance(outcome, GiveUp)
    assert "No such file" in outcome.reason


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    """A hanging program keeps no page waiting, and leaves nothing running."""
    mark = tmp_path / "child"
    child = f"import time, os; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    script = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    outcome = CommandGateway([sys.executable, "-c", script], seconds=5.0).page(PAGE)
    assert isinstance(outcome, TryAgain)
    assert outcome.ambiguous
    assert mark.exists()
    pid = int(mark.read_text())
    assert eventually(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text(), 10)


def test_nul_in_a_title_does_not_stop_the_command() -> None:
    """An environment cannot hold NUL; it becomes a space."""
    assert isinstance(CommandGateway([sys.executable, "-c", ""]).page(replace(PAGE, headline="a\0b")), Delivered)


WAY = '[[people.ana.ways]]\nkind = "gateway"\ngateway = "siren"'


def test_a_gateway_is_either_a_service_or_a_command() -> None:
    """What is missing or too much is said when the file is read."""
    assert "needs either `url` and `body`, or `command`" in refused("", "\n[gateway.siren]\nexpects = 'x'\n")
    assert "there is no 'headlin'" in refused(
        "", "\n[gateway.siren]\nurl = { env = 'U' }\nbody = '{\"a\": \"{{headlin}}\"}'\n"
    )
    assert "there is no 'siren'" in refused(WAY)
    settings = read(WAY, "\n[gateway.siren]\ncommand = ['/usr/local/bin/siren', '--loud']\n")
    assert settings.gateways[0].command == ("/usr/local/bin/siren", "--loud")
    assert settings.team.roster.people[0].ways[0].carrier == "gateway:siren"
