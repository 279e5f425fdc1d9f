"""The rules by which ``tocsin.toml``, the environment and flags become settings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.sources.heartbeat import Rhythm
from tocsin.errors import BadSettings
from tocsin.incident.facts import PublicStatus
from tocsin.oncall.people import Way, WayKind
from tocsin.settings import reading
from tocsin.settings.assembling import Assembly
from tocsin.settings.declared import SECTIONS, SETTINGS
from tocsin.settings.loading import Settings, find, load, settings_of
from tocsin.settings.reference import reference

ROOT = Path(__file__).resolve().parents[2]

WHOLE = """
version = 1
catch_all = ["ana", "schedule:primary"]

[server]
url = "https://tocsin.example.com/"
zone = "Europe/Berlin"
database = { env = "SHOP_DB" }

[service.shop]
name = "Shop"
runbook = "runbooks/shop.md"
components = ["api"]
chat = ["war-room"]
webhooks = ["board"]
stakeholders = ["boss@example.com"]
executives = ["ceo@example.com", "war-room"]
support = ["desk@example.com"]
subscribers = ["customer@example.com"]

[service.shop.assume]
escalate_after = "10 min"
immediate_means = "2 min"
acknowledgement_lapses_after = "PT1H"
page_again_after = "3 min"
confirm_within = "45 s"
strictest = true
no_page = ["P3"]
first_responder = "On-Call"

[component.api]
name = "Public API"
group = "Platform"
description = "For partners."

[people.ana]
name = "Ana"
[[people.ana.ways]]
kind = "phone"
[[people.ana.ways]]
kind = "email"
address = "ana@example.com"
[[people.ana.ways]]
kind = "apprise"
address = { env = "ANA_PUSH" }
label = "push"

[people.bo]

[roles]
"On-Call Engineer" = "schedule:primary"
CTO = ["bo", "ana"]

[[schedules.primary.rotations]]
members = ["ana", "bo"]
starts_on = 2026-01-05
handoff = "10:00"
period = "1 w"
[[schedules.primary.rotations.restrictions]]
days = ["mon", "friday"]
since = "18:00"
until = "08:00"
[[schedules.primary.overrides]]
people = ["bo"]
since = 2026-02-01T00:00:00Z
until = "2026-02-02T00:00:00+01:00"
reason = "holiday"

[integration.am]
source = "alertmanager"
service = "shop"
[integration.am.auth]
kind = "bearer"
secret = { env = "AM_SECRET" }
[integration.pd]
source = "pagerduty"
service = "shop"

