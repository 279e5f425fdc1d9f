"""Whether a delivery comes from whom it says."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.errors import BadSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAMP = str(int(NOW.timestamp())).encode()
SECRET = "correct-horse-battery"
OLD = "old-secret-of-last-year"
BODY = b'{"title": "x"}'

BEARER = IntegrationAuth(AuthKind.BEARER, (SECRET, OLD))
BASIC = IntegrationAuth(AuthKind.BASIC, (SECRET, OLD), user="monitor")
KEY = IntegrationAuth(AuthKind.KEY, (SECRET, OLD))
HMAC = IntegrationAuth(AuthKind.HMAC, (SECRET, OLD))
STAMPED = IntegrationAuth(AuthKind.HMAC, (SECRET, OLD), timestamp_header="X-Grafana-Alerting-Timestamp")
STANDARD = IntegrationAuth(AuthKind.STANDARD_WEBHOOKS, (SECRET, OLD))
ALL = {"bearer": BEARER, "basic": BASIC, "key": KEY, "hmac": HMAC, "stamped": STAMPED, "standard": STANDARD}


def hexed(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def based(secret: bytes, signed: bytes) -> bytes:
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest())


def credentials(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


def signed_headers(
    kind: str, secret: str = SECRET, body: bytes = BODY, stamp: bytes = STAMP
) -> list[tuple[bytes, bytes]]:
    match kind:
        case "bearer":
            return [(b"authorization", b"Bearer " + secret.encode())]
        case "basic":
            return [(b"authorization", credentials("monitor", secret))]
        case "hmac":
            return [(b"x-grafana-alerting-signature", hexed(secret, body))]
        case "stamped":
            return [
                (b"X-Grafana-Alerting-Signature", hexed(secret, stamp + b":" + body)),
                (b"x-grafana-alerting-timestamp", stamp),
            ]
        case "standard":
            return [
                (b"webhook-id", b"msg_1"),
                (b"webhook-timestamp", stamp),
                (b"webhook-signature", b"v1," + based(secret.encode(), b"msg_1." + stamp + b"." + body)),
            ]
        case _:
            return []


@pytest.mark.parametrize("secret", [SECRET, OLD])
@pytest.mark.parametrize("kind", ALL)
def test_what_is_rightly_signed_is_admitted(kind: str, secret: str) -> None:
    """Each kind takes its own proof, with any of the secrets that are valid while they are changed."""
    assert ALL[kind].admits(signed_headers(kind, secret), BODY, NOW, path_key=secret)


@pytest.mark.parametrize("kind", ALL)
def test_another_secret_is_not_admitted(kind: str) -> None:
    """A proof made with any other secret is none."""
    wrong = "another-secret-of-mine"
    assert not ALL[kind].admits(signed_headers(kind, wrong), BODY, NOW, path_key=wrong)
    assert not ALL[kind].admits([], BODY, NOW, path_key="")


@pytest.mark.parametrize("kind", ["hmac", "stamped", "standard"])
def test_another_body_is_not_admitted(kind: str) -> None:
    """A signature is for the raw bytes, to the last one."""
    assert not ALL[kind].admits(signed_headers(kind), BODY + b" ", NOW)


@pytest.mark.parametrize("kind", ["stamped", "standard"])
@pytest.mark.parametrize(("seconds", "admitted"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_a_signature_is_valid_for_five_minutes_around_its_time(kind: str, seconds: int, admitted: bool) -> None:
    """Stale and future timestamps are refused alike (F57)."""
    stamp = str(int(NOW.timestamp()) + seconds).encode()
    assert ALL[kind].admits(signed_headers(kind, stamp=stamp), BODY, NOW) is admitted


@pytest.mark.parametrize("kind", ["bearer", "basic", "hmac", "stamped", "standard"])
def test_a_header_that_comes_twice_is_not_admitted(kind: str) -> None:
    """Two parsers must not see two values, not even two right ones (F56)."""
    for doubled in signed_headers(kind):
        assert not ALL[kind].admits([*signed_headers(kind), doubled], BODY, NOW)


@pytest.mark.parametrize("kind", ["bearer", "basic", "hmac", "stamped", "standard"])
@pytest.mark.parametrize(
    "change",
    [
        lambda value: b"",
        lambda value: value[:-1],
        lambda value: value[: len(value) // 2],
        lambda value: value + b"0",
        lambda value: value.swapcase(),
        lambda value: value + b", " + value,
        lambda value: value + b"\n",
        lambda value: "é".encode() + value,
        lambda value: value.replace(b"1", "١".encode()) + b"\xff",
        lambda value: b"\x00" + value,
    ],
)
def test_a_header_that_is_not_right_to_the_last_byte_is_not_admitted(kind: str, change: object) -> None:
    """Empty, truncated, longer, other case, several in one, non-ASCII: no, and never an exception (F56)."""
    headers = signed_headers(kind)
    for place, (name, value) in enumerate(headers):
        if name == b"webhook-id":
            continue
        broken = [*headers]
        broken[place] = (name, change(value))  # type: ignore[operator]
        if broken != headers:
            assert not ALL[kind].admits(broken, BODY, NOW)


@pytest.mark.parametrize(
    "value",
    [
        b"Bearer",
        b"Bearer ",
        b"Basic",
        b"Basic !!!!",
        b"Basic " + base64.b64encode(b"monitor"),
        b"Basic " + base64.b64encode(b":" + SECRET.encode()),
        b"Basic " + base64.b64encode(SECRET.encode()),
        credentials("Monitor", SECRET),
        credentials("monitor", ""),
        b"Basic \xff\xfe",
        SECRET.encode(),
        b"Token " + SECRET.encode(),
        b"bearer",
    ],
)
def test_malformed_credentials_are_not_admitted(value: bytes) -> None:
    """Whatever the Authorization header holds, it is a plain no (F56)."""
    for auth in (BEARER, BASIC):
        assert not auth.admits([(b"authorization", value)], BODY, NOW)


def test_the_scheme_is_read_in_any_case() -> None:
    """RFC 9110: the name of the scheme has no case."""
    assert BEARER.admits([(b"Authorization", b"bEaReR " + SECRET.encode())], BODY, NOW)


def test_one_right_signature_of_several_is_enough() -> None:
    """While a sender changes its secret it signs with both."""
    headers = signed_headers("standard")
    headers[2] = (b"webhook-signature", b"v1,AAAA v1a,BBBB " + headers[2][1])
    assert STANDARD.admits(headers, BODY, NOW)


def test_a_standard_secret_is_the_decoded_one() -> None:
    """`whsec_` is followed by base64; the key is what it decodes to."""
    raw = bytes(range(24))
    auth = IntegrationAuth(AuthKind.STANDARD_WEBHOOKS, ("whsec_" + base64.b64encode(raw).decode(),))
    signature = b"v1," + based(raw, b"m." + STAMP + b"." + BODY)
    headers = [(b"webhook-id", b"m"), (b"webhook-timestamp", STAMP), (b"webhook-signature", signature)]
    assert auth.admits(headers, BODY, NOW)


def test_the_standard_webhooks_example_is_admitted() -> None:
    """The vector of the specification's reference libraries."""
    auth = IntegrationAuth(AuthKind.STANDARD_WEBHOOKS, ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",))
    headers = [
        (b"webhook-id", b"msg_p5jXN8AQM9LWM0D4loKWxJek"),
        (b"webhook-timestamp", b"1614265330"),
        (b"webhook-signature", b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ]
    at = datetime.fromtimestamp(1614265330, UTC)
    assert auth.admits(headers, b'{"test": 2432232314}', at)


@pytest.mark.parametrize("kind", list(AuthKind))
@pytest.mark.parametrize("secrets", [(), ("",), ("short",), ("x" * 15,), (SECRET, ""), (" " * 20,), ("x" * 20 + "\n",)])
def test_an_empty_or_short_secret_is_refused_when_the_integration_is_built(
    kind: AuthKind, secrets: tuple[str, ...]
) -> None:
    """A check against nothing proves nothing."""
    topics = ("arn:aws:sns:eu-central-1:123456789012:alarms",)
    with pytest.raises(BadSettings):
        IntegrationAuth(kind, secrets, user="monitor", topics=topics)
    IntegrationAuth(kind, ("x" * 16,), user="monitor", topics=topics)


@pytest.mark.parametrize("user", ["", "a:b", "a\n"])
def test_basic_authentication_needs_a_user(user: str) -> None:
    """And one that the header can carry."""
    with pytest.raises(BadSettings):
        IntegrationAuth(AuthKind.BASIC, (SECRET,), user=user)


def test_a_bad_standard_secret_is_refused() -> None:
    """Neither no base64 nor too few bytes of it."""
    for secret in ("whsec_", "whsec_!!!", "whsec_c2hvcnQ="):
        with pytest.raises(BadSettings):
            IntegrationAuth(AuthKind.STANDARD_WEBHOOKS, (secret,))


def test_a_secret_is_not_printed() -> None:
    """Neither in a log nor in a trace."""
    assert SECRET not in repr(BEARER)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(ALL)),
    st.lists(
        st.tuples(
            st.sampled_from([b"authorization", b"webhook-id", b"webhook-timestamp", b"webhook-signature",
                             b"x-grafana-alerting-signature", b"x-grafana-alerting-timestamp"]) | st.binary(max_size=8),
            st.binary(max_size=80) | st.sampled_from([STAMP, b"9" * 400, b"v1,", b"-5", b"1e9"]),
        ),
        max_size=5,
    ),
    st.text(max_size=20),
)  # fmt: skip
def test_anything_else_is_a_plain_no(kind: str, headers: list[tuple[bytes, bytes]], path_key: str) -> None:
    """No header makes a check raise, and none of chance passes it (F56)."""
    assert ALL[kind].admits(headers, BODY, NOW, path_key=path_key) is False
