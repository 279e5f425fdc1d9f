"""Where mail comes in, as the settings have it: `[inbox]`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tocsin.settings.reading import Reading

MOST_MEGABYTES = 50


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """The SMTP listener; ``port`` None: no mail is taken. ``domains`` are those of its addresses; empty: any.

    ``largest`` is in bytes. ``certificate`` and its ``key``: STARTTLS is offered.
    """

    port: int | None = None
    host: str = "127.0.0.1"
    domains: tuple[str, ...] = ()
    largest: int = 10 << 20
    certificate: Path | None = None
    key: Path | None = None
    require_tls: bool = False


def inbox(reading: Reading, folder: Path, problems: list[str]) -> InboxSettings:
    """The listener; what it lacks or cannot mean is a problem."""

    def file(what: str) -> Path | None:
        return folder / Path(said).expanduser() if (said := reading.get("inbox", what)) else None

    megabytes, certificate, key = reading.get("inbox", "megabytes"), file("certificate"), file("certificate_key")
    if not 1 <= megabytes <= MOST_MEGABYTES:
        problems.append(f"inbox.megabytes: must be from 1 to {MOST_MEGABYTES}")
    if (certificate is None) != (key is None):
        problems.append("inbox.certificate: STARTTLS needs both, `certificate` and `certificate_key`")
    if reading.get("inbox", "require_tls") and certificate is None:
        problems.append("inbox.require_tls: nobody can send by TLS without `certificate` and `certificate_key`")
    domains = tuple(one.casefold().removeprefix("@") for one in reading.get("inbox", "domains"))
    return InboxSettings(
        reading.get("inbox", "port"),
        reading.get("inbox", "host"),
        domains,
        megabytes << 20,
        certificate,
        key,
        reading.get("inbox", "require_tls"),
    )


def address_of(reading: Reading) -> str:
    """The address of an integration that is mailed, with `{key}` for its key."""
    domains = reading.get("inbox", "domains")
    if domains:
        return f"{{key}}@{domains[0].removeprefix('@')}"
    return "{key}@the-name-of-this-server"
