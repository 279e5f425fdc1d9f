"""Runbooks of one service: an alert a file, incidents in bold, alerts deep below a chapter, shells that are left."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands_of
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.sections import parse_title
from tocsin.runbook.instructions import Procedure
from tocsin.runbook.playbook import Playbook

OVEN = """# {title}

{alert}

## First two minutes

```bash
systemctl status oven
```

## What is behind it

| Symptom | Cause |
|---|---|
| Cold stones | The flue is shut |
| Smoke in the shop | The fan stands still |

## Put it right

```bash
sudo systemctl restart oven
```
"""


def _incidents(playbook: Playbook) -> list[Procedure]:
    return [one for one in playbook.procedures if one.kind in ("incident", "alert")]


def _found(text: str, code: str) -> list[str]:
    return [one.message for one in compile_runbook(text).findings if one.code == code]


def test_a_document_that_names_its_alert_is_about_that_alert() -> None:
    """The alert below the title, in bold, in a row of labels or in a quote, makes one procedure of the document."""
    for alert in (
        "**Alert:** `OvenDown` | **Severity:** critical",
        "> **Alert**: `OvenDown` (`oven_up == 0`, 1m)",
        "- Owner: bakery\n\n**Alert name**: OvenDown",
        "**Alarm**: `OvenDown`",
    ):
        playbook = compile_runbook(OVEN.format(title="Incident Runbook: Oven cold", alert=alert))
        (one,) = _incidents(playbook)
        assert (one.kind, commands_of(one.steps)) == (
            "alert",
            ["systemctl status oven", "sudo systemctl restart oven"],
        ), alert


def test_a_document_that_names_no_alert_or_holds_several_is_not_one() -> None:
    """What is said of alerts in general names none, and alerts with headings of their own stay apart."""
    general = compile_runbook(OVEN.format(title="Oven", alert="**Alert:** by mail to the bakery"))
    assert [one.title for one in _incidents(general)] == ["Cold stones", "Smoke in the shop"]
    several = "## OvenDown\n\n### Steps\n\n1. `systemctl status oven`\n\n## FlourStockLow\n\n1. `stock show`\n"
    playbook = compile_runbook(f"# Bakery alerts\n\n**Alert:** `OvenDown`\n\n{several}")
    assert [one.title for one in _incidents(playbook)] == ["OvenDown", "FlourStockLow"]


ISSUES = """# Bakery troubleshooting

## Steps

### STEP 01 - Look at the oven

**Issue: Stones stay cold**
- **Symptom**: no loaf is brown.
- **Fix**: open the flue:
```bash
oven flue --open
```
Then begin the batch again with `pm2 start batch`.

**Issue: Door will not shut**
- **Commands**:
```bash
oven door show
```

### STEP 02 - Look at the till

