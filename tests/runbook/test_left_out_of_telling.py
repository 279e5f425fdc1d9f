"""What says that somebody is not told, or only by leave, is no duty, whatever its words are."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import CommunicationRule
from tocsin.runbook.telling import audience_of


def _duties(body: str, title: str = "Communication") -> tuple[CommunicationRule, ...]:
    return compile_runbook(f"# Mill\n\n## {title}\n\n{body}").communication


@pytest.mark.parametrize(
    ("title", "items"),
    [
        ("Communication", ["Leave bakers and customers out of it", "No external discussion without authorization"]),
        ("Communication", ["Refrain from contacting customers", "External words only with CEO approval"]),
        ("Communication", ["Keep this internal until the owner has read it", "Users must not be told"]),
        ("Kommunikation", ["Kunden außen vor lassen", "Keine externe Kommunikation ohne Freigabe"]),
        ("Comunicación", ["Dejar a los clientes fuera", "No hablar con la prensa"]),
        ("Communication", ["Tenir les clients à l'écart", "Aucune communication externe sans validation"]),
        ("連絡", ["顧客には知らせない", "外部には話さない"]),
    ],
)
def test_to_leave_somebody_out_is_no_duty(title: str, items: list[str]) -> None:
    """In a list of a chapter on communication."""
    assert not _duties("".join(f"- {item}\n" for item in items), title)


def test_a_table_of_audiences_leaves_those_out_who_are_not_told() -> None:
    """And keeps the others."""
    rows = "| Customers | Leave out until resolved |\n| Support | Tell at once |\n| Media | No contact |\n"
    assert [one.text for one in _duties(f"| Audience | What |\n|---|---|\n{rows}")] == ["Support: Tell at once"]


def test_a_paragraph_keeps_the_sentences_that_tell() -> None:
    """Without those beside them that say whom not to tell, and with the audience of what is left."""
    (duty,) = _duties("Customers are not told. Do not inform users. Notify the board.\n")
    assert (duty.text, duty.audience) == ("Notify the board.", "executives")


@pytest.mark.parametrize(
    "text",
    [
        "Data read without authorization: tell legal within 24 h",
        "Tell support in 15 minutes",
        "Inform the bakers at once",
        "Notify customers",
    ],
)
def test_a_duty_without_a_denial_stays_one(text: str) -> None:
    """Whoever it names is told."""
    assert [one.text for one in _duties(f"- {text}\n")] == [text]


def test_what_the_press_hears_is_public_and_its_officer_is_one_of_ours() -> None:
    """The media stand with the customers, who read the same."""
    assert audience_of("Notify prominent media outlets") == "customers"
    assert audience_of("Inform the press officer") == "internal"
