"""What a document says not to run: in the sentence around a command, in the title or the line above it."""

from __future__ import annotations

import re
from collections.abc import Set

from tocsin.runbook.grammar import any_of, article, beginning, ending, first_words, guarded, may_hold, pattern, phrases
from tocsin.runbook.procedure.provisos import between_sentences, last_sentence
from tocsin.runbook.words import one_of, words_of


@guarded(("forbids", "must_not", "in_place_of"))
def _forbidden() -> str:
    """Before a command that is not to be run: "Never run `rm -rf /data`", "Do not stop the barn with"."""
    run = rf"(?:(?!{any_of('forgets')})[^.;,:!?。，；：])"
    shown = rf"[(（]\s*|\s{any_of('by_means')}\s+"  # "Never empty the bin (`rm …`)", "… the whole bin with `rm …`"
    near = rf"{any_of('forbids')}{run}{{0,24}}|{any_of('must_not')}{run}{{0,40}}"
    other = rf"{any_of('in_place_of')}\s*"  # "Use the panel instead of running `rm …`"
    return rf"(?:{near}|{other}|{any_of('forbids', 'must_not')}{run}{{0,120}}?(?:{shown}))$"


@guarded(("given_up", "forbids_behind", "may_not", "not_last"))
def _forbidden_behind() -> str:
    """The same behind it; what the sentence is about may be told more of before: "`x` は本番では使用しない"."""
    about = rf"\w{{0,8}}?{ending('about_behind')}[^.;,:!?。，、；：\n]{{0,32}}?"
    split = rf"{any_of('not_last')}\s*(?:[.!]|$)"  # "Verwenden Sie `x` nicht."
    passive = (
        rf"{any_of('may_not')}\s[^.;,:!?]{{0,32}}?{beginning('is_run')}"  # "`x` darf hier nicht ausgeführt werden"
    )
    given_up = any_of("given_up").replace(r"\*", r"\w+(?:\s+\w+){0,4}?")
    return rf"\s*(?:{given_up}|(?:{about})?{any_of('forbids_behind')}(?!{ending('if_behind')})|{passive}|{split})"


@guarded("no_such")
def _none_such() -> str:
    """Right before a command, at the begin of its sentence: "No `x` in production", "Bitte nicht `x` verwenden"."""
    return rf"(?:^\W*|[.!:;。]\s*)(?:\w+\s+|[\u2e80-\u9fff]{{1,10}}?)?(?:{any_of('no_such')})\s*$"


@pattern
def _of_none() -> str:
    """Behind it, where it is no part of a name: "No `oven ls` output" tells of what a look shows."""
    return rf"\s*(?:[.!,;)）。，]|$|{any_of('circumstance')}|{beginning('is_run')})"


@pattern
def _to_what_end() -> str:
    return rf"{any_of('to', 'for')}\s+$"


@pattern
def _warned_of() -> str:
    """A title above what is not to be run: "Do not", "Never run this"."""
    word = rf"\s+(?!{any_of('forgets')})[\w'’]+"
    return rf"^\W*(?:{any_of('warned_of')}|{any_of('forbids')}(?:{word}){{0,2}})\W*$"


@pattern
def _warns() -> str:
    """The same, and of something with an article, or somewhere: "Never stop the mill", "Never stop during the day".

    It may stand above what is run instead.
    """
    word = rf"\s+(?:{article()})?(?!{any_of('forgets')})[\w'’]+"
    where = rf"(?:\s+{any_of('at_place')}\s[^.!?。]*)?"
    return rf"^\W*(?:{any_of('warned_of')}|{any_of('forbids')}(?:{word}){{0,2}}{where})\W*$"


@guarded(("warned_of", "forbids"))
def _banned() -> str:
    """The same where that speaks of running it: "Never do this", and not "Avoid downtime" or "Never panic"."""
    word = rf"\s+(?!{any_of('forgets')})[\w'’]+"
    this = rf"(?:{word})?\s+(?:{any_of('it', 'runs')})(?:\s+[\w'’]+)?"
    return rf"^\W*(?:{any_of('warned_of')}|{_with_verb()}(?:{word}){{0,2}}|{any_of('forbids')}(?:{this})?)\W*$"


@pattern
def _not_to_run() -> str:
    """Above commands that are not to be run; "Never skip this:" and "Do not wait, restart it:" say to run them."""
    place = r"[^.;,:!?。，；：(（–—]*"
    before = rf"(?:(?!{any_of('forgets')})[\u2e80-\u9fff]){{0,12}}"  # 请勿在主库执行
    run = rf"{any_of('warned_of')}\s*{any_of('runs')}|{any_of('warned_of', 'forbids')}{before}{any_of('runs')}"
    said = rf"(?:{run}|{_with_verb()}){place}|{any_of('warned_of')}"
    why = rf"(?:[,;(–—-]\s*|[，；（])(?:{any_of('it', 'because')})[^:：]*"
    return rf"^\W*(?:{said})(?:{why})?[:：]\s*$"


def _with_verb() -> str:
    """The words that forbid to run something and say so: "do not execute", "ne lancez pas"."""
    verbs = first_words("runs")
    return rf"(?<!\w){one_of(one for one in phrases('forbids') if not verbs.isdisjoint(words_of(one)))}(?!\w)"


