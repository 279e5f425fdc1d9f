"""What a runbook says of other things than people: dates, amounts, pages of a site, charts of who reports to whom.

Each document here is our own.
"""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

SEVERITY = "# R\n\n## Severity\n\n- P1: all boats lie still\n- P2: one boat is late\n\n"


def read(text: str) -> Playbook:
    """The playbook of a document with two severities and this text."""
    return compile_runbook(SEVERITY + text)


def chain(text: str) -> list[tuple[str, float | None]]:
    """(who, minutes) of the first chain of such a document."""
    return said(read(text).escalation_levels)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            "| Level | Rebate | Approver |\n|---|---|---|\n| 1 | up to 5% | Clerk |\n| 2 | up to 15% | Owner |\n",
            ["Clerk", "Owner"],
        ),
        (
            "| Severity | Primary contact | Escalation (1h) | Escalation (2h) |\n|---|---|---|---|\n| P1 | Skipper | Harbour lead | Next business day |\n| P2 | Ticket only | — | — |\n",
            ["Skipper", "Harbour lead"],
        ),
        (
            "| Time | Action |\n|---|---|\n| 0 min | Horn blows and the duty skipper is paged |\n| 10 min | Manager view turns red |\n| 20 min | Tell the harbour lead |\n| 30 min | Cache of the owner list is flushed |\n| 40 min | Still still → director |\n",
            ["duty skipper", "harbour lead", "director"],
        ),
        ("| Time | Page |\n|---|---|\n| 0 min | Skipper |\n| 15 min | Lighthouse |\n", ["Skipper", "Lighthouse"]),
        (
            "1. Check the page speed\n2. Update the status page for P1/P2\n3. Escalate to the harbour lead after 20 minutes\n",
            ["harbour lead"],
        ),
        ("Once the page hangs for 10 minutes, restart it. Call the harbour lead after 20 minutes.\n", ["harbour lead"]),
        (
            "```\n┌───────────┐\n│ Owner     │\n└─────┬─────┘\n┌─────┴─────┐\n│ Lead      │\n└─────┬─────┘\n┌─────┴─────┐\n│ On-call   │\n└───────────┘\n```\n",
            ["On-call", "Lead", "Owner"],
        ),
        (
            "```\n┌───────────┐\n│ Owner     │\n└─────┬─────┘\n┌─────┴─────┐ ┌──────┐\n│ Quay lead │ │ Lead │\n└─────┬─────┘ └──┬───┘\n┌─────┴──────────┴──┐\n│ On-call           │\n└───────────────────┘\n```\n",
            [],
        ),
    ],
    ids=[
        "amounts",
        "no person in a cell",
        "what is done",
        "a title that calls",
        "pages of a site",
        "a page that hangs",
        "a chart",
        "boxes side by side",
    ],
)
def test_only_people_are_paged(text: str, people: list[str]) -> None:
    """Of what stands in a chapter on escalation only people are called, the lowest of a chart first."""
    assert [who for who, _after in chain("## Escalation\n\n" + text)] == people


def test_a_severity_that_only_writes_a_ticket_has_no_chain_of_its_own() -> None:
    """A cell that says so names nobody, whatever the column."""
    text = "## Escalation\n\n| Severity | Primary contact | Escalation (1h) | Escalation (2h) |\n|---|---|---|---|\n| P1 | Skipper | Harbour lead | Owner |\n| P2 | Ticket only | — | — |\n"
    assert read(text).escalation_by_severity == {}


def test_times_are_no_people_in_any_language() -> None:
    """ "Time" is a team to the Portuguese: a grid of response times calls nobody."""
    text = "## Escalation\n\n| Priority | Response time | Resolution time | First escalation |\n|---|---|---|---|\n| P1 | 15 min | 1 h | At once |\n| P2 | 1 h | 4 h | after 2 h |\n"
    playbook = read(text)
    assert (playbook.escalation_levels, playbook.escalation_by_severity) == ((), {})
    team = "## Escalation\n\n| Time | P1 | P2 |\n|---|---|---|\n| Time de cais | 5 min | 1 h |\n| Diretor | 30 min | 2 h |\n"
    assert chain(team) == [("Time de cais", 5), ("Diretor", 30)]


