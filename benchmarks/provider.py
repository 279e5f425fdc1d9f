"""Pages through a provider that takes its time: how many a second get out, beside what so many threads could send.

A burst of troubles, each an incident of its own with a page of its own, meets a provider that answers each after half a
second. Nothing but the threads that carry pages should then be what holds them up.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.figures import Figure, percentile
from benchmarks.house import house
from benchmarks.paging import our_request, send
from benchmarks.plan import Plan
from benchmarks.sink import sink
from tocsin.app.courier import THREADS
from tocsin.incident.effects import EffectKind

ANSWERS_AFTER = 0.5
"""Seconds, of the provider."""
FIRST = 800_000
"""Numbers from here on are this measurement's alone."""
LONGEST = 120.0


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
