"""A condition wherever it stands beside a command, in nine languages; and what stands there and limits nothing."""

from __future__ import annotations

import pytest

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


def test_a_bracket_behind_the_name_of_a_part_is_a_condition() -> None:
    """ "Fix (only by night)" is a part by its name, and limited by its bracket."""
    text = "# Mill\n\n## Incident: Mill slow\n\n### Signs\n\n- x\n\n### Fix (only by night)\n\n- `systemctl reboot`\n"
    assert condition(text) == "only by night"


def test_people_act_without_the_condition_of_a_line_in_a_phase() -> None:
    """ "When the mill is reported:" heads what people do in a phase: it limits what is run there and nobody else."""
    text = "### Triage\n\n**When the mill is reported:**\n\n1. Take the page\n2. Restart it: `systemctl restart mill`\n"
    (phase,) = compile_runbook(f"# Mill\n\n## Incident response process\n\n{text}").phases
    assert [step.condition for step in phase.steps] == [None, "When the mill is reported"]
