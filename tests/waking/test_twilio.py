"""SMS and calls through Twilio: what is sent, what comes back, what people answer. The other end is a stand-in."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.waking.house import MINUTE, SECOND, Mill, mill, soon
from tocsin.adapters.waking.twilio import LONGEST, sms_text
from tocsin.app.ports import PageMessage
from tocsin.fakes.standin import MENU
from tocsin.fakes.twilio import FakeTwilio
from tocsin.incident.facts import (
    Acknowledged,
    EscalationExhausted,
    Fact,
    LevelPaged,
    PageDelivered,
    PageFailed,
    PageSent,
    Resolved,
    Via,
)
from tocsin.web.callbacks import twilio_signature

ANA, STRANGER = "+4915112345678", "+4915199999999"
SMS_THEN_CALL = f"""
[[people.ana.ways]]
kind = "sms"
address = "{ANA}"
[[people.ana.ways]]
kind = "call"
address = "{ANA}"
"""
CALL = f"""
[[people.ana.ways]]
kind = "call"
address = "{ANA}"
"""


def account(provider: FakeTwilio, *, two_way: bool = True) -> str:
    """The settings that a team pastes."""
    return f"""
[twilio]
account = "{provider.account}"
token = {{ env = "TWILIO_TOKEN" }}
number = "{provider.number}"
two_way = {str(two_way).lower()}
api = "{provider.url}"
"""


@pytest.fixture
def provider() -> Iterator[FakeTwilio]:
    """The stand-in."""
    with FakeTwilio() as one:
        yield one


@contextmanager
def opened(folder: Path, provider: FakeTwilio, ways: str = SMS_THEN_CALL, *, two_way: bool = True) -> Iterator[Mill]:
    """An installation that uses it."""
    with mill(folder, ways, account(provider, two_way=two_way), {"TWILIO_TOKEN": provider.token}) as one:
        provider.incoming = f"{one.url}/callback/twilio/sms"
        yield one


@pytest.fixture
def house(tmp_path: Path, provider: FakeTwilio) -> Iterator[Mill]:
    """Ana is reached by SMS, then by a call; Bo is the team lead."""
    with opened(tmp_path, provider) as one:
        yield one


@pytest.fixture
def calling(tmp_path: Path, provider: FakeTwilio) -> Iterator[Mill]:
    """Ana is reached by a call."""
    with opened(tmp_path, provider, CALL) as one:
        yield one


def told(house: Mill, kind: type[Fact], id: str = "INC-1") -> list[Fact]:
    """The facts of one kind."""
    return [fact for fact in house.facts(id) if isinstance(fact, kind)]


def code_of(text: str) -> str:
    """The code that an SMS shows."""
    return text.partition("code ")[2][:6]


def test_a_page_by_sms_says_what_by_when_how_to_answer_and_where(house: Mill, provider: FakeTwilio) -> None:
    """An SMS of at most 160 characters holds severity, number, title, time left, keys, code and the person's link."""
    house.declare()
    house.work()
    assert soon(lambda: provider.messages)
    text = provider.messages[0].body
    assert text.startswith("P0 INC-1 API not responding. Ack in 15m. Reply 4")
    assert len(code_of(text) or text.split("Reply 4 ")[1][:6]) == 6
    assert f" {house.url}/p/" in text
    assert len(text) <= LONGEST
    assert provider.messages[0].to == ANA


def test_r8_a_receipt_is_proof_and_the_yes_of_the_provider_is_not(house: Mill, provider: FakeTwilio) -> None:
    """R8: what Twilio took is "sent"; "delivered" is recorded when its callback says so, and no other way is tried."""
    house.declare()
    house.work()
    assert soon(lambda: told(house, PageDelivered))
    assert soon(lambda: told(house, PageSent))  # the callback may be first: Twilio calls before its answer is read
    assert len(told(house, PageDelivered)) == 1
    house.pass_time(3 * MINUTE)
    assert house.paged() == [("ana", "sms")]


def test_f23_a_provider_that_lies_does_not_keep_the_call_from_being_made(house: Mill, provider: FakeTwilio) -> None:
    """F23: Twilio says yes and delivers nothing; without a receipt in time the person is called."""
    provider.plan(MENU["lies"])
    house.declare()
    house.pass_time(2 * MINUTE, until=lambda: len(house.paged()) > 1)
    assert house.paged()[:2] == [("ana", "sms"), ("ana", "call")]
    assert soon(lambda: provider.calls)


