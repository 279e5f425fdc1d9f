"""What `tocsin config show` lists: every value that somebody gave, and the defaults that have a part in something."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.sources.generic import GENERIC
from tocsin.alerts.sources.github_actions import GITHUB_ACTIONS
from tocsin.alerts.sources.gitlab_ci import GITLAB_CI
from tocsin.alerts.sources.heartbeat import HEARTBEAT
from tocsin.alerts.sources.mail import MAIL
from tocsin.alerts.sources.pagerduty_webhook import PAGERDUTY_WEBHOOK
from tocsin.alerts.sources.registry import SOURCES
from tocsin.alerts.sources.report import FORM
from tocsin.incident.target import TargetKind
from tocsin.settings.probing import ONLY as OF_PROBES
from tocsin.settings.reading import Place, Reading, Value, dotted

_OF_SOURCES = {
    "severity": (HEARTBEAT.name, FORM.name),
    "branches": (GITHUB_ACTIONS.name, GITLAB_CI.name),
    "answer": (PAGERDUTY_WEBHOOK.name,),
    "form": (FORM.name,),
    "map": (GENERIC.name, MAIL.name),
}
_OF_ALERTS = ("service_label", "threshold", "threshold_within", "record", "record_matching", "record_top")
_OF_PROOFS = {
    "user": AuthKind.BASIC,
    "signature_header": AuthKind.HMAC,
    "timestamp_header": AuthKind.HMAC,
    "topics": AuthKind.SNS,
    "sha256_only": AuthKind.SNS,
}
_OF_SSH = ("port", "host_keys")


def listed(reading: Reading) -> Mapping[str, Value]:
    """The values by their dotted names, without the defaults that play no part where they stand."""
    return {
        dotted(place): value
        for place, value in reading.values.items()
        if value.origin != "default" or _plays_a_part(reading, place)
    }


def _plays_a_part(reading: Reading, place: Place) -> bool:
    match place:
        case ("integration", name, *what):
            return _of_source(reading, name, what)
        case ("probe", name, what):
            return what not in OF_PROBES or reading.get("probe", name, "kind") in OF_PROBES[what]
        case ("target", name, what):
            return what not in _OF_SSH or reading.get("target", name, "kind") == TargetKind.SSH
        case ("chat", name, "private"):
            return bool(reading.get("chat", name, "kind") != "apprise")
        case _:
            return True


def _of_source(reading: Reading, name: str, what: list[str]) -> bool:
    source = SOURCES.get(reading.get("integration", name, "source"), GENERIC)  # an unknown one is told as a problem
    if what[0] == "auth":
        kind = AuthKind(reading.get("integration", name, "auth", "kind") or source.proofs[0])
        return _OF_PROOFS.get(what[1], kind) is kind
    if what[0] in _OF_ALERTS:
        return source.alerts
    return source.name in _OF_SOURCES.get(what[0], (source.name,))
