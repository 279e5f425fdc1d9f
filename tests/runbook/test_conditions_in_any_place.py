"""A condition wherever it stands beside a command, in nine languages; and what stands there and limits nothing."""

from __future__ import annotations

import pytest

from tests.runbook.asked import only

_ABOVE = "# Mill handbook\n\n## Incident: Mill stands still\n\n**Symptoms:** no flour comes\n\n**Fix:**\n\n"

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


def conditions(said: str, title: str, run: str) -> dict[str, str | None]:
    """The condition of a command for each place in which this can be said of it."""
    small = said[:1].lower() + said[1:]
    steps = {
        place: only(_ABOVE + form.format(said=said, small=small, title=title, run=run)).steps
        for place, form in PLACES.items()
    }
    found = {name: [step for step in every if step.command is not None] for name, every in steps.items()}
    assert [len(one) for one in found.values()] == [1] * len(PLACES)
    return {name: one[0].condition for name, one in found.items()}


@pytest.mark.parametrize("said", CONDITIONS)
def test_a_condition_is_kept_wherever_it_stands(said: str) -> None:
    """Nothing with a condition is run unasked, be the condition before the command, behind it, above it or below."""
    found = conditions(said, "Restart the mill", "systemctl restart mill")
    assert [place for place, condition in found.items() if not condition] == []


@pytest.mark.parametrize("said", REMARKS)
def test_a_remark_takes_no_look_from_the_responder(said: str) -> None:
    """A sentence that limits nothing is no condition, wherever it stands."""
    found = conditions(said, "Look at the mill", "systemctl status mill")
    assert {place: condition for place, condition in found.items() if condition} == {}
