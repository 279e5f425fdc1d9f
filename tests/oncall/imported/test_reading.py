"""What a person is told of a file: where it is wrong, who is unknown, and what cannot be said here."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin.errors import BadDocument, BadInput
from tocsin.oncall.imported.composing import compose
from tocsin.oncall.imported.draft import Draft
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.grafana import Horizon
from tocsin.oncall.imported.reading import read
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.rotation import NOBODY
from tocsin.oncall.schedule import on_call

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HORIZON = Horizon(NOW, NOW + timedelta(days=366))
ANA = Person("ana", "Ana López", (Way(WayKind.EMAIL, "ana.l@example.com"),))
LAYER: dict[str, Any] = {
    "name": "Layer 1",
    "start": "2025-12-01T09:00:00+01:00",
    "rotation_virtual_start": "2025-12-01T09:00:00+01:00",
    "rotation_turn_length_seconds": 604_800,
    "users": [{"user": {"id": "P1", "summary": "Ana López"}}],
}
ROTATION: dict[str, Any] = {
    "id": "r",
    "name": "Rota",
    "startDate": "2025-12-01T08:00:00Z",
    "type": "weekly",
    "participants": [{"type": "user", "username": "ana.l@example.com"}],
}
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:one
SUMMARY:On call: Ana López (primary)
DTSTART:20260302T090000Z
DTEND:20260309T090000Z
END:VEVENT
END:VCALENDAR
"""


def pagerduty(**layer: Any) -> bytes:
    schedule = {"name": "Primary", "time_zone": "Europe/Berlin", "schedule_layers": [{**LAYER, **layer}]}
    return json.dumps({"schedule": schedule}).encode()


def opsgenie(**rotation: Any) -> bytes:
    schedule = {"id": "s", "name": "Ops", "timezone": "Europe/Berlin", "rotations": [{**ROTATION, **rotation}]}
    return json.dumps({"data": schedule}).encode()


def reading(data: bytes, name: str = "file.json", faces: Faces | None = None) -> Draft:
    (draft,) = read({name: data}, faces or Faces([ANA]), HORIZON, "UTC")
    return draft


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"schedule": {', "file.json:1:15: this is no JSON"),
        (b"\xff\xfe", "file.json: byte 0 is no UTF-8"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"name": "x"}', "file.json: (top): this is no schedule of a kind that is known"),
        (pagerduty(start="soon"), "schedule.schedule_layers[0].start: 'soon' is no time"),
        (pagerduty(start="2026-01-01T00:00:00"), "schedule.schedule_layers[0].start: needs its offset from UTC"),
        (pagerduty(users=None), "schedule.schedule_layers[0]: 'users' is missing"),
        (pagerduty(users=["ana"]), "schedule.schedule_layers[0].users[0]: must be an object, and is a text"),
        (pagerduty(rotation_turn_length_seconds=-1), "rotation_turn_length_seconds: must be from 1 to"),
        (opsgenie(type="monthly"), "data.rotations[0].type: 'monthly' is none of hourly, daily and weekly"),
        (opsgenie(timeRestriction={"type": "moon"}), "data.rotations[0].timeRestriction.type: 'moon'"),
    ],
)
def test_an_error_says_where_in_the_file_it_is(data: bytes, says: str) -> None:
    """Line and column for what is no JSON, and the path of the value for everything else."""
    with pytest.raises(BadDocument) as error:
        reading(data)
    assert says in error.value.message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("END:VEVENT\n", "", "t.ics:9: END:VCALENDAR ends nothing: VEVENT of line 4 is still open"),
        ("END:VEVENT\nEND:VCALENDAR\n", "", "t.ics:4: VEVENT begins here and never ends: is the file cut off?"),
        ("SUMMARY:On call: Ana López (primary)", "what is this", "t.ics:6: 'what is this' is no line of a calendar"),
        ("DTSTART:20260302T090000Z", "X-NO:1", "t.ics:4: this event has no DTSTART"),
        (
            "DTSTART:20260302T090000Z",
            "DTSTART;TZID=Mars/Olympus:20260302T090000",
            "t.ics:4: there is no time zone 'Mars/Olympus'",
        ),
        ("DTSTART:20260302T090000Z", "DTSTART:20260230T090000Z", "t.ics:4: Cannot access 'dt' on broken property"),
        ("END:VEVENT", "RRULE:FREQ=DAILY;INTERVAL=0\nEND:VEVENT", "t.ics:4: the INTERVAL of a rule is 1 or more"),
        ("END:VEVENT", "RRULE:FREQ=DAILY;WKST=XX\nEND:VEVENT", "t.ics:4: Cannot access 'items' on broken property"),
    ],
)
def test_an_error_in_a_calendar_has_its_line(old: str, new: str, says: str) -> None:
    """A calendar that was cut off, or that names no time, is refused with the line of the event."""
    with pytest.raises(BadDocument) as error:
        reading(EVENT.replace(old, new, 1).encode(), "t.ics")
    assert says in error.value.message


