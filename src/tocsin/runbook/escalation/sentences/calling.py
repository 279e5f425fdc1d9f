"""Who is called by the words of a sentence: "Page the payments lead", "The owner is called"."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.people.calls import is_message, without_call
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import OURS, ends_as_somebody, is_name
from tocsin.runbook.escalation.sentences.judged import without_decision
from tocsin.runbook.escalation.sentences.taking_over import case_of, who_takes_over
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE, may_say, verbs_of
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.grammar import (
    BRACKET,
    any_of,
    article,
    beginning,
    ending,
    guarded,
    may_hold,
    pattern,
    phrases,
    small_words,
)
from tocsin.runbook.words import one_of, vocabulary, words_of

_WORD = r"(?:[\w`@#/&-]|[.'’](?=\w))+"
_WHO = rf"(?P<who>{_WORD}(?:\s+{_WORD}){{0,4}}?)"


@cache
def _stop() -> str:
    """What ends a name: a sign, or a word such as "via", "and", "after", unless the name goes on, "on duty"."""
    words = any_of("ends_name", "and", "after", "if", "for", "first_behind", "directly", "otherwise")
    later = rf"\d{{1,3}}\s?[^\W\d_]{{1,8}}\s{any_of('into_incident', 'after_span')}"  # "Page the lead 15 min into it"
    return rf"(?=\s*(?:[,.;:(（。，、+＋]|$|→|\s(?!{any_of('in_name')}){words}(?!-)|\s{later}))"


@cache
def _answers() -> re.Pattern[str]:
    """Somebody who does something before the others: "The on-call answers first"."""
    first = rf"(?:\w+\s+)?{any_of('first')}"
    return re.compile(rf"^{article()}{_WHO}\s+{any_of('answers')}\s+{first}", re.IGNORECASE)


@cache
def _acts() -> re.Pattern[str]:
    """Somebody who does something by themselves: "Primary on-call acknowledges and begins"."""
    return re.compile(rf"^(?:{article()})?{_WHO}\s+{any_of('acts')}", re.IGNORECASE)


@cache
def _nobody() -> re.Pattern[str]:
    """What names nobody: "the team", "#incidents", "if it fails", "details of the miller", "all affected customers"."""
    small = rf"(?!{any_of('in_name')}){any_of('if', 'for', 'upon', 'begins_no_name', 'ends_name')}"
    alone = any_of("nobody", "next_in_line", "first", "directly", "article", "ends_name", "for", "upon")
    alone = rf"{alone}|{any_of('then', 'before_that', 'at_last', 'always', 'otherwise')}"
    kept = rf"{any_of('particulars')}(?:\s+{any_of('of', 'for', 'at_place', 'verb', 'if', 'upon')}\s.*)?"
    begins = rf"(?:{small}|{any_of('not')}|(?-i:{any_of('and', 'or')}))\s.*"
    everybody = rf"(?:[^\W\d_]+\s+){{1,3}}?{any_of('everybody')}"
    return re.compile(
        rf"^(?!(?-i:EMs?|IT)$)(?:{alone}|{kept}|{everybody}|\W*#.*|.*\s#\S*|{begins}|{any_of('verb')}.*)$",
        re.IGNORECASE,
    )


@cache
def _passive() -> re.Pattern[str]:
    """Who "is paged", "wird gerufen", "est prévenu", in any language."""
    words = vocabulary().words
    said = (sorted(words[name].spaced, key=len, reverse=True) for name in ("passive", "called"))
    verb, done = ("|".join(re.escape(one).replace(r"\ ", r"[\s-]+") for one in forms) for forms in said)
    between = rf"{any_of('not', 'name_article')}|{article()}"
    called = rf"(?:(?!{between})[^\W\d_]+\s+){{0,2}}?(?:{done})s?\b"
    # "Nach 15 Minuten wird der Teamleiter angerufen": the name behind the verb, where the time comes first.
    when = rf"(?:{any_of('after', 'first', 'directly')}\s+)*"
    the = rf"(?:{article()}|{any_of('name_article')}\s+)"
    turned = rf"(?<!\w)(?:{verb})\s+{when}{the}(?P<unspaced>{_WORD}(?:\s+{_WORD}){{0,3}}?)\s+{called}"
    # "Viene avvisato il responsabile", "É acionado o plantonista": the name last
    last = rf"(?:{verb})\s+(?:{done})\s+{article()}(?P<last>{_WORD}(?:\s+{_WORD}){{0,4}}?){_stop()}"
    # "After 10 minutes the team lead is paged", "In a P1 the owner is paged", "Alarm rings and the team lead is paged"
    otherwise = rf"(?:{any_of('otherwise')}[\s,]+)?"
    begins = rf"(?:(?:^|[,;:]\s*){otherwise}|(?:\d\s*[^\W\d_]+\.?|\d|\s{any_of('and')})\s+(?={article()}))"
    one_word = rf"{any_of('is_called')}\s+(?P<behind>{_WORD}(?:\s+{_WORD}){{0,4}}?){_stop()}"  # "Вызывается дежурный"
    ends = r"(?=\s*(?:[.,;:)]|$))"  # "bevor der Leiter gerufen wird"
    verbs = rf"(?:(?:{verb})s?\s+{called}|{any_of('is_called')}|(?:{done})\s+(?:{verb}){ends})"
    return re.compile(rf"{turned}|{last}|{one_word}|{begins}(?:{article()})?{_WHO}\s+{verbs}", re.IGNORECASE)


@cache
def _call() -> re.Pattern[str]:
    """A verb of calling, in any language, and who is called."""
    words = vocabulary().words
    verbs = sorted(set(words["call"].spaced) - set(words["call_behind"].spaced), key=len, reverse=True)
    spelled = (re.sub(r"^\S+", lambda word: _third_person(word[0]), verb) for verb in verbs)
    latin = "|".join(verb.replace(" ", r"[\s-]+") for verb in spelled)
    unspaced = one_of(set(words["call"].written) - set(words["call_behind"].written))
    return re.compile(
        rf"(?<![\w-])(?P<verb>{latin})\s+(?:(?:{any_of('it')}|{article()}{any_of('incident')})\s+{any_of('to')}\s+)?"
        rf"(?:{article()})?{_WHO}{_stop()}"
        rf"|(?:{unspaced})\s*(?![\u3041-\u3096])(?!{ending('unreached')})(?P<unspaced>[^\s,，。；;（(]{{2,16}})",
        re.IGNORECASE,
    )


@cache
def _call_behind() -> re.Pattern[str]:
    """A verb of calling behind whoever is called: "die Teamleitung anrufen", "部長に連絡", "팀장에게 연락"."""
    words = vocabulary().words["call_behind"]
    the = rf"{article()}|{any_of('name_article')}\s"
    begins = rf"(?:^|[,;:–-]\s*(?:{any_of('then')}\s+)?|(?={the})|{any_of('if_behind', 'then')}\s+)"
    between = rf"(?:\s+{any_of('directly', 'first', 'after', 'after_span', 'again')})*"
    latin = rf"{begins}(?:{article()})?{_WHO}{between}\s+{one_of(words.spaced)}(?=\s*(?:[.,;:()]|$))"
    behind: dict[str, list[str]] = {}
    for phrase in words.written:
        particle = re.match(rf"{ending('called_by')}", phrase)
        if particle is not None:
            behind.setdefault(particle[0], []).append(phrase[particle.end() :].strip())
    way = r"\s*(?:[^\s\u3041-\u3096、。,.;]{1,16}(?:\s*[\u3041-\u3096/／]|\s)\s*)?"  # by Slack, by telephone
    now = rf"(?:\s*{ending('directly', 'again')})?"
    verbs = "|".join(rf"{particle}{now}{way}{one_of(several)}" for particle, several in behind.items())
    name = r"[A-Za-z\u30a0-\u30ff\u3400-\u9fff\uac00-\ud7af\u3005/＋+&-]"  # no hiragana: these are the particles
    known = rf"(?P<known>\s?{ending('honorific')})?"  # 田中さん: a name
    joined = rf"(?:{name}{{1,12}}?{one_of(word for word in phrases('and', 'and_names') if ord(word[0]) >= 0x2E80)})?"
    other = (
        rf"(?P<unspaced>{joined}(?:[A-Za-z][\w-]*\s)?{name}{{2,20}}?){known}\s*(?:{verbs})(?!\s?{ending('not_behind')})"
    )
    return re.compile(rf"{latin}|{other}", re.IGNORECASE)


def _before_the_verb(sentence: str) -> str | None:
    """Who is called, by a word for somebody, where the verb comes last."""
    if not may_say("call_behind", sentence):
        return None
    at = 0
    while (match := _call_behind().search(sentence, at)) is not None:
        who = _name_article().sub("", _led_in().sub("", match["who"] or match["unspaced"]).strip())
        somebody = any(vocabulary().says(name, who) for name in (*OURS, "executives"))
        somebody = somebody or (match["known"] is not None and not _is_only_told(who))
        if somebody and not _nobody().match(who) and re.search(rf"(?i){any_of('not')}", who) is None:
            return who
        at = match.start() + 1  # "Nach 15 Minuten die Leitung anrufen": the name begins behind the time
    return None


@cache
def _led_in() -> re.Pattern[str]:
    """What stands before whoever is called and is no part of the name: "yanıt vermezse takım lideri aranır"."""
    now = rf"{any_of('first', 'before_that', 'at_last', 'directly')}|{one_of(vocabulary().words['immediate'].spaced)}"
    return re.compile(
        rf"^(?:.*{any_of('if_behind', 'at_that_time', 'then')}\s+|\s*(?:{now})\s+(?:{article()})?)", re.IGNORECASE
    )


def _is_only_told(who: str) -> bool:
    """Whether these are people that are told and not called: customers, whoever else is concerned."""
    return any(vocabulary().says(name, who) for name in ("customers", "stakeholders", "authority", "press"))


@cache
def _beside() -> re.Pattern[str]:
    return re.compile(any_of("beside_time", "after_span"), re.IGNORECASE)


def _timeless(sentence: str) -> str:
    """A sentence with blanks in the place of its times: "wird nach 15 Minuten die Leitung …", "15分後に部長…"."""
    bare = sentence
    for span in spans(sentence):
        behind = _beside().match(sentence, span.end)
        end = behind.end() if behind and ord(behind[0][0]) >= 0x2E80 else span.end
        if (later := _later().match(sentence, span.end)) is not None:
            end = later.end()  # "half an hour later the owner is paged"
        bare = f"{bare[: span.start]}{' ' * (end - span.start)}{bare[end:]}"
    return bare


@pattern
def _later() -> str:
    return rf"\s+{any_of('later', 'further_behind')}(?=\s+{article()})"


def _third_person(verb: str) -> str:
    """A pattern of a verb, as it is and with the ending of "pages", "notifies"."""
    return f"{re.escape(verb[:-1])}(?:y|ies)" if re.search(r"[^aeiou]y$", verb) else re.escape(verb) + "s?"


def told_to(sentence: str) -> str | None:
    """Who gets the first word: "Initial alert to the on-call", "Notifications go to the developers"."""
    match = _first_word().match(sentence)
    who = match["who"] if match and not forbids(sentence) else ""
    return who if who and says_somebody(who) else None


@cache
def _first_word() -> re.Pattern[str]:
    words = vocabulary().words
    noun = one_of({*words["notify"].spaced, *words["call"].spaced, *words["called"].spaced})
    goes = rf"s?\s+(?:{any_of('goes')}\s+)?{any_of('to')}\s+"
    told = rf"(?:[^\W\d_-]+\s+){{0,2}}(?:{noun}|{any_of('alarm', 'way_of_calling')}){goes}"
    return re.compile(rf"^{told}(?:{article()})?{_WHO}{_stop()}", re.IGNORECASE)


@cache
def _word_to() -> re.Pattern[str]:
    """Whom a word goes to, before it: "Immediate CISO notification"."""
    now = one_of(vocabulary().words["immediate"].spaced)
    return re.compile(rf"^{now}\s+(?:{article()})?{_WHO}\s+{any_of('word_to')}", re.IGNORECASE)


@cache
def _hurried() -> re.Pattern[str]:
    """ "At once" between the verb and whom it calls: "Notificar de inmediato al jefe"."""
    words = vocabulary().words
    verb = one_of({call.split()[0] for call in words["call"].spaced})
    now = rf"(?:(?:de\s+)?{one_of(words['immediate'].spaced)}|{any_of('again')})\s+(?=[^\W\d_])"
    first = rf"{any_of('first', 'first_behind')}\s+(?={article()}|{any_of('to')}\s)"
    first += rf"|{any_of('directly')}\s+(?={article()})"  # "go directly to" is the verb itself
    at = rf"{any_of('upon', 'for', 'to')}\s+(?:{article()})?[A-Za-z]{{1,4}}-?\d\s+(?=[^\W\d_])"  # "Bel bij P1 de CTO"
    return re.compile(rf"(?<![\w-])(?P<verb>{verb})\s+(?:(?:{at})?(?:{now}|{first})|{at})", re.IGNORECASE)


def without_hurry(sentence: str) -> str:
    """A sentence without "at once", "first" or "again" between a verb and whom it calls."""
    if len(sentence) > LONGEST_SENTENCE or not may_say("call", sentence):
        return sentence
    return _hurried().sub(r"\g<verb> ", sentence)


def called_in(sentence: str) -> tuple[str, int] | None:
    """Who is called, and where the name ends in the sentence; -1 where others cannot follow it."""
    if len(sentence) > LONGEST_SENTENCE:
        return None
    sentence = without_decision(sentence)
    parts = at_arrows(sentence)
    if len(parts) == 2 and is_occasion(parts[0]):
        found = _called_by_a_verb(parts[1])
        who = found[0] if found else BRACKET.sub(" ", parts[1])
        if vocabulary().says("escalate_verb", who.split()[0] if who.split() else ""):
            return None  # "→ escalate severity" says what to do
        if found is None and is_message(who):
            return None  # "→ mail to the team" says what is sent
        if _nobody().match(who.strip()) or len(who.split()) > 5 or is_call(without_call(who)):
            return None
        return who.strip(), found[1] + len(sentence) - len(parts[1]) if found else -1
    word = _first_word().match(sentence) or _word_to().match(sentence)
    if word is not None and says_somebody(word["who"]) and not forbids(sentence):
        return word["who"], word.end()
    if (found := _called_by_a_verb(sentence) or _called_in_turn(sentence)) is not None:
        return found
    if (next_one := who_takes_over(sentence)) and not _nobody().match(next_one):
        return next_one, -1
    timeless = _timeless(sentence)
    if (named := _before_the_verb(timeless)) is not None:
        return named, -1
    told = _called_passively(sentence)
    if told is None or _HOLDS_NUMBER.search(told[0]):  # "wordt de teamleider na 30 minuten gebeld"
        told = _called_passively(timeless) or told or _in(_answers(), sentence)
    return (_behind_and(told[0]), -1) if told else _called_about(sentence)


_HOLDS_NUMBER = re.compile(r"(?<!\w)\d+$")


def _called_about(sentence: str) -> tuple[str, int] | None:
    """Whom a sentence calls that says first what is escalated: "Escalate unresolved incidents to the lead"."""
    match = _escalated().search(sentence) if may_hold(sentence, "to") else None
    if match is None:
        return None
    begin, end = match.span("what")
    found = _called_by_a_verb(f"{sentence[:begin]}{sentence[end:]}")
    if found is None or not (says_somebody(found[0]) or is_name(found[0])):
        return None
    return found[0], found[1] + end - begin


def escalated_matter(sentence: str) -> str:
    """What a sentence escalates, "any data loss" of "Escalate any data loss to the CTO"; empty for others."""
    match = _escalated().search(sentence) if may_hold(sentence, "to") else None
    return match["what"].strip() if match is not None else ""


@pattern
def _escalated() -> str:
    word = rf"(?!{any_of('if', 'then', 'and', 'or', 'upon', 'for', 'not', 'after')})[\w'’/-]+"
    code = rf"{any_of('and', 'or')}\s+(?=[A-Za-z]{{1,4}}-?\d)"  # "P2 and P3"
    verb = rf"(?<!\w){beginning('escalates')}\w*"
    return rf"{verb}(?P<what>(?:\s+(?:{code})?{word}){{1,5}}?)(?=\s+{any_of('to')}\s+\S)"


def _called_in_turn(sentence: str) -> tuple[str, int] | None:
    """Who comes first or next: "the lead" of "The first is the lead", "If nobody answers, the next is the lead"."""
    match = _in_turn_is().search(sentence) if may_hold(sentence, "next_is", "first_is") else None
    who = match["who"] if match is not None else ""
    return (who, match.end()) if match is not None and says_somebody(who) and not _nobody().match(who) else None


@pattern
def _in_turn_is() -> str:
    turn = any_of("next_is", "first_is")
    return rf"{turn}\s*[:：–—-]?\s*(?:{article()})?(?P<who>{_WORD}(?:\s+{_WORD}){{0,4}}?){_stop()}"


def says_whose_turn(sentence: str) -> bool:
    """Whether a sentence says who comes first or next."""
    return _called_in_turn(sentence) is not None


def silent_one(sentence: str) -> str:
    """Who does not answer in a sentence that begins with it: "duty miller" of "If the duty miller is unreachable"."""
    sentence = case_of(sentence) or sentence
    led = _led_by_case().search(sentence) if says_silence(sentence) else None
    words = sentence[led.end() :].split()[:_LONGEST_SILENT] if led is not None else []
    ends = [n for n in range(1, len(words) + 1) if says_somebody(words[n - 1])]
    clause = next((n for n, word in enumerate(words, 1) if word.endswith((",", "，", ":"))), len(words))
    last = max((n for n in ends if n < clause), default=0)
    if 0 < last < clause - 2 and re.fullmatch(any_of("of"), words[last], re.IGNORECASE):
        last += 2  # "chef de quart"
    who = " ".join(words[:last])
    return who if who and not _nobody().match(who) else ""


_LONGEST_SILENT = 8


@pattern
def _led_by_case() -> str:
    return rf"(?:^\W*|(?<=\w)\s+){any_of('if')}\s+(?:{article()})?"


def _called_by_a_verb(sentence: str) -> tuple[str, int] | None:
    return _in(_call(), sentence) if may_say("call", sentence) else None


def _called_passively(sentence: str) -> tuple[str, int] | None:
    may_be = (may_say("called", sentence) and may_say("passive", sentence)) or may_hold(sentence, "is_called")
    return _in(_passive(), sentence) if may_be else None


def _behind_and(who: str) -> str:
    """Whom a sentence calls, without what else it tells: "duty engineer" of "Alarm rings and the duty engineer"."""
    who = _time_taken_out().sub("", who)
    pieces = re.split(rf"(?i)\s+{any_of('and')}\s+{article()}", who)
    somebody = [one for one in pieces if says_somebody(one)]
    return somebody[0] if len(somebody) == 1 < len(pieces) else who


@pattern
def _time_taken_out() -> str:
    """What is left before a name of a time: "After" of "After 2 hours L3 is informed"."""
    return rf"^(?:{any_of('after')}\s+)+(?=\S)"


def names_nobody(who: str) -> bool:
    """Whether what stands behind a verb of calling is no name: "the team", "#incidents", "if it fails"."""
    return _nobody().match(who) is not None


def calls(sentence: str) -> bool:
    """Whether a sentence calls somebody: "Call Ben when the mill stops"."""
    return called_in(sentence) is not None


def forbids(sentence: str) -> bool:
    """Whether a sentence says that somebody is not to be called: "Do not yet page the owner"."""
    if len(sentence) > LONGEST_SENTENCE:
        return True
    found = _call().finditer(sentence) if may_say("call", sentence) else ()
    return any(_denied().search(sentence[: match.start()]) for match in found)


def is_passive(sentence: str) -> bool:
    """Whether a sentence says that somebody is called: "Head miller is paged"."""
    return len(sentence) <= LONGEST_SENTENCE and _called_passively(sentence) is not None


def _in(pattern: re.Pattern[str], sentence: str) -> tuple[str, int] | None:
    at = 0
    while (match := pattern.search(sentence, at)) is not None:
        named = match.groupdict()
        who = (named.get("who") or named.get("unspaced") or named.get("last") or named.get("behind") or "").strip("`@#")
        who = _name_article().sub("", _subject().sub("", _in_turn().sub("", who)))
        before = sentence[: match.start()]
        verb = named.get("verb")
        other = _denied().search(before) or _calls_on().match(who) or (verb and _is_a_thing(before, verb))
        other = other or (verb and not before.strip() and _is_subject(verb, who))
        if (
            who
            and not (other or _is_set_going(who))
            and not _nobody().match(who)
            and next(spans(who), None) is None
            and not is_call(who)
            and not (_is_wrong(who) or vocabulary().says("unacknowledged", who) or _goes_on_passively(who))
        ):
            return who, match.end()
        beside = _next().match(sentence, match.end()) if who and not other and _is_only_told(who) else None
        if beside is not None and says_somebody(beside["who"]) and not _nobody().match(beside["who"]):
            return beside["who"], beside.end()  # "Inform stakeholders, head of mills": only one of them is called
        at = match.start() + 1
    return None


@pattern
def _subject() -> str:
    """Who calls, where the verb stands before both: "der Wachleiter den" of "ruft der Wachleiter den Chef an"."""
    return rf"^(?!{any_of('not')})[\w-]+(?:\s+[\w-]+){{0,2}}\s+{any_of('object_article')}\s+"


@pattern
def _in_turn() -> str:
    """What tells before a name that it is the next one: "then the team lead"."""
    return rf"^{any_of('then', 'before_that', 'first', 'first_behind', 'always')}\s+(?:{article()})?"


def _is_subject(verb: str, who: str) -> bool:
    """Whether a verb at the beginning is what calls, with its own verb behind it: "Alerts page the lead"."""
    first = words_of(who)[:1]
    return verb[-1:] in "sS" and len(who.split()) > 1 and bool(first) and first[0] in verbs_of("call")


@pattern
def _name_article() -> str:
    """An article that is another word elsewhere, and one for sure only before a name: the Dutch "de"."""
    return rf"^{any_of('name_article')}\s+(?=\w)"


def is_call(who: str) -> bool:
    """Whether what stands behind a verb is the call itself, and nobody: "call" of "phone call"."""
    words = vocabulary()
    return any(words.is_a(name, who, 0.99) for name in ("call", "called")) and not words.says("rotation", who)


@cache
def _calls_on() -> re.Pattern[str]:
    """What stands behind a noun that is a verb elsewhere, and calls somebody: "pages the lead" of "Alert pages …"."""
    verbs = (verb for verb in vocabulary().words["call"].spaced if " " not in verb)
    spelled = sorted({_third_person(verb).removesuffix("?") for verb in verbs}, key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(spelled)})\s", re.IGNORECASE)


@pattern
def _denied() -> str:
    """Before a verb of calling, where nobody is to be called: "do not", "never", "don't", "n'"."""
    return rf"(?:{any_of('not')}|n['’]t)\s+$|(?<!\w)n['’]$"


def _is_set_going(who: str) -> bool:
    """Whether what is "engaged", "activado", "mobilisé" answers no call: "alarm", "emergency plan"; no "plan owner"."""
    return vocabulary().says("set_going", who) and not is_somebody(who)


def _is_wrong(who: str) -> bool:
    """Whether the words behind a noun that may be a verb say what is wrong: "Page unavailable", "call dropped"."""
    said = who.split()
    return any(vocabulary().is_a("fails_last", " ".join(said[-n:]), 0.99) for n in (1, 2)) and not says_somebody(who)


def _goes_on_passively(who: str) -> bool:
    """Whether a verb stands behind a noun that is one of calling elsewhere: "are escalated" of "Alerts are …"."""
    return _passively().match(who) is not None


@pattern
def _passively() -> str:
    return rf"{one_of(vocabulary().words['passive'].spaced)}\s"


def _is_a_thing(before: str, verb: str) -> bool:
    """Whether a word for calling is a noun where it stands: "the page", "a call", "status page"."""
    previous = before.split()[-1:]
    return _ends_with_article().search(before) is not None or any(
        vocabulary().is_a("not_contact", f"{word} {verb}", 0.9) for word in previous
    )


@pattern
def _ends_with_article() -> str:
    return rf"{article()}$"


@cache
def _next() -> re.Pattern[str]:
    """One more who is called by the same verb: ", the owner", " and the CTO"."""
    conjunction, word = any_of("and"), r"(?:[\w`@#/-]|['’](?=\w))"
    joined = rf"\s*(?:,\s*(?:{conjunction}\s+)?|\s*{conjunction}\s*|\s*[&+、＋]\s*)(?:then\s+)?"
    return re.compile(
        rf"{joined}(?P<article>{article()})?(?P<who>[`@]*[^\W\d_]{word}*(?:\s+(?!{conjunction}\s){word}+){{0,3}}?){_stop()}",
        re.IGNORECASE,
    )


def others_called(sentence: str, end: int, *, named: bool = False) -> tuple[str, ...]:
    """Whoever else a sentence calls at once, behind the first one: "page the lead, the owner and the CTO".

    ``named`` where a name without a word for somebody may stand there as well.
    """
    found: list[str] = []
    first = re.search(r"[^\W\d_]+$", sentence[: max(end, 0)])  # beside a name without a word for somebody is another
    named = named or (first is not None and first[0][:1].isupper())
    while 0 <= end < len(sentence) and len(found) < 6 and (match := _next().match(sentence, end)) is not None:
        who = match["who"].strip("`@#")
        known = (
            "@" in match["who"]
            or says_somebody(who)
            or vocabulary().is_a("executives", who, 0.5)
            or (named and who.isalpha() and who[:1].isupper() and not (match[0][:1] in ",，" and _is_task(who)))
        )
        if _nobody().match(who) or not (known or (match["article"] and not vocabulary().says("channel_word", who))):
            break
        found.append(who)
        end = match.end()
    return tuple(found)


def _is_task(word: str) -> bool:
    """Whether a word is what to do next, "Page the CTO, Investigate", and no name."""
    return not small_words("look", "chore", "task", "imperative").isdisjoint(words_of(word))


@guarded("otherwise")
def _otherwise() -> str:
    who = rf"(?P<who>{_WORD}(?:\s+{_WORD}){{0,3}}?)"
    verb = rf"(?:{one_of(vocabulary().words['call'].spaced)}\s+)?"
    return rf"[,;.]\s*(?:{any_of('and', 'or')}\s+)?{any_of('otherwise')}[\s,]*{verb}(?:{article()})?{who}{_stop()}"


def called_at_other_times(sentence: str, hours: str = "", *, first: bool = False) -> tuple[str, ...]:
    """Whoever is called outside of the hours that a sentence names: "in business hours call Ana, otherwise Ben".

    Both are called at any hour: of two people one too many beats nobody. ``hours``: where these are named, if not in
    the sentence; ``first``: nothing else stands before it.
    """
    match = _otherwise().match(sentence) if first else _otherwise().search(sentence)
    if match is None or not vocabulary().says("availability", hours or sentence) or _nobody().match(match["who"]):
        return ()
    return people(match["who"])


def says_somebody(text: str) -> bool:
    """Whether a text has a word for one of us; unlike ``chains.is_somebody`` a vendor is none."""
    return any(vocabulary().says(name, text) for name in OURS) or ends_as_somebody(text[:_FIRST])


_FIRST = 200
"""Characters of a text in which a word for somebody is looked for by its ending."""


def acts(sentence: str) -> str | None:
    """The person who acts in a sentence: "the on-call" of "The on-call acknowledges and begins"; None for others."""
    found = _in(_acts(), sentence.strip())
    if found is None or not any(vocabulary().says(name, found[0]) for name in ("person_word", "rotation", "role_word")):
        return None
    return found[0]


def caller(sentence: str) -> str | None:
    """Who calls somebody in a sentence, behind its condition: "If no answer, the secondary pages the lead"."""
    clause = re.split(r",\s+", sentence.strip(), maxsplit=1)[-1]
    found = _calls_by().match(clause)
    return found["who"] if found is not None and says_somebody(found["who"]) else None


@cache
def _calls_by() -> re.Pattern[str]:
    verbs = sorted(vocabulary().words["call"].spaced, key=len, reverse=True)
    latin = "|".join(re.sub(r"^\S+", lambda word: _third_person(word[0]), verb).replace(" ", r"\s+") for verb in verbs)
    return re.compile(rf"^(?:{article()})?{_WHO}\s+(?:{latin})\s", re.IGNORECASE)


def is_occasion(text: str) -> bool:
    """Whether what stands before an arrow is when, not whom: "Not resolved in 10 min", "Alert triggered"."""
    words = vocabulary()
    return (
        any(words.says(name, text) for name in ("unresolved", "unacknowledged"))
        or target(text) is not None
        or bool(re.match(rf"(?i)\W*{any_of('alarm', 'if')}", text))
    )
