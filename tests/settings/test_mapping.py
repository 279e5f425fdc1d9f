"""How `tocsin.toml` says where things stand in a foreign payload, and what it is told when that cannot be meant."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.settings.test_probes import SERVICE
from tests.settings.test_settings import MINIMAL, problems, read
from tocsin.alerts.source import Place
from tocsin.alerts.sources.field_map import FieldMap
from tocsin.alerts.sources.fields import field, path

assert SERVICE
HEAD = f'{MINIMAL}\n[integration.lifts]\nsource = "generic"\nservice = "{SERVICE[1]}"\n[integration.lifts.map]\n'


def test_a_map_is_read_as_it_stands(tmp_path: Path) -> None:
    """Paths, templates, several places, a pattern, and what the sender's words mean."""
    lines = """
title = ["{lift.name}: {text}", "text"]
alerts = "events"
key = { from = "text", pattern = "#(\\\\d+)" }
state = "kind"
firing = "stuck"
resolved = ["moving", "back.*"]
severity = "level"
labels = { floor = "lift.floor" }
severities = { "1" = "P1" }
services = { north = "SERVICE" }
service = "site"
""".replace("SERVICE", SERVICE[1])  # type: ignore[index]  # asserted above
    found = read(HEAD + lines, tmp_path).team.integrations["lifts"]
    expected = FieldMap(
        title=field(["{lift.name}: {text}", "text"]),
        alerts=path("events"),
        key=field(["text"], r"#(\d+)"),
        state=field(["kind"]),
        firing=("stuck",),
        resolved=("moving", "back.*"),
        severity=field(["level"]),
        labels=(("floor", field(["lift.floor"])),),
        severities=(("1", "P1"),),
        service=field(["site"]),
        services=((SERVICE[1], SERVICE[1]), ("north", SERVICE[1])),  # type: ignore[index]  # asserted above
    )
    assert found.own is not None
    assert found.own.read.__self__ == expected  # type: ignore[attr-defined]  # the method of a map