**Issue: No receipts**
- **Action**: Run `systemctl restart printer` in the shop.
"""


def test_issues_in_bold_are_incidents_wherever_they_stand() -> None:
    """Each with its own symptoms and commands; one alone where the chapter beside it has several counts as well."""
    playbook = compile_runbook(ISSUES)
    assert [(one.title, commands_of(one.steps)) for one in _incidents(playbook)] == [
        ("Stones stay cold", ["oven flue --open", "pm2 start batch"]),
        ("Door will not shut", ["oven door show"]),
        ("No receipts", ["systemctl restart printer"]),
    ]
    assert [one.text for one in _incidents(playbook)[0].symptoms] == ["no loaf is brown."]


def test_an_issue_in_bold_that_stands_alone_belongs_to_its_heading() -> None:
    """Where only one line says what the issue is, the heading above it is the incident."""
    text = "# R\n\n## Common incidents\n\n### Oven cold\n\n**Issue: the flue is shut**\n\n1. `pm2 restart flue`\n"
    (one,) = _incidents(compile_runbook(text))
    assert (one.title, commands_of(one.steps)) == ("Oven cold", ["pm2 restart flue"])


def test_what_stands_behind_a_title_in_bold_is_its() -> None:
    """Below "Troubleshooting" a line that ends in a colon is within the incident in bold above it."""
    look = "**Stones stay cold**\n\nLook at the flue:\n\n```bash\npm2 show flue\n```\n\nThen `pm2 restart flue`.\n"
    text = f"# Bakery\n\n## Troubleshooting\n\n{look}\n**Till is mute**\n\n`docker restart till`\n"
    assert [(one.title, commands_of(one.steps)) for one in _incidents(compile_runbook(text))] == [
        ("Stones stay cold", ["pm2 show flue", "pm2 restart flue"]),
        ("Till is mute", ["docker restart till"]),
    ]


def test_one_error_among_problems_makes_none_of_the_others_less() -> None:
    """A heading "Error: …" beside plain ones below "Troubleshooting"; where most are marked, the plain ones are not."""
    chapters = (
        "### Error: `flue shut`\n\n1. `pm2 restart flue`\n\n### {}\n\n`pm2 show till`\n\n### {}\n\n`pm2 show fan`\n"
    )
    for titles, count in (
        (("Receipts come out blank", "Smoke after a batch"), 3),
        (("Error: mute", "Looking around"), 2),
    ):
        text = f"# Bakery\n\n## Overview\n\nBread.\n\n## Troubleshooting\n\n{chapters.format(*titles)}"
        assert len(_incidents(compile_runbook(text))) == count


def test_a_table_of_the_parts_of_one_incident_is_read_by_its_rows() -> None:
    """ "Detection | …" above "Resolution | …" below a heading, also where the first of them is the table's head."""
    for head in ("| Aspect | Detail |\n|---|---|\n| **Symptoms** |", "| Symptoms |", "| | |\n|---|---|\n| Detection |"):
        line = "\n|---|---|" if head.count("\n") == 0 else ""
        rows = f"{head} cold stones; no smoke |{line}\n| Cause | flue is shut |\n| Fix | `pm2 restart flue` |\n"
        text = f"# Bakery\n\n## Failure modes\n\n### Oven cold\n\n{rows}| Verify | `pm2 show flue` |\n"
        (one,) = _incidents(compile_runbook(text))
        assert [sign.text for sign in one.symptoms] == ["cold stones", "no smoke"], head
        assert [step.section for step in one.steps if step.command] == ["resolution", "verification"], head


def test_alerts_below_two_chapters_are_not_lost_in_a_phase() -> None:
    """ "Monitoring", then "Alert response", then the alerts: none of them is a step of the detection."""
    alerts = "#### Alert: Oven Down\n\n```bash\noven show\n```\n\n#### Alert: Flour Low\n\n```bash\nstock show\n```\n"
    text = f"# Bakery\n\n## Monitoring & Alerting\n\n### Dashboards\n\n- Flour\n\n### Alert Response\n\n{alerts}"
    found = [(one.kind, one.title, commands_of(one.steps)) for one in _incidents(compile_runbook(text))]
    assert found == [("alert", "Oven Down", ["oven show"]), ("alert", "Flour Low", ["stock show"])]


def test_the_program_that_went_into_a_container_is_not_inside() -> None:
    """A list of useful commands: `kubectl` behind `kubectl exec -it … bash` runs where the first one ran."""
    into = "kubectl exec -it mill-0 -- bash"
    fence = f"# R\n\n## Useful commands\n\n```bash\n{into}\n\nls /flour\n\n# Flour\nkubectl get pods\ndf -h\n```\n"
    steps = compile_runbook(fence).procedures[0].steps
    assert [step.command.host for step in steps if step.command] == [None, into, None, None]
    (message,) = _found(fence, "TOC214")
    assert message.startswith("1 command from here on is")


