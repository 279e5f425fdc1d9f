"""What people do slowly or late, "Code reviews take too long", or for no incident, "Rotate the keys"."""

from __future__ import annotations

from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, guarded, pattern, small_words
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import vocabulary, words_of

_LONGEST = 80
"""Characters of a title that is looked at."""


@remembered_with
def is_habit(section: Section) -> bool:
    """Whether something is slow or late that people do, "Onboarding new hires is slow", and there is nothing to run."""
    title = section.title.text
    return len(title) < _LONGEST and _habit().fullmatch(title) is not None and not has_commands(section)


@guarded("habit")
def _habit() -> str:
    """Every word is of the habit and of its pace: one of a system, "Onboarding service", would be another one."""
    return rf"(?=.*{any_of('habit')})(?:{any_of('habit', 'pace', 'filler', 'article')}\W*)+"


def is_work(title: str) -> bool:
    """Whether a title is of work that nothing need be wrong for: it says what is done, and nothing that fails.

    >>> is_work("Rotate the keys"), is_work("Mühle neustarten"), is_work("Build failures")
    (True, True, False)
    """
    words = words_of(title)
    if len(words) < 2 or not (words[0] in small_words("operates") or _ends_in_work().search(title)):
        return False
    return not says_what_fails(title) and not vocabulary().says("trouble", title)


@pattern
def _ends_in_work() -> str:
    return rf"{any_of('operates_last')}\W*$"
