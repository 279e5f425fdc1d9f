"""Coverage-guided fuzzing of the compiler: `make fuzz` (ten minutes), `make fuzz ARGS=-max_total_time=3600`.

libFuzzer mutates runbooks towards lines of `tocsin.runbook` that no input has reached yet. It stops at the first
input that raises anything but BadDocument, takes longer than ten seconds, or breaks an invariant, and writes that
input down (`crash-…`, `timeout-…`): make a test of it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

import atheris

from tocsin.errors import BadDocument

with atheris.instrument_imports(include=["tocsin.runbook"]):
    from tocsin.runbook.compile import compile_runbook
    from tocsin.runbook.fixes import fixed, safe_fixes, written
    from tocsin.runbook.json import playbook_from_json, playbook_json

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "examples" / "runbooks"
DEFAULTS = ("-max_total_time=600", "-max_len=6000", "-timeout=10", "-print_final_stats=1")


def one_input(data: bytes) -> None:
    """Compile one input and look at what came out."""
    try:
        playbook = compile_runbook(data, path="fuzz.md", today=date(2026, 1, 1))
    except BadDocument:
        return
    last = max(1, playbook.source.lines)
    assert all(1 <= block.lines.first <= block.lines.last <= last for block in playbook.blocks)
    assert all(1 <= found.line <= last for found in playbook.findings)
    assert playbook_from_json(playbook_json(playbook)) == playbook
    try:
        file = written(data, "fuzz.md")
    except BadDocument:
        return
    assert file.data() == data
    if playbook.source.lines and len(file.lines) >= last:
        fixed(file, safe_fixes(playbook, file.lines)).data()


def main() -> None:
    """Fuzz, from the example runbooks on, with libFuzzer's own options after ours."""
    with tempfile.TemporaryDirectory(prefix="tocsin-fuzz-") as folder:
        for seed in SEEDS.glob("*.md"):
            shutil.copy(seed, folder)
        atheris.Setup([sys.argv[0], *DEFAULTS, *sys.argv[1:], folder], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
