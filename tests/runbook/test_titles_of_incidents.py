"""Titles that say what is wrong, and those that do not; chapters of plain steps, our own documents."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.trouble import says_what_fails


def _incidents(text: str) -> list[str]:
    return [one.title for one in compile_runbook(text).procedures if one.kind is ProcedureKind.INCIDENT]


@pytest.mark.parametrize(
    "title",
    [
        "Latency p95 > 300 ms",
        "API errors >= 1%",
        "Disk usage above 90%",
        "Flour stock below 10 sacks",
        "Replication lag > 5 min",
        "Memory leak in the worker",
        "Failure of the pump",
        "Ausfall der Pumpe",
        "Speicher über 90 %",
        "Queue backlog",
        "Certificate expiry",
        "Split brain in the cluster",
        "The till answers 502",
        "Oven API returns 5xx",
        "Suspected loss of keys",
        "Unexpected charges",
        "FAILED_GRINDING",
        "MILL_TIMEOUT",
        "Low free space on the mill",
        "No space left for flour",
        "Too many open sacks",
        "Flour usage high",
        "Sieve stuck after the upgrade",
        "Errors when grinding",
        "Login broken since the release",
        "Mühle defekt nach dem Umbau",
        "Four en panne depuis la mise à jour",
        "Mill loss / recovery",
        "Oven outage and recovery",
        "Grinds by day but not at night",
    ],
)
def test_a_title_with_a_limit_or_a_place_says_what_is_wrong(title: str) -> None:
    """A value beyond its limit is trouble, and where it happens may stand behind it."""
    assert says_what_fails(title)


@pytest.mark.parametrize(
    "title",
    [
        "Backup on tape",
        "Response within 15 minutes",
        "Above all",
        "> 300 sacks",
        "Ovens in the cellar",
        "P1 > P2",
        "Port 443",
        "MILL_SECRET",
        "No action needed",
        "Grinding and recovery",
        "Cleaning after the upgrade",
    ],
)
def test_a_title_without_trouble_says_nothing_of_it(title: str) -> None:
    """Neither a place nor a number alone is something wrong."""
    assert not says_what_fails(title)


def test_numbered_chapters_of_plain_steps_are_incidents() -> None:
    """Between a first look and whom to call, each chapter on something wrong is one, also without parts."""
    text = (
        "# On call at the mill\n\n## 1. First look\n\n1. Open the board.\n\n## 2. Grinding time > 300 ms\n\n1. `uptime`\n\n"
        "## 3. Weight errors > 1%\n\n1. `df -h`\n\n## 4. Silo pressure\n\n1. `free -m`\n\n## 5. Inspector at the door\n\n"
        "If the alert is `audit_gap`:\n- Throw nothing away.\n- Call the master miller.\n"
    )
    assert _incidents(text) == [
        "Grinding time > 300 ms",
        "Weight errors > 1%",
        "Silo pressure",
        "Inspector at the door",
    ]


def test_what_is_watched_for_any_incident_is_none() -> None:
    """A chapter of signals with "Alert on:" above them lists what is seen, and is no incident with symptoms."""
    text = "# Mill\n\n## Signals that we watch\n\nAlert on:\n\n- belt torn;\n- flour wet\n\n## Response\n\n1. Look.\n"
    assert _incidents(text) == []


def test_a_number_with_a_letter_stays_in_the_title() -> None:
    """ "Phase 2B" is no second phase with a title that begins with "B"."""
    text = "# Mill\n\n## Phase 2B tabletop: Scale broken\n\n- Detection: the board is dark.\n- Recovery: change the scale.\n"
    assert all(not title.startswith("B ") for title in _incidents(text))


def test_a_quick_reference_holds_the_chapters_below_it() -> None:
    """Incidents and the way back below a title for commands are their own procedures, and no one collection."""
    text = (
        "# Mill\n\n## Quick reference\n\n### Immediate actions\n1. Look\n\n### Rollback\n\n`make back version=1`\n\n"
        "### Common problems\n\n#### Belt torn\n1. `make belt`\n\n#### Scale slow\n1. `make scale`\n"
    )
    found = compile_runbook(text).procedures
    assert [(one.kind.value, one.title) for one in found] == [
        ("rollback", "Rollback"),
        ("incident", "Belt torn"),
        ("incident", "Scale slow"),
    ]


def test_chapters_that_end_in_the_word_for_an_alert_are_one_each() -> None:
    """ "Feed rate alert" beside "`Unknown` alert" is what to do about each; what is done with an alert is nothing wrong."""
    text = "# Mill\n\n## Feed rate alert\n\n- `make look`\n\n## `Unknown` alert\n\nIt is blind.\n\n- `make eyes`\n"
    assert _incidents(text) == ["Feed rate alert", "Unknown alert"]
    assert _incidents("# Mill\n\n## Silence an alert\n\n- `make quiet`\n\n## Create an alert\n\n- `make loud`\n") == []


@pytest.mark.parametrize(
    "title",
    [
        "Troubleshooting — mill is stuck",
        "Troubleshooting: mill is stuck",
        "Mill is stuck — troubleshooting",
        "Runbook – MillStuck",
        "Playbook: unresponsive mill / high load",
    ],
)
def test_a_document_named_after_one_fault_is_that_incident(title: str) -> None:
    """Its numbered chapters are the way through it."""
    text = f"# {title}\n\n## 1. From any desk\n\n```bash\nping -c 3 mill\n```\n\n## 2. On the host\n\n1. Restart the mill\n"
    assert len(compile_runbook(text).procedures) == 1


def test_a_document_that_lists_faults_below_such_a_title_is_about_those() -> None:
    """The fault of its title is their sum."""
    text = "# Troubleshooting — mill is stuck\n\n## Sieve is torn\n\n1. Mend it\n\n## Belt is broken\n\n1. Change it\n"
    assert _incidents(text) == ["Sieve is torn", "Belt is broken"]


@pytest.mark.parametrize("top", ["Runbook", "Troubleshooting", "Betriebshandbuch"])
def test_work_for_which_nothing_is_wrong_is_no_incident(top: str) -> None:
    """Restarts, keys and deployments stand beside what fails, and wait for nobody's alert."""
    titles = ["Mill won't start", "Sieve is stuck", "Rotate the keys", "Deploy a new stone", "Mühle neustarten"]
    text = f"# {top}\n\n" + "".join(f"## {one}\n\n```bash\ndf -h\n```\n\n" for one in titles)
    assert _incidents(text) == titles[:2]


