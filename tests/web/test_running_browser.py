"""From the alert to a verified step in a real browser: evidence, a blank, a second person, output that streams."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.web.house import ADMIN, served
from tests.web.house import house as open_house
from tests.web.test_browser import DESK, Shop, troubles
from tocsin.app.access import Role

pytestmark = pytest.mark.component("chromium")

RUNBOOK = """\
# Corner Bakery Runbook

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: 15 minutes

## Common Incidents

### API Not Responding

**Symptoms:**
- API not responding
- 502/503 errors

**Investigation:**
```bash
# What the oven says
make api-status
```

**Resolution:**
```bash
# Bake the last good version
make rollback version=<previous-version>
```

**Verification:**
```bash
# Verify that the shop answers
make web-status
```
"""

MAKEFILE = """\
api-status:
\t@echo the oven is cold
rollback:
\t@echo baking $(version)
\t@until test -e go; do sleep 0.2; done
\t@echo $(version) is out
\t@touch out
web-status:
\t@test -e out && echo fresh bread
"""


@pytest.fixture
def bakery(browser: Browser) -> Iterator[tuple[Shop, Path]]:
    """A running installation whose runbook calls make, everything enabled; and its folder."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "Makefile").write_text(MAKEFILE)
        with open_house(place, runbook=RUNBOOK, running=True) as opened, served(opened) as url:
            steps = opened.application.playbooks.of("shop").playbook.steps().values()
            for step in steps:
                if step.command is not None:
                    opened.application.steps.enable(ADMIN, "shop", step.id)
            yield Shop(opened, url, browser), place


def test_from_the_alert_to_a_verified_step(bakery: tuple[Shop, Path]) -> None:
    """Evidence waits unacknowledged; a blank is filled, Max approves, output streams, the check is green."""
    shop, place = bakery
    shop.alert()
    ana, max_ = shop.page(), shop.page(Role.MAINTAINER, viewport=DESK)
    said = troubles(ana)
    ana.goto(f"{shop.url}/i/INC-1")
    expect(ana.locator("#evidence")).to_contain_text("What the oven says")
    expect(ana.get_by_label("Output of What the oven says")).to_have_text(re.compile("the oven is cold"))
    expect(ana.locator("#holder")).to_contain_text("Nobody has it yet")
    ana.locator("#next").get_by_role("link", name="Fill it in and run it").click()
    ana.get_by_label("Previous version").fill("v41")
    ana.get_by_role("button", name="Show what will run").click()
    expect(ana.locator("#literal")).to_have_text("make rollback version=v41")
    ana.get_by_label("Type the target's name").fill("local")
    ana.get_by_role("button", name="Ask a second person").click()
    expect(ana.locator("#requests")).to_contain_text("Somebody else has to approve it")
    max_.goto(f"{shop.url}/i/INC-1")
    expect(max_.locator("#requests")).to_contain_text("make rollback version=v41")
    max_.get_by_role("button", name="Approve: it runs at once").click()
    for page in (ana, max_):
        expect(page.get_by_role("log")).to_contain_text("baking v41")
    (place / "go").touch()
    expect(ana.locator("#ran")).to_contain_text("fresh bread")  # the check after the change has run by itself
    expect(ana.locator("#ran")).to_contain_text("v41 is out")  # and what the change printed is not lost to it
    expect(ana.get_by_role("log")).to_have_count(0)
    expect(ana.locator("#ran")).to_contain_text("succeeded")
    assert said == []
