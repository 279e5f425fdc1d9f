"""What keeps a runbook alive: recurring duties, and the dates of its own review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.command.unmarked import unmarked_command
from tocsin.runbook.document.blocks import Item, ItemList, Table
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.durations import every, spans, target
from tocsin.runbook.grammar import any_of, ending, guarded, pattern
from tocsin.runbook.links import is_task
from tocsin.runbook.playbook import Duty, Review
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import begun_in, normal, vocabulary

_LONG = re.compile(
    r"(?:(?P<d>\d{1,2})[^\W\d_]{0,2}\.?\s+(?:\w{1,3}\s+)?)?(?P<m>[^\W\d_]{3,12})\.?\s+(?:\w{1,3}\s+)?"
    r"(?:(?P<d2>\d{1,2})[^\W\d_]{0,2},?\s+)?(?P<y>20\d\d)"
)
"""A date with its month in words: "3rd of May 2026", "3 мая 2026", "May 3, 2026"."""


@cache
def _months() -> dict[str, int]:
    """The number of each month, by its names in every language; of each language all twelve are listed in order."""
    listed = vocabulary().grammar["months"]
    return {name: number % 12 + 1 for number, name in reversed(list(enumerate(listed)))}


@pattern
def _day() -> str:
    year, month = ending("year"), ending("month")
    return (
        rf"(?P<y>20\d\d)(?:[-/.]|{year})\s?(?P<m>\d{{1,2}})(?:[-/.]|{month})\s?(?P<d>\d{{1,2}})"
        r"|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>20\d\d)"
    )


def read_duties(root: Section) -> tuple[Duty, ...]:
    """Recurring duties, from prevention, maintenance and testing chapters. Without a rhythm ``every`` is None."""
    found: dict[str, Duty] = {}
    for section in root.walk():
        if section.has_prefix:
            continue
        kept_up = "upkeep" in section.abouts or is_of_the_document(section)
        if not kept_up and (section.about or not _is_rhythmic(section)):
            continue
        if section.about in ("templates", "postmortem_template", "contacts"):
            continue
        if "postmortem" in section.abouts and not is_of_the_document(section):
            continue  # who looks back at one incident, and what comes of it
        above = _rhythm(section.title.text)
        once = not _ONCE.isdisjoint(section.abouts) or any(map(_is_of_a_shift, section.path()))
        for block in section.blocks:
            if isinstance(block, ItemList) and (rhythm := _rhythm_of_chapter(block)) is not None:
                title = section.title.text
                found.setdefault(normal(title), Duty(title, block.lines, rhythm))
            elif isinstance(block, ItemList):
                if any(unmarked_command(item.inline.text) for item in block.items):
                    continue  # "Manual testing": the steps of a test
                for item in _duties(block):
                    title = item.inline.text
                    rhythm = _rhythm(title) or above
                    if (rhythm or not once) and (section.about != "links" or is_task(item.inline)):
                        found.setdefault(normal(title), Duty(title, item.lines, rhythm))
            elif isinstance(block, Table):
                for duty in _rows(block):
                    found.setdefault(normal(duty.title), duty)
    return tuple(found.values())


_ONCE = AFTERWARDS | {"oncall"}
"""What the chapters are about that say what is done after an incident or on a shift: a duty only with its rhythm."""


@remembered_with
def _is_of_a_shift(section: Section) -> bool:
    """Whether a title is on being on call, "On-call best practices", and not "Maintenance schedule"."""
    kind = section.kind
    wholly = kind is not None and kind.kind == "upkeep" and kind.coverage >= 0.99
    return not wholly and vocabulary().says("rotation", section.title.text)


def _duties(block: ItemList) -> Iterator[Item]:
    """The items of a list that say what to do; those below "Nodes:" in its place. A question is answered once."""
    for item in block.items:
        text = item.inline.text.rstrip()
        nested = [child for child in item.children if isinstance(child, ItemList)]
        if nested and text.endswith((":", "：")):
            for child in nested:
                yield from _duties(child)
        elif text and not text.endswith(("?", "？")) and not _is_no_duty(text):
            yield item


def _is_no_duty(text: str) -> bool:
    """Whether an item is done once and never again, or only tells a figure: "Annual revenue: 2 million".

    >>> [_is_no_duty(text) for text in ("Migrate it (once)", "Daily traffic is 300 hits", "Daily check: 20 minutes")]
    [True, True, False]
    """
    if _one_time().search(text) is not None:
        return _rhythm(text) is None
    figure = any(map(str.isdigit, text)) and _figure().match(text) is not None
    return figure and _rhythm(text) is not None and next(spans(text), None) is None


@guarded(("one_time", "once_bare"))
def _one_time() -> str:
    return rf"{any_of('one_time')}|[(（]\s*{any_of('once_bare')}\s*[)）]"


@pattern
def _figure() -> str:
    """A noun with its rhythm, and a number for it; a time of day is none: "Weekly review is at 9:30"."""
    number = rf"(?:{any_of('roughly')}\s+)?[€$£~≈]?\s?\d[\d.,']*(?![\d:.])"
    return rf"\W*(?:[^\s\d:：]+\s+){{1,4}}?(?:[^\s\d:：]+\s*[:：]|{any_of('is_a_figure')})\s*{number}"


def _rhythm_of_chapter(block: ItemList) -> str | None:
    """How often is done what a list tells of by its fields, "Frequency: quarterly", "Participants: …", "Owner: …"."""
    fields = [item.inline.labelled for item in block.items]
    if len(fields) < 2 or not all(field is not None and field[1] for field in fields):
        return None
    often = (field[1] for field in fields if field and vocabulary().column("frequency", field[0]) >= 0.9)
    return next((rhythm for said in often if (rhythm := _rhythm(said))), None)


@remembered_with
def is_of_the_document(section: Section) -> bool:
    """Whether a chapter "Review" lists what is done each month or quarter, and nothing that follows an incident."""
    if section.about != "postmortem":
        return False
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    return bool(items) and all(_rhythm(item.inline.text) for item in items)


def _is_rhythmic(section: Section) -> bool:
    """Whether a chapter lists nothing but what is done daily, weekly, monthly, whatever its title says."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    return len(items) >= 3 and all(_rhythm(" ".join(item.inline.text.split()[:4])) for item in items)


