"""A section of a document: its title taken apart, what it is about, what stands in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from tocsin.runbook.command.shell import inline_command
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Table
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.remembered import remembered
from tocsin.runbook.document.timed import timed
from tocsin.runbook.grammar import any_of, article, ending, guarded, pattern, small_words
from tocsin.runbook.stated import Lines
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import Match, vocabulary, words_of

AFTERWARDS = frozenset(["postmortem", "phase:post_incident"])
"""What the chapters are about that say what is done once an incident is over."""

LABEL_LEVEL = 7
"""The level of a section that is announced by a bold line or a line that ends in a colon."""

_ATTRIBUTES = re.compile(r"\s*\{:?\s*[#.][^{}]*\}$")
"""The anchor and the classes that writers of sites put behind a heading: `Oven cold {#oven-cold}`."""
_NUMBER = re.compile(
    r"^(?:\d\ufe0f?\u20e3|[①-⑳]|\d{1,2}(?:-\d{1,2}){1,2}[.)、．](?!\d)|[(（](?:[A-Za-z一二三四五六七八九十]|\d{1,2})[)）]"
    r"|\d{1,2}[a-z][.):](?=\s)|\d{1,2}(?:\.\d{1,2})*(?:[.):、]|(?![^\W_]))(?![\d\u3040-\u30ff\u3400-\u9fff]|[-–~〜]\d)|\d+[.):、]|[一二三四五六七八九十]+[、.．]|[A-Z]\.\d{1,2}(?:\.\d{1,2})*[.):]?(?=\s)|[A-Z][.)]|Q\d{1,2}[.:)]|[ivxIVX]+[.)])\s*(?=\S)"
)
_DECORATION = re.compile(r"^(?::[a-z][a-z0-9_+-]*:|[^\w\[(（<`\"'“«「『#$/{])+")
_BETWEEN = re.compile(r"\s+[–—|-]\s+|[:：]\s+")
_QUALIFIER = re.compile(r"\s*[(（](?P<inside>[^()（）]*)[)）]\s*$")
_CODED = re.compile(
    r"^(?P<prefix>(?!SEV|STEP|PRIO|LEVEL|PHASE|TIER)[A-Z]{2,8}-\d{1,4}|[A-Z]-\d{1,3}(?=[.．]\s))\s*(?:[:：–—]|[-.．](?=\s))\s*(?P<rest>\S.*)$"
)
_PREFIXED = re.compile(
    r"^(?P<prefix>[^\d:：]{2,24}?)\s*(?:#?\d*\s*[:：]|#?(?:\d{1,3}(?:[.-]?[A-Z\d]{1,2}\b)?|\b[A-Z])\s*[:：.)]?\s*[–—-]\s"
    r"|\b[A-Z]\s*[:：]|#?\d{1,3}\s*[.)]\s|[一二三四五六七八九十]{1,3}\s*[:：])\s*(?P<rest>\S.*)$"
)
_MAY_BE_PREFIXED = re.compile(r"[:：–—\d-]")
"""One of these stands behind every prefix."""


@pattern
def _counted() -> str:
    otherwise = r"\s*(?:[IVX]{1,4}|[一二三四五六七八九十]{1,3})\s*[:：.)–—-]"  # a letter alone may begin a word
    return rf"^(?P<word>{ending('counted')})(?:\s*\d+(?![A-Za-z])\s*[:：.)–—-]?|{otherwise})\s*(?=\S)"


@pattern
def _chapter() -> str:
    """The number of a chapter with the words around it, as in 第三章."""
    number = r"[\d一二三四五六七八九十]{1,3}"
    return rf"^{ending('ordinal')}{number}{ending('chapter')}(?=[\s:：、])[:：、]?\s*(?=\S)"


@pattern
def _joined() -> str:
    """Between the two subjects of one title: "Contacts and overview"."""
    return rf"\s+(?:{any_of('and')}|&|\+)\s+"


_SLASH = re.compile(r"\s+/\s+|,\s+")


@dataclass(frozen=True, slots=True)
class Title:
    """A heading taken apart: "3. Investigation (P0/P1: < 15 minutes)" without its number and its bracket."""

    raw: str
    text: str
    qualifier: str | None = None
    prefix: str | None = None
    numbered: bool = False


@dataclass(eq=False)
class Section:
    """A heading with what stands below it. The root has level 0 and an empty title."""

    title: Title
    level: int
    lines: Lines
    inline: Inline
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    parent: Section | None = None
    _below: tuple[Section, ...] | None = None

    @remembered
    def kind(self) -> Match | None:
        """What the title announces anywhere in a document."""
        found = vocabulary().sections.best(self.title.text)
        if self.level == 1:  # "Troubleshooting guide – the shop"
            pieces = _BETWEEN.split(self.title.text)
            kinds = [vocabulary().sections.best(piece) for piece in pieces]
            exact = [one for piece in pieces[1:] if (one := vocabulary().exact.best(piece)) and one.coverage == 1]
            kinds += (one for one in exact if one.kind == "incidents")  # "The radio – when things break"
            found = max((found, *kinds), key=lambda match: match.coverage if match else 0.0)
        elif found is not None and found.kind == "overview" and found.coverage < 1:
            found = next((one for one in self.subjects if one.kind != "overview"), found)
        elif (found is None or found.kind in _MAY_HAVE_TEMPLATES) and (found is None or found.coverage < 1):
            found = _template_of(self.title.text) or found
            if found is not None and found.kind == "templates" and self._lists_steps:
                found = Match("process", found.phrase, found.coverage)  # "Incident response template"
        if found is not None and found.coverage < 0.5 and (case := _case().search(self.title.text)) is not None:
            head = vocabulary().sections.best(self.title.text[: case.start()])
            found = head if head is not None and head.coverage > 0.99 else found
        return found  # "Severity and definitions" is about the severity

    @property
    def _lists_steps(self) -> bool:
        """Whether a numbered list of things to do stands below, "1. Acknowledge", and no text to send."""
        blocks = [block for one in self.walk() for block in one.blocks]
        items = [item for one in blocks if isinstance(one, ItemList) and one.ordered for item in one.items]
        if len(items) < _FEWEST_STEPS or any(isinstance(block, Fence | Quote) for block in blocks):
            return False
        if any(inline_command(code.text) for one in items for code in one.inline.codes):
            return True
        told = small_words("imperative", "look", "chore")
        return sum(bool(told.intersection(words_of(one.inline.text)[:1])) for one in items) > len(items) / 2

    @remembered
    def subjects(self) -> tuple[Match, ...]:
        """What a title of several subjects announces, "Escalation and contacts", where each is all of its piece."""
        pieces = [piece for one in _joined().split(self.title.text) for piece in _SLASH.split(one)]
        lexicons = (vocabulary().sections, vocabulary().exact)
        found = (lexicon.best(piece) for piece in pieces for lexicon in lexicons) if len(pieces) > 1 else ()
        return tuple(one for one in found if one is not None and one.coverage > 0.99)

    @remembered
    def joins_phases(self) -> bool:
        """Whether a title joins several phases of the response, "Recovery + follow-up", "Contain / recover"."""
        pieces = [piece for one in _joined().split(self.title.text) for piece in _SLASH.split(one)]
        found = [vocabulary().phases.best(piece) for piece in pieces] if len(pieces) > 1 else []
        return bool(found) and all(one is not None and one.coverage > 0.99 for one in found)

    @remembered
    def phase(self) -> Match | None:
        """The phase of the response that the title announces."""
        return vocabulary().phases.best(self.of_phase.text)

    @remembered
    def of_phase(self) -> Title:
        """The title; of a phase with a time or levels beside it, "Triage – 15 minutes", these are its qualifier."""
        title = self.title
        apart = timed(title.text) if title.qualifier is None else None
        if apart is None or (found := vocabulary().phases.best(apart[0])) is None or found.coverage < 0.5:
            return title
        return replace(title, text=apart[0], qualifier=apart[1])

    @remembered
    def part(self) -> Match | None:
        """The part of a procedure that the title announces."""
        labels = self.level == LABEL_LEVEL or self.says_what_shows
        exactly = vocabulary().part(self.title.text) if labels else None
        return exactly or _symptoms_of(self.title.text) or vocabulary().parts.best(self.title.text)

    @remembered
    def says_what_shows(self) -> bool:
        """Whether a title is but "Problem" or "Alert" among the parts of one procedure, "Cause" and "Solution".

        Elsewhere it announces the incidents themselves, or how any of them is met.
        """
        above = self.parent
        if above is None or not 1 < self.level < LABEL_LEVEL or any(isinstance(block, Table) for block in self.blocks):
            return False
        named = vocabulary().labels.best(self.title.text)
        if named is None or named.coverage < 0.99 or any(one.level != LABEL_LEVEL for one in self.children):
            return False
        beside = [one for one in above.children if one.level == self.level and one is not self]
        others = (vocabulary().parts.best(one.title.text) for one in beside)
        parts = {part.kind for part in others if part is not None and part.coverage >= 0.99}
        process = sum(one.kind is not None and one.kind.kind in _OF_A_PROCESS for one in beside)
        looked_back = any(one.kind is not None and one.kind.kind == "postmortem" for one in beside)
        if process > 1 or ((self.title.numbered or looked_back) and parts.isdisjoint(("causes", "meaning"))):
            return False  # "1. Alert", "2. Triage", "3. Resolution", "4. Postmortem": how any incident goes
        return "resolution" in parts or len(parts & _PARTS) > 1

    @remembered
    def about(self) -> str:
        """What the section is about: a kind of the vocabulary, "phase:<key>", or "" when its title says nothing."""
        if self.level == 0 or self.says_what_shows:
            return ""
        kind, phase = self.kind, self.phase
        if kind is None or kind.coverage < 0.5:
            exact = vocabulary().exact.best(self.title.text)
            if exact is not None and exact.coverage == 1 and (phase is None or phase.coverage < 1):
                return "" if exact.kind == "incidents" and self._is_one_of_them else exact.kind
        after = phase is not None and phase.kind == "post_incident" and phase.coverage >= 0.5
        if after and kind is not None and kind.kind == "incidents" and not self.is_title:
            return "phase:post_incident"  # "Post-incident procedures"
        if kind is not None and kind.coverage < 0.99 and kind.kind in _MAY_FAIL and _fails(self.title.text):
            return ""
        if kind is not None and kind.kind == "communication" and _is_of_a_role(self.title.text):
            return ""  # "Communications lead" says who, and what that one does
        if kind is not None and kind.coverage >= 0.5 and (phase is None or kind.coverage >= phase.coverage):
            return "" if self.is_title and not _is_of_documents(kind) else kind.kind
        if phase is not None and phase.coverage >= 0.5 and not self.is_title:
            return f"phase:{phase.kind}"
        return ""

    @property
    def _is_one_of_them(self) -> bool:
        """Whether a plain word for trouble, "Outage", is called one incident among others, or has the parts of one."""
        among = self.parent is not None and self.parent.level > 0 and self.parent.about == "incidents"
        return among or any(child.part is not None and child.part.coverage >= 0.99 for child in self.children)

    @remembered
    def abouts(self) -> tuple[str, ...]:
        """What this section and the ones that it stands in are about, inside out."""
        return (self.about, *self.parent.abouts) if self.parent is not None and self.level > 0 else ()

    @remembered
    def has_prefix(self) -> bool:
        """Whether this section or one that it stands in is called "Incident: …" or "DR-003: …"."""
        if self.level == 0:
            return False
        return bool(self.title.prefix) or (self.parent is not None and self.parent.has_prefix)

    @remembered
    def is_title(self) -> bool:
        """Whether this heading names the document; where every chapter has the first level, the first one does."""
        return self.level == 1 and (self.parent is None or self.parent.first_chapter is self)

    @remembered
    def first_chapter(self) -> Section | None:
        """The first section of the first level right below."""
        return next((child for child in self.children if child.level == 1), None)

    def settle(self) -> None:
        """Keep the order of the sections, which is asked for by every reader: no section comes or goes any more."""
        self._below = tuple(self.walk())[1:]

    def walk(self) -> Iterator[Section]:
        """This section and every one below it, in the document's order."""
        return self._walk() if self._below is None else itertools.chain((self,), self._below)

    def _walk(self) -> Iterator[Section]:
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            if one.children:
                waiting += one.children[::-1]

    def let_go(self) -> None:
        """Part every section from the one above, after which a tree that nobody holds is gone at once."""
        for one in list(self.walk()):
            one.parent = one._below = None

    def path(self) -> Iterator[Section]:
        """This section, then the ones that it stands in, inside out, without the root."""
        one: Section | None = self
        while one is not None and one.level > 0:
            yield one
            one = one.parent


