"""What stands below a promise, beside a command, or in a table of names, and is not what it looks like.

Each document here is our own.
"""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.asked import codes
from tests.runbook.test_chain_forms import said
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import ContactKind, Playbook


def minutes(playbook: Playbook, n: int = 0) -> tuple[float | None, ...]:
    """(response, acknowledgement, resolution) of a level."""
    level = playbook.severities[n]
    targets = (level.response_target, level.acknowledge_target, level.resolution_target)
    return tuple(None if one is None or one.seconds is None else one.seconds / 60 for one in targets)


PROMISES = {
    "en": "Response:\n- Wake the baker immediately.\n- Acknowledge and begin within **10 minutes**.\n- Post a status update within 30 minutes.\n- Resolve within 4 hours; wake the owner if not.\n",
    "de": "Reaktion:\n- Bäcker sofort anrufen.\n- Innerhalb von **10 Minuten** bestätigen.\n- Statusmeldung innerhalb von 30 Minuten veröffentlichen.\n- Innerhalb von 4 Stunden beheben.\n",
}


@pytest.mark.parametrize("language", PROMISES)
@pytest.mark.parametrize("label", ["{}", "#### {}", "**{}**"])
def test_each_promise_below_a_response_keeps_its_own_clock(language: str, label: str) -> None:
    """What is paged, posted or told there is a duty, and no second response that contradicts the first."""
    title, rest = PROMISES[language].split("\n", 1)
    told = f"{label.format(title.rstrip(':') if '#' in label else title)}\n\n{rest}"
    playbook = compile_runbook(
        f"# Bakery\n\n## Severity levels\n\n### SEV-1\n\nNo bread.\n\n{told}\n### SEV-2\n\nLittle.\n"
    )
    assert minutes(playbook) == (None, 10, 240)
    assert len(playbook.severities[0].actions) == 2
    assert "TOC402" not in codes(playbook)


def test_the_same_promise_put_off_to_another_day_is_one_clock() -> None:
    """ "… next business day otherwise; call at once if it grows" changes no target."""
    told = "Response:\n- Acknowledge and look within 2 hours, next business day otherwise (unless it grows, in which case escalate immediately).\n- Fix within 24 hours.\n"
    playbook = compile_runbook(
        f"# Bakery\n\n## Severity levels\n\n### SEV-1\n\nNo bread.\n\n{told}\n### SEV-2\n\nLittle.\n"
    )
    assert minutes(playbook) == (None, 120, 1440)


@pytest.mark.parametrize(
    ("heading", "measure"),
    [("## Severity levels", "Slow response times (> 2s)"), ("## Schweregrade", "Langsame Antwort (über 3 Sekunden)")],
)
def test_what_is_measured_in_seconds_is_a_criterion(heading: str, measure: str) -> None:
    """Nobody promises to answer in two seconds."""
    document = f"# Bakery\n\n{heading}\n\n### P1\n\n- {measure}\n- No bread\n\n### P2\n\n- Little bread\n"
    playbook = compile_runbook(document)
    assert playbook.severities[0].criteria == (measure, "No bread")
    assert minutes(playbook) == (None, None, None)


def test_a_second_name_of_a_level_is_no_other_scale() -> None:
    """The code behind the label names the same level, and is known in the text."""
    document = "# Bakery\n\n## Severity levels\n\n### SEV-1: Critical (P0)\n\n- No bread\n\n### SEV-2: High (P1)\n\n- Little bread\n\nTell the owner of each P0 and P1.\n"
    playbook = compile_runbook(document)
    assert [(one.name, one.label) for one in playbook.severities] == [("SEV-1", "Critical"), ("SEV-2", "High")]
    assert "TOC110" not in codes(playbook)
    assert all("P0" in one.aliases or one.name == "SEV-2" for one in playbook.severities)


def test_a_label_of_a_heading_may_have_a_comma() -> None:
    """What stands behind the dash of a heading is the level's label, whole."""
    document = "# Bakery\n\n## Severity levels\n\n### SEV-1 — nothing baked, everybody standing outside\n\nDark.\n\n### SEV-2 — late\n\nDim.\n"
    assert [one.label for one in compile_runbook(document).severities] == [
        "nothing baked, everybody standing outside",
        "late",
    ]