def test_people_are_known_by_mail_address_or_name_and_never_by_a_guess() -> None:
    """The mail address, the whole name in a title, and what somebody said; "Anna" is a stranger."""
    for named in ("ana.l@example.com", "ANA LÓPEZ", "On call: Ana López (primary)"):
        faces = Faces([ANA])
        draft = reading(EVENT.replace("On call: Ana López (primary)", named).encode(), "t.ics", faces)
        assert draft.once[0].people == ("ana",)
        assert not faces.strangers
    faces = Faces([ANA])
    reading(pagerduty(users=[{"user": {"summary": "Anna", "email": "ana@else.example"}}]), faces=faces)
    (stranger,) = faces.strangers.values()
    assert (stranger.name, stranger.handle) == ("Anna", "ana-2")
    assert stranger.place == "file.json: schedule.schedule_layers[0].users[0].user"
    told = Faces([ANA], {"Anna": "ana"})
    assert reading(pagerduty(users=[{"user": {"summary": "Anna"}}]), faces=told).recurring[0].rotation.members == (
        "ana",
    )
    assert not told.strangers


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (pagerduty(rotation_turn_length_seconds=1800), "schedule.schedule_layers[0]"),
        (opsgenie(participants=[{"type": "team", "name": "Ops"}]), "data.rotations[0].participants[0]"),
        (opsgenie(participants=[]), "data.rotations[0]"),
    ],
)
def test_what_cannot_be_said_here_is_named_with_its_place(data: bytes, place: str) -> None:
    """Turns of half an hour, a team that takes turns, and nobody at all are never dropped in silence."""
    draft = reading(data)
    assert not draft.recurring
    assert draft.remarks[0].lost
    assert draft.remarks[0].place == f"file.json: {place}"


def test_the_final_schedule_in_the_file_tells_which_layer_wins() -> None:
    """PagerDuty lists layers in one order when asked and in the other when told; what it rendered decides."""
    other = {**LAYER, "name": "Layer 2", "users": [{"user": {"id": "P2", "summary": "Bo"}}]}
    for winner, id in (("ana", "P1"), ("bo", "P2")):
        entry = {"start": "2026-01-05T08:00:00Z", "end": "2026-01-12T08:00:00Z", "user": {"id": id, "summary": ""}}
        entry["user"] = {"id": id, "summary": "Ana López" if id == "P1" else "Bo"}
        schedule = {
            "name": "Primary",
            "time_zone": "Europe/Berlin",
            "schedule_layers": [LAYER, other],
            "final_schedule": {"rendered_schedule_entries": [entry]},
        }
        draft = reading(json.dumps({"schedule": schedule}).encode())
        (made,) = compose(draft, "primary", NOW)
        assert on_call(made, NOW).people == (winner,)
        assert not draft.remarks
    del schedule["final_schedule"]
    (remark,) = reading(json.dumps({"schedule": schedule}).encode()).remarks
    assert "takes the first for the winner" in remark.says


def test_a_layer_that_is_over_is_left_out_and_said_to_be() -> None:
    """A layer of PagerDuty can be ended and never deleted: years of them would only be in the way."""
    draft = reading(pagerduty(end="2025-12-20T00:00:00Z"))
    (made,) = compose(draft, "primary", NOW)
    assert made.rotations == ()
    assert "it ended on 2025-12-20" in draft.remarks[0].says


