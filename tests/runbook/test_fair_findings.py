"""Findings that stay away where nothing is wrong: a look by hand is a check, a blank is no redirection, a number no level."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_rules import SCALE, step
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Finding, FindingSeverity

OVEN = "# Bakery\n\n## Common incidents\n\n### Oven cold\n\n**Symptoms:** cold bread\n\n#### Resolution\n\n"


def _found(text: str, code: str) -> list[Finding]:
    return [one for one in compile_runbook(text).findings if one.code == code]


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        ("2. Check the temperature of the oven", False),
        ("2. **Monitor the belt** for stale loaves", False),
        ("2. 温度を確認する", False),
        ("2. Temperatur prüfen", False),
        ("2. Vérifier la température", False),
        ("2. Проверить температуру", False),
        ("2. `npm run test:oven`", False),
        ("2. `./scripts/oven-smoke.sh`", False),
        ("2. Call the fitter", True),
        ("2. Bake new loaves", True),
        ("2. `./scripts/heat.sh`", True),
    ],
)
def test_a_look_by_hand_verifies_a_change(after: str, *, missing: bool) -> None:
    """TOC217 is content with whatever looks afterwards, by a person or a test; other work is none."""
    assert bool(_found(f"{OVEN}1. `systemctl restart oven`\n{after}\n", "TOC217")) is missing


def test_a_way_in_is_no_change() -> None:
    """TOC217 asks for no check of opening a client; what is done in it stands in steps of its own."""
    assert not _found(f"{OVEN}1. `df -h`\n2. `sudo -u baker psql bakery`\n", "TOC217")


@pytest.mark.parametrize(
    ("command", "ignored"),
    [
        ('kubectl exec -it <pod> -n bakery -- psql bakery -c "SELECT 1"', False),
        ('kubectl exec <db-pod> -- psql -h <host> -c "SELECT 1"', False),
        ("kubectl exec -i <pod> -- psql bakery < fix.sql", True),
        ("psql -h <host> bakery < fix.sql", True),
    ],
)
def test_a_blank_is_no_script(command: str, *, ignored: bool) -> None:
    """TOC209 is about scripts that are fed to psql, and `<pod>` feeds nothing."""
    assert bool(_found(step(command), "TOC209")) is ignored


@pytest.mark.parametrize(
    "typed",
    [
        ">>> Oven.first().heat('high')",
        "irb(main):001:0> Oven.heat('high'",
        "redis> GET 'belt",
        "10.0.0.7:6379> GET 'belt",
        "mysql> SELECT 'x",
    ],
)
def test_what_is_typed_into_another_program_is_no_shell(typed: str) -> None:
    """TOC216 leaves the lines behind another program's prompt alone; they are kept, as something to do by hand."""
    playbook = compile_runbook(step(f"df -h\n{typed}"))
    assert "TOC216" not in {one.code for one in playbook.findings}
    assert [one.title for one in playbook.procedures[0].steps if one.kind == "manual"][:1] == [typed]


def test_a_bracket_is_quoted_and_a_quote_closed() -> None:
    """TOC216 says what to do about what it found: an open quote is closed, a bare bracket is quoted."""
    bracket = _found(step("gcloud run list --format=table(name,region)"), "TOC216")
    quote = _found(step("psql -c 'SELECT count(*) FROM loaves"), "TOC216")
    assert [one.fix.split()[0] for one in (*bracket, *quote)] == ["Put", "Close"]


@pytest.mark.parametrize(
    ("line", "severities"),
    [
        ("`kubectl logs` → find the torn belt", [FindingSeverity.INFO]),
        ("`kubectl rollout undo` — takes the last one back", [FindingSeverity.INFO]),
        ("`kubectl rollout undo` - nimmt den letzten zurück", [FindingSeverity.INFO]),
        ("Take it back: `kubectl rollout undo`", [FindingSeverity.ERROR]),
        ("Take it back (`kubectl set image ...:<sha>`)", []),
    ],
)
def test_a_name_with_what_it_is_for_is_a_note(line: str, severities: list[FindingSeverity]) -> None:
    """TOC203 takes a bare name that is explained for a note, and what stands behind three dots for left out."""
    assert [one.severity for one in _found(f"{OVEN}1. {line}\n2. Look\n", "TOC203")] == severities


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ('php artisan tinker --execute="Oven::heat();"', False),
        ('python manage.py shell -c "heat()"', False),
        ("php artisan tinker", True),
        ("python manage.py shell", True),
    ],
)
def test_a_prompt_that_is_given_what_to_run_ends(command: str, *, asks: bool) -> None:
    """TOC202 is for a prompt that waits; one that runs an argument needs nobody."""
    assert bool(_found(step(command), "TOC202")) is asks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. `curl $OVEN_STORE`", False),
        ('1. `curl -v "${OVEN_STORE}"`', False),
        ("1. `curl $OVEN_READY_URL`", True),
        ("1. `curl $OVEN_STORE/health`", True),
        ("1. `curl -i https://oven.bakery.io/v1/loaves`\n2. If 503: look at the belt", False),
        ("1. `curl -i https://oven.bakery.io/v1/loaves`\n2. Look at the belt", True),
    ],
)
def test_an_answer_that_says_no_may_be_right(text: str, *, found: bool) -> None:
    """TOC205 leaves an address alone that only a variable names, and a question whose refusals are told what to do."""
    assert bool(_found(f"{OVEN}{text}\n", "TOC205")) is found


