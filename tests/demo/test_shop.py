"""The demo's shop: it really sells, really breaks and is really repaired, as processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.stage.child import answers, eventually, free_port
from tocsin.demo.worker import SIZE


@dataclass(frozen=True)
class Running:
    """A shop that is open."""

    folder: Path
    url: str
    process: subprocess.Popen[bytes]

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with urllib.request.urlopen(self.url + path, data, timeout=5) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            status, body = refused.code, refused.read()
        return status, json.loads(body) if body.startswith(b"{") else body.decode()

    def order(self, **form: str) -> tuple[int, Any]:
        """Order a bell."""
        return self.ask("/orders", {"product": "Bell, iron", **form})

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the shop as its runbook writes it, from the shop's folder."""
        return subprocess.run([f"./bin/{name}"], cwd=self.folder, capture_output=True, text=True, check=False)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Running]:
    """An open shop."""
    port = free_port()
    command = [sys.executable, "-m", "tocsin.demo.shop", str(tmp_path), str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    running = Running(tmp_path, f"http://127.0.0.1:{port}", process)
    try:
        assert eventually(lambda: answers(f"{running.url}/health"), 20)
        yield running
    finally:
        process.terminate()
        process.wait(10)


def broken(shop: Running) -> None:
    """Press the button and wait for what it does."""
    assert shop.ask("/panel/break", {})[0] == 200  # by way of the panel it leads back to
    assert eventually(lambda: shop.ask("/health")[0] == 503, 5)


def test_the_shop_sells(shop: Running) -> None:
    """Orders are taken and counted; what is not sold is refused."""
    assert shop.order() == (201, {"order": 1})
    assert shop.order() == (201, {"order": 2})
    assert shop.ask("/orders") == (200, {"orders": 2})
    assert shop.order(product="Trumpet")[0] == 404
    assert "Bells &amp; Ropes" in shop.ask("/")[1]
    assert "The shop is open." in shop.ask("/panel")[1]


def test_each_expired_coupon_costs_a_connection(shop: Running) -> None:
    """The bug is real: a refused coupon never gives its connection back, and the log says so."""
    for used in (1, 2):
        assert shop.order(coupon="SPRING")[0] == 422
        assert json.loads((shop.folder / "var/pool.json").read_text())["in_use"] == used
    assert (shop.folder / "var/shop.log").read_text().count("was not returned") == 2


def test_the_button_breaks_the_shop_and_the_runbooks_command_repairs_it(shop: Running) -> None:
    """Broken: customers are turned away and every check shows it. Restarted: they are served again."""
    shop.order()
    assert shop.command("status").returncode == 0
    broken(shop)
    assert shop.order() == (503, {"error": f"all {SIZE} connections are in use"})
    assert shop.ask("/")[0] == 503
    looked = shop.command("status")
    assert looked.returncode == 1
    assert f"{SIZE} of {SIZE} connections in use" in looked.stdout
    assert "503" in (shop.folder / "var/shop.log").read_text()
    repaired = shop.command("restart")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert eventually(lambda: shop.ask("/health")[0] == 200, 5)
    assert shop.order() == (201, {"order": 2})
    assert shop.command("status").returncode == 0


def test_a_broken_shop_does_not_get_well_by_itself(shop: Running) -> None:
    """Without the repair it stays broken: the demo's incident is no flicker."""
    broken(shop)
    assert not eventually(lambda: shop.ask("/health")[0] == 200, 2)


def test_a_get_never_breaks_anything(shop: Running) -> None:
    """A browser that looks ahead, or a link that is followed, presses no button."""
    assert shop.ask("/panel/break")[0] == 404
    assert shop.ask("/health")[0] == 200


def test_a_worker_that_dies_is_replaced(shop: Running) -> None:
    """The shop keeps a worker going."""
    pid = shop.ask("/health")[1]["pid"]
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: shop.ask("/health")[1]["pid"] != pid, 10)


def test_nothing_is_left_when_the_shop_ends(shop: Running) -> None:
    """SIGTERM, and the end of whoever started it, end the worker too."""
    worker = shop.ask("/health")[1]["pid"]
    assert shop.process.stdin is not None
    shop.process.stdin.close()
    shop.process.wait(10)
    assert eventually(lambda: not Path(f"/proc/{worker}").exists(), 5)
    assert not answers(f"{shop.url}/health")
    assert shop.command("status").returncode == 3
    assert shop.command("restart").returncode == 3