def test_a_share_in_a_heading_is_no_time() -> None:
    """ "(-0.8 %)" runs no clock, and none was meant."""
    document = (
        "# Till\n\n## Takings fall (-0.8%)\n\n### Symptoms\n\n- Empty shop\n\n### Resolution\n\n1. Open the door\n"
    )
    assert "TOC405" not in codes(compile_runbook(document))


def steps(body: str) -> list[tuple[str, str]]:
    """(language, text) of the commands of one block of shell."""
    playbook = compile_runbook(f"# Till\n\n## Incident: till full\n\n### Resolution\n\n```bash\n{body}\n```\n")
    return [(s.command.language, s.command.text) for p in playbook.procedures for s in p.steps if s.command]


def test_sql_among_commands_of_the_shell_is_sql() -> None:
    """It is shown and never run, and no shell is said to fail at it."""
    found = steps("docker compose ps\nSELECT id,\n  state FROM sales;\nkubectl get pods")
    assert found == [("sh", "docker compose ps"), ("sql", "SELECT id,\nstate FROM sales;"), ("sh", "kubectl get pods")]


@pytest.mark.parametrize(
    "client", ["python manage.py dbshell", "docker exec -it db psql -U till", "kubectl exec -it db-0 -- mysql till"]
)
def test_what_is_typed_into_a_client_in_a_container_belongs_to_it(client: str) -> None:
    """The SQL below the client is its input, up to where its session ends."""
    playbook = compile_runbook(
        f"# Till\n\n## Incident: till full\n\n### Resolution\n\n```bash\n{client}\nDELETE FROM sales;\n\\q\nkubectl get pods\n```\n"
    )
    commands = [s.command for p in playbook.procedures for s in p.steps if s.command]
    assert [(one.text, one.stdin) for one in commands] == [(client, "DELETE FROM sales;"), ("kubectl get pods", None)]
    assert commands[0].effect == "destructive"
    assert commands[1].host is None


def test_a_program_that_is_no_client_keeps_its_own_effect() -> None:
    """A look in SQL below it makes no look of what removes files."""
    playbook = compile_runbook(
        "# Till\n\n## Incident: till full\n\n### Resolution\n\n```bash\ndocker exec -it db rm -rf /data psql\nSELECT 1;\n```\n"
    )
    (command,) = [s.command for p in playbook.procedures for s in p.steps if s.command]
    assert command.effect == "destructive"


def test_settings_are_no_commands() -> None:
    """A block of a settings file is nothing to run; a variable that a command needs still is."""
    assert steps("# Who is told\nALERT_TO=till@example.org\nALERT_BY=mail,sms") == []
    assert [text for _language, text in steps("NS=till\nkubectl -n $NS get pods")] == [
        "NS=till",
        "kubectl -n $NS get pods",
    ]
    assert [text for _language, text in steps("POD=$(kubectl get pods -o name)\nNS=till")] != []


def test_the_trace_of_a_command_is_no_command() -> None:
    """What it left behind is looked at."""
    document = "# Till\n\n## Incident: till full\n\n### Resolution\n\n1. Read the recent `systemctl restart till` activity\n2. Run `systemctl status till`\n"
    texts = [s.command.text for p in compile_runbook(document).procedures for s in p.steps if s.command]
    assert texts == ["systemctl status till"]


@pytest.mark.parametrize(
    "table",
    [
        "## Contacts\n\n| Role | Primary | Backup |\n|---|---|---|\n| Baker | TBD | TBD |\n| Owner | Ida Korn | TBD |\n",
        "## Kontakte\n\n| Rolle | Primär | Vertretung |\n|---|---|---|\n| Bäcker | TBD | TBD |\n| Chef | Ida Korn | TBD |\n",
    ],
)
def test_a_table_of_who_holds_a_role_lists_contacts(table: str) -> None:
    """Names to be filled in are contacts that nobody can reach yet."""
    contacts = compile_runbook(f"# Bakery\n\n{table}").contacts
    assert len(contacts) == 2
    assert all(one.unfilled for one in contacts)
    assert [channel.value for one in contacts for channel in one.channels] == ["Ida Korn"]


