"""The commands in a sentence: which of its code spans are to be run, under which title, on which condition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from tocsin.runbook.command import sql
from tocsin.runbook.command.shell import Statement, inline_command, is_bare_program, is_script
from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.inline import Inline, Run, without_ordinal
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.grammar import any_of, article, ending, pattern, small_words
from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.cases import answer_in, case_before, case_behind, in_case, state_named
from tocsin.runbook.procedure.forbidden import is_forbidden_in, is_warned_of_in
from tocsin.runbook.procedure.place import Place, command_step, sql_step
from tocsin.runbook.procedure.provisos import (
    LONGEST_BEFORE,
    command_in,
    condition_beside,
    is_joined,
    last_sentence,
    said_around,
    under,
)
from tocsin.runbook.procedure.ways import either_or, is_or
from tocsin.runbook.stated import Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary, words_of


@pattern
def _subject() -> str:
    """Behind a command that the sentence is about, "`pg_dump` fails": it is none to run."""
    return rf"^\s*{any_of('predicate')}"


@pattern
def _only_if() -> str:
    """Before a command of which only the outcome is spoken: "If `oven on` fails", "Once `oven ls` shows it"."""
    return rf"\s*{any_of('if')}\s+"


@pattern
def _article() -> str:
    """Before a command that is a thing to speak of: "A `terraform apply` needs a second pair of eyes"."""
    return rf"\s*{article()}"


@pattern
def _trace() -> str:
    """What a command has left behind or runs as, "recent `drush cron` activity": it is looked at there."""
    return rf"^\s*{any_of('trace')}"


@pattern
def _done() -> str:
    """Before a command that was run already: "the state before you ran `helm install`", "if you have set it via"."""
    return rf"(?:{any_of('ran')}|{any_of('if')}\s+{any_of('has_done')}[^.,;:!?→。，；：]{{0,80}})\s*$"


def inline_steps(inline: Inline, place: Place, lines: Lines) -> Iterator[Step]:
    """The commands in the code spans of a sentence; a command that is what the sentence is about is not one to run."""
    if place.symptoms:
        return
    found: list[tuple[int, Step]] = []
    runs = inline.runs
    around = said_around(runs)
    state = state_named(inline)
    ran = {runs[n].line for n in around}
    before = label = ""
    line = 0
    banned = False
    for n, run in enumerate(runs):
        if run.line > line:
            label, line = ("", run.line) if line in ran else (label, run.line)
        if n in around and not (
            run.strong and not before.strip() and n + 1 < len(runs) and _after_label(runs[n + 1].text)
        ):
            after = runs[n + 1].text if n + 1 < len(runs) else ""
            code = command_in(run)
            box = _BOX.match(before)
            told = place.section == "verification" or box is not None
            before = before[box.end() :] if box else before
            subject = not told and bool(_subject().match(after)) and _begins_with_it(before)
            near = before[-_NEAR:]
            subject = subject or before.count("~~") % 2 == 1  # struck out
            banned = (banned and is_joined(runs, n - 2)) or is_forbidden_in(near, _behind(runs, n))
            subject = subject or banned or is_warned_of_in(near, after)
            told_of = place.section in _TELLS and code.count(" ") == 1 and before.strip()
            subject = subject or bool(told_of and not _runs().search(before))
            subject = subject or bool(_trace().match(after) or _article().fullmatch(near) or _done().search(near))
            said = _said_last(before)
            follows = bool(found) and found[-1][0] == n - 2
            joined = follows and _only_joins().fullmatch(runs[n - 1].text) is not None
            alone = joined and is_bare_program(code)
            joined = joined or (follows and is_or(runs[n - 1].text))
            title = code if joined or not said or _no_title().fullmatch(said) else said
            if (inline_command(code) or alone or _is_run(inline, code, before, after)) and not subject:
                step = command_step(Statement(code, run.line, run.line), place, title, lines, said="")
                asked, limit = around[n]
                step = replace(step, condition=_asked_if(asked) or place.condition)
                found += ((n, one) for one in in_case(_in_its_case(under(step, limit), label, after), state))
            elif " " in code and sql.is_sql(code) and not subject:
                step = under(sql_step(code, Lines(run.line, run.line), place, title), around[n][1])
                found += ((n, one) for one in in_case(_in_its_case(step, label, after), state))
        before, label = (before + run.text)[-LONGEST_BEFORE:], (label + run.text)[:LONGEST_BEFORE]
    yield from either_or(_each_its_clause(found), runs)


def _each_its_clause(found: list[tuple[int, Step]]) -> list[tuple[int, Step]]:
    """The commands under the clauses before them, where there are as many: "Stop it; empty it (`x stop`, …)"."""
    if len(found) < 2 or any(step.command is None or step.title != step.command.text for _at, step in found[1:]):
        return found
    clauses = [one.strip() for one in _CLAUSE.split(found[0][1].title)]
    if len(clauses) != len(found) or not all(clauses):
        return found
    return [(at, replace(step, title=clause)) for (at, step), clause in zip(found, clauses, strict=True)]


_CLAUSE = re.compile(r"[;；]\s*")


@pattern
def _only_joins() -> str:
    """What only joins a command to the one before it: ", then", " + ", "; "."""
    return rf"[\s,;，；、()（）/+&→>-]*(?:{any_of('and', 'or', 'then', 'nor')}[\s,，:：]*)*"


@cache
def _looks() -> frozenset[tuple[str, ...]]:
    return frozenset((one,) for one in small_words("look"))


def _asked_if(before: str) -> str | None:
    """The condition in what stands before a command, be it in a bracket at its end: "… (once it is full):"."""
    return condition_in(before) or condition_beside(last_sentence(before))


def _in_its_case(step: Step, before: str, after: str) -> Iterator[Step]:
    """The step under the answer or the case beside its command: "Yes: `x`", "Queue full → `x`", "`x` (queue full)"."""
    return in_case((under(step, answer_in(before)),), case_before(before) or case_behind(after))


def heading_steps(section: Section, place: Place) -> Iterator[Step]:
    """The commands of a line that heads what is below it: "Run `oven ls` and look for:", "Fix: `oven on`, then:"."""
    inline = section.inline
    if section.level != LABEL_LEVEL or not inline.codes or len(section.title.raw) + 2 < len(inline.text):
        return  # its value is a block below it
    place = replace(place, condition=condition_in(inline.text) or place.condition)
    shown = [line.strip() for block in section.blocks if isinstance(block, Fence) for line in block.body]
    for step in inline_steps(inline, place, inline.lines):
        if step.command is not None and step.command.text not in shown and _is_asked_for(inline, step.command.text):
            yield step


def _is_asked_for(inline: Inline, code: str) -> bool:
    """Whether a line says to run a command in it, by its first word or by a label before that: "Fix: …"."""
    before, _, after = inline.text.partition(code)
    labelled = inline.labelled
    part = vocabulary().part(labelled[0]) if labelled is not None and len(labelled[0]) < len(before) else None
    if part is not None and part.kind in _SAYS_WHAT_TO_DO:
        return True
    said = words_of(last_sentence(without_ordinal(before)))
    if not said:
        return len(words_of(after)) > 1  # "`oven ls`:" above what it prints
    return said[0] in small_words("look", "chore", "runs", "then")


_SAYS_WHAT_TO_DO = frozenset(["resolution", "investigation", "verification"])


def _begins_with_it(before: str) -> bool:
    """Whether nothing stands before a command in its sentence, or only an "if"."""
    return not before.strip() or _only_if().fullmatch(last_sentence(before) + " ") is not None


def _is_run(inline: Inline, code: str, before: str, after: str) -> bool:
    """Whether a script, or a program alone, is to be run and not only spoken of: the whole item is it, or says so."""
    if is_bare_program(code) and words_of(last_sentence(without_ordinal(before)))[:1] in _looks():
        return True
    if not is_script(code) and not is_bare_program(code):
        return False
    bare = without_ordinal(_REMARK.sub("", inline.text)).strip().rstrip(".;。；")
    return bare == code or bool(_runs().search(before) or _runs_behind().match(after))


_REMARK = re.compile(r"\s*[(（][^()（）]{1,80}[)）][\s.;。；]*$")
"""What is said of a script in a bracket behind it: "`scripts/back.sh` (one command)"."""


@pattern
def _runs() -> str:
    return rf"{any_of('runs')}\s*[:：]?\s*$"


@pattern
def _runs_behind() -> str:
    return rf"\s*(?:{any_of('again')}\s*)?{ending('runs_behind')}"


def _said_last(before: str) -> str:
    """What the last sentence before a command says of it."""
    said = last_sentence(without_ordinal(before))
    return _ends_joined().sub("", said.strip(" :：(（-–—,;→"))


@pattern
def _ends_joined() -> str:
    """What only joins a command to the words before it: "SSH in and `oven on`"."""
    return rf"(?<=[^\s,])\s+{any_of('and')}$"


@pattern
def _no_title() -> str:
    """What only leads to a command and says nothing of it: "Run", "Then", "And then execute"."""
    return rf"(?:{any_of('runs', 'then', 'and', 'or', 'first', 'directly', 'filler', 'article')}\W*)+"


def _behind(runs: Sequence[Run], at: int) -> str:
    """What is said behind a code span, and behind those that are joined to it: "`a` and `b` are not …"."""
    last = at + _MOST_JOINED
    while at < last and is_joined(runs, at):
        at += 2
    return runs[at + 1].text if at + 1 < len(runs) else ""


_TELLS = frozenset(["causes", "impact", "meaning"])
"""Parts that say what happened: "A `terraform import` by hand" is nothing to run there."""

_NEAR = 160
"""Characters before a command among which stands that it is not to be run, or was run already."""
_MOST_JOINED = 40
"""Pieces of text behind a command among which what is said of all of them stands."""
_BOX = re.compile(r"\s*\[[ xX]?\]\s*")


def _after_label(text: str) -> bool:
    return text.lstrip().startswith((":", "："))
