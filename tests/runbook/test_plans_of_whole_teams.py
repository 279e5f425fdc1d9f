"""The plans of whole teams: whom a drawing calls at each severity, and what belongs to one case or comes afterwards."""

from __future__ import annotations

import pytest

from tests.runbook.asked import codes
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

_SCALE = (
    "# Mill\n\n## Severity levels\n\n- **SEV1**: all mills stand\n- **SEV2**: one mill stands\n- **SEV3**: slow\n\n"
)
_Chain = list[tuple[str, int | None]]


def _chains(playbook: Playbook) -> dict[str, _Chain]:
    highest = playbook.severities[0].name if playbook.severities else ""
    chains = {highest: playbook.escalation_levels, **playbook.escalation_by_severity}
    return {
        name: [("+".join(one.targets), one.after.seconds if one.after else None) for one in chain]
        for name, chain in chains.items()
        if chain
    }


_CHART = """
flowchart TB
    subgraph triage
        A[Alarm] --> F{How bad?}
        F -->|SEV1| G[All mills stand]
        F -->|SEV2| H[One mill stands]
        F -->|SEV3| J[Slow]
    end
    G --> K[Begin]
    K --> L[Page head miller]
    K --> M[Page owner]
    K --> N[Page security officer<br/>if doors are open]
    L --> S{Turning again?}
    S -->|No, 30 min| T[Escalate to<br/>works manager]
    H --> O[Assign to a team]
    O --> U{Solved in 2 h?}
    U -->|No| V[Escalate to head miller]
    J --> W[Schedule work]
"""
_TREE = """
Alarm
  │
  ▼
Night desk
  │
  ▼
How bad?
  ├── SEV1 → Head miller + Owner
  ├── SEV2 → Senior miller on duty
  └── SEV3 → The duty miller looks at it on the next day or the day after
"""
_LADDER = """
SEV3 → Duty miller
        ↓ (if unresolved 4 hours)
SEV2 → Head miller
        ↓ (if unresolved 1 hour)
SEV1 → Whole mill and bakery team + Works manager
"""


@pytest.mark.parametrize(
    ("info", "drawing", "chains"),
    [
        (
            "mermaid",
            _CHART,
            {
                "SEV1": [("head miller+owner", None), ("works manager", 1800)],
                "SEV2": [("head miller", 7200)],
            },
        ),
        (
            "",
            _TREE,
            {
                "SEV1": [("Night desk+Head miller+Owner", None)],
                "SEV2": [("Night desk+Senior miller on duty", None)],
                "SEV3": [("Night desk", None)],
            },
        ),
        (
            "",
            _LADDER,
            {
                "SEV1": [("Whole mill and bakery team+Works manager", None)],
                "SEV2": [("Head miller", None), ("Whole mill and bakery team+Works manager", 3600)],
                "SEV3": [
                    ("Duty miller", None),
                    ("Head miller", 14400),
                    ("Whole mill and bakery team+Works manager", 18000),
                ],
            },
        ),
    ],
    ids=["a chart that parts at the severities", "a tree of severities", "a ladder up the severities"],
)
def test_a_drawing_calls_at_each_severity_whom_it_leads_to(info: str, drawing: str, chains: dict[str, _Chain]) -> None:
    """Where the ways part at the severities each has a chain of its own, and no other severity calls those people."""
    assert _chains(compile_runbook(f"{_SCALE}## Escalation\n\n```{info}{drawing}```\n")) == chains


def test_a_drawing_below_the_heading_of_a_severity_is_for_that_one() -> None:
    """Two drawings, one below each severity, are two chains."""
    drawn = "```\nDuty miller\n   ↓ 15 min\n{}\n```\n"
    document = f"## Escalation\n\n### SEV1\n\n{drawn.format('Owner')}\n### SEV2\n\n{drawn.format('Head miller')}"
    assert _chains(compile_runbook(_SCALE + document)) == {
        "SEV1": [("Duty miller", None), ("Owner", 900)],
        "SEV2": [("Duty miller", None), ("Head miller", 900)],
    }


