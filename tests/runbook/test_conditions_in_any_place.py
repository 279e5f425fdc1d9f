"""A condition wherever it stands beside a command, in every language; and what stands there and limits nothing.

Each command of this generator stands under one sentence, in one of the ``PLACES``. What limits it has to become its
condition, so that it is neither run unasked nor offered without it; a remark must not take a look from the responder.
"""

from __future__ import annotations

import pytest

from tests.runbook.conditions_in_words import (
    ASKED,
    GATES,
    LIMITS,
    REMARKS_IN,
    SAFEGUARDS,
    STATES,
)
from tests.runbook.mixed_conditions import MIXED, MIXED_REMARKS
from tests.runbook.never_in_words import NEVER, NEVER_ABOVE, SPOKEN_OF
from tocsin.runbook.compile import compile_runbook

ABOVE = {
    "incident": "# Mill handbook\n\n## Incident: Mill stands still\n\n**Symptoms:** no flour comes\n\n**Fix:**\n\n",
    "phase": "# Mill\n\n## Incident response\n\n### Detection\n\n1. Look\n\n### Containment\n\nDo what helps.\n\n",
    "recovery": "# Mill handbook\n\n## Recovery procedures\n\n### Restore the mill\n\n",
    "library": "# Mill handbook\n\n## Useful commands\n\n",
}
"""Where commands stand that may have a condition."""

PLACES = {
    "before a colon": "- {said}: `{run}`\n",
    "before its title": "- {said}, {title}: `{run}`\n",
    "in a bracket of the title": "1. {title} ({small}): `{run}`\n",
    "in a bracket behind": "- `{run}` ({small})\n",
    "behind a dash": "- `{run}` – {said}\n",
    "a sentence behind": "- {title}: `{run}`. {said}.\n",
    "a line above, with a colon": "{said}:\n\n```bash\n{run}\n```\n",
    "a line above": "{said}.\n\n```bash\n{run}\n```\n",
    "a line below": "```bash\n{run}\n```\n\n{said}.\n",
    "a note above": "> ⚠️ {said}.\n\n```bash\n{run}\n```\n",
    "a line in bold": "**{said}**\n\n```bash\n{run}\n```\n",
    "a heading": "#### {said}\n\n```bash\n{run}\n```\n",
    "a comment": "```bash\n# {said}\n{run}\n```\n",
    "a comment behind": "```bash\n{run}  # {said}\n```\n",
    "a cell": "| Command | Note |\n|---|---|\n| `{run}` | {said} |\n",
    "an item above a block": "1. {said}\n   ```bash\n   {run}\n   ```\n",
    "an item below": "- {title}: `{run}`\n  - {said}\n",
}

CONDITIONS = (
    "Only if the chute is empty",
    "If the chute is empty",
    "When the chute is empty",
    "Once the chute is empty",
    "As soon as the chute is empty",
    "Should the chute be empty",
    "In case the chute is empty",
    "In the event of a full chute",
    "After the miller has approved",
    "With approval of the miller",
    "Get the OK of the miller first",
    "Manual approval required",
    "As a last resort",
    "Only during the night",
    "Never on the big mill",
    "Not before 22:00",
    "Unless the chute is full",
    "Provided that the chute is empty",
    "Subject to approval",
    "Not on production",
    "After a successful backup",
    "Ausschließlich nachts",
    "Nicht in Produktion",
    "Exclusivement la nuit",
    "Pas en production",
    "Exclusivamente de noche",
    "No en producción",
    "Nur wenn die Rutsche leer ist",
    "Wenn die Rutsche leer ist",
    "Sobald die Rutsche leer ist",
    "Bei leerer Rutsche",
    "Erst nach Freigabe",
    "Nicht vor 22 Uhr",
    "Nur nach Rücksprache mit dem Müller",
    "Seulement si la trémie est vide",
    "Quand la trémie est vide",
    "Dès que la trémie est vide",
    "Une fois la trémie vide",
    "Uniquement la nuit",
    "Après accord du meunier",
    "Solo si la tolva está vacía",
    "Cuando la tolva esté vacía",
    "En caso de tolva vacía",
    "Tras la aprobación del molinero",
    "Somente se a moega estiver vazia",
    "Quando a moega estiver vazia",
    "Após aprovação do moleiro",
    "Solo se la tramoggia è vuota",
    "Quando la tramoggia è vuota",
    "Dopo l'approvazione del mugnaio",
    "Только если бункер пуст",
    "Когда бункер пуст",
    "При пустом бункере",
    "После согласования с мельником",
    "ホッパーが空の場合のみ",
    "ホッパーが空なら",
    "責任者の承認後",
    "仅当料斗为空时",
    "如果料斗为空",
    "经负责人批准后",
)

