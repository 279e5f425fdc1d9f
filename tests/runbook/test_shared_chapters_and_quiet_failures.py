"""Chapters that hold people among other things, what is done besides calling, cards of one alert, and titles that are
sentences on what goes wrong."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.escalation.people.tasks_beside import without_tasks
from tocsin.runbook.instructions import Effect
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.trouble import says_what_fails

_TABLE = "| Role | Who | Phone |\n|---|---|---|\n| Head miller | Ada | +49 30 123 |\n| Owner | Grace | +49 30 124 |\n"
_LIST = "- Head miller: Ada, +49 30 123\n- Owner: Grace, +49 30 124\n"


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize("people", [_TABLE, _LIST])
@pytest.mark.parametrize(
    "title",
    [
        *("Contacts & channels", "Contacts and links", "Contacts / tools", "Contacts, channels", "People & channels"),
        *("Contacts and communication", "Links + contacts", "Kontakte und Kanäle", "Contactos y canales"),
        *("Contatos e canais", "Contacts et canaux", "Contatti e canali", "Контакты и каналы"),
    ],
)
def test_people_stand_in_a_chapter_of_other_things_as_well(title: str, people: str) -> None:
    """Of a title with two subjects the people are read whichever comes last."""
    playbook = _read("# Mill plan", "", f"## {title}", "", people)
    assert [one.name for one in playbook.contacts] == ["Head miller", "Owner"]


def test_other_things_in_such_a_chapter_are_no_contacts() -> None:
    """A line without anybody, and without a number, is no contact there."""
    playbook = _read("# Mill", "## Contacts & channels", "- Logs: Loki", "- Head miller: Ada", "- Status: green")
    assert [one.name for one in playbook.contacts] == ["Head miller"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("CTO + freeze deploys", "CTO"),
        ("Team lead; open a bridge", "Team lead"),
        ("Team lead, keep the logs", "Team lead"),
        ("Owner & declare SEV1", "Owner"),
        ("Lead and then update the status page + owner", "Lead + owner"),
        ("Teamleiter + Logs sichern", "Teamleiter"),
        ("Jefe de equipo + congelar despliegues", "Jefe de equipo"),
        ("Miller + review board", "Miller + review board"),
        ("Trust & Safety lead", "Trust & Safety lead"),
        ("Test lead + support team", "Test lead + support team"),
        ("Freeze deploys + open a bridge", "Freeze deploys + open a bridge"),
    ],
)
def test_what_is_done_besides_calling_is_nobody(text: str, who: str) -> None:
    """A duty beside a name is paged by no one; what may be somebody stays, and so does a text that names nobody."""
    assert without_tasks(text) == who


def test_a_ladder_pages_people_and_no_duties() -> None:
    """The steps of a ladder keep whom they call."""
    rows = (
        "| Time | Who |",
        "|---|---|",
        "| 10 min | Head miller + stop the belt |",
        "| 30 min | Owner; open a call |",
    )
    playbook = _read("# Mill", "## Escalation", "", *rows)
    assert [one.targets for one in playbook.escalation_levels] == [("Head miller",), ("Owner",)]


@pytest.mark.parametrize(
    "label", ["Alert / Symptom", "Symptom/Alert", "Alert or symptom", "Problem & symptoms", "Alarm oder Symptom"]
)
def test_two_words_for_one_part_are_its_label(label: str) -> None:
    """What shows may be labelled with two words that each say so."""
    playbook = _read(
        "# Runbook: Mill behind", "", f"**{label}:** Belt empty; sacks late", "", "## Fix", "", "1. Oil it"
    )
    assert [one.text for one in playbook.procedures[0].symptoms] == ["Belt empty", "sacks late"]


_FIX = ("## Resolution", "", "```bash", "systemctl restart mill", "```")


def _card(*rows: str) -> tuple[str, ...]:
    return ("# Runbook: Mill behind", "", "| Field | Value |", "|---|---|", *rows, "")


def test_the_card_of_an_alert_says_what_shows() -> None:
    """A row "Symptom" of a table of fields is the symptom of the alert, and what "Detection" lists comes after it."""
    card = _card("| **Symptom** | Belt empty; sacks late |", "| Priority | P1 |")
    seen = ("## Detection", "", "- `MillBehind` fires", "- The counter shows 0", "")
    (one,) = _read(*card, *seen, *_FIX).procedures
    shown = ["Belt empty", "sacks late", "MillBehind fires", "The counter shows 0"]
    assert [sign.text for sign in one.symptoms] == shown


def test_how_to_look_is_no_more_of_what_shows() -> None:
    """A chapter "Detection" of looks after the symptom keeps its steps."""
    card = _card("| Symptom | Belt empty |", "| Severity | P1 |")
    (one,) = _read(*card, "## Detection", "", "1. Check the counter", "2. Look at the belt", "", *_FIX).procedures
    assert [sign.text for sign in one.symptoms] == ["Belt empty"]


@pytest.mark.parametrize("rows", [("| Signal | USR1 stops the mill |", "| Port | 80 |"), ("| Symptom | [what] |",)])
def test_other_tables_have_no_such_row(rows: tuple[str, ...]) -> None:
    """A list of words, and a form that is still blank, say nothing of what shows."""
    playbook = _read(*_card(*rows), *_FIX)
    assert [sign.text for one in playbook.procedures for sign in one.symptoms] == []


@pytest.mark.parametrize(
    "title",
    [
        *("The till is throwing 500s on every sale", "Intake is refusing sacks", "Workers are dropping jobs"),
        *("Mill keeps restarting", "The API is returning 503s", "Bags are piling up", "The hopper is filling up"),
        *(
            "The printer stopped answering",
            "The night run did not run",
            "We are being attacked",
            "Labels show up twice",
        ),
        *("La API está devolviendo errores", "Servidor está rejeitando pedidos", "Il server sta rifiutando ordini"),
    ],
)
def test_a_sentence_says_what_goes_wrong(title: str) -> None:
    """A title may say what a thing is doing."""
    assert says_what_fails(title)


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Dropping a table",
            "Scaling up workers",
            "What is being monitored",
            "The worker is running",
            "Refusing sacks",
        ),
        *("When the mill is under load", "After the mill is restarting", "Service is healthy again"),
    ],
)
def test_a_sentence_on_something_else_says_no_failure(title: str) -> None:
    """Work, a time of the process and what goes well are no incidents."""
    assert not says_what_fails(title)


def test_an_incident_told_in_prose_stands_among_the_others() -> None:
    """A chapter that says what goes wrong is an incident, though it has neither list nor command."""
    prose = "`429` is the limit. Ask the client to send less."
    playbook = _read("# On call", "## Intake is refusing sacks", prose, "## Reports are wrong", "1. Count the sacks")
    assert [one.title for one in playbook.procedures] == ["Intake is refusing sacks", "Reports are wrong"]


@pytest.mark.parametrize(
    "command",
    [
        *(
            "./simulate-outage.sh",
            "make simulate-outage",
            "make test-alert",
            "./scripts/test-alert.sh",
            "bash simulate.sh",
        ),
        "npm run simulate:outage",
    ],
)
def test_what_is_tried_out_may_be_done(command: str) -> None:
    """A script that simulates an outage, or tests an alert, is none that only reads."""
    playbook = _read("# Mill down", "## Symptoms", "- x", "## Resolution", "```bash", command, "```")
    (step,) = [one for one in playbook.procedures[0].steps if one.command]
    assert step.command is not None
    assert step.command.effect is Effect.UNKNOWN