def test_who_is_first_is_not_called_first() -> None:
    """An ordinal before a colon counts the level."""
    text = "# R\n\n## Escalation\n\n1. First: Baker (5 min)\n2. Second: Master baker (15 min)\n"
    levels = compile_runbook(text).escalation_levels
    assert [(one.level, one.targets, one.after and one.after.seconds) for one in levels] == [
        (1, ("Baker",), 300),
        (2, ("Master baker",), 900),
    ]


def test_a_check_to_tick_off_is_one_to_run() -> None:
    """ "`…` returns nothing" speaks of a command in prose; behind a box or below "Verification" it is to be run."""
    check = "### Verification\n\n- `pm2 show oven` returns 240\n"
    text = f"# R\n\n## Incident: Oven cold\n\n### Resolution\n\n1. `pm2 restart oven`\n\n{check}"
    (one,) = _incidents(compile_runbook(text))
    assert commands_of(one.steps) == ["pm2 restart oven", "pm2 show oven"]
    boxes = compile_runbook("# R\n\n## Validation checklist\n\n- [ ] `redis-cli ping` returns PONG.\n- [ ] Look.\n")
    (step,) = [step for one in boxes.procedures for step in one.steps if step.command]
    assert (step.title, step.command and step.command.text) == ("redis-cli ping", "redis-cli ping")


def test_findings_quote_the_command_and_leave_this_machine_alone() -> None:
    """TOC217 shows what nothing verifies; TOC213 is about another host, not the one that goes without saying."""
    fix = "# R\n\n## Common incidents\n\n### Oven cold\n\n**Resolution:**\n\n1. If that fails: `pm2 restart oven`\n"
    assert _found(fix, "TOC217") == ["Oven cold: nothing verifies pm2 restart oven"]
    both = "# R\n\n## Useful commands\n\n```bash\nredis-cli -h {} ping\nredis-cli info\n```\n"
    assert not _found(both.format("127.0.0.1"), "TOC213")
    assert _found(both.format("cache.example.org"), "TOC213")


def test_the_word_for_the_document_before_a_dash_is_no_name_of_the_incident() -> None:
    """ "Runbook — Oven cold" is about a cold oven; another word before a dash belongs to the name."""
    for title, name in (("Runbook — Oven cold", "Oven cold"), ("East mill - oven cold", "East mill - oven cold")):
        text = f"# {title}\n\nSymptoms:\n- Cold stones\n\nFix:\n- Light the fire\n"
        assert [one.title for one in _incidents(compile_runbook(text))] == [name]


def test_a_table_of_causes_holds_an_incident_a_row() -> None:
    """A table of symptoms below a title that fails in nothing is read by its rows; below "Oven cold" it is that one."""
    table = (
        "| Symptom | Likely cause | Fix |\n|---|---|---|\n"
        "| Smoke | Fan stands | Turn it |\n| Soot | Wet wood | Dry it |\n"
    )
    causes = _incidents(compile_runbook(f"# Mill\n\n## Troubleshooting\n\n### Common causes of bad bread\n\n{table}"))
    assert [(one.title, one.steps[-1].title) for one in causes] == [("Smoke", "Turn it"), ("Soot", "Dry it")]
    cold = _incidents(compile_runbook(f"# Mill\n\n## Troubleshooting\n\n### Oven is down\n\n{table}"))
    assert [one.title for one in cold] == ["Oven is down"]


def test_notes_beside_incidents_are_none() -> None:
    """Prose below "Building notes" tells of the house; below a title of its own it is an incident as before."""
    text = "# Mill\n\n## Troubleshooting\n\n### Oven is cold\n\nLight the fire.\n\n### {}\n\nThe fan hangs above.\n"
    assert [one.title for one in _incidents(compile_runbook(text.format("Building notes")))] == ["Oven is cold"]
    assert len(_incidents(compile_runbook(text.format("Fan hums")))) == 2


