"""What a runbook changes in the response, on its page: since the version before, and since an incident was declared."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import House, house
from tocsin.runbook.compile import compile_runbook

RUNBOOK = """# Mill

## Severity levels

| Severity | Meaning | Response time |
|---|---|---|
| P0 | The mill stands still | 15 minutes |
| P1 | The mill is slow | 1 hour |

## Common incidents

### Wheel stuck

**Resolution:**

If the river is calm:

```bash
wheel turn --slowly <name>
```
"""
LATER = RUNBOOK.replace("15 minutes", "30 minutes").replace("If the river is calm:\n", "")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """An installation with a runbook that a team can change."""
    with house(tmp_path, runbook=RUNBOOK) as standing:
        yield standing


def rewritten(at: House, folder: Path, text: str) -> None:
    """The team saves another version, a minute later."""
    at.clock.move_by(MINUTE)
    (folder / "shop.md").write_text(text, encoding="utf-8")
    assert at.installation.reloading.reload() == {}


def card(text: str) -> str:
    """The card with what changed, without its marks; empty where there is none."""
    found = re.search(r'<section class="card" aria-labelledby="changed-title">.*?</section>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_the_page_says_what_the_newest_version_changes(
    home: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Clocks and what holds a step back, with the lines; a line of the log names what it is about."""
    assert card(home.visitor().get("/r/shop").text) == ""
    with caplog.at_level(logging.INFO):
        rewritten(home, tmp_path, LATER)
    assert "the runbook of shop responds differently from now on: severity P0; procedure Wheel stuck" in caplog.text
    text = home.visitor().get("/r/shop").text
    shown = card(text)
    assert "response 15 min 30 min line 7" in shown
    assert "condition of wheel turn --slowly &lt;name&gt;: If the river is calm" in shown
    assert "<del>15 min</del> <ins>30 min</ins>" in text
    assert 'href="#L7">line 7</a>' in text


def test_what_changes_nothing_leaves_the_last_change_in_sight(home: House, tmp_path: Path) -> None:
    """A comment, a moved line, the next start: what changed last is still what changed last."""
    rewritten(home, tmp_path, LATER)
    first = card(home.visitor().get("/r/shop").text)
    rewritten(home, tmp_path, LATER.replace("# Mill\n", "# Mill\n\nAsk the miller.\n"))
    home.installation.reloading.reload()
    moved = card(home.visitor().get("/r/shop").text)
    assert first.replace("line 7", "line 9") == moved


def test_a_text_that_is_read_otherwise_is_told_from_one_that_changed(home: House, tmp_path: Path) -> None:
    """As after an upgrade, or by corrections beside the runbook: whoever looks for an edit looks in vain."""
    assert "The text is the same" not in card(home.visitor().get("/r/shop").text)
    (step,) = (one.id for one in compile_runbook(RUNBOOK.encode()).procedures[0].steps)
    (tmp_path / "shop.overrides.toml").write_text(f'[step.{step}]\neffect = "mutating"\n')
    rewritten(home, tmp_path, RUNBOOK)
    shown = card(home.visitor().get("/r/shop").text)
    assert "The text is the same. It is read otherwise since then" in shown
    assert "effect of wheel turn --slowly &lt;name&gt;: unknown mutating" in shown


def test_the_runbook_of_an_incident_says_what_has_changed_since(home: House, tmp_path: Path) -> None:
    """It goes on by what it pinned; there the lines of the new text would lead astray."""
    incident = home.declare("The wheel is stuck", procedure="wheel-stuck")
    page = f"/i/{incident}/runbook"
    assert card(home.visitor().get(page).text) == ""
    rewritten(home, tmp_path, LATER)
    shown = card(home.visitor().get(page).text)
    assert "What has changed since" in shown
    assert "This incident goes on by the runbook as it was." in shown
    assert "response 15 min 30 min" in shown
    assert "line 7" not in shown


def test_a_rewritten_runbook_is_cut_short_on_the_page(home: House, tmp_path: Path) -> None:
    """More than anybody reads; the program shows all of it."""
    many = "".join(f"### Wheel {n}\n\n- Turn it by hand\n\n" for n in range(60))
    rewritten(home, tmp_path, RUNBOOK + "\n" + many)
    shown = card(home.visitor().get("/r/shop").text)
    assert "and 20 more: tocsin diff shows all" in shown


def test_a_version_before_that_cannot_be_compared_stops_nothing(
    home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The new one comes into force all the same: people are paged by it."""

    def broken(*_playbooks: object) -> None:
        raise KeyError("an older form")

    monkeypatch.setattr("tocsin.app.playbooks.differences", broken)
    rewritten(home, tmp_path, LATER)
    assert home.application.playbooks.of("shop").text == LATER
    assert "cannot be compared" in caplog.text
    assert card(home.visitor().get("/r/shop").text) == ""


def test_the_page_says_when_a_step_is_done_and_when_it_is_none(home: House, tmp_path: Path) -> None:
    """Whoever lets a command be run reads there that it is for one case, one way of several, or takes another back."""
    more = (
        "\n### Sieve torn\n\n**Symptoms**: grit\n\n**Option A**\n\n```bash\nmake patch\n```\n\n**Option B**\n\n"
        "```bash\nmake sieve\n```\n\n**Rollback**\n\n```bash\nmake old-sieve\n```\n"
    )
    rewritten(home, tmp_path, RUNBOOK + more)
    text = home.visitor().get("/r/shop").text
    assert "Only in this case: If the river is calm. " in text
    assert "One way of several: Option A. " in text
    assert text.count("It takes back what stands above, and is never the next step.") == 1
