"""What has to be so before a command is run: somebody asked or told, a consent given, a way back kept, a state.

Each is two words of which neither says it alone, in any order and any language: "Ask the lead first" has a verb of
asking and a word for "before"; "Make sure a backup exists" one of making sure and a safeguard; "Sign-off required" a
consent and a word for need. "First look at the log" and "Make sure that all mills run" limit nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache

from tocsin.runbook.command.programs import known_programs
from tocsin.runbook.escalation.sentences.calling import says_somebody
from tocsin.runbook.grammar import (
    BRACKET,
    Guarded,
    any_of,
    article,
    ending,
    first_words,
    guarded,
    held_in,
    mask_of,
    may_hold,
    pattern,
    phrases,
)
from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.circumstances import is_circumstance
from tocsin.runbook.procedure.course import changes
from tocsin.runbook.words import is_unspaced, one_of, words_of

_LONGEST = 200
"""Characters of a sentence that says such a thing, and not only tells of it."""
_MOST_BEFORE = 3
"""Words before the first of the two: "You must first ask the lead"."""
_MOST_WORDS = 9
"""Words of a sentence that says what is needed, and does not tell of how something works."""
_EDGES = " \t\n.,;:!()（）。、，；：！—–-→*_"


@lru_cache(maxsize=8192)
def precondition_in(sentence: str) -> str | None:
    """What a sentence, or a bracket in it, asks for before what stands beside it is run; None for any other.

    >>> precondition_in("Ask the lead first."), precondition_in("Stop it (sign-off required)")
    ('Ask the lead first', 'sign-off required')
    >>> precondition_in("First look at the log"), precondition_in("Make sure that all mills run")
    (None, None)
    """
    if len(sentence) > _LONGEST or not may_ask(sentence):
        return None
    bare = _bare(sentence)
    if not first_words("shows").isdisjoint(words_of(bare)[:1]):
        return None  # "Lists pending approvals" says what a look shows
    if _is_asked(bare) or _is_safe(bare):
        return sentence.strip(_EDGES) if bare else None
    if (state := state_in(bare)) is not None:
        return state
    inside = (match["inside"].strip(_EDGES) for match in BRACKET.finditer(sentence))
    return next((one for one in inside if _is_asked(one) or _is_safe(one) or state_in(one)), None)


def is_asked(sentence: str) -> bool:
    """Whether a sentence asks for somebody's consent, or that somebody is told, before more is done."""
    return len(sentence) <= _LONGEST and may_ask(sentence) and _is_asked(_bare(sentence))


def needs_consent(sentence: str) -> bool:
    """Whether that is a consent: "Get sign-off from the lead", and not "Tell the lead first"."""
    return len(sentence) <= _LONGEST and may_ask(sentence) and _consented(_bare(sentence))


def is_safeguard(said: str) -> bool:
    """Whether a condition is a safeguard alone, "Make sure a backup exists": a look takes no harm without it."""
    bare = _bare(said)
    return len(said) <= _LONGEST and may_ask(said) and _is_safe(bare) and not _is_asked(bare)


def _bare(sentence: str) -> str:
    return _SIGNS.sub("", BRACKET.sub(" ", sentence).strip(_EDGES))


_SIGNS = re.compile(r"^\W+(?=\w)")
"""A sign before a sentence, "⚠️", is no word of it."""


def _is_short(bare: str) -> bool:
    return len(bare.partition(",")[0].split()) <= _MOST_WORDS


@cache
def _unspaced(*names: str) -> tuple[str, ...]:
    """The words of these lists in scripts without spaces, up to a star."""
    return tuple(dict.fromkeys(one.split("*")[0] for one in phrases(*names) if ord(one.strip(" *")[0]) >= _FIRST))


_FIRST = 0x2E80
"""The first character of the scripts that put no spaces between words."""