def test_what_was_left_out_is_called_so() -> None:
    """TOC212 says of three dots that something is missing, and not that they are an example."""
    (one,) = _found(step("docker compose ... up -d oven"), "TOC212")
    assert (one.message, one.fix) == ("a part of the command is left out: ...", "Write the whole command.")


@pytest.mark.parametrize(
    ("way", "fix"),
    [
        ("docker exec -it oven sh", "use: docker exec oven df -h"),
        ("sudo docker exec -ti oven /bin/bash", "use: sudo docker exec oven df -h"),
        ("kubectl exec -it oven-0 -n bakery -- /bin/sh", "use: kubectl exec oven-0 -n bakery -- df -h"),
        ("kubectl -n bakery exec -it oven-0 -- bash", "use: kubectl -n bakery exec oven-0 -- df -h"),
        ("ssh oven-1", "use: ssh oven-1 'df -h'"),
    ],
)
def test_a_container_is_entered_without_a_shell(way: str, fix: str) -> None:
    """TOC214 names the program's own way to run one command in there."""
    (one,) = _found(step(f"{way}\ndf -h\ndate"), "TOC214")
    assert one.fix == fix


def test_a_pipe_in_a_container_keeps_its_shell() -> None:
    """TOC214 hands over a pipe whole: without a shell only its first program would run in there."""
    (one,) = _found(step("kubectl exec -it oven-0 -- sh\ndf -h | tail -1"), "TOC214")
    assert one.fix == "use: kubectl exec oven-0 -- sh -c 'df -h | tail -1'"


CHAIN = SCALE + "## Escalation path\n\n1. Baker\n2. {}\n\n## Contacts\n\n- Baker: +49 30 1234567\n"


@pytest.mark.parametrize(
    ("second", "reached"),
    [
        ("**Miller:** @bo.bread in the chat (after 10 minutes)", True),
        ("**Мельник:** @bo в чате (через 10 минут)", True),
        ("Miller, bo@bakery.io (after 10 minutes)", True),
        ("Miller, +49 30 7654321 (after 10 minutes)", True),
        ("Miller (after 10 minutes)", False),
    ],
)
def test_the_line_of_a_level_may_say_how_to_reach_it(second: str, *, reached: bool) -> None:
    """TOC302 does not ask for a contact that stands beside the name."""
    assert bool(_found(CHAIN.format(second), "TOC302")) is not reached


@pytest.mark.parametrize("lowest", ["-", "N/A", "Create ticket", "Sprint backlog", "None", "Jira ticket"])
def test_a_table_that_says_nobody_is_believed(lowest: str) -> None:
    """TOC303 is for a level that was forgotten; where the column says that a ticket is enough, none was."""
    table = (
        "# Incident response\n\n## Severity levels\n\n| Level | Meaning | Response |\n|---|---|---|\n| S1 | No bread | 5 min |\n"
        "| S2 | Late bread | 1 hour |\n| S3 | Burnt crumb | 4 hours |\n\n## Escalation matrix\n\n"
        "| Level | First contact | Escalation (15 min) |\n|---|---|---|\n| S1 | Baker | Head baker |\n"
    )
    assert not _found(f"{table}| S2 | Baker | Head baker |\n| S3 | Create ticket | {lowest} |\n", "TOC303")
    assert _found(f"{table}| S2 | Baker | Head baker |\n", "TOC303")


