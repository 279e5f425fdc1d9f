"""The team's answers in its own document: read, reviewed, and written without harm to the rest."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.runbook.conftest import compiled
from tocsin.errors import Conflict
from tocsin.incident.answered import FIELDS, answer_words
from tocsin.incident.planning import plan_response
from tocsin.runbook.answer_list import with_answers
from tocsin.runbook.answers.forms import FORMS
from tocsin.runbook.answers.hours import read_hours
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import written
from tocsin.runbook.playbook import BlockFate, Finding, Playbook
from tocsin.settings.declared import SETTINGS

SCALE = "# R\n\n## Severity levels\n\n- **P0 - Critical**: all (Response: immediate)\n- **P1 - High**: some\n"
EXAMPLES = sorted((ROOT / "examples" / "runbooks").glob("*.md"))
OTHERS = {
    "escalate_after": "11 min",
    "immediate_means": "4 min",
    "acknowledgement_lapses_after": "41 min",
    "page_again_after": "6 min",
    "strictest": "yes",
    "first_responder": "The *watch* in `Oslo`",
    "business_hours": "Mon-Fri 08:00 to 16:00 Europe/Oslo",
}
"""An answer to each question that is asked, none of them the one that is assumed."""


def with_section(*items: str, before: str = SCALE) -> Playbook:
    """A document that ends with a section of these lines."""
    return compile_runbook("\n".join([before, "## Answers for Tocsin", "", *items]) + "\n")


def findings_of(playbook: Playbook) -> list[Finding]:
    """Those about answers."""
    return [one for one in playbook.findings if one.code in ("TOC116", "TOC117")]


def answered(text: str | bytes, **answers: str) -> bytes:
    """The document with these answers written into it."""
    data = text.encode() if isinstance(text, str) else text
    return with_answers(written(data, "R.md"), "R.md", answers).data()


def bare(playbook: Playbook) -> Playbook:
    """A playbook without what has to change with the words of its document."""
    blocks = tuple(one for one in playbook.blocks if one.became != "answers")
    source = replace(playbook.source, sha256="", lines=0)
    return replace(playbook, id="", source=source, answers=(), blocks=blocks)


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        "- `escalate_after`: 10 minutes",
        "* **escalate_after**: 10 min",
        "1. Escalate after: `PT10M`",
        "- [x] escalate-after: 600 s",
    ],
)
def test_an_answer_is_read_however_the_item_is_marked(item: str) -> None:
    """Backticks, bold or nothing; any bullet; the name as the setting has it or in words."""
    (one,) = with_section(item).answers
    assert (one.key, answer_words(one), one.problem, one.lines) == ("escalate_after", "10 min", "", (10, 10))


def test_every_setting_of_the_assume_table_can_be_answered_in_the_document() -> None:
    """One list of questions: the settings, the document and the plan cannot come to differ."""
    assume = {one.parts[-1] for one in SETTINGS if one.path.startswith("service.<key>.assume.")}
    assert assume == set(FORMS) == set(FIELDS)


@pytest.mark.parametrize("key", FORMS)
def test_the_example_of_a_form_is_read_by_it(key: str) -> None:
    """What a finding tells somebody to write is understood."""
    (one,) = with_section(f"- `{key}`: {FORMS[key].example.replace('P4, P5', 'P0, P1')}").answers
    assert one.problem == ""
    assert answer_words(one)


def test_an_answer_is_nothing_else() -> None:
    """ "page_again_after: 5 min" is no cadence, a first responder no contact, and the section no procedure."""
    items = ["The answers:", *(f"- `{key}`: {text}" for key, text in OTHERS.items())]
    assert bare(with_section(*items)) == bare(compile_runbook(SCALE))


def test_the_section_counts_as_understood() -> None:
    """`check` says what became of it: the list is understood, words around it are kept, a table is not read."""
    playbook = with_section("What we decided.", "", "- `strictest`: yes", "", "| a | b |", "|---|---|", "| c | d |")
    assert [(one.became, one.fate) for one in playbook.blocks[-3:]] == [
        ("answers", BlockFate.REFERENCE),
        ("answers", BlockFate.UNDERSTOOD),
        ("text", BlockFate.UNMAPPED),
    ]
    assert playbook.stats.blocks - playbook.stats.understood == 1


@pytest.mark.parametrize(
    ("text", "days"),
    [("Mon-Fri", {0, 1, 2, 3, 4}), ("fri to mon", {4, 5, 6, 0}), ("Tue, Thursday", {1, 3}), ("Sun", {6})],
)
def test_hours_are_days_times_and_a_zone(text: str, days: set[int]) -> None:
    """Ranges that go round the week, lists, and single days."""
    assert read_hours(f"{text} 09:00 to 24:00 Europe/Oslo").days == days


@pytest.mark.parametrize(
    "text", ["weekdays", "Mon-Fri 9 to 5", "Mon-Fri 09:00-17:00", "Mon 09:00-25:00 UTC", "Mon 09:00-17:00 Mars/Base"]
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    """Hours without a zone mean another time to everybody who reads them."""
    with pytest.raises(ValueError, match=r"hours|time"):
        read_hours(text)


# --- findings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("- `escalate_after`: soon", "'soon' is no span of time"),
        ("- `strictest`: perhaps", "must be true or false"),
        ("- `no_page`: P1, P7", "the document defines no severity 'P7'"),
        ("- `business_hours`: 9 to 5", "are no hours"),
        ("- `first_responder`:", "nothing is answered"),
    ],
)
def test_an_answer_that_says_nothing_is_an_error_at_its_line_and_counts_for_nothing(item: str, why: str) -> None:
    """TOC116: what holds is what the plan assumes, never half of an answer."""
    playbook = with_section("- `immediate_means`: 3 min", item)
    (one,) = findings_of(playbook)
    assert (one.code, one.line, one.severity) == ("TOC116", 11, "error")
    assert why in one.message
    assert plan_response(playbook, "r") == replace(
        plan_response(with_section("- `immediate_means`: 3 min"), "r"),
        id=plan_response(playbook, "r").id,
        playbook=playbook.id,
    )


def test_of_two_answers_to_one_question_the_first_holds_and_the_second_is_found() -> None:
    """TOC116: both lines are named."""
    playbook = with_section("- `escalate_after`: 10 min", "- `escalate_after`: 20 min")
    (one,) = findings_of(playbook)
    assert (one.code, one.line) == ("TOC116", 11)
    assert "line 10 answers it already" in one.message
    assert [answer_words(each) for each in playbook.answers if not each.problem] == ["10 min"]


def test_an_answer_to_no_question_is_an_error_that_names_the_nearest() -> None:
    """TOC117: a misspelt name would leave a decision without effect."""
    misspelt, note = findings_of(with_section("- `escalate_affter`: 10 min", "- ask Bo about this"))
    assert (misspelt.code, misspelt.line, misspelt.fix) == ("TOC117", 10, "Write `escalate_after`.")
    assert (note.code, note.line) == ("TOC117", 11)
    assert "page_again_after" in note.fix


# --- writing ------------------------------------------------------------------------------------------------


def test_the_section_is_made_at_the_end_and_the_rest_stays() -> None:
    """One blank line, the heading, a sentence, the items."""
    text = answered(SCALE, escalate_after="10 minutes", strictest="yes").decode()
    assert text.startswith(f"{SCALE}\n## Answers for Tocsin\n\nWhat Tocsin asked")
    assert text.endswith("\n\n- `escalate_after`: 10 minutes\n- `strictest`: yes\n")


@pytest.mark.parametrize(
    ("mark", "encoding"), [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")]
)
def test_encoding_mark_and_line_ends_are_kept(mark: bytes, encoding: str) -> None:
    """A document of Windows stays one, byte for byte, and a last line without an end gets its own kind."""
    data = mark + (SCALE.replace("\n", "\r\n") + "Grüße\r\nEnde").encode(encoding)
    after = answered(data, first_responder="Bereitschaft für Züge")
    assert after.startswith(data + "\r\n\r\n## ".encode(encoding))
    text = after.removeprefix(mark).decode(encoding)
    assert "\n" not in text.replace("\r\n", "")
    assert text.endswith("- `first_responder`: Bereitschaft für Züge\r\n")


def test_a_second_time_the_list_is_kept_in_place() -> None:
    """New items follow the others, also where more of the document follows, and nothing is written twice."""
    middle = f"{SCALE}\n## Answers for Tocsin\n\n* `strictest`: no\n  - said Bo\n\n## Contacts\n\n- Bo: bo@shop.test\n"
    text = answered(middle, escalate_after="10 min").decode()
    assert text == middle.replace("  - said Bo\n", "  - said Bo\n- `escalate_after`: 10 min\n")
    assert answered(text) == text.encode()


def test_an_item_that_could_not_be_used_is_set_right_where_it_stands() -> None:
    """The finding goes away with the answer; the item's own bullet and what is nested below it stay."""
    text = f"{SCALE}\n## Answers for Tocsin\n\n* `escalate_after`: soon,\n  or later\n  - ask Bo\n* `strictest`: no\n"
    after = answered(text, escalate_after="10 min").decode()
    assert after == text.replace("soon,\n  or later", "10 min")
    assert findings_of(compile_runbook(after)) == []


