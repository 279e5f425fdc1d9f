"""The door where monitors knock."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.web.knocking import NOW, SECRET, Knocker
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.web.body import MAX_SIGNED
from tocsin.web.senders import Limits

BEARER = "/in/key-of-bearer-0123456789abcdef/alertmanager"
BY_PATH = "/in/key-of-path-0123456789abcdef/alertmanager"
SIGNED = "/in/key-of-signed-0123456789abcdef/alertmanager"
PAGER_KEY = "key-of-pager-0123456789abcdef"
RIGHT = ("authorization", f"Bearer {SECRET}")
EVENT = {
    "routing_key": PAGER_KEY,
    "event_action": "trigger",
    "payload": {"summary": "Checkout is down", "source": "shop-1", "severity": "critical"},
}


@pytest.fixture
def knocker(tmp_path: Path) -> Knocker:
    """A front with everything behind it in memory."""
    return Knocker(tmp_path)


def signature(body: bytes) -> tuple[str, str]:
    """The header of a body signed by whoever knows the secret."""
    return "x-grafana-alerting-signature", hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def test_what_is_authenticated_is_stored_and_then_answered_with_202(knocker: Knocker) -> None:
    """A known sender's delivery is on disk when it gets its 202."""
    answer = knocker.knock(BEARER, b'{"alerts": []}', [RIGHT, ("content-type", "application/json")])
    assert answer.status == 202
    (kept,) = knocker.shelf.kept
    assert (kept.integration, kept.body, kept.trouble) == ("bearer", b'{"alerts": []}', "")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("authorization", "Bearer ")],
        [("authorization", f"Bearer {SECRET[:-1]}")],
        [("authorization", f"Bearer {SECRET.upper()}")],
        [("authorization", "Bearer schlüssel-ä-ö-ü-ß-0123456789")],
        [("authorization", f"Basic {SECRET}")],
        [RIGHT, RIGHT],
    ],
)
def test_every_failed_authentication_gets_the_same_answer(knocker: Knocker, headers: list[tuple[str, str]]) -> None:
    """F56: whatever is wrong with the proof, the answer is one and the same 401 and nothing is kept."""
    wrong = knocker.knock(BEARER, b"{}", headers)
    unknown = knocker.knock("/in/a-key-that-nobody-has/alertmanager", b"{}", headers)
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body) == (401, b'{"error":"not authenticated"}')
    assert not knocker.shelf.kept


@pytest.mark.parametrize("shown", ["", "0" * 64, "ABC", "ü" * 64, "v1=" + "a" * 64])
def test_a_wrong_signature_is_401_and_never_500(knocker: Knocker, shown: str) -> None:
    """F56: a signature header may hold anything."""
    assert knocker.knock(SIGNED, b"{}", [("x-grafana-alerting-signature", shown)]).status == 401
    assert knocker.knock(SIGNED, b"{}", [signature(b"{}")]).status == 202


STAMPED = IntegrationAuth(AuthKind.HMAC, (SECRET,), timestamp_header="x-grafana-alerting-timestamp")
STANDARD = IntegrationAuth(AuthKind.STANDARD_WEBHOOKS, (SECRET,))
SLACKS = IntegrationAuth(AuthKind.SLACK, (SECRET,))


def stamped(auth: IntegrationAuth, body: bytes, at: datetime) -> list[tuple[str, str]]:
    """The headers of a body that was signed with a time."""
    stamp = str(int(at.timestamp()))

    def mac(signed: str) -> bytes:
        return hmac.digest(SECRET.encode(), signed.encode() + body, "sha256")

    match auth.kind:
        case AuthKind.HMAC:
            proof = [("x-grafana-alerting-signature", mac(f"{stamp}:").hex())]
            return [*proof, ("x-grafana-alerting-timestamp", stamp)]
        case AuthKind.SLACK:
            return [("x-slack-signature", f"v0={mac(f'v0:{stamp}:').hex()}"), ("x-slack-request-timestamp", stamp)]
        case _:
            proof = [("webhook-signature", f"v1,{base64.b64encode(mac(f'm-1.{stamp}.')).decode()}")]
            return [*proof, ("webhook-id", "m-1"), ("webhook-timestamp", stamp)]


