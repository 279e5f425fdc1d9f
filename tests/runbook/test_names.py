"""Names that a document gives: keys of procedures, and the names of levels in a text."""

from __future__ import annotations

import pytest

from tocsin.runbook.identity import unique
from tocsin.runbook.scale import coded_names
from tocsin.runbook.words import unaccented, vocabulary


def test_equal_titles_are_counted_from_two_on() -> None:
    """A key is given once; a title that is spelled like a counted one keeps the next number that is free."""
    taken: dict[str, int] = {}
    said = ["disk-full", "disk-full", "disk-full-3", "disk-full", "disk-full-3", "disk-full-3-2", "disk-full"]
    given = [unique(key, taken) for key in said]
    assert given == [
        "disk-full",
        "disk-full-2",
        "disk-full-3",
        "disk-full-4",
        "disk-full-3-2",
        "disk-full-3-2-2",
        "disk-full-5",
    ]


@pytest.mark.parametrize("between", ["", "-", " ", "_", "\u2013"])
def test_no_name_of_a_level_is_passed_over(between: str) -> None:
    """What is looked at before the whole pattern is tried only leaves out texts in which no level is named."""
    nouns = vocabulary().words["severity_name"].spaced
    names = [f"{noun}{between}{number}" for noun in nouns for number in (*range(1, 6), "II")]
    names = [name for name in names if not name.endswith("II") or (between and between != "\u2013" and len(name) > 5)]
    lost = [name for name in names if coded_names(f"Look: {name.upper()}, please") != (name.upper(),)]
    assert not lost


@pytest.mark.parametrize("text", ["page 3 of P1.5", "SEV-10%", "#p1", "disk2full", "at 5 o'clock", "web-1a"])
def test_other_numbers_are_no_levels(text: str) -> None:
    """A digit beside a letter does not make a level."""
    assert not coded_names(text)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Deteccion", "detection"),
        ("Contencion", "mitigation"),
        ("Mitigacao", "mitigation"),
        ("Diagnostico", "investigation"),
    ],
)
def test_a_title_without_its_accents_is_the_same_title(title: str, kind: str) -> None:
    """Many type Spanish, Portuguese or French on an English keyboard."""
    match = vocabulary().phases.best(title)
    assert match is not None
    assert (match.kind, match.coverage) == (kind, 1.0)


def test_an_umlaut_is_typed_in_two_ways() -> None:
    """ "Störung" becomes "Stoerung" or "Storung"; a phrase of another script or without accents has no other form."""
    assert unaccented("störung") == ("stoerung", "storung")
    assert unaccented("triage") == unaccented("эскалация") == ()
