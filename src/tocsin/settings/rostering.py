"""Puts together who can be called: people and their ways, the words that mean them, schedules, calendars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from tocsin.errors import BadSettings
from tocsin.incident.choices import calendar_of
from tocsin.oncall.calendar import EVERY_DAY, WORKDAYS, Calendar, Restriction
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.oncall.rotation import NOBODY, Rotation, people_of
from tocsin.oncall.schedule import Override, Schedule
from tocsin.runbook.answers.hours import read_hours
from tocsin.settings.chatting import CHATS, member_problems, way_problems
from tocsin.settings.reading import Place, Reading, dotted, name_problems
from tocsin.settings.waking import number_problems, quiet_of, rules_of


@dataclass(slots=True)
class RosterAssembly:
    """Builds the roster; what does not fit together is added to ``problems`` with its place."""

    reading: Reading
    problems: list[str]

    def roster(self) -> Roster:
        """Everybody who can be called."""
        people = tuple(p for handle in self.reading.names("people") if (p := self.person(handle)))
        schedules = tuple(s for name in self.reading.names("schedules") if (s := self.schedule(name)))
        bindings = tuple(self.binding(word) for word in self.reading.names("roles") if word != "catch_all")
        if self.reading.get("roles", "catch_all") is not None:
            self.problems.append("roles.catch_all: belongs to the top of the file, before the first [table]")
        catch_all = tuple(word.removeprefix("schedule:").strip() for word in self.reading.get("catch_all") or ())
        return Roster(people, schedules, bindings, catch_all)

    def person(self, handle: str) -> Person | None:
        """One person with their ways."""
        place = ("people", handle)
        if not re.fullmatch(r"[\w.@-]{1,64}", handle):
            self.problems.append(f"{dotted(place)}: a handle has letters, digits, dots and dashes only")
            return None
        if handle == NOBODY:
            self.problems.append(f"{dotted(place)}: {NOBODY!r} is the word for a free turn of a rotation")
            return None
        ways = tuple(self.way((*place, "ways", n)) for n in self.reading.names(*place, "ways"))
        names = [way.name for way in ways]
        rules = tuple(rules_of(self.reading, place, names, self.problems))
        quiet = quiet_of(self.reading, place, self.problems)
        self.problems += member_problems(self.reading, handle)
        slack, mattermost = (self.reading.get(*place, chat) or "" for chat in CHATS)
        try:
            name = self.reading.get(*place, "name") or handle
            return Person(handle, name, ways, rules, quiet, slack=slack, mattermost=mattermost)
        except BadSettings as wrong:
            self.problems.append(f"{dotted(place)}: {wrong}")
            return None

    def way(self, place: Place) -> Way:
        """One way; addresses that hold credentials must have come by reference."""
        kind = WayKind(self.reading.get(*place, "kind") or WayKind.PHONE)
        at = (*place, "address")
        address = self.reading.get(*at) or ""
        value = self.reading.values.get(at)
        by_reference = value is not None and value.secret
        match kind:
            case WayKind.EMAIL if "@" not in address and not by_reference:
                self.problems.append(f"{dotted(at)}: must be a mail address")
            case WayKind.GATEWAY:
                gateway = self.reading.get(*place, "gateway") or ""
                self.problems += name_problems(
                    (*place, "gateway"), (gateway or "(none)",), self.reading.names("gateway")
                )
            case WayKind.PUSHOVER if not self.reading.given("pushover", "token"):
                self.problems.append(f"{dotted(place)}: Pushover needs the token of an application: fill in [pushover]")
            case WayKind.WEBHOOK | WayKind.APPRISE | WayKind.NTFY | WayKind.PUSHOVER if not by_reference:
                text = "whoever knows this address can use it, so it is a secret: "
                self.problems.append(f'{dotted(at)}: {text}write {{ env = "NAME" }} or {{ file = "path" }}')
            case WayKind.PUSH if address:
                text = 'is given by the browsers themselves: leave it out, and tap "Wake me here" on the account page'
                self.problems.append(f"{dotted(at)}: {text}")
            case WayKind.SLACK | WayKind.MATTERMOST:
                address = address or self.reading.get(*place[:2], kind.value) or ""
                self.problems += way_problems(self.reading, place, kind.value, address)
            case WayKind.SMS | WayKind.CALL:
                self.problems += number_problems(self.reading, place, by_reference=by_reference)
            case _:
                pass
        label, gateway = self.reading.get(*place, "label") or "", self.reading.get(*place, "gateway") or ""
        if gateway and kind is not WayKind.GATEWAY:
            self.problems.append(f"{dotted((*place, 'gateway'))}: only a way of the kind gateway has one")
        return Way(kind, address, label or (gateway if kind is WayKind.GATEWAY else ""), gateway)

    def binding(self, word: str) -> Binding:
        """Who is meant by a word of the runbook."""
        people, schedules = [], []
        for one in self.reading.get("roles", word) or ():
            name = one.removeprefix("schedule:").strip()
            if one.startswith("schedule:"):
                self.problems += name_problems(("roles", word), (name,), self.reading.names("schedules"))
                schedules.append(name)
            else:
                self.problems += name_problems(("roles", word), (name,), self.reading.names("people"))
                people.append(name)
        return Binding(word, tuple(people), tuple(schedules))

    def schedule(self, name: str) -> Schedule | None:
        """One schedule."""
        place = ("schedules", name)
        get, below = self.reading.get, self.reading.names
        zone = get(*place, "zone") or get("server", "zone") or "UTC"
        try:
            rotations = tuple(r for n in below(*place, "rotations") if (r := self.rotation((*place, "rotations", n))))
            overrides = [self.override((*place, "overrides", n)) for n in below(*place, "overrides")]
            return Schedule(name, zone, rotations, tuple(one for one in overrides if one))
        except BadSettings as wrong:
            self.problems.append(f"{dotted(place)}: {wrong}")
            return None

    def rotation(self, place: Place) -> Rotation | None:
        """One rotation; None when what it needs is missing, which is a problem already."""
        get = self.reading.get
        members, starts_on = get(*place, "members"), get(*place, "starts_on")
        if members is None or starts_on is None:
            return None
        handles = [handle for slot in members for handle in people_of(slot)]
        self.problems += name_problems((*place, "members"), handles, self.reading.names("people"))
        within = tuple(
            Restriction(
                get(*place, "restrictions", n, "days") or EVERY_DAY,
                get(*place, "restrictions", n, "since") or time(0),
                get(*place, "restrictions", n, "until") or time(0),
            )
            for n in self.reading.names(*place, "restrictions")
        )
        return Rotation(
            members,
            starts_on,
            get(*place, "period") or timedelta(weeks=1),
            get(*place, "handoff") or time(9),
            within,
            get(*place, "name") or "",
            get(*place, "periods") or (),
            self.calendar(place, get(*place, "calendar")),
            get(*place, "counts") == "covered",
            get(*place, "zone") or "",
            get(*place, "since"),
            get(*place, "until"),
        )

    def calendar(self, place: Place, name: str | None, key: str = "calendar") -> Calendar | None:
        """A calendar by its name, for what stands at a place; an unknown one is a problem there."""
        if not name:
            return None
        self.problems += name_problems((*place, key), (name,), self.reading.names("calendars"))

        def get(setting: str) -> Any:
            return self.reading.get("calendars", name, setting)

        hours = Restriction(get("days") or WORKDAYS, get("since") or time(9), get("until") or time(17))
        zone = get("zone") or self.reading.get("server", "zone") or "UTC"
        return Calendar(name, zone, (hours,), frozenset(get("holidays") or ()))

    def business_hours(self, place: Place) -> Calendar | None:
        """Hours in words, or a calendar by its name."""
        said = self.reading.get(*place, "business_hours")
        try:
            return calendar_of(read_hours(said)) if said else None
        except ValueError as wrong:
            calendars = self.reading.names("calendars")
            if said in calendars:
                return self.calendar(place, said, "business_hours")
            others = f", or the name of a calendar: {', '.join(calendars)}" if calendars else ""
            self.problems.append(f"{dotted((*place, 'business_hours'))}: {wrong}{others}")
            return None

    def override(self, place: Place) -> Override | None:
        """One override."""
        get = self.reading.get
        people, since, until = get(*place, "people"), get(*place, "since"), get(*place, "until")
        if people is None or since is None or until is None:
            return None
        self.problems += name_problems(
            (*place, "people"), (one for one in people if one != NOBODY), self.reading.names("people")
        )
        return Override(people, since, until, get(*place, "reason") or "")