def _rows(table: Table) -> Iterator[Duty]:
    words = vocabulary()
    columns = [n for n, head in enumerate(table.header) if words.column("frequency", head.text) >= 0.5]
    for row in table.rows:
        if columns and columns[0] < len(row.cells) and row.cells[0].text:
            said = row.cells[columns[0]].text
            yield Duty(row.cells[0].text, row.lines, _rhythm(said) or said or None)


def _rhythm(text: str) -> str | None:
    match = vocabulary().cadence.best(text)
    return match.kind if match else None


def read_review(everything: Iterable[Leaf], front: dict[str, str], lines: Sequence[str] = ()) -> Review:
    """When the document was last looked at and has to be again; ``lines`` tell where the front matter says it."""
    words = vocabulary()
    found: dict[str, tuple[str, int]] = {}
    keys: dict[str, str] = {}
    cell: Leaf | None = None
    spoken: dict[int, str] = {}
    of_cells: dict[int, Section] = {}
    for leaf in everything:
        if leaf.form == "cell":
            of_cells.setdefault(id(leaf.section), leaf.section)
        pairs = _pairs(leaf) if _names_a_key(leaf.text) else iter(())
        beside = cell if leaf.form == "cell" and cell is not None and cell.line == leaf.line else None
        if beside is not None and (_date(leaf.text, beside.text) or _says_how_often(beside.text, leaf.text)):
            pairs = iter([(beside.text, leaf.text)])  # "| Last reviewed | 2026-04-02 |"
        cell = leaf if leaf.form == "cell" else None
        for key, value in pairs:
            spoken.setdefault(leaf.line, leaf.text)
            for name in _KEYS:
                if name not in found and len(key.split()) <= _LONGEST_KEY and words.is_a(name, key, 0.6):
                    found[name] = (value, leaf.line)
                    keys[name] = key
                    break
    for name, head, value, line in _columns(of_cells.values()):
        if name not in found:
            found[name], keys[name] = (value, line), head
    for key, value in front.items():
        for name in ("next_review", "last_review", "owner", "review_cycle"):
            if words.is_a(name, key.replace("_on", "").replace("_", " "), 0.6):
                at = next((n for n, line in enumerate(lines[:_LONGEST_HEAD], 1) if line.startswith(key)), 1)
                found.setdefault(name, (value, at))
    last, following = (
        _date(found[name][0], keys.get(name, "")) if name in found else None for name in ("last_review", "next_review")
    )
    cycle = found["review_cycle"][0] if "review_cycle" in found else _said_beside(found, spoken)
    if following is None and not cycle and "next_review" in found:
        cycle = found["next_review"][0]  # "Next review: quarterly"
    if last is not None and following is None and (period := _period(cycle)) is not None:
        following = last + period
    gaps = [found[name] for name in ("last_review", "next_review") if name in found and is_gap(found[name][0])]
    dated = [line for name, (_value, line) in found.items() if name not in ("owner", "reviewer")]
    numbers = dated or [line for _value, line in found.values()]
    return Review(
        last=last,
        next=following,
        unfilled=bool(gaps),
        lines=Lines(min(numbers), max(numbers)) if numbers else None,
        reviewed_by=_name(found.get("reviewer")),
        owner=_name(found.get("owner")),
    )