@pytest.mark.parametrize("auth", [STAMPED, STANDARD, SLACKS], ids=lambda one: one.kind.value)
def test_a_recorded_delivery_is_the_same_one_for_five_minutes_and_refused_afterwards(
    knocker: Knocker, auth: IntegrationAuth
) -> None:
    """F57: sent again within the window it has the key of the first, at whatever second; beyond it, it is a 401."""
    signed = knocker.team.integrations["signed"]
    changed = {**knocker.team.integrations, "signed": replace(signed, auth=auth)}
    knocker.team = replace(knocker.team, integrations=changed)
    body, at = b'{"alerts": []}', NOW - timedelta(seconds=10)
    headers = stamped(auth, body, at)
    for seconds, status in ((-301, 401), (-300, 202), (0, 202), (9, 202), (11, 202), (300, 202), (301, 401)):
        knocker.clock.move_to(at + timedelta(seconds=seconds))
        assert knocker.knock(SIGNED, body, headers).status == status, seconds
    assert len(knocker.shelf.kept) == 5
    assert len({one.key for one in knocker.shelf.kept}) == 1
    refusals = knocker.front.door.refusals
    assert "is missing or wrong" in refusals.last("signed").what  # type: ignore[union-attr]


def test_the_old_key_is_valid_too_until_the_senders_have_the_new_one(knocker: Knocker) -> None:
    """F57: keys are changed without losing an alert, and whoever looks after the source sees who is left behind."""
    old = "key-before-this-one-0123456789"
    path = knocker.team.integrations["path"]
    auth = IntegrationAuth(AuthKind.KEY, (path.key, old))
    changed = replace(path, auth=auth, old_key=old)
    knocker.team = replace(knocker.team, integrations={**knocker.team.integrations, "path": changed})
    refusals = knocker.front.door.refusals
    assert knocker.knock(BY_PATH, b'{"alerts": []}').status == 202
    assert refusals.last("path") is None
    assert knocker.knock(f"/in/{old}/alertmanager", b'{"alerts": [] }').status == 202
    assert [one.integration for one in knocker.shelf.kept] == ["path", "path"]
    assert "still sends to the old key" in refusals.last("path").what  # type: ignore[union-attr]


@pytest.mark.parametrize("first", [True, False])
def test_a_key_that_moved_to_another_integration_leads_there(knocker: Knocker, first: bool) -> None:
    """Whichever stands first in the file: a key is whose it is now, not whose it was."""
    path = knocker.team.integrations["path"]
    left = replace(path, name="left", key="key-of-left-0123456789abcdef", old_key=path.key)
    both = {"left": left, "path": path} if first else {"path": path, "left": left}
    knocker.team = replace(knocker.team, integrations=both)
    assert knocker.knock(BY_PATH, b'{"alerts": []}').status == 202
    assert [one.integration for one in knocker.shelf.kept] == ["path"]
    assert knocker.front.door.refusals.last("left") is None


def test_an_integration_is_known_by_its_own_source_only(knocker: Knocker) -> None:
    """A key opens the path of its source; another source is as unknown as another key, no source at all is 404."""
    assert knocker.knock("/in/key-of-path-0123456789abcdef/generic").status == 401
    assert knocker.knock("/in/key-of-path-0123456789abcdef/nothing").status == 404
    assert knocker.knock("/in/").status == 404


def test_what_was_refused_is_told_to_whoever_connects_the_source(knocker: Knocker) -> None:
    """A 401 says nothing to the sender; the integration whose address was knocked at keeps why."""
    knocker.knock(BEARER, b"{}", [("authorization", "Bearer nothing")])
    knocker.knock("/in/key-of-path-0123456789abcdef/generic")
    refusals = knocker.front.door.refusals
    assert "its proof (bearer) is missing or wrong" in refusals.last("bearer").what  # type: ignore[union-attr]
    assert "this integration's source is alertmanager" in refusals.last("path").what  # type: ignore[union-attr]