_PARTS = frozenset(["causes", "investigation", "meaning", "verification"])
_OF_A_PROCESS = frozenset(["severity", "communication", "postmortem", "templates", "oncall", "team", "process"])

_HELD_IN_TEMPLATES = {"escalation": "templates", "communication": "templates", "postmortem": "postmortem_template"}
_MAY_HAVE_TEMPLATES = {*_HELD_IN_TEMPLATES, "process", "templates"}


@pattern
def _of_what() -> str:
    return rf"^(?P<head>\S+)\s+{any_of('of', 'for')}\s*(?:{article()})?(?P<what>\S.*)$"


_FEWEST_STEPS = 3
"""Items."""


def _template_of(title: str) -> Match | None:
    """What a title is about whose noun is a template, "Plantilla de escalado", "Incident response templates".

    Where the noun is the last word, of the response only: an "Incident log template" is no message to send.
    """
    first = _of_what().match(title)
    match = first or _LAST_WORD.match(title)
    noun, what = (match["head"], match["what"]) if match is not None else _with_last_noun(title)
    head = vocabulary().sections.best(noun) or vocabulary().exact.best(noun)
    if head is None or head.kind != "templates" or head.coverage < 1:
        return None
    about, phase = vocabulary().sections.best(what), vocabulary().phases.best(what)
    held = _HELD_IN_TEMPLATES.get(about.kind if about else "")
    told = about is not None and (about.coverage == 1 or (held is not None and about.coverage >= 0.5))
    if first is None and not told and (phase is None or phase.coverage < 0.5):
        return None
    after = phase is not None and phase.kind == "post_incident"
    return Match("postmortem_template" if after else held or "templates", head.phrase, 1.0)