def test_f21_a_provider_that_asks_to_wait_for_an_hour_is_passed_over_at_once(house: Mill, provider: FakeTwilio) -> None:
    """F21: 429 with Retry-After 3600 on the SMS means a call now."""
    provider.plan(MENU["429"])
    house.declare()
    house.pass_time(5 * SECOND)
    assert house.paged() == [("ana", "sms"), ("ana", "call")]


def test_f20_errors_for_minutes_lead_to_the_next_way_within_twenty_seconds(house: Mill, provider: FakeTwilio) -> None:
    """F20: five minutes of 500 on SMS: the call is made within 20 s, and no storm of attempts follows."""
    provider.plan(*[MENU["500"]] * 3)
    house.declare()
    began = house.clock.now()
    house.pass_time(20 * SECOND, until=lambda: len(house.paged()) > 1)
    assert house.paged() == [("ana", "sms"), ("ana", "call")]
    assert house.clock.now() - began <= 20 * SECOND
    assert len([one for one in provider.requests if "Messages" in one.path]) == 3


def test_f22_a_connection_that_ends_after_the_send_costs_one_copy_at_most(house: Mill, provider: FakeTwilio) -> None:
    """F22: Twilio has no idempotency key, so a doubtful page is repeated: twice at most, never not at all."""
    provider.plan(MENU["drops"])
    house.declare()
    house.pass_time(10 * SECOND)
    assert soon(lambda: len(provider.messages) == 2)
    house.pass_time(20 * SECOND)
    assert len(provider.messages) == 2


def test_f24_a_provider_that_hangs_keeps_nobody_else_waiting(house: Mill, provider: FakeTwilio) -> None:
    """F24: a send is cut off after ten seconds, and the person's next way is tried."""
    provider.plan(MENU["hangs"])
    house.declare()
    began = time.monotonic()
    house.work()
    assert time.monotonic() - began < 30
    house.pass_time(10 * SECOND)
    assert soon(lambda: provider.messages)


def test_f25_when_every_provider_is_down_the_ladder_ends_loudly(tmp_path: Path, provider: FakeTwilio) -> None:
    """F25: nobody can be reached by anything: the catch-all is paged, and the timeline says that the ladder ended."""
    provider.always(MENU["500"])
    with opened(tmp_path, provider, CALL) as one:
        one.declare()
        one.pass_time(15 * MINUTE, until=lambda: any(isinstance(fact, EscalationExhausted) for fact in one.facts()))
        assert told(one, EscalationExhausted)
        assert told(one, PageFailed)


def test_an_sms_with_the_code_acknowledges(house: Mill, provider: FakeTwilio) -> None:
    """ "4" and the page's code acknowledge as the person who was paged, by SMS, and the answer says so."""
    house.declare()
    house.work()
    assert soon(lambda: provider.messages)
    code = house.installation.application.links.code(next(iter(house.incident().pages)))
    assert code in provider.messages[0].body
    assert provider.reply(ANA, f"4 {code}") == ["INC-1 acknowledged."]
    assert house.incident().acknowledged_by == "ana"
    with house.installation.application.store.read() as tx:
        acts = [one for one in tx.incidents.facts(["INC-1"])["INC-1"] if isinstance(one.fact, Acknowledged)]
    assert [one.by.via for one in acts] == [Via.SMS]


def test_b2_an_sms_without_the_right_code_does_nothing(house: Mill, provider: FakeTwilio) -> None:
    """B2: sender numbers can be forged, so a digit counts only with the code of a page that this person got."""
    house.declare()
    house.work()
    for text in ("4", "4 000001", "yes", "4000001 5", ""):
        (answer,) = provider.reply(ANA, text)
        assert "code" in answer, text
    assert house.incident().acknowledged_by is None


def test_b2_a_code_is_of_no_use_to_another_number(house: Mill, provider: FakeTwilio) -> None:
    """B2: a stranger gets no words at all, and changes nothing."""
    house.declare()
    house.work()
    code = house.installation.application.links.code(next(iter(house.incident().pages)))
    assert provider.reply(STRANGER, f"4 {code}") == []
    assert house.incident().acknowledged_by is None


def test_b2_codes_cannot_be_guessed(house: Mill, provider: FakeTwilio) -> None:
    """B2: after five wrong codes within a minute a number has to wait, and the right one too."""
    house.declare()
    house.work()
    for wrong in range(5):
        provider.reply(ANA, f"4 00000{wrong}")
    code = house.installation.application.links.code(next(iter(house.incident().pages)))
    provider.reply(ANA, f"4 {code}")
    assert house.incident().acknowledged_by is None
    house.clock.move_by(timedelta(minutes=2))
    provider.reply(ANA, f"4 {code}")
    assert house.incident().acknowledged_by == "ana"


