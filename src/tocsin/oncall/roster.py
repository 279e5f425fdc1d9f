"""Who is meant by the runbook's words ("On-Call Engineer", "CTO/Engineering Manager") at an instant.

A runbook names roles; the team says once which people or schedules they are. Words are compared without case,
hyphens and the small differences that people make ("On-call", "Primary On-Call Engineer"), but never guessed:
where two bindings could be meant, or none, nobody is reached and the reason says so (R11).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from tocsin.oncall.people import Person
from tocsin.oncall.rotation import NOBODY
from tocsin.oncall.schedule import Override, Schedule, on_call

_SPLIT = re.compile(r"[/,;&+]|\band\b|\bor\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_ON_CALL = re.compile(r"\bon[ _-]?call\b")
_ASIDE = re.compile(r"\([^()]*\)")
_SMALL = frozenset({"the", "a", "an", "our", "for", "s"})
# Words that do not tell one role from another: "on-call" alone means whoever is primary.
_USUAL = frozenset({"engineer", "engineers", "primary", "person", "developer", "rotation", "schedule", "responder"})
_SECOND = frozenset({"secondary", "backup", "tertiary", "shadow"})


@dataclass(frozen=True, slots=True)
class Binding:
    """A word of the runbook and who is meant by it: handles of people, names of schedules, or both."""

    word: str
    people: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """The people that a word means now (each with a way to be reached), until when that holds, and why.

    ``until`` is None when no schedule will change it. No people: ``why`` says what is missing.
    """

    people: tuple[Person, ...]
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who can be called, for one service. ``catch_all`` are words like any others, asked for last."""

    people: tuple[Person, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    bindings: tuple[Binding, ...] = ()
    catch_all: tuple[str, ...] = ()

    def who(self, target: str, at: datetime) -> Reached:
        """The people whom the runbook means by ``target`` at an aware instant; never raises for what it holds."""
        meant, missing = self._meant(target)
        reached = [self._of(binding, why, at) for binding, why in meant]
        return _joined([*reached, *(Reached((), None, why) for why in missing)])

    def last_resort(self, at: datetime) -> Reached:
        """The catch-all; everybody who can be reached when it is empty, because somebody must be woken."""
        if self.catch_all:
            reached = _joined([self.who(word, at) for word in self.catch_all])
            if reached.people:
                return Reached(reached.people, reached.until, f"catch-all: {reached.why}")
        everybody = tuple(person for person in self.people if person.reachable)
        why = "the catch-all reaches nobody, so everybody is called" if everybody else "nobody has a way to be reached"
        return Reached(everybody, None, why)

    def in_force(self, overrides: Mapping[str, Sequence[Override]], disabled: Collection[str]) -> Roster:
        """This roster with what people changed by hand: overrides by schedule, the last one made wins, and the
        handles whose accounts are disabled. Overrides of schedules that are gone are left out.
        """
        if not overrides and not disabled:
            return self
        return replace(
            self,
            people=tuple(replace(one, disabled=True) if one.handle in disabled else one for one in self.people),
            schedules=tuple(
                replace(one, overrides=(*one.overrides, *overrides[one.name])) if one.name in overrides else one
                for one in self.schedules
            ),
        )

    def person(self, handle: str) -> Person | None:
        """The person of that handle."""
        return next((person for person in self.people if person.handle == handle), None)

    def schedule(self, name: str) -> Schedule | None:
        """The schedule of that name."""
        return next((schedule for schedule in self.schedules if schedule.name == name), None)

    def problems(self, targets: Iterable[str] = ()) -> list[str]:
        """What would keep a page from reaching anybody: one sentence each, for the team to mend.

        ``targets`` are the runbook's words. Gaps in a schedule are not looked for: they depend on the time.
        """
        found = [text for target in dict.fromkeys(targets) for text in self._troubles(target)]
        found += [text for binding in self.bindings for text in self._gaps(binding)]
        found += [person.hindrance for person in self.people if not person.reachable]
        for schedule in self.schedules:
            if not any(rotation.members for rotation in schedule.rotations):
                found.append(f"the schedule {schedule.name!r} has no rotation with members")
            members = [member for rotation in schedule.rotations for member in rotation.people]
            members += [handle for override in schedule.overrides for handle in override.people]
            found += [
                f"the schedule {schedule.name!r} names {handle!r}, who is not among the people"
                for handle in dict.fromkeys(members)
                if handle != NOBODY and self.person(handle) is None
            ]
        if not self.catch_all:
            found.append("there is no catch-all: name the people who are called when nobody answers")
        for word in self.catch_all:
            found += [f"catch-all: {text}" for text in self._troubles(word)]
        return list(dict.fromkeys(found))

    def _meant(self, target: str) -> tuple[list[tuple[Binding, str]], list[str]]:
        """What a word means, each with the way it was found, and what is missing.

        The exact word goes before its parts ("CTO/Engineering Manager"), and these before words alike.
        """
        exact = self._exactly(target)
        if exact is not None:
            return [(exact, repr(target))], []
        parts = [part.strip() for part in _SPLIT.split(target) if part.strip()]
        if len(parts) > 1:
            several = [self._meant(part) for part in parts]
            found = [one for meant, _ in several for one in meant]
            if found:
                return found, [why for _, missing in several for why in missing]
        alike = self._alike(target)
        match alike:
            case [only]:
                return [(only, f"{target!r} is taken for {only.word!r}")], []
            case []:
                why = f"nobody is bound to {target!r}" if target.strip() else "the runbook names nobody here"
                return [], [why]
            case _:
                words = ", ".join(repr(binding.word) for binding in alike)
                return [], [f"{target!r} could be any of {words}: bind it to one of them"]

    def _exactly(self, target: str) -> Binding | None:
        """The binding of just this word, or the person or schedule of that name."""
        wanted = _spelled(target)
        return next((binding for binding in self._known() if wanted and _spelled(binding.word) == wanted), None)

    def _known(self) -> Iterator[Binding]:
        """Every word that means somebody by itself, in the order in which they go before each other."""
        yield from self.bindings
        for person in self.people:
            yield Binding(person.handle, people=(person.handle,))
        for person in self.people:
            yield Binding(person.name, people=(person.handle,))
        yield from self._own_schedules()

    def _alike(self, target: str) -> list[Binding]:
        """The bindings whose words mean the same role, else those of the same role with more or fewer words."""
        sense = _sense(target)
        known = [(binding, _sense(binding.word)) for binding in (*self.bindings, *self._own_schedules())]
        fitting = [binding for binding, other in known if sense and set(sense) == set(other)]
        fitting = fitting or [binding for binding, other in known if _narrower(sense, other) or _narrower(other, sense)]
        return list({(binding.people, binding.schedules): binding for binding in reversed(fitting)}.values())[::-1]

    def _own_schedules(self) -> list[Binding]:
        return [Binding(schedule.name, schedules=(schedule.name,)) for schedule in self.schedules]

    def _of(self, binding: Binding, why: str, at: datetime) -> Reached:
        handles = list(binding.people)
        untils: list[datetime] = []
        reasons = [why]
        for name in binding.schedules:
            schedule = self.schedule(name)
            if schedule is None:
                reasons.append(f"there is no schedule {name!r}")
                continue
            shift = on_call(schedule, at)
            handles += shift.people
            reasons.append(shift.why)
            if shift.until is not None:
                untils.append(shift.until)
        people: list[Person] = []
        for handle in dict.fromkeys(handles):
            person = self.person(handle)
            if person is None:
                reasons.append(f"{handle!r} is not among the people")
            elif not person.reachable:
                reasons.append(person.hindrance)
            else:
                people.append(person)
        if not handles and not binding.schedules:
            reasons.append(f"{binding.word!r} is bound to nobody")
        return Reached(tuple(people), min(untils, default=None), "; ".join(reasons))

    def _troubles(self, target: str) -> list[str]:
        """Why a word of the runbook could not reach everybody it means."""
        meant, missing = self._meant(target)
        return [*missing, *(text for binding, _ in meant for text in self._gaps(binding))]

    def _gaps(self, binding: Binding) -> list[str]:
        found = [
            f"{binding.word!r} is bound to {handle!r}, who is not among the people"
            for handle in binding.people
            if self.person(handle) is None
        ]
        found += [
            f"{binding.word!r} is bound to the schedule {name!r}, which does not exist"
            for name in binding.schedules
            if self.schedule(name) is None
        ]
        if not binding.people and not binding.schedules:
            found.append(f"{binding.word!r} is bound to nobody")
        return found


def _joined(several: list[Reached]) -> Reached:
    people = dict.fromkeys(person for reached in several for person in reached.people)
    untils = [reached.until for reached in several if reached.until is not None]
    return Reached(tuple(people), min(untils, default=None), "; ".join(reached.why for reached in several))


@lru_cache(maxsize=4096)  # the words of a team and of its runbooks, asked for with every page
def _spelled(word: str) -> str:
    """A word without case, spaces and punctuation: "On-call" and "on call" are one."""
    return "".join(_WORD.findall(word.casefold()))


@lru_cache(maxsize=4096)
def _sense(word: str) -> tuple[str, ...]:
    """What tells a role from others, the head last: "Primary On-Call Engineer" and "oncall" are both ("oncall",)."""
    text = _ON_CALL.sub("oncall", _ASIDE.sub(" ", word.casefold()))
    before, of, after = text.partition(" of ")
    words = [w for w in _WORD.findall(f"{after} {before}" if of else text) if w not in _SMALL]
    telling = [w for w in words if w not in _USUAL]
    if not telling and "primary" in words:
        return ("oncall",)
    if not _SECOND.isdisjoint(telling):
        telling = [w for w in telling if w != "oncall"]
    return tuple(telling or words)


def _narrower(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether ``a`` is the role ``b`` with more words: "team lead" and "lead", never "team lead" and "team"."""
    return bool(a and b) and a[-1] == b[-1] and set(a) > set(b) and _SECOND.isdisjoint(set(a) - set(b))
