"""Which severity the runbook's own criteria give to what an alert says.

Only the runbook's words count: a criterion that the text meets, or a severity that the source calls by its name.
Where several fit equally well the most severe is suggested and the reason says so; where none fits, none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.alerts.alert import Alert
from tocsin.alerts.meaning.lexicon import AGAINST, OBJECT, PARTS, PLAIN, TROUBLE
from tocsin.alerts.meaning.match import Said, heard
from tocsin.alerts.meaning.quantity import Quantity, limits, without
from tocsin.alerts.meaning.words import Sense, is_object, sense, stem, weight
from tocsin.runbook.playbook import Playbook, Severity, severity_key
from tocsin.runbook.stated import Lines

THRESHOLD = 0.66
_ALIKE = 0.1  # scores that are no further apart are equally good
_CLAUSE = re.compile(r"\s*(?:(?<!\d),|,(?!\d)|;|\bor\b|\band/or\b)\s*")
_QUALIFIED = 0.3  # what a qualifier or a quantity adds that the criterion and the text share
HANDFUL = 9
"""So many users may be "multiple users" and "a small number of users"; more are not a small number."""
_HOW_MUCH = 0.7  # how well a criterion fits that says nothing but "minor" or "some users"
_PARTS = frozenset(stem(word) for word in PARTS.split(", ")) | frozenset(PARTS.split(", "))
_TROUBLE = frozenset(stem(word) for word in TROUBLE.split(", ")) | frozenset(TROUBLE.split(", "))
_WEAKER = frozenset({"no", "not", "without"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A severity of the runbook, and why. ``criterion`` is the line that fits, empty when the source named it.

    ``lines`` are those of the severity in the document; ``words`` are the alert's words that fitted.
    """

    severity: str
    rank: int
    reason: str
    lines: Lines
    criterion: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One clause of a criterion, with the amounts that it asks for."""

    severity: Severity
    text: str
    weights: dict[str, float]
    qualifiers: frozenset[str]
    limits: tuple[Quantity, ...]


_Held = tuple[tuple[tuple[Quantity, Quantity], ...], tuple[Quantity, ...]]


@dataclass(frozen=True, slots=True)
class _Fit:
    """``firm`` when a thing, a qualifier or a quantity is met, not only "slow" or "down".

    ``met`` are what the text states and the limits that it keeps to; ``open`` the limits of which it does not tell.
    """

    score: float
    worth: float
    firm: bool
    criterion: _Criterion
    words: tuple[str, ...]
    met: tuple[tuple[Quantity, Quantity], ...] = ()
    open: tuple[Quantity, ...] = ()


def suggest_severity(said: Alert | str, hint: str | None, playbook: Playbook) -> Suggestion | None:
    """The severity that the runbook's criteria, or the source by name, give; None when nothing fits.

    ``hint`` is the source's own word, taken when it is a severity's name, alias or label. For more than one alert
    keep a ``CriteriaIndex`` of the playbook.
    """
    return CriteriaIndex.of(playbook).suggest(said, hint)


class CriteriaIndex:
    """The criteria of one playbook, prepared for many alerts. Never changes once it is built."""

    __slots__ = ("_criteria", "_names")

    def __init__(self, playbook: Playbook) -> None:
        self._names: dict[str, Severity] = {}
        for severity in playbook.severities:
            for name in (severity.name, severity.label or "", *severity.aliases):
                self._names.setdefault(severity_key(name), severity)
        self._criteria = [one for severity in playbook.severities for one in _criteria(severity)]

    @classmethod
    def of(cls, playbook: Playbook) -> CriteriaIndex:
        """The index of a playbook's severities."""
        return cls(playbook)

    def suggest(self, said: Alert | str, hint: str | None = None, told: Said | None = None) -> Suggestion | None:
        """The most severe of what fits best, with its reason; ``told`` as for ``SymptomIndex.match``."""
        told = told or heard(said)
        fits = [fit for criterion in self._criteria if (fit := _fit(criterion, told)) is not None]
        named = self._named(hint)
        if not fits:
            return named
        top = max(fit.score for fit in fits)
        best = [fit for fit in fits if fit.score >= top - _ALIKE]
        chosen = min(best, key=lambda fit: (fit.criterion.severity.rank, -fit.worth))
        severity = chosen.criterion.severity
        if named is not None and (named.rank <= severity.rank or not chosen.firm):
            return named
        others = dict.fromkeys(fit.criterion.severity.name for fit in best if fit.criterion.severity is not severity)
        reason = f"{', '.join(repr(word) for word in chosen.words)} meets {chosen.criterion.text!r} of {severity.name}"
        reason += "".join(f"; {said}" for said in _amounts(chosen))
        if others:
            reason += f"; {' and '.join(others)} would fit as well, the most severe is taken"
        if unsaid := next((fit for fit in fits if fit.open and fit.criterion.severity.rank < severity.rank), None):
            worse = unsaid.criterion
            reason += f"; whether {worse.text!r} of {worse.severity.name} is met is not said"
        if named is not None:
            reason += f"; the source says {hint!r}, which is less severe"
        return Suggestion(severity.name, severity.rank, reason, severity.lines, chosen.criterion.text, chosen.words)

    def _named(self, hint: str | None) -> Suggestion | None:
        """The severity whose name, alias or label the source used."""
        key = severity_key(hint) if hint else ""
        severity = self._names.get(key) if key else None
        if severity is None or hint is None:
            return None
        reason = f"the source says {hint!r}, which is {severity.name} of the runbook"
        return Suggestion(severity.name, severity.rank, reason, severity.lines, "", (hint,))


