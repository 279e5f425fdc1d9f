"""The labelled corpus: sixteen public runbooks of fifteen teams in several languages, read by people beforehand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_json

MINIMUM = 99.5
"""Percent of what people read that is read the same way; an empty answer has 43. It is only ever raised."""


def test_the_corpus_is_read_as_people_read_it(shared_dir: Path, tmp_path: Path) -> None:
    """Every field of every document against its label, by the scorer that is kept beside the corpus; none may fail."""
    corpus = shared_dir / "corpus"
    shutil.copytree(corpus / "labels", tmp_path / "labels")
    for path in corpus.glob("*.md"):
        answer = playbook_json(compile_runbook(path.read_bytes(), path=path.name))
        (tmp_path / path.name).write_text(json.dumps(answer), "utf-8")
    scorer = shared_dir / "tools" / "score_runbooks.py"
    # The scorer runs a program for each document; here they are compiled already, and `cat` prints the answer.
    words = [sys.executable, str(scorer), str(tmp_path), "--command", "cat {}", "--minimum", str(MINIMUM)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
