"""Records how runbooks are read: `python -m tests.runbook.golden.record [FOLDER of the five real ones]`.

Our own are recorded whole, as JSON; of the five real ones what each line became, cut to what tells it from others.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.runbook.conftest import compiled
from tests.runbook.trace import trace
from tocsin.runbook.json import playbook_json
from tocsin.runbook.playbook import Playbook

HERE = Path(__file__).parent
RUNBOOKS = HERE.parents[2] / "examples" / "runbooks"
LONGEST = 96


def recorded_trace(playbook: Playbook) -> str:
    """What every line of a document became, one entry a line."""
    entries = [(line, " ".join(text.split())) for line, text in trace(playbook)]
    return "".join(f"{line:4} {text if len(text) <= LONGEST else text[:LONGEST] + '…'}\n" for line, text in entries)


def main(arguments: list[str]) -> None:
    """Write one JSON file for each runbook in examples/runbooks, and a text for each of the folder that is named."""
    for path in sorted(RUNBOOKS.glob("*.md")):
        text = json.dumps(playbook_json(compiled(path)), ensure_ascii=False, indent=1) + "\n"
        (HERE / f"{path.stem}.json").write_text(text, "utf-8")
    for folder in arguments:
        for path in sorted(Path(folder).glob("*.md")):
            (HERE / f"{path.stem}.txt").write_text(recorded_trace(compiled(path)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
