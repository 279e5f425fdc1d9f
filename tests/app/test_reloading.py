"""The team's files in force, and when they are read anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.web.house import SETTINGS
from tests.web.house import house as open_house

REVIEWED = """# Shop

**Next review**: 2026-11-29
"""


def test_the_day_after_its_review_was_due_a_runbook_is_overdue_without_a_restart(tmp_path: Path) -> None:
    """Read anew on each new day, and once only."""
    with open_house(tmp_path, SETTINGS, runbook=REVIEWED) as at:
        reloading = at.installation.reloading
        before = {one.code for one in at.application.playbooks.of("shop").playbook.findings}
        assert not reloading.changed()
        at.clock.move_by(timedelta(days=9))
        assert reloading.changed()
        reloading.reload()
        assert not reloading.changed()
        assert {one.code for one in at.application.playbooks.of("shop").playbook.findings} - before