def _with_last_noun(title: str) -> tuple[str, str]:
    """The noun at the end of a title in a script without blanks, and what stands before it: 升级 of 升级模板."""
    if title.isascii() or " " in title:
        return "", title
    said = "".join(words_of(title))
    noun = max((noun for noun in _nouns_of_templates() if said.endswith(noun)), key=len, default="")
    return noun, said.removesuffix(noun)


@cache
def _nouns_of_templates() -> tuple[str, ...]:
    lexicons = (vocabulary().sections, vocabulary().exact)
    return tuple(phrase for one in lexicons for phrase, kind in one.unspaced.items() if kind == "templates")


_LAST_WORD = re.compile(r"^(?P<what>\S.*)\s(?P<head>[^\W\d_]{3,})$")


def _symptoms_of(title: str) -> Match | None:
    """The symptoms of something that a title names: "Symptoms of a cold oven", "Sintomi di disco pieno"."""
    match = _of_what().match(title)
    if match is None or not vocabulary().is_a("symptom", match["head"], 0.99):
        return None
    return Match("symptoms", match["head"], 1.0)


@guarded(("case_first", "gap"))
def _case() -> str:
    """Before what a chapter is for, "Communication during an outage", or says of itself, "Contacts still to fill in":
    what it holds stands ahead."""
    return rf"\s(?:{any_of('case_first')}|{any_of('gap')}$)"