@pytest.mark.parametrize("body", [b"", b"no json", b"\xff\xfe{\x00", b"[" * 100_000, b'{"a":NaN}', b"\x00"])
def test_no_content_of_a_known_sender_is_refused(knocker: Knocker, body: bytes) -> None:
    """Rule 3: whatever an authenticated body holds, it is kept as it came."""
    assert knocker.knock(BY_PATH, body).status == 202
    assert knocker.shelf.kept[-1].body == body


@pytest.mark.parametrize(("size", "cut"), [(1 << 20, False), ((1 << 20) + 1, True), (3 << 20, True)])
def test_a_known_senders_large_body_is_kept_up_to_the_limit(knocker: Knocker, size: int, cut: bool) -> None:
    """F14: at the limit a body is whole, one byte more and it is kept cut, with a note; both get a 202."""
    for path, headers in ((BY_PATH, []), (SIGNED, [signature(b"x" * size)])):
        assert knocker.knock(path, b"x" * size, headers).status == 202
        kept = knocker.shelf.kept[-1]
        assert len(kept.body) == min(size, 1 << 20)
        assert bool(kept.trouble) is cut


def test_a_strangers_large_body_is_not_read(knocker: Knocker) -> None:
    """F14: fifty megabytes without proof are answered 413 after a few of them at most, announced or not."""

    def pieces() -> Iterator[bytes]:
        for _ in range(800):
            yield b"x" * 65536

    announced = knocker.knock(SIGNED, pieces(), [("content-length", str(50 << 20))])
    assert (announced.status, knocker.taken) == (413, 0)
    silent = knocker.knock(SIGNED, pieces())
    assert silent.status == 413
    assert knocker.taken <= MAX_SIGNED + 65536
    assert silent.headers["connection"] == "close"
    stranger = knocker.knock("/in/somebody/alertmanager", pieces(), [("content-length", str(50 << 20))])
    assert (stranger.status, knocker.taken) == (413, 0)
    for path in ("/in/somebody/alertmanager", BEARER):
        assert (knocker.knock(path, pieces()).status, knocker.taken) == (401, 0)


def test_packed_bodies_are_unpacked_within_bounds(knocker: Knocker) -> None:
    """Gzip and both kinds of deflate are unpacked; the signature is over what came by wire."""
    plain = json.dumps({"alerts": [{"n": n} for n in range(50)]}).encode()
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    kinds = {"gzip": [gzip.compress(plain)], "deflate": [zlib.compress(plain), raw.compress(plain) + raw.flush()]}
    for encoding, bodies in kinds.items():
        for body in bodies:
            assert knocker.knock(SIGNED, body, [signature(body), ("content-encoding", encoding)]).status == 202
            assert knocker.shelf.kept[-1].body == plain


@pytest.mark.parametrize(
    ("encoding", "packed", "said"),
    [
        ("gzip", lambda: gzip.compress(b"0" * (200 << 20), 9), "10:1"),  # takes seconds, so not when this is loaded
        ("gzip", lambda: b"no gzip at all", "no gzip"),
        ("gzip", lambda: gzip.compress(b'{"a": "0123456789"}')[:-9], "too early"),
        ("br", lambda: b"whatever", "not understood"),
    ],
    ids=["bomb", "not-packed", "cut-off", "unknown"],
)
def test_what_cannot_be_unpacked_is_kept_packed(
    knocker: Knocker, encoding: str, packed: Callable[[], bytes], said: str
) -> None:
    """F15: a bomb is not unpacked; since its sender is known it is kept as it came, with the reason."""
    body = packed()
    assert knocker.knock(BY_PATH, body, [("content-encoding", encoding)]).status == 202
    kept = knocker.shelf.kept[-1]
    assert said in kept.trouble
    assert kept.body == body[: 1 << 20]