REMARKS = (
    "Look at the log",
    "The chute should be empty",
    "Needs curl 8",
    "This takes a minute",
    "Prints the number of sacks",
    "Look for errors",
    "Expected: no output",
    "On the mill itself",
    "As root",
    "Then look at the log",
    "See if the mill runs",
    "Find out whether the mill stops",
    "Make sure that all mills run",
    "No sack should be left",
    "Failed runs",
    "Sacks in error",
    "Note: the output is long",
    "Important: look at the restarts",
    "Approval queue",
    "Mühle ansehen",
    "Prüfen, ob alles läuft",
    "Dauert eine Minute",
    "Regarder le moulin",
    "Vérifier si tout tourne",
    "Mirar el molino",
    "Comprobar si todo corre",
    "Una vez más",
    "Ver o moinho",
    "Verificar se tudo roda",
    "Guardare il mulino",
    "Una volta al giorno gira un job",
    "Посмотреть мельницу",
    "Проверить, все ли работает",
    "再起動の回数を確認",
    "查看日志",
    "确认是否正常",
)


def condition(text: str) -> str | None:
    """The condition of the one command of a document, be it of a procedure or of a phase."""
    playbook = compile_runbook(text)
    every = [step for one in (*playbook.procedures, *playbook.phases) for step in one.steps]
    (found,) = [step for step in every if step.command is not None]
    return found.condition


def conditions(above: str, said: str, title: str, run: str) -> dict[str, str | None]:
    """The condition of a command for each place in which this can be said of it."""
    small = said[:1].lower() + said[1:]
    texts = {place: form.format(said=said, small=small, title=title, run=run) for place, form in PLACES.items()}
    return {place: condition(ABOVE[above] + text) for place, text in texts.items()}


@pytest.mark.parametrize("said", CONDITIONS)
@pytest.mark.parametrize("above", ABOVE)
def test_a_condition_is_kept_wherever_it_stands(above: str, said: str) -> None:
    """Nothing with a condition is run unasked, be the condition before the command, behind it, above it or below."""
    found = conditions(above, said, "Restart the mill", "systemctl restart mill")
    assert [place for place, kept in found.items() if not kept] == []


@pytest.mark.parametrize("said", REMARKS)
@pytest.mark.parametrize("above", ABOVE)
def test_a_remark_takes_no_look_from_the_responder(above: str, said: str) -> None:
    """A sentence that limits nothing is no condition, wherever it stands."""
    found = conditions(above, said, "Look at the mill", "systemctl status mill")
    assert {place: kept for place, kept in found.items() if kept} == {}


KINDS = {"asked": ASKED, "safeguard": SAFEGUARDS, "gate": GATES, "state": STATES, "limit": LIMITS, "mixed": MIXED}
NOT_MEANT = {"gate": ["a line below"]}
"""Places in which a sentence of a kind is about something else."""


@pytest.mark.parametrize("language", ASKED)
@pytest.mark.parametrize("kind", KINDS)
def test_what_has_to_be_so_before_is_a_condition_in_any_language(kind: str, language: str) -> None:
    """Somebody to ask, a safeguard, a gate, a state, a limit: nothing is offered without it, wherever it stands."""
    lost = []
    for n, said in enumerate(KINDS[kind].get(language, ())):
        found = conditions(list(ABOVE)[n % len(ABOVE)], said, "Restart the mill", "systemctl restart mill")
        lost += [(said, place) for place, kept in found.items() if not kept and place not in NOT_MEANT.get(kind, ())]
    assert lost == []


