"""Times as other languages say them: the hours in which they count ahead of them, ranges, marks, silence, all day."""

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import spans, target
from tocsin.runbook.playbook import Trigger
from tocsin.runbook.stated import DurationKind


@pytest.mark.parametrize(
    "said",
    [
        "business hours: 4 hours",
        "during working hours within 4 hours",
        "en horario laboral: 4 horas",
        "em horário comercial: 4 horas",
        "en heures ouvrées : 4 heures",
        "durante l'orario di lavoro: 4 ore",
        "innerhalb der Geschäftszeiten: 4 Stunden",
        "в рабочее время: 4 часа",
        "工作时间内4小时",
        "営業時間内4時間以内",
        "업무시간 내 4시간",
    ],
)
def test_hours_that_count_may_stand_ahead_of_a_length(said: str) -> None:
    """A length behind "in business hours" stands still at night, as one before it does."""
    found = target(said)
    assert found is not None
    assert (found.seconds, found.kind) == (14_400, DurationKind.BUSINESS)


@pytest.mark.parametrize(
    "said", ["outside business hours: 4 hours", "fuera del horario laboral: 4 horas", "非工作时间内4小时", "4 hours"]
)
def test_hours_outside_of_business_count_as_they_pass(said: str) -> None:
    """What holds outside of business hours, or says none, is elapsed time."""
    found = target(said)
    assert found is not None
    assert found.kind is DurationKind.ELAPSED


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("4 h business hours, 8 h weekends", ["business", "elapsed"]),
        ("30 min (business hours), 60 min (else)", ["business", "elapsed"]),
        ("30 min, in business hours 10 min", ["elapsed", "business"]),
        ("at night 1 hour; in business hours within 15 minutes", ["elapsed", "business"]),
    ],
)
def test_hours_between_two_lengths_are_of_the_one_beside_them(said: str, kinds: list[str]) -> None:
    """A sign between two lengths tells which of them counts in business hours."""
    assert [one.duration.kind.value for one in spans(said)] == kinds


@pytest.mark.parametrize(
    "said", ["las 24 horas", "Guardia las 24 horas", "atendimento as 24 horas", "soporte: las 24 horas"]
)
def test_all_hours_of_the_day_are_no_length(said: str) -> None:
    """Somebody who is there "las 24 horas" does not answer within a day."""
    assert target(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "en las 24 horas",
        "dentro de las 24 horas",
        "a las 24 horas",
        "las 24 horas posteriores",
        "até as 24 horas",
        "24 horas",
    ],
)
def test_a_day_behind_a_preposition_is_a_length(said: str) -> None:
    """The same words behind a preposition are a day."""
    found = target(said)
    assert found is not None
    assert found.seconds == 86_400


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("T+3天", 259_200), ("T+2時間", 7_200), ("T+30分", 1_800), ("T+15", 900), ("T+15通知", 900), ("15～30分", 1_800)],
)
def test_a_mark_takes_the_unit_behind_it(said: str, seconds: int) -> None:
    """Minutes are meant where no unit stands behind "T+3", also in a script without blanks."""
    found = target(said)
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("Post-mortem (de 3 a 5 días)", 120),
        ("Post-mortem (entre 3 y 5 días)", 120),
        ("Post-mortem (de 3 à 5 jours)", 120),
        ("Post-mortem (da 3 a 5 giorni)", 120),
        ("Post-mortem (de 3 a 5 dias)", 120),
        ("Постмортем (от 3 до 5 дней)", 120),
        ("ポストモーテム（3〜5日）", 120),
        ("复盘（T+3天）", 72),
    ],
)
def test_the_range_in_the_bracket_behind_the_report_is_its_deadline(said: str, hours: int) -> None:
    """The upper end of a range in any language is when the report is due."""
    playbook = compile_runbook(f"# Incident\n\n## {said}\n\n- Timeline\n- Causes\n")
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == hours * 3600


@pytest.mark.parametrize(
    ("title", "first", "silence", "second"),
    [
        ("Eskalation", "Zuerst die Bereitschaft anrufen.", "Reagiert niemand, wird die Leitung angerufen.", "Leitung"),
        ("Eskalation", "Zuerst die Bereitschaft anrufen.", "Meldet sich niemand, die Leitung anrufen.", "Leitung"),
        ("Eskalation", "Zuerst die Bereitschaft anrufen.", "Ist niemand erreichbar, die Leitung anrufen.", "Leitung"),
        ("Эскалация", "Сразу вызвать дежурного.", "Если никто не отвечает, звоните директору.", "директору"),
        ("Эскалация", "Сразу вызвать дежурного.", "При отсутствии ответа вызовите директора.", "директора"),
        ("升级流程", "立即通知值班工程师。", "无人响应时上报总监。", "总监"),
    ],
)
def test_somebody_is_called_where_nobody_answers(title: str, first: str, silence: str, second: str) -> None:
    """Silence may stand before its verb, and be said without a time."""
    levels = compile_runbook(f"# Runbook\n\n## {title}\n\n{first} {silence}\n").escalation_levels
    assert [one.targets for one in levels][1:] == [(second,)]


def test_silence_around_a_time_is_waited_for() -> None:
    """ "Reagiert nach 15 Minuten niemand" waits for an acknowledgement."""
    said = "Zuerst die Bereitschaft anrufen. Reagiert nach 15 Minuten niemand, wird die Leitung angerufen."
    levels = compile_runbook(f"# Runbook\n\n## Eskalation\n\n{said}\n").escalation_levels
    assert levels[1].after is not None
    assert (levels[1].after.seconds, levels[1].trigger) == (900, Trigger.UNACKNOWLEDGED)