def test_a_version_that_is_needed_is_no_limit() -> None:
    """ "Python >= 3.11 setup" says what is installed."""
    assert not says_what_fails("Python >= 3.11 setup")


def test_the_names_of_its_alerts_above_a_document_leave_it_one_incident() -> None:
    """The steps are for all of them; the list alone would be incidents with nothing to do."""
    alerts = "## Alerts\n\n- `MillStuckFast` (critical): at once\n- `MillStuckSlow` (warning): by and by\n"
    text = f"# Runbook: Mill stuck\n\n{alerts}\n## Diagnosis\n\n1. `df -h`\n\n## Remediation\n\n- `systemctl restart mill`\n"
    (found,) = compile_runbook(text).procedures
    assert found.title == "Mill stuck"
    assert len(found.commands) == 2


def test_the_name_of_its_alert_is_no_symptom_beside_others() -> None:
    """ "Alert: `MillStuck`" below that title shows nothing that the title does not say."""
    text = "# Runbook: MillStuck\n\n**Alert**: `MillStuck`\n\n## Symptoms\n\n- No flour\n\n## Fix\n\n1. `systemctl restart mill`\n"
    (found,) = compile_runbook(text).procedures
    assert [one.text for one in found.symptoms] == ["No flour"]


def test_a_document_about_one_fault_keeps_its_causes_and_checks() -> None:
    """Chapters on the severity, the response and the follow-up do not make a process of it."""
    heads = [
        "Initial severity",
        "First response checklist",
        "Common causes",
        "Mitigation options",
        "Post-incident follow-up",
    ]
    text = "# Mill Latency High Runbook\n\n" + "".join(f"## {one}\n\n1. Look\n2. Turn\n\n" for one in heads)
    assert len(compile_runbook(text).procedures) == 1


def test_a_checklist_and_work_in_chapters_are_no_incidents() -> None:
    """A list to go through, and chapters that only say how to do and undo something."""
    shell = "```bash\ndf -h\n```\n\n"
    work = f"## Stones\n\n### 5a. Rebuild stones\n\n{shell}### 5b. Rotate stones\n\n{shell}### 5c. Rollback\n\nTurn back.\n\n"
    text = f"# Runbook\n\n## Mill is stuck\n\n{shell}## Debug checklist\n\n{shell}{work}## Health\n\n{shell}"
    assert _incidents(text) == ["Mill is stuck"]
