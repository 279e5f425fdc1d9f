"""Chapters of questions, "FAQ", "Q & A": those that ask about something wrong are incidents, with what to do then."""

from __future__ import annotations

import re

from tocsin.runbook.document.sections import Section, Title, parse_title, replace_children
from tocsin.runbook.escalation.sentences.calling import says_somebody
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.procedure.cases_of_trouble import case_of, is_in_vain, is_trouble
from tocsin.runbook.procedure.commands_below import has_commands, has_steps
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import vocabulary

_LONGEST = 160
"""Characters of a title that asks."""
_LETTER = re.compile(r"^\s*[^\W\d_]\d{0,2}\s*[:：]\s*(?=\S)")
_LAST_CLAUSE = re.compile(r"\s*[,.;:。，；：–—-]+\s+(?=[^,.;:。，；：–—]{2,60}$)")


def troubles_asked_in(section: Section) -> tuple[Section, Section] | None:
    """A chapter of questions as the incidents that it asks about, called so, and all the rest of it.

    None for any other chapter, and for one that only asks how things are.
    """
    if not vocabulary().is_a("questions", section.title.text, _MOSTLY):
        return None
    asked = {id(child): name for child in section.children if (name := _name_of(child)) is not None}
    if not asked:
        return None
    if len(asked) * 2 >= len(section.children):  # then the others with something to do are of the same sort
        others = (child for child in section.children if id(child) not in asked)
        asked |= {id(one): _bare(one.title.text) for one in others if has_commands(one) or has_steps(one)}
    troubles = [_called(child, asked[id(child)]) for child in section.children if id(child) in asked]
    rest = replace_children(section, [child for child in section.children if id(child) not in asked])
    only = replace_children(section, troubles)
    only.blocks = []
    return only, rest


_MOSTLY = 0.5
"""Of a title: "Troubleshooting FAQ"."""


def _called(child: Section, name: str) -> Section:
    one = replace_children(child, child.children)
    one.title = parse_title(name)
    return one


def _name_of(child: Section) -> str | None:
    name = asked_in(child.title.text)
    if name is None or not (child.blocks or child.children):
        return None
    return name if says_what_fails(name) or case_of(name) == name or has_commands(child) or has_steps(child) else None


def asked_in(question: str) -> str | None:
    """The trouble that a question asks about, without the words that only ask; None where nothing is wrong in it.

    >>> asked_in("Q: Login fails, what now?"), asked_in("What do I do if the mill is down?")
    ('Login fails', 'If the mill is down')
    >>> asked_in("Where are the keys kept?") is None
    True
    """
    if len(question) > _LONGEST:
        return None
    said = _bare(question)
    if case_of(said) is not None:
        return said if says_a_wrong(said) else None
    return said if said and (says_what_fails(said) or is_trouble(said)) else None


def trouble_asked(title: Title) -> str | None:
    """The case of trouble for which a title asks what to do, "What do I do if the dome is stuck?"; None of others."""
    if not title.raw.rstrip("*_ ").endswith(_ASKS):
        return None
    said = asked_in(title.text)
    return said if said is not None and case_of(said) is not None else None


_ASKS = ("?", "？")


def _bare(question: str) -> str:
    """A question without its letter, its mark and the words that only ask; of one with a case in it, the case."""
    said = _LETTER.sub("", question[:_LONGEST]).strip().rstrip("?？ ")
    if (case := case_of(said)) is not None:
        return case[:1].upper() + case[1:]
    last = _LAST_CLAUSE.search(said)
    return said[: last.start()] if last is not None and _asks().match(said, last.end()) else said


def says_a_wrong(case: str) -> bool:
    """Whether a case in a chapter on incidents says that a thing is wrong, or does not do what it should.

    >>> says_a_wrong("If the gates do not open"), says_a_wrong("If you do not need it")
    (True, False)
    """
    _if, _blank, said = case.partition(" ")
    if is_in_vain(case) or _of_a_person().match(said):
        return False
    negated = says_what_fails(said)
    if negated and says_somebody(said):
        return False  # "If the lead does not answer"
    return negated or is_trouble(case)


@pattern
def _of_a_person() -> str:
    return any_of("oneself")


@pattern
def _asks() -> str:
    return any_of("asks")
