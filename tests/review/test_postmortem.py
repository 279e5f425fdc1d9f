"""Drafts of post-mortems: the team's template, its sections, or our own outline."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.review.story import NIGHT, declared, told
from tocsin.incident.facts import (
    Acknowledged,
    Mitigated,
    NoteAdded,
    PageSent,
    Recorded,
    Reopened,
    Resolved,
    SeverityAssessed,
    TargetClock,
    TargetMet,
    TargetMissed,
)
from tocsin.incident.step_facts import StepFinished, StepOutcome, StepTicked
from tocsin.incident.timeline import sentence
from tocsin.review.blanks import blanks_of
from tocsin.review.postmortem import Draft, ReviewDetails, draft_postmortem
from tocsin.review.wording import literal
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, PostmortemPolicy, Source
from tocsin.runbook.stated import Lines

FACTS = told(
    (0, declared("Till is down", started_at=NIGHT - timedelta(minutes=4))),
    (0, SeverityAssessed(severity="SEV-1", previous=None, reason="x")),
    (1, PageSent(page="INC-42/c1/l1/ana/phone")),
    (3, Acknowledged(person="Ana")),
    (3, TargetMet(clock=TargetClock.RESPONSE, deadline=NIGHT + timedelta(minutes=5))),
    (9, StepTicked(step="s1", title="Restart the till", outcome=StepOutcome.DONE)),
    (11, StepTicked(step="s2", title="Call the bank", outcome=StepOutcome.SKIPPED)),
    (12, NoteAdded(text="saw [ERROR] in `log` <b>")),
    (15, StepFinished(run="r", step="s3", title="Drain the queue", outcome=StepOutcome.SUCCEEDED)),
    (20, Mitigated()),
    (30, TargetMissed(clock=TargetClock.RESOLUTION, deadline=NIGHT + timedelta(minutes=30))),
    (42, Resolved(summary="ok")),
)

OWN_TEMPLATE = """\
# Review of INC-[number]: [title]

| What | |
|---|---|
| Severity | SEV-[level] |
| Duration | |
| Customers hit | [how many] |

**Started**: [when it happened]
**Downtime**:
**Reporter:** [name]

## Chronology
All times in the zone of the till.

* **[time]**: [event]
* **[time]**: [event]

## What broke
[two or three sentences]

## Resolution steps
1. [step]
2. [step]

## Action items
- [ ] [action] (owner: [name], due: [date])

```sh
echo "[not a blank]"
```
"""


def draft(
    facts: list[Recorded] | None = None,
    *,
    template: str | None = None,
    sections: tuple[str, ...] = (),
    zone: str = "UTC",
) -> Draft:
    """The draft for FACTS by a playbook with this policy."""
    policy = PostmortemPolicy(Lines(1, 1), sections=sections, template=template)
    playbook = Playbook("id", "Runbook", Source("r.md", "0", 1), postmortem=policy)
    return draft_postmortem(facts or FACTS, playbook, sentence, zone, ReviewDetails("INC-42"))


def section(markdown: str, heading: str) -> list[str]:
    """The lines under a heading that are not empty."""
    after = markdown.split(f"\n## {heading}\n", 1)[1]
    return [line for line in re.split(r"\n#", after)[0].splitlines() if line.strip()]


def test_template_is_filled_with_what_is_on_record() -> None:
    """M7: number, severity, duration and start come from the facts, in tables, labels and headings."""
    text = draft(template=OWN_TEMPLATE).markdown
    for line in (
        "# Review of INC-42: Till is down",
        "| Severity | SEV-1 |",
        "| Duration | 46 minutes |",
        "**Started**: 2026-11-20 03:06 UTC",
        "**Downtime**: 24 minutes",
    ):
        assert line in text.splitlines()


def test_timeline_of_the_template_is_the_real_one_in_its_form() -> None:
    """M1: as many entries as there are facts to tell, marked up as the template marks them."""
    entries = section(draft(template=OWN_TEMPLATE, zone="Europe/Berlin").markdown, "Chronology")
    assert entries[0] == "All times in the zone of the till."
    assert entries[1] == "* **2026-11-20 04:10:05 CET**: Declared by an alert: Till is down"
    assert len(entries) == len(FACTS)  # one line of introduction, and every fact but the provider's receipt


def test_timeline_stands_in_the_place_of_a_blank_that_asks_for_it() -> None:
    """A template that says [Timeline] and nothing more has no blank left there to be filled by hand."""
    markdown = "\n" + draft(template="## Timeline\n[Timeline]\n\n## Causes\n[Why]\n").markdown
    entries = section(markdown, "Timeline")
    assert entries[0] == "- 2026-11-20 03:10:05 UTC - Declared by an alert: Till is down"
    assert "[Timeline]" not in markdown


def test_timeline_of_a_table_is_written_as_rows() -> None:
    """A template may keep its timeline in a table."""
    template = (
        "## Timeline\n| Time | Event | Who |\n|---|---|---|\n| [time] | [event] | [who] |\n| [time] | [event] | |\n"
    )
    rows = section("\n" + draft(template=template).markdown, "Timeline")
    assert rows[2] == "| 2026-11-20 03:10:05 UTC | Declared by an alert: Till is down |  |"
    assert len(rows) == 2 + len(FACTS) - 1


def test_steps_that_were_done_are_listed_and_others_are_not() -> None:
    """What was skipped did not resolve it."""
    steps = section(draft(template=OWN_TEMPLATE).markdown, "Resolution steps")
    assert steps == ["1. Restart the till", "2. Drain the queue"]


def test_what_only_people_know_stays_blank_and_is_reported() -> None:
    """Impact and causes are never invented; action items are not filled with the responder's name."""
    blanks = [one.text for one in draft(template=OWN_TEMPLATE).blanks]
    assert blanks == ["[how many]", "[name]", "[two or three sentences]", "[action]", "[name]", "[date]"]


