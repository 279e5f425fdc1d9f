"""When the report of an incident is due, in every wording and layout."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

SCALE = "## Severity\n\n| Level | Meaning |\n|---|---|\n| P1 | all mills stand |\n| P2 | one mill stands |\n\n"

TWO_DAYS = [
    "## Post-mortem\n\nWithin 48 hours of resolution.\n",
    "## Post-mortem\n\n- Due within 48 hours\n",
    "## Post-mortem\n\n- Deadline: 48 hours\n",
    "## Post-mortem\n\n- **Timeline**: within 48h\n",
    "## Post-mortem (within 48 h)\n\n- What happened\n",
    "## Post-mortem – within 48 hours\n\n- What happened\n",
    "## Post-Incident Review\n\nHeld within two business days.\n",
    "## Post-Incident Review\n\nSchedule the review within 2 business days of the incident.\n",
    "## Post-mortem\n\nA blameless post-mortem is written within 2 days for every P1.\n",
    "## Post-mortem\n\nP1: 48 hours, P2: 5 days\n",
    "## Post-mortem\n\n| Severity | Due |\n|---|---|\n| P1 | 48 hours |\n| P2 | 5 days |\n",
    (
        "## Post-mortem\n\n| Severity | Post-mortem required | Deadline |\n|---|---|---|\n"
        "| P1 | yes | 48 hours |\n| P2 | yes | 5 days |\n"
    ),
    "## After the incident\n\n1. Write the post-mortem within 48 hours\n2. Share it\n",
    "## After the incident\n\n1. Within 48 hours: write the post-mortem\n2. Share it\n",
    "## After the incident\n\n- [ ] Post-mortem draft (48 h)\n- [ ] Action items\n",
    "## Follow-up\n\nThe incident report is due 48 hours after the incident.\n",
    "## Follow-up\n\nNo later than 48 hours after resolution, publish the RCA.\n",
    "## RCA\n\nRCA must be completed in 48 hours.\n",
    "## Lessons learned\n\nHold a retrospective within 48 hours.\n",
    "## Post-mortem\n\nComplete the document below 48 hours after closing the incident.\n",
    "## Post-mortem\n\nDue: 2 working days after resolution\n",
    "## Post-mortem\n\nDue date: T+48h\n",
    (
        "## Severity response\n\n| Severity | Response | Post-mortem |\n|---|---|---|\n"
        "| P1 | 15 min | within 48 h |\n| P2 | 1 h | optional |\n"
    ),
    "## Nachbereitung\n\nDer Bericht wird innerhalb von 48 Stunden geschrieben.\n",
    "## Nachbereitung\n\n- Post-mortem binnen zwei Werktagen\n",
    "## Post-mortem\n\n- Frist: 48 Stunden nach Behebung\n",
    "## Nachbesprechung\n\nSpätestens nach 48 Stunden findet die Nachbesprechung statt.\n",
    "## Post-mortem\n\nDentro de las 48 horas siguientes al incidente.\n",
    "## Post-mortem\n\n- Plazo: 48 horas\n",
    "## Informe posterior\n\nEl informe se entrega en un plazo de 2 días hábiles.\n",
    "## Post-mortem\n\nÀ rédiger sous 48 h.\n",
    "## Post-mortem\n\nLe compte rendu est rédigé dans les 48 heures.\n",
    "## Post-mortem\n\n- Délai : 2 jours ouvrés\n",
    "## Post-mortem\n\nDeve ser escrito em até 48 horas.\n",
    "## Pós-incidente\n\n- Prazo do post-mortem: 48 horas\n",
    "## Pós-incidente\n\n1. Redigir o post-mortem em até 2 dias úteis\n",
    "## Post-mortem\n\nEntro 48 ore dalla risoluzione.\n",
    "## Post-mortem\n\n- Scadenza: 48 ore\n",
    "## Разбор инцидента\n\nРазбор проводится в течение 48 часов.\n",
    "## Постмортем\n\n- Срок: 48 часов\n",
    "## Постмортем\n\nНе позднее чем через 2 рабочих дня после устранения.\n",
    "## ポストモーテム\n\n解決後48時間以内に作成する。\n",
    "## 振り返り\n\n- 期限：2営業日以内\n",
    "## 事後対応\n\n1. 48時間以内に報告書を作成\n",
    "## 事后复盘\n\n故障恢复后48小时内完成复盘报告。\n",
    "## 复盘\n\n- 时限：2个工作日\n",
    "## 故障复盘\n\n| 级别 | 复盘时限 |\n|---|---|\n| P1 | 48小时 |\n| P2 | 5天 |\n",
    "## Post-mortem\n\nSchedule a 60-minute meeting within 48 hours.\n",
    "## Post-mortem\n\nMeeting (30 minutes), within 48 hours\n",
    "## Post-mortem\n\n**When**: 24-48 hours after the incident\n",
    "## Post-mortem\n\nTiming: 1–2 days after resolution.\n",
]
"""Two days, elapsed or of work; of the highest severity where levels differ."""

ONE_DAY = [
    ("## Post-mortem process\n\n1. **Within 24 hours**: schedule the meeting\n2. **Within 48 hours**: publish\n"),
    "## Post-mortem\n\nThe draft is shared within 1 day and the final version within 3 days.\n",
]
"""The text before the meeting, and the draft before the final version."""

NONE = [
    "## Post-mortem\n\nAction items are tracked for 30 days.\n",
    "## Post-mortem\n\nFollow up on action items within 2 weeks.\n",
    "## Post-mortem\n\n- Duration of the outage: 48 hours\n",
    "## Post-mortem\n\nRequired when an outage lasts longer than 30 minutes.\n",
    "## Post-mortem template\n\n- Detected after: 5 minutes\n- Resolved after: 2 hours\n",
    "## Post-mortem\n\nReviewed every 3 months.\n",
    "## Post-mortem\n\nKeep the log for 7 days.\n",
]
"""Times of something else."""


def due(body: str) -> int | None:
    """The hours until the report is due; a working day is one of 24."""
    policy = compile_runbook(f"# Mill\n\n{SCALE}{body}".encode(), path="runbook.md").postmortem
    return (policy.due.seconds or 0) // 3600 if policy is not None and policy.due is not None else None


@pytest.mark.parametrize("body", TWO_DAYS)
def test_the_deadline_is_found_where_it_is_stated(body: str) -> None:
    """In a heading, a label, a sentence, an item or a cell of the chapter or of a line that names the report."""
    assert due(body) == 48


@pytest.mark.parametrize("body", ONE_DAY)
def test_the_first_of_several_is_the_deadline(body: str) -> None:
    """A draft is the report, and a meeting is called before anything is published."""
    assert due(body) == 24


@pytest.mark.parametrize("body", NONE)
def test_other_times_of_the_chapter_are_no_deadline(body: str) -> None:
    """Action items, the length of the outage, when a report is needed, reviews of the document, how long logs stay."""
    assert due(body) is None


@pytest.mark.parametrize(
    "text",
    [
        "## Timeline\n\n### T+2 days\n\n- Publish the post-mortem\n",
        "## Timeline\n\n### T+48h (or earlier)\n\n1. **Post-mortem held**\n",
        "## Timeline\n\n- T+1h: tell the shops\n- T+48h: post-mortem published\n",
        "## Timeline\n\n### Within 48 hours\n\n- Complete the post-mortem\n",
        "## Timeline\n\n### T+24h\n\n- Post-mortem schedule announced\n\n### T+48h\n\n- Post-mortem published\n",
    ],
)
def test_report_is_due_at_its_point_of_a_timeline(text: str) -> None:
    """The mark of the line or the title of the chapter in which the report is done says by when."""
    policy = compile_runbook(f"# Bakery incidents\n\n{text}").postmortem
    assert policy is not None
    assert policy.due is not None
    assert policy.due.seconds == 48 * 3600


@pytest.mark.parametrize(
    "text",
    [
        "### T+2 hours\n\n- Open the post-mortem document\n",
        "### T+2 days\n\n- Announce the post-mortem schedule\n",
        "### T+2 days\n\n- Bake again\n",
    ],
)
def test_other_points_of_a_timeline_are_no_deadline_of_the_report(text: str) -> None:
    """Neither a mark of hours, nor the day on which the review is only planned, nor that of other work."""
    policy = compile_runbook(f"# Bakery incidents\n\n## Timeline\n\n{text}").postmortem
    assert policy is None or policy.due is None


def test_the_chapter_on_reports_comes_before_what_others_say_of_one_case() -> None:
    """A check of one change, and the report of one kind of incident, are due at times of their own."""
    playbook = compile_runbook(
        "# Oven runbook\n\n## Severity levels\n\n| Level | Meaning |\n|---|---|\n| P0 | all cold |\n"
        "| P1 | one cold |\n\n## Theft\n\nIf flour is stolen, a postmortem is required within 24 hours.\n\n"
        "## Relighting\n\nFor P0 only he may skip the check, with a follow-up review required within 12 hours.\n\n"
        "## Postmortem\n\n"
        "For P0/P1: write a postmortem within 48 hours.\n"
    )
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == 48 * 3600
    assert playbook.postmortem.required_for == ("P0", "P1")
