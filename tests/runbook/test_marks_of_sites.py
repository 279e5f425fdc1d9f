"""What generators of sites leave in a document: front matter, marks of notes, anchors, links to other pages."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands, commands_of, only
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.neighbours import Neighbour

FRONT = """---
title: GrainSiloFull
weight: 20
---
"""


PARTS = """
## Meaning

No grain goes in any more.

## Diagnosis

```shell
$ kubectl -n mill get pods
NAME     READY
silo-0   1/1
```

## Mitigation

```shell
$ kubectl -n mill delete pod silo-0
```
"""


def test_the_title_of_the_front_matter_is_the_first_heading_where_there_is_none() -> None:
    """A site's generator sets the title above the text: the document is that alert's as with a heading."""
    alert = only(FRONT + PARTS)
    assert (alert.title, alert.kind) == ("GrainSiloFull", "alert")
    assert [step.section for step in alert.steps] == ["meaning", "investigation", "resolution"]


def test_a_heading_that_a_generator_fills_in_has_the_title_of_the_front_matter() -> None:
    """A template instead of a title names nothing."""
    playbook = compile_runbook(FRONT + "# <%= current_page.data.title %>\n" + PARTS)
    assert playbook.title == playbook.procedures[0].title == "GrainSiloFull"


def test_a_heading_of_its_own_goes_before_the_front_matter() -> None:
    """Where both name the document, the heading does, and nothing is put before it."""
    assert only(FRONT + "# GrainElevatorDown\n" + PARTS).title == "GrainElevatorDown"


LOOK = ["List the ovens:", "", "```bash", "kubectl -n oven get pods", "```"]


NOTES = {
    "directive": ["````{tip}", *LOOK, "````"],
    "colons": [":::{note}", *LOOK, ":::"],
    "admonition": ['!!! warning "At night only"', *(f"    {line}" for line in LOOK)],
    "quote": ["> [!IMPORTANT]", *(f"> {line}" for line in LOOK)],
    "shortcode": ["{{< hint warning >}}", *LOOK, "{{< /hint >}}"],
}


@pytest.mark.parametrize("kind", NOTES)
def test_a_command_in_a_note_is_one_and_the_mark_of_the_note_is_no_text(kind: str) -> None:
    """What a note holds is read as if it stood in the text; the mark around it is said nowhere."""
    note = "\n".join(NOTES[kind])
    playbook = compile_runbook(
        f"# Bakery\n\n## Incident: Oven cold\n\n**Symptoms**\n\n- Raw bread\n\n**Fix**\n\n{note}\n"
    )
    assert commands(playbook) == ["kubectl -n oven get pods"]
    said = [step.title for step in playbook.procedures[0].steps]
    assert not any(mark in title for title in said for mark in ("{", "!!!", ":::", "[!"))


def test_what_stands_in_the_tabs_of_a_page_is_read() -> None:
    """The words of a tab are moved in and are no code."""
    tab = '=== "{0}"\n\n    Restart it:\n\n    ```bash\n    {0} restart mill\n    ```\n\n'
    tabs = tab.format("docker") + tab.format("podman")
    steps = only(f"# Bakery\n\n## Incident: Mill stuck\n\n{tabs}Look at it: `df -h`\n").steps
    assert commands_of(steps) == ["docker restart mill", "podman restart mill", "df -h"]


def test_an_anchor_before_a_heading_is_no_step() -> None:
    """The line that other pages refer to is not for people."""
    text = "# Common problems\n\n(cold)=\n## Oven is cold\n\nLight it.\n\n(hot)=\n## Oven is too hot\n\nOpen it.\n"
    said = [step.title for one in compile_runbook(text).procedures for step in one.steps]
    assert said == ["Light it.", "Open it."]


def test_a_link_to_the_page_that_a_file_becomes_is_no_dead_one() -> None:
    """ "oven.html" and "./oven" lead to oven.md; where a site's root is, the document does not say."""
    files = {"oven.md": Neighbour.THERE}
    text = f"{FRONT}\n- [one](oven.html)\n- [two](./oven)\n- [three](/manual/mill.html)\n- [four](mill.html)\n"
    found = compile_runbook(text, look=lambda path: files.get(path.removeprefix("./"), Neighbour.MISSING)).findings
    assert [one.message for one in found if one.code == "TOC608"] == ["mill.html does not exist"]


FIX = "```bash\nsystemctl restart oven\n```"


def test_a_doubled_key_of_the_front_matter_takes_none_of_the_others_away() -> None:
    """Which of two is meant, nobody knows; the title that stands there once is the title."""
    playbook = compile_runbook("---\nlayout: ops\nlayout: docs\ntitle: Oven fails to heat\n---\n\n## Fuse\n\n" + FIX)
    assert playbook.title == "Oven fails to heat"
    assert "TOC114" in {one.code for one in playbook.findings}


def test_code_in_a_line_of_text_opens_no_fence() -> None:
    """ "```df -h``` shows it" is a sentence, and the marks of a note below it are marks."""
    note = ":::warning Never at night\n\n1. Wait\n\n:::\n"
    text = f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```df -h``` shows it.\n\n{note}"
    assert ":::" not in "".join(step.title for step in only(text).steps)


WIKI = """h1. Mill runbook

h2. Severity levels
||Severity||Definition||Response time||
|SEV1|mill stands|15 minutes|
|SEV2|mill is slow|1 hour|

h2. Common incidents

h3. Silo is full

*Resolution:*

# Look at the *silo*
# Stop the sieve

{warning}
Never do this on the new mill.
{warning}

{code:title=Empty it|language=bash}
millctl empty --all
{code}
"""


def test_marks_of_a_wiki_are_read_as_those_of_markdown() -> None:
    """Headings, tables, numbered items, notes and blocks of Jira and Confluence; each keeps its line."""
    playbook = compile_runbook(WIKI)
    assert [(one.name, one.response_target and one.response_target.text) for one in playbook.severities] == [
        ("SEV1", "15 minutes"),
        ("SEV2", "1 hour"),
    ]
    (silo,) = playbook.procedures
    assert [step.title for step in silo.steps[:2]] == ["Look at the silo", "Stop the sieve"]
    (run,) = silo.commands
    assert (run.command and run.command.text, run.lines.first) == ("millctl empty --all", 22)
    assert run.condition == "Never do this on the new mill"


def test_cells_between_tabs_are_a_table() -> None:
    """As a spreadsheet gives them, below a heading or a blank line; a block of code keeps its tabs."""
    text = "# Mill\n\n## Contacts\nName\tRole\tPhone\nAda Stone\tMiller\t555 0142\nBen Sack\tOwner\t555 0143\n"
    playbook = compile_runbook(text + "\n## Silo is full\n\n```bash\nprintf 'a\tb'\nprintf 'c\td'\n```\n")
    assert [one.name for one in playbook.contacts] == ["Ada Stone", "Ben Sack"]
    assert [step.command.text for step in playbook.procedures[0].commands if step.command] == [
        "printf 'a\tb'",
        "printf 'c\td'",
    ]
