"""What a heading or a line in bold says of running what is below it: on which condition, in which case, or never."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.grammar import any_of, guarded, small_words
from tocsin.runbook.procedure.cases import answer_in, case_begun, case_said
from tocsin.runbook.procedure.commands_below import has_commands, words_run
from tocsin.runbook.procedure.criteria import is_to_do
from tocsin.runbook.procedure.forbidden import forbids_below, is_forbidden, warns_above
from tocsin.runbook.procedure.habits import is_work
from tocsin.runbook.procedure.place import Place
from tocsin.runbook.procedure.preconditions import is_asked
from tocsin.runbook.procedure.provisos import condition_said, limit_said
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import is_unspaced, words_of

_SURELY = 0.9


def below(child: Section, place: Place) -> Place:
    """Where the steps below a title stand: on its condition, or forbidden by it."""
    if _forbids(child):
        return replace(place, forbidden=True)
    said = condition_said(child.title.raw.rstrip(":： ")) or answer_in(child.title.text)
    return replace(place, condition=said or place.condition)


def below_part(child: Section, place: Place) -> Place:
    """The same for the name of a part, where only its bracket is about running it: "Fix (only by night)"."""
    if _forbids(child):
        return replace(place, forbidden=True)
    said = condition_said(child.title.qualifier) if child.title.qualifier else None
    return replace(place, condition=said or place.condition)


def _forbids(child: Section) -> bool:
    """Whether a title says not to run what is below it."""
    said = (child.title.text, child.title.qualifier or "")
    if any(map(warns_above, said)) and any(is_forbidden(one, words_run(child)) for one in said):
        return True
    alone = len(child.blocks) == 1 and not child.children  # else what follows may be what is to be run instead
    return alone and forbids_below(child.title.raw)


def case_of_title(child: Section) -> str | None:
    """The case that a title among steps is, "Queue full", and what not to let happen: "Avoid data loss"."""
    return _own_case(child) or _case_beside_others(child)


def _case_beside_others(child: Section) -> str | None:
    """A state that no list holds, of a thing of which a title beside it names one: "Dough raw" beside "Dough burnt"."""
    above, said = child.parent, child.title.raw.rstrip(":： ")
    thing = _thing_of(said)
    if above is None or thing is None or child.part is not None or thing not in _things_in_a_state(above):
        return None
    deeds = small_words("operates", "imperative", "chore", "to_do")
    return None if is_work(said) or is_to_do(said) or not deeds.isdisjoint(words_of(said)) else said


@remembered_with
def _things_in_a_state(above: Section) -> frozenset[str]:
    """The things of which a title right below a section says how they are."""
    stated = (one.title.raw.rstrip(":： ") for one in above.children if _own_case(one) is not None)
    return frozenset(thing for said in stated if (thing := _thing_of(said)) is not None)


def _thing_of(title: str) -> str | None:
    """What a short title begins with, up to its last word, or its first two signs where words have no spaces."""
    if is_unspaced(title):
        return title[:2] if _FEWEST_SIGNS <= len(title) <= _MOST_SIGNS else None
    words = words_of(title)
    return " ".join(words[:-1]) if 1 < len(words) <= _MOST_WORDS else None


_MOST_WORDS = 3
_FEWEST_SIGNS, _MOST_SIGNS = 3, 12
"""Of a title whose words have no spaces."""


def _own_case(child: Section) -> str | None:
    part = child.part
    if part is not None and is_asked(asked := child.title.raw.rstrip(":： ")):
        return asked  # "Confirm with Marta", for all that it begins as a check does
    if part is not None and part.coverage >= _SURELY:
        return None
    if _scenario().match(child.title.raw):
        return child.title.raw.rstrip(":： ")
    return (
        child.title.text if warns_above(child.title.text) else case_said(child.title.raw) or case_begun(child.title.raw)
    )


@guarded("scenario")
def _scenario() -> str:
    """The number of one of several cases, whatever it is called: "Scenario B – Slow belt"."""
    return rf"\W*{any_of('scenario')}\s*#?(?:\d{{1,2}}|[A-Z]|[一二三四五六])\s*[:：.)、–—-]"


def names_a_case(label: Section) -> bool:
    """Whether a line above steps says what is wrong and nothing else: "Power cut or dead till:", no "Fix the leak:"."""
    return label.part is None and says_what_fails(label.title.text) and case_said(label.title.raw) is not None


def limit_above(child: Section) -> str | None:
    """What a bold line says of the command above it, where none stands below: "**Never do this by day.**"."""
    said = limit_said(child.title.raw) if child.level == LABEL_LEVEL else None
    return said if said is not None and not has_commands(child) else None