def test_who_keeps_a_document_is_no_symptom() -> None:
    """ "Owner: …" below the list of triggers is about the document."""
    trigger = "**Trigger:**\n- Below 200 degrees\n\n**Owner:** Bakers\n\n"
    text = f"# Mill\n\n## Oven is cold\n\n{trigger}### Fix\n\n1. Light it\n"
    (oven,) = _incidents(compile_runbook(text + "\n## Fan is down\n\n### Fix\n\n1. Turn it\n"))[:1]
    assert [one.text for one in oven.symptoms] == ["Below 200 degrees"]


def test_when_to_escalate_and_what_is_good_are_parts() -> None:
    """ "Escalate when:" and "What good looks like:" begin parts of their own, and "Common fixes" what is to be done."""
    text = (
        "# Runbook: Oven cold\n\nSymptoms:\n- Cold stones\n\nChecks:\n- Read the dial\n\nWhat good looks like:\n"
        "- Hot stones\n\nCommon fixes:\n- Light the fire\n\nEscalate when:\n- It goes out again\n"
    )
    (oven,) = _incidents(compile_runbook(text))
    assert [one.text for one in oven.symptoms] == ["Cold stones"]
    assert [(step.section, step.title) for step in oven.steps] == [
        ("investigation", "Read the dial"),
        ("verification", "Hot stones"),
        ("resolution", "Light the fire"),
        ("escalation", "It goes out again"),
    ]


def test_an_incident_among_other_chapters_is_one() -> None:
    """A title that ends in what is wrong needs no other beside it, only steps; not for a drill, nor in a phase."""
    text = "# Mill\n\n## {}\n\n### {}\n\n1. Light the fire\n2. Read the dial\n"
    assert [one.title for one in _incidents(compile_runbook(text.format("Ovens", "East oven outage")))] == [
        "East oven outage"
    ]
    for chapter, title in (
        ("Fire drills", "East oven outage"),
        ("Containment", "East oven outage"),
        ("Ovens", "East oven"),
    ):
        assert not _incidents(compile_runbook(text.format(chapter, title)))


def test_a_chapter_of_alerts_of_one_sort_holds_incidents() -> None:
    """ "Oven alerts" holds one a chapter, by whatever name; not where the chapters are about something else."""
    text = "# Mill\n\n## {} alerts\n\n### North heat {{#north-heat}}\n\nRead the dial.\n\n### {}\n\nRead the wall.\n"
    assert [one.title for one in _incidents(compile_runbook(text.format("Oven", "East heat")))] == [
        "North heat",
        "East heat",
    ]
    assert not _incidents(compile_runbook(text.format("Oven", "Overview")))


def test_what_to_write_into_a_file_is_no_incident() -> None:
    """A line in bold with settings below it is an example; one that says what fails is an incident all the same."""
    settings = '```json\n{{"ovens": 1}}\n```'
    text = f"# Mill\n\n## Scenarios\n\n**{{}}**\nFor one oven.\n{settings}\n\n**Two ovens out**\nOpen them.\n"
    assert [one.title for one in _incidents(compile_runbook(text.format("High heat")))] == ["Two ovens out"]
    assert [one.title for one in _incidents(compile_runbook(text.format("Oven down")))] == [
        "Oven down",
        "Two ovens out",
    ]


def test_the_anchor_of_a_heading_is_no_part_of_it() -> None:
    """Generators of sites take it away as well; braces that hold something else stay."""
    assert parse_title("Oven cold {#oven-cold}").text == "Oven cold"
    assert parse_title("Oven cold {: .wide #oven }").raw == "Oven cold"
    assert parse_title("Oven {north}").text == "Oven {north}"


def test_the_status_page_among_contacts_is_nobody() -> None:
    """A row without a name, a number or a mail address that is called like a page or a channel lists no one."""
    rows = "| Miller | pager |\n| Status page | mill.example |\n| Dashboard | desk@mill.example |\n"
    contacts = compile_runbook(f"# Mill\n\n## Contacts\n\n| Role | Contact |\n|---|---|\n{rows}").contacts
    assert [one.name for one in contacts] == ["Miller", "Dashboard"]