def test_nine_escalates_once_however_often_the_message_is_delivered(house: Mill, provider: FakeTwilio) -> None:
    """A provider delivers a message twice: the next level is paged once."""
    house.declare()
    house.work()
    code = house.installation.application.links.code(next(iter(house.incident().pages)))
    provider.doubles = True
    answers = provider.reply(ANA, f"9 {code}")
    assert len(answers) == 2
    assert "Team Lead" in answers[0]
    assert [fact.level for fact in told(house, LevelPaged)] == [1, 2]  # type: ignore[attr-defined]


def test_a_call_reads_the_page_out_and_four_acknowledges(calling: Mill, provider: FakeTwilio) -> None:
    """The call script and its keys: what it says is true when it is answered, and an answer is proof of delivery."""
    calling.declare()
    calling.work()
    assert soon(lambda: provider.calls)
    (call,) = provider.calls
    (said,) = provider.pick_up(call)
    assert said.startswith("P zero, API not responding, mill. Ack in 15m.")
    assert said.endswith("Press 4 to acknowledge, 6 to resolve, 9 to escalate, star to repeat.")
    assert told(calling, PageDelivered)
    assert provider.press(call, "4") == "INC-1 acknowledged."
    assert call.ended
    assert calling.incident().acknowledged_by == "ana"


def test_star_and_silence_repeat_and_the_call_ends_by_itself(calling: Mill, provider: FakeTwilio) -> None:
    """Star repeats the script; without a key the call says it again and hangs up after some rounds."""
    calling.declare()
    calling.work()
    assert soon(lambda: provider.calls)
    (call,) = provider.calls
    (first,) = provider.pick_up(call)
    assert provider.press(call, "*") == first
    while not call.ended:
        provider.wait(call)
        assert len(call.said) < 10
    assert calling.incident().acknowledged_by is None


def test_six_resolves_by_a_call(calling: Mill, provider: FakeTwilio) -> None:
    """Where the runbook asks for no checks, 6 ends the incident."""
    calling.declare()
    calling.work()
    assert soon(lambda: provider.calls)
    provider.pick_up(provider.calls[0])
    assert provider.press(provider.calls[0], "6") == "INC-1 is resolved."
    assert told(calling, Resolved)


def test_who_comes_second_hears_who_has_it(calling: Mill, provider: FakeTwilio) -> None:
    """A second acknowledgement changes nothing and says whose it is."""
    calling.declare()
    calling.work()
    assert soon(lambda: provider.calls)
    calling.acknowledge("bo")
    (said,) = provider.pick_up(provider.calls[0])
    assert "bo has it" in said
    assert provider.press(provider.calls[0], "4").startswith("bo has INC-1 already.")
    assert calling.incident().acknowledged_by == "bo"


def test_a_machine_that_answers_is_no_delivery(house: Mill, provider: FakeTwilio) -> None:
    """Voicemail wakes nobody: the page has failed and the next way or level follows."""
    provider.plan(MENU["429"])
    house.declare()
    house.pass_time(2 * SECOND)
    assert soon(lambda: provider.calls)
    provider.pick_up(provider.calls[0], by="machine_start")
    assert not told(house, PageDelivered)
    assert any("machine" in fact.reason for fact in told(house, PageFailed))  # type: ignore[attr-defined]


def test_a_call_that_nobody_takes_has_failed(calling: Mill, provider: FakeTwilio) -> None:
    """Busy and unanswered calls are recorded, so that nobody waits for their receipt; the next level comes at once."""
    calling.declare()
    calling.work()
    assert soon(lambda: provider.calls)
    provider.decline(provider.calls[0], "no-answer")
    assert told(calling, PageFailed)
    calling.work()
    assert ("bo", "phone") in calling.paged()


def test_reports_in_the_wrong_order_take_no_proof_back(house: Mill, provider: FakeTwilio) -> None:
    """A "failed" that comes after "delivered", as callbacks do, changes nothing."""
    house.declare()
    house.work()
    assert soon(lambda: told(house, PageDelivered))
    provider.report(provider.messages[0], "undelivered", "30003")
    provider.report(provider.messages[0], "sent")
    assert not told(house, PageFailed)