def test_single_shifts_that_follow_a_rule_become_one_rotation() -> None:
    """Ana's every second week and Bo's every second week are a rotation of two, as a person would write it."""
    bo = EVENT.replace("UID:one", "UID:two").replace("On call: Ana López (primary)", "bo@example.com")
    bo = bo.replace("0302T", "0309X").replace("0309T", "0316T").replace("0309X", "0309T")
    both = EVENT.replace("END:VCALENDAR\n", "") + bo[bo.index("BEGIN:VEVENT") :]
    both = both.replace("END:VEVENT", "RRULE:FREQ=WEEKLY;INTERVAL=2\nEND:VEVENT")
    (made,) = compose(reading(both.encode(), "t.ics"), "team", NOW)
    (rotation,) = made.rotations
    assert (rotation.members, rotation.period) == (("ana", "bo"), timedelta(weeks=1))
    assert made.overrides == ()


def test_a_rule_that_no_rotation_can_say_is_written_out_and_its_end_is_told() -> None:
    """The first Monday of each month: shift by shift until the horizon, and the remark says until when."""
    monthly = EVENT.replace("END:VEVENT", "RRULE:FREQ=MONTHLY;BYDAY=1MO\nEND:VEVENT")
    draft = reading(monthly.encode(), "t.ics")
    (made,) = compose(draft, "team", NOW)
    assert len(made.overrides) == 10
    assert "until 2027-01-02; import again before then" in draft.remarks[0].says
    assert draft.remarks[0].place == "t.ics:4"


def test_a_shift_that_does_not_happen_leaves_the_time_free_on_purpose() -> None:
    """An excluded date is nobody's time as planned, and no gap that alarms."""
    excluded = EVENT.replace("END:VEVENT", "RRULE:FREQ=WEEKLY\nEXDATE:20260316T090000Z\nEND:VEVENT")
    (made,) = compose(reading(excluded.encode(), "t.ics"), "team", NOW)
    (override,) = made.overrides
    assert override.people == (NOBODY,)
    shift = on_call(made, datetime(2026, 3, 17, tzinfo=UTC))
    assert (shift.people, shift.declared) == ((), True)


@pytest.mark.parametrize("excluded", ["EXDATE:20260317T100000Z", "EXDATE;VALUE=DATE:20260317"])
def test_an_excluded_time_at_which_no_shift_begins_frees_nobody(excluded: str) -> None:
    """Of the shift that runs then nobody has said anything: taken for free, its pages would go on to the next level."""
    text = EVENT.replace("END:VEVENT", f"RRULE:FREQ=WEEKLY\n{excluded}\nEND:VEVENT")
    (made,) = compose(reading(text.encode(), "t.ics"), "team", NOW)
    assert made.overrides == ()


def test_a_day_that_is_excluded_takes_the_shift_that_begins_on_it() -> None:
    """Some programs exclude the day of a timed shift: its own hours are free, and not those from midnight on."""
    text = EVENT.replace("END:VEVENT", "RRULE:FREQ=WEEKLY\nEXDATE;VALUE=DATE:20260316\nEND:VEVENT")
    (made,) = compose(reading(text.encode(), "t.ics"), "team", NOW)
    (override,) = made.overrides
    assert (override.people, override.since) == ((NOBODY,), datetime(2026, 3, 16, 9, tzinfo=UTC))


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=7", "FREQ=HOURLY;BYMINUTE=0,30"])
def test_a_rule_of_more_shifts_than_anybody_has_is_left_out_aloud(rule: str) -> None:
    """It was counted for minutes, or cut after 2000 shifts and told as whole."""
    draft = reading(EVENT.replace("END:VEVENT", f"RRULE:{rule}\nEND:VEVENT").encode(), "t.ics")
    assert (draft.once, draft.recurring) == ([], [])
    assert [(one.place, one.lost) for one in draft.remarks] == [("t.ics:4", True)]


def test_calendars_and_json_are_not_mixed() -> None:
    """Files of two kinds are refused: nobody could say whose people and overrides are whose."""
    with pytest.raises(BadInput):
        read({"a.ics": EVENT.encode(), "b.json": pagerduty()}, Faces([ANA]), HORIZON, "UTC")
