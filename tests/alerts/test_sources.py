"""What holds for every source, whoever wrote it: its proofs, its sample, its texts."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.alerts.authenticate import SIGNINGS, AuthKind, IntegrationAuth
from tocsin.alerts.source import TEST_TITLE, Place, Source
from tocsin.alerts.sources.registry import SOURCES

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-test-0123456789"
BODY = b'{"a": "caf\xc3\xa9"}'
EVERY = [pytest.param(one, id=one.name) for one in SOURCES.values()]
OF_ALERTS = [pytest.param(one, id=one.name) for one in SOURCES.values() if one.alerts]
OF_CHANGES = [pytest.param(one, id=one.name) for one in SOURCES.values() if not one.alerts]
SIGNED = [AuthKind.HMAC, *SIGNINGS]


def stamp(at: datetime = NOW) -> str:
    return str(int(at.timestamp()))


def auth(kind: AuthKind) -> IntegrationAuth:
    return IntegrationAuth(kind, (SECRET, "the-secret-of-last-year"))


def proof(kind: AuthKind, body: bytes = BODY, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """The headers by which a sender of that kind proves itself, put together as its manual says."""

    def mac(signed: bytes) -> str:
        return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()

    match kind:
        case AuthKind.SENTRY:
            return {"sentry-hook-signature": mac(body)}
        case AuthKind.GITHUB:
            return {"x-hub-signature-256": f"sha256={mac(body)}"}
        case AuthKind.PAGERDUTY:
            return {"x-pagerduty-signature": f"v1={mac(body)}"}
        case AuthKind.SLACK:
            signed = f"v0:{stamp(at)}:".encode() + body
            return {"x-slack-request-timestamp": stamp(at), "x-slack-signature": f"v0={mac(signed)}"}
        case AuthKind.HEADER:
            return {"x-tocsin-token": secret}
        case _:
            return {"x-grafana-alerting-signature": mac(body)}


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


@pytest.mark.parametrize("kind", [*SIGNED, AuthKind.HEADER])
def test_each_senders_own_proof_is_taken_under_either_secret(kind: AuthKind) -> None:
    """The proof of the manual is enough, also with the secret that is being replaced; that of another body is not."""
    assert auth(kind).admits(raw(proof(kind)), BODY, NOW)
    assert auth(kind).admits(raw(proof(kind, secret="the-secret-of-last-year")), BODY, NOW)
    assert not auth(kind).admits(raw(proof(kind, secret="the-secret-of-nobody-at-all")), BODY, NOW)
    if kind is not AuthKind.HEADER:
        assert not auth(kind).admits(raw(proof(kind)), BODY.replace(b'"a"', b'"b"'), NOW)


def spoilt(header: str) -> list[str]:
    """F56: a right header made wrong."""
    head, equals, value = header.rpartition("=")
    doubled = (f"{header},{header}x", f"{header} {header}")
    other = (f"{head}{equals}{'0' * 64}", f"md5={value}", head + equals + value.upper())
    return ["", " ", header[:-1], f"{header}0", f"{header}\xe9", *doubled, *other]


@pytest.mark.parametrize("kind", SIGNED)
def test_every_spoilt_signature_is_refused_and_never_an_error(kind: AuthKind) -> None:
    """F56: wrong, empty, cut, upper-case, non-ASCII, multi-valued and repeated headers, for each kind of signature."""
    headers = proof(kind)
    name = next(one for one in headers if "signature" in one)
    for wrong in spoilt(headers[name]):
        assert not auth(kind).admits(raw({**headers, name: wrong}), BODY, NOW), wrong
    assert not auth(kind).admits([], BODY, NOW)
    assert not auth(kind).admits([*raw(headers), (name.encode(), headers[name].encode())], BODY, NOW)


@pytest.mark.parametrize("off", [-301, 301])
def test_a_signed_time_is_five_minutes_good_in_both_directions(off: int) -> None:
    """F57: Slack's time may be 300 seconds old or ahead, not 301."""
    at = NOW + timedelta(seconds=off)
    assert not auth(AuthKind.SLACK).admits(raw(proof(AuthKind.SLACK, at=at)), BODY, NOW)
    near = NOW + timedelta(seconds=off - (1 if off > 0 else -1))
    assert auth(AuthKind.SLACK).admits(raw(proof(AuthKind.SLACK, at=near)), BODY, NOW)