[chat.war-room]
url = { file = "chat.txt" }
[webhook.board]
url = "https://board.example.com/hook"
secret = { env = "BOARD_SECRET" }
[mail]
host = "mail.example.com"
password = { env = "MAIL_PASSWORD" }
from = "tocsin@example.com"
[status_page]
title = "Shop status"
words = { identified = "Cause known" }
"""

ENVIRON = {
    "SHOP_DB": "postgresql://shop:hunter22@db/tocsin",
    "ANA_PUSH": "pover://user@token",
    "AM_SECRET": "a-long-secret-of-alertmanager",
    "BOARD_SECRET": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0",
    "MAIL_PASSWORD": "mail-password",
}


def read(text: str, folder: Path, environ: dict[str, str] | None = None, **flags: Any) -> Settings:
    """The settings of a text, as if it stood in a file of ``folder``."""
    flags = {name.replace("__", "."): value for name, value in flags.items()}
    return settings_of(tomllib.loads(text), folder / "tocsin.toml", environ=environ or {}, flags=flags)


def problems(text: str, folder: Path, environ: dict[str, str] | None = None) -> str:
    """What is wrong with a text."""
    with pytest.raises(BadSettings) as wrong:
        read(text, folder, environ)
    return wrong.value.message


def test_a_whole_file_becomes_a_team_and_its_outlets(tmp_path: Path) -> None:
    """Every table of the file arrives where decisions and adapters look for it."""
    (tmp_path / "chat.txt").write_text("slack://token/#war\n")
    settings = read(WHOLE, tmp_path, ENVIRON)
    team, shop = settings.team, settings.team.services["shop"]
    assert (shop.name, shop.runbook, team.zone) == ("Shop", tmp_path / "runbooks/shop.md", "Europe/Berlin")
    assert team.public_url == "https://tocsin.example.com"
    assert shop.outlets.chat == ("war-room",)
    assert shop.outlets.stakeholders == ("boss@example.com",)
    assert shop.outlets.executives == ("ceo@example.com", "war-room")
    assert shop.outlets.support == ("desk@example.com",)
    assert shop.outlets.subscribers == ("customer@example.com",)
    assert [(c.key, c.name, c.group) for c in shop.components] == [("api", "Public API", "Platform")]
    assert shop.components[0].description == "For partners."
    assert team.status_page.words == {PublicStatus.IDENTIFIED: "Cause known"}
    chosen = shop.choices
    assert (chosen.escalate_after, chosen.immediate_means) == (timedelta(minutes=10), timedelta(minutes=2))
    assert (chosen.lapses_after, chosen.repeats_every) == (timedelta(hours=1), timedelta(minutes=3))
    assert (chosen.confirm_within, chosen.strictest, chosen.no_page) == (timedelta(seconds=45), True, ("P3",))
    assert chosen.first_responder == "On-Call"
    ana = team.roster.person("ana")
    assert ana is not None
    assert ana.ways[1:] == (
        Way(WayKind.EMAIL, "ana@example.com"),
        Way(WayKind.APPRISE, "pover://user@token", "push"),
    )
    assert team.roster.person("bo") is not None, "a person without anything else is still a person"
    assert [p.handle for p in team.roster.who("CTO", datetime(2026, 1, 6, tzinfo=UTC)).people] == ["ana"]
    primary = team.roster.schedule("primary")
    assert primary is not None
    assert primary.zone == "Europe/Berlin"
    assert primary.overrides[0].until == datetime(2026, 2, 1, 23, tzinfo=UTC)
    assert primary.rotations[0].restrictions[0].days == {0, 4}
    assert team.roster.catch_all == ("ana", "primary")
    assert team.integrations["am"].auth.kind is AuthKind.BEARER
    assert settings.chats == {"war-room": "slack://token/#war"}
    assert settings.webhooks["board"].url == "https://board.example.com/hook"
    assert (settings.mail.host, settings.mail.port, settings.mail.sender) == (
        "mail.example.com",
        587,
        "tocsin@example.com",
    )
    assert settings.database == ENVIRON["SHOP_DB"]
    assert team.status_page.title == "Shop status"


def test_all_that_came_by_reference_is_known_to_be_secret(tmp_path: Path) -> None:
    """The masker and `config show` learn every secret from the settings, and repr shows none."""
    (tmp_path / "chat.txt").write_text("slack://token/#war")
    settings = read(WHOLE, tmp_path, ENVIRON)
    assert settings.secrets == {*ENVIRON.values(), "slack://token/#war"}
    assert not [secret for secret in settings.secrets if secret in repr(settings)]


MINIMAL = 'version = 1\n[service.shop]\nrunbook = "shop.md"\n'


def test_a_service_and_its_runbook_are_enough(tmp_path: Path) -> None:
    """Two tables make a file; everything else has a default."""
    settings = read(MINIMAL, tmp_path, {"HOME": "/home/you"})
    assert (settings.host, settings.port, settings.team.public_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert settings.database == "sqlite:////home/you/.local/share/tocsin/tocsin.db"
    assert settings.admin == "admin"


def test_a_flag_goes_before_the_environment_before_the_file_before_the_default(tmp_path: Path) -> None:
    """The documented order of precedence, with the origin of each value."""
    text = MINIMAL + "[server]\nport = 1111\n"
    environ = {"TOCSIN_SERVER_PORT": "2222"}
    (tmp_path / "port").write_text("4444\n")
    seen = [
        read(MINIMAL, tmp_path),
        read(text, tmp_path),
        read(text, tmp_path, {"TOCSIN_SERVER_PORT_FILE": "port"}),
        read(text, tmp_path, environ),
        read(text, tmp_path, environ, server__port=3333),
    ]
    assert [s.port for s in seen] == [8080, 1111, 4444, 2222, 3333]
    assert [s.origins["server.port"].origin for s in seen] == [
        "default",
        "tocsin.toml",
        "TOCSIN_SERVER_PORT_FILE",
        "TOCSIN_SERVER_PORT",
        "flag",
    ]


def test_what_is_listed_has_a_part_in_something(tmp_path: Path) -> None:
    """`config show` lists no default that a source, its proof, a probe or a target does not use."""
    text = """
