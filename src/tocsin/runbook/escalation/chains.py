"""What all forms of an escalation share: the chains found so far, people, windows, arrows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.cases import hurried_case
from tocsin.runbook.escalation.joined_names import names_in
from tocsin.runbook.escalation.ours import OURS, ends_as_somebody
from tocsin.runbook.escalation.repeats import without_again
from tocsin.runbook.grammar import BRACKET, any_of, article, ending, may_hold, pattern, phrases, small_words
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale, onwards
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.words import is_unspaced, one_of, vocabulary, words_of

ARROW = re.compile(r"(?:(?<!\s)\s+)?(?:→|->|=>|➜|➔|⟶|⇒|>>|—>)\s*")
NUMERALS = "一二三四五"
LONGEST_NAME = 5
"""Words of the longest name of somebody; a text with more says something of them."""


def at_arrows(text: str) -> list[str]:
    """A text taken apart at its arrows; most have no sign of one, and are one piece."""
    return ARROW.split(text) if _may_have_arrows(text) else [text]


def _may_have_arrows(text: str) -> bool:
    return ">" in text or not text.isascii()


@pattern
def counted_level() -> str:
    """The number of a level at the beginning of a text: "Level 1:", "一线", "2차", "First line", "First:"."""
    behind, counted = ending("level_behind"), rf"\d|[{NUMERALS}]"
    return (
        rf"^(?:{ending('level')}\s*[-.]?\s*(?P<n>{counted})\s*(?:{behind})?(?!\w)"
        rf"|(?P<cjk>[{NUMERALS}]){behind}(?:{ending('level_more')})?|(?P<ko>\d){ending('level_after')}(?!\w)"
        rf"|(?P<nth>{one_of(vocabulary().ordinals)})(?:[\s-]{any_of('nth_level')}|(?=\s*[:：]))"
        rf"|{any_of('last_level')})"
        r"\s*(?:[:：.)–—-]+\s*|\s+|$|(?=[(（]))"
    )


@pattern
def _condition() -> str:
    return rf"^{any_of('if', 'for')}"


@pattern
def _narrows() -> str:
    """A time that is for one case only: "immediately for security incidents"."""
    return any_of("if", "for", "upon")


@pattern
def _called_by() -> str:
    """ "リーダーへ直ちに連絡": where a name ends before what is done to reach it."""
    verbs = one_of((*vocabulary().words["notify"].written, *vocabulary().words["escalate_verb"].written))
    return rf"(?:{ending('called_by')}(?:{ending('directly')})?|{ending('directly')})(?={verbs})"


WINDOW = re.compile(r"(\d+)\s*[-–—~]\s*\d+(?=\s*[^\W\d_])")
"""A stretch of time, "15-30 min", with its beginning."""
OPENS = re.compile(r"(?:^|[(（])\D{0,8}0\s*[-–—~]\s*\d")
"""The first of several windows, "(0-15 min)": each level is called when its window opens."""


FILE = re.compile(r"\w\.(?:md|html?|pdf|docx?|ya?ml|txt|json)\b")
"""What leads to another document and calls nobody: "templates.md → Messages"."""


@dataclass(slots=True)
class Escalation:
    """Everything the document says about escalating. ``ordered`` tells whether it puts the levels in an order."""

    chains: dict[str, list[EscalationLevel]] = field(default_factory=dict)  # "" holds for every severity
    rules: list[EscalationRule] = field(default_factory=list)
    ordered: bool = True
    nameless: list[Lines] = field(default_factory=list)  # levels that name nobody; they are in no chain
    routings: list[Lines] = field(default_factory=list)  # what says whom to call for which matter, and makes no chain
    chapters: list[Lines] = field(default_factory=list)  # headings that speak of escalating, with something below
    nobody: set[str] = field(default_factory=set)  # severities for which the document says that nobody is called
    called: tuple[str, ...] = ()  # those for which it does not

    def keep(self, name: str, levels: list[EscalationLevel]) -> None:
        """Take a chain of one severity; of two, the first that states times."""
        known = self.chains.get(name)
        if not known or (any(one.after for one in levels) and not any(one.after for one in known)):
            self.chains[name] = levels

    def offer(self, name: str, levels: list[EscalationLevel]) -> None:
        """Take a chain, unless there is one that says as well when each of its people is called."""
        known = self.chains.get(name)
        if known is None or (len(levels) > 1 and _timed(levels) == 1 and _timed(known) < 0.5):
            self.chains[name] = levels

    def chain(self, scale: Scale) -> tuple[EscalationLevel, ...]:
        """The chain of the highest severity; of two, the one that states times.

        Where other severities have chains of their own and none is for all, it is for that one only.
        """
        own, shared = self.chains.get(scale.highest or "", []), self.chains.get("", [])
        if not shared and len(self.chains) > 1 and scale.highest:
            own = [level if level.severities else replace(level, severities=(scale.highest,)) for level in own]
        timed = [chain for chain in (own, shared) if any(level.after for level in chain)]
        return tuple(map(self._for_those_called, timed[0] if timed else own or shared))

    def _for_those_called(self, level: EscalationLevel) -> EscalationLevel:
        """A level of the chain that holds for all, without the severities for which nobody is called."""
        return replace(level, severities=self.called) if self.nobody and not level.severities else level

    def by_severity(self, scale: Scale) -> dict[str, tuple[EscalationLevel, ...]]:
        """The chains of the other severities; who is called at any is theirs where the first chain is for others."""
        first, chains = self.chain(scale), {}
        for one in scale.severities[1:]:
            own = self.chains.get(one.name)
            if not own and one.name not in self.nobody and not any(_holds(level, one.name) for level in first):
                own = [level for level in self.chains.get("", []) if _holds(level, one.name)]
            if own:
                chains[one.name] = tuple(own)
        return chains


def _timed(chain: list[EscalationLevel]) -> float:
    """How many of those who are called after the first one have a time; 0 where there are none."""
    later = chain[1:]
    return sum(level.after is not None for level in later) / len(later) if later else 0.0


def _holds(level: EscalationLevel, severity: str) -> bool:
    return not level.severities or severity in level.severities


def raw_title(section: Section) -> str:
    """A heading without signs before it, its "Level 1:" kept."""
    return re.sub(r"^[^\w]+", "", section.title.raw)


def named_by(section: Section, scale: Scale) -> tuple[str, ...]:
    """The severities that a list is for, by the headings that it stands under; "" for all."""
    return next((names for one in section.path() if (names := scale.mentioned(one.title.text))), ("",))


def level_number(match: re.Match[str]) -> int:
    """The number of a level that ``counted_level`` found; 0 of the last one, "Last resort:"."""
    if match["nth"]:
        return vocabulary().ordinals[match["nth"].casefold()]
    digit = match["n"] or match["ko"] or match["cjk"]
    if not digit:
        return 0
    return NUMERALS.index(digit) + 1 if digit in NUMERALS else int(digit)


def without_rank(text: str) -> str:
    """What stands behind the number of a level; in "L2 engineers" and "Tier 2 support" the number is of the name."""
    rank = counted_level().match(text)
    if rank is None:
        return text
    bare = rank[0][-1:].isspace() and rank[0].rstrip()[-1:].isalnum()  # no sign stands behind the number
    return text if bare and _GOES_ON.match(text, rank.end()) else text[rank.end() :]


_GOES_ON = re.compile(r"[a-z]{3,}")


def counts_only(text: str) -> bool:
    """Whether a few words are the rank of a level and name nobody: "First responder", "Level 2", "Last resort"."""
    rank = counted_level().match(text)
    return rank is not None and rank.end() == len(text)


def waited_for(text: str) -> Trigger:
    """What a stated window waits for: an acknowledgement where the words say so, resolution otherwise."""
    return Trigger.UNACKNOWLEDGED if says_silence(text) else Trigger.UNRESOLVED


def says_silence(text: str) -> bool:
    """Whether a text says that nobody answers, be it with a time between the words: "sich nicht in 5 min meldet"."""
    if vocabulary().says("unacknowledged", text):
        return True
    if may_hold(text, "silent_verb") and _silent_verb().search(text) is not None:
        return True
    absent = _absent().search(text) if may_hold(text, "absent") else None
    if absent is not None and is_somebody(" ".join(text[: absent.start()].split()[-LONGEST_NAME:])):
        return True
    span = next(spans(text), None) if may_hold(text, "denied", "nobody") else None
    if span is None:
        return False
    before = _leading_to_time().sub(" ", text[: span.start])
    return vocabulary().says("unacknowledged", f"{before} {text[span.end :]}")


@pattern
def _silent_verb() -> str:
    """The verb before whoever does not answer: "Meldet sich der Teamleiter nicht, …"."""
    return rf"(?:^|[.;:]\s+){any_of('silent_verb')}\s+(?:[^\s,.;:]+\s+){{1,6}}?{any_of('not')}"


@pattern
def _absent() -> str:
    """Behind a word for somebody, who does not answer then; a service that is not available is down."""
    return any_of("absent")


@pattern
def _leading_to_time() -> str:
    return rf"\s(?:{any_of('deadline', 'beside_time', 'after', 'of')}\s+)+$"


def is_waiting(text: str) -> bool:
    """Whether a text says that nobody answers, or that it goes on, and for how long."""
    return (says_silence(text) or vocabulary().says("unresolved", text)) and target(text) is not None


def is_case_of_silence(text: str) -> bool:
    """Whether a text only says that nobody answers, or that it goes on, be it without a time: "if no ack"."""
    waits = says_silence(text) or vocabulary().says("unresolved", text)
    return waits and len(text.split()) <= 2 * LONGEST_NAME


def is_point(label: str) -> bool:
    """Whether a label is when somebody is called: "After 30 minutes", "No answer in 15 min", "At once"."""
    span = target(label)
    if span is None or span.seconds is None:
        return False
    words = len(label.split())
    return words <= _LONGEST_TIME or is_waiting(label) or (words <= 2 * LONGEST_NAME and begins_after(label))


def begins_after(text: str) -> bool:
    """Whether a text begins as a point in time does: "After an hour", "15分後"."""
    if _begins_after().match(text) is not None:
        return True
    span = next(spans(text), None) if is_unspaced(text) else None
    return span is not None and not text[: span.start].strip() and _later().match(text, span.end) is not None


@pattern
def _later() -> str:
    return rf"\s*{ending('after_span', 'beside_time')}"


_LONGEST_TIME = 4
"""Words of a time that says no more: "after the first hour"."""


@pattern
def _begins_after() -> str:
    return rf"\W*{any_of('after')}"


def is_promise(text: str) -> bool:
    """Whether a time is how soon somebody answers, "5 min response", and not when that one is called."""
    says = vocabulary().says
    if any(says(name, text) for name in ("escalate_verb", "unresolved", "unacknowledged")):
        return False
    return any(says(name, text) for name in ("respond_verb", "acknowledge_verb", "resolve_verb"))


def when_called(
    said: list[str], line: int, number: int, scale: Scale
) -> tuple[Duration | None, Trigger, tuple[str, ...], str | None]:
    """(window, trigger, severities, condition) of what stands beside a name in a chain."""
    words = vocabulary()
    for text in said:
        severities = scale.mentioned(text)
        case = hurried_case(text) if number > 1 and not severities else None
        window = target(text.replace(case, " ") if case else text, line)
        if case is not None and (window is None or not window.seconds):
            return None, Trigger.CONDITION, (), case
        stated = window is not None and (window.seconds is not None or window.unit is not None)
        later = later_otherwise(text, scale, line) if number > 1 and severities else None
        if later is not None:
            return later, waited_for(text), (), text.strip()
        if window is not None and stated and window.kind is not DurationKind.IMMEDIATE:
            severities = () if _is_either(text, scale) else severities
            trigger = waited_for(text)
            if number == 1 and not words.says("unresolved", text) and not words.says("unacknowledged", text):
                initial = bool(re.match(rf"(?i)\s*{any_of('first')}", text))
                return None if initial else window, Trigger.START, severities, None
            return window, trigger, severities, case or (text.strip() if _condition().search(_clause(text)) else None)
        if severities and number > 1:
            return window if stated else None, Trigger.SEVERITY, severities, text.strip()
        if stated and number > 1 and _is_at_once(text):
            return window, Trigger.UNSTATED, (), None
    if number == 1:
        return None, Trigger.START, (), None
    if (silence := next(filter(says_silence, said), None)) is not None:
        return None, Trigger.UNACKNOWLEDGED, (), silence.strip()
    for text in said:
        if _condition().match(_clause(text)):
            return None, Trigger.CONDITION, (), _clause(text)
    return None, Trigger.UNSTATED, (), None


def later_otherwise(text: str, scale: Scale, line: int | None = None) -> Duration | None:
    """When somebody is called who is called at once at some severities: "immediately for P0, otherwise in 15 min"."""
    pieces = re.split(r"[,;，；]\s*", text)
    times = [(target(piece, line), scale.mentioned(piece)) for piece in pieces]
    at_once = any(time is not None and time.kind is DurationKind.IMMEDIATE and names for time, names in times)
    later = [time for time, names in times if time is not None and time.seconds and not names]
    return later[0] if at_once and len(later) == 1 else None


def called_at_once_at(text: str, scale: Scale, line: int | None = None) -> dict[str, Duration]:
    """The severities of such a text at which somebody is called at once."""
    if later_otherwise(text, scale, line) is None:
        return {}
    times = ((target(piece, line), scale.mentioned(piece)) for piece in re.split(r"[,;，；]\s*", text))
    return {name: time for time, names in times if time is not None and not time.seconds for name in names}


def _is_at_once(text: str) -> bool:
    """Whether a text says "immediately" and little else: no "immediate response", "immediately on their request"."""
    return len(text.split()) < _LONGEST_TIME and not is_promise(text) and not _narrows().search(text)


def _is_either(text: str, scale: Scale) -> bool:
    """Whether a time holds for every severity, and one is only a sooner reason: "after 30 min or at P0"."""
    pieces = _or().split(onwards().sub("", text))  # "P1 or higher" is no second reason
    return len(pieces) > 1 and any(target(piece) is not None and not scale.mentioned(piece) for piece in pieces)


@pattern
def _or() -> str:
    return rf"\s+{any_of('or')}\s+"


SOMEBODY = (*OURS, "vendor")
"""Lists of words for one of ours, and for those who stand in for them."""


def is_somebody(text: str) -> bool:
    """Whether a text has a word for somebody: "Head of mills", "Team lead", "Duty desk"."""
    return any(vocabulary().says(name, text) for name in SOMEBODY) or ends_as_somebody(text[:_FIRST])


_FIRST = 200
"""Characters of a text in which a word for somebody is looked for by its ending."""


def rule_of(text: str, lines: Lines, scale: Scale, under: str = "") -> EscalationRule:
    """The reason to escalate that a text gives; a time in the heading above, ``under``, holds for it."""
    words = vocabulary()
    after = target(text, lines.first) or (target(under, lines.first) if under else None)
    severities = scale.mentioned(text)
    if words.says("unacknowledged", text):
        trigger = Trigger.UNACKNOWLEDGED
    elif words.says("severity_increase", text):
        trigger = Trigger.SEVERITY
    elif after is not None and after.seconds != 0:
        trigger = Trigger.UNRESOLVED
    elif severities:
        trigger = Trigger.SEVERITY
    else:
        trigger = Trigger.CONDITION
    return EscalationRule(text, Lines(lines.first, lines.last), trigger, after, severities)


def starts_with_if(text: str) -> bool:
    """Whether a station of a chain is a condition, "if data was read": nobody is called so."""
    return _condition().match(text.strip()) is not None


def _clause(text: str) -> str:
    """What a value says besides a contact that nobody filled in: "[contact info] - For major incidents"."""
    bare = re.sub(r"\[[^\]]*\]", "", text)
    parts = [part.strip(" ,–—-") for part in re.split(r",|\s[-–—]\s", bare) if part.strip(" ,–—-")]
    return next((part for part in parts if _condition().match(part)), parts[0] if parts else "")


def purpose_in(said: list[str]) -> str | None:
    """The "for …" that says what somebody is called for; None when there is a time or nothing."""
    for text in said:
        clause = _clause(text)
        if clause and _condition().match(clause) and not any(ch.isdigit() for ch in clause):
            return clause
    return None


_ADDRESS = re.compile(
    r"[,;(（–—-]?\s*(?:(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d\s().-]{5,}\d|\(?0\d[\d\s()./-]{5,}\d)\s*[)）]?"
)
"""How somebody is reached, behind a name."""


@pattern
def _is_called() -> str:
    """What is said of a name in its own cell: "CTO gets a call and decides"."""
    passive, called = (one_of(vocabulary().words[name].spaced) for name in ("passive", "called"))
    return rf"\s+{passive}\s+{called}(?!\w).*$"


@pattern
def _done_to() -> str:
    """What was done behind a name, without a verb before it: "CTO notified", "Team lead paged by phone"."""
    words = vocabulary().words
    return rf"(?<=\w)\s+{one_of(set(words['called'].spaced) - set(words['call'].spaced))}(?!\w).*$"


def is_called_last(text: str) -> bool:
    """Whether a text ends with the call of one of us, 当番に通知; of customers it tells."""
    outside = any(vocabulary().says(name, text) for name in ("customers", "stakeholders", "authority", "press"))
    return _called_last().search(text) is not None and not outside


@pattern
def _called_last() -> str:
    """The call behind whoever is called, where a language puts it last: 対策会議招集, 部長へ連絡."""
    verbs = vocabulary().words["call_behind"].written
    return rf"\s*(?:{one_of(verbs)})[\u3041-\u3096]*$"


@pattern
def _hurry_before() -> str:
    """How soon somebody is called, before the name, in a language that puts no blank behind it: 即座に部長へ連絡."""
    return rf"^{one_of(filter(_HIRAGANA.search, phrases('directly')))}"


_HIRAGANA = re.compile(r"[\u3041-\u3096]$")
"""The ending of an adverb; 緊急 begins names as well."""


def people(who: str) -> tuple[str, ...]:
    """The people of a step: several called at once are several targets; "CTO/Manager" is one post or the other."""
    clean = re.sub(r"\s+", " ", _ADDRESS.sub(" ", _SIGNS.sub("", who))).strip(" *:：-–—.,;，；") or who.strip()
    if "@" in who and re.search(rf"(?i)\s{any_of('to', 'ends_name', 'after')}$", clean):
        clean = who.strip()  # "Mail to help@…": the address is the name
    clean = without_again(re.sub(rf"(?i)(?<=\w)\s+{any_of('directly')}$", "", clean))
    clean = _told_of().sub("", _the().sub("", clean)) or clean
    named = _called_by().split(clean, maxsplit=1)[0]
    named = _called_last().sub("", named) or named
    clean = (_hurry_before().sub("", named) or named) if named != clean else clean
    if clean.count(" ") > 1:
        clean = _is_called().sub("", clean) or clean
    if (told := _done_to().sub("", clean)) != clean and is_somebody(told):
        clean = told
    return tuple(names_in(clean)) or (clean,)


_SIGNS = re.compile(r"^[\s\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+")
"""Pictures before a name: "📞 Miller"."""


@pattern
def _the() -> str:
    """The article before a word for somebody: "the on-call miller"."""
    return rf"^{article()}(?=(?-i:[^\WA-Z\d_]))"


@pattern
def _told_of() -> str:
    """What is said of somebody behind the name: "Head of mills, who decides whether to close"."""
    return rf"\s*,\s+{any_of('relative')}\s+(?-i:[^\WA-Z\d_]).*$"


_TIMED_ARROW = re.compile(r"\s*[─—–-]+\s?[(（]?(\d{1,4}\s?[^\W\d_]{1,12})[)）]?\s?[─—–-]*(?:→|>)\s*")
"""An arrow with its time on it: "on-call ─5min→ lead", "on-call --(10 min)--> lead"."""


_BEFORE_NEXT_TIME = re.compile(r"\s*[;,；，]\s*(?=\d{1,3}\s?[^\W\d_]{1,12}\.?(?:\s[^→;,>]{1,40})?\s?(?:→|[-=]>))")
"""Before the next time of a way that gives each of its people one: "10 min → backup; 30 min → lead"."""


def behind_occasion(text: str) -> str:
    """What stands behind the last arrow of a text, where that one is told: "Alert fires -> baker paged"."""
    *before, last = ARROW.split(text)
    told = bool(before) and _done_to().search(last) is not None
    return last if told and not any(map(is_somebody, before)) else text


def with_times_apart(line: str) -> str:
    """A line with the times on its arrows as stations of their own: "lead --10m--> owner"."""
    return _TIMED_ARROW.sub(r" → (\1) → ", line) if _may_have_arrows(line) else line


def arrow_parts(text: str) -> list[str]:
    """The stations of "A → B → C", without a label before a colon."""
    labelled = (":" in text or "：" in text) and re.match(r"^[^→>]{0,40}[:：]", text)
    body = re.sub(r"^[^:：→]*[:：]\s*", "", text) if labelled else text
    body = _BEFORE_NEXT_TIME.sub(" → ", with_times_apart(body)) if _may_have_arrows(body) else body
    parts = [part.strip() for part in at_arrows(body) if part.strip()]
    if parts and _answer().fullmatch(BRACKET.sub("", parts[0]).strip(" *:")):
        return []  # "Yes → go to step 2"
    if len(parts) > 1 and _is_on_screen(parts[0]):
        parts = parts[1:] if any(map(is_one_of_ours, parts[1:])) else []
    return [] if len(parts) > 2 and sum(map(_is_step, parts)) > len(parts) / 2 else parts


def _is_on_screen(station: str) -> bool:
    """Whether a way through menus begins with a station, "Portal → Support → New request": it is nobody."""
    return vocabulary().says("screen", station) and not is_one_of_ours(station)


def is_one_of_ours(text: str) -> bool:
    """Whether a text has a word for one of ours: "Team lead" and "Duty desk", and no vendor."""
    return any(vocabulary().says(name, text) for name in OURS)


@pattern
def _answer() -> str:
    return any_of("yes", "no")


def _is_step(text: str) -> bool:
    """Whether a station of arrows is something done, and nobody: "Contain", "Build", "Check the logs"."""
    words = vocabulary()
    phase = words.phases.best(text)
    if phase is not None and phase.coverage >= 0.99:
        return True
    works = any(words.is_a(name, text, 0.9) for name in ("operation", "verify"))
    first = words_of(text)[:1]
    return (works or not small_words("look", "chore").isdisjoint(first)) and not is_somebody(text)


def _says_only_when(part: str) -> bool:
    """Whether a station of arrows is a time and nobody: "10 min" between two people, "0 min" before the first."""
    span = next(spans(part), None)
    return span is not None and not re.search(r"\w", f"{part[: span.start]}{part[span.end :]}")


@pattern
def _timed_behind() -> str:
    """Before the time at the end of a name, without a bracket: "CTO after 30 min"."""
    return rf"(?<!\s)\s+{any_of('after')}\s+(?=\d)"


def arrow_levels(parts: list[str], lines: Lines, severities: tuple[str, ...]) -> Iterator[EscalationLevel]:
    """The levels of a chain of names; a bracket behind a name holds its window.

    What stands on the way to the next one, "(10 min)" or "no answer for 10 min", is waited for from there on.
    """
    waits: list[str] = []
    n, before = 0, 0
    for part in parts:
        inside = [*waits, *(match["inside"] for match in BRACKET.finditer(part))]
        if not BRACKET.sub("", part).strip() and inside:
            waits = inside
            continue
        if (is_waiting(part) and not is_somebody(part)) or (n and _says_only_when(part)):
            waits = [part]
            continue
        if _says_only_when(part):
            continue
        why, colon, behind = part.replace("：", ":").partition(":")
        silent = bool(n and colon and behind.strip()) and is_case_of_silence(why)
        if silent:
            waits, inside, part = [*waits, why], [why, *inside], behind.strip()  # "if no ack: team lead (5 min)"
        on_the_way, waits, n = bool(waits), [], n + 1
        if n > 1 and len(inside) == 0 and len(timed := _timed_behind().split(part, maxsplit=1)) == 2:
            part, inside = timed[0], [timed[1]]
        after = next(
            (
                span
                for said in inside
                if not is_promise(said) and (span := target(said, lines.first)) and span.seconds is not None
                if span.seconds or not silent  # "if no ack: team lead (at once)": as soon as nobody answers
            ),
            None,
        )
        counts_on = bool(after and after.seconds) and n > 1 and any(map(_more().search, inside))
        if after is not None and after.seconds and ((on_the_way and after.seconds <= before) or counts_on):
            after = replace(after, seconds=before + after.seconds)
        case = next(filter(None, map(hurried_case, inside)), None) if n > 1 else None
        if case is not None and after is not None and not after.seconds:
            after = None
        before = after.seconds or before if after is not None else before
        waiting = waited_for(" ".join(inside)) if on_the_way else Trigger.UNRESOLVED
        yield EscalationLevel(
            level=n,
            targets=people(BRACKET.sub(" ", without_rank(part))),
            lines=lines,
            severities=severities,
            after=after,
            trigger=Trigger.START
            if n == 1 and not (on_the_way and after)
            else waiting
            if after or silent
            else _unstated(case),
            condition=case,
        )


@pattern
def _more() -> str:
    """In a wait that begins when the one before is over: "another 40 min", "40 min more"."""
    return any_of("further", "further_behind")


def _unstated(case: str | None) -> Trigger:
    return Trigger.UNSTATED if case is None else Trigger.CONDITION
