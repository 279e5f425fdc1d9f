"""Records how our own runbooks are read: `python -m tests.runbook.golden.record`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.runbook.conftest import compiled
from tocsin.runbook.json import playbook_json

HERE = Path(__file__).parent
RUNBOOKS = HERE.parents[2] / "examples" / "runbooks"


def main() -> None:
    """Write one JSON file for each runbook in examples/runbooks."""
    for path in sorted(RUNBOOKS.glob("*.md")):
        text = json.dumps(playbook_json(compiled(path)), ensure_ascii=False, indent=1) + "\n"
        (HERE / f"{path.stem}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
