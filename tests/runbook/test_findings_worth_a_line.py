"""Findings that are worth the line they take: none for what is said plainly, one for what a document leaves undone."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

from datetime import date

import pytest

from tests.runbook.test_rules import SCALE
from tocsin.runbook.command.effects import judge
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.neighbours import Neighbour
from tocsin.runbook.playbook import Finding

OVEN = "# Oven cold\n\n## Symptoms\n\n- cold bread\n\n## Resolution\n\n```bash\n{}\n```\n"


def _found(text: str, code: str) -> list[Finding]:
    return [one for one in compile_runbook(text).findings if one.code == code]


def _said(text: str, code: str) -> list[str]:
    return [one.message for one in _found(text, code)]


# --- people ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contacts", "asked"),
    [
        ("- **Primary**: bakers (bakers@mill.test)\n- **Secondary**: millers (millers@mill.test)", False),
        ("- **Head baker**: [phone] - for cold ovens\n- **Owner**: [phone] - for fire", True),
    ],
)
def test_names_that_tell_their_turn_need_no_numbers(contacts: str, *, asked: bool) -> None:
    """TOC307 is about people of whom nothing says who comes first; a primary comes before a secondary."""
    text = f"# Bakery\n\n## Escalation\n\n### When to escalate\n\n- The oven is cold\n\n### Escalation contacts\n\n{contacts}\n"
    assert bool(_found(text, "TOC307")) is asked


@pytest.mark.parametrize(
    ("first", "nameless"),
    [
        ("**Level 1** - Check this page", False),
        ("**Level 1**: Look into the oven", False),
        ("**Level 1**: Diese Seite lesen", False),
        ("**Level 1** - ", True),
        ("**Level 1**: TBD", True),
    ],
)
def test_a_level_of_what_to_do_leaves_no_name_open(first: str, *, nameless: bool) -> None:
    """TOC309 is for a level whose name is still to come; one that tells the reader what to do is for the reader."""
    text = f"{SCALE}## Escalation path\n\n1. {first}\n2. **Level 2** - Head baker\n3. **Level 3** - Owner\n"
    assert bool(_found(text, "TOC309")) is nameless


@pytest.mark.parametrize(
    ("deed", "alone"),
    [
        ("Open a ticket", False),
        ("Log it in the issue tracker", False),
        ("Handle during business hours", False),
        ("Call the miller", True),
    ],
)
def test_what_can_wait_calls_nobody_next(deed: str, *, alone: bool) -> None:
    """TOC303 leaves a level alone of which it is said that a ticket is enough, or that it is done at work."""
    text = (
        "# Bakery\n\n## Severities\n\n### P1 - Fire\n\n**Response:** Page the baker at once.\n\n"
        f"### P2 - Crumbs\n\n**Response:** {deed}.\n\n## Escalation\n\n- P1: baker → miller (10 min)\n"
    )
    assert bool(_found(text, "TOC303")) is alone


def test_a_room_of_a_chat_is_reached_by_its_name() -> None:
    """TOC302 does not miss the contact of "#bakers": the name is where to write."""
    text = f"{SCALE}## Escalation\n\n1. #bakers\n2. Owner of the mill (after 20 minutes)\n"
    assert all("#bakers" not in one for one in _said(text, "TOC302"))
    assert _said(text, "TOC302")


# --- clocks and levels ----------------------------------------------------------------------------------------


def test_a_queue_that_grows_is_no_backlog_of_work() -> None:
    """TOC407 wants two places that disagree; one item that names a backlog of loaves and calls somebody is one."""
    text = (
        "# Bakery\n\n## Severity\n\n- **SEV-1:** no bread at all. Page Bakers, Millers and the head baker.\n"
        "- **SEV-2:** stale dough, webhook\n  backlog, or one oven. Page the owning team and Bakers.\n"
    )
    assert not _found(text, "TOC407")


def test_two_scales_that_are_set_side_by_side_correspond() -> None:
    """TOC110 is silent where a line puts levels of both scales beside each other."""
    levels = "## Severity\n\n- P0: fire (Response: 5 minutes)\n- P1: cold (Response: 1 hour)\n\n"
    beside = "An alert of P0 or P1 that lasts becomes an incident of SEV-1 or SEV-2.\n"
    apart = "An incident of SEV-1 wakes the owner.\n\nOne of SEV-2 does not.\n"
    assert not _found(f"# Bakery\n\n{levels}## Pitfalls\n\n{beside}", "TOC110")
    assert _found(f"# Bakery\n\n{levels}## Pitfalls\n\n{apart}", "TOC110")


# --- upkeep ---------------------------------------------------------------------------------------------------


def _today(text: str, code: str) -> list[tuple[int, str]]:
    playbook = compile_runbook(text, today=date(2026, 11, 1))
    return [(one.line, one.message) for one in playbook.findings if one.code == code]


def test_an_overdue_review_is_told_at_its_own_line() -> None:
    """TOC601 points at the key of the front matter, or at the line of the cycle, and not at the owner's."""
    front = (
        "---\ntitle: Oven\nowner: bakers\nlast_reviewed_on: 2024-01-23\nreview_in: 6 months\n---\n\n# Oven\n\nText.\n"
    )
    assert [line for line, _said in _today(front, "TOC601")] == [5]
    foot = "# Oven\n\n**Last updated**: 2025-01-31\n**Review cycle**: Quarterly\n\n**Owner**: bakers\n"
    assert [line for line, _said in _today(foot, "TOC601")] == [4]


