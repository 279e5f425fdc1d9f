"""The reference of all settings as Markdown, generated from their declaration.

``python -m tocsin.settings.reference > docs/configuration.md`` writes it anew; a test holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tocsin.incident.choices import words
from tocsin.settings.reading import sections, variable
from tocsin.settings.setting import Setting

_HEAD = """\
# Configuration

One file, `tocsin.toml`, beside your runbooks: small enough to review, safe to commit. It holds no secret; a secret is
a reference, `{ env = "NAME" }` or `{ file = "/run/secrets/name" }`, and a secret that is written out is refused.

A setting is looked for in this order, and the first that has it wins:

1. a flag of the command line (`tocsin serve --port 9000`);
2. the environment: `TOCSIN_SERVER_PORT`, or `TOCSIN_SERVER_PORT_FILE` with the name of a file that holds the value;
   lists are separated by commas, and for keys that you choose the name goes in between (`TOCSIN_CHAT_OPS_URL`);
3. the file: `--config FILE`, `TOCSIN_CONFIG`, `./tocsin.toml`, `~/.config/tocsin/tocsin.toml`,
   `/etc/tocsin/tocsin.toml`;
4. the default.

`tocsin config show --origin` says where each value came from; `tocsin config check` names every problem at once. A file
with a problem changes nothing: the server keeps what it had, and says so in its log and in `GET /api/v1/health`.

The server looks at this file and at the runbooks every two seconds, and at once after SIGHUP. `[server]` (but for
`commands`), `[mail]` and `[inbox]` are read at the start only.

Spans of time have a unit (`"90 s"`, `"10 min"`, `"1 h 30 min"`, `"2 d"`, `"PT15M"`). Paths are relative to the file.
Unknown keys are refused, with the nearest one that exists.
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for section, says, settings in sections():
        table = f"[[{section.removesuffix('[]')}]]" if section.endswith("[]") else f"[{section}]"
        yield f"## `{table}`\n" if section else "## The top of the file\n"
        yield f"{says}\n"
        yield "| setting | value | default | what it is |\n|---|---|---|---|"
        yield from (_row(setting) for setting in settings)
        yield ""


def _row(setting: Setting) -> str:
    kind = setting.kind.name + (", by reference" if setting.kind.secret else "")
    if "<" not in setting.path and setting.path != "version":
        kind += f" (`{variable(setting.parts)}`)"
    default = "required" if setting.required else _default(setting.default)
    return f"| `{setting.parts[-1]}` | {kind} | {default} | {setting.says} |"


def _default(value: Any) -> str:
    match value:
        case None | "" | ():
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case timedelta():
            return words(value)
        case _:
            return f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