_PAIRS = (
    (("consults", "settles"), ("beforehand",)),
    (("agreement",), ("obtains", "needed")),
    (("leave",), ("obtains",)),
    (("with",), ("agreement",)),
    (("agrees",), ("needed",)),
    (("agreed",), ("with",)),
    (("safeguard",), ("assures", "beforehand", "needed")),
    (("over",), ("once_over",)),
    (("awaits",), ("over", "ended")),
    (("holds",), ("ready",)),
)


@lru_cache(maxsize=8192)
def may_ask(sentence: str) -> bool:
    """Whether both words of a pair can stand in a sentence, or a state: asked before the patterns are."""
    words = words_of(sentence)
    spaced = sentence.isascii() or not is_unspaced(sentence)
    held = held_in(sentence) if spaced else 0
    if any(held & one and held & other for one, other in _pairs()):
        return True
    if held & mask_of("settles_alone") and held & mask_of("with"):
        return True
    if held & mask_of("cleared_with", "asks_somebody", "settles_behind") or any(map(_ends_state, words)):
        return True
    begin = words if "(" in sentence or "（" in sentence else words[:1]
    if not first_words("throughout", "at_hours", "in_company").isdisjoint(begin):
        return True
    if spaced:
        return False
    pairs = (all(any(one in sentence for one in _unspaced(*names)) for names in pair) for pair in _PAIRS)
    return any(pairs) or any(
        one in sentence
        for one in _unspaced("state_behind", "at_hours", "over", "cleared_with", "settles_alone", "settles_behind")
    )


@cache
def _pairs() -> tuple[tuple[int, int], ...]:
    """The bits of the lists of each pair."""
    return tuple((mask_of(*one), mask_of(*other)) for one, other in _PAIRS)


@cache
def _suffixes() -> tuple[str, ...]:
    return tuple(words_of(one)[0] for one in phrases("state_behind") if one.startswith("*"))


@cache
def _last_two() -> frozenset[str]:
    """What those end in: most words are told by that."""
    return frozenset(one[-2:] for one in _suffixes())


def _has_ending(word: str) -> bool:
    return word[-2:] in _last_two() and word.endswith(_suffixes())


def _ends_state(word: str) -> bool:
    return _has_ending(word) or word in first_words("state_behind")


def _stars(names: tuple[str, ...]) -> str:
    """A pattern for a word of these lists, in which a star stands for a few letters."""
    return any_of(*names).replace(r"\*", r"[^\W\d_]{1,12}")


@guarded(("consults", "settles"))
def _consults() -> str:
    somebody = rf"(?!\s+(?:{article()}|[^\W\d_]{{1,4}}\s+)?(?:{any_of('is_nobody')}|(?-i:{_programs()})))"
    settles = rf"{any_of('settles')}(?:\s+\S+){{0,3}}?\s+{any_of('with')}{somebody}"
    behind = rf"{any_of('with')}{somebody}\s(?:\S+\s+){{1,4}}{any_of('settles')}"
    return rf"{_stars(('consults',))}|{settles}|{behind}"


@cache
def _programs() -> str:
    """A program by its name in small letters: "Sam" is somebody, and so is "head of production"."""
    return rf"{one_of(one for one in known_programs() if not says_somebody(one))}(?!\w)"


@pattern
def _nobody() -> str:
    """Behind a verb what nobody is: "Call the health endpoint", "Frage den Status ab", "Melden Sie sich an"."""
    adjective = r"(?:[^\W\d_]+\s+)?"
    return rf"\s+(?:{any_of('first', 'beforehand')}\s+)??(?:{article()})*{adjective}{any_of('is_nobody')}"


@guarded("beforehand")
def _beforehand() -> str:
    return any_of("beforehand")


@guarded("agreement")
def _agreement() -> str:
    return any_of("agreement")


@guarded(("agreement", "leave"))
def _consent() -> str:
    return any_of("agreement", "leave")


@guarded("needed")
def _needed() -> str:
    return any_of("needed")


