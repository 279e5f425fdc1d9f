"""What Alertmanager and Grafana send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin.alerts.alert import AlertStatus, Heard
from tocsin.alerts.cleaning import clean_fingerprint
from tocsin.alerts.sources import alertmanager
from tocsin.alerts.sources.alertmanager import read_alertmanager
from tocsin.errors import BadPayload

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def member(**changes: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "ApiDown", "instance": "web-1", "severity": "critical"},
        "annotations": {"summary": "The API does not answer", "description": "for two minutes"},
        "startsAt": "2026-03-01T11:58:00.5Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": "8f0f0e0d0c0b0a09",
    } | changes


def delivery(*members: Any, **changes: Any) -> bytes:
    return json.dumps(
        {
            "version": "4",
            "groupKey": '{}:{alertname="ApiDown"}',
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "tocsin",
            "groupLabels": {},
            "commonLabels": {},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example",
            "notification_reason": "new in some version",
            "alerts": list(members),
        }
        | changes
    ).encode()


def read(*members: Any, **changes: Any) -> Heard:
    return read_alertmanager(delivery(*members, **changes), NOW)


def test_an_alert_is_read_with_all_that_it_says() -> None:
    """Every field that we use comes from where the vendor puts it."""
    (alert,) = read(member()).alerts
    assert alert.fingerprint == "8f0f0e0d0c0b0a09"
    assert alert.status is AlertStatus.FIRING
    assert alert.title == "ApiDown: The API does not answer"
    assert alert.summary == "The API does not answer\nfor two minutes"
    assert alert.labels["instance"] == "web-1"
    assert alert.starts_at == datetime(2026, 3, 1, 11, 58, 0, 500_000, UTC)
    assert alert.ends_at is None
    assert alert.group_key == '{}:{alertname="ApiDown"}'
    assert alert.severity_hint == "critical"
    assert alert.link == "http://prometheus.example/graph"
    assert alert.source == "alertmanager"


def test_each_alert_has_its_own_status() -> None:
    """A firing group may hold resolved members."""
    over = member(status="resolved", endsAt="2026-03-01T11:59:00Z", fingerprint="b")
    firing, resolved = read(member(), over).alerts
    assert firing.firing
    assert not resolved.firing
    assert resolved.ends_at == datetime(2026, 3, 1, 11, 59, tzinfo=UTC)


def test_a_firing_alert_has_no_end() -> None:
    """Some senders write when they would give up; that is no end."""
    assert read(member(endsAt="2026-03-01T12:05:00Z")).alerts[0].ends_at is None


def test_an_empty_list_is_no_alert() -> None:
    """Nothing is heard and nothing is wrong (F13)."""
    assert read() == Heard()


@pytest.mark.parametrize(
    "body",
    [
        delivery(member(), version="5"),
        delivery(member(), version="<script>"),
        delivery(member(), version=None),
        delivery(member(), alerts=None),
        delivery(member(), alerts={"a": 1}),
        delivery("text"),
        delivery(None),
        b'{"version": "4"}',
        b"[]",
        b'"text"',
        b"{}",
        b"null",
        delivery(member()).decode().encode("utf-16"),
        delivery(member())[:-1],
    ],
)
def test_another_version_or_shape_is_refused(body: bytes) -> None:
    """What we do not understand is quarantined by the caller, never half read (F11, F12)."""
    with pytest.raises(BadPayload):
        read_alertmanager(body, NOW)


def test_grafana_is_the_same_in_version_one() -> None:
    """Its own fields are tolerated and its dashboard is the link."""
    alert = member(values={"A": 1}, dashboardURL="https://grafana.example/d/1", valueString="[ var='A' ]")
    (one,) = read(alert, version="1", orgId=1, title="x", state="alerting", message="y").alerts
    assert one.source == "grafana"
    assert one.link == "https://grafana.example/d/1"


def test_a_missing_fingerprint_is_computed_from_the_labels() -> None:
    """The same labels in any order are the same alert, others another one."""
    labels = {"alertname": "A", "b": "1"}
    bare = member(fingerprint="", labels=labels)
    turned = member(fingerprint="", labels=dict(reversed(labels.items())))
    other = member(fingerprint="", labels={"alertname": "A", "b": "2"})
    joined = [member(fingerprint="", labels=one) for one in ({"a": "bc", "d": "e"}, {"a": "b", "cd": "e"})]
    marks = [alert.fingerprint for alert in read(bare, turned, other, *joined).alerts]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 4


def test_numbers_where_texts_belong_are_read_as_texts() -> None:
    """Templates write them; the rest of the delivery is not lost for it."""
    (alert,) = read(member(labels={"alertname": "A", "code": 502, "gone": None, "ok": True})).alerts
    assert alert.labels == {"alertname": "A", "code": "502", "ok": "true"}


@pytest.mark.parametrize(
    ("written", "understood", "note"),
    [
        ("0001-01-01T00:00:00Z", None, ""),
        (None, None, ""),
        ("", None, ""),
        ("9999-12-31T23:59:59Z", None, "year 9999"),
        ("9999-12-31T23:59:59-14:00", None, "year 9999"),
        ("1969-12-31T23:59:59Z", None, "year 1969"),
        ("-0001-01-01T00:00:00Z", None, "not a time"),
        ("yesterday", None, "not a time"),
        ([], None, "not a time"),
        (-5, None, "not a time"),
        (1772366280, datetime(2026, 3, 1, 11, 58, tzinfo=UTC), ""),
        (1772366280000, datetime(2026, 3, 1, 11, 58, tzinfo=UTC), ""),
        ("1772366280", datetime(2026, 3, 1, 11, 58, tzinfo=UTC), ""),
        ("2026-03-01T13:58:00+02:00", datetime(2026, 3, 1, 11, 58, tzinfo=UTC), ""),
        ("2026-03-01T11:58:00", datetime(2026, 3, 1, 11, 58, tzinfo=UTC), "no time zone"),
        ("2026-03-01T11:58:00.123456789Z", datetime(2026, 3, 1, 11, 58, 0, 123457, UTC), ""),
    ],
)
def test_timestamps_are_brought_in_order(written: object, understood: datetime | None, note: str) -> None:
    """The year 1, negative years and the year 9999 are no times, and zones become UTC (F18)."""
    heard = read(member(startsAt=written))
    assert heard.alerts[0].starts_at == understood
    assert (note in " ".join(heard.notes)) if note else not heard.notes


def test_the_same_nanoseconds_are_the_same_instant_on_both_paths() -> None:
    """A body that needs mending gives the same order of events as one that does not."""
    plain = member(startsAt="2026-03-01T11:58:00.123456789Z")
    mended = plain | {"labels": {"alertname": 1}}
    assert read(plain).alerts[0].starts_at == read(mended).alerts[0].starts_at


@pytest.mark.parametrize(("ahead", "noted"), [(299, False), (301, True), (3600, True)])
def test_a_clock_that_is_ahead_is_noted(ahead: int, noted: bool) -> None:
    """More than five minutes in the future is the source's clock; what counts for targets is the arrival (F17)."""
    starts = NOW + timedelta(seconds=ahead)
    heard = read(member(startsAt=starts.isoformat()))
    assert any("clock of the source" in note for note in heard.notes) is noted
    assert heard.alerts[0].starts_at == starts
    assert heard.alerts[0].began_at == NOW


