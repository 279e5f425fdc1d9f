"""What reading costs grows with the document and not faster, however its lines are arranged.

Lines that are run are counted instead of seconds, function by function: the answer is the same on every machine,
however busy, and a function that looks at every line for every line shows while it is still cheap.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from types import CodeType, FrameType
from typing import Any

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import Guarded, any_of

LINES = 100
MOST = 2.6
"""Times the work of a function for twice the lines: 2 is in proportion, 4 is every line for every line."""

FEW = 10_000
"""Lines run that tell nothing yet."""

_INCIDENT = "# Shop runbook\n\n## Common incidents\n\n### Till is stuck\n\n**Symptoms**: queue\n\n**Resolution**:\n\n"


def _block(line: str, lines: int) -> str:
    body = "\n".join(line.replace("{n}", str(n)) for n in range(lines))
    return f"{_INCIDENT}```bash\n{body}\n```\n"


def _lines(head: str, line: str, lines: int) -> str:
    return head + "\n".join(line.replace("{n}", str(n)) for n in range(lines)) + "\n"


def _rows(heading: str, head: str, row: str, rows: int) -> str:
    return _lines(f"# A\n\n{heading}\n\n| {head} |\n" + "|---" * (head.count("|") + 1) + "|\n", f"| {row} |", rows)


def _titled(title: str) -> str:
    """A table of severities with this title above its second column."""
    head = f"| Severity | {title} | Response |\n|---|---|---|\n"
    return f"# A\n\n## Severity levels\n\n{head}| P1 | shut | 5 min |\n| P2 | slow | 1 h |\n"


SHAPES = {
    "commands that nothing waits for": lambda n: _block("kubectl rollout restart deploy/till-{n}", n),
    "processes that are taken away": lambda n: _block("pm2 delete till-{n}", n),
    "units that are only enabled": lambda n: _block("systemctl enable till-{n}", n),
    "statements that never end": lambda n: _block("echo $(date", n),
    "lines that go on": lambda n: _block("ls \\", 4 * n),
    "lettered ways": lambda n: _block("# A) look at till {n}\nls", n),
    "blocks with an or between them": lambda n: _INCIDENT + "```bash\nls\n```\n\nor\n\n" * n,
    "states in brackets": lambda n: _lines(_INCIDENT, "- Clear it (till {n} jammed): `rm -r /till`", n),
    "quotes with parts": lambda n: _lines(_INCIDENT, "> Symptom: {n}\n> Fix: oil it\n", n),
    "comments": lambda n: _block("# look at till {n}", n),
    "queries that go on": lambda n: _block("| where till == {n}", n),
    "SQL without an end": lambda n: _block("SELECT {n}", n),
    "items": lambda n: _lines(_INCIDENT, "- Restart till {n}", n),
    "ways of a block": lambda n: _block("make till{n}\n# or", n),
    "ways in items": lambda n: _lines(_INCIDENT, "- Option {n}: `make till{n}` or `make back{n}`", n),
    "labels below items": lambda n: _lines(_INCIDENT, "- Restart till {n}\nFix {n}:", n),
    "items below numbers": lambda n: _lines(_INCIDENT, "1. Restart till {n}:\n- at the door", n),
    "chapters": lambda n: _lines("# Shop runbook\n\n", "## Chapter {n}\n\nWords about {n}.\n", n),
    "titles": lambda n: _lines("", "# Chapter {n}\n\nWords about {n}.\n", n),
    "incidents": lambda n: _lines("# A\n\n## Incidents\n\n", "### Disk full {n}\n\n**Symptoms**: x\n\n**Fix**: y\n", n),
    "levels": lambda n: _lines("# A\n\n## Severity\n\n", "- **P{n}**: till {n} is down, 5 minutes", n),
    "rows": lambda n: _lines(
        "# A\n\n| Symptom | Cause | Fix |\n|---|---|---|\n", "| shut {n} | slow {n} | `df {n}` |", n
    ),
    "spans and rows beside them": lambda n: _lines(
        _lines("# A\n\n## Escalation\n\n| Area | Note |\n|---|---|\n", "| odd{n} | once{n} |", n),
        "\n## Part {n}\n\nUpdate the page every {n} minutes.\n",
        n,
    ),
    "contacts": lambda n: _lines("# A\n\n## Contacts\n\n", "- **Name {n}**: +1 555 01{n}", n),
    "people one after the other": lambda n: _lines("# A\n\n## Escalation\n\n", "{n}. Lead {n} after {n} minutes", n),
    "siblings that fail": lambda n: _lines(
        "# A\n\n## Incidents\n\n", "### Till {n} is down\n\n1. Restart till {n}\n", n
    ),
    "siblings of no kind": lambda n: _lines("# A\n\n", "## Till {n}\n\n1. Restart till {n}\n", n),
    "siblings by alert": lambda n: _lines("# A\n\n", "## TillDownHigh{n}\n\n### Mitigation\n\n`reboot {n}`\n", n),
    "rows of roles": lambda n: _rows("## Team", "Role | Duty", "Role {n} | duty {n}", n),
    "rows of callers": lambda n: _rows("## Escalation", "Role | After", "Lead {n} | {n} minutes", n),
    "rows of times": lambda n: _rows("## Escalation", "Time | Action", "{n} min | Page lead {n}", n),
    "rows of steps": lambda n: _rows("## Escalation", "Level | Who | After", "L{n} | Lead {n} | {n} min", n),
    "rows of contacts": lambda n: _rows("## Contacts", "Name | Phone", "Ann {n} | +1 555 01{n}", n),
    "rows of levels": lambda n: _rows("## Severity", "Level | Response", "P{n} | {n} min", n),
    "tables": lambda n: _lines(
        "# A\n\n", "## Contacts {n}\n\n| Name | Phone |\n|---|---|\n| Ann {n} | 0555 1{n} |\n", n
    ),
    "items that are not read": lambda n: _lines("# A\n\n## Contacts\n\n- Ann: a@b.test\n", "- moon {n} is full", n),
    "cases in paragraphs": lambda n: _lines("# A\n\n## Troubleshooting\n\n", "If till {n} is down, wait.\n", n),
    "questions": lambda n: _lines("# A\n\n## FAQ\n\n", "### Q: Till {n} is down?\n\nA: Wait.\n", n),
    "bold problems": lambda n: _lines("# A\n\n## Incidents\n\n", "**Problem: {n}**\n\n**Fix:**\n- restart {n}\n", n),
    "nested incidents": lambda n: _lines(
        "# A\n\n## Incidents\n\n", "- **{n} is down**\n  - Symptoms: x\n  - Fix: y", n
    ),
    "fences": lambda n: _lines("# A\n\n## Recovery\n\n", "```\nsystemctl restart till{n}\n```\n", n),
    "addresses in comments": lambda n: _block("# see https://a{n}.test/x", n),
    "messages": lambda n: _lines(
        "# A\n\n## Templates\n\n", "### M {n}\n\n```\nSubject: [P1] {n}\n\nDear {name}\n```\n", n
    ),
    "chapters of duties": lambda n: _lines("# A\n\n", "## Maintenance {n}\n\n- Check till {n}\n", n),
    "links": lambda n: _lines("# A\n\n## Links\n\n", "- [doc {n}](d{n}.md)", n),
    "rows of HTML": lambda n: (
        _lines("# A\n\n<table>\n", "<tr><td>Ann {n}</td><td>0555 1{n}</td></tr>", n) + "</table>\n"
    ),
    "one list in the other": lambda n: (
        "# A\n\n## Process\n\n" + "".join("  " * min(i, 18) + f"- step {i}\n" for i in range(n))
    ),
    "headings in headings": lambda n: "# A\n\n" + "".join("#" * (2 + i % 5) + f" Part {i}\n\nx\n\n" for i in range(n)),
    "brackets": lambda n: _INCIDENT + "[" * 20 * n,
    "stars": lambda n: _INCIDENT + "*a **b" * 5 * n,
    "bars": lambda n: _INCIDENT + "|" * 20 * n,
    "lists in lists": lambda n: _INCIDENT + "- " * 10 * n + "x",
    "quotes in quotes": lambda n: _INCIDENT + "> " * 10 * n + "x",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_document_of_twice_the_length_costs_twice_as_much(shape: str) -> None:
    """D14: reading takes time in proportion to the length of the document."""
    make = SHAPES[shape]
    compile_runbook(make(8))  # what is loaded once
    _make_patterns()
    once, twice = _work(make(LINES)), _work(make(2 * LINES))
    grown = {name: (once[name], many) for name, many in twice.items() if many > max(FEW, MOST * once[name])}
    assert not grown, f"(lines run for {LINES} lines, for {2 * LINES}) of {shape}: {grown}"


@pytest.mark.parametrize(
    "piece",
    ["a", "1", "page the ", "5 min ", "、", "L1→", "`ls -l` and ", "<!--", "from desk to lead, ", "Who? When? "],
)
def test_a_line_of_twenty_thousand_signs_takes_four_times_what_five_thousand_take(piece: str) -> None:
    """What a pattern would look for from each sign of it on is looked for in lines that a person writes.

    Once of two times must show it, on a machine of any speed; in proportion to the square it is sixteen times.
    """
    _seconds_for_line(piece, 400)
    _make_patterns()
    pairs = ((_seconds_for_line(piece, 4_900), _seconds_for_line(piece, 19_600)) for _ in range(2))
    assert any(whole < 8 * quarter + SHORTEST for quarter, whole in pairs)


SHORTEST = 0.3
"""Seconds of work that say nothing about how it grows."""


def _seconds_for_line(piece: str, signs: int) -> float:
    text = (piece * signs)[:signs]
    began = time.process_time()
    compile_runbook(f"# A\n\n## Escalation\n\n{text}\n\n## Incident: B\n\n1. {text}\n\n```bash\n{text}\n```\n")
    return time.process_time() - began


def test_a_document_is_gone_when_its_playbook_is_made() -> None:
    """Nothing keeps what a document was taken apart into, and nothing of it waits for the garbage collector."""
    document = "\n\n".join(make(4) for make in SHAPES.values())
    gc.collect()
    gc.disable()
    try:
        compile_runbook(document)
        left = [one for one in gc.get_objects() if isinstance(one, Section | Inline)]
        unreachable = gc.collect()
    finally:
        gc.enable()
    assert (left, unreachable < 100) == ([], True)


def _make_patterns() -> None:
    """Make every pattern of the compiler: some wait for a text that may hold their words, and a longer one does."""
    for name, module in sorted(sys.modules.items()):
        for one in vars(module).values() if name.startswith("tocsin.runbook") else ():
            made = getattr(one, "__wrapped__", None)
            if isinstance(one, _Cached) and made.__qualname__.startswith(("pattern.", "guarded.")):
                pattern = one()
                assert pattern.made if isinstance(pattern, Guarded) else pattern


_Cached = type(any_of)
"""What ``functools.cache`` makes of a function."""


def _work(document: str) -> Counter[str]:
    """How many lines of each function are run to compile a document, each round of a loop on one line as well."""
    lines: Counter[CodeType] = Counter()

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            lines[frame.f_code] += 1
        return count

    before = sys.gettrace()
    sys.settrace(lambda _frame, _event, _argument: count)
    try:
        compile_runbook(document)
    finally:
        sys.settrace(before)
    return Counter({f"{code.co_qualname} ({code.co_filename})": many for code, many in lines.items()})


@pytest.mark.parametrize(
    "line",
    [
        "# A\n\n## Contacts\n\n- Ann: " + "1-2." * 16_000,
        "# A\n\n## Escalation\n\n- " + "lead → " * 9_000,
        "# A\n\n## Escalation\n\n1. Lead " + "() " * 4_000 + "x\n2. Owner",
        "# A\n\n## Escalation\n\n1. Lead " + "*" * 12_000 + "x\n2. Owner",
        "# A\n\n## Escalation\n\nLead " + "whether to page " * 1_500,
        "# A\n\n## Severity\n\n- P1: shut\n- P2: slow\n\n## Escalation\n\nPage the lead. After " + "1" * 28_000,
        "# A\n\n## Incident process\n\n### " + "5 min P1 " * 1_000 + "\n\n- Ring",
        "# A\n\n## Post-mortem\n\n" + "48 hours after resolution, " * 1_500,
        "# A\n\n## Incident: B\n\n```sh\nkubectl " + "get " * 600 + "secret " * 600 + "\n```",
        "# A\n\n## Incident: B\n\n```sh\n" + "docker exec -it a " * 8_000 + "\n```",
        "# A\n\n## Troubleshooting FAQ\n\n" + "if the till, is – " * 3_000 + "?\n\n**Q:** " + "— what, ? " * 3_000,
        _titled("a – " * 20_000),
        _titled("L1 " * 7_000),
        _rows("## Severity levels", "Level | Response", "x P1, " * 40_000 + "| 15 min", 1) + "| P2 | 1 h |\n",
        _rows("## Severity levels", "Level | Response", "P1 | " + "page ada and " * 6_000, 1) + "| P2 | 1 h |\n",
        "# A\n\n## Post-mortem\n\n- " + "a: b, " * 12_000,
        "# A\n\n## Escalation\n\n" + "; " * 8_000,
        "# A\n\n## Severity\n\n- P1: shut\n- P2: slow\n\n## Escalation\n\n" + "<x> ; P1障害 " * 3_000,
        "# A\n\n## Common incidents\n\n### " + "when a, ✅ " * 8_000 + "\n\n1. Run `ls`",
        "# A\n\n## Communication\n\n- " + "post every 30 min to and P1障害 " * 2_000,
    ],
    ids=[
        *("digits", "stations", "brackets", "signs", "decisions", "a time", "times", "deadlines", "secrets", "clients"),
        "questions",
        *(
            "a title of a column",
            "tiers in a title",
            "levels in a cell",
            "a promise without a time",
            "colons",
            "semicolons",
            "severities behind semicolons",
            "a long title",
            "rhythms",
        ),
    ],
)
def test_one_long_line_is_read_in_moments(line: str) -> None:
    """What counting lines does not show: patterns that begin anew at each sign, and texts that are copied."""
    begun = time.process_time()
    compile_runbook(line)
    assert time.process_time() - begun < SLOWEST_LINE


SLOWEST_LINE = 6.0
"""Seconds of work, many times what it takes; in proportion to the square of the length it takes more than 20."""
