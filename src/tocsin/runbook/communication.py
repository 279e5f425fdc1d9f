"""How often people are told how it stands, how the incident's channel is called, and where the status page is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.durations import every, spans, target
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.severities import begins_with
from tocsin.runbook.grammar import any_of, ending, may_hold, pattern, small_words
from tocsin.runbook.playbook import Cadence
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.wording import of_other_work
from tocsin.runbook.words import is_unspaced, vocabulary, words_of


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"#?(?:{ending('room_name')}[\w-]*[-_])?"
        r"(?:\{[\w -]+\}|<[\w -]+>|\[[\w -]+\]|YYYY-?MM-?DD|HH-?mm|[a-z]+)"
        r"(?:[-_](?:\{[\w -]+\}|<[\w -]+>|\[[\w -]+\]|YYYY-?MM-?DD|HH-?mm|[a-z]+))*"
    )


_BLANK = re.compile(r"\{[\w -]+\}|<[\w -]+>|\[[\w -]+\]|YYYY-?MM-?DD|HH-?mm")
_WITHOUT_CADENCE = frozenset(["upkeep", "links", "overview", "severity", "targets", "incidents_upkeep"])


def read_cadences(root: Section, everything: Iterable[Leaf], scale: Scale) -> tuple[Cadence, ...]:
    """How often updates are due: by severity where a level says it, else where a sentence does."""
    words = vocabulary()
    found: dict[tuple[int | None, tuple[str, ...]], Cadence] = {}
    for one in scale.severities:
        if (span := one.update_cadence) is not None and span.seconds is not None:
            lines = span.lines or one.lines
            found[(span.seconds, (one.name,))] = Cadence("status_update", span, lines, (one.name,))
    without = _WITHOUT_CADENCE - {"targets"} if not found else _WITHOUT_CADENCE  # "SLAs" that name no severity
    section: Section | None = None
    titled = excluded = told = False
    for leaf in everything:
        if leaf.section is not section:
            section = leaf.section
            titled = _is_of_cadence(section)
            told = not _TELLING.isdisjoint(section.abouts)
            excluded = not without.isdisjoint(section.abouts) or _says_what_is_wrong(section)
        if excluded or leaf.form in ("heading", "comment"):
            continue
        rhythmic = titled or (told and _begins_with_a_rhythm(leaf))
        text = _without_statements(leaf.text)
        said = rhythmic or words.says_of("update_word", text, leaf.under)
        if said and _is_other_work(text):
            continue
        if not (said or (told and _is_labelled(leaf))):
            continue
        above = scale.mentioned(leaf.under) or next(
            (names for one in leaf.section.path() if (names := scale.mentioned(one.title.raw))), ()
        )
        for interval, severities in _by_clause(leaf, scale) or (
            (_interval(leaf, titled=titled, told=told), _severities_of(leaf, scale)),
        ):
            if interval is None or interval.seconds is None or not 60 <= interval.seconds <= 7 * 86_400:
                continue
            if _is_in_code(interval, leaf.inline) or _is_of_a_machine(leaf.text, interval):
                continue
            if leaf.form == "cell" and any(seconds == interval.seconds for seconds, _names in found):
                continue  # the table of the severities said it already, for the severity of the row
            cadence = Cadence(
                "status_update",
                interval,
                Lines(leaf.line, leaf.inline.lines.last),
                severities or above,
                leaf.section.title.text or None,
            )
            found.setdefault((interval.seconds, severities or above), cadence)
    for cadence in _titles(root, scale):
        if cadence.severities or all(cadence.every.seconds != seconds for seconds, _names in found):
            found.setdefault((cadence.every.seconds, cadence.severities), cadence)
    return tuple(found.values())


def _is_other_work(text: str) -> bool:
    """Whether a line of a chapter on telling says how often something else is done: "Check the dashboard hourly"."""
    words = vocabulary()
    if words.says("update_word", text) or words.says("notify", text):
        return False
    begins = words_of(text)[:1]
    return of_other_work().search(text) is not None or not small_words("look", "mitigates").isdisjoint(begins)


def _without_statements(text: str) -> str:
    """A text without the names of SQL statements: what may not UPDATE or DELETE tells nobody anything."""
    return _STATEMENT.sub("", text) if "UPDATE" in text and _ANOTHER_STATEMENT.search(text) else text


_STATEMENT = re.compile(r"\bUPDATE\b")
_ANOTHER_STATEMENT = re.compile(r"\b(?:SELECT|INSERT|DELETE|TRUNCATE)\b")


def _says_what_is_wrong(section: Section) -> bool:
    """Whether what stands below a title are signs or examples of trouble: "The count fails, delaying daily reports"."""
    signs = section.part is not None and section.part.kind == "symptoms" and section.part.coverage >= 0.99
    if signs or vocabulary().is_a("criteria_label", section.title.text, 0.9):
        return True
    return section.level == LABEL_LEVEL and section.parent is not None and _says_what_is_wrong(section.parent)


_TELLING = frozenset(["communication", "phase:communication", "templates"])


def _begins_with_a_rhythm(leaf: Leaf) -> bool:
    """Whether a line of a chapter on telling people begins with how often: "Every 30 minutes until it is over"."""
    interval = every(leaf.text) if leaf.form in ("item", "text") else None
    if interval is None:
        return False
    return len(words_of(leaf.text[: leaf.text.find(interval.text)])) <= _WORDS_FOR_EVERY


def _is_labelled(leaf: Leaf) -> bool:
    """Whether a line of such a chapter is "Cadence: …"."""
    labelled = leaf.inline.labelled
    return labelled is not None and _names_a_rhythm(labelled[0])


def _names_a_rhythm(label: str) -> bool:
    return any(vocabulary().column(name, label) >= 0.9 for name in ("cadence", "frequency"))


_WORDS_FOR_EVERY = 2
"""As in "toutes les", "a cada"."""


def _is_in_code(interval: Duration, inline: Inline) -> bool:
    """Whether a rhythm is only a piece of a name in code: `POST /daily-report` tells nobody anything each day."""
    words = interval.text.casefold()
    inside = sum(run.text.casefold().count(words) for run in inline.codes)
    return inside > 0 and inside == inline.text.casefold().count(words)


def _is_of_a_machine(text: str, interval: Duration) -> bool:
    """Whether it is a machine that does something so often: "the probe runs every minute and posts the status"."""
    if not may_hold(text, "by_itself"):
        return False
    at = text.find(interval.text)
    if is_unspaced(text):
        behind = text[max(at, 0) :][:_LONGEST_CLAUSE]
        return _by_itself().search(_CLAUSE.split(behind, maxsplit=1)[0]) is not None
    clause = _CLAUSE.split(text[:at])[-1] if at >= 0 else text
    does = _by_itself().search(clause)
    return does is not None and not is_somebody(clause[: does.start()].strip(" *:–—-"))


_CLAUSE = re.compile(r"[.,;:。，；、]\s*")
_LONGEST_CLAUSE = 400
"""Characters behind a rhythm in which its clause ends."""


@pattern
def _by_itself() -> str:
    return any_of("by_itself")


def _titles(root: Section, scale: Scale) -> Iterator[Cadence]:
    """The rhythms that headings state: "P1: updates every 30 minutes", also those of a template for it."""
    words = vocabulary()
    for section in root.walk():
        text = section.title.raw
        if section.level == 0 or not words.says("update_word", text) or (interval := every(text)) is None:
            continue
        if "upkeep" in section.abouts or interval.seconds is None or not 60 <= interval.seconds <= 86_400:
            continue
        if _says_only_of_updates(text, interval, scale):
            names = next((names for one in section.path() if (names := scale.mentioned(one.title.raw))), ())
            lines = section.inline.lines
            yield Cadence("status_update", replace(interval, lines=lines), lines, names, section.title.text)


def _says_only_of_updates(title: str, interval: Duration, scale: Scale) -> bool:
    """Whether a heading names updates, who gets them, how often, and nothing else: not "Update the cache hourly"."""
    said = re.escape(interval.text)
    timed = rf"[(（][^()（）]*(?:{said}|\+\s?\d)[^()（）]*[)）]"  # "(every 30 min, or on a change)", "(T+1h, T+2h)"
    bare = re.sub(rf"{timed}|{said}", " ", title)
    for start, end in reversed(scale.places(bare)):
        bare = f"{bare[:start]} {bare[end:]}"
    lexicons = [vocabulary().words[name] for name in _OF_UPDATES] + [vocabulary().columns["cadence"]]
    known = small_words("filler", "beside_promise", "beside_updates").union(*_phrases_of_updates())
    for word in words_of(bare):
        for lexicon in lexicons:
            for phrase in lexicon.unspaced:
                word = word.replace(phrase, "")
        if not (word in known or word.isdigit() or not word or vocabulary().severity_order(word) is not None):
            return False
    return True


_OF_UPDATES = ("update_word", "update", "notify", "customers", "stakeholders", "executives", "internal", "regular")


@cache
def _phrases_of_updates() -> tuple[frozenset[str], ...]:
    words = vocabulary()
    phrases = [*words.columns["cadence"].spaced, *(one for name in _OF_UPDATES for one in words.words[name].spaced)]
    phrases += [one for one, kind in words.sections.spaced.items() if kind in ("templates", "communication")]
    every_word = frozenset(word for one in words.durations["every"] for word in words_of(one))
    return frozenset(word for phrase in phrases for word in phrase.split()), every_word


@remembered_with
def _is_of_cadence(section: Section) -> bool:
    """Whether the title of a section, or of one that it stands in, says that it tells how often updates are due."""
    if section.level == 0:
        return False
    if vocabulary().column("cadence", section.title.text) >= 0.9:
        return True
    return section.parent is not None and _is_of_cadence(section.parent)


_BESIDE = re.compile(r"(?:\s*[(（:：=]|\s+[-–—])\s*(?P<time>[^()（）,;，；]{1,24})")
"""What stands right behind a severity's name: "P1 (30 min)", "P1: 30 min", "P1 - 30 min"."""


