"""Conditions are found by the words that they begin with, before any pattern is tried."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.grammar import phrases
from tocsin.runbook.instructions import StepKind
from tocsin.runbook.wording import condition_in


@pytest.mark.parametrize("phrase", sorted(set(phrases("if")), key=str))
@pytest.mark.parametrize(
    "sentence", ["Ring the depot {} gates stay shut", "({}\ngates stay shut)", "{} gates stay shut"]
)
def test_every_word_for_if_makes_a_condition(phrase: str, sentence: str) -> None:
    """In every language, in small letters and in capitals, and whatever stands right before it."""
    for said in (phrase, phrase.upper(), phrase.capitalize()):
        found = condition_in(sentence.format(said))
        assert found is not None
        assert "shut" in found


@pytest.mark.parametrize("phrase", sorted(set(phrases("fallback"))))
def test_every_word_for_what_is_done_last_makes_a_condition(phrase: str) -> None:
    """ "As a last resort" says by itself that what stands before did not help."""
    assert condition_in(f"{phrase}, ring the depot") == phrase
    assert condition_in(f"{phrase.upper()} ring the depot") is not None


def test_other_words_make_none() -> None:
    """A word that only begins or ends like one of them is another word."""
    assert condition_in("Lift the iffy gate, then restart the whenever") is None


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("Check if the oven is already cold:", None),
        ("Look at the dial, then find out if the gate moves", None),
        ("The miller should decide if the wheel is stopped", None),
        ("Vérifier si le four est froid", None),
        ("Comprobar si el horno está frío", None),
        ("Verifique se o forno está frio", None),
        ("Controllare se il forno è freddo", None),
        ("Check if the oven is cold; if it is not, open the flue", "if it is not"),
        ("Look into it if it goes on", "if it goes on"),
        ("Repeat the test if it was cold", "if it was cold"),
        ("Write to mill.test if it was cold", "if it was cold"),
        ("Check, if there is time, the flue", "if there is time"),
    ],
)
def test_a_question_is_no_condition(sentence: str, condition: str | None) -> None:
    """ "Check if" asks whether something is so; what is to be done does not hang on it."""
    assert condition_in(sentence) == condition


def test_steps_below_a_condition_hang_on_it() -> None:
    """A heading or a line in bold that begins with "if" holds for every step below it."""
    playbook = compile_runbook(
        "# Mill\n\n## Troubleshooting\n\n### Oven cold\n\n**1. Look at the flue:**\n\n```bash\nmillctl flue\n```\n\n"
        "**2. If the flue is shut, open it:**\n\n```bash\nmillctl flue --open\n```\n\n"
        "#### If it is a Sunday\n\n- Turn it by hand\n"
    )
    (oven,) = playbook.procedures
    assert [step.condition for step in oven.steps] == [None, "If the flue is shut", "If it is a Sunday"]


SILO = "# Mill\n\n## Incident: Silo is full\n\n### Fix\n\n{}\n"
FENCE = "\n\n```bash\nrm -rf /srv/chaff\n```"


def _commands(text: str) -> list[tuple[str, str | None]]:
    """Each command of a procedure with this text, and the condition that it stands under."""
    (silo,) = compile_runbook(SILO.format(text)).procedures
    return [(step.command.text, step.condition) for step in silo.steps if step.command]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("1. Run `rm -rf /srv/chaff` only after the sieve has stopped.", "only after the sieve has stopped"),
        ("1. `rm -rf /srv/chaff` (only if the silo is full)", "only if the silo is full"),
        ("1. `rm -rf /srv/chaff` if the silo is full", "if the silo is full"),
        ("1. Run `rm -rf /srv/chaff`, but never on the new mill.", "never on the new mill"),
        ("1. Run `rm -rf /srv/chaff` unless the miller is at it", "unless the miller is at it"),
        ("1. Run `rm -rf /srv/chaff` once the sieve has stopped", "once the sieve has stopped"),
        ("1. `rm -rf /srv/chaff` as a last resort", "as a last resort"),
        ("1. `rm -rf /srv/chaff`. Never do this on the new mill.", "Never do this on the new mill"),
        ("1. Only run `rm -rf /srv/chaff` on the old mill.", "Only run rm -rf /srv/chaff on the old mill"),
        ("Run `rm -rf /srv/chaff` with approval of the miller.", "with approval of the miller"),
        ("With approval of the miller, run `rm -rf /srv/chaff`.", "With approval of the miller, run"),
        ("1. `rm -rf /srv/chaff`\n   - only during the night", "only during the night"),
        ("- `rm -rf /srv/chaff`\n- Never do this on the new mill", "Never do this on the new mill"),
        ("Empty it:\nrm -rf /srv/chaff\nNever do this on the new mill", "Never do this on the new mill"),
        ("1. Look at the silo and if it is full:" + FENCE, "if it is full"),
        (
            "1. Empty it. You need the approval of the miller.\n\n   ```bash\n   rm -rf /srv/chaff\n   ```",
            "need the approval of the miller",
        ),
        ("#### Only with two millers there" + FENCE, "Only with two millers there"),
        ("Before you run this, stop the sieve:" + FENCE, "Before you run this, stop the sieve"),
        ("Do not proceed until the sieve has stopped." + FENCE, "Do not proceed until the sieve has stopped"),
        ("> **Warning:** this cannot be undone." + FENCE, "Warning: this cannot be undone"),
        ("!!! danger\n    Never run this on the new mill." + FENCE, "Never run this on the new mill"),
        (FENCE + "\n\nOnly run this if the silo is full.", "Only run this if the silo is full"),
        ("```bash\n# Empty it (only at night)\nrm -rf /srv/chaff\n```", "only at night"),
        ("```bash\n# CAUTION: never on the new mill\n\nrm -rf /srv/chaff\n```", "CAUTION: never on the new mill"),
        ("```bash\n# Empty it if needed\nrm -rf /srv/chaff\n```", "if needed"),
        ("```bash\nrm -rf /srv/chaff  # if the silo is full\n```", "if the silo is full"),
        ("| Do | With | When |\n|---|---|---|\n| Empty | `rm -rf /srv/chaff` | silo full |", "Empty; silo full"),
        (
            "| Do | With | Note |\n|---|---|---|\n| Empty | `rm -rf /srv/chaff` | only by night |",
            "Empty; only by night",
        ),
        (FENCE + "\n\n**Never do this on the new mill.**\n\nThen ring the miller.", "Never do this on the new mill"),
        ("If the silo is full" + FENCE, "If the silo is full"),
        ("Avoid dust." + FENCE, "Avoid dust"),
        ("```bash\n# do not use force\nrm -rf /srv/chaff\n```", "do not use force"),
        ("When the silo is full do this.\n\n1. `rm -rf /srv/chaff`", "When the silo is full do this"),
        (
            "> Never without approval of the miller.\n\n#### Empty it\n\n1. `rm -rf /srv/chaff`",
            "Never without approval of the miller",
        ),
        ("Only the miller may run this:" + FENCE, "Only the miller may run this"),
        (
            "1. Make sure that nobody is inside before running `rm -rf /srv/chaff`",
            "Make sure that nobody is inside before running",
        ),
        (
            "1. Wait until the sieve has stopped, then run `rm -rf /srv/chaff`",
            "Wait until the sieve has stopped, then run",
        ),
        ("| Command | Use |\n|---|---|\n| `rm -rf /srv/chaff` | Only at night |", "Only at night"),
        ("| Command | Warning |\n|---|---|\n| `rm -rf /srv/chaff` | takes the grain, too |", "takes the grain, too"),
        (
            "**When to use:** Only with two millers there.\n\n**Steps**\n\n1. `rm -rf /srv/chaff`",
            "Only with two millers there",
        ),
        (
            "#### When to use this\n\nOnly with two millers there.\n\n#### Steps\n\n1. `rm -rf /srv/chaff`",
            "Only with two millers there",
        ),
        ("```sql\n-- only after the sieve has stopped\nDELETE FROM chaff;\n```", "only after the sieve has stopped"),
        ("1. Silo is full?\n   - Yes: `rm -rf /srv/chaff`", "Silo is full? Yes"),
        ("1. Else\n   - `rm -rf /srv/chaff`", "Else"),
        ("1. `rm -rf /srv/chaff` (optional)", "optional"),
        ("1. `rm -rf /srv/chaff` nur nach Freigabe durch den Müller", "nur nach Freigabe durch den Müller"),
        ("1. `rm -rf /srv/chaff` uniquement si le silo est plein", "uniquement si le silo est plein"),
        ("1. `rm -rf /srv/chaff` (solo con autorización)", "solo con autorización"),
        ("1. サイロが満杯の場合のみ `rm -rf /srv/chaff` を実行", "サイロが満杯の場合のみ"),
        ("1. 仅在夜间执行 `rm -rf /srv/chaff`", "仅在夜间执行"),
    ],
)
def test_what_limits_a_command_is_its_condition(text: str, condition: str) -> None:
    """Wherever its writer put that: before it, behind it, above, below, beside, in a comment, in a note."""
    assert [said for _command, said in _commands(text)] == [condition]


def test_a_row_of_an_incident_may_say_what_limits_its_remedy() -> None:
    """In a column of its own: it is no second thing to do."""
    table = "| Symptom | Fix | Warning |\n|---|---|---|\n| Silo is full | `rm -rf /srv/chaff` | tell the miller |\n"
    (silo,) = compile_runbook(f"# Mill\n\n## Common incidents\n\n{table}").procedures
    assert [(step.kind.value, step.condition) for step in silo.steps] == [
        ("command", "tell the miller"),
        ("reference", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. Run `rm -rf /srv/chaff`. If that fails, ring the miller.",
        "1. Run `rm -rf /srv/chaff` and if it is still full, ring the miller.",
        "1. Run `rm -rf /srv/chaff`, if that does not help ring the miller.",
        "1. `rm -rf /srv/chaff` to see if the silo empties",
        "1. `rm -rf /srv/chaff`\n2. Only the miller speaks to the farmers",
        "1. Don't forget to run `rm -rf /srv/chaff`",
        "Do not wait, empty it:" + FENCE,
        "Never skip this." + FENCE,
        "```bash\n# Never skip this\nrm -rf /srv/chaff\n```",
        "#### Never skip this" + FENCE,
        "| # | Do | With |\n|---|---|---|\n| 1. | Empty | `rm -rf /srv/chaff` |",
    ],
)
def test_what_is_asked_of_something_else_is_none(text: str) -> None:
    """What is to be done when a command did not help, and what others may not do, holds no command up."""
    assert _commands(text) == [("rm -rf /srv/chaff", None)]


def test_each_of_two_commands_has_its_own_limit() -> None:
    """The words between two commands are of the one before, but for those that lead to the next one."""
    text = "1. Run `rm -rf /srv/chaff` (only at night), then `reboot -f`. With approval of the miller, run `halt -p`."
    assert _commands(text) == [
        ("rm -rf /srv/chaff", "only at night"),
        ("reboot -f", None),
        ("halt -p", "With approval of the miller, run"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "Wait until the sieve has stopped",
        "Get approval of the miller",
        "Do not continue unless the gate is shut",
        "Before continuing, ring the miller",
        "Warten Sie, bis das Sieb steht",
    ],
)
def test_what_to_wait_for_between_two_commands_is_of_the_second(said: str) -> None:
    """As an item it is also to be done, whatever else is to be done before the second command."""
    wanted = [("millctl stop", None), ("rm -rf /srv/chaff", said)]
    assert _commands(f"1. `millctl stop`\n2. {said}.\n3. Ring the depot\n4. `rm -rf /srv/chaff`") == wanted
    assert _commands(f"```bash\nmillctl stop\n```\n\n{said}.{FENCE}") == wanted
    (silo,) = compile_runbook(SILO.format(f"1. `millctl stop`\n2. {said}.\n3. `rm -rf /srv/chaff`")).procedures
    assert silo.steps[1].kind is not StepKind.REFERENCE


@pytest.mark.parametrize(
    "text",
    [
        "Do not run the following on the new mill, it loses flour:" + FENCE,
        "Never run this (it loses flour):" + FENCE,
        "Ne pas exécuter la suite, car elle perd la farine :" + FENCE,
        "请勿在新磨坊执行以下命令，会丢失面粉：" + FENCE,
        "> Do not run this." + FENCE,
        "```bash\n# Do not run this:\nrm -rf /srv/chaff\n```",
        "- Do not empty the new mill with `rm -rf /srv/chaff`",
        "- You must not run `rm -rf /srv/chaff` on the new mill",
        "- Under no circumstances run `rm -rf /srv/chaff`",
        "What not to do\n\n- `rm -rf /srv/chaff`",
        "#### Don'ts\n\n- `rm -rf /srv/chaff`",
        "Deprecated:" + FENCE,
        "A bad example (do not run):" + FENCE,
        "1. ~~Run `rm -rf /srv/chaff`~~",
    ],
)
def test_what_is_forbidden_with_its_reason_is_no_command(text: str) -> None:
    """The reason, the place and the words for it change nothing: it is told and cannot be run."""
    assert _commands(text) == []


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("If heat > 0.3 for long, turn it", "If heat > 0.3 for long"),
        ("If the oven is of Node.js, turn it", "If the oven is of Node.js"),
        ("If heat > 0 — the fan is the cause", "If heat > 0"),
        ("If the sieve is full → empty it", "If the sieve is full"),
        ("If the sieve is full => empty it", "If the sieve is full"),
    ],
)
def test_a_condition_goes_to_where_its_sentence_goes_on(sentence: str, condition: str) -> None:
    """Not to the point of a number or of a name, and not over a dash or an arrow."""
    assert condition_in(sentence) == condition


@pytest.mark.parametrize(
    ("note", "limited"),
    [
        ("If `heat > 0` — the fan is the cause.", False),
        ("If > 90% of the sacks are open → full.", False),
        ("Run this only if the oven is off.", True),
    ],
)
@pytest.mark.parametrize(
    "shape", ["```bash\ncurl http://oven/heat\n```\n\n{}", "```bash\ncurl http://oven/heat\n# {}\n```"]
)
def test_what_an_answer_means_limits_no_look(shape: str, note: str, limited: bool) -> None:
    """Below a command an "if" with what follows is about its answer; one that is all of the sentence is its limit."""
    text = f"# Mill\n\n## Mill is stuck\n\n{shape.format(note)}\n\n## Oven is cold\n\n1. Look\n"
    (step,) = (step for one in compile_runbook(text).procedures for step in one.steps if step.command)
    assert (step.condition is not None) is limited
