"""Chat rooms and pages by any of the services that the apprise library knows, by its URLs.

The URLs hold secrets: they appear in no outcome and no log. Text goes out as plain text, so that the library
escapes it for the other end; what the other end would still read is disarmed first. Its requests do not go through
``egress.py``, because the addresses are the team's own settings.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

from tocsin.adapters.chat.mentions import disarmed
from tocsin.adapters.webhooks import outcome_of_status
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, TryAgain

SECONDS = timedelta(seconds=10)

_STATUS = re.compile(r"\berror=(\d{3})\b")


class AppriseChat:
    """Posts to one chat room, given by an apprise URL."""

    def __init__(self, url: str, within: timedelta = SECONDS) -> None:
        self._url = url
        self._within = within

    def say(self, key: str, title: str, text: str) -> Outcome:
        """Post a message. The key is of no use: these services know no idempotency."""
        return _notify(self._url, title, text, urgent=False, within=self._within)


class ApprisePager:
    """Pages a person by an apprise URL, which is the way's address."""

    def __init__(self, within: timedelta = SECONDS) -> None:
        self._within = within

    def page(self, message: PageMessage) -> Outcome:
        """Send the page with its link. The service's yes is no proof that it arrived."""
        text = "\n".join(part for part in (message.text, message.link) if part)
        return _notify(message.address, message.headline, text, urgent=message.urgent, within=self._within)


def _notify(url: str, title: str, text: str, *, urgent: bool, within: timedelta) -> Outcome:
    # Loading the library takes a third of a second and 30 MB: only whoever uses it pays.
    import apprise

    # Its log lines name addresses, as do those of the client below it; what we need comes back with the result.
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).propagate = False
    try:
        room = apprise.Apprise()
        understood = room.add(url)
    except Exception:  # noqa: BLE001  # 170 plugins parse the address; its own text may be in the error, so it is dropped
        understood = False
    if not understood:
        return GiveUp("this is not an address that apprise understands; see its list of services")
    try:
        result = room.notify(
            body=disarmed(text) or disarmed(title),
            title=disarmed(title),
            notify_type=apprise.NotifyType.FAILURE if urgent else apprise.NotifyType.INFO,
            body_format=apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
            timeout=within.total_seconds(),
            log_level=logging.WARNING,
        )
    except Exception as error:  # noqa: BLE001  # a plugin's own mistake must not end the courier
        return TryAgain(f"the chat library failed: {type(error).__name__}", ambiguous=True)
    return _outcome(result, apprise)


def _outcome(result: Any, library: Any) -> Outcome:
    status = library.AppriseResultStatus
    if result.status == status.SUCCESS:
        # Some services have a name that is put into words only when it is asked for.
        return Delivered(receipt=", ".join(str(one.name) for one in result.results))
    if result.status == status.TIMEOUT:
        return TryAgain("the chat service gave no answer in time", ambiguous=True)
    if result.status == status.NOMATCH:
        return GiveUp("this is not an address that apprise understands; see its list of services")
    # The library says why only in its log, in one form for most of its services.
    codes = [found[1] for one in result.results for entry in one.logs() if (found := _STATUS.search(str(entry)))]
    if codes:
        return outcome_of_status(int(codes[-1]))
    return TryAgain("the chat service did not take it", ambiguous=True)