@pytest.mark.parametrize(
    "rows",
    [
        "| Data | 14 de maio de 2026 |\n| Próxima revisão | Trimestral |",
        "| Date | 2026-05-14 |\n| Next review | quarterly |",
        "| Fecha | 14/05/2026 |\n| Próxima revisión | trimestral |",
        "| Datum | 14.05.2026 |\n| Nächste Prüfung | vierteljährlich |",
    ],
)
def test_a_rhythm_beside_the_date_of_a_document_is_a_deadline(rows: str) -> None:
    """TOC601 counts from the date of a document and the rhythm in the cell of its next review."""
    text = f"# Oven\n\n| Field | Value |\n|---|---|\n{rows}\n\nText.\n"
    assert [said for _line, said in _today(text, "TOC601")] == [
        "the review was due on 2026-08-14 (the last one was on 2026-05-14)"
    ]


LINKS = "# Oven\n\n- [a](a.md)\n- [b](b.md)\n- [a](a.md)\n- [c](c.md)\n"


def test_a_document_apart_from_its_neighbours_is_told_so_once() -> None:
    """TOC608 is one line where none of several links is there, and one for each path otherwise."""

    def at(there: str) -> list[str]:
        def look(path: str) -> Neighbour:
            return Neighbour.THERE if path == there else Neighbour.MISSING

        return [one.message for one in compile_runbook(LINKS, look=look).findings if one.code == "TOC608"]

    assert at("") == ["none of the 3 neighbours that it links to is there: a.md, b.md, c.md"]
    assert at("c.md") == ["a.md does not exist (also line 5)", "b.md does not exist"]


@pytest.mark.parametrize(
    ("title", "asked"), [("Post-mortem", True), ("Afterwards", False), ("Post-incident review", True)]
)
def test_only_a_report_has_a_deadline(title: str, *, asked: bool) -> None:
    """TOC606 asks for the deadline of what is a report by its title or its template."""
    text = f"{SCALE}## {title}\n\nLook whether the outage was of our own making, and file what is to be mended.\n"
    assert bool(_found(text, "TOC606")) is asked


# --- commands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "ends"),
    [
        ("npm start", "follows"),
        ("bun run start", "follows"),
        ("python manage.py runserver 0:8000", "follows"),
        ("php artisan queue:work", "follows"),
        ("php artisan queue:work --once", "bounded"),
        ("celery -A bakery worker", "follows"),
        ("flask run", "follows"),
        ("redis-server", "follows"),
        ("redis-server --daemonize yes", "bounded"),
        ("nohup npm start &", "bounded"),
        ("bun install", "bounded"),
        ("mysql -u root -p -e 'SELECT 1'", "interactive"),
        ("mysql -u root -psecret -e 'SELECT 1'", "bounded"),
        ("docker exec db mysqldump -u root -p shop", "interactive"),
        ("psql -W -c 'select 1'", "interactive"),
        ("gh auth login", "interactive"),
        ("gh auth login --with-token", "bounded"),
        ("docker login -u baker --password-stdin", "bounded"),
        ("vault login", "interactive"),
        ("dnf update", "interactive"),
        ("dnf -y update", "bounded"),
        ("openssl s_client -connect mill.test:443 < /dev/null", "bounded"),
        ("openssl s_client -connect mill.test:443", "interactive"),
    ],
)
def test_what_goes_on_and_what_asks(command: str, ends: str) -> None:
    """Servers and workers go on until they are stopped; a password and a login are asked for at a terminal."""
    assert judge(command).termination.value == ends


