"""How each level is answered, whom a list calls and whom it only tells, and what stands in a chapter of messages."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook

SCALE = """# Bakery

## Severity levels

- **P0 (Critical)**: all ovens are cold
- **P1 (High)**: one oven is cold
- **P2 (Medium)**: crumbs

"""


def compiled(text: str) -> Playbook:
    """The playbook of a document."""
    return compile_runbook(text.encode(), path="bakery.md")


CHAPTERS = """## {above}

### {first}

1. Look at the ovens: `curl https://ovens.test/health`
2. Call a baker

### {second}

1. Look at the oven
"""


@pytest.mark.parametrize(
    ("above", "first", "second"),
    [
        ("Response procedures", "P0 - Critical incidents", "P1 - High priority incidents"),
        ("Response playbook", "P0 — Complete standstill", "P1/P2 — One oven broken"),
        ("How we respond", "P0 (Critical)", "P1 (High)"),
    ],
)
def test_what_is_done_at_a_level_is_a_phase_of_it(above: str, first: str, second: str) -> None:
    """It is shown for the incidents of the level, and no alert is matched with it."""
    found = compiled(SCALE + CHAPTERS.format(above=above, first=first, second=second))
    assert not [one for one in found.procedures if one.kind is ProcedureKind.INCIDENT]
    assert found.phases[0].severities == ("P0",)
    assert "P1" in found.phases[1].severities


@pytest.mark.parametrize(
    ("above", "first", "second"),
    [
        ("Common incidents", "P0: All ovens down", "P1: Oven door broken"),
        ("Incident playbooks", "P0 — Gas leak", "P1 — Door broken"),
        ("Response playbook", "P0: Gas leak", "P0: Power cut"),
    ],
)
def test_an_incident_with_its_level_before_it_stays_one(above: str, first: str, second: str) -> None:
    """A chapter that lists incidents does so, and of two that are P0 neither is how P0 is answered."""
    found = compiled(SCALE + CHAPTERS.format(above=above, first=first, second=second))
    assert len([one for one in found.procedures if one.kind is ProcedureKind.INCIDENT]) == 2


@pytest.mark.parametrize(
    "said",
    [
        "### P1 - High incidents\n\n#### Response time: 1 hour\n\n1. Look\n",
        "### P1 - High incidents\n\n**Response time:** 1 hour\n\n1. Look\n",
        "### P1 - High incidents (Response: 1 hour)\n\n1. Look\n",
        "### P1 - High incidents\n\n- Response time: 60 minutes\n- Look\n",
    ],
)
def test_the_time_to_answer_may_stand_where_the_answer_does(said: str) -> None:
    """Another chapter says what the levels are; what is to be done there adds no criterion to them."""
    found = compiled(f"{SCALE}## Response procedures\n\n### P0 - Critical incidents\n\n1. Run\n\n{said}")
    targets = [one.response_target.seconds if one.response_target else None for one in found.severities]
    assert targets == [None, 3600, None]
    assert [len(one.criteria) for one in found.severities] == [1, 1, 1]


@pytest.mark.parametrize(
    "told",
    [
        "Notify all stakeholders",
        "Inform key stakeholders",
        "Tell all affected customers",
        "Alert the internal users",
        "Avisar a todos los clientes",
    ],
)
def test_everybody_is_told_and_not_paged(told: str) -> None:
    """Below a reason to call somebody, those who are told are no next level."""
    text = f"# Bakery\n\n## Escalation\n\nIf it lasts > 15 minutes:\n\n1. Page the head miller\n2. {told}\n"
    assert [one.targets for one in compiled(text).escalation_levels] == [("head miller",)]


@pytest.mark.parametrize("called", ["customer lead", "stakeholder manager", "customer success"])
def test_whoever_sees_to_them_is_paged(called: str) -> None:
    """A role with customers in its name is one of ours."""
    text = f"# Bakery\n\n## Escalation\n\nIf it lasts > 15 minutes:\n\n1. Page the head miller\n2. Page the {called}\n"
    assert [one.targets for one in compiled(text).escalation_levels] == [("head miller", called)]


def test_arrows_between_findings_and_verbs_call_nobody() -> None:
    """A list of what to do with a finding, in a document on escalation, is no chain."""
    text = (
        "# Escalation\n\n## The lead decides\n\n- **A fault, seen to** → `close` as it is\n"
        "- **No fault at all** → `reject` it\n- **Done** → `archive` (lead only)\n"
    )
    assert compiled(text).escalation_levels == ()


@pytest.mark.parametrize(
    ("title", "hours"),
    [("Follow-up (24-72 hours)", 72), ("Follow-up (2 days)", 48), ("Short-term (1 week)", 168), ("Follow-up", None)],
)
def test_the_window_of_a_chapter_is_that_of_its_review(title: str, hours: int | None) -> None:
    """A bracket behind the title says until when what stands below it is done."""
    text = f"{SCALE}## Post-incident\n\n### At once\n\nNote it.\n\n### {title}\n\n1. Conduct a post-mortem\n"
    found = compiled(text).postmortem
    due = found.due if found is not None else None
    assert (due.seconds if due is not None else None) == (hours * 3600 if hours else None)


def test_a_supplier_that_is_down_is_no_contact() -> None:
    """What happens without a supplier is listed below "External services" too; one with a number is called."""
    text = (
        "# Bakery\n\n## External services\n\n- **Mill API down**: orders wait\n"
        "- **Payment provider slow**: tills wait\n- **Mill support**: +44 20 7946 0100\n"
    )
    assert [one.name for one in compiled(text).contacts] == ["Mill support"]


def test_where_a_role_is_looked_up_is_a_way_to_reach_it() -> None:
    """The rota and the pager know who has the role; a place to look at is nobody's name."""
    text = (
        "# Bakery\n\n## Contact information\n\n- **On-call miller**: Check PagerDuty\n"
        "- **Head miller**: Check the on-call schedule\n- **Manager**: Check the oven first\n"
        "- **Baker**: Check Grafana\n"
    )
    found = compiled(text).contacts
    assert [one.name for one in found] == ["On-call miller", "Head miller"]
    assert [way.value for way in found[0].channels] == ["Check PagerDuty"]
    assert not [way for one in found for way in one.channels if way.type == "name"]