def test_a_table_of_firms_with_their_addresses_lists_contacts() -> None:
    """A link to the support of each firm is how to reach it; the team's own pages are no contact."""
    document = "# Bakery\n\n## External contacts\n\n| Service | Support link | State |\n|---|---|---|\n| Mill | https://mill.example/help | https://mill.example/state |\n| Van | https://van.example/help | https://van.example/state |\n\n## Contacts\n\n**Incident channel:** #no-bread\n**Wiki:** https://wiki.example/\n**Baker:** +49 30 5550142\n"
    assert [one.name for one in compile_runbook(document).contacts] == ["Mill", "Van", "Baker"]


def test_what_is_done_first_alone_pages_nobody() -> None:
    """ "Self-investigate" is no name, and a stretch begins when it begins."""
    document = "# Bakery\n\n## Escalation\n\n- **< 15 minutes**: Self-investigate\n- **15-30 minutes**: Call the head baker\n- **> 30 minutes**: Escalate to the owner\n"
    assert said(compile_runbook(document).escalation_levels) == [("head baker", 15), ("owner", 30)]


@pytest.mark.parametrize(
    ("told", "criteria", "actions"),
    [
        ("A page loads without its pictures", ("A page loads without its pictures",), ()),
        ("The page of the baker stays white", ("The page of the baker stays white",), ()),
        ("La page des pains est vide", ("La page des pains est vide",), ()),
        ("Page the baker", (), ("Page the baker",)),
        ("Notify the shop", (), ("Notify the shop",)),
    ],
)
def test_what_begins_with_an_article_is_a_criterion(
    told: str, criteria: tuple[str, ...], actions: tuple[str, ...]
) -> None:
    """A "page" behind an article is one that people look at, and nobody is paged by it."""
    playbook = compile_runbook(f"# Bakery\n\n## Severity levels\n\n### SEV-1\n\n- No bread\n\n### SEV-2\n\n- {told}\n")
    assert (playbook.severities[1].criteria, playbook.severities[1].actions) == (criteria, actions)


def test_a_word_of_duty_begins_no_name() -> None:
    """Whoever "sees the alert should take it" is not called "should take it"."""
    document = "# Bakery\n\n## Escalation\n\n1. The baker is paged.\n2. If the baker does not answer within 15 minutes, the head baker is paged.\n3. If neither answers within 30 minutes: anybody who sees the alert should take the oven.\n"
    assert said(compile_runbook(document).escalation_levels) == [("baker", None), ("head baker", 15)]


def test_looking_first_and_rolling_back_are_no_incidents() -> None:
    """Chapters on any incident, of a document that is called a runbook."""
    chapter = "1. Look at the oven\n2. Look at the dough\n"
    document = f"# Incident runbook\n\n## Initial triage\n\n{chapter}\n## Oven path\n\n{chapter}\n## Rollback / Recovery\n\n{chapter}"
    found = {one.title: one.kind for one in compile_runbook(document).procedures}
    assert "Initial triage" not in found
    assert found["Rollback / Recovery"] == "rollback"


def test_words_in_a_block_of_shell_are_told() -> None:
    """A name with a colon and an item of a list are no programs; what stands beside them is."""
    body = "# Open a channel\nSlack: #no-bread-[day]\n# Who does what\n- Scribe: [baker/owner]\nkubectl get pods"
    assert steps(body) == [("sh", "kubectl get pods")]


@pytest.mark.parametrize("tag", ["powershell", "bat"])
def test_what_bash_cannot_read_of_another_shell_is_no_finding(tag: str) -> None:
    """Only a block that is meant for a shell of ours has to be readable there."""
    till = "# Till\n\n## Incident: till full\n\n### Resolution\n\n```{}\nif ($env:TILL) {{ throw 'full' }}\n```\n"
    assert "TOC216" not in codes(compile_runbook(till.format(tag)))
    assert "TOC216" in codes(compile_runbook(till.format("bash")))


def test_two_audiences_of_one_row_have_their_own_rhythm() -> None:
    """The team is told more often than the customers, which contradicts nothing; another line still does."""
    levels = "# Bakery\n\n## Severity levels\n\n- SEV1: no bread\n- SEV2: little bread\n\n"
    table = "## Communication cadence\n\n| Severity | Internal updates | Customer updates |\n|---|---|---|\n| SEV1 | Every 15 minutes | Every 30 minutes |\n| SEV2 | Every 30 minutes | Hourly |\n"
    assert "TOC402" not in codes(compile_runbook(levels + table))
    other = "\n## Updates\n\n| Severity | Update frequency |\n|---|---|\n| SEV1 | Every 45 minutes |\n| SEV2 | Every 2 hours |\n"
    assert "TOC402" in codes(compile_runbook(levels + table + other))


