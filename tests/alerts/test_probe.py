"""When what a probe saw is trouble, whose trouble it is, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.alerts.probe import KEPT, Course, Look, Probe, ProbeKind, Verdict, after, verdict
from tocsin.alerts.sources.probe_voice import Ended, Everything, Good, Trouble, read_probe, said
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROBE = Probe("shop", "shop", ProbeKind.HTTP, "https://shop.example.com/health", failures=3, within=5 * MINUTE)


def seen(pattern: str, probe: Probe = PROBE, every: timedelta = MINUTE) -> Course:
    """The course after one look each minute: ``x`` bad, ``.`` good."""
    course = Course()
    for n, one in enumerate(pattern):
        course = after(course, probe, Look(NOW + n * every, one == ".", 0.01, "" if one == "." else "502"))
    return course


@pytest.mark.parametrize(
    ("pattern", "failing"),
    [
        ("", False),
        ("xx", False),
        ("xxx", True),
        ("x.x.x", True),
        ("x.x..x", False),
        ("xxx.", True),
        ("xxx..", False),
        ("xxx.x..", False),
        ("xxx..x", False),
        ("xxx..xx", False),
        ("xxx..xxx", True),
    ],
)
def test_so_many_bad_looks_within_a_span_are_trouble_and_so_many_good_ones_in_a_row_its_end(
    pattern: str, failing: bool
) -> None:
    """3 bad ones in 5 minutes, 2 good ones in a row; what was bad before an end counts no more after it."""
    assert seen(pattern).failing is failing


def test_trouble_began_with_the_first_bad_look_and_ended_with_the_first_good_one() -> None:
    """The page says since when; the number of looks that it took to be sure is not part of it."""
    assert seen(".xxx").since == NOW + MINUTE
    assert seen(".xxx..").since == NOW + 4 * MINUTE
    assert seen("....").since == NOW


def test_only_so_many_looks_are_kept() -> None:
    """Years of looking take no more room than an hour of it."""
    assert len(seen("." * 200).looks) == KEPT


def test_a_clock_that_was_set_back_does_not_stop_the_looking() -> None:
    """What was seen "later" than now is no reason to wait until then."""
    assert seen(".").due_at(MINUTE, NOW - timedelta(days=1)) == NOW - timedelta(days=1)
    assert seen(".").due_at(MINUTE, NOW) == NOW + MINUTE


OUT = {name: Probe(name, "shop", ProbeKind.TCP, f"{name}.example.com:1") for name in ("a", "b", "c")}
FAILS = seen("xxx")
LATER = NOW + 2 * MINUTE


@pytest.mark.parametrize(
    ("others", "what"),
    [
        ({"b": "...", "c": "xxx"}, Verdict.TELL),
        ({"b": "xxx", "c": "xxx"}, Verdict.ALL),
        ({"b": "xxx", "c": "x"}, Verdict.ASK),
        ({"b": "xxx"}, Verdict.ASK),
    ],
)
def test_whose_trouble_it_is_depends_on_what_the_others_saw_since(others: dict[str, str], what: Verdict) -> None:
    """One that is good shows that our network is; before that is said of all, all were looked at since."""
    courses = {"a": FAILS, **{name: seen(pattern) for name, pattern in others.items()}}
    assert verdict("a", OUT, courses, LATER) is what


def test_nobody_is_waited_for_longer_than_a_minute() -> None:
    """A probe of which nothing is known does not hold back a page."""
    assert verdict("a", OUT, {"a": FAILS}, LATER + MINUTE + timedelta(seconds=1)) is Verdict.TELL


def test_what_does_not_go_out_by_the_network_says_nothing_of_it() -> None:
    """A command, the loopback, a single host with many ports: their trouble is their own."""
    near = [
        Probe("n", "shop", ProbeKind.COMMAND, command=("true",)),
        Probe("n", "shop", ProbeKind.HTTP, "http://127.0.0.1:1/"),
        Probe("n", "shop", ProbeKind.POSTGRES, "postgresql://[::1]/x"),
        Probe("n", "shop", ProbeKind.TCP, "a.example.com:2"),
    ]
    for one in near:
        assert verdict("a", {"a": OUT["a"], "n": one}, {"a": FAILS, "n": FAILS}, LATER) is Verdict.TELL


def test_a_probe_that_is_just_coming_back_is_not_told_any_more() -> None:
    """Its newest look is good: one more, and nobody needs to be woken."""
    assert verdict("a", {"a": OUT["a"]}, {"a": seen("xxx.")}, LATER) is Verdict.ASK


def test_what_people_read_holds_no_password() -> None:
    """An address by reference may hold one, also in its query."""
    one = Probe("db", "shop", ProbeKind.POSTGRES, "postgresql://me:hunter2@db.example.com:5432/shop?password=x")
    assert one.shown == "postgresql://db.example.com:5432/shop"
    assert "hunter2" not in repr(one)


def test_trouble_says_what_where_since_when_and_how_severe() -> None:
    """The status stands in the title, so that the runbook's "502 errors" is found by it."""
    trouble = Trouble("shop", "https://shop.example.com", "answered 502 Bad Gateway", "3 bad looks.", NOW, "P1")
    (alert,) = read_probe(said(trouble), NOW + MINUTE).alerts
    assert alert.title == "Probe shop fails: answered 502 Bad Gateway"
    assert alert.summary == "https://shop.example.com: answered 502 Bad Gateway. 3 bad looks."
    assert (alert.severity_hint, alert.starts_at, alert.labels) == ("P1", NOW, {"probe": "shop"})
    (over,) = read_probe(said(Good("shop")), NOW + MINUTE).alerts
    assert (over.fingerprint, over.firing) == (alert.fingerprint, False)


def test_the_end_of_a_probe_ends_whatever_it_may_have_told() -> None:
    """Its own trouble, and that of all, which was told in its name."""
    (own,) = read_probe(said(Trouble("shop", since=NOW)), NOW).alerts
    (of_all,) = read_probe(said(Everything(("a", "b"), NOW)), NOW).alerts
    ended = read_probe(said(Ended("shop", "shop")), NOW).alerts
    assert {one.fingerprint for one in ended} == {own.fingerprint, of_all.fingerprint}
    assert not any(one.firing for one in ended)
    assert own.fingerprint != of_all.fingerprint


@pytest.mark.parametrize("body", [b"", b"beat\n", b'{"status": "firing"}', b'{"type": "nothing"}', b"\xff"])
def test_what_was_not_written_here_is_refused(body: bytes) -> None:
    """It becomes a quarantined delivery, aloud, never an alert of somebody else's making."""
    with pytest.raises(BadPayload):
        read_probe(body, NOW)
