"""What reading costs grows with the document and not faster, however its lines are arranged.

Calls are counted instead of seconds, function by function: the answer is the same on every machine, however busy, and a
function that looks at every line for every line shows while it is still cheap.
"""

from __future__ import annotations

import cProfile
import gc
from collections import Counter

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.outline import Section

LINES = 100
MOST = 2.6
"""Times the calls of a function for twice the lines: 2 is in proportion, 4 is every line for every line."""

FEW = 10_000
"""Calls that tell nothing yet."""

_INCIDENT = "# Shop runbook\n\n## Common incidents\n\n### Till is stuck\n\n**Symptoms**: queue\n\n**Resolution**:\n\n"


def _block(line: str, lines: int) -> str:
    body = "\n".join(line.replace("{n}", str(n)) for n in range(lines))
    return f"{_INCIDENT}```bash\n{body}\n```\n"


def _lines(head: str, line: str, lines: int) -> str:
    return head + "\n".join(line.replace("{n}", str(n)) for n in range(lines)) + "\n"


SHAPES = {
    "commands that nothing waits for": lambda n: _block("kubectl rollout restart deploy/till-{n}", n),
    "processes that are taken away": lambda n: _block("pm2 delete till-{n}", n),
    "units that are only enabled": lambda n: _block("systemctl enable till-{n}", n),
    "statements that never end": lambda n: _block("echo $(date", n),
    "lines that go on": lambda n: _block("ls \\", 4 * n),
    "comments": lambda n: _block("# look at till {n}", n),
    "items": lambda n: _lines(_INCIDENT, "- Restart till {n}", n),
    "chapters": lambda n: _lines("# Shop runbook\n\n", "## Chapter {n}\n\nWords about {n}.\n", n),
    "titles": lambda n: _lines("", "# Chapter {n}\n\nWords about {n}.\n", n),
    "incidents": lambda n: _lines("# A\n\n## Incidents\n\n", "### Disk full {n}\n\n**Symptoms**: x\n\n**Fix**: y\n", n),
    "levels": lambda n: _lines("# A\n\n## Severity\n\n", "- **P{n}**: till {n} is down, 5 minutes", n),
    "rows": lambda n: _lines("# A\n\n| Symptom | Cause | Fix |\n|---|---|---|\n", "| s{n} | c{n} | `df {n}` |", n),
    "spans and rows beside them": lambda n: _lines(
        _lines("# A\n\n## Escalation\n\n| Area | Note |\n|---|---|\n", "| odd{n} | once{n} |", n),
        "\n## Part {n}\n\nUpdate the page every {n} minutes.\n",
        n,
    ),
    "contacts": lambda n: _lines("# A\n\n## Contacts\n\n", "- **Name {n}**: +1 555 01{n}", n),
    "people one after the other": lambda n: _lines("# A\n\n## Escalation\n\n", "{n}. Lead {n} after {n} minutes", n),
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
    once, twice = _calls(make(LINES)), _calls(make(2 * LINES))
    grown = {name: (once[name], calls) for name, calls in twice.items() if calls > max(FEW, MOST * once[name])}
    assert not grown, f"(calls for {LINES} lines, for {2 * LINES}) of {shape}: {grown}"


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


def _calls(document: str) -> Counter[str]:
    """How often each function is called to compile a document."""
    profile = cProfile.Profile()
    profile.enable()
    compile_runbook(document)
    profile.disable()
    return Counter({str(one.code): one.callcount for one in profile.getstats()})
