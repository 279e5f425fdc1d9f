"""`tocsin oncall`: who is on call, what is wrong with the schedules, and who takes over from whom."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.output import BOLD, RED, chat, coloured, dump, local, plain, say, table
from tocsin.cli.times import instant, seconds_of
from tocsin.cli.verbs import Verb, acting
from tocsin.errors import BadInput

WHAT = ("who", "schedule", "gaps", "overrides", "override", "swap", "end", "ics", "import")
EPILOG = """\
examples:
  tocsin oncall                                       who is on call now
  tocsin oncall who --at "Sat 03:00"                  … and at night
  tocsin oncall schedule primary --days 28            the shifts to come
  tocsin oncall gaps --days 60                        where nobody is on call; exits 1 when there are gaps
  tocsin oncall override primary bo --for 4h --reason dentist
  tocsin oncall override primary bo                   from now to the end of the shift
  tocsin oncall swap primary "Mon 12:00" "2026-03-16 12:00"
  tocsin oncall end 1f2e3d4c                          end an override, or take it back
  tocsin oncall ics                                   addresses for your own calendar program
  tocsin oncall import pagerduty.json                 schedules from elsewhere: docs/moving.md

times are those of this machine unless they have an offset"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="who", choices=WHAT)
    parser.add_argument("words", nargs="*", metavar="WORD", help="a schedule, handles, instants: see the examples")
    parser.add_argument("--at", metavar="WHEN", help="who: another instant")
    parser.add_argument("--days", type=int, help="how far to look ahead (14; import: 366)")
    parser.add_argument("--from", dest="since", metavar="WHEN", help="override: from then; now")
    parser.add_argument("--until", metavar="WHEN", help="override: until then; the end of the shift")
    parser.add_argument("--for", dest="lasts", metavar="SPAN", help='override: for so long: "4 h"')
    parser.add_argument("--reason", default="", help="override, swap: why")
    _import_arguments(parser)


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the import."""
    parser.add_argument("--config", metavar="FILE", help="import: the tocsin.toml; the first of the documented places")
    parser.add_argument(
        "--kind",
        choices=("ical", "pagerduty", "opsgenie", "grafana"),
        help="import: what the files are; by what they hold",
    )
    parser.add_argument("--as", dest="named", metavar="NAME", help="import: the schedule's name here")
    parser.add_argument("--only", metavar="NAME", help="import: of several schedules the one of that name")
    parser.add_argument("--zone", metavar="ZONE", help="import: for a calendar without a time zone; the server's")
    parser.add_argument(
        "--person", action="append", default=[], metavar="THEIRS=HANDLE", help="import: who somebody of the source is"
    )
    parser.add_argument("--add-people", action="store_true", help="import: add whoever is not among the people")
    parser.add_argument("--partial", action="store_true", help="import: write also when something cannot be said here")
    parser.add_argument("--write", action="store_true", help="import: write tocsin.toml; otherwise only show")


def _oncall(arguments: argparse.Namespace) -> int:
    words: list[str] = arguments.words
    if arguments.what == "import":  # works with the file alone, without a server
        return acting("importing", "import_schedules")(arguments)
    arguments.days = 14 if arguments.days is None else arguments.days
    client = client_of(arguments)
    match arguments.what:
        case "override":
            return _override(client, arguments, words)
        case "swap":
            return _swap(client, arguments, words)
        case "end":
            (id,) = _need(words, 1, "end ID")
            return _told(arguments, client.post(f"/oncall/overrides/{quote(id)}/end"), f"the override {id} has ended")
        case "ics":
            return _feeds(client, arguments)
        case "overrides":
            return _overrides(client, arguments)
        case _:
            found = client.get("/oncall", at=instant(arguments.at), days=arguments.days)
    match arguments.what:
        case "gaps":
            return _gaps(arguments, found)
        case "schedule":
            return _schedule(arguments, found, words)
        case _:
            return _who(arguments, found)


def _who(arguments: argparse.Namespace, found: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(found)
        return 0
    table(
        ("word of the runbook", "people", "until", "why"),
        [(r["target"], ", ".join(r["people"]) or "NOBODY", local(r["until"]), r["why"]) for r in found["roles"]],
    )
    for name, shifts in found["schedules"].items():
        _shifts(name, shifts[:6])
    _warn(found)
    return 0


def _schedule(arguments: argparse.Namespace, found: Mapping[str, Any], words: Sequence[str]) -> int:
    schedules: Mapping[str, Any] = found["schedules"]
    if unknown := [one for one in words if one not in schedules]:
        raise BadInput(f"there is no schedule {unknown[0]!r}; there are: {', '.join(schedules) or 'none'}")
    shown = {name: shifts for name, shifts in schedules.items() if not words or name in words}
    if arguments.json:
        dump(shown)
        return 0
    for name, shifts in shown.items():
        _shifts(name, shifts)
    if not shown:
        chat("there is no schedule yet: add [[schedules.primary.rotations]] to tocsin.toml")
    return 0


def _gaps(arguments: argparse.Namespace, found: Mapping[str, Any]) -> int:
    gaps, overlaps = found["gaps"], found["overlaps"]
    if arguments.json:
        dump({"gaps": gaps, "overlaps": overlaps})
        return 1 if gaps else 0
    for one in gaps:
        span_ = f"{local(one['since'])} to {local(one['until'])}"
        say(f"{coloured('gap', RED)}      {span_}  {plain(one['schedule'])}: {plain(one['why'])}")
    for one in overlaps:
        names = " and ".join(map(plain, one["schedules"]))
        say(f"overlap  {local(one['since'])} to {local(one['until'])}  {plain(one['person'])} is in {names}")
    if not gaps and not overlaps:
        say(f"no gaps and no overlaps within {arguments.days} days")
    return 1 if gaps else 0


def _feeds(client: Client, arguments: argparse.Namespace) -> int:
    feeds = client.get("/oncall/feeds")
    if arguments.json:
        dump(feeds)
        return 0
    mine = [("my shifts", feeds["mine"])] if feeds["mine"] else []
    table(("calendar", "address"), [*mine, *feeds["schedules"].items()])
    chat("whoever has an address sees these shifts: keep it to yourself")
    return 0


def _overrides(client: Client, arguments: argparse.Namespace) -> int:
    rows = client.get("/oncall/overrides")
    if arguments.json:
        dump(rows)
        return 0
    head = ("id", "schedule", "people", "from", "until", "made by", "why")
    cells = [
        (
            one["id"],
            one["schedule"],
            ", ".join(one["people"]),
            local(one["since"]),
            local(one["until"]),
            one["made_by"],
            f"{one['reason']} (ended by {one['ended_by']})" if one["ended_at"] else one["reason"],
        )
        for one in rows
    ]
    table(head, cells)
    return 0


def _override(client: Client, arguments: argparse.Namespace, words: list[str]) -> int:
    if len(words) < 2:
        raise BadInput("say which schedule and who: tocsin oncall override primary bo --for 4h")
    if arguments.lasts and arguments.until:
        raise BadInput("--for and --until say the same: give one of them")
    schedule, *people = words
    body = {
        "schedule": schedule,
        "people": people,
        "since": instant(arguments.since),
        "until": instant(arguments.until),
        "lasts_seconds": seconds_of(arguments.lasts),
        "reason": arguments.reason,
    }
    made = client.post("/oncall/overrides", body)
    return _told(arguments, made, _made(made))


def _swap(client: Client, arguments: argparse.Namespace, words: list[str]) -> int:
    schedule, one, other = _need(words, 3, "swap SCHEDULE WHEN WHEN")
    body = {"schedule": schedule, "one": instant(one), "other": instant(other), "reason": arguments.reason}
    made = client.post("/oncall/swaps", body)
    return _told(arguments, made, "\n".join(map(_made, made)))


def _made(one: Mapping[str, Any]) -> str:
    who = ", ".join(one["people"])
    return f"{who}: {one['schedule']} from {local(one['since'])} to {local(one['until'])} ({one['id']})"


def _told(arguments: argparse.Namespace, answer: Any, text: str) -> int:
    if arguments.json:
        dump(answer)
    else:
        say(plain(text))
    return 0


def _shifts(name: str, shifts: Sequence[Mapping[str, Any]]) -> None:
    say()
    say(coloured(f"schedule {plain(name)}", BOLD))
    for shift in shifts:
        free = "nobody, as planned" if shift["declared"] else coloured("NOBODY", RED)
        who = plain(", ".join(shift["people"])) or free
        say(f"  {local(shift['since'])} to {local(shift['until'])}  {who}")


def _warn(found: Mapping[str, Any]) -> None:
    gaps, overlaps = len(found["gaps"]), len(found["overlaps"])
    if gaps or overlaps:
        chat(f"{gaps} gaps and {overlaps} overlaps ahead; `tocsin oncall gaps` lists them")


def _need(words: list[str], count: int, form: str) -> list[str]:
    if len(words) != count:
        raise BadInput(f"write: tocsin oncall {form}")
    return words


VERBS = {"oncall": Verb(_arguments, _oncall, EPILOG)}