def test_a_heading_without_a_list_gets_one() -> None:
    """No second section beside an empty one."""
    after = answered(f"{SCALE}\n## Answers for Tocsin\n", strictest="yes").decode()
    assert after.count("Answers for Tocsin") == 1
    assert compile_runbook(after).answers[0].key == "strictest"


@pytest.mark.parametrize("tail", ["\n```bash\ndf -h\n", "\n<!-- later\n", "\n~~~\n## Answers for Tocsin\n"])
def test_nothing_is_written_where_it_could_not_be_read_back(tail: str) -> None:
    """At the end of an open code block a section would be text; the error says where to look."""
    with pytest.raises(Conflict, match="never closed"):
        answered(SCALE + tail, strictest="yes")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_what_is_written_is_read_back_or_refused(text: str) -> None:
    """Whatever somebody types: it is the same when it is read, or nothing is written."""
    try:
        after = answered(SCALE, first_responder=text)
    except Conflict:
        return
    (one,) = compile_runbook(after).answers
    assert one.text == " ".join(text.split())


def closed(playbook: Playbook) -> bool:
    """Whether a plan of this playbook asks nothing that a value could answer."""
    asked = [one for one in plan_response(playbook, "r").assumptions if not one.accepted]
    return not [one for one in asked if one.key.split(".")[1] in FORMS]


def round_trip(path: Path) -> None:
    """Answer every question of a document in it, and compare."""
    before = compiled(path)
    asked = {one.key.split(".")[1] for one in plan_response(before, "r").assumptions} & FORMS.keys()
    assert asked
    data = answered(path.read_bytes(), **{key: OTHERS[key].replace("`", "") for key in asked})
    after = replace(compile_runbook(data, path=path.name, today=None), findings=before.findings)
    assert bare(after) == bare(before)
    assert after.stats.understood - before.stats.understood == after.stats.blocks - before.stats.blocks == 2
    assert closed(after)
    assert {one.key for one in after.answers} == asked
    assert answered(data) == data


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_our_own_runbooks_take_their_answers_and_are_read_as_before(path: Path) -> None:
    """Nothing of the reading changes but that the questions are answered."""
    round_trip(path)


def test_the_five_real_runbooks_take_their_answers_and_are_read_as_before(runbooks_dir: Path) -> None:
    """The same for what teams really wrote, in every step and line."""
    for path in sorted(runbooks_dir.glob("*.md")):
        round_trip(path)
