"""Runbooks of one service: what stands around a command, and what beside the incidents is none."""

from __future__ import annotations

import pytest

from tests.runbook.asked import codes, commands, commands_of
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure
from tocsin.runbook.playbook import Playbook


def _incidents(playbook: Playbook) -> list[Procedure]:
    return [one for one in playbook.procedures if one.kind in ("incident", "alert")]


def _of_an_oven(text: str) -> Playbook:
    return compile_runbook(
        f"# Mill\n\n## Common incidents\n\n### Oven is down\n\n{text}\n\n### Fan is down\n\nTurn it.\n"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Run `stoker ls` and look for:\n\n- cold stones", []),  # nobody knows this program
        ("Run `oven-cli ls` and look for:\n\n- cold stones", ["oven-cli ls"]),  # a client, by its name
        ("Run `kubectl get ovens` and look for:\n\n- cold stones", ["kubectl get ovens"]),
        ("Check `kubectl get ovens` for:\n\n- cold stones", ["kubectl get ovens"]),
        ("- **Fix:** Log in and `systemctl restart oven`. Then close it:\n  ```bash\n  make shut\n  ```",
         ["systemctl restart oven", "make shut"]),
        ("**Fix:** `make open`, then:\n\n```bash\nmake shut\n```", ["make open", "make shut"]),
        ("Run `make shut`:\n\n```bash\nmake shut\n```", ["make shut"]),  # once, though it stands there twice
        ("`kubectl get ovens`:\n\n- oven-0", []),  # what it prints
        ("Never run `kubectl delete oven` on:\n\n- Sundays", []),
        ("The output of `kubectl get ovens` says:\n\n- cold", []),
        ("If `systemctl restart oven` fails, call the miller.", []),
        ("When `kubectl get ovens` shows it, open the door.", []),
        ("If it is cold, run `systemctl restart oven`.", ["systemctl restart oven"]),
        ("- Heat: re-run `~/mill/heat.sh`\n- Log: `~/mill/heat.log`", ["~/mill/heat.sh"]),
        ("1. Heat again: `OVEN=1 STONE=2 npx heat`", ["OVEN=1 STONE=2 npx heat"]),
        ("1. Use `make shut` instead of running `kubectl delete oven` by hand.", ["make shut"]),
        ("1. Use `make shut` rather than `kubectl delete oven`.", ["make shut"]),
        ("1. Statt `kubectl delete oven` immer `make shut` nehmen.", ["make shut"]),
        ("1. Instead of waiting, run `make shut`.", ["make shut"]),
        (r"- Heat: run `C:\Mill\Heat.ps1`", [r"C:\Mill\Heat.ps1"]),
    ],
)  # fmt: skip
def test_a_line_above_a_list_may_ask_for_a_command(text: str, found: list[str]) -> None:
    """What a line with a colon says to run is a step; a command that is only spoken of is none."""
    assert commands(_of_an_oven(text)) == found


def test_a_command_is_called_by_the_words_before_it() -> None:
    """The word that only joins the two is left out."""
    (oven, _fan) = _incidents(_of_an_oven("1. Log in and `systemctl restart oven`."))
    assert [step.title for step in oven.steps] == ["Log in"]


def test_what_a_manual_says_is_not_run() -> None:
    """The description of an option and a sentence among commands are no statements; the command beside them is."""
    manual = "-f, --fast\n        Heat at once. When given twice, this\n        opens the flue (see flue(1)).\n"
    for block in (manual, "systemctl stop oven\nWait until all of the stones are cold.\n"):
        playbook = _of_an_oven(f"```bash\n{block}```\n\n1. `systemctl start oven`")
        assert [one for one in commands(playbook) if not one.startswith("systemctl")] == [], block
        assert "systemctl start oven" in commands(playbook)
        assert "TOC216" not in codes(playbook)


ALERT = """# Runbook: Oven Not Heating

**Severity:** P2

## Symptoms

- Cold stones

## Detection

**Alert name:** `OvenNotHeating`

## Diagnosis

```bash
systemctl status oven
```

## Resolution

```bash
systemctl restart oven
```

## Escalation

If it is still cold after 1 hour:

1. **Collect the readings:**
   ```bash
   make readings
   ```

2. **Check if the street is cold:**
   - Are other ovens out too?

3. **Contact mill team:**
   - Bring the readings

## Post-incident

- [ ] Write it down
"""


