"""Pages through a provider that takes its time: how many a second get out, beside what so many threads could send.

A burst of troubles, each an incident of its own with a page of its own, meets a provider that answers each after half a
second. Nothing but the threads that carry pages should then be what holds them up.

A second burst is acknowledged while its pages wait for the provider: who has said "I have it" has to keep all others
asleep, so from the answer on no page may leave for that incident but one that is on its way already.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.commands import token
from benchmarks.figures import Figure, Goal, percentile
from benchmarks.house import House, house
from benchmarks.paging import our_request, send
from benchmarks.plan import Plan
from benchmarks.sink import Sink, sink
from tocsin.app.courier import THREADS
from tocsin.incident.effects import EffectKind

ANSWERS_AFTER = 0.5
"""Seconds, of the provider."""
FIRST = 800_000
"""Numbers from here on are this measurement's alone."""
LONGEST = 120.0
ACKNOWLEDGED = 900_000
"""Numbers from here on are acknowledged."""
AFTER = Goal(100.0)
"""Milliseconds. A request to a provider that has begun cannot be called back; nothing else may leave."""
MARK = re.compile(r"bench-(\d+)")


def measure(plan: Plan) -> Iterator[Figure]:
    """Pages a second from the first to the last, the share of what the threads could do, and how late the last was."""
    with ExitStack() as stack:
        receiver = stack.enter_context(sink(ANSWERS_AFTER))
        ours = house(plan.within("provider"), pager=f"{receiver.url}/page")
        stack.enter_context(ours.running())
        sent = send(ours.url, our_request, range(FIRST, FIRST + plan.slow_pages), math.inf)
        deadline = time.monotonic() + LONGEST
        while not sent.keys() <= (seen := receiver.seen()).keys() and time.monotonic() < deadline:
            time.sleep(0.1)
        bearer = token(ours)
        burst = range(ACKNOWLEDGED, ACKNOWLEDGED + plan.slow_pages)
        send(ours.url, our_request, burst, math.inf)
        answered = _acknowledge(ours, bearer, burst)
        _quiet(receiver)
        left = {number: at for number, (at, _) in receiver.seen().items()}
    arrived = sorted(at for number, (at, _) in seen.items() if number in sent)
    lost = f"{len(sent) - len(arrived)} never came" if len(arrived) < len(sent) else ""
    again = sum(times - 1 for number, (_, times) in seen.items() if number in sent)
    note = "; ".join(one for one in (lost, f"{again} came twice" if again else "") if one)
    rate = (len(arrived) - 1) / (arrived[-1] - arrived[0]) if len(arrived) > 1 else 0.0
    most = THREADS[EffectKind.PAGE] / ANSWERS_AFTER
    what = f"pages through a provider that answers after {ANSWERS_AFTER:g} s"
    yield Figure(f"{what}; ratio to what the threads could send", "pages/s", (rate,), ratios=(rate / most,), note=note)
    late = [seen[number][0] - at for number, at in sent.items() if number in seen]
    yield Figure(f"{what}: the last of {plan.slow_pages}, p99", "s", (percentile(late, 99),))
    after = [max(0.0, left.get(number, 0.0) - at) * 1000 for number, at in answered.items()]
    yield Figure(
        "acknowledgement to the last page sent for its incident: how late, p99",
        "ms",
        (percentile(after, 99),) if after else (),
        AFTER,
        note="" if len(answered) == len(burst) else f"only {len(answered)} could be acknowledged",
    )


def _acknowledge(ours: House, bearer: str, burst: range) -> dict[int, float]:
    """Acknowledge each incident of a burst as soon as it is there; when each answer came (monotonic seconds).

    The newest first: their pages wait longest, so most are acknowledged before they leave.
    """
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    answered: dict[int, float] = {}
    deadline = time.monotonic() + LONGEST
    while len(answered) < len(burst) and time.monotonic() < deadline:
        status, body = ours.ask("GET", "/api/v1/incidents?state=triggered&limit=100", headers=headers)
        if status == 429:  # a token has so many requests a second, and the machine is faster than that
            time.sleep(1.0)
            continue
        if status != 200:
            raise RuntimeError(f"the incidents were answered with {status}")
        found = {int(said[1]): one["id"] for one in json.loads(body) if (said := MARK.search(one["title"]))}
        new = {number: id for number, id in found.items() if number in burst and number not in answered}
        for number, id in new.items():
            status, _ = ours.ask("POST", f"/api/v1/incidents/{id}/acknowledge", b"{}", headers)
            if status == 200:
                answered[number] = time.monotonic()
        if not new:
            time.sleep(0.1)
    return answered


def _quiet(receiver: Sink) -> None:
    """Wait until no page has come for as long as the provider takes for several."""
    before, since, began = -1, time.monotonic(), time.monotonic()
    while time.monotonic() - since < 6 * ANSWERS_AFTER and time.monotonic() - began < LONGEST:
        if (count := len(receiver.seen())) != before:
            before, since = count, time.monotonic()
        time.sleep(0.1)
