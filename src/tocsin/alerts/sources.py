"""All sources of alerts, by the name that stands in `tocsin.toml` and in their addresses. A new one is one line."""

from __future__ import annotations

from tocsin.alerts.alertmanager import ALERTMANAGER, GRAFANA
from tocsin.alerts.cloudwatch import CLOUDWATCH
from tocsin.alerts.datadog import DATADOG
from tocsin.alerts.generic import GENERIC
from tocsin.alerts.github import GITHUB
from tocsin.alerts.github_actions import GITHUB_ACTIONS
from tocsin.alerts.gitlab import GITLAB
from tocsin.alerts.gitlab_ci import GITLAB_CI
from tocsin.alerts.heartbeat import HEARTBEAT
from tocsin.alerts.mail import MAIL
from tocsin.alerts.opsgenie import OPSGENIE
from tocsin.alerts.pagerduty import PAGERDUTY
from tocsin.alerts.pagerduty_webhook import PAGERDUTY_WEBHOOK
from tocsin.alerts.probe_voice import PROBE
from tocsin.alerts.prometheus import PROMETHEUS
from tocsin.alerts.report import FORM
from tocsin.alerts.sentry import SENTRY
from tocsin.alerts.source import Source
from tocsin.alerts.told_change import CHANGE

SOURCES: dict[str, Source] = {
    one.name: one
    for one in (
        PROMETHEUS,
        ALERTMANAGER,
        GRAFANA,
        PAGERDUTY,
        PAGERDUTY_WEBHOOK,
        OPSGENIE,
        CLOUDWATCH,
        DATADOG,
        SENTRY,
        HEARTBEAT,
        GENERIC,
        MAIL,
        FORM,
        GITHUB_ACTIONS,
        GITLAB_CI,
        GITHUB,
        GITLAB,
        CHANGE,
    )
}
"""In the order in which pages and documentation show them."""

HEARD: dict[str, Source] = {**SOURCES, PROBE.name: PROBE}
"""Whatever a delivery may come from: those that can be connected, and Tocsin's own probes."""