def test_without_a_map_the_source_speaks_as_everywhere(tmp_path: Path) -> None:
    """The tables of a map that nobody wrote are no map."""
    assert read(HEAD.replace("[integration.lifts.map]", ""), tmp_path).team.integrations["lifts"].own is None


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('key = "id"', r"integration\.lifts\.map\.title: is missing"),
        ('title = "a..b"', r"integration\.lifts\.map\.title: 'a\.\.b' is no path"),
        ('title = "{host"', r"title: .* each brace needs its other one"),
        ("title = []", r"title: is empty"),
        ("title = 7", r"title: must be a list of texts"),
        ('title = { from = "a", pattern = "(?=x)" }', r"title: '\(\?=x\)' is no RE2 pattern: .*look-around"),
        ('title = { pattern = "x" }', r"title: needs `from`"),
        ('title = { from = "a", patern = "x" }', r"title: 'patern' is unknown here"),
        ('title = "a"\nalerts = "a["', r"alerts: 'a\[' is no path"),
        ('title = "a"\nlabels_from = "."', r"labels_from: '\.' is no path"),
        ('title = "a"\nstate = "s"\nresolved = ["ok", "("]', r"resolved: '\(' is no RE2 pattern"),
        ('title = "a"\nresolved = ["ok"]', r"resolved: needs `state`"),
        ('title = "a"\nseverities = { "1" = "P1" }', r"severities: needs `severity`"),
        (
            'title = "a"\nservice = "s"\nservices = { north = "nowhere" }',
            r"services\.north: there is no 'nowhere'; there are",
        ),
        ('title = "a"\nlabels = { x = "a..b" }', r"map\.labels\.x: 'a\.\.b' is no path"),
        ('titel = "a"', r"map\.titel: there is no such setting; did you mean title"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_setting(lines: str, told: str, tmp_path: Path) -> None:
    """A wrong path or pattern is told when the file is read, with its place, and not when the first alert comes."""
    assert re.search(told, problems(HEAD + lines, tmp_path)), problems(HEAD + lines, tmp_path)


def test_only_the_generic_source_has_a_map(tmp_path: Path) -> None:
    """A vendor's payload is read as the vendor documents it: a map there would be silently ignored."""
    wrong = HEAD.replace('"generic"', '"datadog"') + 'title = "a"'
    assert "integration.lifts.map: only generic and mail have one; datadog has its own form" in problems(
        wrong, tmp_path
    )


@pytest.mark.parametrize(
    ("source", "branches", "told"),
    [
        ("generic", '["main"]', "branches: only the sources github-actions and gitlab-ci have this"),
        ("github-actions", '["("]', r"branches: '\(' is no RE2 pattern"),
    ],
)
def test_branches_are_patterns_of_the_sources_that_know_branches(
    source: str, branches: str, told: str, tmp_path: Path
) -> None:
    """What would be ignored, or never fit, is told when the file is read."""
    assert SERVICE
    lines = f'{MINIMAL}\n[integration.ci]\nsource = "{source}"\nservice = "{SERVICE[1]}"\nbranches = {branches}\n'
    auth = '[integration.ci.auth]\nsecret = { env = "S" }\n' if source != "generic" else ""
    assert re.search(told, problems(lines + auth, tmp_path, {"S": "s" * 20}))


def test_the_example_of_the_page_comes_out_as_the_page_says(tmp_path: Path) -> None:
    """Whoever pastes it gets what is described there."""
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text("utf-8")
    blocks = {
        kind: textwrap.dedent(text) for kind, text in re.findall(r"^ *```(json|toml)\n(.*?)^ *```", page, re.M | re.S)
    }
    team = f'{MINIMAL}\n[service.lobby]\nrunbook = "a.md"\n'.replace(f"[service.{SERVICE[1]}]", "[service.shop]")  # type: ignore[index]  # asserted above
    one = read(team + blocks["toml"], tmp_path).team.integrations["lifts"]
    (alert,) = one.speaks.read(blocks["json"].encode(), datetime(2026, 11, 28, 3, tzinfo=UTC)).alerts
    assert (alert.title, alert.fingerprint, alert.service) == ("Lift A: [RED] door blocked", "7", "lobby")
    assert (alert.severity_hint, alert.labels, alert.firing) == ("P1", {"floor": "4"}, True)


def test_the_map_of_the_page_on_mail_ends_an_alert(tmp_path: Path) -> None:
    """Whoever pastes it gets what is described there; without the key that joins both mails it is refused."""
    page = (Path(__file__).parents[2] / "docs" / "mail.md").read_text("utf-8")
    blocks = [textwrap.dedent(text) for text in re.findall(r"^ *```toml\n(.*?)^ *```", page, re.M | re.S)]
    team = MINIMAL.replace(f"[service.{SERVICE[1]}]", "[service.shop]")  # type: ignore[index]  # asserted above
    found = read("\n".join((team, *blocks)), tmp_path)
    assert (found.inbox.port, found.inbox.domains) == (25, ("alerts.example.com",))
    speaks = found.team.integrations["cron"].speaks
    at = datetime(2026, 11, 28, 3, tzinfo=UTC)
    (fires,) = speaks.read(b"Subject: Backup failed\r\n\r\ndisk full", at).alerts
    (over,) = speaks.read(b"Subject: Re: [OK] Backup failed\r\nX-Priority: 1 (Highest)\r\n\r\n", at).alerts
    assert (fires.firing, over.firing, over.severity_hint) == (True, False, "P1")
    assert fires.fingerprint == over.fingerprint == "Backup failed"
    assert (fires.summary, "alerts.example.com" in speaks.set_up(Place("https://t", "k", "mail"))) == (
        "disk full",
        True,
    )
    without = re.sub(r"^key = .*$", "", blocks[1], flags=re.M)
    assert "integration.cron.map.key: is missing: with `state`" in problems(
        "\n".join((team, blocks[0], without)), tmp_path
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("megabytes = 0", r"inbox\.megabytes: must be from 1 to 50"),
        ('certificate = "a.pem"', r"inbox\.certificate: STARTTLS needs both"),
        ("require_tls = true", r"inbox\.require_tls: nobody can send by TLS"),
    ],
)
def test_a_listener_that_cannot_be_meant_is_refused(lines: str, told: str, tmp_path: Path) -> None:
    """With its setting, before anything listens."""
    assert re.search(told, problems(f"{MINIMAL}\n[inbox]\n{lines}\n", tmp_path))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            'source = "generic"\n[integration.r.form]\ntitle = "x"',
            r"integration\.r\.form: only the source form has a page",
        ),
        ('source = "generic"\nseverity = "P1"', r"severity: only the source heartbeat and form has this"),
        ('source = "form"\nevery = "1 d"', r"every: only the source heartbeat has this"),
    ],
)
def test_only_a_form_has_a_page_and_only_it_and_heartbeats_a_severity(lines: str, told: str, tmp_path: Path) -> None:
    """Elsewhere they would be ignored silently."""
    assert SERVICE
    assert re.search(told, problems(f'{MINIMAL}\n[integration.r]\nservice = "{SERVICE[1]}"\n{lines}\n', tmp_path))
