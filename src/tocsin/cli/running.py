"""The verbs that run Tocsin itself: serve, demo, config, status, healthcheck."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.cli.client import Client
from tocsin.cli.contexts import Context
from tocsin.cli.output import chat, dump, plain, say, table
from tocsin.cli.telling import BY_HAND, BY_HAND_EXAMPLES, by_hand, by_hand_arguments
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, counted

if TYPE_CHECKING:
    from tocsin.app.team import Team
    from tocsin.settings.loading import Settings
    from tocsin.settings.reading import Value


def with_config(parser: argparse.ArgumentParser) -> None:
    """The options of every verb that works with the files and the database of this machine."""
    parser.add_argument("--config", metavar="FILE", help="the tocsin.toml; the first of the documented places")
    parser.add_argument("--data", metavar="DIR", help="the folder for the database and all that belongs to it")


def settings_of(
    arguments: argparse.Namespace, flags: Mapping[str, Any] | None = None, *, need_secrets: bool = True
) -> Settings:
    """The settings for these arguments, with what the verb's own flags say. Raises BadSettings."""
    from tocsin.settings.loading import load

    path = Path(arguments.config).absolute() if arguments.config else None
    # Absolute, because the file's own is relative to the file and a flag is relative to where it was typed.
    data = str(Path(arguments.data).absolute()) if arguments.data else None
    return load(path, flags={"server.data": data, **(flags or {})}, need_secrets=need_secrets)


# --- serve --------------------------------------------------------------------------------------------------


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument("--host", help="the address to listen on")
    parser.add_argument("--port", type=int, help="the port to listen on; 0 takes a free one")


def _serve(arguments: argparse.Namespace) -> int:
    flags = {"server.host": arguments.host, "server.port": arguments.port}
    settings = settings_of(arguments, flags)
    from tocsin.serving import serve  # everything there is: half a second that no other verb has to wait

    arguments.config = str(settings.path)  # read again from where it was found, wherever that would be found later
    return serve(settings, read=lambda: settings_of(arguments, flags))


# --- demo ---------------------------------------------------------------------------------------------------


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", default=".demo", metavar="FOLDER", help="where it lives; .demo")
    parser.add_argument("--port", type=int, help="the port to listen on; 8080 or the next free one")
    parser.add_argument("--open", action="store_true", help="open a browser, signed in")
    parser.add_argument("--break-after", type=float, default=10.0, metavar="SECONDS", help="break the shop then; 10")
    parser.add_argument("--no-break", action="store_true", help="leave the breaking to the button at the shop")
    parser.add_argument("--fresh", action="store_true", help="forget the last time")


def _demo(arguments: argparse.Namespace) -> int:
    from tocsin.serving import demo

    return demo(
        Path(arguments.data),
        port=arguments.port,
        open_browser=arguments.open,
        break_after=None if arguments.no_break else arguments.break_after,
        fresh=arguments.fresh,
    )


# --- config -------------------------------------------------------------------------------------------------


