"""Finds ``tocsin.toml``, reads it, and gives the settings, or one error that names every problem."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tocsin.alerts.authenticate import PATH_PROVES
from tocsin.app.team import CANARY, Integration, Team
from tocsin.errors import BadSettings, counted
from tocsin.settings.assembling import Assembly, MailServer, WebhookOutlet
from tocsin.settings.chatting import MattermostSettings, RoomSettings, SlackSettings, chats, mattermost, rooms, slack
from tocsin.settings.inbox import InboxSettings, inbox
from tocsin.settings.listing import listed
from tocsin.settings.reading import Reading, Sources, Value, read
from tocsin.settings.waking import GatewaySettings, PushoverSettings, TwilioSettings, gateways, twilio

FILE_NAME = "tocsin.toml"
LARGEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of an installation. ``origins`` says of every value where it came from (secrets are masked)."""

    path: Path | None
    team: Team = field(repr=False)
    host: str
    port: int
    data: Path
    database: str = field(repr=False)
    status_dir: Path
    mail: MailServer
    inbox: InboxSettings = field(default_factory=InboxSettings)
    twilio: TwilioSettings = field(default_factory=TwilioSettings)
    pushover: PushoverSettings = field(default_factory=PushoverSettings)
    gateways: tuple[GatewaySettings, ...] = ()
    admin: str = ""
    internal: tuple[str, ...] = ()
    subscribe: bool = False
    """Whether people outside are meant to subscribe, with or without what it needs."""
    told: tuple[str, ...] = ()  # private networks that webhooks of subscribers may be sent to
    probed: tuple[str, ...] = ()
    heartbeat: str = field(default="", repr=False)
    tests_decided: bool = False
    second_process: str = "auto"
    chats: Mapping[str, str] = field(default_factory=dict, repr=False)
    slack: SlackSettings = field(default_factory=SlackSettings)
    mattermost: MattermostSettings = field(default_factory=MattermostSettings)
    rooms: tuple[RoomSettings, ...] = ()
    webhooks: Mapping[str, WebhookOutlet] = field(default_factory=dict)
    secrets: frozenset[str] = field(default_factory=frozenset, repr=False)
    keyless: frozenset[str] = frozenset()
    origins: Mapping[str, Value] = field(default_factory=dict, repr=False)

    def keyed(self, keys: Mapping[str, str]) -> Team:
        """The team, with the installation's own keys for the integrations that have none in the settings."""
        canary = self.team.canary
        return replace(
            self.team,
            canary=replace(canary, key=keys[CANARY]) if canary else None,
            integrations={
                name: _with_key(one, keys[name]) if name in self.keyless else one
                for name, one in self.team.integrations.items()
            },
        )


def load(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
    need_secrets: bool = True,
) -> Settings:
    """The settings of ``path``, or of the first file found. Raises BadSettings with one line for each problem."""
    environ = os.environ if environ is None else environ
    found = path or find(environ)
    if found is None:
        raise BadSettings(
            f"there is no {FILE_NAME} here, in the user's configuration or in /etc/tocsin; "
            "write one with `tocsin init RUNBOOK.md`, or name it with --config"
        )
    return settings_of(_document(found), found, environ=environ, flags=flags or {}, need_secrets=need_secrets)


def find(environ: Mapping[str, str]) -> Path | None:
    """Where the file is: TOCSIN_CONFIG, this folder, the user's configuration, /etc/tocsin."""
    if named := environ.get("TOCSIN_CONFIG"):
        return Path(named)
    home = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "/")) / ".config")
    places = (Path(FILE_NAME), home / "tocsin" / FILE_NAME, Path("/etc/tocsin") / FILE_NAME)
    return next((place for place in places if place.is_file()), None)


def settings_of(
    document: Mapping[str, Any],
    path: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, Any],
    need_secrets: bool = True,
) -> Settings:
    """The settings that a parsed file, the environment and flags give."""
    folder = path.absolute().parent
    reading = read(Sources(document, environ, flags, folder, path.name, need_secrets))
    assembly = Assembly(reading, folder)
    problems = list(reading.problems)
    settings = None
    if not problems:  # what is put together from half-read values would only repeat them
        settings = _settings(reading, assembly, path, folder, environ)
        problems = assembly.problems
    if problems or settings is None:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise BadSettings(f"{path.name} has {counted(problems)}; nothing was changed:{listed}")
    return settings


def _settings(reading: Reading, assembly: Assembly, path: Path, folder: Path, environ: Mapping[str, str]) -> Settings:
    get = reading.get
    team = assembly.team()
    data = folder / Path(get("server", "data")).expanduser() if get("server", "data") else data_home(environ)
    status = folder / Path(get("server", "status_dir")) if get("server", "status_dir") else data / "status"
    first = next((person.handle for person in team.roster.people), "admin")
    return Settings(
        path=path,
        team=team,
        host=get("server", "host"),
        port=get("server", "port"),
        data=data,
        database=get("server", "database") or f"sqlite:///{data / 'tocsin.db'}",
        status_dir=status,
        mail=assembly.mail(),
        inbox=inbox(reading, folder, assembly.problems),
        twilio=twilio(reading, assembly.problems),
        pushover=PushoverSettings(get("pushover", "token") or "", get("pushover", "api")),
        gateways=tuple(gateways(reading, assembly.problems)),
        admin=get("server", "admin") or first,
        internal=get("server", "internal"),
        subscribe=get("status_page", "subscribe"),
        told=get("status_page", "internal"),
        probed=get("server", "probed"),
        heartbeat=get("server", "heartbeat") or "",
        second_process=get("server", "second_process"),
        tests_decided=get("server", "test_pages") is not None,
        chats=chats(reading, assembly.problems),
        slack=slack(reading, assembly.problems),
        mattermost=mattermost(reading, assembly.problems),
        rooms=tuple(rooms(reading)),
        webhooks={name: assembly.webhook(name) for name in reading.names("webhook")},
        secrets=reading.secrets(),
        keyless=frozenset(assembly.keyless),
        origins=listed(reading),
    )


def data_home(environ: Mapping[str, str]) -> Path:
    """Where data are kept when nobody says so: the XDG folder of the user."""
    home = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "/")) / ".local" / "share")
    return Path(home) / "tocsin"


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadSettings(f"{path.name} is larger than 1 MiB; is it the right file?")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path.name} is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path.name} is not TOML: {error}") from error


def _with_key(integration: Integration, key: str) -> Integration:
    auth = integration.auth
    if auth.kind in PATH_PROVES:
        auth = replace(auth, secrets=(key, *integration.keys[1:]))
    return replace(integration, key=key, auth=auth)
