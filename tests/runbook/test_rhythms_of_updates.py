"""How often updates are due, in every wording and layout: sentences, lists, tables, labels and a forbidden gap."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

SCALE = "## Severity\n\n| Level | Meaning |\n|---|---|\n| P1 | all mills stand |\n| P2 | one mill stands |\n\n"

BY_SEVERITY = [
    "## Communication\n\n- P1: updates every 30 minutes\n- P2: updates every 2 hours\n",
    (
        "## Communication\n\n| Severity | Update frequency |\n|---|---|\n| P1 | every 30 minutes |\n"
        "| P2 | every 2 hours |\n"
    ),
    "## Communication\n\n| Severity | Update frequency |\n|---|---|\n| P1 | 30 min |\n| P2 | 2 h |\n",
    (
        "## Communication\n\n| Severity | Internal updates | Status page |\n|---|---|---|\n"
        "| P1 | 30 min | yes |\n| P2 | 2 h | no |\n"
    ),
    "## Status updates\n\nEvery 30 minutes for P1, every 2 hours for P2.\n",
    "## Communication\n\nPost updates every 30 minutes (P1) or 2 hours (P2).\n",
    "## Communication\n\nUpdate cadence: P1 - 30 min, P2 - 2 h\n",
    "## Communication\n\n**Update frequency**\n- P1: 30 minutes\n- P2: 2 hours\n",
    (
        "## Communication\n\n### P1\n\n- Update stakeholders every 30 minutes\n\n### P2\n\n"
        "- Update stakeholders every 2 hours\n"
    ),
    "## Communication\n\n- **Frequency:** every 30 minutes during P1, every 2 hours during P2\n",
    (
        "## Severity response\n\n### P1\n\n- Respond within 15 minutes\n- Updates every 30 minutes\n\n"
        "### P2\n\n- Respond within 1 hour\n- Updates every 2 hours\n"
    ),
    (
        "## Response\n\n| Severity | Response | Updates | Resolution |\n|---|---|---|---|\n"
        "| P1 | 15 min | 30 min | 4 h |\n| P2 | 1 h | 2 h | 1 day |\n"
    ),
    (
        "## Response\n\n| Severity | Response | Comms cadence |\n|---|---|---|\n"
        "| P1 | 15 min | every 30m |\n| P2 | 1 h | every 2h |\n"
    ),
    "## Kommunikation\n\n- P1: Updates alle 30 Minuten\n- P2: Updates alle 2 Stunden\n",
    "## Kommunikation\n\n| Stufe | Update-Intervall |\n|---|---|\n| P1 | 30 Minuten |\n| P2 | 2 Stunden |\n",
    "## Comunicación\n\n- P1: actualizaciones cada 30 minutos\n- P2: actualizaciones cada 2 horas\n",
    "## Comunicación\n\n| Severidad | Frecuencia de actualización |\n|---|---|\n| P1 | 30 min |\n| P2 | 2 horas |\n",
    "## Communication\n\n- P1 : mise à jour toutes les 30 minutes\n- P2 : mise à jour toutes les 2 heures\n",
    "## Communication\n\n| Gravité | Fréquence des mises à jour |\n|---|---|\n| P1 | 30 min |\n| P2 | 2 h |\n",
    "## Comunicação\n\nAtualizações a cada 30 minutos para P1 e a cada 2 horas para P2.\n",
    "## Comunicação\n\n| Severidade | Frequência de atualização |\n|---|---|\n| P1 | 30 min |\n| P2 | 2 h |\n",
    "## Comunicazione\n\n- P1: aggiornamento ogni 30 minuti\n- P2: aggiornamento ogni 2 ore\n",
    "## Коммуникация\n\n- P1: обновления каждые 30 минут\n- P2: обновления каждые 2 часа\n",
    "## 连絡\n\n- P1：30分ごとに状況を更新\n- P2：2時間ごとに状況を更新\n",
    "## 沟通\n\n- P1：每30分钟更新一次\n- P2：每2小时更新一次\n",
    "## 沟通\n\n| 级别 | 更新频率 |\n|---|---|\n| P1 | 30分钟 |\n| P2 | 2小时 |\n",
]
"""Every 30 minutes for P1 and every two hours for P2."""

HALF_HOURLY = [
    "## Communication\n\n1. Send the first notice\n2. Send updates every 30 minutes until resolved\n",
    "## Communication\n\nThe communications lead posts an update at least every half hour.\n",
    "## Communication\n\n- Status page updates: every 30 min\n",
    "## Communication\n\nUpdate the channel every 15-30 minutes.\n",
    "## Communication\n\nSend regular updates (every 30 minutes).\n",
    "## Communication\n\n> Rule: no more than 30 minutes between updates.\n",
    "## Communication\n\nNever go longer than 30 minutes without an update.\n",
    "## Communication\n\nCadence: 30 min\n",
    "## Incident process\n\n1. Acknowledge\n2. Investigate\n3. Post updates every 30 minutes\n",
    "## Kommunikation\n\nStatusmeldungen erfolgen alle 30 Minuten.\n",
    "## Kommunikation\n\nZwischen zwei Meldungen vergehen höchstens 30 Minuten.\n",
    "## Comunicación\n\nSe informa a los clientes cada media hora.\n",
    "## Communication\n\nPoint de situation toutes les 30 minutes.\n",
    "## Comunicazione\n\nAggiornamenti ogni 30 minuti.\n",
    "## Коммуникация\n\nОбновления каждые 30 минут.\n",
    "## 連絡\n\n30分おきに進捗を共有する。\n",
    "## 沟通\n\n每半小时同步一次进展。\n",
    "## Communication\n\nFirst update within 15 minutes, then every 30 minutes.\n",
    (
        "## Communication\n\n- Initial notification: within 15 minutes\n- Updates: every 30 minutes\n"
        "- Final: on resolution\n"
    ),
    "## Communication\n\nUpdates are due each 30 min.\n",
    "## Communication\n\nPost in #mill every 30 min even if nothing has changed.\n",
    "## Communication\n\nStatus page: 30-minute updates.\n",
    "## Communication\n\nUpdates at 30-minute intervals.\n",
    "## Communication\n\nUpdates at intervals of 30 minutes.\n",
    (
        "## Communication\n\n| Channel | Audience | Frequency |\n|---|---|---|\n"
        "| #mill | engineers | continuous |\n| Status page | customers | every 30 minutes |\n"
    ),
    (
        "## Communication\n\n| What | When |\n|---|---|\n| First notice | within 15 minutes |\n"
        "| Updates | every 30 minutes |\n"
    ),
    "## Communication\n\nNo more than 30 minutes between updates.\n",
    "## Communication\n\nNever go longer than 30 minutes without an update.\n",
    "## Communication\n\nZwischen zwei Meldungen vergehen höchstens 30 Minuten.\n",
    "## Communication\n\nNie länger als 30 Minuten ohne Meldung.\n",
    "## Communication\n\nNo más de 30 minutos entre actualizaciones.\n",
    "## Communication\n\nNunca más de 30 minutos sin comunicado.\n",
    "## Communication\n\nPas plus de 30 minutes entre deux points de situation.\n",
    "## Communication\n\nJamais plus de 30 minutes sans message.\n",
    "## Communication\n\nNo máximo 30 minutos entre atualizações.\n",
    "## Communication\n\nNunca mais de 30 minutos sem aviso.\n",
    "## Communication\n\nNon più di 30 minuti tra gli aggiornamenti.\n",
    "## Communication\n\nМежду обновлениями не более 30 минут.\n",
    "## Communication\n\n更新の間隔は30分以内とする。\n",
    "## Communication\n\n两次更新之间不超过30分钟。\n",
    "## Communication\n\nFrequency: 30 min\n",
    "## Communication\n\n**Cadence**: 30 minutes\n",
    "## Communication\n\nRhythmus: 30 Minuten\n",
    "## Communication\n\nFrecuencia: 30 minutos\n",
    "## Communication\n\nFréquence : 30 minutes\n",
    "## Communication\n\nFrequência: 30 minutos\n",
    "## Communication\n\nFrequenza: 30 minuti\n",
    "## Communication\n\nЧастота: 30 минут\n",
    "## Communication\n\n頻度：30分\n",
    "## Communication\n\n频率：30分钟\n",
    "## Communication\n\n30-minute updates go to customers.\n",
    "## Communication\n\nUpdates at 30-minute intervals.\n",
]
"""Every 30 minutes, whatever the severity."""

HOURLY = [
    "## Communication\n\nUpdates go out hourly.\n",
    "## Communication\n\nProvide hourly updates to customers.\n",
    "## Kommunikation\n\nMindestens stündlich wird ein Update verschickt.\n",
]

NONE = [
    "## Monitoring\n\n- The check runs every 30 minutes\n",
    "## Backups\n\nA backup is taken every 2 hours.\n",
    "## On-call\n\nRotation changes every week.\n",
    "## Communication templates\n\n```\nNext update in 30 minutes.\n```\n",
    "## Escalation\n\nPage the lead every 5 minutes until somebody answers.\n",
    "## Review\n\nThis document is updated every 3 months.\n",
    "## Communication\n\nReview the template every 6 months.\n",
    "## Communication\n\n- If 30 minutes pass without an update, page the lead.\n",
    "## Communication\n\n- After 30 minutes without news the owner is called.\n",
    "## Communication\n\n- Wait 10 minutes between pages.\n",
    "## Communication\n\n- Do not restart it within 30 minutes of an update.\n",
    "## Communication\n\n- There is no update for 2 hours after the repair.\n",
    "## Communication\n\n- Leave 5 minutes between restarts.\n",
    "## Communication\n\n- The status page takes 2 minutes between deploys.\n",
]
"""Times of something else."""


def rhythms(body: str) -> set[tuple[str | None, int]]:
    """The minutes between updates by severity, None for all of them."""
    cadences = compile_runbook(f"# Mill\n\n{SCALE}{body}".encode(), path="runbook.md").cadences
    return {(name, (one.every.seconds or 0) // 60) for one in cadences for name in one.severities or (None,)}


@pytest.mark.parametrize("body", BY_SEVERITY)
def test_each_severity_has_its_own_rhythm(body: str) -> None:
    """Each level is told as often as its row, its clause or its heading says."""
    assert rhythms(body) == {("P1", 30), ("P2", 120)}


@pytest.mark.parametrize("body", HALF_HOURLY)
def test_a_rhythm_without_a_severity_holds_for_all(body: str) -> None:
    """A sentence, a label or the longest gap that is allowed."""
    assert rhythms(body) == {(None, 30)}


@pytest.mark.parametrize("body", HOURLY)
def test_an_adverb_is_a_rhythm(body: str) -> None:
    """ "Hourly" is every 60 minutes."""
    assert rhythms(body) == {(None, 60)}


@pytest.mark.parametrize("body", NONE)
def test_what_else_comes_again_or_takes_long_is_no_update(body: str) -> None:
    """Checks, backups, shifts, pages, reviews, pauses, and a silence that is a reason to call somebody."""
    assert rhythms(body) == set()