@pytest.mark.parametrize("language", REMARKS_IN)
def test_a_remark_with_the_words_of_a_condition_is_none(language: str) -> None:
    """ "First look at the log", "Prerequisite: access to the cluster": a look is run all the same."""
    kept = []
    for n, said in enumerate((*REMARKS_IN[language], *MIXED_REMARKS.get(language, ()))):
        found = conditions(list(ABOVE)[n % len(ABOVE)], said, "Look at the mill", "systemctl status mill")
        kept += [(said, place) for place, condition in found.items() if condition]
    assert kept == []


@pytest.mark.parametrize("language", SAFEGUARDS)
def test_a_safeguard_takes_no_look_from_the_responder(language: str) -> None:
    """ "Make sure a backup exists: `…`" may be how to see it, and looking does no harm without one."""
    for said in SAFEGUARDS[language]:
        found = conditions("incident", said, "Look at the mill", "systemctl status mill")
        assert {place: kept for place, kept in found.items() if kept and place == "before a colon"} == {}


def test_what_makes_the_safeguard_does_not_wait_for_it() -> None:
    """ "Take a backup first" is what the dump below it does, and the condition of anything else."""
    assert condition(ABOVE["incident"] + "- Take a backup first: `pg_dump mill > mill.sql`\n") is None
    assert condition(ABOVE["incident"] + "- Take a backup first: `dropdb mill`\n") == "Take a backup first"


def every_condition(text: str) -> list[tuple[str, str | None]]:
    """(command, condition) of each command of an incident with these steps."""
    (mill,) = compile_runbook(ABOVE["incident"].replace("**Fix:**\n\n", "") + text).procedures
    return [(step.command.text, step.condition) for step in mill.steps if step.command is not None]


RESTART = "```bash\nsystemctl status mill\nsystemctl restart mill\n```\n"


@pytest.mark.parametrize(
    ("gate", "asked"),
    [
        ("#### Approval\n\nThe miller has to agree.\n\n", "The miller has to agree"),
        ("#### Prerequisites\n\n- Access to the cluster\n- Two millers on site\n\n", "Two millers on site"),
        ("**Before you start:**\n\n1. No sack hangs in the chute\n\n", "No sack hangs in the chute"),
        ("#### Voraussetzungen\n\n- Zugriff auf den Cluster\n- Rutsche leer\n\n", "Rutsche leer"),
        ("#### Conditions préalables\n\n- Trémie vide\n\n", "Trémie vide"),
        ("#### Requisitos previos\n\n- Acceso al clúster\n- Tolva vacía\n\n", "Tolva vacía"),
        ("#### 前置条件\n\n- 料斗为空\n- 已安装 kubectl\n\n", "料斗为空"),
        ("#### 前提条件\n\n- ホッパーが空であること\n\n", "ホッパーが空であること"),
    ],
)
def test_what_stands_below_the_title_of_a_gate_holds_for_all_that_follows(gate: str, asked: str) -> None:
    """What changes something further down has it for its condition; what one needs to work is none, and looks go on."""
    found = every_condition(gate + "#### Fix\n\n" + RESTART)
    assert found == [("systemctl status mill", None), ("systemctl restart mill", asked)]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("- `OOMKilled`: `systemctl restart mill`\n", "OOMKilled"),
        ("- `CrashLoopBackOff` → `systemctl restart mill`\n", "CrashLoopBackOff"),
        ("1. `ENOSPC` – make room: `systemctl restart mill`\n", "ENOSPC"),
        ("- `503`:\n  ```bash\n  systemctl restart mill\n  ```\n", "503"),
        ("#### For a full chute\n\n```bash\nsystemctl restart mill\n```\n", "For a full chute"),
        ("Only for a full chute:\n\n```bash\nsystemctl restart mill\n```\n", "Only for a full chute"),
        ("Nur bei vollem Schacht:\n\n```bash\nsystemctl restart mill\n```\n", "Nur bei vollem Schacht"),
        ("**Für eine volle Rutsche:**\n\n```bash\nsystemctl restart mill\n```\n", "Für eine volle Rutsche"),
        ("- `mill.service`: `systemctl restart mill`\n", None),
        ("**For example:**\n\n```bash\nsystemctl restart mill\n```\n", None),
    ],
)
def test_a_state_that_only_names_itself_is_a_case(text: str, state: str | None) -> None:
    """A state in code, or a title that says what for, is the case of what changes something."""
    assert every_condition("**Fix:**\n\n" + text) == [("systemctl restart mill", state)]


