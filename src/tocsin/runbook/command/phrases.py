"""The phrases of a program's rules ("rollout undo", "--prod", "* stop"), found by what a statement says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from tocsin.runbook.command.programs import rules_of
from tocsin.runbook.instructions import Effect

_MEANINGS = {
    "destroy": Effect.DESTRUCTIVE,
    "mutate": Effect.MUTATING,
    "read": Effect.READ_ONLY,
    "follow": Effect.READ_ONLY,
    "interactive": Effect.UNKNOWN,
}


class _Phrase(NamedTuple):
    """In the order in which they count: the longest one, of equally long ones the first."""

    length: int
    place: int  # 0, -1, -2 … in the order of the rules
    effect: Effect
    text: str


@dataclass(slots=True)
class Phrases:
    """All phrases of one program by what they are looked for with."""

    words: dict[str, _Phrase] = field(default_factory=dict)  # by what the sub-commands begin with
    flags: dict[str, _Phrase] = field(default_factory=dict)  # by an option that stands somewhere
    ends: dict[str, _Phrase] = field(default_factory=dict)  # by what the sub-commands end with

    def add(self, place: int, text: str, effect: Effect) -> None:
        """Let the phrase at this place of the rules stand for this effect."""
        phrase = _Phrase(len(text), -place, Effect.MUTATING if text in ("edit", "-e") else effect, text)
        if text.startswith("-"):
            for flag in (text, text.split()[0]):
                self.flags[flag] = max(self.flags.get(flag, phrase), phrase)
        elif text.startswith("*"):
            self.ends.setdefault(text[1:].casefold(), phrase)
        else:
            self.words.setdefault(text.casefold(), phrase)

    def best(self, said: str, flags: list[str]) -> tuple[Effect | None, str]:
        """What the phrase means that counts most for these sub-commands and options, and its text; "" for none."""
        phrase = max(self._that_hold(said, flags), default=None)
        return (phrase.effect, phrase.text) if phrase is not None else (None, "")

    def _that_hold(self, said: str, flags: list[str]) -> Iterator[_Phrase]:
        at = said.find(" ")
        while at >= 0:
            if (phrase := self.words.get(said[:at])) is not None:
                yield phrase
            at = said.find(" ", at + 1)
        if (phrase := self.words.get(said)) is not None:
            yield phrase
        yield from (self.flags[flag] for flag in flags if flag in self.flags)
        yield from (phrase for end, phrase in self.ends.items() if said.endswith(end))


@cache
def phrases_of(name: str) -> Phrases:
    """Those of a program; none for one without rules."""
    found = Phrases()
    rules = rules_of(name) or {}
    texts = ((text, effect) for kind, effect in _MEANINGS.items() for text in rules.get(kind, []))
    for place, (text, effect) in enumerate(texts):
        found.add(place, text, effect)
    return found
