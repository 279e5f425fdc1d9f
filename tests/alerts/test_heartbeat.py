"""What a heartbeat's deliveries say, and when its silence is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.alerts.sources.heartbeat import TOLD_AGAIN, Missed, Pulse, Rhythm, beat, pulse, read_heartbeat, silence
from tocsin.errors import BadPayload

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RHYTHM = Rhythm(HOUR, timedelta(minutes=10), "P1")
MISSED = Missed("backup", NOW - 2 * HOUR, "one every 1 h", "P1")


@pytest.mark.parametrize("said", [b"", b'{"status": "firing", "title": "x"}', silence(MISSED), b"\xff\x00" * 9])
def test_a_beat_ends_the_silence_whatever_was_said_with_it(said: bytes) -> None:
    """A job's own words decide nothing, also when they look like an alert, or like a silence as it is kept."""
    (alert,) = read_heartbeat(beat(said), NOW).alerts
    (fires,) = read_heartbeat(silence(MISSED), NOW).alerts
    assert not alert.firing
    assert fires.firing
    assert alert.fingerprint == fires.fingerprint


def test_a_silence_says_who_is_silent_since_when_and_how_severe_that_is() -> None:
    """Whoever is woken reads the name, the last beat and what was expected."""
    (alert,) = read_heartbeat(silence(MISSED), NOW).alerts
    assert (alert.title, alert.severity_hint) == ("No heartbeat from backup", "P1")
    assert alert.summary == "The last beat came 2026-03-01 10:00:00 UTC; expected: one every 1 h."
    assert alert.labels == {"heartbeat": "backup"}


def test_only_so_much_of_what_a_job_says_is_kept() -> None:
    """A job may send its whole log with each beat."""
    assert len(beat(b"x" * 1_000_000)) < 11_000


@pytest.mark.parametrize("body", [b"", b"{}", b"silence\n{", b"silence\n{}", b"BEAT\n"])
def test_what_is_no_beat_as_it_is_kept_is_refused(body: bytes) -> None:
    """Nothing else may end a silence: it is quarantined, and somebody looks."""
    with pytest.raises(BadPayload):
        read_heartbeat(body, NOW)


def test_a_silence_is_due_after_the_span_and_its_grace_and_again_at_most_hourly() -> None:
    """First from the last beat, then from the last telling; a short rhythm does not page each minute."""
    assert Pulse(1, NOW, NOW).due_at(RHYTHM) == NOW + HOUR + timedelta(minutes=10)
    assert Pulse(2, NOW, NOW - 9 * HOUR, told=True).due_at(RHYTHM) == NOW + RHYTHM.allowed
    quick = Rhythm(timedelta(minutes=1), timedelta(seconds=5))
    assert Pulse(2, NOW, NOW - HOUR, told=True).due_at(quick) == NOW + TOLD_AGAIN


def test_a_test_alert_is_no_sign_of_life_and_none_of_silence() -> None:
    """Who tries the way a silence takes must not move the deadline."""
    assert pulse(3, silence(Missed("test", NOW, test="now")), NOW) is None
    assert pulse(4, beat(b""), NOW) == Pulse(4, NOW, NOW)
    assert pulse(5, silence(MISSED), NOW) == Pulse(5, NOW, MISSED.last_at, told=True)