def _severities_of(leaf: Leaf, scale: Scale) -> tuple[str, ...]:
    """The severities that a line speaks of, by their codes or by the word before its colon: "Major: every hour"."""
    labelled = leaf.inline.labelled
    named = begins_with(labelled[0], scale) if labelled is not None else None
    said = scale.mentioned(leaf.text) or scale.worded(leaf.text) or ((named,) if named is not None else ())
    return said or next((names for title in leaf.headed if (names := scale.mentioned(title))), ())


def _by_clause(leaf: Leaf, scale: Scale) -> list[tuple[Duration | None, tuple[str, ...]]]:
    """The rhythm of each severity where one sentence gives several: "P1 every 20 minutes, P2 every hour"."""
    text = leaf.text
    if bracketed := _before_brackets(text, leaf.line, scale):
        return bracketed
    places, names = scale.places(text), scale.mentioned(text)
    if len(names) < 2:
        clauses = re.split(rf"[,;.，；。、]\s*|\s{any_of('and')}\s", text)
    elif every(text[: places[0][0]]) is None:
        clauses = [text[a:b] for a, b in itertools.pairwise([*(start for start, _end in places), len(text)])]
    else:
        clauses = [text[a:b] for a, b in itertools.pairwise([0, *(end for _start, end in places)])]
    if len(names) > 1 and len(places) == len(names) and every(text[: places[0][0]]) is None and leaf.form != "cell":
        beside = [_BESIDE.match(text, end) for _start, end in places]
        timed = [target(one["time"], leaf.line) or every(one["time"], leaf.line) if one else None for one in beside]
        if all(one is not None and one.seconds for one in timed):
            return [(one, scale.mentioned(text[a:b])) for one, (a, b) in zip(timed, places, strict=True)]
    said: list[tuple[Duration | None, tuple[str, ...]]] = [
        (interval, scale.mentioned(clause) or scale.worded(clause) or names)
        for clause in clauses
        if (interval := every(clause, leaf.line)) is not None and (scale.mentioned(clause) or len(names) < 2)
    ]
    return said if len(said) > 1 else []