def test_more_than_two_hundred_alerts_are_counted() -> None:
    """What we leave out is added to what the sender left out, and firing ones are kept first."""
    crowd = [member(status="resolved", fingerprint=f"r{n}") for n in range(150)]
    crowd += [member(fingerprint=f"f{n}") for n in range(100)]
    heard = read(*crowd, truncatedAlerts=7)
    assert len(heard.alerts) == 200
    assert heard.truncated == 57
    assert sum(alert.firing for alert in heard.alerts) == 100
    assert len(read(*crowd[:200]).alerts) == 200
    assert read(*crowd[:200]).truncated == 0


def test_labels_and_texts_are_bounded() -> None:
    """64 labels of 1 KiB, a title of 1 KiB and a description of 32 KiB are kept; what is cut is noted."""
    labels = {f"l{n}": "x" * 1025 for n in range(65)} | {"alertname": "é" * 600}
    (alert,) = read(member(labels=labels, annotations={"summary": "s" * 33_000})).alerts
    assert len(alert.labels) == 64
    assert {len(text) for text in alert.labels.values()} == {1024}
    assert len(alert.summary.encode()) == 32 * 1024
    (wide,) = read(member(labels={"alertname": "é" * 600}, annotations={})).alerts
    assert wide.title == "é" * 512
    assert read(member(labels={"l": "x" * 1024})).notes == ()


