"""What small teams write beside a table: messages below a line, clients of block chains, who may decide."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect


@pytest.mark.parametrize(
    ("chapter", "lines", "names"),
    [
        ("User comms", "Template — ovens cold:\n\n> Bread is late today.\n", ["Template — ovens cold"]),
        ("Customer comms", "Ovens cold (template):\n\n> Bread is late today.\n", ["Ovens cold"]),
        ("Communication", "Post on the status page:\n\n> Bread is late today.\n", ["Post on the status page"]),
        ("Status copy", '- Investigating: "We are looking at why the bread is late."\n', ["Investigating"]),
        ("Comms", '- Cold ovens: "We are looking at why the bread is late."\n', ["Cold ovens"]),
        ("Communication", "Rules:\n\n> Note: nobody speaks to the press.\n", []),
        ("Ovens", "Look at the door:\n\n> It has to be shut.\n", []),
    ],
)
def test_a_message_below_a_line_that_leads_to_it(chapter: str, lines: str, names: list[str]) -> None:
    """In a chapter on communication a quote or words in quotation marks are a message, also without blanks."""
    read = compile_runbook(f"# Bakery runbook\n\n## {chapter}\n\n{lines}")
    assert [one.name for one in read.templates] == names


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ('cast call $TILL "open()(bool)" --rpc-url $RPC', Effect.READ_ONLY),
        ('cast send $TILL "shut()" --private-key $KEY', Effect.DESTRUCTIVE),
        ("forge script Shut.s.sol --broadcast", Effect.DESTRUCTIVE),
        ("solana balance", Effect.READ_ONLY),
        ("solana transfer $WHO 1", Effect.DESTRUCTIVE),
        ("stellar contract invoke --id $TILL -- shut", Effect.DESTRUCTIVE),
    ],
)
def test_what_is_sent_to_a_chain_cannot_be_undone(command: str, effect: Effect) -> None:
    """A client of a block chain only reads, or what it sends stays there; in prose its name alone is a word."""
    read = compile_runbook(
        f"# Till stuck\n\n## Fix\n\n1. If the key leaked: change it —\n   `{command}`.\n2. Use `cast`.\n"
    )
    said = [step.command for one in read.procedures for step in one.steps if step.command is not None]
    assert [(one.text, one.effect) for one in said] == [(command, effect)]


@pytest.mark.parametrize("head", ["Escalation authority", "Escalation level", "Escalation owner"])
def test_a_column_about_escalation_that_names_people_calls_them(head: str) -> None:
    """Whatever stands behind "escalation" in the title, where most cells are somebody; a backlog is nobody."""
    rows = (
        "| P1 | cold | 5 min | Head baker |\n| P2 | late | 1 h | On-call baker lead |\n| P3 | dry | 1 d | Backlog |\n"
    )
    read = compile_runbook(f"# Bakery\n\n## Levels\n\n| Level | What | Response | {head} |\n|---|---|---|---|\n{rows}")
    assert [one.targets for one in read.escalation_levels] == [("Head baker",)]
    assert list(read.escalation_by_severity) == ["P2"]


def test_a_word_of_one_team_beside_known_ones_is_a_level_too() -> None:
    """ "SEV2 (degraded)" between "SEV1 (critical)" and "SEV3 (informational)" is no gap of the scale."""
    read = compile_runbook("# Bakery\n\nSeverity levels: SEV1 (critical), SEV2 (dusty), SEV3 (informational).\n")
    assert [(one.name, one.label) for one in read.severities] == [
        ("SEV1", "critical"),
        ("SEV2", "dusty"),
        ("SEV3", "informational"),
    ]


def test_a_point_behind_a_word_cut_short_ends_no_criterion() -> None:
    """ "(e.g. Oven 3)" is one clause."""
    rows = "| P1 | cold; one part (e.g. Oven 3) off |\n| P2 | late |\n"
    read = compile_runbook(f"# Bakery\n\n## Severity\n\n| Level | Definition |\n|---|---|\n{rows}")
    assert read.severities[0].criteria == ("cold", "one part (e.g. Oven 3) off")
