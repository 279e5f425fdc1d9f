"""Which incident an alert belongs to."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from tests.alerts.playbooks import DASHBOARD
from tocsin.alerts.alert import Alert, AlertStatus
from tocsin.alerts.group import group_of
from tocsin.alerts.meaning.match import match_procedure

QUEUE = Alert("f1", AlertStatus.FIRING, "12000 jobs pending in the queue", "s", datetime(2026, 3, 1, tzinfo=UTC))
DEEP = replace(QUEUE, fingerprint="f2", title="SQS queue depth keeps growing", group_key="{}:{a=1}")


def test_alerts_of_one_procedure_and_service_are_one_incident() -> None:
    """Other words, other sources, the same trouble."""
    groups = {group_of(one, "shop", match_procedure(one, DASHBOARD)).key for one in (QUEUE, DEEP)}
    assert groups == {"shop/procedure/queue-backlog"}


def test_other_services_have_incidents_of_their_own() -> None:
    """Also when the same procedure fits."""
    match = match_procedure(QUEUE, DASHBOARD)
    assert group_of(QUEUE, "shop", match) != group_of(QUEUE, "blog", match)


def test_without_a_procedure_the_sources_group_counts() -> None:
    """The source's own grouping goes before names."""
    assert group_of(DEEP, "shop", None).key == "shop/source/{}:{a=1}"


def test_without_any_group_alerts_of_one_name_are_together() -> None:
    """The alert's name, else its title, in any case; the reason says which."""
    named = replace(QUEUE, labels={"alertname": "DiskFull"})
    other = replace(named, title="Disk full on db-2", labels={"alertname": "diskfull"})
    assert group_of(named, "shop", None).key == group_of(other, "shop", None).key
    assert "'DiskFull'" in group_of(named, "shop", None).reason
    assert group_of(QUEUE, "shop", None).key == "shop/name/12000 jobs pending in the queue"