def test_one_way_a_call_says_everything_by_itself(tmp_path: Path, provider: FakeTwilio) -> None:
    """Without a public address the words go with the call, nothing is promised that cannot be done, and no callback."""
    with opened(tmp_path, provider, two_way=False) as one:
        one.declare()
        one.pass_time(2 * MINUTE, until=lambda: provider.calls)
        assert soon(lambda: provider.messages and provider.calls)
        assert "Reply" not in provider.messages[0].body
        said = provider.pick_up(provider.calls[0])
        assert said[0].startswith("P zero, API not responding, mill.")
        assert "Press" not in said[0]
        assert provider.reply(ANA, "4 123456") == []  # nobody listens there
        assert not any("Callback" in one for request in provider.requests for one, _ in request.form())


def test_the_signature_is_the_one_that_twilio_publishes() -> None:
    """The algorithm against the example of Twilio's own libraries."""
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
        ("Caller", "+14158675309"),
    ]
    address = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature("12345", address, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


CHANGES = ("", "signature", "upper", "twice", "field", "query", "path", "token", "none")


def test_f56_only_what_twilio_signed_for_this_address_is_believed(house: Mill, provider: FakeTwilio) -> None:
    """F56: one changed element and the answer is 403, never 500; headers that claim another host change nothing."""
    provider.plan(MENU["lies"])
    house.declare()
    house.work()
    page = next(iter(house.incident().pages))
    for change in CHANGES:
        assert change == "none" or not told(house, PageDelivered), change
        believed = change in ("none", "host")
        assert reported(house, provider, page, change) == (204 if believed else 403), change


def reported(house: Mill, provider: FakeTwilio, page: str, change: str) -> int:
    """Report a delivery with one element of the request changed after it was signed; the status of the answer."""
    query = f"page={urllib.parse.quote(page, safe='')}"
    fields = [("MessageStatus", "delivered"), ("MessageSid", "SM1"), ("To", ANA)]
    token = "another-token" if change == "token" else provider.token
    signed = twilio_signature(token, f"{house.url}/callback/twilio/message?{query}", fields)
    changed = {"": "", "signature": signed[:-2] + "é=", "upper": signed.upper(), "twice": f"{signed}, {signed}"}
    headers = {"X-Twilio-Signature": changed.get(change, signed), "Content-Type": "application/x-www-form-urlencoded"}
    if change == "field":
        fields[1] = ("MessageSid", "SM2")
    if change == "host":
        headers["X-Forwarded-Host"] = headers["Host"] = "evil.example"
    query += "&x=1" if change == "query" else ""
    path = "/callback/twilio/call" if change == "path" else "/callback/twilio/message"
    body = urllib.parse.urlencode(fields).encode()
    try:
        request = urllib.request.Request(f"{house.url}{path}?{query}", body, headers, method="POST")
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_get_of_a_callback_changes_nothing(house: Mill) -> None:
    """Scanners follow links: only POST acts."""
    house.declare()
    house.work()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{house.url}/callback/twilio/keys?page=INC-1&Digits=4")
    assert refused.value.code == 405


@pytest.mark.parametrize(
    ("title", "holds"),
    [
        ("API not responding", "API not responding."),
        ("Résumé “façade” – naïve…", "Résumé"),
        ("x" * 300, ".."),
        ("日本語のタイトル", "日本語"),
        ("{}[]^~€" * 40, ".."),
    ],
)
def test_an_sms_is_cut_to_one_message_and_keeps_its_link(title: str, holds: str) -> None:
    """Whatever the title, what to do and where stay whole, and the text fits one SMS."""
    page = PageMessage(
        key="k",
        incident_id="INC-42",
        person="ana",
        address=ANA,
        headline="",
        text="",
        link="https://tocsin.example.com/p/" + "t" * 51,
        at=datetime(2026, 3, 7, 3, 0, tzinfo=UTC),
        lead="P0 INC-42",
        title=title,
        due="Ack in 15m.",
        code="048213",
    )
    text = sms_text(page, two_way=True)
    assert len(text) <= LONGEST
    assert page.link in text
    assert "048213" in text
    assert holds in text


def test_an_error_of_twilio_says_what_to_do(house: Mill, provider: FakeTwilio) -> None:
    """A number that Twilio refuses is not tried again; the reason is on the timeline and the next way follows."""
    provider.number = "+15005550009"  # the account has another number now
    house.declare()
    house.pass_time(2 * SECOND)
    failed = told(house, PageFailed)
    assert "error 21606" in failed[0].reason  # type: ignore[attr-defined]
    assert len([one for one in provider.requests if "Messages" in one.path]) == 1
