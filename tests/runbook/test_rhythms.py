"""How often updates are due where only a heading says it."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

SCALE = "# R\n\n## Severity levels\n\n- **P1**: mill stopped\n- **P2**: mill slow\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Status updates (every 30 minutes)\n\nWhat you know.\n", [(30, ())]),
        ("## Telling people\n\n### P2: updates every 2 hours\n\nIn #mill.\n", [(120, ("P2",))]),
        ("## Telling people\n\n**Every 15 minutes: update the stakeholders**\n\n- what is known\n", [(15, ())]),
        ("## Hourly update to customers\n\nPlainly.\n", [(60, ())]),
        ("## Progress update template (every 20 min)\n\n```\nThe mill: {state}\n```\n", [(20, ())]),
        ("## Alle 30 Minuten: Statusmeldung\n\nIn den Kanal.\n", [(30, ())]),
        ("## Actualización de estado cada 45 minutos\n\nEn el canal.\n", [(45, ())]),
        ("## 状況更新（30分ごと）\n\n本文\n", [(30, ())]),
        ("## Update the cache every 30 minutes\n\nBy hand.\n", []),
        ("## Common incidents\n\n### Job runs every 5 minutes and updates nothing\n\n1. Look\n", []),
        ("## Maintenance\n\n### Status report every day\n\nTo the owner.\n", []),
        ("## Updates\n\nEvery change is in the changelog.\n", []),
    ],
)
def test_a_rhythm_in_a_heading(text: str, expected: list[tuple[int, tuple[str, ...]]]) -> None:
    """It counts where the heading is about updates and nothing else, for the severity that it names."""
    found = compile_runbook(SCALE + text).cadences
    assert [((one.every.seconds or 0) // 60, one.severities) for one in found] == expected


def test_a_rhythm_that_the_text_below_says_too_is_one() -> None:
    """The sentence with its line holds."""
    text = "## Status updates (every 30 minutes)\n\nSend a status update every 30 minutes.\n"
    (found,) = compile_runbook(SCALE + text).cadences
    assert found.lines.first == 10