def _before_brackets(text: str, line: int, scale: Scale) -> list[tuple[Duration | None, tuple[str, ...]]]:
    """The rhythms of a sentence that names each one's level behind it: "every hour (critical) / 4 h (high)"."""
    pairs: list[tuple[Duration | None, tuple[str, ...]]] = []
    end = 0
    for bracket in _BRACKETED.finditer(text):
        level = begins_with(bracket["level"], scale)
        names = scale.mentioned(bracket["level"]) or ((level,) if level is not None else ())
        piece, end = text[end : bracket.start()], bracket.end()
        interval = every(piece, line)
        if interval is None and pairs and (span := target(piece, line)) is not None and span.seconds:
            interval = span if len(piece.replace(span.text, " ").strip(" /,;·|、，／").split()) <= 1 else None
        if interval is None or not names:
            return []
        pairs.append((interval, names))
    return pairs if len(pairs) > 1 else []


_BRACKETED = re.compile(r"[(（](?P<level>[^()（）]{1,24})[)）]")


def _interval(leaf: Leaf, *, titled: bool, told: bool) -> Duration | None:
    """How often a line says that updates are due, in any of the forms."""
    said = every(leaf.text, leaf.line)
    return said or _labelled_interval(leaf, titled=titled, told=told) or _longest_silence(leaf) or _of_a_length(leaf)