@guarded("obtains")
def _obtains() -> str:
    return any_of("obtains")


@guarded("safeguard")
def _safeguard() -> str:
    return any_of("safeguard")


@guarded(("assures", "beforehand"))
def _assures() -> str:
    return any_of("assures", "beforehand")


@guarded("agrees")
def _agrees() -> str:
    return any_of("agrees")


@pattern
def _agreed() -> str:
    """It has been settled with somebody: "Agreed with the customer", "Mit dem Kunden abgestimmt"."""
    begun = rf"(?:\w+\s+)?{any_of('agreed')}\s+{any_of('with')}\s"
    return rf"\W*(?:{begun}|{any_of('with')}\s[^.,;:]{{2,60}}\s{any_of('agreed')}\W*$)"


@guarded("over")
def _over() -> str:
    """What has to be over: "After the import has finished", 备份完成后."""
    whole = one_of(one for one in phrases("over") if ord(one[0]) >= _FIRST)
    begun = rf"{any_of('once_over')}\s(?!{any_of('it')})[^.,;:]{{0,60}}?{any_of('over')}[^.,;:]{{0,40}}"
    return rf"\W*(?:{begun}|[^.,;:，、。]{{0,40}}{whole})\W*(?:[,，、]|$)"


@guarded(("at_hours", "in_company"))
def _at_hours() -> str:
    """At which hours or with whom only, and nothing else: "Outside business hours", 深夜, "Together with the lead"."""
    when = rf"{any_of('at_hours')}(?:\s+{any_of('circumstance', 'of')}\s+\S+(?:\s+\S+)?)?"
    return rf"\W*(?:{when}|{any_of('in_company')}(?:\s+\S+){{0,5}})\W*(?:[,，、]|$)"


@guarded(("awaits", "holds"))
def _waited() -> str:
    """What is waited for until it is over: "Wait for the import to finish", インポートの完了を待つ."""
    ended, awaits = _spaceless("ended"), _spaceless("awaits")
    spaced = rf"\W*{any_of('awaits')}\s[^.,;:]{{0,80}}?{any_of('over', 'ended')}"
    last = rf"[^.,;:]{{0,60}}?{any_of('over', 'ended')}[^.,;:]{{0,60}}\s{any_of('awaits')}\W*(?:,|$)"
    return rf"{spaced}|{last}|\W*.{{1,30}}?{ended}.{{0,4}}{awaits}|\W*{awaits}.{{1,20}}{ended}"


@guarded("holds")
def _held_ready() -> str:
    """What is held ready: "Keep the old image at hand", "Altes Image bereithalten"."""
    begun = rf"\W*(?:\S+\s+){{0,2}}?{any_of('holds')}\s[^.,;:]{{0,80}}?{any_of('ready')}"
    holds, ready = _spaceless("holds"), _spaceless("ready")
    unspaced = rf".{{1,60}}?(?:{holds}.{{0,12}}?{ready}|{ready}.{{0,12}}?{holds})"
    last = rf".{{1,60}}?\s(?={any_of('holds')}\W*(?:,|$)){any_of('ready')}"
    return rf"{begun}|{unspaced}|{last}"


def _spaceless(name: str) -> str:
    return one_of(one for one in phrases(name) if ord(one[0]) >= _FIRST)


def _is_asked(bare: str) -> bool:
    if _consented(bare) or _at_hours().match(bare) is not None or _cleared(bare) or _settled(bare):
        return True
    return _begin_or_end(bare, _consults(), _beforehand()) and not _is_of_a_thing(bare)


def _settled(bare: str) -> bool:
    """Whether a few words ask to settle it with somebody, and say nothing else: "Check with Marta", 与组长确认."""
    if len(bare) > _LONGEST_SETTLED:
        return False
    for form in (_settles_with, _settled_last, _asked_alone, _settled_behind):
        if (match := form().match(bare)) is not None:
            who = match["who"].strip()
            named = _name().fullmatch(who) is not None or (len(who.split()) <= _MOST_NAMED and says_somebody(who))
            return named and not _is_nobody(who)
    return is_unspaced(bare) and _settles_alone().search(bare.partition(",")[0]) is not None