def test_the_runbook_of_one_incident_may_have_every_phase() -> None:
    """A chapter of symptoms says that it is about one thing; who is called is told."""
    playbook = compile_runbook(ALERT)
    (one,) = playbook.procedures
    assert (one.kind, one.title, len(one.symptoms)) == ("alert", "Oven Not Heating", 1)
    assert commands_of(one.steps) == ["systemctl status oven", "systemctl restart oven", "make readings"]
    assert [(level.targets, level.after and level.after.seconds) for level in playbook.escalation_levels] == [
        (("mill team",), 3600)
    ]
    assert not {"TOC108", "TOC309"} & codes(playbook)


def test_whom_to_call_for_one_incident_leaves_it_one() -> None:
    """Contacts beside one chapter of triggers and the fix of each cause; beside incidents they change nothing."""
    parts = "## Trigger\n\n- Flour waits\n\n## Diagnosis\n\n```bash\nmake look\n```\n\n## Fix by cause\n\n"
    causes = "### Belt down\n\n```bash\nmake belt\n```\n\n### Fan down\n\n```bash\nmake fan\n```\n\n"
    contacts = "## Contacts\n\n| Contact | When |\n|---|---|\n| Miller | Queue > 9 |\n| Owner | Queue > 90 |\n"
    (one,) = _incidents(compile_runbook(f"# Flour queue runbook\n\n{parts}{causes}{contacts}"))
    assert commands_of(one.steps) == ["make look", "make belt", "make fan"]
    assert len(_incidents(compile_runbook(f"# Flour queue runbook\n\n{causes}{contacts}"))) == 2


@pytest.mark.parametrize(
    "beside",
    [
        "## Incident history\n\n### 2031-02-03: Oven down\n\n**Cause:** wet wood\n\n**Fix:** dry wood\n",
        "## Post-incident procedures\n\n### After any alert\n\n1. `make report`\n\n### Weekly talk\n\n1. Speak\n",
        "## Belt troubleshooting\n\n### Check the belts\n\n```bash\nmake belts\n```\n",
    ],
)
def test_what_was_what_comes_after_and_what_to_look_at_is_no_incident(beside: str) -> None:
    """A day before a title, a chapter on afterwards, a title that asks to look."""
    text = (
        f"# Mill\n\n## Common incidents\n\n### Oven is down\n\n1. Light it\n\n### Fan is down\n\n1. Turn it\n\n{beside}"
    )
    assert [one.title for one in _incidents(compile_runbook(text))] == ["Oven is down", "Fan is down"]


def test_names_and_links_are_nothing_to_do() -> None:
    """A table that only lists what there is, and a chapter of links; a table of what to do stays as it is."""
    table = "| Queue | Consumer |\n|---|---|\n| flour | mill |\n\n"
    todo = "| Symptom | Action |\n|---|---|\n| cold | light it |\n\n"
    text = "# Runbook: Oven Down\n\n## Symptoms\n\n- Cold\n\n## Diagnosis\n\n{}## Fix\n\n1. Light it\n\n{}"
    links = "## Related runbooks\n\n- [Fan](https://mill.example/fan)\n"
    for rows, kind in ((table, "reference"), (todo, "manual")):
        (one,) = compile_runbook(text.format(rows, links)).procedures
        assert [(step.kind, step.title) for step in one.steps][1:] == [("manual", "Light it")]
        assert one.steps[0].kind == kind


def test_a_bracket_tells_two_of_one_name_apart() -> None:
    """ "Oven (east)" beside "Oven (west)" are two, and neither stands there twice."""
    east, west = "### Oven (east)\n\n1. `make east`\n\n", "### Oven (west)\n\n1. `make west`\n\n"
    playbook = compile_runbook(f"# Mill\n\n## Common incidents\n\n{east}{west}### Fan (old)\n\n1. Turn it\n")
    assert [one.title for one in _incidents(playbook)] == ["Oven (east)", "Oven (west)", "Fan"]
    assert "TOC112" not in codes(playbook)


