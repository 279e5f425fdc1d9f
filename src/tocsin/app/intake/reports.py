"""Reports of people, by the public form: who may, how often, and their way to the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from tocsin.alerts.source import encoded
from tocsin.alerts.sources.report import NAME, ReportForm
from tocsin.app.accounts.throttle import Throttle
from tocsin.app.intake.buckets import Buckets
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.intake.refusals import Refusals
from tocsin.app.rows.records import NewDelivery
from tocsin.app.team import LEFT_BEHIND, Integration, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotFound, TooManyTries, Unavailable

log = logging.getLogger(__name__)

LONGEST_WHAT, LONGEST_LINE = 4000, 200
"""Signs of what is wrong, and of when it began and whom to ask."""
A_SECOND, AT_ONCE = 0.2, 30.0
"""Reports of one form that are taken, from everybody together."""
STORE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody wrote. ``nonce`` is of the page on which they did: sent twice it is one report."""

    what: str
    since: str = ""
    contact: str = ""
    nonce: str = ""
    trap: str = ""
    """What stands in a field that people do not see."""


@dataclass(slots=True)
class Reports:
    """The public forms of the integrations of the source `form`.

    ``delivered`` counts a report by its source and by what became of it. A visitor who has to slow down counts nowhere:
    one stranger who taps on and on is no trouble of ours.
    """

    intake: GroupCommit
    team: TeamInForce
    clock: Clock
    refusals: Refusals = field(default_factory=Refusals)
    delivered: Callable[[str, str], None] = lambda _source, _outcome: None
    each: Throttle = field(default_factory=Throttle)
    together: Buckets = field(default_factory=lambda: Buckets(A_SECOND, AT_ONCE))

    def form(self, place: str) -> ReportForm:
        """The form at an address, by the key of its integration, or by its name where it is open. Raises NotFound."""
        return self._at(place)[1]

    def take(self, place: str, report: Report, client: str) -> None:
        """Keep a report: it is on disk when this returns. Raises NotFound, BadInput, TooManyTries, Unavailable."""
        integration, _ = self._at(place)
        if report.trap:  # a program filled in everything: it is told what it wants to hear
            log.info("a report to %s was dropped: its hidden field was filled in", integration.name)
            return
        if not report.what.strip():
            raise BadInput("Please say what is wrong.")
        for said, most in ((report.what, LONGEST_WHAT), (report.since, LONGEST_LINE), (report.contact, LONGEST_LINE)):
            if len(said) > most:
                raise BadInput(f"That is too long: please keep it to {most} signs.")
        now = self.clock.now()
        self.each.check(integration.name, client, now, "Too many reports from your network; please wait a minute.")
        if not self.together.take(integration.name):
            self.delivered(NAME, "busy")
            raise TooManyTries("Many people are reporting right now, so it is known; please wait a minute.")
        self.each.failed(integration.name, client, now)
        nonce = report.nonce if report.nonce.isalnum() and len(report.nonce) == 32 else uuid4().hex
        body = {"what": report.what, "since": report.since, "contact": report.contact, "id": nonce}
        delivery = NewDelivery(integration.name, f"form:{nonce}", now, "application/json", encoded(body))
        try:
            self.intake.submit(delivery).result(timeout=STORE_SECONDS)
        except (TimeoutError, Unavailable) as error:
            self.delivered(NAME, "busy")
            raise Unavailable("Your report could not be kept just now; please send it again.") from error
        self.delivered(NAME, "stored")

    def _at(self, place: str) -> tuple[Integration, ReportForm]:
        for one in self.team().integrations.values():
            if one.source == NAME and one.form is not None:
                by_key = one.auth.admits((), b"", self.clock.wall(), place)
                if by_key and place != one.key:
                    self.refusals.note(one.name, self.clock.now(), LEFT_BEHIND)
                if by_key or (one.form.is_open and one.name == place):
                    return one, one.form
        raise NotFound("There is no form at this address.")