_MAY_FAIL = frozenset(["channels", "communication", "links"])
"""What a service consists of as well, and people do not: "Notifications failing" is an incident."""


def _fails(title: str) -> bool:
    """Whether a title says that a thing fails, "Channel disconnected", and not what is done while another one does."""
    return _beside().search(title) is None and says_what_fails(title)


def _is_of_a_role(title: str) -> bool:
    """Whether a title begins or ends with a word for somebody: "Communications lead", "Responsable communication"."""
    words = title.split()
    ends = {words[0], words[-1]} if words else set()
    return any(vocabulary().says(name, word) for word in ends for name in ("person_word", "role_word"))


@pattern
def _beside() -> str:
    return any_of("of", "for", "if", "upon")


def _is_of_documents(kind: Match) -> bool:
    """Whether a whole document can be of that kind: "Communication templates" can, a "Runbook template" is none."""
    several = " " in kind.phrase or not kind.phrase.isascii()
    return kind.kind == "incidents" or (kind.kind == "templates" and several)


def parse_title(raw: str) -> Title:
    """The parts of a heading's text.

    >>> parse_title("3. Investigation (P0/P1: < 15 minutes)").qualifier
    'P0/P1: < 15 minutes'
    >>> parse_title("Scenario 2: Disk full").text
    'Disk full'
    >>> parse_title("4-2. 印刷できない").text, parse_title("(B) Broker down").text, parse_title("第三章 告警").text
    ('印刷できない', 'Broker down', '告警')
    >>> parse_title("Incident n°2 : four froid").text, parse_title("Fall Nr. 3: Ofen kalt").text
    ('four froid', 'Ofen kalt')
    >>> parse_title("P0 -- Critical").text
    'P0 – Critical'
    """
    raw = _ATTRIBUTES.sub("", raw) if raw.endswith("}") else raw
    text = raw.strip().replace(" -- ", " – ")  # a dash on a typewriter
    while text.endswith((":", "：")):
        text = text.rstrip(":：").rstrip()
    text = text if text[:1].isalnum() else _DECORATION.sub("", text, count=1).strip()
    bare = _NUMBER.sub("", text, count=1)
    bare = _counted().sub("", bare, count=1)
    bare = bare if bare.isascii() else _chapter().sub("", bare, count=1)
    numbered = bare != text
    bare = _DECORATION.sub("", bare, count=1) if numbered and not bare.isascii() else bare  # "1. 🔴 Mill stands still"
    qualifier = None
    if bare.rstrip().endswith((")", "）")) and (match := _QUALIFIER.search(bare)) and match.start() > 0:
        qualifier, bare = match["inside"].strip() or None, bare[: match.start()]
    prefix = None
    if _MAY_BE_PREFIXED.search(bare) and (
        (match := _CODED.match(bare))
        or ((match := _PREFIXED.match(bare)) and vocabulary().is_a("incident_prefix", _uncounted(match["prefix"]), 0.9))
    ):
        prefix, bare = match["prefix"].strip(), match["rest"].strip()
    return Title(raw.strip(), bare.strip() or text, qualifier, prefix, numbered)


