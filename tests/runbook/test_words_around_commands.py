"""What an item, a cell or a line says besides its commands: it is kept with them, since it is to be done as well."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind, Step

SAID = [
    ("`docker ps`, check the fuse, light it by hand", ("check the fuse, light it by hand",)),
    ("`docker ps` — should show three ovens", ("should show three ovens",)),
    ("Run `docker restart oven` and call the smith", ("call the smith",)),
    ("Restart it with `docker restart oven`, then open the till", ("open the till",)),
    ("`docker restart oven` → watch the dial → tell the shop", ("watch the dial → tell the shop",)),
    ("`docker restart oven` (takes five minutes)", ("takes five minutes",)),
    ("`docker restart oven`. Then call the smith.", ("Then call the smith.",)),
    ("Count the sacks. Then run `docker restart oven`.", ("Count the sacks.",)),
    ("Tell the shop. Stop the till. `docker restart oven`. Sweep.", ("Tell the shop.", "Sweep.")),
    ("Look at it (`docker ps`, the dial).", ("the dial.",)),
    ("`docker ps` ausführen und den Meister rufen", ()),
    ("`docker ps`, danach den Meister rufen", ("danach den Meister rufen",)),
    ("`docker ps` y avisar al taller", ("avisar al taller",)),
    ("`docker ps`，然后通知值班", ("然后通知值班",)),
]
"""Each text and what is beside its command; of words that go right on, "`x` for errors", nothing is told apart."""

PLAIN = ["`docker ps`", "Run `docker ps`.", "Look for the oven: `docker ps`", "`docker ps`:", "Restart (`docker ps`)"]


def _first(text: str) -> Step:
    return compile_runbook(text).procedures[0].steps[0]


@pytest.mark.parametrize(("said", "details"), SAID)
def test_an_item_keeps_what_stands_beside_its_command(said: str, details: tuple[str, ...]) -> None:
    """Sentences before that of the command and all that follows it are details of its step."""
    assert _first(f"# Mill\n\n## Incidents\n\n### Oven cold\n\n1. {said}\n2. Wait.\n").details == details


@pytest.mark.parametrize(("said", "details"), SAID[::3])
def test_a_cell_and_a_line_keep_it_as_well(said: str, details: tuple[str, ...]) -> None:
    """A row that says what to do at an alert, and a paragraph below a label."""
    row = f"# Mill\n\n## Alerts\n\n| Alert | First action |\n|---|---|\n| Oven cold | {said} |\n| Belt torn | sweep |\n"
    line = f"# Mill\n\n## Incidents\n\n### Oven cold\n\n**Fix:** {said}\n\n### Belt torn\n\n**Fix:** sweep\n"
    assert (_first(row).details, _first(line).details) == (details, details)


@pytest.mark.parametrize("said", PLAIN)
def test_a_command_alone_has_no_details(said: str) -> None:
    """A title, a full stop and a bracket are nothing else to be done."""
    assert _first(f"# Mill\n\n## Incidents\n\n### Oven cold\n\n1. {said}\n2. Wait.\n").details == ()


def test_a_condition_is_not_said_twice() -> None:
    """It is the condition of the step already."""
    step = _first("# Mill\n\n## Incidents\n\n### Oven cold\n\n1. `docker restart oven` (if it is cold)\n2. Wait.\n")
    assert (step.condition, step.details) == ("if it is cold", ())


@pytest.mark.parametrize(
    ("title", "chapter"),
    [
        ("Mill Disaster Recovery", "Procedure"),
        ("Backup & Restore", "Steps"),
        ("Disaster Recovery Plan", "Procedures"),
        ("Mill DR runbook", "Procedure"),
    ],
)
def test_the_steps_of_a_document_on_recovery_are_kept(title: str, chapter: str) -> None:
    """A chapter that is only called "Procedure" holds what is to be done after a disaster."""
    steps = "1. Stop the belts.\n2. Fetch the ledger from the copy.\n3. Start the belts.\n"
    (found,) = compile_runbook(f"# {title}\n\n## Targets\n\nHalf a day.\n\n## {chapter}\n\n{steps}").procedures
    assert (found.kind, len(found.steps)) == (ProcedureKind.RECOVERY, 3)


def test_the_steps_of_other_documents_are_no_recovery() -> None:
    """How a door is painted is nothing to do after a disaster."""
    assert compile_runbook("# The door\n\n## Procedure\n\n1. Take a brush.\n2. Paint.\n").procedures == ()
