"""HTTP and HTTPS: the status, words of the body, and how long the certificate still holds."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import re2

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Forbidden, Response, Unanswered, Unsent
from tocsin.adapters.probing.reaching import HINT, PLACE, Bad, Deadline, Reach
from tocsin.alerts.probe import Probe
from tocsin.incident.choices import words


def look(probe: Probe, egress: Egress, reach: Reach, now: datetime, deadline: Deadline) -> None:
    """GET once over a new connection, follow nothing. Raises Bad."""
    match egress.get(probe.address, total=deadline.seconds):
        case Response() as answer:
            _judge(probe, answer)
        case Forbidden(reason) | Unsent(reason) | Unanswered(reason):
            raise Bad(reason.replace(HINT, PLACE))
    if probe.certificate is not None:
        _certificate(probe, reach, now, deadline)


def _judge(probe: Probe, answer: Response) -> None:
    if not any(_fits(answer.status, one) for one in probe.status):
        raise Bad(f"answered {named(answer.status)}, not {' or '.join(probe.status)}{_redirected(answer)}")
    if answer.cut:
        raise Bad(f"answered {named(answer.status)}, but its body {answer.cut}")
    if probe.body and re2.search(probe.body, answer.body.decode("utf-8", "replace")) is None:
        raise Bad(f"answered {named(answer.status)}, but nothing in its body fits {probe.body!r}")


def named(status: int) -> str:
    """A status with its name, as runbooks write it.

    >>> named(502), named(299)
    ('502 Bad Gateway', '299')
    """
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _fits(status: int, wanted: str) -> bool:
    return str(status) == wanted or (wanted.endswith("xx") and str(status)[0] == wanted[0])


def _redirected(answer: Response) -> str:
    if 300 <= answer.status < 400 and "location" in answer.headers:
        return "; redirects are not followed: name the address that it leads to"
    return ""


def _certificate(probe: Probe, reach: Reach, now: datetime, deadline: Deadline) -> None:
    parts = urlsplit(probe.address)
    assert probe.certificate is not None  # only then it is looked at
    with reach.secured(parts.hostname or "", parts.port or 443, deadline) as secured:
        ends = (secured.getpeercert() or {}).get("notAfter")
    if not isinstance(ends, str):
        raise Bad("its certificate does not say until when it holds")
    left = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) - now
    if left < probe.certificate:
        raise Bad(f"its certificate ends in {words(left)}, on {(now + left):%Y-%m-%d %H:%M} UTC: renew it")
