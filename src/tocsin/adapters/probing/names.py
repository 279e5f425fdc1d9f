"""DNS: what a name server, or the machine's own resolver, answers. The client is loaded when a probe needs it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from tocsin.adapters.probing.reaching import Bad, Deadline, Reach, in_words, lines
from tocsin.alerts.probe import Probe, host_and_port

MACHINE = "/etc/resolv.conf"
"""The settings of the machine's own resolver: read at each look, since people mend them while we run."""


def look(probe: Probe, reach: Reach, deadline: Deadline) -> None:
    """Ask once; by TCP when the answer does not fit. Raises Bad."""
    try:
        found = _at_server(probe, reach, deadline) if probe.server else _by_machine(probe, deadline)
    except dns.exception.Timeout:
        raise Bad(f"no answer within {deadline.seconds:g} s") from None
    except dns.resolver.NXDOMAIN:
        raise Bad("there is no such name") from None
    except (dns.exception.DNSException, OSError) as error:
        raise Bad(in_words(error)) from None
    missing = [one for one in probe.expects if one.rstrip(".").casefold() not in found]
    if not found or missing:
        raise Bad(f"the answer holds {lines(sorted(found))}" + (f", not {lines(missing)}" if missing else ""))


def _at_server(probe: Probe, reach: Reach, deadline: Deadline) -> set[str]:
    host, port = host_and_port(probe.server, 53)
    question = dns.message.make_query(probe.address, probe.record)
    answer = _answered(question, reach.addresses(host), port, deadline)
    if answer.rcode() != dns.rcode.NOERROR:
        raise Bad(f"{probe.server} answers {dns.rcode.to_text(answer.rcode())}")
    wanted = dns.rdatatype.from_text(probe.record)
    return {_value(str(one)) for group in answer.answer if group.rdtype == wanted for one in group}


def _answered(
    question: dns.message.Message, addresses: Sequence[str], port: int, deadline: Deadline
) -> dns.message.Message:
    """What the first address says that says anything; each has its share of the time that is left."""
    *others, last = addresses
    for passed, address in enumerate(others):
        with suppress(dns.exception.Timeout, OSError):
            return dns.query.udp_with_fallback(
                question, address, deadline.left() / (len(addresses) - passed), port=port
            )[0]
    return dns.query.udp_with_fallback(question, last, deadline.left(), port=port)[0]


def _by_machine(probe: Probe, deadline: Deadline) -> set[str]:
    try:
        machine = dns.resolver.Resolver(MACHINE)
    except dns.resolver.NoResolverConfiguration:
        raise Bad(f"this server has no name server: look at {MACHINE}") from None
    answer = machine.resolve(probe.address, probe.record, lifetime=deadline.left(), search=False)
    return {_value(str(one)) for one in answer}


def _value(text: str) -> str:
    return text.strip('"').rstrip(".").casefold()
