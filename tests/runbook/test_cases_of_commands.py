"""What stands before a command and is no title of it: an answer to a question, a case, a label of when it is used."""

from __future__ import annotations

import pytest

from tests.runbook.asked import only

_ABOVE = "# Mill handbook\n\n## Incident: Mill stands still\n\n**Symptoms:** no flour comes\n\n"
_STOP = "systemctl stop chute"
_START = "systemctl restart mill"


def conditions(body: str) -> dict[str, str | None]:
    """The condition of each command of one incident."""
    steps = only(_ABOVE + body).steps
    return {step.command.text: step.condition for step in steps if step.command is not None}


@pytest.mark.parametrize(
    "body",
    [
        f"Is the chute full?\n\n- Yes: `{_STOP}`\n- No: `{_START}`\n",
        f"Did the flour come?\n- **Yes** → `{_STOP}`\n- **No** → `{_START}`\n",
        f"- Is the chute full?\n- Yes, to the brim: `{_STOP}`\n- No: `{_START}`\n",
        f"Is the chute full?\n\nYes: `{_STOP}`\n\nNo: `{_START}`\n",
        f"### Is the chute full?\n\n**Yes:**\n\n```bash\n{_STOP}\n```\n\n**No:**\n\n```bash\n{_START}\n```\n",
        f"Is the chute full?\n\n- Yes:\n  ```bash\n  {_STOP}\n  ```\n- No:\n  ```bash\n  {_START}\n  ```\n",
        f"Ist die Rutsche voll?\n\n* Ja – `{_STOP}`\n* Nein – `{_START}`\n",
        f"¿Está llena la tolva?\n\n- Sí: `{_STOP}`\n- No: `{_START}`\n",
        f"シュートは満杯ですか？\n\n- はい: `{_STOP}`\n- いいえ: `{_START}`\n",
    ],
)
def test_an_answer_is_the_condition_of_what_stands_behind_it(body: str) -> None:
    """Only one of two answers is true: neither command is run unasked, and each says which answer it is for."""
    found = conditions(body)
    assert set(found) == {_STOP, _START}
    assert all(found.values())
    assert found[_STOP] != found[_START]


def test_the_answers_of_a_list_name_the_question_above_them() -> None:
    """Who reads a condition has to know what was asked."""
    found = conditions(f"Is the chute full?\n\n- Yes: `{_STOP}`\n- No: `{_START}`\n")
    assert found == {_STOP: "Is the chute full? Yes", _START: "Is the chute full? No"}


@pytest.mark.parametrize(
    ("before", "case"),
    [
        ("Chute full → ", "Chute full"),
        ("Chute is full -> run ", "Chute is full"),
        ("**Chute full** => Restart it: ", "Chute full"),
        ("Chute full: ", "Chute full"),
        ("Flour > 90 % ⇒ ", "Flour > 90 %"),
        ("Mühle langsam → ", "Mühle langsam"),
        ("Cola llena → ", "Cola llena"),
        ("料斗已满 → ", "料斗已满"),
    ],
)
def test_what_is_wrong_before_an_arrow_is_the_case_of_the_command(before: str, case: str) -> None:
    """A list of cases with what helps in each is no list of steps to take one after the other."""
    assert conditions(f"**Fix:**\n\n- {before}`{_START}`\n- Look at it: `df -h`\n") == {_START: case, "df -h": None}


@pytest.mark.parametrize(
    "before", ["Restart the failed mill → ", "Restart: ", "Mill service → ", "Clear stuck jobs: ", "停止写入服务："]
)
def test_what_is_to_be_done_before_an_arrow_is_a_title(before: str) -> None:
    """A verb or the name of a thing limits nothing."""
    assert conditions(f"**Fix:**\n\n- {before}`{_START}`\n") == {_START: None}


def test_a_case_takes_no_look_from_the_responder() -> None:
    """Looking does no harm in another case: "Failed runs: …" is the title of a list to read."""
    assert conditions("**Checks:**\n\n- Failed runs: `journalctl -u mill -n 50`\n") == {
        "journalctl -u mill -n 50": None
    }


@pytest.mark.parametrize(
    "line",
    [
        "**When to use it:** after the lead agreed",
        "- **When to use it:** after the lead agreed",
        "**When:** after the lead agreed",
        "_Use when:_ the lead has agreed",
        "**Approval:** duty lead",
        "**Wann anwenden:** nachdem die Leitung zugestimmt hat",
        "**Cuándo usarlo:** después de que el responsable lo apruebe",
        "**Quand l'utiliser :** après accord du responsable",
        "**使用条件**：负责人同意后",
    ],
)
def test_a_label_of_when_something_is_used_limits_what_is_below_it(line: str) -> None:
    """Its words need no "only": the label says that they are a condition. A look is not limited by it."""
    found = conditions(f"```bash\ndf -h\n```\n\n{line}\n\nThen:\n\n```bash\n{_START}\n```\n")
    assert found[_START]
    assert found["df -h"] is None


@pytest.mark.parametrize("label", ["Note", "Important", "NB", "Hinweis", "Remarque", "Примечание"])
def test_a_note_may_begin_with_the_word_for_it(label: str) -> None:
    """The label before a sentence takes nothing from what the sentence limits."""
    found = conditions(f"```bash\n{_START}\n```\n\n**{label}:** only run this on the second mill.\n")
    assert "only run this on the second mill" in (found[_START] or "")


def test_no_approval_needed_is_no_condition() -> None:
    """A label may say that nothing is asked for."""
    assert conditions(f"**Approval:** none\n\n```bash\n{_START}\n```\n") == {_START: None}


