"""How a peer is told what is done here, as the settings have it: `[integration.<name>.answer]`."""

from __future__ import annotations

from tocsin.alerts.sources.pagerduty_webhook import PAGERDUTY_WEBHOOK
from tocsin.app.team import PeerAccount
from tocsin.settings.reading import Place, Reading, dotted


def peer_account(reading: Reading, place: Place, source: str, problems: list[str]) -> PeerAccount | None:
    """The account by which the source of an integration is told; what is missing or not possible is a problem."""
    at = (*place, "answer")
    token, sender = reading.given(*at, "token"), reading.get(*at, "from") or ""
    if not token and not sender:
        return None
    if source != PAGERDUTY_WEBHOOK.name:
        problems.append(f"{dotted(at)}: only the source {PAGERDUTY_WEBHOOK.name} has this")
        return None
    if not token:
        problems.append(f"{dotted((*at, 'token'))}: is missing: a token of PagerDuty's REST API that may write")
    if "@" not in sender:
        problems.append(f"{dotted((*at, 'from'))}: must be the mail address of a user of PagerDuty")
    return PeerAccount(reading.get(*at, "token") or "", sender, reading.get(*at, "api"))
