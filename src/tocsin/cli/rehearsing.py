"""``tocsin rehearse``: what would happen, minute by minute, if nobody answered."""

from __future__ import annotations

import argparse
import difflib
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.app.rehearsal import LASTS, Rehearsal, rehearsal_text, rehearse
from tocsin.cli.compiling import compiled
from tocsin.cli.documents import runbook_of, service_of, settings_beside
from tocsin.cli.output import chat, dump, plain, say
from tocsin.clock import SystemClock
from tocsin.errors import BadInput
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.planning import plan_response
from tocsin.incident.timeline import sentence
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AT = re.compile(r"(?:(?P<day>[a-z]{3})[a-z]*|(?P<date>\d{4}-\d\d-\d\d))[ T](?P<time>\d{1,2}:\d\d)", re.IGNORECASE)
_HEAD = re.compile(r"\bat \w+ (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d)\b.*?, nobody answers(?: for (?P<hours>\d+) h)?")


def rehearse_runbook(arguments: argparse.Namespace) -> int:
    """Print a rehearsal, keep it, or compare it with a kept one; the exit status."""
    settings = settings_beside(arguments.config)
    path = runbook_of(settings, arguments.runbook)
    playbook = compiled(path)
    service = service_of(settings, path)
    plan = plan_response(playbook, service.key if service else "-", service.choices if service else None)
    zone = settings.team.zone if settings else "UTC"
    kept = _kept(arguments.check)
    head = _HEAD.search(kept) if kept else None
    at = _instant(head["at"] if head else arguments.at, zone)
    lasts = timedelta(hours=float(arguments.hours or (head and head["hours"]) or LASTS / timedelta(hours=1)))
    roster = settings.team.roster if settings and service else stand_ins(plan)
    if not (settings and service):
        chat("no tocsin.toml names this runbook: everybody it mentions is taken to be reachable")
    try:
        played = rehearse(
            playbook,
            plan,
            roster,
            severity=arguments.severity,
            at=at,
            procedure=arguments.procedure,
            lasts=lasts,
            outlets=service.outlets if service else None,
        )
    except ValueError as error:
        raise BadInput(str(error)) from error
    text = rehearsal_text(played, zone)
    if kept is not None:
        return _compared(kept, text, arguments.check)
    if arguments.golden:
        Path(arguments.golden).write_text(text, encoding="utf-8")
        chat(f"kept in {arguments.golden}; `tocsin rehearse … --check {arguments.golden}` compares")
    elif arguments.json:
        dump(_as_data(played, at, ZoneInfo(zone)))
    else:
        say(plain(text).rstrip("\n"))
    return 0


def _as_data(played: Rehearsal, at: datetime, zone: ZoneInfo) -> Any:
    return {
        "at": at.isoformat(),
        "moments": [
            {
                "after_seconds": (one.at - at).total_seconds(),
                "type": type(one.fact).__name__,
                "text": sentence(one, zone=zone),
                "line": one.fact.cite.first if one.fact.cite else None,
                "told": played.told(one),
            }
            for one in played.facts
        ],
        "tellings": [{"text": one.text, "line": one.cite.first if one.cite else None} for one in played.tellings],
        "assumptions": [
            {"key": one.key, "question": one.question, "answer": one.answer, "accepted": one.accepted}
            for one in played.assumptions
        ],
    }


def _kept(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}; write it with --golden {file}") from error


def _compared(kept: str, text: str, name: str) -> int:
    if kept == text:
        say(f"as in {name}")
        return 0
    for line in difflib.unified_diff(kept.splitlines(), text.splitlines(), name, "now", lineterm="", n=1):
        say(plain(line))
    chat(f"the response has changed; if that is meant, write {name} anew with --golden")
    return 1


def stand_ins(plan: ResponsePlan) -> Roster:
    """A roster in which everybody whom the runbook names can be reached."""
    targets = [
        target for one in (*plan.severities, plan.unassessed) for level in one.levels for target in level.targets
    ]
    targets = list(dict.fromkeys(targets)) or ["On-Call"]
    people = tuple(Person(name, name, (Way(WayKind.PHONE, ""),)) for name in targets)
    return Roster(people, (), tuple(Binding(name, (name,)) for name in targets), (targets[0],))


def _instant(text: str | None, zone: str) -> datetime:
    """The instant that is meant; a day of the week is the next one to come."""
    local = ZoneInfo(zone)
    now = SystemClock().now().astimezone(local)
    if text is None:
        return now
    found = _AT.fullmatch(text.strip())
    if found is None or (found["day"] and found["day"].casefold() not in _DAYS):
        raise BadInput(f'{text!r} is no time; write "Sat 03:00" or "2026-01-10 03:00"')
    try:
        if found["date"]:
            day = date.fromisoformat(found["date"])
        else:
            day = now.date() + timedelta(days=(_DAYS.index(found["day"].casefold()) - now.weekday()) % 7 or 7)
        hour, minute = map(int, found["time"].split(":"))
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=local)
    except ValueError as error:
        raise BadInput(f"{text!r} is no time: {error}") from error
