"""Hundreds of subscribers, and the mail server dies in the middle of telling them; then Tocsin does too."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.stage.child import eventually
from tests.stage.mailbox import mailbox
from tests.stage.process import tocsin
from tocsin.adapters.database.opening import open_store
from tocsin.app.subscribers import Subscriber

SUBSCRIBERS = tuple(f"customer-{n}@example.org" for n in range(int(os.environ.get("TOCSIN_TEST_SUBSCRIBERS", "80"))))
"""Eighty in a run of all tests; ten thousand take minutes (``TOCSIN_TEST_SUBSCRIBERS=10000``)."""
PATIENCE = 120 + len(SUBSCRIBERS) / 10
"""Seconds."""
TOML = """
version = 1
catch_all = ["ana"]
[server]
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "status@example.com"
[people.ana]
ways = [{{ kind = "phone" }}]
[service.shop]
runbook = "shop.md"
subscribers = [{subscribers}]
[status_page]
subscribe = true
"""
RUNBOOK = """# Shop

## Severity Levels
- **P0**: everything is down
- **P1**: something is down

## Escalation
1. **ana**
"""


def subscribe(database: Path, addresses: Sequence[str]) -> None:
    """They have confirmed, each with an id that says who it is."""
    at = datetime(2020, 1, 1, tzinfo=UTC)
    store = open_store(f"sqlite:///{database}", migrate=False)
    with store.transact() as tx:
        for address in addresses:
            id = address.partition("@")[0]
            tx.subscribers.ask(Subscriber(id, address, "form", at))
            tx.subscribers.confirm(id, at, at)
    store.close()


@pytest.mark.serial
@pytest.mark.timeout(300 + 2 * PATIENCE)
def test_each_subscriber_is_told_at_most_once_and_the_rest_when_the_server_is_back(tmp_path: Path) -> None:
    """R21: a mail of which nobody knows whether it was taken is not sent again and is named; all others arrive once."""
    with mailbox() as box:
        box.die_at(len(SUBSCRIBERS) // 3)
        listed, subscribed = SUBSCRIBERS[::2], SUBSCRIBERS[1::2]
        toml = TOML.format(port=box.port, subscribers=", ".join(f'"{one}"' for one in listed))
        (tmp_path / "shop.md").write_text(RUNBOOK)
        with tocsin(tmp_path, toml) as server:
            subscribe(server.database, subscribed)
            id = server.api("/incidents", {"title": "Checkout fails", "severity": "P0"})["incident"]["id"]
            server.api(f"/incidents/{id}/customers", {"status": "investigating", "text": "We look into it."})
            assert eventually(lambda: box.dead, PATIENCE), f"{len(box.mails)} mails"
            assert eventually(lambda: "connection to the mail server" in server.output(), 60)
            server.kill()
            server.start()  # while the mail server is down
            assert eventually(lambda: server.api("/health")["backlog"].get("mail", 0) > 0, 60)
            box.rise()
            assert eventually(server.settled, PATIENCE, every=0.2), server.api("/health")
            given_up = set(re.findall(r"/([^/\s]+@example\.org) given up: it may have been sent", server.output()))
            ids = re.findall(r"/subscriber:(customer-\d+) given up: it may have been sent", server.output())
            given_up |= {f"{id}@example.org" for id in ids}
        arrived = Counter(recipient for mail in box.mails for recipient in mail.recipients)
    assert max(arrived.values()) == 1
    assert box.last_before_death in given_up
    assert arrived[box.last_before_death] == 1  # it was taken, and nobody could know
    assert set(SUBSCRIBERS) - set(arrived) <= given_up
    assert len(given_up) <= 4  # what two threads had in their hands, at each of the two deaths
