"""Which addresses people outside may name for programs of theirs. Where one leads is looked at when it is told (B8)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.errors import BadInput
from tocsin.statuspage.language import DEFAULT, Language, language

LONGEST_URL = 1000
SLACK = "hooks.slack.com"

_URL = re.compile(r"https://[\x21-\x7e]+", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_SLACK = re.compile(r"/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+")


def folded_url(text: str, way: SubscriberWay, t: Language | None = None) -> str:
    """The address as it is kept: the host in lower case, nothing else changed. Raises BadInput for any other form.

    What is wrong is said in the language ``t``, in English without one.
    It begins with ``https://`` and a host's name: no user, no fragment, no bare IP address. For Slack it is that of an
    incoming webhook there, and of nothing else.

    >>> folded_url(" https://Hooks.Example.org/status?x=1 ", SubscriberWay.WEBHOOK)
    'https://hooks.example.org/status?x=1'
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = _URL.fullmatch(url) and len(url) <= LONGEST_URL and "@" not in parts.netloc and "#" not in url
    if not plain or "\\" in url or not _HOST.fullmatch(host) or port == 0:
        raise BadInput((t or language(DEFAULT)).word("pages", "no_https"))
    if way is SubscriberWay.SLACK and (
        parts.netloc.lower() != SLACK or not _SLACK.fullmatch(parts.path) or parts.query
    ):
        raise BadInput((t or language(DEFAULT)).word("pages", "no_slack"))
    if way is SubscriberWay.WEBHOOK and host == SLACK:
        raise BadInput((t or language(DEFAULT)).word("pages", "is_slack"))
    return f"https://{host}{'' if port in (None, 443) else f':{port}'}{parts.path or '/'}{_query(parts.query)}"


def _query(query: str) -> str:
    return f"?{query}" if query else ""
