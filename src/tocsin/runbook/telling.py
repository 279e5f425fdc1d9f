"""The duties to tell somebody: who is to hear of an incident, of which severity, on which condition and when.

Publishing fails closed: what is not to be told, a symptom, and what a machine sends are no duties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL
from tocsin.runbook.durations import every, spans
from tocsin.runbook.escalation.severities import begins_with
from tocsin.runbook.grammar import any_of, ending, first_words, guarded, may_hold, pattern, phrases, small_words
from tocsin.runbook.playbook import CommunicationRule
from tocsin.runbook.procedure.forbidden import is_forbidden, says_not_to
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, one_of, vocabulary, words_of

_WITHOUT_RULES = frozenset(
    ["contacts", "vendors", "channels", "links", "upkeep", "overview", "severity", "oncall", "when_to_escalate"]
)
_LONGEST = 300
"""Characters of a duty; more is an explanation."""


def read_rules(everything: Iterable[Leaf], scale: Scale) -> tuple[CommunicationRule, ...]:
    """The duties to tell somebody, from communication chapters and from steps that notify."""
    found: dict[tuple[str, str], CommunicationRule] = {}
    for leaf in everything:
        if leaf.form not in ("item", "text", "comment") or len(leaf.text) > _LONGEST:
            continue
        kinds = leaf.section.abouts
        if not _WITHOUT_RULES.isdisjoint(kinds):
            continue
        of_telling = is_of_telling(kinds)
        told = of_telling and leaf.form == "item" and not leaf.opens
        if not (_tells(leaf, sure=of_telling) or (told and _is_told(leaf, scale))) or _is_banned(leaf):
            continue
        rule = _without_denials(_rule(leaf, kinds, scale), leaf)
        found.setdefault((rule.text, rule.moment), rule)
    return tuple(found.values())


def _without_denials(rule: CommunicationRule, leaf: Leaf) -> CommunicationRule:
    """A duty without the sentences beside it that say whom not to tell: "Notify the board. Users are not told."."""
    sentences = sentence_ends().split(rule.text) if leaf.form == "text" else [rule.text]
    told = [one for one in sentences if not is_denied(one)]
    if not told or len(told) == len(sentences):
        return rule
    text = " ".join(told)
    under = f"{leaf.under} {leaf.section.title.text}"
    return replace(rule, text=text, audience=audience_of(text, under), condition=condition_in(text))


def is_of_telling(kinds: Iterable[str]) -> bool:
    """Whether a chapter is on communication, by what its headings announce, and on nothing that obliges nobody."""
    said = frozenset(kinds)
    return not _OF_TELLING.isdisjoint(said) and _WITHOUT_RULES.isdisjoint(said)


_OF_TELLING = frozenset(["communication", "phase:communication"])


def _tells(leaf: Leaf, *, sure: bool) -> bool:
    """Whether a line says to tell somebody: "Once it turns, notify the bakers", or "the bakers" below "Notify:".

    ``sure`` is for a chapter on communication, where whoever is told is somebody: "Tell the shop".
    """
    begins = vocabulary().begins_with
    if leaf.form == "item" and begins("notify", leaf.under, 3) and not is_denied(leaf.under):
        return not is_denied(leaf.text)
    if not vocabulary().says("notify", leaf.text):
        return False
    text = _NAME.sub(" ", leaf.text) if "_" in leaf.text else leaf.text
    first, *others = _clauses(text) or [""]
    others = [*_joined().split(first)[1:], *(piece for clause in others for piece in _joined().split(clause))]
    return _says_to_tell(first, sure=sure) or any(map(_goes_on_to_tell, others))


def _clauses(text: str) -> list[str]:
    return [clause for piece in _CLAUSE.split(text) if (clause := piece.strip())]


_CLAUSE = re.compile(r"[,;:.!?](?=\s|$)|[，；：。！？、]|\s[–—-]\s")


@pattern
def _joined() -> str:
    return rf"\s{any_of('and', 'then')}\s"


_NAME = re.compile(r"\w+_\w+")
"""The name of a setting or of a job, "SEND_ALERTS": its words tell nobody anything."""


def _says_to_tell(clause: str, *, sure: bool = False) -> bool:
    """Whether a clause begins with telling somebody; what can be sent to a machine as well names people or news."""
    begins = vocabulary().begins_with
    told = begins("notify", clause, _BEFORE_THE_VERB) or _ends_in_telling(clause)
    if not (told or _reminds(clause)) or is_denied(clause):
        return False
    if not may_hold(clause, "sends"):
        return True
    rest = _sends().sub(" ", clause)
    if begins("notify", rest, _BEFORE_THE_VERB) or _sends_it().search(clause) is not None:
        return True
    return not _is_a_test(clause) and (sure or _names_people_or_news(rest))


def _ends_in_telling(clause: str) -> bool:
    """Whether the verb stands last: "Kunden innerhalb einer Stunde informieren"."""
    words = words_of(clause)
    last = len(words) > _BEFORE_THE_VERB and words[-1] in _verbs() and len(words) <= _VERB_LAST
    return last and any(vocabulary().says(name, words[0]) for name in _PEOPLE)


_VERB_LAST = 9
"""Words of a sentence that begins with whom to tell and ends in the verb."""


def _reminds(clause: str) -> bool:
    """Whether a clause says not to forget it: "Do not forget to inform customers"."""
    words = words_of(clause)
    at = next((n for n, word in enumerate(words[:_BEFORE_THE_VERB]) if word in small_words("forgets")), None)
    if at is None or words[0] not in first_words("must_not_first"):
        return False
    return vocabulary().begins_with("notify", " ".join(words[at + 1 :]), 2)


def _goes_on_to_tell(clause: str) -> bool:
    """Whether a clause that others stand before is only about telling: "…, notify the bakers", "…, 顧客へ連絡"."""
    if is_unspaced(clause):
        found = _unspaced_end().search(clause) is not None or _unspaced_start().match(clause) is not None
    else:
        found = vocabulary().begins_with("notify", clause, _BEFORE_A_LATER_VERB)
    return found and _says_to_tell(clause) and _names_people_or_news(_behind_the_verb(clause))


def _behind_the_verb(clause: str) -> str:
    """What a clause says behind the word for telling, which is a word for news itself; all of it in other scripts."""
    words = words_of(clause)
    at = next((n for n, word in enumerate(words) if word in _verbs()), None)
    return clause if at is None else " ".join(words[at + 1 :])


@pattern
def _unspaced_start() -> str:
    return rf"\w{{0,4}}?{one_of(vocabulary().words['notify'].written)}"


@pattern
def _unspaced_end() -> str:
    return rf"{one_of(vocabulary().words['notify'].written)}\w{{0,6}}(?:$|[（(])"


_BEFORE_A_LATER_VERB = 2
_BEFORE_THE_VERB = 4
"""Words among which the verb stands: "The mill lead notifies …"."""


@pattern
def _sends() -> str:
    return any_of("sends")


@pattern
def _sends_it() -> str:
    """What was written before is sent: "Send it to the ports"."""
    return rf"{any_of('sends')}\s+{any_of('it')}\s"


@pattern
def _test() -> str:
    """What is sent to see whether it arrives: "Send a test event", "Send /start in the channel"."""
    return rf"{any_of('sends')}\s+(?:/\w|(?:\w+\s+)?{any_of('test_thing')})"


def _is_a_test(clause: str) -> bool:
    return _test().search(clause) is not None


_PEOPLE = ("support", "stakeholders", "customers", "executives", "internal", "press", "authority", "person_word")
_NEWS = ("update_word", "message_noun", "estimate")


def _names_people_or_news(text: str) -> bool:
    return any(vocabulary().says(name, text) for name in (*_PEOPLE, *_NEWS, "role_word"))


def is_denied(text: str) -> bool:
    """Whether a clause says not to tell: "Do not notify the bakers", "Kunden nicht informieren", 通知しない."""
    if _left_out().search(text) is not None:
        return True
    words = words_of(text)
    verbs = [n for n, word in enumerate(words) if word in _verbs()]
    if any(not small_words("forgets").isdisjoint(words[:n]) for n in verbs):
        return False  # "Do not forget to notify them"
    if says_not_to(text) or _must_not().search(text) is not None:
        return True
    if is_unspaced(text):
        return _not_behind().search(text) is not None or _none_before().search(text) is not None
    if any(words[n - 1 : n] and words[n - 1] in _denying() for n in verbs):
        return True
    return _is_of_nobody(text, words)


@guarded("not_told")
def _left_out() -> str:
    """Where no verb of telling is denied: "Leave customers out of it", "No external talk without approval"."""
    return any_of("not_told")


def _is_of_nobody(text: str, words: Sequence[str]) -> bool:
    """Whether nobody is told, or nothing, or nobody has to tell: "Tell customers nothing", "No need to inform them".

    "Tell the press nothing but the facts" tells them those.
    """
    text = _QUOTED.sub(" ", text)
    if _nobody_or_nothing().search(text):
        return not _but_for().search(text)
    if words[:1] and words[0] in small_words("stops"):
        return True
    if not {"no", *small_words("no_such", "without")}.isdisjoint(words[:1]):
        noun = " ".join(words[1:3])
        return any(word[:_STEM] in _stems() for word in words[1:3]) or any(
            vocabulary().says(name, noun) for name in ("update_word", "message_noun")
        )
    denied = (n for n, word in enumerate(words) if word in small_words("not"))
    behind = (
        words[n + 2 if words[n + 1 : n + 2] and words[n + 1] in small_words("denied_aux") else n + 1 :] for n in denied
    )
    return any(rest and rest[0][:_STEM] in _stems() for rest in behind)


_QUOTED = re.compile(r"[\"“„«「][^\"”“»」]{0,200}(?:[\"”»」]|$)")
_STEM = 5
"""Letters of a verb of telling that stay in all of its forms: "informed", "informiert", "informados"."""


@cache
def _stems() -> frozenset[str]:
    return frozenset(verb[:_STEM] for verb in _verbs() if len(verb) >= _STEM) | small_words("told_forms")


@cache
def _denying() -> frozenset[str]:
    """What stands right before a verb that is not done, or that tells which thing does it: "alerts that notify"."""
    return small_words("not") | frozenset(one for one in small_words("of_which") if len(one) > _SHORT)


_SHORT = 2


@guarded(("no_one", "nothing", "unneeded"))
def _nobody_or_nothing() -> str:
    return any_of("no_one", "nothing", "unneeded")


@guarded("but_for")
def _but_for() -> str:
    return rf"{any_of('no_one', 'nothing')}\s+(?:\S+\s+)?{any_of('but_for')}"


@pattern
def _none_before() -> str:
    """The same in scripts without spaces: 不通知客户, 誰にも連絡しない."""
    notify = one_of(vocabulary().words["notify"].written)
    nobody = one_of(one for one in phrases("no_one", "nothing") if is_unspaced(one))
    unneeded = one_of(one for one in phrases("unneeded") if is_unspaced(one))
    return rf"(?:{one_of(phrases('not_prefix'))}|{unneeded}).{{0,2}}?{notify}|{nobody}"


@cache
def _verbs() -> frozenset[str]:
    """The words with which telling somebody begins, in the languages that put spaces between words."""
    return frozenset(phrase.split()[0] for phrase in vocabulary().words["notify"].spaced)


@guarded("must_not")
def _must_not() -> str:
    return any_of("must_not")


@pattern
def _not_behind() -> str:
    return rf"{one_of(vocabulary().words['notify'].written)}\w{{0,2}}{ending('not_behind')}"


def _is_banned(leaf: Leaf) -> bool:
    """Whether a line stands below "Don't:", or among the symptoms or causes of an incident."""
    section = leaf.section
    if section.part is not None and section.part.kind in _NOT_TO_DO and section.part.coverage >= 0.6:
        return True
    return is_forbidden(leaf.under) or any(
        is_forbidden(one.title.text) for one in section.path() if one.level == LABEL_LEVEL or one is section
    )


_NOT_TO_DO = frozenset(["symptoms", "causes", "meaning"])


def _is_told(leaf: Leaf, scale: Scale) -> bool:
    """Whether an item of a chapter on communication names who is told, what, where or when, and is no advice on style.

    Below "External:", "Bakers" is somebody; "Be honest" is nobody.
    """
    text = leaf.text
    if _is_a_rhythm(leaf, scale) or any(map(is_denied, _clauses(text))):
        return False
    first = words_of(text)[:1]
    style = bool(first) and first[0] in small_words("keeps") and every(text) is None
    if style and not any(vocabulary().says(name, text) for name in _PEOPLE):
        return False  # "Keep messages short, two minutes to read"
    if _is_a_part_of_it(leaf) or _is_of_the_report(leaf):
        return False
    if _names_people_or_news(text) or "#" in text or "@" in text or next(spans(text), None) is not None:
        return True
    words = words_of(text)
    bare = 0 < len(words) <= _A_NAME and not is_unspaced(text) and words[0] not in small_words("imperative", "advises")
    return bare and _names_people_or_news(f"{leaf.under} {leaf.section.title.text}")


def _is_a_part_of_it(leaf: Leaf) -> bool:
    """Whether an item says what a message holds: below "Updates include:", or behind "The notice includes:"."""
    if not may_hold(f"{leaf.under} {leaf.section.title.text} {leaf.text}", "includes"):
        return False
    label = leaf.inline.labelled[0] if leaf.inline.labelled is not None else ""
    return any(_includes().search(said) for said in (leaf.under or leaf.section.title.text, label))


@guarded("includes")
def _includes() -> str:
    return rf"{any_of('includes')}\W*$"


def _is_of_the_report(leaf: Leaf) -> bool:
    """Whether an item is on the report of an incident, and names nobody who gets it: "Then a post-mortem in docs/"."""
    if not vocabulary().says("postmortem_word", leaf.text) or _sends().search(leaf.text) is not None:
        return False
    return not any(vocabulary().says(name, f"{leaf.text} {leaf.under} {leaf.section.title.text}") for name in _PEOPLE)


_A_NAME = 3
"""Words of a bare audience: "Legal or compliance"."""


def _is_a_rhythm(leaf: Leaf, scale: Scale) -> bool:
    """Whether an item only says how often a severity is told of, "Major: every hour": whom to tell stands elsewhere."""
    labelled = leaf.inline.labelled
    named = labelled is not None and (begins_with(labelled[0], scale) or scale.mentioned(labelled[0]))
    return labelled is not None and bool(named) and len(labelled[1].split()) <= 4 and every(labelled[1]) is not None


def _rule(leaf: Leaf, kinds: tuple[str, ...], scale: Scale) -> CommunicationRule:
    return CommunicationRule(
        text=leaf.text.rstrip(":： "),
        audience=audience_of(leaf.text, f"{leaf.under} {leaf.section.title.text}"),
        lines=Lines(leaf.line, leaf.inline.lines.last),
        severities=scale.mentioned(leaf.text) or scale.mentioned(leaf.under),
        condition=condition_in(leaf.text),
        moment=moment_of(leaf.text, kinds),
    )


def audience_of(*texts: str) -> str:
    """Who is told, by the first of these texts that says it: "internal" where none does."""
    words = vocabulary()
    for text in texts:
        for audience in ("support", "stakeholders", "customers", "executives"):
            if words.says(audience, text):
                return audience
            if audience == "customers" and _STATUS_PAGE.search(text) is not None:
                return audience
        if words.says("press", text) and not any(words.says(name, text) for name in ("role_word", "person_word")):
            return "customers"  # what the press hears is public
        if words.says("internal", text):
            return "internal"
        if words.says("authority", text):
            return "authorities"
    return "internal"


_STATUS_PAGE = re.compile(r"(?<![\w.@])status\.[\w-]{1,60}(?:\.[\w-]{1,60})*\.[a-z]{2,}")
"""The address of the page where customers look: "Post an update on status.mill.example"."""


def moment_of(text: str, kinds: tuple[str, ...]) -> str:
    """When of an incident somebody is told, by the words and by what the headings above announce; "" for unsaid."""
    words = vocabulary()
    if not AFTERWARDS.isdisjoint(kinds):
        return "resolution" if words.says("resolved", text) else "post_incident"
    if words.says("estimate", text):
        return "during"
    over = {"validation", "recovery"} if "incidents" in kinds else {"phase:resolution", "validation", "recovery"}
    if words.says("resolved", text) or over & set(kinds):
        return "resolution"  # but the "Resolution" of one kind of incident is what to do about it
    if any(words.says(name, text) for name in ("regular", "progress")) or every(text) is not None:
        return "during"
    if any(kind in ("phase:response", "phase:triage", "phase:detection", "escalation") for kind in kinds):
        return "initial"
    return ""