def _says_how_often(key: str, value: str) -> bool:
    """Whether a cell gives the next review a rhythm: "| Next review | quarterly |"."""
    return vocabulary().says("next_review", key) and _rhythm(value) in _DAYS


def _columns(sections: Iterable[Section]) -> Iterator[tuple[str, str, str, int]]:
    """(key, title, value, line) of columns "Last review" or "Next review" in a table of the document's versions.

    A table of one row, or one whose rows begin with a version or a day, of which the newest counts.
    """
    for table in (block for section in sections for block in section.blocks if isinstance(block, Table)):
        for n, head in enumerate(table.header):
            if not _names_a_key(head.text):
                continue
            name = next((one for one in ("next_review", "last_review") if vocabulary().is_a(one, head.text, 0.9)), None)
            rows = [row for row in table.rows if n < len(row.cells) and _date(row.cells[n].text, head.text)]
            counted = all(_VERSION.match(row.cells[0].text) for row in table.rows if row.cells)
            if name is not None and rows and (counted or len(table.rows) == 1):
                newest = max(rows, key=lambda row: _date(row.cells[n].text, head.text) or date.min)
                yield name, head.text, newest.cells[n].text, newest.lines.first


_VERSION = re.compile(r"\s*(?:v|ver\.?|version\s)?\s?\d", re.IGNORECASE)


def _said_beside(found: Mapping[str, tuple[str, int]], spoken: Mapping[int, str]) -> str:
    """What stands beside the date of the last review: "Last updated: 2026-02-01. Reviewed quarterly."."""
    date_of = found.get("last_review")
    pieces = re.split(r"[.;,|·。；，]\s*", spoken.get(date_of[1], "")[:_BESIDE])[1:] if date_of is not None else []
    says = vocabulary().says
    return next((one for one in pieces if says("review_cycle", one) or says("last_review", one)), "")


_BESIDE = 400
"""Characters of a line that has the date of a review."""
_LONGEST_HEAD = 200
"""Lines of front matter."""


def _period(text: str) -> timedelta | None:
    """How long it is until the next review: "6 months", "every quarter", "annually"; a year at most twice."""
    if (kind := _rhythm(text)) in _DAYS:
        return timedelta(days=_DAYS[kind])
    span = every(text) or target(text)
    if span is None or span.seconds is None or not timedelta(days=6) < timedelta(seconds=span.seconds) < _LONGEST_CYCLE:
        return None
    return timedelta(seconds=span.seconds)


