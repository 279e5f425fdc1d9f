"""How one version of a runbook would respond differently from another: by subject, each change with its line."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.incident.behaviour import Behaviour, Trait, behaviour
from tocsin.runbook.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Change:
    """One change: None where there was, or is, nothing. ``line``: of the new document, else of the old one."""

    aspect: str
    before: str | None
    after: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for one subject ("severity P1", "procedure Disk full"). ``gone``: the new one has it no more."""

    what: str
    changes: tuple[Change, ...]
    gone: bool = False

    @property
    def title(self) -> str:
        """The subject, and whether it is gone."""
        return f"{self.what} is gone" if self.gone else self.what


def in_one_line(text: str) -> str:
    """A command of several lines in one."""
    return re.sub(r"\s*\\?\n\s*", " ", text)


def differences(before: Playbook, after: Playbook) -> tuple[Difference, ...]:
    """How the second would respond differently: one entry for each subject of which something does."""
    return tuple(_between(behaviour(before), behaviour(after)))


def _between(before: Behaviour, after: Behaviour) -> Iterator[Difference]:
    called = _renamed(before, after)
    before = {called.get(what, what): traits for what, traits in before.items()}
    for old, new in called.items():
        kind, _, was = old.partition(" ")
        name = new.removeprefix(f"{kind} ")
        change = _change("title", Trait("title", was), Trait("title", name, after[new][0].line))
        yield Difference(new, (change,))
    for what in dict.fromkeys([*before, *after]):
        changes = (
            *_singles(before.get(what, []), after.get(what, [])),
            *_lists(before.get(what, []), after.get(what, [])),
        )
        if changes or (what in before) != (what in after):
            yield Difference(what, changes, gone=what not in after)


def _renamed(before: Behaviour, after: Behaviour) -> dict[str, str]:
    """Procedures and phases of which only the title is another one, by what they were called."""
    gone = [what for what in before if what not in after and what.startswith(_TITLED) and before[what]]
    new = [what for what in after if what not in before and what.startswith(_TITLED) and after[what]]
    said = {
        what: [(one.aspect, one.text, one.particulars) for one in traits]
        for what, traits in (*before.items(), *after.items())
    }
    found: dict[str, str] = {}
    for was in gone:
        same = [now for now in new if said[now] == said[was] and now.split(" ")[0] == was.split(" ")[0]]
        if len(same) == 1 and same[0] not in found.values():
            found[was] = same[0]
    return found


_TITLED = ("procedure ", "phase ")


def _singles(old: Sequence[Trait], new: Sequence[Trait]) -> Iterator[Change]:
    was, now = _by_aspect(old), _by_aspect(new)
    for key in dict.fromkeys([*was, *now]):
        a, b = was.get(key), now.get(key)
        if a is None or b is None or a.text != b.text:
            yield _change(key[0], a, b)
        if a is not None and b is not None:
            yield from _particulars(a.aspect, a, b)


def _by_aspect(traits: Sequence[Trait]) -> dict[tuple[str, int], Trait]:
    """Single traits by their aspect; where two share one, as two contacts of one name do, by their order."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Trait] = {}
    for one in traits:
        if one.single:
            found[one.aspect, seen[one.aspect]] = one
            seen[one.aspect] += 1
    return found


def _lists(old: Sequence[Trait], new: Sequence[Trait]) -> Iterator[Change]:
    """What of a list is new or gone; what moved within it is both, for the order of steps is a behaviour."""
    was = [one for one in old if not one.single]
    now = [one for one in new if not one.single]
    matcher = difflib.SequenceMatcher(
        None, [(one.aspect, one.text) for one in was], [(one.aspect, one.text) for one in now], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for before, after in zip(was[a:b], now[c:d], strict=True):
                yield from _particulars(_SHORT.sub(r"\1…", in_one_line(before.text)), before, after)
        else:
            yield from (_change(one.aspect, _marked(one), None) for one in was[a:b])
            yield from (_change(one.aspect, None, _marked(one)) for one in now[c:d])


_SHORT = re.compile(r"^(.{60}).{4,}$")
"""The text by which a step is known again, where only something of it has changed."""


def _marked(one: Trait) -> Trait:
    return dataclasses.replace(one, text=f"{one.text} ({', '.join(one.marks)})") if one.marks else one


def _particulars(of: str, old: Trait, new: Trait) -> Iterator[Change]:
    """What else is another thing than before of a trait that is still the same, such as the condition of a step."""
    was, now = dict(old.particulars), dict(new.particulars)
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) != now.get(name):
            before, after = (
                Trait(name, said[name], one.line) if name in said else None for said, one in ((was, old), (now, new))
            )
            yield _change(f"{name} of {of}:", before, after)


def _change(aspect: str, old: Trait | None, new: Trait | None) -> Change:
    at = new or old
    return Change(aspect, old.text if old else None, new.text if new else None, at.line if at else None)
