"""What limits a command in the words around it: under which condition it is run, with whose approval, where never.

A writer puts that before a command or behind it, in the cell beside it, in a comment, in a note above or below. All of
it becomes the condition of the step: what stands under a condition is run by a person who has read it, never unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from tocsin.runbook.command import sql
from tocsin.runbook.command.shell import inline_command, is_bare_program, is_script
from tocsin.runbook.document.inline import Run
from tocsin.runbook.grammar import BRACKET, any_of, ending, first_words, guarded, may_hold, pattern, phrases
from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.cases_of_trouble import is_in_vain
from tocsin.runbook.procedure.circumstances import (
    circumstance_in,
    demanded_in,
    is_of_any,
    may_tell,
    restricted,
    restricted_first,
    state_alone,
)
from tocsin.runbook.procedure.course import changes
from tocsin.runbook.procedure.preconditions import (
    asks_nothing,
    gated_by,
    is_asked,
    is_safeguard,
    is_tooling,
    may_ask,
    precondition_in,
    state_in,
)
from tocsin.runbook.procedure.reservations import needs_leave, reservation_in, with_the_command
from tocsin.runbook.sentence_ends import cut_short
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, words_of


@pattern
def between_sentences() -> str:
    """Where one sentence ends and another begins, with no small letter."""
    return rf"(?<=[.!?。！？]){cut_short()}\s+(?=(?-i:[^\Wa-z]))|(?<=[。！？])"


def last_sentence(text: str) -> str:
    """The last sentence of a text, which may be all of it."""
    return next((one for one in reversed(between_sentences().split(text.strip())) if one), "")


LONGEST_BEFORE = 400
"""Characters before a command that may be about it."""
_CASES = ("if", "upon", "if_behind", "fallback", "if_needed")
_RESTRICTS = ("restricts", "restricts_first")
_KEPT = ("left_to", "leaves", "skips", "without", "applies_to", "must_be")
_LISTS = (*_KEPT, "use_when", "gate", "limits", "limits_behind", "warns", *_CASES, *_RESTRICTS, "otherwise")
_EDGES = " \t\n.,;:()（）。、，；：—–-→"
_COLONS = (":", "：")
_LEADS = (*_COLONS, "→", "->", "=>", "⇒")
_ENDED = (*_LEADS, ",", "，", ".", "。")


@guarded(("limits", "restricts"))
def _limits() -> str:
    return rf"{any_of('limits')}|{restricted()}"


@guarded("limits_behind")
def _right_behind() -> str:
    """What begins right behind a command: "(only on the replica)", ", but never on the primary"."""
    goes_on = any_of("and", "or", "then")
    shown = rf"\s*(?:(?!{any_of('circumstance')})[^\s.,;:]+\s+){{0,4}}?{any_of('of_a_look')}\W*$"
    limit = rf"(?P<limit>{any_of('limits_behind')}(?!\s+{any_of('forgets')}|{_TELLS}|{shown}))"
    return rf"[\s(（\[,;—–-]*(?:(?!{goes_on})[^\W\d_]{{1,5}}\s+)??{limit}"


_TELLS = r"(?<=(?-i:never))\s+[a-z]{3,20}(?<!s)s(?!\w)"
"""Behind "never" a verb that tells what a command does: "never shows the password"."""


@guarded("of_output")
def _of_output() -> str:
    """What a look shows then: "`x` (after the restart three pods are listed)"."""
    return rf"{any_of('of_output')}\W*$"


@guarded(("warns", "limits", *_RESTRICTS, "only_who"))
def begins_limit() -> str:
    """What begins a sentence: "Only if", "⚠ Never", "It must only be run", "Note: not before"."""
    noted = rf"(?:{any_of('noted')}\s*[:：–—!-]\W*)?"
    begun = rf"{any_of('warns')}|{restricted_first()}"
    return rf"\W*{noted}(?:{begun}|(?:{any_of('it')}\s+(?:\w+\s+){{0,3}}?)?(?:{any_of('limits')}|{restricted()}))"


@guarded("limits_ahead")
def _ahead() -> str:
    return rf"\W*{any_of('limits_ahead')}"


def is_of_the_next(limit: str) -> bool:
    """Whether a limit that stands between two commands is of the second one: "Wait until the oven is cold"."""
    return _ahead().match(limit) is not None or is_to_be_done(limit)


def is_to_be_done(limit: str) -> bool:
    """Whether a limit is something to do itself: "Ask the lead first", "Make sure a backup exists"."""
    return is_asked(limit) or is_safeguard(limit)


@guarded("limits_behind")
def _ends() -> str:
    """What ends the text before a command: "Make sure that nobody writes before running"."""
    return rf"(?P<joined>\s{any_of('and', 'or')})?\s{any_of('limits_behind')}\W*$"


@guarded("otherwise")
def _otherwise() -> str:
    return rf"\W*{any_of('otherwise')}(?!\w)"


def is_otherwise(title: str) -> bool:
    """Whether a title is the other case and nothing else: "Otherwise", "Else:", "Andernfalls"."""
    match = _otherwise().match(title)
    return match is not None and not title[match.end() :].strip(_EDGES)


@pattern
def _goes_on() -> str:
    """Between a command and an "if" that is of something else: "and if it is full, page the lead"."""
    return rf"[.;:→]|{any_of('and', 'or', 'then')}"


@cache
def _unspaced_limits() -> tuple[str, ...]:
    listed = phrases("left_to", "skips", "use_when", "limits", "limits_behind", "warns", "if", "if_behind", "restricts")
    return tuple(one for one in listed if is_unspaced(one))


def _may_limit(text: str) -> bool:
    """Whether any word of a limit stands in a text: asked before the patterns are."""
    if may_ask(text) or may_tell(text):
        return True
    if is_unspaced(text):
        return any(one in text for one in _unspaced_limits()) or not first_words(*_LISTS).isdisjoint(words_of(text))
    return may_hold(text, *_LISTS)


def proviso_said(text: str) -> str | None:
    """The sentence of a text that limits what stands beside it: "Only run this if the disk is full."."""
    if not _may_limit(text):
        return None
    text = text.strip()
    if (used := used_when(text)) is not None:
        return used
    if text.endswith(_COLONS):
        return proviso_in(text)  # the title of what stands below it
    limits = (_limit_of_sentence(one) for one in between_sentences().split(text) if one)
    return _trimmed(" ".join(one for one in limits if one))


def _limit_of_sentence(sentence: str) -> str | None:
    """A sentence that begins as a limit, or what is one in a bracket: "Empty it (only if nobody reads)."."""
    if _limits_nothing(sentence):
        return None
    if begins_limit().match(sentence) or _only_behind().search(sentence):
        return sentence
    if (kept := reservation_in(sentence)) is not None:
        return _trimmed(kept)
    case, _comma, banned = sentence.partition(",")
    if banned and begins_limit().match(banned) and case_of(case) is not None:
        return sentence  # "If the fan is off, do not run this"
    short = len(sentence) <= _LONGEST_LIMIT and _ends_in_limit().search(sentence)
    if (short or is_unspaced(sentence) or _after().match(sentence)) and _limits().search(sentence):
        return sentence  # where the verb stands last, so does what limits it; "After the lead has agreed"
    if (said := case_of(sentence) or precondition_in(sentence) or circumstance_in(sentence)) is not None:
        return said
    inside = (match["inside"] for match in BRACKET.finditer(sentence)) if sentence.endswith(_CLOSED) else ()
    return next(filter(None, map(_limit_aside, inside)), None)


def _limit_aside(aside: str) -> str | None:
    """What limits in a bracket, or behind the dash of a title: "(not on the primary)", "– during a jam"."""
    if _limits_nothing(aside):
        return None
    if begins_limit().match(aside) or _only_behind().search(aside):
        return _trimmed(aside)
    return (
        reservation_in(aside)
        or case_of(aside)
        or precondition_in(aside)
        or circumstance_in(aside)
        or state_alone(aside)
    )


def _limits_nothing(said: str) -> bool:
    """Whether a sentence says that nothing is asked for, "No approval needed", or what a look shows: "errors only"."""
    return asks_nothing(said) or _shows_only().search(said) is not None


@guarded("of_a_look", "restricts")
def _shows_only() -> str:
    look = any_of("look", "of_a_look")
    only = rf"^\W*{any_of('restricts')}\s*(?:{look}\s*)?{any_of('of_a_look')}\W*$"
    return rf"{any_of('of_a_look')}\s*{any_of('restricts')}\W*$|{only}"


@guarded("limits")
def _ends_in_limit() -> str:
    return rf"{any_of('limits')}\W*$"


_LONGEST_LIMIT = 60
"""Characters of a sentence that ends in what limits it, and tells of nothing else."""


@guarded("after")
def _after() -> str:
    return rf"\W*{any_of('after')}\s"


@guarded("restricts")
def _only_behind() -> str:
    """A few words that end in "only": "On the replica only"."""
    unspaced = r"(?=[^\u2e80-\u9fff]{0,12}[\u2e80-\u9fff])(?:\w{1,5}\s)?[^\s,，、。]{1,16}?"
    return rf"^\W*(?:(?:[\w'’-]+\s+){{1,6}}|{unspaced}){any_of('restricts')}\W*$"


_CLOSED = (")", "）", ").", "）。", ")。")


def limit_said(text: str) -> str | None:
    """The same for a note beside several steps, of which a mere warning may be about any one."""
    said = proviso_said(text)
    told = said is not None and (_limits().search(said) or used_when(text) or _is_asked(said) or needs_leave(said))
    return said if told else None


def _is_asked(said: str) -> bool:
    """Whether what a note asks for is more than a state."""
    return state_in(said) is None and precondition_in(said) is not None


@guarded("use_when")
def labels_use() -> str:
    """A label before what has to be so before what is beside it is run: "When to use it: …"."""
    return rf"\W*{any_of('use_when')}\s*(?P<mark>[:：–—]|\s-\s)\s*\**\s*(?P<value>\S.*)"


def used_when(text: str) -> str | None:
    """A line that is labelled as what has to be so before something is run: "When to use it: the lead has agreed"."""
    match = labels_use().match(text) if may_hold(text, "use_when") else None
    if match is None:
        return _trimmed(text.strip("*_ ")) if gated_by(text) is not None else None
    if denies(match["value"]) or is_tooling(match["value"]):
        return None
    tells = begins_limit().match(match["value"]) or condition_in(match["value"])
    return _trimmed(match["value"] if tells else text.strip("*_ "))


def denies(value: str) -> bool:
    """Whether a value is "no" or "none" and nothing else.

    >>> denies("No"), denies("nein."), denies("no, ask the lead")
    (True, True, False)
    """
    return _denies().match(value) is not None


@pattern
def _denies() -> str:
    """Nothing is asked for: "Approval: none", "Approval required: no"."""
    return rf"\W*(?:{any_of('no', 'denied')}|none|n/a|-|—)\W*$"


def proviso_in(text: str) -> str | None:
    """The part of a title or of a sentence before a command that limits it: "With approval of the lead, run"."""
    if not _may_limit(text):
        return None
    for sentence in between_sentences().split(text.strip()):
        if _limits_nothing(sentence):
            continue
        ends = _ends().search(sentence)
        if begins_limit().match(sentence) or (ends is not None and ends["joined"] is None):
            return _trimmed(sentence)  # "before and after" limits nothing
        if match := _otherwise().match(sentence):
            return _trimmed(match[0])
        if (kept := reservation_in(sentence)) is not None:
            return _trimmed(kept)
        if match := _limits().search(sentence):
            part = _clause(sentence, match.start())
            return _trimmed(sentence) if part == match[0] else part  # "Make sure it is idle before you go on"
        if asked := precondition_in(sentence) or used_when(sentence) or _gate_inside(sentence):
            return asked
        if (circumstance := circumstance_in(sentence) or demanded_in(sentence)) is not None:
            return circumstance
        if is_unspaced(sentence) and _only_behind().search(sentence):
            return _trimmed(sentence)
        if sentence.rstrip().endswith(_POINTS) and (case := case_of(sentence)) is not None:
            return case  # "As soon as it is empty. Restart it: `x`"
        if asides := list(filter(None, map(_limit_aside, _asides(sentence)))):
            return "; ".join(asides)
    return None


def _asides(title: str) -> Iterator[str]:
    """What stands in the brackets of a title, behind its dash, before or behind a comma: "Staging only, restart it"."""
    yield from (match["inside"] for match in BRACKET.finditer(title))
    yield from _DASH.split(title)[1:]
    first, _comma, rest = title.partition(",")
    if rest:
        yield from (one for one in (first,) if _only_behind().search(one))
        last = rest.rpartition(",")[2]
        told = state_alone(last) or (circumstance_in(last) and not is_of_any(last))
        yield from (last,) if told else ()


_POINTS = (".", "。")
_DASH = re.compile(r"\s[–—-]+\s+")


def _gate_inside(sentence: str) -> str | None:
    """The same where it stands in a bracket: "Empty it (prerequisite: the lead has agreed)"."""
    inside = (match["inside"] for match in BRACKET.finditer(sentence)) if ":" in sentence or "：" in sentence else ()
    return next((said for one in inside if (said := used_when(one)) is not None), None)


def said_around(runs: Sequence[Run]) -> dict[int, tuple[str, str | None]]:
    """For each command among the code spans of a sentence what is said before it, and what of the text limits it."""
    found: dict[int, tuple[str, str | None]] = {}
    groups = _commands(runs)
    before = lead = _text(runs[: groups[0][0]]) if groups else ""
    for n, group in enumerate(groups):
        another = n + 1 < len(groups)
        tail = _text(runs[group[-1] + 1 : groups[n + 1][0] if another else None])
        own, later, leads = _parted(tail, another=another)
        limit = _around(lead, command_in(runs[group[0]]), own, later)
        found |= dict.fromkeys(group, (before, limit))
        before = leads if limit else f"{before} {tail}"[-LONGEST_BEFORE:]
        lead = leads
    return found


def _commands(runs: Sequence[Run]) -> list[list[int]]:
    """Where the commands among some runs are, those together that have nothing said between them: "`a` and `b`"."""
    groups: list[list[int]] = []
    for n, run in enumerate(runs):
        if not run.code or not is_run(run):
            continue
        if groups and n == groups[-1][-1] + 2 and is_joined(runs, n - 2):
            groups[-1].append(n)
        else:
            groups.append([n])
    return groups


def is_run(run: Run) -> bool:
    """Whether a code span is a command or a statement, and no name of something."""
    code = command_in(run)
    return inline_command(code) or is_script(code) or is_bare_program(code) or sql.is_sql(code)


def command_in(run: Run) -> str:
    """The text of a code span without the prompt before it."""
    return _PROMPT.sub("", run.text.strip())


_PROMPT = re.compile(r"^\$\s+")


def is_joined(runs: Sequence[Run], at: int) -> bool:
    """Whether another code span belongs to one, with nothing said between them: "`a` and `b`"."""
    return at + 2 < len(runs) and runs[at + 2].code and _joins().fullmatch(runs[at + 1].text) is not None


@pattern
def _joins() -> str:
    return rf"\s*(?:[,、/]?\s*(?:{any_of('and', 'or', 'nor')})|[,、/]|{ending('about_behind')})\s*"


def _text(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _parted(tail: str, *, another: bool) -> tuple[str, list[str], str]:
    """The text behind a command: what goes on with its sentence, the sentences after it, what leads to the next one."""
    own, *later = between_sentences().split(tail)
    if not another:
        return own, later, ""
    if later:
        return own, later[:-1], later[-1]
    bracket = re.match(r"\s*[(（][^()（）]*[)）]", own)
    own = bracket[0] if bracket else re.split(r"[,;，；、]", own, maxsplit=1)[0]
    return own, [], tail[len(own) :]


def _around(lead: str, code: str, own: str, later: Sequence[str]) -> str | None:
    """What limits a command: before it, in the rest of its sentence, which may say "if …", or in a sentence of its own.

    What an "if" of a later sentence asks for is something else.
    """
    above = proviso_in(lead) if lead.strip() else None
    if above is not None and _limits().fullmatch(above):  # "Only run `x` on the replica"
        rest = own.rstrip(_EDGES)
        bare = above if lead.rstrip().endswith(_ENDED) else None  # "Last resort: `x`", "Solo P1, `x`"
        above = f"{above} {code}{rest}" if rest.strip() else bare
        own = ""
    alone = (case_of(sentence) for sentence in later)  # "`x` empties it. If nobody reads."
    said = _in_own_sentence(own) if _may_limit(own) else None
    if above is None and said is None and reservation_in(with_the_command(last_sentence(lead), own)) is not None:
        above = _trimmed(f"{last_sentence(lead)} {code}{own}")  # "Leave `x` to the night crew"
    found = [above, said, *map(proviso_said, later), *alone]
    return "; ".join(one for one in found if one) or None


def _in_own_sentence(own: str) -> str | None:
    if _limits_nothing(own.strip(_EDGES)):
        return None
    if (match := _right_behind().match(own)) and not _of_output().search(own):
        return _clause(own, match.start("limit"))
    if match := _limits().search(own):
        return _clause(own, match.start())
    if _only_behind().search(own.strip(_EDGES)):
        return _trimmed(own)
    if (kept := reservation_in(own)) is not None:
        return _trimmed(kept)
    parts = re.split(r"[,，]", own)[1:]
    if (part := next((one for one in parts if begins_limit().match(one)), None)) is not None:
        return _trimmed(part)  # "`x` ausführen, außer freitags"
    condition = condition_in(own) or case_of(own)
    if condition is None and not _joined().match(own):
        bare = own.strip(_EDGES)
        return precondition_in(own) or used_when(bare) or _whole_aside(bare)
    if condition is None or is_in_vain(condition):
        return None
    start = own.find(condition)
    before, behind = own[:start], own[start + len(condition) :]
    if _goes_on().search(before) or (before.rstrip().endswith((",", "，")) and re.match(r"\s*[,，]\s*\w", behind)):
        return None
    return condition


def _whole_aside(bare: str) -> str | None:
    """What stands behind a command and says nothing else: "`x` (irreversible)", "`x` – during a jam"."""
    circumstance = circumstance_in(bare)
    if circumstance is not None and bare.startswith(circumstance):
        rest = bare[len(circumstance) :]
        return bare if len(rest) <= _ONLY or rest in phrases("done_behind") else None
    return bare if begins_limit().match(bare) else None


@pattern
def _joined() -> str:
    """Behind a command what is done next: "`x`, then tell the lead before noon"."""
    return rf"[\s,，、]*{any_of('and', 'or', 'then')}"


def _clause(sentence: str, start: int) -> str | None:
    """From where a limit begins to the end of its bracket or of the sentence."""
    opened = sentence.rfind("(", 0, start)
    closed = sentence.find(")", start)
    inside = opened >= 0 and closed >= 0 and ")" not in sentence[opened:start]
    if not inside and ord(sentence[start]) >= _UNSPACED:
        start = 0  # what the condition is stands before its word
    return _trimmed(sentence[start:closed] if inside else sentence[start:])


_UNSPACED = 0x2E80
"""The first character of the scripts that put no spaces between words."""


def _trimmed(said: str) -> str | None:
    bare = said.strip(_EDGES)
    for opened, closed in ("()", "（）"):
        bare += closed if bare.count(opened) > bare.count(closed) else ""
    return bare or None


def under(step: Step, *provisos: str | None) -> Step:
    """A step with these limits among its conditions; one that says the same in fewer words is left out."""
    said = list(dict.fromkeys(one for one in (step.condition, *provisos) if one))
    kept = [one for one in said if not any(one in other for other in said if other is not one)]
    return replace(step, condition="; ".join(kept)) if len(said) > 1 or (not step.condition and kept) else step


def all_under(steps: Iterable[Step], *provisos: str | None) -> Iterator[Step]:
    """The same for every command of these steps."""
    return (under(step, *provisos) if step.command else step for step in steps)


def changes_under(steps: Iterable[Step], limits: Iterable[str | None]) -> Iterator[Step]:
    """The same for those that change something."""
    said = list(filter(None, limits))
    return (under(step, *said) if said and changes(step) else step for step in steps)


def condition_said(text: str) -> str | None:
    """Under which condition a title, or what stands before a command, puts what is to be done."""
    condition, proviso = condition_beside(text), proviso_in(text)
    return proviso if condition is None or (proviso is not None and condition in proviso) else condition


def condition_beside(text: str) -> str | None:
    """The condition in what stands right beside a command: it may begin with it, or have it in a bracket.

    >>> condition_beside("Once the mill is empty"), condition_beside("Stop it (as soon as it is empty)")
    ('Once the mill is empty', 'as soon as it is empty')
    """
    if not may_hold(text, *_CASES):
        return None
    found = condition_in(text) or condition_in(f"{_BEFORE_WORDS.sub('', text).strip(_EDGES)}:")
    if found is None and text[-2:].strip(".。:： ").endswith((")", "）")):
        inside = [match["inside"] for match in BRACKET.finditer(text)]
        found = case_of(inside[-1]) if inside else None
    return found


_BEFORE_WORDS = re.compile(r"^[^\w(（]+")


def case_of(note: str) -> str | None:
    """The condition that a line above commands is, and nothing else: "If the disk is full"."""
    said = _BEFORE_WORDS.sub("", note.strip(_EDGES)).strip(_EDGES)
    said = f"{said})" if said.count("(") > said.count(")") else said  # "If the hopper is full (over 10 t):"
    condition = condition_in(said) or condition_in(f"{said}:")
    if condition is not None and is_unspaced(note) and said.startswith(condition):
        behind = said[len(condition) :].strip(_EDGES)
        return said if len(behind) <= _ONLY or behind in phrases("done_behind") else None  # キューが空の場合のみ
    return condition if condition == said else None


_ONLY = 2
"""Signs behind a condition of a script without spaces that only say "only"."""


def begins_with_case(note: str) -> str | None:
    """The condition that the last sentence of a line above commands begins with: "If the disk is full, empty it."."""
    said = last_sentence(note)
    condition = condition_beside(said)
    begins = _BEFORE_WORDS.sub("", said).strip(_EDGES)
    return condition if condition is not None and begins.startswith(condition) else None
