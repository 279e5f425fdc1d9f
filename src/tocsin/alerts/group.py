"""Which incident an alert belongs to: alerts of one trouble must wake people once."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.alert import Alert
from tocsin.alerts.meaning.match import Match


@dataclass(frozen=True, slots=True)
class Group:
    """The key that alerts of one incident share, and why it is this one."""

    key: str
    reason: str


def group_of(alert: Alert, service: str, match: Match | None) -> Group:
    """The group of an alert: its service and the procedure, else the source's own group, else the alert's name."""
    if match is not None:
        return Group(f"{service}/procedure/{match.procedure}", f"{service}: it calls for {match.title!r}")
    if alert.group_key:
        return Group(f"{service}/source/{alert.group_key}", f"{service}: {alert.source} groups them")
    name = alert.labels.get("alertname") or alert.title
    return Group(f"{service}/name/{name.casefold()}", f"{service}: alerts of the same name, {name!r}")
