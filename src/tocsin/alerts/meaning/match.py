"""Which of the runbook's procedures an alert speaks of, and by which words.

An alert fits a procedure when what it speaks of covers one of the procedure's clauses (its title, a symptom, a
part of one between commas). A clause that says much is worth more than one that says "errors"; a phrase that
the runbook quotes has to stand in the alert as it is. Where nothing fits well, nothing matches: a wrong procedure
costs more at night than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tocsin.alerts.alert import Alert
from tocsin.alerts.meaning.lexicon import ELSEWHERE, WHOLE
from tocsin.alerts.meaning.words import Sense, is_object, sense, stem, weight, words_of
from tocsin.runbook.instructions import Procedure, ProcedureKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.stated import Lines

THRESHOLD = 0.64
_MATCHED_BY = frozenset({ProcedureKind.INCIDENT, ProcedureKind.ALERT})
_CLAUSE = re.compile(r"\s*(?:[,;]|\(|\))\s*")
_EITHER = re.compile(r"(\w+)/(\w+)")
_QUOTED = re.compile(r"[\"“”`]([^\"“”`]{4,80})[\"“”`]")
_ENOUGH = 0.7  # the weight that a match needs to count in full: more than words that every alert uses
_ASIDE = 0.6  # how much a label other than the alert's name counts
_WHOLE = frozenset(WHOLE.split(", "))
_LABEL_NAMES = ("alertname", "job", "service", "component", "app", "class", "check", "type", "queue", "deployment")


@dataclass(frozen=True, slots=True)
class Match:
    """The procedure that fits. ``score`` is between 0 and 1; ``words`` are the alert's words that fitted.

    ``lines`` and ``text`` are the symptom (or title) that fitted best, as the runbook has it.
    ``runner_up`` is the key of the next best procedure, when another one fits too.
    """

    procedure: str
    title: str
    score: float
    words: tuple[str, ...]
    text: str
    lines: Lines
    reason: str
    runner_up: str | None = None
    runner_up_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """What an alert speaks of, each concept with how much its place counts."""

    sense: Sense
    places: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Clause:
    procedure: int
    text: str
    lines: Lines
    weights: dict[str, float]
    total: float
    phrase: str = ""


def match_procedure(said: Alert | str, playbook: Playbook) -> Match | None:
    """The procedure that an alert or a text speaks of; None when none fits well.

    For more than one alert keep a ``SymptomIndex`` of the playbook.
    """
    return SymptomIndex.of(playbook).match(said)


def spoken(alert: Alert) -> tuple[str | None, ...]:
    """All of an alert that ``heard``, matching and suggesting look at: alerts that are alike in this are read alike."""
    named = alert.labels.get
    return (alert.title, alert.summary, alert.severity_hint, *[named(name) for name in _LABEL_NAMES])


def heard(said: Alert | str) -> Said:
    """What an alert or a text speaks of: its title and texts, and the labels that say where."""
    if isinstance(said, str):
        whole = sense(said)
        return Said(whole, _places(whole, {}))
    first, _, rest = said.summary.partition("\n")
    whole = sense(f"{said.title} . {rest if first in said.title else said.summary}")
    labels = sense(" . ".join(said.labels[name] for name in _LABEL_NAMES if name in said.labels))
    both = Sense(labels.concepts | whole.concepts, whole.qualifiers, whole.quantities, whole.stems + labels.stems)
    return Said(both, _places(whole, labels.concepts))


def _places(whole: Sense, aside: Iterable[str]) -> dict[str, float]:
    """How much each concept and qualifier counts: less when only a label says it, or when it is only implied."""
    places = dict.fromkeys(aside, _ASIDE) | dict.fromkeys(whole.concepts, 1.0) | dict.fromkeys(whole.qualifiers, 1.0)
    if "full" not in places and "down" in whole.concepts and not _WHOLE.isdisjoint(whole.concepts):
        places["full"] = _ASIDE
    return places


class SymptomIndex:
    """The procedures of one playbook, prepared for many alerts. Never changes once it is built."""

    __slots__ = ("_about", "_clauses", "_known", "_names", "_postings", "_procedures")

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._procedures = tuple(one for one in procedures if one.kind in _MATCHED_BY)
        self._clauses: list[_Clause] = []
        self._known: list[set[str]] = []
        self._names = {"".join(words_of(one.title)): number for number, one in enumerate(self._procedures)}
        for number, procedure in enumerate(self._procedures):
            known: set[str] = set()
            for text, lines in _sources(procedure):
                for clause in _clauses(number, text, lines):
                    self._clauses.append(clause)
                    known |= clause.weights.keys()
            self._known.append(known)
        self._about = {concept for known in self._known for concept in known if is_object(concept)} | ELSEWHERE
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for number, clause in enumerate(self._clauses):
            for concept, worth in clause.weights.items():
                self._postings.setdefault(concept, []).append((number, worth))

    @classmethod
    def of(cls, playbook: Playbook) -> SymptomIndex:
        """The index of a playbook's incidents and alerts; procedures of other kinds are opened by people."""
        return cls(playbook.procedures)

    def match(self, said: Alert | str, told: Said | None = None) -> Match | None:
        """The procedure that fits best, when it fits well; ``told`` is what ``heard`` gave for it, if that is known."""
        told = told or heard(said)
        if isinstance(said, Alert):
            named = self._names.get("".join(words_of(said.labels.get("alertname", ""))))
            if named is not None:
                return self._named(named, said)
        scores = self._scores(told)
        if not scores:
            return None
        literal = _literal(told, scores)
        ranked = sorted(scores.items(), key=lambda one: (-one[1][0], -literal.get(one[0], 0), one[0]))
        number, (score, clause) = ranked[0]
        if score < THRESHOLD:
            return None
        procedure = self._procedures[number]
        said_by = told.sense.qualifiers | told.sense.concepts
        words = tuple(dict.fromkeys(said_by[c] for c in told.places if c in self._known[number] and c in said_by))
        second = ranked[1] if len(ranked) > 1 and ranked[1][1][0] >= THRESHOLD else None
        return Match(
            procedure.key,
            procedure.title,
            round(score, 3),
            words,
            clause.text,
            clause.lines,
            f"{', '.join(repr(word) for word in words)} fits {clause.text!r} of {procedure.title!r}",
            self._procedures[second[0]].key if second else None,
            round(second[1][0], 3) if second else 0.0,
        )

    def _named(self, number: int, alert: Alert) -> Match:
        procedure = self._procedures[number]
        name = alert.labels["alertname"]
        reason = f"the alert has the name of {procedure.title!r}"
        return Match(procedure.key, procedure.title, 1.0, (name,), procedure.title, procedure.lines, reason)

    def _scores(self, told: Said) -> dict[int, tuple[float, _Clause]]:
        """By procedure: how well it fits, and its clause that fits best."""
        met: dict[int, float] = {}
        of_a_thing: set[int] = set()
        for concept, place in told.places.items():
            postings = self._postings.get(concept, ())
            for number, worth in postings:
                met[number] = met.get(number, 0.0) + worth * place
            if postings and is_object(concept):
                of_a_thing.update(number for number, _ in postings)
        things = {concept for concept in self._about & told.places.keys() if told.places[concept] == 1.0}
        best: dict[int, tuple[float, _Clause]] = {}
        for number, weight_met in met.items():
            clause = self._clauses[number]
            score = weight_met / clause.total * min(1.0, weight_met / _ENOUGH)
            if clause.phrase:
                score = 1.0 if f" {clause.phrase} " in told.sense.stems else score * 0.5
            elif number not in of_a_thing:
                score *= self._strange(things, clause.procedure)
            held = best.get(clause.procedure)
            if held is None or score > held[0]:
                best[clause.procedure] = (score, clause)
        return {number: (min(1.0, score + self._more(told, number, c)), c) for number, (score, c) in best.items()}

    def _strange(self, things: set[str], number: int) -> float:
        """Less for "down" or "slow" alone when it is said of a thing that another procedure is about."""
        return 1.0 if things <= self._known[number] else 0.7

    def _more(self, told: Said, number: int, clause: _Clause) -> float:
        """A little for everything else that the alert and the procedure have in common."""
        places = told.places
        common = (places.keys() & self._known[number]) - clause.weights.keys()
        return min(0.2, 0.1 * sum(weight(concept) * places[concept] for concept in common))


