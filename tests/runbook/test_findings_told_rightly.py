"""Findings as a team meets them that runs nothing but the check: what is told of several ways, of names and of times."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_rules import step
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import safe_fixes
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.report import render_github, render_json, render_sarif, render_text

SCALE = "# Mill\n\n## Severity levels\n\n- P1: all stones stand (15 min)\n- P2: one stone stands (1 hour)\n- P3: a scratch (1 day)\n\n"


def _found(text: str, code: str) -> list[Finding]:
    return [one for one in compile_runbook(text).findings if one.code == code]


def _fence(*lines: str) -> str:
    return "\n".join(["```bash", *lines, "```", ""])


def test_what_stands_below_another_title_of_a_library_was_not_done_before() -> None:
    """Nobody goes through "Stop" and then "Restart" because both are useful commands; within one title it is told."""
    stop, restart = _fence("docker compose down"), _fence("docker compose restart mill")
    apart = f"# Mill\n\n## Useful commands\n\n### Stop\n\n{stop}\n### Restart\n\n{restart}"
    together = (
        f"# Mill\n\n## Useful commands\n\n### Restart\n\n{_fence('docker compose down', 'docker compose restart mill')}"
    )
    assert not _found(apart, "TOC207")
    assert _found(together, "TOC207")


def test_what_one_way_removes_is_there_in_another() -> None:
    """ "Option A" and "Option B" are not done one after the other; what stands before both of them is."""
    head = "# Mill\n\n## Common issues\n\n### Stone stuck\n\n"
    ways = f"**Option A: Anew**\n\n{_fence('pm2 delete fan')}\n**Option B: Again**\n\n{_fence('pm2 restart fan')}"
    assert not _found(head + ways, "TOC207")
    assert _found(f"{head}**Resolution**\n\n{_fence('pm2 delete fan', 'pm2 restart fan')}", "TOC207")


@pytest.mark.parametrize(
    ("commands", "code", "told"),
    [
        ("docker compose down && docker compose up -d\ndocker compose restart mill", "TOC207", False),
        ("docker compose down && echo down\ndocker compose restart mill", "TOC207", True),
        ("ps aux | grep -E 'nc|curl|wget|bash'", "TOC221", False),
        ("curl -fsS https://mill.example/i | bash", "TOC221", True),
        ("locust -f mill.py --headless -u 10 --run-time 30s", "TOC201", False),
        ("locust -f mill.py", "TOC201", True),
        ("npx drizzle-kit studio", "TOC201", True),
        ("gunzip -c mill.sql.gz | psql -d mill", "TOC209", True),
        ('gunzip -c mill.sql.gz | psql -d mill -c "SELECT 1"', "TOC209", False),
        ("psql -d mill <<SQL\nSELECT 1 WHERE 1 < 2;\nSQL", "TOC209", False),
        ("psql -d mill <<'SQL'\nSELECT 1;\nDELETE FROM flour;\nSQL", "TOC209", True),
        ("echo '<h1>Closed</h1>' | sudo tee /srv/mill/index.html", "TOC204", False),
        ("echo '<h1><reason></h1>' | sudo tee /srv/mill/index.html", "TOC204", True),
    ],
)
def test_a_command_is_told_for_what_it_does(commands: str, code: str, told: bool) -> None:
    """What only looks like it, a word in a pattern, a tag, a question in a here-document, has no finding."""
    assert bool(_found(step(commands), code)) is told


def test_a_client_without_a_host_is_quoted_as_it_is_written() -> None:
    """TOC213 shows the quotes of the command: without them it would be another one."""
    said = _found(step('psql -h mill-db -c "SELECT 1;"\npsql -c "SELECT 2;"'), "TOC213")
    assert [one.message.partition("; line")[0] for one in said] == ['psql -c "SELECT 2;" names no host']


def test_a_row_that_says_that_there_is_none_was_read() -> None:
    """A row of nothing but "none" has no value to be missed (TOC115)."""
    table = "## On-call\n\n| Role | Person | Phone | Hours |\n|---|---|---|---|\n| Primary | Ada Stone | +44 20 7946 0018 | 24/7 |\n| {} |\n"
    assert not _found(SCALE + table.format("Backup | None | n/a | n/a"), "TOC115")


def test_an_address_in_a_bracket_reaches_somebody() -> None:
    """ "head miller (@ada)" can be written to; TOC302 names those who cannot."""
    text = SCALE + "## Escalation\n\n1. Miller on duty (@ada)\n2. Head miller (after 15 minutes)\n"
    (said,) = _found(text, "TOC302")
    assert "Miller on duty" not in said.message
    assert "Head miller" in said.message


def test_levels_without_a_time_are_told_together() -> None:
    """TOC305 stands once in a document, by line, whatever chains there are."""
    text = (
        SCALE
        + "## Escalation\n\n### P1\n\n1. On-call engineer\n2. Team lead\n\n### P2\n\n1. On-call engineer\n2. Head miller\n"
    )
    (said,) = _found(text, "TOC305")
    assert said.message.startswith("Team lead, Head miller (line ")


def _targets(playbook: Playbook) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            one.name,
            one.response_target and one.response_target.text,
            one.resolution_target and one.resolution_target.text,
        )
        for one in playbook.severities
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("**P1 — 15 minutes.** No stone turns.", "**P2 — 4 hours.** One stone stands."),
        ("- **P1: 15 minutes.** No stone turns.", "- **P2: 4 hours.** One stone stands."),
        (
            "- **P1 – innerhalb von 15 Minuten.** Kein Stein dreht.",
            "- **P2 – innerhalb von 4 Stunden.** Ein Stein steht.",
        ),
        ("**P1 — en 15 minutos.** Nada gira.", "**P2 — en 4 horas.** Una piedra no gira."),
        ("- **P1 → 15 min。** 全ての石が停止", "- **P2 → 4 h。** 一つの石が停止"),
    ],
)
def test_the_time_in_a_bold_beginning_is_read_though_a_sentence_follows(first: str, second: str) -> None:
    """ "**P2 — within 4 hours.** What is broken" says how soon P2 is answered: nothing is missed (TOC401)."""
    playbook = compile_runbook(f"# Mill\n\n## Severity levels\n\n{first}\n\n{second}\n")
    assert [one.response_target.seconds for one in playbook.severities if one.response_target] == [900, 14_400]
    assert all(one.criteria for one in playbook.severities)


@pytest.mark.parametrize(
    "rule",
    [
        "`P1`/`P2`: resolve in <= 30 minutes from acknowledge",
        "P1, P2: resolved within 30 minutes of acknowledgement",
        "P1/P2: lösen in 30 Minuten ab Bestätigung",
        "P1/P2: fix within 30 minutes after the ack",
    ],
)
def test_a_time_to_mend_may_begin_with_the_acknowledgement(rule: str) -> None:
    """It is no second time to acknowledge (TOC402) but the time to mend."""
    playbook = compile_runbook(
        f"# Mill\n\n## Severity levels\n\n- P1: acknowledge within 5 minutes\n- P2: acknowledge within 15 minutes\n- {rule}\n"
    )
    assert "TOC402" not in {one.code for one in playbook.findings}
    assert all(one.resolution_target and one.resolution_target.seconds == 1800 for one in playbook.severities)


@pytest.mark.parametrize(
    "header",
    [
        "Severity | First | Escalate after | To",
        "Level | Initially | If no answer after | To whom",
        "Severity | Who first | Escalate in | Next",
        "Stufe | Zuerst | Eskalation nach | An",
        "Severidad | Primero | Escalar tras | A quién",
    ],
)
def test_a_wait_between_two_columns_of_names_is_a_chain(header: str) -> None:
    """Whatever the columns are called: the one before the time is called first, the one behind it after that time."""
    rows = "| P1 | On-call | 5 min | Team lead |\n| P2 | On-call | 30 min | Team lead |\n| P3 | Ticket | N/A | Sprint planning |\n"
    playbook = compile_runbook(f"{SCALE}## Escalation matrix\n\n| {header} |\n|---|---|---|---|\n{rows}")
    chains = {"P1": playbook.escalation_levels, **playbook.escalation_by_severity}
    said = {name: [(one.targets, one.after and one.after.seconds) for one in chain] for name, chain in chains.items()}
    assert said == {
        "P1": [(("On-call",), None), (("Team lead",), 300)],
        "P2": [(("On-call",), None), (("Team lead",), 1800)],
    }
    assert "TOC303" not in {one.code for one in playbook.findings}


@pytest.mark.parametrize(
    ("now", "later", "day"),
    [
        (
            "**Immediate**: On-call engineer, Team lead",
            "**Within 2 hours**: CTO",
            "**Next business day**: Product owner",
        ),
        ("**Sofort**: Rufbereitschaft, Teamleitung", "**Nach 2 Stunden**: CTO", "**Nächster Werktag**: Produktleitung"),
        ("0 min → On-call engineer, Team lead", "2 h → CTO", "Next working day → Product owner"),
    ],
)
def test_a_list_of_times_calls_all_who_are_named_and_may_end_on_a_working_day(now: str, later: str, day: str) -> None:
    """Two names beside each other are two people, and "next business day" behind other times is no reason to drop all."""
    text = f"{SCALE}## Escalation\n\n### P1\n\n- {now}\n- {later}\n\n### P2\n\n- {now}\n- {later}\n- {day}\n"
    playbook = compile_runbook(text)
    first, second, third = playbook.escalation_by_severity["P2"]
    assert len(first.targets) == len(playbook.escalation_levels[0].targets) == 2
    assert [second.after and second.after.seconds, third.after and third.after.text] == [
        7200,
        day.strip("*").partition("*")[0].partition(" →")[0],
    ]


@pytest.mark.parametrize(
    ("text", "service"),
    [
        (
            "# Mill database restore\n\n## Restore procedures\n\n### From the last backup\n\n1. Stop the mill: `docker compose stop mill`\n2. `pg_restore -d mill mill.dump`\n3. Compare the rows\n",
            True,
        ),
        ("# Mühle betreiben\n\n## Rollback\n\n1. `git checkout <commit>`\n2. `docker compose up -d --build`\n", True),
        ("# On-call\n\n## Rollback\n\n1. `git checkout <commit>`\n2. `docker compose up -d --build`\n", False),
        (
            "# Incident response\n\n## Rollback\n\n1. `git checkout <commit>`\n2. `docker compose up -d --build`\n",
            False,
        ),
    ],
)
def test_a_runbook_that_only_restores_is_asked_for_no_process(text: str, service: bool) -> None:
    """How to restore or to roll back is a runbook of a service: one note (TOC119) instead of five missing chapters."""
    found = {one.code for one in compile_runbook(text).findings}
    assert ("TOC119" in found) is service
    assert found.isdisjoint({"TOC107", "TOC304"}) is service


def test_who_is_called_at_once_waits_for_nobody() -> None:
    """TOC305 leaves out whom the line itself calls without a wait, whatever else is said on it."""
    text = (
        SCALE
        + "## Escalation\n\n- P1: on-call engineer → team lead immediately\n- P2: on-call engineer → team lead, then CTO\n"
    )
    assert [one.line for one in _found(text, "TOC305")] == [12]


@pytest.mark.parametrize(
    ("later", "severity"),
    [("30 min -> Team lead; 2h -> CTO", ["warning"]), ("30 min -> CTO; 2h -> Team lead", ["error"]), ("2h -> CTO", [])],
)
def test_somebody_who_is_called_again_at_once_is_no_circle(later: str, severity: list[str]) -> None:
    """TOC306 is an error where the path comes back to somebody; the same name twice in a row only pages again."""
    table = f"| Severity | Page immediately | Escalation |\n|---|---|---|\n| P1 | On-call, Team lead | {later} |\n| P2 | On-call | 2h -> CTO |\n"
    assert [one.severity.value for one in _found(f"{SCALE}## Escalation\n\n{table}", "TOC306")] == severity


def test_an_example_of_an_address_is_told_once() -> None:
    """A mailbox of an example that two contacts share, and the list below them, is one thing to mend (TOC308)."""
    text = "# Mill\n\n## Contacts\n\n- Miller: mill@example.com\n- Baker: mill@example.com\n\nWrite to mill@example.com as well.\n"
    assert len(_found(text, "TOC308")) == 1


@pytest.mark.parametrize(
    "duty",
    [
        "Update public status page",
        "Post to the status page",
        "Öffentliche Statusseite aktualisieren",
        "Actualizar la status page",
        "Publier sur la page de statut",
        "Publicar na página de status",
        "ステータスページに掲載",
        "在状态页发布",
    ],
)
def test_a_status_page_that_is_to_be_told_needs_an_address(duty: str) -> None:
    """TOC503 knows the duty in other words than "update the status page"."""
    assert [one.line for one in _found(f"{SCALE}## Communication\n\n- {duty}\n- Call the baker\n", "TOC503")] == [11]


def test_a_target_that_is_said_twice_is_read() -> None:
    """ "Response Time: < 15 minutes" below "P2 (15 min response)" is in a value already (TOC118)."""
    text = "# Mill\n\n## Severity levels\n\n### P1 (5 min response)\n\n- **Response time**: < 5 minutes\n- **Examples**:\n  - all stones stand\n\n### P2 (15 min response)\n\n- **Response time**: < 15 minutes\n- **Examples**:\n  - one stone stands\n"
    assert not _found(text, "TOC118")


def test_many_findings_that_are_alike_are_shown_by_the_first() -> None:
    """Six checks that cannot fail are three with the lines of the others; five stand one by one, programs get all."""
    asks = [f"`curl https://mill.example/health/{n}`" for n in range(7)]
    text = "# Mill\n\n## Stone stuck\n\n" + "".join(f"{n}. Ask {ask}\n" for n, ask in enumerate(asks, 1))
    playbook = compile_runbook(text)
    told = [line for line in render_text([playbook]).splitlines() if "TOC205" in line]
    assert len(told) == 4
    assert told[-1].endswith("and 4 more like the ones above: lines 8, 9, 10, 11")
    assert render_github([playbook]).count("title=TOC205") == 4
    assert render_json([playbook]).count('"TOC205"') == render_sarif([playbook]).count('"ruleId": "TOC205"') == 7
    few = compile_runbook("\n".join(text.splitlines()[:-2]))
    assert render_text([few]).count("TOC205") == 5


def test_jq_on_another_line_is_mended_with_its_curl() -> None:
    """`curl -f … | jq .` still says that all is well when the server does not: --fix tells jq as well, wherever it is."""
    text = "# Mill\n\n## Stone stuck\n\n```bash\ncurl -s -H 'A: b' \\\n  https://mill.example/health | jq .\n```\n"
    changed = [(one.line, one.after) for one in safe_fixes(compile_runbook(text), tuple(text.splitlines()))]
    assert changed == [(6, "curl -f -s -H 'A: b' \\"), (7, "  https://mill.example/health | jq -e .")]
    shown = render_text([compile_runbook(text)])
    assert "\n         " in shown.partition("fix: use: curl -f")[2][:60]


def test_a_request_among_commands_is_sent_by_hand_and_not_lost() -> None:
    """ "POST /api/stop" in a block is what somebody is to send, below its comment or by itself; no program runs it."""
    block = _fence("# Stop the stone", "POST /api/stop", "", "systemctl restart mill", "GET /api/state", '{ "at": 1 }')
    playbook = compile_runbook(f"# Mill\n\n## Common issues\n\n### Stone stuck\n\n**Resolution**:\n\n{block}")
    steps = [(one.title, one.details, one.command and one.command.text) for one in playbook.steps().values()]
    assert ("Stop the stone", ("POST /api/stop",), None) in steps
    assert any(title == "GET /api/state" and command is None for title, _details, command in steps)
    assert [command for _title, _details, command in steps if command] == ["systemctl restart mill"]