_MOST_NAMED = 4
"""Words by which somebody is named, "the lead of platform", and nothing else is told."""


def _is_nobody(who: str) -> bool:
    return any(one in who for one in _unspaced("is_nobody")) if is_unspaced(who) else may_hold(who, "is_nobody")


_LONGEST_SETTLED = 60
"""Characters."""


@guarded("settles_alone", "with")
def _settles_with() -> str:
    verb = rf"(?:{any_of('then', 'first')}\s+|[^\W\d_]{{1,2}}\s+)?{any_of('settles_alone')}\s+(?:{any_of('it')}\s+)?"
    return rf"{verb}{any_of('with')}\s+(?:{article()})?(?P<who>[^\s,;:][^,;:]*)(?:[,;:]|$)"


@guarded("settles_alone", "with")
def _settled_last() -> str:
    """The verb last: "Mit Marta klären"."""
    return rf"{any_of('with')}\s+(?P<who>[^\s,;:][^,;:]*?)\s+{any_of('settles_alone')}$"


@guarded("asks_somebody")
def _asked_alone() -> str:
    return rf"{any_of('asks_somebody')}\s+(?:{article()})?(?P<who>[^\s,;:][^,;:]*)$"


@guarded("settles_behind")
def _settled_behind() -> str:
    """マルタに確認, 마르타에게 확인."""
    return rf"(?P<who>[^\s,;:、，'’][^,;:、，'’]{{0,20}}?)(?:['’]\w{{1,3}})?\s?{any_of('settles_behind')}$"


@pattern
def _name() -> str:
    """A name of one or two words, or a handle: "Marta", "Ada Lovelace", "@ada"; no program is one."""
    word = r"(?-i:[A-Z\u00c0-\u00de\u0410-\u042f][^\W\d_A-Z]{1,14})"
    unspaced = r"[\u30a1-\u30fa\u30fc\u30fb]{2,9}|[\uac00-\ud7a3]{2,4}"
    return rf"(?!{_programs()})(?:@[\w.-]+|{word}(?:\s+{word})?|{unspaced})"


@guarded("settles_alone")
def _settles_alone() -> str:
    return any_of("settles_alone").replace(r"\*", r"[^\s,，。:：]{1,10}") + r"\W*$"


def _cleared(bare: str) -> bool:
    """Whether a few words ask for somebody's word, and nothing else: "Run it past Ada", "Get it in writing"."""
    if len(bare.split()) > _MOST_CLEARED:
        return False
    return _clears().search(bare) is not None


_MOST_CLEARED = 8
"""Words."""


@guarded("cleared_with")
def _clears() -> str:
    idiom = any_of("cleared_with")
    return rf"^(?:[^\W\d_]+\s+){{0,2}}?{idiom}|{idiom}\W*$"


def _is_of_a_thing(bare: str) -> bool:
    """Whether all whom a sentence asks or tells are things: "Call the health endpoint first"."""
    asked = list(_consults().finditer(bare)) if may_hold(bare, "is_nobody") else []
    return bool(asked) and all(_nobody().match(bare, one.end()) for one in asked) and not says_somebody(bare)


def _consented(bare: str) -> bool:
    if _tells_what().match(bare) or asks_nothing(bare):
        return False
    if _needed().search(bare) and (_agreement().search(bare) or (_is_short(bare) and _agrees().search(bare))):
        return True
    if _agreed().match(bare):
        return True
    return not _of_those().search(bare) and _begin_or_end(bare, _obtains(), _consent())


