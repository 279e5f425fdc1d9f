"""What is wrong with how a target is reached, by the setting that says it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.incident.target import SshHost

_NAME = re.compile(r"[A-Za-z0-9_\[:][A-Za-z0-9_.:%\]-]*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]*\$?")
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_KEY = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]{40,}={0,3}(?: .*)?")


def ssh_problems(host: SshHost) -> Iterator[tuple[str, str]]:
    """Settings of a host with what is wrong with them. A host whose key nobody pinned is no target."""
    if not _NAME.fullmatch(host.address):
        yield (
            "address",
            "must be the name or address of a host, without user and port" if host.address else "is missing",
        )
    if host.user and not _USER.fullmatch(host.user):
        yield "user", "must be the name of an account"
    if host.host_keys and host.known_hosts:
        yield "known_hosts", "give host_keys or known_hosts, not both"
    if not host.host_keys and not host.known_hosts:
        seen = f"ssh-keyscan -p {host.port} {host.address or 'HOST'}"
        yield "host_keys", f"is missing: `{seen}` prints its keys; compare them with what its administrator says"
    for key in host.host_keys:
        if not _KEY.fullmatch(key):
            yield "host_keys", f'must be a type and a key, "ssh-ed25519 AAAA…": {key[:40]!r} is not'


def label_problems(label: str) -> Iterator[str]:
    """What is wrong with the label of runners."""
    if not label:
        yield "is missing: give the label that `tocsin runners invite NAME --label LABEL` gives them"
    elif not _LABEL.fullmatch(label):
        yield f"must be small letters, digits, dots and dashes, at most 63: {label[:40]!r} is not"
