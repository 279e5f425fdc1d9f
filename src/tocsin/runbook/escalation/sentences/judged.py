"""What somebody decides before anybody is called: "The team lead decides whether to page the CEO"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.grammar import any_of, ending, guarded, pattern
from tocsin.runbook.playbook import EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.words import one_of, vocabulary


def without_decision(sentence: str) -> str:
    """A sentence with blanks in the place of what is still to be decided in it: nobody is called by that.

    >>> without_decision("Page the lead, who decides whether to page the CEO, then tell the desk").split("  ")[0]
    'Page the lead, who decides'
    """
    begin, end = _decision(sentence)
    return f"{sentence[:begin]}{' ' * (end - begin)}{sentence[end:]}"


def leaves_open(sentence: str) -> bool:
    """Whether a sentence leaves it to somebody whether another one is called."""
    begin, end = _decision(sentence)
    says, part = vocabulary().says, sentence[begin:end]
    return begin < end and any(says(name, part) for name in ("call", "called", "escalate_verb", "notify"))


def decisions(leaves: Iterable[Leaf], scale: Scale) -> Iterator[EscalationRule]:
    """The sentences that leave it open whether somebody is called, each a reason that a person judges."""
    for leaf in leaves:
        for sentence in sentence_ends().split(leaf.text):
            if leaves_open(sentence):
                names = scale.mentioned(sentence)
                yield EscalationRule(sentence.strip(), leaf.inline.lines, Trigger.CONDITION, None, names)


_ENDS = re.compile(r"[,.;:!?，。；：！？、](?=\s|$)|[，。；：！？、]")


def _decision(sentence: str) -> tuple[int, int]:
    """Where the clause of a decision begins and ends; twice the same where there is none."""
    if (said := _whether().search(sentence)) is not None:
        to_do = _to().match(sentence, said.end()) is not None
        looks = not to_do and _looks_first().search(sentence[: said.start()]) is not None
        ends = (_does_then() if looks else _ENDS).search(sentence, said.end())
        return said.start(), ends.start() if ends is not None else len(sentence)
    if (said := _whether_behind().search(sentence)) is not None:
        begins = [match.end() for match in _ENDS.finditer(sentence, 0, said.start())]
        return (begins[-1] if begins else 0), said.end()
    return 0, 0


@pattern
def _looks_first() -> str:
    """Who reads is told to find out: "Check whether the belt runs and page the owner" calls the owner."""
    return rf"(?:^|[,.;:]\s)\W*(?:{any_of('then', 'and')}\s+)?{any_of('wonders')}\s+$"


@pattern
def _to() -> str:
    return rf"\s+{any_of('to')}\s"


@pattern
def _does_then() -> str:
    """Where what is to be found out ends, by a sign or by the next one who is to be called."""
    called = one_of(vocabulary().words["call"].spaced)
    return rf"{_ENDS.pattern}|(?<!\s)\s+{any_of('and')}\s+(?={called}\s)"


@guarded("whether")
def _whether() -> str:
    return any_of("whether")


@pattern
def _whether_behind() -> str:
    return ending("whether_behind")
