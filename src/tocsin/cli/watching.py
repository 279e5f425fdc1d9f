"""What Tocsin looks at with its own eyes, and what was changed."""

from __future__ import annotations

import argparse
import sys
from typing import Any
from urllib.parse import quote

from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.output import chat, dump, fields, local, plain, say, table
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, NotFound


def _probes_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "show", "offer", "add", "remove"))
    parser.add_argument("name", nargs="?", help="show, remove: the probe; add: an address that `offer` shows")
    parser.add_argument("--service", metavar="KEY", help="add: not needed when one service alone offers the address")


def _probes(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    if arguments.what == "offer":
        offers = client.get("/probes/offer")
        if arguments.json:
            dump(offers)
        elif offers:
            sys.stdout.write("\n".join(plain(one["toml"]) for one in offers))
            chat("paste what should be looked at into tocsin.toml, with a severity where it has one")
        else:
            chat("the runbooks name nothing that is not looked at already")
        return 0
    if arguments.what in ("add", "remove"):
        return _add(client, arguments) if arguments.what == "add" else _remove(client, arguments)
    listed = client.get("/probes")
    if arguments.what == "show":
        found = next((one for one in listed if one["name"] == arguments.name), None)
        if found is None:
            known = ", ".join(one["name"] for one in listed) or "none"
            raise NotFound(f"there is no probe {arguments.name!r}; there are: {known}")
        dump(found) if arguments.json else _show(found)
        return 0
    if arguments.json:
        dump(listed)
        return 0
    head = ("name", "service", "state", "since", "last look", "took", "what it looks at")
    table(
        head,
        [
            (
                *(one["name"], one["service"], state(one), local(one["since"])),
                *(local((one["last"] or {}).get("at")), _took(one["last"]), one["shown"]),
            )
            for one in listed
        ],
    )
    return 0


def _add(client: Client, arguments: argparse.Namespace) -> int:
    if not arguments.name:
        raise BadInput("which address? `tocsin probes offer` shows what your runbooks look at by hand")
    services = {one["service"] for one in client.get("/probes/offer") if one["address"] == arguments.name}
    if arguments.service is None and len(services) != 1:
        known = f"of which service? --service KEY; there are: {', '.join(sorted(services))}"
        raise BadInput(known if services else f"no runbook looks at {arguments.name} by hand, or a probe does already")
    service = arguments.service or services.pop()
    added = client.post("/probes", {"service": service, "address": arguments.name})
    if arguments.json:
        dump(added)
    chat(f"the first look was good: {plain(added['name'])} is looked at each minute from now on")
    return 0


def _remove(client: Client, arguments: argparse.Namespace) -> int:
    if not arguments.name:
        raise BadInput("which probe? `tocsin probes` lists them")
    client.post(f"/probes/{quote(arguments.name, safe='')}/remove")
    chat(f"{plain(arguments.name)} is not looked at any more")
    return 0


def _show(one: Any) -> None:
    say(f"{plain(one['name'])}: {state(one)}")
    since = f"{'failing' if one['failing'] else 'good'} since {local(one['since'])}" if one["since"] else ""
    trouble = one["last_trouble"]
    fields(
        (
            ("looks at", one["shown"]),
            ("service", one["service"]),
            ("severity", one["severity"]),
            ("added", f"by {one['added_by']}, {local(one['added_at'])}" if one["added_by"] else ""),
            ("state", one["off"] or since),
            ("next look", local(one["due_at"], seconds=True)),
            ("trouble", f"{local(trouble['at'], seconds=True)} {trouble['says']}" if trouble else ""),
        )
    )
    for look in one["looks"][-10:]:
        say(f"  {local(look['at'], seconds=True)}  {_took(look):>8}  {plain(look['says']) or 'good'}")


def state(one: Any) -> str:
    """How a probe is doing, in one word or two."""
    if one["off"]:
        return "not looking"
    if one["failing"]:
        return "FAILS"
    if one["last"] is None:
        return "not looked yet"
    return "good" if one["last"]["good"] else "shaky"


def _took(look: Any) -> str:
    return f"{look['took'] * 1000:.0f} ms" if look else ""


def _change_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", help='what was changed: "v41 deployed"; without it the last ones are listed')
    parser.add_argument("--service", metavar="KEY", help="not needed when there is only one")
    parser.add_argument("--kind", default="deploy", help="one word: deploy, config, migration, ...")
    parser.add_argument("--link", metavar="URL", help="where it can be read about")
    parser.add_argument("--at", metavar="INSTANT", help="when it happened, with its offset: 2026-03-01T02:00:00Z")


def _change(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    service = _service(client, arguments.service)
    if arguments.what is None:
        listed = client.get(f"/services/{quote(service, safe='')}/changes")
        if arguments.json:
            dump(listed)
        else:
            rows = [(local(one["at"]), one["kind"], one["by"], one["what"]) for one in listed]
            table(("at", "kind", "by", "what"), rows)
        return 0
    body = {"what": arguments.what, "kind": arguments.kind, "link": arguments.link, "at": arguments.at}
    given = {name: value for name, value in body.items() if value is not None}
    told = client.post(f"/services/{quote(service, safe='')}/changes", given)
    if arguments.json:
        dump(told)
    chat(f"kept: {plain(told['what'])}; it stands beside the incidents of {service}")
    return 0


def _service(client: Client, given: str | None) -> str:
    if given:
        return given
    known = [str(one["key"]) for one in client.get("/services")]
    if len(known) != 1:
        raise BadInput(f"of which service? --service KEY; there are: {', '.join(known)}")
    return known[0]


VERBS = {"change": Verb(_change_arguments, _change), "probes": Verb(_probes_arguments, _probes)}
