"""Action items, measures, and the examples in the docstrings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.review.story import NIGHT, declared, told
from tocsin.incident.facts import (
    Acknowledged,
    Reopened,
    Resolved,
    SeverityAssessed,
    TargetClock,
    TargetMet,
    TargetMissed,
)
from tocsin.review.actions import action_items_of
from tocsin.review.measures import measure

WRITTEN = datetime(2026, 11, 22, 9, tzinfo=UTC)

REVIEW = """\
# Review
## Timeline
- 03:10 not an action
## Corrective Actions
### Immediate (within 1 week)
- [ ] Add an alert for the queue (owner: Ana, due: 2026-11-25)
- [x] Restart by hand is written down @bo
- [action 2]
### Long-term (within 1 month)
- Buy a second till - owner: Cem
* Cut load due to sales by 20 percent
## Actions taken
- Restarted the till
## Lessons Learned
- Queues fill up
```
- [ ] in code
```
"""


def test_action_items_are_read_with_owner_due_day_and_kind() -> None:
    """M5, M9: from the headings about actions only; the horizon of a heading is the due day of its items."""
    found = action_items_of(REVIEW, written_at=WRITTEN)
    assert [(one.title, one.owner, one.due, one.kind, one.done_at) for one in found] == [
        ("Add an alert for the queue", "Ana", date(2026, 11, 25), "Immediate", None),
        ("Restart by hand is written down", "bo", date(2026, 11, 29), "Immediate", WRITTEN),
        ("Buy a second till", "Cem", date(2026, 12, 22), "Long-term", None),
        ("Cut load due to sales by 20 percent", "", date(2026, 12, 22), "Long-term", None),
    ]


def test_action_item_keeps_its_id_while_its_title_stays() -> None:
    """Who edits the owner or moves a line changes no id; equal titles are told apart."""
    before = action_items_of(REVIEW, written_at=WRITTEN)
    after = action_items_of(REVIEW.replace("owner: Ana", "owner: Dan"), written_at=WRITTEN + timedelta(days=1))
    assert [one.id for one in before] == [one.id for one in after]
    twice = action_items_of("## Actions\n- Look\n- Look\n", written_at=WRITTEN)
    assert len({one.id for one in twice}) == 2


def test_blank_draft_has_no_action_items() -> None:
    """What nobody has filled is nothing to do."""
    assert action_items_of("## Action items\n- [ ] [action] (owner: [name], due: [date])\n", written_at=WRITTEN) == ()


@given(st.text(alphabet="ab@[]()- \n#:,due owner2026x", max_size=200))
def test_any_text_can_be_read_for_actions(text: str) -> None:
    """A document is people's own: nothing in it is an error."""
    for one in action_items_of(f"## Actions\n{text}", written_at=WRITTEN):
        assert one.title
        assert "\n" not in one.title


def test_measures_are_means_by_severity_and_leave_out_drills() -> None:
    """MTTA and MTTR over the incidents that have one, targets counted, the last severity decides."""
    first = told(
        (0, declared()),
        (0, SeverityAssessed(severity="P1", previous=None, reason="")),
        (2, Acknowledged(person="Ana")),
        (2, TargetMet(clock=TargetClock.RESPONSE, deadline=NIGHT)),
        (10, Resolved()),
        (20, Reopened(reason="")),
        (30, Resolved()),
    )
    second = told(
        (0, declared()),
        (0, SeverityAssessed(severity="P1", previous=None, reason="")),
        (1, SeverityAssessed(severity="P0", previous="P1", reason="")),
        (4, Acknowledged(person="Ana")),
        (5, TargetMissed(clock=TargetClock.RESPONSE, deadline=NIGHT)),
        (6, Acknowledged(person="Bo")),
    )
    drill = told((0, declared(drill=True)), (1, Acknowledged(person="Ana")))
    found = measure([first, second, drill, []])
    assert found.overall.mtta == timedelta(minutes=3)
    assert found.overall.mttr == timedelta(minutes=30)
    assert (found.overall.incidents, found.overall.resolved) == (2, 1)
    assert [(one.severity, one.met, one.missed) for one in found.by_severity] == [
        ("P0", {}, {TargetClock.RESPONSE: 1}),
        ("P1", {TargetClock.RESPONSE: 1}, {}),
    ]
    assert found.by_severity[1].downtime == timedelta(minutes=20)
    assert measure([first, drill], drills=True).overall.incidents == 1


def test_measures_of_nothing_are_nothing() -> None:
    """No incident, no mean."""
    found = measure([])
    assert (found.overall.incidents, found.overall.mtta, found.by_severity) == (0, None, ())