def is_forbidden_in(before: str, after: str) -> bool:
    """Whether the sentence around a command says not to run it; "to avoid a loss, …" says what it is good for."""
    label = before.rstrip(" *_")
    if label.endswith((":", "：")) and len(label) <= _LONGEST_BAN and _may_warn(label) and _banned().match(label):
        return True  # "Forbidden: `rm -rf /data`"
    if _in_its_place().search(before) is not None:
        return True  # "use `oven on`, not `oven restart` alone"
    match = _forbidden().search(before)
    if _none_such().search(before) and _of_none().match(after):
        return True
    for_this = match is not None and _to_what_end().search(before[: match.start()]) is not None
    return (match is not None and not for_this) or _forbidden_behind().match(after) is not None


@pattern
def _in_its_place() -> str:
    """Behind a comma, before what is not to be run but what stands before it: "…, not"."""
    return rf"[,;(–—，（]\s*{any_of('denied')}\s*$"


@pattern
def _must_not() -> str:
    """A sentence that says what not to do: "Do not purge the queue", "Очередь не чистить", "Queue nicht leeren".

    A star in the vocabulary is the beginning of any verb.
    """
    first = any_of("must_not_first").replace(r"\*", r"\w+")
    last = any_of("must_not_last").replace(r"\*", r"\w+")
    unspaced = ending("must_not_behind")
    return rf"^\W*{first}|{last}\W*$|{unspaced}\W*$"


@pattern
def _asked_behind() -> str:
    """Behind a command that is to be run all the same: "Do not wait: `x` and look", "… : `x` to be sure"."""
    return rf"\s*(?:{any_of('to', 'and', 'or', 'for', 'then', 'if', 'until')}|{ending('runs_behind')})"


def is_warned_of_in(before: str, after: str) -> bool:
    """Whether a sentence is about a command, and the one before it says what not to do.

    "Do not purge the queue! `queuectl purge` loses the orders", "Never empty it: `queuectl purge` loses them".
    """
    said = before.rstrip()
    if not said.endswith(_ENDING) or not _GOES_ON.match(after) or _asked_behind().match(after):
        return False
    return says_not_to(last_sentence(said))


def says_not_to(sentence: str) -> bool:
    """Whether a sentence says what not to do: "Do not purge the queue", "Никогда не чистить очередь"."""
    return len(sentence) <= _LONGEST_TITLE and _must_not().search(sentence.rstrip(" :：–—")) is not None


_ENDING = (".", "!", ":", "。", "！", "：", "–", "—")
_GOES_ON = re.compile(r"\s*(?![A-Z\d])\w")
"""The sentence goes on behind the command: it is what the sentence is about."""


def is_forbidden(title: str, below: Set[str] = frozenset()) -> bool:
    """Whether a title stands above what is not to be run: "Do not", "Never run this", "Never restart" above `restart`.

    ``below`` are the words of the commands there. "Avoid data loss" says what they are good for, and names none.
    """
    if not _may_warn(title):
        return False
    if _banned().match(title):
        return True
    named = {word.removesuffix("s") for word in words_of(title)}
    return _warned_of().match(title) is not None and not named.isdisjoint(below)


def warns_above(title: str) -> bool:
    """Whether a title warns of something, as it may do above what helps against it: "Avoid downtime"."""
    return _may_warn(title) and _warns().match(title) is not None


def _may_warn(text: str) -> bool:
    """Whether a word of a warning can stand in a text; every title, comment and note is asked."""
    return may_hold(text, "warned_of", "forbids")


def forbids_below(said: str) -> bool:
    """Whether what stands above commands says not to run them: "Careful. Never run this on the primary:"."""
    if not said.rstrip().endswith((":", "：")) or not _may_warn(said):
        return False
    last = last_sentence(said)
    if len(last) > _LONGEST_TITLE:
        return False
    behind = _ASIDE.split(last)[-1]  # "Old procedure, do not use:"
    return _not_to_run().match(last) is not None or (behind != last and _banned().match(behind) is not None)


_ASIDE = re.compile(r"[,，(（]|\s[–—-]\s")


def forbids_beside(said: str) -> bool:
    """Whether a note beside commands says not to run them at all, with nothing of where or when."""
    return any(map(_banned().match, _short_warnings(said)))


def warns_beside(said: str) -> str | None:
    """What a note beside commands warns of without saying not to run them, "Avoid downtime.": their condition."""
    return "; ".join(one.strip(_EDGES) for one in _short_warnings(said) if not _banned().match(one)) or None


def _short_warnings(said: str) -> list[str]:
    """The sentences of a note that warn of something, with nothing of where or when."""
    sentences = (
        [one for one in between_sentences().split(said.strip()) if not _TELLS.match(one)] if _may_warn(said) else ()
    )
    return [one for one in sentences if len(one) <= _LONGEST_BAN and (_banned().match(one) or _warns().match(one))]


_TELLS = re.compile(r"\W*never\s+[a-z]{2,20}(?<!s)s\b", re.IGNORECASE)
"""What a command never does, "Never takes long", is no warning of it."""
_EDGES = " .!:。！："
_LONGEST_TITLE = 300
_LONGEST_BAN = 60
"""Characters. A longer sentence than that says where or when something is not to be run."""
