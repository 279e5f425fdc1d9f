"""The same escalation in any layout and language: from one set of facts the same people, in one order, at one time."""

from __future__ import annotations

import itertools

import pytest

from tests.runbook.escalation_layouts import GRIDS, LADDERS_BELOW, LAYOUTS, Call, told
from tests.runbook.escalation_words import CASTS, TONGUES, Tongue
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel

LADDERS = ((0, 15, 30, 60), (0, 10, 45))
"""Minutes after the start at which one after the other is called."""
TRIED = TONGUES | CASTS
UNREAD = {
    # Without a word for somebody a name beside a bare time, or in a drawing without arrows, may be any other thing.
    ("T+ in code", "en, names"),
    ("columns in code", "en, names"),
    ("bullets of bare names", "en, names"),
    ("bold level above its list", "en, names"),
    ("headings of ranks", "en, names"),
    ("arrows from one to the next", "en, names"),
    ("table from one to the next", "en, names"),
    # Where most lines count tiers, one that counts none is what is said of the tier above it.
    ("tree in code", "en, tiers"),
}
"""Layouts and people that are known to be read as something else. A pair that is read belongs here no longer."""


def _called(levels: tuple[EscalationLevel, ...]) -> list[Call]:
    """Whom a chain calls when; a language writes the same name large or small."""
    return [("+".join(one.targets).casefold(), (one.after.seconds or 0) // 60 if one.after else 0) for one in levels]


def _small(calls: list[Call]) -> list[Call]:
    return [(who.casefold(), after) for who, after in calls]


def _escalation(tongue: Tongue, text: str) -> list[Call]:
    return _called(compile_runbook(f"# Kiln\n\n## {tongue.title}\n\n{text}\n").escalation_levels)


@pytest.mark.parametrize("code", TRIED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_says_the_same_escalation(layout: str, code: str) -> None:
    """Nobody is lost, added or called at another time because a team draws its escalation in another way."""
    tongue = TRIED[code]
    same = []
    for ladder in LADDERS:
        calls = list(zip(tongue.people, ladder, strict=False))
        text = LAYOUTS[layout](tongue, calls)
        read = _escalation(tongue, text)
        same.append(read == _small(calls))
        assert same[-1] or (layout, code) in UNREAD, f"{text}\n\n{read}"
    assert not all(same) or (layout, code) not in UNREAD, "read now: take it out of UNREAD"


@pytest.mark.parametrize(
    ("code", "telling"), [(code, n) for code, tongue in TRIED.items() for n in range(len(tongue.tellings))]
)
def test_prose_says_the_same_escalation(code: str, telling: int) -> None:
    """Sentences about an answer that does not come, or a time that somebody has, say the times that a table says."""
    tongue = TRIED[code]
    for ladder in LADDERS:
        calls = list(zip(tongue.people, ladder, strict=False))
        text = told(tongue, calls, telling)
        assert _escalation(tongue, text) == _small(calls), text


@pytest.mark.parametrize("code", TRIED)
@pytest.mark.parametrize("layout", GRIDS | LADDERS_BELOW)
def test_a_layout_says_the_same_escalation_of_each_severity(layout: str, code: str) -> None:
    """Each severity has its own people, at its own times, in whichever way the two are laid out."""
    tongue = TRIED[code]
    first, second, third, fourth = tongue.people
    for upper, lower in (("P1", "P2"), ("SEV1", "SEV2")):
        ladders = {upper: [(first, 0), (second, 15), (fourth, 30)], lower: [(first, 0), (third, 30)]}
        text = (GRIDS | LADDERS_BELOW)[layout](tongue, ladders)
        scale = f"## {tongue.severity}\n\n- **{upper}**: x\n- **{lower}**: y\n"
        playbook = compile_runbook(f"# Kiln\n\n{scale}\n## {tongue.title}\n\n{text}\n")
        read = [_called(playbook.escalation_levels), _called(playbook.escalation_by_severity.get(lower, ()))]
        assert read == [_small(calls) for calls in ladders.values()] or (layout, code) in UNREAD, text


def _column(tongue: Tongue, chapter: str, title: str, cell: str, *, last: bool) -> list[Call]:
    """Whom a scale calls that has a column of people with this cell for its highest severity."""
    first, second = (["P1", "x", cell], ["P2", "y", tongue.people[0]])
    heads = [tongue.head_severity, "#", title]
    rows = [heads, ["---"] * 3, first, second]
    rows = rows if last else [[one, who, what] for one, what, who in rows]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    playbook = compile_runbook(f"# Kiln\n\n## {chapter}\n\n{text}\n")
    assert _called(playbook.escalation_by_severity["P2"]) == _small([(tongue.people[0], 0)]), text
    return _called(playbook.escalation_levels)


@pytest.mark.parametrize("last", [True, False], ids=["last", "second"])
@pytest.mark.parametrize("code", TONGUES)
def test_a_column_of_people_says_whom_each_severity_calls(code: str, last: bool) -> None:
    """Whatever a scale calls the column, in its own chapter or in that of the escalation, somebody is called."""
    tongue = TONGUES[code]
    for chapter, title in itertools.product((tongue.severity, tongue.title), tongue.columns):
        read = _column(tongue, chapter, title, tongue.people[1], last=last)
        assert read == _small([(tongue.people[1], 0)]), (chapter, title)


@pytest.mark.parametrize("code", TONGUES)
def test_a_cell_of_several_people_calls_them_together_or_in_turn(code: str) -> None:
    """A comma is no order: nobody waits unsaid for the others; an arrow or a "then" is one."""
    tongue = TONGUES[code]
    called = tongue.people[:3]
    for chapter, title in itertools.product((tongue.severity, tongue.title), tongue.columns[:3]):
        for sign in tongue.beside:
            read = _column(tongue, chapter, title, sign.join(called), last=True)
            assert read == _small([("+".join(called), 0)]), (chapter, title, sign)
        for sign in tongue.turns:
            read = _column(tongue, chapter, title, sign.join(called), last=True)
            assert [who for who, _after in read] == [who.casefold() for who in called], (chapter, title, sign)


@pytest.mark.parametrize("code", TONGUES)
def test_a_line_above_names_calls_all_of_them(code: str) -> None:
    """ "Escalate to:" above a list calls those in it at once, also below the reasons to do so."""
    tongue = TONGUES[code]
    called = [("+".join(tongue.people), 0)]
    for line, reasons in itertools.product(tongue.calls, ("", "- x\n- y\n\n")):
        text = f"{reasons}**{line}**\n\n{chr(10).join(f'- {who}' for who in tongue.people)}"
        assert _escalation(tongue, text) == _small(called), text


@pytest.mark.parametrize("title", ["Escalation path", "Escalation chain", "Call order"])
def test_a_column_of_a_path_is_in_turn_with_commas_too(title: str) -> None:
    """Who stands behind a comma of a path comes after the one before."""
    read = _column(TONGUES["en"], "Escalation", title, "Duty engineer, team lead", last=True)
    assert read == [("duty engineer", 0), ("team lead", 0)]


def test_what_is_known_to_be_unread_is_a_layout_and_a_language() -> None:
    """The list of what is not read names nothing that is not tried."""
    assert set(itertools.product((*LAYOUTS, *GRIDS, *LADDERS_BELOW), TRIED)) >= UNREAD
