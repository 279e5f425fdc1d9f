"""The parts of a post-mortem, told apart from the rules for writing one."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def _parts(items: list[str], above: str = "") -> tuple[str, ...]:
    listed = "\n".join(f"- {one}" for one in items)
    playbook = compile_runbook(f"# Mill runbook\n\n## Post-mortem\n\n{above}{listed}\n".encode())
    return playbook.postmortem.sections if playbook.postmortem is not None else ()


def test_when_it_is_due_is_no_part_and_a_blank_is_none_either() -> None:
    """What is to be filled in stands behind the name of a part; a time in brackets may belong to one."""
    items = [
        "Written within 48 hours",
        "Grain lost: [tonnes]",
        "Timeline",
        "Root cause",
        "[Action 1] — owner — date",
        "Quick wins (1 week)",
    ]
    assert _parts(items) == ("Grain lost", "Timeline", "Root cause", "Quick wins (1 week)")


@pytest.mark.parametrize(
    "rule",
    [
        "Blameless.",
        "No blame, no shame",
        "Sans reproche",
        "Ohne Schuldzuweisung",
        "Sin culpables",
        "对事不对人",
        "ブレームレス",
    ],
)
def test_a_list_of_how_it_is_held_names_no_parts(rule: str) -> None:
    """A review is "blameless": whatever stands beside it in a list is how it is held as well."""
    assert _parts([rule, "Open to all millers", "Every action has an owner"]) == ()
    assert _parts(["Timeline", "Root cause"]) == ("Timeline", "Root cause")


def test_what_is_to_be_done_is_no_part_where_parts_are_listed() -> None:
    """Tasks among the parts are left out; where most of the items are tasks there are no parts."""
    assert _parts(["Timeline", "Root cause", "Lessons", "Share with the co-operative"]) == (
        "Timeline",
        "Root cause",
        "Lessons",
    )
    assert _parts(["Schedule the review", "Share with the co-operative", "Timeline"]) == ()
