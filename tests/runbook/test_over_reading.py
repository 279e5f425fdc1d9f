"""Layouts that look like phases, contacts or messages and are none, beside their likes in other languages."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import is_measured

PROCESS = "# Mill\n\n## Incident response process\n\n"


def phases(below: str) -> list[tuple[str, int | None]]:
    """The names of the phases of a process, with their times in seconds."""
    found = compile_runbook(f"{PROCESS}{below}\n").phases
    return [(one.title, one.target.seconds if one.target is not None else None) for one in found]


def contacts(below: str) -> dict[str, list[str]]:
    """How each of those listed in a chapter of contacts is reached."""
    found = compile_runbook(f"# Mill\n\n## Contacts\n\n{below}\n").contacts
    return {one.name: [way.value for way in one.channels] for one in found}


@pytest.mark.parametrize(
    "names", [("Lead", "Owner", "Director"), ("P1", "P2", "P3"), ("Leiter", "Inhaber", "Vorstand")]
)
def test_people_and_severities_with_times_are_no_phases(names: tuple[str, ...]) -> None:
    """ "1. **Owner** (15 minutes): joins" is one of a chain, "1. **P1** (5 minutes): …" one of a scale."""
    items = "\n".join(f"{n}. **{name}** ({5 * n} minutes): looks at it" for n, name in enumerate(names, 1))
    assert [title for title, _seconds in phases(items)] == ["Incident response process"]


def test_other_counted_names_with_times_are_phases() -> None:
    """Of a numbered list with times none has to be called as phases are."""
    items = "1. **Stop the line** (10 minutes): press it\n2. **Count** (20 minutes): all\n3. **Write** (1 hour): home"
    assert phases(items) == [("Stop the line", 600), ("Count", 1200), ("Write", 3600)]


def test_a_table_of_what_was_measured_has_no_phases() -> None:
    """ "Metric | Target | Measured": beside the time of each there is only another time, and nothing to do."""
    rows = "| Detection | 5 min | 4 min |\n| Response | 15 min | 20 min |\n| Recovery | 4 h | 3 h |"
    assert ("Detection", 300) not in phases(f"| Metric | Target | Measured |\n|---|---|---|\n{rows}")


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("Phase | Wer | Was", ("Erkennung | Schicht | Klappe zu", "Wiederherstellung | Technik | Mühle an")),
        ("Phase | Owner | What to do", ("Detection | Night shift | Shut it", "Restoration | Plumbers | Open it")),
        ("Faza | Rola | Zadanie", ("Wykrywanie | Zmiana | Zamknij", "Odzyskiwanie | Technik | Otwórz")),
    ],
)
def test_who_does_a_phase_is_not_what_is_done(head: str, rows: tuple[str, ...]) -> None:
    """The column of people stands beside what is to be done, in any language and any order."""
    table = "\n".join([f"| {head} |", "|---|---|---|", *(f"| {row} |" for row in rows)])
    found = compile_runbook(f"{PROCESS}{table}\n").phases
    assert [one.steps[0].title for one in found] == [row.split(" | ")[2] for row in rows]


@pytest.mark.parametrize(
    "title",
    ["Wiederherstellung", "Odzyskiwanie", "Восстановление", "Kurtarma", "Herstel", "根除", "根絶", "Uitroeiing"],
)
def test_each_language_has_the_late_phases(title: str) -> None:
    """Eradication and recovery (NIST SP 800-61) are phases by their standard names."""
    ((found, seconds),) = phases(f"### {title} – 30 min\n\n- x y z\n")
    assert (found, seconds) == (title, 1800)


@pytest.mark.parametrize(
    "text",
    [
        "Triage should last 15 minutes",
        "must last 2 hours",
        "Los tiempos son 15 minutos",
        "within 15 minutes of data loss",
        "innerhalb von 15 Minuten Daten sichern",
    ],
)
def test_a_time_to_keep_is_no_look_back(text: str) -> None:
    """The words for a look back are those of a duration elsewhere, and of another language."""
    assert not is_measured(text)


@pytest.mark.parametrize(
    "text", ["last 15 minutes", "the last 15 minutes", "15 minutes of logs", "die letzten 15 Minuten", "直近15分"]
)
def test_a_look_back_is_measured(text: str) -> None:
    """What is read then is no time in which anything has to be done."""
    assert is_measured(text)


def test_numbers_that_reach_nobody_are_no_contacts() -> None:
    """The number of a contract and the hours of an office stand among contacts, in any language."""
    lines = ("Contract number, 555-0142-77", "Vertragsnummer, 555-0142-78", "Numéro de contrat | 555-0142-79")
    told = "\n".join(f"- {line}" for line in (*lines, "Ada Stone, head miller, 555 0142"))
    assert contacts(told) == {"Ada Stone": ["555 0142"]}


def test_lines_of_a_paragraph_with_commas_are_contacts() -> None:
    """As items of a list are."""
    told = contacts("Head miller, Ada Stone, 555 0142\nDeputy, Bo Mill, 555 0143")
    assert told == {"Head miller": ["555 0142", "Ada Stone"], "Deputy": ["555 0143", "Bo Mill"]}


def test_what_the_blanks_mean_is_no_message() -> None:
    """A table "Field | Meaning" tells of a message; "Stage | Message" holds some."""
    rows = "| Impact | Who is hit and how hard it is for [team] |\n| Next | When the next message will be sent to all |"
    for head, named in (("Field | Meaning", []), ("Stage | Message", ["Impact", "Next"])):
        text = f"# Mill\n\n## Message templates\n\n| {head} |\n|---|---|\n{rows}\n"
        assert [one.name for one in compile_runbook(text).templates] == named


WORK = ("Rotate the keys", "Restart the mill", "Mühle neustarten", "Reiniciar el molino")
TROUBLE = """
Restart loop
Set of replicas incomplete
Unplanned restart
Unerwarteter Neustart
Reinicio inesperado
Redémarrages en boucle
Restart w pętli
Beklenmeyen silme
再起動ループ
频繁重启
""".strip().split("\n")


@pytest.mark.parametrize(
    ("title", "kind"), [*((one, "library") for one in WORK), *((one, "incident") for one in TROUBLE)]
)
def test_a_word_for_work_may_name_what_went_wrong(title: str, kind: str) -> None:
    """A restart that nobody asked for is an incident; to restart something is work."""
    steps = "1. Turn the key.\n2. Run `systemctl restart mill`.\n"
    text = f"# Mill runbook\n\n## Belt is broken\n\n{steps}\n## {title}\n\n{steps}"
    found = {one.title: one.kind.value for one in compile_runbook(text).procedures}
    assert found == {"Belt is broken": "incident", title: kind}