_CASES = "\n### {a}\n\n1. Fire brigade desk\n2. Owner\n\n### {b}\n\n**Escalation**: Duty miller → Baker on duty\n"


@pytest.mark.parametrize(("a", "b"), [("OvenTooHot", "FlourStoreFull"), ("Oven on fire alarm down", "Sieve is broken")])
def test_whom_one_case_calls_is_called_at_no_other(a: str, b: str) -> None:
    """Lists and arrows below the names of alerts, or of faults, are reasons to call somebody and no chain for all."""
    playbook = compile_runbook(f"# Mill\n\n## Escalation by alert\n{_CASES.format(a=a, b=b)}")
    assert not _chains(playbook)
    assert next(rule.text for rule in playbook.escalation_rules) == f"{a} → Fire brigade desk, Owner"


@pytest.mark.parametrize(
    ("items", "chain"),
    [
        (
            (
                "- **Level 1 (Due date):** The list is gone through by somebody of the board\n"
                "- **Level 2 (Due date + 2 days):** If an entry is still open, it is marked late and looked at again\n"
                "- **Level 3 (Escalation):** What stays open is written down as a risk for the next yearly meeting\n"
            ),
            [],
        ),
        (
            "1. **Level 1**: Duty miller\n2. **Level 2** (15 min): If unresolved, escalate to works manager\n",
            [("Duty miller", None), ("works manager", 900)],
        ),
        (
            "- Primary on-call: one week each\n- Secondary on-call: stands in\n- Escalation timeout: 10 minutes\n",
            [("Primary on-call", None), ("Secondary on-call", 600)],
        ),
    ],
    ids=["dates and tasks", "a sentence behind a date", "a wait among the ranks"],
)
def test_a_date_and_a_wait_are_nobody(items: str, chain: _Chain) -> None:
    """What stands where names stand is called only when it is somebody's name."""
    assert _chains(compile_runbook(f"# Mill\n\n## Escalation\n\n{items}")).get("", []) == chain


def test_who_cannot_acknowledge_is_followed_when_the_row_says() -> None:
    """The time may stand in a column behind the person: "rings by itself after 10 min"."""
    table = (
        "| Situation | Escalate to | How |\n|---|---|---|\n"
        "| Can't ack a page | Second miller on duty | The pager rings on after 10 min |\n"
        "| Flour missing | Store manager | Telephone |\n| Press calls | Owner | Telephone |\n"
    )
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n{table}")
    assert _chains(playbook) == {"": [("Second miller on duty", 600)]}


def test_out_of_hours_escalation_is_an_escalation() -> None:
    """A list below "If the on-call is unreachable for 5 minutes" waits so long; "automatic escalation to" calls."""
    said = (
        "**If on-call miller unreachable for 5 minutes**:\n\n1. Automatic escalation to backup on-call\n"
        "2. Page works manager\n3. If 10 minutes passed: Page owner\n"
    )
    chains = _chains(compile_runbook(f"# Mill\n\n## Out-of-Hours Escalation (nights)\n\n{said}"))
    assert chains == {"": [("backup on-call", 300), ("works manager", 300), ("owner", 600)]}


def test_two_spellings_of_one_severity_are_one_level() -> None:
    """ "Severity 1" and "SEV1" are one name, and a bare number below "Severity" is that name too."""
    table = "| Severity | Impact | First response |\n|---|---|---|\n| 1 | All mills stand | 30 minutes |\n"
    table += "| 2 | Slow | 4 hours |\n\n* **Sev1** - Flour for nobody.\n* **Severity 2** - Flour for some.\n"
    playbook = compile_runbook(f"# Mill\n\n## Support\n\n{table}\nUpdates every 20 minutes at SEV1.\n")
    assert [(one.name, one.aliases[0]) for one in playbook.severities] == [("Severity 1", "1"), ("Severity 2", "2")]
    assert playbook.cadences[0].severities == ("Severity 1",)
    assert "TOC110" not in codes(playbook)


