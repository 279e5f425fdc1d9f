"""The hours that a document calls business hours, in the languages that teams write."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_from_json, playbook_json

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


def test_the_calendar_of_the_text_counts_and_is_not_asked_for() -> None:
    """With a zone it is the calendar of who is there in business hours; without one it is asked for as before."""
    named, open_ = (compile_runbook(TEXT.format(zone)) for zone in ("(Europe/Berlin)", ""))
    plan = plan_response(named, "mill")
    assert plan.business_hours is not None
    assert plan.business_hours.zone == "Europe/Berlin"
    assert [(one.since, one.until) for one in plan.business_hours.hours] == [(time(8), time(16))]
    assert "assume.business_hours" not in {one.key for one in plan.assumptions}
    assert "assume.business_hours" in {one.key for one in plan_response(open_, "mill").assumptions}
    assert "TOC406" not in {one.code for one in named.findings}
    assert "TOC406" in {one.code for one in open_.findings}


def test_the_published_form_has_them() -> None:
    """Out as JSON and back."""
    playbook = compile_runbook(TEXT.format("UTC"))
    body = playbook_json(playbook)
    assert body["business_hours"]["days"] == [0, 1, 2, 3, 4]
    assert playbook_from_json(body).business_hours == playbook.business_hours
