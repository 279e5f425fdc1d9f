"""The folder of a demo: its settings, its runbook, its shop, all to be looked at and changed.

A second start finds what the first one left. Only ports are written anew, wherever they stand in the two files,
because those of last time may be taken.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from tocsin.demo.shop import lay_out
from tocsin.errors import BadSettings, Unavailable

MARK = ".tocsin-demo"
"""The file that makes a folder a demo's; it holds the ports. Nothing is ever removed from a folder without it."""
PORT, SHOP_PORT = 8080, 8100
TRIED = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A prepared folder and where things will be found."""

    folder: Path
    port: int
    shop_port: int

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.folder / "tocsin.toml"

    @property
    def shop(self) -> Path:
        """The shop's folder."""
        return self.folder / "shop"

    @property
    def url(self) -> str:
        """Tocsin's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def shop_url(self) -> str:
        """The shop's address."""
        return f"http://127.0.0.1:{self.shop_port}"


@contextmanager
def prepared(folder: Path, *, port: int | None = None, fresh: bool = False) -> Iterator[Place]:
    """A demo's folder, ready and ours until the block ends. ``fresh`` begins anew.

    Raises BadSettings for a folder that holds something else, Unavailable while another demo runs in it or when
    ``port`` is taken.
    """
    folder = folder.absolute()
    mark = folder / MARK
    if folder.exists() and not mark.exists() and any(folder.iterdir()):
        raise BadSettings(f"{folder} holds something that is no demo's; name another folder with --data")
    folder.mkdir(parents=True, exist_ok=True)
    with mark.open("a+", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unavailable(f"another demo runs in {folder}; end it, or name another folder with --data") from None
        if fresh:
            _empty(folder)
        held.seek(0)
        before = _ports(held.read())
        place = Place(folder, _port(port, before[0]), _free(before[1]))
        _write(place, before)
        held.seek(0)
        held.truncate()
        held.write(json.dumps({"port": place.port, "shop_port": place.shop_port}) + "\n")
        held.flush()
        yield place


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name == MARK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _write(place: Place, before: tuple[int, int]) -> None:
    for name in ("tocsin.toml", "runbook.md"):
        written = place.folder / name
        ours = not written.exists()
        text = files("tocsin.demo").joinpath(name).read_text("utf-8") if ours else written.read_text("utf-8")
        old, old_shop = (PORT, SHOP_PORT) if ours else before
        text = text.replace(f"127.0.0.1:{old_shop}", f"127.0.0.1:{place.shop_port}")
        text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{place.port}")
        text = re.sub(rf"(?m)^port = {old}$", f"port = {place.port}", text)
        if ours or text != written.read_text("utf-8"):
            written.write_text(text, encoding="utf-8")
    lay_out(place.shop)


def _ports(mark: str) -> tuple[int, int]:
    """The ports of last time; those of the templates for a new folder."""
    with suppress(ValueError, KeyError, TypeError):
        kept = json.loads(mark)
        return int(kept["port"]), int(kept["shop_port"])
    return PORT, SHOP_PORT


def _port(wanted: int | None, before: int) -> int:
    if not wanted:
        return _free(before)
    if not _is_free(wanted):
        raise Unavailable(f"port {wanted} is taken; name another one with --port")
    return wanted


def _free(first: int) -> int:
    """The first free port from there on."""
    found = next((port for port in range(first, first + TRIED) if _is_free(port)), None)
    if found is None:
        raise Unavailable(f"the ports {first} to {first + TRIED - 1} are all taken; name another one with --port")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
