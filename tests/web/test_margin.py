"""The page of a runbook: the document with what became of each line, what was corrected, what is back to review."""

from __future__ import annotations

from tests.web.house import House
from tocsin.app.access import Role
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import BlockFate
from tocsin.web.margin import Passage, passages

DOCUMENT = """# Ferry runbook

The ferry and its timetable.

## Severity

- **P0**: no boat sails, respond within 5 minutes
- **P1**: a boat is late, respond within 30 minutes

## Colours of the boats

Every boat must be red and white.

Blue in winter.

## Incidents

### Ticket machine is stuck

**Symptoms**: a queue at the pier

**Resolution**:

```bash
kubectl rollout restart deploy/tickets
kubectl logs -f deploy/tickets
```
"""


def _read() -> dict[int, Passage]:
    playbook = compile_runbook(DOCUMENT)
    return {one.lines.first: one for one in passages(DOCUMENT, playbook, {})}


def test_every_line_of_the_document_is_shown_once_and_in_order() -> None:
    """Nothing is dropped from the page, whatever became of it."""
    found = list(_read().values())
    html = "".join(one.html for one in found)
    assert [one.lines.first for one in found] == sorted(one.lines.first for one in found)
    for line, text in enumerate(DOCUMENT.splitlines(), 1):
        words = "" if text.startswith("```") else text.strip("#*-: ").split("**", 1)[0]
        assert words in html, (line, words)


def test_the_margin_says_what_became_of_a_passage() -> None:
    """Levels are the severity scale, an introduction is kept to read, a rule that nothing is made of is named."""
    found = _read()
    assert (found[7].fate, found[7].says) == (BlockFate.UNDERSTOOD, "severity")
    assert (found[3].fate, found[3].says) == (BlockFate.REFERENCE, "kept to read")
    assert (found[12].fate, found[12].says) == (BlockFate.UNMAPPED, "not understood")
    assert found[5].fate is None


def test_findings_stand_beside_the_lines_that_they_are_about() -> None:
    """A command that never ends is marked at its block, by its number in the list of findings."""
    playbook = compile_runbook(DOCUMENT)
    (followed,) = (n for n, one in enumerate(playbook.findings) if one.code == "TOC201")
    block = next(one for one in _read().values() if one.lines.first <= 25 <= one.lines.last)
    assert followed in dict(block.findings)


def test_the_page_says_which_reading_was_corrected_and_where(house: House) -> None:
    """ADR 0016: the line of the side file stands at the step and beside the document."""
    step = next(one for one in house.application.playbooks.of("shop").playbook.steps().values() if one.command)
    settings = house.application.team().services["shop"]
    beside = settings.runbook.with_name("shop.overrides.toml")
    beside.write_text(f'# known better\n\n[step.{step.id}]\neffect = "destructive"\n', encoding="utf-8")
    house.application.playbooks.reload(house.clock.now())
    page = house.visitor().get("/r/shop").text
    assert "corrected: shop.overrides.toml line 3" in page
    assert "effect, by shop.overrides.toml line 3" in page


def test_the_page_names_steps_that_are_back_to_review(house: House) -> None:
    """A command that changed since it was allowed is said aloud, and its old permission can be thrown away."""
    playbooks = house.application.playbooks
    maintainer = house.visitor(Role.MAINTAINER)
    assert "Back to review" not in maintainer.get("/r/shop").text
    step = next(one for one in playbooks.of("shop").playbook.steps().values() if one.command and one.command.pipeline)
    assert maintainer.post(f"/r/shop/step/{step.id}/enable").status == 303
    runbook = house.application.team().services["shop"].runbook
    assert step.command is not None
    text = runbook.read_text("utf-8")
    runbook.write_text(text.replace(step.command.text, f"{step.command.text} --verbose"), encoding="utf-8")
    playbooks.reload(house.clock.now())
    page = maintainer.get("/r/shop").text
    assert "Back to review: 1 step" in page
    assert step.id in page
    assert maintainer.post(f"/r/shop/step/{step.id}/disable").status == 303
    assert "Back to review" not in maintainer.get("/r/shop").text