def test_a_script_that_is_fed_behind_a_password_is_still_a_script() -> None:
    """That a client asks for a password takes nothing from what it does to the data."""
    found = judge("mysql -u root -p shop < dump.sql")
    assert (found.effect.value, found.termination.value) == ("destructive", "interactive")


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ("npm start", "Start it as a service"),
        ("docker compose -f bakery.yml up --build", "use: docker compose -f bakery.yml up -d --build"),
        ("mysql -u root -p -e 'SELECT 1'", "put the password into ~/.my.cnf"),
        ("gcloud auth login", "log in before the shift"),
    ],
)
def test_nothing_that_serves_is_to_be_stopped_after_a_minute(command: str, fix: str) -> None:
    """The way out of a command that stays is its own: a server is no look that ends after a minute."""
    found = [one for one in compile_runbook(OVEN.format(command)).findings if one.code in ("TOC201", "TOC202")]
    assert [(one.fix or "")[: len(fix)] for one in found] == [fix]


def test_changes_that_nobody_hears_refused_are_told_once() -> None:
    """TOC205 names all changes by curl that end well when the server says no, and none that asks for the code."""
    lines = "\n".join(
        [
            "curl -X POST http://mill.test/stop",
            "curl -X DELETE http://mill.test/loaves",
            "curl -f -X POST http://mill.test/start",
            "curl -s -w '%{http_code}' -X POST http://mill.test/heat",
        ]
    )
    said = [one for one in _said(OVEN.format(lines), "TOC205") if "refuses" in one]
    assert said == ["exits 0 even when the server refuses it: curl -X POST http://mill.test/stop (also line 11)"]


def test_a_probe_that_prints_instead_of_failing_is_told_with_a_whole_command() -> None:
    """TOC205 of "|| echo" gives a command that can be copied."""
    found = _found(OVEN.format('pgrep -f oven || echo "no oven"'), "TOC205")
    assert [one.fix for one in found] == ['use: pgrep -f oven || { echo "no oven"; false; }']


def test_a_blank_in_any_script_is_a_blank() -> None:
    """A blank "<版本>" or "<порт>" is no redirection, and the command can be read."""
    for blank in ("<版本>", "<порт>", "<año>"):
        playbook = compile_runbook(OVEN.format(f"./heat.sh --to {blank}"))
        assert "TOC216" not in {one.code for one in playbook.findings}
        assert [blank in one.message for one in playbook.findings if one.code == "TOC204"] == [True]


def test_a_rollout_of_a_whole_namespace_has_no_made_up_name() -> None:
    """TOC211 copies no option into the place of a name."""
    found = _found(OVEN.format("kubectl rollout restart deployment -n bakery"), "TOC211")
    assert found
    assert "-n -n" not in (found[0].fix or "")


# --- what is still to be written --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("# Bakery\n\n- TODO: link to the rota\n- Bread is warm\n\nTBD\n", "TOC611", 3),
        ("# Bakery\n\nThe second baker (TODO after Easter) has a key.\n", "TOC611", 3),
        ("# Bakery\n\n- **Board**: https://boards.test/your-org/ovens\n", "TOC604", 3),
        ("# Bakery\n\nTell privacy@yourorg.com within an hour.\n", "TOC308", 3),
    ],
)
def test_what_somebody_meant_to_write_later_is_told(text: str, code: str, line: int) -> None:
    """A mark of the writer, an address and a mailbox of an example have a line of their own, once for each sort."""
    assert [one.line for one in _found(text, code)] == [line]


@pytest.mark.parametrize(
    "text",
    [
        "# Panadería\n\nEsto borra TODO lo que hay en el horno.\n",
        "# Bakery\n\n```\nTODO: [what]\n```\n",
        "# Bakery\n\n## Contacts\n\n- **Owner**: TBD\n",
        "# Bakery\n\nRun `heat --note TBD`.\n",
    ],
)
def test_other_capitals_are_no_marks(text: str) -> None:
    """TOC611 leaves a Spanish word, blocks of code and a contact that has a finding already."""
    assert not _found(text, "TOC611")


