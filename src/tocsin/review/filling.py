"""A message template of the runbook, filled from the incident's record.

Plain substitution in one pass: nothing in a template or a value is ever an expression, and a value that looks
like a blank is not filled again (reliability.md, F73). What nobody knows stays visible and stands in
``unfilled``; a message with unfilled blanks is not sent (capabilities.md, H16).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.review.blanks import BRACKETED, is_blank_name
from tocsin.review.values import MessageValues
from tocsin.review.vocabulary import INSIDE_ONLY, Known, bind, label_before, words_of
from tocsin.runbook.playbook import Template, TemplateField

_SEVERITY_PREFIX = re.compile(r"\b(?:sev|severity|p|s)-?$", re.IGNORECASE)
_STATUS_WORDS = {
    "investigating": ("investigating", "detected", "triggered", "new", "open"),
    "identified": ("identified", "mitigating", "fixing", "in progress", "investigating"),
    "monitoring": ("monitoring", "mitigated", "mitigating", "watching", "identified"),
    "resolved": ("resolved", "closed", "fixed", "restored"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A message, ready to be read. It may be sent only when ``unfilled`` is empty."""

    subject: str | None
    body: str
    unfilled: tuple[TemplateField, ...]


def fill(template: Template, values: MessageValues, given: Mapping[str, str] | None = None) -> Filled:
    """Fill a template from the record; ``given`` are a person's own words, by the blank's name or its raw form.

    For customers only public values are used. Blanks that nothing certain is known for are left as they stand.
    """
    shown = _for_customers(values) if template.audience == "customers" else values
    answers = {words_of(name): text for name, text in (given or {}).items() if text.strip()}
    filling = _Filling(template.fields, shown, answers)
    body = filling.text(template.body)
    subject = None if template.subject is None else " ".join(filling.text(template.subject).split())
    return Filled(subject, body, tuple(filling.unfilled.values()))


def fill_line(line: str, values: MessageValues, *, label: str = "") -> str:
    """One line of a document with what is known filled in; ``label`` is the heading above it, in plain words."""
    return _Filling((), values, {}, label).text(line)


def _for_customers(values: MessageValues) -> MessageValues:
    """Public values only; a state in words of the inside is none of them."""
    public = {known: text for known, text in values.items() if known not in INSIDE_ONLY}
    if words_of(public.get(Known.STATUS, "")) not in _STATUS_WORDS:
        public.pop(Known.STATUS, None)
    return public


@dataclass(slots=True)
class _Filling:
    fields: Sequence[TemplateField]
    values: MessageValues
    answers: Mapping[str, str]
    heading: str = ""
    unfilled: dict[str, TemplateField] = field(default_factory=dict)

    def text(self, text: str) -> str:
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        done: list[str] = []
        end = 0
        for found in self._pattern().finditer(line):
            name = found.group(1) or found.group()
            if not is_blank_name(name):
                continue
            before = line[end : found.start()]
            value, meaning = self._value(name, found.group(), line[: found.start()])
            prefix = _SEVERITY_PREFIX.search(before)
            if value is not None and meaning is Known.SEVERITY and prefix:
                before = before[: prefix.start()]  # "SEV-[level]": the name of a severity says SEV itself
            done += [before, found.group() if value is None else value]
            end = found.end()
        return "".join((*done, line[end:]))

    def _pattern(self) -> re.Pattern[str]:
        others = sorted({one.raw for one in self.fields if one.raw and "[" not in one.raw}, key=len, reverse=True)
        return re.compile("|".join((BRACKETED.pattern, *map(re.escape, others))))

    def _value(self, name: str, raw: str, before: str) -> tuple[str | None, Known | None]:
        blank = self._field(name, raw)
        meaning = bind(blank.name, label_before(before) or self.heading)
        if meaning is None and blank.name != name:
            meaning = bind(name, label_before(before) or self.heading)
        choices = blank.allowed or _listed(name)
        if meaning is None and choices and _are_states(choices):
            meaning = Known.STATUS
        answer = self.answers.get(words_of(blank.name), self.answers.get(words_of(name)))
        value = answer if answer is not None else self.values.get(meaning) if meaning else None
        if value is not None and choices and meaning in (None, Known.STATUS, Known.SEVERITY):
            value = _chosen(value, choices)
        if value is None:
            self.unfilled.setdefault(raw, blank)
        return value, meaning

    def _field(self, name: str, raw: str) -> TemplateField:
        exact = next((one for one in self.fields if one.raw == raw or one.name == name), None)
        holding = next((one for one in self.fields if raw in one.raw), None)
        return exact or holding or TemplateField(name, raw)


def _listed(name: str) -> tuple[str, ...]:
    """The values that a blank lists itself: "Investigating/Mitigating/Resolved"."""
    parts = tuple(part.strip() for part in re.split(r"[/|]", name))
    return parts if len(parts) > 1 and _are_states(parts) else ()


def _are_states(choices: Sequence[str]) -> bool:
    known = {word for words in _STATUS_WORDS.values() for word in words}
    return any(words_of(one) in known for one in choices)


def _chosen(value: str, choices: Sequence[str]) -> str | None:
    """The listed choice that the value stands for, spelled as the template spells it; None when there is none."""
    listed = {words_of(one): one for one in choices}
    wanted = words_of(value)
    for word in (wanted, *_STATUS_WORDS.get(wanted, ())):
        if word in listed:
            return listed[word]
    return None
