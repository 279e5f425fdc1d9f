"""Which reader understands which kind of source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.alertmanager import read_alertmanager
from tocsin.alerts.generic import read_generic
from tocsin.alerts.pagerduty import read_pagerduty

READERS: dict[str, Callable[[bytes, datetime], Heard]] = {
    "alertmanager": read_alertmanager,
    "grafana": read_alertmanager,
    "pagerduty": read_pagerduty,
    "generic": read_generic,
}
"""By kind of source: body and aware instant of arrival become what was heard, or BadPayload says why not."""
