"""Who takes over in case of silence, scales below "Incident types", templates by their noun, runbooks of none."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import EscalationLevel, Playbook

_INCIDENTS = (ProcedureKind.INCIDENT, ProcedureKind.ALERT)


def _read(text: str) -> Playbook:
    return compile_runbook("# Windmill\n\n" + text)


def _told(chain: tuple[EscalationLevel, ...]) -> list[tuple[tuple[str, ...], float | None]]:
    return [(one.targets, None if one.after is None else (one.after.seconds or 0) / 60) for one in chain]


@pytest.mark.parametrize(
    ("said", "first", "second"),
    [
        (
            "Secondary on-call is backup and takes over when the primary does not acknowledge within 10 minutes.",
            "primary",
            "Secondary on-call",
        ),
        ("The secondary steps in when the primary has not answered in 10 minutes.", "primary", "secondary"),
        (
            "Die Vertretung übernimmt, wenn die Bereitschaft nicht innerhalb von 10 Minuten bestätigt.",
            "Bereitschaft",
            "Vertretung",
        ),
    ],
)
def test_whoever_takes_over_is_called_when_the_first_one_is_silent(said: str, first: str, second: str) -> None:
    """Without a verb of calling, in a chapter that is no escalation."""
    read = _read(f"## Rotation\n\n- Somebody holds the pager of the week.\n- {said}\n")
    assert _told(read.escalation_levels) == [((first,), None), ((second,), 10)]


@pytest.mark.parametrize(
    "said",
    [
        "The secondary takes over on Monday at 10.",
        "The secondary takes over when the primary does not respond within 30 seconds.",
        "The standby mill takes over if the first one does not respond within 10 minutes.",
    ],
)
def test_to_take_over_at_the_end_of_a_shift_or_as_a_machine_calls_nobody(said: str) -> None:
    """Who takes over at another time is not called by that, and databases have a primary as well."""
    assert _read(f"## Rotation\n\n- {said}\n").escalation_levels == ()


def test_what_the_one_with_a_rank_does_is_no_name() -> None:
    """ "Primary: takes all pages" pages the primary."""
    ranks = "- **Primary**: takes all pages.\n- **Secondary**: takes over after 10 minutes without an answer.\n"
    assert _told(_read(f"## On-call\n\n{ranks}").escalation_levels) == [(("Primary",), None), (("Secondary",), 10)]


_HEADINGS = """### P0 - Critical (Immediate)

**Examples:**
- All sails stand
- Flour burns

**Response Time:** < 15 minutes

### P1 - High (Urgent)

**Examples:**
- One sail stands

**Response Time:** < 1 hour
"""
_ITEMS = """- **P0 - Critical**: all sails stand; flour burns. Response 15 min.
- **P1 - High**: one sail stands. Response 1 h.
"""


@pytest.mark.parametrize("levels", [_HEADINGS, _ITEMS])
@pytest.mark.parametrize("title", ["Incident Types (mill only)", "Incidents", "Incident types"])
def test_levels_below_a_title_of_incidents_are_the_scale(title: str, levels: str) -> None:
    """Where nothing but levels in the usual words stands there, they are no incidents."""
    read = _read(f"## {title}\n\n{levels}")
    assert [(one.name, one.label) for one in read.severities] == [("P0", "Critical"), ("P1", "High")]
    assert [one.response_target.seconds for one in read.severities if one.response_target] == [900, 3600]
    assert not [one for one in read.procedures if one.kind in _INCIDENTS]


def test_incidents_with_a_severity_before_them_stay_incidents() -> None:
    """ "P0: All sails stand" with its steps is what happens, and defines no level."""
    said = "## Common incidents\n\n### P0: All sails stand\n\n1. Turn the cap\n2. Call the miller\n\n"
    read = _read(said + "### P1: Flour is wet\n\n1. Dry it\n2. Weigh it\n")
    assert [one.title for one in read.procedures] == ["All sails stand", "Flour is wet"]


def test_what_is_the_matter_beside_a_code_is_its_criterion() -> None:
    """ "P0 — Cap or brake broken" says what a P0 is where nothing else does; the usual word does not."""
    read = _read(
        "## Levels\n\n1. **P0 — Cap or brake broken**\n   - Page the miller\n2. **P1 — High**\n   - Page the miller\n"
    )
    assert [one.criteria for one in read.severities] == [("Cap or brake broken",), ()]


@pytest.mark.parametrize(
    "title", ["Incident Response Templates", "Templates for incident response", "Vorlagen für die Störungsbearbeitung"]
)
def test_templates_of_the_response_are_templates(title: str) -> None:
    """The noun says what stands below a title, and not what it is of."""
    fences = "### First word\n\n```\nWe look into [fault].\n```\n\n### Last word\n\n```\n[fault] is over.\n```\n"
    read = _read(f"## {title}\n\n{fences}")
    assert [one.body for one in read.templates] == ["We look into [fault].", "[fault] is over."]
    assert read.phases == ()


@pytest.mark.parametrize(
    "title", ["Escalation Procedures", "On-call handover", "Communication Plan", "Incident Response", "Severity levels"]
)
def test_a_runbook_of_every_incident_is_no_procedure(title: str) -> None:
    """ "Runbook: Escalation procedures" is about whatever happens; "Runbook: Disk full" is about that."""
    text = "## Before\n\n1. Look at the pager\n2. Read the log\n"
    assert not [one for one in compile_runbook(f"# Runbook: {title}\n\n{text}").procedures if one.kind in _INCIDENTS]
    assert [one.title for one in compile_runbook(f"# Runbook: Disk full\n\n{text}").procedures] == ["Disk full"]
