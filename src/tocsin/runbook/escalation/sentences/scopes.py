"""For which severity a sentence speaks: "SEV1: page the lead. SEV2: page the on-call", "For SEV1 page the lead"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tocsin.runbook.escalation.sentences.calling import calls
from tocsin.runbook.escalation.sentences.verbs_of_calling import names_a_call
from tocsin.runbook.escalation.severities import begins_with
from tocsin.runbook.grammar import any_of, article, pattern
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Lines


@dataclass(frozen=True, slots=True)
class Scoped:
    """A text and the severities that it is for: empty before one is named, ``None`` for all that were named.

    ``whole`` is the text with the severity that it begins with.
    """

    names: tuple[str, ...] | None
    text: str
    whole: str
    lines: Lines


def scopes(texts: Iterable[tuple[str, Lines]], scale: Scale) -> Iterator[Scoped]:
    """The texts taken apart where a sentence begins with another severity.

    What follows the sentence of the last severity is for all of them where none before had more than its sentence.
    """
    names: tuple[str, ...] = ()
    said: list[Scoped] = []
    for text, lines in texts:
        for sentence in _sentences(text, scale):
            own, rest = _scope(sentence, scale)
            if own:
                names = own
                said.append(Scoped(own, rest, sentence, lines))
            else:
                said.append(Scoped(names, sentence, sentence, lines))
    yield from _for_all(said)


def _for_all(said: list[Scoped]) -> Iterator[Scoped]:
    begins = [n for n, one in enumerate(said) if one.names and (n == 0 or said[n - 1].names != one.names)]
    single = len(begins) > 1 and all(later - first == 1 for first, later in itertools.pairwise(begins))
    for n, one in enumerate(said):
        yield replace(one, names=None) if single and n > begins[-1] else one


def _sentences(text: str, scale: Scale) -> Iterator[str]:
    """The sentences of a text, and the parts of one at whose semicolon another severity begins."""
    for sentence in sentence_ends().split(text):
        at = 0
        signs = list(_SEMICOLON.finditer(sentence))
        for sign, following in itertools.zip_longest(signs, signs[1:]):
            part = sentence[sign.end() : following.start() if following is not None else None]
            if _scope(part, scale)[0]:
                yield sentence[at : sign.start()]
                at = sign.end()
        yield sentence[at:]


_SEMICOLON = re.compile(r"[;；]\s*")


def _scope(sentence: str, scale: Scale) -> tuple[tuple[str, ...], str]:
    """The severities that a sentence begins with, and what it says of them; none for other sentences."""
    places = scale.places(sentence)
    if places and len(sentence[: places[0][0]].split()) <= _FEW and not names_a_call(sentence[: places[0][0]]):
        start, end = places[0]
        for first, last in places[1:]:
            if _joined().fullmatch(sentence, end, first) is None:
                break
            end = last
        rest = sentence[end:]
        if (sign := _SIGN.match(rest)) is not None and not calls(sign[0]):
            return scale.mentioned(sentence[start:end]), rest[sign.end() :]
        return (scale.mentioned(sentence[start:end]), rest) if calls(rest) else ((), sentence)
    said = _label().match(sentence)
    severity = begins_with(said["label"], scale) if said is not None else None
    if said is None or severity is None:
        return (), sentence
    return ((severity,), sentence[said.end() :]) if said["sign"] or said["led"] else ((), sentence)


_FEW = 4
"""Words before a severity: "In case of a SEV1"."""
_SIGN = re.compile(r"[^:：,，–—→(（]{0,16}(?:[:：,，–—→]|->|=>|\s-\s)\s*")
"""What stands between a severity and what it calls for: " incidents:", " – "."""


@pattern
def _label() -> str:
    """ "Critical: …", "Critical – …", "For critical incidents …"."""
    led = rf"(?P<led>{any_of('for', 'if', 'upon', 'after', 'of')}\s+(?:{article()})?)?"
    label = rf"(?P<label>[^\W\d_]+)(?:\s+{any_of('incident', 'beside_label')})?"
    return rf"^\W{{0,20}}{led}{label}(?P<sign>\s*[:：–—→]\s*|\s+-\s+|,\s+)?(?!\w(?<=\w\w))"


@pattern
def _joined() -> str:
    return rf"\s*(?:[,/&+–-]|{any_of('and', 'or', 'until')})\s*"
