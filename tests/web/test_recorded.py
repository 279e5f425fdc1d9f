"""An incident that is recorded only says on its page that nobody is paged, and who says so (D11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.house import RUNBOOK, SETTINGS
from tests.web.house import house as open_house
from tests.web.test_respond import incident, plain

SETTING = SETTINGS + '[service.shop.assume]\nno_page = ["P2"]\n'
ANSWER = "\n## Answers for Tocsin\n\n- `no_page`: P2\n"


def test_the_page_names_the_setting_that_keeps_everybody_asleep(tmp_path: Path) -> None:
    """Nobody is paged, no level "waits", and the page says which setting to change."""
    with open_house(tmp_path, SETTING) as house:
        house.declare(severity="P2")
        text = plain(house.visitor().get("/i/INC-1").text)
        assert "Nobody: P2 is recorded only." in text
        assert "service.shop.assume.no_page says so" in text
        assert "Only when somebody escalates" in text
        assert "Waits" not in text
        assert not incident(house).pages


def test_the_page_leads_to_the_line_of_the_runbook_that_says_so(tmp_path: Path) -> None:
    """What the runbook itself answers is cited, with a link to the line."""
    runbook = RUNBOOK.read_text(encoding="utf-8") + ANSWER
    line = next(n for n, said in enumerate(runbook.splitlines(), 1) if said.startswith("- `no_page`"))
    with open_house(tmp_path, runbook=runbook) as house:
        house.declare(severity="P2")
        page = house.visitor().get("/i/INC-1").text
        assert "The runbook says so:" in plain(page)
        assert f'href="/i/INC-1/runbook#L{line}"' in page


@pytest.mark.parametrize(("path", "form"), [("severity", {"severity": "P1"}), ("escalate", {"reason": "it is worse"})])
def test_a_severity_that_pages_or_an_escalation_wakes_people_after_all(
    tmp_path: Path, path: str, form: dict[str, str]
) -> None:
    """What is recorded only is never stuck: a person lifts it, as the page says."""
    with open_house(tmp_path, SETTING) as house:
        house.declare(severity="P2")
        visitor = house.visitor()
        visitor.get("/i/INC-1")
        visitor.post(f"/i/INC-1/{path}", form)
        assert incident(house).pages


def test_an_incident_that_pages_says_nothing_of_it(tmp_path: Path) -> None:
    """The reason stands only where nobody is paged."""
    with open_house(tmp_path, SETTING) as house:
        house.declare(severity="P0")
        assert "is recorded only" not in plain(house.visitor().get("/i/INC-1").text)