@pytest.mark.parametrize("title", ["Avoid data loss", "Avoid downtime", "Never lose data", "Evitare perdite"])
def test_a_title_of_what_is_to_be_avoided_leaves_the_commands_below_it(title: str) -> None:
    """What helps against a loss is below it; what it warns of stays with what changes something."""
    found = conditions(f"### {title}\n\n```bash\ndf -h\n{_STOP}\n```\n")
    assert found == {"df -h": None, _STOP: title}


@pytest.mark.parametrize(
    "said",
    ["Never stop the belt.", "Niemals den Ofen kühlen.", "Never stop it during the day.", "Never stop in season"],
)
def test_what_is_warned_of_may_have_an_article(said: str) -> None:
    """ "Never stop the belt" above a command stays with it as "Never stop belts" does."""
    found = conditions(f"{said}\n\n```bash\ndf -h\n{_STOP}\n```\n")
    assert found[_STOP] == said.strip("*.")


@pytest.mark.parametrize("title", ["Never run this", "Avoid these commands", "Never restart", "Avoid restarts"])
def test_a_title_that_names_what_is_not_to_be_run_takes_it_away(title: str) -> None:
    """What a title forbids in so many words, or by the word of the command, is only told."""
    assert conditions(f"### {title}\n\n```bash\n{_START}\n```\n") == {}


def test_a_line_above_commands_limits_what_changes_something_by_its_if() -> None:
    """ "If the chute is full, empty it." is about the block below it, of which a look may be taken all the same."""
    body = f"Look at it. If the chute is full, empty it.\n\n```bash\ndf -h\n{_STOP}\n```\n"
    assert conditions(body) == {"df -h": None, _STOP: "If the chute is full"}


@pytest.mark.parametrize(
    "line", ["Step 2: Only if nobody bakes, restart it.", "Step 2: Restart it (only if nobody bakes)"]
)
def test_the_number_of_a_step_hides_no_limit_and_leaves_the_step_above(line: str) -> None:
    """A counted line is the title of what is below it: what it limits is not the block above."""
    body = f"Step 1: Stop the chute\n\n```bash\n{_STOP}\n```\n\n{line}\n\n```bash\n{_START}\n```\n"
    found = conditions(body)
    assert found[_STOP] is None
    assert found[_START] is not None


def test_the_first_column_of_a_table_of_steps_may_hold_a_condition() -> None:
    """ "Step" names what is run, and its words may say when."""
    body = f"| Step | Command |\n|---|---|\n| Stop it | `{_STOP}` |\n| Only by night, start it | `{_START}` |\n"
    found = conditions(body)
    assert found[_STOP] is None
    assert "Only by night" in (found[_START] or "")


def test_an_item_with_a_command_of_its_own_limits_no_other() -> None:
    """An unmarked command behind the colon of an item is what its limit is about."""
    body = f"- Stop it: {_STOP}\n- Only by night: start it: {_START}\n"
    found = conditions(body)
    assert found[_STOP] is None
    assert "Only by night" in (found[_START] or "")


_LOOK = "df -h"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"- Chute full? `{_STOP}`\n- Mill hangs? → `{_START}`\n", {_STOP: "Chute full?", _START: "Mill hangs?"}),
        (f"Does `{_LOOK}` show a full disk? Then `{_START}`.\n", {_LOOK: None, _START: "Does df -h show a full disk?"}),
        (
            f"```bash\n{_STOP}\n```\n\nStill no flour? Then:\n\n```bash\n{_START}\n```\n",
            {_STOP: None, _START: "Still no flour?"},
        ),
        (f"Run `{_LOOK}`:\n\n- No disk is listed → `{_START}`\n", {_LOOK: None, _START: "No disk is listed"}),
        (f"Run `{_STOP}` (chute full) or `{_START}` (mill stuck).\n", {_STOP: "chute full", _START: "mill stuck"}),
        (f"- ✅ Yes → `{_STOP}`\n- ❌ No → `{_START}`\n", {_STOP: "Yes", _START: "No"}),
        (f"1. **If yes:** `{_STOP}`\n2. **If no:** `{_START}`\n", {_STOP: "If yes", _START: "If no"}),
        (f"1. Stop: `{_STOP}`\n2. Last resort: `{_START}`\n", {_STOP: None, _START: "Last resort"}),
        (f"- Stop: `{_STOP}`\n- (optional) `{_START}`\n", {_STOP: None, _START: "optional"}),
        (f"- Optional: `{_LOOK}`\n- Optional: `{_START}`\n", {_LOOK: None, _START: "Optional"}),
        (
            f"| Step | Run | Approval |\n|---|---|---|\n| Look | `{_LOOK}` | no |\n| Go | `{_START}` | miller |\n",
            {_LOOK: None, _START: "Approval: miller"},
        ),
        (
            f"```bash\n# Chute full\n{_STOP}\n\n# Failed disks\n{_LOOK}\n\n# Optional: start\n{_START}\n```\n",
            {_STOP: "Chute full", _LOOK: None, _START: "Optional"},
        ),
        (f"```bash\n# Yes:\n{_STOP}\n\n# No:\n{_START}\n```\n", {_STOP: "Yes", _START: "No"}),
        (f"- How to start it? `{_START}`\n", {_START: None}),
    ],
)
def test_a_question_a_state_and_what_is_optional_are_cases(body: str, wanted: dict[str, str | None]) -> None:
    """Which of several commands is run depends on what a person has found; a look may be taken all the same."""
    assert conditions(f"**Fix:**\n\n{body}") == wanted
