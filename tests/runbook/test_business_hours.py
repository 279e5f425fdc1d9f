"""The hours that a document calls business hours, in the languages that teams write."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_from_json, playbook_json
from tocsin.runbook.stated import WorkingUnit

WEEK = (0, 1, 2, 3, 4)


def _hours(text: str) -> Any:
    found = compile_runbook(f"# Handbook\n\n## Support\n\n{text}\n").business_hours
    return found and (found.days, found.since, found.until, found.zone)


@pytest.mark.parametrize(
    ("text", "since", "until", "zone"),
    [
        ("Business hours are Monday to Friday, 9 to 5 CET.", "09:00", "17:00", "CET"),
        ("Our business hours: Mon-Fri 09:00-17:30 (Europe/Berlin)", "09:00", "17:30", "Europe/Berlin"),
        ("S2 is answered in business hours (9am–6pm ET, Monday through Friday).", "09:00", "18:00", "America/New_York"),
        ("Business hours: weekdays 8-16 UTC", "08:00", "16:00", "UTC"),
        ("Geschäftszeiten: Montag bis Freitag, 8 bis 17 Uhr (MEZ).", "08:00", "17:00", "CET"),
        ("Les heures ouvrées sont du lundi au vendredi de 9h à 18h.", "09:00", "18:00", None),
        ("Horario laboral: lunes a viernes de 9:00 a 18:00", "09:00", "18:00", None),
        ("Horário comercial: segunda a sexta, das 9h às 18h (BRT)", "09:00", "18:00", "America/Sao_Paulo"),
        ("Per S3 vale l'orario lavorativo (09:00–18:00 CET, lunedì–venerdì).", "09:00", "18:00", "CET"),
        ("Рабочее время: пн–пт с 9:00 до 18:00 МСК", "09:00", "18:00", "Europe/Moscow"),
        ("営業時間は平日 9:00〜18:00 (JST) です", "09:00", "18:00", "Asia/Tokyo"),
        ("工作时间：周一至周五 9:00-18:00", "09:00", "18:00", None),
        ("업무 시간은 평일 09:00~18:00 (KST)", "09:00", "18:00", "Asia/Seoul"),
        ("Business hours: Mon-Fri 9:00-18:00 (UTC+8)", "09:00", "18:00", None),
        ("Business hours: Mon-Fri 9:00-17:00 GMT+2", "09:00", "17:00", None),
        ("Business hours are Mon-Fri 12am to 8am UTC.", "00:00", "08:00", "UTC"),
        ("### Business hours\n\nMonday to Friday, 9:00 to 17:00 UTC.", "09:00", "17:00", "UTC"),
    ],
)
def test_the_hours_are_read(text: str, since: str, until: str, zone: str | None) -> None:
    """Days, times and zone; a zone that the text does not name is none."""
    assert _hours(text) == (WEEK, since, until, zone)


@pytest.mark.parametrize(
    "text",
    [
        "Business hours apply.",
        "The shift changes in business hours, Monday 9:00 to Monday 9:00.",
        "Within business hours we close 3 to 5 tickets from Monday to Friday.",
        "The canteen is open Monday to Friday, 9 to 5.",
        "Business hours: Mon-Fri 25:00 to 26:00",
        "Outside business hours (Mon-Fri, 18:00 to 8:00 CET) the night miller watches the stones.",
        "Outside of business hours, Monday to Friday 17:00 to 22:00 UTC, ring the miller.",
        "Außerhalb der Geschäftszeiten (Mo–Fr 18 bis 22 Uhr MEZ) ruft man den Müller.",
        "Hors heures ouvrées (du lundi au vendredi, 18h à 22h CET), appeler le meunier.",
        "Fuera del horario laboral (lunes a viernes de 18:00 a 22:00 CET) se llama al molinero.",
        "Fora do horário comercial (segunda a sexta, 18h às 22h BRT) chame o moleiro.",
        "Fuori dall'orario lavorativo (lunedì–venerdì 18:00–22:00 CET) chiama il mugnaio.",
        "Вне рабочее время, пн–пт 18:00–22:00 МСК",
        "業務時間外は平日 18:00〜22:00 JST",
        "非工作时间：周一至周五 18:00-22:00",
        "업무 시간 외: 평일 18:00~22:00 (KST)",
        "Business hours are not Monday to Friday 9:00-17:00 UTC any more.",
        "Until spring business hours were Monday to Friday 9:00-17:00 UTC.",
        "Never stop the wheel in business hours: the sluice runs Monday to Friday 02:00-04:00 UTC.",
        "Grain dealer support hours: Mon-Fri 09:00-17:00 PT.",
        "Business hours: Mon-Thu 8:00-17:00 CET, Fri 8:00-14:00 CET.",
        "Business hours: Monday to Friday 9:00-12:00 CET and 13:00-17:00 CET.",
        "Horario laboral: lunes a viernes de 9:00 a 14:00 y de 16:00 a 19:00",
        "Business hours: every day except Sat-Sun, 8:00-20:00 UTC.",
        "Business hours: mill Mon-Fri 9:00-17:00 GMT; shop Mon-Fri 9:00-17:00 ET.",
        "Business hours (Mon-Fri): S2 is answered in 2-4h.",
        "Business hours are Mon-Fri, 21:00 to 05:00 UTC.",
        "Business hours are Mon-Fri 8am to 12am ET.",
        "Business hours: Mon-Fri 9:00-17:00 UTC.\n\nOffice hours: Mon-Fri 8:00-16:00 UTC.",
        "### Outside business hours\n\nMonday to Friday 18:00 to 23:00 UTC.",
        "## Grain dealer\n\nTelephone 555-0142.\n\n### Support hours\n\nMonday to Friday 8:00 to 16:00 CET.",
        "### Business hours\n\nThe sieve is cleaned Monday to Friday 01:00-02:00 UTC.",
    ],
)
def test_other_hours_are_none(text: str) -> None:
    """No hours are made up."""
    assert _hours(text) is None


TEXT = """# Handbook

