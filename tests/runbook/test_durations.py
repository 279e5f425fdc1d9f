"""Spans of time as people write them."""

from __future__ import annotations

import pytest

from tocsin.runbook.durations import every, impossible, spans, target
from tocsin.runbook.words import vocabulary

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("text", "seconds", "kind"),
    [
        ("15 minutes", 900, "elapsed"),
        ("< 15 min", 900, "elapsed"),
        ("≤ 1小时", HOUR, "elapsed"),
        ("24h", DAY, "elapsed"),
        ("1 week", 7 * DAY, "elapsed"),
        ("10-15 minutes", 900, "elapsed"),
        ("2–4 hours", 4 * HOUR, "elapsed"),
        ("1 to 2 days", 2 * DAY, "elapsed"),
        ("1.5 hours", 5400, "elapsed"),
        ("half an hour", 1800, "elapsed"),
        ("an hour", HOUR, "elapsed"),
        ("thirty minutes", 1800, "elapsed"),
        ("15-minute acknowledgment", 900, "elapsed"),
        ("Immediate (< 5 minutes)", 300, "elapsed"),
        ("Immediate", 0, "immediate"),
        ("ASAP", 0, "immediate"),
        ("2 business hours", 2 * HOUR, "business"),
        ("3 working days", 3 * DAY, "business"),
        ("30 minutes during business hours", 1800, "business"),
        ("5 Werktage", 5 * DAY, "business"),
        ("next business day", None, "business"),
        ("same business day", None, "business"),
        ("el mismo dia habil", None, "business"),
        ("am selben Tag", None, "business"),
        ("30+ min", 1800, "elapsed"),
        ("in forty-five minutes", 45 * 60, "elapsed"),
        ("en menos de quince minutos", 900, "elapsed"),
        ("em até meia hora", 1800, "elapsed"),
        ("sous vingt-quatre heures", DAY, "elapsed"),
        ("innerhalb von fuenfzehn Minuten", 900, "elapsed"),
        ("entro trenta minuti", 1800, "elapsed"),
        ("в течение пятнадцати минут", 900, "elapsed"),
        ("best effort", None, "best_effort"),
        ("-5 minutes", None, None),
        ("1e9 h", None, None),
        ("no idea", None, None),
        ("", None, None),
    ],
)
def test_a_target_in_words(text: str, seconds: int | None, kind: str | None) -> None:
    """The upper end of a range; nothing where nothing is stated; never 0 by accident."""
    found = target(text)
    assert (found.seconds if found else None, found.kind.value if found else None) == (seconds, kind)


@pytest.mark.parametrize(
    "text", ["(>50%)", "limit 10m/s", "5xx errors", "P1", "SEV-2", "v1.2.3", "24/7", "port 3000", "2026-01-01"]
)
def test_numbers_that_are_no_times(text: str) -> None:
    """Percentages, codes, names of levels, versions, ports and dates."""
    assert list(spans(text)) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Update every 30 minutes", 1800),
        ("give an update every hour", HOUR),
        ("every 2 business days", 2 * DAY),
        ("每30分钟更新", 1800),
        ("alle 20 Minuten", 1200),
        ("toutes les 30 minutes", 1800),
        ("cada 15 minutos", 900),
        ("within 30 minutes", None),
        ("more than 5% per minute", None),
    ],
)
def test_an_interval_needs_its_word(text: str, seconds: int | None) -> None:
    """ "every 30 minutes" repeats; "within 30 minutes" does not."""
    found = every(text)
    assert (found.seconds if found else None) == seconds


def test_impossible_times_are_told_apart_from_missing_ones() -> None:
    """A slip of the pen is worth a finding, an empty cell is not."""
    assert [impossible(text) for text in ("-5 min", "1e9 h", "99999 weeks", "5 min", "", "-")] == [True] * 3 + [
        False
    ] * 3


def test_no_unit_and_no_number_of_the_vocabulary_is_passed_over() -> None:
    """What is looked at before the grammar is tried only leaves out texts in which no span can stand."""
    words = vocabulary()
    units = [unit for kind in ("second", "minute", "hour", "day", "week") for unit in words.durations[kind]]
    numbers = ["7", "(7", *(number for number in words.numbers if number.isascii() or number < "あ")]
    lost = [
        f"{number} {unit}"
        for number in numbers
        for unit in (*units, *(unit.upper() for unit in units if len(unit) > 3))
        if not list(spans(f"within {number} {unit}."))
    ]
    assert not lost


