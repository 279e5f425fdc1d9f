"""The questions that a runbook leaves open, asked in a terminal: each once, with what holds meanwhile for Enter."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tocsin.cli.output import chat, plain
from tocsin.errors import BadInput
from tocsin.incident.plan import Assumption, ResponsePlan
from tocsin.runbook.answers.forms import FORMS, yes_or_no

_SEVERITY = "\0"  # where a question names its severity

Ask = Callable[[str], str]
"""Shows a prompt and gives the line that somebody typed."""


@dataclass(slots=True)
class Question:
    """One setting that answers one or several open questions of the plan. ``answer`` is what somebody said."""

    setting: str
    asked: list[Assumption] = field(default_factory=list)
    answer: str | None = None

    @property
    def can_be_answered(self) -> bool:
        """Whether a value answers it; who is called, and in which order, has to be written down in the runbook."""
        return self.setting in FORMS

    @property
    def meanwhile(self) -> list[str]:
        """What holds until somebody answers: one value, or several for several severities."""
        return list(dict.fromkeys(one.answer for one in self.asked))

    @property
    def example(self) -> str:
        """What the setting may look like: what holds meanwhile, where that is a value of it."""
        meanwhile = self.meanwhile[0]
        try:
            FORMS[self.setting].read(meanwhile)
        except ValueError:
            return "no" if self.is_flag else FORMS[self.setting].example
        return meanwhile

    @property
    def is_flag(self) -> bool:
        """Whether it is answered by yes or no."""
        return self.can_be_answered and FORMS[self.setting].read is yes_or_no

    @property
    def proposed(self) -> str | None:
        """A valid answer that changes as little as possible of what holds meanwhile; None where no answer says that."""
        if self.is_flag:
            return "no"
        return self.meanwhile[0] if self.example == self.meanwhile[0] else None


def open_questions(plan: ResponsePlan) -> list[Question]:
    """What nobody has answered, by the setting that does."""
    by_setting: dict[str, Question] = {}
    for one in plan.assumptions:
        if not one.accepted:
            setting = one.key.split(".")[1]
            by_setting.setdefault(setting, Question(setting)).asked.append(one)
    return list(by_setting.values())


def ask_all(questions: Iterable[Question], ask: Ask) -> None:
    """Ask each question until it is answered, or left open."""
    for one in questions:
        if one.can_be_answered:
            _ask_one(one, ask)


def told(question: Question) -> list[str]:
    """The question in words: a line for all severities that the same place of the runbook leaves open alike."""
    alike: dict[tuple[str, str, int | None], list[str]] = {}
    for one in question.asked:
        severity = "".join(one.key.split(".", 2)[2:])
        asked = re.sub(rf"(?<!\w){re.escape(severity)}(?!\w)", _SEVERITY, one.question) if severity else one.question
        alike.setdefault((asked, one.answer, one.cite.first if one.cite else None), []).append(severity)
    return [
        f"{in_one_line(asked.replace(_SEVERITY, ', '.join(severities)))}{f' (line {line})' if line else ''} "
        f"Meanwhile: {in_one_line(answer)}."
        for (asked, answer, line), severities in alike.items()
    ]


def in_one_line(text: str) -> str:
    """A runbook's words where they can do no harm."""
    return " ".join(plain(text).split())


def typed(prompt: str) -> str:
    """A line from the terminal. Raises BadInput at its end."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise BadInput("the input ended; --no-input asks nothing")
    return line


def _ask_one(question: Question, ask: Ask) -> None:
    form = FORMS[question.setting]
    first = question.asked[0]
    chat("")
    chat(plain(first.question) + (f" (runbook line {first.cite.first})" if first.cite else ""))
    if len(question.asked) > 1:
        chat(f"  one answer for {len(question.asked)} severities")
    meanwhile = question.meanwhile
    only = question.proposed if question.is_flag or len(meanwhile) == 1 else None
    enter = f"Enter: {only}" if only else f"Enter keeps {', '.join(meanwhile)} and leaves it open"
    hint = "the shorter one? yes or no" if question.is_flag else form.name
    while True:
        said = ask(f"  {hint} [{enter}]: ").strip() or only
        if said is None:
            return
        try:
            form.read(said)
        except ValueError as wrong:
            chat(f"  {wrong}")
            continue
        question.answer = said
        return