def asks_nothing(bare: str) -> bool:
    """Whether a sentence says that no consent is needed: "No approval needed", "Needs no sign-off", 无需审批."""
    return _asks_nothing().match(bare) is not None


@guarded(("no_such", "no_one", "unneeded"), ("agreement", "leave", "needed"))
def _asks_nothing() -> str:
    said = any_of("agreement", "leave")
    need, word = rf"{any_of('needed')}\s+", r"(?:[^\W\d]+\s+)?"
    none = rf"{word}(?:{need})?{any_of('no_such')}\s+{word}{said}"
    unneeded = any_of("unneeded")
    behind = rf"[^.,;:!?。]{{0,40}}?(?:{said}[^.,;:!?。]{{0,12}}?{unneeded}|{unneeded}[^.,;:!?。]{{0,20}}?{said})"
    return rf"\W*(?:{none}|{any_of('no_one')}\s+{any_of('needed')}|{behind})"


@pattern
def _tells_what() -> str:
    """A sentence that explains: "This is what the lead has to know"."""
    return rf"\W*{any_of('it')}\s+\w+\s+{any_of('asks')}\s"


@pattern
def _of_those() -> str:
    """Things or people that wait for a consent: "Jobs that wait for approval", "Jobs, die auf …", 承認待ちのジョブ."""
    waits = one_of(one for one in phrases("awaits") if ord(one[0]) >= _FIRST)
    mine, of = _spaceless("agreement"), _spaceless("of_which")
    return rf"^\w+\s+{any_of('of_which')}\s|^\w+,\s+{any_of('relative')}\s|{mine}{waits}{of}\S|{waits}{mine}{of}\S"


def _is_safe(bare: str) -> bool:
    if is_unspaced(bare) and bare.startswith(phrases("will_do")):
        return False  # 会先备份: it does so itself
    if _begin_or_end(bare, _assures(), _safeguard()) or _over().match(bare) is not None:
        return True
    if _waited().match(bare) or _held_ready().match(bare):
        return True
    told = _of_it().match(bare) is not None or not _is_short(bare) or _nobody_has_to().match(bare) is not None
    return not told and _safeguard().search(bare) is not None and _needed().search(bare) is not None


@guarded("safeguard", "needed")
def _nobody_has_to() -> str:
    """ "Nobody has to be asked": there it is who has to do nothing."""
    return rf"\W*{any_of('safeguard')}\s+{any_of('needed')}"


@guarded("it")
def _of_it() -> str:
    """A sentence that tells of the step itself: "This requires a backup restoration"."""
    return rf"\W*(?:{any_of('noted')}\s*[:：–—!-]\W*)?{any_of('it')}\s"


def _begin_or_end(bare: str, *forms: Guarded) -> bool:
    """Whether all of these stand in a sentence, one of them near its begin, or the verb last."""
    places: list[tuple[int, int]] = []
    for form in reversed(forms):  # the second word of a pair is in fewer sentences
        match = form.search(bare)
        if match is None:
            return False
        places.insert(0, match.span())
    begin = min(start for start, _end in places)
    if len(bare[:begin].split()) <= _MOST_BEFORE and not _CLAUSE.search(bare[:begin]):
        return True
    return not bare[places[0][1] :].strip(_EDGES)


_CLAUSE = re.compile(r"[.,;:，；：。](?=\s|[^\W\d_])")


@pattern
def _throughout() -> str:
    return rf"\W*(?P<state>{any_of('throughout')}(?:\s+|(?<=['’]))(?!{any_of('no_state')})[^\s,;:]+\s[^,;:]{{2,80}})"


@pattern
def _state_behind() -> str:
    every = phrases("state_behind")
    whole = any_of("state_behind").replace(r"\*", r"\w{2,}")
    suffixes = one_of(one for one in every if ord(one.strip(" *")[0]) >= _FIRST).replace(r"\ ", r"\s")
    then = ending("about_behind", "runs", "then")
    return rf"\W*(?P<state>[^,;:，、：；。]{{1,60}}?(?:{whole}|{suffixes}))(?=\W|{then}|$)"


