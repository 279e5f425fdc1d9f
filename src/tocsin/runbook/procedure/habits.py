"""What people do slowly or late, "Code reviews take too long", as no system fails."""

from __future__ import annotations

from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.procedure.commands_below import has_commands

_LONGEST = 80
"""Characters of a title that is looked at."""


@remembered_with
def is_habit(section: Section) -> bool:
    """Whether something is slow or late that people do, "Onboarding new hires is slow", and there is nothing to run."""
    title = section.title.text
    return len(title) < _LONGEST and _habit().fullmatch(title) is not None and not has_commands(section)


@pattern
def _habit() -> str:
    """Every word is of the habit and of its pace: one of a system, "Onboarding service", would be another one."""
    return rf"(?=.*{any_of('habit')})(?:{any_of('habit', 'pace', 'filler', 'article')}\W*)+"