def test_rest_of_the_template_is_untouched() -> None:
    """Code and words of the team stay as they are."""
    text = draft(template=OWN_TEMPLATE).markdown
    assert 'echo "[not a blank]"' in text
    assert "- [ ] [action] (owner: [name], due: [date])" in text


def test_text_of_the_timeline_is_literal_and_no_blank() -> None:
    """F60: brackets, code and HTML in a note are shown as they are, and are not taken for blanks."""
    found = draft(template="## Timeline\n- [timestamp] - [event]\n")
    assert r"saw \[ERROR\] in \`log\` \<b>" in found.markdown
    assert found.blanks == ()
    assert not found.blanks


@pytest.mark.parametrize(
    "template", ["# Review\n\n## Timeline\n\n## Cause\nWritten.\n", "# Review\nNo place for it.\n"]
)
def test_timeline_is_never_lost(template: str) -> None:
    """Where the template has no lines for it, it stands in its section or at the end."""
    text = draft(template=template).markdown
    assert text.count("Declared by an alert") == 1
    assert text.index("## Timeline") < text.index("Declared by an alert")


def test_incident_that_runs_has_no_duration_yet() -> None:
    """A blank that will be known later is left for later."""
    running = draft(FACTS[:4], template="Duration: [duration]\nResolved: [timestamp]\n## Timeline\n")
    assert [one.text for one in running.blanks] == ["[duration]", "[timestamp]"]


def test_sections_of_a_list_become_headings_in_their_order() -> None:
    """M8: a runbook that only lists the parts gets a document with these parts."""
    sections = (
        "Timeline of events",
        "1. Root cause",
        "Impact (users, revenue, downtime)",
        "Action items (with owners)",
    )
    found = draft(sections=sections)
    headings = re.findall(r"^## (.*)$", found.markdown, re.MULTILINE)
    assert headings == [
        "Timeline of events",
        "Root cause",
        "Impact (users, revenue, downtime)",
        "Action items (with owners)",
    ]
    impact = section(found.markdown, "Impact (users, revenue, downtime)")
    assert impact == [
        "- **users**: [users: to be written]",
        "- **revenue**: [revenue: to be written]",
        "- **downtime**: 24 minutes",
    ]
    assert "[Root cause: to be written]" in [one.text for one in found.blanks]


def test_computed_times_are_in_plain_words_with_their_instants() -> None:
    """M2: detection, response, mitigation, resolution and downtime."""
    sections = ("Incident timeline", "Detection time", "Response time", "Resolution time", "Total downtime")
    lines = section(draft(sections=sections).markdown, "Incident timeline")
    assert lines[:4] == [
        "- **Detection time**: 4 minutes (2026-11-20 03:06 UTC to 2026-11-20 03:10 UTC)",
        "- **Response time**: 3 minutes (2026-11-20 03:10 UTC to 2026-11-20 03:13 UTC)",
        "- **Resolution time**: 42 minutes (2026-11-20 03:10 UTC to 2026-11-20 03:52 UTC)",
        "- **Total downtime**: 24 minutes",
    ]


def test_detection_time_that_nobody_can_compute_is_asked_for() -> None:
    """Without a stated start there is no detection time, not one of zero."""
    facts = told((0, declared()), (5, Resolved()))
    found = draft(facts, sections=("Timeline", "Detection time"))
    assert "[when did the trouble begin?]" in [one.text for one in found.blanks]


def test_tasks_among_the_sections_become_a_list_to_tick() -> None:
    """ "Schedule" and "Update" are things to do, not things to write."""
    found = draft(sections=("Document timeline", "Update runbooks", "Schedule within 48 hours"))
    assert section(found.markdown, "To do") == ["- [ ] Update runbooks", "- [ ] Schedule within 48 hours"]
    assert "## Document timeline" in found.markdown


def test_runbook_without_a_word_about_it_gets_a_short_outline() -> None:
    """Times, targets, timeline, steps, and blanks for the rest."""
    playbook = Playbook("id", "Runbook", Source("r.md", "0", 1))
    found = draft_postmortem(FACTS, playbook, sentence, details=ReviewDetails("INC-42"))
    assert found.markdown.startswith("# Post-mortem: INC-42: Till is down\n")
    assert "- Response target: met (it was 2026-11-20 03:15:05 UTC)" in found.markdown
    assert "- Resolution target: missed (it was 2026-11-20 03:40:05 UTC)" in found.markdown
    assert "1. Restart the till" in found.markdown
    assert found.blanks


