"""How `tocsin.toml` says what is looked at, and what it is told when that cannot be meant."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.settings.test_settings import MINIMAL, problems, read
from tocsin.alerts.probe import Probe, ProbeKind

SERVICE = re.search(r"\[service\.(\w+)\]", MINIMAL)
assert SERVICE
HEAD = f'{MINIMAL}\n[probe.p]\nservice = "{SERVICE[1]}"\n'


def test_a_probe_needs_a_service_and_an_address(tmp_path: Path) -> None:
    """All else has a default that wakes nobody for a single bad look."""
    found = read(f'{HEAD}address = "https://shop.example.com/health"', tmp_path).team.probes
    assert found == {
        "p": Probe(
            "p",
            SERVICE[1],  # type: ignore[index]  # asserted above
            ProbeKind.HTTP,
            "https://shop.example.com/health",
            every=timedelta(minutes=1),
            timeout=timedelta(seconds=10),
            failures=3,
            within=timedelta(minutes=4),
            recovers=2,
        )
    }


def test_an_address_with_a_password_comes_by_reference(tmp_path: Path) -> None:
    """Written out it is refused; by reference it is known to be secret, and masked wherever it turns up."""
    written = f'{HEAD}kind = "postgres"\naddress = "postgresql://me:hunter2@db.example.com/shop"'
    assert "holds a password" in problems(written, tmp_path)
    by_reference = f'{HEAD}kind = "postgres"\naddress = {{ env = "DB" }}'
    found = read(by_reference, tmp_path, {"DB": "postgresql://me:hunter2@db.example.com/shop"})
    assert found.team.probes["p"].shown == "postgresql://db.example.com/shop"
    assert "postgresql://me:hunter2@db.example.com/shop" in found.secrets


GOOD = 'address = "https://shop.example.com"\n'


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", r"probe\.p\.address: is missing: https://"),
        ('address = "shop.example.com"', r"probe\.p\.address: must be like https://"),
        ('kind = "tcp"\naddress = "db.example.com"', r"address: must be like db\.example\.com:5432"),
        ('kind = "tcp"\naddress = "db.example.com:99999"', r"address: must be like"),
        ('kind = "redis"\naddress = "http://cache"', r"address: must be like redis://"),
        ('kind = "postgres"\naddress = "postgresql:///shop"', r"address: must be like postgresql://"),
        ('kind = "dns"\naddress = "https://shop.example.com"', r"address: must be like shop\.example\.com"),
        ('kind = "command"', r"probe\.p\.command: is missing"),
        (f'{GOOD}command = ["rm", "-rf", "/"]', r"command: only a probe of the kind command has this"),
        ('kind = "dns"\naddress = "a.example.com"\nrecord = "ANY"', r"record: must be one of A, AAAA"),
        (f'{GOOD}status = ["20x"]', r"status: '20x' is no status"),
        (f'{GOOD}body = "("', r"body: is no RE2 pattern"),
        (
            'address = "http://shop.example.com"\ncertificate = "14 d"',
            r"certificate: an address that begins with http:",
        ),
        (f'{GOOD}every = "1 s"', r"every: must be at least 5 s"),
        (f'{GOOD}timeout = "2 min"', r"timeout: must be more than nothing, at most 1 min"),
        (f"{GOOD}failures = 0", r"failures: must be from 1 to 30"),
        (f'{GOOD}failures = 5\nwithin = "2 min"', r"within: 5 looks, one every 1 min, need at least 5 min"),
        (f"{GOOD}recovers = 31", r"recovers: must be from 1 to 30"),
        (
            f'{GOOD}[integration.p]\nsource = "generic"\nservice = "{SERVICE[1]}"',
            r"probe\.p: an integration has this name",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_setting(lines: str, told: str, tmp_path: Path) -> None:
    """Nobody finds out at 3 a.m. that a probe could never have failed."""
    assert re.search(told, problems(HEAD + lines, tmp_path))


def test_a_service_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    assert re.search(
        r"probe\.p\.service: there is no 'till'", problems(f'{MINIMAL}[probe.p]\nservice = "till"\n{GOOD}', tmp_path)
    )
