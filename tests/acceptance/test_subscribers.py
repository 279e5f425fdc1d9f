"""Hundreds of subscribers: the mail server dies in the middle of telling them, programs fail; then Tocsin does too."""

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
from tests.stage.webhook import Answer, Request, webhook
from tocsin.adapters.database.opening import open_store
from tocsin.app.rows.subscribers import Subscriber, SubscriberWay

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


def subscribe(database: Path, addresses: Sequence[str], told_at: str = "") -> None:
    """They have confirmed, each with an id that says who it is; with ``told_at`` by a program each, below that url."""
    at, way = datetime(2020, 1, 1, tzinfo=UTC), SubscriberWay.WEBHOOK if told_at else SubscriberWay.MAIL
    store = open_store(f"sqlite:///{database}", migrate=False)
    with store.transact() as tx:
        for address in addresses:
            id = address.partition("@")[0]
            url = f"{told_at}/{id}" if told_at else ""
            tx.subscribers.ask(Subscriber(id, address, "form", at, way=way, url=url))
            tx.subscribers.confirm(id, at, at)
    store.close()


@pytest.mark.timeout(300 + 2 * PATIENCE)
def test_each_subscriber_is_told_at_most_once_and_the_rest_when_the_server_is_back(tmp_path: Path) -> None:
    """F84, R21: a mail that may have been taken is named and not sent again; all others arrive once."""
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


@pytest.mark.timeout(300 + 2 * PATIENCE)
def test_each_program_is_told_at_most_once_whatever_it_answers(tmp_path: Path) -> None:
    """R21: who took it and broke off, or was told when we were killed, is not told again; who said "not now" is."""
    taken: Counter[str] = Counter()
    with webhook() as box:
        plain = box.take

        def take(request: Request) -> Answer:
            plain(request)
            n = int(request.path.rpartition("-")[2])
            again = sum(one.path == request.path for one in box.requests) > 1
            if n % 4 == 0 and not again:
                return Answer(503)
            taken[request.path] += 1
            return Answer(drop=True) if n % 4 == 1 else Answer()

        box.take = take  # type: ignore[method-assign]
        toml = TOML.format(port=9, subscribers="") + 'subscribe_by = ["webhook"]\ninternal = ["127.0.0.0/8"]\n'
        (tmp_path / "shop.md").write_text(RUNBOOK)
        with tocsin(tmp_path, toml) as server:
            subscribe(server.database, SUBSCRIBERS, box.url)
            id = server.api("/incidents", {"title": "Checkout fails", "severity": "P0"})["incident"]["id"]
            server.api(f"/incidents/{id}/customers", {"status": "investigating", "text": "We look into it."})
            assert eventually(lambda: len(box.requests) > len(SUBSCRIBERS) // 3, PATIENCE, every=0.005)
            server.kill()
            server.start()
            assert eventually(server.settled, PATIENCE, every=0.2), server.api("/health")
            unknown = set(re.findall(r"/subscriber:(customer-\d+) given up: it may have been sent", server.output()))
    assert max(taken.values()) == 1
    missing = {address.partition("@")[0] for address in SUBSCRIBERS} - {path.lstrip("/") for path in taken}
    assert missing <= unknown
    assert len(missing) <= 6  # what six threads had in their hands
    broken_off = {f"customer-{n}" for n in range(1, len(SUBSCRIBERS), 4)}
    assert broken_off <= unknown