def test_whom_to_tell_first_holds_until_something_is_changed() -> None:
    """An item that asks to tell somebody stays something to do; a look below it is run all the same."""
    text = "**Fix:**\n\n1. Notify the miller first\n2. `systemctl status mill`\n3. `systemctl restart mill`\n"
    assert every_condition(text) == [
        ("systemctl status mill", None),
        ("systemctl restart mill", "Notify the miller first"),
    ]


NEVER_PLACES = {
    "item": "- {said}.\n- Look at the log\n",
    "sentence": "{said}. Look at the log.\n",
    "note": "> ⚠️ {said}.\n",
    "cell": "| What | Note |\n|---|---|\n| Mill | {said} |\n",
}
NEVER_PLACES_ABOVE = {
    "label": "**{said}:**\n\n```bash\n{run}\n```\n",
    "heading": "#### {said}\n\n```bash\n{run}\n```\n",
    "line": "{said}:\n\n```bash\n{run}\n```\n",
    "comment": "```bash\n# {said}\n{run}\n```\n",
    "list": "{said}:\n\n- `{run}`\n",
}


def offered(steps: str, run: str) -> list[str | None]:
    """The conditions under which an incident with these steps offers a command."""
    look = "1. Look: `mill status`\n\n"
    playbook = compile_runbook(f"# Mill handbook\n\n## Incident: Mill stands still\n\n### Steps\n\n{look}{steps}")
    every = [step for one in (*playbook.procedures, *playbook.phases) for step in one.steps]
    return [step.condition for step in every if step.command is not None and step.command.text == run]


@pytest.mark.parametrize("run", ["systemctl restart mill", "kubectl get pods"])
@pytest.mark.parametrize("language", NEVER)
def test_what_is_never_to_be_run_is_not_offered(language: str, run: str) -> None:
    """Be it said in the sentence around the command or above it, in any language: no look is run unasked either."""
    lost = []
    for said in NEVER[language]:
        inline = said.format(x=f"`{run}`")
        lost += [(said, at) for at, form in NEVER_PLACES.items() if None in offered(form.format(said=inline), run)]
    for said in NEVER_ABOVE[language]:
        texts = {at: form.format(said=said, run=run) for at, form in NEVER_PLACES_ABOVE.items()}
        lost += [(said, at) for at, text in texts.items() if None in offered(text, run)]
    assert lost == []


@pytest.mark.parametrize("said", SPOKEN_OF)
def test_a_look_is_not_forbidden_by_what_it_is_about(said: str) -> None:
    """ "403 Forbidden: `…`" and "`…` should not be empty" are looks, which go on unasked."""
    run = "kubectl get pods -o wide"
    assert offered(f"- {said.format(x=f'`{run}`')}\n- Look at the log\n", run) == [None]


def test_a_bracket_behind_the_name_of_a_part_is_a_condition() -> None:
    """ "Fix (only by night)" is a part by its name, and limited by its bracket."""
    text = "# Mill\n\n## Incident: Mill slow\n\n### Signs\n\n- x\n\n### Fix (only by night)\n\n- `systemctl reboot`\n"
    assert condition(text) == "only by night"


def test_people_act_without_the_condition_of_a_line_in_a_phase() -> None:
    """ "When the mill is reported:" heads what people do in a phase: it limits what is run there and nobody else."""
    text = "### Triage\n\n**When the mill is reported:**\n\n1. Take the page\n2. Restart it: `systemctl restart mill`\n"
    (phase,) = compile_runbook(f"# Mill\n\n## Incident response process\n\n{text}").phases
    assert [step.condition for step in phase.steps] == [None, "When the mill is reported"]