[integration.am]
service = "shop"
source = "alertmanager"
[integration.ci]
service = "shop"
source = "gitlab-ci"
auth.secret = { env = "SECRET" }
[integration.pushes]
service = "shop"
source = "gitlab"
auth.secret = { env = "SECRET" }
[integration.topic]
service = "shop"
source = "cloudwatch"
auth.topics = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
[probe.name]
service = "shop"
kind = "dns"
address = "example.com"
[target.here]
kind = "local"
[target.there]
kind = "ssh"
address = "there"
host_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
"""
    named = read(MINIMAL + text, tmp_path, {"SECRET": "s" * 32}).origins

    def below(table: str) -> set[str]:
        return {name.removeprefix(f"{table}.") for name in named if name.startswith(f"{table}.")} - {
            "service",
            "source",
        }

    often = {"service_label", "threshold", "threshold_within", "record", "record_matching", "record_top"}
    assert below("integration.am") == often
    assert below("integration.ci") == {*often, "branches", "auth.secret"}
    assert below("integration.pushes") == {"auth.secret"}
    assert below("integration.topic") == {*often, "auth.topics", "auth.sha256_only"}
    assert {"record", "server", "expects", "every"} <= below("probe.name")
    assert not {"status", "body", "command"} & below("probe.name")
    assert {"port", "host_keys"} <= below("target.there")
    assert not {"port", "host_keys"} & below("target.here")


def test_the_environment_reaches_tables_that_the_team_named(tmp_path: Path) -> None:
    """A secret of a named table can come from its own variable, without a reference in the file."""
    text = MINIMAL + '[webhook.my-board]\nurl = "https://b.example.com"\n'
    settings = read(text, tmp_path, {"TOCSIN_WEBHOOK_MY_BOARD_SECRET": "whsec_abc"})
    assert settings.webhooks["my-board"].secret == "whsec_abc"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sever]\nport = 1\n", "did you mean server?"),
        ("[server]\nprot = 1\n", "did you mean port?"),
        ('[service.shop.assume]\nescalate_afer = "1 min"\n', "did you mean escalate_after?"),
        ('[people.ana]\nkind = "phone"\n', "people.<handle>.ways[].kind is one"),
        ("[server]\nport = 99999\n", "server.port: must be a port"),
        ("[server]\nport = true\n", "server.port: must be a whole number"),
        ('[server]\nzone = "Mars/Olympus"\n', "there is no time zone"),
        ('[server]\ntest_pages = "Tue 10:00 Mars/Olympus"\n', "there is no time zone"),
        ('[server]\ntest_pages = "weekly"\n', "must be a day and a time"),
        ("[service.shop.assume]\nescalate_after = 10\n", "with its unit, in quotes"),
        ('[service.shop.assume]\nescalate_after = "0 min"\n', "is no time at all"),
        (
            '[service.shop.assume]\nbusiness_hours = "Mon-Fri 09:00-17:00"\n',
            "service.shop.assume.business_hours: 'Mon-Fri 09:00-17:00' are no hours; write days, times and a time zone",
        ),
        (
            '[service.shop.assume]\nbusiness_hours = "ofice"\n[calendars.office]\nzone = "UTC"\n',
            "Mon-Fri 09:00 to 17:00 UTC, or the name of a calendar: office",
        ),
        ('[server]\ndatabase = "postgresql://u:pw@h/d"\n', "holds a password"),
        ('[mail]\npassword = "hunter22"\n', "mail.password: is a secret, and this file is no place for one"),
        ('[chat.ops]\nurl = "slack://token"\n', "chat.ops.url: is a secret"),
        ('[mail]\npassword = { env = "UNSET" }\n', "the environment variable UNSET is not set"),
        ('[mail]\npassword = { file = "none.txt" }\n', "the file none.txt cannot be read"),
        ('[mail]\npassword = { vault = "x" }\n', "is no reference"),
        ('[[people.ana.ways]]\nkind = "apprise"\naddress = "pover://u@t"\n', "whoever knows this address can use it"),
        ('[[people.ana.ways]]\nkind = "push"\naddress = "https://a.example"\n', "is given by the browsers themselves"),
        ('[[people.ana.ways]]\nkind = "pigeon"\n', "must be one of phone"),
        ('[people]\nana = "ana@example.com"\n', "people.ana: must be a table"),
        ('[people.ana]\nways = "phone"\n', "write [[people.ana.ways]]"),
        ('[roles]\nCTO = "carl"\n', "there is no 'carl'"),
        ('[roles]\nCTO = "schedule:primary"\n', "there is no 'primary'"),
        ('[roles]\ncatch_all = "ana"\n', "belongs to the top of the file"),
        ('[integration.am]\nsource = "alertmanager"\nservice = "shoop"\n', "there is no 'shoop'; there are: shop"),
        ('[integration.am]\nsource = "nagios"\nservice = "shop"\n', "there is no 'nagios'"),
        ('[integration.am]\nservice = "shop"\n', "integration.am.source: must be given"),
        ('[[schedules.p.rotations]]\nmembers = ["bo"]\nstarts_on = 2026-01-05\n', "there is no 'bo'"),
        ('[[people."a b".ways]]\nkind = "phone"\n', "a handle has letters"),
    ],
)
def test_each_slip_has_a_sentence_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    """What is wrong is refused with a message that says where and what to write instead."""
    assert told in problems(MINIMAL + text, tmp_path)


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    """Nobody has to run the check once for each slip."""
    told = problems(MINIMAL + "[server]\nport = 99999\nprot = 1\n[mail]\nport = 'x'\n", tmp_path)
    assert "3 problems" in told


def test_a_literal_secret_is_never_repeated_in_the_message(tmp_path: Path) -> None:
    """The message that refuses a secret does not print it."""
    assert "hunter22" not in problems(MINIMAL + '[mail]\npassword = "hunter22"\n', tmp_path)


def test_a_misspelt_variable_is_told(tmp_path: Path) -> None:
    """A variable that looks like a setting and is none does not pass in silence."""
    assert "did you mean TOCSIN_SERVER_PORT?" in problems(MINIMAL, tmp_path, {"TOCSIN_SERVER_PROT": "1"})


def test_a_file_without_its_version_is_refused(tmp_path: Path) -> None:
    """The form of the file is named in it, and only version 1 is read."""
    assert "version: must be given" in problems('[service.shop]\nrunbook = "a.md"\n', tmp_path)
    assert "this Tocsin reads version 1" in problems(MINIMAL.replace("version = 1", "version = 2"), tmp_path)


def test_a_laptop_without_secrets_can_still_read_the_file(tmp_path: Path) -> None:
    """Who only compiles runbooks needs no secret; who serves does."""
    document = tomllib.loads(WHOLE)
    path = tmp_path / "tocsin.toml"
    settings = settings_of(document, path, environ={}, flags={}, need_secrets=False)
    assert settings.team.services["shop"].choices.strictest is True
    with pytest.raises(BadSettings, match="AM_SECRET is not set"):
        settings_of(document, path, environ={}, flags={})


def test_an_integration_without_a_key_gets_the_installations_own(tmp_path: Path) -> None:
    """Until the installation gives a key, the address of a keyless integration cannot be guessed."""
    (tmp_path / "chat.txt").write_text("slack://token")
    settings = read(WHOLE, tmp_path, ENVIRON)
    assert settings.keyless == {"am", "pd"}
    assert len(settings.team.integrations["pd"].key) >= 32
    own = settings.keyed({"am": "k" * 20, "pd": "p" * 20})
    assert own.integrations["pd"].key == "p" * 20
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert own.integrations["pd"].auth.admits([], b"", now, "p" * 20)
    assert not own.integrations["pd"].auth.admits([], b"", now, settings.team.integrations["pd"].key)
    bearer = [(b"authorization", b"Bearer " + ENVIRON["AM_SECRET"].encode())]
    assert own.integrations["am"].auth.admits(bearer, b"", now)


@pytest.mark.parametrize("source", ["generic", "cloudwatch"])
def test_the_installations_own_key_and_the_old_one_lead_to_an_integration(source: str, tmp_path: Path) -> None:
    """Wherever the address proves something: also for SNS, whose signature is looked at besides."""
    table = f'[integration.aws]\nsource = "{source}"\nservice = "shop"\nold_key = {{ env = "OLD" }}\n'
    if source == "cloudwatch":
        table += '[integration.aws.auth]\ntopics = ["arn:aws:sns:eu-west-1:123456789012:alarms"]\n'
    settings = read(MINIMAL + table, tmp_path, {"OLD": "o" * 20})
    own = settings.keyed({"aws": "k" * 20}).integrations["aws"]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert own.keys == ("k" * 20, "o" * 20)
    assert [own.auth.admits([], b"", now, key) for key in (*own.keys, settings.team.integrations["aws"].key)] == [
        True,
        True,
        False,
    ]
    assert "integration.aws.old_key: must be 16 or more letters" in problems(
        MINIMAL + table, tmp_path, {"OLD": "short"}
    )


def test_a_heartbeat_has_a_rhythm_and_nothing_else_has(tmp_path: Path) -> None:
    """How late it may be follows from how often it comes, unless it is said; without the latter nothing is watched."""

    def rhythm(said: str, source: str = "heartbeat") -> Rhythm | None:
        table = f'[service.shop]\nrunbook = "x.md"\n[integration.backup]\nsource = "{source}"\nservice = "shop"\n{said}'
        return read(f"version = 1\n{table}", tmp_path).team.integrations["backup"].rhythm

    minutes = [timedelta(minutes=n) for n in range(11)]
    assert rhythm('every = "100 min"\nseverity = "P1"') == Rhythm(10 * minutes[10], minutes[10], "P1")
    assert rhythm('every = "2 min"') == Rhythm(minutes[2], minutes[1])
    assert rhythm('every = "2 min"\ngrace = "5 s"') == Rhythm(minutes[2], timedelta(seconds=5))
    with pytest.raises(BadSettings, match=r"integration\.backup\.every: is missing"):
        rhythm("")
    with pytest.raises(BadSettings, match=r"integration\.backup\.every: only the source heartbeat has this"):
        rhythm('every = "2 min"', "generic")


def test_a_file_that_is_none_is_told_by_its_reason(tmp_path: Path) -> None:
    """Broken TOML, text of another encoding, and a missing file are each an error with a reason."""
    path = tmp_path / "tocsin.toml"
    large = b"#" * (1 << 20) + b"\n"
    for content, told in ((b"version = ", "is not TOML"), (b"\xff\xfe", "is not UTF-8"), (large, "larger than 1 MiB")):
        path.write_bytes(content)
        with pytest.raises(BadSettings, match=told):
            load(path, environ={})
    with pytest.raises(BadSettings, match="cannot be read"):
        load(tmp_path / "none.toml", environ={})


def test_the_file_is_found_in_the_documented_places(tmp_path: Path) -> None:
    """TOCSIN_CONFIG goes first, then the user's own configuration."""
    mine = tmp_path / "tocsin" / "tocsin.toml"
    mine.parent.mkdir()
    mine.write_text(MINIMAL)
    assert find({"XDG_CONFIG_HOME": str(tmp_path)}) in {mine, Path("tocsin.toml")}
    assert find({"XDG_CONFIG_HOME": str(tmp_path), "TOCSIN_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")


def test_every_setting_stands_in_a_table_with_a_sentence() -> None:
    """No setting is declared outside of the reference's tables, and none twice."""
    places = [s.path for s in SETTINGS]
    assert len(places) == len(set(places))
    assert {s.path.rpartition(".")[0] for s in SETTINGS} <= set(SECTIONS)


def test_the_reference_is_that_of_the_code() -> None:
    """docs/configuration.md is what the declaration generates."""
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == reference(), "run `python -m tocsin.settings.reference > docs/configuration.md`"
    assert all(f"`{s.parts[-1]}`" in written for s in SETTINGS)


class Counting(dict[Any, Any]):
    """A table of what was read, which counts how many of its places were looked through."""

    seen = 0

    def __iter__(self) -> Iterator[Any]:
        for place in super().__iter__():
            Counting.seen += 1
            yield place


def looked_through(services: int) -> int:
    """How many places are looked through to assemble a team with so many services and sources."""
    text = "version = 1\n"
    for n in range(services):
        text += f'[service.s{n}]\nrunbook = "r.md"\n[integration.i{n}]\nsource = "generic"\nservice = "s{n}"\n'
    found = reading.read(reading.Sources(tomllib.loads(text), {}, {}, ROOT))
    found.values, found.tables = Counting(found.values), Counting(found.tables)
    Counting.seen = 0
    assembly = Assembly(found, ROOT)
    assert len(assembly.team().integrations) == services
    return Counting.seen


def test_a_file_of_twice_the_length_takes_twice_the_work() -> None:
    """Whoever generates the settings of 2,000 services does not wait for 2,000 times 2,000 looks at them."""
    looked_through(1)
    small, large = looked_through(50), looked_through(100)
    assert small < large < 2.2 * small
