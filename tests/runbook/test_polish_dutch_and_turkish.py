"""What teams write in Dutch, Polish and Turkish: their chains, rows, hours and spellings."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger
from tocsin.runbook.words import normal

START, SILENT, OPEN = Trigger.START, Trigger.UNACKNOWLEDGED, Trigger.UNRESOLVED


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Molen\n\n{text}\n")


@pytest.mark.parametrize(
    ("title", "lines", "whom", "triggers"),
    [
        (
            "Escalatie",
            (
                "- Bel eerst de dienstdoende monteur.\n"
                "- Als de monteur binnen 15 minuten niet reageert, bel dan de teamleider.\n"
                "- Als de storing na 1 uur nog niet is opgelost, informeer de directeur."
            ),
            ("dienstdoende monteur", "teamleider", "directeur"),
            (START, SILENT, OPEN),
        ),
        (
            "Opschalen",
            (
                "De dienstdoende monteur wordt als eerste gebeld. Na 15 minuten zonder reactie wordt de chef gebeld. "
                "Na een uur wordt de directeur ingelicht."
            ),
            ("dienstdoende monteur", "chef", "directeur"),
            (START, SILENT, OPEN),
        ),
        (
            "Escalatiematrix",
            (
                "| Niveau | Wie | Wanneer |\n|---|---|---|\n| 1 | Dienstdoende monteur | meteen |\n"
                "| 2 | Teamleider | na 15 minuten zonder reactie |\n| 3 | Directeur | na 1 uur |"
            ),
            ("Dienstdoende monteur", "Teamleider", "Directeur"),
            (START, SILENT, OPEN),
        ),
        (
            "Eskalacja",
            (
                "- Najpierw zadzwoń do dyżurnego automatyka.\n"
                "- Jeśli dyżurny nie odpowie w ciągu 15 minut, zadzwoń do kierownika zmiany.\n"
                "- Jeśli awaria nie zostanie usunięta w ciągu godziny, powiadom dyrektora."
            ),
            ("dyżurnego automatyka", "kierownika zmiany", "dyrektora"),
            (START, SILENT, OPEN),
        ),
        (
            "Ścieżka eskalacji",
            (
                "- Poziom 1: dyżurny automatyk\n- Poziom 2: kierownik zmiany, po 15 minutach\n"
                "- Poziom 3: dyrektor, po 60 minutach"
            ),
            ("dyżurny automatyk", "kierownik zmiany", "dyrektor"),
            (START, OPEN, OPEN),
        ),
        (
            "Eskalacja",
            (
                "1. Dyżurny automatyk (natychmiast)\n2. Kierownik zmiany (brak odpowiedzi przez 15 minut)\n"
                "3. Dyrektor (po 1 godzinie)"
            ),
            ("Dyżurny automatyk", "Kierownik zmiany", "Dyrektor"),
            (START, SILENT, OPEN),
        ),
        (
            "Eskalasyon",
            (
                "- Önce nöbetçi mühendisi arayın.\n"
                "- Nöbetçi mühendis 15 dakika içinde yanıt vermezse takım liderini arayın.\n"
                "- Arıza 1 saat içinde giderilemezse genel müdüre haber verin."
            ),
            ("nöbetçi mühendisi", "takım liderini", "genel müdüre"),
            (START, SILENT, OPEN),
        ),
        (
            "Eskalasyon Matrisi",
            (
                "| Seviye | Kime | Süre |\n|---|---|---|\n| 1 | Nöbetçi mühendis | hemen |\n"
                "| 2 | Takım lideri | 15 dakika sonra |\n| 3 | Genel müdür | 1 saat sonra |"
            ),
            ("Nöbetçi mühendis", "Takım lideri", "Genel müdür"),
            (START, OPEN, OPEN),
        ),
        (
            "ESKALASYON",
            "1. Nobetci muhendis (hemen)\n2. Takim lideri (15 dakika yanit yoksa)\n3. Genel mudur (1 saat sonra)",
            ("Nobetci muhendis", "Takim lideri", "Genel mudur"),
            (START, SILENT, OPEN),
        ),
    ],
)
def test_a_chain_is_read_with_its_waits(
    title: str, lines: str, whom: tuple[str, ...], triggers: tuple[Trigger, ...]
) -> None:
    """Who is called first, who after 15 minutes and who after an hour, and whether for silence."""
    found = _read(f"## {title}\n\n{lines}").escalation_levels
    assert tuple(level.targets for level in found) == tuple((one,) for one in whom)
    assert [level.after and level.after.seconds for level in found] == [None, 900, 3600]
    assert tuple(level.trigger for level in found) == triggers


def test_letters_of_turkish_and_polish_are_those_of_other_keyboards() -> None:
    """A dot above a capital I, an i without one and an l with a stroke part no word and miss no phrase."""
    assert normal("İLETİŞİM") == normal("iletişim")
    contacts = "| Rol | Telefon |\n|---|---|\n| Ann | +48 22 555 01 01 |"
    assert len(_read(f"## İLETİŞİM BİLGİLERİ\n\n{contacts}").contacts) == 1
    scale = "| Poziom | Opis | Czas reakcji |\n|---|---|---|\n| P1 | Mlyn stoi | 15 minut |\n| P2 | Kurz | 1 godz. |"
    levels = _read(f"## Poziomy waznosci\n\n{scale}\n\n## Sciezka eskalacji\n\n1. Dyzurny\n2. Dyrektor (po godzinie)")
    assert [one.response_target and one.response_target.seconds for one in levels.severities] == [900, 3600]
    assert [one.targets for one in levels.escalation_levels] == [("Dyzurny",), ("Dyrektor",)]


@pytest.mark.parametrize(
    ("title", "hours"),
    [
        ("Ernst", "Kantooruren: maandag tot en met vrijdag van 8:00 tot 17:30 uur (Europe/Amsterdam)."),
        ("Krytyczność", "Godziny pracy: od poniedziałku do piątku, 8:00–17:30 (Europe/Warsaw)."),
        ("Öncelik", "Mesai saatleri: Pazartesi–Cuma 08:00–17:30 (Europe/Istanbul)."),
        ("Severity", "Business hours: Monday to Friday, 8:00–17:30 (Europe/London)."),
    ],
)
def test_hours_below_the_last_level_are_those_of_the_team(title: str, hours: str) -> None:
    """They say when a business clock runs, and define no severity."""
    read = _read(f"## {title}\n\n### P1\n\n- The mill stands\n\n### P2\n\n- Dust\n\n{hours}")
    assert [one.criteria for one in read.severities] == [("The mill stands",), ("Dust",)]
    assert read.business_hours is not None
    assert (read.business_hours.days, read.business_hours.since) == ((0, 1, 2, 3, 4), "08:00")


def test_a_first_message_in_dutch_is_no_report_in_german() -> None:
    """ "Bericht" is a report to the one and a message to the other; what a title is wholly called decides."""
    texts = "**{}**\n\n```\nSinds {{tijd}} staat de molen stil.\n```\n"
    dutch = _read(f"## Voorbeeldteksten\n\n{texts.format('Eerste bericht')}")
    german = _read(f"## Nachbereitung\n\n{texts.format('Bericht zum Vorfall')}")
    assert [[one.name for one in read.templates] for read in (dutch, german)] == [["Eerste bericht"], []]


@pytest.mark.parametrize(
    "text",
    [
        "## Do not panic\n\nNot the end of the world. On 30 minutes notice, direct the press to the desk.\n",
        "## Werk\n\nWie der Stand ist, steht im Bericht. Van and driver are told to open the gate at 10.\n",
        "## Ad server\n\n- Open the ad console; on failure, to fails over\n",
    ],
)
def test_small_words_of_one_language_say_nothing_in_another(text: str) -> None:
    """ "On" is ten to a Turk and "not" a remark; "als", "wie", "open" and "to" mean something in two languages."""
    read = _read(text)
    assert read.escalation_levels == read.severities == read.templates == read.contacts == ()
    assert not [one for one in read.procedures if one.symptoms]
