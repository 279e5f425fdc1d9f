"""What a heading, a label or a column title means, by the vocabulary of every known language at once.

Documents mix languages (an English heading over German steps), so nothing asks which language a document is in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from tocsin.runbook.packaged import packaged
from tocsin.runbook.scripts import SIMPLIFIED, in_both

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SEPARATOR = re.compile(r"[\W_]+")
_SPACED = bytes(ord(chr(n).lower()) if n < 128 and chr(n).isalnum() else ord(" ") for n in range(256))
"""What becomes of each ASCII character: the same as by ``_SEPARATOR``, without a pattern that looks for them."""

_DOTLESS = chr(0x131)
_BESIDE = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3040-\u30ff\u3400-\u9fff])")
"""Between the scripts of "响应SLA": two words to whoever reads them."""


@lru_cache(maxsize=16_384)
def normal(text: str) -> str:
    """``text`` as spaced lower-case words, plural endings dropped, with a space at both ends.

    >>> normal("Post-Mortem **Actions**")
    ' post mortem action '
    """
    return " " + " ".join(words_of(text)) + " "


@lru_cache(maxsize=16_384)
def words_of(text: str) -> tuple[str, ...]:
    """The words of ``normal``."""
    if text.isascii():
        spaced = text.encode("ascii").translate(_SPACED).decode("ascii")
    else:
        folded = unicodedata.normalize("NFKC", text).casefold()
        # The Turkish i with and without its dot: in capitals it is that of other languages, as in a pattern.
        spaced = _SEPARATOR.sub(" ", folded.replace("i\u0307", "i").replace(_DOTLESS, "i"))
        if _CJK.search(spaced):
            spaced = _BESIDE.sub(" ", spaced.translate(SIMPLIFIED))
    words = spaced.split()
    if "s " in spaced or spaced.endswith("s"):
        words = [_singular(word) if word[-1] == "s" and len(word) > 3 else word for word in words]
    return tuple(words)


def is_unspaced(text: str) -> bool:
    """Whether a text has letters of the scripts that put no spaces between words."""
    return not text.isascii() and _CJK.search(text) is not None


def _singular(word: str) -> str:
    if word[-2] not in "sui" and word.isascii():
        return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 5 else word[:-1]
    return word


def unaccented(text: str) -> tuple[str, ...]:
    """How a phrase is typed on a keyboard without its letters; nothing for one that has no such letters.

    >>> unaccented("detección"), unaccented("störung"), unaccented("triage")
    (('deteccion',), ('stoerung', 'storung'), ())
    """
    if text.isascii() or not text.translate(_LATIN).isascii():
        return ()
    return tuple(dict.fromkeys((text.translate(_UMLAUTS).translate(_LATIN), text.translate(_LATIN))))


_LATIN = {
    n: base
    for n in range(0xC0, 0x180)
    if (base := unicodedata.normalize("NFD", chr(n))[0]).isascii() and base.isalpha()
} | {0xDF: "ss", 0x131: "i", 0x141: "L", 0x142: "l"}
_UMLAUTS = {0xE4: "ae", 0xF6: "oe", 0xFC: "ue"}


def one_of(phrases: Iterable[str]) -> str:
    """A pattern, to be compiled without regard to case, for one of these phrases, the longest that fits first.

    Each character is looked at once, while a list of phrases is tried one by one. No phrases are found nowhere.

    >>> one_of(["min", "mins", "h"])
    '(?:h|min(?:s)?)'
    """
    tree: dict[str, Any] = {}
    for phrase in phrases:
        branch = tree
        for character in phrase.lower():
            branch = branch.setdefault(character, {})
        branch[""] = {}
    return _branches(tree) if tree else "(?!)"


def _branches(tree: dict[str, Any]) -> str:
    several = [re.escape(one) + _branches(below) for one, below in sorted(tree.items()) if one]
    if not several:
        return ""
    if len(several) == 1 and "" not in tree:
        return several[0]
    return f"(?:{'|'.join(several)})" + ("?" if "" in tree else "")


@dataclass(frozen=True, slots=True)
class Match:
    """A vocabulary kind found in a title; ``coverage`` is how much of the title it accounts for, 0 to 1."""

    kind: str
    phrase: str
    coverage: float


@dataclass(slots=True, eq=False)
class Lexicon:
    """Phrases that stand for kinds; the longest one in a title decides, then the order in the file."""

    spaced: dict[str, str] = field(default_factory=dict)
    unspaced: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)  # the unspaced ones as the file spells them, for patterns
    sizes: dict[str, set[int]] = field(default_factory=dict)  # first word: how many words its phrases have
    filler: frozenset[str] = frozenset()  # words between those that mean something: no part of how much is known
    bit: int = 0  # what stands for this one in the answers of ``begun_in``

    def add(self, kind: str, phrases: Iterable[str]) -> None:
        """Let these phrases stand for ``kind``."""
        for phrase in phrases:
            key = normal(phrase).strip()
            if _CJK.search(key):
                self.unspaced.setdefault(key.replace(" ", ""), kind)
                self.written.append(phrase)
            elif key:
                self.spaced.setdefault(key, kind)
                self._begin_with(key.split())

    def add_unaccented(self) -> None:
        """Let what is typed without its accents, "deteccion", "Stoerung", stand for the same; after all languages."""
        for key, kind in list(self.spaced.items()):
            for other in unaccented(key):
                self.spaced.setdefault(other, kind)
                self._begin_with(other.split())

    def _begin_with(self, words: list[str]) -> None:
        self.sizes.setdefault(words[0], set()).add(len(words))

    def best(self, title: str) -> Match | None:
        """The kind that this title announces; None when no phrase occurs in it."""
        if not self.bit & begun_in(title):
            return None
        size = len(title)
        return _best(self, title) if size <= 120 else self.search(title) if size <= 400 else None

    def search(self, title: str) -> Match | None:
        """The same without remembering the answer."""
        words = words_of(title)
        found = self._in_words(words)
        if not title.isascii() and self.unspaced and is_unspaced(title):
            bare = "".join(words)
            length = sum(len(word) if _CJK.search(word) else min(2, len(word)) for word in words)
            for phrase, kind in self.unspaced.items():
                if phrase in bare:
                    match = Match(kind, phrase, min(1.0, len(phrase) / max(1, length)))
                    if found is None or match.coverage > found.coverage:
                        found = match
        return found

    def _in_words(self, words: tuple[str, ...]) -> Match | None:
        longest, found, sizes = 0, "", self.sizes
        for start, word in enumerate(words):
            if word not in sizes:
                continue
            for size in sizes[word]:
                # Of equally long ones the last: the head noun of an English title, "Escalation Contacts" are contacts.
                if size < longest or start + size > len(words):
                    continue
                if (phrase := " ".join(words[start : start + size])) in self.spaced:
                    longest, found = size, phrase
        if not longest:
            return None
        told = self._content(words)  # none of them may: "Do"
        return Match(self.spaced[found], found, self._content(found.split()) / told if told else longest / len(words))

    def _content(self, words: Sequence[str]) -> int:
        """How many of these words mean something."""
        return len(words) if self.filler.isdisjoint(words) else len(words) - sum(map(self.filler.__contains__, words))


@lru_cache(maxsize=16_384)
def _best(lexicon: Lexicon, title: str) -> Match | None:
    return lexicon.search(title)


@lru_cache(maxsize=16_384)
def begun_in(text: str) -> int:
    """The bits of the lexicons of which a phrase can begin in a text. Hundreds of lists are asked for in every line,
    and have nothing to say of it: its words are looked up once for all of them."""
    found = _begun()
    bits = found[""] if not text.isascii() and is_unspaced(text) else 0
    for word in words_of(text):
        if word in found:
            bits |= found[word]
    return bits


@cache
def _begun() -> dict[str, int]:
    """For each word the bits of the lexicons with a phrase that begins with it; "" has those with unspaced ones."""
    found = {"": 0}
    for lexicon in vocabulary().lexicons():
        for word in (*lexicon.sizes, *([""] if lexicon.unspaced else [])):
            found[word] = found.get(word, 0) | lexicon.bit
    return found


_DASHES = re.compile(r"\s*[-–—−/]+\s*")
"""Nothing, as it is written into a cell; it has no letter for a list of words to hold."""


@dataclass(slots=True)
class Vocabulary:
    """All languages together."""

    sections: Lexicon
    exact: Lexicon
    phases: Lexicon
    parts: Lexicon
    labels: Lexicon
    columns: dict[str, Lexicon]
    cadence: Lexicon
    words: dict[str, Lexicon]
    label_order: dict[str, int]
    durations: dict[str, list[str]]
    numbers: dict[str, float]
    spans: dict[str, float]  # whole phrases for one length, in minutes
    grammar: dict[str, list[str]]
    ordinals: dict[str, int]
    zones: dict[str, str]

    def __post_init__(self) -> None:
        for n, lexicon in enumerate(self.lexicons()):
            lexicon.bit = 1 << n

    def lexicons(self) -> Iterator[Lexicon]:
        """All of them."""
        yield from (self.sections, self.exact, self.phases, self.parts, self.labels, self.cadence)
        yield from self.columns.values()
        yield from self.words.values()

    def says(self, name: str, text: str) -> bool:
        """Whether a word of the list ``name`` occurs in the text."""
        lexicon = self.words[name]
        return lexicon.bit & begun_in(text) != 0 and lexicon.best(text) is not None

    def says_of(self, name: str, text: str, under: str) -> bool:
        """The same for a text and what it stands below, as one text."""
        lexicon = self.words[name]
        if not lexicon.bit & (begun_in(text) | begun_in(under)):
            return False
        return lexicon.best(f"{text} {under}") is not None

    def begins_with(self, name: str, text: str, most: int) -> bool:
        """Whether a word of the list ``name`` stands among the first ``most`` words of a text."""
        lexicon = self.words[name]
        return bool(lexicon.bit & begun_in(text)) and lexicon.best(" ".join(words_of(text)[:most])) is not None

    def is_a(self, name: str, text: str, least: float = 0.5) -> bool:
        """Whether the text is mostly a word of the list ``name``."""
        if name == "none" and _DASHES.fullmatch(text):
            return True
        lexicon = self.words[name]
        match = lexicon.best(text) if lexicon.bit & begun_in(text) else None
        return match is not None and match.coverage >= least

    def column(self, name: str, title: str) -> float:
        """How well this column title fits the column kind ``name``: 0 not at all, 1 entirely."""
        lexicon = self.columns[name]
        match = lexicon.best(title) if lexicon.bit & begun_in(title) else None
        return match.coverage if match else 0.0

    def part(self, label: str) -> Match | None:
        """The part of a procedure that a label announces: what a heading may, and "Problem: …" as well.

        Two words for the same part are as good as one: "Alert / symptom", "Problem oder Fehler".
        """
        several = False
        for lexicon in (self.parts, self.labels):
            match = lexicon.best(label)
            if match is not None and match.coverage >= 0.99:
                return match
            several = several or match is not None
        return self._part_of_both(label) if several and len(label) <= _LONGEST_PAIR and not is_unspaced(label) else None

    def _part_of_both(self, label: str) -> Match | None:
        """The part that both words of a label announce, beside a sign or an "or" between them."""
        words, joins = words_of(label), {*self.grammar["and"], *self.grammar["or"]}
        if len(words) < 2 or not (_SIGN_BETWEEN.search(label) or joins.intersection(words)):
            return None
        for n in range(1, len(words)):
            behind = n + 1 if words[n] in joins and n + 1 < len(words) else n
            one, two = self.part(" ".join(words[:n])), self.part(" ".join(words[behind:]))
            if one is not None and two is not None and one.kind == two.kind:
                return Match(one.kind, one.phrase, 1.0)
        return None

    def severity_order(self, label: str) -> int | None:
        """Where a word such as "critical" stands between most and least severe; None for other words."""
        for word in normal(label).split():
            if word in self.label_order:
                return self.label_order[word]
        bare = normal(label).replace(" ", "")
        if bare not in self.label_order and len(bare) <= 8 and _CJK.search(bare):
            for noun in self.words["severity_name"].unspaced:
                bare = bare.removesuffix(noun)  # 最高重要度 is the highest, not the importance
        return self.label_order.get(bare)

    def is_label(self, text: str) -> bool:
        """Whether a text is a label and nothing else: "Critical", "High priority", never "status page red"."""
        words = [word for word in normal(text).split() if word not in self.sections.filler]
        known = [self.severity_order(word) is not None for word in words]
        return (
            0 < len(words) <= 3
            and any(known)
            and all(
                one or word in self.words["severity_name"].spaced or word in self.grammar["beside_label"]
                for one, word in zip(known, words, strict=True)
            )
        )


_LONGEST_PAIR = 40
"""Characters of a label with two words for one part."""

_SIGN_BETWEEN = re.compile(r"[/&+|]")


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of every language that is shipped."""
    languages = [_in_its_scripts(packaged("vocabulary", name)) for name in _files()]
    order: dict[str, int] = {}
    for language in languages:
        for rank, labels in enumerate(language.get("words", {}).get("label_order", [])):
            order |= {normal(label).replace(" ", ""): rank for label in labels}
    order = {plain: rank for label, rank in order.items() for plain in unaccented(label)} | order
    words = {n: _one(languages, "words", n) for n in _names(languages, "words") if n != "label_order"}
    for language in languages:
        own = language.get("words", {})
        if "fails_last" not in own:  # most languages have what fails say so at the end: "Cuenta comprometida"
            words["fails_last"].add("fails_last", own.get("fails", []))
    words["fails_last"].add_unaccented()
    durations: dict[str, list[str]] = {}
    numbers: dict[str, float] = {}
    whole: dict[str, float] = {}
    for language in languages:
        for unit, spellings in language.get("durations", {}).items():
            if unit == "numbers":
                numbers |= spellings
            elif unit == "spans":
                whole |= spellings
            else:
                durations.setdefault(unit, []).extend(spellings)
    durations = {unit: _both(spellings) for unit, spellings in durations.items()}
    numbers = {plain: value for word, value in numbers.items() for plain in unaccented(word)} | numbers
    grammar: dict[str, list[str]] = {}
    for language in languages:
        for name, several in language.get("grammar", {}).items():
            grammar.setdefault(name, []).extend(several)
    return Vocabulary(
        sections=_lexicon(languages, "sections"),
        exact=_lexicon(languages, "exact"),
        phases=_lexicon(languages, "phases"),
        parts=_lexicon(languages, "parts", _beside_parts(languages)),
        labels=_lexicon(languages, "labels"),
        columns={n: _one(languages, "columns", n) for n in _names(languages, "columns")},
        cadence=_lexicon(languages, "cadence"),
        words=words,
        label_order=order,
        durations=durations,
        numbers=numbers,
        spans={plain: length for phrase, length in whole.items() for plain in unaccented(phrase)} | whole,
        grammar=grammar,
        ordinals={word: n for language in languages for word, n in language.get("ordinals", {}).items()},
        zones={name.upper(): zone for language in languages for name, zone in language.get("zones", {}).items()},
    )