_DAYS: dict[str | None, int] = {"weekly": 7, "monthly": 31, "quarterly": 92, "semiannually": 183, "annually": 366}
_LONGEST_CYCLE = timedelta(days=1100)
_KEYS = ("next_review", "last_review", "reviewer", "owner", "review_cycle")
_LONGEST_KEY = 6
"""Words, as in "Fecha de la próxima revisión del plan"."""


def _names_a_key(text: str) -> bool:
    """Whether the key of a date or a person can stand in a text: few lines have one, and only those are taken apart."""
    return bool(begun_in(text) & _bits_of_keys())


@cache
def _bits_of_keys() -> int:
    return sum(vocabulary().words[name].bit for name in _KEYS)


_NEXT_PAIR = re.compile(
    r"[.,;，；。]\s+(?=[^\W\d_][^\d:：.,;]{2,24}:\s)|\s+(?=[\u3040-\u30ff\u3400-\u9fff]{2,8}\s*[:：])"
)
"""Between "Owner: Platform." and "Last reviewed: 2026-01-22", and between "管理:係" and "次回見直し:…"."""
_DATED = re.compile(
    r"(?P<key>[^\W\d][^\d.,;:：]{2,32}?)\s*(?P<value>\d[^:：]{5,16}|[^\W\d_]+ \d{1,2},? 20\d\d)(?=[.。;；]|$)"
)
"""A date behind what it is of, with no colon: "Last updated 12.10.2026"."""
_PAIR = re.compile(r"^(?P<key>[^:：]{2,32}?)\s*[:：]\s*(?P<value>.*)$")


def _pairs(leaf: Leaf) -> Iterator[tuple[str, str]]:
    """Keys and values of a line; "**Owner**: X | **Updated**: Y" has two, "Last updated 12.10.2026" has one."""
    if leaf.form == "cell":
        return
    dated = _DATED.match(leaf.text) if "20" in leaf.text else None
    if dated and any(vocabulary().is_a(name, dated["key"], 0.9) for name in ("last_review", "next_review")):
        yield dated["key"], dated["value"]
    if ":" not in leaf.text and "：" not in leaf.text:
        return
    pieces = (
        re.split(r"\s+[|·]\s+", leaf.text) if " | " in leaf.text or " · " in leaf.text else _NEXT_PAIR.split(leaf.text)
    )
    for piece in pieces:
        match = _PAIR.match(piece) if ":" in piece or "：" in piece else None
        if match:
            yield match["key"], match["value"].strip()


@pattern
def _in_figures() -> str:
    month = r"(?:0?[1-9]|1[0-2])"
    return rf"(?<!\d)(?:20\d\d\s?(?:[-/.]|{ending('year')})\s?{month}|{month}[./]20\d\d)(?!\d)"


def names_a_month(text: str) -> bool:
    """Whether a text has a month and its year, with a day or without.

    >>> names_a_month("Last reviewed: March 2026"), names_a_month("2026-03"), names_a_month("some time in 2026")
    (True, True, False)
    """
    if "20" not in text:
        return False
    named = (match["m"].casefold() for match in _LONG.finditer(text))
    return bool(_in_figures().search(text)) or any(name in _months() or name[:3] in _months() for name in named)


@pattern
def _month_first() -> str:
    return any_of("month_first")


def _name(found: tuple[str, int] | None) -> str | None:
    return None if found is None or is_gap(found[0]) else found[0]


def _date(text: str, key: str) -> date | None:
    if "20" not in text:
        return None
    match = _day().search(text)
    try:
        if match:
            parts = match.groupdict()
            day, month = int(parts["d"] or parts["d2"]), int(parts["m"] or parts["m2"])
            if "/" in match[0] and parts["d2"] and (month > 12 or (day <= 12 and _month_first().search(key))):
                if day <= 12 and month <= 12:
                    return None  # "3/4/2026" below an English key is in March or in April
                day, month = month, day
            return date(int(parts["y"] or parts["y2"]), month, day)
        for match in _LONG.finditer(text):
            name = match["m"].casefold()
            said = _months().get(name) or _months().get(name[:3])
            if said and (match["d"] or match["d2"]):
                return date(int(match["y"]), said, int(match["d"] or match["d2"]))
    except ValueError:
        return None
    return None
