"""Blanks of a text, marked so that nobody overlooks them."""

from __future__ import annotations

from markupsafe import Markup, escape

from tocsin.review.blanks import BRACKETED, is_blank_name, prose


def unfilled(text: str) -> tuple[str, ...]:
    """The bracketed blanks of a text as they stand in it, each once.

    >>> unfilled("We look into [Impact]. Next news at [Time], says [Impact].")
    ('[Impact]', '[Time]')
    """
    found = [
        mark.group(0)
        for _, line in prose(text.split("\n"))
        for mark in BRACKETED.finditer(line)
        if is_blank_name(mark.group(1))
    ]
    return tuple(dict.fromkeys(found))


def marked(text: str) -> Markup:
    """The text for a preview: escaped, with its blanks marked."""
    shown = escape(text)
    for blank in unfilled(text):
        shown = shown.replace(escape(blank), Markup("<mark>{}</mark>").format(blank))
    return shown