def _criteria(severity: Severity) -> Iterable[_Criterion]:
    for text in severity.criteria:
        for clause in _CLAUSE.split(text):
            asked = limits(clause)
            spoken = sense(without(clause, asked))
            weights = {concept: weight(concept) for concept in spoken.concepts}
            if weights:
                yield _Criterion(severity, text, weights, _qualifiers(clause, spoken), asked)


def _qualifiers(clause: str, spoken: Sense) -> frozenset[str]:
    """The qualifiers of a clause; "no significant impact" and "no user impact" are minor ones."""
    negated = any(word in _WEAKER for word in clause.casefold().split())
    if negated and ("major" in spoken.qualifiers or "impact" in spoken.concepts):
        return frozenset({"minor"})
    return frozenset(spoken.qualifiers)


def _amounts(fit: _Fit) -> Iterable[str]:
    """What the amounts of a fit come to: those in other units converted, and those that nobody has told."""
    for said, limit in fit.met:
        if told := said.told_in(limit):
            yield f"{said.text!r} is {told}"
    if fit.open:
        yield f"how much it is ({', '.join(one.text for one in fit.open)}) is not said"


def _held(criterion: _Criterion, stated: Iterable[Quantity]) -> _Held | None:
    """What is stated and the limits that it keeps to, then the limits that it leaves open; None when one is broken."""
    met: list[tuple[Quantity, Quantity]] = []
    unsaid: list[Quantity] = []
    for limit in criterion.limits:
        same = [one for one in stated if one.of == limit.of]
        same = [one for one in same if one.exact] or same  # "0.8 s, above 0.5 s" is 0.8 s
        kept = next((one for one in same if one.within(limit)), None)
        if kept is not None:
            met.append((kept, limit))
        elif same and all(one.within(limit) is False for one in same):
            return None
        else:
            unsaid.append(limit)
    return tuple(met), tuple(unsaid)


def _users(stated: Iterable[Quantity]) -> Iterable[tuple[str, str]]:
    """What a number of users says in the words of criteria; of a handful nobody can tell whether they are few."""
    for one in stated:
        if one.of == "user" and one.low >= 2:
            yield "many", one.text
        if one.of == "user" and one.high <= HANDFUL:
            yield "few", one.text


def _fit(criterion: _Criterion, told: Said) -> _Fit | None:
    """How well a text meets a criterion: its things must all be spoken of, and nothing said against it."""
    places, spoken = told.places, told.sense
    qualifiers = dict(_users(spoken.quantities)) | spoken.qualifiers
    said = set(qualifiers)
    if "full" not in said and not _PARTS.isdisjoint(spoken.concepts):
        said.add("partial")
    if any(one not in said and not said.isdisjoint(AGAINST[one]) for one in criterion.qualifiers):
        return None
    if any(is_object(concept) and concept not in places for concept in criterion.weights):
        return None
    held = _held(criterion, spoken.quantities)
    if held is None:
        return None
    kept, unsaid = held
    met = {concept: worth * places[concept] for concept, worth in criterion.weights.items() if concept in places}
    shared = [one for one in criterion.qualifiers if one in qualifiers]
    known = bool(shared or kept)
    worth = sum(met.values())
    if max(criterion.weights.values(), default=0.0) < PLAIN:
        # "Minor issues": all that such a criterion says is how much.
        score = _HOW_MUCH if known and not _TROUBLE.isdisjoint(places) else 0.0
    else:
        score = worth / sum(criterion.weights.values()) + (_QUALIFIED if known else 0.0) if worth >= PLAIN else 0.0
    if score < THRESHOLD:
        return None
    said_by = qualifiers | spoken.concepts
    words = dict.fromkeys(said_by[one] for one in (*met, *shared) if one in said_by)
    words |= dict.fromkeys(one.text for one, _ in kept)
    firm = known or (worth >= OBJECT and not unsaid)
    return _Fit(score, worth, firm, criterion, tuple(words), kept, unsaid)
