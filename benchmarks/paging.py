"""From an alert on the wire to the page on the wire: POST until a webhook arrives, beside Alertmanager.

Every alert is a trouble of its own, at a steady pace. Alertmanager notifies with ``group_wait`` 0, which nobody sets
in earnest (its default is 30 seconds); ours stores, groups, declares and pages as it always does.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import urlsplit

from benchmarks.figures import Figure, Goal, percentile, ratios
from benchmarks.house import INTEGRATIONS, SECRET, house, key_of
from benchmarks.plan import Plan
from benchmarks.sink import Sink, sink
from tests.stage.alertmanager import alertmanager
from tools.components import component

LONGEST = 20.0
"""Seconds to wait for the last page."""
Request = tuple[str, bytes, dict[str, str]]


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds from the POST to the webhook, p50 and p99, in rounds that take turns."""
    folder = plan.within("paging")
    with ExitStack() as stack:
        sides: dict[str, tuple[str, Callable[[int], Request], Sink]] = {}
        receiver = stack.enter_context(sink())
        ours = house(folder, pager=f"{receiver.url}/page")
        stack.enter_context(ours.running())
        sides["ours"] = (ours.url, our_request, receiver)
        if component("alertmanager").location() is not None:
            receiver = stack.enter_context(sink())
            place = folder / "alertmanager"
            place.mkdir()
            running = stack.enter_context(alertmanager(place, receiver.url, group_interval="5m"))
            sides["theirs"] = (running.url, their_request, receiver)
        taken: dict[str, list[list[float]]] = {name: [] for name in sides}
        lost = dict.fromkeys(sides, 0)
        first = 1
        for number in plan.numbers:
            count = plan.pages if number >= 0 else min(50, plan.pages)
            for name, (url, request, receiver) in sides.items():
                times, missing = pace(url, request, receiver, range(first, first + count), plan.pages_a_second)
                if number >= 0:
                    taken[name].append(times)
                    lost[name] += missing
            first += count
    for percent, goal in ((50, None), (99, Goal(6.0, 3.0))):
        mine = [percentile(times, percent) for times in taken["ours"]]
        beside = [percentile(times, percent) for times in taken.get("theirs", [])]
        missing_note = "" if beside else "Alertmanager is missing (make components)"
        yield Figure(
            f"alert to page, Alertmanager: p{percent}", "ms", tuple(beside), note=_lost(lost, "theirs") or missing_note
        )
        held = goal if beside else None
        yield Figure(
            f"alert to page, ours: p{percent}", "ms", tuple(mine), held, ratios(mine, beside), _lost(lost, "ours")
        )


def pace(
    url: str, request: Callable[[int], Request], receiver: Sink, numbers: range, rate: int
) -> tuple[list[float], int]:
    """Send one alert for each number at a steady rate; the times to their pages in ms, and how many never came."""
    sent = send(url, request, numbers, rate)
    deadline = time.monotonic() + LONGEST
    while not sent.keys() <= (seen := receiver.seen()).keys() and time.monotonic() < deadline:
        time.sleep(0.05)
    times = [(seen[number][0] - at) * 1000 for number, at in sent.items() if number in seen]
    return times, len(sent) - len(times)


def send(url: str, request: Callable[[int], Request], numbers: range, rate: float) -> dict[int, float]:
    """Send one alert for each number on one connection, so many a second; when each was sent (monotonic seconds)."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    sent: dict[int, float] = {}
    began = time.monotonic()
    try:
        for place, number in enumerate(numbers):
            time.sleep(max(0.0, began + place / rate - time.monotonic()))
            path, body, headers = request(number)
            sent[number] = time.monotonic()
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"alert {number} was answered with {answer.status}")
    finally:
        connection.close()
    return sent


def our_request(number: int) -> Request:
    """An alert as Alertmanager's webhook tells it, to one of our integrations."""
    group = {
        "version": "4",
        "groupKey": f"bench-{number}",
        "status": "firing",
        "alerts": [_alert(number, webhook=True)],
    }
    headers = {"Authorization": f"Bearer {SECRET}"}
    return f"/in/{key_of(number % INTEGRATIONS)}/alertmanager", json.dumps(group).encode(), headers


def their_request(number: int) -> Request:
    """The same alert as Prometheus tells Alertmanager."""
    return "/api/v2/alerts", json.dumps([_alert(number, webhook=False)]).encode(), {}


def _alert(number: int, *, webhook: bool) -> dict[str, object]:
    alert: dict[str, object] = {
        "labels": {"alertname": f"bench-{number}", "instance": "10.1.1.1:9100", "severity": "critical"},
        "annotations": {"summary": "Nobody can buy anything"},
        "startsAt": datetime.now(UTC).isoformat(),
        "generatorURL": "http://prometheus.example/graph",
    }
    return {"status": "firing", "fingerprint": f"{number:016x}", **alert} if webhook else alert


def _lost(lost: dict[str, int], side: str) -> str:
    return f"{lost[side]} pages never came" if lost.get(side) else ""
