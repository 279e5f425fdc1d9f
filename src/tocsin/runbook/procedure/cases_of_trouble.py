"""The case that a title or a line is for, and whether something is wrong in it: "If the mill stands still"."""

from __future__ import annotations

from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.trouble import ends_in_wrong
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary


def case_of(text: str) -> str | None:
    """The case that a title or a line that ends in a colon is for, in its own words: "If the mill stands still"."""
    said = condition_in(text.rstrip(":： ") + ":")
    return None if said is None or _no_if().match(said) is not None else said


@pattern
def _no_if() -> str:
    """The beginning of any sentence of one language that is an "if" of another, where no noun or "not" follows."""
    return rf"{any_of('begins_no_condition')}\s+(?!{any_of('article', 'not')})"


def is_trouble(condition: str) -> bool:
    """Whether a condition says that something is wrong, and not merely that it is not so: "if you do not need it"."""
    words = vocabulary()
    if words.says("drill", condition):
        return False
    return words.says("trouble", condition) or words.says("fails", condition) or ends_in_wrong(condition)


def is_case_of_trouble(title: str) -> bool:
    """Whether a title is a condition from its first word on, and says that something is wrong: "If the oven is down".

    What is done where something else did not help is for no case of its own.

    >>> is_case_of_trouble("In case of a power cut"), is_case_of_trouble("If that fails")
    (True, False)
    """
    said = case_of(title)
    return said is not None and title.startswith(said) and not is_in_vain(title) and is_trouble(said)


def is_in_vain(condition: str) -> bool:
    """Whether a condition is that something did not help, "if that fails": what is to be done then is of no case."""
    return _in_vain().match(condition) is not None


@pattern
def _in_vain() -> str:
    """A condition that what stands before it did not help: it is for no case of its own."""
    again = rf"(?:{any_of('it')}(?:\s+\w+)?\s*)?{any_of('fails')}|{any_of('persists')}"
    return rf"{any_of('if', 'upon')}\s*(?:{again})|{any_of('fallback')}\s*$"
