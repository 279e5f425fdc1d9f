"""What the cells and lines of a scale hold: rhythms of telling others, and lists of criteria with a full stop."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import every


def _rhythms(head: str, first: str, second: str) -> dict[str, int | None]:
    table = f"| Level | Meaning | Response | {head} |\n|---|---|---|---|\n"
    rows = f"| Sev 1 | Flour lost | 5 min | {first} |\n| Sev 2 | Mill stands | 1 h | {second} |\n"
    playbook = compile_runbook(f"# Mill\n\n## Severity\n\n{table}{rows}")
    return {name: one.every.seconds for one in playbook.cadences for name in one.severities}


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Comms", "Status page within 15 minutes, updates every 30", "Status page within 60 minutes, updates hourly"),
        ("Who is told", "Status page, every 30 minutes", "Status page, every hour"),
        ("Status page", "within 10 min, then every 20–30 min", "within 30 min, updated hourly"),
        ("Stakeholders", "Mail at once, then update every 30 minutes", "Hourly update"),
        ("Kommunikation", "Statusseite, Updates alle 30 Minuten", "stündliche Updates"),
    ],
)
def test_a_cell_on_telling_others_holds_a_rhythm_for_its_level(head: str, first: str, second: str) -> None:
    """Whatever else a cell says of whom to tell and when first, how often is the rhythm of that level."""
    assert _rhythms(head, first, second) == {"Sev 1": 1800, "Sev 2": 3600}


def test_a_rhythm_below_another_title_is_nobodys_news() -> None:
    """What is checked every half hour is told to nobody."""
    assert _rhythms("Action", "look at the scales every 30 minutes", "look at the scales every hour") == {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("within 15 minutes, then every 30", 1800),
        ("first news in 1 hour, news every 4.", 14_400),
        ("every 30", None),
        ("within 15 minutes, every 30 sacks", None),
        ("within 15 minutes, each 3 mills", None),
    ],
)
def test_a_rhythm_takes_its_unit_from_the_time_before_it(text: str, seconds: int | None) -> None:
    """ "Every 30" behind minutes is 30 minutes; without a time before it, or with something to count, it is nothing."""
    interval = every(text)
    assert (None if interval is None else interval.seconds) == seconds


def _criteria(text: str) -> int:
    playbook = compile_runbook(f"# Mill\n\n## Severity\n\n- **P1**: {text}\n- **P2**: A lamp is out.\n")
    return len(playbook.severities[0].criteria)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (
            "flour theft, access by night, unauthorized sale of sacks, loss of the books or bypass of the lock.",
            4,
        ),
        ("outage of one mill, failed delivery of flour with intact sacks, or poor light.", 3),
        ("Mill down, flour lost, bakers waiting.", 3),
        ("All mills stand, nobody gets any flour at all, and the town is hungry.", 1),
        ("Two mills stand, many bakers wait.", 1),
    ],
)
def test_a_list_of_things_counts_its_things_also_with_a_full_stop(text: str, number: int) -> None:
    """Three things or more without a verb are a list of criteria; a sentence is one, commas and all."""
    assert _criteria(text) == number


EXAMPLES = [
    "**P1 examples**: silo empty; belt torn twice; sacks stolen.  \n**P2 examples**: one mill down > 1h; scale wrong.",
    "- **P1 examples**: silo empty, belt torn twice, sacks stolen\n- **P2 examples**: one mill down, scale wrong",
    "Examples of P1: silo empty, belt torn twice, sacks stolen\nExamples of P2: one mill down, scale wrong",
    "P1 criteria: silo empty, belt torn twice, sacks stolen\n\nP2 criteria: one mill down, scale wrong",
    "**Examples (P1):**\n- silo empty\n- belt torn twice\n- sacks stolen\n\n**Examples (P2):**\n- one mill down\n- lamp out",
]


@pytest.mark.parametrize("title", ["Severity", "Response times"])
@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_below_a_table_of_times_say_what_each_level_is(text: str, title: str) -> None:
    """A scale whose table promises times only is described by the lines below it, each named after its level."""
    table = "| Priority | Response |\n|---|---|\n| P1 | 15 minutes |\n| P2 | 1 hour |\n"
    playbook = compile_runbook(f"# Mill\n\n## {title}\n\n{table}\n{text}\n")
    assert playbook.severities[0].criteria == ("silo empty", "belt torn twice", "sacks stolen")
    assert [one.label for one in playbook.severities] == [None, None]
    assert [one.response_target.text for one in playbook.severities if one.response_target] == ["15 minutes", "1 hour"]


PLAIN = (
    "### Critical\n- All mills stand\n\n### High\n- One mill stands\n\n### Medium\n- Slow\n\n### Low\n- A lamp is out\n"
)
CODED = "| Level | Label | Meaning |\n|---|---|---|\n| P0 | Critical | All stand |\n| P1 | High | One stands |\n| P2 | Low | Slow |\n"


@pytest.mark.parametrize(
    ("scale", "text", "found"),
    [
        (PLAIN, "- Send updates every hour (critical incidents)\n- Send updates daily (medium/low severity)",
         {3600: ("Critical",), 86_400: ("Medium", "Low")}),
        (CODED, "- Critical and high incidents: update every 30 minutes\n- Low: update daily",
         {1800: ("P0", "P1"), 86_400: ("P2",)}),
        (CODED, "Send updates every 15 minutes for critical incidents, every hour for high incidents.",
         {900: ("P0",), 3600: ("P1",)}),
        (CODED, "It is critical to send an update every 10 minutes.", {600: ()}),
    ],
)  # fmt: skip
def test_a_rhythm_is_of_the_levels_that_its_line_calls_by_their_words(
    scale: str, text: str, found: dict[int, tuple[str, ...]]
) -> None:
    """ "(critical incidents)" is the level of that label: the others are told at their own rhythm."""
    playbook = compile_runbook(f"# Mill\n\n## Severity\n\n{scale}\n## Status updates\n\n{text}\n")
    assert {one.every.seconds: one.severities for one in playbook.cadences} == found


@pytest.mark.parametrize(
    "text",
    [
        "## Expectations\n\nEngineers are expected to respond within:\n\n- **15 minutes** for SEV-1 (called)\n- **1 hour** for SEV-2/3 (chat)",
        "## Response times\n\n- 15 minutes for SEV-1\n- 1 hour for SEV-2/3",
        "## Response times\n\n- Within 15 minutes: SEV-1\n- Within 1 hour: SEV-2",
        "## Reaktionszeit\n\n- 15 Minuten für SEV-1\n- 1 Stunde für SEV-2",
    ],
)
def test_a_list_of_times_says_for_which_level_each_is(text: str) -> None:
    """Times that stand before their levels are promised as those behind them are, where the line above says what."""
    playbook = compile_runbook(
        f"# Mill\n\n{text}\n\n## Calls at night\n\n- SEV-1 incidents (mill down)\n- SEV-2 incidents (stone)\n"
    )
    found = {one.name: one.response_target.seconds for one in playbook.severities if one.response_target}
    assert (found["SEV-1"], found["SEV-2"]) == (900, 3600)


def test_a_list_of_times_to_tell_is_no_promise_to_answer() -> None:
    """How soon others are told answers nobody."""
    text = "## Updates\n\n- 15 minutes for SEV-1\n- 1 hour for SEV-2\n\n## Calls at night\n\n- SEV-1 incidents (mill down)\n- SEV-2 incidents (stone)\n"
    assert [one.response_target for one in compile_runbook(f"# Mill\n\n{text}").severities] == [None, None]


def test_what_stands_in_brackets_behind_incidents_is_no_label() -> None:
    """ "SEV-1 incidents (mill down)" says what SEV-1 is, and "SEV-1 incidents (Critical)" how it is called."""
    text = "# Mill\n\n## Calls at night\n\n- SEV-1 incidents (mill down)\n- SEV-2 incidents (major stone broken)\n- SEV-3 incidents (Low)\n"
    assert [(one.label, one.criteria) for one in compile_runbook(text).severities] == [
        (None, ("mill down",)),
        (None, ("major stone broken",)),
        ("Low", ()),
    ]


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("**P1** — nobody in the town can buy any bread", None),
        ("P1: nobody in the town can buy any bread", None),
        ("**P1 - nobody in the town can buy any bread**", None),
        ("**P1 — Critical**: nobody in the town can buy any bread", "Critical"),
        ("P1 – Critical – nobody in the town can buy any bread", "Critical"),
    ],
)
def test_what_the_cell_of_a_name_says_of_its_level_is_a_criterion(cell: str, label: str | None) -> None:
    """Behind the name, or its word, stands what the level is; the next column gives examples only."""
    rows = f"| {cell} | gate stuck, belt torn | 15 min |\n| **P2** — Minor | slow oven | 1 h |\n"
    table = f"| Severity | Examples | Acknowledge |\n|---|---|---|\n{rows}"
    first, second = compile_runbook(f"# Mill\n\n## Severity levels\n\n{table}").severities
    assert (first.label, first.criteria) == (
        label,
        ("nobody in the town can buy any bread", "gate stuck", "belt torn"),
    )
    assert (second.label, second.criteria) == ("Minor", ("slow oven",))