def _config_arguments(parser: argparse.ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument("what", choices=("check", "show"))
    parser.add_argument("--origin", action="store_true", help="show: where each value came from")
    parser.add_argument("--without-secrets", action="store_true", help="check: references may lead nowhere (for CI)")
    parser.add_argument("--json", action="store_true", help="print data for programs")


def _config(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments, need_secrets=arguments.what == "check" and not arguments.without_secrets)
    if arguments.what == "check":
        return _config_check(settings, arguments)
    if arguments.json:
        dump({name: {"value": _shown(one), "origin": one.origin} for name, one in settings.origins.items()})
    elif arguments.origin:
        rows = [(name, _shown(one), one.origin) for name, one in settings.origins.items()]
        table(("setting", "value", "origin"), rows)
    else:
        for name, one in settings.origins.items():
            say(f"{name} = {plain(_shown(one))}")
    return 0


def _shown(value: Value) -> str:
    if value.secret:
        return "•••"
    match value.value:
        case tuple() | frozenset():
            return ", ".join(map(str, value.value))
        case bool():
            return str(value.value).lower()
        case _:
            return str(value.value)


def _config_check(settings: Settings, arguments: argparse.Namespace) -> int:
    missing = [one for one in settings.team.services.values() if not one.runbook.is_file()]
    problems = [f"service.{one.key}.runbook: there is no file {one.runbook}" for one in missing]
    problems += [] if missing else settings.team.roster.problems(_targets(settings))
    if arguments.json:
        dump({"path": str(settings.path), "problems": problems})
    else:
        for one in problems:
            say(plain(one))
    chat(f"{settings.path}: {counted(problems) if problems else 'ok'}")
    return 1 if problems else 0


def _targets(settings: Settings) -> list[str]:
    from tocsin.cli.compiling import compiled
    from tocsin.incident.planning import plan_response

    found: list[str] = []
    for one in settings.team.services.values():
        plan = plan_response(compiled(one.runbook), one.key, one.choices)
        ladders = [severity.levels for severity in (*plan.severities, plan.unassessed) if severity.pages]
        found += [target for levels in ladders for level in levels for target in level.targets]
    return list(dict.fromkeys(found))


# --- status, healthcheck --------------------------------------------------------------------------------------


def _status_arguments(parser: argparse.ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument(
        "what",
        choices=("render", "serve", "badges", *BY_HAND),
        help="write its files, serve the written ones alone, print Markdown for its badges, or tell customers by hand",
    )
    by_hand_arguments(parser)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--json", action="store_true", help="print data for programs")


def _status(arguments: argparse.Namespace) -> int:
    if arguments.what in BY_HAND:
        return by_hand(arguments, lambda: settings_of(arguments, need_secrets=False))
    if arguments.words:
        raise BadInput(f"`tocsin status {arguments.what}` takes no words")
    settings = settings_of(arguments)
    if arguments.what == "badges":
        return _badges(settings.team, arguments.json)
    from tocsin.upkeep import render_status_page, serve_status_page

    if arguments.what == "serve":
        chat(f"the status page is at http://{arguments.host}:{arguments.port}/, from {settings.status_dir}")
        serve_status_page(settings, arguments.host, arguments.port)
        return 0
    names = render_status_page(settings)
    if arguments.json:
        dump(names)
    chat(f"wrote {len(names)} files into {settings.status_dir}")
    return 0


def _badges(team: Team, as_json: bool) -> int:
    """The badges of the page and of each component as Markdown, one a line; as data, each name with its address."""
    from tocsin.statuspage.badges import component_name

    page = team.status_page
    if not page.url:
        raise BadInput("badges are shown from the page's own address: set status_page.url")
    components = dict.fromkeys(one for service in team.services.values() for one in service.components)
    found = [(page.title, "badge"), *((one.name, component_name(one.key)) for one in components)]
    addresses = [(name, f"{page.url}/{path}.svg") for name, path in found]
    if as_json:
        dump([{"name": name, "address": address} for name, address in addresses])
        return 0
    for name, address in addresses:
        said = plain(name).translate({ord(sign): f"\\{sign}" for sign in "\\[]"})
        say(f"[![{said}]({address})]({page.url})")
    return 0


def _healthcheck_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", help="the server; TOCSIN_URL, or this machine's port 8080")


def _healthcheck(arguments: argparse.Namespace) -> int:
    url = arguments.url or os.environ.get("TOCSIN_URL") or "http://127.0.0.1:8080"
    if not url.startswith(("http://", "https://")):
        raise BadInput("--url must begin with http:// or https://")
    status, body = Client(Context(url)).exchange("GET", "/readyz")
    say(plain(body.decode(errors="replace")))
    return 0 if status == 200 else 1


VERBS = {
    "serve": Verb(_serve_arguments, _serve),
    "demo": Verb(_demo_arguments, _demo),
    "config": Verb(_config_arguments, _config),
    "status": Verb(_status_arguments, _status, BY_HAND_EXAMPLES, mixed=True),
    "healthcheck": Verb(_healthcheck_arguments, _healthcheck),
}