@pattern
def _article_first() -> str:
    return rf"\W*{article()}"


def state_in(text: str) -> str | None:
    """The state that a text begins with in which something is run: "While the queue is full", 当队列已满时.

    >>> state_in("While the queue is full, empty it"), state_in("Where to look")
    ('While the queue is full', None)
    """
    words = words_of(text)
    if not first_words("throughout").isdisjoint(words[:1]) and (match := _throughout().match(text)):
        return match["state"].strip(_EDGES)
    if not (any(map(_ends_state, words)) or any(one.strip() in text for one in _unspaced("state_behind"))):
        return None
    match = _state_behind().match(text)
    if match is not None and _article_first().match(text):
        return None  # "El panel tarda en abrirse": no language with these endings has an article
    if match is None or match["state"].casefold().endswith(phrases("no_state_behind")):
        return None
    return None if match["state"][-2:-1].isdigit() else match["state"]  # 毎日10時 is a time of day


@pattern
def _gate() -> str:
    return rf"\W*{any_of('gate')}\s*(?:[:：]|\s[–—-]\s)\s*\**\s*(?P<value>\S.*)"


def gated_by(text: str) -> str | None:
    """What stands behind a label for what has to be so, "Prerequisite: the lead has agreed"; no mere tool.

    >>> gated_by("Prerequisite: the lead has agreed"), gated_by("Requires: kubectl")
    ('the lead has agreed', None)
    """
    match = _gate().match(text) if may_hold(text, "gate") else None
    return match["value"].strip(_EDGES) if match is not None and is_more_than_a_tool(match["value"]) else None


def is_tooling(value: str) -> bool:
    """Whether what is asked for is what one needs to work, and no consent: "access to the cluster", "curl"."""
    return _tooling().search(value) is not None and _agreement().search(value) is None


def is_more_than_a_tool(value: str) -> bool:
    """Whether what is asked for is more than what one needs to work, "access to the cluster", "curl 8"."""
    if _agreement().search(value):
        return True
    said = words_of(value)
    if len(said) < _FEWEST_WORDS and not is_unspaced(value):
        return False
    return not (any(map(str.isdigit, value)) or "`" in value or "/" in value or _tooling().search(value))


_FEWEST_WORDS = 2


@pattern
def _tooling() -> str:
    return any_of("tooling")


@guarded(("gate", "use_when"))
def _gate_title() -> str:
    joined = rf"(?:[&/,]|{any_of('and', 'or', 'of', 'for')}\s)"
    return rf"\W*{any_of('gate', 'use_when')}\s*(?:{joined}.{{1,40}})?\W*$"


def is_gate(title: str) -> bool:
    """Whether a title announces what has to be so before what stands below it is run: "Prerequisites", "Approval"."""
    return _gate_title().match(title) is not None


def without_safeguard(step: Step) -> Step:
    """The step without a condition that is a mere safeguard where it only looks, or is what makes that safeguard.

    "Make sure a backup exists: `restic snapshots`", "Take a backup first: `pg_dump`"; not "…: `dropdb`".
    Nor does a look wait for a mere circumstance, "During a jam".
    """
    if step.command is None or step.condition is None:
        return step
    looks = not changes(step)
    made = _SAVES.search(step.command.text) or _safeguard().search(step.command.text)
    said = step.condition.split("; ") if looks or made else []
    kept = [one for one in said if not (is_safeguard(one) or (looks and is_circumstance(one)))]
    return replace(step, condition="; ".join(kept) or None) if len(kept) < len(said) else step


_SAVES = re.compile(r"dump\b|back[-_]?up|snapshot|restic|velero|borg|rsync|\b(?:tar|cp|scp|export|save|copy)\b")
"""The names of programs, and of what they are told, by which a copy is made."""
