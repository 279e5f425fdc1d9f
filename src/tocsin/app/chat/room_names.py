"""The name of an incident's channel, by the runbook's own pattern.

A name has small letters, digits, dashes and underscores, which every chat takes, and as many of them as this one takes.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import tzinfo

from tocsin.incident.incident import Incident

LONGEST = 80
WITHOUT_PATTERN = "{id}-{description}"
_BLANK = re.compile(r"\{[\w -]+\}|<[\w -]+>|\[[\w -]+\]|YYYY-?MM-?DD|HH-?mm")
_WORDS = (
    ("date", ("date", "day", "yyyy")),
    ("time", ("time", "hour", "hhmm")),
    ("severity", ("sev", "priority", "prio", "level")),
    ("service", ("service", "system", "app", "component", "product")),
    ("id", ("id", "number", "num", "ticket", "key", "nr", "no")),
    ("description", ("desc", "title", "name", "summary", "slug", "topic", "short", "issue")),
)


def names_for(pattern: str | None, incident: Incident, zone: tzinfo, longest: int = LONGEST) -> tuple[str, ...]:
    """The names to try, in order. The second and third hold the incident's number, so they are nobody else's."""
    filled = _BLANK.sub(lambda found: _filled(found[0], incident, zone), pattern or WITHOUT_PATTERN)
    number = slug(incident.id)
    name = slug(filled, longest) or number
    tails = (f"-{number}", f"-{number}-2")
    return (name, *(name[: longest - len(tail)].rstrip("-_") + tail for tail in tails))


def slug(text: str, longest: int = LONGEST) -> str:
    """Text as part of a name: accents taken off, words joined by dashes, cut between words where it is too long.

    >>> slug("API: não responde (502/503)!"), slug("#incident-Foo__bar")
    ('api-nao-responde-502-503', 'incident-foo__bar')
    >>> slug("checkout is down everywhere", 18)
    'checkout-is-down'
    """
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    dashed = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "-", plain.lower())).strip("-_")
    if len(dashed) <= longest:
        return dashed
    cut = dashed[: longest + 1].rpartition("-")[0]
    return (cut if len(cut) > longest // 2 else dashed[:longest]).rstrip("-_")


def _filled(blank: str, incident: Incident, zone: tzinfo) -> str:
    """What stands for one blank; a word that nobody knows is the incident's number."""
    at = incident.declared_at.astimezone(zone)
    match blank:
        case "YYYYMMDD":
            return f"{at:%Y%m%d}"
        case "YYYY-MM-DD":
            return f"{at:%Y-%m-%d}"
        case "HHmm":
            return f"{at:%H%M}"
        case "HH-mm":
            return f"{at:%H-%M}"
        case _:
            pass
    words = re.findall(r"[a-z]+", blank.lower())
    kind = next((kind for kind, known in _WORDS for word in words if word.startswith(known)), "id")
    return {
        "date": f"{at:%Y%m%d}",
        "time": f"{at:%H%M}",
        "severity": slug(incident.severity or "unassessed"),
        "service": slug(incident.service),
        "id": slug(incident.id),
        "description": slug(incident.title, 40) or slug(incident.id),
    }[kind]