@pytest.mark.parametrize(
    ("sentence", "run"),
    [
        ("A `terraform apply` needs a second baker", False),
        ("Le `terraform apply` demande une deuxième personne", False),
        ("Do a `terraform plan` first", True),
        ("Look for `re-INVITE`, `UPDATE` or `DELETE` in the log", False),
    ],
)
def test_a_command_or_a_word_that_is_spoken_of_is_none_to_run(sentence: str, run: bool) -> None:
    """A thing that has an article before it, and a single word in capitals, which is no SQL."""
    document = f"# Till\n\n## Incident: till full\n\n### Resolution\n\n- {sentence}\n- Open the drawer\n"
    playbook = compile_runbook(document)
    assert [s.command is not None for s in playbook.procedures[0].steps] == [run, False]
    assert "TOC223" not in codes(playbook)


def test_a_title_of_trouble_among_names_of_alerts_is_one_of_them() -> None:
    """One chapter beside them has a title in words."""
    chapter = "1. Look at it:\n   - `docker compose ps`\n\n"
    document = f"# On-call\n\n## `TillQueueLagHigh`\n\n{chapter}## `TillPrinterDown`\n\n{chapter}## Card payment failures\n\n{chapter}"
    kinds = [(one.title, one.kind.value) for one in compile_runbook(document).procedures]
    assert kinds == [
        ("TillQueueLagHigh", "alert"),
        ("TillPrinterDown", "alert"),
        ("Card payment failures", "incident"),
    ]


def test_groups_of_escalation_contacts_are_contacts() -> None:
    """Also those in chapters below the one that says so, and with blanks for their addresses."""
    rows = "| Baker | _name_ | Slack: `@` · Phone: |\n| Owner | _name_ | Slack: `@` · Phone: |\n"
    document = f"# Bakery\n\n## Escalation contacts\n\n### Bakery\n\n| Role | Name | Contact |\n|---|---|---|\n{rows}"
    assert [one.name for one in compile_runbook(document).contacts] == ["Baker", "Owner"]


def test_a_review_in_a_table_of_fields_is_known() -> None:
    """ "Field | Value" above the text says when it was looked at."""
    document = "# Bakery\n\n| Field | Value |\n|---|---|\n| **Status** | Active |\n| **Last reviewed** | 2026-04-02 |\n\n## Severity levels\n\n- P1: no bread\n- P2: little bread\n"
    playbook = compile_runbook(document)
    assert playbook.review.last is not None
    assert playbook.review.last.isoformat() == "2026-04-02"
    assert "TOC602" not in codes(playbook)


def test_korean_alerts_in_quotes_are_incidents() -> None:
    """The chapter on the usual alerts names them."""
    document = '# 빵집\n\n## 흔한 알림 대응\n\n### "Oven cold"\n\n- 문을 연다\n\n### "No flour"\n\n- 밀가루를 산다\n'
    assert [one.title for one in compile_runbook(document).procedures] == ['"Oven cold"', '"No flour"']


@pytest.mark.parametrize(
    ("chapter", "firms"),
    [
        ("Escalation Contacts", "Third-party services"),
        ("Eskalation", "Drittanbieter"),
        ("エスカレーション連絡先", "サードパーティ"),
    ],
)
def test_firms_below_the_contacts_are_vendors(chapter: str, firms: str) -> None:
    """A firm is asked for help with its own thing: it is offered as nobody's next level."""
    text = f"""# Ferry desk

## Severity levels

### P1 - Critical
- No boat can be booked
- Response time: 15 minutes

## {chapter}

### Crew

| Role | Name | Phone |
|---|---|---|
| Duty officer | Ada Poe | +41 44 200 00 01 |
| Harbour master | Ben Roe | +41 44 200 00 02 |

### {firms}

| Service | When to contact | How |
|---|---|---|
| Tidecloud | Certificates | Ticket |
| Buoyhost | Hardware | Ticket |
"""
    playbook = compile_runbook(text)
    kinds = {one.name: one.kind for one in playbook.contacts}
    assert kinds["Tidecloud"] is kinds["Buoyhost"] is ContactKind.VENDOR
    assert kinds["Duty officer"] is ContactKind.ROLE