def _longest_silence(leaf: Leaf) -> Duration | None:
    """How long may pass "between updates", or "without an update" where that is forbidden: "never longer than …"."""
    text = leaf.text
    if not may_hold(text, "between", "denied"):
        return None
    said = list(spans(text, leaf.line))
    if len(said) != 1:
        return None
    says = vocabulary().says
    for gap in _gap().finditer(text):
        near = text if is_unspaced(text) else text[gap.end() : gap.end() + _NEAR]  # the noun may stand before it
        if not says("update_word", near):
            continue
        if gap["between"] or (said[0].end <= gap.start() and _forbidden().search(text[: said[0].start])):
            return said[0].duration
    return None


_NEAR = 32
"""Characters in which what a word is about begins: "between two of our updates"."""


@pattern
def _gap() -> str:
    return rf"(?P<between>{any_of('between')})|{any_of('denied')}"


@pattern
def _forbidden() -> str:
    return any_of("denied", "forbids")


def _of_a_length(leaf: Leaf) -> Duration | None:
    """The rhythm that stands before its noun as one word: "30-minute updates", "30-minütige Meldungen"."""
    text = leaf.text
    joined = (span for span in spans(text, leaf.line) if "-" in span.duration.text) if "-" in text else iter(())
    return next((one.duration for one in joined if _names_updates(text[one.end :])), None)


def _names_updates(behind: str) -> bool:
    """Whether the first or the second word behind a length is one for updates, and no "message retention"."""
    words = vocabulary()
    second = words_of(behind[:_NEAR])[1:2]
    return words.begins_with("update_word", behind, 2) and not (second and words.is_a("other_clock", second[0], 0.99))


def _labelled_interval(leaf: Leaf, *, titled: bool, told: bool) -> Duration | None:
    """ "**Update frequency**: 30 minutes", or "P1: 30 minutes" below a heading of that name.

    "Frequency" alone is of updates where a chapter is about telling people.
    """
    labelled = leaf.inline.labelled
    if labelled is None:
        return None
    named = _names_a_rhythm(labelled[0]) if told else vocabulary().column("cadence", labelled[0]) >= 0.9
    named = named and (told or len(labelled[0].split()) > 1)
    if not named and not (titled and level_name(labelled[0]) is not None):
        return None
    says = vocabulary().says
    if not named and says("notify", labelled[1]) and not says("update_word", labelled[1]):
        return None  # "P2: notify within 4 hours" is said once
    often = any(vocabulary().column("frequency", word) >= _SURELY for word in labelled[0].split())
    if not often and _by_when().match(labelled[1]):
        return None  # "Status page updates: within 1 hour" is the first of them
    return target(labelled[1], leaf.line)


_SURELY = 0.9


@pattern
def _by_when() -> str:
    """Before a time by which something is done once: "within"."""
    return rf"\W*{any_of('deadline')}(?!\w)"


def read_channel_pattern(everything: Iterable[Leaf]) -> tuple[str, Lines] | None:
    """How the channel of an incident is named, from a sentence or a comment that speaks of a channel."""
    for text, line in ((leaf.text, leaf.line) for leaf in everything):
        if not vocabulary().says("channel_word", text):
            continue
        for match in _pattern().finditer(text):
            pattern = match[0]
            if _BLANK.search(pattern) and re.match(rf"#|{ending('room_name')}", pattern) and "-" in pattern:
                return pattern, Lines(line, line)
    return None
