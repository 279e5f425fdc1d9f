"""The circumstances in which a command is run: a closed class of words begins them, whatever they speak of."""

from __future__ import annotations

import pytest

from tests.runbook.circumstances_in_words import ABOVE_IT, AROUND, REMARKS_BESIDE, WAYS
from tests.runbook.test_conditions_in_any_place import ABOVE, PLACES
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.circumstances import circumstance_in, is_circumstance

FENCE = "```bash\n{run}\n```\n"
MORE_PLACES = {
    "a sentence before": "- {said}. {title}: `{run}`.\n",
    "an item with a list": "- {said}:\n  - {title}: `{run}`\n",
    "a bracket of a heading": "#### {title} ({small})\n\n" + FENCE,
    "behind the dash of a heading": "#### {title} – {small}\n\n" + FENCE,
    "a heading two levels up": "#### {said}\n\n##### {title}\n\n" + FENCE,
    "a comment apart": "```bash\n# {said}\n\n{run}\n```\n",
    "a summary": "<details>\n<summary>{said}</summary>\n\n" + FENCE + "\n</details>\n",
    "an admonition": "!!! warning\n    {said}.\n\n" + FENCE,
    "a quote below": FENCE + "\n> {said}.\n",
    "a label in bold": "**{said}:** `{run}`\n",
    "an arrow": "- {said} → `{run}`\n",
    "a bold lead": "1. **{title}** ({small})\n\n   " + FENCE.replace("\n", "\n   ").rstrip(" "),
}
EVERY_PLACE = {**PLACES, **MORE_PLACES}
TURNS = 4
"""A sentence stands in every fourth place, beginning with another one than the sentence before it."""


NOT_OFFERED = "not offered"
"""What becomes of a command that its sentence forbids."""


def conditions_in(text: str) -> str | None:
    """The condition of the only command of a document, where it is offered."""
    playbook = compile_runbook(text)
    steps = [step for one in (*playbook.procedures, *playbook.phases) for step in one.steps]
    return next((step.condition for step in steps if step.command is not None), NOT_OFFERED)


def conditions_beside(n: int, said: str, title: str, run: str) -> dict[str, str | None]:
    """What becomes of the ``n``-th sentence in its share of the places."""
    small = said[:1].lower() + said[1:]
    above = list(ABOVE.values())[n // TURNS % len(ABOVE)]
    share = list(EVERY_PLACE.items())[n % TURNS :: TURNS]
    texts = {at: form.format(said=said, small=small, title=title, run=run) for at, form in share}
    return {at: found for at, text in texts.items() if (found := conditions_in(above + text)) is not NOT_OFFERED}


@pytest.mark.parametrize("way", WAYS)
def test_a_circumstance_limits_what_changes_something(way: str) -> None:
    """In any of the languages and wherever it stands, nothing that changes something is offered without it."""
    lost = []
    every = [said for sentences in WAYS[way].values() for said in sentences]
    for n, said in enumerate(every):
        found = conditions_beside(n, said, "Restart the mill", "systemctl restart mill")
        lost += [(said, place) for place, kept in found.items() if not kept]
    assert lost == []


@pytest.mark.parametrize("language", REMARKS_BESIDE)
def test_what_explains_a_look_is_no_condition_of_it(language: str) -> None:
    """Causes, places, outputs and times of day beside a look leave it to the responder as it is."""
    kept = []
    for n, said in enumerate(REMARKS_BESIDE[language]):
        found = conditions_beside(n, said, "Look at the mill", "systemctl status mill")
        kept += [(said, place) for place, condition in found.items() if condition and place != "an arrow"]
    assert kept == []


FORMS = ("- {said}\n", "{said}\n\n- Look at the log\n", "> {said}\n")


@pytest.mark.parametrize("language", AROUND)
def test_a_sentence_around_a_command_limits_or_forbids_it(language: str) -> None:
    """As an item, a paragraph or a note; a command whose sentence forbids it is not offered at all."""
    lost = []
    for n, said in enumerate(AROUND[language]):
        above = list(ABOVE.values())[n % len(ABOVE)]
        sentence = said.format(x="`systemctl restart mill`")
        lost += [said for form in FORMS if not conditions_in(above + form.format(said=sentence))]
    assert lost == []


@pytest.mark.parametrize("language", ABOVE_IT)
def test_what_stands_above_a_command_limits_it(language: str) -> None:
    """The bracket, the dash or the comma of a heading, a note, a comment, a line with a colon."""
    lost = []
    for n, said in enumerate(ABOVE_IT[language]):
        above = list(ABOVE.values())[n % len(ABOVE)]
        block = "```bash\n{}systemctl restart mill\n```\n"
        text = block.format(f"{said}\n") if said.startswith("# ") else f"{said}\n\n" + block.format("")
        lost += [said] if not conditions_in(above + text) else []
    assert lost == []


@pytest.mark.parametrize(
    "said",
    [
        "Not {x} but the panel tells the truth. Look there",
        "Turn it off: {x}",
        "Open the console: {x}",
        "Reads stay up: {x}",
        "Das Tor zu finden hilft {x}",
        "On the web: {x}",
    ],
)
def test_words_of_a_state_or_a_denial_alone_forbid_no_look(said: str) -> None:
    """ "No `…` output" tells of an output, and "Turn it off" is something to do."""
    text = ABOVE["incident"] + f"- {said.format(x='`systemctl status mill`')}\n"
    assert conditions_in(text) is None


@pytest.mark.parametrize("said", ["Turn it off", "Open the valve", "Reads stay up", "Keep the valve closed"])
def test_what_is_to_be_done_is_no_state(said: str) -> None:
    """A verb with its particle, or one that holds something in a state, asks for what is run below it."""
    assert conditions_in(ABOVE["incident"] + f"- {said}: `systemctl restart mill`\n") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("During a jam, open the flap", "During a jam"),
        ("With the flap shut", "With the flap shut"),
        ("From P1 upwards", "From P1 upwards"),
        ("Läuft der Motor, die Klappe öffnen", "Läuft der Motor"),
        ("Bei geschlossener Klappe", "Bei geschlossener Klappe"),
        ("Con la compuerta cerrada: abrirla", "Con la compuerta cerrada"),
        ("閉じた状態で", "閉じた状態で"),
        ("闸门关闭后再执行", "闸门关闭后"),
        ("During the incident", None),
        ("With the red handle", None),
        ("Over the last 15 minutes", None),
        ("Läuft auf dem Mühlenrechner", None),
        ("最後", None),
        ("10分後", None),
        ("Mit dem roten Hebel", None),
    ],
)
def test_the_form_of_a_phrase_makes_it_a_circumstance(text: str, said: str | None) -> None:
    """A preposition with a state or a measure, a verb before its noun, an ending; not a time, a place or a tool."""
    assert circumstance_in(text) == said