def test_downtime_leaves_out_the_quiet_time_before_a_reopening() -> None:
    """From the start to the end of the impact, and again from the reopening."""
    facts = told((0, declared()), (10, Resolved()), (60, Reopened(reason="x")), (65, Mitigated()), (70, Resolved()))
    assert "**Total downtime**: 15 minutes" in draft(facts, sections=("Timeline",)).markdown


def test_blanks_are_told_from_what_markdown_means_by_brackets() -> None:
    """Links, check boxes, footnotes, code and escaped brackets are none; TODO and empty parts are."""
    text = "\n".join(
        [
            "# Title",
            "[link](x) ![image](y) [^1] `[code]` \\[text\\] [1]",
            "- [ ] open",
            "- [x] done",
            "[ref]: https://example.com",
            "## Cause",
            "## Impact",
            "TBD and [real blank]",
            "**Owner**:",
            "**Because**:",
            "- of this",
            "## Last",
        ]
    )
    assert [str(one) for one in blanks_of(text)] == [
        "nothing written under Cause",
        "TBD under Impact",
        "[real blank] under Impact",
        "nothing after “Owner” under Impact",
        "nothing written under Last",
    ]


def test_blank_that_is_filled_in_is_gone() -> None:
    """The list is read from the text as it stands."""
    found = draft(template="## Cause\n[why]\n## Timeline\n")
    assert blanks_of(found.markdown.replace("[why]", "A full disk.")) == ()


@given(st.text(max_size=120))
def test_no_text_of_an_incident_becomes_a_blank_a_heading_or_a_line_of_its_own(text: str) -> None:
    """F60: whatever people or monitors wrote, it stays one literal line of the timeline."""
    facts = told((0, declared("Till is down")), (1, NoteAdded(text=text)), (2, Resolved()))
    found = draft(facts, template="## Timeline\n- [timestamp] - [event]\n")
    assert found.blanks == ()
    assert len(found.markdown.splitlines()) == 4


@given(st.text(alphabet="ab [](){}*_`<>|\\!#-1.\n", max_size=60))
def test_literal_text_is_one_line_without_live_markup(text: str) -> None:
    """Every character that starts a link, code, emphasis, HTML or a cell is escaped."""
    found = literal(text)
    assert "\n" not in found
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*\[\]<|]", found)


def test_template_of_a_real_runbook_keeps_its_shape(runbooks_dir: Path) -> None:
    """S4: the team's Markdown block comes back with all its headings; cause, impact, lessons are left open."""
    source = (runbooks_dir / "mgmt-vibe.md").read_text(encoding="utf-8")
    template = source.split("```markdown\n", 1)[1].split("```", 1)[0]
    found = draft(template=template)
    headings = [line for line in template.splitlines() if line.startswith("#")]
    assert [line for line in found.markdown.splitlines() if line.startswith("#")] == [
        line.replace("[number]", "42") for line in headings
    ]
    assert "- **Severity**: SEV-1" in found.markdown
    assert "[timestamp]" not in found.markdown
    assert "number of customers affected" in found.blanks[0].text
    assert {one.heading for one in found.blanks} >= {"Root Cause", "Contributing Factors", "Lessons Learned"}


@pytest.mark.parametrize("name", ["cookcam", "cuisine-code", "dashboarduz", "mgmt-vibe", "whats-for-dinner"])
def test_every_real_runbook_gets_a_draft_in_its_own_words(runbooks_dir: Path, name: str) -> None:
    """M1, M8: the real timeline once, every section the runbook names, and something left for people to write."""
    playbook = compile_runbook((runbooks_dir / f"{name}.md").read_bytes(), path=f"{name}.md")
    found = draft_postmortem(FACTS, playbook, sentence, details=ReviewDetails("INC-42"))
    assert found.markdown.count("Declared by an alert: Till is down") == 1
    assert "INC-42" in found.markdown.splitlines()[0]
    assert found.blanks
    for one in playbook.postmortem.sections if playbook.postmortem else ():
        assert one in found.markdown


@pytest.mark.parametrize("heading", ["Timeline (UTC)", "Cronología", "Zeitverlauf", "タイムライン", "处理时间线"])
@pytest.mark.parametrize(
    "asked", ["- HH:MM - Bell rang\n- HH:MM - Ovens lit", "- [HH:MM] [event]", "| HH:MM | Bell rang |"]
)
def test_a_timeline_in_any_language_takes_the_place_of_its_blanks(heading: str, asked: str) -> None:
    """It is told once, in the team's own section and form, whether a time to fill in has brackets or none."""
    text = draft(template=f"## {heading}\n\n{asked}\n\n## Impact\n\n[who]\n").markdown
    assert "HH:MM" not in text
    assert text.count("Ana: mitigated") == 1
    assert text.index("Ana: mitigated") < text.index("## Impact")
    assert text.count("## ") == 2
