"""What stands in a block of shell and no shell reads, what a machine does by itself, and whom a cell does not call."""

from __future__ import annotations

import pytest

from tests.runbook.asked import only
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect
from tocsin.runbook.playbook import Playbook, Procedure


def shell(*lines: str) -> Procedure:
    """An incident whose fix is a block of shell."""
    body = "\n".join(lines)
    return only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```bash\n{body}\n```\n")


def compiled(text: str) -> Playbook:
    """The playbook of a document."""
    return compile_runbook(text.encode(), path="bakery.md")


@pytest.mark.parametrize(
    "query",
    [
        ("fields @timestamp, @message", "| filter @message like /cold/", "| sort @timestamp desc", "| limit 20"),
        ("OvenRequests", "| where success == false", "| summarize count() by oven"),
        ("ovens | where heat < 200 | project name",),
        ("index=bakery sourcetype=oven cold | stats count by oven",),
        ("index=bakery level=ERROR", "  | timechart count by oven"),
        ("filter @message like /cold/",),
        ("level:ERROR AND service:oven",),
    ],
)
def test_a_query_of_logs_is_shown_and_not_run(query: tuple[str, ...]) -> None:
    """Its lines stay with the comment that says where they are pasted, and the command behind them is one."""
    found = shell("# Look in the console", *query, "", "df -h")
    assert [step.command.text for step in found.steps if step.command] == ["df -h"]
    assert any({one.strip() for one in query} <= {one.strip() for one in step.details} for step in found.steps)


@pytest.mark.parametrize(
    "command",
    [
        "kubectl logs deploy/oven | grep cold",
        "docker logs oven 2>&1 \\\n  | grep cold",
        "Get-Service | where Status -eq Stopped",
        "curl -s https://oven.test/metrics | sort",
        "STAGE=prod OVEN=north ./bake.sh",
    ],
)
def test_a_pipe_of_the_shell_is_none(command: str) -> None:
    """A known program before the pipe, a pipe that is asked for by the line above, a variable before a script."""
    assert [step.command.text for step in shell(command).steps if step.command] == [command]


def test_sql_without_semicolons_is_not_for_the_shell() -> None:
    """Each statement of Transact-SQL is one by itself; a line that only goes on belongs to the one above it."""
    found = shell(
        "# Who is connected?",
        "SELECT * FROM sys.dm_exec_sessions WHERE session_id > 50",
        "ALTER DATABASE cellar SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
        "ALTER DATABASE cellar SET MULTI_USER",
        "RESTORE DATABASE cellar FROM DISK = 'cellar.bak'",
        "DBCC CHECKDB('cellar')",
        "",
        "SELECT oven, heat",
        "FROM ovens",
        "WHERE heat < 200",
        "",
        "INSERT INTO cold",
        "SELECT oven FROM ovens",
        "psql -c 'SELECT 1'",
    )
    said = [step.command for step in found.steps if step.command]
    assert [one.text.split("\n")[0].split()[0] for one in said] == [
        "SELECT",
        "ALTER",
        "ALTER",
        "RESTORE",
        "DBCC",
        "SELECT",
        "INSERT",
        "psql",
    ]
    assert said[5].text.count("\n") == 2
    assert said[6].text.count("\n") == 1
    assert [one.effect for one in said[:4]] == [
        Effect.READ_ONLY,
        Effect.DESTRUCTIVE,
        Effect.DESTRUCTIVE,
        Effect.DESTRUCTIVE,
    ]
    playbook = compiled("# Bakery\n\n## Incident: Cold\n\n```bash\nALTER DATABASE cellar SET MULTI_USER\ndf -h\n```\n")
    assert playbook.stats.commands == 1


def test_words_that_the_command_prompt_shares_with_sql_stay_its_own() -> None:
    """ "SET" and "COPY" are of Windows where no semicolon ends them."""
    found = shell("SET OVEN=north", "COPY heat.txt backup.txt")
    assert [step.command.text for step in found.steps if step.command] == ["SET OVEN=north", "COPY heat.txt backup.txt"]


LEVELS = "| Level | Meaning | Response |\n|---|---|---|\n| SEV1 | all cold | 15 min |\n| SEV2 | one cold | 1 hour |\n"


@pytest.mark.parametrize(
    "line",
    [
        "**Watcher** — runs every 10 minutes; sends a message when the status changes",
        "The bot polls the ovens every 5 minutes and posts status updates to #ovens",
        "A cron job writes a status report every 6 hours",
        "Der Wächter prüft alle 5 Minuten den Status",
        "La sonde interroge les fours toutes les 5 minutes et publie le statut",
        "El vigilante comprueba el estado cada 5 minutos",
        "O monitor verifica o status a cada 5 minutos",
        "Il monitor controlla lo stato ogni 5 minuti",
    ],
)
def test_how_often_a_machine_runs_is_no_rhythm_of_updates(line: str) -> None:
    """Nobody has to be reminded of what happens by itself."""
    assert compiled(f"# Bakery\n\n## Severity levels\n\n{LEVELS}\n## How it works\n\n- {line}\n").cadences == ()