def test_a_service_that_speaks_of_escalating_names_somebody() -> None:
    """TOC304 is told at the chapter on escalating of one alert when nobody is named there."""
    text = (
        OVEN.format("systemctl restart oven")
        + "\n## Escalation\n\nEscalate at once if the bread is cold for an hour.\n"
    )
    assert [one.line for one in _found(text, "TOC304")] == [13]
    assert not _found(f"{text}\n## Contacts\n\n- **Owner**: +1 650 253 0000\n", "TOC304")
    assert not _found(OVEN.format("systemctl restart oven"), "TOC304")


@pytest.mark.parametrize(
    ("command", "blanks"),
    [
        ("kubectl logs POD -n NAMESPACE", ["POD", "NAMESPACE"]),
        ("kubectl rollout undo deployment/oven --to-revision=X", ["X"]),
        ("kubectl scale deploy/oven --replicas=N+1", ["N+1"]),
        ("ssh USER@HOST", ["USER", "HOST"]),
        ("grep HOST .env", []),
        ("export NAMESPACE=bakery", []),
        ("curl -X POST http://mill.test/heat", []),
        ("psql -c 'CREATE USER baker'", []),
        ("kubectl set env deploy/oven VERSION=2", []),
    ],
)
def test_a_name_in_capitals_is_a_blank(command: str, blanks: list[str]) -> None:
    """TOC204 counts the usual words for a name in capitals; not where they are meant as they are written."""
    said = [one.message.partition(": ")[2] for one in _found(OVEN.format(command), "TOC204")]
    assert said == ([", ".join(blanks)] if blanks else [])


def test_dates_at_both_ends_hide_nothing_between_them() -> None:
    """TOC109 tells what is kept as text also where the head and the end of the document say when it was reviewed."""
    kept = "## Kitchen\n\nThe kettle must never boil dry, and the tea is in the left cupboard.\n"
    dated = f"# Bakery\n\n**Last updated**: 2026-10-01\n\n{kept}\n**Next review**: 2027-10-01\n"
    assert [one.line for one in _found(dated, "TOC109")] == [7]


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ("docker exec -it db psql -U baker", "give it the question: add -c '…'"),
        ("kubectl exec -it oven-0 -- /bin/sh", "name the command in the place of the shell, and leave -it out"),
        ("fly ssh console -a bakery", "give it the command: add -C '…'"),
        ("mysql -u baker", "give it the question: add -e '…'"),
    ],
)
def test_a_program_that_waits_is_told_how_to_be_asked(command: str, fix: str) -> None:
    """TOC202 says for the program at hand how it is given its question in one line."""
    assert [one.fix for one in _found(OVEN.format(command), "TOC202")] == [fix]


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ('bash -c "mysql -u baker -pFlour9922 -e status"', True),
        ("export PHONE_PASSWORD=Flour9922", True),
        ("OVEN_PASSWD=Flour9922 ./heat.sh", True),
        ('bash -c "mysql -u baker -p$PW -e status"', False),
        ("export PHONE_PASSWORD=changeme", False),
        ("export PHONE_PASSWORD=<password>", False),
        ("export PHONE_PASSWORD=$(pass show phone)", False),
    ],
)
def test_a_password_in_a_variable_or_inside_of_a_shell_is_one(command: str, *, secret: bool) -> None:
    """TOC222 sees what a shell is given to run, and the variables that are called passwords."""
    assert bool(_found(OVEN.format(command), "TOC222")) is secret


@pytest.mark.parametrize(
    ("query", "client"),
    [
        ("SELECT * FROM sys.dm_exec_sessions", "sqlcmd"),
        ("SELECT * FROM `mill.region.INFORMATION_SCHEMA.JOBS`", "bq query"),
        ("SHOW FULL PROCESSLIST", "mysql"),
        ("SELECT count(*) FROM pg_stat_activity", "psql"),
    ],
)
def test_sql_gets_the_client_of_its_database(query: str, client: str) -> None:
    """TOC223 names the client whose words the SQL has."""
    text = f"# Oven cold\n\n## Symptoms\n\n- cold bread\n\n## Resolution\n\n```sql\n{query};\n```\n"
    assert [client in (one.fix or "") for one in _found(text, "TOC223")] == [True]