def test_one_right_signature_of_several_suffices_for_pagerduty() -> None:
    """PagerDuty signs with the old and the new secret while they are changed."""
    header = f"v1={'0' * 64},{proof(AuthKind.PAGERDUTY)['x-pagerduty-signature']}"
    assert auth(AuthKind.PAGERDUTY).admits(raw({"x-pagerduty-signature": header}), BODY, NOW)


def test_githubs_documented_vector_is_right() -> None:
    """The example of GitHub's own manual: secret, payload and header as they stand there."""
    shown = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    one = IntegrationAuth(AuthKind.GITHUB, ("It's a Secret to Everybody",))
    assert one.admits([(b"x-hub-signature-256", shown.encode())], b"Hello, World!", NOW)


def test_a_body_that_another_program_signed_as_sentrys_manual_says_is_right() -> None:
    """Sentry documents the rule and gives no example: `openssl dgst -sha256 -hmac` has made this one."""
    secret = "b1ad3f4c5e6f708192a3b4c5d6e7f809" * 2
    body = (
        '{"action":"created","data":{"issue":{"id":"4509877001","title":"Der Ofen ist kalt: 3 °C"}},'
        '"installation":{"uuid":"7a485448-a9e2-4c85-8a3c-4f44175783c9"}}'
    ).encode()
    shown = b"a73b398c338f51352b613401a45cf964639b9fad9d2ec70e24a8d12e4efc53f0"
    one = IntegrationAuth(AuthKind.SENTRY, (secret,))
    assert one.admits([(b"sentry-hook-signature", shown)], body, NOW)
    assert not one.admits([(b"sentry-hook-signature", shown)], body.replace(b'","data', b'", "data'), NOW)


def test_slacks_documented_vector_is_right() -> None:
    """The example of Slack's own manual: signing secret, time, body and header as they stand there."""
    secret, stamp = "8f742231b10e8888abcd99yyyzzz85a5", 1531420618
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    shown = b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    headers = [(b"x-slack-signature", shown), (b"x-slack-request-timestamp", str(stamp).encode())]
    one = IntegrationAuth(AuthKind.SLACK, (secret,))
    assert one.admits(headers, body, datetime.fromtimestamp(stamp, UTC))
    assert not one.admits(headers, body, datetime.fromtimestamp(stamp + 301, UTC))


@pytest.mark.parametrize("source", OF_CHANGES)
def test_the_sample_of_what_tells_of_changes_is_a_change_and_no_alert(source: Source) -> None:
    """What "send a test" sends stands beside incidents and wakes nobody."""
    place = Place("https://tocsin.example.com", "k" * 24, source.name, source.proofs[0], source.header)
    heard = source.read(source.sample(place, NOW), NOW)
    assert heard.alerts == ()
    assert "nothing was changed" in heard.changes[0].what


@pytest.mark.parametrize("source", OF_ALERTS)
def test_the_sample_of_each_source_is_read_as_its_own(source: Source) -> None:
    """What "send test" sends is one firing alert in the sender's own form, and another one each time."""
    place = Place("https://tocsin.example.com", "k" * 24, source.name, source.proofs[0], source.header)
    (alert,) = source.read(source.sample(place, NOW), NOW).alerts
    (later,) = source.read(source.sample(place, NOW + timedelta(seconds=1)), NOW).alerts
    assert alert.firing
    assert TEST_TITLE in alert.title
    assert alert.fingerprint != later.fingerprint


@pytest.mark.parametrize("source", EVERY)
def test_each_source_says_how_to_connect_it(source: Source) -> None:
    """The set-up text holds the place to send to, and never a secret but the key."""
    for kind in source.proofs:
        text = source.set_up(Place("https://tocsin.example.com", "k" * 24, source.name, kind, source.header))
        assert "https://tocsin.example.com/" in text
        assert "k" * 24 in text
    assert source.documentation.startswith("https://")
    assert source.takes(source.proofs[0])