@pytest.mark.parametrize(
    "line",
    [
        "The incident commander checks in every 10 minutes and posts an update",
        "Post a status update every 10 minutes",
        "The communications lead generates a status report every 10 minutes",
        "Check the oven, then update the customers every 10 minutes",
    ],
)
def test_how_often_somebody_tells_is_one(line: str) -> None:
    """A person does it, or whoever reads."""
    found = compiled(f"# Bakery\n\n## Severity levels\n\n{LEVELS}\n## How it works\n\n- {line}\n").cadences
    assert [one.every.seconds for one in found] == [600]


def test_signs_below_an_introduction_are_signs() -> None:
    """A sentence before the list of how trouble shows makes no other chapter of it."""
    text = (
        "# Bakery\n\n## Detection\n\nTrouble shows in two ways:\n\n"
        "1. **Oven probe** — every 5 minutes; a message on a change of status\n2. **By hand** — somebody smells it\n"
    )
    assert compiled(text).cadences == ()


CELLS = """# Bakery

## Escalation procedures

### Severity levels

| Level | Meaning | Response | Escalation |
|---|---|---|---|
| SEV1 | all cold | 15 min | Page head miller |
| SEV2 | one cold | 1 hour | {cell} |

### Contact information

- Head miller: [contact info]
- Oven team: #oven-support
- Cellar team: #cellar-support
"""


@pytest.mark.parametrize("cell", ["Ticket", "JIRA ticket only", "GitHub issue", "Backlog", "Next sprint", "Email only"])
def test_a_ticket_calls_nobody_from_the_list_of_contacts(cell: str) -> None:
    """Whoever is listed below the table is not paged for a level for which a ticket is enough."""
    found = compiled(CELLS.format(cell=cell))
    assert [level.targets for level in found.escalation_levels] == [("head miller",)]
    assert "SEV2" not in found.escalation_by_severity


def test_the_worst_level_is_called_for_all_the_same() -> None:
    """A slip in the cell of the most severe level leaves it the people who are listed."""
    found = compiled(CELLS.format(cell="Oven lead").replace("Page head miller", "Ticket"))
    assert found.escalation_levels


DRAWN = """# Bakery

## Severity levels

| Level | Meaning | Response |
|---|---|---|
| P1 | all cold | 15 min |
| P2 | one cold | 1 hour |
| P3 | crumbs | 4 hours |

## Escalation path

```
On-call (15 min ack)
      ↓
Head miller {said}
      ↓
Director (1 hour no progress)
```
"""


@pytest.mark.parametrize(
    ("said", "severities", "after"),
    [
        ("(if P1, 30 min no progress)", ("P1",), 1800),
        ("(P1 only, after 30 min)", ("P1",), 1800),
        ("(30 min, P1 only)", ("P1",), 1800),
        ("(for P1/P2, 30 min)", ("P1", "P2"), 1800),
        ("(bei P1, nach 30 min)", ("P1",), 1800),
        ("(P1 incidents only)", ("P1",), None),
        ("(30 min)", (), 1800),
    ],
)
def test_a_bracket_in_a_drawing_says_for_which_levels_somebody_is_called(
    said: str, severities: tuple[str, ...], after: int | None
) -> None:
    """The others are spared."""
    found = compiled(DRAWN.format(said=said)).escalation_levels[1]
    assert (found.targets, found.severities) == (("Head miller",), severities)
    assert (found.after.seconds if found.after else None) == after


def test_a_bracket_in_a_drawing_gives_each_level_its_own_time() -> None:
    """Where each level has a time of its own nobody is spared, and each waits for its own."""
    playbook = compiled(DRAWN.format(said="(P1: 30 min, P2: 2 h)"))
    chains = {"P1": playbook.escalation_levels, "P2": playbook.escalation_by_severity["P2"]}
    said = {name: (chain[1].targets, chain[1].after and chain[1].after.seconds) for name, chain in chains.items()}
    assert said == {"P1": (("Head miller",), 1800), "P2": (("Head miller",), 7200)}


@pytest.mark.parametrize("number", ["+1-XXX-XXX-XXXX", "XXX-XXX-XXXX", "(xxx) xxx-xxxx", "+44 XXXX XXXXXX"])
@pytest.mark.parametrize("item", ["- **{who}**: {number}", "1. **{who}** — {number}"])
def test_a_number_to_be_filled_in_is_a_contact_without_one(number: str, item: str) -> None:
    """Everybody whose number is still to come is listed, so that somebody is asked for it."""
    rows = "\n".join(
        item.format(who=who, number=number) for who in ("Primary on-call", "Secondary on-call", "Head miller")
    )
    found = compiled(f"# Bakery\n\n## Escalation\n\n### Technical escalation\n\n{rows}\n").contacts
    assert [(one.name, one.unfilled) for one in found] == [
        ("Primary on-call", True),
        ("Secondary on-call", True),
        ("Head miller", True),
    ]