def test_commands_of_a_chapter_are_called_after_it() -> None:
    """ "Commands" below each of several chapters would be so many of one name."""
    part = "## {} oven\n\n### Commands\n\n```bash\nmake {}\n```\n\n"
    text = f"# Mill\n\n{part.format('East', 'east')}{part.format('West', 'west')}"
    assert [one.title for one in compile_runbook(text).procedures] == ["East oven: Commands", "West oven: Commands"]


def test_an_identifier_is_no_time_and_what_watches_needs_no_check() -> None:
    """Letters and digits in a key that look like a number; a command below "Monitor …" is the check itself."""
    key = "## Parts\n\n- Belt: `east` (4bd9-8e9a-186bc0) on the roof\n\n"
    watch = "**Symptoms:** cold\n\n1. `make fire`\n\n#### Monitor the stones\n\n```bash\n{}\n```\n"
    text = f"# Mill\n\n{key}## Common incidents\n\n### Oven down\n\n{watch}"
    assert not {"TOC405", "TOC217"} & codes(compile_runbook(text.format("make stones")))
    assert "TOC217" in codes(compile_runbook(text.format("make fire ENV=2").replace("Monitor", "Heat")))


def test_a_sentence_behind_the_number_of_a_level_calls_whom_it_names() -> None:
    """Who acts, who is escalated to, and those listed below "notify:"; the wait is the beginning of the window."""
    levels = (
        "1. **Level 1** (0-15 min): Duty miller follows this page\n"
        "2. **Level 2** (15-30 min): If unresolved, escalate to head miller\n"
        "3. **Level 3** (30+ min): If flour is lost, notify:\n   - Mill owner\n   - Sales team (for the bakers)\n"
    )
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n{levels}")
    assert [(one.targets, one.after and one.after.seconds, one.condition) for one in playbook.escalation_levels] == [
        (("Duty miller",), 0, None),
        (("head miller",), 900, None),
        (("Mill owner", "Sales team"), 1800, "If flour is lost"),
    ]


def test_an_alert_with_a_time_beside_it_is_no_phase() -> None:
    """Among alerts, "No flour alert (30 minutes)" is one of them, and its time is how long there was none."""
    alert = "### {} alert{}\n\n**Immediate actions:**\n1. Look:\n   ```bash\n   make look\n   ```\n\n"
    alerts = "".join(alert.format(*one) for one in (("Heat down", ""), ("No flour", " (30 minutes)"), ("Fan down", "")))
    playbook = compile_runbook(f"# Mill\n\n## Alert response procedures\n\n{alerts}")
    assert [one.title for one in _incidents(playbook)] == ["Heat down alert", "No flour alert", "Fan down alert"]
    assert not playbook.phases


def test_steps_that_look_for_what_is_wrong_are_steps_of_the_one_incident() -> None:
    """ "Check the flour lag" below "Oven failure runbook" begins no incident of its own."""
    look = "### 1. Check the flour lag\n\n```bash\nmake lag\n```\n\n"
    text = f"# Oven failure runbook\n\n## By hand\n\n{look}### 2. Light it\n\n```bash\nmake fire\n```\n"
    (one,) = _incidents(compile_runbook(text))
    assert (one.kind, commands_of(one.steps)) == ("alert", ["make lag", "make fire"])


@pytest.mark.parametrize(("said", "found"), [("", True), ("Expected: 405", False), ("Expected: 240 loaves", True)])
def test_a_check_that_is_to_be_refused_may_end_well(said: str, found: bool) -> None:
    """Whoever expects "405" wants no `-f`; a number that is no refusal, or one behind other lines, changes nothing."""
    look = f"1. Look:\n   ```bash\n   curl -I https://mill.example/till\n   ```\n   {said}\n"
    playbook = _of_an_oven(f"{look}\n\n\nExpected: 404 loaves")
    assert ("TOC205" in codes(playbook)) is found