def test_a_list_of_when_to_escalate_may_define_the_levels() -> None:
    """A first sentence says what the level is; a later one that calls somebody is no criterion."""
    items = "- **SEV1 – Critical:** all mills stand. Always escalate to the owner.\n- **SEV2 – Minor:** one is slow.\n"
    playbook = compile_runbook(f"# Mill\n\n## When to escalate\n\n{items}")
    assert [one.criteria for one in playbook.severities] == [("all mills stand.",), ("one is slow.",)]


@pytest.mark.parametrize(
    ("schedule", "items", "required"),
    [
        (
            "**Timing:** Within 48 hours of the end\n",
            "- All SEV1 incidents\n- SEV2 incidents over 4 hours\n",
            ("SEV1",),
        ),
        ("**When:** within 2 days\n", "- Every SEV1\n- Every SEV2\n- SEV3 if flour is lost\n", ("SEV1", "SEV2")),
    ],
)
def test_the_schedule_of_a_review_says_when_it_is_due(schedule: str, items: str, required: tuple[str, ...]) -> None:
    """A deadline below "Review schedule" of a post-mortem chapter is its own; what is required in some cases is not."""
    chapter = f"## Post-incident review\n\n### Required for\n\n{items}\n### Review schedule\n\n{schedule}"
    postmortem = compile_runbook(_SCALE + chapter).postmortem
    assert postmortem is not None
    assert postmortem.due is not None
    assert (postmortem.due.seconds, postmortem.required_for) == (172800, required)


@pytest.mark.parametrize(
    "message",
    [
        "```\n✅ SOLVED\n\nResolution:\n- New sieve\n- New belt\n\nVerification:\n✅ Turning\n✅ No dust\n```\n",
        "**To the owner**\n\nWhat happened:\nWhat is done now:\nNext update:\n",
    ],
    ids=["one that looks like a checklist", "one with nothing but names of blanks"],
)
def test_a_message_is_one_whatever_it_looks_like(message: str) -> None:
    """Below a heading for messages a block with labels and lists is a text to send, and so are labels alone."""
    heading = "" if message.startswith("**") else "### All clear\n\n"
    assert len(compile_runbook(f"# Mill\n\n## Templates\n\n{heading}{message}").templates) == 1


_LINE = """
T+0   → Alarm rings
      → Pager pages the duty miller
T+5m  → If nobody answers: page the head miller
T+15  → No: escalate to owner
      → Yes: page the baker
T+60  → Close the mill
"""
_WATCH = """
Time 0:00 → Duty miller is called
Time 5:00 → Head miller may:
           - Call the owner
Time 10:00 → Works manager looks after it
"""


@pytest.mark.parametrize(
    ("drawing", "chain"),
    [
        (_LINE, [("duty miller", None), ("head miller", 300), ("owner", 900)]),
        (_WATCH, [("Duty miller", None), ("Works manager", 600)]),
        ("\n0:00 → Page the duty miller\n0:30 → Page the owner\n", []),
        ("\n02:10 → Page the duty miller\n02:40 → Page the owner\n", []),
    ],
    ids=["T+5", "minutes of a watch", "half an hour or half a minute", "a night that was"],
)
def test_a_line_of_time_in_a_block_calls_at_its_points(drawing: str, chain: _Chain) -> None:
    """What stands below a point happens then as well; who may be called, or is called on "yes", is not."""
    assert _chains(compile_runbook(f"# Mill\n\n## Escalation decision tree\n\n```{drawing}```\n")).get("", []) == chain


def test_an_answer_is_nobody() -> None:
    """ "Yes → go on" in a chapter on escalation calls neither."""
    said = "**Is it hot?**\n\n**YES** → Go to step 2\n\n**NO** (only warm) → Go to step 3\n"
    assert not _chains(compile_runbook(f"# Mill\n\n## Escalation\n\n{said}"))


def test_a_column_for_the_resolution_stands_above_a_task() -> None:
    """ "Fix within a day" among the actions of a level is no other target than the one of its column."""
    table = "| Level | Resolution target |\n|---|---|\n| SEV1 | 2 hours |\n| SEV2 | 1 day |\n"
    examples = "**Examples:**\n- Mail notifications failing\n- Slow page loads\n"
    levels = f"### {{0}}\n\n{examples}\n**Actions:**\n1. Fix within 5 hours\n\n"
    document = f"# Mill\n\n## Targets\n\n{table}\n## Severity\n\n{levels.format('SEV1')}{levels.format('SEV2')}"
    first = compile_runbook(document).severities[0]
    assert first.resolution_target is not None
    assert (first.resolution_target.seconds, len(first.criteria)) == (7200, 2)


