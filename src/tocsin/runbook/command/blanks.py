"""The blanks of a command as controls: what kind of answer each wants, and which answers are taken.

An answer becomes part of one word of the command, never of a text that is parsed again (R18, F53). It is refused
rather than cleaned: what a person sees before the run is what the program gets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.runbook.command.commands import has_lookalikes
from tocsin.runbook.command.textual import trouble_in_text, trouble_in_word
from tocsin.runbook.instructions import Command, Parameter

LONGEST = 200
"""Characters of an answer."""


class Wants(StrEnum):
    """The kinds of controls."""

    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    COMMIT = "commit"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank that a person fills. ``key`` is its name among the blanks of its command."""

    key: str
    label: str
    wants: Wants
    parameter: Parameter

    @property
    def raw(self) -> str:
        """The placeholder as it is written."""
        return self.parameter.raw


Answers = tuple[tuple[str, str], ...]
"""The accepted answers of a command in the order of its blanks: (key, value)."""


def blanks(command: Command) -> tuple[Blank, ...]:
    """The blanks of a command that a person fills; variables of the environment are none."""
    found: list[Blank] = []
    for parameter in command.parameters:
        if parameter.origin == "env":
            continue
        taken = sum(blank.parameter.name == parameter.name for blank in found)
        key = f"{parameter.name}_{taken + 1}" if taken else parameter.name
        found.append(Blank(key, parameter.name.replace("_", " "), _wants(parameter), parameter))
    return tuple(found)


def unanswerable(command: Command) -> str:
    """Why a blank of this command can be filled by nobody at the screen; empty when all can."""
    for blank in blanks(command):
        if blank.parameter.origin == "example":
            return f"{blank.raw} is an example in the runbook: write the real one there"
        if blank.parameter.type == "secret":
            return f"{blank.raw} is a secret: name a variable of the environment in the runbook instead"
    return ""


def trouble_with(blank: Blank, value: str) -> str:
    """What is wrong with an answer; empty when it is taken.

    >>> count = Blank("count", "count", Wants.NUMBER, Parameter("count", "integer", "angle", "<count>"))
    >>> trouble_with(count, "3"), trouble_with(count, "3; reboot")
    ('', 'count must be a whole number, without a sign')
    """
    named = blank.label
    if not value:
        return f"{named} is not filled in"
    if len(value) > LONGEST:
        return f"{named} is longer than {LONGEST} characters"
    if any(unicodedata.category(ch) in _UNSEEN for ch in value):
        return f"{named} holds a character that cannot be seen or that turns the text around"
    if has_lookalikes(value) or unicodedata.normalize("NFKC", value) != value:
        return f"{named} holds a letter that looks like another one: write it plainly"
    if value.startswith("-"):
        return f"{named} may not begin with a dash: a program would take it for an option"
    match blank.wants:
        case Wants.CHOICE if value not in blank.parameter.allowed:
            return f"{named} is one of {', '.join(blank.parameter.allowed)}"
        case Wants.NUMBER if not re.fullmatch(r"[0-9]{1,12}", value):
            return f"{named} must be a whole number, without a sign"
        case Wants.DATE if not _is_date(value, blank.raw):
            return f"{named} must be written as {blank.raw}"
        case Wants.COMMIT if not re.fullmatch(r"[0-9a-f]{7,64}", value):
            return f"{named} must be the hash of a commit, seven digits or more"
        case Wants.TEXT:
            return _trouble_with_text(blank, value)
        case _:
            return ""


def answered(command: Command, given: Mapping[str, str]) -> Answers | str:
    """The answers in the order of the blanks, or the first thing that is wrong with them."""
    wanted = blanks(command)
    unknown = sorted(set(given) - {blank.key for blank in wanted})
    if unknown:
        have = ", ".join(blank.key for blank in wanted) or "none"
        return f"the command has no blank {unknown[0]!r}; it has {have}"
    answers = []
    for blank in wanted:
        value = _normal(blank, given.get(blank.key, "").strip())
        trouble = trouble_with(blank, value)
        if not trouble and blank.wants is not Wants.CHOICE:
            where = (command.text, blank.raw, value, blank.label)
            trouble = trouble_in_text(*where) or trouble_in_word(*where, names_path=blank.parameter.type == "path")
        if trouble:
            return trouble
        answers.append((blank.key, value))
    return tuple(answers)


def filled(command: Command, pipeline: Sequence[Sequence[str]], answers: Answers) -> tuple[tuple[str, ...], ...]:
    """The words of a command with its blanks replaced inside them; a word stays one word whatever is put in."""
    values = dict(answers)
    given = [(blank.raw, values[blank.key]) for blank in blanks(command) if blank.key in values]
    if not given:
        return tuple(tuple(stage) for stage in pipeline)
    # One pass, so that an answer that looks like another blank stays what it is.
    pattern = re.compile("|".join(re.escape(raw) for raw, _ in sorted(given, key=lambda one: -len(one[0]))))
    by_raw = dict(given)
    return tuple(tuple(pattern.sub(lambda found: by_raw[found[0]], word) for word in stage) for stage in pipeline)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = (re.compile(r"[\w .,:@/+=#%~-]+"), "letters, digits, spaces, and . , : @ / + = # % ~ _ -")
_STRICTER = {
    "version": (re.compile(r"[0-9A-Za-z][\w.+-]*", re.ASCII), "letters, digits, dots, dashes and plus"),
    "hostname": (re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]*"), "letters, digits, dots and dashes"),
    "path": (re.compile(r"[\w ./@+=:-]+"), "letters, digits, and . / - _ + = : @"),
}
_DATE_PARTS = (("YYYY", "%Y"), ("DD", "%d"), ("HH", "%H"), ("hh", "%H"), ("SS", "%S"), ("ss", "%S"))


def _wants(parameter: Parameter) -> Wants:
    match parameter.type:
        case "enum":
            return Wants.CHOICE
        case "integer":
            return Wants.NUMBER
        case "date" if parameter.origin == "date_pattern":
            return Wants.DATE
        case "commit":
            return Wants.COMMIT
        case _:
            return Wants.TEXT


def _trouble_with_text(blank: Blank, value: str) -> str:
    pattern, words = _STRICTER.get(blank.parameter.type, _PLAIN)
    if not pattern.fullmatch(value):
        return f"{blank.label} may hold {words} only"
    if ".." in value.split("/"):
        return f"{blank.label} may not lead upwards with .."
    return ""


def date_form(raw: str) -> str:
    """A date pattern of a runbook as strftime knows it: minutes where they follow hours, months elsewhere.

    >>> date_form("YYYYMMDD-HHmm"), date_form("YYYY-MM-DD_HH:MM")
    ('%Y%m%d-%H%M', '%Y-%m-%d_%H:%M')
    """
    day, hour, time = raw.partition("HH")
    day = day.replace("MM", "%m").replace("mm", "%m")
    form = day + hour + time.replace("MM", "%M").replace("mm", "%M")
    for written, code in _DATE_PARTS:
        form = form.replace(written, code)
    return form


def _is_date(value: str, raw: str) -> bool:
    form = date_form(raw)
    try:
        return datetime.strptime(value, form).strftime(form) == value  # noqa: DTZ007 -- a day on a label, no instant
    except ValueError:
        return False


def _normal(blank: Blank, value: str) -> str:
    """What a browser's date control gives, in the runbook's own form."""
    if blank.wants is not Wants.DATE or not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?", value):
        return value
    try:
        return datetime.fromisoformat(value).strftime(date_form(blank.raw))
    except ValueError:
        return value
