"""Incidents in layouts of their own: parts behind dashes or below items, cards in quotes, definitions, questions."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure


def incidents(text: str) -> list[Procedure]:
    return [one for one in compile_runbook(text).procedures if one.kind in ("incident", "alert")]


def read(text: str) -> list[tuple[str, list[str], list[str]]]:
    """(title, symptoms, steps) of each incident."""
    return [
        (one.title, [sign.text for sign in one.symptoms], [step.title for step in one.steps]) for one in incidents(text)
    ]


@pytest.mark.parametrize("dash", ["-", "–", "—", "→"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_dash_sets_a_part_off_as_a_colon_does(dash: str, between: str) -> None:
    """ "Symptom – the belt stands" and "Fix – press reset", on two lines or in two paragraphs."""
    text = f"# Mill\n\n## Belt\n\nSymptom {dash} the belt stands{between}Fix {dash} press the reset button\n"
    assert read(text) == [("Belt", ["the belt stands"], ["press the reset button"])]


def test_one_dash_alone_is_no_label() -> None:
    """ "Check – and check again" is a sentence."""
    text = "# Mill\n\n## Oven down\n\n1. Open the flue\n\nCheck – and check again.\n"
    assert "Check – and check again." in [step.title for one in incidents(text) for step in one.steps]


CARDS = [("Lift stands", ["Panel shows E12"], ["Ring the bell"]), ("Gate shut", ["Lamp is off"], ["Open it by hand"])]


@pytest.mark.parametrize("title", ["Ski lift", "Ski lift runbook"])
@pytest.mark.parametrize("colon", ["", ":"])
@pytest.mark.parametrize("mark", ["1.", "-"])
def test_items_with_the_parts_of_an_incident_below_them_are_incidents(mark: str, colon: str, title: str) -> None:
    """No heading stands above them but that of the document, and nothing is in bold."""
    nested = "".join(
        f"{mark} {name}\n   - Symptoms{colon}\n     - {sign}\n   - Steps{colon}\n     1. {step}\n"
        for name, (sign,), (step,) in CARDS
    )
    assert read(f"# {title}\n\n{nested}") == CARDS


def test_a_list_of_definitions_may_tell_incidents() -> None:
    """A term is the incident where what stands below it begins with "Symptom:"."""
    text = "# Greenhouse notes\n\n" + "".join(
        f"{title}\n:   Symptom: {sign}.\n:   {step}.\n\n" for title, (sign,), (step,) in CARDS
    )
    assert read(text) == [(title, [f"{sign}."], [f"{step}."]) for title, (sign,), (step,) in CARDS]


def test_the_parts_of_an_incident_may_be_terms() -> None:
    """ "Symptoms" and ": Panel shows E12" below it."""
    text = "# Ski lift\n\n## Lift stands\n\nSymptoms\n: Panel shows E12\n\nFix\n: 1. Ring the bell\n"
    assert read(text) == CARDS[:1]


def test_a_card_in_a_quote_is_an_incident() -> None:
    """Its heading stands in the quote, and so do its parts; a message in a quote has none of those."""
    cards = "".join(f"> ### {title}\n> **You see:** {sign}\n> **Do:** {step}\n\n" for title, (sign,), (step,) in CARDS)
    assert read(f"# Zoo cards\n\n{cards}") == CARDS
    assert read("# Zoo\n\n## Messages\n\n> ### Lift stands\n> Dear guest, the lift stands.\n") == []


@pytest.mark.parametrize(
    "first",
    [
        "Fires when a kiln is above 1300 degrees.",
        "This alert triggers if a kiln is above 1300 degrees.",
        "Se dispara cuando un horno pasa de 1300 grados.",
        "Se déclenche quand un four dépasse 1300 degrés.",
        "Wird ausgelöst, wenn ein Ofen über 1300 Grad hat.",
        "窯が1300度を超えると発火",
    ],
)
def test_when_an_alert_is_raised_is_what_it_shows(first: str) -> None:
    """The first sentence below its name says so: it is nothing to do, and no condition of anything."""
    ((title, signs, steps),) = read(f"# Alerts\n\n## KilnTemperatureHigh\n\n{first}\n\n1. Close the valve\n")
    assert (title, signs, steps) == ("KilnTemperatureHigh", [first], ["Close the valve"])


def test_a_question_on_what_to_do_is_an_incident() -> None:
    """Under any title, not only below "FAQ"; a question on how things are, or on whom to call, is no incident."""
    text = (
        "# Dome\n\n## What do I do if the dome does not close?\n\n1. Pull the lever\n\n## What if the lead does not "
        "answer?\n\n1. Ring the owner\n\n## Where are the keys?\n\nIn the box.\n"
    )
    assert read(text) == [("What do I do if the dome does not close?", [], ["Pull the lever"])]


def test_a_column_beside_what_to_do_asks_for_nothing() -> None:
    """Who owns it, where it is seen and how long it takes are no steps: only "Fix" is to be done."""
    text = (
        "# Mill\n\n## Known issues\n\n| Symptom | Cause | Fix | Owner | Dashboard | Time to fix |\n"
        "|---|---|---|---|---|---|\n"
        "| Oven is down | Burner out | Relight it | Bakery crew | Grafana | 10 min |\n"
    )
    (one,) = incidents(text)
    said = [(str(step.kind), step.title) for step in one.steps]
    assert ("manual", "Relight it") in said
    assert [title for kind, title in said if kind != "reference"] == ["Relight it"]
    assert "10 min" not in [title for _kind, title in said]


def test_signals_with_a_threshold_and_an_action_are_incidents() -> None:
    """ "Signal | Source | Threshold | Action": the threshold is what shows."""
    text = (
        "# Mill\n\n## Signals\n\n| Signal | Source | Threshold | Action |\n|---|---|---|---|\n"
        "| Oven heat | Grafana | < 100 degrees | Relight the burner |\n| Belt speed | Logs | 0 | Press reset |\n"
    )
    assert [(title, signs) for title, signs, _steps in read(text)] == [
        ("Oven heat", ["< 100 degrees"]),
        ("Belt speed", ["0"]),
    ]


def test_paragraphs_of_a_document_on_what_breaks_are_incidents() -> None:
    """ "When things break" behind the name of the service, and every paragraph begins with a name in bold."""
    text = (
        "# The radio – when things break\n\n**Dead air.** Switch the desk.\n\n**Transmitter off.** Call the site.\n\n"
        "**Stream stutters.** Run `streamctl bounce`.\n"
    )
    assert [one.title for one in incidents(text)] == ["Dead air", "Transmitter off", "Stream stutters"]