@pytest.mark.parametrize(
    ("said", "mild"),
    [
        ("During a jam", True),
        ("Only the first line matters", True),
        ("Only during a jam", False),
        ("Never run this while the mill turns", False),
        ("Not while the mill turns", False),
        ("Do not run it during a jam", False),
    ],
)
def test_a_look_waits_for_what_forbids_it_and_for_no_mere_circumstance(said: str, mild: bool) -> None:
    """ "Only" and "not" hold for a look as well; the case in which something is changed does not."""
    assert is_circumstance(said) is mild


@pytest.mark.parametrize(
    "head", ["If the vents are shut", "Vents closed", "Bei Frost", "Si la tolva está vacía", "窗户打开时"]
)
def test_the_title_of_a_column_is_the_case_of_the_commands_below_it(head: str) -> None:
    """Beside what its row is about: each of two columns is for a case of its own."""
    rows = f"| What | {head} | Log |\n|---|---|---|\n| Mill | `systemctl restart mill` | `journalctl -u mill` |\n"
    (playbook,) = compile_runbook(ABOVE["incident"] + rows).procedures
    found = {step.command.text: step.condition for step in playbook.steps if step.command is not None}
    assert found == {"systemctl restart mill": f"Mill; {head}", "journalctl -u mill": "Mill"}


@pytest.mark.parametrize(
    ("head", "cell", "condition"),
    [("Allowed", "no", "Allowed: no"), ("Erlaubt", "nein", "Erlaubt: nein"), ("Permitida", "No", "Permitida: No")],
)
def test_a_command_that_its_row_does_not_allow_is_under_that(head: str, cell: str, condition: str) -> None:
    """A column says of each command whether it may be run."""
    rows = f"| Command | {head} |\n|---|---|\n| `systemctl restart mill` | {cell} |\n"
    assert conditions_in(ABOVE["incident"] + rows) == condition


@pytest.mark.parametrize(
    "said", ["Allowed addresses: {x}", "No tocar nada, solo mirar: {x}", "Nicht anfassen, nur ansehen: {x}"]
)
def test_a_look_that_one_is_to_take_with_the_hands_off_is_taken(said: str) -> None:
    """ "Not to be touched" is said of a thing, and the look behind it is what is asked for."""
    assert conditions_in(ABOVE["incident"] + f"- {said.format(x='`systemctl status mill`')}\n") is None