def _literal(told: Said, scores: Mapping[int, tuple[float, _Clause]]) -> dict[int, int]:
    """By those procedures that fit best and equally well, how many words of the symptom were said just so.

    "Payment fails" speaks of the same as "checkout fails"; where a runbook has both, the word decides.
    """
    best = max(score for score, _ in scores.values())
    equal = {number: clause for number, (score, clause) in scores.items() if score == best}
    if len(equal) == 1:
        return {}
    said = set(told.sense.stems.split())
    return {number: len(said.intersection(map(stem, words_of(one.text)))) for number, one in equal.items()}


def _sources(procedure: Procedure) -> list[tuple[str, Lines]]:
    title = Lines(procedure.lines.first, procedure.lines.first)
    return [(procedure.title, title), *((symptom.text, symptom.lines) for symptom in procedure.symptoms)]


def _clauses(number: int, text: str, lines: Lines) -> Iterable[_Clause]:
    """The parts of a symptom that can each be met alone; a quoted phrase is one of them."""
    for quoted in _QUOTED.findall(text):
        if len(words_of(quoted)) > 1:
            spoken = sense(quoted)
            yield from _clause(number, text, lines, spoken, spoken.stems.strip())
    rest = _QUOTED.sub(lambda found: " " if len(words_of(found[1])) > 1 else found[0], text)
    for part in _CLAUSE.split(rest):
        either = _EITHER.search(part)
        for choice in either.groups() if either else ("",):
            one = f"{part[: either.start()]}{choice}{part[either.end() :]}" if either else part
            yield from _clause(number, text, lines, sense(one))


def _clause(number: int, text: str, lines: Lines, spoken: Sense, phrase: str = "") -> Iterable[_Clause]:
    weights = {concept: weight(concept) for concept in (*spoken.concepts, *spoken.qualifiers)}
    if weights:
        yield _Clause(number, text, lines, weights, sum(weights.values()), phrase)
