"""Sentences with the words of a precondition that ask nobody, tell nobody and hold nothing ready."""

from __future__ import annotations

import pytest

from tests.runbook.asked import only
from tocsin.runbook.procedure.preconditions import precondition_in

OF_THINGS = """
First verify the rollout with the CLI
Check the queue with kubectl first
Call the health endpoint before you go on
Let the sieve run empty first
Ask yourself first whether it is worth it
Frage zuerst den Status ab
Melden Sie sich zuerst am Mahlwerk an
Appelez d'abord l'API de la meule
Vérifiez d'abord la meule avec kubectl
La personne de garde doit avoir un badge
Primero compruebe el molino con kubectl
Informe de estado antes del arranque
Ten snapshots are kept
El panel tarda en abrirse
Verifica prima la macina con kubectl
Onde o moinho fica
Primeiro ligue o motor
Controleer eerst de molen met kubectl
Najpierw potwierdź status w panelu
Сначала уточните статус с помощью панели
Wo die Mühle steht
Waar de molen staat
""".strip().split("\n")

OF_PEOPLE = """
Confirm with Sam first
Clear it with the head of milling first
Ask before the server is stopped
Let the duty miller know first
Notify the queue owners first
Sprechen Sie sich vorher mit der Leitung ab
Melden Sie sich vorher bei der Leitstelle
Vorher mit der Leitung abstimmen
Assurez-vous que personne n'écrit
Confirme primero con el jefe de turno
Bel eerst de leiding
Önce müdüre danışın
İstek gelirse
請先與主管確認
""".strip().split("\n")


@pytest.mark.parametrize("sentence", OF_THINGS)
def test_nobody_is_asked(sentence: str) -> None:
    """A program, an endpoint or a state is no one whose word one waits for; so are words that look like another's."""
    assert precondition_in(sentence) is None


@pytest.mark.parametrize("sentence", OF_PEOPLE)
def test_somebody_is_asked(sentence: str) -> None:
    """People are, also those with the name of a program, and where a thing stands in the same sentence."""
    assert precondition_in(sentence) == sentence


def test_what_is_to_be_done_first_is_not_asked_of_what_stands_above_it() -> None:
    """ "Ask the lead first" between two commands below lines of their own limits the second one."""
    text = (
        "# Mill handbook\n\n## Incident: Mill stands still\n\nStart it:\n\n```bash\nsystemctl restart mill\n```\n\n"
        "Ask the lead first.\n\n```bash\nsystemctl restart oven\n```\n"
    )
    said = {step.command.text: step.condition for step in only(text).steps if step.command is not None}
    assert said == {"systemctl restart mill": None, "systemctl restart oven": "Ask the lead first"}


def test_what_is_to_be_done_first_holds_for_all_where_it_stands_last() -> None:
    """Below the last command it is about those above it: a writer's afterthought is a condition all the same."""
    text = (
        "# Mill handbook\n\n## Incident: Mill stands still\n\nStart it:\n\n```bash\nsystemctl restart mill\n```\n\n"
        "Ask the lead first.\n"
    )
    assert [step.condition for step in only(text).steps if step.command is not None] == ["Ask the lead first"]
