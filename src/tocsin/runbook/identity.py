"""Names that stay the same when lines move: keys of procedures, ids of steps and playbooks."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import fields
from operator import attrgetter

from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.course import ties_of


def slug(title: str) -> str:
    """A title as a key: lower case, words joined by hyphens; letters of any script are kept.

    >>> slug("API Not Responding")
    'api-not-responding'
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    return _BETWEEN_WORDS.sub("-", folded).strip("-") or "untitled"


_BETWEEN_WORDS = re.compile(r"[\W_]+")


def unique(key: str, taken: dict[str, int]) -> str:
    """``key``, or ``key-2``, ``key-3`` … when it is taken; the answer is taken from then on.

    ``taken`` keeps for each key the last number that it was given, so that nobody counts up from two again.
    """
    n = taken.get(key, 0) + 1
    while (chosen := key if n == 1 else f"{key}-{n}") in taken:
        n += 1
    taken[key] = n
    taken.setdefault(chosen, 1)
    return chosen


def identified(steps: tuple[Step, ...], path: str) -> tuple[Step, ...]:
    """The steps with their ids and ties. An id is a hash over where a step stands, what it does, and the how-manieth
    equal one it is."""
    seen: dict[str, int] = {}
    out = []
    for step in steps:
        what = " ".join((step.command.text if step.command else step.title).split())
        seen[what] = seen.get(what, 0) + 1
        digest = hashlib.sha256(f"{path}\x1f{what}\x1f{seen[what]}".encode("utf-8", "replace")).hexdigest()
        out.append(Step(digest[:12], *(*_between_id_and_ties(step), ties_of(step))))
    return tuple(out)


_between_id_and_ties = attrgetter(*[field.name for field in fields(Step)][1:-1])
