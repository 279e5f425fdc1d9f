"""Front matter: the flat keys of a YAML head, read without a YAML parser."""

from __future__ import annotations

import re

_KEY = re.compile(r"^(?P<key>[A-Za-z_][\w-]*)\s*:\s*(?P<value>.*)$")
_ACTIVE = re.compile(r"^[^\"'#]*(?:!!|!\w|&\w+|\*\w+|<<\s*:)")


def front_matter(lines: tuple[str, ...]) -> tuple[dict[str, str], int, int | None]:
    """(keys and values, line where the document begins, line of something refused).

    Only "key: value" lines are read. A head with a tag or an anchor is refused, and so is each doubled key: nothing in
    a runbook's head needs them, and parsers have been attacked with each.
    """
    if not lines or lines[0].rstrip() != "---":
        return {}, 1, None
    end = next((n for n, line in enumerate(lines[1:200], 2) if line.rstrip() in ("---", "...")), None)
    if end is None:
        return {}, 1, None
    found: dict[str, str] = {}
    refused: dict[str, int] = {}
    for number, line in enumerate(lines[1 : end - 1], 2):
        if _ACTIVE.match(line):
            return {}, end + 1, number
        match = _KEY.match(line)
        if match is None:
            continue
        if match["key"] in found:
            refused.setdefault(match["key"], number)
        found[match["key"]] = match["value"].strip().strip("\"'")
    said = {key: value for key, value in found.items() if key not in refused}
    return said, end + 1, min(refused.values(), default=None)
