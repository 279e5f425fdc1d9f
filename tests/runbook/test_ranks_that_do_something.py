"""The ranks of a rotation beside what each does, and steps that call somebody for one severity."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_DUTIES = [
    ("- Primary: watches the queue and opens incidents.", "- Backup: takes over if primary is silent for 20 minutes."),
    ("- Primary: carries the pager from Monday to Monday", "- Backup: is paged after 20 minutes"),
    ("- Primary: Respond to what rings", "- Backup: Back up the primary after 20 minutes"),
    ("- Primary: keeps an eye on the ovens", "- Backup: next to be rung after 20 minutes"),
]


@pytest.mark.parametrize(("first", "second"), _DUTIES)
def test_what_a_rank_does_is_nobodys_name(first: str, second: str) -> None:
    """The rank itself is paged where its list says what it does, and not a sentence in the place of a name."""
    book = compile_runbook(f"# Bakery\n\n## On-call roles\n\n{first}\n{second}\n")
    assert [level.targets for level in book.escalation_levels] == [("Primary",), ("Backup",)]
    assert book.escalation_levels[1].after is not None
    assert book.escalation_levels[1].after.seconds == 1200


@pytest.mark.parametrize(
    ("heading", "rota"),
    [
        ("On-call rotation", "- Primary: pages first\n- Secondary: pages after 20 minutes"),
        (
            "On-call rotation",
            "- Schedule: weeks, from Monday on\n- Primary: paged first\n- Secondary: paged after 20 minutes",
        ),
        ("Escalation", "- Rotation: two bakers a week\n- Primary: is paged first\n- Secondary: pages after 20 minutes"),
        ("On-call", "- On call: one week each\n- Primary: rung first\n- Secondary: rung after 20 minutes"),
        ("On-call rotation", "- Primary: pages first\n- Secondary: pages if primary has not acked after 20 minutes"),
    ],
)
def test_being_paged_is_nobodys_name_and_neither_is_the_schedule(heading: str, rota: str) -> None:
    """Ranks are paged where a list says that each "pages", and a line about the shifts does not come before them."""
    book = compile_runbook(f"# Bakery\n\n## {heading}\n\n{rota}\n")
    assert [level.targets for level in book.escalation_levels] == [("Primary",), ("Secondary",)]
    assert book.escalation_levels[1].after is not None
    assert book.escalation_levels[1].after.seconds == 1200


def test_a_name_beside_a_rank_does_not_hold_that_it_is_paged() -> None:
    """Behind a name it may be said when its bearer is paged; a schedule before the names is not the first of them."""
    rota = "- Schedule: weeks\n- Primary: Ada Stone\n- Secondary: Ben Okoro, paged after 20 minutes"
    book = compile_runbook(f"# Bakery\n\n## On-call rotation\n\n{rota}\n")
    assert [level.targets for level in book.escalation_levels] == [("Ada Stone",), ("Ben Okoro",)]


def test_names_beside_ranks_stay_names() -> None:
    """Somebody with a name, a handle, or a word for a post is called by it."""
    for who in ("Ada Stone", "@ada", "ada@oven.example", "oven team", "the engineer on the rota"):
        book = compile_runbook(f"# Bakery\n\n## On-call\n\n- Primary: {who}\n- Backup: Ben Okoro\n")
        assert book.escalation_levels[0].targets != ("Primary",), who
        assert book.escalation_levels[1].targets == ("Ben Okoro",)


_SENTENCES = [
    "- Primary baker acknowledges pages within 5 minutes.\n- Secondary baker joins within 10 minutes.",
    "The primary on-call answers the pager. The secondary on-call joins after 10 minutes.",
    "Primary owns whatever rings; the secondary covers if the primary is silent for 10 minutes.",
]


@pytest.mark.parametrize("text", _SENTENCES)
def test_sentences_about_ranks_are_the_chain_of_a_rotation(text: str) -> None:
    """Where a rotation says what its ranks do in sentences, the first is paged, and the second after its time."""
    book = compile_runbook(f"# Bakery\n\n## Rotation expectations\n\n{text}\n")
    first, second = book.escalation_levels
    assert (first.targets[0].lower().startswith("primary"), second.targets[0].lower()[:9]) == (True, "secondary")
    assert second.after is not None
    assert second.after.seconds == 600


def test_ranks_of_machines_page_nobody() -> None:
    """A primary and a secondary of a database are no people."""
    text = "# Bakery\n\n## Primary database\n\n- Primary holds the recipes.\n- Secondary takes over in 5 minutes.\n"
    assert compile_runbook(text).escalation_levels == ()


def test_the_second_rank_comes_at_the_time_of_each_severity() -> None:
    """Two times in one line, one for each severity, are the times of their own chains."""
    text = (
        "# Bakery\n\n## Severity\n\n- SEV-1: no bread\n- SEV-2: cold bread\n\n## Roles\n\n- Primary: looks first\n"
        "- Backup: takes over if primary is unavailable for 20 minutes on SEV-1 or 40 minutes on SEV-2\n"
    )
    chains = compile_runbook(text).escalation_by_severity
    times = {name: [level.after.seconds for level in chain if level.after] for name, chain in chains.items()}
    times |= {"SEV-1": [level.after.seconds for level in compile_runbook(text).escalation_levels if level.after]}
    assert times == {"SEV-1": [1200], "SEV-2": [2400]}


_SCALE = "# Bakery\n\n## Severity\n\n- SEV-1: no bread\n- SEV-2: cold bread\n\n"
_STEPS = [
    ("If SEV-1, escalate immediately to the head baker.", ("head baker",)),
    ("For SEV-1 incidents, page the head baker right away.", ("head baker",)),
    ("If it is SEV-1, call the shop owner.", ("shop owner",)),
    ("Post an update. When SEV-1, notify the head baker and the shop owner.", ("head baker", "shop owner")),
]


@pytest.mark.parametrize(("step", "who"), _STEPS)
def test_a_step_that_calls_somebody_for_a_severity_is_its_chain(step: str, who: tuple[str, ...]) -> None:
    """In a document that says nowhere else who is called, such a step does, whatever chapter it stands in."""
    book = compile_runbook(f"{_SCALE}## First steps\n\n1. Look at the oven.\n2. {step}\n")
    assert [(level.targets, level.severities) for level in book.escalation_levels] == [(who, ("SEV-1",))]


@pytest.mark.parametrize(
    "step",
    [
        "If SEV-1, do not page the shop owner.",
        "For SEV-1, follow the notes of the head baker.",
        "If SEV-1, tell the customers.",
    ],
)
def test_a_step_that_calls_none_of_ours_is_no_chain(step: str) -> None:
    """What is forbidden, what is done, and whom outside one tells page nobody."""
    assert compile_runbook(f"{_SCALE}## First steps\n\n1. Look at the oven.\n2. {step}\n").escalation_levels == ()


def test_a_step_of_one_fault_calls_nobody_for_others() -> None:
    """Below an incident such a step is that of the incident alone."""
    text = f"{_SCALE}## Incidents\n\n### Oven cold\n\n1. If SEV-1, page the oven maker and the shop owner.\n"
    assert compile_runbook(text).escalation_levels == ()


_ACKNOWLEDGES = [
    "- **Primary** — 5 min acknowledge.\n- **Secondary** — called after 10 min.\n- **Owner** — called after 15 min.",
    "- **Primary** — acknowledges in 5 min\n- **Secondary** — paged after 10 min\n- **Owner** — paged after 15 min",
    "- Duty engineer: 5 min to acknowledge\n- Shift lead: called after 10 min\n- Owner: called after 15 min",
    "- Primary: ack within 5 min\n- Secondary: after 10 min\n- Shift lead: after 15 min",
    "| Level | When |\n|---|---|\n| Primary | at once |\n| Secondary | after 10 min |\n| Shift lead | after 15 min |",
    "| Step | Paged |\n|---|---|\n| Duty engineer | at once |\n| Shift lead | after 10 min |\n| Owner | after 15 min |",
]


@pytest.mark.parametrize("text", _ACKNOWLEDGES)
def test_whoever_has_a_time_to_acknowledge_is_paged_at_once(text: str) -> None:
    """That time delays nobody's page and is nobody's name; all who come after a time are called."""
    levels = compile_runbook(f"# Bakery\n\n## Escalation\n\n{text}\n").escalation_levels
    assert levels[0].targets[0] in ("Primary", "Duty engineer")
    assert [level.after.seconds if level.after else None for level in levels] == [None, 600, 900]