@pytest.mark.parametrize("second", ["- Refund over 500 → owner\n", "- Guest is ill → call the harbour doctor\n"])
def test_whoever_sees_to_a_matter_is_no_chain(second: str) -> None:
    """Bullets that say who is in charge of what are reasons to call somebody."""
    playbook = read("## Escalation\n\n- Refund over 50 → shift lead\n" + second)
    assert playbook.escalation_levels == ()
    assert len(playbook.escalation_rules) == 2


def test_where_to_look_is_nobody_and_a_time_no_part_of_a_name() -> None:
    """Whoever is primary is called so where the list says where to look; who is called later has a window."""
    text = "## On-call\n\n- Primary: see the rota\n- Secondary: see the rota\n- Escalation: Ana after 30 min\n"
    assert chain(text) == [("Primary", None), ("Secondary", None), ("Ana", 30)]


def test_questions_are_not_called() -> None:
    """A table of numbered questions is no ladder."""
    table = "| Step | Question | Yes |\n|---|---|---|\n| 1 | Is the lock shut? | Go on |\n| 2 | Is the crane up? | Go on |\n"
    assert chain("## Escalation\n\n" + table) == []


def test_rows_below_role_are_people() -> None:
    """Whatever they are called: the times are when each is called, and no promise to answer."""
    playbook = read(
        "## Escalation\n\n| Role | P1 | P2 |\n|---|---|---|\n| Baker | at once | 1 hour |\n| Miller | 30 min | never |\n"
    )
    assert said(playbook.escalation_levels) == [("Baker", None), ("Miller", 30)]
    assert [one.response_target for one in playbook.severities] == [None, None]


def test_what_a_level_is_stays_beside_when_it_is_looked_at() -> None:
    """A time in brackets behind a criterion is no reason to lose it."""
    playbook = compile_runbook(
        "# R\n\n## Severity\n\n- P1: no bread (at once)\n- P2: stale bread (next business day)\n"
    )
    assert [one.criteria for one in playbook.severities] == [("no bread",), ("stale bread",)]
    assert [one.response_target and one.response_target.seconds for one in playbook.severities] == [0, None]


def test_a_title_that_asks_whom_to_call_is_one_of_people() -> None:
    """In Japanese as well: a museum's director is called, whatever words are known for people."""
    text = "## エスカレーション\n\n| 経過時間 | 連絡する相手 |\n|---|---|\n| 0分 | 係長 |\n| 30分 | 館長 |\n"
    assert chain(text) == [("係長", None), ("館長", 30)]


def test_a_time_before_an_arrow_is_when_somebody_is_called() -> None:
    """Points in time, not matters that somebody sees to."""
    text = "## Escalation\n\n- 0 min → Skipper\n- 10 min → Quay lead\n- 30 min → Page the owner\n"
    assert chain(text) == [("Skipper", None), ("Quay lead", 10), ("owner", 30)]
    assert read(text).escalation_rules == ()


@pytest.mark.parametrize(
    "said",
    [
        "Never call the mayor.",
        "Do not page the mayor.",
        "Don't call the mayor.",
        "Nobody is called for P2.",
        "No one is paged at night.",
        "Rufe nicht den Leiter an.",
        "N'appelez pas le directeur.",
        "No llamar al jefe.",
        "Non chiamare il direttore.",
        "Não ligar para o diretor.",
    ],
)
def test_whoever_is_not_to_be_called_is_not(said: str) -> None:
    """A denial calls nobody, in a sentence and as an item; who is called beside it still is."""
    call = "If the skipper does not answer, page the owner after 10 minutes."
    assert chain(f"## Escalation\n\n{said} {call}\n") == [("owner", 10)]
    assert [who for who, _after in chain(f"## Escalation\n\n1. {said}\n2. {call}\n3. Call the quay lead\n")] == [
        "owner",
        "quay lead",
    ]


