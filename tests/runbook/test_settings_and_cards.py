"""Settings to write into a file, cards of contacts, documents about one symptom, and grids that name the scale."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands_of
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Step
from tocsin.runbook.playbook import Playbook


def _steps(block: str) -> list[Step]:
    above = "# Mill\n\n## Incident: Wheel stands\n\n### Symptoms\n\n- no flour\n\n### Resolution\n\n"
    [procedure] = compile_runbook(f"{above}```bash\n{block}\n```\n").procedures
    return list(procedure.steps)


def test_settings_among_commands_are_none() -> None:
    """Lines of YAML say what a file is to hold: they stay with the step that says so, and nobody runs "logging:"."""
    steps = _steps(
        '# Edit mill.yml\nlogging:\n  driver: "file"\n  options:\n    max-size: "9m"\n\n# Restart\nmake grind'
    )
    assert commands_of(steps) == ["make grind"]
    assert [steps[0].title, *steps[0].details] == [
        "Edit mill.yml",
        "logging:",
        'driver: "file"',
        "options:",
        'max-size: "9m"',
    ]


def test_a_setting_below_the_order_to_edit_is_written_by_hand() -> None:
    """What is assigned for the next command is run all the same."""
    steps = _steps("# Edit .env\nSTONES=4\nSIEVES=9\n\n# Restart\nNS=mill\nkubectl -n $NS rollout status deploy/wheel")
    assert commands_of(steps) == ["NS=mill", "kubectl -n $NS rollout status deploy/wheel"]
    assert steps[0].details == ("STONES=4", "SIEVES=9")


def _contacts(text: str) -> dict[str, list[str]]:
    return {one.name: [channel.value for channel in one.channels] for one in _playbook(text).contacts}


def _playbook(text: str) -> Playbook:
    return compile_runbook(f"# Mill\n\n{text}\n")


def test_a_card_is_of_whom_it_names() -> None:
    """Below "Tier 1 (first aid)" the line with somebody's address says who that is."""
    card = "## Contacts\n\n### Tier 1 (first aid)\n- **Milling team**: stones@mill.example\n- **Slack**: #mill-desk\n"
    assert _contacts(card) == {"Milling team": ["stones@mill.example", "#mill-desk"]}


def test_an_address_may_be_a_link() -> None:
    """What the text of a link hides is how somebody is reached."""
    dealer, ana = "[desk](https://stones.example/desk)", "[mail](mailto:ana@mill.example)"
    listed = f"## Contacts\n\n- **Stone dealer**: {dealer}\n- **Ana**: {ana}\n"
    assert _contacts(listed) == {"Stone dealer": ["https://stones.example/desk"], "Ana": ["ana@mill.example"]}


@pytest.mark.parametrize("line", ["**Todo for spring:** add the night shift", "**Created:** 2026-01-05"])
def test_a_line_about_the_document_below_the_contacts_is_none(line: str) -> None:
    """Nobody is called Todo."""
    assert list(_contacts(f"## Contacts\n\n- **Head miller**: +49 30 555 0101\n\n---\n\n{line}")) == ["Head miller"]


def test_checking_outside_services_lists_nobody() -> None:
    """A chapter on looking at what others run is a step."""
    text = "## Investigation\n\n### Check external services\n- [ ] **Stone dealer status**\n  - page: ____\n"
    assert _contacts(text) == {}


def test_whoever_is_listed_twice_is_reached_by_what_the_second_list_says() -> None:
    """The table of duties comes first, and has no number."""
    first = "## Response team\n\n| Role | Duty | Contact |\n|---|---|---|\n| Head miller | decides | |\n"
    second = "\n## Contacts\n\n| Role | Phone |\n|---|---|\n| Head miller | +49 30 555 0101 |\n"
    assert _contacts(first + second) == {"Head miller": ["+49 30 555 0101"]}


def test_a_russian_table_of_contacts() -> None:
    """Who holds a role, and on what channel."""
    text = "## Контакты\n\n| Роль | Кто | Канал | Когда писать |\n|---|---|---|---|\n| Мельник | Ян | @jan | P1 |\n"
    assert _contacts(text) == {"Мельник": ["Ян", "@jan"]}


@pytest.mark.parametrize("title", ["Runbook: Flour queue grows", "Runbook — Flour queue grows", "Flour queue grows"])
@pytest.mark.parametrize("chapter", ["By cause", "What to look at"])
def test_a_document_about_one_symptom_is_one_procedure(title: str, chapter: str) -> None:
    """What fails below its later chapters are causes of what the first chapter shows, not incidents of their own."""
    causes = "### (A) Sieve down\n\n- Shake it.\n\n### (B) Wheel stuck\n\n- Oil it.\n"
    text = f"# {title}\n\nAlerts: `FlourQueue`\n\n## Symptoms\n\nSacks pile up.\n\n## {chapter}\n\n{causes}"
    [procedure] = compile_runbook(text).procedures
    assert procedure.title.endswith("Flour queue grows")
    assert {"Shake it.", "Oil it."} <= {step.title for step in procedure.steps}


def test_a_grid_of_who_is_called_when_names_the_scale() -> None:
    """Where nothing else does, so that nobody is called at the time of another severity."""
    rows = [("When", "P0", "P1"), ("0-15 min", "Miller", "Miller"), ("15-30 min", "Owner", "Miller")]
    grid = "\n".join("".join(cell.ljust(14) for cell in row) for row in [*rows, ("1+ hours", "Mayor", "Owner")])
    playbook = _playbook(f"## Escalation matrix\n\n```\n{grid}\n```\n")
    assert [one.name for one in playbook.severities] == ["P0", "P1"]
    second = playbook.escalation_by_severity["P1"]
    assert [(one.targets, one.after and one.after.seconds) for one in second] == [
        (("Miller",), None),
        (("Owner",), 3600),
    ]


def test_a_message_whose_subject_tells_the_grade_is_internal() -> None:
    """It speaks of users, and is for none of them."""
    body = "Subject: [P1] Mill escalation\n\nImpact:\n- Users affected: [n]\n"
    [template] = _playbook(f"## Message templates\n\n### Page\n```\n{body}```\n").templates
    assert template.audience == "internal"


def test_the_file_of_a_document_is_no_service() -> None:
    """Though its title begins with it."""
    assert compile_runbook("# INCIDENT_RESPONSE.md — Incident manual\n").service is None


def test_leaving_an_escalation_is_no_incident() -> None:
    """De-escalation criteria say when it is over, and call nobody."""
    text = "## De-escalation\n\n### Criteria\n\n- The wheel turns\n- Flour is dry\n"
    playbook = _playbook(text)
    assert not playbook.escalation_levels
    assert [one.kind for one in playbook.procedures if one.kind == "incident"] == []
