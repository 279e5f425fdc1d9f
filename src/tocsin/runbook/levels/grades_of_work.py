"""What grades work that is planned, "Bug priorities", and is no scale of severities."""

from __future__ import annotations

from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, guarded, pattern


@remembered_with
def is_of_work(section: Section) -> bool:
    """Whether a chapter is about work that is planned, by its title or, where it is no scale itself, one above it."""
    if section.is_title or section.parent is None:
        return False
    scale = section.about in ("severity", "targets")
    return names_work(section.title.text) or (not scale and is_of_work(section.parent))


def names_work(text: str) -> bool:
    """Whether a title, or what a line says before its colon, names bugs, tasks or requirements, and no incidents."""
    graded = _graded_work().search(text) is not None
    return graded and not _of_incidents().search(text)


@guarded("graded_work")
def _graded_work() -> str:
    return any_of("graded_work")


@pattern
def _of_incidents() -> str:
    return any_of("of_incidents")