def test_a_timetable_may_say_who_is_not_called_yet() -> None:
    """Nor is that one called at this time; a bare nought begins it."""
    text = "| Time | Action |\n|---|---|\n| 0 | Page the skipper |\n| 30 min | Do not yet call the owner |\n| 60 min | Call the owner |\n"
    assert chain("## Escalation\n\n" + text) == [("skipper", None), ("owner", 60)]


def test_a_classification_of_data_is_no_scale() -> None:
    """Who may read what says nothing of how bad an incident is."""
    text = "# R\n\n## Data classification\n\n- Level 1 (Public): anybody\n- Level 2 (Internal): staff\n- Level 3 (Secret): owners\n"
    assert compile_runbook(text).severities == ()


def test_bullets_that_hand_on_are_a_chain() -> None:
    """Names on both sides of each arrow are stations, as before."""
    assert [who for who, _after in chain("## Escalation\n\n- Ana → Ben → Cleo\n")] == ["Ana", "Ben", "Cleo"]
    assert chain("## Escalation\n\n- On-call → Quay lead\n")[0][0] == "On-call"


def test_dates_and_addresses_of_machines_are_no_numbers_to_call() -> None:
    """What looks like a telephone number is one, a date or an address of a machine is none."""
    shifts = "## On-call\n\n- Begins: 2026-11-12 09:00\n- Ends: 19.11.2026 09:00\n"
    assert read(shifts).contacts == ()
    numbers = "## Contacts\n\n- Skipper: 020 7946 0018\n- Quay lead: 01.23.45.67.89\n- Lock: 12.34.56.78\n- Crane: 192.168.7.20\n"
    found = {one.name: [way.value for way in one.channels] for one in read(numbers).contacts}
    assert found == {
        "Skipper": ["020 7946 0018"],
        "Quay lead": ["01.23.45.67.89"],
        "Lock": ["12.34.56.78"],
        "Crane": [],
    }


def test_a_chapter_of_telephone_numbers_lists_contacts() -> None:
    """A word for a way to talk that is the title of a list of people excludes none of them."""
    text = "## Telefones\n\n- Skipper — 555-0101\n- Quay lead — 555-0102\n"
    assert [one.name for one in read(text).contacts] == ["Skipper", "Quay lead"]


def test_targets_in_a_chapter_on_severities_need_no_verb_of_duty() -> None:
    """ "Acknowledge P1 within …" right below the scale promises it; a report of last year does not."""
    assert _acknowledged("Acknowledge P1 within 5 minutes and P2 within 30 minutes.") == [300, 1800]
    assert _acknowledged("Until last year we acknowledged P1 within 5 minutes and P2 within 30 minutes.") == [
        None,
        None,
    ]


def _acknowledged(sentence: str) -> list[float | None]:
    table = "# R\n\n## Severity levels\n\n| Level | Meaning |\n|---|---|\n| P1 | all boats lie still |\n| P2 | one boat is late |\n\n"
    found = (one.acknowledge_target for one in compile_runbook(table + sentence + "\n").severities)
    return [None if one is None else one.seconds for one in found]


@pytest.mark.parametrize(
    "criterion",
    [
        "DNS resolver slow for 30 minutes",
        "more than 5 an hour fail to respond",
        "first responder bag missing for 2 days",
    ],
)
def test_words_of_other_languages_promise_nothing_in_english(criterion: str) -> None:
    """ "Resolver", "an" and "responder" mean other things in Spanish and French: what a level is, is no target."""
    playbook = compile_runbook(f"# R\n\n## Severity\n\n- P1: all boats lie still\n- P2: {criterion}\n")
    level = playbook.severities[1]
    assert level.criteria == (criterion,)
    assert (level.response_target, level.resolution_target) == (None, None)


def test_those_languages_still_promise() -> None:
    """The verbs with what follows them."""
    for text in ("Responder en 15 minutos, resolver en 4 horas", "Responder em 15 minutos, resolver em 4 horas"):
        playbook = compile_runbook(f"# R\n\n## Severity\n\n- P1: todo parado. {text}\n- P2: lento\n")
        level = playbook.severities[0]
        targets = [one and one.seconds for one in (level.response_target, level.resolution_target)]
        assert targets == [900, 14_400]
