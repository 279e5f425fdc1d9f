"""A language is a file: what a contributor adds without touching code, and what the files may hold."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import tocsin

SOURCE = Path(tocsin.__file__).parent
FILES = {path.stem: path for path in sorted((SOURCE / "runbook" / "vocabulary").glob("*.toml"))}

NORWEGIAN = """
name = "Norsk"

[sections]
severity = ["alvorlighet", "alvorlighetsgrader"]
escalation = ["hvem ringer vi"]
incidents = ["vanlige feil"]

[parts]
symptoms = ["kjennetegn"]
resolution = ["slik retter du"]

[columns]
severity = ["alvorlighet"]
criteria = ["betyr"]
response = ["svartid"]
resolution = ["rettetid"]

[words]
unacknowledged = ["ikke svar", "svarer ikke"]
call = ["ring", "varsle"]
person_word = ["vakthavende", "driftslederen", "kassesjefen"]
passive = ["blir"]
called = ["oppringt"]

[durations]
minute = ["minutt", "minutter"]
hour = ["time", "timer"]
business_day = ["virkedag"]
numbers = { ti = 10 }

[grammar]
article = ["den"]
and = ["og"]
or = ["eller"]
if = ["hvis"]
after = ["etter"]
it = ["det", "dette"]
fails = ["ikke hjelper"]
ends_name = ["via"]
"""

RUNBOOK = """# Kassa

## Alvorlighet

| Alvorlighet | Betyr | Svartid | Rettetid |
|---|---|---|---|
| P1 | Alle kasser er svarte | ti minutter | 4 timer |
| P2 | En kasse er svart | 1 time | 1 virkedag |

## Hvem ringer vi

- Ring den vakthavende via telefon
- Ikke svar etter 10 minutter: ring driftslederen og kassesjefen

## Vanlige feil

### Kassen er svart

**Kjennetegn**: skjermen er svart

**Slik retter du**:

```bash
# Hvis det ikke hjelper
systemctl restart kasse
```
"""

READ = """
import json, sys
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.course import course_of
found = compile_runbook(sys.stdin.read())
print(json.dumps({
    "targets": [[one.name, *(t and [t.seconds, t.kind] for t in (one.response_target, one.resolution_target))]
                for one in found.severities],
    "chain": [[*one.targets, one.after and one.after.seconds, one.trigger] for one in found.escalation_levels],
    "symptoms": [one.text for procedure in found.procedures for one in procedure.symptoms],
    "condition": [step.condition for procedure in found.procedures for step in procedure.steps],
}))
"""


def _read(folder: Path, languages: dict[str, str]) -> dict[str, Any]:
    """The runbook as a compiler reads it that has these files of languages besides the shipped ones."""
    for name in ("__init__.py", "errors.py", "clock.py"):
        (folder / "tocsin").mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / name, folder / "tocsin" / name)
    shutil.copytree(SOURCE / "runbook", folder / "tocsin" / "runbook", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in languages.items():
        (folder / "tocsin" / "runbook" / "vocabulary" / f"{name}.toml").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=RUNBOOK,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_a_language_is_added_by_a_file_alone(tmp_path: Path) -> None:
    """A runbook in a language that nobody shipped is read as soon as its file lies beside the others."""
    assert _read(tmp_path / "with", {"nb": NORWEGIAN}) == {
        "targets": [["P1", [600, "elapsed"], [14_400, "elapsed"]], ["P2", [3600, "elapsed"], [86_400, "business"]]],
        "chain": [["vakthavende", None, "start"], ["driftslederen", "kassesjefen", 600, "unacknowledged"]],
        "symptoms": ["skjermen er svart"],
        "condition": ["Hvis det ikke hjelper"],
    }
    without = _read(tmp_path / "without", {})
    assert without["chain"] == without["symptoms"] == []
    assert all(one[1:] == [None, None] for one in without["targets"])


@pytest.mark.parametrize("language", FILES)
def test_every_list_is_one_that_the_compiler_asks_for(language: str) -> None:
    """A name that is misspelled would be read by nobody, without a word about it."""
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    asked = set(re.findall(r"""["']([a-z_]+)["']""", code)) | {"business_day", "business_hour"}
    lists = tomllib.loads(FILES[language].read_text("utf-8"))
    english = tomllib.loads(FILES["en"].read_text("utf-8"))
    assert set(lists) - {"exact", "two_scripts"} <= set(english)
    for group in ("columns", "words", "durations", "grammar"):
        assert set(lists.get(group, {})) <= asked, group
    for group in ("sections", "exact", "phases", "parts", "labels"):
        assert set(lists.get(group, {})) <= set(english["sections"]) | set(english["phases"]) | set(english["parts"])
    assert all(isinstance(one, str) and one == one.strip() != "" for one in chain(*lists["grammar"].values()))
