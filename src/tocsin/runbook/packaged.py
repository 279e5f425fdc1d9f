"""The tables that are shipped beside the compiler's code, as TOML."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import tomli


def packaged(*path: str) -> dict[str, Any]:
    """The table at a path below this package: ``packaged("arguments", "own.toml")``.

    It is read anew each time: whoever asks keeps what is made of it. tomli is what ``tomllib`` is, compiled: it takes
    a third of the time for the vocabulary, which is read before the first document.
    """
    return tomli.loads(files("tocsin.runbook").joinpath(*path).read_text("utf-8"))
