"""The case in which a command is run, where it stands before it: "Queue full → `x`", or an answer, "Yes: `x`"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.command.shell import is_command
from tocsin.runbook.document.inline import Inline, without_ordinal
from tocsin.runbook.grammar import BRACKET, any_of, first_words, guarded, may_hold, pattern, small_words
from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.circumstances import state_alone
from tocsin.runbook.procedure.course import changes
from tocsin.runbook.procedure.provisos import under
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, vocabulary, words_of

_LONGEST = 80
"""Characters of a case."""
_ARROW = re.compile(r"\s*(?:[-=]{1,2}>|[→⇒➜➔►▶⟶])\s*")
_AT_END = re.compile(r"\s*[:：–—-]\s*$")
_MEASURED = re.compile(r"[<>≥≤]=?\s*\d|\d\s*%|\b[45]\d\d\b|\b[45]xx\b")
"""A state that is measured: "Disk > 90 %", "HTTP 502"."""


@pattern
def _answer() -> str:
    """An answer to a question above, alone or with what it means behind a comma: "Yes:", "No, idle →"."""
    meaning = r"\s*[,，、]\s*[^:：→]{1,40}?"
    ends = r"[:：→–—.]|[-=]+>|-\s|$"
    return rf"^(?:[^\w-]|-\s)*(?P<answer>{any_of('yes', 'no')}(?:{meaning})?)\s*(?:{ends})"


def answer_in(text: str) -> str | None:
    """The answer that a line begins with, which is the condition of what follows: "Yes" of "- **Yes** → restart it".

    >>> answer_in("Yes: restart it"), answer_in("No, idle → wait"), answer_in("No output: look at the log")
    ('Yes', 'No, idle', None)
    """
    match = _answer().match(text) if may_hold(text, "yes", "no") else None
    return match["answer"] if match else None


def case_before(before: str) -> str | None:
    """The case that stands before a command, up to the first arrow or a colon right before it.

    >>> case_before("Queue full → "), case_before("Fix: queue is full → restart it: "), case_before("Disk full: ")
    ('Queue full', 'queue is full', 'Disk full')
    >>> case_before("Check the full log → "), case_before("Queue status: ")
    (None, None)
    """
    if (asked := _question_in(before)) is not None:
        return asked
    if (optional := _optional().match(before)) is not None:
        return optional["optional"]
    label, *rest = _ARROW.split(before, maxsplit=1)
    if not rest:
        end = _AT_END.search(before)
        if end is None:
            return None
        label = before[: end.start()]
    label = re.split(r"[:：]\s", label)[-1]
    return case_alone(label) or (_state_in(label) if rest else None)


@pattern
def _optional() -> str:
    """What may be left out: "Optional: …", "(optional)", "Optionally, …"."""
    return rf"\W*(?P<optional>{any_of('optional')})"


_ASKED = re.compile(r"(?P<asked>[^.!?。！？:：→]{3,80}[?？])[^.!?。！？]{0,40}$")


def _question_in(before: str) -> str | None:
    """The question before a command that is its case, "Mill hangs? →"; "How to restart it?" asks for the command."""
    match = _ASKED.search(before) if "?" in before or "？" in before else None
    if match is None:
        return None
    asked = match["asked"].strip(" *_-–—")
    first = words_of(asked)[:1]
    asks_for_it = bool(first) and len(first[0]) > _SHORTEST_ASKING and first[0] in small_words("asks")
    return None if asks_for_it or vocabulary().part(asked) is not None else asked


_SHORTEST_ASKING = 2
"""Letters. "Do" and "o" begin a question that is answered with yes or no."""


@pattern
def _state() -> str:
    return rf"\w\s+{any_of('predicate')}\s+\w"


def _state_in(label: str) -> str | None:
    """A sentence before an arrow that says how it is: "No pod is listed →"."""
    said = without_ordinal(label).strip()
    told = len(said) <= _LONGEST and _state().search(said) is not None and not _is_to_do(said)
    return said if told else None


def case_said(title: str) -> str | None:
    """The case that a title is, "Queue full:", "Disk > 90 %"; None for what is to be done or looked at."""
    if (optional := _optional().match(without_ordinal(title))) is not None:
        return optional["optional"] if " " not in optional["optional"] else title.strip(" \t\n:：*_")  # "To also …"
    said = BRACKET.sub(" ", without_ordinal(title)).strip(" \t\n:：.。*_")
    if not said or len(said) > _LONGEST:
        return None
    if (asked := _question_in(said)) is not None:
        return asked
    if _is_to_do(said) or said.endswith(("?", "？")):
        return None
    if _for().match(said):
        return said
    if condition_in(said) is not None:
        return None  # it is one by itself
    if _lasts().match(said):
        return said
    fails = _ends_in_wrong(said) if is_unspaced(said) else says_what_fails(said)
    return said if fails or (_MEASURED.search(said) and (" " in said or "xx" in said)) else None


@guarded("persists")
def _lasts() -> str:
    """A few words that what stood before did not help: "Still failing", 仍不行, "Toujours en panne"."""
    return rf"{any_of('persists')}.{{0,40}}$"


@guarded("for_which")
def _for() -> str:
    """A title that says for which case it is, "For a full queue", "Only for fires", and not "For example"."""
    return rf"(?:{any_of('only')}\s+)?{any_of('for_which')}\s*(?!{any_of('for_no_case')})\S"


_STATE = re.compile(
    r"(?:[A-Z][A-Za-z]*[a-z][A-Z]\w*|[A-Z]{2,}[a-z]\w+|E[A-Z]{4,}|[A-Z]+(?:_[A-Z]+)+|[45]\d\d|[A-Z][a-z]+ed)"
)
"""A state as a system writes it: "CrashLoopBackOff", "OOMKilled", "ENOSPC", "503", "Evicted"."""


def state_named(inline: Inline) -> str | None:
    """The state in code that a line begins with, above or before what is done then: "`OOMKilled`: …"."""
    if not inline.codes:
        return None
    first = next((n for n, run in enumerate(inline.runs) if run.code), 0)
    code = inline.runs[first].text.strip()
    if re.search(r"\w", without_ordinal("".join(run.text for run in inline.runs[:first]) + "x")[:-1]):
        return None
    behind = "".join(run.text for run in inline.runs[first + 1 :])
    told = _STATE.fullmatch(code) is not None or (" " in code and not is_command(code) and says_what_fails(code))
    return code if told and _LEADS.match(behind) else None


_LEADS = re.compile(r"\s*(?:[:：→⇒–—]|-{1,2}>|=>|-\s)")


def _is_to_do(said: str) -> bool:
    """Whether a title begins with what to do."""
    first = words_of(said)[:1]
    return bool(first) and first[0] in first_words("look", "chore", "imperative", "runs", "then", "by_hand")


def case_behind(after: str) -> str | None:
    """The case in a bracket or behind a dash right behind a command: "`x` (queue full)", "`x` – queue full"."""
    match = _BRACKETED.match(after)
    if match is None:
        return None
    return (
        case_said(match["inside"]) or state_alone(match["inside"]) if match["inside"] else aside_alone(match["dashed"])
    )


_BRACKETED = re.compile(
    r"\s*(?:[(（](?P<inside>[^()（）]{2,80})[)）]|\s[–—-]{1,2}\s+(?P<dashed>[^()（）,;.:]{2,80})\.?\s*$)"
)


def _ends_in_wrong(said: str) -> bool:
    """Whether a text without spaces ends in what is wrong, 队列已满: 停止写入 is something to do."""
    return any(vocabulary().is_a("fails", said[-n:], 0.99) for n in range(1, min(len(said), _LONGEST_WORD + 1)))


_LONGEST_WORD = 8
"""Signs of a script without spaces."""


def case_alone(text: str) -> str | None:
    """The case that a line is and nothing else, or that stands in its last bracket: "Queue full", "Stop (queue full)".

    >>> case_alone("Queue full"), case_alone("Empty it (queue full)"), case_alone("Empty the full queue")
    ('Queue full', 'queue full', None)
    """
    if len(text) > _LONGEST_ALONE:
        return None
    inside = [match["inside"] for match in BRACKET.finditer(text)] if text.rstrip(_CLOSED).endswith(_BRACKETS) else []
    said = case_said(text) or (None if inside else state_alone(without_ordinal(text).strip(" .。:：*_")))
    if said is not None:
        return said
    return aside_alone(inside[-1]) if inside else None


def case_begun(text: str) -> str | None:
    """The case that a line is, or before its first colon: "Queue full: stop it, then"; "Cause: queue full" is none."""
    return case_alone(_LABEL.split(text.rstrip(_CLOSED), maxsplit=1)[0])


_LABEL = re.compile(r"[:：]\s*(?=\w)")


def aside_alone(said: str) -> str | None:
    """The case in a bracket or behind a dash; neither what something is for, "(for migrations)", nor what it does."""
    if (state := state_alone(said)) is not None:
        return state
    case = case_said(said) if "," not in said else None
    if case is None or is_unspaced(case):
        return case
    return case if not _for().match(case) and says_what_fails(" ".join(case.split()[-2:])) else None


_LONGEST_ALONE = 100
"""Characters of a line."""
_BRACKETS = (")", "）")
_CLOSED = " .。:："


def in_case(steps: Iterable[Step], case: str | None) -> Iterator[Step]:
    """The steps with a case among the conditions of those that change something: a look takes no harm elsewhere."""
    return (under(step, case) if case and changes(step) else step for step in steps)
