"""The draft of a report and the final one, rhythms that are of something else, and lines that name nobody to call."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def _due(text: str) -> float | None:
    due = compile_runbook(text).postmortem.due
    return due.seconds if due is not None else None


_DAY = 86_400

_STAGES = [
    ("Post-mortem", "- T+24h: draft post-mortem\n- T+3d: review meeting\n- T+14d: post-mortem published\n"),
    ("Post-mortem", "- Draft within 24 hours\n- Published within 14 days\n"),
    ("After the incident", "- Preliminary post-mortem within 24 hours.\n- Final post-mortem within 14 days.\n"),
    ("Post-mortem", "- Borrador del post-mortem en 24 horas\n- Post-mortem definitivo en 14 días\n"),
    ("Post-mortem", "- Entwurf des Post-mortems innerhalb von 24 Stunden\n- Veröffentlichung innerhalb von 14 Tagen\n"),
]


@pytest.mark.parametrize(("title", "lines"), _STAGES)
def test_the_report_is_due_when_it_is_final(title: str, lines: str) -> None:
    """A draft comes before it, and is not what a team is late with."""
    assert _due(f"# Mill\n## {title}\n{lines}") == 14 * _DAY


@pytest.mark.parametrize(
    "lines",
    [
        "- Draft the post-mortem within 2 days\n",
        "- Draft post-mortem within 2 days\n- Close its tasks within 30 days\n",
    ],
)
def test_a_draft_is_due_where_nothing_is_said_of_the_final_report(lines: str) -> None:
    """ "Draft the post-mortem within 2 days" is the one deadline that there is."""
    assert _due(f"# Mill\n## Post-mortem\n{lines}") == 2 * _DAY


@pytest.mark.parametrize(
    "line",
    [
        "- Re-evaluate severity every 30 minutes",
        "- Reassess the situation every 30 minutes",
        "- Reavaliar a severidade a cada 30 minutos",
        "- Réévaluer la gravité toutes les 30 minutes",
        "- Status page updates: within 30 minutes",
    ],
)
def test_how_often_a_severity_is_looked_at_again_is_no_rhythm_of_updates(line: str) -> None:
    """Neither is a time by which the first update is out."""
    book = compile_runbook(f"# Mill\n## Communication\n{line}\n- Post an update every 2 hours\n")
    assert [one.every.seconds for one in book.cadences] == [7200]


@pytest.mark.parametrize(
    "title", ["Hourly update (T+1h, T+2h, …)", "Hourly updates (T+1h and every hour after)", "Hourly update (+1h)"]
)
def test_marks_of_a_timeline_behind_a_rhythm_are_passed_over(title: str) -> None:
    """What stands in the bracket says when each of them is, and no other thing to do."""
    book = compile_runbook(f"# Mill\n## Communication\n### {title}\nPost what is known.\n")
    assert [one.every.seconds for one in book.cadences] == [3600]


def test_a_frequency_that_says_within_is_still_a_rhythm() -> None:
    """ "Update frequency" says what it is, whatever word stands before the time."""
    book = compile_runbook("# Mill\n## Communication\n- Update frequency: within 30 minutes\n")
    assert [one.every.seconds for one in book.cadences] == [1800]


@pytest.mark.parametrize(
    "line",
    [
        "- Grain portal status: https://status.grain.example",
        "- Grain Portal Status Page: https://status.grain.example",
        "- [Grain portal system status](https://status.grain.example)",
        "- Grano, página de estado: https://grain.example/estado",
    ],
)
def test_where_the_state_of_something_is_looked_up_is_nobody_to_call(line: str) -> None:
    """A status page answers no telephone; "support" beside it does."""
    text = f"# Mill\n## Contacts\n- On-call: ana@mill.example\n{line}\n- Grain support: https://help.grain.example\n"
    contacts = [one.name for one in compile_runbook(text).contacts]
    assert contacts == ["On-call", "Grain support"]


def test_a_page_without_its_scheme_is_a_way_to_a_vendor() -> None:
    """With a path it is a page; a machine, a file and a word are none."""
    text = "# Mill\n## Vendor contacts\n- Grain support: grain.example/support\n- Flour support: see FLOUR.md\n"
    first, second = compile_runbook(text).contacts
    assert [(one.type, one.value) for one in first.channels] == [("url", "grain.example/support")]
    assert second.channels == ()


@pytest.mark.parametrize(
    "line",
    ["**Documento mantido por:** Equipe SRE", "**Document maintained by:** Equipe SRE", "Gepflegt von: Equipe SRE"],
)
def test_who_keeps_the_document_is_its_owner_and_no_contact(line: str) -> None:
    """Nobody rings the team that keeps the words for an oven that burns."""
    book = compile_runbook(f"# Mill\n## Contacts\n- On-call: Ana, ana@mill.example\n\n{line}\n**Version:** 2\n")
    assert [one.name for one in book.contacts] == ["On-call"]
    assert book.review.owner == "Equipe SRE"
