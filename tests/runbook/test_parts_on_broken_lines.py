"""What a label says over several lines, and chapters that are called as a label is: "Problem", "Alert"."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands_of, only
from tocsin.runbook.compile import compile_runbook

INCIDENT = """# Mill runbook

## Common incidents

### Mill stands still

{said}

**Verify:** `systemctl status mill`
"""


@pytest.mark.parametrize(
    ("symptoms", "read"),
    [
        (
            "The miller sees errors in all of the logs. The newest say\n`Belt.BeltError: not found`. No flour comes.",
            "The miller sees errors in all of the logs. The newest say Belt.BeltError: not found. No flour comes.",
        ),
        ("Bakers wait. Logs show\n`MillConnection.MillTimeoutError: no mill has answered`. Queue is full.", None),
        ("no mill has answered one of our checks for ten minutes (see\n`docs/mill.md`: what is said of belts).", None),
        ("no mill has answered one of our checks for ten minutes, and the\nlog of the mill: is full of it.", None),
        ("the mill has answered none of our checks for more than ten minutes.\nThe grain flows on.", None),
    ],
)
def test_a_symptom_goes_on_where_an_editor_broke_its_line(symptoms: str, read: str | None) -> None:
    """A colon in code or in the middle of a sentence makes no label of the rest of it."""
    one = only(INCIDENT.format(said=f"**Symptoms:** {symptoms}\n\n**Fix:** `systemctl restart mill`"))
    said = " ".join(symptoms.replace("`", "").split())
    assert [sign.text for sign in one.symptoms] == [read or said]
    assert commands_of(one.steps) == ["systemctl restart mill", "systemctl status mill"]


LIMITED = (
    "**Fix:** bring the old mill back as our own handbook says it. Only\n{}in an emergency, at the mill: `millctl 1`."
)


@pytest.mark.parametrize("fix", [LIMITED.format(""), f"- {LIMITED.format('  ')}"])
def test_a_limit_that_a_broken_line_begins_holds_for_the_command_below(fix: str) -> None:
    """What "Only" begins at the end of one line and "in an emergency: `x`" ends on the next is one condition."""
    steps = only(INCIDENT.format(said=fix)).steps
    (forced,) = [step for step in steps if step.command is not None and "millctl" in step.command.text]
    assert forced.condition is not None
    assert forced.condition.startswith("Only in an emergency")


def test_labels_on_lines_of_their_own_stay_labels() -> None:
    """Short lines in a paragraph with their own labels are parts, and a new sentence below a short one stands alone."""
    one = only(INCIDENT.format(said="Symptoms: no flour\nCause: belt torn\nFix: `systemctl restart mill`"))
    assert [sign.text for sign in one.symptoms] == ["no flour"]
    assert commands_of(one.steps) == ["systemctl restart mill", "systemctl status mill"]


def test_a_label_may_say_a_whole_paragraph() -> None:
    """ "Meaning:" over seven lines is what the alert means, not the title of nothing."""
    meaning = " ".join(["The mill counts its sacks, and one was counted that nobody has seen since."] * 7)
    one = only(INCIDENT.format(said=f"**Meaning:** {meaning}\n\n**Fix:** `systemctl restart mill`"))
    assert [step.title for step in one.steps if step.section == "meaning"] == [meaning]


PARTS = """# {title}

## {shows}

{said}

## {means}

No bread until it is mended.

## {mends}

```bash
systemctl restart oven
```
"""


@pytest.mark.parametrize(
    ("title", "shows", "means", "mends"),
    [
        ("Oven stays cold", "Problem", "Cause", "Solution"),
        ("Runbook: Oven stays cold", "Issue", "Cause", "Fix"),
        ("Runbook: High bread error rate", "Alert", "Impact", "Mitigation"),
        ("Runbook: Ofen bleibt kalt", "Alarm", "Ursache", "Behebung"),
        ("Fallo: el horno no funciona", "Alerta", "Causa", "Solución"),
        ("Panne : le four ne marche pas", "Alerte", "Cause", "Solution"),
        ("障害: オーブンが動かない", "アラート", "原因", "対処"),
        ("故障：烤箱无法启动", "告警", "原因", "解决方案"),
    ],
)
def test_a_chapter_called_as_a_label_is_what_shows(title: str, shows: str, means: str, mends: str) -> None:
    """A chapter "Problem" or "Alert" among the parts of one procedure holds its symptoms."""
    one = only(PARTS.format(title=title, shows=shows, means=means, mends=mends, said="Stones are cold."))
    assert ([sign.text for sign in one.symptoms], commands_of(one.steps)) == (
        ["Stones are cold."],
        ["systemctl restart oven"],
    )


def test_below_each_incident_a_problem_and_a_solution_are_its_parts() -> None:
    """So it is one level down, and a process that begins with an alert is no procedure."""
    text = "# Kitchen\n\n" + "".join(
        f"## {name}\n\n### Problem\n\nNo {name}.\n\n### Solution\n\n- Call the baker\n\n" for name in ("Mill", "Oven")
    )
    found = compile_runbook(text).procedures
    assert [[sign.text for sign in one.symptoms] for one in found] == [["No Mill."], ["No Oven."]]
    process = "# Incident response\n\n" + "".join(
        f"## {n}. {name}\n\n- Call the baker\n\n" for n, name in enumerate(("Alert", "Triage", "Resolution"), 1)
    )
    assert not [one for one in compile_runbook(process).procedures if one.kind in ("incident", "alert")]


def test_a_title_that_means_something_else_is_an_incident_among_sections_that_are_built_alike() -> None:
    """ "Readiness" or "On-call" with a signal and what to do is one more alert where another has both as well."""
    for title in ("Readiness", "Maintenance", "On-call"):
        text = "# Alert runbook\n\n" + "".join(
            f"## {n}. {name}\n\n**Signal:** `mill_{n}` is 0.\n\n**What to do:**\n\n1. Run `millctl restart {n}`.\n\n"
            for n, name in enumerate(("Belt failures", title, "Torn sacks"), 1)
        )
        playbook = compile_runbook(text)
        assert [(one.title, one.kind) for one in playbook.procedures] == [
            ("Belt failures", "incident"),
            (title, "incident"),
            ("Torn sacks", "incident"),
        ]
        assert not playbook.phases  # its commands are told once


def test_a_table_of_rules_and_a_chapter_of_tools_are_no_incidents() -> None:
    """ "Alert | Expression | Why" has nothing to do, and "Debugging tools" beside incidents are for any of them."""
    rules = """# Runbook

| Alert | Expression | Why |
|---|---|---|
| Mill slow | `mill_seconds > 3` | The belt is worn |
| No flour | `rate(mill_sacks[5m]) == 0` | The sieve is torn |
"""
    assert compile_runbook(rules).procedures == ()
    told = rules.replace("Why", "What to do").replace("The belt is worn", "Put on a new belt")
    assert [one.title for one in compile_runbook(told).procedures] == ["Mill slow", "No flour"]
    tools = """# Mill troubleshooting

## Issues of the mill

### Issue: Mill stuck

**Symptoms:**
- no flour

**Solution:**
```bash
systemctl restart mill
```

## Debugging Tools

### Logs

```bash
docker logs mill
docker exec -it mill-store redis-cli

# What it holds
INFO memory

KEYS *
docker ps
```
"""
    stuck, kept = compile_runbook(tools).procedures
    assert (stuck.kind, kept.kind) == ("incident", "library")
    assert commands_of(kept.steps) == ["docker logs mill", "docker exec -it mill-store redis-cli", "docker ps"]
