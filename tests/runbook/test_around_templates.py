"""What stands around a block to fill in: when the report is due, how often updates are, and which message it is."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Open a page in `mills/<day>.md` within 5 business\ndays of the last flour. Its parts:", 432_000),
        ("The document is due within 48 hours of resolution:", 172_800),
        ("Write it within three days.", 259_200),
        ("Complete this within 1 week of the incident:", 604_800),
    ],
)
def test_a_sentence_above_the_skeleton_of_a_report_says_when_it_is_due(said: str, seconds: int) -> None:
    """A chapter that holds the skeleton was no text at all, and another time was taken: "the last 2 weeks of …"."""
    text = (
        f"# Mill\n\n## Post-mortem template\n\n{said}\n\n```markdown\n# Report: <title>\n## Summary\n## Causes\n```\n"
        "\n## Before a shift\n\n- [ ] Read the post-mortems of the last 2 weeks.\n"
    )
    report = compile_runbook(text.encode()).postmortem
    assert report is not None
    assert report.due is not None
    assert report.due.seconds == seconds
    assert report.sections == ("Summary", "Causes")


@pytest.mark.parametrize(
    "title",
    [
        "**Status updates every 30 minutes during an incident:**",
        "### Updates every 30 minutes until resolved",
        "**Updates every 30 minutes while the incident is open:**",
        "### Status-Updates alle 30 Minuten während einer Störung",
        "### Actualizaciones cada 30 minutos durante el incidente",
    ],
)
def test_a_heading_says_how_often_updates_are_due_as_long_as_it_lasts(title: str) -> None:
    """ "during an incident" adds nothing to it."""
    text = (
        f"# Mill\n\n## Response\n\n{title}\n\n```\nUpdate [time]:\n- Status: [grinding/standing]\n- Next: [time]\n```\n"
    )
    (cadence,) = compile_runbook(text.encode()).cadences
    assert cadence.every.seconds == 1800


@pytest.mark.parametrize(
    "lead",
    [
        "1. Look at it\n2. Post the first notice",
        "1. Post the first notice:",
        "Post this in #mill:",
        "- Tell the bakers:",
    ],
)
@pytest.mark.parametrize("opening", ["Investigating: [what stands]", "📣 Flour: [what stands]"])
def test_a_block_with_blanks_below_what_says_to_post_it_is_a_message(lead: str, opening: str) -> None:
    """Its lines are no steps, and nobody is told "Flour left: [sacks]"."""
    text = (
        f"# Mill\n\n## Response\n\n### Step 1: Acknowledge\n\n{lead}\n\n```\n{opening}\n- Flour left: [sacks]\n"
        "- Customers told: [yes/no]\n- Next update: [time]\n```\n"
    )
    playbook = compile_runbook(text.encode())
    (template,) = playbook.templates
    assert [one.name for one in template.fields] == ["what stands", "sacks", "yes/no", "time"]
    assert not [step for phase in playbook.phases for step in phase.steps if "[sacks]" in step.title]
    assert not [rule for rule in playbook.communication if "[yes/no]" in rule.text]


@pytest.mark.parametrize(
    "text",
    [
        "### Handoff\n\n5. Announce it in the chat:\n\n```\nNew shift: [miller]\nUpdate the list: [list]\n```\n",
        "### Step 2: Turn\n\n1. Update the settings:\n\n```\nwheel: [fast]\nstone: [cold]\n```\n",
        "### Step 3: Open a ticket\n\n1. Look at the wheel\n\n```\nUpdate: [time]\nStone: [cold]\n```\n",
    ],
)
def test_other_blocks_with_blanks_are_none(text: str) -> None:
    """A shift that is handed over, settings, and what nobody says to post."""
    assert compile_runbook(f"# Mill\n\n## On-call\n\n{text}".encode()).templates == ()