## Severity levels

| Level | Meaning | Response |
|---|---|---|
| S1 | mill stopped | 15 min |
| S2 | mill slow | 4 business hours |

Business hours are Monday to Friday, 8:00 to 16:00 {}.

## Contacts

| Role | Phone | Availability |
|---|---|---|
| On-call | +49 30 5550 | 24/7 |
| Head miller | +49 30 5551 | Business hours |

## Escalation

1. **On-call**
2. **Head miller** (after 10 minutes)
"""


def test_the_calendar_of_the_text_holds_until_the_team_answers() -> None:
    """With a zone it is proposed and asked about; without one nobody knows, so they are paged at any hour (B10)."""
    named, open_ = (compile_runbook(TEXT.format(zone)) for zone in ("(Europe/Berlin)", ""))
    plan = plan_response(named, "mill")
    assert plan.business_hours is not None
    assert plan.business_hours.zone == "Europe/Berlin"
    assert [(one.since, one.until) for one in plan.business_hours.hours] == [(time(8), time(16))]
    assert plan_response(open_, "mill").business_hours is None
    meanwhile = ("Mon, Tue, Wed, Thu, Fri 08:00 to 16:00 Europe/Berlin", "they are paged at any hour")
    for playbook, answer in zip((named, open_), meanwhile, strict=True):
        (asked,) = [one for one in plan_response(playbook, "mill").assumptions if one.key == "assume.business_hours"]
        assert (asked.answer, asked.accepted) == (answer, False)
        assert asked.cite is not None
        assert asked.cite.text.startswith("Business hours are Monday to Friday, 8:00 to 16:00")
    answered = compile_runbook(
        TEXT.format("") + "\n## Answers for Tocsin\n\n- `business_hours`: Mon-Fri 08:00 to 16:00 Europe/Berlin\n"
    )
    found = ["TOC406" in {one.code for one in playbook.findings} for playbook in (named, open_, answered)]
    assert found == [False, True, False]


def test_a_target_in_business_hours_is_asked_about_where_the_text_does_not_say() -> None:
    """No contact has to keep hours for it; the unit is kept apart from the length, so that 24 hours are no day."""
    head = "# R\n\n## Severity levels\n\n| Level | Meaning | Response | Resolution |\n|---|---|---|---|\n"
    text = head + "| S1 | stopped | {} | {} |\n| S2 | slow | 1 day | |\n"
    playbook = compile_runbook(text.format("24 business hours", "2 Werktage"))
    level = playbook.severities[0]
    units = [target.unit for target in (level.response_target, level.resolution_target) if target is not None]
    assert units == [WorkingUnit.HOUR, WorkingUnit.DAY]
    plan = plan_response(playbook, "mill")
    (asked,) = [one for one in plan.assumptions if one.key == "assume.business_hours"]
    assert (asked.answer, plan.business_hours) == ("its clocks run day and night", None)
    by_the_clock = plan_response(compile_runbook(text.format("4 hours", "2 days")), "mill")
    assert not [one for one in by_the_clock.assumptions if one.key == "assume.business_hours"]


def test_the_published_form_has_them() -> None:
    """Out as JSON and back."""
    playbook = compile_runbook(TEXT.format("UTC"))
    body = playbook_json(playbook)
    assert body["business_hours"]["days"] == [0, 1, 2, 3, 4]
    assert playbook_from_json(body).business_hours == playbook.business_hours