def test_the_senders_own_delivery_id_makes_the_key(knocker: Knocker) -> None:
    """A repeated id is the same delivery; without one, the same body within five minutes is."""
    for given in ("a", "a", "b"):
        knocker.knock(BY_PATH, b"{}", [("webhook-id", given)])
    for body in (b"1", b"1", b"2"):
        knocker.knock(BY_PATH, body)
    knocker.clock.move_by(timedelta(minutes=6))
    knocker.knock(BY_PATH, b"1")
    keys = [one.key for one in knocker.shelf.kept]
    assert [keys.index(key) for key in keys] == [0, 0, 2, 3, 3, 5, 6]


def test_trouble_that_comes_again_in_the_same_words_is_no_copy(knocker: Knocker) -> None:
    """Trigger, resolve, trigger, none of them dated: the third is new trouble, and wakes somebody."""
    on, off = (
        json.dumps(EVENT | {"event_action": act, "dedup_key": "disk"}).encode() for act in ("trigger", "resolve")
    )
    for body in (on, off, on):
        assert knocker.knock("/v2/enqueue", body).status == 202
    assert len({one.key for one in knocker.shelf.kept}) == 3


def test_overload_is_503_with_a_time_to_come_back(knocker: Knocker) -> None:
    """Rule 4: a store that cannot keep up, or a sender beyond its share, is told 503, never 429."""
    knocker.shelf.full = True
    answer = knocker.knock(BY_PATH)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")


def test_one_senders_storm_leaves_the_others_alone(tmp_path: Path) -> None:
    """The burst of one integration is used up by itself only."""
    knocker = Knocker(tmp_path, Limits(rate=0.001, burst=3))
    assert [knocker.knock(BY_PATH).status for _ in range(4)] == [202, 202, 202, 503]
    assert knocker.knock(BEARER, b"{}", [RIGHT]).status == 202


def test_what_was_answered_takes_no_room_any_more(tmp_path: Path) -> None:
    """The bound is on what is held at once, answered with 202 or 401: else the door would close for good one day."""
    knocker = Knocker(tmp_path, Limits(in_memory=100))
    sized = ("content-length", "12")
    told = [knocker.knock(BEARER, b'{"alerts":1}', [shown, sized]).status for shown in [RIGHT, ("x", "y")] * 20]
    assert told == [202, 401] * 20


def test_pagerduty_senders_are_answered_as_pagerduty_does(knocker: Knocker) -> None:
    """The vendor's path takes the key from the body and answers in the vendor's words, with the alert's key."""
    named = knocker.knock("/v2/enqueue", json.dumps(EVENT | {"dedup_key": "disk-full"}).encode())
    assert named.status == 202
    assert json.loads(named.body) == {"status": "success", "message": "Event processed", "dedup_key": "disk-full"}
    first, again = (knocker.knock("/v2/enqueue", json.dumps(EVENT).encode()) for _ in range(2))
    assert json.loads(first.body)["dedup_key"] == json.loads(again.body)["dedup_key"] != ""
    assert {one.integration for one in knocker.shelf.kept} == {"pager"}


def test_an_invalid_event_is_400_and_kept_all_the_same(knocker: Knocker) -> None:
    """The vendor's contract says 400; the event of a known sender is kept, with what is wrong, for somebody to look."""
    answer = knocker.knock("/v2/enqueue", json.dumps(EVENT | {"event_action": "explode"}).encode())
    assert answer.status == 400
    assert json.loads(answer.body)["status"] == "invalid event"
    assert "event_action" in knocker.shelf.kept[-1].trouble


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"routing_key": 7}', b'{"routing_key": "unknown"}', b"\xff"])
def test_an_event_without_a_known_key_is_refused(knocker: Knocker, body: bytes) -> None:
    """Who names no key that we know is not authenticated."""
    assert knocker.knock("/v2/enqueue", body).status == 401
    assert not knocker.shelf.kept


def test_reading_an_alert_is_no_way_to_send_one(knocker: Knocker) -> None:
    """A GET never changes anything."""
    assert knocker.knock(BY_PATH, b"", method="GET").status == 405
    assert knocker.knock("/v2/enqueue", b"", method="GET").status == 405
    assert not knocker.shelf.kept
