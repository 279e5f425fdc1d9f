"""Foreign payloads read by a map that the team writes, and what is said where the map and the payload do not fit."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.source import TEST_TITLE, Place
from tocsin.alerts.sources.field_map import FieldMap
from tocsin.alerts.sources.fields import NOWHERE, field, path, template
from tocsin.alerts.sources.mapped import mapped
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
LIFTS = FieldMap(
    title=field(["{lift.name}: {event.text}", "event.text"]),
    alerts=path("events"),
    key=field(["lift.id"]),
    state=field(["event.kind"]),
    severity=field(["event.text"], r"^\[(\w+)\]"),
    service=field(["$.site"]),
    description=field(["event.more"]),
    link=field(["event.url"]),
    starts_at=field(["event.since"]),
    ends_at=field(["event.until"]),
    firing=("stuck", "alarm.*"),
    resolved=("moving", "back"),
    ignored=("inspected",),
    severities=(("RED", "P1"),),
    services=(("shop", "shop"), ("north", "lobby")),
    labels=(("floor", field(["lift.at[0]"])), ("cable", field(['lift."cable.no"']))),
    labels_from=path("lift.tags"),
)
"""A map of an imagined maker of lifts."""


def event(**more: Any) -> dict[str, Any]:
    said = {"kind": "stuck", "text": "[RED] door blocked", "since": "2026-11-28T02:50:00Z", **more}
    return {"lift": {"id": 7, "name": "Lift A", "at": ["4"], "cable.no": "K9", "tags": ["yard:north"]}, "event": said}


def read(*events: Any, one: FieldMap = LIFTS, **top: Any) -> Heard:
    return one.read(json.dumps({"site": "north", "events": list(events), **top}).encode(), NOW)


def test_each_field_comes_from_where_the_map_says() -> None:
    """Paths, templates, patterns, lists, keys with dots, words that mean a severity or a service of ours."""
    (alert,) = read(event(more="since ten", url="https://lifts.example/7")).alerts
    assert alert == Alert(
        fingerprint="7",
        status=AlertStatus.FIRING,
        title="Lift A: [RED] door blocked",
        source="generic",
        received_at=NOW,
        summary="since ten",
        labels={"yard": "north", "floor": "4", "cable": "K9"},
        starts_at=datetime(2026, 11, 28, 2, 50, tzinfo=UTC),
        severity_hint="P1",
        link="https://lifts.example/7",
        service="lobby",
    )


@pytest.mark.parametrize(
    ("kind", "firing"),
    [("stuck", True), ("ALARM 4", True), ("moving", False), ("Back", False), ("recovered", False), ("humming", True)],
)
def test_the_state_is_compared_with_the_maps_patterns_and_then_with_the_usual_words(kind: str, firing: bool) -> None:
    """In upper or lower case, as a whole; a word that nobody knows fires and is noted: a missed alert is worse."""
    heard = read(event(kind=kind, until="2026-11-28T02:59:00Z"))
    (alert,) = heard.alerts
    assert alert.firing is firing
    assert alert.ends_at == (None if firing else datetime(2026, 11, 28, 2, 59, tzinfo=UTC))
    assert ("'humming' is unknown" in " ".join(heard.notes)) is (kind == "humming")


def test_what_is_no_alert_is_passed_over_and_what_somebody_took_is_acknowledged() -> None:
    """`ignored` is for inspections and the like; the usual words for an acknowledgement count, of our own service."""
    assert read(event(kind="inspected")) == Heard()
    assert read(event(kind="acknowledged"), site="").acknowledgements == (Taken("7"),)
    elsewhere = read(event(kind="acknowledged"))
    assert elsewhere.acknowledgements == ()
    assert "not taken over" in " ".join(elsewhere.notes)


def test_one_alert_that_does_not_fit_costs_the_others_nothing() -> None:
    """The others are heard, and the trouble is told with what was looked for and what there is instead."""
    heard = read({"other": 1, "kind": 2}, event())
    assert [one.fingerprint for one in heard.alerts] == ["7"]
    for said in ("{lift.name}: {event.text} or {event.text}", "it has: other, kind"):
        assert said in heard.trouble


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1", "is not JSON"),
        (b'{"alerts": []}', "no alerts at 'events' of the body: it has: alerts"),
        (b'{"events": 7}', "no list of alerts"),
        (b'{"events": [{"a": 1}]}', "without a title"),
        (b'{"events": [7]}', "it has no keys"),
        (b"[]", "it is a list of 0"),
    ],
)
def test_a_body_that_does_not_fit_says_why(body: bytes, said: str) -> None:
    """It is quarantined by whoever reads it, with words by which the map can be corrected."""
    with pytest.raises(BadPayload, match=said.replace("[", r"\[")):
        LIFTS.read(body, NOW)


def test_without_a_key_the_title_joins_and_without_a_state_everything_fires() -> None:
    """A title is all that a map needs, and then a body is one alert, or a list of them."""
    plain = FieldMap(title=field(["what"]))
    for body in (b'{"what": "Boiler cold"}', b'[{"what": "Boiler cold"}]'):
        (alert,) = plain.read(body, NOW).alerts
        assert (alert.fingerprint, alert.title, alert.firing, alert.service) == ("Boiler cold", "Boiler cold", True, "")


def test_a_key_that_is_missing_is_the_title_and_a_title_that_is_missing_is_the_key() -> None:
    """Half of the two is enough to wake somebody; that the key was missing is noted."""
    one = FieldMap(title=field(["what"]), key=field(["id"]))
    heard = one.read(b'{"what": "Boiler cold"}', NOW)
    assert heard.alerts[0].fingerprint == "Boiler cold"
    assert "there is no key at {id}" in heard.notes[0]
    assert one.read(b'{"id": "b-1"}', NOW).alerts[0].title == "b-1"


def test_a_service_that_is_none_of_ours_counts_for_the_integrations_own() -> None:
    """An alert is never lost for a word; it is noted."""
    heard = read(event(), site="south")
    assert heard.alerts[0].service == ""
    assert "'south' is none of ours" in " ".join(heard.notes)


@pytest.mark.parametrize(
    "text", ["", "a..b", "a.", ".a", "a[x]", 'a"b"', "a]b", '"open', "{a}{", "{}", "a}", "{a b.}", "a[1"]
)
def test_what_is_no_path_is_refused_with_a_sentence(text: str) -> None:
    """While the settings are read, not when the first alert comes."""
    with pytest.raises(ValueError, match=r"no path|is empty|brace"):
        field([text])


@pytest.mark.parametrize("pattern", ["(", "(?<=a)b", r"(a)\1", "a{1,100000}"])
def test_what_is_no_re2_pattern_is_refused(pattern: str) -> None:
    """With RE2's own reason: look-around and back references are what people try first."""
    with pytest.raises(ValueError, match="no RE2 pattern"):
        field(["a"], pattern)


