"""Which server this terminal talks to, and with which token: TOCSIN_URL and TOCSIN_TOKEN, or `tocsin login`.

Kept in ``contexts.toml`` in the user's configuration, readable by the user only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from tocsin.errors import BadSettings, NotSignedIn

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_URL = "http://127.0.0.1:8080"


class Context(NamedTuple):
    """One server. Its token is in no text of it."""

    url: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Context(url={self.url!r})"


def place(environ: Mapping[str, str]) -> Path:
    """Where contexts are kept."""
    from pathlib import Path

    home = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "/")) / ".config")
    return Path(home) / "tocsin" / "contexts.toml"


def context(environ: Mapping[str, str], name: str | None = None) -> Context:
    """The context to use: the environment's, the named one, or the one that was signed in to last."""
    url, token = environ.get("TOCSIN_URL", ""), environ.get("TOCSIN_TOKEN", "")
    if not token and (file := environ.get("TOCSIN_TOKEN_FILE")):
        token = _text(file).strip()
    if url and token:
        return Context(url, token)
    kept, current = load(environ)
    if name is not None and name not in kept:
        raise BadSettings(f"there is no context {name!r}; there are: {', '.join(kept) or 'none'}")
    found = kept.get(name or current)
    if found is None:
        found = Context(url or DEFAULT_URL)
    elif url and url.rstrip("/") != found.url.rstrip("/"):
        found = Context(url)  # a token goes to the server that it was made for, never to another
    return Context(url or found.url, token or found.token)


def signed_in(environ: Mapping[str, str], name: str | None = None) -> Context:
    """The context to use, with its token. Raises NotSignedIn."""
    found = context(environ, name)
    if not found.token:
        raise NotSignedIn(f"nobody is signed in to {found.url} here; `tocsin login {found.url}`, or set TOCSIN_TOKEN")
    return found


def load(environ: Mapping[str, str]) -> tuple[dict[str, Context], str]:
    """All contexts by name, and the name of the current one."""
    path = place(environ)
    if not path.exists():
        return {}, ""
    import tomllib

    try:
        document = tomllib.loads(_text(path))
        kept = {name: Context(str(one["url"]), str(one.get("token", ""))) for name, one in document["context"].items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadSettings(f"{path} cannot be read ({error}); remove it and sign in again") from error
    return kept, str(document.get("current", ""))


def save(environ: Mapping[str, str], name: str, fresh: Context) -> Path:
    """Keep a context and make it the current one; the file is the user's alone."""
    kept, _ = load(environ)
    kept[name] = fresh
    lines = ["# Written by `tocsin login`. It holds tokens: keep it to yourself.", f"current = {json.dumps(name)}"]
    for key, one in kept.items():
        lines += [
            "",
            f"[context.{json.dumps(key)}]",
            f"url = {json.dumps(one.url)}",
            f"token = {json.dumps(one.token)}",
        ]
    path = place(environ)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh_path = path.with_suffix(".new")
    fresh_path.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    fresh_path.replace(path)
    return path


def _text(path: Path | str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} cannot be read: {error}") from error
