"""Everything a playbook says that reaches somebody is told by its behaviour, field by field."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest

from tocsin.incident.behaviour import behaviour
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import (
    Command,
    Effect,
    Parameter,
    Phase,
    Procedure,
    ProcedureKind,
    Step,
    StepKind,
    Symptom,
    Termination,
    Tie,
)
from tocsin.runbook.playbook import (
    Answer,
    Block,
    Cadence,
    Channel,
    CommunicationRule,
    Contact,
    ContactChannel,
    ContactKind,
    Duty,
    EscalationLevel,
    EscalationRule,
    Finding,
    Link,
    Playbook,
    PostmortemPolicy,
    Review,
    Role,
    Severity,
    Source,
    Template,
    TemplateField,
    Trigger,
)
from tocsin.runbook.stated import BusinessHours, Duration, DurationKind, Lines

AT = Lines(3, 4)
COMMAND = Command(
    "pump --drain <dock>",
    Effect.MUTATING,
    Termination.BOUNDED,
    pipeline=(("pump", "--drain", "<dock>"),),
    requires=("sudo",),
    parameters=(Parameter("dock", "enum", "angle", "<dock>", ("north", "south")),),
    stdin="yes",
    directory="/srv/pump",
    host="quay",
)


def span(minutes: int) -> Duration:
    """A span as it would stand in a document."""
    return Duration(minutes * 60, f"{minutes} minutes", lines=AT)


def step(title: str, command: Command | None = None) -> Step:
    """A step of which everything is said."""
    kind = StepKind.COMMAND if command else StepKind.MANUAL
    words = ("if the dock is full", "Option A", "Draining", span(4), ("Mind the gate",))
    return Step(title, title, kind, "resolution", AT, command, *words, ties=(Tie.FALLBACK,))


STEPS = (step("Drain", COMMAND), step("Mop"))
STATE = TemplateField("state", "[state]", ("shut",))
LEVELS = (
    EscalationLevel(1, ("Watch",), AT, trigger=Trigger.START, responsibilities=("Look at the pumps",)),
    EscalationLevel(2, ("Captain",), AT, after=span(9), trigger=Trigger.UNACKNOWLEDGED),
    EscalationLevel(3, ("Owner",), AT, trigger=Trigger.CONDITION, condition="if a ship sinks"),
)
WHOLE = Playbook(
    "id",
    "Docks",
    Source("docks.md", "0", 9),
    service="docks",
    severities=(
        Severity("P0", 0, AT, "Flood", ("major",), ("Two docks",), ("Ring the bell",), *map(span, (5, 6, 90, 15))),
        Severity("P1", 1, AT, resolution_target=Duration(None, "best effort", DurationKind.BEST_EFFORT)),
    ),
    escalation_levels=LEVELS,
    escalation_rules=(EscalationRule("Ships collide", AT, Trigger.CONDITION, span(7), ("P0",), ("Owner",)),),
    roles=(Role("Commander", AT, ("Decides",), ("P0",)),),
    contacts=(Contact("Ada", ContactKind.PERSON, AT, (ContactChannel("phone", "+1 555 0100"),), "24/7", "Pumps"),),
    phases=(Phase("Triage", AT, "triage", span(8), ("P0",), (step("Count the ships"),)),),
    procedures=(Procedure("leak", "Leak", ProcedureKind.INCIDENT, AT, (Symptom("Wet", AT),), STEPS),),
    templates=(Template("First", "initial", "customers", "Docks [state].", AT, "Flood", (STATE,)),),
    cadences=tuple(Cadence(what, span(20), AT, ("P0",), "Leak") for what in ("status_update", "stand_up")),
    communication=(CommunicationRule("Tell the crews", "internal", AT, ("P0",), "if it rains", "initial"),),
    channel_pattern="#inc-<topic>",
    postmortem=PostmortemPolicy(AT, span(600), "resolved", ("Causes",), None, None, ("P0",)),
    duties=(Duty("Test the bell", AT, "monthly"),),
    links=(Link("Map", "https://map.test", AT, "Docks"),),
    channels=(Channel("#docks", "slack", AT),),
    status_page="https://status.test",
    review=Review(date(2026, 3, 2), date(2026, 9, 2), False, AT, "Ada", "Crew"),
    business_hours=BusinessHours((0, 1), "09:00", "17:00", "Europe/Oslo", "Mon-Tue", AT),
    answers=(Answer("confirm_within", "90 s", AT),),
)

READ_FROM_OTHERS = {
    "Playbook": {"id", "title", "blocks", "findings", "channel_pattern_lines"},
    "Severity": {"rank", "update_cadence"},  # their order says it, and a cadence of its own
    "EscalationLevel": {"level", "comes_first", "public_decision"},
    "Contact": {"comes_first", "ours", "business_time", "unfilled"},
    "Step": {"id", "group", "corrected"},
    "Command": {"pipeline", "needs_shell", "reason", "suggestion"},
    "Parameter": {"origin", "raw"},
    "Procedure": {"key"},
    "TemplateField": {"raw"},
    "PostmortemPolicy": {"template_lines"},
    "Link": {"unfilled", "in_passing"},
    "Channel": {"in_passing"},
    "Review": {"unfilled"},
    "BusinessHours": {"text"},
}
"""What is no behaviour of its own: names for programs, headings, and what the words of another field decide."""


WITH_A_TEMPLATE = PostmortemPolicy(AT, template="## Causes\n\n- What broke", template_lines=AT)
WHOLES = (WHOLE, dataclasses.replace(WHOLE, postmortem=WITH_A_TEMPLATE))
CHECKED = {
    "P0": "P1",
    "09:00": "10:30",
    "17:00": "18:30",
    "Europe/Oslo": "UTC",
    "confirm_within": "page_again_after",
    "90 s": "80 s",
}
"""Words that have to be of a certain form, and others of it."""


def other(value: Any) -> Any:
    """Another value of the same kind; None for what is not said here, and is elsewhere."""
    match value:
        case bool():
            return not value
        case StrEnum():
            return next(one for one in type(value) if one is not value)
        case Duration():
            return span(47)
        case date():
            return value + timedelta(days=30)
        case Lines():
            return Lines(7, 8)
        case str():
            return CHECKED.get(value, f"{value} anew")
        case int():
            return value + 5
        case tuple():
            return value[:-1] if value else ("now said",)
        case dict():
            return {"P0": LEVELS[:2]}
        case _:
            return None


def changed(value: Any) -> Iterator[tuple[str, str, Any]]:
    """The value with one field of it, or of what it holds, changed: the class, the field, the whole."""
    if isinstance(value, tuple) and not isinstance(value, Lines):
        for n, one in enumerate(value):
            for kind, name, new in changed(one):
                yield kind, name, (*value[:n], new, *value[n + 1 :])
    elif dataclasses.is_dataclass(value) and not isinstance(value, Duration | type):
        for field in dataclasses.fields(value):
            held = getattr(value, field.name)
            if not dataclasses.is_dataclass(held) or "None" in str(field.type):
                yield type(value).__name__, field.name, dataclasses.replace(value, **{field.name: other(held)})
            for kind, name, new in changed(held):
                yield kind, name, dataclasses.replace(value, **{field.name: new})


def told() -> dict[tuple[str, str], bool]:
    """For each field of each class, whether a change of it changes the behaviour, at one place at least."""
    found: dict[tuple[str, str], bool] = {}
    for whole in WHOLES:
        before = said(whole)
        for kind, name, playbook in changed(whole):
            found[kind, name] = found.get((kind, name), False) or said(playbook) != before
    return found


def said(playbook: Playbook) -> Any:
    """Its behaviour as versions are compared by it: without the lines, and without what is said of new ones only."""
    return {
        subject: [dataclasses.replace(one, line=None, marks=()) for one in traits]
        for subject, traits in behaviour(playbook).items()
    }


def test_every_field_of_a_playbook_is_told_or_read_from_another() -> None:
    """A field that somebody adds to the playbook is told, or named above with those that are read from others."""
    silent: dict[str, set[str]] = {}
    for (kind, name), is_told in told().items():
        if not is_told and name != "lines" and kind != "Source":
            silent.setdefault(kind, set()).add(name)
    assert silent == READ_FROM_OTHERS


def test_a_whole_playbook_holds_every_class() -> None:
    """Else the test above would pass over those that it lacks; what is kept of the text itself is no behaviour."""
    kinds = {kind for kind, _name in told()}
    every = {type(one).__name__ for one in (AT, *LEVELS)} | {"Severity", "Step", "Cadence"}
    assert every - {"Lines"} <= kinds
    values = {one.__name__ for one in (*_values(Playbook), *_values(Step))}
    assert values - kinds <= {Block.__name__, Finding.__name__, "Stats", "Duration", "Lines"}


def _values(kind: type) -> Iterator[type]:
    """The classes of values that a module of the playbook defines."""
    for one in vars(sys.modules[kind.__module__]).values():
        if isinstance(one, type) and dataclasses.is_dataclass(one):
            yield one


OVEN = """# R

## Common incidents

### Oven cold

**Resolution:**

{words}
```bash
oven heat --to 200
```
"""


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        ("If the door is open:", ("condition", "If the door is open")),
        ("Option B:", ("way", "Option B")),
    ],
)
def test_what_holds_a_step_back_is_a_particular_of_it(words: str, said_of_it: tuple[str, str]) -> None:
    """A condition that goes would run a command that was held back: it is told, though the command is the same."""
    (trait,) = [
        one
        for one in behaviour(compile_runbook(OVEN.format(words=words).encode()))["procedure Oven cold"]
        if one.text == "oven heat --to 200"
    ]
    assert said_of_it in trait.particulars