@pytest.mark.parametrize("title", ["External (if customers notice)", "External", "For customers", "Internal"])
def test_a_message_without_blanks_is_one_below_whom_it_is_for(title: str) -> None:
    """Sentences in a block below "External" are sent as they are; a list of rooms there is none."""
    text = f"# Bakery\n\n## Communication\n\n### {title}\n\n```\nOur ovens are cold.\nWe are working on it.\n```\n"
    assert len(compiled(text).templates) == 1
    assert not compiled(text.replace("Our ovens are cold.\nWe are working on it.", "#ovens\n#mill")).templates


def test_so_is_no_condition() -> None:
    """The Portuguese "só à" without its accents is English and begins what follows from something."""
    text = (
        "# Bakery\n\n## Incident: Cold\n\n"
        "Turns are kept, so a turn is always seen and so no turn is lost. Look at it:\n\n"
        "```bash\ncurl -s https://ovens.test/turns\n```\n"
    )
    steps = [step for one in compiled(text).procedures for step in one.steps if step.command]
    assert [step.condition for step in steps] == [None]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Ack SLA: SEV1 immediate, SEV2 ≤15 min, SEV3 next business day.", [0, 900, None]),
        ("Acknowledge: SEV1 right away / SEV2 15 min / SEV3 1 hour", [0, 900, 3600]),
        ("Ack SLA: SEV1 5 min, SEV2 15 min, SEV3 1 hour", [300, 900, 3600]),
    ],
)
def test_at_once_is_a_time_in_a_row_of_times(said: str, seconds: list[int | None]) -> None:
    """The most severe level does not get the time of the one behind it."""
    found = compiled(f"# Bakery on-call\n\n## Rotation\n\n- Weekly rotation.\n- {said}\n").severities
    assert [one.acknowledge_target.seconds if one.acknowledge_target else None for one in found] == seconds


@pytest.mark.parametrize(
    "said", ["Action required within 5 minutes", "Requires action within 5 minutes", "Must be handled within 5 minutes"]
)
def test_action_within_a_time_is_a_promise(said: str) -> None:
    """It is no sign of how severe something is."""
    text = (
        f"# Bakery\n\n## Alert severity\n\n### Critical\n\n- All cold\n- {said}\n\n### Warning\n\n- One cold\n- Slow\n"
    )
    found = compiled(text).severities[0]
    assert (found.response_target.seconds if found.response_target else None, len(found.criteria)) == (300, 1)


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("Page Ovens, Cellar, Security, and incident lead.", ("Ovens", "Cellar", "Security", "incident lead")),
        ("Page the owning team and Ovens.", ("owning team", "Ovens")),
        ("Page Ovens and Cellar.", ("Ovens", "Cellar")),
        ("Page Views fall to zero. Page Ada.", ("Ada",)),
        ("Page the on-call miller, the head baker, and the owner.", ("on-call miller", "head baker", "owner")),
    ],
)
def test_whoever_a_level_pages_may_be_a_plain_name(said: str, called: tuple[str, ...]) -> None:
    """Teams without a word for somebody are paged as well, and so is the last of several behind a comma."""
    text = (
        f"# Bakery\n\n## Severity\n\n- **SEV-1:** all ovens cold. {said}\n- **SEV-2:** one oven cold. Page on-call.\n"
    )
    assert [one.targets for one in compiled(text).escalation_levels] == [called]


def test_a_page_that_is_none_calls_nobody() -> None:
    """Pages of a site are no pages to people."""
    text = (
        "# Bakery\n\n## Severity\n\n- **SEV-1:** shut. Page Builder is broken.\n- **SEV-2:** slow. Page load is slow.\n"
    )
    assert compiled(text).escalation_levels == ()


@pytest.mark.parametrize(
    "title",
    [
        "If the error rate remains > 5% after 10 minutes:",
        "If not resolved after 10 minutes",
        "After 10 minutes without progress",
        "No improvement within 10 minutes",
    ],
)
def test_a_heading_that_waits_gives_its_time_to_whom_it_calls(title: str) -> None:
    """It says when somebody is called; it is no incident, and calls nobody sooner."""
    text = (
        "# Ovens\n\n## Common faults\n\n### Oven stuck\n\n**Symptoms**: cold\n\n**Resolution**:\n\n1. Open it\n\n"
        f"## Escalation\n\n### {title}\n\n1. Escalate to the head miller\n2. Consider closing the shop\n"
    )
    found = compiled(text)
    assert [(one.targets, one.after and one.after.seconds) for one in found.escalation_levels] == [
        (("head miller",), 600)
    ]
    assert [one.title for one in found.procedures] == ["Oven stuck"]
