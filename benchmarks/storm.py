"""A storm: distinct alerts that share nothing, at a steady pace for a minute, with everything as it comes.

Each alert has a name, a group and a source of its own. What is asked: is each of them kept, when does the first page
leave, and how many pages wake how few people how often.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from benchmarks.figures import Figure, Goal, percentile
from benchmarks.house import house
from benchmarks.paging import our_request
from benchmarks.plan import Plan
from benchmarks.sink import sink
from tocsin.alerts.storm import AT_ONCE, TOP

FIRST = 900_000
"""Numbers from here on are this measurement's alone."""
MOST_PAGES = AT_ONCE * TOP + AT_ONCE + 1
"""Incidents of their own, lesser and top ones, and the storm's: one person, one way, each once."""
SENDERS = 8
"""Connections that share the load: one that waits for each answer would be slower than the storm."""
QUIET = 5.0
"""Seconds without a page after which no more is waited for."""


def measure(plan: Plan) -> Iterator[Figure]:
    """The first page, the slowest pages, how many there were, and what was lost."""
    with ExitStack() as stack:
        receiver = stack.enter_context(sink())
        ours = house(plan.within("storm"), pager=f"{receiver.url}/page", storm_after=AT_ONCE)
        stack.enter_context(ours.running())
        began = time.monotonic()
        with ThreadPoolExecutor(SENDERS) as senders:
            parts = [senders.submit(_send, ours.port, plan, began, first) for first in range(SENDERS)]
            sent = {number: at for part in parts for number, at in part.result().items()}
        took = time.monotonic() - began
        read = ours.settle(120.0)
        last = time.monotonic()
        seen = receiver.seen()
        while time.monotonic() - last < QUIET:
            time.sleep(0.2)
            if len(now := receiver.seen()) > len(seen):
                seen, last = now, time.monotonic()
        kept = ours.count("SELECT count(*) FROM alerts WHERE firing")
        incidents = ours.count("SELECT count(*) FROM incidents")
    times = [(at - sent[number]) * 1000 for number, (at, _) in seen.items() if number in sent]
    pages = sum(times for _, times in seen.values())
    lost = len(sent) - kept
    name = f"storm, {plan.storm:,} distinct alerts in {took:.0f} s"
    trouble = f"{lost} alerts were lost" if lost else "" if read else "it was not read within two minutes"
    yield Figure(f"{name}: p99 to the page", "ms", (percentile(times, 99),), Goal(10_000.0), note=trouble)
    yield Figure(f"{name}: pages", "", (float(pages),), Goal(float(MOST_PAGES)))
    yield Figure(f"{name}: incidents", "", (float(incidents),), Goal(float(MOST_PAGES)))


def _send(port: int, plan: Plan, began: float, first: int) -> dict[int, float]:
    """Send every so manieth alert at its time; when each was sent. Raises RuntimeError for one that is refused."""
    sent: dict[int, float] = {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        for place in range(first, plan.storm, SENDERS):
            time.sleep(max(0.0, began + place * plan.storm_seconds / plan.storm - time.monotonic()))
            path, body, headers = our_request(FIRST + place)
            sent[FIRST + place] = time.monotonic()
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"alert {place} was answered with {answer.status}")
    return sent