def test_hostile_text_is_kept_and_hostile_links_are_not() -> None:
    """Escaping is the renderer's duty (F60); a link is an address of the web or none."""
    nasty = "<img src=x onerror=alert(1)>\u202e\x1b]8;;x\x07 <!channel> {{7*7}}"
    (alert,) = read(member(annotations={"summary": nasty}, generatorURL="javascript:alert(1)")).alerts
    assert nasty in alert.title
    assert alert.link is None
    (other,) = read(member(generatorURL="https://x.example/\r\nBcc: y")).alerts
    assert other.link is None


def test_what_no_database_takes_is_replaced() -> None:
    """NUL and lone surrogates become U+FFFD on both paths."""
    nul = delivery(member(annotations={"summary": "a\x00b"}))
    lone = delivery(member(annotations={"summary": "a\ud800b"}))
    for body in (nul, lone):
        heard = read_alertmanager(body, NOW)
        assert heard.alerts[0].summary == "a�b"
        assert heard.notes


def test_a_fingerprint_that_cannot_be_a_key_is_hashed() -> None:
    """Long ones and ones with controls stay different from each other."""
    marks = [alert.fingerprint for alert in read(*[member(fingerprint="x" * 300 + c) for c in "ab"]).alerts]
    marks.append(read(member(fingerprint="a\x00b")).alerts[0].fingerprint)
    marks.append(clean_fingerprint("a\ud800b"))
    assert len(set(marks)) == 4
    assert all(mark.isalnum() and len(mark) == 32 for mark in marks)


def test_an_unknown_status_is_taken_as_firing() -> None:
    """Paging fails open; the word is noted."""
    heard = read(member(status="weird"))
    assert heard.alerts[0].firing
    assert "'weird'" in heard.notes[0]


def test_an_alert_without_a_name_still_has_a_title() -> None:
    """Whatever it says first, or that it says nothing."""
    assert read(member(labels={}, annotations={"message": "it broke"})).alerts[0].title == "it broke"
    assert read(member(labels={}, annotations={})).alerts[0].title == "Alert without a name"


def test_a_label_set_that_is_said_again_is_the_very_same() -> None:
    """So it is compared at once with what is in memory; one that is very long is not kept, and none is mixed up."""
    labels = {"alertname": "Slow", "severity": "page", "instance": "db-1"}
    [first], [again] = (
        read(member(labels=labels)).alerts,
        read(member(labels=labels, startsAt="2026-03-01T09:00:00Z")).alerts,
    )
    assert first.labels is again.labels
    assert (again.title.split(":")[0], again.severity_hint) == ("Slow", "page")
    [other] = read(member(labels={**labels, "alertname": "Full", "severity": "low"})).alerts
    assert (other.title.split(":")[0], other.severity_hint, other.labels["instance"]) == ("Full", "low", "db-1")
    long = {**labels, "said": "x" * 900, "more": "y" * 900, "most": "z" * 900}
    kept = alertmanager._known_labels.cache_info().currsize
    assert read(member(labels=long)).alerts[0].labels == long
    assert alertmanager._known_labels.cache_info().currsize == kept


def test_one_label_set_that_is_odd_leaves_the_others_as_they_are() -> None:
    """Numbers and null among the labels of the second alert."""
    odd = read(member(), member(labels={"alertname": "Odd", "code": 502, "none": None}), member(labels=None)).alerts
    assert odd[0] == read(member()).alerts[0]
    assert odd[1].labels == {"alertname": "Odd", "code": "502"}
    assert odd[2].labels == {}