def test_a_roster_is_an_order() -> None:
    """Primary, backup and escalation are called in that order, by their rank where the name is still missing."""
    rows = "| Primary | TBD | a |\n| Backup | TBD | b |\n| Escalation | TBD (team lead) | c |\n"
    levels = compile_runbook(
        f"# Mill\n\n## Roster\n\n| Role | Member | Zone |\n|---|---|---|\n{rows}"
    ).escalation_levels
    assert [level.targets for level in levels] == [("Primary",), ("Backup",), ("team lead",)]


def test_what_is_looked_for_in_logs_is_no_command() -> None:
    """A name, a sign of comparison and a value ask for lines of a log, also where the name is a program's."""
    text = '# Mill\n\n## Oven is down\n\n1. Filter: `service = "ovens"`\n2. Look: `service ovens status`\n'
    (oven,) = _incidents(compile_runbook(text))
    assert commands_of(oven.steps) == ["service ovens status"]


def test_an_item_says_what_part_it_is() -> None:
    """ "Verified when: …" among the steps tells when it is over, and "Escalate: …" who comes then."""
    items = "1. Light the fire\n2. **Verified when:** the stones are hot\n3. Escalate: the head baker decides\n\n"
    text = (
        f"# Mill\n\n## Oven is down\n\n{items}```bash\nmillctl heat\n```\n**Verified when:** the dial stands\nat 200.\n"
    )
    (oven,) = _incidents(compile_runbook(text))
    assert [step.section for step in oven.steps] == [
        "resolution",
        "verification",
        "escalation",
        "resolution",
        "verification",
    ]


def test_what_follows_an_incident_is_no_check_of_it() -> None:
    """A plain line "Follow-up" above a list begins a part, as "Verification" does."""
    text = "# Ovens are down\n\nFix\n- Light it\n\nVerification\n- Hot stones\n\nFollow-up\n- Order wood\n"
    (oven,) = _incidents(compile_runbook(text))
    assert [(step.section, step.title) for step in oven.steps] == [
        ("resolution", "Light it"),
        ("verification", "Hot stones"),
        ("prevention", "Order wood"),
    ]


def test_alerts_that_only_say_when_they_are_raised_are_no_incidents() -> None:
    """A table of rules to set up has nothing to do in it."""
    rows = "|---|---|---|\n| Cold | below 200 | bakers |\n| Hot | above 300 | bakers |\n"
    text = f"# Mill runbook\n\n## Alerts\n\n| Alert | Condition | {{}} |\n{rows}"
    assert not _incidents(compile_runbook(text.format("Channel")))
    assert len(_incidents(compile_runbook(text.format("Action")))) == 2


def test_whoever_is_primary_comes_before_the_times_of_a_list() -> None:
    """ "Primary: …" above "15 min without a fix: …" is called at once; by the rank where the name is missing."""
    text = "# Mill\n\n## Escalation\n\n- **Primary:** {}\n- **15 min no answer:** head baker + CTO\n"
    for name, called in (("on-call baker", "on-call baker"), ("TBD", "Primary")):
        first, second = compile_runbook(text.format(name)).escalation_levels
        assert (first.targets, first.after) == ((called,), None)
        assert second.targets == ("head baker", "CTO")
        assert second.after is not None
        assert second.after.seconds == 900


