"""The names of those who are called, without what a text says beside them: "the lead, who decides", "CTO notified"."""

from __future__ import annotations

import re

from tocsin.runbook.escalation.people.joined_names import names_in
from tocsin.runbook.escalation.people.ours import OURS, ends_as_somebody
from tocsin.runbook.escalation.people.tasks_beside import without_tasks
from tocsin.runbook.grammar import any_of, article, ending, may_hold, pattern, phrases
from tocsin.runbook.words import one_of, vocabulary

LONGEST_NAME = 5
"""Words of the longest name of somebody; a text with more says something of them."""


SOMEBODY = (*OURS, "vendor")
"""Lists of words for one of ours, and for those who stand in for them."""


def is_somebody(text: str) -> bool:
    """Whether a text has a word for somebody: "Head of mills", "Team lead", "Duty desk"."""
    return any(vocabulary().says(name, text) for name in SOMEBODY) or ends_as_somebody(text[:_FIRST])


_FIRST = 200
"""Characters of a text in which a word for somebody is looked for by its ending."""


def is_one_of_ours(text: str) -> bool:
    """Whether a text has a word for one of ours: "Team lead" and "Duty desk", and no vendor."""
    return any(vocabulary().says(name, text) for name in OURS)


def people(who: str) -> tuple[str, ...]:
    """The people of a step: several called at once are several targets; "CTO/Manager" is one post or the other."""
    clean = re.sub(r"\s+", " ", _ADDRESS.sub(" ", _SIGNS.sub("", who))).strip(" *:：-–—.。,;，；") or who.strip()
    clean = without_tasks(clean)
    if "@" in who and ":" not in who and (address := _MAIL.search(who)) is not None and _is_only_a_way(clean):
        return (address[0],)  # "Mail to help@…": the address is the name
    clean = _hurried().sub("", clean) or clean
    clean = without_again(re.sub(rf"(?i)(?<=\w)\s+{any_of('directly')}$", "", clean))
    clean = _told_of().sub("", _the().sub("", clean)) or clean
    named = _called_by().split(clean, maxsplit=1)[0]
    named = _called_last().sub("", named) or named
    clean = (_hurry_before().sub("", named) or named) if named != clean else clean
    if clean.count(" ") > 1:
        clean = _is_called().sub("", clean) or clean
    told = done_to().sub("", clean)
    if told != clean and (is_somebody(told) or vocabulary().says("executives", told)):
        clean = told
    return tuple(names_in(clean)) or (clean,)


_SIGNS = re.compile(r"^[\s\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+")
"""Pictures before a name: "📞 Miller"."""


_ADDRESS = re.compile(
    r"[,;(（–—-]?\s*(?:(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d\s().-]{5,}\d|\(?0\d[\d\s()./-]{5,}\d)\s*[)）]?"
)
"""How somebody is reached, behind a name."""


_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def is_reached_by_mail(who: str) -> bool:
    """Whether a text names a mail address and says no more than how it is called: "Mail to help@mill.example"."""
    return "@" in who and _MAIL.fullmatch(people(who)[0]) is not None


def _is_only_a_way(text: str) -> bool:
    """Whether what is left of a text without the address in it says but how to call: "Mail to", にメール."""
    if is_somebody(text) or text.count(" ") > _LONGEST_WAY:
        return False
    return vocabulary().says("message_noun", text) or _way().search(text) is not None


_LONGEST_WAY = 3
"""Blanks in the words that only say by what somebody is called."""


@pattern
def _way() -> str:
    return rf"^{any_of('way_of_calling')}$|\s{any_of('to', 'ends_name', 'after')}$"


@pattern
def _the() -> str:
    """The article before a word for somebody: "the on-call miller"."""
    return rf"^(?:{article()}|{any_of('name_article')}\s+)(?=(?-i:[^\WA-Z\d_]))"


@pattern
def _told_of() -> str:
    """What is said of somebody behind the name: "Head of mills, who decides whether to close"."""
    return rf"\s*,\s+{any_of('relative')}\s+(?-i:[^\WA-Z\d_]).*$"


@pattern
def _called_by() -> str:
    """ "リーダーへ直ちに連絡": where a name ends before what is done to reach it."""
    verbs = one_of((*vocabulary().words["notify"].written, *vocabulary().words["escalate_verb"].written))
    return rf"(?:{ending('called_by')}(?:{ending('directly')})?|{ending('directly')})(?={verbs})"


@pattern
def _is_called() -> str:
    """What is said of a name in its own cell: "CTO gets a call and decides"."""
    passive, called = (one_of(vocabulary().words[name].spaced) for name in ("passive", "called"))
    return rf"\s+{passive}\s+{called}(?!\w).*$"


@pattern
def done_to() -> str:
    """What was done behind a name, without a verb before it: "CTO notified", "Team lead paged by phone"."""
    words = vocabulary().words
    return rf"(?<=\w)\s+{one_of(set(words['called'].spaced) - set(words['call'].spaced))}(?!\w).*$"


@pattern
def _hurried() -> str:
    """ "At once" before a name, with a blank, in a script that writes it without an ending: 즉시 팀장."""
    return rf"^{one_of(vocabulary().words['immediate'].written)}\s+(?=\w)"


@pattern
def _hurry_before() -> str:
    """How soon somebody is called, before the name, in a language that puts no blank behind it: 即座に部長へ連絡."""
    return rf"^{one_of(filter(_HIRAGANA.search, phrases('directly')))}"


_HIRAGANA = re.compile(r"[\u3041-\u3096]$")
"""The ending of an adverb; 緊急 begins names as well."""


def is_called_last(text: str) -> bool:
    """Whether a text ends with the call of one of us, 当番に通知; of customers it tells."""
    outside = any(vocabulary().says(name, text) for name in ("customers", "stakeholders", "authority", "press"))
    return _called_last().search(text) is not None and not outside


@pattern
def _called_last() -> str:
    """The call behind whoever is called, where a language puts it last: 対策会議招集, 部長へ連絡, "Leitung anrufen"."""
    verbs = vocabulary().words["call_behind"]
    return rf"(?:\s*(?:{one_of(verbs.written)})[\u3041-\u3096]*|(?<=\w)\s+(?:{one_of(verbs.spaced)}))$"


def without_again(who: str) -> str:
    """A name without "again" before or behind it."""
    if not may_hold(who, "again"):
        return who
    return _again().sub("", who).strip() or who


@pattern
def _again() -> str:
    again = rf"(?:{ending('again')})"
    unspaced = r"(?<=[\u3041-\u9fff\uac00-\ud7af])"
    return rf"^{again}(?:\s+(?:{article()})?|{unspaced}\s*)|\s*(?:(?<=\s)|{unspaced}){again}$"
