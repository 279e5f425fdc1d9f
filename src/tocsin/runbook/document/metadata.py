"""Lines that tell of the document itself, or of a procedure as one: dates, owner, version, "Severity: P1"."""

from __future__ import annotations

from tocsin.runbook.document.inline import Inline
from tocsin.runbook.grammar import first_words
from tocsin.runbook.words import vocabulary, words_of


def is_metadata(inline: Inline) -> bool:
    """Whether every line of a paragraph is a key of the document itself: dates, owner, version."""
    words = vocabulary()
    keys = [_key_and_value(line)[0] for line in inline.by_line]
    if keys and all(key and any(words.is_a(name, key, 0.5) for name in _OF_DOCUMENT) for key in keys):
        return True
    graded = len(keys) == 1 and bool(keys[0]) and words.column("severity", keys[0]) >= 0.99
    return (graded or len(keys) > 1) and all(map(is_particular, inline.by_line))


_OF_DOCUMENT = ("last_review", "next_review", "reviewer", "owner", "version")


def is_particular(inline: Inline) -> bool:
    """Whether a line is a particular of a procedure as a document, "Severity: P1", and nothing to do."""
    key, value = _key_and_value(inline)
    if not key or len(value) > _LONGEST_PARTICULAR or inline.links:
        return False
    said = words_of(value)
    if len(said) > 1 and said[0] in first_words("imperative", "chore", "look", "by_hand"):
        return False  # "Service: restart it"
    return any(vocabulary().is_a(name, key, 0.99) for name in ("particular", *_OF_DOCUMENT))


def _key_and_value(line: Inline) -> tuple[str, str]:
    """What a line is called and what it says of that, also where all of it is in bold: "**Severity: P1**"."""
    key, value = line.labelled or ("", "")
    if key and not value and line.whole_strong:
        key, _sign, value = key.replace("：", ":").partition(":")
    return key, value.strip()


_LONGEST_PARTICULAR = 60
"""Characters of what stands behind the name of one."""
