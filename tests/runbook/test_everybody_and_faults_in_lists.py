"""Severities that tell everyone, lists of what fails under any title, and scripts that are to be run again."""

from __future__ import annotations

import pytest

from tests.runbook.asked import commands
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("scale", "labels", "everyone"),
    [
        ("Severity levels", ("Response time", "Notify"), "everyone at once"),
        ("Niveles de severidad", ("Tiempo de respuesta", "Notificar"), "a todos de inmediato"),
        ("Schweregrade", ("Reaktionszeit", "Benachrichtigen"), "alle sofort"),
        ("障害レベル", ("対応時間", "通知"), "全関係者に即座連絡"),
    ],
)
def test_everyone_is_whom_the_other_severities_name(scale: str, labels: tuple[str, str], everyone: str) -> None:
    """The most severe level would page nobody, for "everyone" is no one by itself."""
    said = [("P0 (Critical)", "15 min", everyone), ("P1 (High)", "60 min", "Head miller")]
    lines = [
        line
        for title, time, who in said
        for line in (f"### {title}", "", f"**{labels[0]}**: {time}  ", f"**{labels[1]}**: {who}", "")
    ]
    playbook = _read("# Mill", f"## {scale}", *lines)
    assert [one.targets for one in playbook.escalation_levels] == [("Head miller",)]


@pytest.mark.parametrize(
    ("told", "called"),
    [
        ("Everyone", [("Head miller", "Owner", "Everyone")]),
        ("Todos", [("Head miller", "Owner", "Todos")]),
        ("Owner + whole team", [("Owner", "whole team")]),
    ],
)
def test_everyone_in_a_column_keeps_its_name_beside_the_others(told: str, called: list[tuple[str, ...]]) -> None:
    """Who "everyone" is remains to be asked; somebody beside it is called as the cell says."""
    playbook = _read(
        "# Mill",
        "",
        "| Severity | Description | Response time | Escalation |",
        "|---|---|---|---|",
        f"| P0 | All stands | 5 min | {told} |",
        "| P1 | One stands | 1 h | Head miller, Owner |",
    )
    assert [one.targets for one in playbook.escalation_levels] == called


def test_all_customers_are_nobody_of_ours() -> None:
    """ "Notify: all customers" pages nobody at P0."""
    playbook = _read(
        "# Mill",
        "## Severity levels",
        *("### P0", "- **Response time**: 5 min", "- **Notify**: all customers", ""),
        *("### P1", "- **Response time**: 1 h", "- **Notify**: Head miller"),
    )
    assert playbook.escalation_levels == ()


@pytest.mark.parametrize(
    ("title", "items"),
    [
        ("Incident response", ("**Mill 5xx high**: look at the belt", "**Mail not sent**: check the relay")),
        (
            "Incident response rapida",
            ("**Posta non inviata**: controlla il relay", "**Login fallito**: verifica i log"),
        ),
        (
            "Respuesta rápida a incidentes",
            ("**Correo no enviado**: mirar el relay", "**Login fallido**: verificar los logs"),
        ),
        ("Schnellhilfe", ("**Mail nicht gesendet**: Relay prüfen", "**Anmeldung schlägt fehl**: Protokoll ansehen")),
    ],
)
def test_a_list_of_what_fails_is_one_incident_an_item(title: str, items: tuple[str, ...]) -> None:
    """Whatever the heading says: each item names a failure, and what to do then."""
    playbook = _read("# Mill", f"## {title}", *(f"- {one}." for one in items))
    assert [(one.kind, one.title) for one in playbook.procedures] == [
        (ProcedureKind.INCIDENT, one.split("**")[1]) for one in items
    ]


def test_a_list_of_features_is_no_list_of_incidents() -> None:
    """Names with a sentence behind them, none of which fails."""
    assert not _read("# Mill", "## Parts", "- **Belt**: carries the sacks.", "- **Gate**: look at it daily.").procedures


@pytest.mark.parametrize(
    ("item", "command"),
    [
        ("`scripts/grind.sh` erneut ausführen (eigener Schritt)", "scripts/grind.sh"),
        ("`scripts/grind.sh` (one command)", "scripts/grind.sh"),
        ("Volver a ejecutar `scripts/grind.sh`", "scripts/grind.sh"),
        ("Relancer `scripts/grind.sh`", "scripts/grind.sh"),
        ("`scripts/grind.sh` を再実行する", "scripts/grind.sh"),
        ("`scripts/grind.sh` 다시 실행", "scripts/grind.sh"),
        ("重新执行 `scripts/grind.sh`", "scripts/grind.sh"),
        ("`grind.sh --belt <name>`: the belt alone", "grind.sh --belt <name>"),
    ],
)
def test_a_script_is_run_again_in_any_language(item: str, command: str) -> None:
    """The word for running may stand behind "again", the script without its path before an option."""
    assert commands(_read("# Mill", "## Mill is down", "1. Look at it.", f"2. {item}")) == [command]


def test_the_name_of_a_job_is_no_command() -> None:
    """ "test frontend" has nothing that the program "test" compares."""
    playbook = _read("# Mill", "## Mill is down", "- See that CI is green (`test frontend`, `test -f belt`).")
    assert commands(playbook) == ["test -f belt"]


@pytest.mark.parametrize(
    "line",
    [
        "**Date of next review:** 2027-06-21",
        "**Дата следующего пересмотра:** 2027-06-21",
        "**Datum der nächsten Überprüfung:** 21.06.2027",
        "**Date de la prochaine révision :** 21/06/2027",
        "**次回見直し日**: 2027-06-21",
        "**下次评审日期**: 2027-06-21",
    ],
)
def test_the_next_review_is_read_in_any_language(line: str) -> None:
    """A date behind the words for it."""
    assert str(_read("# Mill", line).review.next) == "2027-06-21"
