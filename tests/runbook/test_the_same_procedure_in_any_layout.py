"""The same procedure in any layout: whatever a team does to write an incident down, what is compiled is the same.

Only the layout changes from case to case, so that nothing but the layout can be the reason for another procedure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.runbook.incidents_in_words import CHAPTERS_IN, ORDERS, PREFIXES_IN, REPORTS, TILL, WORDS
from tests.runbook.layouts import (
    AROUND,
    BODIES,
    CHAPTERS,
    COLUMNS,
    CONDITIONS,
    DOCUMENTS,
    IN_BOLD,
    LABELS,
    OF_LINES,
    TITLES,
    WHOLES,
    WITHOUT_TITLES,
    Deed,
    Facts,
    Written,
    called,
    chapters_of,
    document,
    fenced,
    incident_items,
    incident_table,
    laid_out,
)
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure

ENGLISH = WORDS["en"][0]
SHORT = [TILL["en"], ORDERS]


def bare(text: str) -> str:
    """A command with its blanks and breaks made one."""
    return " ".join(text.split())


def read(procedure: Procedure) -> list[tuple[str, str, bool]]:
    """(command, effect, whether on a condition only) of each step that is run, in order."""
    run = ((step, step.command) for step in procedure.steps)
    return [(bare(command.text), command.effect.value, bool(step.condition)) for step, command in run if command]


def told(facts: Facts) -> list[tuple[str, str, bool]]:
    """The same as the facts have it."""
    return [(bare(deed.command), deed.effect, bool(deed.only)) for deed in facts.deeds]


def assert_same(written: Written, facts: list[Facts]) -> None:
    """The document has these procedures and no other, each with its symptoms, its commands and its one condition."""
    text, titles = written
    procedures = compile_runbook(text).procedures
    assert [one.title for one in procedures] == titles
    assert [read(one) for one in procedures] == [told(one) for one in facts]
    assert [len(one.symptoms) for one in procedures] == [len(one.symptoms) for one in facts]


def of(body: str) -> list[Facts]:
    """The incidents that this body has a place for."""
    return [TILL["en"], REPORTS] if body in OF_LINES else SHORT


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("label", LABELS)
def test_the_parts_are_named_and_filled_in_any_way(label: str, body: str) -> None:
    """Bold, headings, folds, plain lines; blocks, lists, tables, prompts, bare lines: all say the same."""
    facts = of(body)
    assert_same(document(facts, lambda one: laid_out(one, ENGLISH, label, body)), facts)


@pytest.mark.parametrize("whole", WHOLES)
def test_a_layout_of_its_own(whole: str) -> None:
    """An outline, a quote, one block of shell, a table of parts."""
    assert_same(document(SHORT, lambda one: WHOLES[whole](one, ENGLISH)), SHORT)


@pytest.mark.parametrize("body", ["blocks", "items", "a block with comments"])
@pytest.mark.parametrize("title", TITLES)
def test_an_incident_is_named_in_any_way(title: str, body: str) -> None:
    """ "Playbook: …", "INC-001: …", the name of an alert or the symptom itself: it is one incident, by that name."""
    facts = of(body)
    assert_same(document(facts, lambda one: laid_out(one, ENGLISH, "bold", body), title), facts)


@pytest.mark.parametrize("title", ["plain", "alert", "counted", "key"])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_chapter_has_any_name(chapter: str, title: str) -> None:
    """What the chapter of incidents is called changes none of them."""
    assert_same(document(SHORT, lambda one: laid_out(one, ENGLISH, "heading", "items"), title, chapter), SHORT)


@pytest.mark.parametrize("body", ["blocks", "items", "a block with comments", "counted items"])
@pytest.mark.parametrize("label", ["bold", "heading", "plain, colon"])
@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_document_holds_incidents_in_any_way(form: str, label: str, body: str) -> None:
    """As chapters, folded, below an introduction, or as a document of one incident."""
    written = DOCUMENTS[form](SHORT, lambda one: laid_out(one, ENGLISH, label, body))
    assert_same(written, SHORT[: len(written[1])])


@pytest.mark.parametrize("body", ["blocks", "items", "a block with comments", "counted items"])
@pytest.mark.parametrize("label", ["bold", "plain, colon"])
@pytest.mark.parametrize("form", IN_BOLD)
def test_a_title_in_bold_is_none_of_its_parts(form: str, label: str, body: str) -> None:
    """Where titles and parts are both lines in bold, the words of the parts tell them apart."""
    assert_same(chapters_of(form)(SHORT, lambda one: laid_out(one, ENGLISH, label, body)), SHORT)


@pytest.mark.parametrize("body", [one for one in BODIES if one not in WITHOUT_TITLES])
@pytest.mark.parametrize("form", CONDITIONS)
def test_a_condition_is_said_in_any_way(form: str, body: str) -> None:
    """In a bracket, before a colon or as an "if", it holds for its own command and for no other."""

    def said(deed: Deed) -> Deed:
        return CONDITIONS[form](deed) if deed.only else deed

    facts = [TILL["en"]]
    other = [replace(one, fixes=tuple(map(said, one.fixes))) for one in facts]
    assert_same(document(other, lambda one: laid_out(one, ENGLISH, "bold", body)), facts)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("title", ["plain", "incident", "alert", "key", "counted"])
def test_steps_alone_are_a_procedure(title: str, body: str) -> None:
    """Where nothing names the parts, and nobody wrote down a symptom, the commands are read all the same."""
    facts = [replace(one, symptoms=()) for one in of(body)]
    assert_same(document(facts, lambda one: BODIES[body](one.deeds), title), facts)


@pytest.mark.parametrize("form", ["#### {n}. {title}", "#### Step {n}: {title}", "#### {title}", "**{n}. {title}**"])
@pytest.mark.parametrize("title", ["plain", "incident", "alert", "key", "counted"])
def test_each_step_has_a_heading_of_its_own(title: str, form: str) -> None:
    """The titles of steps are no procedures."""

    def write(facts: Facts) -> str:
        said = (form.format(n=n, title=called(deed)) for n, deed in enumerate(facts.deeds, 1))
        return "".join(f"{line}\n\n{fenced(deed.command)}" for line, deed in zip(said, facts.deeds, strict=True))

    facts = [replace(one, symptoms=()) for one in (TILL["en"], REPORTS)]
    assert_same(document(facts, write, title), facts)


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("head", COLUMNS)
def test_a_row_is_an_incident(head: tuple[str, str, str], raw: bool) -> None:
    """A table of symptoms, checks and fixes holds one incident a row, by the symptom or by the alert."""
    facts = [replace(one, symptoms=one.symptoms[:1], proofs=(), undos=()) for one in SHORT]
    assert_same(incident_table(facts, head, lambda one: one.title, raw=raw), facts)
    assert_same(incident_table(facts, head, lambda one: one.alert, raw=raw), facts)


@pytest.mark.parametrize("mark", ["-", "*", "1."])
def test_an_item_is_an_incident(mark: str) -> None:
    """A list of incidents with their parts inside holds one incident an item."""
    assert_same(incident_items(SHORT, ENGLISH, mark), SHORT)


def in_languages() -> Iterator[tuple[str, int, str, str]]:
    """(language, which of its words, label, body): all words in some layouts, the first words in all."""
    for language, words in WORDS.items():
        for n in range(len(words)):
            for label in ("bold", "heading", "plain, colon", "bold, counted"):
                yield from ((language, n, label, body) for body in ("blocks", "counted items", "a table of steps"))
        yield from ((language, 0, "bold", body) for body in BODIES if body not in ("blocks", "counted items"))


@pytest.mark.parametrize(("language", "n", "label", "body"), list(in_languages()))
def test_the_words_are_of_any_language(language: str, n: int, label: str, body: str) -> None:
    """What the parts are called, and in which language the condition is said, changes nothing."""
    facts = [TILL[language]]
    assert_same(document(facts, lambda one: laid_out(one, WORDS[language][n], label, body)), facts)


@pytest.mark.parametrize("language", [one for one in WORDS if one != "en"])
def test_chapters_and_titles_are_of_any_language(language: str) -> None:
    """The word for an incident before its title, and the name of the chapter, are of that language."""
    facts = [TILL[language]]
    for chapter in CHAPTERS_IN[language]:
        for prefix in ("", "1. ", "INC-001: ", *PREFIXES_IN[language]):
            text = f"### {prefix}{facts[0].title}\n\n{laid_out(facts[0], WORDS[language][0], 'bold', 'items')}"
            assert_same((f"# X\n\n## {chapter}\n\n{text}{AROUND}", [facts[0].title]), facts)


@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("language", WORDS)
def test_a_layout_of_its_own_in_any_language(language: str, whole: str) -> None:
    """The same for the layouts that are not made of labels and bodies."""
    facts = [TILL[language]]
    assert_same(document(facts, lambda one: WHOLES[whole](one, WORDS[language][0])), facts)