def test_a_pattern_takes_its_first_group_that_took_part_else_all_that_it_fits() -> None:
    """Of two ways to say a thing only one has a group; where nothing fits, nothing is said."""
    said = {"text": "host=db-1 down"}
    for pattern, taken in ((r"host=(\S+)|on (\S+)", "db-1"), (r"db-\d", "db-1"), (r"on (\S+)|host=(\S+)", "db-1")):
        assert field(["text"], pattern).say(said, said) == taken
    assert field(["text"], "nothing").say(said, said) == ""


def test_a_template_says_nothing_unless_all_of_its_places_do() -> None:
    """ ": disk full" would be another key than "db-1: disk full"; the next one of the list is tried instead."""
    one = field(["{host}: {text}", "text"])
    assert one.say({"host": "db-1", "text": "full"}, None) == "db-1: full"
    assert one.say({"host": None, "text": "full"}, None) == "full"
    assert one.say({"host": "db-1"}, None) == ""


def test_a_number_of_a_time_is_read_as_a_time() -> None:
    """Seconds since 1970 are a number in the body and stay one on their way."""
    one = FieldMap(title=field(["t"]), starts_at=field(["missing", "at"]))
    (alert,) = one.read(b'{"t": "x", "at": 1795834200}', NOW).alerts
    assert alert.starts_at == datetime.fromtimestamp(1795834200, UTC)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["events", "lift", "event", "id"]), inner)
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_whatever_comes_is_read_or_refused_with_a_reason(value: Any) -> None:
    """No body makes the reading fail in another way: what raises something else would stop the whole batch."""
    with suppress(BadPayload):
        heard = LIFTS.read(json.dumps(value).encode(), NOW)
        assert all(alert.title and alert.fingerprint for alert in heard.alerts)


def test_a_path_finds_what_stands_there_and_tells_null_from_nothing() -> None:
    """Lists by number, keys with dots in quotes, and the top of the body from within an alert."""
    top = {"a": [{"b.c": None}], "org": "x"}
    assert path('a[0]."b.c"').find(top, top) is None
    assert path("a[1]").find(top, top) is NOWHERE
    assert path("a.b").find(top, top) is NOWHERE
    assert path("$.org").find({}, top) == "x"
    assert template("in {$.org}!").say({}, top) == "in x!"


def test_the_made_up_sample_fires_by_its_own_map() -> None:
    """What "send a test" sends is read by the map that it was made after, each time as another alert."""
    source = mapped(LIFTS)
    place = Place("https://tocsin.example.com", "k" * 24, "generic")
    (alert,) = source.read(source.sample(place, NOW), NOW).alerts
    (later,) = source.read(source.sample(place, NOW.replace(hour=4)), NOW).alerts
    assert alert.firing
    assert TEST_TITLE in alert.title
    assert alert.fingerprint != later.fingerprint
    for said in ("/in/kkkk", "--sample"):
        assert said in source.set_up(place)
    assert "moving or back at {event.kind}" in source.ends
