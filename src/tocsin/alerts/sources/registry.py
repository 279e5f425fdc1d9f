"""All sources of alerts, by the name that stands in `tocsin.toml` and in their addresses. A new one is one line."""

from __future__ import annotations

from tocsin.alerts.source import Source
from tocsin.alerts.sources.alertmanager import ALERTMANAGER, GRAFANA
from tocsin.alerts.sources.cloudwatch import CLOUDWATCH
from tocsin.alerts.sources.datadog import DATADOG
from tocsin.alerts.sources.generic import GENERIC
from tocsin.alerts.sources.github import GITHUB
from tocsin.alerts.sources.github_actions import GITHUB_ACTIONS
from tocsin.alerts.sources.gitlab import GITLAB
from tocsin.alerts.sources.gitlab_ci import GITLAB_CI
from tocsin.alerts.sources.heartbeat import HEARTBEAT
from tocsin.alerts.sources.mail import MAIL
from tocsin.alerts.sources.opsgenie import OPSGENIE
from tocsin.alerts.sources.pagerduty import PAGERDUTY
from tocsin.alerts.sources.pagerduty_webhook import PAGERDUTY_WEBHOOK
from tocsin.alerts.sources.probe_voice import PROBE
from tocsin.alerts.sources.prometheus import PROMETHEUS
from tocsin.alerts.sources.report import FORM
from tocsin.alerts.sources.sentry import SENTRY
from tocsin.alerts.sources.told_change import CHANGE

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
