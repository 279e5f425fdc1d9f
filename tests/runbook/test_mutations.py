"""Two thousand broken runbooks: whatever happens to a document, the compiler neither fails nor forgets a line."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tocsin.errors import BadDocument
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_from_json, playbook_json
from tocsin.runbook.playbook import Playbook

EACH = 250
"""Documents for each way of breaking them: eight ways make two thousand."""

SLOWEST = 20.0
"""Seconds for one document, on a machine that does much else: they take some hundredths of one."""

EXAMPLES = [path.read_bytes() for path in sorted((ROOT / "examples").rglob("*.md"))]


def cut(data: bytes, chance: random.Random) -> bytes:
    """A piece from somewhere: a download that broke off, in the middle of a character if need be."""
    a, b = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[a:b]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """The lines in another order: fences open and close anywhere."""
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def doubled(data: bytes, chance: random.Random) -> bytes:
    """A stretch of lines twice, as a bad merge leaves them."""
    lines = data.splitlines(keepends=True)
    a, b = sorted(chance.randrange(len(lines) + 1) for _ in range(2))
    return b"".join([*lines[:b], *lines[a:b], *lines[b:]])


def encoded(data: bytes, chance: random.Random) -> bytes:
    """In another encoding, or in two of them."""
    text = data.decode()
    name = chance.choice(["utf-16", "utf-16-le", "cp1252", "latin-1", "utf-8-sig", "shift_jis", "koi8-r", "utf-7"])
    other = text.encode(name, "replace")
    return data[: chance.randrange(len(data))] + other if chance.random() < 0.5 else other


def garbled(data: bytes, chance: random.Random) -> bytes:
    """Some bytes are others."""
    broken = bytearray(data)
    for _ in range(chance.randrange(1, 40)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def indented(data: bytes, chance: random.Random) -> bytes:
    """Lines with more or less before them: quotes, lists and code begin and end elsewhere."""
    before = [b"", b"", b"> ", b"    ", b"- ", b"\t", b"1. ", b"| ", b"# ", b"```", b"<div>"]
    return b"".join(chance.choice(before) + line for line in data.splitlines(keepends=True))


def ended(data: bytes, chance: random.Random) -> bytes:
    """Other line ends, mixed."""
    ends = [b"\r\n", b"\r", b"\n", b"\n\n", b"\x0b", b"\x0c", "\u2028".encode(), b""]
    return b"".join(line + chance.choice(ends) for line in data.splitlines())


def grafted(data: bytes, chance: random.Random) -> bytes:
    """The beginning of one document and the end of another."""
    other = chance.choice(EXAMPLES)
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    cut,
    shuffled,
    doubled,
    encoded,
    garbled,
    indented,
    ended,
    grafted,
]


def sound(playbook: Playbook) -> None:
    """Every line that is cited is in the document, every block is told of once, and nothing is lost on the way."""
    last = max(1, playbook.source.lines)
    cited = [block.lines for block in playbook.blocks] + [step.lines for step in playbook.steps().values()]
    assert all(1 <= lines.first <= lines.last <= last for lines in cited)
    assert all(1 <= one.line <= last and one.column >= 1 for one in playbook.findings)
    assert all(1 <= line <= last for one in playbook.findings for line in one.related)
    assert playbook.stats.understood <= playbook.stats.blocks == len(playbook.blocks)
    assert len({one.key for one in playbook.procedures}) == len(playbook.procedures)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
def test_a_broken_document_is_read_or_refused(way: Callable[[bytes, random.Random], bytes]) -> None:
    """No exception but the refusal, no hang, no line out of the document, and the published form holds it all."""
    for seed in range(EACH):
        chance = random.Random(f"{way.__name__} {seed}")
        data = way(EXAMPLES[seed % len(EXAMPLES)], chance)
        began = time.process_time()
        try:
            playbook = compile_runbook(data, path="RUNBOOK.md")
        except BadDocument:
            continue
        assert time.process_time() - began < SLOWEST, f"{way.__name__} {seed}"
        sound(playbook)
        if seed % 10 == 0:
            assert playbook_from_json(playbook_json(playbook)) == playbook


@pytest.mark.slow
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this Python or machine")
def test_a_slice_of_the_fuzzing_finds_nothing(tmp_path: Path) -> None:
    """Coverage-guided, as `make fuzz` does for longer: two hundred runs from the examples on."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.fuzz", "-runs=200", "-seed=7", f"-artifact_prefix={tmp_path}/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "stat::number_of_executed_units" in done.stderr
    assert not list(tmp_path.iterdir())
