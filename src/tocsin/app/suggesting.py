"""What the runbook's own words suggest of what was said: the severity, and the procedure, each with its reason."""

from __future__ import annotations

from tocsin.alerts.meaning.match import Match
from tocsin.alerts.meaning.suggest import Suggestion
from tocsin.incident import commands as c
from tocsin.incident.choices import cite


def severity_of(suggestion: Suggestion | None) -> c.SeverityReading | None:
    """A suggested severity, with the criterion that it meets."""
    if suggestion is None:
        return None
    return c.SeverityReading(
        suggestion.severity, suggestion.reason, suggested=True, cite=cite(suggestion.lines, suggestion.criterion)
    )


def procedure_of(match: Match | None) -> c.ProcedureReading | None:
    """A matched procedure, with the symptom that it has."""
    if match is None:
        return None
    return c.ProcedureReading(match.procedure, match.title, match.reason, match.words, cite(match.lines, match.text))
