"""Documents without any heading: mails, exports, dumps of a wiki, and commands on lines of their own."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.headless import with_headings
from tocsin.runbook.playbook import Playbook, Trigger


def commands(playbook: Playbook) -> dict[str, list[tuple[str, str]]]:
    """The procedures by their titles, each with the titles and texts of its commands."""
    return {
        one.title: [(step.title, step.command.text) for step in one.steps if step.command is not None]
        for one in playbook.procedures
    }


EXPORT = """**Mill stands still – what to do**

This is what we do at night.

**Symptoms**
No flour comes out

**Steps**
1. Look at the mill
systemctl status mill
2. Start it anew
sudo systemctl restart mill

**Escalation**
On-call: Ada Stone
After 15 minutes: head of mills
After 1 hour: owner
"""


def test_lines_in_bold_are_the_headings_of_a_document_without_any() -> None:
    """The first is its title, parts of a procedure stand below it, and a chapter on escalation is one."""
    playbook = compile_runbook(EXPORT)
    assert playbook.title == "Mill stands still – what to do"
    assert commands(playbook) == {
        "Mill stands still – what to do": [
            ("Look at the mill", "systemctl status mill"),
            ("Start it anew", "sudo systemctl restart mill"),
        ]
    }
    assert [one.text for one in playbook.procedures[0].symptoms] == ["No flour comes out"]
    levels = playbook.escalation_levels
    assert [(one.targets, one.after and one.after.seconds, one.lines.first) for one in levels] == [
        (("On-call",), None, 15),
        (("head of mills",), 900, 16),
        (("owner",), 3600, 17),
    ]


def test_lines_alone_are_headings_where_there_are_two_of_them() -> None:
    """Short, between blank lines, neither a sentence nor a command; each holds the commands below it."""
    text = (
        "Mill failover\n\nWhen to use: the mill is gone\n\n1. Log in\nssh mill-2.bakery.test\n"
        "2. Take over\nsudo -u mill /srv/mill/promote.sh --now\n\nSieve flush\n\nredis-cli -h sieve FLUSHDB\n"
    )
    assert commands(compile_runbook(text)) == {
        "Mill failover": [
            ("Log in", "ssh mill-2.bakery.test"),
            ("Take over", "sudo -u mill /srv/mill/promote.sh --now"),
        ],
        "Sieve flush": [("redis-cli -h sieve FLUSHDB", "redis-cli -h sieve FLUSHDB")],
    }


def test_the_commands_of_a_mail_are_kept_under_its_name() -> None:
    """Nothing in it is a heading: its file names the collection, and who is called in a sentence is not lost."""
    text = (
        "Hi all,\n\nhere is what to do when the queue is stuck.\n\n1) ssh worker-1.bakery.test\n"
        "2) sudo systemctl restart worker\n\nThen check:\ncurl -f https://bakery.test/health\n\nCheers\nAda\n"
    )
    playbook = compile_runbook(text, path="runbooks/queue.md")
    assert playbook.title == "queue.md"
    assert [text for _title, text in commands(playbook)["queue.md"]] == [
        "ssh worker-1.bakery.test",
        "sudo systemctl restart worker",
        "curl -f https://bakery.test/health",
    ]
    assert ("Then check", "curl -f https://bakery.test/health") in commands(playbook)["queue.md"]


@pytest.mark.parametrize(
    ("lines", "marked"),
    [
        (("**Oven cold**", "", "**Fix**", "Light it"), ("# Oven cold", "", "### Fix", "Light it")),
        (("**Backofen kalt:**", "", "**Symptome**", "x"), ("# Backofen kalt:", "", "### Symptome", "x")),
        (
            ("__Oven cold__", "__Symptoms__", "x", "__Mill dead__", "__Symptoms__", "y"),
            ("## Oven cold", "### Symptoms", "x", "## Mill dead", "### Symptoms", "y"),
        ),
        (("**Oven cold**", "- a", "**Mill dead**", "- b"), ("## Oven cold", "- a", "## Mill dead", "- b")),
        (("**Oven**", "**1. Light it**", "x", "**2. Wait**"), ("# Oven", "### 1. Light it", "x", "### 2. Wait")),
        (("== Oven cold ==", "text", "=== Fix ===", "x"), ("## Oven cold", "text", "### Fix", "x")),
        (("= Oven cold", "text", "== Fix", "x"), ("# Oven cold", "text", "## Fix", "x")),
        (("h1. Oven cold", "h2. Fix", "x"), ("# Oven cold", "## Fix", "x")),
        (("Oven cold", "", "- x", "", "Mill dead", "", "y"), ("## Oven cold", "", "- x", "", "## Mill dead", "", "y")),
    ],
)  # fmt: skip
def test_what_heads_the_others_gets_a_mark_on_its_own_line(lines: tuple[str, ...], marked: tuple[str, ...]) -> None:
    """No line comes or goes, so that every finding stays at its line."""
    assert with_headings(lines) == marked


@pytest.mark.parametrize(
    "lines",
    [
        ("# Oven", "", "**Fix**", "Light it"),
        ("Oven", "====", "", "**Fix**", "Light it"),
        ("<h1>Oven</h1>", "", "**Fix**", "Light it"),
        ("**Never stop the mill.**", "", "It grinds."),
        ("```", "**Fix**", "== a ==", "```"),
        ("Only one line", "", "It grinds, and it grinds."),
        ("Hi all,", "", "it is down.", "", "Cheers!", "", "Ada"),
        ("Push it", "", "docker compose ps", "", "- a"),
        ("It is **cold** here", "**and** there"),
    ],
)
def test_a_document_with_headings_and_loud_words_stay_as_they_are(lines: tuple[str, ...]) -> None:
    """Any heading is enough; a sentence in bold, code and a single line without a mark are none."""
    assert with_headings(lines) == lines


def test_a_paragraph_of_times_is_a_ladder() -> None:
    """Its lines after the first begin with a time each; of one without a time among them it is a paragraph."""
    text = "# Mill\n\n## Escalation\n\nOn-call: Ada Stone\nAfter 15 minutes: head of mills\n{}: owner\n"
    levels = compile_runbook(text.format("After 1 hour")).escalation_levels
    assert [(one.targets, one.trigger) for one in levels] == [
        (("On-call",), Trigger.START),
        (("head of mills",), Trigger.UNRESOLVED),
        (("owner",), Trigger.UNRESOLVED),
    ]
    assert compile_runbook(text.format("Mail")).escalation_levels == ()


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("sudo systemctl restart mill", True),
        ("systemctl restart mill", True),
        ("sudo reboot", True),
        ("ssh ada@mill-1", True),
        ("ssh mill-1.bakery.test", True),
        ("sudo is needed here", False),
        ("ssh into the box", False),
        ("git push and then wait", False),
        ("docker compose must be there", False),
        ("make sure that it grinds", False),
    ],
)
def test_a_command_on_a_line_of_its_own_is_one(line: str, runs: bool) -> None:
    """Alone in an item, below its first line, or in a paragraph; a piece of a sentence is none."""
    for form in ("1. {}\n2. Wait\n", "1. Look\n{}\n2. Wait\n", "Look:\n{}\n"):
        playbook = compile_runbook(f"# Mill\n\n## Incident: Mill stuck\n\n### Fix\n\n{form.format(line)}")
        assert ([text for _title, text in commands(playbook)["Mill stuck"]] == [line]) is runs, form


@pytest.mark.parametrize(
    "above",
    [
        "Never run this on the primary:\n",
        "Careful with it. Do not execute:\n",
        "Never run this on the primary:\n\n```\n",
        "1. Do not run:\n   ",
        "1. Never run this by night:\n\n   ```\n   ",
    ],
)
def test_a_command_below_a_sentence_that_forbids_it_is_only_told(above: str) -> None:
    """Be it on a line of its own, in a block or below an item; its words stay for whoever reads them."""
    fence = "\n   ```\n" if "   ```" in above else "\n```\n" if "```" in above else "\n"
    playbook = compile_runbook(
        f"# Mill\n\n## Silo is full\n\n{above}rm -rf /srv/silo{fence}\nRestart it:\nreboot -f now\n"
    )
    assert [command for _, command in commands(playbook)["Silo is full"]] == ["reboot -f now"]
    assert any("rm -rf /srv/silo" in step.details for step in playbook.procedures[0].steps)


@pytest.mark.parametrize("above", ["Never skip this:", "Do not wait, stop it:", "The silo never empties:"])
def test_a_command_below_another_warning_is_one_to_run(above: str) -> None:
    """What is not to be skipped, and what never happens, is no command that is forbidden."""
    playbook = compile_runbook(f"# Mill\n\n## Silo is full\n\n{above}\nsystemctl stop silo\n")
    assert commands(playbook)["Silo is full"] == [(above.rstrip(":"), "systemctl stop silo")]


def test_a_condition_of_two_lines_is_that_of_the_command_below() -> None:
    """The second line goes on with a small letter; two lines that each begin anew are apart."""
    text = "# Mill\n\n## Silo is full\n\nIf the silo is locked\nand the miller agrees:\nrm -rf /srv/silo\n"
    (step,) = compile_runbook(text).procedures[0].steps
    assert (step.title, step.condition) == ("If the silo is locked and the miller agrees",) * 2


@pytest.mark.parametrize("note", ["**Important**", "**Note:**", "**Warning**"])
def test_the_word_for_a_note_heads_no_chapter(note: str) -> None:
    """What stands below it belongs to the incident above, and so do the parts that follow."""
    heads = [f"**{one}**\n\n" for one in ("Mill stands still", "Symptoms", "Resolution")]
    text = f"{heads[0]}{heads[1]}No flour\n\n{note}\n\nMind the belt.\n\n{heads[2]}Start it anew:\nreboot -f now\n"
    assert commands(compile_runbook(text)) == {"Mill stands still": [("Start it anew", "reboot -f now")]}
