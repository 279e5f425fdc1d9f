"""The tutorial, pasted: its console blocks run in order against the real product, and print what it says they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stage.alertmanager import Alertmanager
from tests.stage.child import answers, child, eventually, free_port
from tests.stage.presence import require
from tests.stage.process import tocsin

ROOT = Path(__file__).resolve().parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
PORT = "8080"
"""The port in the text; the test has one of its own."""
DONE = "=== block {} is done ==="
_BLOCK = re.compile(r"^(?P<mark><!-- illustration[^\n]*-->\n)?```(?P<kind>[a-z]+)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Block:
    """What is pasted, and the lines that it is said to print."""

    pasted: str
    printed: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The console blocks of a page that are no illustration, each with the text block that follows it, if one does."""
    found: list[Block] = []
    waiting = False
    for one in _BLOCK.finditer(text):
        if one["kind"] == "console":
            waiting = not one["mark"]
            if waiting:
                found.append(Block(one["text"], ()))
        elif one["kind"] == "text" and waiting:
            found[-1] = Block(found[-1].pasted, tuple(one["text"].splitlines()))
            waiting = False
    return found


def missing(promised: tuple[str, ...], output: str) -> str | None:
    """The first promised line that was not printed after the one before it; `…` stands for anything."""
    lines = iter(output.splitlines())
    for line in promised:
        pattern = re.compile(".*".join(map(re.escape, line.rstrip().split("…"))))
        if not any(pattern.fullmatch(said.rstrip()) for said in lines):
            return line
    return None


def test_the_comparison_finds_a_line_that_was_not_printed() -> None:
    """Lines must come in their order, and only `…` may differ."""
    assert missing(("a", "c …"), "a\nb\nc 1") is None
    assert missing(("c …", "a"), "a\nb\nc 1") == "a"
    assert missing(("c …",), "a\nb\nd 1") == "c …"


def test_only_what_is_marked_is_left_out() -> None:
    """The one block that is not run is the clone."""
    text = TUTORIAL.read_text("utf-8")
    skipped = [one["text"] for one in _BLOCK.finditer(text) if one["kind"] == "console" and one["mark"]]
    assert len(skipped) == 1
    assert skipped[0].startswith("git clone")
    assert len(blocks(text)) == text.count("```console") - 1


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_tutorial_works_when_it_is_pasted(tmp_path: Path) -> None:
    """Every block succeeds, and every line that the tutorial shows is printed, in that order."""
    port = str(free_port())
    parts = blocks(TUTORIAL.read_text("utf-8"))
    script = "set -eu\n" + "".join(f"{part.pasted}\necho; echo '{DONE.format(n)}'\n" for n, part in enumerate(parts))
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",  # both outputs in their order, as a terminal shows them
        "TZ": "UTC",
        "TOCSIN_SERVER_PORT": port,
        "TOCSIN_URL": f"http://127.0.0.1:{port}",
    }
    pasted = subprocess.run(
        ["timeout", "190", "bash", "-c", script.replace(f":{PORT}", f":{port}")],  # ends the server in it as well
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
        check=False,
    )
    rest = pasted.stdout.replace(f":{port}", f":{PORT}")
    for number, part in enumerate(parts):
        output, done, rest = rest.partition(DONE.format(number))
        assert done, f"this failed:\n{part.pasted}\nit said:\n{output}"
        absent = missing(part.printed, output)
        assert absent is None, f"{part.pasted}\nshould print {absent!r}, and said:\n{output}"
    assert pasted.returncode == 0


@pytest.mark.component("alertmanager")
def test_the_alertmanager_configuration_of_the_tutorial_is_one(tmp_path: Path) -> None:
    """A real Alertmanager reads the YAML of the page as it stands, and what it sends begins the incident."""
    (written,) = (one["text"] for one in _BLOCK.finditer(TUTORIAL.read_text("utf-8")) if one["kind"] == "yaml")
    runbook = ROOT / "examples" / "first-watch" / "RUNBOOK.md"
    toml = (
        f'version = 1\ncatch_all = ["ana"]\n[server]\n[service.shop]\nrunbook = "{runbook}"\n[people.ana]\n'
        '[roles]\n"On-call engineer" = ["ana"]\n"Shop manager" = ["ana"]\n'
        '[integration.shop-alerts]\nsource = "alertmanager"\nservice = "shop"\n'
    )
    with tocsin(tmp_path / "tocsin", toml) as running:
        address = running.api("/integrations/shop-alerts")["url"]
        config, port = tmp_path / "alertmanager.yml", free_port()
        config.write_text(
            written.replace("http://127.0.0.1:8080/in/KEY/alertmanager", address).replace(
                "group_by: [alertname]\n",
                "group_by: [alertname]\n  group_wait: 0s\n",  # half a minute otherwise
            )
        )
        command = [
            require("alertmanager"),
            f"--config.file={config}",
            f"--storage.path={tmp_path / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        url = f"http://127.0.0.1:{port}"
        with child(command, log=tmp_path / "am.log", ready=lambda: answers(f"{url}/-/ready")) as process:
            Alertmanager(url, process).post([{"labels": {"alertname": "DiskFull", "severity": "SEV1"}}])
            assert eventually(lambda: running.api("/incidents"), 20), process.output()
        assert running.api("/incidents/INC-1")["severity"] == "SEV1"
