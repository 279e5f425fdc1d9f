"""Alerts that a team wants recorded, and nobody woken ("add it to the backlog"): of a source, or some of them."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.alert import Alert
from tocsin.alerts.group import Group
from tocsin.alerts.silence import Matcher, spoken_of, written

KEPT = "recorded only/"
"""Begins the group key of the incident that collects what a source records."""


@dataclass(frozen=True, slots=True)
class RecordOnly:
    """``setting`` is what says so, for people to read; ``matchers`` must all fit, none: whatever the source says.

    ``top``: the top severity of the runbook too, which pages otherwise.
    """

    setting: str
    matchers: tuple[Matcher, ...] = ()
    top: bool = False

    def takes(self, alert: Alert, *, is_top: bool) -> bool:
        """Whether an alert is recorded only. What Tocsin says of the source itself (it could not be read) never is."""
        if alert.fingerprint.startswith("tocsin/") or (is_top and not self.top):
            return False
        spoken = spoken_of(alert.labels, alert.title)
        return all(one.fits(spoken) for one in self.matchers)

    def group(self, integration: str, service: str) -> Group:
        """One open incident collects what a source records of a service, so that a storm of it is no storm."""
        meets = f", for {' and '.join(map(written, self.matchers))}" if self.matchers else ""
        return Group(f"{KEPT}{service}/{integration}", f"recorded only, {self.setting} says so{meets}")
