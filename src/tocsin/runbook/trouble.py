"""What a title says is wrong: "Server down"; also as the name of an alert."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import any_of, ending, guarded, pattern, phrases, small_words
from tocsin.runbook.words import is_unspaced, normal, one_of, vocabulary, words_of

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{7,79}$")
_CAPITAL = re.compile(r"[A-Z][a-z]")
_HUMP = re.compile(r"(?<=[a-z0-9_])[A-Z]")
_WRONG = re.compile(
    r"(?:Down|High|Low|Fail\w*|Errors?|Missing|Full|Filling\w*|Lag|Slow|Unreachable|Unavailable|Unhealthy|Ready|Exhausted"
    r"|Looping|Exceeded|Mismatch|Stuck|Burn|Expir\w+|Detected|Saturat\w+|Degraded|Lost|Crash\w*|Killed|Drift|Skew|Limit\w*"
    r"|Outage|Timeouts?|Stale|Absent|Stopped|Dead|Broken|Empty|Jammed|Halted|Stalled|Hung|Backlog|Flapping|Spike|Rejected|Dropp\w+|Overload\w*|Behind|Blocked|Restarting|Progress\w*|Leader)$"
)


_STATUS = re.compile(
    r"\s(?:HTTP\s?)?(?:40[0134589]|413|42[29]|50[0234]|[45]xx)(?:\s?/\s?[45]\d\d)*[.:]?$", re.IGNORECASE
)
"""A status by which a server says that it failed, at the end of a title (RFC 9110): "The till answers 502"."""


@pattern
def _negated() -> str:
    """A sentence for a title, about what does not happen: "Mail is not going out", "Somebody cannot log in"."""
    return rf"(?!{any_of('asks')})\S+\s.*{any_of('negated')}"


@pattern
def _of_any() -> str:
    """The word for any incident at the beginning of a title, 障害検知, where it says of nothing that it fails."""
    return rf"^{one_of(one for one in phrases('of_incidents') if ord(one[0]) >= 0x2E80)}(?=.)"


_LONGEST = 200
"""Characters of a title; one in a script without spaces may be a single word."""


def asks_to_look(title: str) -> bool:
    """Whether a title begins with a verb of looking that is no noun as well: "Check the mill for errors".

    >>> asks_to_look("Verify that no oven is down"), asks_to_look("Query timeouts")
    (True, False)
    """
    first = words_of(title)[:1]
    return bool(first) and first[0] in small_words("look") and first[0] in small_words("imperative")


def says_what_fails(title: str) -> bool:
    """Whether a title says that something is wrong: "Server down", "High memory", "Сервис недоступен".

    >>> says_what_fails("Database is down"), says_what_fails("Failure budget")
    (True, False)
    >>> says_what_fails("GRIND_TIMEOUT"), says_what_fails("GRIND_SECRET")
    (True, False)
    """
    title = title.replace("_", " ").lower() if _CONSTANT.fullmatch(title) else title
    words, said = vocabulary(), title.split()
    if is_compound_of_trouble(title) or names_calamity(title):
        return True
    if len(title) > _LONGEST or (not 2 <= len(said) <= 9 and title.isascii()):
        return False
    if words.says("drill", title) or asks_to_look(title):
        return False
    if _FIRST_STATUS.match(title):
        return True
    told = title if title.isascii() else _of_any().sub("", title)
    first = any(words.is_a("fails_first", " ".join(said[:n]), 0.99) for n in (1, 2))
    return ends_in_failure(title) or first or words.says("fails", told)


_FIRST_STATUS = re.compile(
    r"[`'\"]?(?:HTTP\s+)?(?:40[0-9]|41[0-9]|42[0-9]|431|451|50[0-8]|51[01]|52[0-7])[`'\"]?\s+(?!\+|[%°]|[A-Za-z]?i?[Bb]\b|m?s\b)"
)
"""A status by which a server answers that it failed, or was asked in vain: "503 on /ready", "422 invalid seed"."""

_CONSTANT = re.compile(r"[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+")
"""The name of an error in capitals."""


def ends_in_failure(title: str) -> bool:
    """Whether a title says what does not happen, or ends in what is wrong; "High availability" does neither."""
    words, said = vocabulary(), title.split()
    if is_compound_of_trouble(title) or names_calamity(title):
        return True
    if len(title) > _LONGEST or (not 2 <= len(said) <= 9 and title.isascii()):
        return False
    if words.says("drill", title) or asks_to_look(title):
        return False
    return (
        bool(_negated().match(title))
        or ends_in_wrong(title)
        or any(ends_in_wrong(title[: where.start()]) for where in _where().finditer(title))
        or _is_over(title)
        or _begins_in_failure(title)
        or _does_wrong().match(title) is not None
    )


def names_calamity(title: str) -> bool:
    """Whether a title is the name of what has befallen somebody, or ends in it: "Ransomware", "Oven fire".

    So is one that begins with a word for that, "Lost laptop". What is done about it is none, nor are alerts that fire.

    >>> names_calamity("Fire in the mill"), names_calamity("Phishing training"), names_calamity("Which alerts fire")
    (True, False, False)
    >>> names_calamity("Stolen phone"), names_calamity("Lost and found: where it is kept, and for how long")
    (True, False)
    """
    words, said = vocabulary(), title.rstrip(".:： ").split()
    if not said or len(said) > _LONGEST_CALAMITY or words.says("drill", title):
        return False
    if 1 < len(said) <= _LONGEST_BEFALLEN and any(words.is_a("befallen", " ".join(said[:n]), _WHOLE) for n in (1, 2)):
        return True
    if not words.says("calamity", title):
        return False
    found = words.words["calamity"].best(title)
    whole = found is not None and found.coverage >= _WHOLE
    if not whole and is_unspaced(title):
        return normal(title).replace(" ", "").endswith(tuple(words.words["calamity"].unspaced))
    before = _at_a_place().split(" ".join(said), maxsplit=1)[0]
    whole = whole or words.is_a("calamity", before, _WHOLE)
    last = len(said) > 1 and any(words.is_a("calamity", " ".join(said[-n:]), _WHOLE) for n in (1, 2, 3))
    return whole or (last and _is_bare(said[:-1]))


_LONGEST_CALAMITY = 7
"""Words of such a title."""
_LONGEST_BEFALLEN = 5
_WHOLE = 0.99


def _is_bare(before: list[str]) -> bool:
    """Whether the words before a name only tell it from another one, "Oven" fire: no "Prevent", no "Alerts"."""
    first = before[0].casefold()
    if first in small_words("imperative", "look", "chore", "task", "operates", "by_hand", "asks"):
        return False
    return not any(vocabulary().column("alert", one) >= _WHOLE for one in before)


@pattern
def _at_a_place() -> str:
    return rf"\s+(?={any_of('at_place', 'of', 'at_time')}\s)"


@guarded("is_doing", "doing_wrong")
def _does_wrong() -> str:
    """A sentence for a title, about what goes on: "The mill is dropping sacks", "Ovens keep restarting"."""
    return rf"(?!{any_of('asks', 'after', 'upon')})\S.*?\w\s+{any_of('is_doing')}\s+{any_of('doing_wrong')}"


def is_compound_of_trouble(title: str) -> bool:
    """Whether a title is one word that ends in what is wrong, as some languages write it.

    >>> is_compound_of_trouble("Datenverlust"), is_compound_of_trouble("Verlust"), is_compound_of_trouble("Datalek")
    (True, False, True)
    """
    return " " not in title and len(title) <= _LONGEST_WORD and _compound().fullmatch(title) is not None


_LONGEST_WORD = 60


@pattern
def _compound() -> str:
    return rf"[^\W\d_][\w-]{{2,40}}{ending('trouble_ending')}"


def _begins_in_failure(title: str) -> bool:
    """Whether the first word of a title names a failure, of what is said behind it: "Loss or damage of the ledger".

    >>> ends_in_failure("Pérdida o corrupción de la base"), ends_in_failure("Leak detection")
    (True, False)
    """
    said = words_of(title)[:1]
    return bool(said) and vocabulary().is_a("trouble", said[0], 0.99) and vocabulary().says("fails", title)


@pattern
def _where() -> str:
    """Before where or when something goes wrong, "Leak in the ovens", "Failure of the pump", "Mill stuck after a cut".

    So before what is to be done about it: "Loss of the mill / recovery".
    """
    return rf"\s(?={any_of('at_place', 'of', 'at_time')}\s)|\s(?:[/&+]|{any_of('and')})\s(?={any_of('mending')}$)"


def _is_over(title: str) -> bool:
    """Whether a title names a value that is too high, or too low: "Latency p95 > 300 ms", "Disk usage above 90%"."""
    if vocabulary().says("operation", title):
        return False  # "Python >= 3.11 setup"
    match = _LIMIT.search(title) or (_above().search(title) if any(map(str.isdigit, title)) else None)
    return match is not None and bool(words_of(title[: match.start()]))


_LIMIT = re.compile(r"[>≥]=?\s*[$€£]?\d")


@pattern
def _above() -> str:
    return rf"(?<=\w)\s+{any_of('measured', 'undershot')}\s*[$€£]?\d"


def ends_in_wrong(text: str) -> bool:
    """Whether the last words of a text are for what is wrong: "the mill is down"."""
    if _STATUS.search(text):
        return True
    said = text.rstrip(".:").split()
    if any(vocabulary().is_a("fails_last", " ".join(said[-n:]), 0.99) for n in (1, 2, 3)):
        return True
    written = vocabulary().words["fails"].best(text) if is_unspaced(text) else None
    if written is None or written.phrase in phrases("of_incidents", "incident", "outage"):
        return False  # 上报故障, "report a fault", is about any of them
    return normal(text).replace(" ", "").endswith(written.phrase)


def is_of_trouble(title: str) -> bool:
    """Whether a title is about something wrong: "Power cut response", and no "Error budget"."""
    return says_what_fails(title) or vocabulary().is_a("trouble", title, 0.6)


def without_genre(title: str) -> str:
    """A title without the word for a document before or behind a dash or colon: "Troubleshooting — mill is stuck".

    >>> without_genre("Runbook — MillStuck"), without_genre("Mill down: playbook"), without_genre("Mill - north")
    ('MillStuck', 'Mill down', 'Mill - north')
    """
    sign = _SIGN.search(title)
    if sign is None:
        return title
    before, behind = title[: sign.start()].strip(), title[sign.end() :].strip()
    return behind if _is_genre(before) else before if _is_genre(behind) else title


_SIGN = re.compile(r"\s+[–—-]+\s+|\s*[:：]\s*(?=\S)")


def _is_genre(text: str) -> bool:
    words, kind = vocabulary(), vocabulary().sections.best(text)
    if kind is not None and kind.kind == "incidents" and kind.coverage >= 0.99:
        return True
    return bool(text) and (words.is_a("incident_prefix", text, 0.99) or words.is_a("runbook", text, 0.99))


_NO_ALERT = re.compile(
    r"(?:Config|Configuration|Settings|Setup|Guide|Dashboard|Client|Library|Plugin|Repository|Sdk|Api)$"
)
"""The last word of the name of a program or of a chapter, and of no alert."""
_LONG_WORD = re.compile(r"[A-Z]?[a-z]{3}|[A-Z]{4}")
"""In what is made of words, which a name written by sound is not."""


def is_alert_name(title: str) -> bool:
    """Whether a title is the name of an alert.

    >>> is_alert_name("KubePodCrashLooping"), is_alert_name("etcdNoLeader"), is_alert_name("CloudFront")
    (True, True, False)
    """
    if not _NAME.match(title):
        return False
    if _NO_ALERT.search(title) or not _LONG_WORD.search(title):
        return False
    humps = len(_HUMP.findall(title)) + bool(_CAPITAL.match(title))
    return humps >= 2 and (humps >= 3 or bool(_WRONG.search(title)))