def _uncounted(prefix: str) -> str:
    """What stands before a number without the sign for one: "Incident n°", "Fall Nr."."""
    return _SIGN_OF_NUMBER.sub("", prefix) if _MAY_END_IN_A_SIGN.search(prefix) else prefix


_MAY_END_IN_A_SIGN = re.compile(r"[\u00b0\u00ba\u2116.]\s*$")
_SIGN_OF_NUMBER = re.compile(r"\s+(?:[Nn][\u00b0\u00ba]|\u2116|[Nn][ro]\.|n[u\u00fa]m\.)\s*$")


def titled_in_code(inline: Inline) -> Title | None:
    """A title that names one alert or program in code behind a word for an incident: "Runbook `sieve_torn`"."""
    runs = [run for run in inline.runs if run.text.strip()]
    if len(runs) != 2 or runs[0].code or not runs[1].code:
        return None
    before = _NUMBER.sub("", _DECORATION.sub("", runs[0].text.strip(), count=1), count=1).rstrip(" :：–—-")
    named = vocabulary().is_a("incident_prefix", before, 0.9)
    return Title(inline.text.strip(), runs[1].text.strip(), None, before) if named else None


def replace_children(section: Section, children: list[Section]) -> Section:
    """The same section with other children."""
    last = max([section.lines.first, *(b.lines.last for b in section.blocks), *(c.lines.last for c in children)])
    lines = section.lines if len(children) == len(section.children) else type(section.lines)(section.lines.first, last)
    return Section(
        section.title,
        section.level,
        lines,
        section.inline,
        blocks=section.blocks,
        children=children,
        parent=section.parent,
    )


def replace_blocks(section: Section, blocks: list[Block]) -> Section:
    """The same section with other blocks of its own."""
    one = replace_children(section, section.children)
    one.blocks = blocks
    return one