def test_what_an_incident_means_for_others_is_nothing_to_do() -> None:
    """Below "Impact" stands what is; what somebody is asked for there is a step all the same."""
    impact = "## Impact\n\n- No bread\n- Notify the shop\n\n"
    text = f"# Runbook: Oven Down\n\n## Symptoms\n\n- Cold\n\n{impact}## Fix\n\n1. Light it\n"
    (one,) = compile_runbook(text).procedures
    assert [(step.kind, step.title) for step in one.steps] == [
        ("reference", "No bread"),
        ("message", "Notify the shop"),
        ("manual", "Light it"),
    ]


WIPE = "rm -rf /srv/flour"


@pytest.mark.parametrize(
    "text",
    [
        f"What NOT to do:\n\n```bash\n{WIPE}\n```",
        f"**Anti-patterns**\n\n- `{WIPE}`",
        f"#### Hard ways (avoid)\n\n```bash\n{WIPE}\n```",
        f"```bash\n# Never run this on the primary\n{WIPE}\n```",
        f"```bash\n# DO NOT\n{WIPE}\n```",
        f"**Do not** empty the store by day: `{WIPE}` takes all of it.",
        f"1. Please do not `{WIPE}`; it takes all of it.",
        f"1. In a hurry, never empty it with `{WIPE}`.",
        f"1. You should not run `{WIPE}` here.",
        f"1. It is forbidden to use `{WIPE}`.",
        f"1. `{WIPE}` must never be run.",
    ],
)
def test_what_is_not_to_be_run_is_no_step_to_run(text: str) -> None:
    """Whatever form the "no" has; the words stay where they stand."""
    playbook = _of_an_oven(text)
    assert commands(playbook) == []
    assert any(WIPE in f"{step.title} {step.details}" for step in playbook.procedures[0].steps)


def test_a_first_column_names_what_a_command_is_for() -> None:
    """Below "Check" stands a name, below "Symptom" a case."""
    row = "| {} | Command |\n|---|---|\n| Heat | `make heat` |\n"
    for head, said in (("Check", ("Heat", None)), ("Symptom", ("make heat", "Heat"))):
        (oven, _fan) = _incidents(_of_an_oven(f"Look:\n\n{row.format(head)}"))
        assert [(step.title, step.condition) for step in oven.steps if step.command] == [said], head


def test_a_numbered_list_of_contacts_with_waits_is_a_chain() -> None:
    """Whoever comes "after 15 minutes" comes after the one above; without any wait the list is one of contacts."""
    people = "1. Duty miller (pager)\n2. Head miller{}\n3. Owner: Ann Reed, +49 30 1234567{}\n"
    text = f"# Mill\n\n## Who to call\n\n{people}"
    playbook = compile_runbook(text.format(" after 15 minutes", ", after 30 minutes"))
    assert [(one.targets, one.after and one.after.seconds) for one in playbook.escalation_levels] == [
        (("Duty miller",), None),
        (("Head miller",), 900),
        (("Owner",), 1800),
    ]
    assert not compile_runbook(text.format("", "")).escalation_levels


def test_a_field_beside_an_alert_is_no_symptom_and_a_signal_no_missing_command() -> None:
    """ "Severity: page" in the line of the alert; `nginx -s reload` has no sub-command that nginx would not know."""
    line = "*Alert:* `OvenCold` · *Severity:* page · *Dashboard:* https://mill.example/oven\n\n1. `nginx -s reload`"
    playbook = _of_an_oven(line)
    assert [one.text for one in _incidents(playbook)[0].symptoms] == ["OvenCold"]
    assert "TOC215" not in codes(playbook)


def test_a_handle_that_is_listed_is_a_way_to_reach_somebody() -> None:
    """Whoever is called "@bo" in the chain is the one whose chat is "@bo" among the contacts."""
    text = "# Mill\n\n## Contacts\n\n- Primary: @bo (Slack)\n- Backup: @{} (Slack)\n\n## Oven down\n\n1. `make fire`\n"
    playbook = compile_runbook(text.format("kim"))
    assert [one.targets for one in playbook.escalation_levels] == [("@bo",), ("@kim",)]
    assert "TOC302" not in codes(playbook)
