"""Which source a file is from, and what it says. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

from tocsin.errors import BadDocument, BadInput
from tocsin.oncall.imported.document import Node, parsed
from tocsin.oncall.imported.draft import Draft
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.grafana import Horizon, is_grafana, read_grafana
from tocsin.oncall.imported.ical import is_ical, read_ical
from tocsin.oncall.imported.opsgenie import is_opsgenie, read_opsgenie
from tocsin.oncall.imported.pagerduty import is_pagerduty, read_pagerduty

LARGEST_BYTES = 32 << 20
Kind = Literal["ical", "pagerduty", "opsgenie", "grafana"]
KINDS: tuple[Kind, ...] = ("ical", "pagerduty", "opsgenie", "grafana")


def read(
    files: Mapping[str, bytes], faces: Faces, horizon: Horizon, zone: str, kind: Kind | None = None
) -> list[Draft]:
    """The schedules of these files (name and content), which are all of one kind. ``zone``: where a calendar has none.

    Raises BadDocument with the line or the JSON path, BadInput for files that do not belong together.
    """
    for name, data in files.items():
        if len(data) > LARGEST_BYTES:
            raise BadDocument(f"{name}: {len(data) >> 20} MB is more than any schedule; is it the right file?")
    if kind == "ical" or (kind is None and all(map(is_ical, files.values()))):
        return [read_ical(data, name, faces, horizon, zone) for name, data in files.items()]
    if kind is None and any(map(is_ical, files.values())):
        raise BadInput("some of these files are calendars and some are not: import them one after the other")
    documents = [parsed(data, name) for name, data in files.items()]
    drafts: list[Draft]
    match kind or _kind(documents):
        case "pagerduty":
            drafts = read_pagerduty(documents, faces)
        case "opsgenie":
            drafts = read_opsgenie(documents, faces)
        case _:
            drafts, _feeds = read_grafana(documents, faces, horizon)
    if not drafts:
        raise BadDocument(f"{', '.join(files)}: there is no schedule in it")
    return drafts


def key_of(name: str) -> str:
    """A name as a key of `tocsin.toml`, which people can type.

    >>> key_of("Plattform – Bereitschaft (primär)")
    'plattform-bereitschaft-primar'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:60] or "imported"


def _kind(documents: Sequence[Node]) -> Kind:
    if any(map(is_pagerduty, documents)):
        return "pagerduty"
    if any(map(is_opsgenie, documents)):
        return "opsgenie"
    if any(map(is_grafana, documents)):
        return "grafana"
    first = documents[0]
    raise first.wrong(
        "this is no schedule of a kind that is known: iCal (.ics), or the JSON that PagerDuty, Opsgenie or Grafana "
        "OnCall answer; docs/moving.md says which addresses to ask. --kind says which it is"
    )
