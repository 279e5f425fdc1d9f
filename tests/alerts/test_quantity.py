"""Amounts with units, as alerts state them and as criteria limit them."""

from __future__ import annotations

import math

import pytest

from tocsin.alerts.meaning.quantity import limits, stated


@pytest.mark.parametrize(
    ("said", "of", "low", "high"),
    [
        ("p95 latency is 3400 ms", "takes", 3.4, 3.4),
        ("latency 3400ms", "takes", 3.4, 3.4),
        ("1,5 s response time", "takes", 1.5, 1.5),
        ("statements take longer than 30 s", "takes", 30, math.inf),
        ("503 for 2 minutes", "lasts", 120, 120),
        ("1h30m outage", "lasts", 5400, 5400),
        ("30-minute outage", "lasts", 1800, 1800),
        ("latency is up for 10 min", "lasts", 600, 600),
        ("replication lag 45 s", "waits", 45, 45),
        ("heap at 1.4 GB", "bytes", 1.4e9, 1.4e9),
        ("heap at 1.5 GiB", "bytes", 1.5 * 2**30, 1.5 * 2**30),
        ("350 affected users", "user", 350, 350),
        ("users affected: 350", "user", 350, 350),
        ("affected_users=350", "user", 350, 350),
        ("12,000 customers", "user", 12_000, 12_000),
        ("5M users", "user", 5e6, 5e6),
        ("2 million accounts", "user", 2e6, 2e6),
        ("thousands of users", "user", 2000, math.inf),
        ("100+ users", "user", 100, math.inf),
        ("10-50 users", "user", 10, 50),
        ("connections above 400", "connection", 400, math.inf),
        ("98 of 100 connections in use", "connection", 98, 98),
        ("1200 errors per minute", "error/s", 20, 20),
        ("12% of requests fail", "share", 12, 12),
        ("slow for 60% of our users", "share of users", 60, 60),
        ("mehr als 40 betroffene Nutzer", "user", 40, math.inf),
        ("seit 20 Minuten ausgefallen", "lasts", 1200, 1200),
        ("más de 300 usuarios sin acceso", "user", 300, math.inf),
        ("latencia superior a 4 segundos", "takes", 4, math.inf),
        ("fora do ar há 10 minutos", "lasts", 600, 600),
        ("pelo menos 50 erros", "error", 50, math.inf),
        ("plus de 200 utilisateurs", "user", 200, math.inf),
        ("en panne depuis 2 heures", "lasts", 7200, 7200),
        ("ritardo di 5 minuti", "waits", 300, 300),
        ("oltre 30 errori", "error", 30, math.inf),
        ("5 a 10 usuários", "user", 5, 10),
    ],
)
def test_what_is_measured_and_how_much_is_read_from_an_alert(said: str, of: str, low: float, high: float) -> None:
    """In one unit for each thing, whatever unit, word order and separators the monitor uses."""
    (found,) = stated(said)
    assert (found.of, found.low, found.high) == (of, pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "HTTP 503 from https://shop.example.com/v2/100/users at 2026-03-01T02:00:00Z, node 10.1.2.3:8080",
        "Checkout fails with 500 errors",
        "The certificate expires in 14 days",
        "The backup of 3 hours ago",
        "latency is high (threshold > 2 s)",
        "p95 of web-1",
    ],
)
def test_a_number_that_states_no_amount_is_none(said: str) -> None:
    """Status codes, addresses, dates, windows, and what the alert calls its threshold."""
    assert stated(said) == ()


def test_a_criterion_without_a_comparison_is_met_from_its_number_on() -> None:
    """ "5 minutes of errors" is met by five minutes and by an hour."""
    (limit,) = limits("5 minutes of errors")
    assert [said.within(limit) for text in ("4 min", "5 min", "1 h") for said in stated(f"failing for {text}")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("said", "limit", "within"),
    [
        ("response time 2 s", "response time > 2 s", False),
        ("response time 2 s", "response time >= 2 s", True),
        ("response time above 2 s", "response time > 2 s", True),
        ("response time above 1 s", "response time > 2 s", None),
        ("response time below 1 s", "response time > 2 s", False),
        ("50 users", "10 to 50 users", True),
        ("5-20 users", "10 to 50 users", None),
        ("errors for 61 s", "errors < 1 minute", False),
    ],
)
def test_an_amount_keeps_to_a_limit_breaks_it_or_leaves_it_open(said: str, limit: str, within: bool | None) -> None:
    """Open where only a part of what is stated lies within the limit."""
    assert stated(said)[0].within(limits(limit)[0]) is within
