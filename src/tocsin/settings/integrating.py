"""Puts together the sources of alerts: what each speaks, how it proves itself, how often it has to be heard."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.alerts.authenticate import PATH_PROVES, AuthKind, IntegrationAuth
from tocsin.alerts.source import Source
from tocsin.alerts.sources.fields import why_no_pattern
from tocsin.alerts.sources.generic import GENERIC
from tocsin.alerts.sources.github_actions import GITHUB_ACTIONS_RUNS
from tocsin.alerts.sources.gitlab_ci import GITLAB_CI_RUNS
from tocsin.alerts.sources.heartbeat import HEARTBEAT, Rhythm
from tocsin.alerts.sources.mail import BY_ITSELF, MAIL, mail_at
from tocsin.alerts.sources.mapped import mapped
from tocsin.alerts.sources.registry import SOURCES
from tocsin.alerts.sources.report import FORM, ReportForm, form_of
from tocsin.app.team import Integration, Threshold
from tocsin.errors import BadSettings
from tocsin.settings.answering import peer_account
from tocsin.settings.inbox import address_of
from tocsin.settings.mapping import field_map, report_form
from tocsin.settings.reading import Place, Reading, dotted, name_problems
from tocsin.settings.recording import record_only

MINUTE = timedelta(minutes=1)
_OF_BRANCHES = {one.source.name: one for one in (GITHUB_ACTIONS_RUNS, GITLAB_CI_RUNS)}
MADE_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(slots=True)
class IntegrationAssembly:
    """Builds the sources of alerts; what does not fit together is added to ``problems`` with its place.

    ``keyless`` gets the names of those that have no key of their own.
    """

    reading: Reading
    problems: list[str]
    keyless: set[str]

    def integration(self, name: str) -> Integration | None:
        """One source of alerts. Without a key of its own it is remembered as ``keyless``."""
        place = ("integration", name)
        get = self.reading.get
        self.problems += name_problems((*place, "source"), (get(*place, "source") or "generic",), SOURCES)
        self.problems += name_problems(
            (*place, "service"), (get(*place, "service") or "",), self.reading.names("service")
        )
        key = get(*place, "key") or ""
        if not key:
            self.keyless.add(name)
            key = secrets.token_urlsafe(24)  # holds until the installation gives its own: nobody can guess it
        elif not MADE_KEY.fullmatch(key):
            self.problems.append(f"{dotted((*place, 'key'))}: must be 16 or more letters, digits, - or _")
        old = get(*place, "old_key") or ""
        if old and not MADE_KEY.fullmatch(old):
            self.problems.append(f"{dotted((*place, 'old_key'))}: must be 16 or more letters, digits, - or _")
        try:
            auth = self.auth(
                (*place, "auth"), (key, old) if old else (key,), SOURCES.get(get(*place, "source") or "") or GENERIC
            )
        except BadSettings as wrong:
            self.problems.append(f"{dotted((*place, 'auth'))}: {wrong}")
            return None
        source, service = get(*place, "source") or "", get(*place, "service") or ""
        form = report_form(self.reading, place, self.problems)
        rhythm, own = self.rhythm(place, source), self.own(place, source, form)
        label, often = get(*place, "service_label"), self.threshold(place)
        record = record_only(self.reading, place, self.problems)
        answers = peer_account(self.reading, place, source, self.problems)
        return Integration(name, source, service, key, auth, rhythm, own, label, form, old, often, answers, record)

    def threshold(self, place: Place) -> Threshold | None:
        """How often a trouble has to be said; None where once is enough."""
        times, within = self.reading.get(*place, "threshold") or 1, self.reading.get(*place, "threshold_within")
        return Threshold(times, within) if times > 1 and within else None

    def own(self, place: Place, source: str, form: ReportForm | None) -> Source | None:
        """A source as this integration speaks it, where the team says more than which one it is."""
        branches = self.branches(place, source)
        if branches and source in _OF_BRANCHES:
            return _OF_BRANCHES[source].on_branches(branches)
        if source == MAIL.name:
            return mail_at(address_of(self.reading), field_map(self.reading, place, self.problems, BY_ITSELF))
        if source == FORM.name:
            return form_of(form, self.reading.get(*place, "severity"))
        found = field_map(self.reading, place, self.problems)
        if found is None:
            return None
        if source != GENERIC.name:
            self.problems.append(
                f"{dotted((*place, 'map'))}: only generic and mail have one; {source} has its own form"
            )
            return None
        return mapped(found)

    def branches(self, place: Place, source: str) -> tuple[str, ...]:
        """The branches whose test runs count, as patterns; what is none, and any for other sources, is a problem."""
        given: tuple[str, ...] = self.reading.get(*place, "branches") or ()
        at = dotted((*place, "branches"))
        if given and source not in _OF_BRANCHES:
            self.problems.append(f"{at}: only the sources {' and '.join(_OF_BRANCHES)} have this")
        for one in given:
            try:
                why_no_pattern(one)
            except ValueError as wrong:
                self.problems.append(f"{at}: {wrong}")
                return ()
        return given

    def rhythm(self, place: Place, source: str) -> Rhythm | None:
        """How often a heartbeat comes; for other sources nothing may be said of it."""

        def get(setting: str) -> Any:
            return self.reading.get(*place, setting)

        if source != HEARTBEAT.name:
            for one, others in (("every", ()), ("grace", ()), ("severity", (FORM.name,))):
                if self.reading.given(*place, one) and source not in others:
                    wanted = " and ".join(("heartbeat", *others))
                    self.problems.append(f"{dotted((*place, one))}: only the source {wanted} has this")
            return None
        if not get("every"):
            self.problems.append(f'{dotted((*place, "every"))}: is missing: how often it comes, like "1 d"')
            return None
        grace = get("grace")
        return Rhythm(get("every"), max(get("every") / 10, MINUTE) if grace is None else grace, get("severity"))

    def auth(self, place: Place, keys: tuple[str, ...], source: Source) -> IntegrationAuth:
        """How a source proves itself: in its first way unless the team says otherwise. Raises BadSettings."""
        get = self.reading.get
        kind = AuthKind(get(*place, "kind") or source.proofs[0])
        if not source.takes(kind):
            ways = ", ".join(one.value for one in source.proofs)
            raise BadSettings(f"{source.name} cannot prove itself by {kind.value}; it can by: {ways}")
        known = tuple(s for s in (get(*place, "secret"), get(*place, "old_secret")) if s)
        if kind in PATH_PROVES:
            known = keys
        elif not known and self.reading.given(*place, "secret"):
            known = (secrets.token_urlsafe(24),)  # the secret lives elsewhere; here nothing shall pass
        return IntegrationAuth(
            kind,
            known,
            get(*place, "user") or "",
            get(*place, "signature_header") or "x-grafana-alerting-signature",
            get(*place, "timestamp_header") or "",
            get(*place, "header") or source.header,
            get(*place, "topics") or (),
            bool(get(*place, "sha256_only")),
        )