@pytest.mark.parametrize("text", ["2026年4月10日", "4月10日", "2026년 4월 10일", "2026年", "2026년 4월"])
def test_a_day_of_the_calendar_is_no_length_of_time(text: str) -> None:
    """A date holds a year, a month and a day, and lasts neither two thousand years nor ten days."""
    assert not impossible(text)
    assert list(spans(text)) == []


def test_a_length_beside_a_date_keeps_its_place() -> None:
    """What stands behind a date is found where it stands."""
    text = "2026年4月10日から3日以内"
    assert [(one.duration.seconds, text[one.start : one.end]) for one in spans(text)] == [(3 * 86_400, "3日")]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15분 이내", 900), ("2시간", 7200), ("1일", 86_400), ("3영업일", 259_200), ("30초", 30), ("즉시", 0)],
)
def test_korean_lengths(text: str, seconds: int) -> None:
    """A number, a unit right behind it, and the word for "within" behind both."""
    found = target(text)
    assert found is not None
    assert found.seconds == seconds


def test_korean_rhythms() -> None:
    """The word for "every" stands behind the length."""
    found = every("30분마다 공유")
    assert found is not None
    assert found.seconds == 1800


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("sous 1h30", 90),
        ("< 2 h 15 min", 135),
        ("1 hour and 30 minutes", 90),
        ("1 hora y 20 minutos", 80),
        ("1 ora e 10 minuti", 70),
        ("1 ч 30 мин", 90),
        ("1時間30分以内", 90),
        ("1小时30分钟", 90),
        ("within the hour", 60),
        ("dans l’heure", 60),
        ("в течение часа", 60),
        ("в течение суток", 24 * 60),
        ("полчаса", 30),
        ("entro mezz'ora", 30),
        ("una hora y media", 90),
        ("anderthalb Stunden", 90),
        ("半小时内", 30),
        ("两个小时", 120),
        ("十五分钟", 15),
        ("三十分以内", 30),
        ("一個半小時", 90),
    ],
)
def test_lengths_as_a_country_writes_them(text: str, minutes: int) -> None:
    """Hours with minutes, numbers of Chinese and Japanese, and phrases that are a length by themselves."""
    found = target(text)
    assert found is not None
    assert (found.seconds, found.kind.value) == (minutes * 60, "elapsed")


@pytest.mark.parametrize(
    ("text", "hours"),
    [("innerhalb eines Werktags", 24), ("4h comerciais", 4), ("2 gg lavorativi", 48), ("一个工作日", 24)],
)
def test_lengths_of_working_time_as_a_country_writes_them(text: str, hours: int) -> None:
    """Only the hours count in which somebody works."""
    found = target(text)
    assert found is not None
    assert (found.seconds, found.kind.value) == (hours * HOUR, "business")


@pytest.mark.parametrize(
    "text", ["Astreinte à 2h30", "de 2h00 - 4h00", "9h30", "十分に確認する", "第一小时", "les 3 h 99", "#1h30, 2 fours"]
)
def test_what_is_no_length_in_a_country(text: str) -> None:
    """Times of day, 十分 for "enough", the first hour, the name of a room."""
    assert [one.duration.seconds for one in spans(text) if one.duration.seconds != 3 * HOUR] == []


def test_every_word_for_a_time_is_found_without_a_digit() -> None:
    """Texts are passed over by their words: no phrase of the vocabulary may fall through, alone or in a sentence."""
    words = vocabulary()
    promised = [*words.words["immediate"].spaced, *words.words["immediate"].written]
    promised += [*words.durations["next_day"], *words.durations["best_effort"]]
    assert [one for one in promised if target(one) is None or target(f"Mill: {one}, all") is None] == []
    assert [one for one in words.spans if not list(spans(one)) or not list(spans(f"Mill ({one})."))] == []


def test_a_duration_is_no_interval() -> None:
    """ "por 7 dias" is for how long; "раз в час", "halbstündlich" and "每半小时" are how often."""
    assert every("disponível por 7 dias") is None
    assert [
        found.seconds if (found := every(text)) else None for text in ("раз в час", "halbstündlich", "每半小时")
    ] == [
        HOUR,
        1800,
        1800,
    ]
