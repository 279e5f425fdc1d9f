"""Which IP addresses an outbound request may go to.

The standard library's ``is_global`` alone is not enough: it is true for NAT64 and 6to4 forms of 127.0.0.1, for
multicast, and for the addresses at which some clouds keep their machines' credentials.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from tocsin.errors import BadSettings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Answered by the machine's own cloud, though the registry calls the address public (Azure).
_METADATA = frozenset({ip_address("168.63.129.16")})

# Special by their registries (RFC 6890 and its successors); the standard library knows only some of them.
_SPECIAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    )
)
_PUBLIC_IPV6 = ip_network("2000::/3")  # everything that was ever given out; all else is local or reserved
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of an allow-list such as ``10.1.0.0/16``; raises BadSettings for anything else."""
    found: list[Network] = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise BadSettings(f"{text!r} is not a network such as 10.1.0.0/16: {error}") from None
    return tuple(found)


def why_forbidden(text: str, allowed: Iterable[Network] = ()) -> str:
    """Why nothing is sent to this address; the empty string when it may be sent to.

    An address that carries another one inside (mapped, NAT64, 6to4, Teredo) is judged by that one too.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return f"{text} is not an IP address"
    exceptions = tuple(allowed)
    for one in (address, *_embedded(address)):
        if any(one in network for network in exceptions):
            continue
        if reason := _why_not_public(one):
            return f"{text} is {reason}; allow its network in the settings if this is meant"
    return ""


def _why_not_public(address: Address) -> str:
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local or address in _METADATA:
        return "a link-local or metadata address"
    if address.is_multicast:
        return "a multicast address"
    if any(address in network for network in _SPECIAL):
        return "set aside for a special purpose"
    if isinstance(address, IPv6Address) and _embedded(address):
        return ""  # judged by what it carries
    if not address.is_global or (isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6):
        return "not a public address"
    return ""


def _embedded(address: Address) -> tuple[IPv4Address, ...]:
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()