def test_what_a_post_mortem_is_written_for_is_no_step_of_the_incident() -> None:
    """A chapter on afterwards is about none of the steps; a "Root cause analysis" beside symptoms is a part."""
    text = "# Runbook: Oven cold\n\n## Symptoms\n\n- Cold stones\n\n## Fix\n\n- Light it\n\n{}"
    after = compile_runbook(text.format("## Post-mortem triggers\n\n- A cold night\n"))
    assert [step.section for step in after.procedures[0].steps] == ["resolution", "prevention"]
    assert after.postmortem is not None
    causes = compile_runbook(text.format("## Root cause analysis\n\n- Wet wood\n"))
    assert [step.section for step in causes.procedures[0].steps] == ["resolution", "causes"]
    assert causes.postmortem is None


def test_fields_of_an_alert_are_one_reference() -> None:
    """The first of several fields below a title names what is kept, the others stand below it."""
    text = (
        "# Runbook: Oven cold\n\n**Severity:** critical\n**Page:** yes\n**Target:** 99.9 %\n\n## Symptoms\n\n- Cold\n"
    )
    (oven,) = _incidents(compile_runbook(text + "\n## Fix\n\n- Light it\n"))
    assert (oven.steps[0].title, oven.steps[0].details) == ("Severity: critical", ("Page: yes", "Target: 99.9 %"))


def test_an_incident_is_no_service() -> None:
    """What the title of a document about one incident names is that incident."""
    text = "# Runbook — {}\n\n## Symptoms\n\n- Cold\n\n## Fix\n\n- Light it\n"
    assert compile_runbook(text.format("Oven Lag")).service is None
    assert compile_runbook("# Runbook — Oven Hall\n\n## Checks\n\n- Read the dial\n").service == "Oven Hall"


@pytest.mark.parametrize("case", ["Any page", "Alert fires", "Jeder Alarm", "Cualquier alerta", "任何告警"])
def test_whoever_has_any_page_comes_before_those_for_whom_others_wait(case: str) -> None:
    """A first row for whatever happens is the first level of a table of waits; one about a matter is none."""
    rows = "| {} | oven crew |\n| 15 min, no response | head baker |\n| 30 min, no resolution | bakery manager |\n"
    text = f"# Mill\n\n## Escalation\n\n| When | Who |\n|---|---|\n{rows}| Dough is lost | miller |\n"
    playbook = compile_runbook(text.format(case))
    assert [level.targets for level in playbook.escalation_levels] == [
        ("oven crew",),
        ("head baker",),
        ("bakery manager",),
    ]
    assert playbook.escalation_levels[0].after is None
    assert [rule.text for rule in playbook.escalation_rules] == ["Dough is lost → miller"]
    assert len(compile_runbook(text.format("Flour is wet")).escalation_levels) == 2


def test_what_a_script_runs_is_not_to_be_run() -> None:
    """ "It executes `…`" tells what something does by itself; "execute `…`" asks for it."""
    items = "1. The watcher executes `systemctl stop oven`\n2. Execute `systemctl start oven`\n"
    text = f"# Mill\n\n## Oven is down\n\n{items}"
    (oven,) = _incidents(compile_runbook(text))
    assert commands_of(oven.steps) == ["systemctl start oven"]


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Common Issues Runbook", None),
        ("Common Issues & Troubleshooting Runbook", None),
        ("Operational Runbook", None),
        ("Runbook — Escalation", None),
        ("Runbook: Rollback de production", None),
        ("High Error Rate Runbook", None),
        ("Mini Runbook", None),
        ("OvenHall Troubleshooting Runbook", "OvenHall"),
        ("OvenHall — Operational Runbook", "OvenHall"),
    ],
)
def test_a_title_of_usual_words_names_no_service(title: str, service: str | None) -> None:
    """Kinds of chapters and of trouble are no product; the name is what is left beside them."""
    text = f"# {title}\n\n## Checks\n\n- Read the dial\n"
    assert compile_runbook(text).service == service


def test_the_title_names_the_service_before_the_overview_does() -> None:
    """The overview speaks of what the service stands on as well."""
    text = "# OvenHall Runbook\n\n## Overview\n\nAll of it runs in the Flour platform.\n"
    assert compile_runbook(text).service == "OvenHall"
