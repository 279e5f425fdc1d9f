"""Who is called in columns titled by a time, ways through menus that call nobody, the rota's addresses, and reports."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook


def _read(text: str) -> Playbook:
    return compile_runbook("# Ferry runbook\n\n" + text)


def _told(chain: tuple[EscalationLevel, ...]) -> list[tuple[tuple[str, ...], float | None]]:
    return [(one.targets, None if one.after is None else (one.after.seconds or 0) / 60) for one in chain]


@pytest.mark.parametrize(
    "titles",
    [
        "Severity | Responder | Escalation (20 min) | Executive (40 min)",
        "Severity | First call | Harbour lead (20 min) | Director (40 min)",
        "Level | First responder | Second call (after 20 min) | Third call (after 40 min)",
        "Severity | Initial | Operations at 20 min | Leadership at 40 min",
        "Stufe | Zuerst | Leitung (20 Min.) | Geschäftsführung (40 Min.)",
    ],
)
def test_columns_titled_by_who_and_when_call_whom_they_name_then(titles: str) -> None:
    """A time beside a word in the title of a column is when the people of that column are called."""
    rule = "|".join("---" for _ in titles.split("|"))
    rows = "| P1 | Duty mate | Harbour lead | CEO |\n| P2 | Duty mate | Harbour lead | - |\n"
    read = _read(f"## Escalation matrix\n\n| {titles} |\n|{rule}|\n{rows}")
    expected = [(("Duty mate",), None), (("Harbour lead",), 20), (("CEO",), 40)]
    assert _told(read.escalation_levels) == expected
    assert _told(read.escalation_by_severity["P2"]) == expected[:2]
    assert all(one.criteria == () for one in read.severities)


def test_columns_of_promises_call_nobody() -> None:
    """ "Answer (15 min)" and "Update (30 min)" say how soon and how often, and name nobody to call."""
    head = "| Severity | Response (15 min) | Update (30 min) |\n|---|---|---|\n"
    table = f"{head}| P1 | Phone | Mail |\n| P2 | Mail | Mail |\n"
    assert _read(f"## Escalation matrix\n\n{table}").escalation_levels == ()


@pytest.mark.parametrize(
    "way",
    [
        "- **How**: Tide Portal → Support → New support request",
        "- Path: Tide Dashboard → Help → Submit a request",
        "Open a case: Console → Help → Contact support.",
        "- Weg: Kundenportal → Hilfe → Ticket anlegen",
    ],
)
def test_a_way_through_menus_pages_nobody(way: str) -> None:
    """The stations of a way that begins on a screen are entries of menus, and no people."""
    assert _read(f"## Escalation\n\n### Tide service\n\n{way}\n").escalation_levels == ()


def test_a_screen_before_people_is_none_of_them() -> None:
    """Where a dashboard stands before an arrow to people, these are called."""
    read = _read("## Escalation\n\n- Tide dashboard → on-call mate → harbour lead\n")
    assert _told(read.escalation_levels) == [(("on-call mate",), None), (("harbour lead",), None)]


@pytest.mark.parametrize(
    "statement",
    [
        "The `docs/keys.md` document holds the ways into every system",
        "Contact information for the ferry and the pier support is in the safe",
        "A trained mate who has the keys of the engine room can run the whole ferry alone",
        "Die Telefonnummern der Werft hängen neben der Tür",
    ],
)
def test_a_statement_in_a_list_of_whom_to_call_pages_nobody(statement: str) -> None:
    """What stands where others name somebody, and states something, is nobody's name."""
    read = _read(f"## Escalation path\n\nIf the mate is unreachable for 2 hours:\n\n1. {statement}\n2. {statement}\n")
    assert read.escalation_levels == ()


def test_a_rota_with_addresses_lists_contacts() -> None:
    """Whoever has a number or an address in the table of a rota can be contacted; a seat that nobody has cannot."""
    rows = "| Primary | Ada Stein | ada@ferry.example | always |\n| Backup | None | n/a | n/a |\n"
    read = _read(f"## On-call rotation\n\n| Role | Person | Contact | Hours |\n|---|---|---|---|\n{rows}")
    assert [one.name for one in read.contacts] == ["Primary"]
    weeks = "## On-call rotation\n\n| Week | Primary | Backup |\n|---|---|---|\n| 1 | Ada | Bo |\n| 2 | Bo | Ada |\n"
    assert _read(weeks).contacts == ()


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("Within three business days, record course, impact, recovery actions, and assigned work.", 3),
        ("The mate has five working days to publish it.", 5),
        ("Die Leitung hat fünf Werktage Zeit dafür.", 5),
        ("El responsable tiene 3 días para escribirlo.", 3),
    ],
)
def test_the_time_that_somebody_has_for_the_report_is_its_deadline(said: str, days: int) -> None:
    """Also where more is listed behind it, and where the sentence says that somebody has so long."""
    policy = _read(f"## Post-mortem\n\n{said}\n").postmortem
    assert policy is not None
    assert policy.due is not None
    assert policy.due.seconds == days * 86_400


@pytest.mark.parametrize(
    "said", ["We have 5 days of logs.", "Review the volume: more than 3 alarms in a week are many."]
)
def test_how_long_something_lasts_or_how_often_it_happens_is_no_deadline(said: str) -> None:
    """Days of something, and a count in a week, are when no report is due."""
    policy = _read(f"## Post-mortem\n\n{said}\n").postmortem
    assert policy is None or policy.due is None