def test_two_tables_for_two_sorts_of_customers_are_one_finding() -> None:
    """Where each level has other times in a second table, that is said once, with which of them hold."""
    rows = "| Level | Response time |\n|---|---|\n| SEV1 | {0} min |\n| SEV2 | {1} min |\n"
    document = f"# Mill\n\n## Big bakers\n\n{rows.format(5, 20)}\n## Small bakers\n\n{rows.format(10, 40)}"
    (found,) = [one for one in compile_runbook(document).findings if one.code == "TOC402"]
    assert "'Small bakers' are not those of 'Big bakers'" in found.message


def test_names_in_bold_above_ways_to_reach_them_are_contacts() -> None:
    """Each name heads its own card, also in a chapter on who is on call; a room to meet in is nobody."""
    card = "**{0}** (for {1})\n- Slack: @{2}\n- Page: page-{2} (PagerDuty)\n- Estimated response: 5 minutes\n\n"
    cards = card.format("Sieve team lead", "sieves", "sieve") + card.format("Head miller", "all else", "miller")
    rooms = "## Contacts\n\n- War room video: Zoom link in PagerDuty\n"
    playbook = compile_runbook(f"# Mill\n\n## On-call rotation\n\n### Specialty on-call contacts\n\n{cards}{rooms}")
    assert [one.name for one in playbook.contacts] == ["Sieve team lead", "Head miller"]


@pytest.mark.parametrize(
    ("said", "chain"),
    [
        (
            (
                "1. **Duty miller** → Tries to mend it\n2. **Second miller on duty** → If no response in 15 minutes\n"
                "3. **Works manager** → If no resolution in 1 hour\n"
            ),
            [("Duty miller", None), ("Second miller on duty", 900), ("Works manager", 3600)],
        ),
        (
            (
                "1. Go to the pager's page.\n1. Select somebody to find their phone number.\n\n"
                "Beyond the mill, contact these people in the following order:\n\n* Head of mills\n* Works manager\n"
            ),
            [("Head of mills", None), ("Works manager", None)],
        ),
        ("- **Emergency:** The duty miller tells the mayor if it burns\n- **After hours:** See the rota\n", []),
    ],
    ids=["names with when behind an arrow", "an order above bullets", "occasions"],
)
def test_who_is_called_stands_before_when_and_no_task_is_anybody(said: str, chain: _Chain) -> None:
    """What stands behind the arrow of a name, what is looked up, and an occasion are nobody's names."""
    playbook = compile_runbook(f"{_SCALE}## Escalation\n\n{said}")
    assert _chains(playbook).get("SEV1", []) == chain
    assert not playbook.contacts


def test_how_soon_others_are_told_is_no_response() -> None:
    """Of "page the on-call at once; status page within 15 min" the time is that of the news."""
    rows = (
        "| SEV1 | Page the miller immediately; status page within 15 min |\n| SEV2 | Ring; status page within 1 h |\n"
    )
    playbook = compile_runbook(f"# Mill\n\n## Severity\n\n| Level | Response |\n|---|---|\n{rows}")
    assert [one.response_target and one.response_target.seconds for one in playbook.severities] == [0, None]


def test_a_duty_is_what_a_chapter_is_of_and_nobody_who_looks_back() -> None:
    """Fields such as "Frequency:" tell of the chapter's one duty; who comes to the review of an incident is no duty."""
    drill = (
        "## Testing\n\n### Fire drill\n\n- Frequency: Quarterly\n- Participants: Every miller\n- Owner: Head miller\n"
    )
    review = "## Post-incident review\n\n### Review schedule\n\n**Participants:**\n- Head miller\n- Owner\n"
    duties = compile_runbook(f"# Mill\n\n{drill}\n{review}").duties
    assert [(one.title, one.every) for one in duties] == [("Fire drill", "quarterly")]