@pytest.mark.parametrize(("time", "asked"), [("Next business day", False), ("4 hours", True)])
def test_what_can_wait_for_the_morning_has_nobody_after_it(time: str, *, asked: bool) -> None:
    """TOC303 does not ask who is woken next for a level that is answered in business hours."""
    text = f"# Incident response\n\n## Severity levels\n\n- **P0**: no bread\n- **P1**: late bread\n\n### Response times\n- P0: 5 minutes\n- P1: {time}\n\n"
    chain = "## Escalation\n\n- P0: Baker → Head baker (10 min)\n"
    assert bool(_found(text + chain, "TOC303")) is asked


def test_a_chain_without_times_is_one_finding() -> None:
    """TOC305 names all who wait, each with its line, once."""
    (one,) = _found("# R\n\n## Escalation path\n\n1. Baker\n2. Head baker\n3. Miller\n", "TOC305")
    assert one.message == "Head baker, Miller (line 7) are called next, but it is not stated after how long"


@pytest.mark.parametrize(
    ("message", "filled"),
    [
        ("Orders are delayed for the moment. Nothing is lost, and all of them will be baked.", False),
        ("We have paused the oven while we look into <X>. All orders are kept and baked later.", False),
        ("Since 12:03 the oven has been cold. We are looking into it with all hands.", True),
        ("The oven is warm again. Root cause: the gas was shut off at the street.", True),
    ],
)
def test_a_message_without_particulars_is_ready(message: str, *, filled: bool) -> None:
    """TOC504 is about a message of one incident; one that is true each time, or has a blank of one letter, is a template."""
    text = f"{SCALE}## Communication templates\n\n### Customers\n\n```\n{message}\n```\n"
    assert bool(_found(text, "TOC504")) is filled


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("P1: Key stolen", "P2: Belt torn", "P3: Oven cold"), False),
        (("P1: Key stolen", "P1: Belt torn", "P3: Oven cold"), True),
    ],
)
def test_the_numbers_of_playbooks_are_no_scale(titles: tuple[str, ...], *, found: bool) -> None:
    """TOC110 leaves titles alone that count the playbooks from one on; those that come twice grade them."""
    scale = "## Severities\n\n| Severity | Response |\n|---|---|\n| Critical | 1 hour |\n| High | 4 hours |\n| Low | 2 days |\n\n## Playbooks\n\n"
    parts = "".join(f"### {one}\n\n1. Lock the door\n2. Call the baker\n\n" for one in titles)
    assert bool(_found(f"# Incident response\n\n{scale}{parts}", "TOC110")) is found


@pytest.mark.parametrize(
    ("items", "nameless"),
    [
        ("1. The book in the office holds the keys of the bakery\n2. Whoever has them can heat the oven", []),
        ("1. Look at the oven\n2. If it stays cold, look at the last deliveries", []),
        ("1. Baker\n2. TBD\n3. Miller", [12]),
        ("- **Level 1**: Baker\n- **Level 2**:\n- **Level 3**: Miller", [12]),
    ],
)
def test_a_sentence_is_no_level_without_a_name(items: str, nameless: list[int]) -> None:
    """TOC309 is an error for the place of a name that was left open; what is said below an escalation is none."""
    assert [one.line for one in _found(f"{SCALE}## Escalation path\n\n{items}\n", "TOC309")] == nameless


@pytest.mark.parametrize(
    "line",
    [
        '`$zip = "$env:TEMP\\loaves.zip"; Remove-Item $zip (`',
        "`Get-Service oven | Where-Object { $_.Status -eq 'Stopped`",
    ],
)
def test_powershell_in_a_sentence_is_no_shell(line: str) -> None:
    """TOC216 is what bash says, and bash is not asked for lines of PowerShell."""
    assert not _found(f"{OVEN}1. Run {line}\n", "TOC216")


def test_the_key_of_an_example_is_none() -> None:
    """TOC222 leaves a password alone that says that it is one, and a key that was crossed out."""
    for command in (
        "psql postgres://baker:TUPASSWORD@db/bakery -c 'SELECT 1'",
        "echo '-----BEGIN PRIVATE KEY-----\\nXXXX'",
    ):
        assert not _found(step(command), "TOC222"), command


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("Then check that the oven gets warm.", False),
        ("After that, make sure the bread rises.", False),
        ("Verify the temperature on the panel.", False),
        ("The oven needs an hour to get warm.", True),
    ],
)
def test_a_sentence_below_a_change_that_says_to_look_is_a_check(said: str, missing: bool) -> None:
    """TOC217 asked for a check that stood there as a sentence."""
    assert bool(_found(f"{OVEN}```bash\nsystemctl restart oven\n```\n\n{said}\n", "TOC217")) is missing
