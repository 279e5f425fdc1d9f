"""Names in a list of sentences on whom to call, and the number of a role that nobody holds."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def _chain(items: str) -> list[tuple[tuple[str, ...], float | None]]:
    """Who is called one after the other by a numbered list, and after how many seconds."""
    playbook = compile_runbook(f"# Mill\n\n## Escalation policy\n\n{items}\n")
    return [(one.targets, one.after.seconds if one.after else None) for one in playbook.escalation_levels]


@pytest.mark.parametrize(
    ("items", "called"),
    [
        (
            (
                "1. Duty miller\n2. If the duty miller does not answer within 15 minutes, the backup takes over.\n"
                "3. Head of production (30 min)"
            ),
            [(("Duty miller",), None), (("backup",), 900), (("Head of production",), 1800)],
        ),
        (
            (
                "1. On-call engineer\n2. Backup takes over when the primary is silent for 10 minutes\n"
                "3. Engineering manager (30 min)\n4. CTO (1 h)"
            ),
            [
                (("On-call engineer",), None),
                (("Backup",), 600),
                (("Engineering manager",), 1800),
                (("CTO",), 3600),
            ],
        ),
        (
            (
                "1. Bereitschaft\n2. Falls die Bereitschaft nach 15 Minuten nicht antwortet, den Teamleiter anrufen\n"
                "3. Geschäftsführung (60 Minuten)"
            ),
            [(("Bereitschaft",), None), (("Teamleiter",), 900), (("Geschäftsführung",), 3600)],
        ),
        (
            (
                "1. On-call engineer\n2. Page the lead if there is no answer in 15 minutes\n"
                "3. Page the CTO after another 30 minutes"
            ),
            [(("On-call engineer",), None), (("lead",), 900), (("CTO",), 2700)],
        ),
    ],
)
def test_a_bare_name_beside_sentences_is_called_as_well(
    items: str, called: list[tuple[tuple[str, ...], float | None]]
) -> None:
    """No level is lost because another item of its list is a sentence, and the first one keeps its whole name."""
    assert _chain(items) == called


def test_a_later_name_without_a_time_beside_sentences_calls_nobody() -> None:
    """ "Incident commander notes" is an entry of the list, and delays nobody behind it."""
    assert _chain(
        "1. Acknowledge the page\n2. If the primary does not answer within 10 minutes, page the backup\n"
        "3. Incident commander notes\n4. If the backup does not answer within 20 minutes, page the CTO"
    ) == [(("primary",), None), (("backup",), 600), (("CTO",), 1800)]


def test_what_the_one_with_a_rank_does_hides_no_other_rank() -> None:
    """ "Secondary on-call: takes over after 10 minutes" is one of three in turn, and not the only one."""
    playbook = compile_runbook(
        "# Mill\n\n## Escalation\n\n- Primary on-call: takes all pages\n"
        "- Secondary on-call: takes over after 10 minutes without answer\n- Engineering manager: 30 minutes\n"
    )
    assert [one.targets for one in playbook.escalation_levels] == [
        ("Primary on-call",),
        ("Secondary on-call",),
        ("Engineering manager",),
    ]


def test_a_role_that_nobody_holds_keeps_its_number() -> None:
    """A role without a name can be called where its row has a number, and is no contact where it has none."""
    playbook = compile_runbook(
        "# Mill\n\n## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n| Lead | Bo | +34 600 100 201 |\n"
        "| Night desk | None | +34 600 100 202 |\n| Deputy | None | - |\n"
    )
    assert [one.name for one in playbook.contacts] == ["Lead", "Night desk"]
