"""Whom a document calls and when, in forms that are easily misread, and what of them is nobody at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.runbook.asked import codes
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook, Trigger


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


def _who(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, int | None]]:
    return [("+".join(one.targets), one.after.seconds if one.after else None) for one in levels]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("On-call is paged", "Backup gets called"),
        ("Bereitschaft wird alarmiert", "Die Teamleitung wird angerufen"),
        ("L'astreinte est appelée", "Le responsable est prévenu"),
        ("La guardia es avisada", "El responsable es llamado"),
        ("O plantão é acionado", "O gerente é avisado"),
        ("Il reperibile viene chiamato", "Il responsabile viene avvisato"),
    ],
)
def test_a_timetable_in_the_passive_names_people_and_no_sentences(first: str, second: str) -> None:
    """ "On-call is paged" calls on-call."""
    playbook = _read(
        "# Escalation", "| Time | What happens |", "|---|---|", f"| 0 min | {first} |", f"| 15 min | {second} |"
    )
    found = _who(playbook.escalation_levels)
    assert [after for _who_, after in found] == [0, 900]
    assert all(len(who.split()) == 1 for who, _after in found), found


def test_a_verb_of_the_first_item_is_no_name() -> None:
    """ "Primary oncall acknowledges alert and starts …": nobody is called "and starts"."""
    playbook = _read(
        "# Escalation path",
        "1. Primary oncall acknowledges alert and starts the logbook.",
        "2. If it is not solved in 20 minutes, escalate to the shift lead.",
    )
    assert _who(playbook.escalation_levels) == [("Primary oncall", None), ("shift lead", 1200)]


def test_the_first_of_a_grid_waits_for_its_row() -> None:
    """A grid that begins at 15 minutes calls its first one then, and invents no criteria from its cells."""
    playbook = _read(
        "# Escalation",
        "| Time | SEV1 | SEV2 |",
        "|---|---|---|",
        "| 15 min | Dock lead | Crane driver |",
        "| 40 min | Harbour master | Dock lead |",
    )
    assert _who(playbook.escalation_levels) == [("Dock lead", 900), ("Harbour master", 2400)]
    assert playbook.escalation_levels[0].trigger is Trigger.UNRESOLVED
    assert [(one.name, one.criteria) for one in playbook.severities] == [("SEV1", ()), ("SEV2", ())]


def test_a_grid_of_acknowledgement_times_promises_and_calls_nobody() -> None:
    """A grid with an empty corner is what its heading says it is."""
    playbook = _read(
        "# Handbook",
        "## Severity",
        "- SEV1: ferry stuck",
        "- SEV2: ferry late",
        "## On-call and escalation",
        "### Acknowledgement times",
        "| | SEV1 | SEV2 |",
        "|---|---|---|",
        "| On-call engineer | 5 min | 15 min |",
        "| Backup engineer | 10 min | 30 min |",
    )
    assert playbook.escalation_levels == ()
    targets = [one.acknowledge_target for one in playbook.severities]
    assert [one.seconds if one else None for one in targets] == [300, 900]


@pytest.mark.parametrize(
    "lines",
    [
        ["## Escalation", "Detection → Containment → Recovery"],
        ["## Escalation", "```", "Detection", "   ↓", "Containment", "   ↓", "Recovery", "```"],
        ["## Going back", "**On the pages host** (if we are there): Releases → the one before → **Restore**."],
        ["## Escalation", "- Card terminal dead → bank hotline", "- Boiler cold → landlord"],
        ["## Escalation", "- Payment provider down → tell the finance team", "- Cellar wet → call the plumber"],
    ],
    ids=["phases", "phases drawn", "a menu", "troubles", "troubles with a call"],
)
def test_what_is_no_chain_pages_nobody(lines: list[str]) -> None:
    """Phases, menus and troubles are not the names of people."""
    assert _read("# Handbook", *lines).escalation_levels == ()


def test_each_severity_has_its_own_window() -> None:
    """Several times in one sentence go to the levels beside them, whichever stands first."""
    playbook = _read(
        "# Handbook",
        "## Severity levels",
        "- SEV-1: mill stands still",
        "- SEV-2: mill is slow",
        "## Response times",
        "Acknowledge within 5 minutes for SEV-1, 30 minutes for SEV-2.",
        "A SEV-1 is fixed in 4 hours and a SEV-2 in 2 days.",
        "## Escalation",
        "1. Page the on-call miller.",
        "2. If there is no answer after 10 minutes (SEV-1) or 40 minutes (SEV-2), call the head miller.",
    )
    told = [(one.acknowledge_target, one.resolution_target, one.response_target) for one in playbook.severities]
    assert [(a and a.seconds, x and x.seconds, r and r.seconds) for a, x, r in told] == [
        (300, 14_400, None),
        (1800, 172_800, None),
    ]
    assert _who(playbook.escalation_levels)[1] == ("head miller", 600)
    assert _who(playbook.escalation_by_severity["SEV-2"]) == [("on-call miller", None), ("head miller", 2400)]


SCALE = ("# Handbook", "## Severity levels", "- S1: mill stands still", "- S2: mill is slow")


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("After it", "The response report of an S1 is written within 2 days, of an S2 within 5 days."),
        ("Contract", "If we fail to respond to S1 in 24 hours or to S2 in 5 days the contract ends."),
        ("Talking", "We respond with status updates every 30 minutes for S1 and every 2 hours for S2."),
        ("Credits", "Millers get flour back when we take longer than 4 hours to respond to S1, 8 hours to S2."),
        ("Response times", "In March an S1 was resolved in 3 hours and an S2 in 9 hours."),
        ("History", "S1 resolved in 3 hours, S2 in 9 hours."),
        ("Response times", "We never answer S1 in under 10 minutes and S2 in under 1 hour."),
        ("Response times", "Respond to bakers who ask after 20 minutes in S1 and 2 hours in S2."),
        ("Response times", "A spare wheel for the response to S1 comes in 2 hours, to S2 in 8 hours."),
        ("Rückblick", "Im März wurde ein S1 in 3 Stunden behoben und ein S2 in 9 Stunden."),
    ],
)
def test_a_sentence_on_something_else_sets_no_target_and_no_window(title: str, sentence: str) -> None:
    """Reports, updates, conditions and what has been promise nothing; a target would say when to page again."""
    ladder = ("## Escalation", "1. Miller on duty", "2. Head miller")
    playbook = _read(*SCALE, f"## {title}", sentence, *ladder)
    told = [(one.acknowledge_target, one.resolution_target, one.response_target) for one in playbook.severities]
    assert told == [(None, None, None)] * 2
    assert [one.repeats_every for one in plan_response(playbook, "mill").severities] == [timedelta(minutes=5)] * 2


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Mill", "We respond to S1 within 15 minutes and to S2 within 1 hour."),
        ("Response times", "S1 within 15 minutes, S2 within 1 hour."),
        ("Response times", "S1 answered in 15 minutes, S2 in 1 hour."),
        ("Mühle", "Auf S1 wird innerhalb von 15 Minuten reagiert, auf S2 innerhalb von 1 Stunde."),
    ],
)
def test_a_sentence_that_promises_sets_each_target(title: str, sentence: str) -> None:
    """In the present tense anywhere, and with no verb below a title that says what is promised."""
    targets = [one.response_target for one in _read(*SCALE, f"## {title}", sentence).severities]
    assert [one and one.seconds for one in targets] == [900, 3600]


def test_a_drawing_of_levels_has_one_step_for_each() -> None:
    """What stands below the name of a level says something of it."""
    playbook = _read(
        "# Handbook",
        "## Escalation policy",
        "```",
        "Level 1 — On-call",
        "   │  whoever has the pager",
        "   │  no answer within 5 minutes",
        "   ▼",
        "Level 2 — Second engineer",
        "   │  another one of the team",
        "   │  no answer within 10 minutes",
        "   ▼",
        "Level 3 — Head of operations",
        "```",
    )
    assert _who(playbook.escalation_levels) == [
        ("On-call", None),
        ("Second engineer", 300),
        ("Head of operations", 600),
    ]


def test_a_numbered_drawing_is_followed_by_its_numbers() -> None:
    """Addresses and calls are steps of it; what stands on an arrow is the window."""
    playbook = _read(
        "# Escalation path",
        "```",
        "1. Mail to help@bakery.test",
        "     ↓ (no answer within 15 min)",
        "2. Call the emergency number",
        "     ↓ (no answer within 30 min)",
        "3. The managing director",
        "```",
    )
    assert [after for _name, after in _who(playbook.escalation_levels)] == [None, 900, 1800]


def test_a_table_of_contacts_with_occasions_is_no_order() -> None:
    """What each is called for does not say who comes next."""
    playbook = _read(
        "# Escalation paths",
        "## Contacts",
        "| Role | Person | Channel | When |",
        "|---|---|---|---|",
        "| Team lead | Rosa Blum | Phone | Anything open for 48 h |",
        "| Scale owner | Karl Ott | Chat | Thresholds and baselines |",
        "| Label owner | Mia Fuchs | Chat | Labels |",
    )
    assert playbook.escalation_levels == ()
    assert len(playbook.contacts) == 3


def test_a_chapter_of_prose_is_no_incident() -> None:
    """A document called "Runbook" has other chapters than incidents."""
    playbook = _read("# Runbook", "## Updates", "We post in the status channel.", "## Printer down", "1. Restart it.")
    assert [one.title for one in playbook.procedures] == ["Printer down"]


@pytest.mark.parametrize(
    ("lines", "called"),
    [
        (
            ["The duty miller is paged. If nobody answers in 10 minutes, escalate to E-commerce lead."],
            [("duty miller", None), ("E-commerce lead", 600)],
        ),
        (
            ["Die Bereitschaft wird alarmiert. Nach 15 Minuten wird der Teamleiter angerufen."],
            [("Bereitschaft", None), ("Teamleiter", 900)],
        ),
        (
            ["The duty miller is paged. After 10 minutes the head miller is paged."],
            [("duty miller", None), ("head miller", 600)],
        ),
        (
            [
                "The duty miller is paged.",
                "After 20 minutes, the director is not called.",
                "After 30 minutes, the head miller is paged.",
            ],
            [("duty miller", None), ("head miller", 1800)],
        ),
        (["- Front office → Back office"], [("Front office", None), ("Back office", None)]),
        (
            [
                "```",
                "L1 Support desk",
                "   |",
                "   v  (15 min)",
                "L2 Duty miller",
                "   |",
                "   v  (30 min)",
                "CTO",
                "```",
            ],
            [("Support desk", None), ("Duty miller", 900), ("CTO", 1800)],
        ),
        (
            [
                "```",
                "L1: Restart the mill",
                "   ↓ 10 min",
                "L2: Go to the other mill",
                "   ↓",
                "L3: Call the CTO",
                "```",
            ],
            [],
        ),
        (["Tell nobody outside until after 30 minutes. Page the duty miller."], [("duty miller", None)]),
    ],
    ids=["e-", "turned", "no comma", "not", "offices", "last", "doing", "tell"],
)
def test_whom_the_words_name_and_nobody_else(lines: list[str], called: list[tuple[str, int | None]]) -> None:
    """A letter is no "and", a time no name, and what is not to be done calls nobody."""
    assert _who(_read("# Handbook", "## Escalation", *lines).escalation_levels) == called


def test_a_heading_that_asks_who_is_about_people() -> None:
    """A grid below it calls; only one whose heading speaks of times alone promises. The first is called at once."""
    playbook = _read(
        "# Handbook",
        "## Severity",
        "- P1: mill stands still",
        "- P2: mill is slow",
        "## Escalation",
        "### Who responds when",
        "| Role | P1 | P2 |",
        "|---|---|---|",
        "| Duty engineer | 5 min | 4 h |",
        "| CTO | 20 min | 8 h |",
    )
    assert _who(playbook.escalation_by_severity["P2"]) == [("Duty engineer", 14400), ("CTO", 28800)]
    assert playbook.escalation_by_severity["P2"][0].trigger is Trigger.START


def test_a_crew_with_a_number_is_one_crew() -> None:
    """The number behind a name is how it is reached, also where the name ends with a letter that is a word."""
    playbook = _read(
        "# Handbook",
        "## Escalation",
        "1. Duty miller",
        "2. Crew A +49 30 555 123 (after 15 minutes)",
    )
    assert playbook.escalation_levels[1].targets == ("Crew A",)


def test_a_grid_calls_whom_its_cells_name() -> None:
    """ "Page team lead" in a column of a severity pages the team lead, not somebody of that name."""
    text = (
        "## Escalation matrix\n\n| Time | SEV1 | SEV2 |\n|---|---|---|\n| 0 min | Page on-call | Page on-call |\n"
        "| 15 min | Call the miller | - |\n| 1 hour | Notify owner | Page the miller |\n"
    )
    book = compile_runbook(f"## Severity levels\n- **SEV1**: all\n- **SEV2**: some\n\n{text}")
    assert [one.targets for one in book.escalation_levels] == [("on-call",), ("miller",), ("owner",)]


def test_a_column_of_ways_names_nobody() -> None:
    """Beside a column of people, "Contact" with pagers and telephones is how they are reached; the level is no name."""
    rows = (
        "| 0-15 min | L1 - On-call baker | Look | Slack |\n| 15-30 min | L2 - Head baker | Mend | Phone |\n"
        "| 30+ min | L3 - Owner | Tell | Emergency line |\n"
    )
    table = f"| Time | Level | Action | Contact |\n|---|---|---|---|\n{rows}"
    book = compile_runbook(f"# Incident response\n\n## Escalation matrix\n\n{table}")
    assert [(one.targets, one.after and one.after.seconds) for one in book.escalation_levels] == [
        (("On-call baker",), 0),
        (("Head baker",), 900),
        (("Owner",), 1800),
    ]
    named = table.replace("Slack", "Anna").replace("Phone", "Bert").replace("Emergency line", "Owner")
    book = compile_runbook(f"# Incident response\n\n## Escalation matrix\n\n{named}")
    assert [one.targets for one in book.escalation_levels] == [("Anna",), ("Bert",), ("Owner",)]


def test_a_target_of_the_escalation_is_whom_it_calls() -> None:
    """ "Escalation target" beside a level of severity: the document does say who is called next."""
    text = (
        "# Incident response\n\n## Severity\n\n| Level | Meaning | Response | Escalation target |\n|---|---|---|---|\n"
        "| SEV1 | all | 15 min | Head miller, owner |\n| SEV2 | some | 1 hour | Miller |\n"
    )
    book = compile_runbook(text)
    assert [one.targets for one in book.escalation_levels] == [("Head miller", "owner")]
    assert "TOC304" not in codes(book)


@pytest.mark.parametrize(
    "sentence",
    [
        "If the oven cannot be restored within 10 minutes, escalate to the bakery engineer.",
        "If the oven does not recover within 10 minutes, page the bakery engineer.",
        "Unable to restore the oven within 10 minutes → page the bakery engineer",
        "Oven not back within 10 minutes: page the bakery engineer",
        "Escalate to the bakery engineer if the oven is not hot within 10 minutes.",
        "Wenn der Ofen innerhalb von 10 Minuten nicht heizt, den Teamleiter anrufen.",
        "Si le four ne chauffe pas dans un délai de 10 minutes, appeler le responsable du four.",
    ],
)
def test_by_when_something_has_not_come_back_is_a_wait(sentence: str) -> None:
    """ "Within 10 minutes" is by when one is called only where the sentence does not say what has not happened."""
    playbook = _read("# OvenCold", "## Diagnosis", "1. Look.", "## Escalation", f"- {sentence}")
    assert [after for _who_, after in _who(playbook.escalation_levels)] == [600]


def test_by_when_somebody_is_called_is_no_wait() -> None:
    """The failure stands in another clause than the time."""
    playbook = _read(
        "# Oven", "## Escalation", "- If dough is lost and cannot be saved, page the lead within 5 minutes."
    )
    assert [after for _who_, after in _who(playbook.escalation_levels)] in ([], [None])


def test_when_to_escalate_calls_those_who_come_after_a_time() -> None:
    """Where no chapter is a chain, the reasons that name somebody and a time are it."""
    playbook = _read(
        "# OvenCold",
        "## Diagnosis",
        "1. Look.",
        "## When to escalate",
        "- Escalate to the baker after 15 minutes.",
        "- Escalate to the owner after 60 minutes.",
    )
    assert _who(playbook.escalation_levels) == [("baker", 900), ("owner", 3600)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Heat p99 > 10s for 30m: page the baker.",
        "If the heat lag stays above 2 seconds for 30 minutes, page the baker.",
        "If the queue's age exceeds 60 s for more than 30 minutes, page the baker.",
        "Page the baker if the lag is over 30 s for 30 minutes.",
        "Wenn die Latenz über 2 Sekunden für 30 Minuten liegt, den Teamleiter anrufen.",
    ],
)
def test_how_much_is_measured_is_no_wait_where_it_says_for_how_long(sentence: str) -> None:
    """Ten seconds of latency for half an hour wake nobody after ten seconds."""
    playbook = _read("# OvenSlow", "## Diagnosis", "1. Look.", "## Escalation", f"- {sentence}")
    assert [after for _who_, after in _who(playbook.escalation_levels)] == [1800]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("login page unavailable", "admin page inaccessible"),
        ("home page slow, status page down", "checkout page unreachable"),
        ("phone call dropped", "API call fails, no answer"),
        ("contact form broken, no answer", "contact form unavailable"),
    ],
)
def test_what_is_wrong_with_a_page_or_a_call_names_nobody(first: str, second: str) -> None:
    """A page, a call and a form are things where what follows is what is wrong with them."""
    playbook = _read("# Mill", "## Mill is stuck", "Common symptoms:", "", f"- {first}", f"- {second}", "", "1. Look.")
    assert playbook.escalation_levels == ()
