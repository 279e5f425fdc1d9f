"""Drawings that lead each severity to whom it calls: "├─ SEV1 → duty lead", and the way from one up to the next."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import ARROW, arrow_levels
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.times.waits import waited_for
from tocsin.runbook.grammar import BRACKET
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import vocabulary

SIGNS = re.compile(r"[│├└─┬┌┐┘┴┼|+\\▼▽↓⬇→➜▶>*•·=\s-]+")
"""What a drawing is made of, before the words of a line."""

_LONGEST_LEVEL = 3
"""Words of the longest name of a severity before an arrow: "P1 (Critical)"."""


def read_drawn_severities(block: Fence, scale: Scale, found: Escalation) -> bool:
    """Take the chain of each severity that a drawing leads by an arrow to whom it calls; False for other drawings.

    Who stands above them is called at each. Where a wait stands between two, the one below is the more severe one, and
    an incident that is not solved by then is raised to it: whoever that one calls is called then.
    """
    if len(block.body) > 60 or not any(map(scale.mentioned, block.body)):
        return False
    own: dict[str, list[EscalationLevel]] = {}
    waits: dict[str, Duration] = {}  # the wait that leads from a severity to the one below it
    above: list[EscalationLevel] = []
    nobody: list[str] = []
    last = ""
    for number, line in enumerate(block.body, block.first):
        text = _bare(line)
        parts = [part.strip() for part in ARROW.split(text) if part.strip()]
        names = scale.mentioned(parts[0]) if len(parts) > 1 else ()
        if len(names) == 1 and len(parts[0].split()) <= _LONGEST_LEVEL:
            last = names[0]
            called = [who for part in parts[1:] if (who := called_in_drawing(part, number, scale))]
            if called:
                own.setdefault(last, list(arrow_levels(called, Lines(number, number), names)))
            else:
                nobody.append(last)
        elif last and (wait := target(text, number)) is not None and wait.seconds:
            waits.setdefault(last, wait)
        elif not last and len(parts) == 1 and _is_name(text):
            above += arrow_levels([text], Lines(number, number), ())
    if len(own) + len(nobody) < 2 or not own:
        return False
    order = [one.name for one in scale.severities]
    if above:
        own |= {name: [] for name in nobody if name not in own}
    for name, levels in own.items():
        first = tuple(who for one in above for who in one.targets)
        begins = levels[0] if levels else replace(above[0], severities=(name,), targets=())
        chain = [replace(begins, targets=(*first, *begins.targets)), *levels[1:]]
        chain += _raised(name, own, waits, order)
        found.chains.setdefault(name, [replace(one, level=n) for n, one in enumerate(chain, 1)])
    found.nobody.update(name for name in nobody if name not in own)
    return True


def _bare(line: str) -> str:
    """The words of a line, without the branches and arrow heads before them."""
    match = SIGNS.match(line)
    return (line[match.end() :] if match else line).strip(" │|")


def called_in_drawing(part: str, line: int, scale: Scale) -> str:
    """Whom a station calls or names; "" for what is done, "Standard investigation", and where, "Ticket only"."""
    name = BRACKET.sub(" ", part).strip()
    if (call := spoken(name, Lines(line, line), 1, scale)) is not None:
        return " + ".join(call.targets)
    somebody = _is_name(name) and not is_no_person(name) and not vocabulary().is_a("none", name, 0.9)
    return part if somebody else ""


def _is_name(text: str) -> bool:
    """Whether a few words, or a few signs where no blanks stand between words, are the name of somebody, or several."""
    names = people(text)
    short = all(
        len(name.split()) <= LONGEST_NAME and sum(ord(ch) >= 0x2E80 for ch in name) <= _LONGEST_UNSPACED
        for name in names
    )
    return short and is_somebody(text)


_LONGEST_UNSPACED = 10


def _raised(
    name: str, own: dict[str, list[EscalationLevel]], waits: dict[str, Duration], order: list[str]
) -> list[EscalationLevel]:
    """Whom an incident calls that stays unsolved, level after level, each at the sum of the waits until then."""
    found: list[EscalationLevel] = []
    spent = 0
    names = list(own)
    for lower, upper in zip(names[names.index(name) :], names[names.index(name) + 1 :], strict=False):
        wait = waits.get(lower)
        if wait is None or wait.seconds is None or order.index(upper) > order.index(lower):
            break
        spent += wait.seconds
        after = replace(wait, seconds=spent)
        found += [replace(one, severities=(name,), after=after, trigger=waited_for(wait.text)) for one in own[upper]]
    return found