def _files() -> list[str]:
    """The name of the file of each language, English first."""
    every = (one.name for one in files("tocsin.runbook.vocabulary").iterdir() if one.name.endswith(".toml"))
    return sorted(every, key=lambda name: (name != "en.toml", name))


def _in_its_scripts(language: dict[str, Any]) -> dict[str, Any]:
    """A language with what patterns look for spelled in both of its scripts, where it has two; titles are folded."""
    if not language.get("two_scripts"):
        return language
    found = dict(language)
    for group in ("words", "durations", "grammar"):
        found[group] = {
            name: in_both(said) if said and isinstance(said, list) and isinstance(said[0], str) else said
            for name, said in language[group].items()
        }
    numbers = language["durations"]["numbers"]
    found["durations"]["numbers"] = {other: n for word, n in numbers.items() for other in in_both([word])}
    return found


def _both(spellings: list[str]) -> list[str]:
    """The spellings, then those without accents."""
    return list(dict.fromkeys((*spellings, *(plain for one in spellings for plain in unaccented(one)))))


def _names(languages: list[dict[str, Any]], group: str) -> list[str]:
    return list(dict.fromkeys(name for language in languages for name in language.get(group, {})))


def _lexicon(languages: list[dict[str, Any]], group: str, beside: frozenset[str] = frozenset()) -> Lexicon:
    lexicon = Lexicon(filler=_filler(languages) | beside)
    for language in languages:
        for kind, phrases in language.get(group, {}).items():
            lexicon.add(kind, phrases)
    lexicon.add_unaccented()
    return lexicon


def _one(languages: list[dict[str, Any]], group: str, name: str) -> Lexicon:
    lexicon = Lexicon(filler=_filler(languages))
    for language in languages:
        lexicon.add(name, language.get(group, {}).get(name, []))
    lexicon.add_unaccented()
    return lexicon


def _filler(languages: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(word for language in languages for word in language.get("grammar", {}).get("filler", []))


def _beside_parts(languages: list[dict[str, Any]]) -> frozenset[str]:
    """Words beside the name of a part of a procedure, which is the same part without them: "Typical symptoms"."""
    said = [word for language in languages for word in language.get("grammar", {}).get("beside_part", [])]
    return frozenset(one for word in _both(said) for one in words_of(word))
