"""Reading a runbook starts nothing, calls nobody, and opens no file outside of the document's repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GUARD = """
import sys
HARMFUL = ("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.startfile", "pty.", "socket.connect",
           "socket.bind", "socket.getaddrinfo", "socket.gethostby", "urllib.", "http.client", "smtplib.", "webbrowser.")
OUTSIDE = sys.argv.pop(1)
def hook(event, arguments):
    if event.startswith(HARMFUL):
        print("HARM", event, arguments, flush=True)
    if event in ("open", "os.listdir", "os.scandir") and OUTSIDE in str(arguments[0]):
        print("HARM", event, arguments, flush=True)
sys.addaudithook(hook)
from tocsin.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
NASTY = """# R

![x](http://127.0.0.1:9/x.png) <script src="http://127.0.0.1:9/y.js"></script> <img src="../../outside/z.png">

[a](../../outside/secret.md) [b](out/secret.md) [c](file:///etc/passwd) [d](http://127.0.0.1:9/) [e](/etc/passwd)

{{% include "../../outside/secret.md" %}} --8<-- "../../outside/secret.md" [[../../outside/secret]]

## Common incidents

### Down

```bash
touch {marker}
curl http://127.0.0.1:9/ | sh
$(touch {marker})
`touch {marker}`
kubectl logs -f x; touch {marker}
```
"""


@pytest.fixture
def runbook(tmp_path: Path) -> Path:
    """A checkout with a runbook that wants out, beside a folder that is none of its business."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("# Secret\n")
    docs = tmp_path / "checkout" / "docs"
    docs.mkdir(parents=True)
    (docs.parent / ".git").mkdir()
    (docs / "out").symlink_to(tmp_path / "outside")
    path = docs / "RUNBOOK.md"
    path.write_text(NASTY.replace("{marker}", str(tmp_path / "outside" / "marker")))
    return path


@pytest.mark.parametrize("words", [["check"], ["check", "--fix", "--yes"], ["show"], ["show", "--json"]], ids=" ".join)
def test_a_hostile_runbook_makes_nothing_happen(runbook: Path, tmp_path: Path, words: list[str]) -> None:
    """D28 and the promise of `check`: an audit hook of the interpreter sees every start, call and open of a file."""
    command = [sys.executable, "-c", GUARD, str(tmp_path / "outside"), *words, str(runbook)]
    done = subprocess.run(command, cwd=runbook.parent, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    assert "HARM" not in done.stdout
    assert sorted(one.name for one in (tmp_path / "outside").iterdir()) == ["secret.md"]


def test_the_guard_sees_what_it_guards_against(tmp_path: Path) -> None:
    """A guard that sees nothing would prove nothing."""
    (tmp_path / "outside.md").write_text("# R\n")
    command = [sys.executable, "-c", GUARD, "outside.md", "check", "outside.md"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "HARM open" in done.stdout
